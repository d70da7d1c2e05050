"""Whose conduct an agent sees beside that of its site: neighbours, colleagues, trade partners.

One relation in compressed sparse rows, made once from all ties of a population, so that the
month can walk it in a few steps. Ties are the larger part of what a run keeps of an agent,
so a row takes three bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.population.fixed import once_per_population
from creditsim.population.ties import Relation, distinct, make_ties

if TYPE_CHECKING:
    from creditsim.population.synthesis import Population

MOST_ROWS = 1 << 24
"""Rows that three bytes tell apart: the district 50 times over."""


class Peers(NamedTuple):
    """Each agent's peers, in ascending order.

    Attributes
    ----------
    indptr : ndarray of int32, shape (agents + 1,)
        Where each agent's peers begin.
    low, high : ndarray of uint16, of uint8
        The row of each peer: the lower 16 bits, the upper 8; see `peer_at`.
    """

    indptr: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def degrees(self) -> np.ndarray:
        """The number of peers of each agent."""
        return np.diff(self.indptr)

    @property
    def sources(self) -> np.ndarray:
        """The row of the agent at the near end of each tie, as int64."""
        return np.repeat(np.arange(len(self.indptr) - 1), self.degrees)

    @property
    def targets(self) -> np.ndarray:
        """The row of the peer at the far end of each tie, as int64."""
        return self.high.astype(np.int64) << 16 | self.low

    def of(self, rows: np.ndarray) -> Relation:
        """Return the peers of some agents: a row of the relation for each."""
        first, number = self.indptr[rows].astype(np.int64), self.degrees[rows].astype(np.int64)
        starts = np.append(0, np.cumsum(number))
        at = np.repeat(first - starts[:-1], number) + np.arange(starts[-1])
        return Relation(starts, self.high[at].astype(np.int64) << 16 | self.low[at])


@once_per_population
def build_peers(population: Population) -> Peers:
    """Return each agent's peers, each once, in ascending order.

    Persons see their neighbours, staff also those of their room, enterprises their
    suppliers and customers; the relation is symmetric.

    Raises
    ------
    ValueError
        If there are more than `MOST_ROWS` agents.
    """
    ties, size = make_ties(population), len(population.agents)
    if size > MOST_ROWS:
        raise ValueError(f"got {size:,} agents, expected at most {MOST_ROWS:,}")
    one, other = zip(
        (ties.neighbours.sources, ties.neighbours.indices),
        _roommates(ties.staff_rooms),
        (ties.supply.sources, ties.supply.indices),
        (ties.supply.indices, ties.supply.sources),
        strict=True,
    )
    keys = distinct(np.concatenate(one).astype(np.int64) * size + np.concatenate(other))
    starts, rows = np.searchsorted(keys, np.arange(size + 1) * size), keys % size
    return Peers(starts.astype(np.int32), (rows & 0xFFFF).astype(np.uint16), (rows >> 16).astype(np.uint8))


@compiled
def peer_at(peers, place):
    """Return the row of the peer at a place, an unsigned 32-bit number, as such a number."""
    return np.uint32(peers.low[place]) | (np.uint32(peers.high[place]) << np.uint32(16))


def _roommates(rooms: Relation) -> tuple[np.ndarray, np.ndarray]:
    """Return both ends of each pair of staff who share a room, in both orders."""
    room = rooms.sources
    mates = rooms.degrees[room]
    first = np.repeat(rooms.indptr[room], mates)
    place = np.arange(len(first)) - np.repeat(np.cumsum(mates) - mates, mates)
    one, other = np.repeat(rooms.indices, mates), rooms.indices[first + place]
    apart = one != other
    return one[apart], other[apart]
