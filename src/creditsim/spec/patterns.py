"""Patterns that the field reports, with band and role, fixed before any run."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal

from pydantic import model_validator
from pydantic.dataclasses import dataclass

from creditsim.spec.records import STRICT, Number, Passport, read_entries


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Pattern(Passport):
    """One pattern.

    Attributes
    ----------
    role : {'input', 'fit', 'hold-out'}
        A parameter was set from it, calibration may use it, or it is only looked at.
    measure : str
        Name of the measure, see `creditsim.analysis.patterns`.
    low, high : float or None
        Band in which the measure is expected; one side may be open.
    """

    name: str
    title_en: str
    title_zh: str
    role: Literal["input", "fit", "hold-out"]
    measure: str
    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _agree(self) -> Pattern:
        """Refuse a pattern that anything would meet, or nothing could."""
        if self.low is None and self.high is None:
            raise ValueError("got neither low nor high, expected a band")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"got a band from {self.low:g} to {self.high:g}, expected low below high")
        return self


@functools.cache
def patterns() -> Mapping[str, Pattern]:
    """Return all patterns by name, in the file's order."""
    return read_entries("patterns.yaml", "patterns", Pattern, "name")
