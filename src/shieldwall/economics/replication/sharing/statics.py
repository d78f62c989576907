"""How equilibria move with size, slopes and spillovers: Propositions 3 and 4, and the effects (7), (8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import (
    INTERIOR,
    Interior,
    interior,
    moves,
)
from shieldwall.economics.replication.sharing.slopes import S1, T1, demand, prices, slopes
from shieldwall.economics.replication.sharing.trial import Trial, in_all, judged
from shieldwall.economics.sharing.sensitivity import Sensitivity

STABLE = "the equilibrium is stable"


def signs(here: Interior, table: Sensitivity, wanted: Mapping[str, int]) -> Finding:
    """Signs of the derivatives of sharing and investment by parameters, at equilibria and their sensitivity."""
    columns = [table.names.index(name) for name in wanted]
    moved = {name: table.total[:, :, column] for name, column in zip(wanted, columns, strict=True)}
    signed = np.stack([moved[name] * sign for name, sign in wanted.items()], axis=-1)
    held, turned = in_all(signed > 0), in_all(signed < 0)
    beyond = here.stable & ~here.assumption_1
    return judged(
        Trial(here.markets, held, here.shown(**{f"(s, t) by {name}": value for name, value in moved.items()})),
        {
            Verdict.HOLDS: "The sign holds at every equilibrium tried.",
            Verdict.CONDITIONAL: "The sign needs a stable equilibrium, which the own second-order conditions of the "
            "proof do not give: at nearly all unstable ones every sign is reversed.",
        },
        within=here.stable,
        condition=STABLE,
        figures={
            "all signs reversed, of the unstable": f"{int((turned & ~here.stable).sum())} of "
            f"{int((~here.stable).sum())}",
            "held, of the stable beyond Assumption 1": f"{int(held[beyond].sum())} of {int(beyond.sum())}",
        },
    )


def _signs(wanted: Mapping[str, int], *, under_1: bool = False) -> Finding:
    here, table = interior(), moves()
    rows = np.flatnonzero(here.assumption_1 | (not under_1))
    parts = (getattr(table, name)[rows] for name in ("values", "direct", "strategic", "marginal"))
    return signs(here.take(rows), Sensitivity(table.names, *parts), wanted)


def assumption_1_is_likelier(here: Interior) -> Finding:
    """How the bound demand_spillover s + b2/(2 b1) of Assumption 1 moves with the two parameters."""
    table = moves()
    s, markets = here.sharing, here.markets
    by_spillover = s + markets.demand_spillover * table.total[:, 0, table.names.index("demand_spillover")]
    by_b2 = 1 / (2 * markets.b1) + markets.demand_spillover * table.total[:, 0, table.names.index("b2")]
    return judged(
        Trial(
            markets,
            (by_spillover > 0) & (by_b2 > 0),
            here.shown(**{"bound by spillover": by_spillover, "bound by b2": by_b2}),
        ),
        {
            Verdict.CONDITIONAL: "The bound holds the equilibrium's sharing, so its move needs Proposition 4, and that "
            "a stable equilibrium."
        },
        within=here.stable,
        condition=STABLE,
    )


def direct_effect_of_sharing(here: Interior) -> Finding:
    """What own sharing does to own demand at given prices, at equilibria."""
    more = slopes(demand, here.markets, *here.both)[:, 0, S1]
    return judged(
        Trial(here.markets, more > 0, here.shown(**{"own demand by own sharing, prices given": more})),
        {
            Verdict.FAILS: "At given prices own sharing only leaks: it lowers own demand at every equilibrium. Firms "
            "share solely because the rival then charges more; with b2 = 0 nobody shares."
        },
        true_if="said of the rival's demand, or of own investment instead of sharing",
    )


def direct_effect_of_investment(here: Interior) -> Finding:
    """What own investment does to own demand at given prices, at equilibria."""
    more = slopes(demand, here.markets, *here.both)[:, 0, T1]
    return judged(
        Trial(here.markets, more > 0, here.shown(**{"own demand by own investment": more})),
        {Verdict.HOLDS: "A unit of investment adds a unit to own demand at given prices."},
    )


def strategic_effect(here: Interior) -> Finding:
    """What own sharing and investment do to the rival's price, at equilibria."""
    rise = slopes(prices, here.markets, *here.both)[:, 1][:, [S1, T1]]
    return judged(
        Trial(here.markets, in_all(rise > 0), here.shown(**{"rival's price by s_i, t_i": rise})),
        {
            Verdict.CONDITIONAL: "Sharing raises the rival's price at every equilibrium. Investment does so under "
            "Assumption 1 only, as Proposition 1(i) says."
        },
        within=here.assumption_1,
        condition="Assumption 1 holds",
    )


def slopes_act_through(here: Interior, table: Sensitivity) -> Finding:
    """Which part of the derivatives by b1 and b2 is larger at stable equilibria: the direct or the strategic one."""
    rows = np.flatnonzero(here.stable)
    part = {
        name: np.abs(
            np.stack([effect[rows][:, :, table.names.index(name)] for effect in (table.direct, table.strategic)])
        )
        for name in ("b1", "b2")
    }
    mostly_strategic = {name: effects[1] > effects[0] for name, effects in part.items()}
    held = in_all(~mostly_strategic["b1"]) & in_all(mostly_strategic["b2"])
    shown = {f"direct and strategic (s, t) by {name}": effects.swapaxes(0, 1) for name, effects in part.items()}
    kept = here.take(rows)
    return judged(
        Trial(kept.markets, held, kept.shown(**shown)),
        {
            Verdict.FAILS: "What counts is the choice, not the parameter: both slopes move sharing mainly through the "
            "strategic effect and investment mainly through the direct one."
        },
        figures={
            f"{name} moves {choice} mainly strategically": f"{int(flags[:, column].sum())} of {len(rows)}"
            for name, flags in mostly_strategic.items()
            for column, choice in enumerate(("sharing", "investment"))
        },
        true_if="said of sharing (strategic) and investment (direct), whichever slope changes",
    )


def effects_rise_with_size(here: Interior) -> Finding:
    """Direct and strategic effect of sharing on profit, at the same choices and a tenth larger demand."""
    larger = replace(here.markets, a=here.markets.a * 1.1)
    effects = []
    for markets in (here.markets, larger):
        price = prices(markets, *here.both)[:, 0]
        direct = price * slopes(demand, markets, *here.both)[:, 0, S1]
        effects.append((direct, price * markets.b2 * slopes(prices, markets, *here.both)[:, 1, S1]))
    change = np.column_stack([effects[1][part] - effects[0][part] for part in (0, 1)])
    return judged(
        Trial(here.markets, in_all(change > 0), here.shown(**{"direct and strategic effect change by": change})),
        {
            Verdict.FAILS: "Both effects of sharing are a price times a number that size does not change. The "
            "strategic one is positive and grows; the direct one is negative and becomes more so."
        },
        figures={"strategic effect rises": int((change[:, 1] > 0).sum())},
        true_if="said of the strategic effect alone",
    )


_SIGNS = "implicit function theorem with automatic derivatives"


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.assumption-1-likelier",
        "2.1, after Assumption 1",
        "Assumption 1 is more likely to be valid when the demand spillover or b2 is high.",
        f"{_SIGNS}, of the bound at the equilibrium",
        INTERIOR,
        lambda: assumption_1_is_likelier(interior()),
    ),
    Claim(
        "sharing.prop-3-i",
        "2.1, Proposition 3(i)",
        "Sharing and investment fall as b1 rises.",
        _SIGNS,
        INTERIOR,
        lambda: _signs({"b1": -1}),
    ),
    Claim(
        "sharing.prop-3-ii",
        "2.1, Proposition 3(ii)",
        "Under Assumption 1 sharing and investment rise with b2.",
        _SIGNS,
        f"{INTERIOR}, those under Assumption 1",
        lambda: _signs({"b2": 1}, under_1=True),
    ),
    Claim(
        "sharing.direct-effect-of-sharing",
        "1.1; 2.1, (7); 5",
        "Sharing has a direct effect that expands demand.",
        "complex steps at given prices",
        INTERIOR,
        lambda: direct_effect_of_sharing(interior()),
    ),
    Claim(
        "sharing.direct-effect-of-investment",
        "1.1; 2.1, (8)",
        "Investment has a direct effect that expands demand.",
        "complex steps at given prices",
        INTERIOR,
        lambda: direct_effect_of_investment(interior()),
    ),
    Claim(
        "sharing.strategic-effect",
        "2.1, after (8)",
        "The strategic effect is positive: the competitor charges more when the firm shares or invests more.",
        "complex steps",
        INTERIOR,
        lambda: strategic_effect(interior()),
    ),
    Claim(
        "sharing.effects-by-slope",
        "2.1, after (8)",
        "b2 affects primarily the strategic effect, b1 primarily the direct effect.",
        f"{_SIGNS}; the derivative by each slope split into both effects, absolute values compared",
        f"{INTERIOR}, the stable ones",
        lambda: slopes_act_through(interior(), moves()),
    ),
    Claim(
        "sharing.effects-with-size",
        "1.1",
        "The direct and the strategic effect of sharing increase with the size of the firm.",
        "both effects at the same choices, before and after the demand intercept rises by a tenth",
        INTERIOR,
        lambda: effects_rise_with_size(interior()),
    ),
    Claim(
        "sharing.prop-4-i",
        "2.1, Proposition 4(i)",
        "Sharing and investment rise with firm size.",
        _SIGNS,
        INTERIOR,
        lambda: _signs({"a": 1}),
    ),
    Claim(
        "sharing.prop-4-ii",
        "2.1, Proposition 4(ii)",
        "Sharing and investment rise with the demand spillover and with the cost spillover.",
        _SIGNS,
        INTERIOR,
        lambda: _signs({"demand_spillover": 1, "cost_spillover": 1}),
    ),
    Claim(
        "sharing.prop-4-iii",
        "2.1, Proposition 4(iii)",
        "Sharing and investment fall as rivalry rises.",
        _SIGNS,
        INTERIOR,
        lambda: _signs({"rivalry": -1}),
    ),
)
