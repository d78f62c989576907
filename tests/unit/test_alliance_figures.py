"""The equilibrium map of the alliance: solved cells, closed-form lines and brute force over all counts agree."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from shieldwall.economics.alliance.figures import ACROSS, AREA, COLOURS, FIGURES, LINE, SPAN, STYLES, UP
from shieldwall.economics.alliance.regions import (
    BENEFIT,
    BOUNDARIES,
    COUNTS,
    DOMINANT,
    FIRST,
    KNOWLEDGE,
    NASH,
    POTENTIAL,
    RISK,
    SOME,
    TARIFFS,
    TOTAL_RISK,
    UNIQUE,
    Corner,
    Sharers,
    alliance_at,
    boundaries,
    sharers,
)

[FIGURE] = FIGURES
DATA = FIGURE.data()
LINES = {tariff: boundaries(tariff) for tariff in TARIFFS}
TINY = Fraction(1, 10**5)


def on_line(corners: tuple[Corner, ...], reward: Fraction) -> Fraction | None:
    """The exclusion of a line at a reward, None where the line is not."""
    for (start, low), (end, high) in pairwise(corners):
        if start <= reward <= end and start < end:
            return low + (high - low) * (reward - start) / (end - start)
    return None


def brute(tariff: str, reward: Fraction, exclusion: Fraction) -> tuple[int, int, bool]:
    """The fewest and the most sharers at an equilibrium, and whether full sharing maximises the potential.

    Over every number of sharers of each class, whoever they are: equal members gain equally.
    """
    k, size = np.array(KNOWLEDGE, dtype=float), np.array(COUNTS)
    cost = np.array([float(risk - reward * paid) for risk, paid in zip(RISK, TARIFFS[tariff], strict=True)])
    pull = float(exclusion * BENEFIT)
    count = np.stack(np.meshgrid(*(np.arange(most + 1) for most in COUNTS), indexing="ij"), axis=-1).reshape(-1, 3)
    known = (count * k).sum(axis=1)[:, None]
    stays = (count == 0) | (pull * (known - k) >= cost)
    apart = (count == size) | (pull * known <= cost)
    equilibria = count[(stays & apart).all(axis=1)].sum(axis=1)
    pairs = (known[:, 0] ** 2 - (count * k**2).sum(axis=1)) / 2
    potential = pull * pairs - (count * k * cost).sum(axis=1)
    return int(equilibria.min()), int(equilibria.max()), bool(potential[-1] >= potential.max())


def told_by_the_lines(tariff: str, reward: Fraction, exclusion: Fraction) -> Sharers:
    lines = LINES[tariff]

    def above(name: str) -> bool:
        bound = on_line(lines[name], reward)
        return reward > lines[name][-1][0] if bound is None else exclusion > bound

    first = reward > lines[FIRST][0][0]
    if reward > lines[DOMINANT][0][0]:
        return Sharers.ALL_DOMINANT
    if first and above(UNIQUE):
        return Sharers.ALL
    if above(NASH):
        if above(POTENTIAL):
            return Sharers.SOME_OR_ALL_POTENTIAL if first else Sharers.NOBODY_OR_ALL_POTENTIAL
        return Sharers.SOME_OR_ALL if first else Sharers.NOBODY_OR_ALL
    if first:
        return Sharers.SOME
    return Sharers.NOBODY_OR_SOME if above(SOME) else Sharers.NOBODY


def cells() -> list[tuple[str, Fraction, Fraction, str, int, int]]:
    """Every cell of the map at its exact centre."""
    found = []
    for tariff, span in SPAN.items():
        of_tariff = iter([row for row in DATA.rows if row[:2] == (AREA, tariff)])
        for row in range(UP):
            for column in range(int(span * ACROSS)):
                _, _, reward, exclusion, which, least, greatest = next(of_tariff)
                at = Fraction(2 * column + 1, 2 * ACROSS), Fraction(2 * row + 1, 2 * UP)
                assert (reward, exclusion) == tuple(map(float, at))
                assert isinstance(least, int)
                assert isinstance(greatest, int)
                found.append((tariff, *at, str(which), least, greatest))
    return found


CELLS = cells()


def test_every_cell_is_on_the_side_of_the_lines_that_its_colour_says() -> None:
    wrong = [cell for cell in CELLS[::2] if told_by_the_lines(*cell[:3]).value != cell[3]]
    assert not wrong


def test_every_area_is_on_the_map_and_has_a_colour() -> None:
    assert {cell[3] for cell in CELLS} == {each.value for each in Sharers}
    assert set(COLOURS) == set(Sharers)
    assert tuple(STYLES) == BOUNDARIES


def test_least_and_greatest_equilibrium_are_those_of_all_counts_by_brute_force() -> None:
    for tariff, reward, exclusion, which, least, greatest in CELLS[::37]:
        fewest, most, maximal = brute(tariff, reward, exclusion)
        assert (least, greatest) == (fewest, most), (tariff, reward, exclusion)
        if which in {Sharers.NOBODY_OR_ALL, Sharers.SOME_OR_ALL}:
            assert not maximal
        if least == sum(COUNTS) or "maximises" in which:
            assert maximal


@pytest.mark.parametrize("tariff", TARIFFS)
@pytest.mark.parametrize("name", [SOME, NASH, POTENTIAL, UNIQUE])
def test_what_a_line_says_begins_just_above_it_by_brute_force(tariff: str, name: str) -> None:
    corners = LINES[tariff][name]
    everybody = sum(COUNTS)
    tried = 0
    for (start, _), (end, _) in pairwise(corners):
        for part in (1, 3, 5):
            reward = start + (end - start) * part / 6
            bound = on_line(corners, reward)
            assert bound is not None
            if not TINY < bound < 1:
                continue
            below, above = (brute(tariff, reward, bound + step) for step in (-TINY, TINY))
            begins = [
                {SOME: most > 0, NASH: most == everybody, POTENTIAL: maximal, UNIQUE: fewest == everybody}[name]
                for fewest, most, maximal in (below, above)
            ]
            assert begins == [False, True], (float(reward), float(bound))
            tried += 1
    # Paid like the risk, full sharing is never the only equilibrium before it is dominant.
    assert tried >= 3 or (name == UNIQUE and len(corners) == 1)


@pytest.mark.parametrize("tariff", TARIFFS)
def test_the_vertical_lines_are_where_the_first_and_the_last_class_share_alone(tariff: str) -> None:
    lines = LINES[tariff]
    for exclusion in (Fraction(1, 50), Fraction(1, 2)):
        first, last = lines[FIRST][0][0], lines[DOMINANT][0][0]
        assert sharers(alliance_at(tariff, first - TINY, exclusion))[1] == 0
        assert sharers(alliance_at(tariff, first + TINY, exclusion))[1] > 0
        assert sharers(alliance_at(tariff, last - TINY, exclusion))[0] is not Sharers.ALL_DOMINANT
        assert sharers(alliance_at(tariff, last + TINY, exclusion))[0] is Sharers.ALL_DOMINANT


def test_both_tariffs_pay_the_sum_of_all_risks_at_the_reward_of_one() -> None:
    for tariff in TARIFFS:
        assert sum(alliance_at(tariff, Fraction(1), Fraction(1)).reward) == TOTAL_RISK
        assert sum(alliance_at(tariff, Fraction(1), Fraction(1)).risk) == TOTAL_RISK


def test_the_corners_in_the_data_are_those_of_the_closed_forms() -> None:
    for tariff in TARIFFS:
        for name, corners in LINES[tariff].items():
            kept = [row[2:4] for row in DATA.rows if row[:2] == (LINE, tariff) and row[4] == name]
            assert kept == [(float(reward), float(exclusion)) for reward, exclusion in corners]


def test_the_figure_is_drawn_the_same_each_time() -> None:
    drawn = FIGURE.render(DATA, "svg")
    assert drawn == FIGURE.render(DATA, "svg")
    assert drawn.startswith(b"<?xml")
