"""Show which patterns of the field the simulation meets, and which it does not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from creditsim.app.commands import LANGUAGES, range_faults, standard_output_kept
from creditsim.app.options import choice_faults, numbers_of
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.app.words import word
from creditsim.core.errors import InputError
from creditsim.report.numbers import NOTHING


def show_patterns(texts: Mapping[str, str | None], lang: str, voice: Voice) -> int:
    """Hold the simulation against the patterns of the field; return the exit code.

    Parameters
    ----------
    texts : mapping of str to str or None
        Options as they were typed: seed, replications, scale, threads.

    Raises
    ------
    InputError
        All faults at once, before anything runs.
    """
    faults = choice_faults("--lang", lang, LANGUAGES)
    numbers = numbers_of(texts, faults)
    faults += range_faults(numbers)
    if faults:
        raise InputError(faults)
    from creditsim.app import api

    with standard_output_kept():
        held = api.hold_patterns(progress=voice.progress, **numbers)
    if voice.json:
        print_json({"patterns": [each.to_dict() for each in held]})
    else:
        voice.result(patterns_text(held, lang))
    return 0


def patterns_text(held: Any, lang: str) -> str:
    """Return patterns with bands, values and verdicts as a table for people."""
    from creditsim.report.labels import title_of

    names = ("verdict", "role", "band", "simulated_value", "interval", "title")
    lines = [
        [
            word(f"held.{each.verdict}", lang),
            word(f"role.{each.pattern.role}", lang),
            _band(each.pattern.low, each.pattern.high),
            _number(each.value),
            NOTHING if math.isnan(each.low) else f"{each.low:.3g} {word('to', lang)} {each.high:.3g}",
            title_of(each.pattern, lang),
        ]
        for each in held
    ]
    return table_text([word(f"head.{name}", lang) for name in names], lines, right=[3])


def _number(value: float) -> str:
    """Return a value as text; a dash where there is none."""
    return NOTHING if math.isnan(value) else f"{value:.3g}"


def _band(low: float | None, high: float | None) -> str:
    """Return a band as text; one side may be open."""
    if low is None:
        return f"<= {high:g}"
    return f">= {low:g}" if high is None else f"{low:g} .. {high:g}"
