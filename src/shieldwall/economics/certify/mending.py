"""A change of one key of the policy that would make it certifiable, for each key that can, the cheapest first.

Each is the least found by doubling and bisection, and was checked under the changed policy; a lesser one that suffices
while something between does not would be missed. Not here: changes that no policy key makes, such as less
risk or other fees; the certificate shows per class how much of either would do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from shieldwall.domain.access import Level
from shieldwall.domain.amounts import MICRO
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.exclusion import reach_of
from shieldwall.economics.certify.game import PolicyGame
from shieldwall.economics.certify.verdict import budget_of, objections
from shieldwall.economics.certify.year import credits_text, epochs_a_year, run_year

DELAY = f"access.levels.{Level.BASIC.value}.delay_hours"
CRITICAL = "access.critical_severity"
BUDGET = "epoch.budget"
POST = "price.initial_post"

_MOST_POST = 10**6
_MOST_BUDGET = 10**9


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the policy with its value before and after, both as TOML writes them."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change that mends a policy.

    Attributes:
        settings: Keys to set.
        cost: What the alliance pays out more a year, in micro-credits; negative where it pays less.
        exclusion: Exclusion under the changed policy.
    """

    settings: tuple[Setting, ...]
    cost: Fraction
    exclusion: Fraction


@dataclass(frozen=True, slots=True)
class _Lever:
    """Whole numbers above ``low``, up to ``high``, each standing for a policy."""

    low: int
    high: int
    at: Callable[[int], Policy]


def mend(
    game: PolicyGame, grant: int, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Change, ...]:
    """Find a change of each lever that makes the policy certifiable, as small as doubling and bisection find.

    Returns:
        Changes in order of their cost, then of the exclusion they bring; empty if the policy is certifiable as it
        is, or if none is found. Where the budget is not covered, lowering it to what is covered is part of
        each change.
    """
    if not objections(game, grant):
        return ()
    budget = budget_of(game, grant)
    covered = floor(budget.income / epochs_a_year(game.policy) / MICRO)
    start = game
    if budget.added > budget.income:
        start = _under(game, _with_budget(game.policy, covered * MICRO))
        if not objections(start, grant):
            return (_change(game, start),)
    found = []
    levers = _levers(start.policy, min(covered, _MOST_BUDGET))
    for done, lever in enumerate(levers):
        progress(done, len(levers))
        mended = _least(start, lever, grant)
        if mended is not None:
            found.append(_change(game, mended))
    return tuple(sorted(found, key=lambda change: (change.cost, change.exclusion)))


def _least(game: PolicyGame, lever: _Lever, grant: int) -> PolicyGame | None:
    """The game at the least certifiable setting found: doubling steps, then bisection down to neighbours."""
    bad, step = lever.low, max(lever.low // 32, 1)
    good: PolicyGame | None = None
    top = lever.low
    while good is None and top < lever.high:
        top = min(lever.low + step, lever.high)
        tried = _under(game, lever.at(top))
        if not objections(tried, grant):
            good = tried
        else:
            bad, step = top, 2 * step
    while good is not None and top - bad > 1:
        middle = (bad + top) // 2
        tried = _under(game, lever.at(middle))
        if objections(tried, grant):
            bad = middle
        else:
            top, good = middle, tried
    return good


def _under(game: PolicyGame, policy: Policy) -> PolicyGame:
    """The same members under a changed policy; what the change does not touch is kept."""
    year, reach = game.year, game.reach
    if (policy.epoch, policy.price) != (game.policy.epoch, game.policy.price):
        year = run_year(game.classes, policy)
    if policy.access != game.policy.access:
        # No lever moves a threshold of the levels.
        reach = reach_of(game.classes, game.reach.levels, policy)
    return replace(game, policy=policy, year=year, reach=reach)


def _levers(policy: Policy, covered: int) -> Sequence[_Lever]:
    """Delay, floor of critical cases, price, budget, and the last two in proportion."""
    budget, post = policy.epoch.budget, policy.price.initial_post
    levers = [
        _Lever(policy.access.levels[Level.BASIC].delay_hours, 24 * 365, lambda hours: _with_delay(policy, hours)),
        _Lever(policy.access.critical_severity, 100, lambda tenths: _with_critical(policy, tenths)),
        _Lever(post // MICRO, _MOST_POST, lambda whole: _with_post(policy, whole * MICRO)),
        _Lever(budget // MICRO, covered, lambda whole: _with_budget(policy, whole * MICRO)),
    ]
    if budget:
        levers.append(
            _Lever(
                budget // MICRO,
                covered,
                lambda whole: _with_post(
                    _with_budget(policy, whole * MICRO),
                    min(ceil(Fraction(post * whole * MICRO, budget)), _MOST_POST * MICRO),
                ),
            )
        )
    return levers


def _with_delay(policy: Policy, hours: int) -> Policy:
    levels = {**policy.access.levels, Level.BASIC: replace(policy.access.levels[Level.BASIC], delay_hours=hours)}
    return replace(policy, access=replace(policy.access, levels=levels))


def _with_critical(policy: Policy, tenths: int) -> Policy:
    return replace(policy, access=replace(policy.access, critical_severity=tenths))


def _with_post(policy: Policy, post: int) -> Policy:
    return replace(policy, price=replace(policy.price, initial_post=post))


def _with_budget(policy: Policy, budget: int) -> Policy:
    return replace(policy, epoch=replace(policy.epoch, budget=budget))


def _change(before: PolicyGame, after: PolicyGame) -> Change:
    settings = tuple(
        Setting(key, old, new)
        for (key, old), (_, new) in zip(_settings(before.policy), _settings(after.policy), strict=True)
        if old != new
    )
    paid = after.year.books.paid - before.year.books.paid
    return Change(settings, paid * epochs_a_year(before.policy), after.reach.exclusion)


def _settings(policy: Policy) -> Sequence[tuple[str, str]]:
    """The keys that levers change, as TOML writes them."""
    return (
        (DELAY, str(policy.access.levels[Level.BASIC].delay_hours)),
        (CRITICAL, str(policy.access.critical_severity)),
        (BUDGET, f'"{credits_text(policy.epoch.budget)}"'),
        (POST, f'"{credits_text(policy.price.initial_post)}"'),
    )
