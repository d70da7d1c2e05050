"""The outcome frame: every outcome by month, setting and group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
from creditsim.model.outcomes.counted import AREA, GROUPS, LEAD, Sums, Track, public, several, sums_of
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
                    if setting in several(homes)
                }
                values |= {
                    name: rule(sums, track.scale)
                    for (name, home), rule in schools.ALSO_IN.items()
                    if setting == home
                }
                values |= basic.gaps(track, setting)
            if setting == "all" and group == "all":
                values |= {
                    name: rule(sums_of(track, homes, "all"), track.scale)
                    for name, (homes, rule) in BY_SETTING.items()
                }
                values |= {name: rule(track, sums) for name, rule in DISTRICT.items() if name not in values}
            blocks += [(setting, group, name, series) for name, series in values.items()]
    blocks += [
        ("all", LEAD + lead, name, series) for lead in LEADS for name, series in led(track, lead).items()
    ]
    return _tidy(blocks, track.months, scenario, replication)


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
    return pd.DataFrame(
        {
            "scenario": pd.Categorical.from_codes(np.zeros(size * len(blocks), np.int8), [scenario]),
            "replication": np.full(size * len(blocks), replication, np.int32),
            "month": _categorical(list(map(month_text, months)), tile=len(blocks)),
            "setting": _categorical(settings, repeat=size),
            "group": _categorical(groups, repeat=size),
            "outcome": _categorical(names, repeat=size),
            "value": np.concatenate(series),
        }
    )


def _categorical(texts: Sequence[str], repeat: int = 1, tile: int = 1) -> pd.Categorical:
    """Return texts, each some times in a row, the whole some times over; categories in alphabetic order."""
    words = sorted(set(texts))
    place = {word: number for number, word in enumerate(words)}
    codes = np.array([place[text] for text in texts])
    return pd.Categorical.from_codes(np.tile(np.repeat(codes, repeat), tile), words)
