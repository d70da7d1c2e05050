"""The outcome frame: every outcome by month, setting and group."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from creditsim.core.months import month_text
from creditsim.model.outcomes import (
    basic,
    contests,
    public_bodies,
    records,
    schools,
    service,
    trade,
    turnover,
)
from creditsim.model.outcomes.counted import AREA, GROUPS, LEAD, Sums, Track, public, sums_of
from creditsim.spec.vocabulary import LEADS, SETTINGS

_MODULES = (basic, records, service, trade, contests, schools, public_bodies, turnover)

BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {
    name: rule for module in _MODULES for name, rule in module.BY_CELL.items()
}
"""Outcomes that exist in every setting and group."""

BY_SETTING: Mapping[str, tuple[str | tuple[str, ...], Callable[[Sums, float], np.ndarray]]] = {
    name: pair for module in _MODULES for name, pair in module.BY_SETTING.items()
}
"""Outcomes of one setting or several, reported for each and for the district, in no group."""

DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {
    name: rule for module in _MODULES for name, rule in module.DISTRICT.items()
}
"""Outcomes of the district as a whole."""


def outcome_names() -> tuple[str, ...]:
    """Return the outcomes that a run computes, in reporting order."""
    return (*BY_CELL, *BY_SETTING, *DISTRICT)


def outcome_frame(track: Track, scenario: str, replication: int) -> pd.DataFrame:
    """Return tidy outcomes: scenario, replication, month, setting, group, outcome, value.

    Amounts (yuan, counts) are brought to the full-size district: divided by the scale.
    An outcome that is not defined in a month (nobody to divide by) is NaN.
    """
    blocks = []
    for setting in ("all", *SETTINGS):
        for group in (*GROUPS, *(AREA + area for area in track.areas if setting == "all")):
            # Which rows there are must not hang on luck: a small district may lack a group of a setting.
            if setting == "enterprise" and group != "all":
                continue
            sums = sums_of(track, setting, group)
            values = {name: rule(sums, track.scale) for name, rule in BY_CELL.items()}
            if group == "all":
                values |= {
                    name: rule(sums, track.scale)
                    for name, (homes, rule) in BY_SETTING.items()
                    if setting in _several(homes)
                }
                values |= {
                    name: rule(sums, track.scale)
                    for (name, home), rule in schools.ALSO_IN.items()
                    if setting == home
                }
                values |= basic.gaps(track, setting)
            if setting == "all" and group == "all":
                values |= {
                    name: rule(_sums_over(track, _several(homes)), track.scale)
                    for name, (homes, rule) in BY_SETTING.items()
                }
                values |= {name: rule(track, sums) for name, rule in DISTRICT.items() if name not in values}
            blocks += [(setting, group, name, series) for name, series in values.items()]
    blocks += [
        ("all", LEAD + lead, name, series) for lead in LEADS for name, series in led(track, lead).items()
    ]
    return _tidy(blocks, track.months, scenario, replication)


def _several(homes: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the settings in which an outcome is reported."""
    return (homes,) if isinstance(homes, str) else homes


def _sums_over(track: Track, settings: tuple[str, ...]) -> Sums:
    """Return each quantity summed over some settings, by month."""
    each = [sums_of(track, setting, "all") for setting in settings]
    return {name: np.sum([sums[name] for sums in each], axis=0) for name in each[0]}


def led(track: Track, lead: str) -> dict[str, np.ndarray]:
    """Return what the programme costs a department, in money and working time."""
    return {
        "cost.public_yuan_month": public(f"cost_fen.{lead}", 0.01)(track, {}),
        "cost.staff_hours_month": public(f"staff_minutes.{lead}", 1 / 60)(track, {}),
    }


def _tidy(blocks: list, months: tuple[int, ...], scenario: str, replication: int) -> pd.DataFrame:
    """Return the tidy frame of (setting, group, outcome, values by month)."""
    size = len(months)
    settings, groups, names, series = zip(*blocks, strict=True)
    repeat = lambda texts: pd.Categorical(np.repeat(np.array(texts, object), size))  # noqa: E731
    return pd.DataFrame(
        {
            "scenario": pd.Categorical([scenario] * (size * len(blocks))),
            "replication": np.full(size * len(blocks), replication, np.int32),
            "month": pd.Categorical([month_text(month) for month in months] * len(blocks)),
            "setting": repeat(settings),
            "group": repeat(groups),
            "outcome": repeat(names),
            "value": np.concatenate(series),
        }
    )
