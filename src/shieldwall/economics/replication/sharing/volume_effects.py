"""What spillovers on the cost of each unit sold do at equilibria: Proposition 7 and the text around it (section 4)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.trial import Trial, in_all, judged
from shieldwall.economics.replication.sharing.volume import (
    EQUILIBRIA,
    STEP,
    Volumes,
    equilibria,
    replace_volume,
    with_spillover,
)
from shieldwall.economics.sharing import Market, solve_many
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.volume import VolumeGame


def drive_is_unsigned(here: Volumes) -> Finding:
    """Whether demand_spillover - b1 spillover Phi(t) takes both signs at equilibria with sharing."""
    volume: Any = here.markets.volume
    technology = here.game.technology(here.investment)
    drive = here.markets.demand_spillover - here.markets.b1 * volume.spillover * technology
    return judged(
        Trial(here.markets, drive <= 0, here.shown(**{"the difference": drive})),
        {
            Verdict.FAILS: "By (17) it is (4 b1 own - 2 b2 rival - (2 b1 + b2) joint) s / (b2 t) at every symmetric "
            "equilibrium with sharing: positive. Where it would be negative nobody shares."
        },
        true_if="said of arbitrary points instead of equilibria with sharing",
    )


def _reaction(here: Volumes) -> Floats:
    """ds_i/ds_j along the best response at equilibria, by central differences."""
    game, t, s = here.game, here.investment, here.sharing
    small_t, small_s = STEP * t, STEP * np.minimum(s, 1 - s)

    def marginal(own: Floats, rival_s: Floats) -> Floats:
        value: Floats = game.marginal(own, t, rival_s)
        return value

    bend = (marginal(t + small_t, s) - marginal(t - small_t, s)) / (2 * small_t)
    cross = (marginal(t, s + small_s) - marginal(t, s - small_s)) / (2 * small_s)
    by_s = (game.share(t, t, s + small_s) - game.share(t, t, s - small_s)) / (2 * small_s)
    by_t = (game.share(t + small_t, t, s) - game.share(t - small_t, t, s)) / (2 * small_t)
    slope: Floats = by_s - by_t * cross / bend
    return slope


def slope_turns(here: Volumes) -> Finding:
    """Whether the sharing reaction function slopes down for large spillovers: the upper half of those with sharing."""
    volume: Any = here.markets.volume
    ratio = volume.spillover / here.markets.demand_spillover
    large = np.flatnonzero(ratio >= np.median(ratio))
    slope = _reaction(here)
    shown = here.shown(**{"ds_i/ds_j": slope})
    return judged(
        Trial(here.markets.take(large), slope[large] < 0, {name: value[large] for name, value in shown.items()}),
        {
            Verdict.FAILS: "The slope is positive at every equilibrium with sharing, whatever the spillover: the term "
            "that would turn it is the one that keeps firms from sharing at all."
        },
        figures={"slope positive, of all": f"{int((slope > 0).sum())} of {len(slope)}"},
        true_if="said of points at which demand_spillover < b1 spillover Phi(t), none of which is an equilibrium with "
        "sharing",
    )


def _moves(here: Volumes) -> Floats:
    """Derivatives of equilibrium (s, t) by the spillover, from the symmetric condition; (M, 2)."""
    volume: Any = here.markets.volume
    t, change = here.investment, STEP * volume.spillover
    small = STEP * t

    def condition(markets: Market, t: Floats) -> tuple[Floats, Floats]:
        game = VolumeGame(markets)
        s = game.alike(t)
        return game.marginal(t, t, s), s

    base = [condition(here.markets, t + sign * small) for sign in (1, -1)]
    moved = [condition(with_spillover(here.markets, sign * change), t) for sign in (1, -1)]
    by_t, by_spillover = (
        [(up - down) / (2 * step) for up, down in zip(*pair, strict=True)]
        for pair, step in ((base, small), (moved, change))
    )
    t_moves = -by_spillover[0] / by_t[0]
    return np.column_stack((by_spillover[1] + by_t[1] * t_moves, t_moves))


def both_signs(here: Volumes) -> Finding:
    """Proposition 7(i): whether each choice falls in some markets and rises in others."""
    table = _moves(here)[here.stable]
    counts = {
        name: {sign: int((table[:, column] * factor > 0).sum()) for sign, factor in (("rises", 1), ("falls", -1))}
        for column, name in enumerate(("sharing", "investment"))
    }
    figures = {name: f"rises in {count['rises']}, falls in {count['falls']}" for name, count in counts.items()}
    figures["tried"] = str(len(table))
    if all(min(count.values()) > 0 for count in counts.values()):
        return Finding(Verdict.HOLDS, "Both signs occur for both; sharing nearly always falls.", figures=figures)
    stable = np.flatnonzero(here.stable)
    trial = Trial(here.markets.take(stable), table[:, 0] > 0, {"(s, t) by spillover": table})
    return Finding(Verdict.FAILS, "One sign only.", counterexample=trial.case(0), figures=figures)


def opposite_effect(here: Volumes) -> Finding:
    """After Proposition 4: whether both choices fall as the volume spillover rises."""
    table = _moves(here)
    rows = np.flatnonzero(here.stable)
    held = in_all(table < 0)[rows]
    shown = here.shown(**{"(s, t) by spillover": table})
    return judged(
        Trial(here.markets.take(rows), held, {name: value[rows] for name, value in shown.items()}),
        {
            Verdict.FAILS: "Sharing nearly always falls, but investment often rises: a lower unit cost widens the "
            "margin on which investment earns. Proposition 7(i) itself says that the effect is ambiguous."
        },
        figures={
            "sharing falls": int((table[rows, 0] < 0).sum()),
            "investment falls": int((table[rows, 1] < 0).sum()),
        },
        true_if="said of sharing at a given investment",
    )


@lru_cache
def _with_and_without() -> tuple[Volumes, Floats, Floats]:
    """Equilibria alone in their market, with sharing and investment of the same market without a volume spillover."""
    here = equilibria()
    _, place, count = np.unique(here.investment + here.markets.a[:, 0], return_index=True, return_counts=True)
    rows = np.sort(place[count == 1])
    here = Volumes(here.markets.take(rows), here.sharing[rows], here.investment[rows], here.stable[rows])
    volume: Any = here.markets.volume
    bare = replace(here.markets, volume=replace_volume(volume, 0 * volume.spillover))
    solutions = solve_many(bare, "nash")
    alone = np.array([len(solution.equilibria) == 1 for solution in solutions]) & here.stable
    kept = np.flatnonzero(alone)
    best = [solutions[int(row)].equilibria[0] for row in kept]
    here = Volumes(here.markets.take(kept), here.sharing[kept], here.investment[kept], here.stable[kept])
    return here, np.array([one.sharing[0] for one in best]), np.array([one.investment[0] for one in best])


def less_sharing(here: Volumes, sharing: Floats, investment: Floats) -> Finding:
    """Proposition 7(ii): sharing without the spillover, at the same investment and at its own equilibrium."""
    volume: Any = here.markets.volume
    bare = VolumeGame(replace(here.markets, volume=replace_volume(volume, 0 * volume.spillover)))
    fixed = bare.alike(here.investment)
    held = np.concatenate((fixed > here.sharing, sharing > here.sharing))
    twice = np.tile(np.arange(len(here.sharing)), 2)
    shown = {
        "investment": np.array(["held"] * len(sharing) + ["free"] * len(sharing)),
        "(s, t)": np.column_stack((here.sharing, here.investment))[twice],
        "(s, t) without the spillover": np.concatenate(
            (np.column_stack((fixed, here.investment)), np.column_stack((sharing, investment)))
        ),
    }
    return judged(
        Trial(here.markets.take(twice), held, shown),
        {
            Verdict.CONDITIONAL: "At a given investment the spillover always lowers sharing. In equilibrium investment "
            "may rise so much that sharing rises with it."
        },
        within=np.arange(len(held)) < len(sharing),
        condition="the investment is held fixed",
        figures={"equilibrium sharing higher with the spillover": int((sharing < here.sharing).sum())},
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.volume-sign",
        "Appendix A, end",
        "demand_spillover - b1 spillover Phi(t) cannot be signed.",
        "its value at equilibria with sharing; the claim needs one that is not positive",
        EQUILIBRIA,
        lambda: drive_is_unsigned(equilibria()),
    ),
    Claim(
        "sharing.volume-slope",
        "4, after Proposition 7",
        "For large volume spillovers the sharing reaction function slopes down.",
        "implicit differentiation at equilibria",
        f"{EQUILIBRIA}, the half with the larger ratio of spillovers",
        lambda: slope_turns(equilibria()),
    ),
    Claim(
        "sharing.prop-7-i",
        "4, Proposition 7(i)",
        "A higher volume spillover has ambiguous implications for sharing and for investment.",
        "implicit differentiation; the claim needs both signs of both",
        f"{EQUILIBRIA}, the stable ones",
        lambda: both_signs(equilibria()),
    ),
    Claim(
        "sharing.prop-7-ii",
        "4, Proposition 7(ii)",
        "Volume spillovers reduce sharing in comparison to an environment without them.",
        "the same market solved with and without the spillover, investment held or free",
        f"{EQUILIBRIA}, stable and alone in their market",
        lambda: less_sharing(*_with_and_without()),
    ),
    Claim(
        "sharing.volume-opposite",
        "2.1, after Proposition 4",
        "Volume-related cost spillovers have the opposite effect of Proposition 4(ii): sharing and investment fall.",
        "implicit differentiation",
        f"{EQUILIBRIA}, the stable ones",
        lambda: opposite_effect(equilibria()),
    ),
)
