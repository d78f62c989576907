"""``shieldwall certify``: say whether honest sharing pays under a policy, before it is signed and afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shieldwall.cli.context import AsJson, example, opened, progress_bar, put_json, put_table, read_text, table

if TYPE_CHECKING:
    from shieldwall.domain.certificates import Certificate
    from shieldwall.domain.policy import Policy

_NOTIONS = {
    "nash": ("Nash", "nobody gains by keeping its knowledge alone"),
    "strict": ("strict", "everybody loses by keeping its knowledge alone"),
    "dominant": ("dominant", "sharing is best whatever the others do"),
    "unique": ("unique", "no other equilibrium exists"),
    "potential_maximiser": ("risk-dominant", "it maximises the potential; of two members: it is risk-dominant"),
}
_BOUNDED = ("dominant", "unique", "potential_maximiser")
"""Notions that are shown with the least pay that any set of sharers can bring, and are never refuted."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    lines = ("certify --policy policy.toml --members members.csv", "certify --from-ledger")
    app.command("certify", epilog=example(*lines))(certify)


def certify(
    context: typer.Context,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy file; else the policy in force in the alliance.")
    ] = None,
    members: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV of who faces it: estimates per member or class.")
    ] = None,
    grant: Annotated[
        str | None,
        typer.Option(
            metavar="CREDITS",
            help="Income a year besides the members' fees; 0 by default, with --from-ledger that of the certificate.",
        ),
    ] = None,
    from_ledger: Annotated[
        bool, typer.Option("--from-ledger", help="Compare what was predicted with the epochs that were closed.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Say whether honest sharing is an equilibrium under a policy.

    Who would deviate and what would hold them, who joins, and whether the money suffices. A policy that is not
    certified is a result, not an error: the exit code is 0.
    """
    from shieldwall.domain.amounts import parse_credits  # noqa: PLC0415

    money = None if grant is None else parse_credits("grant", grant)
    if from_ledger:
        _compare(context, policy, members, money, json)
        return
    if members is None:
        raise typer.BadParameter("give --members FILE, or --from-ledger", param_hint="--members")
    certificate = _certified(_policy(context, policy), members, money or 0)
    if json:
        put_json(certificate.document)
    else:
        _show(certificate)


def _policy(context: typer.Context, path: Path | None) -> Policy:
    from shieldwall.domain.policy import parse_policy  # noqa: PLC0415

    return opened(context).policies.current() if path is None else parse_policy(read_text(path, "policy"))


def _certified(policy: Policy, members: Path, grant: int) -> Certificate:
    from shieldwall.economics.certify import certify as certify_policy  # noqa: PLC0415
    from shieldwall.economics.certify import read_members  # noqa: PLC0415

    read = read_members(read_text(members, "members"))
    with progress_bar() as advance:
        return certify_policy(policy, read, grant, advance)


def _show(certificate: Certificate) -> None:
    document: Mapping[str, Any] = certificate.document
    sharing = document["sharing"]
    rows = table("Honest sharing is", "Holds", "Margin", "Meaning", numbers=("Margin",))
    for notion, (name, meaning) in _NOTIONS.items():
        margin = sharing["margins_per_mille"][notion]
        no = "not shown" if notion in _BOUNDED and sharing["nash"] else "no"
        rows.add_row(name, "yes" if sharing[notion] else no, "" if margin is None else f"{margin / 10:.1f} %", meaning)
    put_table(
        rows,
        [
            "Margin: error of benefits, knowledge, rewards and risks as computed, not of what they are computed from.",
            "",
        ],
    )
    _show_classes(document)
    _show_tiers(document)
    if document["deviators"]:
        _show_deviators(document)
    if document["changes"]:
        _show_changes(document)
    for line in _ending(document):
        typer.echo(line)


def _show_classes(document: Mapping[str, Any]) -> None:
    numbers = ("Members", "Pay", "Reward", "Risk", "Gain by sharing", "Surplus inside")
    rows = table("Class", "Tier", *numbers, "Joins", numbers=numbers)
    for row, found, inside in zip(
        document["members"], document["game"]["classes"], document["participation"]["classes"], strict=True
    ):
        rows.add_row(
            row["name"],
            row["tier"],
            str(row["count"]),
            _credits(found["pay_per_contribution_micro_credits"]),
            _credits(found["reward_micro_credits"]),
            _credits(found["risk_micro_credits"]),
            _credits(found["gain_micro_credits"]),
            _credits(inside["surplus_micro_credits"]),
            _yes(inside["joins"]),
        )
    put_table(rows, ["Credits a year for each member; the pay is per contribution.", ""])


def _show_tiers(document: Mapping[str, Any]) -> None:
    numbers = ("Members", "Join", "Fees", "Rewards", "Rewards of fees")
    rows = table("Size class", *numbers, numbers=numbers)
    for tier in document["participation"]["tiers"]:
        part = tier["reward_of_fee_per_mille"]
        rows.add_row(
            tier["tier"],
            str(tier["count"]),
            str(tier["join"]),
            _credits(tier["fees_micro_credits"]),
            _credits(tier["rewards_micro_credits"]),
            "no fee" if part is None else f"{part / 10:.1f} %",
        )
    put_table(rows)


def _show_deviators(document: Mapping[str, Any]) -> None:
    numbers = ("Gains by keeping", "More pay", "Exclusion above", "Risk below")
    rows = table("Deviates", *numbers, numbers=numbers)
    for one in document["deviators"]:
        exclusion = one["held_by_more_than"]["exclusion_ppm"]
        risk = one["held_by_less_than"]["risk_per_contribution_micro_credits"]
        rows.add_row(
            one["name"],
            _credits(-one["gain_micro_credits"]),
            _credits(one["held_by_more_than"]["reward_per_contribution_micro_credits"]),
            "no exclusion would do" if exclusion is None else f"{exclusion / 10_000:.1f} %",
            "no risk would do" if risk is None else _credits(risk),
        )
    now = document["game"]["exclusion_ppm"] / 10_000
    put_table(
        rows,
        [f"Beyond each figure alone the member is held; pay and risk per contribution. Exclusion is {now:.1f} %.", ""],
    )


def _show_changes(document: Mapping[str, Any]) -> None:
    rows = table("Change that mends it", "Costs a year", "Exclusion", numbers=("Costs a year", "Exclusion"))
    for change in document["changes"]:
        told = ", ".join(f"{one['key']} from {one['from']} to {one['to']}" for one in change["settings"])
        rows.add_row(told, _credits(change["cost_micro_credits"]), f"{change['exclusion_ppm'] / 10_000:.1f} %")
    put_table(rows)


def _ending(document: Mapping[str, Any]) -> Iterator[str]:
    budget = document["budget"]
    income = budget["fees_micro_credits"] + document["grant_micro_credits"]
    yield (
        f"Budget: the closes of a year add {_credits(budget['added_micro_credits'])} credits and pay "
        f"{_credits(budget['paid_micro_credits'])}; fees and grant bring {_credits(income)}. An epoch pays "
        f"{_credits(budget['paid_per_epoch_micro_credits'])} of {_credits(budget['money_per_epoch_micro_credits'])}; "
        f"the cut binds in {budget['cut_epochs_ppm'] / 10_000:.0f} % of the epochs."
    )
    yield from (f"Not certified: {reason}." for reason in document["reasons"])
    if document["certified"]:
        yield _tried(document["robustness"])
        yield (
            "Certified: by these estimates honest sharing is a strict equilibrium, nobody would be better off outside, "
            "and the income covers the budget."
        )
    elif document["changes"]:
        told = " and ".join(f"{one['key']} = {one['to']}" for one in document["changes"][0]["settings"])
        cost = _credits(document["changes"][0]["cost_micro_credits"])
        yield f"Not certified; the cheapest change found that mends it sets {told} and costs {cost} credits a year."
    else:
        yield ("Not certified, and no change of one key was found that mends it: other fees, less risk or a grant may.")


def _tried(robustness: Mapping[str, Any]) -> str:
    """What the trials of errors showed, which is less than a proof."""
    margin, breaks = robustness["estimates_percent"], robustness["breaks"]
    off = "contributions, severities, benefits and risks off by"
    if not margin:
        return f"With {off} 1 % it is no longer certified in a scenario tried: {breaks}."
    told = f"With {off} {margin} % it stays certified in all {robustness['scenarios']} scenarios tried (no proof)"
    return f"{told}; with {margin + 1} %: {breaks}." if breaks else f"{told}, the largest error tried."


def _compare(context: typer.Context, path: Path | None, members: Path | None, grant: int | None, as_json: bool) -> None:
    from shieldwall.economics.certify import certify as certify_policy  # noqa: PLC0415
    from shieldwall.economics.certify.again import rows_of  # noqa: PLC0415
    from shieldwall.economics.certify.comparison import compare  # noqa: PLC0415
    from shieldwall.services.behaviour import behaviour  # noqa: PLC0415

    alliance = opened(context)
    policy, prediction = _policy(context, path), alliance.policies.certificate()
    if grant is None:
        stated: Any = prediction.document["grant_micro_credits"] if prediction is not None else 0
        grant = int(stated)
    if members is not None:
        prediction = _certified(policy, members, grant)
    elif prediction is not None and prediction.policy != policy.hash:
        prediction = certify_policy(policy, rows_of(prediction), grant)
    found = compare(behaviour(alliance.store), policy, prediction, grant)
    if as_json:
        put_json(found)
    else:
        _show_comparison(found)


def _show_comparison(found: Mapping[str, Any]) -> None:
    numbers = ("Epoch", "Members", "Sharing", "Contributions", "Paid", "Money")
    rows = table(*numbers, numbers=numbers)
    for epoch in found["epochs"]:
        rows.add_row(
            *(str(epoch[key]) for key in ("epoch", "members", "sharing", "contributions")),
            _credits(epoch["paid_micro_credits"]),
            _credits(epoch["money_micro_credits"]),
        )
    put_table(rows)
    rows = table("Member", "Tier", "Level", "Shared in", "Paid", numbers=("Shared in", "Paid"))
    for member in found["members"]:
        lived = [shared for shared in member["shared"] if shared is not None]
        rows.add_row(
            member["name"],
            member["tier"],
            member["level"],
            f"{sum(lived)} of {len(lived)} epochs",
            _credits(member["paid_micro_credits"]),
        )
    put_table(rows)
    if found["predictions"]:
        rows = table(
            "Prediction", "Predicted", "At least", "Measured", "Held", numbers=("Predicted", "At least", "Measured")
        )
        for check in found["predictions"]:
            figures = (check[key] for key in ("predicted", "at_least", "measured"))
            rows.add_row(check["what"], *(_figure(one, check["unit"]) for one in figures), _yes(check["held"]))
        put_table(rows)
    for line in _comparison_ending(found):
        typer.echo(line)


def _comparison_ending(found: Mapping[str, Any]) -> Iterator[str]:
    measured, estimates = found["measured"], found["estimates"]
    yield (
        f"Measured over {measured['days']} days: {measured['free_riders_ppm'] / 10_000:.1f} % of the members share "
        f"nothing past their grace epochs, exclusion {measured['exclusion_ppm'] / 10_000:.1f} %, the first member has "
        f"{measured['top_member_ppm'] / 10_000:.1f} % of the points (Gini {measured['gini_of_points_ppm'] / 1e6:.2f})."
    )
    yield (
        f"Estimates anew: {estimates['contributions_a_year']} contributions a year, severity "
        f"{estimates['severity_tenths'] / 10:.1f}, {estimates['corroborated_ppm'] / 10_000:.1f} % corroborated."
    )
    if found["certificate"] is None:
        yield "Nothing was predicted: the policy in force has no certificate. Give --members to predict now."
        return
    for reason in estimates.get("reasons", ()):
        yield f"With these estimates: {reason}."
    failed = "; ".join(found["failed"])
    held = f"These predictions failed: {failed}" if failed else "Every prediction held"
    if "certified" not in estimates:
        yield f"{held}. The time is too short for a certificate from the estimates anew."
    else:
        verdict = "is" if estimates["certified"] else "is not"
        yield f"{held}. With the estimates anew the policy {verdict} certified."


def _figure(value: int | None, unit: str) -> str:
    if value is None:
        return ""
    return {"count": f"{value:,}", "ppm": f"{value / 10_000:.1f} %", "micro_credits": _credits(value)}[unit]


def _credits(micro: int) -> str:
    from shieldwall.domain.amounts import format_credits  # noqa: PLC0415

    return format_credits(round(micro, -4))


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
