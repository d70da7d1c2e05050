"""Spending: what the month cost the public, in money and in staff time."""

from __future__ import annotations

import numpy as np

from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.spec.assumptions import assumed
from creditsim.spec.costs import unit_costs
from creditsim.spec.vocabulary import LEADS

_REWARDS = QUANTITIES.index("rewards_fen")


def spending(state: State, rules: Rules) -> None:
    """Charge the month: a twelfth of each yearly cost line, as far as the rollout has come, and payments.

    Working time, visits, publicity and platform follow the lines of spec/costing.py; under a
    yearly budget they are what it pays for (spec/budget.py). Funds cost what was put into
    them, rewards what was paid; both are transfers. Tenders cost what the preference adds
    to the lowest price, credit checks and overtime on appeals the working time they take.
    Each line is charged to the department that leads its row of the plan.
    """
    share = int(np.count_nonzero(state.active)) / max(len(state.active), 1)
    scale = state.population.scale
    yuan, hours = dict.fromkeys(LEADS, 0.0), dict.fromkeys(LEADS, 0.0)
    for weight, table in zip((1.0 - share, share), rules.cost_tables, strict=True):
        for line in table.lines:
            if not line.transfer:
                yuan[line.lead] += weight * line.yuan / 12.0
            hours[line.lead] += weight * line.staff_hours / 12.0
    cost_fen = {lead: round(yuan[lead] * scale * 100.0) for lead in LEADS}
    village, subdistrict = (state.public[f"fund_{fund}_income_fen"] for fund in (0, 1))
    rewards = int(state.counts[:, _REWARDS].sum())
    cost_fen["rural_economy"] += village
    cost_fen["joint_office"] += subdistrict
    cost_fen["social_affairs"] += rewards
    cost_fen["organisation"] += state.public["tender_premium_fen"]
    staff_minutes = {lead: round(hours[lead] * scale * 60.0) for lead in LEADS}
    check_minutes = state.public["decisions_checked"] * assumed("checkfirst.minutes_per_check")
    staff_minutes["organisation"] += round(check_minutes)
    cost_fen["organisation"] += round(check_minutes / 60.0 * unit_costs()["staff_hour_yuan"].value * 100.0)
    overtime = state.public["appeal_overtime_minutes"]
    staff_minutes["joint_office"] += overtime
    cost_fen["joint_office"] += round(overtime / 60.0 * unit_costs()["staff_hour_yuan"].value * 100.0)
    state.public |= {f"cost_fen.{lead}": cost_fen[lead] for lead in LEADS}
    state.public |= {f"staff_minutes.{lead}": staff_minutes[lead] for lead in LEADS}
    state.public["cost_fen"] = sum(cost_fen.values())
    state.public["staff_minutes"] = sum(staff_minutes.values())
    state.public["transfers_fen"] = rewards + sum(state.public[f"fund_{fund}_paid_fen"] for fund in (0, 1))
