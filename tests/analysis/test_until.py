"""Running until it is clear: the least number that is enough, fixed checkpoints, honest coverage."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from creditsim.analysis.intervals import half_width, t_quantile
from creditsim.analysis.until import (
    LEAST,
    checkpoints,
    clarity_of,
    difference_spread,
    replications_needed,
)
from creditsim.core import draws
from creditsim.core.errors import InputError

CASES = list(csv.DictReader((Path(__file__).parent / "clarity.csv").open(encoding="utf-8")))


def noise(key: int, *shape: int) -> np.ndarray:
    """Return standard normal noise, always the same for a key."""
    words = draws.words(16, 0, np.arange(int(np.prod(shape))), key, draws.ABILITY)
    return draws.normal_quantiles()[words >> 20].reshape(shape)


def judged(values, tolerance=1.0, **options):
    """Return the clearness of {outcome: array} for scenarios base, plan, ... held against base."""
    labels = ["base", "plan", "other"][: next(iter(values.values())).shape[-1]]
    return clarity_of(values, labels, "base", dict.fromkeys(values, tolerance), **options)


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_clarity_of(case):
    pair = [[float(part) for part in case[name].split()] for name in ("reference", "treated")]
    (found,) = judged(
        {"a": np.array(pair).T}, float(case["tolerance"]), paired=case["paired"] == "yes", least=2
    )
    assert found.n == len(pair[0])
    if not case["half_width"]:
        assert (found.half_width, found.needed, found.more, found.clear) == (None, None, None, False)
        return
    assert found.half_width == pytest.approx(float(case["half_width"]), abs=5e-4)
    assert found.needed == int(case["needed"])
    assert found.more == max(0, found.needed - found.n)
    assert found.clear == (found.more == 0)


@given(
    st.floats(1e-6, 1e6), st.floats(1e-3, 1e3), st.sampled_from([0.9, 0.95, 0.99]), st.integers(2, 30),
    st.floats(1.0, 2.0),
)  # fmt: skip
def test_the_number_needed_is_enough_and_one_less_is_not(variance, tolerance, level, least, freedom):
    needed = replications_needed(variance, tolerance, level, least, freedom)
    assert needed >= least
    assert half_width(variance, needed, level, freedom) <= tolerance
    assert needed == least or half_width(variance, needed - 1, level, freedom) > tolerance


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=3, max_size=20))
def test_without_pairing_the_interval_is_that_of_welch(pairs):
    one, other = np.array(pairs).T
    if min(np.var(one), np.var(other)) < 1e-6:
        return
    variance, freedom = difference_spread(one, other, paired=False)
    interval = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    assert half_width(variance, len(one), freedom=freedom) == pytest.approx((interval[1] - interval[0]) / 2.0)


def test_before_the_least_number_nothing_is_clear():
    still = np.zeros((LEAST - 1, 2))
    found = judged({"a": still})
    assert (found.clear, found.more) == (False, 1)
    assert judged({"a": np.zeros((LEAST, 2))}).clear
    one = judged({"a": np.zeros((1, 2))}, least=2)
    assert (one.clear, one.more) == (False, None)


def test_what_is_not_defined_is_listed_and_not_waited_for():
    values = noise(1, LEAST, 2)
    holed = values.copy()
    holed[3, 1] = math.nan
    found = judged({"a": values, "b": holed}, 100.0)
    assert found.clear
    assert [each.outcome for each in found.not_defined] == ["b"]
    assert "not defined: 1" in repr(found)
    assert not judged({"a": values, "b": holed}, 0.1).clear


def test_the_worst_one_says_how_many_more():
    values = noise(2, 20, 3) * np.array([0.0, 1.0, 3.0])
    found = judged({"a": values, "b": values / 2})
    assert not found.clear
    assert found.more == max(each.more for each in found) == found[1].more > 0
    assert {(each.scenario, each.outcome) for each in found.open} <= {
        (label, name) for label in ("plan", "other") for name in "ab"
    }


def test_worlds_are_averaged_within_a_replication():
    worlds = noise(3, 12, 5, 2)
    assert judged({"a": worlds}).rows() == judged({"a": worlds.mean(axis=1)}).rows()


def test_the_order_of_replications_changes_nothing_but_rounding():
    values = noise(4, 15, 2)
    one, other = (judged({"a": each})[0] for each in (values, values[::-1]))
    assert one.needed == other.needed
    assert one.half_width == pytest.approx(other.half_width, rel=1e-12)


def test_rows_are_plain():
    values = noise(5, 12, 3)
    values[0, 2] = math.nan
    rows = json.loads(json.dumps(judged({"a": values}).rows(), allow_nan=False))
    assert list(rows[0]) == ["scenario", "outcome", "n", "half_width", "tolerance", "defined", "clear",
                             "needed", "more"]  # fmt: skip
    assert "<table" in judged({"a": values})._repr_html_()


def test_faults_are_told_all_at_once():
    with pytest.raises(InputError) as caught:
        clarity_of({"a": np.zeros((3, 2))}, ["x", "y", "z"], "w", {"a": 0.0, "b": 1.0}, level=95, least=1)
    told = str(caught.value)
    for part in ("baseline", "level", "least", "tolerances: a", "got 'b'", "got shape (3, 2)"):
        assert part in told


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((10, 40), (10, 20, 30, 40)),
        ((10, 35), (10, 20, 30, 35)),
        ((10, 10), (10,)),
        ((1, 6), (1, 3, 5, 6)),
        ((10, 16, 2), (10, 12, 14, 16)),
    ],
)
def test_checkpoints_are_fixed_beforehand(arguments, expected):
    assert checkpoints(*arguments) == expected


def test_checkpoints_out_of_range_are_refused():
    with pytest.raises(InputError, match=r"at_most: got 5, expected 10 or more"):
        checkpoints(10, 5)


def covered(least: int, step: int, ratio: float) -> float:
    """Return the share of 20,000 intervals at the stop that hold the true mean; spread in tolerances."""
    values = ratio * noise(6, 200, 20_000)
    sums, squares = values.cumsum(axis=0), (values * values).cumsum(axis=0)
    held, running = 0, np.ones(values.shape[1], dtype=bool)
    plan = checkpoints(least, len(values), step)
    for count in plan:
        mean = sums[count - 1] / count
        variance = (squares[count - 1] - count * mean * mean) / (count - 1)
        half = t_quantile(count - 1) * np.sqrt(variance / count)
        stopping = running & ((half <= 1.0) | (count == plan[-1]))
        held += int((np.abs(mean) <= half)[stopping].sum())
        running &= ~stopping
    return held / values.shape[1]


@pytest.mark.parametrize("step", [LEAST, 1])
def test_intervals_at_the_stop_cover_at_least_93_in_100(step):
    # A share of 20,000 has a standard error of 0.17 points; the worst spread is near 2.4 tolerances.
    assert min(covered(LEAST, step, ratio) for ratio in (1.0, 1.6, 2.0, 2.4, 3.0)) >= 0.93


def test_half_as_many_at_least_would_not_be_enough():
    assert covered(LEAST // 2, LEAST // 2, 1.8) < 0.93
