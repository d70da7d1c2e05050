"""Compile a scenario's levers into the flat arrays that the month reads.

A run has two regimes: 0, what holds outside the rollout (the status quo of 2019, or the
scenario itself where it is that), and 1, what holds at sites that the rollout reached.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditsim.core.draws import threshold
from creditsim.core.months import month_index
from creditsim.model.activities import activity_table
from creditsim.model.books import BookTables, book_tables, district_book_name, step_hours
from creditsim.model.entries import entry_items
from creditsim.scoring.rulebook import Item, Rulebook
from creditsim.spec.activities import Activity, activities
from creditsim.spec.assumptions import assumed, assumed_by_channel
from creditsim.spec.costing import CostTable, yearly_cost
from creditsim.spec.measures import Measure, measures
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.scenario import Scenario, load_scenario
from creditsim.spec.vocabulary import CHANNELS, GRADES, KINDS, SETTINGS, STARS

BASELINE = "status-quo-2019"
NEVER = 2**31 - 1
VILLAGES, COMMUNITIES = 94, 49
"""Villages and communities of the full-size district (statistical division codes, October 2019)."""

MOST_YEARLY_MP = 40_000.0
"""No kind of deed is reckoned to bring more than 40 points a year: the book's largest yearly cap."""

CITY_ADULTS = ("teacher", "villager")
"""Kinds that hold the city's benefits for residents like everyone of age."""

PAID_BY_FUND = ("vil-fund-top", "com-street-fund")
"""Measures that agents reckon with like others, but that a fund pays, as far as it reaches."""

REGIME = np.dtype(
    [
        ("score_on", "u1"),
        ("consent", "i8"),
        ("persons_penalty", "u1"),
        ("compact_on", "u1"),
        ("neighbour_reports_on", "u1"),
        ("household_liability_on", "u1"),
        ("public_ranking_on", "u1"),
        ("suspend_contested", "u1"),
        ("migrants_included", "i8"),
        ("file_cover", "i8", (len(KINDS),)),
        ("filing", "i8", (3, 2, len(CHANNELS))),
        ("fine_level", "f8"),
        ("grade_weight", "i8", (len(GRADES),)),
        ("random_floor_ppm", "i8"),
        ("warning_mp", "i4"),
        ("cutoffs_mp", "f8", (2, len(GRADES) - 1)),
        ("steps_yuan", "f8", (2, len(KINDS), len(GRADES) - 1)),
        ("worth_fen", "i8", (2, len(KINDS), len(GRADES))),
        ("attainable_mp", "f8", (2, len(KINDS))),
        ("denied_thousandths", "i8", (2, len(KINDS), len(GRADES))),
        ("repair_wait_months", "i4"),
        ("repair_chance", "i8"),
        ("sorting_reward_yuan", "f8"),
        ("sorting_sites", "i8"),
        ("fund_sites", "i8"),
        ("fund_claim_fen", "i8"),
        ("fund_top_ppm", "i8"),
        ("subdistrict_claim_fen", "i8"),
        ("welfare_differential", "f8"),
    ]
)
"""One regime. Probabilities are 32-bit thresholds; ladders are (account, kind, cutoff), lowest first."""

POSTING = np.dtype(
    [
        ("items", "i4", (len(CHANNELS),)),
        ("points_mp", "i4", (len(CHANNELS),)),
        ("worth_mp", "i4"),
        ("account", "i1"),
        ("months", "f8"),
        ("learns_of", "f8", (2,)),
        ("needs_file", "u1"),
    ]
)
"""How a regime posts one activity: item and points by channel (-1: not posted), the points that an agent
reckons with (hours pro rata of their step), discounted months of validity, and the perceived chance that a
noticed act is posted (without, with a local file)."""


@dataclass(frozen=True)
class Rules:
    """Everything of a scenario that the month needs, compiled.

    Attributes
    ----------
    regimes : numpy.recarray of REGIME, shape (2,)
    postings : numpy.recarray of POSTING, shape (2, activities)
    activities : numpy.recarray of ACTIVITY
    values : tuple of two mappings
        Lever values of each regime, for what holds for the district as a whole.
    book : BookTables
        The books as the month reads them.
    cost_tables : tuple of two CostTable
        Yearly public cost of each regime.
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
    outside = _outside(scenario)
    values = (outside, scenario.values)
    book = book_tables(values)
    regimes = np.zeros(2, dtype=REGIME)
    postings = np.zeros((2, len(activities())), dtype=POSTING)
    for index, levers in enumerate(values):
        _fill_regime(regimes[index], levers)
        _fill_postings(postings[index], levers, book.district, regimes[index])
        _fill_attainable(regimes[index], postings[index])
    return Rules(
        scenario=scenario,
        regimes=regimes.view(np.recarray),
        postings=postings.view(np.recarray),
        activities=activity_table(float(scenario.values["world.sanction_elasticity_share"])),
        values=values,
        book=book,
        cost_tables=(yearly_cost(burn_in_scenario(scenario)), yearly_cost(scenario)),
        first_month=month_index(scenario.start),
        pilot_start=_month(scenario.values["rollout.pilot_start_date"]),
        full_start=_month(scenario.values["rollout.full_start_date"]),
        end=_month(scenario.values["rollout.end_date"]),
    )


def burn_in_scenario(scenario: Scenario) -> Scenario:
    """Return the status quo in the scenario's world and months: what runs before the first policy month."""
    return (
        load_scenario(BASELINE)
        .with_levers(_world_values(scenario))
        .with_(
            start=scenario.start,
            months=scenario.months,
            burn_in_months=scenario.burn_in_months,
            population=scenario.population,
        )
    )


def _outside(scenario: Scenario) -> Mapping[str, Any]:
    """Return the lever values that hold where the rollout has not come: status quo, same world."""
    return {**load_scenario(BASELINE).values, **_world_values(scenario)}


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
    row["persons_penalty"] = levers["penalty.persons_on"]
    row["compact_on"] = levers["village.compact_on"]
    row["neighbour_reports_on"] = levers["village.neighbour_reports_on"]
    row["household_liability_on"] = levers["village.household_liability_on"]
    row["public_ranking_on"] = levers["village.public_ranking_on"]
    row["suspend_contested"] = levers["appeal.suspends_entry_on"]
    row["migrants_included"] = threshold(levers["community.migrants_included_share"])
    for kind in ("teacher", "villager", "resident"):
        row["file_cover"][KINDS.index(kind)] = threshold(levers[f"files.{kind}_coverage_share"])
    row["filing"] = filing_thresholds(levers)
    row["fine_level"] = levers["enforcement.fine_level_share"]
    row["grade_weight"] = _grade_weights(levers)
    row["random_floor_ppm"] = round(levers["inspection.random_floor_share"] * 1_000_000)
    row["warning_mp"] = round(levers["warning.threshold_points"] * 1000)
    row["repair_wait_months"] = round(levers["repair.waiting_months"])
    eager = max(0.0, 1.0 - levers["repair.fee_yuan"] / assumed("repair.fee_deterrence_yuan"))
    row["repair_chance"] = threshold(assumed("repair.monthly_share") * eager)
    row["sorting_reward_yuan"] = levers["community.sorting_reward_yuan"]
    row["sorting_sites"] = threshold(levers["community.sorting_sites_share"])
    row["fund_sites"] = threshold(levers["village.fund_villages_share"])
    row["welfare_differential"] = levers["village.welfare_differential_share"]
    _fill_ladders(row, levers)


def filing_thresholds(levers: Mapping[str, Any]) -> list:
    """Return thresholds of filing what is noticed.

    Axes: (organisations, village, community) x (without, with a local file) x channel.

    With a local file the share rises from the plain one towards the full one by the
    collectors' delivery: their hours a site against the hours of full delivery.
    """
    full = assumed_by_channel("filing.full")
    hours = levers["world.delivery_full_staff_hours_per_month"]
    delivery = (
        1.0,
        min(1.0, levers["village.collector_staff_hours_per_month"] / (VILLAGES * hours)),
        min(1.0, levers["community.collector_staff_hours_per_month"] / (COMMUNITIES * hours)),
    )
    found = []
    for group, reached in zip(("organisations", "people", "people"), delivery, strict=True):
        plain = assumed_by_channel(f"filing.{group}_plain")
        with_file = [low + (high - low) * reached for low, high in zip(plain, full, strict=True)]
        found.append([[threshold(share) for share in shares] for shares in (plain, with_file)])
    return found


def _grade_weights(levers: Mapping[str, Any]) -> list[int]:
    """Return the relative visit rate by grade in thousandths, D first; at least 1."""
    low = max(1, round(levers["inspection.bottom_grade_visit_ratio_share"] * 1000))
    high = max(1, round(levers["inspection.top_grade_visit_ratio_share"] * 1000))
    return [low, low, 1000, 1000, high, high]


def _fill_ladders(row: np.void, levers: Mapping[str, Any]) -> None:
    """Write cutoffs and what each grade or star is worth to each kind, from the measures in force."""
    book, stars = load_rulebook(district_book_name(levers)), load_rulebook("wendeng-village-stars")
    row["cutoffs_mp"][0] = book.cutoffs_mp
    row["cutoffs_mp"][1] = stars.cutoffs_mp
    if not row["score_on"]:
        return
    for account, names in enumerate((GRADES, tuple(f"star{star}" for star in STARS))):
        for kind_code, kind in enumerate(KINDS):
            treated = [treatments(kind, name, levers) for name in names]
            worth = [mean_worth_fen(each) for each in treated]
            paid = [mean_worth_fen([m for m in each if m.id in PAID_BY_FUND]) for each in treated]
            row["worth_fen"][account, kind_code] = np.subtract(worth, paid)
            row["steps_yuan"][account, kind_code] = np.diff(worth) / 100.0
            row["denied_thousandths"][account, kind_code] = [
                sum(round(1000 * m.eligible_share) for m in each if m.denies_basic_service == "yes")
                for each in treated
            ]
    if levers["village.fund_villages_share"] > 0:
        row["fund_claim_fen"] = round(
            levers["village.fund_yuan_per_head_year"] * 100 / 12 / levers["village.fund_top_share"]
        )
        row["fund_top_ppm"] = round(levers["village.fund_top_share"] * 1_000_000)
    row["subdistrict_claim_fen"] = 400 if levers["fund.subdistrict_yuan_per_head_year"] > 0 else 0


def treatments(kind: str, grade: str, levers: Mapping[str, Any]) -> list[Measure]:
    """Return the measures in force that a grade or star triggers for a kind.

    The city's own benefits hold for every adult.
    """
    return [
        measure
        for measure in measures()
        if (
            kind in measure.kinds
            or (kind in CITY_ADULTS and "base" in measure.rows and "resident" in measure.kinds)
        )
        and grade in measure.trigger_grades
        and in_force(measure, levers)
    ]


def mean_worth_fen(treated: Sequence[Measure]) -> int:
    """Return the mean monthly worth of measures to a kind in fen: each times the share to whom it matters."""
    return sum(round(measure.worth_yuan_month * 100 * measure.eligible_share) for measure in treated)


def in_force(measure: Measure, levers: Mapping[str, Any]) -> bool:
    """Say whether all levers that switch a measure on differ from off."""
    return all(levers.get(name) not in (0, 0.0, False, None, "none", "never") for name in measure.requires)


def _fill_postings(rows: np.ndarray, levers: Mapping[str, Any], book: Rulebook, regime: np.void) -> None:
    """Write which item each activity is posted under, by channel, and what a posting means to an agent."""
    for k, activity in enumerate(activities()):
        items = entry_items(activity, book, levers)
        rows[k]["items"] = [-1 if item is None else book.item_index[item.id] for item in items]
        rows[k]["points_mp"] = [0 if item is None else item.points_mp for item in items]
        rows[k]["worth_mp"] = reckoned_mp(activity, items, book)
        used = [item for item in items if item is not None]
        first = used[0] if used else None
        rows[k]["account"] = int(first is not None and first.list == "rural")
        rows[k]["needs_file"] = first is not None and first.list in ("rural", "community")
        rows[k]["months"] = discounted_months(first.validity_months) if first else 0.0
        rows[k]["learns_of"] = _posted_shares(activity, items, regime)


def reckoned_mp(activity: Activity, items: Sequence[Item | None], book: Rulebook) -> int:
    """Return the points (size, milli-points) that an act is reckoned to bring or cost.

    The largest over the channels. Service that counts by steps of hours is reckoned pro
    rata: an act of 3 hours towards 10 hours for 2 points is reckoned with 0.6 points.
    """
    size = max((abs(item.points_mp) for item in items if item is not None), default=0)
    hours = step_hours(book, next((item.id for item in items if item is not None), ""))
    return round(size * activity.hours / hours) if hours and activity.hours else size


@functools.cache
def discounted_months(months: int) -> float:
    """Return the discounted number of months of validity, summed month by month."""
    total, weight = 0.0, 1.0
    for _ in range(months):
        total += weight
        weight *= assumed("choice.monthly_discount_share")
    return total


def _posted_shares(activity: Activity, items: Sequence[Item | None], regime: np.void) -> list[float]:
    """Return the chance that a noticed act is posted, without and with a local file: the channels' mean."""
    group = max(0, SETTINGS.index(activity.setting) - 2)
    shares = []
    for filed in (0, 1):
        seen = posted = 0.0
        for channel, name in enumerate(CHANNELS):
            chance = activity.channels.get(name, 0.0)
            if name == "inspection" and activity.seen_given_visit:
                chance += activity.seen_given_visit * 0.02
            seen += chance
            if items[channel] is not None:
                posted += chance * (float(regime["filing"][group, filed, channel]) / 2.0**32)
        shares.append(posted / seen if seen else 0.0)
    return shares


def _fill_attainable(row: np.void, postings: np.ndarray) -> None:
    """Write the points that a year's usual opportunities for good deeds could bring, by account and kind."""
    for k, activity in enumerate(activities()):
        if activity.direction != "merit" or postings[k]["items"].max() < 0:
            continue
        yearly = min(12.0 * activity.opportunity_rate * float(postings[k]["worth_mp"]), MOST_YEARLY_MP)
        for kind in activity.kinds:
            row["attainable_mp"][postings[k]["account"], KINDS.index(kind)] += yearly
