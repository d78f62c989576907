"""Finite two-player games: every equilibrium, what is proven about the list, dominance and selection.

``solve_game`` treats one game exactly; ``classify`` treats arrays of 2x2 games in closed form.
"""

from __future__ import annotations

from shieldwall.economics.games.bimatrix import BestResponses as BestResponses
from shieldwall.economics.games.bimatrix import Bimatrix as Bimatrix
from shieldwall.economics.games.bimatrix import best_responses as best_responses
from shieldwall.economics.games.bimatrix import regret as regret
from shieldwall.economics.games.components import Component as Component
from shieldwall.economics.games.components import NashSubset as NashSubset
from shieldwall.economics.games.dominance import Dominance as Dominance
from shieldwall.economics.games.dominance import dominance as dominance
from shieldwall.economics.games.kinds import GameClass as GameClass
from shieldwall.economics.games.selection import Selection as Selection
from shieldwall.economics.games.selection import selection as selection
from shieldwall.economics.games.solution import Equilibrium as Equilibrium
from shieldwall.economics.games.solution import GameSolution as GameSolution
from shieldwall.economics.games.solve import solve_game as solve_game
from shieldwall.economics.games.two_by_two import TwoByTwo as TwoByTwo
from shieldwall.economics.games.two_by_two import classify as classify
