"""The rulebooks as the month reads them: one table a regime, and look-ups by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditsim.scoring.enterprise import evaluation_table
from creditsim.scoring.rulebook import Item, Rulebook
from creditsim.spec.evaluation import load_evaluation
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.vocabulary import GRADES

STAR_ITEMS = {3: "village-three-stars", 4: "village-four-stars", 5: "village-five-stars"}
CITY_BOOK, DISTRICT_BOOK, VILLAGE_BOOK = "weihai-city", "wendeng-2020", "wendeng-village-stars"
VOLUNTEER_STEPS = "volunteer hours"


@dataclass(frozen=True)
class BookTables:
    """Rulebooks compiled for both regimes.

    Attributes
    ----------
    district, village : Rulebook
        The books whose items the ledger's entries point into.
    graded_by : tuple of Rulebook
        The book that grades the district score in each regime.
    district_items, district_rules : ndarray, first axis the regime
        Items and rules of the book that grades the district score in each regime.
    village_items, village_rules : ndarray
    carried_mp : ndarray of int64, by district grade
        What a district grade takes off the village score.
    evaluated_items, weighing : ndarray, first axis the regime
        The five-dimension evaluation of firms, as the compiled evaluation reads it.
    is_direct, is_step : ndarray of bool, by item
    validity_months, points_mp, representative_item : ndarray, by item
        The last: the item that a firm's entry brings its representative; -1 for none.
    step_tenths, step_items : ndarray
        Volunteer-hour steps, ascending, in tenths of an hour.
    step_points_mp : ndarray, shape (2, steps)
        Their points in each regime.
    is_public : ndarray of bool, by item
        Negative items that rest on an effective document, traffic fines apart: they are published.
    city_cutoffs_mp : ndarray
        Cutoffs of the city's own grades, by which the city's own benefits go.
    star_items : ndarray, by star
        Item that carries a star to the district score; -1 for none.
    """

    district: Rulebook
    village: Rulebook
    graded_by: tuple[Rulebook, ...]
    district_items: np.ndarray
    district_rules: np.ndarray
    village_items: np.ndarray
    village_rules: np.ndarray
    carried_mp: np.ndarray
    is_direct: np.ndarray
    is_step: np.ndarray
    evaluated_items: np.ndarray
    weighing: np.ndarray
    validity_months: np.ndarray
    points_mp: np.ndarray
    representative_item: np.ndarray
    step_tenths: np.ndarray
    step_items: np.ndarray
    step_points_mp: np.ndarray
    is_public: np.ndarray
    city_cutoffs_mp: np.ndarray
    star_items: np.ndarray

    def is_negative(self, records: np.ndarray) -> np.ndarray:
        """Say which records of items count against their subject: they take points, or a grade at once.

        Parameters
        ----------
        records : structured ndarray with ``points_mp`` and ``item``
        """
        return (records["points_mp"] < 0) | self.is_direct[records["item"]]


def district_book_name(levers: Mapping[str, Any]) -> str:
    """Return the rulebook whose cutoffs grade the district score under some levers."""
    city = levers["score.rulebook_choice"] in ("none", "city_2018")
    return CITY_BOOK if city else DISTRICT_BOOK


def step_hours(book: Rulebook, item: str) -> float:
    """Return the hours of a volunteer step, or 0 for an item that is no step."""
    for group in book.meta["step_groups"]:
        for step in group["steps"]:
            if group["name"] == VOLUNTEER_STEPS and step["item"] == item:
                return float(step["from"])
    return 0.0


def book_tables(values: tuple[Mapping[str, Any], Mapping[str, Any]]) -> BookTables:
    """Compile the books that two regimes' levers choose."""
    books = [_as_read(load_rulebook(district_book_name(levers)), levers) for levers in values]
    district, village = load_rulebook(DISTRICT_BOOK), load_rulebook(VILLAGE_BOOK)
    number = len(district.items)
    carried = village.meta["carried_points"]
    steps = next(group["steps"] for group in district.meta["step_groups"] if group["name"] == VOLUNTEER_STEPS)
    steps = [step for step in steps if "individual" in step["lists"]]
    items = np.array([district.item_index[step["item"]] for step in steps])
    representative = np.full(number, -1)
    for link in district.meta["leader_links"]:
        representative[district.item_index[link["item"]]] = district.item_index[link["leader_item"]]
    star_items = np.full(6, -1, np.int64)
    for star, name in STAR_ITEMS.items():
        star_items[star] = district.item_index[name]
    evaluations = [
        evaluation_table(load_evaluation(_weights(levers)), book)
        for levers, book in zip(values, books, strict=True)
    ]
    is_step = np.zeros(number, np.bool_)
    is_step[items] = True
    points = np.array([item.points_mp for item in district.items], np.int64)
    return BookTables(
        district=district,
        village=village,
        graded_by=tuple(books),
        district_items=np.stack([book.item_table for book in books]),
        district_rules=np.array([book.rule_record for book in books], books[0].rule_record.dtype),
        village_items=np.array(village.item_table),
        village_rules=np.array([village.rule_record], village.rule_record.dtype),
        carried_mp=np.array([round(carried.get(grade, 0) * 1000) for grade in GRADES], np.int64),
        is_direct=np.array([item.direction == "direct_grade" for item in district.items]),
        is_step=is_step,
        evaluated_items=np.stack([table.items for table in evaluations]),
        weighing=np.array([table.rules for table in evaluations], evaluations[0].rules.dtype),
        validity_months=np.array([item.validity_months for item in district.items], np.int64),
        points_mp=points,
        representative_item=representative,
        step_tenths=np.array([round(step["from"] * 10) for step in steps]),
        step_items=items,
        step_points_mp=np.stack([step_points_mp(district, items, levers) for levers in values]),
        is_public=np.array(
            [
                item.evidence == "effective_document"
                and item.direction != "bonus"
                and "minor_traffic" not in item.flags
                for item in district.items
            ]
        ),
        city_cutoffs_mp=load_rulebook(CITY_BOOK).cutoffs_mp,
        star_items=star_items,
    )


def entered_mp(item: Item, book: Rulebook, levers: Mapping[str, Any]) -> int:
    """Return the points, signed, in milli-points, under which an item is entered.

    Those of the book, but for the usual deductions of compact and community items and for
    volunteer hours, where levers set the points; hours keep the book's proportions.
    """
    if item.direction == "deduction":
        lever = usual_deduction(item)
        return -round(levers[lever] * 1000) if lever else item.points_mp
    bonus = levers["community.volunteer_bonus_points"]
    if bonus > 0 and item.id in (ids := _volunteer_steps(book)):
        return round(item.points_mp * bonus * 1000 / book[ids[0]].points_mp)
    return item.points_mp


def usual_deduction(item: Item) -> str:
    """Return the lever that sets an item's deduction, or nothing."""
    if item.direction != "deduction":
        return ""
    if item.list == "rural":
        return "village.compact_deduction_points"
    return "community.uncivil_deduction_points" if item.list == "community" else ""


def step_points_mp(book: Rulebook, items: np.ndarray, levers: Mapping[str, Any]) -> np.ndarray:
    """Return the points of the volunteer steps under some levers."""
    return np.array([entered_mp(book.items[item], book, levers) for item in items.tolist()], np.int64)


def _volunteer_steps(book: Rulebook) -> list[str]:
    """Return the items of the volunteer steps that count for individuals, ascending."""
    steps = next(group["steps"] for group in book.meta["step_groups"] if group["name"] == VOLUNTEER_STEPS)
    return [step["item"] for step in steps if "individual" in step["lists"]]


def _weights(levers: Mapping[str, Any]) -> str:
    """Return the weight scheme that levers choose; any will do where firms are not evaluated."""
    chosen = levers["evaluation.weights_choice"]
    return "default" if chosen == "none" else chosen


def _as_read(book: Rulebook, levers: Mapping[str, Any]) -> Rulebook:
    """Return the book with the readings that levers decide."""
    return book.with_switches(open_objection="suspended") if levers["appeal.suspends_entry_on"] else book
