"""Measures: what a grade, a star or an event brings an agent, and what that costs."""

from __future__ import annotations

import functools
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from creditsim.spec.records import STRICT, Number, Passport, Share, Texts, read_entries
from creditsim.spec.vocabulary import GRADES, KINDS, STARS


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Measure(Passport):
    """One treatment that follows from a grade, a star or an event.

    Attributes
    ----------
    id : str
        Name, e.g. ``city-bank-rate``.
    rows, kinds : tuple of str
        The plan's rows; kinds of agents that it is for.
    requires : tuple of str
        Levers that must be on.
    trigger_grades, trigger_event : tuple of str, str
        When it holds: grades or stars (``"star5"``) of `book`, or an event; one of the two.
    book : str
        Rulebook whose grade or star counts.
    direction : {'incentive', 'restriction'}
        Restrictions are worth less than nothing.
    worth_yuan_month, worth_low, worth_high : float
        Median worth to the agents to whom it matters, and its range.
    eligible_share : float
        Share of the kind to whom it matters.
    public_cost_yuan_month, staff_hours_month : float
        For one treated agent; below 0 if saved.
    denies_basic_service : {'no', 'possible', 'yes'}
        Own reading.
    """

    id: str
    title_en: str
    title_zh: str
    rows: Annotated[Texts, Field(min_length=1)]
    kinds: Annotated[Texts, Field(min_length=1)]
    book: Literal["weihai-city", "wendeng-2020", "wendeng-village-stars"]
    direction: Literal["incentive", "restriction"]
    worth_yuan_month: Number
    worth_low: Number
    worth_high: Number
    eligible_share: Share
    public_cost_yuan_month: Number
    staff_hours_month: Number
    executor: str
    legal_basis: str
    denies_basic_service: Literal["no", "possible", "yes"]
    plan_section: str
    requires: Texts = ()
    trigger_grades: Texts = ()
    trigger_event: str = ""

    @model_validator(mode="after")
    def _agree(self) -> Measure:
        """Refuse words outside the vocabulary and a worth outside its range or of a wrong sign."""
        known = (
            (self.kinds, KINDS, "kind"),
            (self.trigger_grades, GRADES + tuple(f"star{star}" for star in STARS), "grade or star"),
        )
        for words, options, what in known:
            strange = [word for word in words if word not in options]
            if strange:
                expected = ", ".join(options)
                raise ValueError(f"got {strange[0]!r}, expected a {what} out of {expected}")
        if bool(self.trigger_grades) == bool(self.trigger_event):
            raise ValueError("got none or both, expected one of trigger_grades and trigger_event")
        if not self.worth_low <= self.worth_yuan_month <= self.worth_high:
            raise ValueError(
                f"got the worth {self.worth_yuan_month:g}, expected one from {self.worth_low:g} "
                f"to {self.worth_high:g}"
            )
        if (self.worth_yuan_month < 0) != (self.direction == "restriction"):
            raise ValueError("expected a worth below 0 for a restriction, from 0 for an incentive")
        return self

    @property
    def kind(self) -> str:
        """Return the first of the kinds; only pilot support is for several."""
        return self.kinds[0]


@functools.cache
def measures() -> tuple[Measure, ...]:
    """Return all measures, in the catalogue's order."""
    return tuple(read_entries("measures.yaml", "measures", Measure, "id").values())
