"""Pairs of neighbours, and of those who share a staff room: the ties that living and working beside make."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.core.draws import LINK, threshold, words
from creditsim.population.agents import CIVIL_SERVANT, TEACHER, is_adult
from creditsim.population.order import ascending, places_in_groups, tie_one_way

# Words drawn under LINK; those before are drawn where people get their jobs.
_LOT_SEAT, _LOT_ROOM = 2, 3
_LOT_NEXT_DOOR, _LOT_ELSEWHERE = 64, 128

Pairs = tuple[np.ndarray, np.ndarray]


def share_rooms(agents: np.ndarray, size: float, seed: int, replication: int) -> Pairs:
    """Seat teachers of a school, and staff of an agency, by lot in rooms of about the same size.

    Returns
    -------
    indptr : ndarray of int64, shape (rooms + 1,)
    indices : ndarray of int32
        Rows of the agents in each room, ascending.
    """
    seated = np.flatnonzero((agents["kind"] == TEACHER) | (agents["kind"] == CIVIL_SERVANT))
    lots = words(seed, replication, agents["slot"][seated], 0, LINK, _LOT_ROOM)
    site = agents["site"][seated].astype(np.int64)
    staff = np.bincount(site)
    rooms = np.where(staff > 0, np.maximum(np.floor(staff / size + 0.5).astype(np.int64), 1), 0)
    place = places_in_groups(ascending(lots, site), site, len(staff))
    room = (np.cumsum(rooms) - rooms)[site] + place * rooms[site] // staff[site]
    return tie_one_way(room, seated, int(rooms.sum()))


def pair_roommates(indptr: np.ndarray, indices: np.ndarray) -> Pairs:
    """Return both ends of each pair of staff who share a room, each pair once, as int32."""
    mates = np.diff(indptr)
    number = int((mates * (mates - 1) // 2).sum())
    one, other = np.empty(number, np.int32), np.empty(number, np.int32)
    _pair_rooms(indptr, indices, one, other)
    return one, other


def pair_neighbours(
    agents: np.ndarray, next_door: float, elsewhere: float, seed: int, replication: int
) -> list[Pairs]:
    """Pair each adult with others of the home site: next door along rings, and elsewhere by lot.

    The ring of a site takes one adult of each home in turn, home after home, then the next
    adults; so those beside each other live in homes beside each other, not in the same one.

    Parameters
    ----------
    next_door, elsewhere : float
        Mean numbers of neighbours of either sort.

    Returns
    -------
    list of (one, other)
        Rows of agents of different households, int32; a pair may come twice.
    """
    person = np.flatnonzero(is_adult(agents)).astype(np.int32)
    slots = agents["slot"][person]
    home = agents["home"][person]
    household = agents["household"][person]
    size = np.bincount(home)
    first = np.append(0, np.cumsum(size))

    def lots(index: int) -> np.ndarray:
        return words(seed, replication, slots, 0, LINK, index)

    def pairs(line: np.ndarray, step: int, share: float, lot: int) -> Pairs:
        one, other = np.empty(len(line), np.int32), np.empty(len(line), np.int32)
        drawn, least = (lots(lot), threshold(share)) if share < 1.0 else (np.zeros(0, np.int64), 0)
        number = _pair_along(line, first, step, drawn, least, household, person, one, other)
        return one[:number], other[:number]

    found = []
    if next_door > 0:
        by_home = ascending(lots(_LOT_SEAT), household)
        seat = places_in_groups(by_home, household, int(household.max(initial=-1)) + 1)
        ring = ascending(household, seat, home)
        del by_home, seat
        found += [pairs(ring, step, share, _LOT_NEXT_DOOR + step) for step, share in steps(next_door)]
        del ring
    for step, share in steps(elsewhere):
        lot = _LOT_ELSEWHERE + 2 * step
        found.append(pairs(ascending(lots(lot), home), 1, share, lot + 1))
    return found


def steps(mean: float) -> Iterator[tuple[int, float]]:
    """Give the steps along a ring that make a mean number of ties, with the share of each to keep.

    Each step makes two ties for every member, one to either side.

    Examples
    --------
    >>> list(steps(5.0))
    [(1, 1.0), (2, 1.0), (3, 0.5)]
    """
    step = 1
    while (left := mean / 2.0 - (step - 1)) > 0:
        yield step, min(left, 1.0)
        step += 1


@compiled
def _pair_along(line, first, step, drawn, least, household, person, one, other):
    """Pair each member of a ring with the one some steps on; return the number of pairs.

    With draws, only those whose word is below `least` pair up.
    """
    number = 0
    for ring in range(first.shape[0] - 1):
        size = first[ring + 1] - first[ring]
        for place in range(size):
            near = line[first[ring] + place]
            if drawn.shape[0] and drawn[near] >= least:
                continue
            far = line[first[ring] + (place + step) % size]
            if household[near] != household[far]:
                one[number] = person[near]
                other[number] = person[far]
                number += 1
    return number


@compiled
def _pair_rooms(indptr, indices, one, other):
    """Write all pairs of each room."""
    number = 0
    for room in range(indptr.shape[0] - 1):
        for place in range(indptr[room], indptr[room + 1]):
            for later in range(place + 1, indptr[room + 1]):
                one[number] = indices[place]
                other[number] = indices[later]
                number += 1
