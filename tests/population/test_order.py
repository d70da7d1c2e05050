"""Ordering and tying by counting gives what comparing gives."""

import numpy as np
import pytest

from creditsim.core.errors import InputError
from creditsim.population import synthesis
from creditsim.population.order import ascending, blocks, places_in_groups, tie_both_ways, tie_one_way


def keys_of(size, *most):
    """Return keys of a size, each below its most."""
    generator = np.random.default_rng(size)
    return [generator.integers(0, each, size) for each in most]


@pytest.mark.parametrize("size", [0, 1, 2, 257, 5000])
@pytest.mark.parametrize(
    "most", [(1,), (3,), (2**32,), (2**32, 7), (9, 300, 70_000), (2**32, 2**20, 2**20, 5)], ids=str
)
def test_rows_come_as_lexsort_gives_them(size, most):
    keys = keys_of(size, *most)
    found = ascending(*keys)
    assert found.dtype == np.int32
    assert np.array_equal(found, np.lexsort(keys))


def test_columns_of_records_and_narrow_integers_are_keys_too():
    rows = np.zeros(300, [("a", "u1"), ("b", "<i4")])
    rows["a"], rows["b"] = keys_of(300, 9, 2**31 - 1)
    assert np.array_equal(ascending(rows["b"], rows["a"]), np.lexsort((rows["b"], rows["a"])))


@pytest.mark.parametrize("wrong", [-1, 2**32])
def test_a_key_that_does_not_fit_is_refused(wrong):
    with pytest.raises(ValueError, match="expected 0 to 4294967295"):
        ascending(np.array([0, wrong]))


def test_blocks_cover_all_rows_once():
    covered = np.zeros(200_000, int)
    for part in blocks(len(covered)):
        covered[part] += 1
    assert (covered == 1).all()
    assert list(blocks(0)) == []


def test_places_count_up_within_each_group():
    groups = np.array([1, 0, 1, 1, 0])
    order = np.array([4, 3, 2, 1, 0], np.int32)
    assert places_in_groups(order, groups, 2).tolist() == [2, 1, 1, 0, 0]


def test_pairs_are_tied_both_ways_once_and_in_order():
    one, other = keys_of(4000, 90, 90)
    apart = one != other
    one, other = one[apart].astype(np.int32), other[apart].astype(np.int32)
    indptr, indices = tie_both_ways([(one[:1000], other[:1000]), (one[1000:], other[1000:])], 100)
    expected = sorted({*zip(one.tolist(), other.tolist()), *zip(other.tolist(), one.tolist())})
    found = list(zip(np.repeat(np.arange(100), np.diff(indptr)).tolist(), indices.tolist(), strict=True))
    assert found == expected


def test_one_with_very_many_partners_takes_no_longer_than_many_with_few():
    """A hub is what sorting row by row would stumble over."""
    hub, others = np.zeros(200_000, np.int32), np.arange(1, 200_001, dtype=np.int32)[::-1].copy()
    indptr, indices = tie_both_ways([(hub, others)], 200_001)
    assert np.array_equal(indices[: indptr[1]], np.arange(1, 200_001))


def test_ties_one_way_are_in_order():
    source, target = keys_of(500, 20, 40)
    indptr, indices = tie_one_way(source, target, 25)
    assert np.array_equal(np.repeat(np.arange(25), np.diff(indptr)), np.sort(source))
    assert np.array_equal(indices, target[np.lexsort((target, source))])


@pytest.mark.parametrize("scale", [64.0, 200.0])
def test_more_than_the_model_can_number_is_refused_before_anything_is_made(scale, monkeypatch):
    monkeypatch.setattr(synthesis, "HIGHEST_SCALE", 1000.0)
    with pytest.raises(InputError, match=r"scale: got [\d,]+ agents, expected at most 16,777,216; choose"):
        synthesis.build_population(scale=scale)
