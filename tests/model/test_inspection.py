"""Inspection: the budget is met to the visit, and grades steer only what the floor leaves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.model.budgets import smallest, whole_part
from creditsim.model.credit_model import burned_in
from creditsim.model.phases.inspection import inspection, published_ratios
from creditsim.model.regimes import compile_rules
from creditsim.spec.scenario import load_scenario


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(0, 70))
def test_the_smallest_keys_are_chosen_ties_to_the_front(keys, count):
    keys = np.array(keys, dtype=np.int64)
    expected = np.argsort(keys, kind="stable")[:count]
    assert sorted(smallest(keys, count).tolist()) == sorted(expected.tolist())


@given(st.integers(0, 10**7), st.integers(0, 30_000), st.integers(1, 60))
def test_a_steady_flow_in_thousandths_loses_nothing_over_months(thousandths, month, months):
    total = sum(whole_part(thousandths, m) for m in range(month, month + months))
    assert abs(total * 1000 - thousandths * months) < 1000


@pytest.fixture(scope="module")
def state():
    return burned_in(load_scenario("status-quo-2019").with_(burn_in_months=0), scale=0.5, seed=2)


def visits_by_class(state, **levers):
    """Return visits per firm of classes D and A, when half of the firms are of each."""
    levers = {f"inspection.{name}": value for name, value in levers.items()}
    scenario = load_scenario("status-quo-2019").with_levers(
        {"evaluation.firm_five_dimension_on": True, "evaluation.weights_choice": "default", **levers}
    )
    state = state.copy()
    state.active[:] = 1
    firms = state.agents.kind == 0
    state.firm_class[firms] = np.where(np.arange(firms.sum()) % 2, 0, 3)
    inspection(state, compile_rules(scenario))
    return [state.visited[firms & (state.firm_class == code)].mean() for code in (0, 3)]


def test_with_a_full_random_floor_classes_do_not_matter(state):
    low, high = visits_by_class(state, random_floor_share=1.0, bottom_grade_visit_ratio_share=5.0)
    assert low == pytest.approx(high, rel=0.25)


def test_without_a_floor_visits_follow_the_ratio_of_the_classes(state):
    low, high = visits_by_class(
        state, random_floor_share=0.0, bottom_grade_visit_ratio_share=5.0, top_grade_visit_ratio_share=0.5
    )
    assert low / high == pytest.approx(10, rel=0.5)


def test_published_ratios_are_one_without_a_programme_and_average_to_the_budget(state):
    rows = np.flatnonzero((state.agents.kind == 0) & (state.agents.traits & 1 > 0))
    usual = compile_rules(load_scenario("status-quo-2019"))
    assert (published_ratios(state, usual, rows) == 1.0).all()
    classed = load_scenario("five-entries-2020").with_levers({"inspection.visits_per_month": 800})
    state = state.copy()
    state.active[:] = 1
    state.firm_class[rows] = np.arange(len(rows)) % 4
    ratios = published_ratios(state, compile_rules(classed), rows)[1]
    assert ratios[state.firm_class[rows]].mean() == pytest.approx(2.0), "twice the visits, over all firms"
    assert ratios[0] > ratios[2] > ratios[3]
