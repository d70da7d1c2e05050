"""Sweeps from Python: run an experiment into a store, look at what is there, compare it."""

from __future__ import annotations

import functools
import html
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditsim.analysis.ema import ema_form
from creditsim.analysis.sensitivity.listed import listed_from_store
from creditsim.analysis.sensitivity.study import study_sweep
from creditsim.analysis.sweeps import (
    StoppingRule,
    kept_outcomes,
    paired_outcomes,
    wanted_replications,
    whole_replications,
)
from creditsim.analysis.worlds import Worldwide, read_needs, worldwide
from creditsim.app.api import versions
from creditsim.app.memory import hold_to_memory
from creditsim.core.errors import Fault, InputError
from creditsim.core.fingerprint import fingerprint_json
from creditsim.core.threads import available_cores
from creditsim.experiment.design import Design
from creditsim.experiment.recorded import Recorded, Run
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.screening import Screening
from creditsim.experiment.sweep import Progress, run_sweep
from creditsim.experiment.tasks import run_task
from creditsim.report.comparison import Comparison
from creditsim.report.sensitivity import Sensitivity
from creditsim.spec.experiment import Experiment, load_experiment

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from creditsim.analysis.until import Clearness


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """An experiment and what its store holds of it.

    Attributes
    ----------
    recorded : Recorded
        The experiment, as the store remembers it.
    store : ResultStore
    replications : int
        Of each scenario in each world, as the stopping rule has it so far.
    planned, runs : int
        Runs that there shall be, and those that are finished.
    already : int
        Runs that were finished before this sweep began; all of them if none was run.
    failed : dict of str to dict
        Records of the runs that came to nothing, by key.
    fingerprint : str
        Hash over the results of all runs in the design's order; those missing count as none.
    clearness : Clearness or None
        What the stopping rule says.
    """

    recorded: Recorded
    store: ResultStore
    replications: int
    planned: int
    runs: int
    already: int
    failed: dict[str, dict] = field(repr=False)
    fingerprint: str
    clearness: Clearness | None = None

    @property
    def partial(self) -> bool:
        """Whether runs are missing."""
        return self.runs < self.planned

    def outcomes(self, world: int | None = None, allow_partial: bool = False) -> pd.DataFrame:
        """Return tidy monthly outcomes, averaged over the worlds unless one is named.

        Raises
        ------
        InputError
            If runs are missing and that is not allowed, or there is no such world.
        """
        self._check(world, allow_partial)
        return paired_outcomes(self.recorded, self.store, self._whole(), world)

    def compare(self, world: int | None = None, allow_partial: bool = False) -> Comparison:
        """Return the comparison of the experiment's scenarios, averaged over the worlds unless one is named.

        Raises
        ------
        InputError
            If runs are missing and that is not allowed, or there is no such world.
        """
        found = self.outcomes(world, allow_partial)
        scenarios, baseline = self.recorded.scenarios(), self.recorded.baseline
        return Comparison.from_outcomes(
            found,
            scenarios,
            baseline,
            seed=self.recorded.seed,
            scale=self.recorded.scale,
            fingerprint=self.fingerprint,
            inputs=self.recorded.fingerprint,
            versions=versions(),
            missing_runs=self.planned - self.runs,
            worlds=len(self.recorded.worlds) if world is None else 1,
            assumptions=listed_from_store(
                self.store, {each.name: each for each in scenarios}, baseline, self.recorded
            ),
        )

    def sensitivity(self, outcome: str | Sequence[str] = (), allow_partial: bool = False) -> Sensitivity:
        """Return the sensitivity study that the sweep was made for; see `creditsim.sensitivity`.

        Raises
        ------
        InputError
            If runs are missing and that is not allowed, or its worlds are of no study.
        """
        names = self._named(outcome, allow_partial) if outcome else ()
        self._check(None, allow_partial)
        return Sensitivity(
            study_sweep(self.recorded, self.store, self._whole(), names), self.recorded, self.fingerprint
        )

    def over_worlds(
        self, outcome: str | Sequence[str] = (), needs: Sequence[str] = (), allow_partial: bool = False
    ) -> Worldwide:
        """Return regret, shares of worlds and verdicts over the worlds.

        Parameters
        ----------
        outcome : str or sequence of str
            Outcomes by name or nickname; default: all kept ones with a nickname.
        needs : sequence of str
            Bounds such as ``breaches<=12.5``; default: no outcome worse than in the baseline by more than
            its smallest relevant difference.

        Raises
        ------
        InputError
            If runs are missing and that is not allowed, or an outcome is not kept.
        """
        names = self._named(outcome, allow_partial)
        return worldwide(self.recorded, self.store, self._whole(), names, read_needs(needs))

    def to_ema(
        self, outcome: str | Sequence[str] = (), allow_partial: bool = False
    ) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
        """Return (experiments, outcomes) as EMA Workbench has its results; see `creditsim.analysis.ema`.

        Raises
        ------
        InputError
            If runs are missing and that is not allowed, or an outcome is not kept.
        """
        names = self._named(outcome, allow_partial)
        return ema_form(self.recorded, self.store, self._whole(), names)

    def _named(self, outcome: str | Sequence[str], allow_partial: bool) -> tuple[str, ...]:
        """Return full names of outcomes of a sweep that can be looked at."""
        self._check(None, allow_partial)
        return kept_outcomes(self.recorded, [outcome] if isinstance(outcome, str) else list(outcome))

    def to_dict(self) -> dict[str, Any]:
        """Return the sweep as plain values for JSON."""
        recorded = self.recorded
        until = self.clearness
        return {
            "experiment": recorded.name,
            "hash": recorded.hash,
            "inputs": recorded.fingerprint,
            "store": str(self.store.path),
            "fingerprint": self.fingerprint,
            "runs": self.runs,
            "planned": self.planned,
            "already": self.already,
            "failed": len(self.failed),
            "partial": self.partial,
            "scenarios": list(recorded.labels),
            "baseline": recorded.baseline,
            "worlds": len(recorded.worlds),
            "replications": self.replications,
            "until": until
            and {"clear": until.clear, "more_replications": until.more, "outcomes": until.rows()},
            "failures": [self._failure(key) for key in self.failed],
        }

    def failure_lines(self) -> list[str]:
        """Return a line for each run that came to nothing: which one, why, where its log is."""
        return [
            f"{each['scenario']}, world {each['world']}, replication {each['replication']}: failed "
            f"{each['tries']} times, at last with {each['error']} "
            f"(its log: creditsim status {self.store.path} -v)"
            for each in map(self._failure, self.failed)
        ]

    def __str__(self) -> str:
        """Return what is there, for people."""
        recorded = self.recorded
        size = (
            f"{len(recorded.labels)} scenarios x {len(recorded.worlds)} worlds x "
            f"{self.replications} replications"
        )
        lines = [
            f"{recorded.name}: {self.runs:,} of {self.planned:,} runs are in {self.store.path}"
            + (f" ({self.already:,} were there before)" if 0 < self.already < self.runs else ""),
            f"{size}; scale {recorded.scale:g}, seed {recorded.seed}",
        ]
        if self.partial:
            lines.append(
                f"PARTIAL: {self.planned - self.runs:,} runs are missing, {len(self.failed):,} of them "
                "failed; give the same command again to go on"
            )
        if self.clearness is not None:
            lines.append(f"until it is clear: {self.clearness.verdict()}")
        return "\n".join([*lines, f"fingerprint {self.fingerprint}"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the same for notebooks."""
        rows = "".join(f"<p>{html.escape(line)}</p>" for line in str(self).splitlines())
        return rows + (self.clearness._repr_html_() if self.clearness is not None else "")

    def _failure(self, key: str) -> dict[str, Any]:
        """Return which run failed, how often and why."""
        run = self._run_of[key]
        record = self.failed[key]
        return {
            **run._asdict(),
            "key": key,
            "tries": len(record["tries"]),
            "error": record["tries"][-1]["error"],
            "log": record["tries"][-1]["log"],
        }

    @functools.cached_property
    def _run_of(self) -> dict[str, Run]:
        """The run of each key; the first one, of a scenario that is named twice."""
        keys = self.recorded.keys(self.replications)
        return {key: run for run, key in reversed(keys.items())}

    def _whole(self) -> list[int]:
        """Return the replications that can be compared."""
        return whole_replications(self.recorded, self.store, self.replications)

    def _check(self, world: int | None, allow_partial: bool) -> None:
        """Raise InputError unless there is something to compare."""
        worlds = len(self.recorded.worlds)
        if world is not None and not 0 <= world < worlds:
            raise InputError(Fault(f"got {world}, expected a world from 0 to {worlds - 1}", key="world"))
        if self.partial and not allow_partial:
            got = f"got a partial sweep: {self.planned - self.runs:,} of {self.planned:,} runs are missing"
            raise InputError(
                Fault(f"{got}; run the same sweep again, or allow it (--allow-partial)", str(self.store.path))
            )
        if not self._whole():
            got = "got no replication of which every run is there, expected at least one"
            raise InputError(Fault(got, str(self.store.path)))


def sweep(
    experiment: Experiment | str | os.PathLike[str],
    store: str | os.PathLike[str],
    workers: int | None = None,
    client: Any = None,
    progress: bool | Callable[[Progress], None] | None = None,
    screening: Screening | None = None,
) -> Sweep:
    """Run an experiment into a store, or go on with it.

    Parameters
    ----------
    experiment : Experiment, str or path
        An experiment, a shipped name, or the path of a YAML file.
    store : path
        A new folder, or one that a sweep made; finished runs in it are not run again.
    workers : int, optional
        Processes on this machine; by default all cores. Never changes a result.
    client : distributed.Client, optional
        Runs on its cluster instead.
    progress : bool or callable, optional
        Show a bar; by default on a terminal and in a notebook. A callable is told how far it is.
    screening : Screening, optional
        Design of a sensitivity study, whose worlds stand for the experiment's; see `creditsim.sensitivity`.

    Raises
    ------
    InputError
        All faults of the experiment at once; also if the store cannot be written or a cluster is lost.
        What is finished is kept.
    KeyboardInterrupt
        When stopped, after what is finished was written.
    """
    loaded = load_experiment(experiment)
    kept = ResultStore.open(Path(store), create=True)
    design = Design(loaded, screening)
    if client is None:
        workers = workers or available_cores()
        hold_to_memory([*loaded.scenarios], loaded.scale, workers=workers)
    with shown(progress) as tell, places(workers, client) as where:
        found, recorded, rule = run_sweep(design, kept, where, StoppingRule, tell)
    return _found(recorded, kept, found.replications, found.already, rule)


def open_sweep(store: str | os.PathLike[str], experiment: str | None = None) -> Sweep:
    """Return what a store holds of an experiment, without running anything.

    Parameters
    ----------
    experiment : str, optional
        The first characters of its hash, or its name; needed only if there are several.

    Raises
    ------
    InputError
        If there is no store, or not one experiment in it that is meant.
    """
    kept = ResultStore.open(Path(store))
    return sweep_of(recorded_in(kept, experiment), kept)


def sweeps_in(store: ResultStore) -> list[Sweep]:
    """Return what a store holds of each of its experiments."""
    return [sweep_of(Recorded.of(record), store) for _, record in sorted(store.experiments().items())]


def sweep_of(recorded: Recorded, store: ResultStore) -> Sweep:
    """Return what a store holds of one of its experiments."""
    rule = StoppingRule(recorded, store) if recorded.until else None
    replications = wanted_replications(recorded, store, rule)
    if rule and rule.clearness is None:
        rule(replications)
    return _found(recorded, store, replications, None, rule)


def recorded_in(store: ResultStore, chosen: str | None = None) -> Recorded:
    """Return the experiment of a store that is meant.

    Raises
    ------
    InputError
        If it is not clear which one.
    """
    every = [Recorded.of(record) for record in store.experiments().values()]
    found = [each for each in every if chosen is None or each.hash.startswith(chosen) or each.name == chosen]
    if len(found) > 1:
        # The same experiment of an earlier version is meant only by its hash.
        found = [each for each in found if each.made_here] or found
    if len(found) == 1:
        return found[0]
    known = "; ".join(sorted(f"{each.hash[:8]} {each.name}" for each in every)) or "none"
    got = f"got {len(found)} experiments" if chosen is None else f"got {chosen!r}, which names {len(found)}"
    raise InputError(
        Fault(f"{got}, expected one of: {known}; name it by its first characters", key="--experiment")
    )


def _found(
    recorded: Recorded, store: ResultStore, replications: int, already: int | None, rule: StoppingRule | None
) -> Sweep:
    """Return the sweep of a recorded experiment, from its store as it is now."""
    store.refresh()
    keys = recorded.keys(replications)
    prints = store.fingerprints({key for key in keys.values() if key in store})
    failures = store.failures()
    runs = sum(key in prints for key in keys.values())
    return Sweep(
        recorded=recorded,
        store=store,
        replications=replications,
        planned=len(keys),
        runs=runs,
        already=runs if already is None else already,
        failed={key: failures[key] for key in dict.fromkeys(keys.values()) if key in failures},
        fingerprint=fingerprint_json([prints.get(key) for key in keys.values()]),
        clearness=rule.clearness if rule else None,
    )


@contextmanager
def places(workers: int | None, client: Any) -> Iterator[Any]:
    """Give the workers, and end them: at once if anything went wrong."""
    if client is None:
        from creditsim.experiment.workers.local import LocalWorkers

        places = LocalWorkers(workers, run_task)
    else:
        from creditsim.experiment.workers.on_dask import DaskWorkers

        places = DaskWorkers(client, run_task)
    well = False
    try:
        yield places
        well = True
    finally:
        places.close(now=not well)


@contextmanager
def shown(progress: bool | Callable | None) -> Iterator[Callable[[Progress], None]]:
    """Give what is told how far a sweep is: a bar of one line, or the caller's own."""
    if callable(progress):
        yield progress
        return
    from tqdm.auto import tqdm

    with tqdm(unit="run", disable=None if progress is None else not progress, leave=False) as bar:

        def tell(now: Progress) -> None:
            if bar.disable:
                return
            bar.total, bar.initial = now.planned, now.already
            bar.n = now.finished
            bar.set_postfix({"failed": len(now.failed)}, refresh=False)
            bar.refresh()

        yield tell
