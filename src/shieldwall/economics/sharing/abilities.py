"""What members alone know: how much of what others share each of them can use, as a distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shieldwall.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Types:
    """What a firm's cost spillover may be; both firms draw independently.

    Args:
        values: Rising, in [0, 1].
        prior: Their probabilities.

    Raises:
        InvalidInput: If they are no distribution.
    """

    values: tuple[float, ...]
    prior: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in zip(self.values, self.values[1:], strict=False))
        if not (rising and self.values and self.values[0] >= 0 and self.values[-1] <= 1):
            raise InvalidInput("values", self.values, "rising numbers in [0, 1]")
        sure = len(self.prior) == len(self.values) and min(self.prior) > 0 and abs(sum(self.prior) - 1) < 1e-12
        if not sure:
            raise InvalidInput("prior", self.prior, "one positive probability for each value, 1 in all")

    @classmethod
    def uniform(cls, low: float, high: float, count: int = 3) -> Types:
        """The uniform distribution on an interval, as the nodes and weights of Simpson's rule.

        Args:
            count: How many nodes; odd, at least 3.

        >>> Types.uniform(0.2, 0.8).values
        (0.2, 0.5, 0.8)
        """
        if count < 3 or count % 2 == 0:
            raise InvalidInput("count", count, "an odd number of at least 3")
        weight = np.where(np.arange(count) % 2, 4.0, 2.0)
        weight[[0, -1]] = 1
        return cls(tuple(np.linspace(low, high, count).tolist()), tuple((weight / weight.sum()).tolist()))
