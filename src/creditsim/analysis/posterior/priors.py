"""Priors over the assumptions that a calibration varies: ranges, uniform or triangular, drawn by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from creditsim.experiment.designs import factor_words
from creditsim.spec.fits import Parameter
from creditsim.spec.worlds import DIGITS

PRIOR_DRAW, TRUTH_DRAW, COMPONENT_DRAW, STEP_DRAW, SEED_DRAW, ERROR_DRAW = 8, 9, 10, 11, 12, 13
"""Numbers of the words that calibration draws, beside those of `creditsim.experiment.designs`."""

EDGE = 1e-6
"""Share of a range by which values are kept off its ends where the line has none."""


@dataclass(frozen=True)
class Axis:
    """One assumption.

    Attributes
    ----------
    name : str
    low, high : float
    mode : float or None
        Most probable value of a triangular prior; None: uniform.
    """

    name: str
    low: float
    high: float
    mode: float | None = None

    @property
    def shape(self) -> str:
        """``uniform`` or ``triangular``."""
        return "uniform" if self.mode is None else "triangular"


@dataclass(frozen=True)
class Prior:
    """Independent priors of some axes; values are arrays of shape (particles, axes).

    Examples
    --------
    >>> prior = Prior((Axis("x", 0.0, 2.0),))
    >>> prior.draw(2, seed=1).shape, prior.density(np.array([[0.5], [3.0]])).tolist()
    ((2, 1), [0.5, 0.0])
    """

    axes: tuple[Axis, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the axes, in order."""
        return tuple(axis.name for axis in self.axes)

    def draw(self, number: int, seed: int, index: int = PRIOR_DRAW) -> np.ndarray:
        """Return values drawn from the prior; an axis's depend on its name, seed and index alone."""
        return self.at(np.column_stack([uniforms(axis.name, number, seed, index) for axis in self.axes]))

    def at(self, shares: np.ndarray) -> np.ndarray:
        """Return the values below which these shares of each axis lie; shapes (particles, axes)."""
        columns = []
        for axis, share in zip(self.axes, shares.T, strict=True):
            width = axis.high - axis.low
            if axis.mode is not None:
                left = (axis.mode - axis.low) / width
                below = np.sqrt(share * left)
                share = np.where(share < left, below, 1.0 - np.sqrt((1.0 - share) * (1.0 - left)))
            columns.append(axis.low + width * share)
        return self.rounded(np.column_stack(columns))

    def density(self, values: np.ndarray) -> np.ndarray:
        """Return the joint density, 0 outside the ranges; shape (particles,)."""
        found = self.inside(values).astype(np.float64)
        for axis, column in zip(self.axes, values.T, strict=True):
            width = axis.high - axis.low
            if axis.mode is None:
                found = found / width
                continue
            rising = (column - axis.low) / max(axis.mode - axis.low, EDGE * width)
            falling = (axis.high - column) / max(axis.high - axis.mode, EDGE * width)
            found = found * (2.0 / width) * np.where(column < axis.mode, rising, np.minimum(falling, 1.0))
        return found

    def inside(self, values: np.ndarray) -> np.ndarray:
        """Say of each particle whether all its values lie in the ranges."""
        return ((values >= self._lows) & (values <= self._highs)).all(axis=1)

    def rounded(self, values: np.ndarray) -> np.ndarray:
        """Return values with six digits: what is shown is what was run, on every machine.

        Logarithms and roots may differ in the last of 53 bits between machines; the grid of the
        keys of runs is a thousand million times as coarse.
        """
        short = np.array([[float(f"{value:.{DIGITS}g}") for value in row] for row in values.tolist()])
        return np.clip(short.reshape(values.shape), self._lows, self._highs)

    def to_line(self, values: np.ndarray) -> np.ndarray:
        """Return the log-odds of each value's place in its range: a line without ends."""
        share = np.clip((values - self._lows) / (self._highs - self._lows), EDGE, 1.0 - EDGE)
        return np.log(share / (1.0 - share))

    def from_line(self, places: np.ndarray) -> np.ndarray:
        """Return the values of log-odds, rounded."""
        share = 1.0 / (1.0 + np.exp(-np.clip(places, -50.0, 50.0)))
        return self.rounded(self._lows + (self._highs - self._lows) * share)

    @property
    def _lows(self) -> np.ndarray:
        return np.array([axis.low for axis in self.axes])

    @property
    def _highs(self) -> np.ndarray:
        return np.array([axis.high for axis in self.axes])


def uniforms(name: str, number: int, seed: int, index: int, round_number: int = 0) -> np.ndarray:
    """Return numbers between 0 and 1 by name, never an end."""
    return (factor_words(name, number, seed, index, round_number) + 0.5) / 4294967296.0


def prior_of(parameters: Sequence[Parameter]) -> Prior:
    """Return the prior over the parameters of a fit."""
    return Prior(
        tuple(
            Axis(each.factor.lever, float(each.factor.low), float(each.factor.high), each.mode)
            for each in parameters
        )
    )
