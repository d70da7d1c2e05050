"""Patterns that the field reports, with band and role, fixed before any run; and the last run's findings."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal

from pydantic import model_validator
from pydantic.dataclasses import dataclass

from creditsim.spec.records import STRICT, Number, Passport, Texts, read_entries

Role = Literal["input", "fit", "hold-out"]
Status = Literal["met", "not met", "not comparable"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Pattern(Passport):
    """One pattern.

    Attributes
    ----------
    p_number : str or None
        Its number in the fact sheet, P1 to P19.
    role : {'input', 'fit', 'hold-out'}
        A parameter was set from it, calibration may use it, or it is only looked at.
    measure : str or None
        Name of the measure, see `creditsim.analysis.pattern_measures`; None: not comparable.
    observed : float or None
        What the field reports, in the measure's unit; None: a sign or an order without a number.
    low, high : float or None
        Band in which the measure is expected; one side may be open.
    moved_by : tuple of str
        Of a `fit` pattern: assumptions and levers that move the measure and were not set from it.
    not_comparable_en, not_comparable_zh : str
        Why the model has nothing to hold it against.
    doubt_en, doubt_zh : str
        If it is not met: which mechanism, number or pattern is doubtful.
    would_tell_en, would_tell_zh : str
        What would tell which of them it is.
    """

    name: str
    p_number: str | None = None
    title_en: str
    title_zh: str
    role: Role
    measure: str | None = None
    observed: Number | None = None
    low: Number | None = None
    high: Number | None = None
    moved_by: Texts = ()
    not_comparable_en: str = ""
    not_comparable_zh: str = ""
    doubt_en: str = ""
    doubt_zh: str = ""
    would_tell_en: str = ""
    would_tell_zh: str = ""

    @model_validator(mode="after")
    def _agree(self) -> Pattern:
        """Refuse a pattern that anything would meet, or nothing could."""
        if self.measure is None:
            if not self.not_comparable_en:
                raise ValueError("got neither measure nor not_comparable_en, expected one of them")
            return self
        if self.not_comparable_en:
            raise ValueError("got both measure and not_comparable_en, expected one of them")
        if self.low is None and self.high is None:
            raise ValueError("got neither low nor high, expected a band")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"got a band from {self.low:g} to {self.high:g}, expected low below high")
        if self.role == "fit" and (self.low is None or self.high is None or not self.moved_by):
            raise ValueError("got role fit, expected low, high and moved_by with it")
        return self

    @property
    def comparable(self) -> bool:
        """Whether the model has something to hold it against."""
        return self.measure is not None

    def told(self, text: str, lang: str) -> str:
        """Return one of the texts (not_comparable, doubt, would_tell) in a language; empty if not given."""
        return getattr(self, f"{text}_{lang}") or getattr(self, f"{text}_en")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class PatternFinding:
    """What the last validation found of one pattern."""

    name: str
    role: Role
    status: Status
    simulated: Number | None
    low: Number | None
    high: Number | None
    replications: int


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ValidationRun(Passport):
    """One run of `creditsim validate`.

    Attributes
    ----------
    date : str
        Day of the run.
    version : str
        Version of creditsim.
    inputs : str
        SHA-256 over model, data, patterns and measures; what differs now makes the findings stale.
    fingerprint : str
        SHA-256 over the findings.
    """

    name: str
    date: str
    version: str
    seed: int
    replications: int
    scale: Number
    inputs: str
    fingerprint: str


@functools.cache
def patterns() -> Mapping[str, Pattern]:
    """Return all patterns by name, in the file's order."""
    return read_entries("patterns.yaml", "patterns", Pattern, "name")


@functools.cache
def last_validation() -> tuple[ValidationRun, Mapping[str, PatternFinding]]:
    """Return the last validation that travels with the package, and its findings by pattern."""
    run = read_entries("validation.yaml", "runs", ValidationRun, "name")["last"]
    return run, read_entries("validation.yaml", "findings", PatternFinding, "name")
