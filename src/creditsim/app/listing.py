"""List what there is to name on a command line: scenarios, districts, rulebooks, outcomes, levers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from creditsim.app.printing import table_text
from creditsim.app.words import value_in

Entry = dict[str, Any]


def scenarios() -> list[Entry]:
    """Return the shipped scenarios: name, title, what they are about, population, months."""
    from creditsim.spec.scenario import load_scenario, scenario_names

    return [
        {
            "name": each.name,
            "title": dict(each.title),
            "about": dict(each.about),
            "population": each.population,
            "start": each.start,
            "months": each.months,
        }
        for each in map(load_scenario, scenario_names())
    ]


def districts() -> list[Entry]:
    """Return the districts whose population can be built."""
    from creditsim.spec.scenario import population_names

    return [{"name": name} for name in population_names()]


def rulebooks() -> list[Entry]:
    """Return the rulebooks: name, title, number of items, grades from the lowest to the highest."""
    from creditsim.spec.rulebooks import load_rulebook, rulebook_names

    return [
        {"name": book.name, "title": dict(book.title), "items": len(book.items), "grades": list(book.grades)}
        for book in map(load_rulebook, rulebook_names())
    ]


def outcomes() -> list[Entry]:
    """Return the outcomes: name, nickname, title, unit, kind, smallest relevant difference."""
    from creditsim.spec.outcomes import outcomes as catalogue

    return [
        {
            "name": each.name,
            "short": each.short,
            "title": {"en": each.title_en, "zh": each.title_zh},
            "unit": each.unit,
            "kind": each.kind,
            "direction": each.direction,
            "smallest_relevant": each.smallest_relevant,
        }
        for each in catalogue().values()
    ]


def levers() -> list[Entry]:
    """Return the levers: name, title, unit, range or options, default."""
    from creditsim.spec.levers import levers as catalogue

    return [
        {
            "name": each.name,
            "title": {"en": each.title_en, "zh": each.title_zh},
            "unit": each.unit,
            "low": each.low,
            "high": each.high,
            "options": list(each.options),
            "default": each.default,
            "acts": each.mechanism,
        }
        for each in catalogue().values()
    ]


TOPICS: dict[str, Callable[[], list[Entry]]] = {
    "scenarios": scenarios,
    "districts": districts,
    "rulebooks": rulebooks,
    "outcomes": outcomes,
    "levers": levers,
}
"""What can be listed, in the order in which it is shown."""

LONG = {"outcomes": "creditsim list outcomes", "levers": "creditsim levers"}
"""Topics of more than a screen, counted in the overview, and the command that shows them."""


def topic_text(topic: str, lang: str) -> str:
    """Return a topic as a table for people."""
    entries = TOPICS[topic]()
    columns = [
        key for key in ("name", "short", "title", "unit", "kind", "items", "default") if key in entries[0]
    ]
    rows = [[_cell(entry[key], lang) for key in columns] for entry in entries]
    right = [number for number, key in enumerate(columns) if key == "items"]
    return table_text(columns, rows, right)


def overview_text(lang: str) -> str:
    """Return all short topics as tables, and for the long ones how to see them."""
    parts = [f"{topic}\n\n{topic_text(topic, lang)}" for topic in TOPICS if topic not in LONG]
    counts = [f"{topic}: {len(TOPICS[topic]())}; see them with: {how}" for topic, how in LONG.items()]
    return "\n\n".join([*parts, "\n".join(counts)])


def _cell(value: Any, lang: str) -> str:
    """Return a value as people read it."""
    if isinstance(value, dict):
        return value.get(lang, "")
    return value_in(value) if isinstance(value, bool | float) else str(value)
