"""Phase 4, from section 7.5 of docs/odd.md: who signs a pledge, who posts the owner's score code."""

from __future__ import annotations

from naive_draws import below
from naive_world import ENTERPRISE, SCHOOL, TEACHER, has_trait, levers_of
from plain_state import count

PLEDGED, POSTED = 1, 2


def pledging(state, policy):
    agents = state.agents
    for row, kind in enumerate(agents.kind):
        state.pledges[row] = _pledges(state, policy, row) if agents.present[row] else 0
        if state.pledges[row] & PLEDGED:
            count(state, "pledgers", row)
        if kind in (TEACHER, SCHOOL) and agents.present[row]:
            count(state, "school_staff", row)


def _pledges(state, policy, row):
    """Return what an agent has signed and posted this month."""
    agents, levers = state.agents, levers_of(state, policy, row)
    if agents.kind[row] == ENTERPRISE and has_trait(state, row, "active"):
        invited = below(levers["pledge.firm_drive_coverage_share"])
    elif agents.kind[row] in (SCHOOL, TEACHER):
        invited = below(levers["pledge.school_coverage_share"])
    else:
        return 0
    honest = agents.honesty[row] >= policy.assumed["pledge.least_honesty_share"]
    if state.ranks.migrant[row] >= invited or not honest:
        return 0
    posts = (
        has_trait(state, row, "sole_trader")
        and agents.representative[row] >= 0
        and levers["score.city_on"]
        and state.ranks.aware[row] < below(levers["pledge.owner_code_posted_share"])
    )
    return PLEDGED | POSTED if posts else PLEDGED
