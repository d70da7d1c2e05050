"""Unit costs of public work, and the heads that they are multiplied with."""

from __future__ import annotations

import functools
from typing import Annotated

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from creditsim.spec.records import STRICT, Amount, Passport, read_entries


@dataclass(frozen=True, kw_only=True, config=STRICT)
class UnitCost(Passport):
    """One unit cost with its range, in its unit."""

    name: str
    title_en: str
    title_zh: str
    unit: str
    value: Amount
    low: Amount
    high: Amount

    @model_validator(mode="after")
    def _agree(self) -> UnitCost:
        """Refuse a value outside its own range."""
        if not self.low <= self.value <= self.high:
            raise ValueError(f"got {self.value:g}, expected a value from {self.low:g} to {self.high:g}")
        return self


@dataclass(frozen=True, kw_only=True, config=STRICT)
class HeadCount(Passport):
    """How many of something the full-size district has."""

    name: str
    title_en: str
    title_zh: str
    value: Annotated[int, Field(ge=0)]


@functools.cache
def unit_costs() -> dict[str, UnitCost]:
    """Return the unit costs by name, in the catalogue's order."""
    return read_entries("costs.yaml", "unit_costs", UnitCost, "name")


@functools.cache
def district_heads() -> dict[str, int]:
    """Return the heads of the full-size district by name, e.g. ``villagers``."""
    found = read_entries("costs.yaml", "heads", HeadCount, "name")
    return {name: each.value for name, each in found.items()}
