"""Paired differences: exact, paired, in fixed order, with honest verdicts."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.analysis.compare import (
    DIFFERENCE_COLUMNS,
    VERDICTS,
    ComparedScenarios,
    compare_outcomes,
    effect_of,
    paired_differences,
    verdicts,
)
from creditsim.core import draws
from creditsim.core.errors import InputError
from creditsim.spec.outcomes import outcomes as outcome_catalogue
from creditsim.spec.scenario import load_scenario

BREACHES = "breach.all_per_1000_month"
CASES = list(csv.DictReader((Path(__file__).parent / "verdicts.csv").open(encoding="utf-8")))


def frame(values, outcome=BREACHES, setting="all", group="all"):
    """Return a tidy frame of {scenario: array of (replications, months)}."""
    rows = [
        (scenario, replication, f"2020-{month + 1:02d}", setting, group, outcome, value)
        for scenario, table in values.items()
        for replication, months in enumerate(table)
        for month, value in enumerate(months)
    ]
    return pd.DataFrame(
        rows, columns=["scenario", "replication", "month", "setting", "group", "outcome", "value"]
    )


def number(text):
    return float(text) if text else math.nan


def test_a_hand_worked_example():
    # Means of months by replication: base 10, 12, 14; plan 9, 10, 12; differences -1, -2, -2.
    # Mean -5/3, standard deviation 1/sqrt(3), half width 4.302653 / 3 = 1.434218.
    found = paired_differences(
        frame({"base": [[9, 11], [12, 12], [13, 15]], "plan": [[8, 10], [10, 10], [11, 13]]}), "base"
    )
    assert list(found.columns) == list(DIFFERENCE_COLUMNS)
    row = found.iloc[0]
    assert (row["scenario"], row["unit"]) == ("plan", outcome_catalogue()[BREACHES].unit)
    assert row["baseline_mean"] == 12.0
    assert row["scenario_mean"] == pytest.approx(31 / 3, rel=1e-15)
    assert row["difference"] == pytest.approx(-5 / 3, rel=1e-15)
    assert row["low"] == pytest.approx(-5 / 3 - 1.434218, abs=1e-6)
    assert row["high"] == pytest.approx(-5 / 3 + 1.434218, abs=1e-6)
    assert row["verdict"] == "lower"


def test_intervals_cover_the_truth_in_95_of_100_experiments():
    # 2,000 experiments of 10 replications with a known effect of -1. The share covered has a
    # standard error of 0.49 points, so a wrong 93% would be found with a power above 0.9;
    # the draws are fixed, so a right 95% is inside the band on every machine.
    count, replications = 2000, 10
    words = draws.words(5, 1, np.arange(2 * count * replications), 0, draws.ABILITY)
    noise = draws.normal_quantiles()[words >> 20].reshape(2, replications, count)
    base = 40.0 + noise[0]
    plan = base - 1.0 + noise[1]
    groups = [f"experiment {number:04d}" for number in range(count)]
    tables = [
        pd.DataFrame({"group": groups, "value": values[replication]}).assign(
            scenario=scenario, replication=replication
        )
        for scenario, values in (("base", base), ("plan", plan))
        for replication in range(replications)
    ]
    tidy = pd.concat(tables).assign(month="2020-01", setting="all", outcome=BREACHES)
    found = paired_differences(tidy, "base")
    assert len(found) == count
    covered = ((found["low"] <= -1.0) & (found["high"] >= -1.0)).mean()
    assert 0.94 <= covered <= 0.96


def test_the_same_scenario_twice_differs_by_exactly_zero():
    values = np.array([[0.1, 0.7, 0.3], [1e9 / 3, 2e-9 / 3, 5.0], [0.2, 0.1, 0.4]])
    row = paired_differences(frame({"a": values, "a (2)": values}), "a").iloc[0]
    assert (row["difference"], row["low"], row["high"], row["verdict"]) == (0.0, 0.0, 0.0, "negligible")


def test_rows_in_any_order_give_the_same_bits():
    values = {
        name: np.sin(np.arange(60).reshape(5, 12) + shift) * 1e3 for name, shift in (("b", 0), ("a", 0.3))
    }
    tidy = frame(values)
    mixed = tidy.iloc[np.lexsort((tidy.index * 7919 % 120,))]
    categories = mixed.astype(dict.fromkeys(tidy.columns.drop(["value", "replication"]), "category"))
    one = paired_differences(tidy, "b")
    for other in (mixed, categories):
        pd.testing.assert_frame_equal(one, paired_differences(other, "b"), check_exact=True)


def test_scenarios_come_in_the_order_asked_for():
    tidy = frame({name: [[1.0], [2.0]] for name in "abc"})
    assert list(paired_differences(tidy, "b")["scenario"]) == ["a", "c"]
    assert list(paired_differences(tidy, "b", scenarios=("c", "b", "a"))["scenario"]) == ["c", "a"]


def test_months_without_a_value_are_left_out_of_the_mean_and_never_count_as_zero():
    nan = math.nan
    row = paired_differences(
        frame({"base": [[4, nan], [6, 6]], "plan": [[nan, 2], [5, 5]]}, "appeal.correction_months"), "base"
    ).iloc[0]
    assert (row["baseline_mean"], row["scenario_mean"], row["difference"]) == (5.0, 3.5, -1.5)


def test_a_replication_without_any_value_makes_the_difference_not_defined():
    nan = math.nan
    row = paired_differences(
        frame({"base": [[nan, nan], [6, 6]], "plan": [[2, 2], [5, 5]]}, "appeal.correction_months"), "base"
    ).iloc[0]
    assert row["verdict"] == "not defined"
    numbers = row[["baseline_mean", "scenario_mean", "difference", "low", "high"]].astype(float)
    assert numbers.isna().all()


def test_one_replication_has_no_interval():
    found = paired_differences(frame({"base": [[1.0]], "same": [[1.0]], "plan": [[9.0]]}), "base")
    assert found["low"].isna().all()
    assert found["high"].isna().all()
    assert dict(zip(found["scenario"], found["verdict"])) == {"plan": "unclear", "same": "negligible"}


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_verdict_of(case):
    values = (np.array([number(case[key])]) for key in ("difference", "low", "high", "smallest_relevant"))
    assert verdicts(*values).tolist() == [case["verdict"]]


def test_every_verdict_has_a_case():
    assert {case["verdict"] for case in CASES} == set(VERDICTS)


@given(st.floats(-1e3, 1e3), st.floats(0, 1e3), st.floats(1e-6, 1e3))
def test_turning_the_sign_turns_the_verdict(difference, half, smallest):
    turned = {"lower": "higher", "higher": "lower"}
    one = verdicts(difference, difference - half, difference + half, smallest).item()
    other = verdicts(-difference, -difference - half, -difference + half, smallest).item()
    assert other == turned.get(one, one)


def test_effects_follow_the_direction():
    assert effect_of("lower", "lower_better") == effect_of("higher", "higher_better") == "better"
    assert effect_of("higher", "lower_better") == effect_of("lower", "higher_better") == "worse"
    assert effect_of("lower", "neutral") == effect_of("unclear", "lower_better") == ""


def test_an_unknown_baseline_gets_the_nearest_name():
    with pytest.raises(InputError, match=r"baseline: got .status-quo-2091.*nearest: status-quo-2019"):
        paired_differences(frame({"status-quo-2019": [[1.0]], "plan": [[2.0]]}), "status-quo-2091")


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.1])
def test_a_level_outside_0_and_1_is_refused(level):
    with pytest.raises(InputError, match="level: got"):
        paired_differences(frame({"a": [[1.0]], "b": [[2.0]]}), "a", level)


@pytest.fixture(scope="module")
def comparison():
    names = ("status-quo-2019", "guidance-2021", "status-quo-2019")
    labels = ("status-quo-2019", "guidance-2021", "status-quo-2019 (2)")
    base = np.arange(20.0).reshape(4, 5)
    parts = [
        frame(dict(zip(labels, (base, base - 3.0, base))), BREACHES, setting)
        for setting in ("all", "village")
    ]
    parts.append(frame(dict.fromkeys(labels, np.full((4, 5), np.nan)), "appeal.correction_months"))
    parts.append(frame(dict.fromkeys(labels, base), "breach.tutoring_share", "school"))
    scenarios = [load_scenario(name) for name in names]
    return compare_outcomes(pd.concat(parts), scenarios, "status-quo-2019", seed=1, scale=0.02)


def test_a_comparison_knows_what_it_is_made_of(comparison):
    assert isinstance(comparison, ComparedScenarios)
    assert list(comparison.scenarios) == ["status-quo-2019", "guidance-2021", "status-quo-2019 (2)"]
    assert (comparison.replications, comparison.months) == (4, 5)
    assert (comparison.first_month, comparison.last_month) == ("2020-01", "2020-05")
    assert len(comparison.fingerprint) == len(comparison.inputs) == 64


def test_rows_for_json_hold_null_and_never_nan(comparison):
    rows = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))["rows"]
    assert {row["verdict"] for row in rows} == {"lower", "negligible", "not defined"}
    for row in rows:
        numbers = [row[key] for key in ("baseline_mean", "scenario_mean", "difference", "low", "high")]
        assert all(value is None for value in numbers) == (row["verdict"] == "not defined")
        assert row["smallest_relevant"] > 0
    again = [row for row in rows if row["scenario"] == "status-quo-2019 (2)" and row["low"] is not None]
    assert again
    assert all(row["difference"] == row["low"] == row["high"] == 0 for row in again)


def test_the_headline_takes_all_settings_or_else_the_settings_there_are(comparison):
    headline = comparison.headline()
    places = set(zip(headline["outcome"], headline["setting"]))
    assert places == {
        (BREACHES, "all"),
        ("appeal.correction_months", "all"),
        ("breach.tutoring_share", "school"),
    }


def test_outcomes_are_found_by_name_and_nickname(comparison):
    assert comparison.outcome("breaches") is comparison.outcome(BREACHES)
    with pytest.raises(InputError, match="nearest: breaches"):
        comparison.outcome("breeches")


def test_frame_and_scenarios_must_match():
    tidy = frame({"status-quo-2019": [[1.0]], "plan": [[2.0]]})
    quo = load_scenario("status-quo-2019")
    with pytest.raises(InputError, match="got 'plan', expected a known scenario"):
        compare_outcomes(tidy, [quo], "status-quo-2019", seed=1, scale=1)
    with pytest.raises(InputError, match="got 'guidance-2021', expected a known scenario"):
        compare_outcomes(tidy, [quo, load_scenario("guidance-2021")], "status-quo-2019", seed=1, scale=1)
