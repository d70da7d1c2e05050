"""Outcomes of public bodies and their staff: arrears, promises, lapses, suppliers' trust."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import Sums, Track, shares

BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {}
BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {
    "breach.civil_servant_per_1000_year": (
        "government", shares("body_civil_servant_breaches", "body_civil_servants", 12_000.0),
    ),
    "record.lapses_on_file_share": (
        "government", shares("body_lapses_on_file", "body_civil_servant_breaches"),
    ),
    "agency.contracts_registered_share": (
        "government", shares("body_contracts_registered", "body_contracts"),
    ),
    "agency.arrears_share": ("government", shares("body_arrears_fen", "body_dues_year_fen")),
    "trust.firms_in_public_bodies_index": (
        "enterprise", shares("body_supplier_trust_millionths", "body_suppliers", 1e-6),
    ),
}  # fmt: skip
DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {}
