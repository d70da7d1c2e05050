"""Replay a run's folder: fold the exported ledger again and compare with the simulated scores."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from creditsim.core.errors import Fault, InputError
from creditsim.core.fingerprint import fingerprint_columns
from creditsim.core.months import month_index
from creditsim.experiment.files import read_table
from creditsim.model.books import book_tables
from creditsim.model.case import run_key, versions_of_results
from creditsim.population.synthesis import build_population
from creditsim.scoring.ledger import ACCOUNTS, DISTRICT, ENTRY, KINDS_OF_ENTRY, MONTH_OPEN, VILLAGE
from creditsim.scoring.score import score_ledger
from creditsim.spec.scenario import STATUS_QUO, load_scenario
from creditsim.spec.vocabulary import CHANNELS, GRADES, KINDS

FILES = ("run.json", "ledger.parquet", "agents.parquet")

TEACHING_SUBJECTS = 20
"""Subjects of a ledger up to which it is scored wherever it came from: a case made up for teaching."""


@dataclass(frozen=True)
class Replay:
    """What a replay found.

    Attributes
    ----------
    entries, agents : int
        Ledger entries read and agents compared.
    mismatches : int
        Agents whose folded score or grade differs from the simulated one, and tables that
        are not as they were written.
    findings : tuple of str
        One line each: what differs; the first agents by slot.
    """

    entries: int
    agents: int
    mismatches: int
    findings: tuple[str, ...]


def replay_folder(path: str | Path) -> Replay:
    """Fold a run's ledger with the scoring core and compare with its final agents.

    Raises
    ------
    InputError
        If the folder or one of its files is missing or cannot be read, or if its ledger is about more
        than `TEACHING_SUBJECTS` and its subjects are not those that a run of its case has.
    """
    folder = Path(path)
    record = _read_record(folder)
    ledger, agents = (_read(folder, name) for name in ("ledger", "agents"))
    findings = _table_findings(record, {"ledger": ledger, "agents": agents})
    wrong = []
    if _is_beyond_teaching(ledger):
        _refuse_what_no_run_makes(folder, record, ledger, agents)
        if any(line.startswith("ledger") for line in findings):
            findings.append("ledger.parquet: not scored: only what the run wrote is")
            return Replay(len(ledger), len(agents), len(findings), tuple(findings))
    try:
        entries = entries_of(ledger, record)
        wrong = _score_findings(entries, agents, record)
    except (KeyError, ValueError) as error:
        findings.append(f"ledger.parquet: cannot be folded: {error}")
    return Replay(len(ledger), len(agents), len(wrong) + len(findings), tuple(findings + wrong[:20]))


def read_run(path: str | Path) -> tuple[dict, pd.DataFrame, pd.DataFrame]:
    """Return the case, the ledger and the final agents of a run's folder, checked against its record.

    Raises
    ------
    InputError
        If the folder or one of its files is missing, cannot be read or is not as it was written.
    """
    folder = Path(path)
    record = _read_record(folder)
    ledger, agents = (_read(folder, name) for name in ("ledger", "agents"))
    findings = _table_findings(record, {"ledger": ledger, "agents": agents})
    if findings:
        raise InputError([Fault(f"{each}; run the scenario again", str(folder)) for each in findings])
    return record["case"], ledger, agents


def entries_of(ledger: pd.DataFrame, record: dict) -> np.ndarray:
    """Return the ledger's rows as `ENTRY` records, in posting order."""
    book = book_tables((_values(record), _values(record))).district
    entries = np.zeros(len(ledger), ENTRY)
    entries["id"], entries["subject"] = ledger["entry"], ledger["subject"]
    entries["account"] = [ACCOUNTS.index(word) for word in ledger["account"]]
    entries["kind"] = [KINDS_OF_ENTRY.index(word) for word in ledger["kind"]]
    entries["channel"] = [CHANNELS.index(word) if word else -1 for word in ledger["channel"]]
    entries["item"] = [book.item_index[word] if word else -1 for word in ledger["item"]]
    entries["points_mp"], entries["act"], entries["ref"] = ledger["points_mp"], ledger["act"], ledger["ref"]
    for name in ("event", "end", "posted"):
        entries[name] = [MONTH_OPEN if word == "open" else month_index(word) for word in ledger[name]]
    return entries[np.argsort(entries["id"], kind="stable")]


def _is_beyond_teaching(ledger: pd.DataFrame) -> bool:
    """Say whether a ledger is about more subjects than a case made up for teaching."""
    return "subject" in ledger and ledger["subject"].nunique() > TEACHING_SUBJECTS


def _refuse_what_no_run_makes(folder: Path, record: dict, ledger: pd.DataFrame, agents: pd.DataFrame) -> None:
    """Raise InputError unless the subjects of a ledger are agents that its run's case makes again.

    Nothing here scores a real person: whoever is scored is made anew from marginals, seed and scale.
    """
    why = "only ledgers that a run can make again are scored, and teaching cases of up to 20 subjects"
    todo = "run the scenario with --out DIR and replay that"
    try:
        case = record["case"]
        if run_key(case) != record["inputs"]:
            message = f"got a case that is not the one of its inputs; {why}; {todo}"
            raise InputError(Fault(message, str(folder / "run.json")))
        if any(case.get(name) != now for name, now in versions_of_results().items()):
            message = f"got a run of another version of creditsim; {why}; {todo}, or use that version"
            raise InputError(Fault(message, str(folder / "run.json")))
        population = build_population(
            case["scenario"]["population"], case["scale"], case["seed"], case["replication"]
        )
        kinds = [KINDS[kind] for kind in population.agents["kind"].tolist()]
        made = dict(zip(population.agents["slot"].tolist(), kinds, strict=True))
        held = dict(zip(agents["slot"].tolist(), agents["kind"].tolist(), strict=True))
        newest = dict(zip(agents["slot"].tolist(), agents["generation"].tolist(), strict=True))
        subjects = ledger["subject"].to_numpy(np.int64)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        message = f"got something else than a run's agents and ledger; {why}; {todo}"
        raise InputError(Fault(message, str(folder))) from None
    if any(made.get(slot) != kind for slot, kind in held.items()):
        message = f"got agents that the run's case does not make; {why}; {todo}"
        raise InputError(Fault(message, str(folder / "agents.parquet")))
    slots, generations = subjects & 0xFFFFFFFF, subjects >> 32
    if any(generation > newest.get(slot, -1) for slot, generation in
           set(zip(slots.tolist(), generations.tolist(), strict=True))):  # fmt: skip
        message = f"got subjects that are not agents of the run's case; {why}; {todo}"
        raise InputError(Fault(message, str(folder / "ledger.parquet")))


def _score_findings(entries: np.ndarray, agents: pd.DataFrame, record: dict) -> list[str]:
    """Return one line for each agent whose score or grade is not what the fold gives."""
    case = record["case"]["scenario"]
    last = month_index(case["start"]) + case["months"] - 1
    book = book_tables((dict(load_scenario(STATUS_QUO).values), _values(record)))
    generation = agents["generation"].to_numpy() + 1 - agents["present"].to_numpy()  # vacant: the next one's
    slots = agents["slot"].to_numpy() + (generation << 32)
    inside = agents["under_programme"].to_numpy() == 1
    named = np.flatnonzero(np.isin(slots, entries["subject"]))
    score, grade = np.full(len(slots), book.district.base_mp), np.full(len(slots), GRADES.index("A"))
    for regime in (0, 1):
        rows = named[inside[named] == bool(regime)]
        found = score_ledger(book.graded_by[regime], entries, last, DISTRICT, slots[rows])
        score[rows], grade[rows] = _in_order(found, slots[rows])
    villagers = named[agents["kind"].to_numpy()[named] == "villager"]
    carried = dict(zip(slots[villagers].tolist(), book.carried_mp[grade[villagers]].tolist(), strict=True))
    stars = score_ledger(book.village, entries, last, VILLAGE, slots[villagers], carried)
    village, star = np.full(len(slots), book.village.base_mp), np.full(len(slots), 2)
    village[villagers], star[villagers] = _in_order(stars, slots[villagers])
    simulated_grade = np.array([GRADES.index(word) for word in agents["grade"]])
    folded = {"score_mp": score, "village_score_mp": village, "grade": grade, "star": star}
    simulated = {**{name: agents[name].to_numpy() for name in ("score_mp", "village_score_mp", "star")},
                 "grade": simulated_grade}  # fmt: skip
    lines = []
    for row in np.flatnonzero(np.any([folded[name] != simulated[name] for name in folded], axis=0)):
        differing = [n for n in folded if folded[n][row] != simulated[n][row]]
        lines.append(
            f"agent {slots[row]}: "
            + ", ".join(f"{n} {simulated[n][row]}, folded {folded[n][row]}" for n in differing)
        )
    return lines


def _in_order(found: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and grades in the order of the slots; `score_ledger` sorts by subject."""
    at = np.searchsorted(found["subject"], slots)
    return found["score_mp"][at], found["grade"][at]


def _table_findings(record: dict, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Return one line for each table that is not as it was written."""
    findings = []
    for name, frame in tables.items():
        written = record["tables"][name]
        if len(frame) != written["rows"]:
            findings.append(f"{name}.parquet: got {len(frame)} rows, written were {written['rows']}")
        elif fingerprint_columns({name: frame}) != written["sha256"]:
            findings.append(f"{name}.parquet: its content is not what was written")
    return findings


def _values(record: dict) -> dict:
    """Return the lever values of a run's case."""
    return record["case"]["scenario"]["levers"]


def _read_record(folder: Path) -> dict:
    """Read run.json after checking that all files are there."""
    if not folder.is_dir():
        raise InputError(
            Fault("got no such folder, expected one written by creditsim run --out", str(folder))
        )
    missing = [Fault("got no such file, expected one written by creditsim run", str(folder / name))
               for name in FILES if not (folder / name).is_file()]  # fmt: skip
    if missing:
        raise InputError(missing)
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if record["format"] != 1 or not record["tables"] or not record["case"]["scenario"]:
            raise ValueError
        return record
    except (ValueError, KeyError, TypeError):
        expected = "expected the record of a run, format 1; run the scenario again"
        raise InputError(Fault(f"got something else, {expected}", str(folder / "run.json"))) from None


def _read(folder: Path, name: str) -> pd.DataFrame:
    """Read one table, or say in one line that it is no Parquet file."""
    path = folder / f"{name}.parquet"
    try:
        return read_table(path)
    except (OSError, ValueError):
        raise InputError(Fault("got a file that cannot be read, expected Parquet", str(path))) from None
