"""Student's intervals over replications: means, variances and half-widths, added up in one order."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np


def t_interval(values: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, low and high of Student's t interval over the first axis.

    With one value the interval is NaN; a NaN among the values makes all three NaN.

    Examples
    --------
    >>> mean, low, high = t_interval(np.array([1.0, 2.0, 3.0]))
    >>> print(round(float(mean), 3), round(float(low), 3), round(float(high), 3))
    2.0 -0.484 4.484
    """
    values = np.asarray(values, dtype=np.float64)
    count = len(values)
    mean = mean_in_order(values)
    if count < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = t_quantile(count - 1, level) * np.sqrt(covariance(values, values) / count)
    return mean, mean - half, mean + half


def half_width(variance: float, count: int, level: float = 0.95, freedom: float = 1.0) -> float:
    """Return the half-width of the interval of a mean of `count` values with a known sample variance.

    Parameters
    ----------
    variance : float
        Sample variance of one value (divisor: count less 1).
    freedom : float
        Degrees of freedom for each value but the first; 1 for a single sample, up to 2 for
        the difference of two (Welch and Satterthwaite).

    Examples
    --------
    >>> round(half_width(1.0, 3), 3)
    2.484
    """
    return t_quantile((count - 1) * freedom, level) * math.sqrt(variance / count)


def t_quantile(freedom: float, level: float = 0.95) -> float:
    """Return how many standard errors Student's interval reaches to either side."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2.0))


def covariance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the sample covariance over the first axis (divisor: count less 1).

    That of values with themselves is their variance.

    Raises
    ------
    ValueError
        If there are fewer than two values: nothing varies in one.
    """
    if len(one) < 2:
        raise ValueError(f"got {len(one)} values, expected at least 2")
    products = (one - mean_in_order(one)) * (other - mean_in_order(other))
    return sum_in_order(products) / (len(one) - 1)


def mean_in_order(values: np.ndarray) -> np.ndarray:
    """Return the mean along the first axis, added up in order."""
    return sum_in_order(values) / len(values)


def mean_where_defined(values: Iterable[np.ndarray]) -> np.ndarray:
    """Return the mean of arrays of one shape where they are not NaN, added up in order.

    NaN only where none of them is defined.

    Examples
    --------
    >>> mean_where_defined(np.array([[1.0, np.nan], [np.nan, np.nan], [2.0, np.nan]]))
    array([1.5, nan])
    """
    total, number = 0.0, 0
    for each in values:
        known = ~np.isnan(each)
        total = total + np.where(known, each, 0.0)
        number = number + known
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def sum_in_order(values: np.ndarray) -> np.ndarray:
    """Add up along the first axis, one after the other: one order, one rounding."""
    total = np.zeros(values.shape[1:])
    for value in values:
        total = total + value
    return total
