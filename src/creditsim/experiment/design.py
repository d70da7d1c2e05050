"""From an experiment to its runs: worlds, the record that tells every run's key, and tasks for workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from creditsim.core.fingerprint import fingerprint_json
from creditsim.experiment.designs import worlds_from
from creditsim.experiment.recorded import FORMAT, Recorded, Run
from creditsim.experiment.screening import Screening
from creditsim.experiment.tasks import Task
from creditsim.model.case import case_of
from creditsim.spec.experiment import Experiment
from creditsim.spec.levers import LeverValue
from creditsim.spec.scenario import Scenario

MOST_KEPT = 1000
"""Scenarios with a world's values that are kept; further ones are made again when they are asked for."""


class Design:
    """The runs of an experiment, in the order in which they are done.

    Attributes
    ----------
    experiment : Experiment
    screening : Screening or None
        Design of a sensitivity study: its worlds stand for the experiment's.
    worlds : tuple of dict
        Values of the factors in each world.
    recorded : Recorded
        The experiment as a store remembers it: who asks for runs and keys asks there.
    """

    def __init__(self, experiment: Experiment, screening: Screening | None = None):
        self.experiment = experiment
        self.screening = screening
        self.worlds = worlds_of(experiment) if screening is None else screening.worlds
        self._numbers = {label: number for number, label in enumerate(experiment.labels)}
        self._scenarios: dict[tuple[str, int], Scenario] = {}
        self.recorded = Recorded.of(self._record())

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

    def scenario_of(self, label: str, world: int) -> Scenario:
        """Return a scenario with a world's values set in it; its label stays."""
        if (label, world) in self._scenarios:
            return self._scenarios[label, world]
        scenario = self.experiment.scenarios[self._numbers[label]]
        if self.worlds[world]:
            scenario = scenario.with_levers(self.worlds[world], name=label)
        if len(self._scenarios) < MOST_KEPT:
            self._scenarios[label, world] = scenario
        return scenario

    def _task(self, runs: list[Run]) -> Task:
        """Return the task of some runs with the same draws."""
        keyed: dict[str, Run] = {}
        for run in runs:
            keyed.setdefault(self.recorded.key_of(run), run)
        experiment = self.experiment
        return Task(
            tuple(self.scenario_of(run.scenario, run.world) for run in keyed.values()),
            tuple(keyed),
            experiment.scale,
            experiment.seed,
            self.recorded.draws_of(runs[0]),
            experiment.only,
            experiment.outcomes,
        )

    def _record(self) -> dict[str, Any]:
        """Return what a store keeps of the experiment."""
        experiment = self.experiment
        scenarios = [
            {
                "label": scenario.name,
                "title": dict(scenario.title),
                "about": dict(scenario.about),
                "inputs": scenario.inputs(),
                "hashes": [
                    fingerprint_json(self.scenario_of(scenario.name, world).inputs())
                    for world in range(len(self.worlds))
                ],
            }
            for scenario in experiment.scenarios
        ]
        # All but the scenario and the replication is the same in every run.
        case = case_of(experiment.scenarios[0], experiment.scale, experiment.seed, 0, experiment.only)
        record = {
            "format": FORMAT,
            "name": experiment.name,
            "title": dict(experiment.title),
            "inputs": experiment.fingerprint,
            "scenarios": scenarios,
            "baseline": experiment.baseline,
            "worlds": list(self.worlds),
            "replications": experiment.replications,
            "shared_draws": experiment.shared_draws,
            "until": None if experiment.until is None else experiment.until.inputs(),
            "case": {**case, "outcomes": sorted(experiment.outcomes)},
            # Only where it is so: what was recorded before keeps its hash.
            **({"own_luck": True} if experiment.worlds.own_luck else {}),
        }
        if self.screening is None:
            return record
        study = self.screening.record()
        inputs = fingerprint_json({"experiment": experiment.fingerprint, "study": study})
        return {**record, "name": f"{experiment.name}-{study['method']}", "inputs": inputs, "study": study}


def worlds_of(experiment: Experiment) -> tuple[dict[str, LeverValue], ...]:
    """Return the values of the factors in each world, the same bits on every machine.

    Examples
    --------
    >>> from creditsim.spec.experiment import load_experiment
    >>> worlds_of(load_experiment("pilot-check"))
    ({},)
    """
    return worlds_from(experiment.worlds, experiment.seed)
