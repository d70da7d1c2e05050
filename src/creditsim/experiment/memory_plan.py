"""How much memory a run will take, part by part, before anything is made: and whether there is as much.

Every figure was measured in fresh processes on Linux (x86-64, Python 3.11, NumPy 2.4, Numba 0.68):
the bytes that arrays hold by `creditsim.model.memory`, peaks by the largest resident size, at
10,000, 100,000, 1 and 10 million agents; entries at full size over 24 months of burn-in
and 36 months reported.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from creditsim.core.compiled import cache_folder
from creditsim.core.errors import Fault
from creditsim.population.targets import count_agents
from creditsim.spec.scenario import STATUS_QUO, Scenario

LARGE = 500_000
"""Agents, those of all workers together, from which a run is large: its plan is shown, and held to."""

PROGRAM = 365e6
"""Bytes of the interpreter, the libraries, the compiled rules read from their cache, and what stays small."""

COMPILER = 270e6
"""Bytes more where the rules are compiled anew."""

POPULATION, BUILDING = 147.0, 240.0
"""Bytes an agent of a population: once made, and at most while it and its peers are made."""

PEERS, STATE = 21.0, 223.0
"""Bytes an agent of whom each sees; of a state, everything that changes from month to month."""

MONTH, FINAL = 45.0, 35.0
"""Bytes an agent for a while: in a month; while the fingerprint of the final agents is taken."""

KEPT, TABLE = 137.0, 690.0
"""Bytes an agent of what a result keeps; of the table of agents while it is written (at a million)."""

OBJECT = 870.0
"""Bytes of an agent as an object (engine ``objects``)."""

ENTRY, ENTRY_ROW = 14.0, 130.0
"""Bytes of an entry in the ledger; of its row while the fingerprint is taken or the table written."""

ENTRIES_PER_AGENT_MONTH = {
    STATUS_QUO: 0.0071,
    "five-entries-2020": 0.0138,
    "guidance-2021": 0.0036,
    "same-money-without-scores": 0.0017,
    "no-programme": 0.0001,
}
"""Entries an agent and month, by shipped scenario; of others the most of these is expected."""

SITE = 1290e3
"""Bytes of sites, cells and rules at full size (scale 1 has some 380 sites)."""

_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
_USES = ("memory.current", "memory/memory.usage_in_bytes")
_SYSTEM = Path("/proc/meminfo")
_GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class MemoryPlan:
    """What a run is expected to take.

    Attributes
    ----------
    agents : int
        Of one population.
    workers : int
        Processes that each hold all parts.
    parts : dict of str to int
        Bytes by part in one process, as they are held at its peak; they add up to `peak`.
    """

    agents: int
    workers: int
    parts: dict[str, int]

    @property
    def peak(self) -> int:
        """Bytes of one process at its peak: its largest resident size."""
        return sum(self.parts.values())

    @property
    def total(self) -> int:
        """Bytes of all processes at their peaks."""
        return self.peak * self.workers

    @property
    def is_large(self) -> bool:
        """Whether the run is large enough to be shown and refused."""
        return self.agents * self.workers > LARGE

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {size / 1e9:.2f}" for name, size in self.parts.items() if size >= 5e6)
        times = f" in each of {self.workers} processes" if self.workers > 1 else ""
        return f"memory plan: {self.agents:,} agents, {self.peak / 1e9:.2f} GB at most{times} ({parts})"

    def faults(self, available: int | None) -> list[Fault]:
        """Return the fault of a large run that does not fit the memory available, or none.

        Parameters
        ----------
        available : int or None
            Bytes; None where the system does not tell: then nothing is refused.
        """
        if available is None or not self.is_large or self.total <= available:
            return []
        fewer = " or fewer --threads" if self.workers > 1 else ""
        needed = f"a run that needs {self.total / 1e9:.1f} GB of memory ({self.agents:,} agents"
        needed += f" in each of {self.workers} processes)" if self.workers > 1 else ")"
        expected = f"at most the {available / 1e9:.1f} GB that are free; choose a smaller --scale{fewer}"
        return [Fault(f"got {needed}, expected {expected}", key="memory")]


def plan_memory(
    agents: int,
    scale: float,
    months: float,
    burn_in_months: int,
    entries_per_month: float = max(ENTRIES_PER_AGENT_MONTH.values()),
    states: int = 1,
    workers: int = 1,
    engine: str = "compiled",
    written: bool = False,
    compiling: bool = False,
) -> MemoryPlan:
    """Return what a run will take; linear in agents, and in entries.

    Parameters
    ----------
    agents : int
        Of one population.
    scale : float
    months, burn_in_months : int
    entries_per_month : float
        Entries an agent and reported month; those of burn-in are the status quo's.
    states : int
        States held at once, see `states_at_once`.
    workers : int
        Processes.
    engine : {"compiled", "objects"}
    written : bool
        Whether the tables of ledger and agents are written.
    compiling : bool
        Whether rules are compiled anew.
    """
    entries = agents * (entries_per_month * months + ENTRIES_PER_AGENT_MONTH[STATUS_QUO] * burn_in_months)
    program = {"program": PROGRAM + COMPILER * compiling}
    running = {
        "population": POPULATION * agents,
        "peers": PEERS * agents,
        "states": STATE * agents * states,
        "ledger": ENTRY * entries * states,
        "places": SITE * scale * states,
    }
    if engine == "objects":
        running["objects"] = OBJECT * agents
    stages = [
        {**program, "building": BUILDING * agents},
        {**program, **running, "month": MONTH * agents},
        {**program, **running, "fingerprint": FINAL * agents + ENTRY_ROW * entries},
    ]
    if written:
        kept = {"agents": KEPT * agents, "ledger": ENTRY * entries}
        stages.append({**program, **kept, "table": max(TABLE * agents, ENTRY_ROW * entries)})
    largest = max(stages, key=lambda parts: sum(parts.values()))
    return MemoryPlan(agents, workers, {name: round(size) for name, size in largest.items()})


def plan_of(
    scenarios: Sequence[Scenario],
    scale: float,
    states: int = 1,
    workers: int = 1,
    engine: str = "compiled",
    written: bool = False,
    compiling: bool | None = None,
) -> MemoryPlan:
    """Return the plan of a run of scenarios on one population at a time; the most of what each would take.

    Other parameters are those of `plan_memory`; without `compiling`, the cache of compiled rules tells.
    """
    if compiling is None:
        compiling = not any(cache_folder("model").rglob("*.nbc"))
    known, most = ENTRIES_PER_AGENT_MONTH, max(ENTRIES_PER_AGENT_MONTH.values())
    plans = [
        plan_memory(
            count_agents(each.population, scale),
            scale,
            each.months,
            each.burn_in_months,
            known.get(each.name, most),
            states,
            workers,
            engine,
            written,
            compiling,
        )
        for each in scenarios
    ]
    return max(plans, key=lambda plan: plan.peak)


def states_at_once(worlds: Sequence[object]) -> int:
    """Return how many states are held at once by scenarios that run in order, from the world of each.

    A burned-in state is kept as long as a scenario of its world is still to come; the last one
    runs on it, the others on a copy.

    Examples
    --------
    >>> states_at_once(["a"]), states_at_once(["a", "a"]), states_at_once(["a", "b", "a"])
    (1, 2, 2)
    """
    held: set = set()
    most = 0
    for number, world in enumerate(worlds):
        held.add(world)
        to_come = world in worlds[number + 1 :]
        most = max(most, len(held) + to_come)
        if not to_come:
            held.discard(world)
    return most


def available_memory() -> int | None:
    """Return the bytes that this process may still take, or None where the system does not tell.

    The least of what the machine has free (what caches hold counts as free) and of what the
    process's control group leaves it. On systems that tell the size of the memory alone, that.
    """
    found = [_free_in_system(), *(_left_in_group(*names) for names in zip(_LIMITS, _USES, strict=True))]
    return min((size for size in found if size is not None), default=None)


def _free_in_system() -> int | None:
    """Return what the machine has free."""
    try:
        for line in _SYSTEM.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):
        try:
            return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):
            continue
    return None


def _left_in_group(limit: str, use: str) -> int | None:
    """Return what a control group leaves, None without a limit."""
    try:
        most = int((_GROUPS / limit).read_text(encoding="ascii"))
        return max(most - int((_GROUPS / use).read_text(encoding="ascii")), 0)
    except (OSError, ValueError):
        return None
