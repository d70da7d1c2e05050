"""Whose conduct an agent sees beside that of its site: neighbours, colleagues, trade partners.

One relation in compressed sparse rows, made once from all ties of a population, so that the
month can walk it in a few steps. Ties are the larger part of what a run keeps of an agent,
so a row takes three bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from creditsim.core.compiled import compiled, compiled_inline
from creditsim.population.agents import MOST_ROWS
from creditsim.population.fixed import once_per_population
from creditsim.population.neighbours import pair_neighbours, pair_roommates, share_rooms
from creditsim.population.order import tie_both_ways
from creditsim.population.supply import supply_links
from creditsim.population.ties import Relation, missing_rows_named, read_assumptions

if TYPE_CHECKING:
    from creditsim.population.synthesis import Population


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
    InputError
        If an assumption that the ties need is missing from the district's data.
    ValueError
        If there are more than `MOST_ROWS` agents, or more than 2**31 - 1 ties.
    """
    agents, size = population.agents, len(population.agents)
    if size > MOST_ROWS:
        raise ValueError(f"got {size:,} agents, expected at most {MOST_ROWS:,}")
    key, assumed = (population.seed, population.replication), read_assumptions(population.name)
    # Straight from the pairs: the relations of `make_ties` would be kept twice while they are joined.
    with missing_rows_named(population.name):
        near, far = (
            assumed["neighbours", name, "adults"].value for name in ("next_door", "elsewhere_at_site")
        )
        pairs = pair_neighbours(agents, near, far, *key)
        rooms = share_rooms(agents, assumed["staff_room", "teachers", "room"].value, *key)
        pairs.append(pair_roommates(*rooms))
        pairs.append(supply_links(agents[: len(population.enterprises)], assumed, *key))
    indptr, rows = tie_both_ways(pairs, size)
    del pairs
    if len(rows) > np.iinfo(np.int32).max:
        raise ValueError(f"got {len(rows):,} ties, expected at most {np.iinfo(np.int32).max:,}")
    return Peers(indptr.astype(np.int32), rows.astype(np.uint16), (rows >> 16).astype(np.uint8))


@compiled
def peer_at(peers, place):
    """Return the row of the peer at a place, an unsigned 32-bit number, as such a number."""
    return joined_row(peers.low[place], peers.high[place])


@compiled_inline
def joined_row(low, high):
    """Return the row of a peer, unsigned, from its lower 16 bits and its upper 8."""
    return np.uint32(low) | (np.uint32(high) << np.uint32(16))
