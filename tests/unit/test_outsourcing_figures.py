"""Figures 2 to 9 of Hui, Hui & Yue: the optimum against 60 digits, the published formulas against a plain solution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas
from outsourcing_oracle import Exact

from shieldwall.economics.figure import FigureData
from shieldwall.economics.outsourcing.figures import FIGURES
from shieldwall.economics.outsourcing.figures.bands import CHECKED, COLUMNS, FROM, MARKETS, TO, Outcome
from shieldwall.economics.outsourcing.figures.curves import CHANGE, MARKET, OPTIMUM_COLOUR, PIECE, REQUIREMENT, SHIRKS
from shieldwall.economics.outsourcing.figures.markets import (
    INSTRUMENTS,
    MAIN,
    SCENARIOS,
    SINGLE,
    WAVERING,
    Market,
    changes,
)
from shieldwall.economics.outsourcing.figures.published import published
from shieldwall.economics.outsourcing.figures.settings import FORMULA, LOSS, OPTIMUM, SETTING
from shieldwall.economics.outsourcing.mandate import compare_instruments

BY_NAME = {figure.name: figure for figure in FIGURES}
DATA = {number: BY_NAME[f"outsourcing-figure-{number}"].data() for number in range(2, 10)}
CLIENTS = "optimum [clients]", "published formula [clients]", "published formula, second root [clients]"
FOLD = 0.885401895340346
"""Beyond this requirement the published formulas have no real root in the wavering market."""


def rows(number: int, where: str, value: str) -> Iterator[dict[str, Any]]:
    data = DATA[number]
    return (row for row in (dict(zip(data.columns, one, strict=True)) for one in data.rows) if row[where] == value)


def settings(number: int) -> list[str]:
    """The settings of Figure 8 or 9 in their order."""
    return [str(name) for name in dict.fromkeys(DATA[number].column(SETTING))]


def exact(market: Market, requirement: float, regime: str) -> dict[str, Any]:
    """The market solved in 60 digits by comparing every candidate."""
    given = {name: float(getattr(market.service, name)) for name in market.service.__slots__}
    outcome: dict[str, Any] = Exact({**given, "requirement": requirement}, regime).outcome()
    return outcome


def plain_roots(market: Market, requirement: float) -> list[float]:
    """Every m in [1, n] that solves (14) with (15) put in, multiplied out: 2eD(1 − q)(m − ½) = Dq − ½ c_s q² − ρ."""
    one = market.service
    n, e, c_s, c_k = (float(value) for value in (one.clients, one.spillover, one.provider_cost, one.client_cost))
    exposed = float(one.attack_probability * one.system_value)
    own = max(requirement, exposed / c_k)
    kept = exposed * own - c_k * own**2 / 2
    quality = np.polynomial.Polynomial([exposed * (1 - e) / c_s, exposed * e / c_s])
    left = 2 * e * exposed * (1 - quality) * np.polynomial.Polynomial([-0.5, 1])
    found = (left - (exposed * quality - c_s * quality**2 / 2 - kept)).roots()
    real = [float(root.real) for root in np.asarray(found, dtype=complex) if abs(root.imag) < 1e-9]
    return sorted(root for root in real if 1 <= root <= n)


def test_there_is_a_figure_for_each_of_the_paper_from_2_to_9() -> None:
    assert [figure.name for figure in FIGURES] == [f"outsourcing-figure-{number}" for number in range(2, 10)]


@pytest.mark.parametrize(("number", "key"), [(2, "client_utility"), (3, "provider_profit")])
def test_with_one_client_optimum_and_published_formula_are_the_equations_4_to_8(number: int, key: str) -> None:
    columns = [column for column in DATA[number].columns if "[money]" in column]
    for row in list(rows(number, MARKET, SINGLE.name))[::7]:
        required, own = row[REQUIREMENT], 1 / 6
        utility = 29 / 3 + 1 / 36 if required <= own else 29 / 3 + required / 3 - required**2
        profit = 1 / 36 if required <= own else 1 / 18 + required**2 - required / 3
        value = {"client_utility": utility, "provider_profit": profit}[key]
        assert [row[column] for column in columns[:2]] == pytest.approx([value, value], rel=1e-12)
        assert row[columns[2]] is None


@pytest.mark.parametrize(
    ("number", "unit", "key"),
    [(4, "quality, 0 to 1", "service_quality"), (5, "clients", "outsourcing_clients"), (6, "money", "welfare")],
)
@pytest.mark.parametrize("market", [MAIN, WAVERING])
def test_the_optimum_agrees_with_60_digits(number: int, unit: str, key: str, market: Market) -> None:
    for row in list(rows(number, MARKET, market.name))[::23]:
        solved = exact(market, row[REQUIREMENT], "requirement")
        assert row[f"optimum [{unit}]"] == pytest.approx(float(solved[key]), rel=1e-11)
        if abs(row[REQUIREMENT] - float(solved["service_quality"])) > 1e-12:
            assert row[SHIRKS] == solved["provider_shirks"]


@pytest.mark.parametrize("market", [MAIN, WAVERING])
def test_the_published_curves_are_the_roots_of_equation_14_and_absent_where_there_are_none(market: Market) -> None:
    seen = set()
    for row in rows(5, MARKET, market.name):
        if abs(row[REQUIREMENT] - FOLD) < 1e-5:
            continue  # a double root: neither solution has more than half the digits
        shown = [row[column] for column in CLIENTS[1:] if row[column] is not None]
        roots = plain_roots(market, row[REQUIREMENT])
        if any(abs(root - float(market.service.clients)) < 1e-9 for root in [*shown, *roots]):
            continue  # rounding decides whether it is still among the n
        assert shown == pytest.approx(roots, rel=1e-9)
        seen.add(len(shown))
    assert seen == {MAIN.name: {0, 1}, WAVERING.name: {0, 1, 2}}[market.name]


def test_the_published_curve_ends_in_the_papers_own_market_where_it_asks_for_more_clients_than_there_are() -> None:
    known = {row[REQUIREMENT]: row[CLIENTS[1]] for row in rows(5, MARKET, MAIN.name)}
    assert max(point for point, value in known.items() if value is not None) == pytest.approx(0.348997, abs=1e-6)
    assert plain_roots(MAIN, 0.35) == []
    assert exact(MAIN, 0.35, "requirement")["outsourcing_clients"] == 15


def test_the_curves_are_equal_until_the_jump_and_part_between_it_and_the_fold() -> None:
    apart = []
    for row in rows(5, MARKET, WAVERING.name):
        optimum, formula = row[CLIENTS[0]], row[CLIENTS[1]]
        if formula is not None and abs(optimum - formula) > 1e-9:
            apart.append(row[REQUIREMENT])
            assert optimum == 15
            assert formula < 11
    assert min(apart) == pytest.approx(0.874427, abs=1e-6)
    assert max(apart) == pytest.approx(FOLD, abs=1e-12)
    assert len(apart) > 4


def test_the_second_root_is_a_minimum_of_the_profit_and_the_first_a_maximum() -> None:
    [row] = [row for row in rows(5, MARKET, WAVERING.name) if row[REQUIREMENT] == 0.88]
    given = {name: float(getattr(WAVERING.service, name)) for name in WAVERING.service.__slots__}
    market = Exact({**given, "requirement": 0.88}, "requirement")
    first, second = ([market.profit(row[column] + step) for step in (-0.1, 0, 0.1)] for column in CLIENTS[1:])
    assert first[1] > max(first[0], first[2])
    assert second[1] < min(second[0], second[2])


def test_the_switching_points_are_rows_of_the_data() -> None:
    told = {(row[MARKET], round(row[REQUIREMENT], 6), row[CHANGE]) for row in all_rows(DATA[5]) if row[CHANGE]}
    assert told == {
        (MAIN.name, 0.166667, "mandate binds"),
        (MAIN.name, 0.348997, "interior to all"),
        (MAIN.name, 0.38, "begins to shirk"),
        (WAVERING.name, 0.4, "mandate binds"),
        (WAVERING.name, 0.518685, "begins to shirk"),
        (WAVERING.name, 0.874427, "ceases to shirk, jumps, interior to all"),
        (WAVERING.name, 0.955, "begins to shirk"),
    }


def all_rows(data: FigureData) -> list[dict[str, Any]]:
    return [dict(zip(data.columns, row, strict=True)) for row in data.rows]


def test_a_jump_lies_between_two_neighbouring_doubles_and_parts_two_pieces() -> None:
    points = [(row[PIECE], row[REQUIREMENT], row[CLIENTS[0]]) for row in rows(5, MARKET, WAVERING.name)]
    steps = [(later[0] - sooner[0], sooner, later) for sooner, later in pairwise(points)]
    assert max(abs(later[2] - sooner[2]) for piece, sooner, later in steps if piece == 0) < 0.6
    [(_, sooner, later)] = [step for step in steps if step[0]]
    assert np.nextafter(sooner[1], 1) == later[1]
    assert later[2] - sooner[2] > 6


@pytest.mark.parametrize("number", [4, 5])
def test_no_line_is_drawn_across_the_jump(number: int) -> None:
    canvas = Canvas()
    BY_NAME[f"outsourcing-figure-{number}"].draw(DATA[number], canvas)
    lines = [
        np.asarray(line.get_ydata()) for line in canvas.axes[1].lines if to_hex(line.get_color()) == OPTIMUM_COLOUR
    ]
    assert len(lines) == 2
    whole = np.concatenate(lines)
    height = np.ptp(whole)
    assert max(np.abs(np.diff(line)).max() for line in lines) < 0.1 * height
    assert np.abs(np.diff(whole)).max() > 0.4 * height


@pytest.mark.parametrize(
    ("number", "market", "regimes"),
    [
        (8, INSTRUMENTS, ("none", "requirement", "verifiable", "no-commitment")),
        (9, SCENARIOS, ("none", "requirement", "verifiable", "clients-shirk")),
    ],
)
def test_the_welfare_of_every_setting_agrees_with_60_digits(
    number: int, market: Market, regimes: tuple[str, ...]
) -> None:
    for setting, regime in zip(settings(number), regimes, strict=True):
        for row in list(rows(number, SETTING, setting))[::29]:
            assert row[OPTIMUM] == pytest.approx(float(exact(market, row[REQUIREMENT], regime)["welfare"]), rel=1e-13)
            best = float(exact(market, 0.0, "none")["welfare"])
            assert row[LOSS] == pytest.approx(best - row[OPTIMUM], abs=1e-12 * best)
            assert row[LOSS] >= -1e-12 * best


@pytest.mark.parametrize(("number", "market"), [(8, INSTRUMENTS), (9, SCENARIOS)])
def test_lemma_2_asks_for_less_than_one_client_so_the_first_best_has_no_published_curve(
    number: int, market: Market
) -> None:
    name = settings(number)[0]
    assert plain_roots(market, 0.0) == []
    assert {row[FORMULA] for row in rows(number, SETTING, name)} == {None}
    assert exact(market, 0.0, "none")["outsourcing_clients"] == 1


@pytest.mark.parametrize(("number", "market"), [(8, INSTRUMENTS), (9, SCENARIOS)])
def test_a_checked_provider_serves_m_v_of_figure_7_where_that_is_between_1_and_n(number: int, market: Market) -> None:
    one, name = market.service, settings(number)[2]
    known, shown = 0, 0
    for row in rows(number, SETTING, name):
        required = row[REQUIREMENT]
        if required <= float(one.exposure / one.provider_cost) or required == 1.0:
            continue
        served = 0.5 + 0.5 * float(one.client_cost - one.provider_cost) * required**2 / (
            2 * float(one.spillover * one.exposure) * (1 - required)
        )
        if min(abs(served - 10), abs(served - 1)) < 1e-9:
            continue  # rounding decides
        assert (row[FORMULA] is not None) == (1 <= served <= 10)
        known, shown = known + 1, shown + (row[FORMULA] is not None)
        if row[FORMULA] is not None:
            assert row[FORMULA] == pytest.approx(row[OPTIMUM], rel=1e-13)
    assert 0 < shown < known


def test_without_commitment_the_paper_has_no_formula_and_beats_checking_from_0_5403_in_figure_8() -> None:
    name = settings(8)[3]
    assert {row[FORMULA] for row in rows(8, SETTING, name)} == {None}
    assert np.isnan(published(INSTRUMENTS.service, "no-commitment").welfare)
    tried = compare_instruments(INSTRUMENTS.service.change(requirement=[0.5403, 0.5404]))
    assert tried.audit_worse_than_nothing.tolist() == [False, True]


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("regime", CHECKED)
def test_the_stretches_of_figure_7_cover_every_requirement_and_are_true_inside(market: Market, regime: Any) -> None:
    stretches = [row for row in rows(7, MARKET, market.name) if row["provider"] == CHECKED[regime]]
    for source in ("optimum", "published formula"):
        chosen = [row for row in stretches if row["source"] == source]
        assert (chosen[0][FROM], chosen[-1][TO]) == (0.0, 1.0)
        assert all(0 < later[FROM] - sooner[TO] < 1e-12 for sooner, later in pairwise(chosen))
    best = exact(market, 0.0, "none")["welfare"]
    for row in [row for row in stretches if row["source"] == "optimum"]:
        for share in (0.01, 0.5, 0.99):
            at = row[FROM] + share * (row[TO] - row[FROM])
            solved = exact(market, at, regime.value)
            quality = float(solved["service_quality"])
            held = regime.value == "verifiable" and quality == at
            expected = Outcome.EXACT if held else Outcome.TRUTHFUL if quality >= at else Outcome.SHIRKS
            assert row["outcome"] == (Outcome.IMMATERIAL if at <= market.binds_from else expected)
            assert row["welfare lost"] == (best - solved["welfare"] > 1e-30)


def test_where_all_outsource_the_published_formulas_have_no_solution_and_only_checking_costs() -> None:
    few = list(rows(7, MARKET, MARKETS[1].name))
    assert {row["outcome"] for row in few if row["source"] == "published formula"} == {Outcome.UNKNOWN}
    lost = {(row["provider"], row["outcome"]) for row in few if row["welfare lost"]}
    assert lost == {("checked", Outcome.EXACT)}
    assert len(DATA[7].columns) == len(COLUMNS) == len(set(COLUMNS))


def test_two_changes_between_two_points_are_both_found_and_none_where_there_is_none() -> None:
    below, above = changes(lambda at: (at > 0.3).astype(np.int64) + (at > 0.31), np.array([0.0, 0.25, 0.5, 1.0]))
    assert below.tolist() == [0.3, 0.31]
    assert above.tolist() == [np.nextafter(0.3, 1), np.nextafter(0.31, 1)]
    assert changes(lambda at: np.zeros(at.shape, dtype=np.int64), np.linspace(0, 1, 3))[0].size == 0


@pytest.mark.parametrize("number", DATA)
def test_the_data_of_a_figure_are_the_same_each_time(number: int) -> None:
    text = DATA[number].as_csv()
    assert text == BY_NAME[f"outsourcing-figure-{number}"].data().as_csv()
    assert len(text.splitlines()) == 1 + len(DATA[number].rows)
    assert "nan" not in text


@pytest.mark.parametrize(
    ("number", "form", "head"), [(6, "svg", b"<?xml"), (7, "png", b"\x89PNG"), (8, "svg", b"<?xml")]
)
def test_a_picture_is_the_same_to_the_byte_each_time(number: int, form: str, head: bytes) -> None:
    figure = BY_NAME[f"outsourcing-figure-{number}"]
    drawn = figure.render(DATA[number], form)
    assert drawn.startswith(head)
    assert drawn == figure.render(DATA[number], form)
