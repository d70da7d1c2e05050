"""Memory: how many bytes a run keeps of each agent and of each entry, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from creditsim.model.state import State

ENTRIES, PLACES = "entries", "places"
"""Parts that do not grow with the number of agents: the ledger; sites, cells and rules."""

_PART_OF = {
    "chains.entries.holder": "chains",
    "chains.entries": ENTRIES,
    "chains.false_ids": ENTRIES,
    "counts": PLACES,
    "done": PLACES,
    "met": PLACES,
    "held": PLACES,
    "site_ranks": PLACES,
    "visit_ratio": PLACES,
    "fund_fen": PLACES,
    "turnover.shown": PLACES,
    "turnover.death_chance": PLACES,
    "service.named_lately": PLACES,
    "schools.visit_ratio": PLACES,
    "trade.network": "trade network",
    "pending": "waiting",
    "cases": "waiting",
    "filed_now": "waiting",
    "files": "waiting",
}
"""What counts to another part than the attribute of the state in which it is."""

_OF_THE_POPULATION = ("chains.entries.slots",)


@dataclass(frozen=True)
class MemoryUse:
    """What a state keeps, in bytes.

    Attributes
    ----------
    parts : dict of str to int
        Bytes by part: the attributes of `State`; columns beside the agents' record are ``columns``.
    agents, entries : int
    population : int
        Bytes of the population, which all scenarios of a replication share: in no other figure.
    """

    parts: dict[str, int]
    agents: int
    entries: int
    population: int

    @property
    def per_agent(self) -> float:
        """Bytes an agent of all parts but the ledger, sites and cells."""
        whole = sum(size for part, size in self.parts.items() if part not in (ENTRIES, PLACES))
        return whole / max(self.agents, 1)

    @property
    def per_entry(self) -> float | None:
        """Bytes an entry of the ledger, room for more included; None without entries."""
        return self.parts[ENTRIES] / self.entries if self.entries else None

    def record(self) -> dict[str, Any]:
        """Return what run.json holds of it."""
        return {
            "bytes_per_agent": round(self.per_agent, 1),
            "bytes_per_entry": None if self.per_entry is None else round(self.per_entry, 1),
            "entries": self.entries,
            "bytes": dict(sorted(self.parts.items())),
            "population_bytes": self.population,
        }


def memory_of(state: State, peers: Any) -> MemoryUse:
    """Return what a state and the peers that it walks keep.

    Every array that can be reached from the state counts, once; the population does not.
    """
    parts = {"agents": 0, "columns": 0, "peers": sum(array.nbytes for array in peers), ENTRIES: 0, PLACES: 0}
    size = len(state.agents)
    for path, array in _arrays(state, ""):
        if path in _OF_THE_POPULATION:
            continue
        part = _part_of(path)
        parts[part] = parts.get(part, 0) + array.nbytes
    population = sum(array.nbytes for _, array in _arrays(state.population, ""))
    return MemoryUse(parts, size, state.chains.number, population)


def _arrays(value: Any, path: str) -> Iterator[tuple[str, np.ndarray]]:
    """Give all arrays below an object with their paths; a population is no part of what refers to it."""
    if isinstance(value, np.ndarray):
        yield path, value
        return
    if isinstance(value, tuple):
        names = getattr(value, "_fields", range(len(value)))
        below = dict(zip(names, value, strict=True))
    elif isinstance(value, dict):
        below = value
    elif type(value).__module__.startswith("creditsim."):
        below = {name: each for name, each in vars(value).items() if name != "population"}
    else:
        return
    for name, each in below.items():
        yield from _arrays(each, f"{path}.{name}" if path else str(name))


def _part_of(path: str) -> str:
    """Return the part that an array counts to: the longest known beginning of its path, or its attribute."""
    names = path.split(".")
    for length in range(len(names), 0, -1):
        found = _PART_OF.get(".".join(names[:length]))
        if found:
            return found
    return names[0] if len(names) > 1 or names[0] == "agents" else "columns"
