"""A rulebook: items, grades, caps, validity and readings, as data that the fold can read.

The same score is a different grade in two books: cutoffs come from the book alone.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from creditsim.core.errors import unknown
from creditsim.scoring.ledger import ACCOUNTS

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


@dataclass(frozen=True, kw_only=True)
class Item:
    """One scored item; fields as the columns of the items file.

    Attributes
    ----------
    points_mp, cap_mp : int
        Listed points and cap in milli-points; 0 for a direct grade, -1 for no cap.
    by_period : bool
        Counted per month, quarter, half-year or year.
    """

    id: str
    index: int
    list: str
    domain: str
    subject: str
    direction: str
    points_mp: int
    direct_grade: str
    cap_mp: int
    cap_period: str
    validity_months: int
    unit: str
    category: str
    evidence: str
    legal_basis: str
    flags: tuple[str, ...]
    name_en: str
    name_zh: str
    source: str
    tables: tuple[str, ...]
    notes: str

    @property
    def by_period(self) -> bool:
        """True if the item is counted once a period of time."""
        return self.unit in ("per month", "per quarter", "per 6 months", "per year")

    @property
    def worth(self) -> str:
        """Points with their sign, or the direct grade, as text."""
        return f"direct {self.direct_grade}" if self.direct_grade else points_text(self.points_mp, signed=True)

    def __str__(self) -> str:
        return f"{self.id} ({self.worth}, {self.name_en})"


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A reading that the text leaves open: its options with what each means, default first."""

    name: str
    options: Mapping[str, str]
    default: str
    source: str


@dataclass(frozen=True, eq=False)
class Rulebook:
    """A book of scored items with its grades and rules; made by `from_data`.

    Examples
    --------
    >>> from creditsim.spec.rulebooks import load_rulebook
    >>> book = load_rulebook("wendeng-2020")
    >>> print(book["ind-tax-evasion"].worth, book.grade_of(1000), book.grade_of(959.5))
    -30 A B
    """

    name: str
    title: Mapping[str, str]
    meta: Mapping[str, Any] = field(repr=False)
    account: int
    items: tuple[Item, ...]
    item_index: Mapping[str, int]
    grades: tuple[str, ...]
    switches: Mapping[str, str]
    open_readings: tuple[Switch, ...]
    item_table: np.ndarray
    rule_record: np.void

    @classmethod
    def from_data(
        cls, meta: Mapping[str, Any], items: Sequence[Mapping[str, Any]], switches: Mapping[str, str] | None = None
    ) -> Rulebook:
        """Build a book from its meta data and item rows.

        Parameters
        ----------
        meta : mapping
            As in the book's YAML file, with everything it takes from a base book filled in.
        items : sequence of mapping
            Rows of the items file, as text; the meta data's `further_items` follow them.
        switches : mapping, optional
            Readings other than the defaults.

        Raises
        ------
        ValueError
            If a switch or option is unknown, or the meta data name an unknown item.
        """
        rows = [*items, *meta.get("further_items", ())]
        listed = tuple(_item(row, index) for index, row in enumerate(rows))
        item_index = MappingProxyType({item.id: item.index for item in listed})
        readings = tuple(
            Switch(name=name, options=dict(each["options"]), default=next(iter(each["options"])), source=each["source"])
            for name, each in meta["switches"].items()
        )
        chosen = _chosen(readings, switches or {})
        grades = tuple(str(each["grade"]) for each in meta["grades"])
        table = _item_table(meta, listed, item_index, grades, chosen)
        record = _rule_record(meta, grades, chosen)
        table.setflags(write=False)
        return cls(
            name=meta["name"], title=meta["title"], meta=meta, account=ACCOUNTS.index(meta["account"]), items=listed,
            item_index=item_index, grades=grades, switches=MappingProxyType(chosen), open_readings=readings,
            item_table=table, rule_record=record,
        )  # fmt: skip

    def with_switches(self, **switches: str) -> Rulebook:
        """Return a copy that reads the text otherwise where named.

        Raises
        ------
        ValueError
            If a switch or an option is unknown.
        """
        chosen = _chosen(self.open_readings, {**self.switches, **switches})
        table = _item_table(self.meta, self.items, self.item_index, self.grades, chosen)
        table.setflags(write=False)
        record = _rule_record(self.meta, self.grades, chosen)
        return replace(self, switches=MappingProxyType(chosen), item_table=table, rule_record=record)

    def __getitem__(self, name: str) -> Item:
        if name not in self.item_index:
            raise KeyError(unknown(name, self.item_index, "item"))
        return self.items[self.item_index[name]]

    def __contains__(self, name: object) -> bool:
        return name in self.item_index

    def __len__(self) -> int:
        return len(self.items)

    @property
    def base_mp(self) -> int:
        """Score of an account without entries, in milli-points."""
        return int(self.rule_record["base_mp"])

    @property
    def cutoffs_mp(self) -> np.ndarray:
        """Lowest milli-points of the grades above the lowest one, ascending, ``int64``."""
        return np.array(self.rule_record["lowest_mp"][1:], dtype=np.int64)

    def grade_code(self, score_mp: int) -> int:
        """Return the code (0 the lowest) of a score in milli-points."""
        return int(np.searchsorted(self.cutoffs_mp, score_mp, side="right"))

    def grade_of(self, points: float) -> str:
        """Return the grade of a score in points."""
        return self.grades[self.grade_code(round(points * 1000))]

    def leader_item(self, firm_item: str) -> Item | None:
        """Return the item that an item on a firm brings on its legal representative, or None."""
        linked = {each["item"]: each["leader_item"] for each in self.meta["leader_links"]}
        return self[linked[firm_item]] if firm_item in linked else None

    def counts(self) -> dict[tuple[str, str], int]:
        """Return the number of items by (list, direction), in the order of the book."""
        found: dict[tuple[str, str], int] = {}
        for item in self.items:
            key = (item.list, item.direction)
            found[key] = found.get(key, 0) + 1
        return found

    def __repr__(self) -> str:
        return "\n".join("  ".join(row).rstrip() for row in self._lines())

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell.strip())}</td>" for cell in row) + "</tr>" for row in self._lines()[1:]
        )
        return f"<p><b>{html.escape(self._lines()[0][0])}</b></p><table>{rows}</table>"

    def _lines(self) -> list[tuple[str, ...]]:
        """Return what a reader sees first: counts by list and direction, grades, changed readings."""
        lines = [(f"Rulebook {self.name}: {self.title['en']}",)]
        lines.append((f"{'items':<14}", *(f"{each:>12}" for each in DIRECTIONS)))
        counts = self.counts()
        for name in dict.fromkeys(item.list for item in self.items):
            lines.append((f"{name:<14}", *(f"{counts.get((name, each), 0):>12}" for each in DIRECTIONS)))
        lines.append((f"{'grade':<14}", f"{'from points':>12}"))
        lowest = ["below"] + [
            points_text(int(mp)) if mp % 1000 == 0 else f"above {points_text(int(mp) - 1)}" for mp in self.cutoffs_mp
        ]
        lines += [(f"{grade:<14}", f"{low:>12}") for grade, low in reversed(list(zip(self.grades, lowest, strict=True)))]
        changed = [each.name for each in self.open_readings if self.switches[each.name] != each.default]
        lines += [(f"{'reading':<14}", f"{name}: {self.switches[name]}") for name in changed]
        return lines


def points_text(mp: int, signed: bool = False) -> str:
    """Return milli-points as points, exactly.

    Examples
    --------
    >>> points_text(-30_000), points_text(100, signed=True), points_text(990_001)
    ('-30', '+0.1', '990.001')
    """
    whole, rest = divmod(abs(int(mp)), 1000)
    text = f"{whole}.{rest:03d}".rstrip("0") if rest else f"{whole}"
    return ("-" if mp < 0 else "+" if signed and mp > 0 else "") + text


def _mp(points: Any) -> int:
    """Return points, given as text or number, as milli-points, exactly."""
    value = round(float(points) * 1000)
    if abs(float(points) * 1000 - value) > 1e-6:
        raise ValueError(f"got {points} points, expected at most three decimals")
    return value


def _item(row: Mapping[str, Any], index: int) -> Item:
    """Return an item of a row of the items file; what is left out is empty."""
    text = {name: str(row.get(name, "") if row.get(name) is not None else "") for name in _COLUMNS}
    return Item(
        **{name: text[name] for name in _COLUMNS if name in Item.__dataclass_fields__ and name not in _CONVERTED},
        index=index,
        points_mp=_mp(text["points"] or 0),
        cap_mp=_mp(text["cap"]) if text["cap"] else -1,
        validity_months=int(text["validity_months"]),
        flags=tuple(filter(None, text["flags"].split(";"))),
        tables=tuple(filter(None, text["tables"].split(";"))),
    )


_COLUMNS = (
    "id", "list", "domain", "subject", "direction", "points", "direct_grade", "cap", "cap_period", "validity_months",
    "unit", "category", "evidence", "legal_basis", "flags", "name_en", "name_zh", "source", "tables", "notes",
)  # fmt: skip
_CONVERTED = ("validity_months", "flags", "tables")


def _chosen(readings: Sequence[Switch], switches: Mapping[str, str]) -> dict[str, str]:
    """Return the option of each switch, the default where none is given."""
    known = {each.name: each for each in readings}
    for name, option in switches.items():
        if name not in known:
            raise ValueError(unknown(name, known, "switch of the rulebook"))
        if option not in known[name].options:
            raise ValueError(f"{name}: {unknown(option, known[name].options, 'option')}")
    return {name: switches.get(name, each.default) for name, each in known.items()}


def _item_table(
    meta: Mapping[str, Any], items: Sequence[Item], item_index: Mapping[str, int], grades: tuple[str, ...], chosen: Mapping[str, str]
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
        row["cap_mp"], row["cap_group"], row["cap_by_month"] = item.cap_mp, item.index, item.cap_period == "month"
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
            table["cap_mp"][places] = _mp(group["points"])
            table["cap_by_month"][places] = group["period"] == "month"
    for number, group in enumerate(meta["step_groups"]):
        table["step_group"][rows([step["item"] for step in group["steps"]])] = number
    for repair in meta["repairs"]:
        places = np.flatnonzero(table["direction"] == 2) if repair["items"] == "all" else rows(repair["items"])
        table["repaired_mp"][places] = _mp(repair.get("points", 0))
        table["repaired_grade"][places] = grades.index(repair["grade"]) if "grade" in repair else -1
        table["repaired_months"][places] = repair["months"]
    return table


def _rule_record(meta: Mapping[str, Any], grades: tuple[str, ...], chosen: Mapping[str, str]) -> np.void:
    """Return the book's rules and readings as the fold reads them."""
    record = np.zeros(1, dtype=RULES)
    rules = record[0]
    rules["base_mp"] = _mp(meta["base_points"])
    for code, each in enumerate(meta["grades"]):
        # "above" excludes its own number, and scores are whole milli-points
        low = _mp(each["above_points"]) + 1 if "above_points" in each else _mp(each.get("from_points", 0))
        rules["lowest_mp"][code] = low if code else NO_FLOOR_MP
    for each in meta["direct_grades"].values():
        rules["direct_score_mp"][grades.index(str(each["grade"]))] = _mp(each["points"])
    doubling = meta["repeat_doubling"] or chosen.get("village_doubling") == "as_district"
    rules["most_doublings"] = (1 if chosen["third_repeat"] == "stays_doubled" else REPEATED_DOUBLINGS) * bool(doubling)
    rules["yearly"] = meta["yearly"]
    rules["direct_fixes_score"] = chosen["direct_grade_score"] == "fixes_lowest"
    rules["suspends_objected"] = chosen["open_objection"] == "suspended"
    rules["running_caps"] = chosen["cap_year"] == "running"
    rules["deducted_chooses_validity"] = chosen["repeat_validity"] == "deducted"
    rules["arrears_repeat"] = chosen["monthly_arrears"] == "repeats"
    rules["small_months"] = meta["deduction_validity"]["small_months"]
    rules["large_months"] = meta["deduction_validity"]["large_months"]
    rules["large_above_mp"] = _mp(meta["deduction_validity"]["large_above_points"])
    return rules
