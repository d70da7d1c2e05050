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


