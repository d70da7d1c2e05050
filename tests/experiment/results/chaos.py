"""Kill sweeps and let their disk fail, and look at what is left.

The machinery of test_chaos.py, in its short form, and of `make chaos` in its long one.
"""

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

import numpy as np
from faulty_disk import Faulty, Killed

from creditsim.core.errors import InputError
from creditsim.experiment.design import Design
from creditsim.experiment.results import disk
from creditsim.experiment.results.buffer import ShardBuffer
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.results.verify import verify_store
from creditsim.experiment.sweep import run_sweep
from creditsim.experiment.tasks import run_task
from creditsim.experiment.workers.places import Done
from creditsim.spec.experiment import load_experiment

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

LONGEST_SECONDS = 300
"""A sweep that takes longer hangs."""

KILLS_A_SWEEP = 8
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

    def __add__(self, other: Toll) -> Toll:
        names = ("sweeps", "lost", "duplicated", "different", "damaged")
        added = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Toll(self.kills + other.kills, **added)

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
            if rows_on_disk(store) == 40:
                break  # it came to its end before it was killed, or was killed at its very end
        same = finish(file, store) == fingerprint
        take_stock(store, table, same, toll)
        tell(toll)
    return toll


def disturb(file: Path, store: Path, life: float, chance: random.Random, toll: Toll) -> None:
    """Start a sweep; kill it, or one of its workers, at a random moment of its life or while it writes."""
    victim = chance.choice(["client", "client", "client", "worker"])
    at, while_writing = chance.uniform(0.0, 0.9 * life), chance.random() < 0.25
    # A client's death is the same with one worker, and that one is sooner there.
    with started_sweep(file, store, workers=2 if victim == "worker" else 1) as process:
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
        process.wait(LONGEST_SECONDS)


def started_sweep(file: Path, store: Path, workers: int = 1) -> subprocess.Popen:
    """Start a sweep as a process of its own."""
    command = [*COMMAND, "sweep", str(file), "--store", str(store), "--json", "--quiet"]
    command += ["--workers", str(workers)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def finish(file: Path, store: Path) -> str:
    """Run a sweep to its end; return its fingerprint."""
    with started_sweep(file, store) as process:
        out, _ = process.communicate(timeout=LONGEST_SECONDS)
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


class FewRuns(ShardBuffer):
    """A shard every eight runs, so that a small sweep writes several."""

    def due(self):
        return len(self) >= 8


class Here:
    """Workers that are this process and remember what a task gave: its runs are done once."""

    width = 1

    def __init__(self, known: dict):
        self.known, self.waiting = known, []

    def submit(self, task):
        """Take a task."""
        self.waiting.append(task)

    def wait(self, seconds):
        """Do what was taken."""
        tasks, self.waiting = self.waiting, []
        for task in tasks:
            if not set(task.keys) <= set(self.known):
                self.known |= {result.key: result for result in run_task(task)}
        return [Done(task, [self.known[key] for key in task.keys]) for task in tasks]

    def close(self, now=False):
        """Leave nothing behind."""


def sweep_here(design: Design, store: Path, known: dict) -> list:
    """Run a sweep in this process; return the table of its store."""
    opened = ResultStore.open(store, create=True)
    run_sweep(design, opened, Here(known), buffer=FewRuns())
    return opened.table()


def fault_every_operation(folder: Path, way, every: int = 1, tell=lambda at, of: None) -> Toll:
    """Let each file operation of a sweep fail in one way, in turn; carry it on, and return the toll."""
    file = folder / "experiment.yaml"
    file.write_text(SMALL_SWEEP, encoding="utf-8")
    design, known, toll = Design(load_experiment(file)), {}, Toll()
    undisturbed = sweep_here(design, folder / "undisturbed", known)
    try:
        disk.system = counting = Faulty(0, None)
        sweep_here(design, folder / "counted", known)
        for at in range(1, counting.done + 1, every):
            disk.system = Faulty(at, way)
            store = folder / f"store-{at}"
            try:
                sweep_here(design, store, known)
            except (InputError, Killed) as fault:
                assert "\n" not in str(fault)
            disk.system = os
            same = sweep_here(design, store, known) == undisturbed
            take_stock(store, undisturbed, same, toll)
            toll.kills[str(way), "operation"] += 1
            tell(at, counting.done)
    finally:
        disk.system = os
    return toll


def flip_bytes(folder: Path, copies: int, seed: int) -> int:
    """Change one random byte of a sweep's store so many times; return how often verify found the file."""
    rng = np.random.default_rng(seed)
    file = folder / "experiment.yaml"
    file.write_text(SMALL_SWEEP, encoding="utf-8")
    sweep_here(Design(load_experiment(file)), folder / "store", {})
    files = sorted(path for path in (folder / "store").rglob("*") if path.is_file() and path.stat().st_size)
    sizes = np.array([path.stat().st_size for path in files])
    found = 0
    for _ in range(copies):
        # Every byte of the store is as likely as any other.
        path = files[rng.choice(len(files), p=sizes / sizes.sum())]
        good = path.read_bytes()
        bad = bytearray(good)
        bad[rng.integers(len(bad))] ^= int(rng.integers(1, 256))
        path.write_bytes(bad)
        found += any(path.name in line for line in verify_store(folder / "store").findings)
        path.write_bytes(good)
    assert not verify_store(folder / "store").findings
    return found
