"""Hold the simulation against patterns that the field reports: met, not met, unclear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.analysis.intervals import t_interval
from creditsim.analysis.tables import FindingsTable, plain_values
from creditsim.experiment.execute import run_scenarios
from creditsim.spec.patterns import Pattern, patterns
from creditsim.spec.scenario import PLAN, STATUS_QUO, Scenario, load_scenario

if TYPE_CHECKING:
    import pandas as pd

SHOPS = "points shop in every community"
NO_ESCALATION = "no escalation of fines"

MONTHS = 36
"""Horizon of every pattern: the first, second and third year."""

Series = Callable[..., np.ndarray]
"""Values of (scenario, outcome, setting, group): one row a replication, one column a month."""


@dataclass(frozen=True)
class HeldPattern:
    """One pattern and what the simulation shows; `verdict` is met, not met or unclear.

    Attributes
    ----------
    value, low, high : float
        Mean over replications and its interval (the luck of the simulation only), NaN with one
        replication: then the verdict is unclear.
    """

    pattern: Pattern
    value: float
    low: float
    high: float
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Return the pattern as plain values for JSON: null, never NaN."""
        return {
            "pattern": self.pattern.name,
            "role": self.pattern.role,
            "band": [self.pattern.low, self.pattern.high],
            **plain_values({"value": self.value, "low": self.low, "high": self.high}),
            "verdict": self.verdict,
            "source": self.pattern.source,
            "confidence": self.pattern.confidence,
        }


class HeldPatterns(FindingsTable, tuple[HeldPattern, ...]):
    """All patterns as held against the simulation; in notebooks a table, one line a pattern."""

    __slots__ = ()


def hold_patterns(
    seed: int = 1,
    replications: int = 4,
    scale: float = 0.05,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> HeldPatterns:
    """Simulate what the patterns speak of and hold each against its band.

    Scenarios: the status quo, the plan, the status quo with a points shop in every community
    from the first month, and without escalation of fines for repeats.
    """
    cases = [scenario.with_(months=MONTHS) for scenario in pattern_scenarios()]
    found, _ = run_scenarios(cases, replications, scale, seed, min(workers, replications), progress=progress)
    series = _series(found)
    return HeldPatterns(_hold(pattern, MEASURES[pattern.measure](series)) for pattern in patterns().values())


def pattern_scenarios() -> list[Scenario]:
    """Return the scenarios that the measures read."""
    baseline = load_scenario(STATUS_QUO)
    shops = {"community.sorting_reward_yuan": 5, "community.sorting_sites_share": 1}
    return [
        baseline,
        load_scenario(PLAN),
        baseline.with_levers(shops, name=SHOPS),
        baseline.with_levers({"enforcement.repeat_escalation_share": 0}, name=NO_ESCALATION),
    ]


def _series(found: pd.DataFrame) -> Series:
    """Return the look-up of monthly values by scenario, outcome, setting and group."""
    values = found.set_index(["scenario", "outcome", "setting", "group"]).sort_index()

    def of(scenario: str, outcome: str, setting: str = "all", group: str = "all") -> np.ndarray:
        lines = values.loc[[(scenario, outcome, setting, group)]].sort_values(["replication", "month"])
        return lines["value"].to_numpy().reshape(-1, MONTHS)

    return of


def _hold(pattern: Pattern, by_replication: np.ndarray) -> HeldPattern:
    """Return a pattern's verdict from the measure's value in each replication; one has no interval."""
    value, low, high = (float(number) for number in t_interval(by_replication))
    least = -np.inf if pattern.low is None else pattern.low
    most = np.inf if pattern.high is None else pattern.high
    if low >= least and high <= most:
        verdict = "met"
    elif high < least or low > most:
        verdict = "not met"
    else:
        verdict = "unclear"
    return HeldPattern(pattern, value, low, high, verdict)


def _year(values: np.ndarray, number: int) -> np.ndarray:
    """Return the mean of a year (1, 2, 3) by replication."""
    return values[:, 12 * number - 12 : 12 * number].mean(axis=1)


def _at_end_of_year(values: np.ndarray, number: int) -> np.ndarray:
    """Return the last month of a year by replication."""
    return values[:, 12 * number - 1]


def _negative_to_positive(of: Series) -> np.ndarray:
    """Return negative over positive entries in the first year of the plan."""
    names = ("record.negative_per_1000_month", "record.positive_per_1000_month")
    negative, positive = (_year(of(PLAN, name), 1) for name in names)
    return negative / positive


def _recorded_to_true(of: Series) -> np.ndarray:
    """Negative entries over true breaches under the plan, mean of all months."""
    return of(PLAN, "record.recorded_to_true_ratio").mean(axis=1)


def _awareness_at_end(of: Series) -> np.ndarray:
    """Return the share aware in the last month of the plan."""
    return _at_end_of_year(of(PLAN, "aware.awareness_share"), 3)


def _awareness_bend(of: Series) -> np.ndarray:
    """Return what the third year adds to awareness less what the second added."""
    first, second, third = (_at_end_of_year(of(PLAN, "aware.awareness_share"), year) for year in (1, 2, 3))
    return (third - second) - (second - first)


def _registered_to_active(of: Series) -> np.ndarray:
    """Return registered over active users in the last month of the plan."""
    names = ("aware.registered_share", "aware.active_share")
    registered, active = (_at_end_of_year(of(PLAN, name), 3) for name in names)
    return registered / active


def _sorting(of: Series) -> np.ndarray:
    """Return the rise of the sorting share by shops, by replication and month."""
    return of(SHOPS, "merit.sorting_share", "community") - of(STATUS_QUO, "merit.sorting_share", "community")


def _sorting_rise(of: Series) -> np.ndarray:
    """Return the rise of the sorting share in months 4 to 6."""
    return _sorting(of)[:, 3:6].mean(axis=1)


def _sorting_plateau(of: Series) -> np.ndarray:
    """Return the sorting share with shops in the third year less that in the second."""
    values = of(SHOPS, "merit.sorting_share", "community")
    return _year(values, 3) - _year(values, 2)


def _change(
    of: Series, scenario: str, outcome: str, setting: str = "all", first_month: int = 0
) -> np.ndarray:
    """Return the relative change of an outcome against the status quo, from a month on."""
    here, there = (
        of(name, outcome, setting)[:, first_month:].mean(axis=1) for name in (scenario, STATUS_QUO)
    )
    return here / there - 1.0


def _offline_benefits(of: Series) -> np.ndarray:
    """Return benefits per head offline over online under the plan, all months after the first half-year."""
    name = "treat.benefits_yuan_per_head_month"
    offline, online = (of(PLAN, name, "all", group)[:, 6:].mean(axis=1) for group in ("offline", "online"))
    return offline / online


def _rural_benefits(of: Series) -> np.ndarray:
    """Return benefits per head in villages over communities under the plan, after the first half-year."""
    name = "treat.benefits_yuan_per_head_month"
    village, community = (of(PLAN, name, setting)[:, 6:].mean(axis=1) for setting in ("village", "community"))
    return village / community


def _risky_seen(of: Series) -> np.ndarray:
    """Return the share of firms of the worst class visited within a year, last year of the plan."""
    return np.nanmean(of(PLAN, "inspect.high_risk_seen_share")[:, 24:], axis=1)


MEASURES: Mapping[str, Callable[[Series], np.ndarray]] = {
    "negative_to_positive": _negative_to_positive,
    "recorded_to_true": _recorded_to_true,
    "awareness_at_end": _awareness_at_end,
    "awareness_bend": _awareness_bend,
    "registered_to_active": _registered_to_active,
    "sorting_rise": _sorting_rise,
    "sorting_plateau": _sorting_plateau,
    "visits_change": lambda of: _change(of, PLAN, "inspect.visits_per_compliant_firm_year", first_month=12),
    "risky_seen": _risky_seen,
    "escalation_removed": lambda of: _change(of, NO_ESCALATION, "breach.all_per_1000_month"),
    "offline_benefits": _offline_benefits,
    "rural_benefits": _rural_benefits,
    "environment_change": lambda of: _change(of, PLAN, "breach.environment_per_1000_month", first_month=12),
}
"""What a pattern's name of a measure computes: one value a replication."""
