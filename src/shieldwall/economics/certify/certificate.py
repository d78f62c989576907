"""Certifying a policy for its members: the findings as one JSON document that names the files it came from.

Amounts are whole micro-credits, parts are thousandths or parts per million, both rounded against sharing, so that the
same two files give the same bytes on every machine. Not here: adopting it (``services.policies``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from math import ceil, floor

from shieldwall import __version__
from shieldwall.domain.access import Level
from shieldwall.domain.amounts import MICRO
from shieldwall.domain.certificates import FORMAT, Certificate, parse_certificate
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.game import PolicyGame, policy_game
from shieldwall.economics.certify.members import MemberClass, MembersFile
from shieldwall.economics.certify.mending import Change, mend
from shieldwall.economics.certify.robustness import robustness
from shieldwall.economics.certify.verdict import (
    Deviator,
    budget_of,
    deviators,
    objections,
    sharing_of,
    staying_out,
)
from shieldwall.economics.certify.year import epochs_a_year
from shieldwall.stix.canonical import canonical_json

PPM = 1_000_000

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def certify(
    policy: Policy, members: MembersFile, grant: int = 0, progress: Progress = lambda stage, done, total: None
) -> Certificate:
    """Certify a policy for its members, or say why not and what would mend it.

    Args:
        grant: Micro-credits a year that the alliance receives besides its fees.

    Returns:
        Certified if honest sharing by all is a strict Nash equilibrium, no member would be better off outside, and
        the income of a year covers what its closes add; decision "what a certificate asks for".
    """
    progress("running the mechanism", 0, 0)
    game = policy_game(members.classes, policy)
    sharing = sharing_of(game, lambda done, total: progress("judging", done, total))
    why = objections(game, grant)
    trials = None if why else robustness(game, grant, lambda done, total: progress("trying errors", done, total))
    changes = mend(game, grant, lambda done, total: progress("looking for a change", done, total))
    assumed = [told for column, told in defaults(members.classes).items() if column not in members.given]
    document = {
        "format": FORMAT,
        "code": __version__,
        "policy": policy.hash,
        "members_file": members.hash,
        "grant_micro_credits": grant,
        "certified": not why,
        "reasons": list(why),
        "sharing": {**sharing.holds, "margins_per_mille": dict(sharing.margins)},
        "robustness": {
            "estimates_percent": trials.margin if trials else None,
            "scenarios": trials.scenarios if trials else 0,
            "breaks": trials.breaks if trials else "",
        },
        "game": _game(game),
        "members": [_row(row) for row in members.classes],
        "deviators": [_deviator(game, found) for found in deviators(game)],
        "changes": [_change(change) for change in changes],
        "participation": _participation(game),
        "budget": _budget(game, grant),
        "assumptions": [*_ASSUMPTIONS, *assumed],
    }
    return parse_certificate(canonical_json(document))


def _row(row: MemberClass) -> Mapping[str, object]:
    """The estimates as they were read; exact numbers as text, such as 12, 25/2 and 1/3."""
    return {
        "name": row.name,
        "tier": row.tier.value,
        "count": row.count,
        "contributions": str(row.contributions),
        "severity_tenths": row.severity,
        "benefit_credits": str(row.benefit / MICRO),
        "risk_credits": str(row.risk / MICRO),
        "fee_micro_credits": row.fee,
        "corroborated": str(row.corroborated),
        "root": row.root,
        "parts": row.parts,
        "decay": row.decay,
    }


def _game(game: PolicyGame) -> Mapping[str, object]:
    least = game.least_rewards
    return {
        "exclusion_ppm": floor(game.reach.exclusion * PPM),
        "retained_ppm": {step.value: ceil(part * PPM) for step, part in game.reach.retained.items()},
        "pay_per_contribution_by_tier_micro_credits": _pay_by_tier(game),
        "classes": [
            {
                "name": row.name,
                "points_per_contribution_milli": game.year.points[number],
                "pay_per_contribution_micro_credits": floor(game.year.rewards[number] / row.contributions),
                "reward_micro_credits": floor(game.year.rewards[number]),
                "reward_least_micro_credits": floor(least[number]),
                "risk_micro_credits": ceil(game.risk(number)),
                "gain_micro_credits": floor(game.gain(number)),
                "levels_ppm": {step.value: floor(game.reach.levels.sharing[number][step] * PPM) for step in Level},
            }
            for number, row in enumerate(game.classes)
        ],
    }


def _pay_by_tier(game: PolicyGame) -> Mapping[str, int]:
    pay: dict[str, int] = {}
    for tier in Tier:
        rows = [(number, row) for number, row in enumerate(game.classes) if row.tier is tier]
        if rows:
            paid = sum(row.count * game.year.rewards[number] for number, row in rows)
            pay[tier.value] = floor(paid / sum(row.count * row.contributions for _, row in rows))
    return pay


def _deviator(game: PolicyGame, found: Deviator) -> Mapping[str, object]:
    row = game.classes[found.number]
    return {
        "name": row.name,
        "count": row.count,
        "gain_micro_credits": floor(found.gain),
        "held_by_more_than": {
            "reward_per_contribution_micro_credits": ceil(found.reward),
            "exclusion_ppm": None if found.exclusion is None else ceil(found.exclusion * PPM),
        },
        "held_by_less_than": {
            "risk_per_contribution_micro_credits": None if found.risk is None else floor(found.risk),
        },
    }


def _change(change: Change) -> Mapping[str, object]:
    return {
        "settings": [{"key": one.key, "from": one.before, "to": one.after} for one in change.settings],
        "cost_micro_credits": ceil(change.cost),
        "exclusion_ppm": floor(change.exclusion * PPM),
    }


def _participation(game: PolicyGame) -> Mapping[str, object]:
    outside = staying_out(game)
    return {
        "holds": not outside,
        "classes": [
            {
                "name": row.name,
                "tier": row.tier.value,
                "count": row.count,
                "joins": number not in outside,
                "surplus_micro_credits": floor(game.surplus(number)),
                "fee_micro_credits": row.fee,
                "reward_of_fee_per_mille": floor(1000 * game.year.rewards[number] / row.fee) if row.fee else None,
            }
            for number, row in enumerate(game.classes)
        ],
        "tiers": [tier for tier in (_tier(game, tier) for tier in Tier) if tier is not None],
    }


def _tier(game: PolicyGame, tier: Tier) -> Mapping[str, object] | None:
    """One size class: how many of it join, and what part of their fees comes back."""
    rows = [(number, row) for number, row in enumerate(game.classes) if row.tier is tier]
    if not rows:
        return None
    fees = sum(row.count * row.fee for _, row in rows)
    rewards = sum((row.count * game.year.rewards[number] for number, row in rows), Fraction())
    return {
        "tier": tier.value,
        "count": sum(row.count for _, row in rows),
        "join": sum(row.count for number, row in rows if game.surplus(number) >= 0),
        "fees_micro_credits": fees,
        "rewards_micro_credits": floor(rewards),
        "reward_of_fee_per_mille": floor(1000 * rewards / fees) if fees else None,
    }


def _budget(game: PolicyGame, grant: int) -> Mapping[str, object]:
    books, budget = game.year.books, budget_of(game, grant)
    return {
        "holds": budget.holds,
        "added_micro_credits": ceil(budget.added),
        "fees_micro_credits": budget.fees,
        "paid_micro_credits": floor(books.paid * epochs_a_year(game.policy)),
        "money_per_epoch_micro_credits": floor(books.money),
        "paid_per_epoch_micro_credits": floor(books.paid),
        "post_micro_credits": floor(books.post),
        "cut_epochs_ppm": ceil(books.cut_epochs * PPM),
        "deepest_cut_ppm": floor(books.deepest_cut * PPM),
        "overspent_epochs": books.overspent,
    }


_ASSUMPTIONS: Sequence[str] = (
    "Figures are per year of 365 days; a credit is one unit of the money in which fees, benefits and risks are given.",
    "A member shares all its contributions or none; honest sharing is that all members share all.",
    "Knowledge is measured in contributions: each is worth `benefit` to a reader who receives it at once.",
    "The panel finds every contribution valid with the severity given; nobody sights it (P = T = 1), no CVE of it is "
    "listed or scored (X = D = 1), and the alliance did not hold it (N = 1).",
    "Contributions arrive evenly, and a case is judged and settled in the epoch in which it was opened.",
    "Pay comes from the mechanism's own value, price, cut, split and reserve, run until the start no longer matters.",
    "One other member corroborates the part `corroborated`; members corroborate in proportion to what they share.",
    "Grace epochs are over. A member that shares nothing has the contribution index 0; targets are those of full "
    "sharing. What is withheld is an even mix of all contributions.",
    "Contributions are marked TLP:AMBER. Delay costs worth by the policy's decay curve of the contribution's class.",
    "Critical cases reach every level at once, as the policy says.",
    "nash and strict use the pay under full sharing. dominant, unique and potential_maximiser look at all sets of "
    "sharers, with the least pay that any of them can bring: true is shown, false is only not shown.",
    "A margin of x is the largest error at which the notion holds when every benefit, knowledge and reward of the "
    "game is lower and every risk higher by up to x. Rewards are computed from estimates, and may be off by more.",
    "robustness is tried, not proved: at that error of contributions, severities, benefits and risks of the file the "
    "policy stayed certified in every scenario. Fees and counts do not err.",
)


_DEFAULTS: Mapping[str, str] = {
    "count": "each row is one member",
    "corroborated": "nothing is corroborated",
    "root": "no contribution is a root cause",
    "parts": "a contribution holds two of evidence, context, detection and mitigation",
    "decay": "contributions are of the decay class network",
}


def defaults(classes: Sequence[MemberClass]) -> Mapping[str, str]:
    """What a certificate says for want of a column, by each column that holds nothing but its default."""
    default = {column.name: column.default for column in fields(MemberClass)}
    return {
        column: f"No column {column}: {what}."
        for column, what in _DEFAULTS.items()
        if all(getattr(row, column) == default[column] for row in classes)
    }
