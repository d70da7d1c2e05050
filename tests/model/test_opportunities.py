"""Opportunities: packed draws ask exactly whether an activity's own word lies below its threshold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.core import draws
from creditsim.core.fields import with_fields
from creditsim.model.activities import activity_table, stake_multipliers
from creditsim.model.means import buffers
from creditsim.model.opportunities import (
    REST,
    arrange_lanes,
    at_most,
    equal,
    lowest_bit,
    pack_bits,
    search,
)
from creditsim.model.phases.blocks import make_block
from creditsim.model.phases.finding import Finding
from creditsim.population.agents import TRAIT_BIT
from creditsim.population.synthesis import build_population
from creditsim.spec.vocabulary import KINDS

SEED, REPLICATION, MONTH = 5, 2, 24241
ALWAYS = 2**32


class SimpleKey:
    """Once the type of a month here. Caches of compiled rules that name it can be read while it is found."""


words = st.integers(0, 2**64 - 1)


@pytest.fixture(scope="module")
def agents():
    agents = with_fields(build_population(scale=0.01, seed=SEED).agents.copy())
    agents.present[::7] = 0
    return agents


@pytest.fixture(scope="module")
def activities():
    return activity_table(0.3)


def found(agents, activities, thresholds):
    """Return (row, activity) of the opportunities, block by block."""
    lanes = arrange_lanes(activities, np.asarray(thresholds, np.int64))
    block, pairs = make_block(), []
    # A type of the package: compiled rules are cached, and a test's own type would be of no use to others.
    key = Finding(
        activities, lanes, SEED, REPLICATION, MONTH, stake_multipliers(), draws.logistic_quantiles(),
        buffers(), np.zeros(0, np.bool_), np.zeros(0),
    )  # fmt: skip
    for low in range(0, len(agents), draws.BLOCK_ROWS):
        some = agents[low : low + draws.BLOCK_ROWS]
        size, kinds = len(some), some.kind.astype(np.int64)
        block.slot[:size], block.kind[:size], block.present[:size] = some.slot, kinds, some.present
        traits = some.traits.astype(np.int64) >> lanes.shift[kinds]
        block.key[:size] = lanes.first[kinds] + (traits & lanes.mask[kinds])
        number = search(size, key, block)
        places = block.place[:number].tolist()
        assert (block.slots[:number] == some.slot[places]).all()
        pairs += zip([low + place for place in places], block.number[:number].tolist(), strict=True)
    return pairs


def own_activities(agent, activities):
    """Return the activities of an agent by what the catalogue asks for, and the lane of each."""
    of_kind = [k for k in range(len(activities)) if int(activities.kinds[k]) >> int(agent.kind) & 1]
    for lane, k in enumerate(of_kind):
        traits, every, some = int(agent.traits), int(activities.all_traits[k]), int(activities.any_traits[k])
        if traits & every == every and (some == 0 or traits & some):
            yield lane, k


def luck(agent, lane):
    """Return the 32-bit word of a lane, put together by hand from its byte and its further bits."""
    block = draws.philox.py_func(SEED, REPLICATION, agent.slot, MONTH, draws.OPPORTUNITY, lane // 16)
    first = int(block[lane % 16 // 4]) >> 8 * (lane % 4) & 255
    rest = draws.philox.py_func(SEED, REPLICATION, agent.slot, MONTH, draws.OPPORTUNITY, REST + lane)[0]
    return first << 24 | int(rest) & 0xFFFFFF


def test_an_opportunity_is_a_word_below_the_threshold_of_an_activity_of_ones_own(agents, activities):
    few = agents[:: len(agents) // 300]
    expected = [
        (row, k)
        for row, agent in enumerate(few)
        if agent.present
        for lane, k in own_activities(agent, activities)
        if luck(agent, lane) < activities.opportunity[k]
    ]
    assert len(set(few.kind)) >= 5
    assert found(few, activities, activities.opportunity) == expected


@pytest.mark.parametrize("change", [-1, 0, 1])
def test_the_border_is_exact_to_the_last_of_32_bits(agents, activities, change):
    """A threshold at the very word, one below and one above it: only the last lets the activity occur."""
    row = int(np.flatnonzero((agents.kind == KINDS.index("resident")) & (agents.present == 1))[0])
    one = agents[row : row + 1]
    thresholds = np.zeros(len(activities), np.int64)
    for lane, k in own_activities(one[0], activities):
        thresholds[k] = luck(one[0], lane) + change
    met = {k for _, k in own_activities(one[0], activities)}
    assert {k for _, k in found(one, activities, thresholds)} == (met if change == 1 else set())


def test_what_is_certain_always_occurs_and_what_is_impossible_never(agents, activities):
    everything = found(agents, activities, np.full(len(activities), ALWAYS))
    here = [row for row in range(len(agents)) if agents.present[row]]
    expected = [(row, k) for row in here[:200] for _, k in own_activities(agents[row], activities)]
    assert everything[: len(expected)] == expected
    assert found(agents, activities, np.zeros(len(activities))) == []


def test_a_block_of_rows_cut_elsewhere_gives_the_same(agents, activities):
    whole = found(agents, activities, activities.opportunity)
    half = len(agents) // 2
    parts = found(agents[:half], activities, activities.opportunity)
    parts += [(row + half, k) for row, k in found(agents[half:], activities, activities.opportunity)]
    assert parts == whole


def test_rates_are_those_of_the_thresholds(activities):
    """200,000 agents that meet everything of residents: each count within five standard errors."""
    size, share = 200_000, 0.0015
    agents = with_fields(np.zeros(size, build_population(scale=0.01).agents.dtype))
    agents.kind, agents.present, agents.traits = KINDS.index("resident"), 1, 2**20 - 1
    agents.slot = np.arange(size)
    pairs = found(agents, activities, np.full(len(activities), draws.threshold(share)))
    counts = np.bincount([k for _, k in pairs], minlength=len(activities))
    expected, error = size * share, (size * share * (1 - share)) ** 0.5
    residents = int(1 << KINDS.index("resident"))
    assert (np.abs(counts[activities.kinds & residents > 0] - expected) < 5 * error).all()


@given(words, words)
def test_eight_bytes_are_compared_at_once(bytes_, borders):
    bits = int(at_most.py_func(np.uint64(bytes_), np.uint64(borders)))
    one, other = ([each >> 8 * lane & 255 for lane in range(8)] for each in (bytes_, borders))
    assert bits == sum(0x80 << 8 * lane for lane in range(8) if one[lane] <= other[lane])


@given(words, words)
def test_eight_bytes_are_held_equal_at_once(bytes_, borders):
    for other in (borders, bytes_, bytes_ ^ (1 << 13), (bytes_ & 0xFF00FF00FF00FF00) | (borders & 0xFF)):
        bits = int(equal(np.uint64(bytes_), np.uint64(other)))
        one, two = ([each >> 8 * lane & 255 for lane in range(8)] for each in (bytes_, other))
        assert bits == sum(0x80 << 8 * lane for lane in range(8) if one[lane] == two[lane])


@given(st.integers(0, 255))
def test_the_highest_bits_of_eight_bytes_stand_side_by_side(mask):
    spread = sum(0x80 << 8 * lane for lane in range(8) if mask >> lane & 1)
    assert int(pack_bits(np.uint64(spread))) == mask


@given(st.integers(0, 62), st.integers(0, 2**63 - 1))
def test_the_lowest_bit_is_found(place, above):
    assert int(lowest_bit(np.uint64((above << place | 1 << place) % 2**64))) == place


def test_traits_too_far_apart_for_a_table_are_refused(activities):
    table = activities.copy()
    table.all_traits[0] = TRAIT_BIT["active"] | TRAIT_BIT["tutoring"]
    with pytest.raises(ValueError, match="traits 20 places apart"):
        arrange_lanes(table, table.opportunity)
