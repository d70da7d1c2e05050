"""What was observed, and how far simulated summaries are from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from creditsim.core.errors import Fault, InputError

LEAST_USED = 0.5
"""Share of the first round's particles whose summaries must be defined."""


@dataclass(frozen=True, eq=False)
class Target:
    """Bands that simulated summaries should lie in; a point is a band without width.

    Attributes
    ----------
    names : tuple of str
    low, high : array of float
        By summary; infinite where a band is open.
    scales : array of float or None
        Units of the distance: the spread of each summary over the prior.
    """

    names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    scales: np.ndarray | None = None

    @classmethod
    def at(cls, names: Sequence[str], values: np.ndarray) -> Target:
        """Return the target of observed numbers."""
        point = np.asarray(values, dtype=np.float64)
        return cls(tuple(names), point, point)

    @property
    def is_point(self) -> bool:
        """Whether every summary was observed as one number."""
        return bool(np.all(self.low == self.high))

    def scaled_by(self, summaries: np.ndarray) -> Target:
        """Return the target with the scales that summaries of prior particles give.

        Scales are 1.4826 times the median absolute deviation, or the standard deviation where half
        of the values are the same.

        Raises
        ------
        InputError
            If a summary is the same in all particles, or not defined in most.
        """
        if self.scales is not None:
            return self
        used = summaries[np.isfinite(summaries).all(axis=1)]
        if len(used) < max(2, LEAST_USED * len(summaries)):
            got = f"got summaries that are defined in {len(used)} of {len(summaries)} runs"
            raise InputError(Fault(f"{got}, expected at least half; see `creditsim status` for failures"))
        spread = 1.4826 * np.median(np.abs(used - np.median(used, axis=0)), axis=0)
        spread = np.where(spread > 0.0, spread, np.std(used, axis=0))
        flat = [name for name, each in zip(self.names, spread, strict=True) if not each > 0.0]
        if flat:
            got = f"got {', '.join(flat)} the same in every run"
            raise InputError(Fault(f"{got}, expected what the factors move: nothing can be learnt from it"))
        return replace(self, scales=spread)

    def distances(self, summaries: np.ndarray) -> np.ndarray:
        """Return how far summaries (particles, summaries) lie outside the bands in scales; inf: undefined."""
        outside = np.maximum(np.maximum(self.low - summaries, summaries - self.high), 0.0) / self.scales
        found = np.sqrt(np.sum(outside**2, axis=1))
        return np.where(np.isnan(found), np.inf, found)
