"""Priors over the assumptions that a calibration varies: ranges, uniform or triangular, drawn by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from creditsim.core.errors import Fault, InputError
from creditsim.experiment.designs import factor_words
from creditsim.spec.levers import levers
from creditsim.spec.worlds import DIGITS, Factor

SHAPES = ("uniform", "triangular")

PRIOR_DRAW, TRUTH_DRAW, COMPONENT_DRAW, STEP_DRAW, SEED_DRAW = 8, 9, 10, 11, 12
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
        columns = []
        for axis in self.axes:
            share = uniforms(axis.name, number, seed, index)
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


def prior_of(factors: Sequence[Factor], shape: str = "uniform") -> Prior:
    """Return the prior over the factors of an experiment's worlds: their ranges.

    Parameters
    ----------
    shape : {'uniform', 'triangular'}
        Triangular: most probable is the value that the catalogue has.

    Raises
    ------
    InputError
        If there is no factor, or one is no range of real numbers.
    """
    faults = []
    if not factors:
        got = "got no factors, expected worlds with at least one: they are what is calibrated"
        faults.append(Fault(got, key="worlds.factors"))
    for factor in factors:
        if factor.values or levers()[factor.lever].whole:
            got = f"got {factor.lever} with levels or whole numbers"
            faults.append(Fault(f"{got}, expected a range of real numbers", key="worlds.factors"))
    if faults:
        raise InputError(faults)
    axes = []
    for factor in factors:
        mode = None
        if shape == "triangular":
            mode = min(max(float(levers()[factor.lever].default), factor.low), factor.high)
        axes.append(Axis(factor.lever, float(factor.low), float(factor.high), mode))
    return Prior(tuple(axes))
