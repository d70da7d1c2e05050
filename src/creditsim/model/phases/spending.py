"""Spending: what the month cost the public, in money and in staff time."""

from __future__ import annotations

import numpy as np

from creditsim.model.regimes import Rules
from creditsim.model.state import QUANTITIES, State
from creditsim.spec.assumptions import assumed

_REWARDS = QUANTITIES.index("rewards_fen")
_DESKS = ("service.village_desk_staff_hours_per_month", "service.community_desk_staff_hours_per_month")


def spending(state: State, rules: Rules) -> None:
    """Charge the month: a twelfth of each yearly cost line as far as the rollout has come, and what was paid out.

    Working time, visits, publicity and platform follow the lines of spec/costing.py.
    Funds cost what was put into them, rewards what was paid; both are transfers.
    """
    share = int(np.count_nonzero(state.active)) / max(len(state.active), 1)
    weights = (1.0 - share, share)
    scale = state.population.scale
    yuan = hours = saved = 0.0
    for weight, table, levers in zip(weights, rules.cost_tables, rules.values, strict=True):
        for line in table.lines:
            if not line.transfer:
                yuan += weight * line.yuan / 12.0
            hours += weight * line.staff_hours / 12.0
        for desk in _DESKS:
            saved += weight * levers[desk] * assumed("service.hours_per_desk_hour")
    put_in = sum(state.public[f"fund_{fund}_income_fen"] for fund in (0, 1))
    paid = sum(state.public[f"fund_{fund}_paid_fen"] for fund in (0, 1))
    rewards = int(state.counts[:, _REWARDS].sum())
    state.public["cost_fen"] = round(yuan * scale * 100.0) + put_in + rewards
    state.public["transfers_fen"] = paid + rewards
    state.public["staff_minutes"] = round(hours * scale * 60.0)
    state.public["service_hours_saved"] = saved * scale
