"""Answer what readers ask first, or say honestly that this version cannot."""

from __future__ import annotations

from creditsim.analysis.compare import ComparedScenarios
from creditsim.report.labels import say, title_of
from creditsim.report.parts import split_of
from creditsim.report.scenarios import scenario_titles
from creditsim.report.sentences import verdict_sentence
from creditsim.report.tables import Cell, Table

SAME_MONEY = "same-money-without-scores"

BY_OUTCOME = (
    ("staff", ("cost.staff_hours_month",)),
    ("inflation", ("score.inflation_points_year",)),
    ("phoenix", ("firm.phoenix_share",)),
    ("privacy", ("privacy.entries_held_per_person", "privacy.published_person_months")),
)
"""Questions that outcomes answer, where the comparison has them."""

OPEN = ("tutoring", "measures", "pilots", "law")
"""Questions that this version leaves open, each with its reason in the labels."""


def questions_table(comparison: ComparedScenarios, lang: str) -> Table:
    """Return questions and answers, those that can be answered first."""
    answers = [
        ("same_money", _same_money(comparison, lang)),
        *((key, _by_outcome(comparison, key, names, lang)) for key, names in BY_OUTCOME),
        ("lasting", _lasting(comparison, lang)),
        ("worlds", _worlds(comparison, lang)),
        *((key, _cannot(say(f"why.{key}", lang), lang)) for key in OPEN),
    ]
    rows = []
    for key, lines in answers:
        rows.append((Cell((say(f"question.{key}", lang),), "head"), Cell(tuple(lines), "sentences")))
    head = tuple(Cell((say(key, lang),)) for key in ("column.question", "column.answer"))
    return Table(say("section.questions", lang), head, rows, look="answers")


def _same_money(comparison: ComparedScenarios, lang: str) -> list[str]:
    """Point to the scenario that spends the same money without scores."""
    titles = scenario_titles(comparison.scenarios, lang)
    found = [titles[label] for label, scenario in comparison.scenarios.items() if scenario.name == SAME_MONEY]
    if not found:
        return _cannot(say("why.not_compared", lang), lang)
    return [say("answer.see_tables", lang, scenario=found[0])]


def _by_outcome(comparison: ComparedScenarios, key: str, names: tuple[str, ...], lang: str) -> list[str]:
    """Answer with the sentences of the outcomes, as far as they were computed."""
    titles = scenario_titles(comparison.scenarios, lang)
    rows = [row for row in comparison.headline().to_dict("records") if row["outcome"] in names]
    computed = {row["outcome"] for row in rows}
    lines = [
        verdict_sentence(
            row, comparison.catalogue[row["outcome"]], lang, titles[row["scenario"]], comparison.level
        )
        for row in rows
    ]
    if key == "staff" and rows:
        split = comparison.differences["group"].map(split_of) == "lead"
        answer = "by_department" if split.any() else "not_by_department"
        section = {"section": say("costs.leads", lang)} if split.any() else {}
        lines.append(say(f"answer.{answer}", lang, **section))
    missing = [name for name in names if name not in computed]
    if missing:
        quoted = (
            say("quoted", lang, text=title_of(comparison.catalogue[name], lang))
            for name in missing
            if name in comparison.catalogue
        )
        why = say(
            "why.not_computed", lang, outcomes=say("list_separator", lang).join(quoted) or ", ".join(missing)
        )
        lines += _cannot(why, lang)
    return lines


def _lasting(comparison: ComparedScenarios, lang: str) -> list[str]:
    """Point to a scenario whose programme ends within the horizon."""
    titles = scenario_titles(comparison.scenarios, lang)
    ending = [
        titles[label]
        for label, scenario in comparison.scenarios.items()
        if str(scenario.values.get("rollout.end_date", "never"))[:7] <= comparison.last_month
    ]
    if not ending:
        return _cannot(say("why.no_end", lang), lang)
    return [say("answer.see_paths", lang, scenario=say("list_separator", lang).join(ending))]


def _worlds(comparison: ComparedScenarios, lang: str) -> list[str]:
    """Point to the assumptions that matter most, if a study tells."""
    if comparison.assumptions is None or not comparison.assumptions.source:
        return _cannot(say("why.worlds", lang), lang)
    return [say("assumptions.answer", lang, section=say("section.assumptions", lang))]


def _cannot(why: str, lang: str) -> list[str]:
    """Say that the question stays open, and why."""
    return [say("answer.cannot", lang, why=why)]
