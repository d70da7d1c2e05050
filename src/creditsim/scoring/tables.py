"""A rulebook's items and rules as flat records, which the compiled fold reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.core.errors import unknown

if TYPE_CHECKING:
    from creditsim.scoring.rulebook import Item

ITEM_RULE = np.dtype(
    [
        ("direction", "<i1"),  # 0 bonus, 1 deduction, 2 direct grade
        ("counts", "<i1"),  # 1 if its list counts in this book
        ("by_period", "<i1"),  # 1 if counted per month, quarter, half-year or year
        ("direct_grade", "<i1"),  # grade code in this book, -1 for none
        ("points_mp", "<i4"),
        ("validity_months", "<i4"),
        ("same_class", "<i4"),  # deductions of one class repeat each other
        ("cap_mp", "<i4"),  # -1 for none
        ("cap_group", "<i4"),
        ("cap_by_month", "<i1"),
        ("step_group", "<i4"),  # of these only the highest a year counts; -1 for none
        ("repaired_mp", "<i4"),  # points that a repaired direct grade leaves behind
        ("repaired_grade", "<i1"),  # or the grade, -1 for none
        ("repaired_months", "<i4"),
    ]
)
"""One item as the compiled fold reads it."""

RULES = np.dtype(
    [
        ("base_mp", "<i8"),
        ("lowest_mp", "<i8", (6,)),  # lowest score of each grade, inclusive
        ("direct_score_mp", "<i8", (6,)),  # score at which a direct grade fixes an account
        ("yearly", "<i1"),
        ("direct_fixes_score", "<i1"),
        ("suspends_objected", "<i1"),
        ("running_caps", "<i1"),
        ("deducted_chooses_validity", "<i1"),
        ("arrears_repeat", "<i1"),
        ("most_doublings", "<i4"),
        ("small_months", "<i4"),
        ("large_months", "<i4"),
        ("large_above_mp", "<i4"),
    ]
)
"""The book's own rules as the compiled fold reads them."""

DIRECTIONS = ("bonus", "deduction", "direct_grade")
NO_FLOOR_MP = -(2**40)
REPEATED_DOUBLINGS = 10
"""A repeat doubles again at most this often (x 1,024), so that scores fit 32 bits."""


def milli_points(points: Any) -> int:
    """Return points, given as text or number, as milli-points, exactly.

    Raises
    ------
    ValueError
        If there are more than three decimals.
    """
    value = round(float(points) * 1000)
    if abs(float(points) * 1000 - value) > 1e-6:
        raise ValueError(f"got {points} points, expected at most three decimals")
    return value


def item_table(
    meta: Mapping[str, Any],
    items: Sequence[Item],
    item_index: Mapping[str, int],
    grades: tuple[str, ...],
    chosen: Mapping[str, str],
) -> np.ndarray:
    """Return the items as the fold reads them."""
    table = np.zeros(len(items), dtype=ITEM_RULE)
    direct = {letter: grades.index(str(each["grade"])) for letter, each in meta["direct_grades"].items()}
    classes: dict[str, int] = {}
    for item in items:
        row = table[item.index]
        row["direction"] = DIRECTIONS.index(item.direction)
        row["counts"] = item.list in meta["lists"]
        row["by_period"] = item.by_period
        row["direct_grade"] = direct[item.direct_grade] if item.direct_grade else -1
        row["points_mp"] = item.points_mp
        row["validity_months"] = item.validity_months
        # The two ends of a range are two rows, but one printed item.
        printed = item.id.removesuffix("-min").removesuffix("-max")
        class_name = item.category if chosen["same_class"] == "category" else printed
        row["same_class"] = classes.setdefault(class_name, len(classes))
        row["cap_mp"], row["cap_group"], row["cap_by_month"] = (
            item.cap_mp,
            item.index,
            item.cap_period == "month",
        )
        row["step_group"] = row["repaired_grade"] = -1

    def rows(names: Sequence[str]) -> list[int]:
        missing = [name for name in names if name not in item_index]
        if missing:
            raise ValueError(unknown(missing[0], item_index, "item"))
        return [item_index[name] for name in names]

    for number, group in enumerate(meta["cap_groups"]):
        if all(chosen[name] == option for name, option in group.get("only_if", {}).items()):
            places = rows(group["items"])
            table["cap_group"][places] = len(items) + number
            table["cap_mp"][places] = milli_points(group["points"])
            table["cap_by_month"][places] = group["period"] == "month"
    for number, group in enumerate(meta["step_groups"]):
        table["step_group"][rows([step["item"] for step in group["steps"]])] = number
    for repair in meta["repairs"]:
        places = (
            np.flatnonzero(table["direction"] == 2) if repair["items"] == "all" else rows(repair["items"])
        )
        table["repaired_mp"][places] = milli_points(repair.get("points", 0))
        table["repaired_grade"][places] = grades.index(repair["grade"]) if "grade" in repair else -1
        table["repaired_months"][places] = repair["months"]
    return table


def rule_record(meta: Mapping[str, Any], grades: tuple[str, ...], chosen: Mapping[str, str]) -> np.void:
    """Return the book's rules and readings as the fold reads them."""
    record = np.zeros(1, dtype=RULES)
    rules = record[0]
    rules["base_mp"] = milli_points(meta["base_points"])
    for code, each in enumerate(meta["grades"]):
        # "above" excludes its own number, and scores are whole milli-points
        low = (
            milli_points(each["above_points"]) + 1
            if "above_points" in each
            else milli_points(each.get("from_points", 0))
        )
        rules["lowest_mp"][code] = low if code else NO_FLOOR_MP
    for each in meta["direct_grades"].values():
        rules["direct_score_mp"][grades.index(str(each["grade"]))] = milli_points(each["points"])
    doubling = meta["repeat_doubling"] or chosen.get("village_doubling") == "as_district"
    rules["most_doublings"] = (1 if chosen["third_repeat"] == "stays_doubled" else REPEATED_DOUBLINGS) * bool(
        doubling
    )
    rules["yearly"] = meta["yearly"]
    rules["direct_fixes_score"] = chosen["direct_grade_score"] == "fixes_lowest"
    rules["suspends_objected"] = chosen["open_objection"] == "suspended"
    rules["running_caps"] = chosen["cap_year"] == "running"
    rules["deducted_chooses_validity"] = chosen["repeat_validity"] == "deducted"
    rules["arrears_repeat"] = chosen["monthly_arrears"] == "repeats"
    rules["small_months"] = meta["deduction_validity"]["small_months"]
    rules["large_months"] = meta["deduction_validity"]["large_months"]
    rules["large_above_mp"] = milli_points(meta["deduction_validity"]["large_above_points"])
    return rules
