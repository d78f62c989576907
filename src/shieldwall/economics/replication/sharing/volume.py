"""Formulas of the proof of Proposition 7, where costs grow with sales: (32), (33) and their neighbours (section 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import SEED, drawn, three_digits
from shieldwall.economics.replication.sharing.trial import Flags, Trial, judged
from shieldwall.economics.sharing import Hyperbolic, Leakage, Market, Volume, solve_many
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import stack
from shieldwall.economics.sharing.objective import TINY_STEP
from shieldwall.economics.sharing.result import Kind
from shieldwall.economics.sharing.volume import VolumeGame

ORDINARY, KEEN = 700, 400
STEP = 1e-6
EXACT = 1e-8


@lru_cache
def with_volume() -> Market:
    """Random markets with a cost of each unit sold and none of the fixed-cost spillover.

    Ordinary ones, half of them with Phi(0) = 0, and then some with a large demand spillover and little net leakage, in
    which firms share nearly everything.
    """
    markets = drawn(ORDINARY, SEED + 3)
    draw = np.random.default_rng(SEED + 3)

    def between(low: float, high: float, count: int) -> Floats:
        return three_digits(draw.uniform(low, high, count))

    n = len(markets)
    fixed = np.where(np.arange(n) % 2 == 0, 0.0, between(0.05, 1, n))
    spillover = three_digits(np.exp(draw.uniform(-5, 0, n)))
    volume = Volume(between(0.05, 1, n), spillover, (fixed, between(0.02, 0.6, n), between(0, 0.2, n)))
    plain = replace(markets, cost_spillover=0 * markets.cost_spillover, volume=volume)
    n = KEEN
    b1, rival, joint = between(0.8, 2.5, n), between(0.02, 0.3, n), between(0, 0.1, n)
    keen = Market(
        between(2, 12, n),
        b1,
        three_digits(b1 * draw.uniform(0.1, 0.6, n)),
        demand_spillover=between(0.6, 1, n),
        cost_spillover=0,
        rivalry=between(0, 0.5, n),
        leakage=Leakage(three_digits((rival + joint) * draw.uniform(1.03, 1.6, n)), rival, joint),
        cost=Hyperbolic(between(1, 3, n), 0),
        volume=Volume(between(0.3, 1, n), between(0.001, 0.05, n), (0, between(0.05, 0.2, n), between(0, 0.06, n))),
    )
    return stack([plain, keen])


@dataclass(frozen=True, slots=True)
class Volumes:
    """Interior symmetric equilibria with a cost of each unit; sharing, investment and stability, M rows."""

    markets: Market
    sharing: Floats
    investment: Floats
    stable: Flags

    @property
    def game(self) -> VolumeGame:
        """The games of these markets."""
        return VolumeGame(self.markets)

    def shown(self, **more: Any) -> dict[str, Any]:
        """What describes a case."""
        return {"sharing": self.sharing, "investment": self.investment, **more}


@lru_cache
def equilibria() -> Volumes:
    """Those of ``with_volume`` at which the unit cost is positive."""
    return equilibria_of(with_volume())


def equilibria_of(markets: Market) -> Volumes:
    """The verified interior symmetric equilibria of markets with a volume cost."""
    found = [
        (row, one.sharing[0], one.investment[0], one.stable)
        for row, solution in enumerate(solve_many(markets, "nash"))
        for one in solution.equilibria
        if one.kind is Kind.INTERIOR
    ]
    rows, s, t, stable = (np.array(part) for part in zip(*found, strict=True))
    part = markets.take(rows)
    inner = np.flatnonzero(VolumeGame(part).unit_cost(t, t, s) > 1e-9)
    return Volumes(part.take(inner), s[inner], t[inner], stable[inner])


def with_spillover(markets: Market, change: Floats) -> Market:
    """The markets with the volume spillover changed."""
    volume: Any = markets.volume
    return replace(markets, volume=replace_volume(volume, volume.spillover + change))


def replace_volume(volume: Volume, spillover: Floats) -> Volume:
    """The same cost with another spillover."""
    return Volume(volume.unit_cost, spillover, volume.technology)


def _margin_slope(game: VolumeGame, t: Any, s: Any) -> Floats:
    """d(p_i - F_i)/dt_i at equal choices, sharing given."""

    @dataclass(frozen=True, slots=True)
    class Fixed(VolumeGame):
        def share(self, t: Any, rival_t: Any, rival_s: Any) -> Any:
            return s + 0 * t

    fixed = Fixed(game.markets)
    margin: Floats = fixed.margins(t + 1j * TINY_STEP, fixed.share(t, t, s), t, s)[0].imag / TINY_STEP
    return margin


def printed_margin(here: Volumes, sign: int) -> Finding:
    """(33) with the printed (+) or the corrected (-) sign beside the complex step of p_i - F_i."""
    m, s, t, game = here.markets, here.sharing, here.investment, here.game
    volume: Any = m.volume
    unit = volume.unit_cost - volume.spillover * s * t
    rise = volume.technology[1] + volume.technology[2] * t
    b1, b2 = m.b1, m.b2
    table = 2 * b1 + b2 * (m.demand_spillover * s - m.rivalry) - b1 * b2 * volume.spillover * s * game.technology(t)
    printed = (table - (2 * b1**2 + sign * b2**2) * unit * rise) / (4 * b1**2 - b2**2)
    ours = _margin_slope(game, t, s)
    return judged(
        Trial(
            m, np.abs(printed - ours) < EXACT * (np.abs(printed) + np.abs(ours)), here.shown(formula=printed, true=ours)
        ),
        {
            Verdict.FAILS: "The derivative of -F_i and of 2 b1^2 F_i / (4 b1^2 - b2^2) add up to -(2 b1^2 - b2^2): the "
            "sign of b2^2 is wrong. At equilibria the true value is positive.",
            Verdict.HOLDS: "The formula is the derivative of p_i - F_i.",
        },
        figures={
            "formula negative at equilibria": int((printed < 0).sum()),
            "true value negative": int((ours < 0).sum()),
        },
        true_if="the factor of (c - spillover s_j t_j) Phi' were -(2 b1^2 - b2^2)" if sign > 0 else "",
    )


def mixed_derivative(here: Volumes) -> Finding:
    """The sign of (32) at equilibria."""
    m, s, t = here.markets, here.sharing, here.investment
    volume: Any = m.volume
    rise, phi = volume.technology[1] + volume.technology[2] * t, here.game.technology(t)
    value = ((2 * m.b1**2 - m.b2**2) * t * s * rise - m.b1 * m.b2 * s * phi) / (4 * m.b1**2 - m.b2**2)
    change = STEP * volume.spillover
    moved = [_margin_slope(VolumeGame(with_spillover(m, sign * change)), t, s) for sign in (1, -1)]
    worst = np.abs((moved[0] - moved[1]) / (2 * change) - value).max()
    return judged(
        Trial(m, value > 0, here.shown(**{"(32)": value})),
        {
            Verdict.CONDITIONAL: "With Phi(0) = 0 and Phi convex, t Phi' >= Phi, and the sign follows from b1 > b2; "
            "with a cost of each unit that no investment avoids, it may be negative."
        },
        within=volume.technology[0] == 0,
        condition="Phi(0) = 0",
        figures={"(32) less its difference quotient, at most": float(f"{worst:.1e}")},
    )


def derivative_of_condition(here: Volumes, *, extra_factor: bool) -> Finding:
    """The printed dH_i/d spillover, with or without its inner factor 2 b1, beside a difference quotient of (18)."""
    m, s, t = here.markets, here.sharing, here.investment
    volume: Any = m.volume
    change = STEP * volume.spillover

    def parts(sign: int) -> tuple[Floats, Floats]:
        game = VolumeGame(with_spillover(m, sign * change))
        return game.margins(t, s, t, s)[0], _margin_slope(game, t, s)

    (up, up_slope), (down, down_slope), (margin, slope) = parts(1), parts(-1), parts(0)
    by, mixed = (up - down) / (2 * change), (up_slope - down_slope) / (2 * change)
    ours = 2 * m.b1 * (up * up_slope - down * down_slope) / (2 * change)
    inner = 2 * m.b1 if extra_factor else 1.0
    printed = 2 * m.b1 * (by * slope + inner * margin * mixed)
    scale = np.abs(by * slope) + np.abs(margin * mixed)
    held = np.abs(printed - ours) < 1e-5 * 2 * m.b1 * scale
    return judged(
        Trial(m, held, here.shown(formula=printed, true=ours)),
        {
            Verdict.FAILS: "H_i = 2 b1 (p_i - F_i) d(p_i - F_i)/dt_i - f': the product rule gives 2 b1 once, the print "
            "has it twice on the second term.",
            Verdict.HOLDS: "The formula is the derivative of (18).",
        },
        true_if="the inner 2 b1 were left out" if extra_factor else "",
    )


EQUILIBRIA = (
    f"interior symmetric equilibria of {ORDINARY} random markets and {KEEN} with large demand spillovers, "
    f"seed {SEED + 3}"
)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.volume-33",
        "Appendix A, (33)",
        "d(p_i - F_i)/dt_i is (33), with -(2 b1^2 + b2^2)(c - spillover s_j t_j) Phi'(t_i).",
        "the printed formula beside complex steps",
        EQUILIBRIA,
        lambda: printed_margin(equilibria(), 1),
    ),
    Claim(
        "sharing.volume-32",
        "Appendix A, (32)",
        "d2(p_i - F_i)/dt_i d spillover is positive.",
        "the printed formula, which difference quotients confirm",
        EQUILIBRIA,
        lambda: mixed_derivative(equilibria()),
    ),
    Claim(
        "sharing.volume-condition",
        "Appendix A, before (32)",
        "dH_i/d spillover = 2 b1 [d(p - F)/d spillover d(p - F)/dt + 2 b1 (p - F) d2(p - F)/dt d spillover].",
        "the printed formula beside difference quotients of (18)",
        EQUILIBRIA,
        lambda: derivative_of_condition(equilibria(), extra_factor=True),
    ),
)
