"""What one synthetic agent met in one run and not in the other: entries, and where it ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from creditsim.analysis.touching import touching
from creditsim.core.errors import Fault, InputError
from creditsim.core.months import month_index
from creditsim.experiment.replay import entries_of, read_run
from creditsim.experiment.reproduce import scenario_of
from creditsim.model.books import book_tables, district_book_name
from creditsim.scoring.ledger import ACCOUNTS, DISTRICT
from creditsim.scoring.score import Explained, explain
from creditsim.spec.scenario import STATUS_QUO, Change, load_scenario
from creditsim.spec.vocabulary import GRADES

SHARED = ("scale", "seed", "replication", "only", "model", "data")
"""What two runs must have in common beside the people, the start and the burn-in."""

FORMER = "of a former holder of the slot"

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
        account, kind, item, points_mp, channel, event, end, entry (its id), and what it does at the
        end: counted_mp and why, in the words of `scoring.score.explain`; none for what only acts
        on another entry, "of a former holder of the slot" for whoever was there before.
    end : dict
        By run (a, b): score and village score in milli-points, grade, star, under_programme, generation,
        and ``rulebook``, the book that graded the district score.
    rules : tuple of Change
        Levers that differ between the scenarios, from a to b.
    touching : tuple of Change
        Those of them that are about the agent's entries by name, see `touching.touching`.
    """

    agent: int
    kind: str
    entries: pd.DataFrame
    end: dict[str, dict[str, int | str]]
    rules: tuple[Change, ...]
    touching: tuple[Change, ...]

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
    kind = str(agents_a["kind"].iloc[agent])
    of_slot = {"a": _of_slot(ledger_a, slot), "b": _of_slot(ledger_b, slot)}
    reasons = {
        "a": _reasons(of_slot["a"], agents_a.iloc[agent], case_a),
        "b": _reasons(of_slot["b"], agents_b.iloc[agent], case_b),
    }
    entries = differing_entries(of_slot["a"], of_slot["b"])
    found = [reasons[run].get(entry) for run, entry in zip(entries["run"], entries["entry"], strict=True)]
    entries["counted_mp"] = [0 if line is None else line.counted_mp for line in found]
    entries["why"] = ["" if line is None else line.why for line in found]
    newest = {run: slot + (_generation(frame.iloc[agent]) << 32)
              for run, frame in (("a", agents_a), ("b", agents_b))}  # fmt: skip
    held = [newest[run] == subject for run, subject in zip(entries["run"], entries["subject"], strict=True)]
    entries.loc[[not own for own in held], "why"] = FORMER
    rules = tuple(scenario_of(case_b["scenario"]).changes(scenario_of(case_a["scenario"])))
    return Trace(
        agent,
        kind,
        entries.drop(columns="subject"),
        {"a": _end(agents_a.iloc[agent], case_a), "b": _end(agents_b.iloc[agent], case_b)},
        rules,
        touching(rules, kind, entries.to_dict("records")),
    )


def differing_entries(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """Return entries that only one of two ledgers has, sorted by month; numbers of entries do not count."""
    rows = []
    counts = {"a": Counter(_rows(a)), "b": Counter(_rows(b))}
    for run, frame, other in (("a", a, counts["b"]), ("b", b, counts["a"])):
        left = Counter(other)
        numbers = zip(_rows(frame), frame["entry"].tolist(), frame["subject"].tolist(), strict=True)
        for row, entry, subject in numbers:
            if left[row]:
                left[row] -= 1
            else:
                rows.append((run, *row, entry, subject))
    rows.sort(key=lambda row: (row[1], row[0], row[2:]))
    return pd.DataFrame(rows, columns=["run", *_ENTRY, "entry", "subject"])


def _reasons(ledger: pd.DataFrame, row: pd.Series, case: dict) -> dict[int, Explained]:
    """Return what the scoring core says of each entry of the slot's holder at a run's end, by its id."""
    scenario = case["scenario"]
    last = month_index(scenario["start"]) + scenario["months"] - 1
    entries = entries_of(ledger, {"case": case})
    subject = int(row["slot"]) + (_generation(row) << 32)
    tables = book_tables((dict(load_scenario(STATUS_QUO).values), scenario["levers"]))
    lines = []
    for account in range(len(ACCOUNTS)):
        book = tables.graded_by[int(row["under_programme"])] if account == DISTRICT else tables.village
        carried = 0 if account == DISTRICT else int(tables.carried_mp[GRADES.index(row["grade"])])
        lines += explain(book, entries, subject, last, account, carried)
    return {line.entry: line for line in lines}


def _generation(row: pd.Series) -> int:
    """Return which holder of the slot counts at the end: the next one's where it is vacant."""
    return int(row["generation"]) + 1 - int(row["present"])


def _rows(frame: pd.DataFrame) -> list[tuple]:
    """Return entries as tuples of text and whole numbers."""
    columns = [[int(v) if n == "points_mp" else str(v) for v in frame[n]] for n in _ENTRY]
    return list(zip(*columns, strict=True))


def _of_slot(ledger: pd.DataFrame, slot: int) -> pd.DataFrame:
    """Return the entries about whoever held a slot: the low 32 bits of a subject."""
    return ledger[(ledger["subject"] & 0xFFFFFFFF) == slot]


def _end(row: pd.Series, case: dict) -> dict[str, int | str]:
    """Return where an agent ended, and by which book."""
    end = {name: str(row[name]) if name == "grade" else int(row[name]) for name in _ENDS}
    values = case["scenario"]["levers"] if end["under_programme"] else load_scenario(STATUS_QUO).values
    return {**end, "rulebook": district_book_name(values)}


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
