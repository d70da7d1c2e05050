"""Cost per breach averted: blank where nothing is averted for certain, Fieller's interval elsewhere."""

import numpy as np
import pytest

from creditsim.analysis.cost_effectiveness import BREACHES, COST, cost_per_breach, fieller


def test_with_an_exact_number_averted_the_interval_is_that_of_the_cost():
    cost = np.array([90.0, 100.0, 110.0, 100.0])
    ratio, low, high = fieller(cost, np.full(4, 10.0))
    half = 3.182446 * np.std(cost, ddof=1) / 2.0 / 10.0
    assert ratio == pytest.approx(10.0)
    assert (low, high) == (pytest.approx(10.0 - half), pytest.approx(10.0 + half))


@pytest.mark.parametrize("averted", [[1.0, -1.0, 0.5], [-3.0, -2.0, -4.0], [0.0, 0.0, 0.0]])
def test_nothing_averted_for_certain_has_no_price(averted):
    assert fieller(np.array([5.0, 6.0, 7.0]), np.array(averted)) == (None, None, None)


def test_one_replication_says_nothing():
    assert fieller(np.array([5.0]), np.array([2.0])) == (None, None, None)


def test_the_interval_covers_the_true_ratio_as_often_as_it_says():
    """95% over 2,000 experiments: the share lies within 3 standard errors (1.5 points)."""
    random = np.random.default_rng(7)
    hits = 0
    for _ in range(2000):
        averted = random.normal(10.0, 3.0, 8)
        cost = 4.0 * averted + random.normal(0.0, 5.0, 8)
        _, low, high = fieller(cost, averted)
        hits += low is not None and low <= 4.0 <= high
    assert hits / 2000 == pytest.approx(0.95, abs=0.015)


def test_costs_are_held_against_the_baseline_of_the_same_replication():
    import pandas as pd

    lines = [
        (scenario, replication, "2020-01", "all", "all", outcome, value)
        for scenario, costs, breaches in (("base", (10, 20), (100, 80)), ("plan", (60, 72), (90, 70)))
        for replication in (0, 1)
        for outcome, value in ((COST, costs[replication]), (BREACHES, breaches[replication]))
    ]
    names = ["scenario", "replication", "month", "setting", "group", "outcome", "value"]
    (found,) = cost_per_breach(pd.DataFrame(lines, columns=names), "base", ["plan"])
    assert found.yuan == pytest.approx(5.1)
