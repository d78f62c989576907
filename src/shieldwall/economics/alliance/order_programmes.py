"""The cheapest order of joining, exactly: dynamic programmes over how many members of each type have joined.

Members of one type are alike, so O(T * product of (n_t + 1)) steps suffice: with one member per type that is the
programme over subsets. Costs are integers. Choosing which orders to compare, and what it means, is ``ordering``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

SAFE = 2**62
"""Integers below this fit 64 bits with a sum to spare."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type: ``count`` members who bring ``stock`` each and cost ``max(0, level - slope * stock before)``."""

    count: int
    stock: int | float
    level: int | float
    slope: int | float


def states(kinds: Sequence[Kind]) -> int:
    """How many states the programme has."""
    return prod(kind.count + 1 for kind in kinds)


def fits_int64(kinds: Sequence[Kind], base: int | float) -> bool:
    """Whether no number of the programme exceeds 64 bits."""
    reach = base + sum(kind.count * kind.stock for kind in kinds)
    paid = sum(kind.count * max(0, kind.level) for kind in kinds)
    return max(paid, *(abs(kind.level) + kind.slope * reach for kind in kinds)) < SAFE


def by_layers(kinds: Sequence[Kind], base: int | float, dtype: Any) -> list[int]:
    """The cheapest order, computed by the number who joined; good for many small types.

    Args:
        base: Stock of those who joined before.
        dtype: ``np.int64`` where that is safe, ``object`` for exact integers of any size, or ``np.float64``.

    Returns:
        The type of each member in the order of joining.
    """
    grid = np.indices([kind.count + 1 for kind in kinds], dtype=np.int16).reshape(len(kinds), -1)
    strides = [states(kinds[at + 1 :]) for at in range(len(kinds))]
    reach = np.full(grid.shape[1], base, dtype=dtype)
    for kind, joined in zip(kinds, grid, strict=True):
        reach = reach + joined.astype(dtype) * kind.stock
    layer = grid.sum(axis=0, dtype=np.int64)
    last = np.zeros(grid.shape[1], dtype=np.int16)
    best = np.zeros(grid.shape[1], dtype=dtype)
    by_size = np.split(np.argsort(layer, kind="stable"), np.cumsum(np.bincount(layer))[:-1])
    for here in by_size[1:]:
        found: npt.NDArray[Any] | None = None
        for at, (kind, stride) in enumerate(zip(kinds, strides, strict=True)):
            able = grid[at, here] > 0
            before = here[able] - stride
            paid = best[before] + np.maximum(kind.level - kind.slope * reach[before], 0)
            if found is None:
                found, known = np.zeros(len(here), dtype=dtype), np.zeros(len(here), dtype=bool)
            better = ~known[able] | (paid < found[able])
            improved = np.flatnonzero(able)[better]
            found[improved], known[improved] = paid[better], True
            last[here[improved]] = at
        best[here] = found
    return _walk_back(last, strides)


def _walk_back(last: npt.NDArray[Any], strides: Sequence[int]) -> list[int]:
    state, order = len(last) - 1, []
    while state:
        order.append(int(last[state]))
        state -= strides[order[-1]]
    return order[::-1]


def by_rows(kinds: Sequence[Kind], base: int | float, dtype: Any) -> list[int]:
    """The cheapest order, computed a row of the last type at a time; good for few large types.

    Within a row the recursion f[b] = min(g[b], f[b-1] + step[b-1]) is a running minimum of g minus the steps so far.
    Only the rows that are still needed are kept, and one byte per state to find the order again.
    """
    *outer, inner = kinds
    strides = [states(outer[at + 1 :]) for at in range(len(outer))]
    brought = np.arange(inner.count + 1).astype(dtype) * inner.stock
    last = np.empty((states(outer), inner.count + 1), dtype=np.uint8)
    rows: deque[npt.NDArray[Any]] = deque(maxlen=max(strides, default=1))
    for number, joined in enumerate(product(*(range(kind.count + 1) for kind in outer))):
        reach = brought + (base + sum(have * kind.stock for have, kind in zip(joined, outer, strict=True)))
        row: npt.NDArray[Any] | None = None
        for at, (have, kind, stride) in enumerate(zip(joined, outer, strides, strict=True)):
            if have:
                paid = rows[-stride] + np.maximum(kind.level - kind.slope * (reach - kind.stock), 0)
                if row is None:
                    row = paid
                    last[number] = at
                else:
                    last[number][paid < row] = at
                    row = np.minimum(row, paid)
        steps = np.zeros(inner.count + 1, dtype=dtype)
        np.cumsum(np.maximum(inner.level - inner.slope * reach[:-1], 0), out=steps[1:])
        if row is None:
            made = steps
            last[number] = len(outer)
        else:
            saved = row - steps
            least = np.minimum.accumulate(saved)
            made = least + steps
            last[number][least < saved] = len(outer)
        rows.append(made)
    return _walk_back(last.reshape(-1), [stride * (inner.count + 1) for stride in strides] + [1])
