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
from creditsim.scoring.tables import DIRECTIONS, item_table, milli_points, rule_record

ITEM_COLUMNS = (
    "id", "list", "domain", "subject", "direction", "points", "direct_grade", "cap", "cap_period",
    "validity_months", "unit", "category", "evidence", "legal_basis", "flags", "name_en", "name_zh", "source",
    "tables", "notes",
)  # fmt: skip
"""Columns of an items file."""


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
        return (
            f"direct {self.direct_grade}" if self.direct_grade else points_text(self.points_mp, signed=True)
        )

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
        cls,
        meta: Mapping[str, Any],
        items: Sequence[Mapping[str, Any]],
        switches: Mapping[str, str] | None = None,
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
            Switch(
                name=name,
                options=dict(each["options"]),
                default=next(iter(each["options"])),
                source=each["source"],
            )
            for name, each in meta["switches"].items()
        )
        chosen = _chosen(readings, switches or {})
        grades = tuple(str(each["grade"]) for each in meta["grades"])
        table = item_table(meta, listed, item_index, grades, chosen)
        record = rule_record(meta, grades, chosen)
        table.setflags(write=False)
        return cls(
            name=meta["name"],
            title=meta["title"],
            meta=meta,
            account=ACCOUNTS.index(meta["account"]),
            items=listed,
            item_index=item_index,
            grades=grades,
            switches=MappingProxyType(chosen),
            open_readings=readings,
            item_table=table,
            rule_record=record,
        )

    def with_switches(self, **switches: str) -> Rulebook:
        """Return a copy that reads the text otherwise where named.

        Raises
        ------
        ValueError
            If a switch or an option is unknown.
        """
        chosen = _chosen(self.open_readings, {**self.switches, **switches})
        table = item_table(self.meta, self.items, self.item_index, self.grades, chosen)
        table.setflags(write=False)
        record = rule_record(self.meta, self.grades, chosen)
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
            "<tr>" + "".join(f"<td>{html.escape(cell.strip())}</td>" for cell in row) + "</tr>"
            for row in self._lines()[1:]
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
            points_text(int(mp)) if mp % 1000 == 0 else f"above {points_text(int(mp) - 1)}"
            for mp in self.cutoffs_mp
        ]
        lines += [
            (f"{grade:<14}", f"{low:>12}")
            for grade, low in reversed(list(zip(self.grades, lowest, strict=True)))
        ]
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


def _item(row: Mapping[str, Any], index: int) -> Item:
    """Return an item of a row of the items file; what is left out is empty."""
    text = {name: str(row.get(name, "") if row.get(name) is not None else "") for name in ITEM_COLUMNS}
    return Item(
        **{
            name: text[name]
            for name in ITEM_COLUMNS
            if name in Item.__dataclass_fields__ and name not in _CONVERTED
        },
        index=index,
        points_mp=milli_points(text["points"] or 0),
        cap_mp=milli_points(text["cap"]) if text["cap"] else -1,
        validity_months=int(text["validity_months"]),
        flags=tuple(filter(None, text["flags"].split(";"))),
        tables=tuple(filter(None, text["tables"].split(";"))),
    )


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
