"""An experiment as its store remembers it: enough to know every run's key, whatever version reads it.

A store outlives the code that filled it. So the record holds what was resolved, and the hash of
every scenario in every world: nothing has to be resolved again to tell which runs are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from creditsim.core.errors import Fault, InputError
from creditsim.core.fingerprint import fingerprint_json
from creditsim.experiment.design import Design, Run
from creditsim.experiment.reproduce import scenario_of
from creditsim.model.case import run_key, versions_of_results
from creditsim.spec.experiment import Until
from creditsim.spec.levers import levers
from creditsim.spec.scenario import Scenario

FORMAT = 1


@dataclass(frozen=True)
class Recorded:
    """An experiment in a store.

    Attributes
    ----------
    record : dict
        As in ``experiments/HASH.json``, see docs/formats.md.
    name, baseline : str
    labels : tuple of str
        Scenarios, in order.
    worlds : tuple of dict
        Values of the factors in each world.
    replications : int
        In each world; with `until` the first ones.
    shared_draws : bool
    until : Until or None
    """

    record: Mapping[str, Any] = field(repr=False)
    name: str
    baseline: str
    labels: tuple[str, ...]
    worlds: tuple[dict, ...] = field(repr=False)
    replications: int
    shared_draws: bool
    until: Until | None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Recorded:
        """Return the experiment of a record.

        Raises
        ------
        InputError
            If a later version of creditsim made it.
        """
        if record.get("format") != FORMAT:
            got = f"got an experiment of format {record.get('format')!r}"
            raise InputError(Fault(f"{got}, expected {FORMAT}; read it with the version that wrote it"))
        until = record["until"]
        return cls(
            record=record,
            name=record["name"],
            baseline=record["baseline"],
            labels=tuple(each["label"] for each in record["scenarios"]),
            worlds=tuple(record["worlds"]),
            replications=record["replications"],
            shared_draws=record["shared_draws"],
            until=None if until is None else Until(**until),
        )

    @property
    def hash(self) -> str:
        """Hash of the record: its name in the store."""
        return fingerprint_json(self.record)

    @property
    def made_here(self) -> bool:
        """Whether its runs are those of the version of creditsim that is installed here."""
        return all(self.record["case"][name] == now for name, now in versions_of_results().items())

    @property
    def fingerprint(self) -> str:
        """Hash of all that decides results and stopping."""
        return self.record["inputs"]

    @property
    def scale(self) -> float:
        """Size of the population."""
        return self.record["case"]["scale"]

    @property
    def seed(self) -> int:
        """Key of all draws."""
        return self.record["case"]["seed"]

    def runs(self, replications: int) -> Iterator[Run]:
        """Yield the runs of the first replications, in the design's order."""
        for replication in range(replications):
            for world in range(len(self.worlds)):
                for label in self.labels:
                    yield Run(label, world, replication)

    def number_of_runs(self, replications: int) -> int:
        """Return how many runs the first replications are; those under two labels count twice."""
        return replications * len(self.worlds) * len(self.labels)

    def keys(self, replications: int) -> dict[Run, str]:
        """Return the key of each run of the first replications, in the design's order."""
        return {run: self.key_of(run) for run in self.runs(replications)}

    def key_of(self, run: Run) -> str:
        """Return a run's key."""
        number = self.labels.index(run.scenario)
        draws = run.replication if self.shared_draws else run.replication * len(self.labels) + number
        hashed = self.record["scenarios"][number]["hashes"][run.world]
        return run_key({**self.record["case"], "scenario": hashed, "replication": draws})

    def scenarios(self) -> list[Scenario]:
        """Return the scenarios, in the world that they name themselves.

        Raises
        ------
        InputError
            If this version of creditsim has other levers than the one that wrote the record.
        """
        return [_scenario_of(each) for each in self.record["scenarios"]]


def record_of(design: Design) -> dict[str, Any]:
    """Return what a store keeps of an experiment."""
    experiment = design.experiment
    scenarios = [
        {
            "label": scenario.name,
            "title": dict(scenario.title),
            "about": dict(scenario.about),
            "inputs": scenario.inputs(),
            "hashes": [
                fingerprint_json(design.scenario_of(Run(scenario.name, world, 0)).inputs())
                for world in range(len(design.worlds))
            ],
        }
        for scenario in experiment.scenarios
    ]
    return {
        "format": FORMAT,
        "name": experiment.name,
        "title": dict(experiment.title),
        "inputs": experiment.fingerprint,
        "scenarios": scenarios,
        "baseline": experiment.baseline,
        "worlds": list(design.worlds),
        "replications": experiment.replications,
        "shared_draws": experiment.shared_draws,
        "until": None if experiment.until is None else experiment.until.inputs(),
        "case": design.case,
    }


def _scenario_of(record: Mapping[str, Any]) -> Scenario:
    """Return a recorded scenario."""
    if set(record["inputs"]["levers"]) != set(levers()):
        message = f"got {record['label']} with other levers than this version of creditsim has"
        raise InputError(Fault(f"{message}; compare with the version that ran it"))
    return scenario_of(record["inputs"], record["label"], record["title"], record["about"])
