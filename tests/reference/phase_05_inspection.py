"""Phase 5, from section 7.6 of docs/odd.md: the month's visits to enterprises."""

from __future__ import annotations

from naive_world import (
    ENTERPRISE,
    class_weights,
    has_trait,
    levers_of,
    lot,
    mixed,
    sector_weight,
    smallest,
    whole_part_of_flow,
)
from plain_state import count


def inspection(state, policy):
    agents = state.agents
    state.visited = [0] * len(agents.kind)
    firms = [
        row
        for row, kind in enumerate(agents.kind)
        if kind == ENTERPRISE and agents.present[row] and has_trait(state, row, "active")
    ]
    for row in _visited(state, policy, firms):
        state.visited[row] = 1
        state.last_visit[row] = state.month
        count(state, "visits", row)
    _announce(state, policy, firms)


def _visited(state, policy, firms):
    """Return the enterprises visited this month."""
    everyone = [row for row, kind in enumerate(state.agents.kind) if kind == ENTERPRISE]
    share = sum(state.active[row] for row in everyone) / len(everyone)
    visits = mixed(policy, "inspection.visits_per_month", share)
    budget = round(visits * state.population.scale * 1000)
    number = min(len(firms), whole_part_of_flow(budget, state.month))
    state.public["visits_due"] = number
    floors = [
        round(levers_of(state, policy, row)["inspection.random_floor_share"] * 1_000_000) for row in firms
    ]
    floor = number * (sum(floors) // max(1, len(floors))) // 1_000_000
    by_sector, by_class = {}, {}
    for row in firms:
        weight = sector_weight(state, policy, row)
        of_class = class_weights(levers_of(state, policy, row))[state.firm_class[row]]
        by_sector[row] = lot(state, row, "VISIT", 0) * 1_000_000 // weight
        by_class[row] = lot(state, row, "VISIT", 1) * 1_000_000 // (weight * of_class)
    first = smallest(firms, by_sector, floor)
    return first + smallest([row for row in firms if row not in set(first)], by_class, number - floor)


def _announce(state, policy, firms):
    """Set how often a firm of a regime and class is visited against the budget outside the rollout."""
    outside = policy.values[0]["inspection.visits_per_month"]
    for regime, levers in enumerate(policy.values):
        here = [row for row in firms if state.active[row] == regime]
        weights, floor = class_weights(levers), levers["inspection.random_floor_share"]
        for place, weight in enumerate(weights):
            ratio = 1.0
            if here:
                total = sum(weights[state.firm_class[row]] for row in here)
                visits = levers["inspection.visits_per_month"] / outside
                ratio = (floor + (1.0 - floor) * (weight * len(here) / total)) * visits
            state.visit_ratio[regime][place] = ratio
