"""Draws: the published known answers, one text for both engines, and keys that never collide."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.core import draws

WORD = st.integers(0, draws.WORD)

# Known answers of Philox4x32-10, published with Random123 (Salmon and others 2011): counter, key, result.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((draws.WORD,) * 4, (draws.WORD,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize("engine", [draws.philox, draws.philox.py_func], ids=["compiled", "python"])
@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(engine, counter, key, answer):
    assert tuple(engine(*key, *counter)) == answer


@given(WORD, WORD, WORD, WORD, WORD, WORD)
def test_compiled_and_python_draws_agree(seed, replication, slot, month, decision, block):
    key = (seed, replication, slot, month, decision, block)
    assert tuple(draws.philox(*key)) == tuple(draws.philox.py_func(*key))


@given(WORD, WORD, st.integers(0, 2**20))
def test_a_word_is_a_lane_of_its_block(seed, slot, index):
    block = draws.philox(seed, 0, slot, 24240, draws.ACT, index // 4)
    assert draws.word(seed, 0, slot, 24240, draws.ACT, index) == block[index % 4]


def test_neither_seed_nor_replication_nor_decision_can_stand_for_another():
    keys = [
        (1, 2, 5, 6, 7, 0),
        (2, 1, 5, 6, 7, 0),
        (1, 2, 6, 5, 7, 0),
        (1, 2, 5, 7, 6, 0),
        (1, 2, 5, 6, 7, 1),
    ]
    assert len({tuple(draws.philox(*key)) for key in keys}) == len(keys)


def test_an_added_agent_changes_nobody_elses_words():
    few, many = (draws.words(3, 1, np.arange(n), 24240, draws.VISIT) for n in (50, 80))
    assert np.array_equal(few, many[:50])


def test_paired_words_are_the_words_of_each_index():
    slots, indices = np.array([7, 9, 7]), np.array([0, 5, 2])
    found = draws.paired_words(1, 0, slots, 24240, draws.APPEAL, indices)
    assert found.tolist() == [
        draws.word(1, 0, s, 24240, draws.APPEAL, i) for s, i in zip([7, 9, 7], [0, 5, 2])
    ]


def test_words_are_even_over_their_range():
    """Chi-square over 256 bins of 100,000 words; fixed key; 350 would be passed by chance once in 10,000."""
    counts = np.bincount(draws.words(1, 0, np.arange(100_000), 24240, draws.OPPORTUNITY) >> 24, minlength=256)
    expected = 100_000 / 256
    assert ((counts - expected) ** 2 / expected).sum() < 350


@pytest.mark.parametrize("table", [draws.logistic_quantiles, draws.normal_quantiles])
def test_quantile_tables_ascend_and_mirror(table):
    values = table()
    assert (np.diff(values) > 0).all()
    assert np.array_equal(values, -values[::-1])
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 0


def test_logistic_quantiles_invert_the_logistic_function():
    shares = (np.arange(65536) + 0.5) / 65536
    assert np.allclose(1 / (1 + np.exp(-draws.logistic_quantiles())), shares, rtol=0, atol=1e-14)


@given(st.floats(-20, 20))
def test_portable_exponential_is_the_exponential(x):
    assert draws.exp_portable(x) == draws.exp_portable.py_func(x)
    assert math.isclose(draws.exp_portable(x), math.exp(x), rel_tol=1e-11)


def test_lognormal_multipliers_have_the_median_and_the_spread_of_their_name():
    values = draws.lognormal_multipliers(0.8)
    assert math.isclose(math.sqrt(values[2047] * values[2048]), 1.0, rel_tol=1e-9)
    assert math.isclose(np.log(values).std(), 0.8, rel_tol=2e-3)


@given(st.floats(0, 1))
def test_a_threshold_keeps_the_probability(probability):
    assert abs(draws.threshold(probability) / 2**32 - probability) <= 2**-32


@pytest.mark.parametrize("probability", [-0.1, 1.2, float("nan")])
def test_a_threshold_refuses_what_is_no_probability(probability):
    with pytest.raises(ValueError, match="expected 0 to 1"):
        draws.threshold(probability)
