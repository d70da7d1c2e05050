"""Say in a sentence what a row of differences says in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditsim.analysis.compare import ComparedScenarios, effect_of
from creditsim.report.labels import outcome_title, say, verdict_text
from creditsim.report.numbers import NOTHING, show_difference, unit_text
from creditsim.report.scenarios import compared, scenario_titles


def verdict_sentence(
    row: Mapping[str, Any], outcome: Any, lang: str = "en", scenario: str = "", level: float = 0.95
) -> str:
    """Return one plain sentence on one row of differences, ending in its verdict.

    Parameters
    ----------
    row : mapping
        Columns of a frame of differences.
    outcome : Outcome
    scenario : str
        Title of the scenario; without it the sentence does not name one.
    """
    shown = show_difference(row, lang)
    percent = "%" if row["unit"] == "share" else ""
    unit = unit_text(row["unit"], lang, difference=True)
    if shown.interval == NOTHING:
        interval = say("sentence.no_interval", lang)
    else:
        interval = say("sentence.interval", lang, percent=f"{100 * level:g}", interval=shown.interval)
    rest = say(
        f"sentence.{row['verdict']}",
        lang,
        outcome=say("quoted", lang, text=outcome_title(outcome, row["setting"], lang)),
        size=shown.size,
        difference=shown.difference,
        unit=_after_number(unit, lang),
        old=shown.baseline + percent,
        new=shown.scenario + percent,
        interval=interval,
        smallest=shown.smallest_relevant,
        verdict=verdict_text(row["verdict"], effect_of(row["verdict"], outcome.direction), lang),
    )
    return say("sentence.under", lang, scenario=scenario, rest=rest) if scenario else rest


def behaviour_sentence(rows: list[Mapping[str, Any]], lang: str = "en") -> str:
    """Return the finding that no behaviour moves, as strong as the verdicts bear it out.

    Parameters
    ----------
    rows : list of mapping
        Rows of differences of one scenario's behavioural outcomes, none of them clear.
    """
    verdicts = [row["verdict"] for row in rows]
    if "negligible" in verdicts and "unclear" not in verdicts:
        return say("sentence.no_behaviour", lang)
    if "negligible" not in verdicts:
        return say("sentence.none_clear", lang)
    return say(
        "sentence.no_clear_behaviour",
        lang,
        count=len(verdicts) - verdicts.count("not defined"),
        negligible=verdicts.count("negligible"),
        unclear=verdicts.count("unclear"),
    )


def lead(comparison: ComparedScenarios, lang: str = "en") -> str:
    """Return a sentence on what was compared with what, and how; a partial comparison says so first."""
    titles = scenario_titles(comparison.scenarios, lang)
    quoted = [say("quoted", lang, text=titles[label]) for label in compared(comparison)]
    partial = say("partial", lang, missing=comparison.missing_runs) if comparison.missing_runs else ""
    worlds = say("over_worlds", lang, worlds=comparison.worlds) if comparison.worlds > 1 else ""
    said = say(
        "lead",
        lang,
        scenarios=say("list_separator", lang).join(quoted),
        baseline=titles[comparison.baseline],
        months=comparison.months,
        start=comparison.first_month,
        replications=comparison.replications,
        scale=f"{100 * comparison.scale:g}%",
    )
    return partial + said + worlds


def outcome_list(rows: list[Mapping[str, Any]], catalogue: Mapping[str, Any], lang: str) -> str:
    """Return the titles of the rows' outcomes, each once, in one line."""
    titles = dict.fromkeys(outcome_title(catalogue[row["outcome"]], row["setting"], lang) for row in rows)
    return say("list_separator", lang).join(titles)


def _after_number(unit: str, lang: str) -> str:
    """Return a unit as it follows a number in a sentence."""
    if not unit or unit.startswith("（"):
        return unit
    return f" {unit}"
