"""Outcomes of trade credit: checks, refusals, losses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import Sums, Track

BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {}
BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {}
DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {}
