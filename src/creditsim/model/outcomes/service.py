"""Outcomes of means and service: inability, one-stop errands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import Sums, Track, shares

BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {
    "service.hours_saved_per_head_year": shares("service_saved_minutes", "adults", 12.0 / 60.0),
    "harm.unable_penalised_share": shares("means_penalised_unable", "means_penalised"),
}
"""Outcomes that exist in every setting and group."""

BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {}
DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {}
