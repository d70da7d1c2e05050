"""The legal screen: dated rules of law and guidance, and what each looks at.

A screening aid for rule tables, no legal advice. Words and dates are data/legal-screen/rules.csv,
checks are data/legal-screen/checks.yaml; sources and doubts stand in the README beside them.
"""

from __future__ import annotations

import csv
import datetime
import functools
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from creditsim.core.shipped import data_path
from creditsim.spec.files import read_document, validate
from creditsim.spec.levers import levers

SEVERITIES = ("error", "warning", "note")
"""From the gravest on."""

_FOLDER = "legal-screen"
_CONDITION = re.compile(r"(on|off)|([<>=]) ?(\S+)")
_COMPARED = {"<": lambda got, bound: got < bound, ">": lambda got, bound: got > bound}

Texts = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]


class _Row(BaseModel):
    """Part of a file of the screen: checked strictly, never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class LegalRule(_Row):
    """One variant of a rule: a tier in one phase of its life.

    Attributes
    ----------
    id, variant : str
        ``L1`` to ``L33``; a letter for the tier and a digit for the phase.
    in_force_from, in_force_to : datetime.date, datetime.date or None
        Days; None: still in force.
    instrument, article : str
        Where it stands.
    severity : {'error', 'warning', 'note'}
    why_en, why_zh, cure_en, cure_zh : str
        What is at stake and what would cure it.
    verification : {'verified', 'secondary', 'memory'}
        Whether the text itself was seen, a report about it, or neither.
    confidence : str
        H, M-H, M or L.
    """

    id: Annotated[str, Field(pattern=r"^L\d+$")]
    variant: Annotated[str, Field(pattern=r"^[a-z]\d$")]
    title_en: str
    title_zh: str
    in_force_from: datetime.date
    in_force_to: datetime.date | None
    instrument: str
    article: str
    applies_to: str
    check: str
    severity: Literal["error", "warning", "note"]
    why_en: str
    why_zh: str
    cure_en: str
    cure_zh: str
    verification: Literal["verified", "secondary", "memory"]
    source: str
    confidence: Literal["H", "M-H", "M", "L"]

    @property
    def name(self) -> str:
        """Return id and variant, e.g. ``L1p2``."""
        return self.id + self.variant

    @property
    def uncertain(self) -> bool:
        """Say whether the wording or the reading is in doubt."""
        return self.verification != "verified" or self.confidence != "H"

    def in_force(self, day: datetime.date) -> bool:
        """Say whether the rule holds on a day, its first and last included."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


class Conditions(_Row):
    """What the columns of a row must be; all that are named must hold."""

    direction: Texts | None = None
    legal_basis: Texts | None = None
    evidence: Texts | None = None
    category: Texts | None = None
    direct_grade: Texts | None = None
    subject: Texts | None = None
    list: Texts | None = None
    kind: Texts | None = None
    domain: Texts | None = None
    unit: Texts | None = None
    executor: Texts | None = None
    denies_basic_service: Texts | None = None
    flags: Texts | None = None
    id_is: Texts | None = None
    id_has: Texts | None = None
    above: dict[str, float] = Field(default_factory=dict)
    at_least: dict[str, float] = Field(default_factory=dict)

    def hold(self, row: Mapping[str, Any]) -> bool:
        """Say whether a row passes. Words of ``flags`` are a tuple, numbers are numbers."""
        return (
            all(row[column] in words for column, words in self._single)
            and (self.flags is None or not set(self.flags).isdisjoint(row["flags"]))
            and (self.id_is is None or row["id"] in self.id_is)
            and (self.id_has is None or any(text in row["id"] for text in self.id_has))
            and all(row[column] > bound for column, bound in self.above.items())
            and all(row[column] >= bound for column, bound in self.at_least.items())
        )

    @functools.cached_property
    def _single(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return (column, words) of the columns that hold one word."""
        columns = set(type(self).model_fields) - {"flags", "id_is", "id_has", "above", "at_least"}
        named = ((column, getattr(self, column)) for column in sorted(columns))
        return tuple((column, words) for column, words in named if words is not None)


class RowCheck(_Row):
    """A check of rows: of items, printed rules or treatments.

    Attributes
    ----------
    variants : tuple of str
        Of which rules, e.g. ``L1p2``.
    where, unless : Conditions
        Which rows it finds.
    unless_on : tuple of str
        Switches of a scenario, any one of which cures it.
    """

    variants: Texts
    where: Conditions
    unless: Conditions | None = None
    unless_on: Annotated[tuple[str, ...], Field(strict=False)] = ()

    def finds(self, row: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> bool:
        """Say whether a row is found, under a scenario's levers if there is one."""
        cured = values is not None and any(values[lever] for lever in self.unless_on)
        return not cured and self.where.hold(row) and not (self.unless and self.unless.hold(row))


class KeyCheck(_Row):
    """A check of a book's own file: the key holds anything."""

    variants: Texts
    key: str


class LeverCheck(_Row):
    """What some values of a scenario's levers stand for.

    Attributes
    ----------
    section : str
        Section of the plan of January 2020, or the whole text where the plan is silent.
    about : dict
        What is found, by language.
    lever : str
        The lever that a finding names.
    when : dict
        ``on``, ``off``, ``> 0``, ``= choice`` by lever; all must hold.
    """

    variants: Texts
    section: str
    about: dict[Literal["en", "zh"], str]
    lever: str
    when: dict[str, str]

    @model_validator(mode="after")
    def _agree(self) -> LeverCheck:
        """Refuse unknown levers and conditions that cannot be read."""
        for lever in (self.lever, *self.when):
            if lever not in levers():
                raise ValueError(f"got the lever {lever!r}, expected a known one")
        for condition in self.when.values():
            if not _CONDITION.fullmatch(condition):
                raise ValueError(f"got {condition!r}, expected on, off, '> 1', '< 1' or '= word'")
        return self

    def finds(self, values: Mapping[str, Any]) -> bool:
        """Say whether all conditions hold for a scenario's levers."""
        return all(_holds(values[lever], condition) for lever, condition in self.when.items())


class Checks(_Row):
    """The file of checks."""

    format: Literal[1]
    title: dict[Literal["en", "zh"], str]
    date: str
    items: Annotated[tuple[RowCheck, ...], Field(strict=False)]
    printed_rules: Annotated[tuple[RowCheck, ...], Field(strict=False)]
    book_keys: Annotated[tuple[KeyCheck, ...], Field(strict=False)]
    treatments: Annotated[tuple[RowCheck, ...], Field(strict=False)]
    measures: Annotated[tuple[RowCheck, ...], Field(strict=False)]
    levers: Annotated[tuple[LeverCheck, ...], Field(strict=False)]

    @model_validator(mode="after")
    def _agree(self) -> Checks:
        """Refuse a check of a rule that is not in the table."""
        for each in (*self.items, *self.printed_rules, *self.book_keys, *self.treatments, *self.measures):
            _known(each.variants)
        for each in self.levers:
            _known(each.variants)
        return self


@functools.cache
def legal_rules() -> Mapping[str, LegalRule]:
    """Return all variants of all rules by name, e.g. ``L1p2``, in the file's order."""
    with data_path(_FOLDER, "rules.csv").open(encoding="utf-8", newline="") as file:
        rows = [LegalRule.model_validate(_dated(row)) for row in csv.DictReader(file)]
    return {row.name: row for row in rows}


@functools.cache
def legal_checks() -> Checks:
    """Return what the rules look at; raise InputError with all faults of the file."""
    shown = f"data/{_FOLDER}/checks.yaml"
    return validate(read_document(data_path(_FOLDER, "checks.yaml"), shown, keep=True), Checks)


def rules_in_force(names: tuple[str, ...], day: datetime.date) -> list[LegalRule]:
    """Return those of some variants that hold on a day."""
    return [legal_rules()[name] for name in names if legal_rules()[name].in_force(day)]


def _dated(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of the table with its days as dates."""
    last = row["in_force_to"]
    return {
        **row,
        "in_force_from": datetime.date.fromisoformat(row["in_force_from"]),
        "in_force_to": datetime.date.fromisoformat(last) if last else None,
    }


def _holds(got: Any, condition: str) -> bool:
    """Say whether a lever's value passes a condition such as ``> 0``."""
    switch, sign, bound = _CONDITION.fullmatch(condition).groups()
    if switch:
        return got is (switch == "on")
    if sign == "=" and isinstance(got, str):
        return got == bound
    return got == float(bound) if sign == "=" else _COMPARED[sign](got, float(bound))


def _known(variants: tuple[str, ...]) -> None:
    """Raise ValueError for a variant that the table of rules does not have."""
    for name in variants:
        if name not in legal_rules():
            raise ValueError(f"got the variant {name!r}, expected one of data/{_FOLDER}/rules.csv")
