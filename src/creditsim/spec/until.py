"""Read which outcomes an experiment keeps, and of which it must be sure before it stops."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from creditsim.core.errors import Fault, unknown
from creditsim.spec.experiment import Until
from creditsim.spec.faults import shown
from creditsim.spec.files import Document
from creditsim.spec.limits import MOST_REPLICATIONS
from creditsim.spec.outcomes import OF_COMPARISONS, outcome_named, outcomes

REPLICATIONS = 10
"""Replications of an experiment that does not say how many."""

LOWEST_LEVEL, HIGHEST_LEVEL = 0.5, 0.9999
"""Confidence levels that may be asked for."""

LEVEL = 0.95
AT_MOST_TIMES = 10
"""Replications at most, by default, against those to begin with."""

Replications = Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)]


class UntilFile(BaseModel):
    """The keys of the section ``until``; its outcomes are checked against the catalogue."""

    model_config = ConfigDict(strict=True, extra="forbid")

    outcomes: Any = None
    level: Annotated[float, Field(ge=LOWEST_LEVEL, le=HIGHEST_LEVEL, allow_inf_nan=False)] | None = None
    at_most: Replications | None = None
    step: Replications | None = None


def read_kept(document: Document, listed: Any) -> tuple[tuple[str, ...], list[Fault]]:
    """Return the full names of the outcomes that are kept, in the catalogue's order; none means all."""
    listed = listed if isinstance(listed, list | tuple) else ()
    found, faults = _named(document, {("outcomes", number): text for number, text in enumerate(listed)})
    return tuple(name for name in outcomes() if name in found), faults


def read_until(
    document: Document, section: Any, replications: Any, kept: Sequence[str]
) -> tuple[Until | None, list[Fault]]:
    """Return when it is enough, every default set, and the faults that its form does not show.

    What has the wrong form, e.g. text for a number, is passed over: the form's check tells of it.
    """
    if not isinstance(section, Mapping):
        return None, []
    widths, faults = _widths(document, section.get("outcomes"), kept)
    first = REPLICATIONS if replications is None else replications
    if not isinstance(first, int):
        return None, faults
    if first == 1:
        message = "got 1, expected 2 or more, because intervals need two"
        faults.append(document.fault(message, "replications"))
    usual = {"level": LEVEL, "at_most": min(AT_MOST_TIMES * first, MOST_REPLICATIONS), "step": first}
    given = {key: section[key] for key in usual if section.get(key) is not None}
    at_most = given.get("at_most")
    if isinstance(at_most, int) and 1 <= at_most < first:
        message = f"got {at_most}, expected at least the {first} replications to begin with"
        faults.append(document.fault(message, "until", "at_most"))
    return Until(widths, **{**usual, **given}), faults


def _widths(document: Document, wanted: Any, kept: Sequence[str]) -> tuple[dict[str, float], list[Fault]]:
    """Return the half-widths to be reached by outcome, in the catalogue's order.

    Of an outcome that comes without one it is the smallest relevant difference: an interval as
    wide as that tells what matters from what does not.
    """
    if wanted is None:
        return _headlines(document, kept)
    keys = ("until", "outcomes")
    if not isinstance(wanted, Mapping | list | tuple) or not wanted:
        expected = "a list of outcomes, or a mapping (outcome: half-width), of one or more"
        return {}, [document.fault(f"got {shown(wanted)}, expected {expected}", *keys)]
    written = zip(wanted, wanted) if isinstance(wanted, Mapping) else enumerate(wanted)
    found, faults = _named(document, {(*keys, at): text for at, text in written})
    widths = {}
    for name, place in found.items():
        width = wanted[place[-1]] if isinstance(wanted, Mapping) else outcomes()[name].smallest_relevant
        if kept and name not in kept:
            message = f"got {name}, which is not kept, expected it under outcomes too"
            faults.append(document.fault(message, *place))
        if not _is_positive(width):
            message = f"got {shown(width)}, expected a half-width above 0 ({outcomes()[name].unit})"
            faults.append(document.fault(message, *place))
        widths[name] = width
    return {name: widths[name] for name in outcomes() if name in widths}, faults


def _headlines(document: Document, kept: Sequence[str]) -> tuple[dict[str, float], list[Fault]]:
    """Return the smallest relevant differences of the outcomes with a nickname that are kept."""
    chosen = {
        each.name: each.smallest_relevant
        for each in outcomes().values()
        if each.short and each.name not in OF_COMPARISONS and (not kept or each.name in kept)
    }
    if chosen:
        return chosen, []
    message = "got none, and none with a nickname is kept, expected the outcomes to be sure of"
    return {}, [document.fault(message, "until", "outcomes")]


def _named(
    document: Document, texts: Mapping[tuple[str | int, ...], Any]
) -> tuple[dict[str, tuple[str | int, ...]], list[Fault]]:
    """Return where each outcome is named, by full name, and the faults of what names none."""
    known = {*outcomes(), *(each.short for each in outcomes().values() if each.short)}
    found: dict[str, tuple[str | int, ...]] = {}
    faults = []
    for place, text in texts.items():
        if not isinstance(text, str) or text not in known:
            faults.append(document.fault(unknown(text, known, "outcome"), *place))
            continue
        name = outcome_named(text).name
        if name in OF_COMPARISONS:
            got = f"got {text}, which sets two runs against each other"
            message = f"{got}, expected an outcome of a single run"
            faults.append(document.fault(message, *place))
        elif name in found:
            faults.append(document.fault(f"got {name} twice, expected it once", *place))
        else:
            found[name] = place
    return found, faults


def _is_positive(value: Any) -> bool:
    """Say whether a value is a finite number above 0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value > 0
