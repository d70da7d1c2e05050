"""Fitting, rounding and drawing lots: each against what it promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.population.raking import pick, rake, round_to_total, settle

tables = st.lists(st.lists(st.integers(1, 50), min_size=3, max_size=3), min_size=2, max_size=5)


@given(tables, tables)
def test_raking_meets_margins_and_keeps_odds_ratios(seed, wanted):
    rows = min(len(seed), len(wanted))
    seed, wanted = np.array(seed[:rows], dtype=float), np.array(wanted[:rows], dtype=float)
    fitted = rake(seed, [((0,), wanted.sum(axis=1)), ((1,), wanted.sum(axis=0))], rounds=5000)
    assert fitted.sum(axis=0) == pytest.approx(wanted.sum(axis=0), rel=1e-6)
    assert fitted.sum(axis=1) == pytest.approx(wanted.sum(axis=1), rel=1e-6)
    odds = fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0])
    assert odds == pytest.approx(seed[0, 0] * seed[1, 1] / (seed[0, 1] * seed[1, 0]), rel=1e-6)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=30))
def test_rounding_is_within_one_and_keeps_the_total(values):
    values = np.array(values)
    total = int(values.sum() + 0.5)
    whole = round_to_total(values, total)
    assert whole.sum() == total
    assert np.abs(whole - values).max() < 1.0 + 1e-6


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20), st.data())
def test_rounding_respects_bounds(most, data):
    most = np.array(most)
    total = data.draw(st.integers(0, int(most.sum())))
    whole = round_to_total(most * 0.7, total, most=most)
    assert whole.sum() == total
    assert ((whole >= 0) & (whole <= most)).all()


def test_rounding_beyond_the_bounds_is_refused():
    with pytest.raises(ValueError, match="no way"):
        round_to_total(np.ones(2), 3, most=np.ones(2, dtype=int))


@given(st.integers(0, 10_000))
def test_settling_brings_crossed_margins_within_one(number):
    # A table of (2 sexes x 2 residences) rows, known to add up in reals, rounded row by row.
    draws = (np.arange(24) * 7919 + number * 104729) % 1009 / 37.0
    wanted = draws.reshape(4, 6)
    wanted = wanted * (np.floor(wanted.sum(axis=1)) / wanted.sum(axis=1))[:, None]
    sex, residence = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    families = [
        (labels, np.array([wanted[labels == code].sum(axis=0) for code in (0, 1)]))
        for labels in (sex, residence)
    ]
    start = np.array([round_to_total(row, int(row.sum() + 0.5)) for row in wanted])
    settled = settle(start, families)
    assert settled.sum(axis=1).tolist() == start.sum(axis=1).tolist()
    assert settled.min() >= 0
    for labels, targets in families:
        found = np.array([settled[labels == code].sum(axis=0) for code in (0, 1)])
        assert np.abs(found - targets).max() < 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**32 - 1)), min_size=1, max_size=60))
def test_lots_fill_quotas_with_the_lowest(members):
    groups, lots = (np.array(column) for column in zip(*members, strict=True))
    quotas = np.bincount(groups, minlength=4) // 2
    chosen = pick(lots, groups, quotas)
    assert np.bincount(groups[chosen], minlength=4).tolist() == quotas.tolist()
    for group in range(4):
        inside, outside = lots[chosen & (groups == group)], lots[~chosen & (groups == group)]
        assert not len(inside) or not len(outside) or inside.max() <= outside.min()
