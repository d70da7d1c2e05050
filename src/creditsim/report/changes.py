"""The levers that make the scenarios differ, old and new, all scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditsim.analysis.compare import ComparedScenarios
from creditsim.report.labels import say, title_of
from creditsim.report.numbers import lever_text, unit_text
from creditsim.report.scenarios import compared, scenario_titles
from creditsim.report.tables import Cell, Table

SHOWN = 12
"""Levers shown at once; the others are folded away."""


def change_tables(comparison: ComparedScenarios, levers: Mapping[str, Any], lang: str) -> list[Table]:
    """Return the levers that differ from the baseline: the first `SHOWN`, then all others.

    When and where a programme runs comes first, then the catalogue's order. A lever that a
    scenario leaves as in the baseline is marked in that scenario's column.
    """
    titles = scenario_titles(comparison.scenarios, lang)
    baseline = comparison.scenarios[comparison.baseline]
    labels = compared(comparison)
    changed = {
        label: {change.lever: change for change in comparison.scenarios[label].changes(baseline)}
        for label in labels
    }
    names = dict.fromkeys(name for label in labels for name in changed[label])
    place = {name: position for position, name in enumerate(levers)}
    order = sorted(names, key=lambda name: (not name.startswith("rollout."), place.get(name, len(place))))
    body = []
    for name in order:
        lever = levers.get(name)
        unit = lever.unit if lever is not None else ""
        title = (title_of(lever, lang), name) if lever is not None else (name,)
        changes = [changed[label].get(name) for label in labels]
        old = next(change.old for change in changes if change is not None)
        body.append(
            (
                Cell(title, "head"),
                Cell((unit_text(unit, lang),)),
                Cell((lever_text(old, unit, lang),), "number"),
                *(
                    Cell((say("changes.same", lang),), "number again")
                    if change is None
                    else Cell((lever_text(change.new, unit, lang),), "number clear")
                    for change in changes
                ),
            )
        )
    counts = {label: say("changes.count", lang, count=len(changed[label])) for label in labels}
    head = (
        Cell((say("column.lever", lang),)),
        Cell((say("column.unit", lang),)),
        Cell((titles[comparison.baseline], say("column.old", lang)), "number"),
        *(Cell((titles[label], say("column.new", lang), counts[label]), "number") for label in labels),
    )
    parts = [("caption.changes", body[:SHOWN]), ("caption.changes_rest", body[SHOWN:])]
    return [
        Table(say(caption, lang, count=len(body)), head, rows, look="matrix changes")
        for caption, rows in parts
        if rows
    ]


def unchanged(comparison: ComparedScenarios, lang: str) -> list[str]:
    """Return a sentence for each scenario whose levers are all as in the baseline."""
    titles = scenario_titles(comparison.scenarios, lang)
    baseline = comparison.scenarios[comparison.baseline]
    return [
        say("changes.none", lang, scenario=titles[label])
        for label in compared(comparison)
        if not comparison.scenarios[label].changes(baseline)
    ]
