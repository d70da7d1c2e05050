"""Training: integrity lessons for teachers, pupils and civil servants."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.regimes import Rules
from creditsim.model.state import State, present_rows
from creditsim.population.agents import CIVIL_SERVANT, INSTITUTION, STUDENT, TEACHER, rows_of_kind
from creditsim.spec.assumptions import assumed

_LOT_ATTENDS = 0
_SCHOOL_MONTHS = (0, 1, 2, 3, 4, 5, 8, 9, 10, 11)
"""Months of the calendar year with school, January 0: all but July and August."""


def training(state: State, rules: Rules) -> None:
    """Give the month's training, and let it act on honesty: a little, and not for good.

    Teachers' hours and pupils' lessons are spread over the ten months of the school year,
    civil servants' hours and the party school's module (leading cadres only) over twelve.
    An hour closes a share of the distance to the most that training can add to honesty;
    a share of what was added is forgotten each month, so without hours honesty returns to
    what it was. Pupils gain through their teachers: in proportion to the mean motivation
    (honesty x trust x (1 - crowding-out)) of their school's teachers, who come first.
    Hours in working time, and lessons in the timetable, displace other work.
    Source: meta-analyses find minimal effects of ethics instruction (Waples et al. 2009,
    10.1007/s10551-008-9875-0; 25 programmes); the size is an assumption.
    """
    schools, agents = state.schools, state.agents
    rows = schools.rows.astype(np.int64)
    renewed = schools.generation != agents.generation[rows]
    schools.trained[renewed] = 0.0
    schools.generation[:] = agents.generation[rows]
    kind, present = agents.kind[rows], agents.present[rows] == 1
    minutes = np.where(present, month_minutes(state, rules), 0)
    adults = kind != STUDENT
    _add_honesty(state, adults, minutes[adults] / 60.0)
    pupils = kind == STUDENT
    example = teachers_example(state)[agents.employer[rows[pupils]]]
    _add_honesty(state, pupils, minutes[pupils] / 60.0 * example)
    _count(state, rows[adults & present], minutes[adults & present], rows[pupils & present])
    _count_lessons(state, rules)


def month_minutes(state: State, rules: Rules) -> np.ndarray:
    """Return the minutes of training that each trainee receives this month, whole; a pupil's are lessons.

    A year's minutes are split into whole monthly parts that add up to the year exactly.
    """
    schools, agents = state.schools, state.agents
    rows = schools.rows.astype(np.int64)
    lots = state.words(rows, draws.TRAINING, _LOT_ATTENDS)
    attends = lots < draws.threshold(assumed("training.attendance_share"))
    minutes = np.zeros(len(rows), np.int64)
    for regime, levers in enumerate(rules.values):
        hours = {
            TEACHER: levers["training.teacher_hours_count"],
            CIVIL_SERVANT: levers["training.civil_servant_hours_count"],
        }
        here = state.active[rows] == regime
        for kind, count in hours.items():
            minutes[here & attends & (agents.kind[rows] == kind)] = _part(state.month, count * 60, kind)
        if levers["training.party_school_module_on"]:
            module = _part(state.month, assumed("training.party_school_hours") * 60, CIVIL_SERVANT)
            minutes[here & attends & schools.cadre] += module
        minutes[here & (agents.kind[rows] == STUDENT)] = _lesson_minutes(state.month, levers)
    return minutes


def teachers_example(state: State) -> np.ndarray:
    """Return by row of a school the mean motivation of its teachers, 1 at the starting mean.

    Where a small sample leaves a school without teachers, the mean of all stands in.
    """
    agents = state.agents
    rows = present_rows(state, "teacher")
    each = motivation(state, rows)
    sums = np.bincount(agents.employer[rows], weights=each, minlength=len(agents))
    numbers = np.bincount(agents.employer[rows], minlength=len(agents))
    overall = float(np.add.reduce(each)) / max(len(rows), 1)
    mean = np.where(numbers > 0, sums / np.maximum(numbers, 1), overall)
    return mean / (0.5 * assumed("trust.start_share"))


def motivation(state: State, rows: np.ndarray) -> np.ndarray:
    """Return honesty x trust x (1 - crowding-out) of some agents."""
    agents = state.agents
    return agents.honesty[rows] * agents.trust[rows] * (1.0 - agents.crowding[rows])


def _part(month: int, yearly_minutes: float, kind: int) -> int:
    """Return this month's whole minutes out of a year's."""
    months = tuple(range(12)) if kind == CIVIL_SERVANT else _SCHOOL_MONTHS
    if month % 12 not in months:
        return 0
    place, whole = months.index(month % 12), round(yearly_minutes)
    return whole * (place + 1) // len(months) - whole * place // len(months)


def _lesson_minutes(month: int, levers) -> int:
    """Return this month's minutes of lessons in a class."""
    return _part(month, levers["training.pupil_lessons_count"] * assumed("training.lesson_minutes"), STUDENT)


def _add_honesty(state: State, chosen: np.ndarray, hours: np.ndarray) -> None:
    """Move the trained part of some trainees' honesty, and honesty by the same amount."""
    schools, agents = state.schools, state.agents
    rows, before = schools.rows[chosen], schools.trained[chosen]
    closed = np.minimum(assumed("training.gain_per_hour_share") * hours, 1.0)
    after = before * (1.0 - assumed("training.forgotten_monthly_share"))
    after += (assumed("training.most_honesty") - before) * closed
    base = agents.honesty[rows] - before
    after = np.minimum(after, np.maximum(1.0 - base, 0.0))
    moved = after != before
    agents.honesty[rows[moved]] = base[moved] + after[moved]
    schools.trained[chosen] = after


def _count(state: State, staff: np.ndarray, minutes: np.ndarray, pupils: np.ndarray) -> None:
    """Count trainees, their hours and their motivation as the month's choices find it."""
    state.count("training_heads", staff)
    state.count("training_minutes", staff, minutes)
    displaced = (minutes * assumed("training.working_time_share")).astype(np.int64)
    state.count("displaced_minutes", staff, displaced)
    teachers = staff[state.agents.kind[staff] == TEACHER]
    for name, rows in (("teacher", teachers), ("pupil", pupils)):
        state.count(f"school_{name}s", rows)
        millionths = (motivation(state, rows) * 1_000_000.0).astype(np.int64)
        state.count(f"school_{name}_motive_millionths", rows, millionths)


def _count_lessons(state: State, rules: Rules) -> None:
    """Count the teaching time that integrity lessons take: one teacher a class, classes by size."""
    agents = state.agents
    rows = np.arange(len(agents))[rows_of_kind(agents, INSTITUTION)]
    learners = present_rows(state, "student")
    pupils = np.bincount(agents.employer[learners], minlength=len(agents))[rows]
    size = int(assumed("training.class_size"))
    classes = (pupils + size - 1) // size
    lesson = np.array([_lesson_minutes(state.month, levers) for levers in rules.values], np.int64)
    state.count("displaced_minutes", rows, classes * lesson[state.active[rows]])
