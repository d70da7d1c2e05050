"""Check lever values: each on its own, then all together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from creditsim.core.errors import Fault, unknown
from creditsim.core.months import month_index
from creditsim.spec.faults import shown
from creditsim.spec.levers import NEVER, LeverValue, levers

Placed = Callable[[str, str], Fault]
"""Makes the fault of a lever (name, message) where the user set it."""


def read_values(given: Mapping[str, Any], placed: Placed) -> tuple[dict[str, LeverValue], list[Fault]]:
    """Return given lever values in the levers' own form, and the faults of the others."""
    known = levers()
    values: dict[str, LeverValue] = {}
    faults: list[Fault] = []
    for name, value in given.items():
        if name not in known:
            faults.append(placed(name, unknown(name, known, "lever")))
            continue
        lever = known[name]
        try:
            read = lever.read(value)
        except ValueError as error:
            faults.append(placed(name, str(error)))
            continue
        if not lever.mechanism and read != lever.default:
            got = f"got {shown(value)}, expected {shown(lever.default)}"
            why = "has no mechanism in this version; remove it or wait for a version that has one"
            faults.append(placed(name, f"{got}: {name} {why}"))
            continue
        values[name] = read
    return values, faults


def check_together(values: Mapping[str, LeverValue], placed: Placed) -> list[Fault]:
    """Return the faults of values that do not fit each other; `values` holds every lever."""
    known = levers()
    faults = []
    for name, lever in known.items():
        if not lever.mechanism or not lever.is_on(values[name]):
            continue
        for needed in lever.requires:
            if not known[needed].is_on(values[needed]):
                got = f"got {shown(values[name])} while {needed} is off ({shown(values[needed])})"
                off = shown(lever.off)
                faults.append(placed(name, f"{got}, expected {needed} on, or {off} here"))
    return faults + _calendar_faults(values, placed)


def _calendar_faults(values: Mapping[str, LeverValue], placed: Placed) -> list[Fault]:
    """Return what is wrong with the order of pilots, full rollout and end."""
    faults = []
    pilot, full, end = (
        values[f"rollout.{name}"] for name in ("pilot_start_date", "full_start_date", "end_date")
    )
    if NEVER not in (pilot, full) and month_index(full) < month_index(pilot):
        expected = f"a month from rollout.pilot_start_date ({pilot}) on, or never"
        faults.append(placed("rollout.full_start_date", f"got {full}, expected {expected}"))
    for name, start in (("pilot_start_date", pilot), ("full_start_date", full)):
        if NEVER not in (start, end) and month_index(end) <= month_index(start):
            expected = f"a month after rollout.{name} ({start})"
            faults.append(placed("rollout.end_date", f"got {end}, expected {expected}"))
    sites = "rollout.pilot_sites_per_setting_count"
    if pilot != NEVER and not values[sites]:
        faults.append(placed(sites, f"got 0, expected 1 or more, because pilots start in {pilot}"))
    return faults
