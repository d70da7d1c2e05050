"""Simulate the particles of a fit as experiments in a store: what is there is not run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from creditsim.analysis.pattern_measures import pattern_scenarios
from creditsim.analysis.posterior.priors import SEED_DRAW, Prior
from creditsim.analysis.posterior.summaries import Cell, StoredRun, Summary
from creditsim.core.errors import Fault, InputError
from creditsim.experiment.design import Design
from creditsim.experiment.designs import factor_words
from creditsim.experiment.recorded import Recorded
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.sweep import Progress, run_sweep
from creditsim.experiment.workers.places import Workers
from creditsim.spec.experiment import Experiment, experiment_of
from creditsim.spec.fits import Fit


class StoreSimulator:
    """Simulates rounds of particles; each particle is a world with luck of its own.

    Shared luck, which makes comparisons sharp, would make a fit dishonest: the particles would
    differ from each other by their values alone, and from the field by luck that nobody counted.

    Parameters
    ----------
    fit : Fit
    tell : callable
        Told how far a round is.

    Attributes
    ----------
    simulated, already, failed : int
        Runs asked for so far, those that the store had, those that came to nothing.
    """

    def __init__(
        self,
        fit: Fit,
        prior: Prior,
        summaries: Sequence[Summary],
        store: ResultStore,
        workers: Workers,
        tell: Callable[[Progress], None] = lambda progress: None,
    ):
        self.fit, self.prior, self.summaries = fit, prior, tuple(summaries)
        self.store, self.workers, self.tell = store, workers, tell
        self.simulated = self.already = self.failed = 0

    def __call__(self, round_number: int, values: np.ndarray) -> np.ndarray:
        """Return summaries (particles, summaries), means over the replications; NaN where a run failed."""
        design = Design(round_of(self.fit, self.prior, self.summaries, round_number, values))
        progress, recorded, _ = run_sweep(design, self.store, self.workers, None, self.tell)
        self.simulated += progress.planned
        self.already += progress.already
        self.failed += len(progress.failed)
        self.store.refresh()
        return summaries_in(self.store, recorded, self.summaries)


def round_of(
    fit: Fit, prior: Prior, summaries: Sequence[Summary], round_number: int, values: np.ndarray
) -> Experiment:
    """Return the experiment of a round: its particles as listed worlds, the scenarios that are read."""
    months = months_of(fit, summaries)
    scenarios = [
        each.with_(months=months)
        for each in pattern_scenarios([str(each.pattern.measure) for each in summaries])
    ]
    burn_in = {} if fit.burn_in_months is None else {"burn_in_months": fit.burn_in_months}
    return experiment_of(
        f"{fit.name}, round {round_number}",
        scenarios=scenarios,
        replications=fit.replications,
        scale=fit.scale,
        months=months,
        **burn_in,
        outcomes=sorted({cell[1] for each in summaries for cell in each.reads}),
        seed=int(factor_words("posterior.round", 1, fit.seed, SEED_DRAW, round_number)[0]),
        worlds={
            "design": "listed",
            "own_luck": True,
            "factors": {
                each.factor.lever: {
                    "low": each.factor.low, "high": each.factor.high, "source": each.factor.source
                }
                for each in fit.parameters
            },
            "listed": [dict(zip(prior.names, row, strict=True)) for row in values.tolist()],
        },
    )  # fmt: skip


def months_of(fit: Fit, summaries: Sequence[Summary]) -> int:
    """Return the reported months of each run.

    Raises
    ------
    InputError
        If the fit has fewer than its patterns need.
    """
    needed = max(each.months for each in summaries)
    if fit.months is not None and fit.months < needed:
        longest = next(each.name for each in summaries if each.months == needed)
        got = f"got {fit.months}, expected at least {needed}, which {longest} needs"
        raise InputError(Fault(got, fit.file, key="months"))
    return needed if fit.months is None else fit.months


def summaries_in(store: ResultStore, recorded: Recorded, summaries: Sequence[Summary]) -> np.ndarray:
    """Return the summaries of an experiment's worlds, shape (worlds, summaries), means over replications.

    NaN where a run is missing.
    """
    keys = recorded.keys(recorded.replications)
    there = {key: run for run, key in keys.items() if key in store}
    wanted = {cell[1:] for each in summaries for cell in each.reads}
    found: dict[tuple[int, int], dict[Cell, np.ndarray]] = {}
    for key, layout, months in store.values(list(there), wanted.__contains__):
        run = there[key]
        values = found.setdefault((run.world, run.replication), {})
        values |= {(run.scenario, *cell): row for cell, row in zip(layout.cells, months, strict=True)}
    number = np.full((len(recorded.worlds), recorded.replications, len(summaries)), np.nan)
    for (world, replication), cells in found.items():
        for column, each in enumerate(summaries):
            if all(cell in cells for cell in each.reads):
                number[world, replication, column] = each.of(StoredRun(cells, each.months))
    return number.mean(axis=1)
