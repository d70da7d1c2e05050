"""The work table of a fold: one row of integers an entry, and how its rows are sorted.

Its first columns say what became of an entry, and `explain` reads them; the others are
scratch. It is a plain array, since the month folds millions of accounts.
"""

from __future__ import annotations

from creditsim.core.compiled import compiled

BONUS = 0
DEDUCTION = 1
DIRECT = 2
"""Directions of items, as in ``item_table["direction"]``."""

# States of an entry in the work table.
OUTSIDE = 0
COUNTS = 1
VOIDED = 2
REPAIRED = 3
SUSPENDED = 4
LIGHTER_ITEM = 5
DELIVERED_TWICE = 6
LOWER_STEP = 7
EXPIRED = 8
LOCKED = 9
NOT_IN_BOOK = 10
REPAIR_POINTS = 11
REPAIR_GRADE = 12
NOT_POSTED = 13

# Columns of the work table, one row an entry: what `explain` reads, then scratch.
STATE, COUNTED, UNTIL, MENDED, OBJECTED, CLOSED, CORRECTED, DOUBLINGS = range(8)
NUMBER, ACT, EVENT, END, POINTS, THING, ENDED_IN, MENDED_BY, RECENT = range(8, 17)
FIRST_KEY = 17
COLUMNS = FIRST_KEY + 7


@compiled
def same(a, b, keys, work):
    """Say whether two rows agree in the first sorting keys."""
    for key in range(FIRST_KEY, FIRST_KEY + keys):  # noqa: SIM110 - Numba has no generators
        if work[a, key] != work[b, key]:
            return False
    return True


@compiled
def _comes_before(a, b, work):
    """Say whether row a sorts before row b; rows that agree in all keys keep their order."""
    for key in range(FIRST_KEY, COLUMNS):
        if work[a, key] != work[b, key]:
            return work[a, key] < work[b, key]
    return a < b


@compiled
def sort(order, m, work):
    """Sort the first m row numbers of `order` by their keys (a heap: nothing to allocate)."""
    for start in range(m // 2 - 1, -1, -1):
        _sink(order, start, m, work)
    for stop in range(m - 1, 0, -1):
        order[0], order[stop] = order[stop], order[0]
        _sink(order, 0, stop, work)


@compiled
def _sink(order, place, m, work):
    """Let a row number sink in the heap of the first m to where it belongs."""
    while True:
        child = 2 * place + 1
        if child >= m:
            return
        if child + 1 < m and _comes_before(order[child], order[child + 1], work):
            child += 1
        if not _comes_before(order[place], order[child], work):
            return
        order[place], order[child] = order[child], order[place]
        place = child
