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


