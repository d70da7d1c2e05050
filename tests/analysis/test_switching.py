"""Switching values: where a verdict turns, within the range, beyond it, or nowhere."""

from __future__ import annotations

import json

import numpy as np
import pytest

from creditsim.analysis.sensitivity.switching import STATES, switching_value

VALUES = np.array([0.0, 1.0, 2.0, 3.0])
LUCK = np.array([[-0.1], [0.0], [0.1], [0.0]])
SMALLEST = 0.5


def switched(differences, own=0.0, luck=LUCK, smallest=SMALLEST):
    return switching_value(VALUES, np.asarray(differences) + luck, own, smallest)


def test_a_clear_verdict_turns_where_the_difference_crosses_0():
    found = switched(2.0 - VALUES * 4.0 / 3.0)
    assert (found.state, found.verdict, found.threshold) == ("within", "higher", 0.0)
    assert found.value == pytest.approx(1.5)
    assert found.low < 1.5 < found.high
    assert found.doubtful_from == 2.0


def test_a_negligible_verdict_turns_where_the_difference_reaches_the_smallest_relevant_one():
    found = switched(-0.1 - VALUES * 0.4)
    assert (found.state, found.verdict, found.threshold) == ("within", "negligible", -SMALLEST)
    assert found.value == pytest.approx(1.0)


def test_of_several_crossings_the_nearest_to_the_own_value_counts():
    found = switched([2.0, -2.0, -2.0, 2.0], own=3.0)
    assert found.value == pytest.approx(2.5)


def test_more_luck_makes_the_stretch_of_doubt_wider_until_it_reaches_the_ends():
    narrow, wide = switched(2.0 - VALUES * 4.0 / 3.0), switched(2.0 - VALUES * 4.0 / 3.0, luck=8 * LUCK)
    assert wide.low < narrow.low < narrow.high < wide.high
    assert switched(2.0 - VALUES, luck=10 * LUCK).high is None


def test_beyond_the_range_a_straight_line_is_followed_only_as_far_as_the_range_is_wide():
    near, far = switched(4.0 - VALUES), switched(9.0 - VALUES)
    assert (near.state, near.value) == ("beyond", pytest.approx(4.0))
    assert (far.state, far.value) == ("none", None)
    assert far.doubtful_from is None


def test_no_line_is_followed_to_less_than_nothing_or_along_a_slope_that_may_be_none():
    assert switched(2.0 + VALUES).state == "none"  # 0 at -2, but there are no hours below 0
    leaning = np.array([-1.0, 1.0, -1.0, 1.0])[:, None] * (VALUES - 1.5)
    assert switching_value(VALUES, 2.0 - 0.2 * VALUES + leaning, 1.0, SMALLEST).state == "none"


@pytest.mark.parametrize("differences", [[np.nan] * 4, [0.4, 1.0, 2.0, 3.0]])
def test_without_a_verdict_none_can_turn(differences):
    found = switched(differences, luck=5 * LUCK)
    assert found.state == "no verdict"
    assert found.verdict in ("unclear", "not defined")
    assert found.value is None


def test_one_replication_has_no_interval_and_plain_values_have_no_nan():
    found = switched(2.0 - VALUES, luck=np.zeros((1, 1)))
    assert found.state == "no verdict"
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.state in STATES
