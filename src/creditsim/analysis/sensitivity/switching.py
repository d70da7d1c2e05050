"""Find switching values: what an assumption would have to be for a verdict to turn round.

A scan moves one factor at a time over its range, the others at their own values. ``lower`` and
``higher`` turn where the paired difference crosses 0; ``negligible`` where it reaches the smallest
relevant difference to either side. Between two scanned values the difference is taken to run
straight; beyond the range a straight line through the scan is followed, and that is said.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from creditsim.analysis.compare import verdicts
from creditsim.analysis.intervals import mean_in_order, t_interval
from creditsim.experiment.screening import Screening

STATES = ("within", "beyond", "none", "no verdict", "not scanned")
"""What can be said of a switching value.

``within`` the range; ``beyond`` it, on a straight line, at most a range away; ``none``: it stays, as far
as can be told; ``no verdict``: at the factor's own value it is unclear or not defined, so none can turn;
``not scanned``: no scan was made, or the factor is no number.
"""

_FARTHEST_RANGES = 1.0
"""A straight line is followed no farther than this beyond the range."""


@dataclass(frozen=True)
class ScanPoint:
    """The difference at one value of a factor, the others at their own."""

    value: Any
    difference: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True)
class Switching:
    """Where the verdict on a difference would turn round if one factor were another.

    Attributes
    ----------
    state : str
        One of `STATES`.
    verdict : str
        At the factor's own value.
    value : float or None
        The switching value, in the factor's unit; None unless ``within`` or ``beyond``.
    threshold : float or None
        The difference at which it turns, in the outcome's unit: 0, or the smallest relevant one.
    low, high : float or None
        All values around it at which the interval of the difference holds the threshold; None where that
        goes on to an end of the range, and for ``beyond``.
    doubtful_from : float or None
        The scanned value nearest to the factor's own at which the verdict is no longer the same.
    points : tuple of ScanPoint
        The scan, ascending.
    """

    state: str
    verdict: str | None = None
    value: float | None = None
    threshold: float | None = None
    low: float | None = None
    high: float | None = None
    doubtful_from: Any = None
    points: tuple[ScanPoint, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON: null, never NaN."""
        plain = asdict(self)
        plain["points"] = [
            {name: None if value != value else value for name, value in point.items()}
            for point in plain["points"]
        ]
        return plain


NOT_SCANNED = Switching("not scanned")


def switching_values(
    screening: Screening, differences: np.ndarray, smallest_relevant: float, level: float = 0.95
) -> dict[str, Switching]:
    """Return each factor's switching value from the scan of a study.

    Parameters
    ----------
    screening : Screening
    differences : numpy.ndarray, shape (replications, worlds)
        Paired differences to the baseline, in the outcome's unit.
    smallest_relevant : float
        Smallest relevant difference: what decides the verdicts.
    level : float
        Coverage of the intervals; they show the luck of the simulation only.
    """
    found = {}
    for name, scanned in screening.scan.items():
        values = [value for value, _ in scanned]
        if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            found[name] = NOT_SCANNED
            continue
        scan = differences[:, [world for _, world in scanned]]
        found[name] = switching_value(
            np.array(values, float), scan, float(screening.own[name]), smallest_relevant, level
        )
    return found


def switching_value(
    values: np.ndarray, differences: np.ndarray, own: float, smallest_relevant: float, level: float = 0.95
) -> Switching:
    """Return where the verdict on a difference that was scanned over a factor's values turns.

    Parameters
    ----------
    values : numpy.ndarray, shape (values,)
        Ascending; `own` is one of them.
    differences : numpy.ndarray, shape (replications, values)

    Examples
    --------
    >>> values = np.array([0.0, 1.0, 2.0, 3.0])
    >>> luck = np.array([[-0.1], [0.0], [0.1]])
    >>> turned = switching_value(values, values - 1.5 + luck, own=3.0, smallest_relevant=0.1)
    >>> turned.state, turned.verdict, round(turned.value, 6), round(turned.low, 2), round(turned.high, 2)
    ('within', 'higher', 1.5, 1.25, 1.75)
    >>> switching_value(values, values - 4.5 + luck, own=3.0, smallest_relevant=0.1).state
    'beyond'
    """
    mean, low, high = t_interval(differences, level)
    found = verdicts(mean, low, high, np.full(len(values), smallest_relevant))
    points = tuple(
        ScanPoint(value, float(mean[at]), float(low[at]), float(high[at]), str(found[at]))
        for at, value in enumerate(values.tolist())
    )
    at_own = values.tolist().index(own)
    verdict = points[at_own].verdict
    others = [point.value for point in points if point.verdict != verdict]
    doubtful = min(others, key=lambda value: abs(value - own)) if others else None
    smallest = float(smallest_relevant)
    thresholds = {"lower": (0.0,), "higher": (0.0,), "negligible": (-smallest, smallest)}.get(verdict, ())
    if not thresholds:
        return Switching("no verdict", verdict, doubtful_from=doubtful, points=points)
    within = [(_nearest_crossing(values, mean - each, at_own), each) for each in thresholds]
    value, threshold = _nearest(within, own)
    if value is not None:
        ends = _doubtful_ends(values, low - threshold, high - threshold, value)
        return Switching("within", verdict, value, threshold, *ends, doubtful, points)
    beyond = [(_crossing_beyond(values, differences - each, level), each) for each in thresholds]
    value, threshold = _nearest(beyond, own)
    state = "none" if value is None else "beyond"
    return Switching(state, verdict, value, threshold, doubtful_from=doubtful, points=points)


def _nearest(found: list[tuple[float | None, float]], own: float) -> tuple[float | None, float | None]:
    """Return the crossing nearest to a factor's own value with its threshold; None twice without any."""
    crossings = [(value, threshold) for value, threshold in found if value is not None]
    return min(crossings, key=lambda pair: abs(pair[0] - own), default=(None, None))


def _nearest_crossing(values: np.ndarray, mean: np.ndarray, own: int) -> float | None:
    """Return the crossing of 0 nearest to the factor's own value; None if there is none."""
    crossings = []
    for at in range(len(values) - 1):
        first, second = mean[at], mean[at + 1]
        if not (math.isnan(first) or math.isnan(second)) and first != second and first * second <= 0.0:
            share = first / (first - second)
            crossings.append(float(values[at] + share * (values[at + 1] - values[at])))
    return min(crossings, key=lambda value: abs(value - values[own])) if crossings else None


def _doubtful_ends(
    values: np.ndarray, low: np.ndarray, high: np.ndarray, crossing: float
) -> tuple[float | None, float | None]:
    """Return the ends of the stretch around a crossing in which the interval holds 0.

    The ends of intervals, too, run straight between scanned values. An end is None where the stretch
    goes on to the end of the range.
    """
    if np.isnan(low).any():  # one replication has no interval
        return None, None
    edges = sorted(
        float(values[at] + end[at] / (end[at] - end[at + 1]) * (values[at + 1] - values[at]))
        for end in (low, high)
        for at in range(len(values) - 1)
        if end[at] != end[at + 1] and end[at] * end[at + 1] <= 0.0
    )
    below = [edge for edge in edges if edge <= crossing]
    above = [edge for edge in edges if edge >= crossing]
    return (below[-1] if below else None), (above[0] if above else None)


def _crossing_beyond(values: np.ndarray, differences: np.ndarray, level: float) -> float | None:
    """Return where the straight line through a scan meets 0 outside the range; None if it tells nothing.

    It tells nothing where the slope's own interval over replications holds 0, farther away than the
    range is wide, or below 0 and above 1 where the range lies within.
    """
    if len(differences) < 2 or np.isnan(differences).any():
        return None
    apart = values - values.mean()
    slopes = differences @ apart / (apart @ apart)
    slope, low, high = (float(each) for each in t_interval(slopes, level))
    if low <= 0.0 <= high:
        return None
    level_at_mean = float(mean_in_order(differences).mean())
    value = float(values.mean() - level_at_mean / slope)
    width = float(values[-1] - values[0])
    lowest, highest = values[0] - _FARTHEST_RANGES * width, values[-1] + _FARTHEST_RANGES * width
    if values[0] >= 0.0:  # no hours, shares or weights below none
        lowest = max(lowest, 0.0)
        highest = min(highest, 1.0) if values[-1] <= 1.0 else highest  # a share of a whole
    return value if lowest <= value <= highest and not values[0] <= value <= values[-1] else None
