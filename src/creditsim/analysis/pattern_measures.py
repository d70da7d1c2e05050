"""What is computed of the simulation for each pattern of the field, and in which scenarios."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from creditsim.core.months import month_index, month_text
from creditsim.experiment.run import RunResult
from creditsim.spec.levers import levers
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.scenario import PLAN, STATUS_QUO, Scenario, load_scenario

SHOPS = "points shop in every community"
NO_ESCALATION = "no escalation of fines"
ABILITY_TEST = "inability told from unwillingness"
NO_CHECKS = "plan without verification and appeals"
NO_REWARDS = "plan without rewards for people"
NO_PENALTIES = "plan without penalties for people"

REWARDS = (
    "community.sorting_reward_yuan",
    "community.sorting_sites_share",
    "community.volunteer_bonus_points",
    "fund.subdistrict_yuan_per_head_year",
    "village.fund_top_share",
    "village.fund_villages_share",
    "village.fund_yuan_per_head_year",
)
"""Levers of the plan that pay people, or give them points, for what they do."""

PENALTIES = (
    "community.uncivil_deduction_points",
    "penalty.basic_service_on",
    "penalty.persons_on",
    "village.compact_deduction_points",
    "village.household_liability_on",
    "village.public_ranking_on",
)
"""Levers of the plan that take from people, or show them up, for what they do."""

THREE_YEARS, FIVE_YEARS = 36, 60

LISTED = "judgment-defaulter-list-direct-d"
"""End of the names of the items by which persons and firms come onto the defaulters' list."""


class PatternRun:
    """One replication of the scenarios that measures read, seen up to a horizon.

    Parameters
    ----------
    results : mapping of str to RunResult
        By scenario.
    months : int
        Reported months that are looked at.
    """

    def __init__(self, results: Mapping[str, RunResult], months: int):
        self.results = results
        self.months = months
        self._values: dict[str, pd.Series] = {}

    def of(self, scenario: str, outcome: str, setting: str = "all", group: str = "all") -> np.ndarray:
        """Return an outcome month by month."""
        if scenario not in self._values:
            frame = self.results[scenario].outcomes
            keys = ["outcome", "setting", "group"]
            texts = frame.astype(dict.fromkeys([*keys, "month"], str)).sort_values("month", kind="stable")
            self._values[scenario] = texts.set_index(keys)["value"].sort_index(kind="stable")
        return self._values[scenario].loc[[(outcome, setting, group)]].to_numpy()[: self.months]

    def first_month(self, scenario: str) -> str:
        """Return the first reported month, ``YYYY-MM``."""
        return str(self.results[scenario].outcomes["month"].astype(str).min())


@dataclass(frozen=True)
class Measure:
    """How a pattern's number comes out of one replication.

    Attributes
    ----------
    of : callable
        Takes a `PatternRun`, returns the number; NaN where it is not defined.
    scenarios : tuple of str
        Names of the scenarios it reads, see `pattern_scenarios`.
    months : int
        Reported months it looks at.
    """

    of: Callable[[PatternRun], float]
    scenarios: tuple[str, ...] = (PLAN,)
    months: int = THREE_YEARS


def pattern_scenarios(measures: Sequence[str]) -> list[Scenario]:
    """Return the scenarios that measures read, each as long as the longest of them needs, in one order."""
    wanted = [MEASURES[name] for name in measures]
    found = []
    for name, scenario in _scenarios().items():
        months = [measure.months for measure in wanted if name in measure.scenarios]
        if months:
            found.append(scenario.with_(months=max(months)))
    return found


def measured(results: Sequence[RunResult], measures: Sequence[str]) -> dict[str, float]:
    """Return the numbers of measures in one replication, from the results of their scenarios."""
    by_name = {result.scenario: result for result in results}
    runs = {months: PatternRun(by_name, months) for months in (THREE_YEARS, FIVE_YEARS)}
    return {name: float(MEASURES[name].of(runs[MEASURES[name].months])) for name in measures}


def _scenarios() -> dict[str, Scenario]:
    """Return all scenarios that measures read, by name, at their own horizons."""
    baseline, plan = load_scenario(STATUS_QUO), load_scenario(PLAN)
    shops = {"community.sorting_reward_yuan": 5, "community.sorting_sites_share": 1}
    no_checks = {
        "desk.specificity_share": 0,
        "appeal.desk_staff_hours_per_month": 0,
        "appeal.limit_days": 0,
    }
    made = [
        baseline,
        plan,
        baseline.with_levers(shops, name=SHOPS),
        baseline.with_levers({"enforcement.repeat_escalation_share": 0}, name=NO_ESCALATION),
        baseline.with_levers({"enforcement.ability_test_on": True}, name=ABILITY_TEST),
        plan.with_levers(no_checks, name=NO_CHECKS),
        plan.with_levers({name: levers()[name].off for name in REWARDS}, name=NO_REWARDS),
        plan.with_levers({name: levers()[name].off for name in PENALTIES}, name=NO_PENALTIES),
    ]
    return {scenario.name: scenario for scenario in made}


# Records


def _negative_to_positive(run: PatternRun) -> float:
    """Return negative over positive entries in the first year of the plan."""
    names = ("record.negative_per_1000_month", "record.positive_per_1000_month")
    negative, positive = (_year(run.of(PLAN, name), 1) for name in names)
    return negative / positive


def _negative_per_subject(run: PatternRun) -> float:
    """Return negative entries posted in the first two years of the plan, per agent in scope."""
    return run.of(PLAN, "record.negative_per_1000_month")[:24].sum() / 1000.0


def _recorded_to_true(run: PatternRun) -> float:
    """Return negative entries over true breaches under the plan, mean of all months."""
    return run.of(PLAN, "record.recorded_to_true_ratio").mean()


def _wrong_grade_without_checks(run: PatternRun) -> float:
    """Return the share in a wrong grade without checks, mean of the third year."""
    return _year(run.of(NO_CHECKS, "score.wrong_grade_share"), 3)


def _default_grade_share(run: PatternRun) -> float:
    """Return graded persons at A, AA or AAA over graded persons, last month of the third year."""
    grades = run.results[PLAN].grades.astype({"month": str, "kind": str, "grade": str})
    month = sorted(grades["month"].unique())[run.months - 1]
    persons = ~grades["kind"].isin(("enterprise", "school", "agency"))
    graded = grades[(grades["month"] == month) & persons & (grades["grade"] != "none")]
    return graded.loc[graded["grade"].str.startswith("A"), "agents"].sum() / graded["agents"].sum()


def _penalty_to_bonus_items(run: PatternRun) -> float:
    """Return deduction items over bonus items for people in the plan's book; nothing is simulated."""
    counts = load_rulebook("wendeng-2020").counts()
    deductions, bonuses = (
        sum(counts[listed, way] for listed in ("individual", "community", "rural"))
        for way in ("deduction", "bonus")
    )
    return deductions / bonuses


# The defaulters' list


def _listed_and_left(run: PatternRun, scenario: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the months (text) in which entries came onto the defaulters' list, and in which they left it.

    Who performs leaves by repair; an entry that was wrong leaves as void. No entry is old enough
    to end by itself within the horizons that are looked at.
    """
    ledger = run.results[scenario].ledger.astype({"kind": str, "item": str, "posted": str})
    listed = ledger[(ledger["kind"] == "item") & ledger["item"].str.endswith(LISTED)]
    left = ledger[ledger["kind"].isin(("repair", "void")) & ledger["ref"].isin(listed["entry"])]
    return listed["posted"].to_numpy(str), left["posted"].to_numpy(str)


def _defaulters_performed(run: PatternRun) -> float:
    """Return exits over entries of the list up to the end of the third year: five years with the burn-in."""
    listed, left = _listed_and_left(run, STATUS_QUO)
    last = _month_after(run.first_month(STATUS_QUO), run.months - 1)
    return _over(np.count_nonzero(left <= last), np.count_nonzero(listed <= last))


def _list_entries_over_exits(run: PatternRun) -> float:
    """Return entries over exits of the list in the first three years."""
    listed, left = _listed_and_left(run, STATUS_QUO)
    return _over(_within(run, STATUS_QUO, listed, 0, 36), _within(run, STATUS_QUO, left, 0, 36))


def _list_exits_with_ability_test(run: PatternRun) -> float:
    """Return exits over entries of the list in years four and five, with a test of ability."""
    listed, left = _listed_and_left(run, ABILITY_TEST)
    return _over(_within(run, ABILITY_TEST, left, 36, 60), _within(run, ABILITY_TEST, listed, 36, 60))


def _within(run: PatternRun, scenario: str, months: np.ndarray, begin: int, end: int) -> int:
    """Return how many months (text) lie in reported months from `begin` to before `end`."""
    first = run.first_month(scenario)
    return int(np.count_nonzero((months >= _month_after(first, begin)) & (months < _month_after(first, end))))


def _month_after(month: str, later: int) -> str:
    """Return the month so many months later, ``YYYY-MM``."""
    return month_text(month_index(month) + later)


def _over(one: float, other: float) -> float:
    """Return a ratio, NaN over zero."""
    return one / other if other else np.nan


# Awareness and the app


def _awareness_at_end(run: PatternRun) -> float:
    """Return the share aware in the last month of the plan's third year."""
    return _at_end_of_year(run.of(PLAN, "aware.awareness_share"), 3)


def _awareness_bend(run: PatternRun) -> float:
    """Return what the third year adds to awareness less what the second added."""
    values = run.of(PLAN, "aware.awareness_share")
    first, second, third = (_at_end_of_year(values, year) for year in (1, 2, 3))
    return (third - second) - (second - first)


def _registered_to_active(run: PatternRun) -> float:
    """Return registered over active users in the last month of the plan's third year."""
    names = ("aware.registered_share", "aware.active_share")
    registered, active = (_at_end_of_year(run.of(PLAN, name), 3) for name in names)
    return registered / active


def _registered_fifth_year(run: PatternRun) -> float:
    """Return the share registered in the last month of the plan's fifth year."""
    return _at_end_of_year(run.of(PLAN, "aware.registered_share"), 5)


# What people do


def _sorting_rise(run: PatternRun) -> float:
    """Return the rise of the sorting share by shops in months 4 to 6."""
    with_shops, without = (
        run.of(scenario, "merit.sorting_share", "community") for scenario in (SHOPS, STATUS_QUO)
    )
    return (with_shops - without)[3:6].mean()


def _sorting_plateau(run: PatternRun) -> float:
    """Return the sorting share with shops in the third year less that in the second."""
    values = run.of(SHOPS, "merit.sorting_share", "community")
    return _year(values, 3) - _year(values, 2)


def _rewards_less_penalties(run: PatternRun) -> float:
    """Return acts moved by rewards less acts moved by penalties, per 1,000 a month, after the first year.

    Acts moved: adults with a good deed more, and breaches fewer, than in the plan without them.
    """

    def moved(without: str) -> float:
        merits, breaches = (
            run.of(PLAN, name)[12:].mean() - run.of(without, name)[12:].mean()
            for name in ("merit.participation_share", "breach.all_per_1000_month")
        )
        return 1000.0 * merits - breaches

    return moved(NO_REWARDS) - moved(NO_PENALTIES)


def _change(run: PatternRun, scenario: str, outcome: str, first_month: int = 0) -> float:
    """Return the relative change of an outcome against the status quo, from a month on."""
    here, there = (run.of(name, outcome)[first_month:].mean() for name in (scenario, STATUS_QUO))
    return here / there - 1.0


# Who gains, who is visited


def _offline_benefits(run: PatternRun) -> float:
    """Return benefits per head offline over online under the plan, all months after the first half-year."""
    name = "treat.benefits_yuan_per_head_month"
    offline, online = (run.of(PLAN, name, "all", group)[6:].mean() for group in ("offline", "online"))
    return offline / online


def _rural_benefits(run: PatternRun) -> float:
    """Return benefits per head in villages over communities under the plan, after the first half-year."""
    name = "treat.benefits_yuan_per_head_month"
    village, community = (run.of(PLAN, name, setting)[6:].mean() for setting in ("village", "community"))
    return village / community


def _fund_per_villager(run: PatternRun) -> float:
    """Return yuan paid from funds per villager and year, second and third year of the plan."""
    return run.of(PLAN, "fund.paid_yuan_per_head_year", "village")[12:].mean()


def _risky_seen(run: PatternRun) -> float:
    """Return the share of firms of the worst class visited within a year, last year of the plan."""
    seen = run.of(PLAN, "inspect.high_risk_seen_share")[24:]
    return seen[~np.isnan(seen)].mean() if not np.isnan(seen).all() else np.nan


def _year(values: np.ndarray, number: int) -> float:
    """Return the mean of a year (1, 2, 3)."""
    return values[12 * number - 12 : 12 * number].mean()


def _at_end_of_year(values: np.ndarray, number: int) -> float:
    """Return the last month of a year."""
    return values[12 * number - 1]


MEASURES: Mapping[str, Measure] = {
    "negative_to_positive": Measure(_negative_to_positive),
    "negative_per_subject": Measure(_negative_per_subject),
    "recorded_to_true": Measure(_recorded_to_true),
    "wrong_grade_without_checks": Measure(_wrong_grade_without_checks, (NO_CHECKS,)),
    "default_grade_share": Measure(_default_grade_share),
    "penalty_to_bonus_items": Measure(_penalty_to_bonus_items),
    "defaulters_performed": Measure(_defaulters_performed, (STATUS_QUO,)),
    "list_entries_over_exits": Measure(_list_entries_over_exits, (STATUS_QUO,)),
    "list_exits_with_ability_test": Measure(_list_exits_with_ability_test, (ABILITY_TEST,), FIVE_YEARS),
    "awareness_at_end": Measure(_awareness_at_end),
    "awareness_bend": Measure(_awareness_bend),
    "registered_to_active": Measure(_registered_to_active),
    "registered_fifth_year": Measure(_registered_fifth_year, (PLAN,), FIVE_YEARS),
    "sorting_rise": Measure(_sorting_rise, (SHOPS, STATUS_QUO)),
    "sorting_plateau": Measure(_sorting_plateau, (SHOPS,)),
    "rewards_less_penalties": Measure(_rewards_less_penalties, (PLAN, NO_REWARDS, NO_PENALTIES)),
    "visits_change": Measure(
        lambda run: _change(run, PLAN, "inspect.visits_per_compliant_firm_year", 12), (PLAN, STATUS_QUO)
    ),
    "risky_seen": Measure(_risky_seen),
    "escalation_removed": Measure(
        lambda run: _change(run, NO_ESCALATION, "breach.all_per_1000_month"), (NO_ESCALATION, STATUS_QUO)
    ),
    "offline_benefits": Measure(_offline_benefits),
    "rural_benefits": Measure(_rural_benefits),
    "fund_per_villager": Measure(_fund_per_villager),
    "environment_change": Measure(
        lambda run: _change(run, PLAN, "breach.environment_per_1000_month", 12), (PLAN, STATUS_QUO)
    ),
}
"""What a pattern's name of a measure computes: one number a replication."""
