"""The programme budget: a ceiling cuts the paid levers alike, and what is delivered costs what there is."""

import pytest

from creditsim.spec.budget import BUDGET, within_budget
from creditsim.spec.costing import VISITS, yearly_cost
from creditsim.spec.scenario import load_scenario

PLAN = load_scenario("five-entries-2020")


@pytest.mark.parametrize("name", ["five-entries-2020", "status-quo-2019", "no-programme"])
def test_without_a_ceiling_everything_is_delivered(name):
    scenario = load_scenario(name).with_levers({BUDGET: 0})
    assert within_budget(scenario) == (scenario, 1.0)


def test_a_ceiling_above_the_plan_does_not_bind():
    rich = PLAN.with_levers({BUDGET: 20_000_000})
    assert within_budget(rich) == (rich, 1.0)


@pytest.mark.parametrize("budget", [444_000, 2_000_000, 5_000_000])
def test_what_is_delivered_costs_the_budget(budget):
    poor, delivery = within_budget(PLAN.with_levers({BUDGET: budget}))
    assert 0 < delivery < 1
    assert yearly_cost(poor).yuan == pytest.approx(budget, abs=1)
    lever = "publicity.spending_yuan_per_head_year"
    assert poor[lever] == pytest.approx(delivery * PLAN[lever])


def test_delivery_rises_with_the_budget():
    shares = [within_budget(PLAN.with_levers({BUDGET: yuan}))[1] for yuan in (100_000, 1_000_000, 4_000_000)]
    assert shares == sorted(shares)


def test_visits_are_cut_down_to_the_ordinary_ones_and_free_levers_stay():
    scenario = load_scenario("status-quo-2019").with_levers({VISITS: 500, BUDGET: 100_000})
    poor, delivery = within_budget(scenario)
    assert poor[VISITS] == pytest.approx(400 + 100 * delivery)
    assert poor["enforcement.fine_level_share"] == scenario["enforcement.fine_level_share"]


def test_what_cannot_be_cut_is_paid_first():
    scenario = PLAN.with_levers({"consent.opt_in_on": True, BUDGET: 100_000})
    poor, delivery = within_budget(scenario)
    assert delivery == 0
    assert poor["consent.opt_in_on"] is True
    assert poor["publicity.spending_yuan_per_head_year"] == 0
