"""Tables of money and working time: over the horizon, and by the department that leads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from creditsim.analysis.compare import ComparedScenarios
from creditsim.report.labels import outcome_title, say, title_of
from creditsim.report.numbers import number_text, show_difference, unit_text
from creditsim.report.parts import part_names, part_rows
from creditsim.report.scenarios import compared, scenario_titles
from creditsim.report.tables import Cell, Table, headline_rows

PLAN_ROW = re.compile(r"[A-Z]\d|P.*")
"""Rows of the plan among the rows of levers; the others stand outside the plan's rows."""


def horizon_table(comparison: ComparedScenarios, lang: str) -> Table | None:
    """Return monthly costs and hours added up over the horizon."""
    rows = [
        row
        for row in headline_rows(comparison, "cost")
        if row["unit"] in ("yuan per month", "hours per month") and row["verdict"] != "not defined"
    ]
    if not rows:
        return None
    titles = scenario_titles(comparison.scenarios, lang)
    body = []
    for row in rows:
        total = {
            key: row[key] * comparison.months
            if key in ("baseline_mean", "scenario_mean", "difference", "low", "high")
            else row[key]
            for key in row
        }
        total["smallest_relevant"] = row["smallest_relevant"] * comparison.months
        shown = show_difference(total, lang)
        body.append(
            (
                Cell((outcome_title(comparison.catalogue[row["outcome"]], row["setting"], lang),), "head"),
                Cell((titles[row["scenario"]],)),
                Cell((unit_text(row["unit"].removesuffix(" per month"), lang),)),
                *(
                    Cell((text,), "number")
                    for text in (shown.baseline, shown.scenario, shown.difference, shown.interval)
                ),
            )
        )
    head = (
        *(Cell((say(f"column.{name}", lang),)) for name in ("outcome", "scenario", "unit")),
        *(Cell((say(f"column.{name}", lang),), "number") for name in ("baseline", "value", "difference")),
        Cell((say("interval", lang, percent=f"{100 * comparison.level:g}"),), "number"),
    )
    note = _totals_note(comparison, lang)
    return Table(say("costs.horizon", lang, months=comparison.months), head, body, [note])


def breach_sentences(comparison: ComparedScenarios, lang: str) -> list[str]:
    """Return what a breach averted costs in each scenario, or why that cannot be said."""
    titles = scenario_titles(comparison.scenarios, lang)
    sentences = []
    for each in comparison.cost_per_breach_averted():
        key = "costs.no_breach" if each.yuan is None else "costs.breach"
        numbers = {
            name: number_text(value, 0) if value is not None else ""
            for name, value in (("yuan", each.yuan), ("low", each.low), ("high", each.high))
        }
        sentences.append(say(key, lang, scenario=titles[each.scenario], **numbers))
    return sentences


def lead_tables(comparison: ComparedScenarios, levers: Mapping[str, Any], lang: str) -> list[Table]:
    """Return for each scenario what each department spends and works; none if it was not computed.

    A row a department, with the rows of the plan that it leads, and one for all of them.

    Parameters
    ----------
    levers : mapping of str to Lever
        Tell which rows of the plan there are.
    """
    rows, leads = part_rows(comparison, "lead")
    if not rows:
        return []
    titles = scenario_titles(comparison.scenarios, lang)
    names = part_names(comparison, "lead", leads, lang)
    plan = plan_rows(levers)
    separator = say("list_separator", lang)
    outcomes = list(dict.fromkeys(row["outcome"] for row in rows))
    whole = [row for row in headline_rows(comparison, "cost") if row["setting"] == "all"]
    found = {(row["scenario"], row["part"], row["outcome"]): row for row in rows}
    found |= {(row["scenario"], "all", row["outcome"]): row for row in whole}
    head = [Cell((say("column.lead", lang),)), Cell((say("column.plan_rows", lang),))]
    for name in outcomes:
        outcome = comparison.catalogue[name]
        what = title_of(outcome, lang), unit_text(outcome.unit, lang)
        head += [
            Cell((say(f"column.{key}", lang), *what), "number") for key in ("baseline", "value", "difference")
        ]
    tables = []
    for label in compared(comparison):
        body = []
        for lead in [*leads, "all"]:
            department = names[lead] if lead in names else say("lead.all", lang)
            line = [
                Cell((department,), "head"),
                Cell((separator.join(plan.get(lead.partition("_")[2], ())),)),
            ]
            for name in outcomes:
                line += _amounts(found.get((label, lead, name)), lang)
            body.append(tuple(line))
        caption = say("caption.lead", lang, scenario=titles[label])
        tables.append(Table(caption, tuple(head), body, look="leads"))
    tables[-1].notes.extend([say("note.leads", lang), _totals_note(comparison, lang)])
    return tables


def plan_rows(levers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the rows of the plan that each department leads."""
    from creditsim.spec.costing import lead_of

    rows: dict[str, set[str]] = {}
    for name, lever in levers.items():
        if PLAN_ROW.fullmatch(lever.row):
            rows.setdefault(lead_of(name), set()).add(lever.row)
    return {lead: sorted(mine) for lead, mine in rows.items()}


def _amounts(row: Mapping[str, Any] | None, lang: str) -> list[Cell]:
    """Return the cells of one amount: baseline, scenario, difference with its interval."""
    if row is None:
        return [Cell(("",), "number")] * 3
    shown = show_difference(row, lang)
    return [
        Cell((shown.baseline,), "number"),
        Cell((shown.scenario,), "number"),
        Cell((shown.difference, shown.interval), "number"),
    ]


def _totals_note(comparison: ComparedScenarios, lang: str) -> str:
    """Say that totals stand for the whole district."""
    key = "note.totals_full" if comparison.scale == 1 else "note.totals"
    return say(key, lang, scale=f"{100 * comparison.scale:g}%")
