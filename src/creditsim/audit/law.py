"""Hold a rulebook or a scenario against the dated legal screen, before anything is simulated.

Of a book: every item, the rules printed in its text and the treatments that it promises. Of a
scenario: its levers, the treatments by grade that they put in force, and the items under which its
activities can be entered.
"""

from __future__ import annotations

import csv
import datetime
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from creditsim.audit.findings import Audit, Finding
from creditsim.core.shipped import data_path
from creditsim.model.books import DISTRICT_BOOK
from creditsim.model.entries import entry_items
from creditsim.scoring.rulebook import Item, Rulebook
from creditsim.spec.activities import activities
from creditsim.spec.legal_screen import KeyCheck, RowCheck, legal_checks, rules_in_force
from creditsim.spec.levers import levers
from creditsim.spec.measures import Measure, measures
from creditsim.spec.rulebooks import load_rulebook, rulebook_names
from creditsim.spec.scenario import Scenario

_PERSONS = frozenset(("villager", "resident", "teacher", "civil_servant", "student"))
_SCHEMES = {
    "wendeng-2020": ("weihai_city", "wendeng_2020", "wendeng_rural_stars"),
    "weihai-city": ("weihai_city",),
    "wendeng-village-stars": ("wendeng_rural_stars",),
}
"""Schemes of data/rulebooks/incentives.csv whose treatments go by a book's grades, or come on top of them."""


def audit_book(name_or_path: str | Path, as_of: datetime.date) -> Audit:
    """Screen a rulebook as of a day.

    Parameters
    ----------
    name_or_path : str or path
        A shipped book or a YAML file.
    as_of : datetime.date

    Raises
    ------
    InputError
        If the book cannot be read.
    """
    book = load_rulebook(name_or_path)
    shipped = book.name if str(name_or_path) in rulebook_names() else ""
    path = f"data/rulebooks/{shipped}.yaml" if shipped else str(name_or_path)
    checks = legal_checks()
    items = Path(path).with_name(book.meta["items"]).as_posix()
    found = list(_row_findings(checks.items, _item_rows(book.items), items, as_of))
    if printed := _printed_rules(shipped):
        found += _row_findings(checks.printed_rules, printed, f"data/rulebooks/{shipped}-rules.csv", as_of)
    else:
        found += _key_findings(checks.book_keys, book, path, as_of)
    treatments = [row for row in _treatments() if row["scheme"] in _SCHEMES.get(shipped, ())]
    found += _row_findings(checks.treatments, treatments, "data/rulebooks/incentives.csv", as_of)
    return Audit.of(book.name, book.title, as_of, found)


def audit_scenario(scenario: Scenario, as_of: datetime.date) -> Audit:
    """Screen a scenario as of a day: its levers, treatments in force, items that it can enter."""
    values = scenario.values
    place = scenario.file or scenario.name
    found = [
        Finding(rule, place, check.lever, check.about, check.section)
        for check in legal_checks().levers
        if check.finds(values)
        for rule in rules_in_force(check.variants, as_of)
    ]
    rows = [_measure_row(each) for each in measures() if _acts(each, values)]
    found += _row_findings(legal_checks().measures, rows, "data/measures.yaml", as_of)
    book = load_rulebook(DISTRICT_BOOK)
    found += _row_findings(
        legal_checks().items,
        _item_rows(_entered(book, values)),
        f"data/rulebooks/{book.meta['items']}",
        as_of,
        values,
    )
    return Audit.of(scenario.name, scenario.title, as_of, found)


def _row_findings(
    checks: Sequence[RowCheck],
    rows: Sequence[Mapping[str, Any]],
    file: str,
    as_of: datetime.date,
    values: Mapping[str, Any] | None = None,
) -> Iterator[Finding]:
    """Yield a finding for each row and each rule in force that it trips, each rule once a row."""
    for row in rows:
        tripped: set[str] = set()
        for check in checks:
            if check.finds(row, values):
                for rule in rules_in_force(check.variants, as_of):
                    if rule.name not in tripped:
                        tripped.add(rule.name)
                        yield Finding(rule, file, row["id"], row["about"])


def _key_findings(
    checks: Sequence[KeyCheck], book: Rulebook, file: str, as_of: datetime.date
) -> Iterator[Finding]:
    """Yield a finding for each key of a book's own file that stands for a rule it trips."""
    for check in checks:
        if book.meta.get(check.key):
            for rule in rules_in_force(check.variants, as_of):
                yield Finding(rule, file, check.key, {"en": rule.title_en, "zh": rule.title_zh})


def _item_rows(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Return items as rows of the screen."""
    return [
        {
            **vars(item),
            "points": item.points_mp / 1000,
            "about": {"en": f"{item.name_en} ({item.worth})", "zh": f"{item.name_zh}（{item.worth}）"},
        }
        for item in items
        if item.list != "linked"
    ]


def _entered(book: Rulebook, values: Mapping[str, Any]) -> list[Item]:
    """Return the items under which a scenario's activities can be entered, in the book's order."""
    entered = {
        item.id for each in activities() for item in entry_items(each, book, values) if item is not None
    }
    return [item for item in book.items if item.id in entered]


def _acts(measure: Measure, values: Mapping[str, Any]) -> bool:
    """Say whether a scenario treats persons by it, by their grade or star."""
    on = all(values[lever] != levers()[lever].off for lever in measure.requires)
    return on and bool(measure.trigger_grades) and not _PERSONS.isdisjoint(measure.kinds)


def _measure_row(measure: Measure) -> dict[str, Any]:
    """Return a treatment of the catalogue as a row of the screen."""
    about = {"en": measure.title_en, "zh": measure.title_zh}
    return {**vars(measure), "kind": measure.direction, "flags": (), "about": about}


@functools.cache
def _printed_rules(book: str) -> tuple[dict[str, Any], ...]:
    """Return the rules printed in a shipped book's text; none where nobody transcribed them."""
    path = data_path("rulebooks", f"{book}-rules.csv")
    if not path.exists():
        return ()
    return tuple(
        {**row, "id": row["rule"], "flags": (), "about": _printed_words(row)} for row in _csv_rows(path)
    )


def _printed_words(row: Mapping[str, str]) -> dict[str, str]:
    """Return what a printed rule says, as far as its name, value and source tell."""
    words = row["rule"].replace("_", " ")
    return dict.fromkeys(("en", "zh"), f"{words}: {row['value']} {row['unit']} ({row['source']})")


@functools.cache
def _treatments() -> tuple[dict[str, Any], ...]:
    """Return the printed treatments as rows of the screen."""
    return tuple(
        {
            **row,
            "flags": tuple(row["flags"].split(";")),
            "about": {"en": row["treatment_en"], "zh": row["treatment_zh"]},
        }
        for row in _csv_rows(data_path("rulebooks", "incentives.csv"))
    )


def _csv_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a shipped table as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
