"""Estimate how much each factor matters, with SALib, from the outputs at a design's rows.

SALib's estimators (Herman and Usher 2017, 10.21105/joss.00097) are used as they are; their
bootstraps have a fixed seed. Experiments and plain functions go through this one path.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from creditsim.core.errors import Fault, InputError
from creditsim.experiment.screening import DUMMY, MORRIS_LEVELS, Screening

RESAMPLES = 1000
"""Bootstrap resamples of Morris; Sobol takes so many that a resample's array stays small."""

_MOST_RESAMPLED = 2_000_000
"""Base points times resamples, at most."""

_BOOTSTRAP_SEED = 1
"""SALib takes 0 for no seed at all."""

PARTS = 10
"""Parts that are left out in turn to see how stable the ranks are; fewer where there are fewer samples."""


@dataclass(frozen=True)
class FactorIndices:
    """How much one factor matters.

    Attributes
    ----------
    name : str
        The factor's; ``dummy`` is the one that nothing depends on.
    rank : int
        From 1, by `mu_star` or `ST`; of equal ones the dummy is last.
    rank_low, rank_high : int
        Ranks that it has when tenths of the samples are left out in turn.
    value, low, high : float
        What ranks it, `mu_star` or `ST`, with its 95% interval, 0 or more.
    mu, mu_star, sigma : float or None
        Mean of elementary effects, of their absolute values, and their standard deviation (Morris):
        changes of the output when the factor moves over its whole range.
    S1, S1_low, S1_high, ST : float or None
        First-order and total share of the output's variance (Sobol).
    """

    name: str
    rank: int
    rank_low: int
    rank_high: int
    value: float
    low: float
    high: float
    mu: float | None = None
    mu_star: float | None = None
    sigma: float | None = None
    S1: float | None = None
    S1_low: float | None = None
    S1_high: float | None = None
    ST: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the indices as plain values; those of the other method are null."""
        return asdict(self)


def indices_of(screening: Screening, outputs: np.ndarray, level: float = 0.95) -> tuple[FactorIndices, ...]:
    """Return the indices of all factors, the dummy among them, by rank.

    Parameters
    ----------
    screening : Screening
    outputs : numpy.ndarray, shape (rows,)
        One for each row of the design.
    level : float
        Coverage of the intervals.

    Raises
    ------
    InputError
        If an output is not defined.

    Notes
    -----
    Outputs that do not vary at all have indices of 0.

    Examples
    --------
    >>> from creditsim.experiment.screening import Range
    >>> design = Screening("morris", 4, 1, (Range("x", 0.0, 2.0), Range("y", 0.0, 1.0)))
    >>> x, y = design.points().T
    >>> [(each.name, round(each.mu, 6)) for each in indices_of(design, x - 5 * y)]
    [('y', -5.0), ('x', 2.0), ('dummy', 0.0)]
    """
    outputs = np.asarray(outputs, dtype=np.float64)
    if outputs.shape != (len(screening.positions),):
        expected = f"expected {len(screening.positions):,}, one a row of the design"
        raise InputError(Fault(f"got outputs of shape {outputs.shape}, {expected}"))
    undefined = int((~np.isfinite(outputs)).sum())
    if undefined:
        got = f"got {undefined:,} of {len(outputs):,} rows in which the outcome is not defined"
        raise InputError(Fault(f"{got}, expected none; take another outcome, or a larger scale"))
    found = _estimates(screening.method, screening.names, screening.positions, outputs, level)
    ranks = ranks_of(found["value"])
    spread = np.array([ranks, *_ranks_without(screening, outputs, level)])
    order = np.argsort(ranks)
    return tuple(
        FactorIndices(
            screening.names[column],
            int(ranks[column]),
            int(spread[:, column].min()),
            int(spread[:, column].max()),
            **{name: float(values[column]) for name, values in found.items()},
        )
        for column in order
    )


def dummy_is_last(indices: tuple[FactorIndices, ...]) -> bool:
    """Return whether the dummy ranks last within its interval: no factor lies below it."""
    (dummy,) = (each for each in indices if each.name == DUMMY)
    return all(each.value >= dummy.low for each in indices)


def rank_agreement(indices: tuple[FactorIndices, ...]) -> float:
    """Return the share of factors whose rank never moved by more than one when samples were left out."""
    steady = [each.rank_high - each.rank_low <= 1 for each in indices]
    return sum(steady) / len(steady)


def ranks_of(values: np.ndarray) -> np.ndarray:
    """Return ranks from 1, largest first; of equal values the later one comes later.

    Examples
    --------
    >>> ranks_of(np.array([0.0, 3.0, 1.0, 0.0])).tolist()
    [3, 1, 2, 4]
    """
    ranks = np.empty(len(values), np.int64)
    ranks[np.argsort(-np.asarray(values), kind="stable")] = np.arange(1, len(values) + 1)
    return ranks


def _ranks_without(screening: Screening, outputs: np.ndarray, level: float) -> list[np.ndarray]:
    """Return the ranks with each part of the samples left out."""
    samples, block = screening.samples, screening.block
    parts = min(PARTS, samples)
    if samples - math.ceil(samples / parts) < 2:
        return []
    found = []
    for part in np.array_split(np.arange(samples), parts):
        kept = np.repeat(~np.isin(np.arange(samples), part), block)
        estimates = _estimates(
            screening.method, screening.names, screening.positions[kept], outputs[kept], level, resamples=2
        )
        found.append(ranks_of(estimates["value"]))
    return found


def _estimates(
    method: str,
    names: tuple[str, ...],
    positions: np.ndarray,
    outputs: np.ndarray,
    level: float,
    resamples: int | None = None,
) -> Mapping[str, np.ndarray]:
    """Return SALib's estimates by name, and under ``value`` what ranks."""
    if np.ptp(outputs) == 0.0:  # SALib divides by the spread
        zeros = np.zeros(len(names))
        own = ("mu", "mu_star", "sigma") if method == "morris" else ("S1", "S1_low", "S1_high", "ST")
        return dict.fromkeys(("value", "low", "high", *own), zeros)
    return (_morris if method == "morris" else _sobol)(names, positions, outputs, level, resamples)


def _morris(
    names: tuple[str, ...], positions: np.ndarray, outputs: np.ndarray, level: float, resamples: int | None
) -> Mapping[str, np.ndarray]:
    """Return elementary effects for a move over the whole range."""
    from SALib.analyze import morris

    shares = positions / (MORRIS_LEVELS - 1)
    found = morris.analyze(
        _problem(names), shares, outputs, num_resamples=resamples or RESAMPLES, conf_level=level,
        num_levels=MORRIS_LEVELS, seed=_BOOTSTRAP_SEED,
    )  # fmt: skip
    mu, mu_star, sigma, half = (
        np.asarray(found[name], dtype=np.float64) for name in ("mu", "mu_star", "sigma", "mu_star_conf")
    )
    ends = {"low": np.maximum(mu_star - half, 0.0), "high": mu_star + half}
    return {"value": mu_star, **ends, "mu": mu, "mu_star": mu_star, "sigma": sigma}


def _sobol(
    names: tuple[str, ...], positions: np.ndarray, outputs: np.ndarray, level: float, resamples: int | None
) -> Mapping[str, np.ndarray]:
    """Return first-order and total shares of the variance."""
    from SALib.analyze import sobol

    points = len(outputs) // (len(names) + 2)
    number = resamples or max(100, min(RESAMPLES, _MOST_RESAMPLED // points))
    found = sobol.analyze(
        _problem(names), outputs, calc_second_order=False, num_resamples=number, conf_level=level,
        seed=_BOOTSTRAP_SEED,
    )  # fmt: skip
    first, half = found["S1"], found["S1_conf"]
    total, around = found["ST"], found["ST_conf"]
    return {
        "value": total,
        "low": np.maximum(total - around, 0.0),
        "high": total + around,
        "S1": first,
        "S1_low": first - half,
        "S1_high": first + half,
        "ST": total,
    }


def _problem(names: tuple[str, ...]) -> dict[str, Any]:
    """Return the problem as SALib wants it; factors are shares of their ranges."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
