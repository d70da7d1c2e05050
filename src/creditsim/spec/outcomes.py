"""Outcomes: what a run may report, each with the smallest difference that matters."""

from __future__ import annotations

import functools
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.spec.records import STRICT, read_entries
from creditsim.spec.vocabulary import SETTINGS

OF_COMPARISONS = ("score.bunching_ratio", "cost.per_breach_averted_yuan")
"""Outcomes that no single run has: they set two runs against each other."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Outcome:
    """One outcome.

    Attributes
    ----------
    name, short : str
        Dotted name with its unit; nickname for plots, ``""`` if none.
    smallest_relevant : float
        Smallest relevant difference, in the outcome's unit.
    settings : tuple of str
        Where it is defined; ``("all",)`` is everywhere.
    kind : {'direct', 'behavioural', 'harm', 'account', 'cost'}
        Direct outcomes move by construction.
    true_or_recorded : {'true', 'recorded', 'both'}
        What agents did, or what the files say.
    """

    name: str
    title_en: str
    title_zh: str
    unit: str
    direction: Literal["higher_better", "lower_better", "neutral"]
    smallest_relevant: Annotated[float, Field(gt=0)]
    settings: Annotated[tuple[Literal[("all", *SETTINGS)], ...], Field(strict=False)]
    kind: Literal["direct", "behavioural", "harm", "account", "cost"]
    true_or_recorded: Literal["true", "recorded", "both"]
    by_group: bool
    definition: str
    short: str = ""


@functools.cache
def outcomes() -> dict[str, Outcome]:
    """Return all outcomes by name, in the catalogue's order."""
    return read_entries("outcomes.yaml", "outcomes", Outcome, "name")


def outcome_named(text: str) -> Outcome:
    """Return the outcome of a name or nickname.

    Raises
    ------
    InputError
        If there is none; names the nearest.

    Examples
    --------
    >>> outcome_named("breaches").name
    'breach.all_per_1000_month'
    """
    found = {each.short: each for each in outcomes().values() if each.short} | outcomes()
    if text not in found:
        raise InputError(Fault(unknown(text, found, "outcome")))
    return found[text]
