"""Phase 6, from section 7.7 of docs/odd.md: bad files of pupils; the month's visits to institutions."""

from __future__ import annotations

from naive_world import SCHOOL, STUDENT, levers_of, lot, mixed, smallest, whole_part_of_flow
from plain_state import count

BAD_FILE = "sch-pupil-negative"


def supervision(state, policy):
    agents = state.agents
    _count_bad_files(state, policy)
    schools = [row for row, kind in enumerate(agents.kind) if kind == SCHOOL]
    present = [row for row in schools if agents.present[row]]
    for row in present:
        count(state, "school_bodies", row)
        if _is_classified(levers_of(state, policy, row)):
            count(state, "school_classified", row)
    for row, kind in enumerate(agents.kind):
        if kind == STUDENT and agents.filed[row] and agents.present[row]:
            count(state, "school_pupils_filed", row)
    for row in _visited(state, policy, schools, present):
        state.visited[row] = 1
        count(state, "school_visits", row)
    _announce(state, policy, present)


def _is_classified(levers):
    """Say whether institutions are classified."""
    return levers["score.city_on"] and levers["school.classification_on"]


def _floor_ppm(policy, levers):
    """Return the part of the visits that goes by lot, in parts per million."""
    return (
        round(policy.assumed["supervision.floor_share"] * 1_000_000) if _is_classified(levers) else 1_000_000
    )


def _weights(policy, levers):
    """Return the visit weights of the classes D, C, B, A in thousandths."""
    if not _is_classified(levers):
        return [1000] * 4
    bottom = round(policy.assumed["supervision.bottom_class_ratio"] * 1000)
    return [bottom, bottom, 1000, round(policy.assumed["supervision.top_class_ratio"] * 1000)]


def _visited(state, policy, schools, present):
    """Return the institutions visited this month."""
    share = sum(state.active[row] for row in schools) / max(1, len(schools))
    visits = mixed(policy, "school.supervision_visits_per_month", share)
    budget = round(visits * state.population.scale * 1000)
    number = min(len(present), whole_part_of_flow(budget, state.month))
    state.public["supervision_due"] = number
    floors = [_floor_ppm(policy, levers_of(state, policy, row)) for row in present]
    by_class_ppm = 1_000_000 - sum(floors) // max(1, len(floors))
    floor = number - number * by_class_ppm // 1_000_000  # what class decides is rounded down
    by_lot, by_class = {}, {}
    for row in present:
        weight = _weights(policy, levers_of(state, policy, row))[state.firm_class[row]]
        by_lot[row] = lot(state, row, "SUPERVISION", 0)
        by_class[row] = lot(state, row, "SUPERVISION", 1) * 1_000_000 // weight
    first = smallest(present, by_lot, floor)
    return first + smallest([row for row in present if row not in set(first)], by_class, number - floor)


def _announce(state, policy, present):
    """Set how often an institution is visited against the budget outside the rollout."""
    outside = policy.values[0]["school.supervision_visits_per_month"]
    for regime, levers in enumerate(policy.values):
        here = [row for row in present if state.active[row] == regime]
        weights, floor = _weights(policy, levers), _floor_ppm(policy, levers) / 1_000_000
        for place, weight in enumerate(weights):
            ratio = 1.0
            if here:
                total = sum(weights[state.firm_class[row]] for row in here)
                visits = levers["school.supervision_visits_per_month"] / outside
                ratio = (floor + (1.0 - floor) * (weight * len(here) / total)) * visits
            state.schools.visit_ratio[regime][place] = ratio


def _count_bad_files(state, policy):
    """Count pupils with a negative entry in force, and what it costs them where the measure holds."""
    items, bad = policy.book("wendeng-2020").items, set()
    for entry in state.ledger:
        row = entry.row
        is_own = state.agents.kind[row] == STUDENT and entry.subject == state.agents.slot[row] + (
            state.holder[row] << 32
        )
        if entry.kind == 0 and is_own and not entry.voided and not entry.repaired:
            item = items[entry.item]
            if item.direction != "bonus" and state.month < entry.end + item.validity_months:
                bad.add(row)
    for row in sorted(bad):
        if state.agents.present[row]:
            count(state, "school_pupils_bad_file", row)
            cost = bad_file_fen(policy, levers_of(state, policy, row))
            if cost:
                count(state, "penalties_fen", row, cost)


def bad_file_fen(policy, levers):
    """Return what a bad file costs a pupil a month in fen where the measure is in force."""
    measure = next(each for each in policy.measures if each.id == BAD_FILE)
    in_force = all(levers[name] != policy.levers[name].off for name in measure.requires)
    if not (levers["score.city_on"] and in_force):
        return 0
    return round(-measure.worth_yuan_month * 100 * measure.eligible_share)
