"""No count under 10 can be worked out from what is shown."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from creditsim.population.suppression import suppressed


def two_way(rows: int, columns: int, most: int, number: int, totals: bool = False):
    """Return a table of counts, many of them small; always the same one for a number."""
    inner = (
        (np.arange(1, rows * columns + 1) * 7919 * number % 104729 % most)
        .astype(float)
        .reshape(rows, columns)
    )
    if totals:
        inner = np.pad(inner, (0, 1))
        inner[-1], inner[:, -1] = inner.sum(axis=0), 0
        inner[:, -1] = inner.sum(axis=1)
    words = [[str(each) for each in range(size)] for size in (rows, columns)]
    if totals:
        words = [[*each, "all"] for each in words]
    return [tuple(key) for key in itertools.product(*words)], inner.ravel()


def spans(shape: tuple[int, int], values: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Return between which counts each hidden cell must lie for somebody who knows all sums."""
    place = np.arange(len(values)).reshape(shape)
    lines = [*place, *place.T]
    known = np.array([np.isin(np.flatnonzero(hidden), line) for line in lines], dtype=float)
    sums = np.array([values[line][hidden[line]].sum() for line in lines])
    found = []
    for cell in range(hidden.sum()):
        aim = np.eye(hidden.sum())[cell]
        low, high = (
            linprog(sign * aim, A_eq=known, b_eq=sums, method="highs").fun * sign for sign in (1, -1)
        )
        found.append((low, high))
    return np.array(found)


@pytest.mark.parametrize("number", range(1, 25))
def test_whoever_knows_all_sums_still_does_not_know_a_hidden_cell(number):
    rows, columns = 3 + number % 4, 2 + number % 3
    keys, values = two_way(rows, columns, 80, number)
    hidden = suppressed(keys, values)
    assert hidden[values < 10].all()
    if hidden.any():
        low, high = spans((rows, columns), values, hidden).T
        assert (high - low > 1e-6).all()


def test_hiding_the_small_cells_alone_would_give_them_away():
    keys, values = [("a", "m"), ("a", "f"), ("b", "m"), ("b", "f")], np.array([4.0, 30.0, 20.0, 50.0])
    low, high = spans((2, 2), values, values < 10).T
    assert low == high == 4
    assert suppressed(keys, values).all()


def test_what_is_hidden_in_a_line_is_at_least_ten_together():
    keys, values = [(each,) for each in "abcd"], np.array([3.0, 4.0, 20.0, 50.0])
    assert suppressed(keys, values).tolist() == [True, True, True, False]


def test_sums_are_hidden_last():
    keys, values = two_way(4, 3, 60, 5, totals=True)
    hidden = suppressed(keys, values)
    sums = np.array(["all" in key for key in keys])
    assert hidden[~sums].any()
    assert not hidden[sums].any()


def test_a_table_without_small_cells_stays_as_it_is():
    keys, values = two_way(4, 3, 60, 5)
    assert not suppressed(keys, values + 10).any()
