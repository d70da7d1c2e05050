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
        ("notice", "u4"),
        ("filing", "u4"),
        ("check", "u4"),
        ("activity", "i2"),
        ("acted", "u1"),
    ],
    align=True,
)
"""An agent meets an activity: the stake (gain or cost), the logistic noise, and the words that decide on
notice, filing and verification. `acted` is 0, 1 or UNABLE: a due above the cash at hand is not decided."""

UNABLE = 2
"""Value of ``OPPORTUNITY.acted`` for a due that the agent lacks the cash for."""

_LANES_PER_WORD, _LANES_PER_BLOCK = 8, 16
REST = 64
"""Block under `OPPORTUNITY` of lane 0's further bits; lane l has block REST + l."""

_WIDEST_SPAN = 16


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
    activities : recarray of ACTIVITY
    thresholds : ndarray of int64, by activity
        32-bit thresholds, at most 2**32.

    Raises
    ------
    ValueError
        If the traits that the activities of a kind ask for lie too far apart for a table.
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
    lanes = _LANES_PER_BLOCK * max(1, -(-widest // _LANES_PER_BLOCK))
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
    blocks = np.array([-(-len(numbers) // _LANES_PER_BLOCK) for numbers in own], np.int64)
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
def lane_of(bit):
    """Return the number, 0 to 7, of the byte whose highest bit is set, given that bit alone."""
    return np.int64(((bit >> np.uint64(7)) * np.uint64(0x0001020304050607)) >> np.uint64(56))


@compiled
def search(low, high, agents, lanes, seed, replication, month, first_word, second_word, slots, rows, numbers):
    """Write row, slot and activity of the opportunities of rows low to high; return their number.

    In row order, and in the order of the catalogue within a row. `first_word` and
    `second_word` are room for a word a row; the others must hold every lane of every row.
    """
    half = np.uint64(32)
    for place in range(high - low):
        x0, x1, x2, x3 = draws.philox(
            seed, replication, agents[low + place].slot, month, draws.OPPORTUNITY, 0
        )
        first_word[place] = np.uint64(x0) | np.uint64(x1) << half
        second_word[place] = np.uint64(x2) | np.uint64(x3) << half
    found = 0
    for place in range(high - low):
        agent = agents[low + place]
        if agent.present == 0:
            continue
        kind = np.int64(agent.kind)
        key = lanes.first[kind] + ((np.int64(agent.traits) >> lanes.shift[kind]) & lanes.mask[kind])
        for block in range(lanes.blocks[kind]):
            word, other = first_word[place], second_word[place]
            if block > 0:
                if lanes.met[key, 2 * block] | lanes.met[key, 2 * block + 1] == np.uint64(0):
                    continue
                x0, x1, x2, x3 = draws.philox(seed, replication, agent.slot, month, draws.OPPORTUNITY, block)
                word = np.uint64(x0) | np.uint64(x1) << half
                other = np.uint64(x2) | np.uint64(x3) << half
            for side in range(2):
                left = at_most(word, lanes.border[kind, 2 * block + side]) & lanes.met[key, 2 * block + side]
                while left != np.uint64(0):
                    others = left & (left - np.uint64(1))
                    lane = lane_of(left ^ others)
                    left = others
                    luck = np.int64(word >> np.uint64(8 * lane)) & 255
                    lane += _LANES_PER_BLOCK * block + _LANES_PER_WORD * side
                    border = lanes.threshold[kind, lane]
                    if luck >= border >> 24:
                        more = draws.word(
                            seed, replication, agent.slot, month, draws.OPPORTUNITY, 4 * (REST + lane)
                        )
                        if luck << 24 | (more & 0xFFFFFF) >= border:
                            continue
                    rows[found] = low + place
                    slots[found] = agent.slot
                    numbers[found] = lanes.activity[kind, lane]
                    found += 1
                word = other
    return found
