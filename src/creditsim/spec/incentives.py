"""The incentive lint as data: its ten lints, its thresholds, and tables of rules of one's own.

Lints and thresholds are data/incentive-lints/lints.yaml. A rule table is a small YAML file that says
only what the lints look at; a book or a scenario is read into the same parts.
"""

from __future__ import annotations

import functools
import itertools
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from creditsim.spec.files import read_document, validate
from creditsim.spec.records import STRICT, Amount, Number, Passport, Share, Texts, catalogue_document
from creditsim.spec.rulebooks import GradeRow

FILE = "incentive-lints/lints.yaml"

Text = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """A part of a file: checked strictly, never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Lint(Part):
    """One lint, with the fields of a legal rule that a reader of findings may ask for.

    Attributes
    ----------
    id, key : str
        ``I1`` to ``I10``; a word, e.g. ``loop``.
    severity : {'error', 'warning', 'note'}
        By kind: error only for what arithmetic alone shows to be broken.
    why_en, why_zh : str
        With names in braces that a finding's numbers fill in.
    """

    id: Annotated[str, Field(pattern=r"^I\d+$")]
    key: Annotated[Text, Field(alias="name")]
    severity: Literal["error", "warning", "note"]
    title_en: Text
    title_zh: Text
    why_en: Text
    why_zh: Text
    cure_en: Text
    cure_zh: Text

    variant: str = ""
    instrument: str = ""
    article: str = ""
    in_force_from: None = None
    in_force_to: None = None
    verification: str = ""
    confidence: str = ""
    uncertain: bool = False

    @property
    def name(self) -> str:
        """Return the id: a lint has no variants."""
        return self.id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Threshold(Passport):
    """A number that a lint needs beside the rules."""

    value: Number
    unit: Text


class Repair(Part):
    """What a repaired entry leaves in the file, in points, in place of what it took."""

    leaves_points: Number


class Entry(Part):
    """An item of a rule table.

    Attributes
    ----------
    points : float
        With their sign; 0 for a direct grade.
    grade : str
        Of a direct grade.
    most_points_year : float or None
        Cap of a bonus; None: none.
    evidence : str
        As in an items file.
    steps : str
        Group of which only the highest counts.
    fact : str
        The act: two entries with one fact enter it twice.
    leads_to, also_enters : tuple of str
        Entries that this one makes possible; entries that come with it.
    told_by : tuple of str or None
        Ways in which those concerned can learn of it; None: not said, so not asked.
    cost_yuan, own_yuan : float or None
        What one act costs its doer; what the entry costs or brings by itself (fine, reward).
    kinds : tuple of str
        Who can have it; ``all`` if none is named.
    validity_months : int
    repair : Repair or None
    """

    id: Text
    points: Number = 0.0
    grade: str = ""
    most_points_year: Amount | None = None
    evidence: str = ""
    steps: str = ""
    fact: str = ""
    leads_to: Texts = ()
    also_enters: Texts = ()
    told_by: Texts | None = None
    cost_yuan: Amount | None = None
    own_yuan: Amount | None = None
    kinds: Texts = ("all",)
    validity_months: Annotated[int, Field(ge=0)] = 12
    repair: Repair | None = None


class Treatment(Part):
    """What some grades bring a month, below 0: cost."""

    id: Text
    grades: Annotated[Texts, Field(min_length=1)]
    yuan_month: Number
    kind: Text = "all"


class Act(Part):
    """A breach: what it brings, how often it is seen, what it then costs beside the entry."""

    id: Text
    gain_yuan: Amount
    seen_share: Share
    fine_yuan: Amount = 0.0
    entry: str = ""
    kind: Text = "all"


class Prize(Part):
    """A contest: the weight of the score, and grades that stand behind all others."""

    id: Text
    score_weight: Share
    barred_grades: Texts = ()


class Reward(Part):
    """A promise of money a year to some heads (of so many), and the money set aside for it."""

    id: Text
    heads: Amount
    of_heads: Amount | None = None
    yuan_year: Amount
    funded_yuan_year: Amount = 0.0


class RuleTable(Part):
    """A table of rules of one's own, for the incentive lint alone."""

    format: Literal[1]
    rule_table: Text
    title: dict[Literal["en", "zh"], Text]
    base_points: Number = 1000.0
    repeat_doubling: bool = False
    grades: Annotated[tuple[GradeRow, ...], Field(strict=False)] = ()
    entries: Annotated[tuple[Entry, ...], Field(strict=False)] = ()
    treatments: Annotated[tuple[Treatment, ...], Field(strict=False)] = ()
    acts: Annotated[tuple[Act, ...], Field(strict=False)] = ()
    contests: Annotated[tuple[Prize, ...], Field(strict=False)] = ()
    rewards: Annotated[tuple[Reward, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _agree(self) -> RuleTable:
        """Refuse entries, grades and links that the table does not have, and cutoffs that do not rise."""
        bounds = [lowest_points(each) for each in self.grades]
        if any(bound is None for bound in bounds[1:]) or bounds[:1] not in ([], [None]):
            raise ValueError("expected from_points for every grade but the first, the lowest")
        if any(low >= high for low, high in itertools.pairwise(bounds[1:])):
            raise ValueError("expected grades from the lowest to the highest")
        ids = [each.id for each in self.entries]
        linked = [name for each in self.entries for name in (*each.leads_to, *each.also_enters)]
        linked += [each.entry for each in self.acts if each.entry]
        for name in linked:
            if name not in ids:
                raise ValueError(f"got the entry {name!r}, expected one of the table")
        if len(set(ids)) < len(ids):
            raise ValueError("expected entries with different ids")
        grades = [each.grade for each in self.grades]
        named = [grade for each in self.treatments for grade in each.grades]
        for grade in (*named, *(each.grade for each in self.entries if each.grade)):
            if grade not in grades:
                raise ValueError(f"got the grade {grade!r}, expected one of the table")
        return self


def lowest_points(row: GradeRow) -> float | None:
    """Return the points from which a grade holds; None for the lowest grade."""
    return row.from_points if row.from_points is not None else row.above_points


def load_rule_table(path: str | Path) -> RuleTable:
    """Return a rule table of a YAML file; raise InputError with all its faults."""
    return validate(read_document(path), RuleTable)


@functools.cache
def lints() -> dict[str, Lint]:
    """Return the lints by their word, in the file's order."""
    found = [Lint(id=name, **entry) for name, entry in _section("lints").items()]
    return {each.key: each for each in found}


@functools.cache
def threshold(name: str) -> float:
    """Return a threshold of the lints."""
    return Threshold(**_section("thresholds")[name]).value


def _section(name: str) -> dict[str, Any]:
    """Return a section of the file."""
    return catalogue_document(FILE).data[name]
