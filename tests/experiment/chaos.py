"""Kill sweeps at random and look at what is left: the machinery of test_chaos.py and of `make chaos`."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.results.verify import verify_store

SMALL_SWEEP = """\
format: 1
scenarios: [status-quo-2019, five-entries-2020]
replications: 20
scale: 0.01
months: 1
burn_in_months: 0
seed: 31
"""
"""Forty runs, each some hundredths of a second."""

KILLS_A_SWEEP = 3
"""Then it is left alone, so that its end can be held against an undisturbed one."""

COMMAND = [sys.executable, "-c", "from creditsim.app.cli import main; main()"]


@dataclass
class Toll:
    """What was done to sweeps, and what came of it.

    Attributes
    ----------
    kills : Counter
        By who was killed (client, worker) and when (starting, running, writing).
    sweeps, lost, duplicated, different, damaged : int
        Sweeps that were carried to their end; runs missing from their stores; runs there twice;
        stores whose table differs from the undisturbed one; stores with a finding of verify.
    """

    kills: Counter = field(default_factory=Counter)
    sweeps: int = 0
    lost: int = 0
    duplicated: int = 0
    different: int = 0
    damaged: int = 0

    @property
    def all_well(self) -> bool:
        """Whether nothing was lost, doubled, changed or damaged."""
        return self.lost == self.duplicated == self.different == self.damaged == 0


def kill_sweeps(folder: Path, kills: int, seed: int, tell=lambda toll: None) -> Toll:
    """Carry sweeps to their end under so many kills, spread over their whole life; return the toll."""
    chance = random.Random(seed)
    file = folder / "experiment.yaml"
    file.write_text(SMALL_SWEEP, encoding="utf-8")
    started = time.monotonic()
    fingerprint = finish(file, folder / "undisturbed")
    life = time.monotonic() - started
    table = ResultStore.open(folder / "undisturbed").table()
    toll = Toll()
    while toll.kills.total() < kills:
        store = folder / f"store-{toll.sweeps}"
        for _ in range(min(KILLS_A_SWEEP, kills - toll.kills.total())):
            disturb(file, store, life, chance, toll)
        same = finish(file, store) == fingerprint
        take_stock(store, table, same, toll)
        tell(toll)
    return toll


def disturb(file: Path, store: Path, life: float, chance: random.Random, toll: Toll) -> None:
    """Start a sweep; kill it, or one of its workers, at a random moment of its life or while it writes."""
    victim = chance.choice(["client", "client", "worker"])
    at, while_writing = chance.uniform(0.0, life), chance.random() < 0.25
    with started_sweep(file, store) as process:
        begun = time.monotonic()
        while process.poll() is None:
            writing = writing_now(store)
            if (while_writing and writing) or (not while_writing and time.monotonic() - begun >= at):
                pids = [process.pid] if victim == "client" else workers_of(process.pid)
                if pids:
                    os.kill(chance.choice(pids), signal.SIGKILL)
                    toll.kills[victim, "writing" if writing else phase_of(store)] += 1
                    break
            time.sleep(0.0002)
        process.wait()


def started_sweep(file: Path, store: Path) -> subprocess.Popen:
    """Start a sweep as a process of its own."""
    command = [*COMMAND, "sweep", str(file), "--store", str(store), "--workers", "2", "--json", "--quiet"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def finish(file: Path, store: Path) -> str:
    """Run a sweep to its end; return its fingerprint."""
    with started_sweep(file, store) as process:
        out, _ = process.communicate()
    found = json.loads(out)
    assert found["runs"] == 40, found
    return found["fingerprint"]


def take_stock(store: Path, undisturbed: list, same: bool, toll: Toll) -> None:
    """Add what a finished sweep's store holds to the toll."""
    opened = ResultStore.open(store)
    table = opened.table()
    toll.sweeps += 1
    toll.lost += len({row[0] for row in undisturbed} - {row[0] for row in table})
    toll.duplicated += rows_on_disk(store) - len(table)
    toll.different += not same or table != undisturbed
    toll.damaged += bool(verify_store(store).findings)


def rows_on_disk(store: Path) -> int:
    """Return the rows of all shards, those that stand twice included."""
    import pyarrow.parquet as pq

    return sum(pq.ParquetFile(path).metadata.num_rows for path in (store / "shards").glob("*.parquet"))


def writing_now(store: Path) -> bool:
    """Say whether a file is on its way to the store at this moment."""
    try:
        return bool(os.listdir(store / "tmp"))
    except OSError:
        return False


def phase_of(store: Path) -> str:
    """Return what a sweep is at, as far as its store tells."""
    if not (store / "claims").exists():
        return "starting"
    return "written" if rows_on_disk(store) == 40 else "running"


def workers_of(client: int) -> list[int]:
    """Return the worker processes of a sweep."""
    children = Path(f"/proc/{client}/task/{client}/children")
    found = []
    for pid in children.read_text().split() if children.exists() else ():
        with contextlib.suppress(OSError):
            if b"loky" in Path(f"/proc/{pid}/cmdline").read_bytes() and int(pid) != client:
                found.append(int(pid))
    return found
