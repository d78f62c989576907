"""Proof that a solution of the sharing market is one: no other choice gains more than a slack, rounding included.

The numerical test of ``nash`` and ``cooperative`` compares candidates in floating point. Here branch and bound in
ball arithmetic covers every sharing in [0, 1] and every investment: up to a limit by boxes, beyond it because the
objective surely stays below what is claimed. Built-in forms, no cost of units sold; two firms, or more that are alike.
Of one decision maker the choices covered are those that are equal for all firms.
"""

from __future__ import annotations

import math
from dataclasses import replace

from shieldwall.economics.bounds import BITS, Ball, Jet, Proof, jet_at, prove_maximum
from shieldwall.economics.precision import economics_extra
from shieldwall.economics.sharing.forms import Exponential, Leakage, QuadraticCost
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import PER_FIRM_WEIGHTS
from shieldwall.economics.sharing.prices import price_weights
from shieldwall.economics.sharing.result import Equilibrium

SLACK = 1e-9
"""The gain that a proof excludes, in units of profit."""


def prove(market: Market, regime: str, equilibrium: Equilibrium, *, slack: float = SLACK) -> tuple[Proof, ...]:
    """Try to prove that nobody who decides gains more than the slack by choosing otherwise.

    Args:
        market: One market.
        regime: ``nash``, or one of the regimes with a single decision maker and equal choices.
        equilibrium: A solution of it.
        slack: Above 0, in units of profit: of the firm that deviates, or of all firms where one decides for all.

    Returns:
        One proof for each firm under ``nash``, one for all if more than two are alike; one for a single decision
        maker; none where the method does not apply.

    Raises:
        MissingPackage: If python-flint is not installed.
    """
    if market.volume is not None or not isinstance(market.leakage, Leakage):
        return ()
    if not isinstance(market.cost, QuadraticCost):
        return ()
    alike = bool(market.equal[0]) and len({*zip(equilibrium.sharing, equilibrium.investment, strict=True)}) == 1
    if regime == "nash" and (alike or market.firms == 2):
        firms = range(1 if market.firms > 2 else 2)
        return tuple(_no_deviation(_Numbers(market), equilibrium, firm, slack) for firm in firms)
    if regime in PER_FIRM_WEIGHTS and alike:
        return (_no_better_optimum(_Numbers(market), equilibrium, regime, slack),)
    return ()


class _Numbers:
    """One market's parameters as balls: a float is exactly the number it stands for."""

    def __init__(self, market: Market) -> None:
        with economics_extra():
            from flint import arb  # noqa: PLC0415
        leakage, cost = market.leakage, market.cost
        self.a = [arb(float(value)) for value in market.a[0]]
        self.cost_spillover = [arb(float(value)) for value in market.cost_spillover[0]]
        self.b1, self.b2 = arb(float(market.b1[0])), arb(float(market.b2[0]))
        self.demand_spillover = arb(float(market.demand_spillover[0]))
        self.rivalry = arb(float(market.rivalry[0]))
        self.own, self.rival, self.joint = (arb(float(item[0])) for item in (leakage.own, leakage.rival, leakage.joint))
        self.k, self.max_saving = arb(float(cost.k[0])), arb(float(cost.max_saving[0]))
        self.rate = arb(float(cost.rate[0])) if isinstance(cost, Exponential) else None
        self.firms = market.firms

    def remaining(self, y: Jet | Ball) -> Jet | Ball:
        """The share of the investment cost that remains at knowledge y."""
        if self.rate is None:
            return 1 - self.max_saving * (y / (1 + y))
        return 1 - self.max_saving * (1 - (y * -self.rate).exp())


def _no_deviation(numbers: _Numbers, equilibrium: Equilibrium, firm: int, slack: float) -> Proof:
    """One firm's payoff b1 p_i^2 - f over its own choices, the rivals' being what they are."""
    from flint import arb, ctx  # noqa: PLC0415

    with ctx.workprec(BITS):
        n, rival, rivals = numbers, 1 - firm, numbers.firms - 1
        s_j, t_j = arb(equilibrium.sharing[rival]), arb(equilibrium.investment[rival])
        kappa, weight = price_weights(n.b1, n.b2, n.firms)
        curvature = n.k / 2 * n.remaining(n.cost_spillover[firm] * t_j * s_j)

        def own_intercept(s: Jet, t: Jet) -> Jet:
            fixed = n.a[firm] + (n.demand_spillover * s_j - n.rivalry) * t_j + n.rival * s_j**2
            return t - n.own * (s * s) + n.joint * s_j * s + fixed

        def rival_intercept(s: Jet, t: Jet) -> Jet:
            # A rival looks at the mean of the deviating firm and of the other rivals, who are like itself.
            seen = n.demand_spillover * (t * s) - n.rivalry * t + n.rival * (s * s) + n.joint * s_j * s
            others = (n.demand_spillover * s_j - n.rivalry) * t_j + (n.rival + n.joint) * s_j**2
            return (seen + (rivals - 1) * others) * (1 / arb(rivals)) + n.a[rival] + t_j - n.own * s_j**2

        def payoff(s: Jet, t: Jet) -> tuple[Jet, tuple[Jet, ...]]:
            own, other = own_intercept(s, t), rival_intercept(s, t)
            price = kappa * own + weight * rivals * other
            rival_price = kappa * other + weight * own + weight * (rivals - 1) * other
            return n.b1 * (price * price) - curvature * (t * t), (price, rival_price)

        at_rest = kappa * own_intercept(*_unit_interval()) + weight * rivals * rival_intercept(*_unit_interval())
        slope = kappa + weight * (_positive(n.demand_spillover) - n.rivalry)
        point = (equilibrium.sharing[firm], equilibrium.investment[firm])
        limit = _limit(n.b1, _positive(at_rest.value), slope, curvature, jet_at(payoff, point).value)
    if limit is None:
        return Proof(False, slack, math.inf, 0)
    return prove_maximum(payoff, ((0.0, 1.0), (0.0, limit)), point, slack=slack)


def _no_better_optimum(numbers: _Numbers, equilibrium: Equilibrium, regime: str, slack: float) -> Proof:
    """The one decision maker's objective, W (a + B)^2 - f for each firm, over equal choices."""
    from flint import ctx  # noqa: PLC0415

    with ctx.workprec(BITS):
        n, w = numbers, PER_FIRM_WEIGHTS[regime](numbers.b1, numbers.b2)
        leak, net = n.own - n.rival - n.joint, 1 - n.rivalry
        saving = n.max_saving if n.cost_spillover[0] > 0 else 0

        def objective(s: Jet, t: Jet) -> tuple[Jet, tuple[Jet, ...]]:
            shared = t * s
            demand = n.a[0] + net * t + n.demand_spillover * shared - leak * (s * s)
            cost = n.k / 2 * (t * t) * n.remaining(n.cost_spillover[0] * shared)
            return w * (demand * demand) - cost, (demand,)

        slope = net + _positive(n.demand_spillover)
        point = (equilibrium.sharing[0], equilibrium.investment[0])
        limit = _limit(w, n.a[0], slope, n.k / 2 * (1 - saving), jet_at(objective, point).value)
    if limit is None:
        return Proof(False, slack, math.inf, 0)
    each = prove_maximum(objective, ((0.0, 1.0), (0.0, limit)), point, slack=slack / n.firms)
    return replace(each, slack=slack, gain=math.nextafter(each.gain * n.firms, math.inf))


def _limit(weight: Ball, at_rest: Ball, slope: Ball, curvature: Ball, claimed: Ball) -> float | None:
    """An investment from which on weight (at_rest + slope t)^2 - curvature t^2 surely stays below what is claimed.

    None if there is none, because investment pays for itself without limit.
    """
    bend = curvature - weight * slope**2
    if not bend > 0:
        return None
    half = weight * at_rest * slope
    # Below the root of bend t^2 - 2 half t - (weight at_rest^2 - claimed); where none is real, everywhere.
    root = (half + _positive(half**2 + bend * (weight * at_rest**2 - claimed)).sqrt()) / bend
    return max(1.001 * float(root.upper()), 1e-3)


def _positive(ball: Ball) -> Ball:
    """A number that surely is at least every number of the ball, and at least 0."""
    upper = ball.upper()
    return upper if upper > 0 else upper * 0


def _unit_interval() -> tuple[Jet, Jet]:
    """Any sharing in [0, 1] at no investment."""
    from flint import arb  # noqa: PLC0415

    zero = arb(0)
    flat = (zero, zero, zero)
    return Jet(zero.union(arb(1)), (zero, zero), flat), Jet(zero, (zero, zero), flat)
