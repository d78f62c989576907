"""The mixed equilibrium in prices when each provider serves as many clients as he likes and the rest move on.

The game played is finite: clients come in equal lots (whole clients where there are at most 240), prices lie on an even
grid from the average cost of one client to R. Cheaper providers are served first, each taking the number of lots that
earns him most; providers with the same price share what is left. One distribution for all is found along the path of
logit responses (odds proportional to exp(λ × profit), λ rising) and judged by its regret, the most a
provider gains by any price of the grid, computed exactly in this game.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, comb

import numpy as np

from shieldwall.economics.outsourcing.service import Floats
from shieldwall.economics.outsourcing.supply import Costs
from shieldwall.errors import InvalidInput

PRICES = 31
MOST_LOTS = 240
LEAST_LOTS = 60
REGRET = 1e-3
STEPS = 60
ENOUGH = 1e-5
"""The path ends when the regret is below this share of the largest profit."""
DUST = 1e-12
"""The path makes no chance 0; one below this is."""


@dataclass(frozen=True, slots=True)
class MixedPrices:
    """A symmetric distribution of prices.

    Attributes:
        prices: The grid.
        chances: The probability of each price.
        lots: Into how many lots the clients were cut.
        profit: Expected, per provider.
        mean_price: Expected.
        regret: The most a provider gains by another price of the grid, money.
        verified: The regret is below a thousandth of what a provider earns alone on the market.
    """

    prices: tuple[float, ...]
    chances: tuple[float, ...]
    lots: int
    profit: float
    mean_price: float
    regret: float
    verified: bool


def mixed_prices(costs: Costs, providers: int, *, prices: int = PRICES) -> MixedPrices:
    """Find a symmetric mixed equilibrium of the finite pricing game.

    Args:
        providers: z, at least 2.
        prices: Points of the grid, at least 2.

    Returns:
        The distribution with its regret; small regret, not its origin, makes it an equilibrium.

    Raises:
        InvalidInput: If there are fewer, or one client costs at least R and nobody would sell.
    """
    for name, number in (("providers", providers), ("prices", prices)):
        if number < 2:
            raise InvalidInput(name, number, "an integer of at least 2")
    lowest = float(costs.average(1.0))
    if not lowest < costs.highest_price:
        raise InvalidInput("costs", lowest, f"one client costs less than R = {costs.highest_price:.6g}")
    game = PriceGame(costs, providers, prices)
    chances = _logit_path(game)
    chances = np.where(chances < DUST, 0.0, chances)
    chances /= chances.sum()
    profits = game.profits(chances)
    expected = float(chances @ profits)
    regret = float(profits.max() - expected)
    return MixedPrices(
        prices=tuple(game.prices.tolist()),
        chances=tuple(chances.tolist()),
        lots=game.lots,
        profit=expected,
        mean_price=float(chances @ game.prices),
        regret=regret,
        verified=regret <= REGRET * float(costs.supply(costs.highest_price, costs.clients)[1]),
    )


class PriceGame:
    """The finite game: grid, lots, and a provider's expected profit at each price against mixing rivals."""

    def __init__(self, costs: Costs, providers: int, prices: int) -> None:
        clients = int(costs.clients)
        self.rivals = providers - 1
        self.lots = min(MOST_LOTS, clients * ceil(LEAST_LOTS / clients))
        if costs.integer and clients <= MOST_LOTS:
            self.lots = clients
        self.prices = np.linspace(float(costs.average(1.0)), costs.highest_price, prices)
        sizes: Floats = np.arange(self.lots + 1, dtype=np.float64) * (costs.clients / self.lots)
        earned = self.prices[:, None] * sizes - costs.total(sizes)
        earned[:, (sizes > 0.0) & (sizes < 1.0)] = -np.inf
        self.supply = earned.argmax(axis=1)
        best = np.maximum.accumulate(earned, axis=1)
        left = np.arange(self.lots, -1, -1)
        self.value = np.stack([best[:, left // (ties + 1)] for ties in range(providers)])
        """Profit by rivals with the same price, price, and lots that cheaper rivals took."""

    def profits(self, chances: Floats) -> Floats:
        """Expected profit at each price when every rival draws his price from ``chances``."""
        profits: Floats = self.against(chances) @ chances
        return profits

    def against(self, chances: Floats) -> Floats:
        """Expected profit at each price (row) when one rival asks a given price (column) and the others draw theirs."""
        others, size = self.rivals - 1, len(chances)
        width = others * int(self.supply.max()) + 1
        taken = np.zeros((size, width))
        for lower in range(size):
            taken[lower + 1 :, min(self.supply[lower], width - 1)] += chances[lower]
        taken[:, 0] += np.triu(np.tile(chances, (size, 1)), 1).sum(axis=1)
        spectrum = np.fft.rfft(taken, axis=1)
        expected = np.zeros((size, size))
        lots = np.arange(self.lots + 1)
        after = np.minimum(lots[None, :] + self.supply[:, None], self.lots)
        for ties in range(others + 1):
            spread = np.fft.irfft(spectrum ** (others - ties), width, axis=1)
            seen = np.zeros((size, self.lots + 1))
            seen[:, : spread.shape[1]] = spread[:, : self.lots + 1]
            seen[:, -1] += spread[:, self.lots + 1 :].sum(axis=1)
            seen *= comb(others, ties) * chances[:, None] ** ties
            value = self.value[ties]
            below = np.einsum("gk,gqk->gq", seen, value[:, after])
            above = np.sum(seen * value, axis=1)[:, None]
            level = np.sum(seen * self.value[ties + 1], axis=1)
            expected += np.tril(below, -1) + np.triu(np.broadcast_to(above, below.shape), 1) + np.diag(level)
        return expected


def _logit_path(game: PriceGame) -> Floats:
    """Follow the logit responses from indifference to sharpness and keep the point of least regret."""
    size = len(game.prices)
    scale = max(float(game.value.max()), 1e-300)
    logits, sharpness = np.zeros(size), 1.0
    best, regret = np.full(size, 1.0 / size), np.inf
    for _ in range(STEPS):
        logits = _newton(game, logits, sharpness / scale)
        chances = _softmax(logits)
        profits = game.profits(chances)
        loss = float(profits.max() - chances @ profits)
        if loss < regret:
            best, regret = chances, loss
        if regret <= ENOUGH * scale:
            break
        sharpness *= 1.25
    return best


def _newton(game: PriceGame, logits: Floats, sharpness: float) -> Floats:
    """Newton steps towards logits = λ × profits(softmax(logits)), up to a constant."""
    for _ in range(8):
        chances = _softmax(logits)
        against = game.against(chances)
        target = sharpness * (against @ chances)
        gap = (logits - logits @ chances) - (target - target @ chances)
        if np.abs(gap[chances > 1e-9]).max() < 1e-7:
            break
        spread = np.diag(chances) - np.outer(chances, chances)
        jacobian = np.eye(len(logits)) - sharpness * game.rivals * against @ spread
        step = np.linalg.solve(jacobian, -gap)
        logits = logits + step * min(1.0, 5.0 / np.abs(step).max())
    return logits


def _softmax(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max())
    chances: Floats = odds / odds.sum()
    return chances
