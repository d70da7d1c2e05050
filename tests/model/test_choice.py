"""Choosing: the limits that must hold, worked by hand, in both engines."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.core.draws import logistic_quantiles
from creditsim.core.fields import with_fields
from creditsim.model import choice
from creditsim.model.activities import ACTIVITY
from creditsim.population.agents import AGENT

WIDTH_MP = 20_000.0
CUTOFFS = np.array([600_000.0, 850_000.0, 960_000.0, 1_030_000.0, 1_050_000.0])
STEPS = np.array([300.0, 70.0, 5.0, 40.0, 10.0])


def agent(**values):
    row = with_fields(np.zeros(1, AGENT))
    row.belief[:], row.money_weight[:], row.trust[:] = 1.0, 1.0, 1.0
    for name, value in values.items():
        row[name][:] = value
    return row[0]


def activity(**values):
    row = with_fields(np.zeros(1, ACTIVITY))
    row.stake_yuan[:] = 1.0
    for name, value in values.items():
        row[name][:] = value
    return row[0]


@given(st.floats(0, 1000), st.floats(0, 1), st.floats(0, 1000))
def test_without_morals_and_noise_one_complies_if_the_expected_fine_is_the_gain_or_more(
    gain, detection, fine
):
    utility = choice.breach_utility(agent(), activity(), gain, detection, fine)
    assert choice.acts(utility, 0.0, 5.0) == (gain > detection * fine)


@given(st.floats(-4, 4), st.floats(0.1, 3))
def test_the_share_that_acts_is_logistic_in_utility_over_tau(utility, tau):
    share = choice.count_acting(utility, tau, logistic_quantiles()) / 65536
    assert math.isclose(share, 1 / (1 + math.exp(-utility / tau)), abs_tol=2e-5)


@pytest.mark.parametrize(
    "label", ["sex", "age_band", "education", "residence", "registration", "area", "online"]
)
def test_the_group_that_one_belongs_to_is_no_part_of_a_choice(label):
    inner = {"honesty": 0.4, "prosociality": 0.7, "money_weight": 1.3, "false_belief": 0.1}
    seen = set()
    for code in range(3):
        who, what = agent(**inner, **{label: code}), activity(alpha=-0.5, channels=0.1, seen_given_visit=0.2)
        detection = choice.perceived_detection(who, what, 0.3, 2.0)
        merit = choice.merit_utility(who, what, 1.5, 0.5)
        seen.add((detection, choice.breach_utility(who, what, 1.5, detection, 4.0), merit))
    assert len(seen) == 1
    assert choice.merit_utility(agent(prosociality=0.6), what, 1.5, 0.5) != merit, "the control: what one is"


def test_as_tau_vanishes_the_choice_is_certain_and_as_it_grows_a_coin():
    table = logistic_quantiles()
    assert [choice.count_acting(u, 0.0, table) for u in (-0.1, 0.1)] == [0, 65536]
    assert choice.count_acting(0.5, 1e6, table) == pytest.approx(32768, abs=2)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 5))
def test_honesty_trust_and_crowding_out_weigh_as_written(honesty, trust, crowding, norm):
    who = agent(honesty=honesty, prosociality=honesty, trust=trust, crowding=crowding)
    inner = honesty * trust * (1 - crowding)
    assert choice.breach_utility(who, activity(), 0.0, 0.0, 0.0) == pytest.approx(-inner)
    assert choice.merit_utility(who, activity(), 0.0, 0.0) == pytest.approx(inner)


def test_a_perceived_false_record_takes_force_from_the_sanction():
    sure, doubting = (
        choice.breach_utility(agent(false_belief=f), activity(), 0.0, 0.5, 100.0) for f in (0, 1)
    )
    assert (sure, doubting) == (-50.0, 0.0)


def test_detection_by_several_channels_is_one_less_the_product_of_misses():
    act = activity(channels=[0.1, 0.2, 0, 0, 0, 0, 0], seen_given_visit=0.5)
    assert choice.perceived_detection(agent(), act, 0.2, 1.0) == pytest.approx(1 - (1 - 0.2) * (1 - 0.2))
    posted = choice.perceived_detection(agent(), act, 0.2, 2.0)
    assert posted == pytest.approx(1 - (1 - 0.2) * (1 - 0.4)), "a posted code doubles complaints"
    blind = agent(belief=0.0)
    assert choice.perceived_detection(blind, act, 0.2, 1.0) == 0.0
    frightened = agent(belief=1000.0)
    assert choice.perceived_detection(frightened, act, 0.2, 1.0) == 1.0


@pytest.mark.parametrize(
    ("score", "worth", "why"),
    [
        (500_000, 0.0, "below the lowest cutoff nothing is won"),
        (600_000, 150.0, "at a cutoff half of its step: one knows one's score only within the width"),
        (610_000, 300.0, "half a width above, the whole step"),
        (1_000_000, 375.0, "the steps up to A"),
        (2_000_000, 425.0, "never more than all steps"),
    ],
)
def test_worth_of_a_score_adds_the_steps_passed(score, worth, why):
    assert choice.worth_of_score(score, CUTOFFS, STEPS, WIDTH_MP) == pytest.approx(worth), why


def test_a_loss_costs_what_the_grade_falls_by_and_nothing_far_from_cutoffs():
    assert choice.worth_of_loss(1_000_000, 50_000, CUTOFFS, STEPS, WIDTH_MP) == pytest.approx(5.0)
    assert choice.worth_of_loss(930_000, 30_000, CUTOFFS, STEPS, WIDTH_MP) == 0.0
    assert choice.worth_of_loss(500_000, 50_000, CUTOFFS, STEPS, WIDTH_MP) == 0.0, "nothing left to lose"


def test_one_can_work_towards_a_grade_that_one_deed_does_not_reach():
    # From 1000, AA at 1030 is worth 40 more: a 10-point deed is a third of the way. AAA: 50 / 50 x 10.
    found = choice.worth_of_gain(1_000_000, 10_000, 60_000, CUTOFFS, STEPS, WIDTH_MP)
    assert found == pytest.approx(10 * 40 / 30)


def test_a_grade_out_of_reach_is_worth_no_effort():
    assert choice.worth_of_gain(1_000_000, 10_000, 15_000, CUTOFFS, STEPS, WIDTH_MP) == 0.0


def test_above_all_cutoffs_another_deed_is_worth_nothing():
    assert choice.worth_of_gain(1_100_000, 10_000, 60_000, CUTOFFS, STEPS, WIDTH_MP) == 0.0


@given(
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 3), st.floats(0.2, 3), st.floats(0, 1e5), st.floats(0, 1),
    st.floats(0, 1e5), st.floats(-1, 1),
)  # fmt: skip
def test_compiled_and_python_choices_are_the_same_bits(
    honesty, trust, belief, money, stake, detection, sanction, norm
):
    who = agent(honesty=honesty, prosociality=honesty, trust=trust, belief=belief, money_weight=money)
    act = activity(channels=[0.1, 0.2, 0.05, 0, 0.3, 0, 0.01], alpha=-1.25, stake_yuan=321.0)
    for rule, arguments in [
        (choice.breach_utility, (who, act, stake, detection, sanction)),
        (choice.merit_utility, (who, act, stake, sanction)),
        (choice.perceived_detection, (who, act, detection, 1.5)),
        (choice.worth_of_gain, (stake * 20, 2000, 40_000.0, CUTOFFS, STEPS, WIDTH_MP)),
        (choice.worth_of_loss, (stake * 20, 30_000, CUTOFFS, STEPS, WIDTH_MP)),
    ]:
        assert rule(*arguments) == rule.py_func(*arguments)
