"""Collecting: the month's stocks, beside the flows that the other phases counted."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.core.threads import in_parts
from creditsim.model.activities import DISCHARGE, activity_number
from creditsim.model.chains import REPAIRED, VOIDED
from creditsim.model.coverage import is_scored
from creditsim.model.phases.grade_flows import count_grade_flow, no_grade_flows
from creditsim.model.phases.publication import on_display
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import Rules
from creditsim.model.state import BREACHED, DID_GOOD, State, kind_rows
from creditsim.population.agents import ENTERPRISE, NO_SEX, STUDENT, TEACHER, TRAIT_BIT, VILLAGER, has_trait
from creditsim.scoring.ledger import ITEM, VILLAGE
from creditsim.spec.vocabulary import ACTIVE, AWARE, KNOWS_SCORE, REGISTERED

_NAMES = (
    "agents", "active_agents", "adults", "filed", "scored", "stuck_low", "published", "trust_millionths",
    "crowding_millionths", "aware", "registered", "app_active", "good_people", "compliant",
    "visits_compliant", "tutoring_year", "teachers", "knows_score",
)  # fmt: skip
(
    _N_AGENTS, _N_WORKING, _N_ADULTS, _N_FILED, _N_SCORED, _N_STUCK, _N_PUBLISHED, _N_TRUST,
    _N_CROWDING, _N_AWARE, _N_REGISTERED, _N_APP_ACTIVE, _N_GOOD, _N_COMPLIANT,
    _N_VISITED, _N_TUTORING, _N_TEACHERS, _N_KNOWS_SCORE,
) = range(len(_NAMES))  # fmt: skip
_COLUMNS = np.array([QUANTITIES.index(name) for name in _NAMES])
_HELD = QUANTITIES.index("entries_held")
_ACTIVE_TRAIT = TRAIT_BIT["active"]
_STUCK_MONTHS = 12
_YEAR = 12


def collecting(state: State, rules: Rules, threads: int = 1) -> None:
    """Count stocks by group cell: who knows, who is filed, who is stuck, how much trust is left.

    And who moved from which grade to which.
    """
    shown, first_teacher = on_display(state, rules), kind_rows(state, "teacher").start

    def count(low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
        stocks, flows = np.zeros((len(state.counts), len(_NAMES)), np.int64), no_grade_flows()
        _count_stocks(
            low, high, state.agents, rules.regimes, state.active, state.ranks, state.deeds, state.visited,
            state.last_breach, state.last_tutoring, first_teacher, state.month, stocks, shown,
            state.grade_before, flows,
        )  # fmt: skip
        return stocks, flows

    state.grade_flows = no_grade_flows()
    for stocks, flows in in_parts(count, len(state.agents), threads):
        state.counts[:, _COLUMNS] += stocks
        state.grade_flows += flows
    state.counts[:, _HELD] += state.held
    chains = state.chains
    standing = chains.standing_false()
    entries = chains.entries[standing]
    until = entries["end"] + rules.book.validity_months[entries["item"]]
    new_year = (entries["end"] // 12 + 1) * 12  # village scores end with the calendar year
    in_force = state.month < np.where(entries["account"] == VILLAGE, new_year, until)
    rows = chains.rows_of(standing[in_force])
    state.count("false_standing", rows)
    state.count("false_standing_months", rows, state.month - entries["posted"][in_force].astype(np.int64))
    state.public["discharges"] = int(state.done[:, activity_number(DISCHARGE)].sum())
    state.public["backlog"] = len(state.pending)
    state.public["active_agents"] = int(np.count_nonzero(state.active)) if rules.has_programme else 0
    _count_warned(state)
    _count_risky(state, rules)
    _count_repaired(state, rules)


def _count_warned(state: State) -> None:
    """Count enterprises warned a year ago, and those of them that have breached since."""
    rows = np.flatnonzero((state.warned >= 0) & (state.month - state.warned == _YEAR))
    state.count("warned_before", rows)
    state.count("warned_again", rows[state.last_breach[rows] > state.warned[rows]])


def _count_repaired(state: State, rules: Rules) -> None:
    """Count negative entries posted a year ago and not void, and those of them repaired since."""
    chains = state.chains
    ids = chains.posted_in(state.month - _YEAR)
    entries, status = chains.decode(ids), chains.status[ids]
    old = (entries["kind"] == ITEM) & rules.book.is_negative(entries) & (status & VOIDED == 0)
    rows = chains.rows_of(ids[old])
    state.count("files_year_old", rows)
    state.count("files_year_old_repaired", rows[status[old] & REPAIRED > 0])


def _count_risky(state: State, rules: Rules) -> None:
    """Count active firms of the worst class where firms are evaluated, and those visited within a year."""
    firms = kind_rows(state, "enterprise")
    evaluated = rules.regimes.evaluation_on[state.active[firms]] == 1
    works = has_trait(state.agents[firms], "active")
    rows = np.flatnonzero(evaluated & works & (state.firm_class[firms] == 0))
    state.count("risky", rows)
    state.count(
        "risky_seen", rows[(state.last_visit[rows] >= 0) & (state.month - state.last_visit[rows] < _YEAR)]
    )


@compiled
def _count_stocks(
    low, high, agents, regimes, active, ranks, deeds, visited, last_breach, last_tutoring, first_teacher,
    month, stocks, shown, grade_before, flows,
):  # fmt: skip
    """Add every agent to its cell, and to the flow from its grade of last month; remember this month's."""
    for row in range(low, high):
        agent = agents[row]
        regime = regimes[active[row]]
        scored = is_scored(agent, regime, ranks[row]) == 1
        count_grade_flow(agent, row, scored, grade_before, flows)
        if agent.present == 0:
            continue
        cell = stocks[agent.cell]
        person = agent.sex < NO_SEX and agent.kind != STUDENT
        cell[_N_AGENTS] += 1
        works = agent.kind != ENTERPRISE or agent.traits & _ACTIVE_TRAIT != 0
        cell[_N_WORKING] += works
        cell[_N_SCORED] += scored
        cell[_N_STUCK] += scored and agent.months_low >= _STUCK_MONTHS
        cell[_N_TRUST] += np.int64(agent.trust * 1000000.0)
        cell[_N_CROWDING] += np.int64(agent.crowding * 1000000.0)
        if person:
            cell[_N_ADULTS] += 1
            cell[_N_FILED] += agent.filed
            ranked = agent.filed == 1 and regime.public_ranking_on == 1 and agent.kind == VILLAGER
            cell[_N_PUBLISHED] += ranked or shown[row] == 1
            cell[_N_AWARE] += agent.awareness & AWARE != 0
            cell[_N_REGISTERED] += agent.awareness & REGISTERED != 0
            cell[_N_APP_ACTIVE] += agent.awareness & ACTIVE != 0
            cell[_N_KNOWS_SCORE] += agent.awareness & KNOWS_SCORE != 0
            if agent.kind == TEACHER:
                last = last_tutoring[row - first_teacher]
                cell[_N_TEACHERS] += 1
                cell[_N_TUTORING] += last >= 0 and month - last < _YEAR
            cell[_N_GOOD] += deeds[row] & DID_GOOD != 0
        elif agent.kind == ENTERPRISE and works:
            compliant = month - last_breach[row] > _YEAR and deeds[row] & BREACHED == 0
            cell[_N_COMPLIANT] += compliant
            cell[_N_VISITED] += compliant and visited[row] == 1
