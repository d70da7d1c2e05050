"""How outcomes are split: by setting, group of people, area, lead department and year.

Groups of people, areas and departments share one column of the results; here they part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from creditsim.analysis.compare import ComparedScenarios, paired_differences
from creditsim.report.labels import GROUP_PAIRS, name_of, say
from creditsim.spec.vocabulary import LEADS

if TYPE_CHECKING:
    import pandas as pd

SPLITS = ("group", "setting", "area", "lead")
"""Splits of one outcome that a figure can show."""

KINDS_OF_PARTS = ("behavioural", "harm", "direct")
"""Kinds of outcomes shown by setting, group and area."""

KINDS_BY_YEAR = ("behavioural", "harm", "cost")
"""Kinds of outcomes shown year by year, in this order."""

MONTHS_OF_YEAR = 12


def split_of(group: str) -> str:
    """Return the split that a group belongs to: all, group (of people), area or lead.

    Examples
    --------
    >>> split_of("offline"), split_of("area_boyu"), split_of("lead_education")
    ('group', 'area', 'lead')
    """
    from creditsim.model.outcomes.counted import AREA, LEAD

    if group == "all":
        return "all"
    return "area" if group.startswith(AREA) else "lead" if group.startswith(LEAD) else "group"


def part_rows(comparison: ComparedScenarios, by: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return rows of differences of one split, each with its ``part``, and the parts in order.

    Parameters
    ----------
    by : {"setting", "group", "area", "lead", "year"}
    """
    if by == "year":
        return _yearly_rows(comparison)
    kinds = ("cost",) if by == "lead" else KINDS_OF_PARTS
    column = "setting" if by == "setting" else "group"
    rows = [
        {**row, "part": row[column]}
        for row in _split_frame(comparison, by).to_dict("records")
        if comparison.catalogue[row["outcome"]].kind in kinds
    ]
    return rows, _in_order(comparison, by, [row["part"] for row in rows])


def outcome_parts(comparison: ComparedScenarios, outcome: str, by: str) -> tuple[pd.DataFrame, list[str]]:
    """Return one outcome's differences of a split and of the whole, and the parts in order."""
    frame = comparison.differences
    frame = frame[frame["outcome"] == outcome]
    whole = (frame["setting"] == "all") & (frame["group"] == "all")
    frame = frame[whole | frame.index.isin(_split_frame(comparison, by).index)]
    parts = _in_order(comparison, by, frame.loc[~whole, "setting" if by == "setting" else "group"])
    return frame, ["all", *parts] if whole.any() else parts


def part_names(comparison: ComparedScenarios, by: str, parts: list[str], lang: str) -> dict[str, str]:
    """Return the titles of parts by code, in the order given; an unknown code is its own name."""
    if by == "setting":
        return {part: name_of("setting", part, lang) for part in parts}
    if by == "year":
        months = [str(month)[:4] for month in comparison.outcomes["month"].unique()]
        counts = {part: months.count(part) for part in parts}
        return {
            part: part if count == MONTHS_OF_YEAR else say("part_year", lang, year=part, months=count)
            for part, count in counts.items()
        }
    names = {part: group_name(comparison, part, lang) for part in parts}
    return names | {"all": say("lead.all", lang)} if by == "lead" and "all" in names else names


def group_name(comparison: ComparedScenarios, group: str, lang: str) -> str:
    """Return the title of a group of people, an area or a department."""
    split = split_of(group)
    if split == "area":
        return _area_names(comparison, lang).get(group) or group.partition("_")[2].replace("_", " ")
    if split == "lead":
        return name_of("lead", group.partition("_")[2], lang)
    return name_of("group", group, lang)


def _split_frame(comparison: ComparedScenarios, by: str) -> pd.DataFrame:
    """Return the differences of one split."""
    frame = comparison.differences
    if by == "setting":
        return frame[(frame["setting"] != "all") & (frame["group"] == "all")]
    return frame[(frame["setting"] == "all") & (frame["group"].map(split_of) == by)]


def _in_order(comparison: ComparedScenarios, by: str, parts: Iterable[str]) -> list[str]:
    """Return parts, each once, in the order of the report; unknown ones last, as found."""
    known = _known_parts(comparison, by)
    return sorted(dict.fromkeys(parts), key=lambda part: known.index(part) if part in known else len(known))


def _known_parts(comparison: ComparedScenarios, by: str) -> list[str]:
    """Return the parts of a split in the order of the report."""
    if by == "area":
        return list(_area_names(comparison, "en"))
    if by == "lead":
        from creditsim.model.outcomes.counted import LEAD

        return [LEAD + lead for lead in LEADS]
    return [group for pair in GROUP_PAIRS for group in pair] if by == "group" else []


def _area_names(comparison: ComparedScenarios, lang: str) -> dict[str, str]:
    """Return the areas of the baseline's district, by group."""
    from creditsim.model.outcomes.counted import AREA
    from creditsim.population.marginals import area_key, district_names, read_district

    district = comparison.scenarios[comparison.baseline].population
    if district not in district_names():
        return {}
    return {
        AREA + area_key(english): chinese if lang == "zh" else english
        for chinese, english, _ in read_district(district).areas
    }


def _yearly_rows(comparison: ComparedScenarios) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the differences of the district in each calendar year, compared as the whole horizon is."""
    kinds = {name: outcome.kind for name, outcome in comparison.catalogue.items()}
    frame = comparison.outcomes
    frame = frame[(frame["setting"] == "all") & (frame["group"] == "all")]
    frame = frame[frame["outcome"].astype(str).map(kinds).isin(KINDS_BY_YEAR)]
    year = frame["month"].astype(str).str[:4]
    years = sorted(year.unique())
    rows = []
    for part in years:
        found = paired_differences(
            frame[year == part], comparison.baseline, comparison.level, scenarios=tuple(comparison.scenarios)
        )
        rows += [{**row, "part": part} for row in found.to_dict("records")]
    return sorted(rows, key=lambda row: KINDS_BY_YEAR.index(kinds[row["outcome"]])), years
