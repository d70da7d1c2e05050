"""Outcomes of trade credit: checks, losses and refused sales."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import Sums, Track, amounts, ratio, shares

BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {}


def _loss(sums: Sums, scale: float) -> np.ndarray:
    """Return what suppliers lost, yuan an active enterprise and month."""
    lost = {**sums, "lost": sums["trade_unable_loss_fen"] + sums["trade_unwilling_loss_fen"]}
    return ratio(lost, "lost", "active_agents", 0.01)


BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {
    "trade.checked_sales_share": ("enterprise", shares("trade_checked_fen", "trade_credit_fen")),
    "trade.default_loss_yuan_per_firm_month": ("enterprise", _loss),
    "trade.unable_loss_yuan_per_firm_month": (
        "enterprise",
        shares("trade_unable_loss_fen", "active_agents", 0.01),
    ),
    "trade.unwilling_loss_yuan_per_firm_month": (
        "enterprise",
        shares("trade_unwilling_loss_fen", "active_agents", 0.01),
    ),
    "trade.refused_sales_share": ("enterprise", shares("trade_refused_sound_fen", "trade_wanted_fen")),
    "trade.credit_sales_yuan_month": ("enterprise", amounts("trade_credit_fen", 0.01)),
    "trade.facing_overdue_share": ("enterprise", shares("trade_facing_overdue", "trade_sellers")),
    "trade.unable_share": ("enterprise", shares("trade_unable", "trade_buyers")),
}
"""Outcomes of one setting, reported for it and for the district, in no group."""

DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {}
"""Outcomes of the district as a whole."""
