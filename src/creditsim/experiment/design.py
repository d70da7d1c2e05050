"""From an experiment to its runs: worlds, the key of every run, and tasks for workers.

`Design` holds what all runs of an experiment share, so that ten thousand keys are a matter of
a second; `worlds_of`, `runs_of` and `tasks_of` answer single questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from creditsim.core.fingerprint import fingerprint_json
from creditsim.experiment.designs import worlds_from
from creditsim.experiment.run import case_of, run_key
from creditsim.experiment.tasks import Task
from creditsim.spec.experiment import Experiment
from creditsim.spec.levers import LeverValue
from creditsim.spec.scenario import Scenario

MOST_KEPT = 1000
"""Scenarios with a world's values that are kept; of further ones the hash is kept alone."""


class Run(NamedTuple):
    """One run of an experiment.

    Attributes
    ----------
    scenario : str
        Label.
    world, replication : int
        From 0; without shared draws each scenario counts its own replications.
    """

    scenario: str
    world: int
    replication: int


class Design:
    """The runs of an experiment, in the order in which they are done.

    Attributes
    ----------
    experiment : Experiment
    worlds : tuple of dict
        Values of the factors in each world.
    case : dict
        What all runs have in common, for `creditsim.model.case.run_key`.
    """

    def __init__(self, experiment: Experiment):
        self.experiment = experiment
        self.worlds = worlds_of(experiment)
        self._numbers = {label: number for number, label in enumerate(experiment.labels)}
        self._hashes: dict[tuple[str, int], str] = {}
        self._scenarios: dict[tuple[str, int], Scenario] = {}
        # All but the scenario and the replication is the same in every run.
        self.case = case_of(experiment.scenarios[0], experiment.scale, experiment.seed, 0, experiment.only)
        self.case["outcomes"] = sorted(experiment.outcomes)

    def runs(self, replications: range) -> Iterator[Run]:
        """Yield the runs of some replications: one by one, in each world by world, then by scenario.

        So a sweep that is cut short has about as many replications of each world and scenario.
        """
        for replication in replications:
            for world in range(len(self.worlds)):
                for label in self.experiment.labels:
                    yield Run(label, world, replication)

    def tasks(self, replications: range) -> Iterator[Task]:
        """Yield the tasks of some replications, made one at a time, in the order of their runs.

        With shared draws a task holds the scenarios of one world; those that are the same run, such as
        a scenario named twice, stand in it once. Else each run is a task.
        """
        for replication in replications:
            for world in range(len(self.worlds)):
                runs = [Run(label, world, replication) for label in self.experiment.labels]
                if self.experiment.shared_draws:
                    yield self._task(runs)
                else:
                    yield from (self._task([run]) for run in runs)

    def key_of(self, run: Run) -> str:
        """Return the key by which a run is known, see `creditsim.experiment.run.run_key`."""
        at = (run.scenario, run.world)
        if at not in self._hashes:
            self._hashes[at] = fingerprint_json(self.scenario_of(run).inputs())
        case = {**self.case, "scenario": self._hashes[at], "replication": self.draws_of(run)}
        return run_key(case)

    def scenario_of(self, run: Run) -> Scenario:
        """Return a run's scenario, the world's values set in it; its label stays."""
        at = (run.scenario, run.world)
        if at in self._scenarios:
            return self._scenarios[at]
        scenario = self.experiment.scenarios[self._numbers[run.scenario]]
        if self.worlds[run.world]:
            scenario = scenario.with_levers(self.worlds[run.world], name=run.scenario)
        if len(self._scenarios) < MOST_KEPT:
            self._scenarios[at] = scenario
        return scenario

    def draws_of(self, run: Run) -> int:
        """Return the number of the replication that keys a run's draws: the same in every world.

        Without shared draws no two scenarios have a number in common.
        """
        if self.experiment.shared_draws:
            return run.replication
        return run.replication * len(self._numbers) + self._numbers[run.scenario]

    def _task(self, runs: list[Run]) -> Task:
        """Return the task of some runs with the same draws."""
        keyed: dict[str, Run] = {}
        for run in runs:
            keyed.setdefault(self.key_of(run), run)
        experiment = self.experiment
        return Task(
            tuple(map(self.scenario_of, keyed.values())),
            tuple(keyed),
            experiment.scale,
            experiment.seed,
            self.draws_of(runs[0]),
            experiment.only,
            experiment.outcomes,
        )


def worlds_of(experiment: Experiment) -> tuple[dict[str, LeverValue], ...]:
    """Return the values of the factors in each world, the same bits on every machine.

    Examples
    --------
    >>> from creditsim.spec.experiment import load_experiment
    >>> worlds_of(load_experiment("pilot-check"))
    ({},)
    """
    return worlds_from(experiment.worlds, experiment.seed)


def runs_of(experiment: Experiment, replications: int | None = None) -> tuple[Run, ...]:
    """Return the runs of the first replications (by default the experiment's), in order."""
    number = experiment.replications if replications is None else replications
    return tuple(Design(experiment).runs(range(number)))


def tasks_of(experiment: Experiment, replications: range) -> Iterator[Task]:
    """Yield the tasks of some replications, one at a time."""
    return Design(experiment).tasks(replications)
