"""What a run counted, the groups in which it is reported, and how a quantity becomes an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from creditsim.model.quantities import QUANTITIES
from creditsim.population.agents import CELLS_PER_AREA, CELLS_PER_SETTING, OF_ORGANISATIONS
from creditsim.spec.vocabulary import SETTINGS

GROUPS = (
    "all",
    "age_60_plus",
    "age_under_60",
    "offline",
    "online",
    "from_outside",
    "registered_here",
    "low_education",
    "other_education",
)
"""Groups in which outcomes are reported; persons only, except ``all``."""

AREA, LEAD = "area_", "lead_"
"""Prefixes of further groups: areas of the district; departments, in which only costs are reported."""

BIT_OF_GROUP = {"age_60_plus": 8, "offline": 4, "from_outside": 2, "low_education": 1}
REFERENCE = {
    "age_60_plus": "age_under_60",
    "offline": "online",
    "from_outside": "registered_here",
    "low_education": "other_education",
}


@dataclass(frozen=True)
class Track:
    """What a run counted: months, counts by month and cell, district-wide figures by month, areas by name."""

    months: tuple[int, ...]
    counts: np.ndarray
    public: tuple[Mapping[str, float], ...]
    scale: float
    areas: tuple[str, ...]
    sums: dict[tuple, Sums] = field(default_factory=dict, repr=False, compare=False)
    """Sums made so far, see `sums_of`."""


Sums = Mapping[str, np.ndarray]


def several(settings: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return one setting or several as a tuple."""
    return (settings,) if isinstance(settings, str) else settings


def ratio(over: Sums, above: str, below: str, factor: float = 1.0) -> np.ndarray:
    """Return factor * above / below by month, NaN where nothing stands below."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(over[below] > 0, factor * over[above] / over[below], np.nan)


def shares(above: str, below: str, factor: float = 1.0) -> Callable[[Sums, float], np.ndarray]:
    """Return an outcome that is a ratio of two quantities."""
    return lambda sums, scale: ratio(sums, above, below, factor)


def amounts(quantity: str, factor: float = 1.0) -> Callable[[Sums, float], np.ndarray]:
    """Return an outcome that is an amount, brought to the full-size district."""
    return lambda sums, scale: sums[quantity] * factor / scale


def public(name: str, factor: float = 1.0) -> Callable[[Track, Sums], np.ndarray]:
    """Return a district-wide figure by month, brought to full size."""
    return lambda track, sums: (
        np.array([month[name] for month in track.public], np.float64) * factor / track.scale
    )


def sums_of(track: Track, setting: str | tuple[str, ...], group: str) -> Sums:
    """Return each quantity summed over the cells of a setting, or several, and group, by month; made once.

    Whole numbers, as float64.
    """
    if (setting, group) not in track.sums:
        track.sums[setting, group] = _sum_up(track, setting, group)
    return track.sums[setting, group]


def _sum_up(track: Track, setting: str | tuple[str, ...], group: str) -> Sums:
    """Return the sums of a setting and group."""
    chosen = np.flatnonzero(_in_group(track, setting, group))
    total = track.counts[:, chosen, :].sum(axis=1).astype(np.float64).T
    sums = dict(zip(QUANTITIES, total, strict=True))
    sums["true_negative"] = sums["breaches"] + sums["means_unable"]
    sums["covered"] = sums["filed"] + sums["school_pupils_filed"]
    sums["covered"] = sums["covered"] + sums["school_classified"] + sums["body_evaluated"]
    sums["coverable"] = sums["adults"] + sums["school_pupils"] + sums["school_bodies"] + sums["body_bodies"]
    sums["fund_claims_fen"] = sums["fund_paid_fen"] + sums["fund_lapsed_fen"]
    return sums


def _in_group(track: Track, setting: str | tuple[str, ...], group: str) -> np.ndarray:
    """Say for each cell whether it belongs to a setting, or one of several, and a group."""
    area, cell = np.divmod(np.arange(track.counts.shape[1]), CELLS_PER_AREA)
    home, cell = np.divmod(cell, CELLS_PER_SETTING)
    inside = np.ones(len(cell), np.bool_)
    if setting != "all":
        inside = np.isin(home, [SETTINGS.index(each) for each in several(setting)])
    if group == "all":
        return inside
    if group.startswith(AREA):
        return inside & (area == track.areas.index(group.removeprefix(AREA)))
    inside = inside & (cell != OF_ORGANISATIONS)
    for vulnerable, reference in REFERENCE.items():
        if group in (vulnerable, reference):
            has = (cell & BIT_OF_GROUP[vulnerable]) > 0
            return inside & (has if group == vulnerable else ~has)
    raise KeyError(group)
