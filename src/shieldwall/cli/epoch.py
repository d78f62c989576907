"""``shieldwall epoch``: close the running epoch, show what epochs paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shieldwall.cli.context import AsJson, example, opened, put_json, put_table, table

if TYPE_CHECKING:
    from shieldwall.domain.epochs import Epoch, Priced

group = typer.Typer(help="Close epochs and show them.", no_args_is_help=True)

_MONEY = ("Post", "Money", "Points", "Paid", "Reserve")


@group.command("close", epilog=example("epoch close"))
def close(context: typer.Context, json: AsJson = False) -> None:
    """Value, price and pay what has been judged, then open the next epoch."""
    from shieldwall.errors import SettlementError  # noqa: PLC0415

    alliance = opened(context)
    alliance.review.advance()
    epoch = alliance.epochs.close()
    settled = True
    try:
        alliance.settlement.dispatch()
    except SettlementError as error:
        # The epoch is closed and its payment waits; failing here would invite a second close.
        settled = False
        typer.echo(f"The chain did not take it yet, `shieldwall serve` tries again: {error}", err=True)
    if json:
        put_json(_figures(epoch) | {"settled": settled})
        return
    _show([epoch])


@group.command("show", epilog=example("epoch show", "epoch show 3 --json"))
def show(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(metavar="[N]", help="Epoch; all of them by default.")] = None,
    json: AsJson = False,
) -> None:
    """Show all epochs, or one with the cases it settled."""
    from shieldwall.errors import NotFound  # noqa: PLC0415

    alliance = opened(context)
    epochs = alliance.epochs.all()
    if number is None:
        if json:
            put_json([_figures(epoch) for epoch in epochs])
        else:
            _show(epochs)
        return
    found = next((epoch for epoch in epochs if epoch.number == number), None)
    if found is None:
        raise NotFound(f"epoch {number} does not exist; there are {len(epochs)}")
    priced = alliance.epochs.priced(number) if found.closed_at is not None else ()
    if json:
        put_json(_figures(found) | {"cases": [_case(item) for item in priced]})
        return
    _show([found])
    _show_cases(priced)


def _figures(epoch: Epoch) -> dict[str, object]:
    return {
        "number": epoch.number,
        "opened_at": epoch.opened_at.isoformat(),
        "closed_at": epoch.closed_at.isoformat() if epoch.closed_at else None,
        "post_micro_credits": epoch.post,
        "money_micro_credits": epoch.money,
        "milli_points": epoch.points,
        "paid_micro_credits": epoch.paid,
        "reserve_micro_credits": epoch.reserve_after if epoch.closed_at else epoch.reserve_before,
        "policy": epoch.policy,
    }


def _case(priced: Priced) -> dict[str, object]:
    factors = priced.valued.factors
    return {
        "case": priced.valued.case,
        "milli_points": priced.valued.points,
        "micro_credits": priced.amount,
        "contributions": len(priced.shares),
        "factors": {
            "severity_milli_points": factors.severity,
            "exploitation": str(factors.exploitation),
            "scope": str(factors.scope),
            "tier": str(factors.tier),
            "specificity": str(factors.specificity),
            "actionability": str(factors.actionability),
            "novelty": str(factors.novelty),
            "timeliness": str(factors.timeliness),
        },
    }


def _show(epochs: tuple[Epoch, ...] | list[Epoch]) -> None:
    from shieldwall.domain.amounts import format_credits, format_points  # noqa: PLC0415

    rows = table("Epoch", "Opened", "Closed", *_MONEY, numbers=("Epoch", *_MONEY))
    for epoch in epochs:
        done = epoch.closed_at is not None
        rows.add_row(
            str(epoch.number),
            f"{epoch.opened_at:%Y-%m-%d %H:%M}",
            f"{epoch.closed_at:%Y-%m-%d %H:%M}" if epoch.closed_at else "running",
            format_credits(epoch.post),
            format_credits(epoch.money or 0) if done else "",
            format_points(epoch.points or 0) if done else "",
            format_credits(epoch.paid or 0) if done else "",
            format_credits((epoch.reserve_after if done else epoch.reserve_before) or 0),
        )
    put_table(rows, ["Credits; the post is per point."])


def _show_cases(priced: tuple[Priced, ...]) -> None:
    from shieldwall.domain.amounts import format_credits, format_points  # noqa: PLC0415

    numbers = ("S", "X", "P", "T", "R", "Q", "N", "D", "Points", "Credits", "Contributions")
    rows = table("Case", *numbers, numbers=numbers)
    for item in priced:
        factors = item.valued.factors
        dimensionless = (
            factors.exploitation,
            factors.scope,
            factors.tier,
            factors.specificity,
            factors.actionability,
            factors.novelty,
            factors.timeliness,
        )
        rows.add_row(
            item.valued.case,
            format_points(factors.severity),
            *(f"{float(factor):.3f}" for factor in dimensionless),
            format_points(item.valued.points),
            format_credits(item.amount),
            str(len(item.shares)),
        )
    put_table(rows)
