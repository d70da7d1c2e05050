"""What travels between a sweep, its workers and its store: tasks out, finished runs and failures back."""

from __future__ import annotations

import platform
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from creditsim.experiment.run import RunResult, run_key, run_replication
from creditsim.spec.scenario import Scenario


@dataclass(frozen=True)
class Layout:
    """What the values of a run stand for; runs of one district and horizon share one.

    Attributes
    ----------
    months : tuple of str
        ``YYYY-MM``, ascending.
    cells : tuple of (outcome, setting, group)
        In the order of the run's outcomes.
    """

    months: tuple[str, ...]
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, eq=False)
class Finished:
    """One finished run, as a store keeps it.

    Attributes
    ----------
    key : str
        Hash of all that determines the run, see `creditsim.experiment.run.run_key`.
    fingerprint : str
        Hash of the run's results: outcomes, ledger, final scores.
    case : dict
        What the key hashes: enough to run it again.
    layout : Layout
    values : ndarray of float64, shape (cells, months)
        NaN where an outcome is not defined.
    seconds : float
        Wall time of the run's months, in its worker.
    """

    key: str
    fingerprint: str
    case: dict = field(repr=False)
    layout: Layout = field(repr=False)
    values: np.ndarray = field(repr=False)
    seconds: float


@dataclass(frozen=True)
class Failure:
    """One try of a run that came to nothing.

    Attributes
    ----------
    key : str
    error : str
        What was raised, or how the worker ended, on one line.
    log : str
        The traceback, or what is known instead.
    worker : str
        Host on which it was tried.
    """

    key: str
    error: str
    log: str = field(repr=False)
    worker: str


@dataclass(frozen=True)
class Task:
    """Runs that share a synthetic population: the scenarios of one world and one replication.

    Attributes
    ----------
    scenarios : tuple of Scenario
        The world's values set in each.
    keys : tuple of str
        Their run keys, in order.
    scale : float
    seed, replication : int
        Key of all draws.
    only, outcomes : tuple of str
        Kinds and settings that take part; outcomes to be kept. Empty: all.
    """

    scenarios: tuple[Scenario, ...]
    keys: tuple[str, ...]
    scale: float
    seed: int
    replication: int
    only: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()

    def single(self) -> tuple[Task, ...]:
        """Return a task for each of the runs: to find the one that brings its worker down."""
        return tuple(self.part([key]) for key in self.keys)

    def part(self, keys: Sequence[str]) -> Task:
        """Return the task of some of the runs."""
        chosen = [number for number, key in enumerate(self.keys) if key in keys]
        return replace(
            self,
            scenarios=tuple(self.scenarios[number] for number in chosen),
            keys=tuple(self.keys[number] for number in chosen),
        )


def run_task(task: Task) -> list[Finished | Failure]:
    """Run a task in this process; a run that raises is a failure and does not stop the others."""
    results: list[Finished | Failure] = []
    try:
        found = run_replication(
            task.scenarios, task.scale, task.seed, task.replication,
            threads=1, only=task.only, keep_tables=False,
        )  # fmt: skip
    except Exception as error:
        if len(task.keys) > 1:
            return [each for single in task.single() for each in run_task(single)]
        return [failure_of(task.keys[0], error)]
    for key, result in zip(task.keys, found, strict=True):
        results.append(finished_of(result, key, task.outcomes))
    return results


def finished_of(result: RunResult, key: str, outcomes: Sequence[str] = ()) -> Finished:
    """Return a run's result as a store keeps it, after a check that it is the run that was asked for.

    Raises
    ------
    RuntimeError
        If the worker has other code or other data than whoever made the key.
    """
    case = {**result.case, "outcomes": sorted(outcomes)}
    if run_key(case) != key:
        raise RuntimeError("this worker has another version of creditsim than the sweep: install the same")
    layout, values = laid_out(result.outcomes, outcomes)
    return Finished(key, result.fingerprint, case, layout, values, result.seconds)


def failure_of(key: str, error: BaseException) -> Failure:
    """Return what is to be told of a run that raised."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return Failure(key, text[:500], "".join(traceback.format_exception(error)), platform.node())


def laid_out(frame: pd.DataFrame, outcomes: Sequence[str] = ()) -> tuple[Layout, np.ndarray]:
    """Return one run's tidy outcomes as a layout and an array (cells, months).

    Raises
    ------
    ValueError
        If the frame is not that of one run: every cell's months, one below the other.
    """
    if outcomes:
        frame = frame[frame["outcome"].isin(list(outcomes))]
    months = tuple(frame["month"].unique())
    first = frame.iloc[:: len(months)]
    cells = tuple(zip(*(first[name].tolist() for name in ("outcome", "setting", "group")), strict=True))
    values = frame["value"].to_numpy(np.float64)
    if len(values) != len(cells) * len(months) or frame["month"].tolist() != list(months) * len(cells):
        raise ValueError("got outcomes of several runs, expected those of one, cell by cell")
    return Layout(tuple(map(str, months)), cells), values.reshape(len(cells), len(months))
