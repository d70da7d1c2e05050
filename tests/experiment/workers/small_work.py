"""Runs that do as their word says, here or in a worker.

Tasks and results are plain ones that import nothing of creditsim, so that a new worker is at work
in a moment; the real ones would first import Numba and pandas.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SmallTask:
    """A task as `creditsim.experiment.tasks.Task` is, as far as tries and workers look at it."""

    words: tuple[str, ...]
    keys: tuple[str, ...]

    def single(self) -> tuple[SmallTask, ...]:
        return tuple(self.part([key]) for key in self.keys)

    def part(self, keys: Sequence[str]) -> SmallTask:
        pairs = [pair for pair in zip(self.words, self.keys) if pair[1] in keys]
        return SmallTask(tuple(word for word, _ in pairs), tuple(key for _, key in pairs))


@dataclass(frozen=True)
class SmallRun:
    """A finished run."""

    key: str
    value: int


def task_of(words: Sequence[str], name: str = "run") -> SmallTask:
    """Return a task with one run a word: finish, raise, exit, kill, print, or slow."""
    return SmallTask(tuple(words), tuple(f"{name}-{number}" for number in range(len(words))))


def small_work(task: SmallTask) -> list:
    return [_one(key, word) for key, word in zip(task.keys, task.words, strict=True)]


def threads_of_worker(task: SmallTask) -> list[str]:
    return [os.environ["NUMBA_NUM_THREADS"], os.environ["OMP_NUM_THREADS"]]


def forgets_the_package(task: SmallTask) -> None:
    raise ModuleNotFoundError("No module named 'creditsim'", name="creditsim")


def _one(key: str, word: str):
    if word == "raise":
        from creditsim.experiment.tasks import failure_of

        return failure_of(key, ValueError("a run that raises"))
    if word == "exit":
        os._exit(7)
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "print":
        print("a worker's word", flush=True)
    if word == "slow":
        time.sleep(0.3)
    return SmallRun(key, sum(key.encode()))
