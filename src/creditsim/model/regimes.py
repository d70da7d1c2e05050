"""Compile a scenario's levers into the flat arrays that the month reads.

A run has two regimes: 0, what holds outside the rollout (the status quo of 2019, or the
scenario itself where it is that), and 1, what holds at sites that the rollout reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditsim.core.draws import threshold
from creditsim.core.fields import with_fields
from creditsim.core.months import month_index
from creditsim.model.activities import activity_table
from creditsim.model.books import BookTables, book_tables
from creditsim.model.ladders import CUTOFFS, LADDERS, SUBDISTRICT_REWARD, event_worth_fen, fill_ladders
from creditsim.model.postings import (
    POSTING,
    discounted_months,
    filing_thresholds,
    fill_attainable,
    fill_postings,
)
from creditsim.scoring.enterprise import CLASSES
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed
from creditsim.spec.budget import within_budget
from creditsim.spec.costing import CostTable, yearly_cost
from creditsim.spec.measures import measures
from creditsim.spec.scenario import STATUS_QUO, Scenario, load_scenario
from creditsim.spec.vocabulary import CHANNELS, GRADES, KINDS

NEVER = 2**31 - 1

REGIME = np.dtype(
    [
        ("score_on", "u1"),
        ("consent", "i8"),
        ("compact_on", "u1"),
        ("neighbour_reports_on", "u1"),
        ("household_liability_on", "u1"),
        ("public_ranking_on", "u1"),
        ("migrants_included", "i8"),
        ("employee_cover", "i8"),
        ("pledge_invited", "i8"),
        ("school_pledge_invited", "i8"),
        ("code_posted", "i8"),
        ("file_cover", "i8", (len(KINDS),)),
        ("filing", "i8", (3, 2, len(CHANNELS))),
        ("evaluation_on", "u1"),
        ("classification_on", "u1"),
        ("agency_evaluation_on", "u1"),
        ("fine_level", "f8"),
        ("escalation", "f8"),
        ("spared_able", "i8"),
        ("spared_unable", "i8"),
        ("class_weight", "i8", (len(CLASSES),)),
        ("school_class_weight", "i8", (len(CLASSES),)),
        ("random_floor_ppm", "i8"),
        ("warning_mp", "i4"),
        ("cutoffs_mp", "f8", (2, CUTOFFS)),
        ("steps_yuan", "f8", (2, len(KINDS), CUTOFFS)),
        ("worths_fall", "u1"),
        ("worth_fen", "i8", (LADDERS, len(KINDS), len(GRADES))),
        ("attainable_mp", "f8", (2, len(KINDS))),
        ("denied_thousandths", "i8", (LADDERS, len(KINDS), len(GRADES))),
        ("repair_wait_months", "i4"),
        ("repair_chance", "i8"),
        ("sorting_reward_yuan", "f8"),
        ("sorting_sites", "i8"),
        ("fund_sites", "i8"),
        ("fund_claim_fen", "i8"),
        ("fund_top_ppm", "i8"),
        ("subdistrict_claim_fen", "i8"),
        ("bad_file_yuan", "f8", (len(KINDS),)),
        ("bad_file_fen", "i8", (len(KINDS),)),
        ("body_good_fen", "i8"),
        ("body_bad_fen", "i8"),
    ]
)
"""One regime. Probabilities are 32-bit thresholds; ladders are (account, kind, cutoff), lowest first."""


@dataclass(frozen=True)
class Rules:
    """Everything of a scenario that the month needs, compiled.

    Attributes
    ----------
    regimes : FieldArray of REGIME, shape (2,)
    postings : FieldArray of POSTING, shape (2, activities)
    activities : FieldArray of ACTIVITY
    values : tuple of two mappings
        Lever values of each regime, for what holds for the district as a whole.
    book : BookTables
        The books as the month reads them.
    cost_tables : tuple of two CostTable
        Yearly public cost of each regime.
    delivery : tuple of two floats
        Share of each regime's paid levers that its yearly budget delivers; `values` are those delivered.
    world : mapping
        Values of the uncertain factors.
    """

    scenario: Scenario
    regimes: np.ndarray
    postings: np.ndarray
    activities: np.ndarray
    values: tuple[Mapping[str, Any], Mapping[str, Any]]
    book: BookTables
    cost_tables: tuple[CostTable, CostTable]
    delivery: tuple[float, float]
    first_month: int
    pilot_start: int
    full_start: int
    end: int

    @property
    def has_programme(self) -> bool:
        """True if any lever of the policy differs from what holds outside the rollout."""
        return any(self.values[0][name] != value for name, value in self.values[1].items()
                   if not name.startswith("rollout."))  # fmt: skip

    def world(self, name: str) -> float:
        """Return the value of an uncertain factor, by its name without ``world.``."""
        return float(self.values[1][f"world.{name}"])


def compile_rules(scenario: Scenario) -> Rules:
    """Compile a scenario; the same scenario gives the same arrays."""
    outside = within_budget(burn_in_scenario(scenario))
    inside = within_budget(scenario)
    values = (outside[0].values, inside[0].values)
    book = book_tables(values)
    regimes = np.zeros(2, dtype=REGIME)
    postings = np.zeros((2, len(activities())), dtype=POSTING)
    for index, levers in enumerate(values):
        _fill_regime(regimes[index], levers)
        fill_postings(postings[index], levers, book.district, regimes[index])
        fill_attainable(regimes[index], postings[index])
    return Rules(
        scenario=scenario,
        regimes=with_fields(regimes),
        postings=with_fields(postings),
        activities=activity_table(float(scenario.values["world.sanction_elasticity_share"])),
        values=values,
        book=book,
        cost_tables=(yearly_cost(outside[0]), yearly_cost(inside[0])),
        delivery=(outside[1], inside[1]),
        first_month=month_index(scenario.start),
        pilot_start=_month(scenario.values["rollout.pilot_start_date"]),
        full_start=_month(scenario.values["rollout.full_start_date"]),
        end=_month(scenario.values["rollout.end_date"]),
    )


def burn_in_scenario(scenario: Scenario) -> Scenario:
    """Return the status quo in the scenario's world and months: what runs before the first policy month."""
    return (
        load_scenario(STATUS_QUO)
        .with_levers(_world_values(scenario))
        .with_(
            start=scenario.start,
            months=scenario.months,
            burn_in_months=scenario.burn_in_months,
            population=scenario.population,
        )
    )


def _world_values(scenario: Scenario) -> dict[str, Any]:
    """Return the uncertain factors of a scenario."""
    return {name: value for name, value in scenario.values.items() if name.startswith("world.")}


def _month(text: str) -> int:
    """Return a month's integer; ``never`` lies beyond every horizon."""
    return NEVER if text == "never" else month_index(text)


def _fill_regime(row: np.void, levers: Mapping[str, Any]) -> None:
    """Write the levers of one regime."""
    row["score_on"] = levers["score.city_on"]
    row["consent"] = threshold(assumed("consent.share")) if levers["consent.opt_in_on"] else 2**32
    row["compact_on"] = levers["village.compact_on"]
    row["neighbour_reports_on"] = levers["village.neighbour_reports_on"]
    row["household_liability_on"] = levers["village.household_liability_on"]
    row["public_ranking_on"] = levers["village.public_ranking_on"]
    row["migrants_included"] = threshold(levers["community.migrants_included_share"])
    for kind in ("teacher", "villager", "resident", "student", "civil_servant"):
        row["file_cover"][KINDS.index(kind)] = threshold(levers[f"files.{kind}_coverage_share"])
    row["employee_cover"] = threshold(levers["files.employee_coverage_share"])
    row["pledge_invited"] = threshold(levers["pledge.firm_drive_coverage_share"])
    row["school_pledge_invited"] = threshold(levers["pledge.school_coverage_share"])
    row["code_posted"] = threshold(levers["pledge.owner_code_posted_share"])
    row["filing"] = filing_thresholds(levers)
    row["evaluation_on"] = row["score_on"] and levers["evaluation.firm_five_dimension_on"]
    row["classification_on"] = row["score_on"] and levers["school.classification_on"]
    row["school_class_weight"] = _school_class_weights(row)
    row["agency_evaluation_on"] = levers["agency.evaluation_on"]
    row["fine_level"] = levers["enforcement.fine_level_share"]
    row["escalation"] = levers["enforcement.repeat_escalation_share"]
    if levers["enforcement.ability_test_on"]:
        row["spared_able"] = threshold(assumed("means.test_fooled_share"))
        row["spared_unable"] = threshold(assumed("means.test_recognises_share"))
    row["class_weight"] = _class_weights(levers)
    row["random_floor_ppm"] = round(levers["inspection.random_floor_share"] * 1_000_000)
    row["warning_mp"] = round(levers["warning.threshold_points"] * 1000)
    row["repair_wait_months"] = round(levers["repair.waiting_months"])
    eager = max(0.0, 1.0 - levers["repair.fee_yuan"] / assumed("repair.fee_deterrence_yuan"))
    row["repair_chance"] = threshold(assumed("repair.monthly_share") * eager)
    row["sorting_reward_yuan"] = levers["community.sorting_reward_yuan"]
    row["sorting_sites"] = threshold(levers["community.sorting_sites_share"])
    row["fund_sites"] = threshold(levers["village.fund_villages_share"])
    row["body_good_fen"] = event_worth_fen("agency", "promises_kept", levers)
    row["body_bad_fen"] = -event_worth_fen("agency", "promise_broken", levers)
    if row["score_on"]:
        lost = [-event_worth_fen(kind, "bad_file", levers) for kind in KINDS]
        row["bad_file_fen"] = lost
        row["bad_file_yuan"] = [fen / 100.0 * discounted_months(12) for fen in lost]
        fill_ladders(row, levers)
        # Only a bundle that pays more for a lower grade; then losing points could be worth having.
        row["worths_fall"] = min(row["steps_yuan"].min(), row["bad_file_yuan"].min()) < 0.0
        _fill_funds(row, levers)


def _class_weights(levers: Mapping[str, Any]) -> list[int]:
    """Return relative visit rates by class in thousandths, D first; all alike without classes."""
    if not levers["evaluation.firm_five_dimension_on"]:
        return [1000] * len(CLASSES)
    low = max(1, round(levers["inspection.bottom_grade_visit_ratio_share"] * 1000))
    high = max(1, round(levers["inspection.top_grade_visit_ratio_share"] * 1000))
    return [low, low, 1000, high]


def _school_class_weights(row: np.void) -> list[int]:
    """Return relative rates of supervision by class in thousandths, D first; all alike without classes."""
    if not row["classification_on"]:
        return [1000] * len(CLASSES)
    low, high = (round(assumed(f"supervision.{name}_class_ratio") * 1000) for name in ("bottom", "top"))
    return [low, low, 1000, high]


def _fill_funds(row: np.void, levers: Mapping[str, Any]) -> None:
    """Write what a claim on each fund is, in fen a month, and who may claim on a village's."""
    if levers["village.fund_villages_share"] > 0 and levers["village.fund_top_share"] > 0:
        yearly = levers["village.fund_yuan_per_head_year"] / levers["village.fund_top_share"]
        row["fund_claim_fen"] = round(yearly * 100 / 12)
        row["fund_top_ppm"] = round(levers["village.fund_top_share"] * 1_000_000)
    if levers["fund.subdistrict_yuan_per_head_year"] > 0:
        reward = next(measure for measure in measures() if measure.id == SUBDISTRICT_REWARD)
        row["subdistrict_claim_fen"] = round(reward.worth_yuan_month * 100)
