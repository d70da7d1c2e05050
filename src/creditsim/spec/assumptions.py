"""Assumptions of the mechanisms: numbers of the month that are neither lever nor activity."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from creditsim.spec.records import STRICT, Number, Passport, Share, read_entries
from creditsim.spec.vocabulary import CHANNELS


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Assumption(Passport):
    """One number, or one number a channel, with its passport.

    Attributes
    ----------
    value, low, high : float
        The number and its range. With `by_channel` the range is a factor on all of them.
    by_channel : mapping of str to float
        One share a channel; empty if it is a single number.
    """

    name: str
    title_en: str
    title_zh: str
    unit: str
    value: Number = 1.0
    low: Number
    high: Number
    by_channel: Annotated[Mapping[str, Share], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _agree(self) -> Assumption:
        """Refuse a value outside its range, and channels that are not all there."""
        if not self.low <= self.value <= self.high:
            raise ValueError(f"got {self.value:g}, expected a value from {self.low:g} to {self.high:g}")
        if self.by_channel and set(self.by_channel) != set(CHANNELS):
            raise ValueError(f"expected one share for each of {', '.join(CHANNELS)}")
        return self


@functools.cache
def assumptions() -> Mapping[str, Assumption]:
    """Return all assumptions of the mechanisms by name."""
    return read_entries("model.yaml", "assumptions", Assumption, "name")


@functools.cache
def assumed(name: str) -> float:
    """Return the value of a numeric assumption.

    Examples
    --------
    >>> assumed("choice.tau_merit")
    0.5
    """
    return float(assumptions()[name].value)


def assumed_by_channel(name: str) -> tuple[float, ...]:
    """Return the values of an assumption that has one number a channel, in channel order."""
    by_channel = assumptions()[name].by_channel
    return tuple(by_channel[channel] for channel in CHANNELS)
