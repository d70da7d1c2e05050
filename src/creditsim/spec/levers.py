"""Levers: the named, ranged, sourced values that a scenario may set."""

from __future__ import annotations

import functools
import math
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from creditsim.core.errors import nearest
from creditsim.core.months import month_index, month_text
from creditsim.spec.faults import shown
from creditsim.spec.records import STRICT, Passport, Texts, read_entries

NEVER = "never"
"""The value of a month lever that does not come."""

LeverValue = bool | int | float | str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Lever(Passport):
    """One lever: what it is called, what it may be, and where its values come from.

    Attributes
    ----------
    name : str
        Dotted name with its unit, e.g. ``inspection.visits_per_month``.
    row : str
        The plan's row, ``base`` or ``world``.
    form : {'number', 'switch', 'choice', 'month'}
        Kind of value.
    low, high : number, month or None
        Range that a scenario may set; `off` is allowed too.
    off : value
        The value without any programme.
    default : value
        The value in status-quo-2019 (rollout levers: at once and everywhere).
    requires : tuple of str
        Levers that must not be at their `off` value when this one is not.
    mechanism : bool
        Whether this version's model acts on the lever.
    whole : bool
        Whether the number is a whole one.
    """

    name: str
    row: str
    title_en: str
    title_zh: str
    unit: str
    form: Literal["number", "switch", "choice", "month"]
    off: Any
    default: Any
    mechanism: bool
    plan_section: str
    direct_outcome: str
    behavioural_outcome: str
    harm_outcome: str
    expected_direct: Literal["higher", "lower"]
    low: Any = None
    high: Any = None
    whole: bool = False
    options: Texts = ()
    requires: Annotated[Texts, Field(strict=False)] = ()

    @model_validator(mode="after")
    def _agree(self) -> Lever:
        """Refuse an entry whose own range does not admit its default."""
        if self.form == "choice" and not self.options:
            raise ValueError("got a choice without options, expected options: [...]")
        if self.form in ("number", "month") and (self.low is None or self.high is None):
            raise ValueError("got no range, expected low and high")
        # Frozen, so that nobody changes a lever; here it is still being made.
        object.__setattr__(self, "off", self.read(self.off))
        object.__setattr__(self, "default", self.read(self.default))
        return self

    @property
    def expected(self) -> str:
        """Say in words which values the lever may have."""
        if self.form == "switch":
            return "true or false"
        if self.form == "choice":
            return "one of " + ", ".join(self.options)
        if self.form == "month":
            return f"a month written YYYY-MM from {self.low} to {self.high}, or never"
        noun = "a whole number" if self.whole else "a share" if self._is_plain_share else "a number"
        unit = "" if self._is_plain_share else f" ({self.unit.replace('_', ' ')})"
        off = "" if self.low <= self.off <= self.high else f", or {self.off:g} (off)"
        return f"{noun} from {self.low:g} to {self.high:g}{unit}{off}"

    @property
    def _is_plain_share(self) -> bool:
        """Say whether the number is a share of a whole."""
        return self.unit == "share" and self.low >= 0 and self.high <= 1

    def read(self, value: Any) -> LeverValue:
        """Return a value in the lever's own form: float, int, bool, option or month.

        Raises
        ------
        ValueError
            If the lever cannot have the value; the message says got, expected, nearest.
        """
        if self.form == "switch":
            good = isinstance(value, bool)
        elif self.form == "choice":
            good = isinstance(value, str) and value in self.options
        elif self.form == "month":
            value, good = self._read_month(value)
        else:
            value, good = self._read_number(value)
        if not good:
            near = nearest(value, self.options) if self.form == "choice" else ""
            raise ValueError(f"got {shown(value)}, expected {self.expected}{near}")
        return value

    def _read_number(self, value: Any) -> tuple[Any, bool]:
        """Return a number as int or float, and whether the lever may have it."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return value, False
        if self.whole and value != int(value):
            return value, False
        number = int(value) if self.whole else float(value)
        return number, self.low <= number <= self.high or number == self.off

    def _read_month(self, value: Any) -> tuple[Any, bool]:
        """Return a month as text YYYY-MM, and whether the lever may have it."""
        if value == NEVER:
            return NEVER, True
        try:
            index = month_index(value) if isinstance(value, str) else None
        except ValueError:
            index = None
        if index is None:
            return value, False
        return month_text(index), month_index(self.low) <= index <= month_index(self.high)

    def is_on(self, value: Any) -> bool:
        """Say whether a value differs from the one without any programme."""
        return value != self.off

    def show(self, value: Any, unit: bool = True) -> str:
        """Return a value as text with its unit, e.g. ``400 visits per month``."""
        if self.form == "switch":
            return "on" if value else "off"
        if self.form != "number":
            return str(value)
        words = "" if not unit or self.unit in ("share", "count") else f" {self.unit.replace('_', ' ')}"
        return f"{value:,.10g}{words}"


@functools.cache
def levers() -> dict[str, Lever]:
    """Return all levers by name, in the catalogue's order.

    Examples
    --------
    >>> levers()["inspection.visits_per_month"].default
    400.0
    """
    found = read_entries("levers.yaml", "levers", Lever, "name")
    for lever in found.values():
        for name in lever.requires:
            if name not in found:
                raise ValueError(f"data/levers.yaml: {lever.name} requires {name}, which is no lever")
    return found
