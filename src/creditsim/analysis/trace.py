"""What one synthetic agent met in one run and not in the other: entries, and where it ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from creditsim.core.errors import Fault, InputError
from creditsim.experiment.replay import read_run
from creditsim.experiment.reproduce import scenario_of
from creditsim.spec.scenario import Change

SHARED = ("scale", "seed", "replication", "only", "model", "data")
"""What two runs must have in common beside the people, the start and the burn-in."""

_PEOPLE = ("population", "start", "burn_in_months", "months")
_ENTRY = ("posted", "account", "kind", "item", "points_mp", "channel", "event", "end")
_ENDS = ("score_mp", "village_score_mp", "grade", "star", "under_programme", "generation")


@dataclass(frozen=True)
class Trace:
    """How one agent fared in two runs.

    Attributes
    ----------
    agent : int
        Row in both runs' agents, from 0.
    kind : str
    entries : pandas.DataFrame
        Ledger entries that only one of the runs has, by month: columns ``run`` (a or b), posted,
        account, kind, item, points_mp, channel, event, end.
    end : dict
        By run (a, b): score and village score in milli-points, grade, star, under_programme, generation.
    rules : tuple of Change
        Levers that differ between the scenarios, from a to b.
    """

    agent: int
    kind: str
    entries: pd.DataFrame
    end: dict[str, dict[str, int | str]]
    rules: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether the agent has the same entries and the same end in both runs."""
        return self.entries.empty and self.end["a"] == self.end["b"]

    @property
    def first_month(self) -> str | None:
        """Return the month of the first entry that differs, or None."""
        return None if self.entries.empty else str(self.entries["posted"].iloc[0])


def trace_folders(run_a: str | Path, run_b: str | Path, agent: int) -> Trace:
    """Compare an agent's entries and end in two folders that ``creditsim run --out`` wrote.

    Raises
    ------
    InputError
        If a folder cannot be read or is not as it was written, if the runs do not share people and
        luck, or if there is no such agent.
    """
    (case_a, ledger_a, agents_a), (case_b, ledger_b, agents_b) = read_run(run_a), read_run(run_b)
    faults = _not_shared(case_a, case_b, str(run_b))
    if not faults and not 0 <= agent < len(agents_a):
        message = f"got {agent}, expected a whole number from 0 to {len(agents_a) - 1}"
        faults.append(Fault(message, key="--agent"))
    if faults:
        raise InputError(faults)
    slot = int(agents_a["slot"].iloc[agent])
    return Trace(
        agent,
        str(agents_a["kind"].iloc[agent]),
        differing_entries(_of_slot(ledger_a, slot), _of_slot(ledger_b, slot)),
        {"a": _end(agents_a, agent), "b": _end(agents_b, agent)},
        tuple(scenario_of(case_b["scenario"]).changes(scenario_of(case_a["scenario"]))),
    )


def differing_entries(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """Return entries that only one of two ledgers has, sorted by month; numbers of entries do not count."""
    found_a, found_b = (Counter(_rows(frame)) for frame in (a, b))
    rows = [("a", *row) for row in (found_a - found_b).elements()]
    rows += [("b", *row) for row in (found_b - found_a).elements()]
    return pd.DataFrame(sorted(rows, key=lambda row: (row[1], row[0], row[2:])), columns=["run", *_ENTRY])


def _rows(frame: pd.DataFrame) -> list[tuple]:
    """Return entries as tuples of text and whole numbers."""
    columns = [[int(v) if n == "points_mp" else str(v) for v in frame[n]] for n in _ENTRY]
    return list(zip(*columns, strict=True))


def _of_slot(ledger: pd.DataFrame, slot: int) -> pd.DataFrame:
    """Return the entries about whoever held a slot: the low 32 bits of a subject."""
    return ledger[(ledger["subject"] & 0xFFFFFFFF) == slot]


def _end(agents: pd.DataFrame, agent: int) -> dict[str, int | str]:
    """Return where an agent ended."""
    row = agents.iloc[agent]
    return {name: str(row[name]) if name == "grade" else int(row[name]) for name in _ENDS}


def _not_shared(a: dict, b: dict, file: str) -> list[Fault]:
    """Return a fault for each thing that two runs must share and do not."""
    pairs = [(name, a[name], b[name]) for name in SHARED]
    pairs += [(name, a["scenario"][name], b["scenario"][name]) for name in _PEOPLE]
    pairs.append(("branch", a.get("branch"), b.get("branch")))
    return [
        Fault(f"got {new!r}, expected {old!r} as in the first run; run both alike", file, key=name)
        for name, old, new in pairs
        if old != new
    ]
