"""Phase 3, from section 7.4 of docs/odd.md: integrity education of teachers, civil servants and pupils."""

from __future__ import annotations

from naive_draws import below
from naive_world import STUDENT, TEACHER, levers_of, lot, whole_part_of_month
from plain_state import count

SCHOOL_MONTHS = (0, 1, 2, 3, 4, 5, 8, 9, 10, 11)
"""Months of the calendar year with school: all but July and August."""


def training(state, policy):
    agents, schools = state.agents, state.schools
    places = {row: place for place, row in enumerate(schools.rows)}
    staff = [row for row in schools.rows if agents.kind[row] != STUDENT]
    pupils = [row for row in schools.rows if agents.kind[row] == STUDENT]
    for row in staff:
        _train(state, policy, row, places[row], _staff_minutes(state, policy, row, places[row]), 1.0)
    zeal, of_all = _motivation_by_school(state)
    start = 0.5 * policy.assumed["trust.start_share"]
    for row in pupils:
        x = zeal.get(agents.employer[row], of_all) / start
        _train(state, policy, row, places[row], _pupil_minutes(state, policy, row), x)
    _displace_teaching(state, policy, [row for row in pupils if agents.present[row]])
    for row in schools.rows:
        if agents.present[row]:
            _count(state, row)


def _staff_minutes(state, policy, row, place):
    """Return the minutes of training that a member of staff receives this month."""
    levers, assumed = levers_of(state, policy, row), policy.assumed
    if state.agents.kind[row] == TEACHER:
        minutes = _month_of_school(state, levers["training.teacher_hours_count"] * 60)
    else:
        yearly = levers["training.civil_servant_hours_count"]
        if levers["training.party_school_module_on"] and state.schools.cadre[place]:
            yearly += assumed["training.party_school_hours"]
        minutes = whole_part_of_month(round(yearly * 60), state.month % 12, 12)
    attends = lot(state, row, "TRAINING") < below(assumed["training.attendance_share"])
    return minutes if attends and state.agents.present[row] else 0


def _pupil_minutes(state, policy, row):
    """Return the minutes of lessons that a pupil receives this month."""
    lessons = levers_of(state, policy, row)["training.pupil_lessons_count"]
    minutes = _month_of_school(state, lessons * policy.assumed["training.lesson_minutes"])
    return minutes if state.agents.present[row] else 0


def _month_of_school(state, minutes):
    """Return this month's part of a year's minutes over the months with school."""
    month = state.month % 12
    return (
        whole_part_of_month(round(minutes), SCHOOL_MONTHS.index(month), 10) if month in SCHOOL_MONTHS else 0
    )


def _train(state, policy, row, place, minutes, x):
    """Let training act on one's honesty, and count it."""
    agents, schools, assumed = state.agents, state.schools, policy.assumed
    z = schools.trained[place] if schools.generation[place] == agents.generation[row] else 0.0
    schools.generation[place] = agents.generation[row]
    base, most = agents.honesty[row] - z, assumed["training.most_honesty"]
    closed = min(1.0, assumed["training.gain_per_hour_share"] * (minutes / 60.0 * x))
    kept = z * (1.0 - assumed["training.forgotten_monthly_share"])
    z = min(kept + (most - z) * closed, 1.0 - base)
    agents.honesty[row], schools.trained[place] = base + z, z
    if agents.kind[row] != STUDENT:
        count(state, "training_minutes", row, minutes)
        count(state, "displaced_minutes", row, int(minutes * assumed["training.working_time_share"]))


def _displace_teaching(state, policy, pupils):
    """Count a teacher's time for each lesson of each class, at the school."""
    taught = {}
    for row in pupils:
        taught.setdefault(state.agents.employer[row], []).append(row)
    for school, here in taught.items():
        classes = -(-len(here) // int(policy.assumed["training.class_size"]))
        count(state, "displaced_minutes", school, classes * _pupil_minutes(state, policy, here[0]))


def _motivation_by_school(state):
    """Return the mean motivation of each school's teachers, and of all."""
    agents, by_school, everybody = state.agents, {}, []
    for row, kind in enumerate(agents.kind):
        if kind == TEACHER and agents.present[row]:
            value = agents.honesty[row] * agents.trust[row] * (1.0 - agents.crowding[row])
            by_school.setdefault(agents.employer[row], []).append(value)
            everybody.append(value)
    of_all = sum(everybody) / max(1, len(everybody))
    return {school: sum(each) / len(each) for school, each in by_school.items()}, of_all


def _count(state, row):
    """Count heads and motivation."""
    agents = state.agents
    value = int(agents.honesty[row] * agents.trust[row] * (1.0 - agents.crowding[row]) * 1e6)
    if agents.kind[row] == STUDENT:
        count(state, "school_pupils", row)
        count(state, "school_pupil_motive_millionths", row, value)
    else:
        count(state, "training_heads", row)
        if agents.kind[row] == TEACHER:
            count(state, "school_teachers", row)
            count(state, "school_teacher_motive_millionths", row, value)
