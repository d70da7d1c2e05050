"""Activities: what agents may do, with the rates, stakes and channels of the 2019 baseline."""

from __future__ import annotations

import functools
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from creditsim.spec.records import (
    STRICT,
    Amount,
    Passport,
    Share,
    Texts,
    catalogue_document,
    read_entries,
)
from creditsim.spec.vocabulary import CHANNELS, KINDS, SETTINGS, TRAITS

VISITED = (("enterprise",), ("school",))
"""Kinds of activities whose inspection the model makes itself, visit by visit."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Activity(Passport):
    """One breach or merit that agents of some kinds may meet.

    Attributes
    ----------
    id : str
        Name, e.g. ``res-volunteering``.
    kinds : tuple of str
        Kinds of agents that meet it.
    all_traits, any_traits : tuple of str
        Traits that an agent needs: all of the first, one of the second (if any are named).
    opportunity_rate : float
        Chance a month to meet the opportunity.
    base_rate, base_rate_low, base_rate_high : float
        Share that acts under the 2019 baseline, given the opportunity, and its range.
    stake_yuan : float
        Median private gain of a breach, or private cost of a merit.
    log_sd : float
        Spread of the stake, as the standard deviation of its logarithm.
    reward_yuan, social_yuan : float
        Cash for a merit at the baseline; size of the harm or benefit to others.
    channels : dict of str to float
        Chance per act that a channel notices it at the baseline.
    seen_given_visit : float
        Enterprises, schools: chance that one visit sees the act; replaces their inspection channel.
    dedicated_inspection : float
        Chance per act that other inspectors see it, whatever the visits; it is also what
        `channels` holds for the inspection of enterprises and schools.
    fine_yuan, fine_substitute_yuan : float
        Statutory amount; worth of the consequence where the law sets no fine.
    items : tuple of str
        Rulebook items; the first is the ordinary entry.
    visible_share : float
        Share of acts that neighbours or colleagues see.
    gaming : bool
        Whether it may be done for the points alone.
    hours : float
        Hours that one act enters as service; 0 if none.
    due : {'', 'single', 'recurring', 'trade'}
        Whether the breach leaves a due unpaid, which then may be for want of cash: a due that
        falls due once, or one of every month, missed in the month in which the cash runs out; its
        amount is the stake. Or what a firm owes its trade partners, which the trade keeps.
    strained_share : float
        Share of those who meet the due that are short of income, where it differs from the
        share of all agents (``means.strained_*_share``); 0 if it does not.
    in_person : bool
        Whether the deed needs others nearby, so that it pauses with a contact shock.
    """

    id: str
    title_en: str
    title_zh: str
    kinds: Annotated[Texts, Field(min_length=1)]
    setting: Literal[SETTINGS]
    direction: Literal["breach", "merit"]
    opportunity_rate: Share
    base_rate: Share
    base_rate_low: Share
    base_rate_high: Share
    stake_yuan: Annotated[float, Field(gt=0)]
    log_sd: Amount
    reward_yuan: Amount
    social_yuan: Amount
    channels: dict[Literal[CHANNELS], Share]
    fine_yuan: Amount
    items: Annotated[Texts, Field(min_length=1)]
    plan_rows: Texts
    visible_share: Share
    gaming: bool
    all_traits: Texts = ()
    any_traits: Texts = ()
    seen_given_visit: Share = 0.0
    dedicated_inspection: Share = 0.0
    fine_substitute_yuan: Amount = 0.0
    hours: Amount = 0.0
    due: Literal["", "single", "recurring", "trade"] = ""
    strained_share: Share = 0.0
    in_person: bool = False

    @model_validator(mode="after")
    def _agree(self) -> Activity:
        """Refuse words outside the vocabulary and a base rate outside its own range."""
        for words, known, what in (
            (self.kinds, KINDS, "kind"),
            (self.all_traits + self.any_traits, TRAITS, "trait"),
        ):
            strange = [word for word in words if word not in known]
            if strange:
                raise ValueError(f"got {strange[0]!r}, expected a {what} out of {', '.join(known)}")
        if not self.base_rate_low <= self.base_rate <= self.base_rate_high:
            raise ValueError(
                f"got the base rate {self.base_rate:g}, expected one from {self.base_rate_low:g} "
                f"to {self.base_rate_high:g}"
            )
        if self.kinds in VISITED:
            if self.channels.get("inspection", 0.0) not in (0.0, self.dedicated_inspection):
                raise ValueError(f"got an inspection channel of {self.kinds[0]}, expected seen_given_visit")
            if self.dedicated_inspection:
                self.channels["inspection"] = self.dedicated_inspection
        return self

    @property
    def is_breach(self) -> bool:
        """Say whether it is a breach."""
        return self.direction == "breach"


@functools.cache
def activities() -> tuple[Activity, ...]:
    """Return all activities; the place in the tuple is the activity's number, fixed for good."""
    return tuple(read_entries("activities.yaml", "activities", Activity, "id").values())


@functools.cache
def inspection_weights() -> dict[str, float]:
    """Return relative weights of the baseline visits by trait; ``other`` is for all the rest.

    Visits a month to one active firm or trader; an agent with several of the traits has
    the largest weight. The budget of visits sets the level.
    """
    return {trait: float(each["value"]) for trait, each in _section("inspection_weights").items()}


@functools.cache
def spreads() -> dict[str, tuple[float, float]]:
    """Return the multipliers (low, high) of the values that have no range of their own."""
    return {name: (float(low), float(high)) for name, (low, high) in _section("spread").items()}


def _section(name: str) -> dict[str, Any]:
    """Return one of the short sections before the activities."""
    return catalogue_document("activities.yaml").data[name]
