"""Ladders: what grades and stars are worth, by the measures in force and each by its own book."""

import numpy as np
import pytest

from creditsim.model.ladders import CITY, DISTRICT, VILLAGE, in_force, mean_worth_fen, treatments
from creditsim.model.regimes import compile_rules
from creditsim.spec.measures import measures
from creditsim.spec.scenario import load_scenario

USUAL = load_scenario("status-quo-2019")
PLAN = load_scenario("five-entries-2020")
MEASURE = {measure.id: measure for measure in measures()}


def names(kind, ladder, grade, scenario):
    return {measure.id for measure in treatments(kind, ladder, grade, scenario.values)}


def test_the_citys_benefits_hold_for_every_adult_by_the_citys_grades():
    for kind in ("resident", "teacher", "villager"):
        assert "city-parks" in names(kind, CITY, "AA", USUAL)
    assert "city-parks" not in names("resident", DISTRICT, "AA", PLAN)
    assert "city-parks" not in names("resident", CITY, "A", USUAL)


def test_restrictions_on_persons_need_the_lever():
    assert "com-no-awards" in names("resident", DISTRICT, "D", PLAN)
    assert "com-no-awards" not in names("resident", DISTRICT, "D", load_scenario("guidance-2021"))
    assert "vil-no-subsidy" in names("villager", VILLAGE, "star0", PLAN)


def test_a_measure_is_in_force_only_if_all_its_levers_are_on():
    assert not in_force(MEASURE["ent-visits-high"], USUAL.values), "a ratio of 1 is off"
    assert in_force(MEASURE["ent-visits-high"], PLAN.values)


@pytest.mark.parametrize("share", [0.15, 0.3, 0.6])
def test_welfare_by_star_goes_with_the_share_that_is_differentiated(share):
    levers = {**PLAN.values, "village.welfare_differential_share": share}
    measure = MEASURE["vil-welfare-high"]
    stated = measure.worth_yuan_month * 100 * measure.eligible_share
    assert mean_worth_fen([measure], levers) == round(stated * share / 0.3)


def test_cutoffs_of_both_books_stand_in_order_on_the_district_score():
    regime = compile_rules(PLAN).regimes[1]
    cutoffs = regime.cutoffs_mp[0]
    assert (np.diff(cutoffs) >= 0).all()
    assert {960_000.0, 1_000_000.0, 1_030_000.0, 1_050_000.0, 1_150_000.0} <= set(cutoffs.tolist())


def test_steps_add_up_to_the_worth_of_the_best_grade_over_the_worst():
    regime = compile_rules(PLAN).regimes[1]
    resident = 3
    levels = [
        [
            mean_worth_fen(treatments("resident", ladder, grade, PLAN.values), PLAN.values)
            for grade in ("D", "AAA")
        ]
        for ladder in (DISTRICT, CITY)
    ]
    whole = sum(best - worst for worst, best in levels) / 100
    assert regime.steps_yuan[0, resident].sum() == pytest.approx(whole)


def test_a_fund_that_rewards_nobody_can_be_compiled():
    rules = compile_rules(PLAN.with_levers({"village.fund_top_share": 0}))
    assert (rules.regimes[1].fund_claim_fen, rules.regimes[1].fund_top_ppm) == (0, 0)
    assert compile_rules(PLAN).regimes[1].fund_claim_fen > 0
