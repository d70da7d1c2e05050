"""Bring every run to its end, whatever dies meanwhile: what is sent when, and how often a run is tried.

A run that raises is tried again beside the others. When a worker dies, nobody knows which of the
tasks in flight brought it down: each of their runs is charged one try and rerun alone, so that the
blame for the next death is exact. A run has failed for good after `most_tries` tries, but never by a
death that it shared with others.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from creditsim.experiment.tasks import Failure, Finished, Task
from creditsim.experiment.workers.places import Done, Workers

_SHARED = "; perhaps by another run in flight, so that each is tried alone now"


@dataclass(frozen=True)
class FailedRun:
    """A run that is given up.

    Attributes
    ----------
    key : str
    tries : tuple of Failure
        In order; the last one happened with no other run to blame.
    """

    key: str
    tries: tuple[Failure, ...] = field(repr=False)


def completed(
    tasks: Iterator[Task | None], workers: Workers, most_tries: int = 3, beat_seconds: float = 0.5
) -> Iterator[Finished | FailedRun | None]:
    """Yield each run of the tasks once, finished or given up, in the order in which they end.

    Parameters
    ----------
    tasks : iterator of (Task or None)
        Asked only when there is room for another task. None: nothing to do just now, ask again
        after a beat.
    workers : Workers
        Stays open; closing it is the caller's.
    most_tries : int
        Tries after which a run is given up, from 1.
    beat_seconds : float
        At least this often None is yielded, for the caller to save and to show progress.

    Yields
    ------
    Finished, FailedRun or None

    Raises
    ------
    WorkersLost
        If the place that executes them is gone.
    """
    flight = _Flight(tasks, workers, most_tries, beat_seconds)
    while flight.goes_on():
        flight.fill()
        ended = [each for done in workers.wait(beat_seconds) for each in flight.land(done)]
        yield from ended or [None]


class _Flight:
    """What is in flight, what waits, and what each run has been through so far."""

    def __init__(self, tasks: Iterator[Task | None], workers: Workers, most_tries: int, beat_seconds: float):
        self._tasks: Iterator[Task | None] | None = tasks
        self._workers, self._most_tries, self._beat_seconds = workers, most_tries, beat_seconds
        self._again: deque[Task] = deque()
        self._suspects: deque[Task] = deque()
        self._tries: dict[str, list[Failure]] = {}
        self._in_flight = 0
        self._alone = False
        self._ask_at = 0.0

    def goes_on(self) -> bool:
        """Say whether a run may still come."""
        return bool(self._in_flight or self._suspects or self._again or self._tasks is not None)

    def fill(self) -> None:
        """Submit what there is room for; while there are suspects, one of them and nothing beside it."""
        if self._suspects or self._alone:
            if not self._in_flight:
                self._alone = True
                self._submit(self._suspects.popleft())
            return
        while self._in_flight < self._workers.width and (task := self._next()) is not None:
            self._submit(task)

    def land(self, done: Done) -> list[Finished | FailedRun]:
        """Return the runs that ended with a task that came back; the others will be tried again."""
        self._in_flight -= 1
        alone, self._alone = self._alone, False
        if done.death is not None:
            return self._bury(done, alone)
        results = {result.key: result for result in done.result}
        ended: list[Finished | FailedRun] = []
        for key in done.task.keys:
            if not isinstance(results[key], Failure):
                self._tries.pop(key, None)
                ended.append(results[key])
            elif given_up := self._charge(results[key], exact=True):
                ended.append(given_up)
            else:
                self._again.append(done.task.part([key]))
        return ended

    def _bury(self, done: Done, alone: bool) -> list[FailedRun]:
        """Charge every run of a task whose worker died; those not given up are suspects."""
        ended = []
        text = str(done.death) + ("" if alone else _SHARED)
        for single in done.task.single():
            given_up = self._charge(Failure(single.keys[0], text, text, done.worker), exact=alone)
            if given_up:
                ended.append(given_up)
            else:
                self._suspects.append(single)
        return ended

    def _charge(self, failure: Failure, exact: bool) -> FailedRun | None:
        """Note a run's failure; return the run as given up if that was its last try."""
        tries = self._tries.setdefault(failure.key, [])
        tries.append(failure)
        if len(tries) < self._most_tries or not exact:
            return None
        return FailedRun(failure.key, tuple(self._tries.pop(failure.key)))

    def _next(self) -> Task | None:
        """Return the next task, those to be tried again first; None if there is none just now."""
        if self._again:
            return self._again.popleft()
        if self._tasks is None or time.monotonic() < self._ask_at:
            return None
        try:
            task = next(self._tasks)
        except StopIteration:
            self._tasks = None
            return None
        if task is None:
            self._ask_at = time.monotonic() + self._beat_seconds
        return task

    def _submit(self, task: Task) -> None:
        """Send a task on its way."""
        self._workers.submit(task)
        self._in_flight += 1
