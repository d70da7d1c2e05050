"""Read rulebooks: a YAML file with the rules, a CSV file with the items.

A book may take everything it does not say itself from a base book, e.g. the village book
its items from the district book.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.core.names import table_faults
from creditsim.core.shipped import data_path
from creditsim.scoring.rulebook import ITEM_COLUMNS, Rulebook
from creditsim.spec.files import Document, read_document, refuse_name, validate
from creditsim.spec.records import Amount, Confidence, Number, Texts

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Letter = Literal["B", "C", "D"]
Direction = Literal["bonus", "deduction", "direct_grade"]
BothLanguages = dict[Literal["en", "zh"], Text]

_INHERITED = (
    "items", "lists", "base_points", "grades", "direct_grades", "yearly", "repeat_doubling",
    "deduction_validity", "cap_groups", "step_groups", "donation_bands", "repairs", "leader_links",
    "household_items", "star_month", "carried_points",
)  # fmt: skip
"""Parts of a book that come from its base book where the book itself does not say."""


class Part(BaseModel):
    """A part of a rulebook file: checked strictly, never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class GradeRow(Part):
    """A grade and its lowest score: `from_points` includes the number, `above_points` excludes it."""

    grade: Text
    from_points: Number | None = None
    above_points: Number | None = None


class DirectGradeRow(Part):
    """What a direct grade of the lists means in this book."""

    grade: Text
    points: Number


class DeductionValidity(Part):
    """Months of validity by the size of a deduction."""

    small_months: Count
    large_months: Count
    large_above_points: Amount


class CapGroup(Part):
    """Items that share one cap, where the readings named in `only_if` hold."""

    name: Text
    items: Texts
    points: Amount
    period: Literal["year", "month"]
    source: Text
    only_if: dict[str, str] = Field(default_factory=dict)


class Step(Part):
    """An item reached from some number of hours (or stars) on, in some lists."""

    item: Text
    from_: Annotated[float, Field(alias="from", gt=0)]
    lists: Texts


class StepGroup(Part):
    """Items of which only the highest reached in a calendar year counts."""

    name: Text
    unit: Text
    steps: Annotated[tuple[Step, ...], Field(strict=False, min_length=1)]
    source: Text


class DonationBand(Part):
    """One band of gifts, in yuan."""

    item: Text
    from_yuan: Amount
    above_yuan: Amount
    yuan_per_point: Annotated[float, Field(gt=0)]
    most_points: Amount


class RepairRow(Part):
    """What the repair of direct grades leaves behind: points or a lesser grade, for some months."""

    items: Annotated[tuple[str, ...], Field(strict=False)] | Literal["all"]
    months: Count
    source: Text
    points: Number | None = None
    grade: Text | None = None


class LeaderLink(Part):
    """An item on a firm that brings an item on its legal representative."""

    item: Text
    leader_item: Text
    source: Text


class SwitchRow(Part):
    """A reading that the text leaves open; the first option is the default."""

    source: Text
    options: Annotated[dict[str, Text], Field(min_length=2)]


class ItemRow(Part):
    """An item written in the book itself instead of the items file."""

    id: Text
    list: Text
    domain: Text
    subject: Text
    direction: Direction
    validity_months: Count
    unit: Text
    category: Text
    evidence: Text
    legal_basis: Text
    name_en: Text
    name_zh: Text
    source: Text
    tables: str = ""
    points: Number | None = None
    direct_grade: Letter | None = None
    cap: Amount | None = None
    cap_period: Literal["year", "month", ""] = ""
    flags: str = ""
    notes: str = ""


class BookFile(Part):
    """A rulebook file. What is None is taken from the base book."""

    format: Literal[1]
    name: Text
    title: BothLanguages
    about: BothLanguages
    source: Text
    date: Text
    confidence: Confidence
    account: Literal["district", "village"]
    base_book: str | None = None
    items: str | None = None
    lists: Texts | None = None
    further_items: Annotated[tuple[ItemRow, ...], Field(strict=False)] = ()
    base_points: Number | None = None
    grades: Annotated[tuple[GradeRow, ...], Field(strict=False, min_length=6, max_length=6)] | None = None
    direct_grades: dict[Letter, DirectGradeRow] | None = None
    yearly: bool | None = None
    repeat_doubling: bool | None = None
    deduction_validity: DeductionValidity | None = None
    cap_groups: Annotated[tuple[CapGroup, ...], Field(strict=False)] | None = None
    step_groups: Annotated[tuple[StepGroup, ...], Field(strict=False)] | None = None
    donation_bands: dict[str, Annotated[tuple[DonationBand, ...], Field(strict=False)]] | None = None
    repairs: Annotated[tuple[RepairRow, ...], Field(strict=False)] | None = None
    leader_links: Annotated[tuple[LeaderLink, ...], Field(strict=False)] | None = None
    household_items: Texts | None = None
    star_month: Annotated[int, Field(ge=1, le=12)] | None = None
    carried_points: dict[Letter, Number] | None = None
    switches: dict[str, SwitchRow] = Field(default_factory=dict)


def rulebook_names() -> tuple[str, ...]:
    """Return the names of the shipped rulebooks, sorted."""
    return tuple(sorted(path.stem for path in data_path("rulebooks").glob("*.yaml")))


def load_rulebook(name_or_path: str | Path, **switches: str) -> Rulebook:
    """Return a rulebook by its shipped name or the path of a YAML file.

    Parameters
    ----------
    name_or_path : str or path
        A shipped name (see `rulebook_names`) or a file ending in .yaml or .yml.
    **switches : str
        Readings other than the book's defaults, e.g. ``third_repeat="stays_doubled"``.

    Raises
    ------
    InputError
        All faults of the files at once, or an unknown name, switch or option.

    Examples
    --------
    >>> load_rulebook("weihai-city").grade_of(970), load_rulebook("wendeng-2020").grade_of(970)
    ('B', 'A')
    """
    book = _load(str(name_or_path))
    if not switches:
        return book
    try:
        return book.with_switches(**switches)
    except ValueError as error:
        raise InputError(Fault(str(error))) from None


@functools.lru_cache(maxsize=32)
def _load(name_or_path: str) -> Rulebook:
    """Return a book with default readings, built once a process."""
    document = _document(name_or_path)
    meta, rows = _with_base(document)
    try:
        return Rulebook.from_data(meta, rows)
    except (ValueError, KeyError) as error:
        raise InputError(document.fault(str(error.args[0]))) from None


def _document(name_or_path: str) -> Document:
    """Return the file of a book."""
    if name_or_path.endswith((".yaml", ".yml")):
        return read_document(name_or_path)
    names = rulebook_names()
    if name_or_path not in names:
        raise InputError(Fault(unknown(name_or_path, names, "rulebook, or the path of a .yaml file")))
    shown = f"data/rulebooks/{name_or_path}.yaml"
    return read_document(data_path("rulebooks", f"{name_or_path}.yaml"), shown, keep=True)


def _with_base(
    document: Document, below: tuple[str, ...] = ()
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return a book's meta data with all that it takes from its base book, and its item rows."""
    file: BookFile = validate(document, BookFile)
    own = file.model_dump(mode="json", by_alias=True, exclude_none=True)
    faults = _faults_of_grades(document, own)
    if faults:
        raise InputError(faults)
    if file.base_book is None:
        missing = [part for part in _INHERITED if part not in own]
        if missing:
            message = "got nothing, expected a value here or a base_book that has it"
            raise InputError([document.fault(message, part) for part in missing])
        rows = _item_rows(document, document.path.with_name(own["items"]))
        return own, rows
    if file.base_book in (file.name, *below):
        raise InputError(document.fault(f"got {file.base_book!r}, which is based on this book", "base_book"))
    base, rows = _with_base(_document(file.base_book), (file.name, *below))
    meta = {**base, **own}
    meta["further_items"] = [*base["further_items"], *own["further_items"]]
    meta["switches"] = {**base["switches"], **own["switches"]}
    return meta, rows


def _faults_of_grades(document: Document, meta: Mapping[str, Any]) -> list[Fault]:
    """Return the faults of a table of grades: one bound each, ascending, direct grades known."""
    grades = meta.get("grades", [])
    faults = []
    previous = None
    for place, each in enumerate(grades):
        bounds = [each[key] for key in ("from_points", "above_points") if key in each]
        if len(bounds) != (place > 0):
            expected = "no bound for the lowest grade" if place == 0 else "from_points or above_points"
            faults.append(document.fault(f"got {len(bounds)} bounds, expected {expected}", "grades", place))
        elif bounds and previous is not None and bounds[0] <= previous:
            faults.append(
                document.fault(f"got {bounds[0]:g}, expected more than {previous:g}", "grades", place)
            )
        previous = bounds[0] if bounds else previous
    names = [each["grade"] for each in grades]
    for letter, each in meta.get("direct_grades", {}).items():
        if grades and each["grade"] not in names:
            message = unknown(each["grade"], names, "grade of this book")
            faults.append(document.fault(message, "direct_grades", letter, "grade"))
    return faults


def _item_rows(document: Document, path: Path) -> list[dict[str, str]]:
    """Return the rows of an items file as text, with all faults by line."""
    shown = str(Path(document.shown).with_name(path.name))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(
            document.fault(f"got {path.name!r}, expected a CSV file beside the book", "items")
        ) from None
    if not path.is_relative_to(data_path()):
        _refuse_identifiers(text, shown)
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in ITEM_COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(Fault(f"got no column {missing[0]!r}, expected {', '.join(ITEM_COLUMNS)}", shown, 1))
    rows, faults, seen = [], [], set()
    for row in reader:
        faults += [
            Fault(message, shown, reader.line_num, column) for column, message in _faults_of_item(row, seen)
        ]
        seen.add(row["id"])
        rows.append({name: row[name] or "" for name in ITEM_COLUMNS})
    if faults:
        raise InputError(faults)
    return rows


def _refuse_identifiers(text: str, shown: str) -> None:
    """Raise InputError if a user's items file holds identifiers or names of persons, or its name does."""
    refuse_name(shown)
    reader = csv.reader(text.splitlines())
    heading = next(reader, [])
    held = [(row, reader.line_num) for row in reader]
    found = table_faults(shown, heading, [row for row, _ in held], [line for _, line in held])
    if found:
        raise InputError(found)


def _faults_of_item(row: Mapping[str, str], seen: set[str]) -> list[tuple[str, str]]:
    """Return (column, message) of what is wrong in one row of an items file."""
    faults = []
    if not row["id"] or row["id"] in seen:
        faults.append(("id", f"got {row['id']!r}, expected a name that no other item has"))
    direction = row["direction"]
    if direction not in ("bonus", "deduction", "direct_grade"):
        return [
            *faults,
            ("direction", unknown(direction, ("bonus", "deduction", "direct_grade"), "direction")),
        ]
    if direction == "direct_grade":
        if row["direct_grade"] not in ("B", "C", "D"):
            faults.append(("direct_grade", f"got {row['direct_grade']!r}, expected B, C or D"))
    elif not _is_number(row["points"]) or (float(row["points"]) > 0) != (direction == "bonus"):
        sign = "above" if direction == "bonus" else "below"
        faults.append(("points", f"got {row['points']!r}, expected a number {sign} 0"))
    if not (row["validity_months"] or "").isdigit():
        faults.append(
            ("validity_months", f"got {row['validity_months']!r}, expected a whole number of months")
        )
    if row["cap"] and (not _is_number(row["cap"]) or row["cap_period"] not in ("year", "month")):
        faults.append(
            ("cap", f"got {row['cap']!r} a {row['cap_period'] or '?'}, expected a number a year or a month")
        )
    return faults


def _is_number(text: str | None) -> bool:
    """Say whether text is a finite decimal number."""
    try:
        return abs(float(text or "")) < 1e6
    except ValueError:
        return False
