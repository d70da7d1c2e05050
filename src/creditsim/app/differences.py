"""Show what differs between two scenarios, and what each costs, without simulating anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from creditsim.app.commands import LANGUAGES, loaded_scenarios
from creditsim.app.options import choice_faults
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.app.words import cost_line_in, unit_in, value_in, word
from creditsim.core.errors import InputError
from creditsim.report.labels import name_of, title_of
from creditsim.report.numbers import number_text

FIELDS = ("population", "start", "months", "burn_in_months")
"""What decides a scenario's results beside its levers."""


def show_difference(first: str, second: str, lang: str, voice: Voice) -> int:
    """Show changes from one scenario to another and the yearly cost of both; return the exit code.

    Raises
    ------
    InputError
        All faults of both scenarios at once.
    """
    faults = choice_faults("--lang", lang, LANGUAGES)
    loaded = loaded_scenarios([first, second], faults)
    if faults:
        raise InputError(faults)
    a, b = loaded
    labels = (a.name, b.name) if a.name != b.name else (first, second)
    found = difference(a, b, labels)
    if voice.json:
        print_json(found)
    else:
        voice.result(difference_text(found, lang))
    return 0


def difference(a: Any, b: Any, labels: tuple[str, str]) -> dict[str, Any]:
    """Return what ``creditsim diff --json`` prints: changed fields and levers, costs line by line.

    Costs are in yuan and hours of a year of full delivery, for the full-size district.
    """
    from creditsim.spec.costing import yearly_cost
    from creditsim.spec.levers import levers

    fields = [(name, getattr(a, name), getattr(b, name)) for name in FIELDS]
    changes = [
        {
            "lever": change.lever,
            "row": levers()[change.lever].row,
            "unit": levers()[change.lever].unit,
            "old": change.old,
            "new": change.new,
        }
        for change in b.changes(a)
    ]
    costs = [
        {
            "line": old.line,
            "lead": old.lead,
            "a_yuan": _exact(old.yuan),
            "b_yuan": _exact(new.yuan),
            "a_staff_hours": _exact(old.staff_hours),
            "b_staff_hours": _exact(new.staff_hours),
        }
        for old, new in zip(yearly_cost(a).lines, yearly_cost(b).lines, strict=True)
    ]
    return {
        "a": labels[0],
        "b": labels[1],
        "fields": [{"field": name, "old": old, "new": new} for name, old, new in fields if old != new],
        "changes": changes,
        "costs": costs,
    }


def difference_text(found: Mapping[str, Any], lang: str) -> str:
    """Return a difference as tables for people: levers, then costs by lead department."""
    parts = [word("diff.changes", lang, a=found["a"], b=found["b"], count=len(found["changes"]))]
    parts += [
        f"{word('field.' + each['field'], lang)}: {each['old']} → {each['new']}" for each in found["fields"]
    ]
    text = "\n".join(parts)
    if found["changes"]:
        text += f"\n\n{_changes_text(found, lang)}"
    return f"{text}\n\n{_costs_text(found, lang)}"


def _changes_text(found: Mapping[str, Any], lang: str) -> str:
    """Return the levers that differ as a table."""
    from creditsim.spec.levers import levers

    rows = [
        [
            change["row"],
            title_of(levers()[change["lever"]], lang),
            value_in(change["old"]),
            value_in(change["new"]),
            unit_in(change["unit"], lang),
            change["lever"],
        ]
        for change in found["changes"]
    ]
    first, second, *rest = (word(f"head.{name}", lang) for name in ("row", "title", "unit", "lever"))
    return table_text([first, second, found["a"], found["b"], *rest], rows, right=[2, 3])


def _costs_text(found: Mapping[str, Any], lang: str) -> str:
    """Return the yearly costs as a table: a department, the lines that it leads, the sum."""
    from creditsim.spec.vocabulary import LEADS

    keys = ("a_yuan", "b_yuan", "a_staff_hours", "b_staff_hours")
    lines = [line for line in found["costs"] if any(line[key] for key in keys)]
    if not lines:
        return word("diff.no_costs", lang)
    rows = []
    for lead in LEADS:
        mine = [line for line in lines if line["lead"] == lead]
        if mine:
            rows.append([name_of("lead", lead, lang), *_amounts(mine)])
            rows += [[f"  {cost_line_in(line['line'], lang)}", *_amounts([line])] for line in mine]
    rows.append([word("sum", lang), *_amounts(lines)])
    head = [word("head.work", lang)]
    for what in ("yuan", "hours"):
        head += [word(f"head.{what}", lang, side=side) for side in ("A", "B")]
        head.append(word("head.change", lang))
    return "\n\n".join(
        [
            word("diff.costs", lang, a=found["a"], b=found["b"]),
            table_text(head, rows, right=range(1, 7)),
            word("diff.costs_note", lang),
        ]
    )


def _amounts(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return yuan and hours of both scenarios and their changes, summed over lines, as text."""
    cells = []
    for what in ("yuan", "staff_hours"):
        old, new = (sum(line[f"{side}_{what}"] for line in lines) for side in ("a", "b"))
        change = round(new - old)
        cells += [number_text(old, 0), number_text(new, 0)]
        cells.append(("+" if change > 0 else "") + number_text(change, 0))
    return cells


def _exact(amount: float) -> float:
    """Return an amount to the fen, without the dust of adding floats up."""
    return round(float(amount), 2) + 0.0
