"""Run an experiment into a store: what is missing is run, what is finished is kept, whatever happens.

The store is the truth. A sweep that was killed is started again with the same command and goes
on; two sweeps into one store share the work; results do not depend on who ran what, or when.
"""

from __future__ import annotations

import platform
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from creditsim.core.fingerprint import fingerprint_json
from creditsim.experiment.design import runs_of, tasks_of
from creditsim.experiment.results.claims import Claims
from creditsim.experiment.results.shards import ShardBuffer
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.tasks import Finished, Task
from creditsim.experiment.workers.tries import FailedRun, completed
from creditsim.spec.experiment import Experiment

Enough = Callable[[int], int]
"""Takes the replications that are finished, returns how many there shall be in all."""


@dataclass
class Progress:
    """How far a sweep is.

    Attributes
    ----------
    planned : int
        Runs in all, as far as is known now: a stopping rule may ask for more.
    already : int
        Runs that were in the store before.
    finished : int
        Runs in the store now, or about to be written.
    failed : dict of str to FailedRun
        By key: the runs that came to nothing in this sweep.
    replications : int
        Replications of each scenario in each world.
    """

    planned: int = 0
    already: int = 0
    finished: int = 0
    failed: dict[str, FailedRun] = field(default_factory=dict)
    replications: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def rate_per_second(self) -> float:
        """Runs of this sweep finished in a second."""
        return (self.finished - self.already) / max(time.monotonic() - self.started, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all planned runs are done at this rate; None while there is no rate."""
        left, rate = self.planned - self.finished - len(self.failed), self.rate_per_second
        return left / rate if rate > 0 else None


def run_sweep(
    experiment: Experiment,
    store: ResultStore,
    workers,
    enough: Enough | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
    buffer: ShardBuffer | None = None,
) -> Progress:
    """Run what an experiment lacks in a store.

    Parameters
    ----------
    experiment : Experiment
    store : ResultStore
    workers : Workers
        Where runs are executed, with `creditsim.experiment.tasks.run_task` as their work.
    enough : callable, optional
        The stopping rule; without one the experiment's replications are all.
    tell : callable
        Called at least twice a second.
    buffer : ShardBuffer, optional
        Decides when a shard is closed.

    Raises
    ------
    InputError
        If the store cannot be written, or the workers are lost for good; what is finished is kept.
    KeyboardInterrupt
        After what is finished was written.
    """
    writer = _Writer(store, buffer or ShardBuffer(), store.add_experiment(experiment.record()))
    progress = Progress()
    done, replications = 0, experiment.replications
    try:
        while done < replications:
            progress.planned = len(runs_of(experiment, replications))
            progress.replications = replications
            _run_range(experiment, range(done, replications), writer, workers, progress, tell)
            done = replications
            replications = max(done, enough(done)) if enough else done
    finally:
        # Also after Ctrl-C and after a fault: what is finished is never thrown away.
        writer.write()
        writer.claims.close()
    return progress


def sweep_fingerprint(experiment: Experiment, store: ResultStore, replications: int) -> str:
    """Return one hash over the results of all runs in the design's order; a missing run counts as none."""
    keys = [run.key for run in runs_of(experiment, replications)]
    found = store.fingerprints(keys)
    return fingerprint_json([found.get(key) for key in keys])


class _Writer:
    """Keeps finished runs until a shard is due, and the claims on them until it is written."""

    def __init__(self, store: ResultStore, buffer: ShardBuffer, experiment: str):
        self.store, self.buffer = store, buffer
        self.claims = Claims(store.path)
        self.experiment = experiment

    def keep(self, run: Finished) -> None:
        """Take a finished run."""
        self.buffer.add(run)

    def note(self, run: FailedRun) -> None:
        """Write down a run that came to nothing, so that another sweep may try it."""
        self.store.add_failure(
            {"key": run.key, "time": _now(), "tries": [vars(each) for each in run.tries]}
        )
        self.claims.release(run.key)

    def write(self) -> None:
        """Close the shard and give its claims back."""
        runs = self.buffer.take()
        if runs:
            self.store.add(runs, self._provenance())
        for run in runs:
            self.claims.release(run.key)

    def _provenance(self) -> dict:
        """Return who wrote a shard and when; no result depends on it."""
        return {"experiment": self.experiment, "host": platform.node(), "written": _now()}


def _run_range(
    experiment: Experiment, replications: range, writer: _Writer, workers, progress: Progress, tell
) -> None:
    """Run what is missing of some replications; return when each run is in the store or has failed."""
    tasks = _missing(tasks_of(experiment, replications), writer, progress)
    for each in completed(tasks, workers):
        if isinstance(each, Finished):
            writer.keep(each)
            progress.finished += 1
        elif isinstance(each, FailedRun):
            writer.note(each)
            progress.failed[each.key] = each
        if writer.buffer.is_due():
            writer.write()
        tell(progress)
    writer.write()


def _missing(tasks: Iterable[Task], writer: _Writer, progress: Progress) -> Iterator[Task | None]:
    """Give the runs that no store has and no other sweep is at; None while others are at all that is left."""
    held: deque[Task] = deque()
    for task in tasks:
        free, others = _claimed(task, writer, progress)
        if others:
            held.append(others)
        if free:
            yield free
    while held:
        task = held.popleft()
        free, others = _claimed(task, writer, progress)
        if free:
            yield free
        if others:
            held.append(others)
            yield None


def _claimed(task: Task, writer: _Writer, progress: Progress) -> tuple[Task | None, Task | None]:
    """Claim a task's runs that are not in the store; return those claimed, and those that others hold."""
    taken = [key for key in task.keys if key not in writer.store and writer.claims.take(key)]
    # Whoever held a claim a moment ago may have written its run since.
    writer.store.refresh()
    there = [key for key in task.keys if key in writer.store]
    for key in set(taken) & set(there):
        writer.claims.release(key)
    progress.already += len(there)
    progress.finished += len(there)
    free = [key for key in taken if key not in there]
    others = [key for key in task.keys if key not in free and key not in there]
    return task.part(free) if free else None, task.part(others) if others else None


def _now() -> str:
    """Return the time, as it stands in records of who wrote what."""
    return datetime.now(UTC).isoformat(timespec="seconds")
