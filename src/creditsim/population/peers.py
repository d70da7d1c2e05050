"""Whose conduct an agent sees beside that of its site: neighbours, colleagues, trade partners.

One relation in compressed sparse rows, made once from all ties of a population, so that the
month can walk it in a few steps.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import numpy as np

from creditsim.population.ties import Relation, distinct, make_ties

if TYPE_CHECKING:
    from creditsim.population.synthesis import Population

_built: weakref.WeakKeyDictionary[Population, Relation] = weakref.WeakKeyDictionary()


def build_peers(population: Population) -> Relation:
    """Return each agent's peers, built at the first call and kept as long as the population is.

    Persons see their neighbours, staff also those of their room, enterprises their
    suppliers and customers; the relation is symmetric. Both arrays are ``int32``.
    """
    if population not in _built:
        _built[population] = _join(population)
    return _built[population]


def _join(population: Population) -> Relation:
    """Return all peers of a population, each once, in ascending order."""
    ties, size = make_ties(population), len(population.agents)
    one, other = zip(
        (ties.neighbours.sources, ties.neighbours.indices),
        _roommates(ties.staff_rooms),
        (ties.supply.sources, ties.supply.indices),
        (ties.supply.indices, ties.supply.sources),
        strict=True,
    )
    keys = distinct(np.concatenate(one).astype(np.int64) * size + np.concatenate(other))
    starts = np.searchsorted(keys, np.arange(size + 1) * size).astype(np.int32)
    peers = Relation(starts, (keys % size).astype(np.int32))
    peers.indptr.setflags(write=False)
    peers.indices.setflags(write=False)
    return peers


def _roommates(rooms: Relation) -> tuple[np.ndarray, np.ndarray]:
    """Return both ends of each pair of staff who share a room, in both orders."""
    room = rooms.sources
    mates = rooms.degrees[room]
    first = np.repeat(rooms.indptr[room], mates)
    place = np.arange(len(first)) - np.repeat(np.cumsum(mates) - mates, mates)
    one, other = np.repeat(rooms.indices, mates), rooms.indices[first + place]
    apart = one != other
    return one[apart], other[apart]
