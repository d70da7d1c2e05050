"""Functions whose indices are known in closed form: to show that the whole path estimates well."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from creditsim.experiment.screening import Range


@dataclass(frozen=True)
class KnownFunction:
    """A function with its factors and its indices in closed form.

    Attributes
    ----------
    name : str
    function : callable
        Takes points (rows, factors), returns one number a row.
    factors : tuple of Range
    S1, ST : mapping of str to float
        First-order and total indices by factor.
    """

    name: str
    function: Callable[[np.ndarray], np.ndarray]
    factors: tuple[Range, ...]
    S1: Mapping[str, float]
    ST: Mapping[str, float]


def ishigami(points: np.ndarray, a: float = 7.0, b: float = 0.1) -> np.ndarray:
    """Return sin x1 + a sin² x2 + b x3⁴ sin x1 (Ishigami and Homma 1990, 10.1109/ISUMA.1990.151285)."""
    x1, x2, x3 = points.T
    return np.sin(x1) + a * np.sin(x2) ** 2 + b * x3**4 * np.sin(x1)


def g_function(points: np.ndarray, a: tuple[float, ...] = (0.0, 1.0, 4.5, 9.0, 99.0)) -> np.ndarray:
    """Return the product of (|4 x - 2| + a) / (1 + a) (Saltelli and Sobol 1995)."""
    weights = np.array(a)
    return np.prod((np.abs(4.0 * points - 2.0) + weights) / (1.0 + weights), axis=1)


def _ishigami(a: float = 7.0, b: float = 0.1) -> KnownFunction:
    """Return the Ishigami function with its indices."""
    fourth, eighth = math.pi**4, math.pi**8
    first = 0.5 * (1 + b * fourth / 5) ** 2
    second = a * a / 8
    both = b * b * eighth * (1 / 18 - 1 / 50)
    variance = first + second + both
    return KnownFunction(
        "ishigami",
        ishigami,
        tuple(Range(name, -math.pi, math.pi) for name in ("x1", "x2", "x3")),
        {"x1": first / variance, "x2": second / variance, "x3": 0.0},
        {"x1": (first + both) / variance, "x2": second / variance, "x3": both / variance},
    )


def _g_function(a: tuple[float, ...] = (0.0, 1.0, 4.5, 9.0, 99.0)) -> KnownFunction:
    """Return the g-function of five factors with its indices."""
    partial = [1 / (3 * (1 + each) ** 2) for each in a]
    variance = math.prod(1 + each for each in partial) - 1
    names = [f"x{number + 1}" for number in range(len(a))]
    rest = [math.prod(1 + other for o, other in enumerate(partial) if o != n) for n in range(len(a))]
    return KnownFunction(
        "g-function",
        g_function,
        tuple(Range(name, 0.0, 1.0) for name in names),
        {name: each / variance for name, each in zip(names, partial)},
        {name: each * others / variance for name, each, others in zip(names, partial, rest)},
    )


KNOWN_FUNCTIONS = {each.name: each for each in (_ishigami(), _g_function())}
"""By the name that `creditsim sensitivity` takes for an experiment's."""
