"""Tell what shared draws gain: how many times as many replications independent draws would need.

Scenarios share their draws (common random numbers), so that the difference within a
replication carries little luck. Its variance is s_D^2; with draws of its own for each
scenario it would be s_A^2 + s_B^2 (sample variances over replications, divisor n - 1):

    gain = (s_A^2 + s_B^2) / s_D^2

An interval's width goes with the root of variance over replications, so the gain is also how
many times as many replications independent draws would need for the same interval (Law
2015, Simulation Modeling and Analysis, 5th ed., section 11.2). All three variances are in the
runs that were paired: none further is needed. `tools/measure_pairing.py` holds that against
really independent runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.analysis.grid import everybody, outcome_grid
from creditsim.analysis.intervals import covariance, t_quantile
from creditsim.analysis.tables import FindingsTable
from creditsim.spec.outcomes import Outcome, outcomes

if TYPE_CHECKING:
    import pandas as pd

MAIN_KINDS = ("behavioural", "harm")
"""Kinds of outcomes that are main ones: what `creditsim compare` prints if they move, or may."""

ALWAYS_MAIN = ("breaches", "wrongly_penalised", "public_cost")
"""Nicknames of outcomes that it prints whether they move or not."""

STATES = ("measured", "exact", "constant", "not defined")
"""What a gain can be; see `PairingGain`."""

_ROUNDING = 1e-12
"""Spread, relative to the largest value, below which numbers differ by their rounding only."""

_VANISHING = 1e-150
"""Spread whose square is no number any more."""


@dataclass(frozen=True)
class PairingGain:
    """What shared draws gain in one outcome of one scenario against the baseline.

    Attributes
    ----------
    kind : str
        Kind of the outcome, as in the catalogue.
    main : bool
        Behaviour, a harm, or public cost.
    state : {'measured', 'exact', 'constant', 'not defined'}
        Exact: the outcome varies, its difference does not at all, so that the gain has no
        bound. Constant: neither scenario varies, and no draws of any kind would make it.
        Not defined: a replication has no value, or there are fewer than two.
    gain, low, high : float or None
        Ratio of variances with its interval, where measured; no interval from fewer than three
        replications.
    """

    scenario: str
    outcome: str
    setting: str
    kind: str
    main: bool
    state: str
    gain: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the gain as plain values: null, never infinity."""
        return asdict(self)


class PairingGains(FindingsTable, tuple[PairingGain, ...]):
    """Gains of a comparison, by scenario and outcome; in notebooks a table."""

    __slots__ = ()

    @property
    def main(self) -> PairingGains:
        """Those of main outcomes."""
        return PairingGains(each for each in self if each.main)

    def of(self, scenario: str) -> PairingGains:
        """Return those of one scenario."""
        return PairingGains(each for each in self if each.scenario == scenario)

    def of_kind(self, kind: str) -> PairingGains:
        """Return those of outcomes of one kind."""
        return PairingGains(each for each in self if each.kind == kind)

    def having(self, state: str) -> PairingGains:
        """Return those of one state."""
        return PairingGains(each for each in self if each.state == state)

    def summary(self) -> dict[str, Any]:
        """Return the median gain, the medians of the ends of intervals, and how many rows were counted.

        A row is an outcome of a scenario. Exact ones are counted apart: they would raise the median.
        """
        measured = self.having("measured")
        return {
            "median_gain": _median(each.gain for each in measured),
            "low": _median(each.low for each in measured),
            "high": _median(each.high for each in measured),
            "outcomes": len(measured),
            "exact": len(self.having("exact")),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return for JSON the summary of main outcomes, and under ``all`` that of all outcomes."""
        return {**self.main.summary(), "all": self.summary()}


def pairing_gains(
    found: pd.DataFrame, baseline: str, scenarios: Sequence[str], level: float = 0.95
) -> PairingGains:
    """Return what shared draws gain in each outcome of everybody, scenario by scenario.

    Parameters
    ----------
    found : pandas.DataFrame
        Outcomes as for `creditsim.analysis.compare.paired_differences`.
    scenarios : sequence of str
        Labels to hold against the baseline.
    level : float
        Coverage of the intervals.
    """
    catalogue = outcomes()
    grid = outcome_grid(everybody(found), catalogue)
    means = grid.replication_means()
    reference = means[:, grid.scenarios.index(baseline), :]
    gains = []
    for label in scenarios:
        treated = means[:, grid.scenarios.index(label), :]
        for cell, (name, setting, _) in enumerate(grid.cells):
            outcome = catalogue[name]
            found_here = pairing_gain(treated[:, cell], reference[:, cell], level)
            gains.append(PairingGain(label, name, setting, outcome.kind, is_main(outcome), *found_here))
    return PairingGains(gains)


def is_main(outcome: Outcome) -> bool:
    """Return whether an outcome is a main one: behaviour, a harm, or always to be seen."""
    return outcome.kind in MAIN_KINDS or outcome.short in ALWAYS_MAIN


def pairing_gain(
    treated: np.ndarray, reference: np.ndarray, level: float = 0.95
) -> tuple[str, float | None, float | None, float | None]:
    """Return state, gain and interval of one outcome from its values by replication.

    Examples
    --------
    >>> pairing_gain(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0]))
    ('exact', None, None, None)
    >>> state, gain, low, high = pairing_gain(np.array([1.0, 2.0, 3.0, 5.0]), np.array([1.0, 2.0, 4.0, 5.0]))
    >>> state, round(gain, 2)
    ('measured', 25.0)
    """
    if len(treated) < 2 or np.isnan(treated).any() or np.isnan(reference).any():
        return "not defined", None, None, None
    if not (_varies(treated, treated) or _varies(reference, reference)):
        return "constant", None, None, None
    if not _varies(treated - reference, np.concatenate((treated, reference))):
        return "exact", None, None, None
    gain = (_variance(treated) + _variance(reference)) / _variance(treated - reference)
    return "measured", gain, *gain_interval(treated, reference, level)


def gain_interval(
    treated: np.ndarray, reference: np.ndarray, level: float = 0.95
) -> tuple[float | None, float | None]:
    """Return the interval of a gain; exact where the two means are normal together.

    With the sum S = A + B and the difference D = A - B of a replication, s_A^2 + s_B^2 is
    (s_S^2 + s_D^2) / 2, so the gain is (s_S^2 / s_D^2 + 1) / 2: one ratio of the variances of
    two correlated numbers, whose interval is known (Pitman 1939, A note on normal correlation,
    Biometrika 31: 9-12). With r their correlation and t of n - 2 degrees of freedom, the ratio
    reaches from s_S^2 / s_D^2 / w to s_S^2 / s_D^2 * w, where w = K + sqrt(K^2 - 1) and
    K = 1 + 2 (1 - r^2) t^2 / (n - 2).
    """
    count = len(treated)
    if count < 3:
        return None, None
    total, difference = treated + reference, treated - reference
    ratio = _variance(total) / _variance(difference)
    spreads = _variance(total) * _variance(difference)
    shared = float(covariance(total, difference)) ** 2 / spreads if spreads else 0.0
    t = t_quantile(count - 2, level)
    k = 1.0 + 2.0 * max(1.0 - shared, 0.0) * t * t / (count - 2)
    width = k + math.sqrt(k * k - 1.0)
    return (ratio / width + 1.0) / 2.0, (ratio * width + 1.0) / 2.0


def _varies(values: np.ndarray, scale: np.ndarray) -> bool:
    """Return whether values differ by more than the rounding of numbers of a scale."""
    return float(np.ptp(values)) > max(_ROUNDING * float(np.abs(scale).max()), _VANISHING)


def _variance(values: np.ndarray) -> float:
    """Return the sample variance of one row of numbers."""
    return float(covariance(values, values))


def _median(values: Iterable[float | None]) -> float | None:
    """Return the median of the numbers that there are; None if there are none."""
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None
