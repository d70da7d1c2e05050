"""Scenarios over uncertain worlds: regret, shares of worlds, needs, verdicts."""

from __future__ import annotations

import json

import numpy as np
import pytest

from creditsim.analysis.worlds import (
    DEPENDS,
    Need,
    over_worlds,
    read_needs,
    regret,
    verdict_over_worlds,
)
from creditsim.core.errors import InputError

BREACHES, TRUST, COVERAGE = "breach.all_per_1000_month", "trust.scheme_index", "record.coverage_share"
LABELS = ("now", "plan", "other")


def rows_of(values, name=BREACHES, needs=(), baseline=0):
    found = over_worlds(np.asarray(values, float)[:, :, None], LABELS, baseline, [name], needs)
    return {row.scenario: row for row in found.rows}, found


def test_regret_is_how_far_a_scenario_is_behind_the_best_of_its_world():
    rows, _ = rows_of([[50, 40, 45], [50, 60, 45], [50, 50, 70]])
    assert [rows[name].regret_max for name in LABELS] == [10.0, 15.0, 20.0]
    assert rows["plan"].regret_mean == pytest.approx(5.0)
    assert rows["other"].regret_90th == pytest.approx(np.quantile([5, 0, 20], 0.9))
    assert (regret(np.array([[1.0, 3.0]]), "higher_better") == [[2.0, 0.0]]).all()


def test_several_best_share_a_world_and_shares_add_up():
    rows, _ = rows_of([[50, 40, 45], [50, 60, 45], [50, 50, 70]])
    assert [rows[name].best_share for name in LABELS] == pytest.approx([1 / 6, 1 / 2, 1 / 3])
    assert sum(row.best_share for row in rows.values()) == pytest.approx(1.0)


def test_nearly_best_is_behind_by_less_than_what_matters():
    rows, _ = rows_of([[50.0, 49.9, 60.0]] * 2)
    assert [rows[name].best_share for name in LABELS] == [0.0, 1.0, 0.0]
    assert [rows[name].nearly_best_share for name in LABELS] == [1.0, 1.0, 0.0]


def test_an_outcome_without_a_good_direction_has_no_best():
    rows, _ = rows_of([[0.1, 0.5, 0.9]], COVERAGE)
    assert {rows[name].best_share for name in LABELS} == {rows[name].regret_max for name in LABELS} == {None}
    assert rows["plan"].verdict == "higher"


@pytest.mark.parametrize(("turned", "verdict"), [(1, "lower"), (2, DEPENDS), (18, DEPENDS), (19, "higher")])
def test_one_sign_must_hold_in_nine_of_ten_worlds(turned, verdict):
    differences = np.full(20, -3.0)
    differences[:turned] = 3.0
    expected = "lower" if turned == 2 else "higher" if turned == 18 else verdict
    assert verdict_over_worlds(differences, 0.5) == expected


def test_between_nine_tenths_it_depends_and_small_is_negligible():
    assert verdict_over_worlds(np.array([-3.0] * 17 + [3.0] * 3), 0.5) == DEPENDS
    assert verdict_over_worlds(np.array([-0.1] * 9 + [3.0]), 0.5) == "negligible"
    assert verdict_over_worlds(np.array([-3.0, np.nan]), 0.5) == "not defined"


def test_needs_are_met_world_by_world_and_all_at_once():
    values = np.stack([[[50, 40, 45], [50, 60, 45]], [[0.5, 0.4, 0.6], [0.5, 0.6, 0.6]]], axis=2)
    needs = (Need(BREACHES, "<=", 48.0), Need(TRUST, ">=", 0.5))
    found = over_worlds(values.astype(float), LABELS, 0, [BREACHES, TRUST], needs)
    rows = {(row.scenario, row.outcome): row.meets_share for row in found.rows}
    assert rows["plan", BREACHES] == rows["plan", TRUST] == 0.5
    assert found.meets_all_share == {"now": 0.0, "plan": 0.0, "other": 1.0}


def test_without_needs_no_outcome_may_be_worse_than_in_the_baseline():
    _, found = rows_of([[50, 40, 60], [50, 60, 60]])
    assert found.meets_all_share == {"now": 1.0, "plan": 0.5, "other": 0.0}


def test_the_baseline_has_no_difference_to_itself_and_json_has_no_nan():
    rows, found = rows_of([[50, np.nan, 45]])
    assert rows["now"].verdict is None
    assert rows["plan"].verdict == "not defined"
    assert rows["other"].best_share is None
    json.dumps(found.to_dict(), allow_nan=False)


def test_needs_that_cannot_be_read_are_told_at_once():
    with pytest.raises(InputError) as caught:
        read_needs(["breaches<12", "braeches<=3", "trust>=high", "trust>=.4"])
    assert [fault.key for fault in caught.value.faults] == ["--need"] * 3
    assert "breaches" in str(caught.value)
