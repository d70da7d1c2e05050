"""Training: a little honesty, not for good, and nothing without hours."""

import numpy as np
import pytest

from creditsim.core.months import month_index
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.phases.training import month_minutes, training
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.population.agents import CIVIL_SERVANT, STUDENT, TEACHER
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import load_scenario

STATUS_QUO = load_scenario("status-quo-2019").with_(months=12, burn_in_months=0)
TEACHERS = {"training.teacher_hours_count": 4.0}
LESSONS = TEACHERS | {"training.pupil_lessons_count": 2.0}
SERVANTS = {"training.civil_servant_hours_count": 4.0}
FEBRUARY, JULY, SEPTEMBER = (month_index(f"2020-{month}") for month in ("02", "07", "09"))


@pytest.fixture(scope="module")
def start():
    state = burned_in(STATUS_QUO, scale=0.02, seed=3)
    state.active[:] = 1
    return state


def rules(**levers):
    return compile_rules(STATUS_QUO.with_levers(levers))


def train(state, months, levers):
    compiled = rules(**levers)
    for month in months:
        state.month = month
        state.counts = np.zeros_like(state.counts)
        training(state, compiled)
    return state


def of_kind(state, kind):
    return state.agents.kind[state.schools.rows] == kind


def test_a_year_of_monthly_parts_is_the_year_exactly(start):
    state, compiled = start.copy(), rules(**LESSONS, **SERVANTS)
    most = {TEACHER: 0, STUDENT: 0, CIVIL_SERVANT: 0}
    for month in range(FEBRUARY, FEBRUARY + 12):
        state.month = month
        minutes = month_minutes(state, compiled)
        for kind in most:
            most[kind] += int(minutes[of_kind(state, kind) & ~state.schools.cadre].max())
    assert most == {TEACHER: 240, STUDENT: 2 * 45, CIVIL_SERVANT: 240}


def test_schools_have_holidays_and_offices_do_not(start):
    state = start.copy()
    state.month = JULY
    minutes = month_minutes(state, rules(**LESSONS, **SERVANTS))
    assert not minutes[of_kind(state, TEACHER) | of_kind(state, STUDENT)].any()
    assert minutes[of_kind(state, CIVIL_SERVANT)].any()


def test_the_party_school_adds_hours_for_those_who_lead_only(start):
    state = start.copy()
    state.month = FEBRUARY
    state.schools.cadre[:] = of_kind(state, CIVIL_SERVANT) & (np.arange(len(state.schools.rows)) % 2 == 0)
    plain, with_module = (
        month_minutes(state, rules(**SERVANTS, **more))
        for more in ({}, {"training.party_school_module_on": True})
    )
    longer = with_module > plain
    assert longer.any()
    assert not longer[~state.schools.cadre].any()
    assert set(with_module[longer] - plain[longer]) == {20}, "4 hours a year"


def test_one_month_of_training_worked_by_hand(start):
    state = train(start.copy(), [FEBRUARY], TEACHERS)
    trained = state.schools.trained[of_kind(state, TEACHER)]
    # 24 minutes = 0.4 hours close 0.4 x 15% of the way to 0.06.
    assert trained.max() == pytest.approx(0.06 * 0.15 * 0.4)
    missed = np.mean(trained == 0.0)
    assert missed == pytest.approx(1.0 - assumed("training.attendance_share"), abs=0.12)


def test_without_hours_honesty_stays_bit_by_bit(start):
    state = train(start.copy(), range(FEBRUARY, FEBRUARY + 12), {})
    assert (state.agents.honesty == state.population.agents["honesty"]).all()
    others = train(start.copy(), range(FEBRUARY, FEBRUARY + 3), TEACHERS)
    chosen = others.agents.kind != TEACHER
    assert (others.agents.honesty[chosen] == others.population.agents["honesty"][chosen]).all()


def test_what_is_not_repeated_is_forgotten_and_honesty_returns_to_what_it_was(start):
    state = train(start.copy(), range(FEBRUARY, FEBRUARY + 24), LESSONS)
    base = state.population.agents["honesty"][state.schools.rows]
    mean = state.schools.trained[of_kind(state, TEACHER)].mean()
    assert 0.0 < mean < assumed("training.most_honesty")
    assert state.agents.honesty.max() <= 1.0
    for years in (1, 10):
        state = train(state, range(state.month + 1, state.month + 1 + 12 * years), {})
        added = state.agents.honesty[state.schools.rows] - base
        np.testing.assert_allclose(added, state.schools.trained, atol=1e-12)
    assert state.schools.trained.max() < 1e-4


def test_pupils_learn_through_their_teachers(start):
    usual = train(start.copy(), [SEPTEMBER], LESSONS)
    pupils = of_kind(usual, STUDENT)
    assert (usual.schools.trained[pupils] > 0).all()
    state = start.copy()
    state.agents.honesty[state.agents.kind == TEACHER] = 0.0
    cynical = train(state, [SEPTEMBER], LESSONS | {"training.teacher_hours_count": 0.001})
    assert cynical.schools.trained[pupils].max() < 1e-3 * usual.schools.trained[pupils].mean()


def test_a_newcomer_in_a_slot_has_learned_nothing(start):
    state = train(start.copy(), range(FEBRUARY, FEBRUARY + 4), TEACHERS)
    trained = np.flatnonzero(of_kind(state, TEACHER) & (state.schools.trained > 0))
    row = state.schools.rows[trained[0]]
    state.agents.generation[row] += 1
    state.agents.honesty[row] = 0.5
    state = train(state, [state.month + 1], {})
    assert state.schools.trained[trained[0]] == 0.0
    assert state.agents.honesty[row] == 0.5


def test_hours_received_and_displaced_add_up(start):
    state = train(start.copy(), [FEBRUARY], TEACHERS)
    sums = dict(zip(QUANTITIES, state.counts.sum(axis=0), strict=True))
    present = np.count_nonzero(state.schools.trained > 0)
    assert sums["training_minutes"] == 24 * present
    assert sums["displaced_minutes"] == 19 * present, "four fifths in working time, whole minutes each"


def test_a_year_reports_hours_honesty_and_displaced_work():
    def year(levers):
        model = CreditModel(STATUS_QUO.with_levers(levers), scale=0.02, seed=3)
        model.run()
        frame = model.outcomes()
        frame = frame[(frame.setting == "school") & (frame.group == "all")]
        return frame.groupby("outcome", observed=True).value.mean()

    trained, usual = year(LESSONS), year({})
    assert trained["training.hours_per_head_year"] == pytest.approx(3.6, rel=0.1)
    assert usual["training.hours_per_head_year"] == usual["work.hours_displaced_per_head_year"] == 0.0
    assert trained["work.hours_displaced_per_head_year"] > 0.8 * 3.0
    for who in ("teacher", "pupil"):
        assert trained[f"motive.{who}_honesty_index"] > usual[f"motive.{who}_honesty_index"]
