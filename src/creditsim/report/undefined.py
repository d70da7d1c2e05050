"""Say why a difference is not defined: where there was nobody or nothing to divide by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from creditsim.analysis.compare import ComparedScenarios
from creditsim.report.labels import outcome_title, say
from creditsim.report.scenarios import compared, scenario_titles

REASONS = ("baseline", "both", "scenario", "some")
"""Where an outcome is not defined: in no replication of one side or both, or in some only."""


def undefined_reason(comparison: ComparedScenarios, row: Mapping[str, Any]) -> str:
    """Return the reason, of `REASONS`, why a row of differences is not defined."""
    frame = comparison.outcomes
    chosen = frame[
        (frame["outcome"] == row["outcome"])
        & (frame["setting"] == row["setting"])
        & (frame["group"] == row["group"])
    ]

    def never(label: str) -> bool:
        return bool(chosen.loc[chosen["scenario"] == label, "value"].isna().all())

    sides = never(comparison.baseline), never(row["scenario"])
    return {(True, True): "both", (True, False): "baseline", (False, True): "scenario"}.get(sides, "some")


def by_reason(
    comparison: ComparedScenarios, rows: Sequence[Mapping[str, Any]]
) -> dict[str, list[Mapping[str, Any]]]:
    """Return rows that are not defined by their reason, in the order of `REASONS`."""
    found: dict[str, list[Mapping[str, Any]]] = {reason: [] for reason in REASONS}
    for row in rows:
        if row["verdict"] == "not defined":
            found[undefined_reason(comparison, row)].append(row)
    return {reason: mine for reason, mine in found.items() if mine}


def undefined_notes(comparison: ComparedScenarios, rows: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """Return a note for each reason: which outcomes, under which scenarios unless under all."""
    titles = scenario_titles(comparison.scenarios, lang)
    separator = say("list_separator", lang)
    notes = []
    for reason, mine in by_reason(comparison, rows).items():
        places: dict[str, list[str]] = {}
        for row in mine:
            name = outcome_title(comparison.catalogue[row["outcome"]], row["setting"], lang)
            places.setdefault(name, []).append(say("quoted", lang, text=titles[row["scenario"]]))
        whole = len(compared(comparison))
        named = [
            name
            if len(under) == whole
            else say("with_setting", lang, title=name, setting=separator.join(under))
            for name, under in places.items()
        ]
        reason_text = say(f"undefined.{reason}", lang)
        notes.append(say("note.undefined", lang, outcomes=separator.join(named), reason=reason_text))
    return notes
