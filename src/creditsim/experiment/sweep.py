"""Run an experiment into a store: what is missing is run, what is finished is kept, whatever happens.

The store is the truth. A sweep that was killed is started again with the same command and goes
on; two sweeps into one store share the work; results do not depend on who ran what, or when.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from creditsim.experiment.design import Design
from creditsim.experiment.recorded import Recorded
from creditsim.experiment.results.buffer import ShardBuffer
from creditsim.experiment.results.claims import Claims
from creditsim.experiment.results.provenance import now, provenance
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.tasks import Finished, Task
from creditsim.experiment.workers.places import Workers
from creditsim.experiment.workers.tries import FailedRun, completed

Rule = Callable[[int], int]
"""A stopping rule: takes how many replications are finished, returns how many there shall be in all."""


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
    design: Design,
    store: ResultStore,
    workers: Workers,
    rule_of: Callable[[Recorded, ResultStore], Rule] | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
    buffer: ShardBuffer | None = None,
) -> tuple[Progress, Recorded, Rule | None]:
    """Run what an experiment lacks in a store.

    Parameters
    ----------
    design : Design
        Of the experiment.
    store : ResultStore
    workers : Workers
        Where runs are executed, with `creditsim.experiment.tasks.run_task` as their work.
    rule_of : callable, optional
        Makes the stopping rule of an experiment that has one; without it the experiment's
        replications are all.
    tell : callable
        Called at least twice a second.
    buffer : ShardBuffer, optional
        Decides when a shard is closed.

    Returns
    -------
    progress : Progress
        What was done.
    recorded : Recorded
        The experiment as the store has it now.
    rule : callable or None
        The stopping rule, as it was asked last.

    Raises
    ------
    InputError
        If the disk fails, or the place that executes is gone; what is finished is kept.
    KeyboardInterrupt
        When stopped, after what is finished was written.
    """
    recorded = design.recorded
    hashed = store.add_experiment(recorded.record)
    rule = rule_of(recorded, store) if rule_of and recorded.until else None
    writer = _Writer(store, hashed, ShardBuffer() if buffer is None else buffer)
    progress = Progress()
    done, replications = 0, recorded.replications
    try:
        while done < replications:
            progress.planned, progress.replications = recorded.number_of_runs(replications), replications
            _run_range(design, range(done, replications), writer, workers, progress, tell)
            done = replications
            if rule:
                replications = max(done, rule(done))
    finally:
        writer.close()
    return progress, recorded, rule


class _Writer:
    """Keeps finished runs until a shard is due, and the claims on them until it is written."""

    def __init__(self, store: ResultStore, experiment: str, buffer: ShardBuffer):
        self.store, self.experiment, self.buffer = store, experiment, buffer
        self.claims = Claims(store.path)

    def note(self, run: FailedRun) -> None:
        """Write down a run that came to nothing; another sweep may try it."""
        tries = [{**vars(each), "time": now()} for each in run.tries]
        self.store.add_failure({"key": run.key, "error": run.tries[-1].error, "tries": tries})
        self.claims.release(run.key)

    def write(self) -> None:
        """Close the shard and give its claims back.

        Runs leave the buffer once the store has them: stopped in between, `close` writes them.
        """
        runs = self.buffer.waiting()
        if runs:
            self.store.add(runs, provenance(self.experiment))
        self.buffer.take()
        for run in runs:
            self.claims.release(run.key)

    def close(self) -> None:
        """Write what is finished, also when stopped or after a fault; give all claims back in any case."""
        try:
            self.write()
        finally:
            self.claims.close()


def _run_range(
    design: Design, replications: range, writer: _Writer, workers: Workers, progress: Progress, tell: Callable
) -> None:
    """Run what is missing of some replications; return when each run is in the store or has failed."""
    tasks = _missing(design.tasks(replications), writer, progress)
    for each in completed(tasks, workers):
        if isinstance(each, Finished):
            writer.buffer.add(each)
            progress.finished += 1
        elif isinstance(each, FailedRun):
            writer.note(each)
            progress.failed[each.key] = each
        if writer.buffer.due():
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
