"""Sample sizes of statistical checks, computed from the discrepancy that matters, false alarms and power."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from checks import Finding
from scipy import stats

FALSE_ALARM = 0.001
"""Of each check. About thirty statistical checks then raise one false alarm in 33 new seeds."""

POWER = 0.99
"""With which each check finds the smallest discrepancy that matters."""


@dataclass(frozen=True)
class Test:
    """A test with its size: a statistic is accepted up to `limit` away from what it should be."""

    __test__ = False  # no test case of pytest's

    size: int
    limit: float
    matters: float
    power: float
    false_alarm: float = FALSE_ALARM

    def finding(self, discrepancy: float, note: str = "", holds: bool = True) -> Finding:
        """Return the finding of a measured discrepancy; `holds` adds a condition of one's own."""
        return Finding(
            bool(holds and abs(discrepancy) <= self.limit),
            self.size,
            float(discrepancy),
            self.matters,
            self.false_alarm,
            self.power,
            note,
        )


def mean_test(sd: float, matters: float) -> Test:
    """Return the test of a mean of numbers whose standard deviation is known (normal)."""
    error, miss = stats.norm.isf(FALSE_ALARM / 2.0), stats.norm.ppf(POWER)
    size = math.ceil(((error + miss) * sd / matters) ** 2)
    standard_error = sd / math.sqrt(size)
    power = stats.norm.cdf(matters / standard_error - error)
    return Test(size, float(error * standard_error), matters, float(power))


def share_test(share: float, matters: float) -> Test:
    """Return the test of a share (exact binomial, at least the wanted power on both sides)."""
    sd = math.sqrt(max(share * (1.0 - share), matters * (1.0 - matters) / 4.0))
    size = mean_test(sd, matters).size
    while True:
        low, high = stats.binom.ppf([FALSE_ALARM / 2.0, 1.0 - FALSE_ALARM / 2.0], size, share)
        limit = max(high - size * share, size * share - low) / size
        power = min(_power_of_share(size, share, limit, share + side * matters) for side in (-1, 1))
        if power >= POWER:
            return Test(size, float(limit), matters, float(power))
        size = math.ceil(size * 1.05) + 1


def _power_of_share(size: int, share: float, limit: float, other: float) -> float:
    """Return the chance that a share lies beyond the limit if it is another one; 1 if there is no such."""
    if not 0.0 <= other <= 1.0:
        return 1.0
    low, high = math.ceil(size * (share - limit) - 1e-9), math.floor(size * (share + limit) + 1e-9)
    return float(stats.binom.cdf(low - 1, size, other) + stats.binom.sf(high, size, other))


def law_test(classes: int, matters: float) -> Test:
    """Return the chi-square test of a law over classes; `matters` is Cohen's w, its limit that of chi-square.

    The discrepancy to hand to `finding` is the chi-square statistic.
    """
    freedom = classes - 1
    limit = float(stats.chi2.isf(FALSE_ALARM, freedom))
    size = 100
    while stats.ncx2.sf(limit, freedom, size * matters**2) < POWER:
        size = math.ceil(size * 1.05)
    return Test(size, limit, matters, float(stats.ncx2.sf(limit, freedom, size * matters**2)))


def chi_square(observed: np.ndarray, expected: np.ndarray) -> float:
    """Return the statistic; classes that cannot occur must be empty, else it is infinite."""
    observed, expected = np.asarray(observed, np.float64), np.asarray(expected, np.float64)
    if (observed[expected <= 0] > 0).any():
        return math.inf
    known = expected > 0
    return float(((observed[known] - expected[known]) ** 2 / expected[known]).sum())


def variance_test(matters: float) -> Test:
    """Return the test of a variance of normal numbers against a known one; `matters` is a relative error."""
    size = 100
    while True:
        low, high = stats.chi2.ppf([FALSE_ALARM / 2.0, 1.0 - FALSE_ALARM / 2.0], size - 1) / (size - 1)
        limit = max(high - 1.0, 1.0 - low)
        power = min(
            stats.chi2.sf((1.0 + limit) / (1.0 + matters) * (size - 1), size - 1),
            stats.chi2.cdf((1.0 - limit) / (1.0 - matters) * (size - 1), size - 1),
        )
        if power >= POWER:
            return Test(size, float(limit), matters, float(power))
        size = math.ceil(size * 1.05)


def ratio_test(matters: float) -> Test:
    """Return the test of the ratio of two variances (F), `matters` its relative error; the size is of each.

    The discrepancy to hand to `finding` is the logarithm of the ratio over the expected one.
    """
    size = 20
    while True:
        limit = math.log(stats.f.isf(FALSE_ALARM / 2.0, size - 1, size - 1))
        shift = math.log(1.0 + matters)
        power = stats.f.sf(math.exp(limit - shift), size - 1, size - 1)
        if power >= POWER:
            return Test(size, float(limit), shift, float(power))
        size = math.ceil(size * 1.1)


def equivalence_test(sd: float, matters: float) -> Test:
    """Return the test that two means differ by less than `matters` (two one-sided tests, normal).

    Here false alarm is the chance to call different means (apart by `matters`) equal, and power the
    chance to call equal means equal. The size is of each of the two.
    """
    error, miss = stats.norm.isf(FALSE_ALARM), stats.norm.isf((1.0 - POWER) / 2.0)
    size = max(2, math.ceil(2.0 * ((error + miss) * sd / matters) ** 2))
    standard_error = sd * math.sqrt(2.0 / size)
    limit = matters - error * standard_error
    power = 2.0 * stats.norm.cdf(limit / standard_error) - 1.0
    return Test(size, float(limit), matters, float(power))
