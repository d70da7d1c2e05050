"""Show the catalogues in full: every lever and every activity, with range and source."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from creditsim.app.commands import LANGUAGES, range_faults
from creditsim.app.options import choice_faults, number, whole_number
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.app.words import (
    range_in,
    source_in,
    unit_in,
    value_in,
    with_details,
    word,
    words,
)
from creditsim.core.errors import Fault, InputError
from creditsim.core.threads import available_cores
from creditsim.report.labels import title_of

INDENT = 6
"""Columns that details stand to the right of their row."""

RATES_DEFAULTS = {"scale": 0.1, "seed": 1, "replications": 1}


def show_levers(row: str | None, lang: str, voice: Voice) -> int:
    """Show all levers, or those of one row of the plan; return the exit code.

    Raises
    ------
    InputError
        If there is no such row or language.
    """
    from creditsim.spec.levers import levers

    faults = choice_faults("--lang", lang, LANGUAGES)
    rows = tuple(dict.fromkeys(lever.row for lever in levers().values()))
    if row is not None:
        # Rows are written in capitals in the plan's order; nobody should have to remember that.
        row = next((known for known in rows if known.lower() == row.lower()), row)
        faults += choice_faults("--row", row, rows)
    if faults:
        raise InputError(faults)
    chosen = [lever for lever in levers().values() if row in (None, lever.row)]
    if voice.json:
        print_json({"levers": [entry_of(lever) for lever in chosen]})
    else:
        voice.result(levers_text(chosen, lang))
    return 0


def show_activities(
    kind: str | None, rates: bool, texts: Mapping[str, str | None], lang: str, voice: Voice
) -> int:
    """Show all activities, or those of one kind of agents; return the exit code.

    Parameters
    ----------
    rates : bool
        Simulate the baseline and hold its shares against the base rates.
    texts : mapping of str to str or None
        Options of `rates` as they were typed: scale, seed, replications, threads.

    Raises
    ------
    InputError
        All faults at once, before anything runs.
    """
    from creditsim.spec.activities import activities
    from creditsim.spec.vocabulary import KINDS

    faults = choice_faults("--lang", lang, LANGUAGES)
    if kind is not None:
        faults += choice_faults("--kind", kind, KINDS)
    numbers = _numbers(rates, texts, faults)
    if faults:
        raise InputError(faults)
    chosen = [each for each in activities() if kind is None or kind in each.kinds]
    measured = None
    if rates and chosen:
        from creditsim.app.base_rates import measure, rates_text

        measured = measure(**numbers, voice=voice, lang=lang)
    if voice.json:
        found = measured or {}
        print_json({"activities": [{**entry_of(each), **found.get(each.id, {})} for each in chosen]})
    elif not chosen:
        voice.result(word("activities.none", lang, kind=word(f"kind.{kind}", lang)))
    elif measured:
        voice.result(rates_text(chosen, measured, numbers, lang))
    else:
        voice.result(activities_text(chosen, lang))
    return 0


def entry_of(entry: Any) -> dict[str, Any]:
    """Return a catalogue entry ready for JSON: its own fields first, then its passport."""
    from creditsim.spec.records import Passport

    passport = [field.name for field in dataclasses.fields(Passport)]
    own = [field.name for field in dataclasses.fields(entry) if field.name not in passport]
    values = {name: getattr(entry, name) for name in (*own, *passport)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def levers_text(chosen: Sequence[Any], lang: str) -> str:
    """Return levers as a table for people, with title, conditions and source under each."""
    from creditsim.spec.levers import levers

    head = [word(f"head.{name}", lang) for name in ("row", "lever", "default", "range", "unit")]
    rows = [
        [
            lever.row,
            lever.name,
            value_in(lever.default),
            range_in(lever, lang),
            unit_in(lever.unit, lang),
        ]
        for lever in chosen
    ]
    details = [[_lever_words(lever, lang), source_in(lever, lang)] for lever in chosen]
    shown = word("levers.shown", lang, shown=len(chosen), all=len(levers()))
    return f"{with_details(table_text(head, rows, right=[2]), details, INDENT)}\n\n{shown}"


def activities_text(chosen: Sequence[Any], lang: str) -> str:
    """Return activities as a table for people, with title, agents, channels and source under each."""
    from creditsim.spec.activities import activities

    names = ("activity", "direction", "met", "base_rate", "base_rate_range", "stake", "fine")
    rows = [
        [
            each.id,
            word(f"direction.{each.direction}", lang),
            percent(each.opportunity_rate),
            percent(each.base_rate),
            word("range", lang, low=percent(each.base_rate_low), high=percent(each.base_rate_high)),
            f"{each.stake_yuan:,.0f}",
            _fine_text(each),
        ]
        for each in chosen
    ]
    head = [word(f"head.{name}", lang) for name in names]
    table = table_text(head, rows, right=range(2, len(head)))
    shown = word("activities.shown", lang, shown=len(chosen), all=len(activities()))
    return f"{with_details(table, [_activity_words(each, lang) for each in chosen], INDENT)}\n\n{shown}"


def percent(share: float) -> str:
    """Return a share in percent, without the sign.

    Examples
    --------
    >>> percent(0.0045), percent(1.0)
    ('0.45', '100')
    """
    return f"{100.0 * share:.4g}"


def _numbers(rates: bool, texts: Mapping[str, str | None], faults: list[Fault]) -> dict[str, Any]:
    """Return the numbers of a simulation of the base rates; add what is wrong with them."""
    if not rates:
        faults += [
            Fault(f"got {text!r} without --rates, expected both or none", key=f"--{name}")
            for name, text in texts.items()
            if text is not None
        ]
        return {}
    readers = {"scale": number}
    read = {name: readers.get(name, whole_number)(f"--{name}", text, faults) for name, text in texts.items()}
    faults += range_faults(read)
    given = {name: value for name, value in read.items() if value is not None}
    return {**RATES_DEFAULTS, "threads": available_cores(), **given}


def _lever_words(lever: Any, lang: str) -> str:
    """Return a lever's title, its section of the plan, its options and what it requires."""
    parts = [title_of(lever, lang)]
    if lever.plan_section != "none":
        parts.append(word("plan", lang, section=lever.plan_section))
    if lever.options:
        parts.append(word("options", lang, names=", ".join(lever.options)))
    if lever.form == "month":
        parts.append(word("never", lang))
    if lever.requires:
        parts.append(word("requires", lang, names=", ".join(lever.requires)))
    return word("then", lang).join(parts)


def _activity_words(each: Any, lang: str) -> list[str]:
    """Return an activity's details: title and agents, amounts and channels, items, source."""
    kinds = words("kind", each.kinds, lang)
    needed = (words("trait", each.all_traits, lang), words("trait", each.any_traits, lang, "either"))
    traits = word("and", lang).join(filter(None, needed))
    who = word("who_with" if traits else "who", lang, kinds=kinds, traits=traits)
    social = f"{each.social_yuan:,.0f}"
    parts = [word("harm" if each.is_breach else "benefit", lang, yuan=social)]
    if each.reward_yuan:
        parts.append(word("reward", lang, yuan=f"{each.reward_yuan:,.0f}"))
    if each.gaming:
        parts.append(word("gaming", lang))
    seen = {"visit": each.seen_given_visit} if each.seen_given_visit else {}
    for channel, chance in each.channels.items():
        others = channel == "inspection" and each.dedicated_inspection
        seen["other_inspection" if others else f"channel.{channel}"] = chance
    channels = [f"{word(key, lang)} {percent(chance)}%" for key, chance in seen.items()]
    parts.append(word("noticed", lang, channels=word("and", lang).join(channels)))
    then = word("then", lang)
    return [
        then.join([title_of(each, lang), who]),
        then.join(parts),
        word("items", lang, names=", ".join(each.items)),
        source_in(each, lang),
    ]


def _fine_text(each: Any) -> str:
    """Return an activity's fine; with ~ what stands in where the law sets none."""
    if not each.fine_yuan and each.fine_substitute_yuan:
        return f"~{each.fine_substitute_yuan:,.0f}"
    return f"{each.fine_yuan:,.0f}" if each.fine_yuan else ""
