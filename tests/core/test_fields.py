"""Structured arrays whose fields are attributes."""

import copy
import pickle

import numpy as np
import pytest

from creditsim.core.compiled import compiled
from creditsim.core.fields import FieldArray, with_fields

PAIR = np.dtype([("row", "i4"), ("points_mp", "i8"), ("item", "i2")])


@pytest.fixture
def pairs():
    found = with_fields(np.zeros(3, PAIR))
    found.points_mp[:] = [5, 7, 9]
    return found


def test_fields_are_plain_arrays_on_the_same_memory(pairs):
    assert type(pairs.points_mp) is type(pairs["points_mp"]) is np.ndarray
    pairs.points_mp += 1
    assert pairs["points_mp"].tolist() == [6, 8, 10]
    pairs.row = 4
    assert pairs["row"].tolist() == [4, 4, 4]


def test_rows_keep_their_fields(pairs):
    assert pairs[1].points_mp == 7
    assert pairs[pairs.points_mp > 5].points_mp.tolist() == [7, 9]
    assert pairs[1:].points_mp.base is not None


def test_what_every_array_has_stays(pairs):
    assert callable(pairs.item) and pairs["item"].tolist() == [0, 0, 0]


def test_a_misspelt_field_is_refused(pairs):
    with pytest.raises(AttributeError):
        pairs.point_mp = 1
    with pytest.raises(AttributeError):
        _ = pairs.point_mp


@pytest.mark.parametrize("other", [copy.deepcopy, copy.copy, lambda pairs: pickle.loads(pickle.dumps(pairs))])
def test_copies_are_their_own(pairs, other):
    same = other(pairs)
    same.points_mp[0] = 100
    assert isinstance(same, FieldArray) and pairs.points_mp[0] == 5
    assert same.points_mp.tolist() == [100, 7, 9]


def test_compiled_rules_take_them_as_plain_arrays(pairs):
    assert _sum(pairs) == _sum(np.array(pairs, subok=False)) == 21
    assert len(_sum.signatures) == 1


@compiled
def _sum(pairs):
    total = 0
    for place in range(pairs.shape[0]):
        total += pairs[place].points_mp
    return total
