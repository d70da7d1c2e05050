"""Phase 18, from section 7.19 of docs/odd.md: what the month costs the public, by lead department."""

from __future__ import annotations

LEAD_OF_ROW = {
    "E": "economic_development",
    "C": "education",
    "G": "organisation",
    "V": "rural_economy",
    "R": "social_affairs",
}
LEAD_OF_DESK = {
    "inspection.visits_per_month": "economic_development",
    "service.village_desk_staff_hours_per_month": "rural_economy",
    "service.community_desk_staff_hours_per_month": "social_affairs",
}
LEADS = (*LEAD_OF_ROW.values(), "joint_office")


def spending(state, policy):
    yuan, hours = dict.fromkeys(LEADS, 0.0), dict.fromkeys(LEADS, 0.0)
    inside = sum(state.active) / len(state.active)
    for outside_line, inside_line in zip(*(table.lines for table in policy.cost_lines)):
        lead = lead_of(policy, inside_line.levers[0])
        hours[lead] += monthly(state, outside_line.staff_hours, inside_line.staff_hours, inside)
        if not inside_line.transfer:
            yuan[lead] += monthly(state, outside_line.yuan, inside_line.yuan, inside)
    fen = {lead: round(yuan[lead] * 100) for lead in LEADS}
    minutes = {lead: round(hours[lead] * 60) for lead in LEADS}
    public, hour_fen = state.public, policy.unit_costs["staff_hour_yuan"].value * 100
    rewards = sum(state.counts["rewards_fen"])
    fen[lead_of(policy, "village.fund_yuan_per_head_year")] += public["fund_0_income_fen"]
    fen[lead_of(policy, "fund.subdistrict_yuan_per_head_year")] += public["fund_1_income_fen"]
    fen[lead_of(policy, "community.sorting_reward_yuan")] += rewards
    fen[lead_of(policy, "contest.procurement.score_weight")] += public["tender_premium_fen"]
    checking = round(public["decisions_checked"] * policy.assumed["checkfirst.minutes_per_check"])
    for lever, more in (
        ("checkfirst.coverage_share", checking),
        ("appeal.desk_staff_hours_per_month", public["appeal_overtime_minutes"]),
    ):
        minutes[lead_of(policy, lever)] += more
        fen[lead_of(policy, lever)] += round(more * hour_fen / 60)
    state.public |= {f"cost_fen.{lead}": fen[lead] for lead in LEADS}
    state.public |= {f"staff_minutes.{lead}": minutes[lead] for lead in LEADS}
    state.public["cost_fen"] = sum(fen.values())
    state.public["staff_minutes"] = sum(minutes.values())
    paid = state.public["fund_0_paid_fen"] + state.public["fund_1_paid_fen"]
    state.public["transfers_fen"] = paid + rewards


def lead_of(policy, lever):
    """Return the department that leads a lever's row of the plan."""
    return LEAD_OF_DESK.get(lever) or LEAD_OF_ROW.get(policy.levers[lever].row[0], "joint_office")


def monthly(state, outside, inside, share):
    """Return a twelfth of a yearly amount at the run's scale, both regimes mixed."""
    return (outside * (1.0 - share) + inside * share) * state.population.scale / 12
