"""Outcomes of contests and tenders: slots decided by the score, worth displaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import Sums, Track, shares

BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {
    "contest.slots_changed_share": shares("contest_slots_changed", "contest_slots"),
    "contest.displaced_worth_index": shares("contest_displaced_millionths", "contest_slots", 1e-6),
    "contest.wronged_share": shares("contest_wronged", "contest_slots"),
}
BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {}


def _public_share(above: str, below: str) -> Callable[[Track, Sums], np.ndarray]:
    """Return an outcome that is a ratio of two district-wide figures, NaN where nothing stands below."""

    def outcome(track: Track, sums: Sums) -> np.ndarray:
        over, under = (
            np.array([month[name] for month in track.public], np.float64) for name in (above, below)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(under > 0, over / under, np.nan)

    return outcome


DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {
    "procure.checked_decisions_share": _public_share("decisions_checked", "decisions"),
    "procure.price_premium_share": _public_share("tender_premium_fen", "tender_lowest_fen"),
    "procure.low_grade_awards_share": _public_share("firm_awards_low", "firm_awards"),
    "procure.broken_contracts_share": _public_share("contracts_broken", "tenders_awarded"),
}
