"""Tables with the parts of a split as columns: what differs, and for whom, where or when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditsim.analysis.compare import ComparedScenarios, effect_of
from creditsim.report.labels import say, title_of, verdict_text
from creditsim.report.numbers import show_difference, unit_text
from creditsim.report.parts import part_names, part_rows
from creditsim.report.scenarios import compared, scenario_titles
from creditsim.report.sentences import outcome_list
from creditsim.report.tables import Cell, Table, verdict_look


def matrix_tables(comparison: ComparedScenarios, by: str, lang: str) -> list[Table | str]:
    """Return for each scenario its differences, with the parts of a split as columns.

    Outcomes without a clear difference in any column are named in a note; if there is
    nothing else, the note alone is returned. A split with no or one part is a note, too.

    Parameters
    ----------
    by : {"setting", "group", "area", "year"}
    """
    rows, columns = part_rows(comparison, by)
    if by == "year" and len(columns) == 1:
        return [say("matrix.one_year", lang)]
    if not rows:
        return [say("matrix.absent", lang)]
    names = part_names(comparison, by, columns, lang)
    return [_matrix(comparison, label, by, rows, names, lang) for label in compared(comparison)]


def _matrix(
    comparison: ComparedScenarios,
    label: str,
    by: str,
    rows: list[dict[str, Any]],
    names: Mapping[str, str],
    lang: str,
) -> Table | str:
    """Return one scenario's matrix from the rows of all."""
    title = scenario_titles(comparison.scenarios, lang)[label]
    cells: dict[str, dict[str, dict]] = {}
    for row in rows:
        if row["scenario"] == label:
            cells.setdefault(row["outcome"], {})[row["part"]] = row
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
        line += [_difference_cell(cells[name].get(part), outcome, lang) for part in names]
        body.append(tuple(line))
    quiet = [next(iter(parts.values())) for name, parts in cells.items() if name not in clear]
    quiet = [{**row, "setting": "all"} for row in quiet]
    if quiet:
        notes = [say("matrix.cell", lang, outcomes=outcome_list(quiet, comparison.catalogue, lang))]
    else:
        notes = [say("matrix.cell_all", lang)]
    if any(part["verdict"] == "not defined" for name in clear for part in cells[name].values()):
        notes.append(say("matrix.undefined", lang))
    head = (Cell((say("column.outcome", lang),)), *(Cell((name,), "number") for name in names.values()))
    return Table(say(f"caption.{by}", lang, scenario=title), head, body, notes, "matrix")


def tally_table(comparison: ComparedScenarios, lang: str) -> Table | None:
    """Return how many outcomes get better, worse, or neither, for each scenario and group."""
    rows, columns = part_rows(comparison, "group")
    if not rows:
        return None
    names = part_names(comparison, "group", columns, lang)
    titles = scenario_titles(comparison.scenarios, lang)
    heads = [
        "effect.better",
        "effect.worse",
        "column.neutral",
        *(f"verdict.{v}" for v in ("negligible", "unclear", "not defined")),
    ]
    body = []
    for label in compared(comparison):
        for group in columns:
            mine = [row for row in rows if row["scenario"] == label and row["part"] == group]
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
                    Cell((names[group],)),
                    *(Cell((str(count),), "number") for count in counts),
                )
            )
    head = (
        Cell((say("column.scenario", lang),)),
        Cell((say("column.group", lang),)),
        *(Cell((say(key, lang),), "number") for key in heads),
    )
    return Table(say("caption.tally", lang), head, body, [say("tally.note", lang)])


def _difference_cell(row: Mapping[str, Any] | None, outcome: Any, lang: str) -> Cell:
    """Return difference, interval and verdict stacked in one cell; empty without a row."""
    if row is None:
        return Cell(("",), "number")
    effect = effect_of(row["verdict"], outcome.direction)
    words = verdict_text(row["verdict"], effect, lang)
    if row["verdict"] == "not defined":
        return Cell(("", words), "number")
    shown = show_difference(row, lang)
    return Cell((shown.difference, shown.interval, words), f"number {verdict_look(row['verdict'])}")
