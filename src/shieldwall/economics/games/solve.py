"""All equilibria of a game, with what is proven about the list.

Exact enumeration wherever it ends in about a second; beyond that floating point (``simple``), and only for games that
pass its test of not being degenerate. What neither can do is said.
"""

from __future__ import annotations

from shieldwall.economics.games.bimatrix import Bimatrix, integers
from shieldwall.economics.games.components import components
from shieldwall.economics.games.dominance import mixed_dominance, pure_dominance, thin_dominance
from shieldwall.economics.games.enumeration import Polytopes
from shieldwall.economics.games.faces import FEW, Faces
from shieldwall.economics.games.patterns import solve_two_by_two
from shieldwall.economics.games.polytope import MODEST
from shieldwall.economics.games.profiles import Profiles
from shieldwall.economics.games.search import some_equilibria
from shieldwall.economics.games.simple import simple_equilibria
from shieldwall.economics.games.solution import Equilibrium, GameSolution, exact_solution
from shieldwall.economics.status import Status

GENEROUS = 10_000
"""Rays for a degenerate game on which floating point cannot be trusted: ten seconds at worst of what was tried."""

UNPROVEN = (
    "the game has too many extreme strategies for exact enumeration, and it is too large, degenerate or too close to "
    "degenerate for floating point: each equilibrium listed is verified, but there may be others"
)


def solve_game(game: Bimatrix) -> GameSolution:
    """Find every extreme equilibrium of a game and how they hang together.

    Args:
        game: Any size. Up to 10 x 10, and where a player has one or two strategies, the answer is always exact and
            complete, unless there are more than ``MOST_LISTED`` extreme equilibria.

    Returns:
        The equilibria with their regret. Beyond that size a game whose best-response polytopes test simple is
        solved in floating point, ``exact`` then false; a degenerate one is not proven if its vertices are too many.

    >>> solution = solve_game(Bimatrix.of([[(2, 1), (0, 0)], [(0, 0), (1, 2)]]))
    >>> [[str(weight) for weight in (*found.row, *found.column)] for found in solution.equilibria]
    [['1', '0', '1', '0'], ['0', '1', '0', '1'], ['2/3', '1/3', '1/3', '2/3']]
    >>> solution.exact, solution.degenerate, solution.complete
    (True, False, True)
    """
    if game.shape == (2, 2):
        return solve_two_by_two(game)
    thin = min(game.shape) <= FEW
    solved = on_faces(game, GENEROUS) if thin else enumerated(game, MODEST)
    if solved is not None:
        return solved
    found = simple_equilibria(game)
    if found is not None:
        return _floating(game, found, Status.SOLVED, degenerate=False)
    solved = None if thin else on_faces(game, MODEST) or enumerated(game, GENEROUS)
    if solved is not None:
        return solved
    return _floating(game, some_equilibria(game), Status.NOT_PROVEN, degenerate=None)


def enumerated(game: Bimatrix, limit: int) -> GameSolution | None:
    """The exact solution; None if a best-response polytope needs more rays than ``limit``."""
    row, replies = integers(game.row), integers(game.replies)
    polytopes = Polytopes.of(row, replies, limit)
    if polytopes is None:
        return None
    dominated = mixed_dominance(row, replies, polytopes)
    return exact_solution(game, polytopes.equilibria(), polytopes.degenerate, dominated)


def on_faces(game: Bimatrix, limit: int) -> GameSolution | None:
    """The exact solution where one player has few strategies; None if it needs more rays than ``limit``."""
    row, replies = integers(game.row), integers(game.replies)
    found = Faces.of(row, replies, limit)
    if found is None:
        return None
    dominated = (thin_dominance if min(game.shape) <= FEW else pure_dominance)(row, replies)
    return exact_solution(game, found.pairs, found.degenerate, dominated)


def _floating(game: Bimatrix, found: Profiles, status: Status, *, degenerate: bool | None) -> GameSolution:
    lines = (array.tolist() for array in (found.row, found.column, found.payoffs, found.regret))
    equilibria = tuple(
        Equilibrium(tuple(own), tuple(other), (payoffs[0], payoffs[1]), missed)
        for own, other, payoffs, missed in zip(*lines, strict=True)
    )
    complete = status is Status.SOLVED
    return GameSolution(
        status,
        exact=False,
        degenerate=degenerate,
        complete=complete,
        equilibria=equilibria,
        components=components([(found.row, found.column) for found in equilibria]) if complete else (),
        dominance=pure_dominance(integers(game.row), integers(game.replies)),
        selection=None,
        reason="" if complete else UNPROVEN,
    )
