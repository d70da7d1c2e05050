"""Show the assumptions that matter most for a comparison: table for the report, lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditsim.analysis.compare import ComparedScenarios
from creditsim.report.labels import outcome_title, say, title_of
from creditsim.report.numbers import decimals_for, interval_text, number_text, shown_factor, unit_text
from creditsim.report.scenarios import scenario_titles
from creditsim.report.sensitivity import listed_value, switching_text
from creditsim.report.tables import Cell, Table


def assumption_sentences(comparison: ComparedScenarios, lang: str) -> list[str]:
    """Return where the list comes from, what is stale in it, and which scenarios it is not of."""
    found = comparison.assumptions
    if found is None or not found.source:
        return [say("assumptions.none", lang)]
    lines = [say(f"assumptions.{found.source}", lang, **found.made)]
    if found.stale:
        lines.insert(0, say("assumptions.stale", lang))
    titles = scenario_titles(comparison.scenarios, lang)
    if found.quiet:
        names = [
            f"{title_of(comparison.catalogue[each['outcome']], lang)} ({titles[each['scenario']]})"
            for each in found.quiet
        ]
        lines.append(say("assumptions.quiet", lang, outcomes=say("list_separator", lang).join(names)))
    if found.without:
        names = say("list_separator", lang).join(titles[label] for label in found.without)
        lines.append(say("assumptions.without", lang, scenarios=names))
    return lines


def assumption_table(comparison: ComparedScenarios, lang: str) -> Table | None:
    """Return a row a scenario, outcome and assumption, the most important first; None without a study."""
    found = comparison.assumptions
    if found is None or not found.rows:
        return None
    titles = scenario_titles(comparison.scenarios, lang)
    rows, before = [], None
    for row in found.rows:
        outcome = comparison.catalogue[row["outcome"]]
        place = (row["scenario"], row["outcome"])
        again = "again" if place == before else ""
        before = place
        rows.append(
            (
                Cell((titles[row["scenario"]],), f"head {again}"),
                Cell((outcome_title(outcome, "all", lang),), again),
                Cell((row["title_zh" if lang == "zh" else "title_en"],)),
                Cell((assumed_text(row, lang),)),
                Cell((matters_text(row, outcome, found.made["method"], lang),), "number"),
                Cell((switching_text(row, lang),)),
            )
        )
    names = ("scenario", "outcome", "assumption", "assumed", f"matters.{found.made['method']}", "switching")
    head = tuple(
        Cell((say(f"column.{name}", lang),), "number" if name.startswith("matters") else "") for name in names
    )
    return Table(say("assumptions.caption", lang), head, rows)


def assumption_lines(comparison: ComparedScenarios, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the same table as plain text, for a terminal."""
    table = assumption_table(comparison, lang)
    if table is None:
        return [], []
    return [cell.lines[0] for cell in table.head], [[cell.lines[0] for cell in row] for row in table.rows]


def assumed_text(row: Mapping[str, Any], lang: str) -> str:
    """Return a factor's own value and its range."""
    own, low, high = (
        listed_value(row[key], row["unit"], lang, unit_too=False) for key in ("own", "from", "to")
    )
    words = unit_text(row["unit"], lang)
    return say("assumed", lang, own=own, low=low, high=high, unit=words if words == "%" else f" {words}")


def matters_text(row: Mapping[str, Any], outcome: Any, method: str, lang: str) -> str:
    """Return what a factor matters, with interval and unit."""
    if method == "sobol":
        ends = interval_text(100 * row["low"], 100 * row["high"], 0, lang)
        return f"{number_text(100 * row['value'], 0)}% ({ends})"
    factor = shown_factor(outcome.unit)
    decimals = decimals_for(factor * outcome.smallest_relevant)
    ends = interval_text(factor * row["low"], factor * row["high"], decimals, lang)
    unit = unit_text(outcome.unit, lang, difference=True) or unit_text(outcome.unit, lang)
    return f"{number_text(factor * row['value'], decimals)} ({ends}) {unit}"
