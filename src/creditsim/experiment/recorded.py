"""An experiment as its store remembers it: enough to know every run's key, whatever version reads it.

A store outlives the code that filled it. So the record holds what was resolved, and the hash of
every scenario in every world: nothing has to be resolved again to tell which runs are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from creditsim.core.errors import Fault, InputError
from creditsim.core.fingerprint import fingerprint_json
from creditsim.experiment.reproduce import scenario_of
from creditsim.experiment.screening import Screening
from creditsim.model.case import run_key, versions_of_results
from creditsim.spec.experiment import Until
from creditsim.spec.levers import levers
from creditsim.spec.scenario import Scenario

FORMAT = 1


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
    own_luck : bool
        Whether no two worlds have a run's draws in common.
    until : Until or None
    """

    record: Mapping[str, Any] = field(repr=False)
    name: str
    baseline: str
    labels: tuple[str, ...]
    worlds: tuple[dict, ...] = field(repr=False)
    replications: int
    shared_draws: bool
    own_luck: bool
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
            own_luck=record.get("own_luck", False),
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
    def screening(self) -> Screening | None:
        """Design of the sensitivity study that its worlds are of; None if they are of no study."""
        study = self.record.get("study")
        return None if study is None else Screening.of_record(study)

    @property
    def scale(self) -> float:
        """Size of the population."""
        return self.record["case"]["scale"]

    @property
    def seed(self) -> int:
        """Key of all draws."""
        return self.record["case"]["seed"]

    def number_of_runs(self, replications: int) -> int:
        """Return how many runs the first replications are; those under two labels count twice."""
        return replications * len(self.worlds) * len(self.labels)

    def runs(self, replications: range) -> Iterator[Run]:
        """Yield the runs of some replications: one by one, in each world by world, then by scenario.

        So a sweep that is cut short has about as many replications of each world and scenario.
        """
        for replication in replications:
            for world in range(len(self.worlds)):
                for label in self.labels:
                    yield Run(label, world, replication)

    def keys(self, replications: int) -> dict[Run, str]:
        """Return the key of each run of the first replications, in their order."""
        return {run: self.key_of(run) for run in self.runs(range(replications))}

    def key_of(self, run: Run) -> str:
        """Return the key by which a run is known, see `creditsim.model.case.run_key`."""
        hashed = self.record["scenarios"][self.labels.index(run.scenario)]["hashes"][run.world]
        return run_key({**self.record["case"], "scenario": hashed, "replication": self.draws_of(run)})

    def draws_of(self, run: Run) -> int:
        """Return the number of the replication that keys a run's draws.

        It is the same in every world, unless worlds have luck of their own: then no two have a number
        in common. Nor do, without shared draws, two scenarios.
        """
        luck = run.replication * len(self.worlds) + run.world if self.own_luck else run.replication
        return luck if self.shared_draws else luck * len(self.labels) + self.labels.index(run.scenario)

    def scenarios(self) -> list[Scenario]:
        """Return the scenarios, in the world that they name themselves.

        Raises
        ------
        InputError
            If this version of creditsim has other levers than the one that wrote the record.
        """
        return [_scenario_of(each) for each in self.record["scenarios"]]


def _scenario_of(record: Mapping[str, Any]) -> Scenario:
    """Return a recorded scenario."""
    if set(record["inputs"]["levers"]) != set(levers()):
        message = f"got {record['label']} with other levers than this version of creditsim has"
        raise InputError(Fault(f"{message}; compare with the version that ran it"))
    return scenario_of(record["inputs"], record["label"], record["title"], record["about"])
