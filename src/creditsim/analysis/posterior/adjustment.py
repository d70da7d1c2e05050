"""Regression adjustment: move kept particles to where they would be, had their summaries been the observed.

A straight line from summaries to the log-odds of each assumption within its range is fitted to the
kept particles, near ones with more weight; its slope takes away what their distance adds. What is left
about the line is made wider by the degrees of freedom that the line took: residuals of least squares are
smaller than the errors.

Source: Beaumont, Zhang, Balding (2002), "Approximate Bayesian computation in population genetics",
Genetics 162; log-odds keep within the prior, as in Blum and Francois (2010), Statistics and Computing 20.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from creditsim.analysis.posterior.sequential import Population


def adjusted(found: Population) -> Population:
    """Return a population with adjusted values, and weights that fall with the distance.

    With bands, and where all kept particles are at no distance, there is nothing to adjust to; of fewer
    particles than the line has coefficients nothing can be said.
    """
    farthest = float(np.max(found.distances))
    if not found.target.is_point or farthest <= 0.0:
        return found
    nearness = 1.0 - (found.distances / (farthest * (1.0 + 1e-9))) ** 2  # Epanechnikov
    weights = found.weights * nearness
    weights = weights / np.sum(weights)
    offsets = (found.summaries - found.target.low) / found.target.scales
    design = np.column_stack([np.ones(len(offsets)), offsets])
    root = np.sqrt(weights)[:, None]
    places = found.prior.to_line(found.values)
    fitted, *_ = np.linalg.lstsq(design * root, places * root, rcond=1e-10)
    effective, coefficients = 1.0 / np.sum(weights**2), design.shape[1]
    if effective <= coefficients:
        return found
    wider = np.sqrt(effective / (effective - coefficients))
    moved = found.prior.from_line(fitted[0] + wider * (places - design @ fitted))
    used = weights > 0.0
    return replace(
        found, values=moved[used], weights=weights[used], summaries=found.summaries[used],
        distances=found.distances[used],
    )  # fmt: skip


def quantiles(values: np.ndarray, weights: np.ndarray, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return weighted quantiles of one axis: the values at which the weight below reaches each share.

    Examples
    --------
    >>> quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.25, 0.5]), (0.5,))
    (2.0,)
    """
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(weights[order])
    places = np.searchsorted(ends, np.array(shares) * ends[-1] * (1.0 - 1e-12))
    return tuple(float(values[order][min(place, len(values) - 1)]) for place in places)
