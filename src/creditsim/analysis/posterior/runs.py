"""Simulate the particles of a calibration as experiments in a store: what is there is not run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from creditsim.analysis.posterior.priors import SEED_DRAW, Prior
from creditsim.analysis.posterior.summaries import StoredRun, Summary
from creditsim.experiment.design import Design
from creditsim.experiment.designs import factor_words
from creditsim.experiment.recorded import Run
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.sweep import Progress, run_sweep
from creditsim.experiment.workers.places import Workers
from creditsim.spec.experiment import Experiment

TRUTH_ROUND = 1_000_000
"""Number of the round that simulates what stands in for the observed; no calibration has as many."""


class StoreSimulator:
    """Simulates rounds of particles; each particle is a world with luck of its own.

    Shared luck, which makes comparisons sharp, would make calibration dishonest: the particles would
    differ from each other by their values alone, and from the observed by luck that nobody counted.

    Parameters
    ----------
    experiment : Experiment
        Gives factors, scale, months, replications and seed. Of its scenarios and outcomes only what
        the summaries read is run.
    tell : callable
        Told how far a round is.
    """

    def __init__(
        self,
        experiment: Experiment,
        prior: Prior,
        summaries: Sequence[Summary],
        store: ResultStore,
        workers: Workers,
        tell: Callable[[Progress], None] = lambda progress: None,
    ):
        self.experiment, self.prior, self.summaries = experiment, prior, tuple(summaries)
        self.store, self.workers, self.tell = store, workers, tell
        self.failed = 0

    def __call__(self, round_number: int, values: np.ndarray) -> np.ndarray:
        """Return summaries (particles, summaries), means over the replications; NaN where a run failed."""
        design = Design(self.experiment_of(round_number, values))
        progress, recorded, _ = run_sweep(design, self.store, self.workers, None, self.tell)
        self.failed += len(progress.failed)
        self.store.refresh()
        keys = recorded.keys(recorded.replications)
        there = {key: run for run, key in keys.items() if key in self.store}
        wanted = {cell[1:] for each in self.summaries for cell in each.reads}
        found: dict[tuple[int, int], dict] = {}
        for key, layout, months in self.store.values(list(there), wanted.__contains__):
            run: Run = there[key]
            values_of_run = found.setdefault((run.world, run.replication), {})
            values_of_run |= {(run.scenario, *cell): row for cell, row in zip(layout.cells, months, strict=True)}
        number, replications = len(values), recorded.replications
        summaries = np.full((number, replications, len(self.summaries)), np.nan)
        for (world, replication), cells in found.items():
            for column, each in enumerate(self.summaries):
                if all(cell in cells for cell in each.reads):
                    summaries[world, replication, column] = each.of(StoredRun(cells))
        return summaries.mean(axis=1)

    def experiment_of(self, round_number: int, values: np.ndarray) -> Experiment:
        """Return the experiment of a round: its particles as listed worlds."""
        given = self.experiment
        read = {cell[0] for each in self.summaries for cell in each.reads}
        names = self.prior.names
        return given.with_(
            name=f"{given.name}: round {round_number}",
            scenarios=[each for each in given.scenarios if each.name in read],
            baseline=None,
            until=None,
            outcomes=sorted({cell[1] for each in self.summaries for cell in each.reads}),
            seed=int(factor_words("posterior.round", 1, given.seed, SEED_DRAW, round_number)[0]),
            worlds={
                "design": "listed",
                "own_luck": True,
                "factors": {
                    each.lever: {"low": each.low, "high": each.high, "source": each.source or "assumption"}
                    for each in given.worlds.factors
                },
                "listed": [dict(zip(names, row, strict=True)) for row in values.tolist()],
            },
        )
