"""What shared draws gain: ratios of variances, exact ones named, intervals that hold."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from creditsim.analysis.pairing import (
    STATES,
    PairingGain,
    PairingGains,
    is_main,
    pairing_gain,
    pairing_gains,
)
from creditsim.core import draws
from creditsim.spec.outcomes import outcomes

CASES = list(csv.DictReader((Path(__file__).parent / "pairing_gains.csv").open(encoding="utf-8")))
BREACHES, BENEFIT = "breach.all_per_1000_month", "merit.participation_share"

values = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=3, max_size=20)


def noise(key: int, *shape: int) -> np.ndarray:
    """Return standard normal noise, always the same for a key."""
    words = draws.words(15, 0, np.arange(int(np.prod(shape))), key, draws.ABILITY)
    return draws.normal_quantiles()[words >> 20].reshape(shape)


def numbers(text: str) -> np.ndarray:
    return np.array([float(part) for part in text.split()])


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_gain_of(case):
    state, gain, low, high = pairing_gain(numbers(case["treated"]), numbers(case["reference"]))
    assert state == case["state"]
    assert gain == (pytest.approx(float(case["gain"]), rel=1e-12) if case["gain"] else None)
    assert (low is None) == (high is None) == (gain is None or len(case["treated"].split()) < 3)


def test_every_state_has_a_case():
    assert {case["state"] for case in CASES} == set(STATES)


@given(values)
def test_a_gain_is_at_least_a_half_and_lies_in_its_interval(pairs):
    # (a - b)^2 is at most 2 a^2 + 2 b^2.
    one, other = np.array(pairs).T
    state, gain, low, high = pairing_gain(one, other)
    assume(state == "measured")
    assert gain >= 0.5 - 1e-9
    assert 0.5 <= low <= gain * (1 + 1e-9)
    assert high >= gain * (1 - 1e-9)


@given(values, st.floats(-1e3, 1e3))
def test_luck_that_is_shared_wholly_is_exact(pairs, effect):
    luck = np.array(pairs)[:, 0]
    assume(np.ptp(luck) > 1e-6)
    assert pairing_gain(luck + effect, luck) == ("exact", None, None, None)


@given(values, st.floats(0.5, 2.0))
def test_names_of_scenarios_and_units_make_no_difference(pairs, unit):
    one, other = np.array(pairs).T
    first, turned, scaled = (
        pairing_gain(*pair) for pair in ((one, other), (other, one), (unit * one, unit * other))
    )
    assume(first[0] == scaled[0] == "measured" and first[1] < 1e6)
    assert turned[1] == pytest.approx(first[1], rel=1e-6)
    assert scaled[1] == pytest.approx(first[1], rel=1e-6)


def test_luck_of_their_own_gains_nothing():
    own = noise(1, 2, 4000)
    state, gain, low, high = pairing_gain(own[0], own[1])
    assert state == "measured"
    assert low <= 1.0 <= high
    assert gain == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("shared", "spread"), [(0.0, 1.0), (0.6, 1.0), (0.95, 1.0), (0.9, 3.0)])
def test_the_interval_covers_the_true_gain_as_often_as_it_says(shared, spread):
    # 2,000 experiments of 10 replications: the share has a standard error of half a point.
    luck, own = noise(2, 2000, 10), noise(3, 2000, 10)
    other = spread * (shared * luck + np.sqrt(1.0 - shared * shared) * own)
    true = (1.0 + spread**2) / (1.0 + spread**2 - 2.0 * shared * spread)
    found = [pairing_gain(one, two) for one, two in zip(luck, other)]
    covered = np.mean([low <= true <= high for _, _, low, high in found])
    assert covered == pytest.approx(0.95, abs=0.015)


def test_gains_of_a_frame_are_those_of_everybody():
    lines = [
        (scenario, replication, month, setting, group, outcome, value + shift)
        for scenario, found in (("plan", (1.0, 2.0, 3.0, 5.0)), ("base", (1.0, 2.0, 4.0, 5.0)))
        for replication, value in enumerate(found)
        for month, shift in (("2020-01", -0.5), ("2020-02", 0.5))
        for setting, group, outcome in (
            ("all", "all", BREACHES), ("village", "all", BREACHES), ("all", "offline", BREACHES),
            ("school", "all", "breach.tutoring_share"), ("all", "all", "inspect.detection_per_visit_share"),
        )
    ]  # fmt: skip
    columns = ["scenario", "replication", "month", "setting", "group", "outcome", "value"]
    found = pairing_gains(pd.DataFrame(lines, columns=columns), "base", ["plan"])
    places = {(each.outcome, each.setting) for each in found}
    assert places == {(BREACHES, "all"), ("breach.tutoring_share", "school"),
                      ("inspect.detection_per_visit_share", "all")}  # fmt: skip
    assert [each.gain for each in found] == pytest.approx([25.0] * 3)
    assert found.to_dict()["median_gain"] == pytest.approx(25.0)


def test_the_summary_counts_exact_ones_apart_and_never_says_infinity():
    of = [("measured", 3.0), ("measured", 9.0), ("exact", None), ("constant", None), ("not defined", None)]
    gains = PairingGains(
        PairingGain("plan", BREACHES, "all", "behavioural", True, state, gain) for state, gain in of
    )
    side = PairingGains([PairingGain("plan", "x", "all", "direct", False, "measured", 1.0)])
    found = json.loads(json.dumps(PairingGains((*gains, *side)).to_dict(), allow_nan=False))
    assert (found["median_gain"], found["outcomes"], found["exact"]) == (6.0, 2, 1)
    assert (found["all"]["median_gain"], found["all"]["outcomes"]) == (3.0, 3)
    assert found["low"] is None
    assert PairingGains().to_dict()["median_gain"] is None


def test_main_outcomes_are_behaviour_harms_and_public_cost():
    catalogue = outcomes()
    assert is_main(catalogue[BREACHES]) and is_main(catalogue["service.basic_denied_count"])
    assert is_main(catalogue["cost.public_yuan_month"])
    assert not is_main(catalogue["record.coverage_share"])
