"""What grades and stars are worth: the measures in force, as ladders of cutoffs and steps."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from creditsim.model.books import CITY_BOOK, VILLAGE_BOOK, district_book_name
from creditsim.spec.contests import check_chance, fields_of_lever, weight_levers
from creditsim.spec.levers import levers as lever_catalogue
from creditsim.spec.measures import Measure, measures
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.vocabulary import GRADES, KINDS, STARS

DISTRICT, VILLAGE, CITY = range(3)
LADDERS = 3
"""Grades of the regime's own district book, stars of the village, and the city's own grades."""

CUTOFFS = 2 * (len(GRADES) - 1)
"""Cutoffs that one account can pass: those of two books on the district score."""

BEYOND_MP = 1e18
"""A cutoff that no score reaches: fills the ladder of an account with fewer cutoffs."""

CITY_ADULTS = ("teacher", "villager", "civil_servant")
"""Kinds that hold the city's benefits for residents like everyone of age."""

SUBDISTRICT_REWARD = "com-street-fund"
PAID_BY_FUND = ("vil-fund-top", SUBDISTRICT_REWARD)
"""Measures that agents reckon with like others, but that a fund pays, as far as it reaches."""

STATED_FOR = {
    "village.welfare_differential_share": 0.3,
    "contest.hiring.score_weight": 0.15,
    "contest.promotion.score_weight": 0.2,
    "contest.title.score_weight": 0.15,
    "contest.teacher_award.score_weight": 0.2,
    "contest.pupil_honour.score_weight": 0.2,
    "contest.youth_league.score_weight": 0.15,
    "contest.cadre.score_weight": 0.1,
    "contest.village_honour.score_weight": 0.3,
    "contest.party_admission.score_weight": 0.2,
    "contest.subsidy.score_weight": 0.15,
    "contest.procurement.score_weight": 0.1,
    "trade.check_coverage_share": 0.4,
}
"""Levers whose measures' worth is stated for this value; it goes with the value."""

STATED_FOR_CUT = {"trade.low_grade_limit_share": 0.5}
"""Levers whose measures' worth is stated for this value, and goes with how far the lever lies below 1."""

STATED_CHECKS = 0.8
"""Chance of a credit check for which measures are stated whose weight counts only after one."""

BY_POSTED_CODE = ("ent-code-high", "ent-code-low")
"""Measures that hold for the shops that post their owner's code, by the owner's grade."""


def fill_ladders(row: np.void, levers: Mapping[str, Any]) -> None:
    """Write a regime's worth by grade, and the cutoffs and steps that agents reckon with.

    A measure holds for the grades of its own book: the same score can be AA in one and A
    in another. The district score thus climbs two ladders, merged by cutoff.
    """
    books = (load_rulebook(district_book_name(levers)), load_rulebook(VILLAGE_BOOK), load_rulebook(CITY_BOOK))
    cutoffs = [book.cutoffs_mp.astype(np.float64) for book in books]
    order = np.argsort(np.concatenate((cutoffs[DISTRICT], cutoffs[CITY])), kind="stable")
    row["cutoffs_mp"] = BEYOND_MP
    row["cutoffs_mp"][0] = np.concatenate((cutoffs[DISTRICT], cutoffs[CITY]))[order]
    row["cutoffs_mp"][1][: len(cutoffs[VILLAGE])] = cutoffs[VILLAGE]
    for kind_code, kind in enumerate(KINDS):
        steps = []
        for ladder in range(LADDERS):
            treated = [treatments(kind, ladder, name, levers) for name in _names(ladder)]
            worth = [mean_worth_fen(each, levers) for each in treated]
            paid = [mean_worth_fen([m for m in each if paid_elsewhere(m)], levers) for each in treated]
            row["worth_fen"][ladder, kind_code] = np.subtract(worth, paid)
            row["denied_thousandths"][ladder, kind_code] = [
                sum(round(1000 * m.eligible_share) for m in each if m.denies_basic_service == "yes")
                for each in treated
            ]
            steps.append(np.diff(worth) / 100.0)
        row["steps_yuan"][0, kind_code] = np.concatenate((steps[DISTRICT], steps[CITY]))[order]
        row["steps_yuan"][1, kind_code, : len(steps[VILLAGE])] = steps[VILLAGE]


def treatments(kind: str, ladder: int, grade: str, levers: Mapping[str, Any]) -> list[Measure]:
    """Return the measures in force that a grade or star of a ladder triggers for a kind.

    The city's own benefits for residents hold for every adult.
    """
    return [
        measure
        for measure in measures()
        if _ladder_of(measure) == ladder
        and measure.id not in BY_POSTED_CODE
        and grade in measure.trigger_grades
        and (kind in measure.kinds or _holds_for_adult(measure, ladder, kind))
        and in_force(measure, levers)
    ]


def mean_worth_fen(treated: Sequence[Measure], levers: Mapping[str, Any]) -> int:
    """Return the mean monthly worth of measures to a kind in fen: each times the share to whom it matters."""
    total = 0
    for measure in treated:
        worth = measure.worth_yuan_month * 100 * measure.eligible_share
        for lever, stated in STATED_FOR.items():
            if lever in measure.requires:
                worth = worth * levers[lever] / stated
        for lever, stated in STATED_FOR_CUT.items():
            if lever in measure.requires:
                worth = worth * (1.0 - levers[lever]) / (1.0 - stated)
        for lever in measure.requires:
            worth = worth * _checked_part(lever, levers)
        total += round(worth)
    return total


def event_worth_fen(kind: str, event: str, levers: Mapping[str, Any]) -> int:
    """Return the mean monthly worth to a kind, in fen, of the measures in force that follow an event."""
    chosen = [each for each in measures() if each.trigger_event == event and kind in each.kinds]
    return mean_worth_fen([each for each in chosen if in_force(each, levers)], levers)


def paid_elsewhere(measure: Measure) -> bool:
    """Say whether agents reckon with a measure that a fund pays or a contest decides, not the grade."""
    return measure.id in PAID_BY_FUND or not set(weight_levers()).isdisjoint(measure.requires)


@functools.cache
def code_worth_yuan() -> tuple[float, ...]:
    """Return the monthly worth of a posted code by the owner's grade, D first."""
    chosen = [measure for measure in measures() if measure.id in BY_POSTED_CODE]
    return tuple(sum(m.worth_yuan_month for m in chosen if grade in m.trigger_grades) for grade in GRADES)


def in_force(measure: Measure, levers: Mapping[str, Any]) -> bool:
    """Say whether all levers that switch a measure on differ from no programme."""
    return all(lever_catalogue()[name].is_on(levers[name]) for name in measure.requires)


def _checked_part(lever: str, levers: Mapping[str, Any]) -> float:
    """Return how often credit is checked in a weight's fields, against what worth is stated for."""
    fields = fields_of_lever(lever)
    if not fields:
        return 1.0
    return sum(check_chance(field, levers) for field in fields) / (len(fields) * STATED_CHECKS)


def _holds_for_adult(measure: Measure, ladder: int, kind: str) -> bool:
    """Say whether a measure of the city for residents holds for a kind of adults beside them."""
    return ladder == CITY and kind in CITY_ADULTS and "resident" in measure.kinds


def _ladder_of(measure: Measure) -> int:
    """Return the ladder on which a measure stands: its book's."""
    return {CITY_BOOK: CITY, VILLAGE_BOOK: VILLAGE}.get(measure.book, DISTRICT)


def _names(ladder: int) -> tuple[str, ...]:
    """Return the names of a ladder's rungs, from the lowest, as measures write them."""
    return tuple(f"star{star}" for star in STARS) if ladder == VILLAGE else GRADES
