"""Opportunities: which activities an agent meets in a month, sixteen decided by one block of draws.

The activities of a kind stand in lanes, in catalogue order. One byte of the agent's first
block under `OPPORTUNITY` is compared with the first byte of each lane's threshold, eight
lanes at a time; only where the two are equal (once in 256) are 24 more bits drawn. So what
is asked is exactly whether a 32-bit word lies below the threshold, at a sixteenth of the
draws, and time goes with the opportunities that occur, not with the activities there are.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled, compiled_inline
from creditsim.spec.vocabulary import KINDS

OPPORTUNITY = np.dtype(
    [
        ("stake_yuan", "f8"),
        ("noise", "f8"),
        ("row", "i4"),
        ("activity", "i2"),
        ("acted", "u1"),
    ],
    align=True,
)
"""An agent meets an activity: the stake (gain or cost) and the logistic noise. `acted` is 0, 1 or UNABLE: a
due above the cash at hand is not decided."""

UNABLE = 2
"""Value of ``OPPORTUNITY.acted`` for a due that the agent lacks the cash for."""

MOST_LANES = 64
"""Lanes of a kind that fit the bits of a word, as activities fit those of `MEMORY`."""

REST = MOST_LANES
"""Block under `OPPORTUNITY` of lane 0's further bits; lane l has block REST + l."""

LANES_PER_BLOCK = 16
"""Lanes that one block of draws decides, a byte each."""

_LANES_PER_WORD = 8
_WIDEST_SPAN = 16

_SEQUENCE = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, np.uint8)
for _place in range(64):
    _PLACES[(int(_SEQUENCE) << _place) % 2**64 >> 58] = _place


class Lanes(NamedTuple):
    """Who meets what, and how likely, as the search reads it.

    Attributes
    ----------
    activity : ndarray of int16, shape (kinds, lanes)
        Activity in each lane, -1 for none.
    threshold : ndarray of int64, shape (kinds, lanes)
        32-bit thresholds of the month.
    border : ndarray of uint64, shape (kinds, lanes // 8)
        First bytes of the thresholds, eight lanes a word, the first lane lowest.
    blocks : ndarray of int64, by kind
        Blocks of 16 lanes in use.
    first, shift, mask : ndarray of int64, by kind
        Row in `met` of an agent: first + ((traits >> shift) & mask).
    met : ndarray of uint64, shape (combinations of kind and traits, lanes // 8)
        The highest bit of each lane's byte that such an agent meets.
    """

    activity: np.ndarray
    threshold: np.ndarray
    border: np.ndarray
    blocks: np.ndarray
    first: np.ndarray
    shift: np.ndarray
    mask: np.ndarray
    met: np.ndarray


def arrange_lanes(activities: np.ndarray, thresholds: np.ndarray) -> Lanes:
    """Return the lanes of a table of activities with a month's thresholds.

    Parameters
    ----------
    activities : FieldArray of ACTIVITY
    thresholds : ndarray of int64, by activity
        32-bit thresholds, at most 2**32.

    Raises
    ------
    ValueError
        If the traits that the activities of a kind ask for lie too far apart for a table, or if
        a kind has more activities than lanes.
    """
    fixed = _arrange(*(activities[name].tobytes() for name in ("kinds", "all_traits", "any_traits")))
    threshold = np.where(fixed.activity >= 0, thresholds[fixed.activity], 0)
    first_byte = np.minimum(threshold >> 24, 255).astype(np.uint8)
    border = np.ascontiguousarray(first_byte).view("<u8").astype(np.uint64)
    return fixed._replace(threshold=np.ascontiguousarray(threshold), border=border)


@functools.cache
def _arrange(kinds: bytes, all_traits: bytes, any_traits: bytes) -> Lanes:
    """Return the lanes without thresholds; the arguments are columns of uint32."""
    kinds, all_traits, any_traits = (
        np.frombuffer(column, np.uint32).astype(np.int64) for column in (kinds, all_traits, any_traits)
    )
    own = [np.flatnonzero(kinds >> kind & 1) for kind in range(len(KINDS))]
    widest = max(len(numbers) for numbers in own)
    if widest > MOST_LANES:
        raise ValueError(f"got {widest} activities of one kind, expected at most {MOST_LANES}")
    lanes = LANES_PER_BLOCK * max(1, -(-widest // LANES_PER_BLOCK))
    activity = np.full((len(KINDS), lanes), -1, np.int16)
    first, shift, mask = np.zeros((3, len(KINDS)), np.int64)
    met: list[np.ndarray] = []
    for kind, numbers in enumerate(own):
        activity[kind, : len(numbers)] = numbers
        asked = int(np.bitwise_or.reduce(all_traits[numbers] | any_traits[numbers], initial=0))
        shift[kind] = (asked & -asked).bit_length() - 1 if asked else 0
        span = asked.bit_length() - int(shift[kind])
        if span > _WIDEST_SPAN:
            raise ValueError(f"activities of {KINDS[kind]} ask for traits {span} places apart, expected 16")
        mask[kind], first[kind] = 2**span - 1, len(met)
        met += [
            _met(traits << int(shift[kind]), all_traits[numbers], any_traits[numbers], lanes)
            for traits in range(2**span)
        ]
    blocks = np.array([-(-len(numbers) // LANES_PER_BLOCK) for numbers in own], np.int64)
    none = np.zeros(0)
    return Lanes(activity, none, none, blocks, first, shift, mask, np.stack(met))


def _met(traits: int, all_traits: np.ndarray, any_traits: np.ndarray, lanes: int) -> np.ndarray:
    """Return the words of `Lanes.met` for an agent with some traits."""
    fits = (traits & all_traits) == all_traits
    fits &= (any_traits == 0) | ((traits & any_traits) != 0)
    flags = np.zeros(lanes, np.uint8)
    flags[: len(fits)] = np.where(fits, 0x80, 0)
    return flags.view("<u8").astype(np.uint64)


@compiled_inline
def at_most(bytes_, borders):
    """Return the highest bit of each of eight bytes that is at most its border."""
    high = np.uint64(0x8080808080808080)
    rest = (borders | high) - (bytes_ & ~high)
    return ((borders & ~bytes_) | (~(borders ^ bytes_) & rest)) & high


@compiled_inline
def equal(bytes_, borders):
    """Return the highest bit of each of eight bytes that equals its border."""
    low, differ = np.uint64(0x7F7F7F7F7F7F7F7F), borders ^ bytes_
    return ~(((differ & low) + low) | differ | low)


@compiled_inline
def pack_bits(bits):
    """Put the highest bits of eight bytes side by side."""
    return ((bits >> np.uint64(7)) * np.uint64(0x0102040810204080)) >> np.uint64(56)


@compiled_inline
def lowest_bit(bits):
    """Return the number of the lowest bit that is set, 0 if none is (de Bruijn's sequence)."""
    return _PLACES[((bits & (~bits + np.uint64(1))) * _SEQUENCE) >> np.uint64(58)]


@compiled
def search(rows, finding, block):
    """Write place, slot and activity of the opportunities of a block's rows; return their number.

    In row order, and in the order of the catalogue within a row.
    """
    blocks = 1
    for place in range(rows):
        blocks = max(blocks, finding.lanes.blocks[block.kind[place]])
    for number in range(blocks):
        draws.fill_blocks(
            finding.seed, finding.replication, block.slot[:rows], finding.month, draws.OPPORTUNITY, number,
            block.words[number],
        )  # fmt: skip
        _compare(rows, number, finding.lanes, block)
    return _list(rows, finding, block)


@compiled
def _list(rows, finding, block):
    """Write the opportunities of the lanes that occur; return their number."""
    all_lanes, doubtful, kinds, slots_of = block.lanes, block.doubtful, block.kind, block.slot
    places, slots, numbers, activity = block.place, block.slots, block.number, finding.lanes.activity
    found = 0
    for place in range(rows):
        lanes = all_lanes[place]
        if doubtful[place] != np.uint64(0):
            lanes = _without_misses(place, finding, block)
        kind, slot, end = kinds[place], slots_of[place], found
        # Four at a time, whether there are as many or not: so the number of rounds seldom surprises.
        while True:
            for step in range(4):
                places[found + step] = place
                slots[found + step] = slot
                numbers[found + step] = activity[kind, lowest_bit(lanes)]
                end += 1 if lanes != np.uint64(0) else 0
                lanes &= lanes - np.uint64(1)
            found += 4
            if lanes == np.uint64(0):
                break
        found = end
    return found


@compiled
def _compare(rows, number, lanes, block):
    """Mark, in one block of lanes, those of each row's activities that occur, and those in doubt."""
    half, shift, next_word = np.uint64(32), np.uint64(LANES_PER_BLOCK * number), np.uint64(_LANES_PER_WORD)
    words, low_side, high_side = block.words[number], 2 * number, 2 * number + 1
    keys, kinds, present, all_met, borders = block.key, block.kind, block.present, lanes.met, lanes.border
    found, doubtful = block.lanes, block.doubtful
    if number == 0:
        found[:rows], doubtful[:rows] = 0, 0
    for place in range(rows):
        low = np.uint64(words[0, place]) | np.uint64(words[1, place]) << half
        high = np.uint64(words[2, place]) | np.uint64(words[3, place]) << half
        key, kind, here = keys[place], kinds[place], np.uint64(0) - present[place]
        low_met, high_met = all_met[key, low_side] & here, all_met[key, high_side] & here
        low_border, high_border = borders[kind, low_side], borders[kind, high_side]
        occurs = pack_bits(at_most(low, low_border) & low_met)
        occurs |= pack_bits(at_most(high, high_border) & high_met) << next_word
        doubt = pack_bits(equal(low, low_border) & low_met)
        doubt |= pack_bits(equal(high, high_border) & high_met) << next_word
        found[place] |= occurs << shift
        doubtful[place] |= doubt << shift


@compiled
def _without_misses(place, finding, block):
    """Return a row's lanes without the doubtful ones whose further bits do not lie below the threshold."""
    lanes, doubtful = block.lanes[place], block.doubtful[place]
    while doubtful != np.uint64(0):
        lane = np.int64(lowest_bit(doubtful))
        word = block.words[lane // LANES_PER_BLOCK, lane % LANES_PER_BLOCK // 4, place]
        luck = (np.int64(word) >> (8 * (lane % 4))) & 255
        more = draws.word(
            finding.seed, finding.replication, block.slot[place], finding.month, draws.OPPORTUNITY,
            4 * (REST + lane),
        )  # fmt: skip
        if luck << 24 | (more & 0xFFFFFF) >= finding.lanes.threshold[block.kind[place], lane]:
            lanes &= ~(np.uint64(1) << np.uint64(lane))
        doubtful &= doubtful - np.uint64(1)
    return lanes
