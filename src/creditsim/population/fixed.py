"""What follows from a population and never changes in a run: computed once, kept as long as it is."""

from __future__ import annotations

import functools
import hashlib
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from creditsim.core.archive import blocks_of

if TYPE_CHECKING:
    from creditsim.population.synthesis import Population

Kept = TypeVar("Kept")


def once_per_population(make: Callable[..., Kept]) -> Callable[..., Kept]:
    """Keep what a function makes of a population (and of further plain values) until the population is gone.

    Arrays, alone or in a tuple, become read-only: all runs on the population share them.
    """
    kept: weakref.WeakKeyDictionary[Population, dict[tuple, Kept]] = weakref.WeakKeyDictionary()

    @functools.wraps(make)
    def made(population: Population, *values) -> Kept:
        known = kept.setdefault(population, {})
        if values not in known:
            found = make(population, *values)
            for each in found if isinstance(found, tuple) else (found,):
                if isinstance(each, np.ndarray):
                    each.setflags(write=False)
            known[values] = found
        return known[values]

    return made


class Inhabitants(NamedTuple):
    """Who lives at each site: rows starts[site] to starts[site + 1] of `rows`, ascending."""

    starts: np.ndarray
    rows: np.ndarray


@once_per_population
def inhabitants(population: Population) -> Inhabitants:
    """Return who lives at each site: agents of all kinds by their home, starts as int64, rows as int32."""
    homes, sites = population.agents["home"], len(population.sites)
    starts = np.concatenate(([0], np.cumsum(np.bincount(homes, minlength=sites))))
    return Inhabitants(starts.astype(np.int64), np.argsort(homes, kind="stable").astype(np.int32))


@once_per_population
def household_heads(population: Population) -> np.ndarray:
    """Return by row the row of the household's head, its first member; -1 without a household; int32."""
    starts, members = population.households
    household = population.agents["household"]
    if len(members) == 0:
        return np.full(len(household), -1, np.int32)
    heads = np.asarray(members)[np.minimum(starts[:-1], len(members) - 1)]
    return np.where(household >= 0, heads[np.maximum(household, 0)], -1).astype(np.int32)


@once_per_population
def population_digest(population: Population) -> str:
    """Return the SHA-256 (hex) over everybody and everything that a population holds."""
    digest = hashlib.sha256()
    for name, value in vars(population).items():
        for array in value if name == "households" else (value,):
            if isinstance(array, np.ndarray):
                digest.update(f"{name} {array.dtype.descr} {array.shape}\n".encode())
                for block in blocks_of(array):
                    digest.update(block)
            else:
                digest.update(f"{name} {array!r}\n".encode())
    return digest.hexdigest()
