"""The search behind ``client_types``: enumeration of the vectors that can be best, or branch and bound over them.

Why one type at most is served in part is proven there.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.outsourcing.service import TIE, Floats
from shieldwall.economics.outsourcing.terms import Terms

MOST_NODES = 200_000


class Market:
    """The provider's profit from any choice in one market.

    Args:
        clients: n_t, shape (T,).
        exposure: D_t = a v_t, money.
    """

    def __init__(self, terms: Terms, clients: NDArray[np.int64], exposure: Floats) -> None:
        self.terms = terms
        self.clients = clients
        self.exposure = exposure
        self.inhouse_gain: Floats = terms.inhouse_gain(exposure)
        self.tie = TIE * float(clients @ exposure + clients @ np.abs(self.inhouse_gain))

    def harm(self, served_exposure: Floats) -> Floats:
        """X_t of V, shape (..., 1) or (..., T)."""
        return (1.0 - self.terms.spillover) * self.exposure + self.terms.spillover * served_exposure

    def margin(self, served_exposure: Floats) -> Floats:
        """g_t(V), of the same shapes."""
        margin: Floats = self.exposure - self.inhouse_gain - self.terms.burden(self.harm(served_exposure))
        return margin

    def profit(self, served: NDArray[np.int64]) -> Floats:
        """Π(m) of vectors m, shape (..., T)."""
        profit: Floats = np.sum(served * self.margin((served @ self.exposure)[..., None]), axis=-1)
        return profit

    def edge(self, pattern: NDArray[np.int64], free: int) -> NDArray[np.int64]:
        """The vectors of a pattern with one type running from nobody to everybody."""
        vectors = np.repeat(pattern[None, :], self.clients[free] + 1, axis=0)
        vectors[:, free] = np.arange(self.clients[free] + 1)
        return vectors

    def edges(self) -> Iterator[NDArray[np.int64]]:
        """Every vector with at most one type served in part, a block per such type."""
        types = len(self.clients)
        bits = (np.arange(2 ** (types - 1))[:, None] >> np.arange(types - 1)) & 1
        for free in range(types):
            whole = np.insert(bits, free, 0, axis=1) * self.clients
            vectors = np.repeat(whole, self.clients[free] + 1, axis=0)
            vectors[:, free] = np.tile(np.arange(self.clients[free] + 1), len(whole))
            yield vectors

    def best_by_enumeration(self) -> NDArray[np.int64]:
        """The best of all those vectors."""
        return self.smallest_best([self.smallest_best(block) for block in self.edges()])

    def smallest_best(self, vectors: NDArray[np.int64] | list[NDArray[np.int64]]) -> NDArray[np.int64]:
        """Among the most profitable of some vectors the one of smallest total, then lexicographically smallest."""
        vectors = np.asarray(vectors)
        profit = self.profit(vectors)
        best = vectors[profit >= profit.max() - self.tie]
        order = np.lexsort((*best.T[::-1], best.sum(axis=1)))
        chosen: NDArray[np.int64] = best[order[0]]
        return chosen


def branch_and_bound(market: Market, most_nodes: int = MOST_NODES) -> tuple[NDArray[np.int64], float]:
    """Search the patterns {nobody, everybody, one type in part} best bound first.

    A node is a range of V and what is decided for each type. Margins fall in V, so within the range, and once a client
    of the type is served, each is at most its value at the lower end; filling the range in order of margin per exposure
    bounds the profit.

    Returns:
        The best vector, and by how much a better one could exceed it (0 when the search ended by itself).
    """
    if not market.exposure.any():
        return np.where(market.margin(np.zeros(1)) > 0.0, market.clients, 0), 0.0
    search = _Search(market)
    while search.queue and search.nodes < most_nodes:
        search.step()
    gap = max(0.0, -search.queue[0][0] - search.profit) if search.queue else 0.0
    return search.best, gap


@dataclass(frozen=True, slots=True)
class _Node:
    """Types with their decision: -1 open, 0 nobody, 1 everybody, 2 served in part; and the range of V."""

    decided: tuple[int, ...]
    low: float
    high: float


class _Search:
    """The state of branch and bound."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.total = market.clients * market.exposure
        self.best = np.zeros_like(market.clients)
        self.profit = 0.0
        self.nodes = 0
        self.seen: set[tuple[int, ...]] = set()
        self.order = count()
        self.queue: list[tuple[float, int, _Node, int]] = []
        # Nothing lies between serving nobody, the first incumbent, and serving one client.
        self.narrow = float(market.exposure.min())
        # Margins fall in V: a type that does not pay when served alone never pays.
        pays = market.margin(market.exposure) > 0.0
        self.push(_Node(tuple(-1 if one else 0 for one in pays), self.narrow, float(self.total.sum())))

    def push(self, node: _Node) -> None:
        """Bound a node, try the choice its bound suggests, keep it if it can still win."""
        decided = np.array(node.decided)
        least = float(self.total @ (decided == 1))
        low, high = max(node.low, least), min(node.high, float(self.total @ (decided != 0)))
        if low > high:
            return
        margin = self.market.margin(np.maximum(low, self.market.exposure))
        partly = (decided == -1) | (decided == 2)
        gains = self.market.clients * margin
        bound, room, split = float(gains @ (decided == 1)), high - least, -1
        filled = (decided == 1).astype(np.int64)
        for index in np.argsort(-margin / self.market.exposure, kind="stable"):
            if not partly[index] or margin[index] <= 0.0:
                continue
            share = min(1.0, room / self.total[index])
            bound += share * float(gains[index])
            room -= share * self.total[index]
            if share < 1.0:
                split = int(index)
                break
            filled[index] = 1
        if bound < self.profit - self.market.tie:
            return
        free = node.decided.index(2) if 2 in node.decided else split
        self.attempt(filled, free)
        heapq.heappush(self.queue, (-bound, next(self.order), _Node(node.decided, low, high), split))

    def attempt(self, filled: NDArray[np.int64], free: int) -> None:
        """Compare the incumbent with the vectors of one pattern."""
        free = max(free, 0)
        filled[free] = 0
        key = (free, *filled.tolist())
        if key in self.seen:
            return
        self.seen.add(key)
        vectors = self.market.edge(filled * self.market.clients, free)
        self.best = self.market.smallest_best(np.vstack([vectors, self.best]))
        self.profit = float(self.market.profit(self.best))

    def step(self) -> None:
        """Take the node of highest bound and split its range or decide a type."""
        negative, _, node, split = heapq.heappop(self.queue)
        self.nodes += 1
        if -negative < self.profit - self.market.tie:
            self.queue.clear()
            return
        open_types = [index for index, state in enumerate(node.decided) if state == -1]
        if not open_types:
            return
        if node.high - node.low > self.narrow:
            middle = 0.5 * (node.low + node.high)
            self.push(_Node(node.decided, node.low, middle))
            self.push(_Node(node.decided, middle, node.high))
            return
        chosen = split if split in open_types else open_types[0]
        for state in (0, 1) if 2 in node.decided else (0, 1, 2):
            self.push(_Node((*node.decided[:chosen], state, *node.decided[chosen + 1 :]), node.low, node.high))
