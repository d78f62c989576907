"""Mechanisms for members who alone know what shared knowledge is worth to them: printed, Groves and AGV transfers.

Each firm reports its cost spillover, the alliance carries out the welfare optimum for the reports, and pays. Gal-Or &
Ghose's rule (37) lets the tax follow the own report. Groves (1973) takes a tax that does not; d'Aspremont &
Gerard-Varet (1979) pay the expected effect on others. What each of them guarantees is computed over a grid of types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.abilities import Types
from shieldwall.economics.sharing.baseline import Unsolved, built_in, decided, outcome
from shieldwall.economics.sharing.cooperative import solve_unrestricted
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market, violations
from shieldwall.economics.sharing.prices import bertrand_prices, intercepts
from shieldwall.economics.sharing.solve import solve_many
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

RULES = ("printed", "groves", "agv")
"""Whose transfers: (36), (37) as printed; a tax that is free of the own report; expected externalities."""

_ROUNDING = 1e-9
"""Gain or deficit that counts as none, as a share of welfare."""


@dataclass(frozen=True, slots=True)
class Plans:
    """The welfare optimum for every pair of reports; the first two axes are the reports of the two firms.

    Attributes:
        sharing, investment: Shape (n, n, 2).
        gross: Revenue, shape (n, n, 2).
        cost: Of each firm by its true type, shape (n, n, 2, n).
        surplus: Of the consumers, shape (n, n).
    """

    sharing: Floats
    investment: Floats
    gross: Floats
    cost: Floats
    surplus: Floats

    @property
    def reported_profit(self) -> Floats:
        """Profits if the reports are true; shape (n, n, 2)."""
        n = len(self.surplus)
        first = self.cost[np.arange(n), :, 0, np.arange(n)]
        second = self.cost[:, np.arange(n), 1, np.arange(n)]
        return self.gross - np.stack((first, second), axis=2)

    @property
    def subsidy(self) -> Floats:
        """Consumer surplus and the rival's reported profit, which each firm leaves out of account; shape (n, n, 2)."""
        return self.surplus[:, :, None] + self.reported_profit[:, :, ::-1]


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What a rule guarantees, over the grid of types.

    Attributes:
        rule: One of ``RULES``.
        dominant_gain: The most a firm of any type gains by a lie, whatever the other reports.
        bayesian_gain: The same on average over the other's type, if the other tells the truth.
        interim: Expected payoff of the first firm under the truth, by [type, report].
        largest_deficit: What the alliance must add at the worst pair of true types; negative where it keeps some.
        expected_deficit: The same on average.
        against_market: Least of the types' expected gain over the market equilibrium, firms knowing each other there.
        against_no_sharing: The same over a market in which nobody shares.
        against_exit: The same over leaving the market.
        welfare: Expected, under the truth.
    """

    rule: str
    dominant_gain: float
    bayesian_gain: float
    interim: tuple[tuple[float, ...], ...]
    largest_deficit: float
    expected_deficit: float
    against_market: float
    against_no_sharing: float
    against_exit: float
    welfare: float

    @property
    def status(self) -> Status:
        """Solved: every figure is a maximum over a finite grid."""
        return Status.SOLVED

    @property
    def truth_dominant(self) -> bool:
        """Whether the truth is best whatever the other reports."""
        return self.dominant_gain <= _ROUNDING * self.welfare

    @property
    def truth_bayesian(self) -> bool:
        """Whether the truth is best on average, if the other tells it."""
        return self.bayesian_gain <= _ROUNDING * self.welfare

    @property
    def balanced_ex_post(self) -> bool:
        """Whether the alliance never has to add anything."""
        return self.largest_deficit <= _ROUNDING * self.welfare

    @property
    def balanced_ex_ante(self) -> bool:
        """Whether it does not on average."""
        return self.expected_deficit <= _ROUNDING * self.welfare

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        if self.truth_dominant:
            truth = "members report the truth whatever others do"
        elif self.truth_bayesian:
            truth = (
                f"members report the truth if they expect it of others, and gain up to {self.dominant_gain:.3g} if not"
            )
        else:
            truth = f"members lie, for up to {self.bayesian_gain:.3g}"
        if self.balanced_ex_post:
            money = "the alliance never adds money"
        elif self.balanced_ex_ante:
            money = f"the alliance adds up to {self.largest_deficit:.3g}, nothing on average"
        else:
            money = f"the alliance adds {self.expected_deficit:.3g} on average"
        least = self.against_market
        joining = (
            f"all gain by joining, {least:.3g} at least" if least >= 0 else f"some would lose {-least:.3g} by joining"
        )
        return f"{self.rule}: {truth}; {money}; {joining}."


def planned(market: Market, types: Types) -> Plans | Unsolved:
    """The best choices found for every pair of reports, equal ones not forced on firms.

    Args:
        market: One market of two firms with built-in forms; its own cost spillover is not used.
    """
    if market.firms != 2 or not built_in(market):
        return Unsolved(Status.NOT_PROVEN, "reports are worked out for two firms with built-in forms")
    pairs = _pairs(market, types)
    broken = violations(pairs)
    if broken:
        return Unsolved(Status.INADMISSIBLE, str(next(iter(broken.values()))))
    n = len(types.values)
    found = []
    for solution in solve_unrestricted(pairs, "planner"):
        if solution.status is not Status.SOLVED:
            return Unsolved(solution.status, solution.reason)
        found.append(solution.equilibria[0])
    sharing, investment = (np.array([getattr(one, name) for one in found]) for name in ("sharing", "investment"))
    best = _best_of(pairs, sharing, investment)
    sharing, investment = sharing[best], investment[best]
    price = bertrand_prices(pairs, intercepts(pairs, sharing, investment))
    given = (investment * sharing)[:, ::-1, None] * np.array(types.values)
    cost = pairs.cost.value(np.repeat(investment[:, :, None], n, axis=2), given)
    return Plans(
        sharing.reshape(n, n, 2),
        investment.reshape(n, n, 2),
        gross=(market.b1 * price**2).reshape(n, n, 2),
        cost=cost.reshape(n, n, 2, n),
        surplus=outcome(pairs, sharing, investment)[2].reshape(n, n),
    )


def _best_of(pairs: Market, sharing: Floats, investment: Floats) -> NDArray[np.intp]:
    """Which of the plans is best at each pair of types.

    A search may miss the optimum by a little. To be the best of a fixed range of plans is what the truth needs.
    """
    count = len(sharing)
    pair, plan = (part.ravel() for part in np.indices((count, count)))
    price, profit, surplus = outcome(pairs.take(pair), sharing[plan], investment[plan])
    worth = np.where((price > 0).all(axis=1), surplus + profit.sum(axis=1), -np.inf)
    best: NDArray[np.intp] = worth.reshape(count, count).argmax(axis=1)
    return best


def _pairs(market: Market, types: Types) -> Market:
    """The market at every pair of true types, the second changing fastest."""
    first, second = (part.ravel() for part in np.meshgrid(types.values, types.values, indexing="ij"))
    many = market.take(np.zeros(len(first), dtype=np.intp))
    return replace(many, cost_spillover=np.column_stack((first, second)))


def transfers(plans: Plans, prior: Sequence[float], rule: str) -> Floats:
    """What the alliance pays each firm at every pair of reports; shape (n, n, 2).

    Raises:
        InvalidInput: If there is no such rule.
    """
    weight, subsidy = np.array(prior), plans.subsidy
    if rule == "printed":
        # The tax (37) is the subsidy at the planned choices: carried out, the two cancel whatever is reported.
        return subsidy - subsidy
    if rule == "groves":
        # Both taxes depend on the other's report only; they make each firm's expected transfer 0.
        first, second = weight @ subsidy[:, :, 0], subsidy[:, :, 1] @ weight
        tax: Floats = np.stack(np.broadcast_arrays(first[None, :], second[:, None]), axis=2)
        return subsidy - tax
    if rule == "agv":
        first, second = subsidy[:, :, 0] @ weight, weight @ subsidy[:, :, 1]
        paid: Floats = first[:, None] - second[None, :]
        return np.stack((paid, -paid), axis=2)
    raise InvalidInput("rule", rule, f"one of {', '.join(RULES)}")


def examine_rule(market: Market, types: Types, rule: str) -> Mechanism | Unsolved:
    """Compute what a rule guarantees in one market.

    Args:
        market: Two firms, built-in forms; its cost spillover is replaced by the types.
        rule: One of ``RULES``.

    Raises:
        InvalidInput: If there is no such rule.
    """
    plans = planned(market, types)
    if isinstance(plans, Unsolved):
        return plans
    outside = _outside(market, types)
    if isinstance(outside, Unsolved):
        return outside
    free, apart = outside
    weight, paid = np.array(types.prior), transfers(plans, types.prior, rule)
    n = len(weight)
    # Everything is turned so that the axes are the own report, the other's report and the own true type.
    mine = [plans.gross[:, :, 0, None] - plans.cost[:, :, 0] + paid[:, :, 0, None]]
    mine.append((plans.gross[:, :, 1, None] - plans.cost[:, :, 1] + paid[:, :, 1, None]).swapaxes(0, 1))
    truths = [value[np.arange(n), :, np.arange(n)].T[None] for value in mine]
    dominant = max(float((value - truth).max()) for value, truth in zip(mine, truths, strict=True))
    interim = [np.einsum("rot,o->tr", value, weight) for value in mine]
    honest = [np.diagonal(table) for table in interim]
    bayesian = max(float((table - true[:, None]).max()) for table, true in zip(interim, honest, strict=True))
    both = np.outer(weight, weight)
    deficit = paid.sum(axis=2)
    return Mechanism(
        rule=rule,
        dominant_gain=max(dominant, 0.0),
        bayesian_gain=max(bayesian, 0.0),
        interim=tuple(tuple(row) for row in interim[0].tolist()),
        largest_deficit=float(deficit.max()),
        expected_deficit=float((both * deficit).sum()),
        against_market=min(float((true - one).min()) for true, one in zip(honest, free, strict=True)),
        against_no_sharing=min(float((true - one).min()) for true, one in zip(honest, apart, strict=True)),
        against_exit=min(float(true.min()) for true in honest),
        welfare=float((both * (plans.surplus + plans.reported_profit.sum(axis=2))).sum()),
    )


def _outside(market: Market, types: Types) -> tuple[list[Floats], list[Floats]] | Unsolved:
    """Expected profit of each firm by its type, in the market equilibrium and without sharing."""
    n, weight = len(types.values), np.array(types.prior)
    profit = np.empty((n * n, 2))
    for row, solution in enumerate(solve_many(_pairs(market, types), "nash")):
        steady = [one for one in solution.equilibria if one.stable]
        if not steady:
            return Unsolved(Status.NOT_PROVEN, "at some types no stable market equilibrium was found to compare with")
        profit[row] = steady[0].profit
    apart = decided(market, "no-sharing")
    if isinstance(apart, Unsolved):
        return apart
    table = profit.reshape(n, n, 2)
    free = [table[:, :, 0] @ weight, weight @ table[:, :, 1]]
    return free, [np.full(n, apart.profit[firm]) for firm in (0, 1)]
