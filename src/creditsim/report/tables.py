"""Lay differences out as tables: texts first, HTML last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from creditsim.analysis.compare import ComparedScenarios, effect_of
from creditsim.report.labels import name_of, outcome_title, say, title_of, verdict_text
from creditsim.report.numbers import (
    decimals_for,
    interval_text,
    rounded_number,
    show_difference,
    telling_decimals,
    unit_text,
)
from creditsim.report.scenarios import scenario_titles
from creditsim.report.undefined import undefined_notes

KINDS = ("behavioural", "harm", "cost", "direct", "account")
"""Kinds of outcomes in the order of the report: effects, then harms, then what it costs."""


@dataclass(frozen=True)
class Cell:
    """One cell: lines of text (the first one large) and how it is set."""

    lines: tuple[str, ...]
    look: str = ""


@dataclass(frozen=True)
class Table:
    """A table ready to print: caption, heads, rows of cells, notes."""

    caption: str
    head: tuple[Cell, ...]
    rows: list[tuple[Cell, ...]]
    notes: list[str] = field(default_factory=list)
    look: str = ""


def summary_frame(comparison: ComparedScenarios) -> pd.DataFrame:
    """Return one row a scenario and outcome: numbers as rounded as they deserve, a verdict."""
    records = []
    for row in comparison.headline().to_dict("records"):
        smallest = row["smallest_relevant"]
        ends = (row["low"], row["high"])
        decimals = decimals_for(smallest)
        finer = decimals if row["verdict"] == "not defined" else telling_decimals(row)
        interval = None if pd.isna(ends[0]) else interval_text(*ends, finer, "en")
        setting = {} if row["setting"] == "all" else {"setting": row["setting"]}
        records.append(
            {
                "scenario": row["scenario"],
                "outcome": " ".join([row["outcome"], *(f"({name})" for name in setting.values())]),
                "unit": row["unit"],
                "baseline": rounded_number(row["baseline_mean"], decimals),
                "value": rounded_number(row["scenario_mean"], decimals),
                "difference": rounded_number(row["difference"], finer),
                f"interval_{100 * comparison.level:g}": interval,
                "smallest_relevant": _plain_number(smallest),
                "verdict": row["verdict"],
            }
        )
    return pd.DataFrame(records, dtype=object)


def outcome_table(comparison: ComparedScenarios, kind: str, lang: str) -> Table | None:
    """Return all outcomes of one kind, a row a scenario; None if there are none."""
    titles = scenario_titles(comparison.scenarios, lang)
    rows = headline_rows(comparison, kind)
    if not rows:
        return None
    cells = []
    before = None
    for row in rows:
        outcome = comparison.catalogue[row["outcome"]]
        place = (row["outcome"], row["setting"])
        again = "again" if place == before else ""
        before = place
        shown = show_difference(row, lang)
        effect = effect_of(row["verdict"], outcome.direction)
        cells.append(
            (
                Cell((outcome_title(outcome, row["setting"], lang),), f"head {again}"),
                Cell((unit_text(row["unit"], lang),), again),
                Cell((titles[row["scenario"]],)),
                Cell((shown.baseline,), "number"),
                Cell((shown.scenario,), "number"),
                Cell((shown.difference,), "number"),
                Cell((shown.interval,), "number"),
                Cell((shown.smallest_relevant,), "number"),
                Cell((verdict_text(row["verdict"], effect, lang),), verdict_look(row["verdict"])),
            )
        )
    percent = say("interval", lang, percent=f"{100 * comparison.level:g}")
    head = (
        *(Cell((say(f"column.{name}", lang),)) for name in ("outcome", "unit", "scenario")),
        *(Cell((say(f"column.{name}", lang),), "number") for name in ("baseline", "value", "difference")),
        Cell((percent,), "number"),
        Cell((say("column.smallest", lang),), "number"),
        Cell((say("column.verdict", lang),)),
    )
    notes = [say("note.percentage_points", lang)] if any(row["unit"] == "share" for row in rows) else []
    if any(row["verdict"] == "not defined" or pd.isna(row["low"]) for row in rows):
        notes.append(say("note.no_number", lang))
    notes += undefined_notes(comparison, rows, lang)
    return Table(name_of("kind", kind, lang), head, cells, notes)


def headline_rows(comparison: ComparedScenarios, kind: str) -> list[dict[str, Any]]:
    """Return the rows of everybody of one kind, by outcome and then by scenario."""
    rows = [
        row
        for row in comparison.headline().to_dict("records")
        if comparison.catalogue[row["outcome"]].kind == kind
    ]
    places = list(dict.fromkeys((row["outcome"], row["setting"]) for row in rows))
    return sorted(rows, key=lambda row: places.index((row["outcome"], row["setting"])))


def table_html(table: Table, identifier: str, lang: str) -> str:
    """Return a table as HTML with a button that copies it."""
    look = f' class="{table.look}"' if table.look else ""
    lines = [
        f'<div class="tool"><button type="button" data-table="{identifier}" '
        f'data-done="{escape(say("copied", lang))}">{escape(say("copy", lang))}</button></div>',
        f'<div class="scroll"><table id="{identifier}"{look}><caption>{escape(table.caption)}</caption>',
        "<thead><tr>"
        + "".join(_cell_html(cell, "th", ' scope="col"') for cell in table.head)
        + "</tr></thead>",
        "<tbody>",
    ]
    lines += ["<tr>" + "".join(_body_cell(cell) for cell in row) + "</tr>" for row in table.rows]
    lines.append("</tbody></table></div>")
    lines += [f'<p class="note">{escape(note)}</p>' for note in table.notes]
    return "\n".join(lines)


def verdict_look(verdict: str) -> str:
    """Return how a verdict is set: clear ones bold, never coloured."""
    return "word clear" if verdict in ("lower", "higher") else "word"


def _body_cell(cell: Cell) -> str:
    """Return a cell of the body; the one that names the row is a head."""
    if cell.look.startswith("head"):
        return _cell_html(Cell(cell.lines, cell.look.removeprefix("head").strip()), "th", ' scope="row"')
    return _cell_html(cell, "td", "")


def _cell_html(cell: Cell, tag: str, attributes: str) -> str:
    """Return one cell as HTML."""
    first, *rest = cell.lines
    look = f' class="{cell.look.strip()}"' if cell.look.strip() else ""
    small = "".join(f' <span class="small">{escape(line)}</span>' for line in rest)
    return f"<{tag}{attributes}{look}>{escape(first)}{small}</{tag}>"


def _plain_number(value: float) -> float | int:
    """Return 20000.0 as 20000."""
    return int(value) if value == int(value) else value


def listed(comparison: ComparedScenarios, names: Sequence[str], lang: str) -> str:
    """Return titles of outcomes in one line."""
    return say("list_separator", lang).join(title_of(comparison.catalogue[name], lang) for name in names)
