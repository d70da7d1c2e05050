"""Outcomes of the files and the desk: delay, over-reporting, repair, time limits, wrong grades."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import Sums, Track, ratio, shares


def _inflation(sums: Sums, scale: float) -> np.ndarray:
    """Return twelve times the monthly change of the mean points held for false and over-reported entries.

    That is the change of the mean score less that of the mean score without these entries. The
    first month has no month before it.
    """
    undeserved = ratio(sums, "files_undeserved_mp", "scored", 0.001)
    return 12.0 * np.concatenate(([np.nan], np.diff(undeserved)))


def _overdue(sums: Sums, scale: float) -> np.ndarray:
    """Return objections past their limit against these and those decided."""
    both = {**sums, "files_due": sums["files_overdue"] + sums["files_decided"]}
    return ratio(both, "files_overdue", "files_due")


BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {
    "record.over_reported_share": shares("files_over_reported", "files_posted"),
    "record.delay_months": shares("files_delay_months", "files_posted"),
    "appeal.overdue_share": _overdue,
    "repair.repaired_12_months_share": shares("files_year_old_repaired", "files_year_old"),
    "score.wrong_grade_share": shares("files_wrong_grade", "scored"),
    "score.inflation_points_year": _inflation,
}
"""Outcomes that exist in every setting and group."""

BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {}
DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {}
