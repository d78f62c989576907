"""Not one extreme equilibrium is missed, and none is invented, in degenerate games and others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, product

import numpy as np
import pytest

from shieldwall.economics.games import Bimatrix, GameSolution, faces, solve_game
from shieldwall.economics.games import solve as solving
from shieldwall.economics.games.document import model
from shieldwall.economics.games.polytope import MODEST, Rows, Vertex, vertices
from shieldwall.economics.model import answer

Strategy = tuple[Fraction, ...]
Matrix = tuple[tuple[int, ...], ...]
Found = set[tuple[Strategy, Strategy]]


def solved(lines: list[list[int]]) -> list[Fraction] | None:
    """The one solution of linear equations (the last column is the right side); None if there is not just one."""
    size = len(lines[0]) - 1
    for place in range(size):
        pivot = next((number for number in range(place, len(lines)) if lines[number][place]), None)
        if pivot is None:
            return None
        lines[place], lines[pivot] = lines[pivot], lines[place]
        head = lines[place]
        lines = [
            line
            if number == place
            else [value * head[place] - line[place] * other for value, other in zip(line, head, strict=True)]
            for number, line in enumerate(lines)
        ]
    return [Fraction(line[-1], line[place]) for place, line in enumerate(lines)] if len(lines) == size else None


@cache
def extreme_strategies(payoffs: Matrix) -> tuple[tuple[Strategy, frozenset[int], frozenset[int]], ...]:
    """The extreme points of {(x, v): x a mixed strategy, no line of ``payoffs`` pays the opponent more than v}.

    An oracle: every choice of binding inequalities is solved as linear equations, and kept if no inequality is broken.
    Each point comes with its support and the opponent's best replies.
    """
    size = len(payoffs[0])
    unit = [[int(i == k) for k in range(size)] + [0, 0] for i in range(size)]
    pays = [[*line, -1, 0] for line in payoffs]
    whole = [1] * size + [0, 1]
    kept = {}
    for binding in combinations([*unit, *pays], size):
        point = solved([whole, *(list(line) for line in binding)])
        if point is None or min(point[:-1]) < 0:
            continue
        worth = [sum(value * weight for value, weight in zip(line, point, strict=False)) for line in payoffs]
        if max(worth) == point[-1]:
            support = frozenset(place for place, weight in enumerate(point[:-1]) if weight)
            best = frozenset(place for place, value in enumerate(worth) if value == max(worth))
            kept[tuple(point[:-1])] = (support, best)
    return tuple((strategy, support, best) for strategy, (support, best) in kept.items())


def expected(row: Matrix, column: Matrix) -> Found:
    """The pairs of extreme strategies that play only best replies to each other."""
    return {
        (x, y)
        for x, played, answers in extreme_strategies(tuple(zip(*column, strict=True)))
        for y, answered, best in extreme_strategies(row)
        if played <= best and answered <= answers
    }


def as_set(solution: GameSolution) -> Found:
    profiles = [(equilibrium.row, equilibrium.column) for equilibrium in solution.equilibria]
    assert len(set(profiles)) == len(profiles), "an extreme equilibrium is listed twice"
    return set(profiles)  # type: ignore[arg-type]


def matrices(values: Sequence[int], rows: int, columns: int) -> Iterator[Matrix]:
    for flat in product(values, repeat=rows * columns):
        yield tuple(tuple(flat[i * columns : (i + 1) * columns]) for i in range(rows))


def drawn(generator: np.random.Generator, values: int, rows: int, columns: int) -> Matrix:
    return tuple(map(tuple, generator.integers(0, values, (rows, columns)).tolist()))


def test_all_2x2_games_with_payoffs_0_1_2_lose_no_extreme_equilibrium() -> None:
    listed = 0
    for row, column in product(matrices((0, 1, 2), 2, 2), repeat=2):
        solution = solve_game(Bimatrix.of(row, column))
        assert as_set(solution) == expected(row, column), (row, column)
        assert solution.exact
        assert solution.complete
        listed += len(solution.equilibria)
    assert listed == 13_932


def test_a_2x2_game_solved_by_its_signs_is_told_as_enumeration_tells_it() -> None:
    generator = np.random.default_rng(6)
    pairs = product(matrices((0, 1, 2), 2, 2), repeat=2)
    some = [Bimatrix.of(row, column) for row, column in pairs]
    for _ in range(300):
        tops, bottoms = generator.integers(-9, 9, 8).tolist(), generator.integers(1, 9, 8).tolist()
        cells = iter([Fraction(top, bottom) for top, bottom in zip(tops, bottoms, strict=True)])
        some.append(Bimatrix.of([[(next(cells), next(cells)) for _ in range(2)] for _ in range(2)]))
    for game in some:
        enumerated = solving.enumerated(game, MODEST)
        assert enumerated is not None
        assert solve_game(game) == enumerated, game


def test_a_list_of_2x2_games_is_answered_without_enumerating_each(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(16)
    document = [{"payoffs": generator.integers(0, 9, (2, 2, 2)).tolist()} for _ in range(300)]
    calls = []

    def counted(payoffs: Rows, limit: float = math.inf) -> list[Vertex] | None:
        calls.append(payoffs)
        return vertices(payoffs, limit)

    monkeypatch.setattr(faces, "vertices", counted)
    entries = answer(model(None), document)
    assert isinstance(entries, list)
    assert [entry["status"] for entry in entries] == ["solved"] * 300
    # Both players' polytopes and a face for each vertex, for each of 81 patterns and no more.
    assert len(calls) <= 81 * 4


def test_the_oracle_finds_what_a_textbook_game_has() -> None:
    # von Stengel (2007), section 3.2: three equilibria.
    row, column = ((3, 3), (2, 5), (0, 6)), ((3, 2), (2, 6), (3, 1))
    third = Fraction(1, 3)
    assert expected(row, column) == {
        ((1, 0, 0), (1, 0)),
        ((Fraction(4, 5), Fraction(1, 5), 0), (2 * third, third)),
        ((0, third, 2 * third), (third, 2 * third)),
    }


def test_1500_3x3_games_with_payoffs_0_1_lose_no_extreme_equilibrium() -> None:
    generator = np.random.default_rng(3)
    for _ in range(1_500):
        row, column = drawn(generator, 2, 3, 3), drawn(generator, 2, 3, 3)
        assert as_set(solve_game(Bimatrix.of(row, column))) == expected(row, column), (row, column)


@pytest.mark.parametrize(
    ("rows", "columns", "values"),
    [
        *(
            (1, 4, 3),
            (4, 1, 3),
            (1, 7, 2),
            (2, 3, 3),
            (3, 2, 3),
            (2, 4, 2),
            (2, 5, 3),
            (6, 2, 3),
            (2, 7, 2),
            (2, 7, 40),
        ),
        *((4, 3, 3), (4, 4, 2), (3, 3, 50)),
    ],
)
def test_games_of_other_shapes_lose_no_extreme_equilibrium(rows: int, columns: int, values: int) -> None:
    generator = np.random.default_rng(rows * 100 + columns * 10 + values)
    for _ in range(20):
        row, column = drawn(generator, values, rows, columns), drawn(generator, values, rows, columns)
        assert as_set(solve_game(Bimatrix.of(row, column))) == expected(row, column), (row, column)


def has_more_best_replies_than_support(row: Matrix, column: Matrix) -> bool:
    """Degeneracy by its definition, tried on the corners and on the centre of every face of both polytopes."""
    for payoffs in (tuple(zip(*column, strict=True)), row):
        corners = extreme_strategies(payoffs)
        for count in range(1, len(corners) + 1):
            for some in combinations(corners, count):
                common = frozenset.intersection(*(best for _, _, best in some))
                support = frozenset.union(*(played for _, played, _ in some))
                if common and len(common) > len(support):
                    return True
    return False


def test_degenerate_means_more_pure_best_replies_than_support() -> None:
    generator = np.random.default_rng(7)
    seen = set()
    for values in (2, 3, 6, 20):
        for _ in range(40):
            row, column = drawn(generator, values, 2, 3), drawn(generator, values, 2, 3)
            degenerate = has_more_best_replies_than_support(row, column)
            assert solve_game(Bimatrix.of(row, column)).degenerate is degenerate, (row, column)
            seen.add(degenerate)
    assert seen == {True, False}


def test_a_copy_of_a_strategy_makes_a_game_degenerate_only_where_it_is_a_best_reply() -> None:
    used = Bimatrix.of([[(3, 3), (0, 0)], [(3, 3), (0, 0)]])
    unused = Bimatrix.of([[(3, 3), (3, 0)], [(1, 1), (1, 0)], [(1, 1), (1, 0)]])
    assert solve_game(used).degenerate is True
    assert solve_game(unused).degenerate is False


def test_a_game_that_is_not_degenerate_has_an_odd_number_of_equilibria_each_alone() -> None:
    generator = np.random.default_rng(5)
    for size in (2, 3, 4, 5, 7):
        solution = solve_game(Bimatrix.of(*generator.random((2, size, size))))
        assert solution.degenerate is False
        assert len(solution.equilibria) % 2 == 1
        assert [component.equilibria for component in solution.components] == [
            (number,) for number in range(len(solution.equilibria))
        ]


def test_the_size_promised_to_be_exact_is() -> None:
    generator = np.random.default_rng(10)
    solution = solve_game(Bimatrix.of(*generator.integers(0, 10**6, (2, 10, 10))))
    assert solution.exact
    assert solution.complete
    assert all(equilibrium.regret == 0 for equilibrium in solution.equilibria)


def test_two_rays_are_joined_only_if_no_third_is_on_their_face() -> None:
    # The smallest case found in which enough inequalities bind at two rays that span no edge.
    payoffs = ((1, 1, 0, 1), (0, 0, 1, 1), (0, 1, 0, 0), (1, 1, 0, 0), (0, 1, 1, 0))
    listed = vertices(payoffs)
    assert listed is not None
    assert len(listed) == len(extreme_strategies(payoffs)) == 6
    assert {tuple(Fraction(weight, sum(vertex.weights)) for weight in vertex.weights) for vertex in listed} == {
        strategy for strategy, _, _ in extreme_strategies(payoffs)
    }
