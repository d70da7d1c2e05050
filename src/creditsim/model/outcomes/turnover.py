"""Outcomes of turnover, rollout and pilots."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import Sums, Track, shares, sums_of
from creditsim.spec.vocabulary import SETTINGS

BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {}
BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {
    "firm.phoenix_share": ("enterprise", shares("turnover_low_back", "turnover_low_left")),
}


def _treated_minus_control(track: Track, sums: Sums) -> np.ndarray:
    """Return the change of breaches at pilots less that at units not yet started, per 1,000 agents.

    Compared within each setting, against the same units' mean of the year before; the
    settings are weighted by the agents of their pilots. Not a number without either.
    """
    months = np.array([month.get("months_before", 0) for month in track.public], np.float64)
    total, weight = np.zeros(len(months)), np.zeros(len(months))
    for setting in SETTINGS:
        counted = sums_of(track, setting, "all")
        with np.errstate(divide="ignore", invalid="ignore"):
            changes = [
                (counted[f"{who}_breaches"] - counted[f"{who}_before"] / months) / counted[f"{who}_agents"]
                for who in ("pilot", "control")
            ]
        pilots = counted["pilot_agents"]
        both = (pilots > 0) & (counted["control_agents"] > 0)
        total += np.where(both, pilots * (changes[0] - changes[1]), 0.0)
        weight += np.where(both, pilots, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(weight > 0, 1000.0 * total / weight, np.nan)


DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {
    "rollout.treated_minus_control": _treated_minus_control,
}
