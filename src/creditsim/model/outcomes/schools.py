"""Outcomes of schools: institutions, training, pupils."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import Sums, Track, amounts, shares

_HOURS_A_YEAR = 12.0 / 60.0
_TRAINED = ("school", "government")

BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {
    "motive.teacher_honesty_index": shares("school_teacher_motive_millionths", "school_teachers", 1e-6),
    "motive.pupil_honesty_index": shares("school_pupil_motive_millionths", "school_pupils", 1e-6),
}
BY_SETTING: Mapping[str, tuple[str | tuple[str, ...], Callable[[Sums, float], np.ndarray]]] = {
    "breach.institution_per_100_year": ("school", shares("school_breaches", "school_bodies", 1200.0)),
    "privacy.minors_recorded_count": ("school", amounts("school_pupils_bad_file")),
    "training.hours_per_head_year": (_TRAINED, shares("training_minutes", "training_heads", _HOURS_A_YEAR)),
    "work.hours_displaced_per_head_year": (
        _TRAINED, shares("displaced_minutes", "training_heads", _HOURS_A_YEAR),
    ),
}  # fmt: skip
DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {}

ALSO_IN: Mapping[tuple[str, str], Callable[[Sums, float], np.ndarray]] = {
    ("breach.pledgers_per_1000_month", "school"): shares("pledger_breaches", "pledgers", 1000.0),
    ("pledge.uptake_share", "school"): shares("pledgers", "school_staff"),
    ("inspect.missed_top_grade_share", "school"): shares("undetected_top", "undetected"),
    ("inspect.detection_per_visit_share", "school"): shares("visits_seen", "school_visits"),
}
"""Outcomes of firms reported for schools too, by a rule of their own; the district's stay the firms'."""
