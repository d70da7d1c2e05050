"""Order rows and tie them, in time that grows with their number: by counting, never by comparing.

Sorting ten million people by comparing takes most of the time in which a population is made,
and index arrays of eight bytes most of its room. Here rows are numbers of 32 bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from creditsim.core.compiled import compiled

_DIGIT = 8
"""Bits that one pass counts by: as many places to write to as a processor's nearest cache can hold open."""

_BLOCK = 1 << 16
"""Rows worked on at a time, so that what belongs to them stays in cache and temporaries stay small."""


def ascending(*keys: np.ndarray) -> np.ndarray:
    """Return rows in ascending order of their keys: what `numpy.lexsort` returns, by counting.

    Parameters
    ----------
    *keys : ndarray of int, each of one length
        Numbers from 0 to 2**32 - 1; the last key counts first, equal rows stay in their order.

    Returns
    -------
    ndarray of int32

    Raises
    ------
    ValueError
        If a key is negative or needs more than 32 bits.

    Examples
    --------
    >>> ascending(np.array([5, 1, 5, 0]), np.array([1, 1, 0, 1])).tolist()
    [2, 3, 1, 0]
    """
    rows = np.arange(len(keys[0]), dtype=np.int32)
    held, bits = [], 0
    for key in keys:
        if len(key) and not 0 <= int(key.min()) <= int(key.max()) < 1 << 32:
            raise ValueError(f"got keys from {key.min()} to {key.max()}, expected 0 to 4294967295")
        more = int(key.max(initial=0)).bit_length()
        if bits + more > 64:
            rows = _sorted_by(held, bits, rows)
            held, bits = [], 0
        held.append((key, bits))
        bits += more
    return _sorted_by(held, bits, rows)


def blocks(size: int) -> Iterator[slice]:
    """Give slices that cover `size` rows, a block at a time."""
    for first in range(0, size, _BLOCK):
        yield slice(first, min(first + _BLOCK, size))


def places_in_groups(rows: np.ndarray, groups: np.ndarray, number: int) -> np.ndarray:
    """Return the place of each row within its group, from 0, in the order in which `rows` name them.

    Parameters
    ----------
    rows : ndarray of int32
        All rows, in some order.
    groups : ndarray of int
        The group of each row, below `number`.

    Returns
    -------
    ndarray of int32
    """
    found = np.empty(len(rows), np.int32)
    _count_off(rows, np.ascontiguousarray(groups, np.int32), np.zeros(number, np.int32), found)
    return found


def tie_both_ways(pairs: Sequence[tuple[np.ndarray, np.ndarray]], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the symmetric relation of pairs of rows, as compressed sparse rows.

    Parameters
    ----------
    pairs : sequence of (one, other)
        Blocks of pairs, each a pair of arrays of rows below `size`; a pair may come twice, in
        either order, and no row is paired with itself.

    Returns
    -------
    indptr : ndarray of int64, shape (size + 1,)
    indices : ndarray of int32
        Each row's partners in ascending order, each once.
    """
    ends = np.zeros(size + 1, np.int64)
    for one, other in pairs:
        _count_ends(one, other, ends)
    indptr = np.cumsum(ends)
    found = np.empty(int(indptr[-1]), np.int32)
    ends[:] = indptr
    for one, other in pairs:
        _place_ends(one, other, ends, found)
    # Read in order of the near ends, the far ends of a symmetric relation come out in ascending order:
    # no row has to be sorted, however many partners it has.
    ends[:] = indptr
    partners = np.empty_like(found)
    _turn(indptr, found, ends, partners)
    kept = _drop_repeats(indptr, partners, found)
    del partners
    return indptr, found[:kept].copy() if kept < len(found) else found


def tie_one_way(source: np.ndarray, target: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a relation of pairs as compressed sparse rows, each row of `size` in ascending order.

    Returns
    -------
    indptr : ndarray of int64, shape (size + 1,)
    indices : ndarray of int32
    """
    indptr = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=size), out=indptr[1:])
    return indptr, target[ascending(target, source)].astype(np.int32)


def _sorted_by(held: list[tuple[np.ndarray, int]], bits: int, rows: np.ndarray) -> np.ndarray:
    """Return rows in order of keys side by side in 64-bit numbers; each key comes with its lowest bit.

    The numbers move together with the rows: read where they lay, most of ten million would be
    fetched from memory one by one.
    """
    numbers = np.zeros(len(rows), np.uint64)
    for key, lowest in held:
        _put_in(np.ascontiguousarray(key, dtype=np.uint32), rows, np.uint64(lowest), numbers)
    spare = np.empty_like(numbers), np.empty_like(rows)
    for lowest in range(0, bits, _DIGIT):
        _by_digit(numbers, rows, np.uint64(lowest), *spare)
        (numbers, rows), spare = spare, (numbers, rows)
    return rows


@compiled
def _put_in(key, rows, lowest, numbers):
    """Put each row's key into its number, from a bit upwards."""
    for place in range(rows.shape[0]):
        numbers[place] |= np.uint64(key[rows[place]]) << lowest


@compiled
def _by_digit(numbers, rows, lowest, numbers_after, rows_after):
    """Order numbers and rows by one digit of the numbers; equal ones stay in their order."""
    first = np.zeros((1 << _DIGIT) + 1, np.int64)
    mask = np.uint64((1 << _DIGIT) - 1)
    for number in numbers:
        first[((number >> lowest) & mask) + np.uint64(1)] += 1
    for digit in range(1 << _DIGIT):
        first[digit + 1] += first[digit]
    for place in range(numbers.shape[0]):
        digit = (numbers[place] >> lowest) & mask
        numbers_after[first[digit]] = numbers[place]
        rows_after[first[digit]] = rows[place]
        first[digit] += 1


@compiled
def _count_off(rows, groups, seen, place):
    """Write the place of each row within its group."""
    for row in rows:
        place[row] = seen[groups[row]]
        seen[groups[row]] += 1


@compiled
def _count_ends(one, other, ends):
    """Count the ends of pairs at each row, one place further on."""
    for k in range(one.shape[0]):
        ends[one[k] + 1] += 1
        ends[other[k] + 1] += 1


@compiled
def _place_ends(one, other, ends, found):
    """Write the partners of each row, from the place that `ends` holds for it."""
    for k in range(one.shape[0]):
        found[ends[one[k]]] = other[k]
        ends[one[k]] += 1
        found[ends[other[k]]] = one[k]
        ends[other[k]] += 1


@compiled
def _turn(indptr, found, ends, partners):
    """Write each row to its partners, in order of the rows."""
    for row in range(indptr.shape[0] - 1):
        for place in range(indptr[row], indptr[row + 1]):
            partner = found[place]
            partners[ends[partner]] = row
            ends[partner] += 1


@compiled
def _drop_repeats(indptr, partners, kept):
    """Write each partner of a row once, set `indptr` to what is kept, and return the number kept."""
    number = 0
    first = indptr[0]
    for row in range(indptr.shape[0] - 1):
        last = indptr[row + 1]
        begin = number
        for place in range(first, last):
            if number == begin or kept[number - 1] != partners[place]:
                kept[number] = partners[place]
                number += 1
        indptr[row + 1] = number
        first = last
    return number
