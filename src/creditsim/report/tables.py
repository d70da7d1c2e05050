"""Lay differences out as tables: texts first, HTML last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from creditsim.analysis.compare import ComparedScenarios, effect_of
from creditsim.report.labels import (
    GROUP_PAIRS,
    name_of,
    outcome_title,
    say,
    title_of,
    verdict_text,
)
from creditsim.report.numbers import (
    decimals_for,
    interval_text,
    lever_text,
    rounded_number,
    show_difference,
    telling_decimals,
    unit_text,
)
from creditsim.report.scenarios import scenario_titles
from creditsim.report.sentences import outcome_list

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
                Cell((verdict_text(row["verdict"], effect, lang),), _verdict_look(row["verdict"])),
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
        notes.append(say("note.not_in_baseline", lang))
    return Table(name_of("kind", kind, lang), head, cells, notes)


def matrix_table(comparison: ComparedScenarios, label: str, by: str, lang: str) -> Table | str:
    """Return one scenario's differences with settings or groups as columns.

    Outcomes without a clear difference in any column are named in a note; if there is
    nothing else, the note alone is returned.
    """
    rows, columns = part_rows(comparison, by)
    mine = [row for row in rows if row["scenario"] == label]
    title = scenario_titles(comparison.scenarios, lang)[label]
    if not mine:
        return say("matrix.absent", lang)
    cells: dict[str, dict[str, dict]] = {}
    for row in mine:
        cells.setdefault(row["outcome"], {})[row[by]] = row
    clear = [
        name
        for name, parts in cells.items()
        if any(part["verdict"] in ("lower", "higher") for part in parts.values())
    ]
    if not clear:
        return say("matrix.none", lang, scenario=title, count=len(cells))
    body = []
    for name in clear:
        outcome = comparison.catalogue[name]
        unit = unit_text(outcome.unit, lang, difference=True) or unit_text(outcome.unit, lang)
        line = [Cell((title_of(outcome, lang), unit), "head")]
        for column in columns:
            line.append(_difference_cell(cells[name].get(column), outcome, lang))
        body.append(tuple(line))
    quiet = [next(iter(parts.values())) for name, parts in cells.items() if name not in clear]
    quiet = [{**row, "setting": "all"} for row in quiet]
    if quiet:
        note = say("matrix.cell", lang, outcomes=outcome_list(quiet, comparison.catalogue, lang))
    else:
        note = say("matrix.cell_all", lang)
    head = (
        Cell((say("column.outcome", lang),)),
        *(Cell((name_of(by, column, lang),), "number") for column in columns),
    )
    return Table(say(f"caption.{by}", lang, scenario=title), head, body, [note], "matrix")


def tally_table(comparison: ComparedScenarios, lang: str) -> Table | None:
    """Return how many outcomes get better, worse, or neither, for each scenario and group."""
    rows, columns = part_rows(comparison, "group")
    if not rows:
        return None
    titles = scenario_titles(comparison.scenarios, lang)
    heads = [
        "effect.better",
        "effect.worse",
        "column.neutral",
        *(f"verdict.{v}" for v in ("negligible", "unclear", "not defined")),
    ]
    body = []
    for label in (name for name in comparison.scenarios if name != comparison.baseline):
        for group in columns:
            mine = [row for row in rows if row["scenario"] == label and row["group"] == group]
            found = [
                effect_of(row["verdict"], comparison.catalogue[row["outcome"]].direction) for row in mine
            ]
            verdict = [row["verdict"] for row in mine]
            neutral = sum(
                v in ("lower", "higher") and not effect for v, effect in zip(verdict, found, strict=True)
            )
            counts = [found.count("better"), found.count("worse"), neutral]
            counts += [verdict.count(v) for v in ("negligible", "unclear", "not defined")]
            body.append(
                (
                    Cell((titles[label],), "head" if group == columns[0] else "head again"),
                    Cell((name_of("group", group, lang),)),
                    *(Cell((str(count),), "number") for count in counts),
                )
            )
    head = (
        Cell((say("column.scenario", lang),)),
        Cell((say("column.group", lang),)),
        *(Cell((say(key, lang),), "number") for key in heads),
    )
    return Table(say("caption.tally", lang), head, body, [say("tally.note", lang)])


def change_table(
    comparison: ComparedScenarios, label: str, levers: Mapping[str, Any], lang: str
) -> Table | str:
    """Return the levers of a scenario that differ from the baseline; a sentence if none does."""
    title = scenario_titles(comparison.scenarios, lang)[label]
    changes = comparison.scenarios[label].changes(comparison.scenarios[comparison.baseline])
    if not changes:
        return say("changes.none", lang, scenario=title)
    body = []
    for change in changes:
        lever = levers.get(change.lever)
        unit = lever.unit if lever is not None else ""
        name = (title_of(lever, lang), change.lever) if lever is not None else (change.lever,)
        body.append(
            (
                Cell(name, "head"),
                Cell((lever_text(change.old, unit, lang),), "number"),
                Cell((lever_text(change.new, unit, lang),), "number"),
                Cell((unit_text(unit, lang),)),
            )
        )
    head = (
        Cell((say("column.lever", lang),)),
        Cell((say("column.old", lang),), "number"),
        Cell((say("column.new", lang),), "number"),
        Cell((say("column.unit", lang),)),
    )
    return Table(say("caption.changes", lang, scenario=title), head, body)


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
    key = "note.totals_full" if comparison.scale == 1 else "note.totals"
    note = say(key, lang, scale=f"{100 * comparison.scale:g}%")
    return Table(say("costs.horizon", lang, months=comparison.months), head, body, [note])


def headline_rows(comparison: ComparedScenarios, kind: str) -> list[dict[str, Any]]:
    """Return the rows of everybody of one kind, by outcome and then by scenario."""
    rows = [
        row
        for row in comparison.headline().to_dict("records")
        if comparison.catalogue[row["outcome"]].kind == kind
    ]
    places = list(dict.fromkeys((row["outcome"], row["setting"]) for row in rows))
    return sorted(rows, key=lambda row: places.index((row["outcome"], row["setting"])))


def part_rows(comparison: ComparedScenarios, by: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return behavioural, harm and direct rows split by group or setting, and the parts in order."""
    other = {"group": "setting", "setting": "group"}[by]
    frame = comparison.differences
    frame = frame[(frame[by] != "all") & (frame[other] == "all")]
    rows = [
        row
        for row in frame.to_dict("records")
        if comparison.catalogue[row["outcome"]].kind in ("behavioural", "harm", "direct")
    ]
    found = list(dict.fromkeys(row[by] for row in rows))
    if by == "group":
        known = [group for pair in GROUP_PAIRS for group in pair]
        found.sort(key=lambda group: known.index(group) if group in known else len(known))
    return rows, found


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


def _difference_cell(row: Mapping[str, Any] | None, outcome: Any, lang: str) -> Cell:
    """Return difference, interval and verdict stacked in one cell; empty without a row."""
    if row is None:
        return Cell(("",), "number")
    effect = effect_of(row["verdict"], outcome.direction)
    words = verdict_text(row["verdict"], effect, lang)
    if row["verdict"] == "not defined":
        return Cell(("", words), "number")
    shown = show_difference(row, lang)
    return Cell((shown.difference, shown.interval, words), f"number {_verdict_look(row['verdict'])}")


def _verdict_look(verdict: str) -> str:
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
