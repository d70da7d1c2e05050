"""Calibrate the assumptions of an experiment: on patterns of the field, or on a truth that is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from creditsim.analysis.posterior.adjustment import adjusted, quantiles
from creditsim.analysis.posterior.coverage import LEVEL, Coverage, dishonest, judged, leave_one_out
from creditsim.analysis.posterior.priors import TRUTH_DRAW, Prior
from creditsim.analysis.posterior.runs import TRUTH_ROUND, StoreSimulator
from creditsim.analysis.posterior.sequential import Plan, Population, Round, close_in
from creditsim.analysis.posterior.summaries import Summary, target_of
from creditsim.analysis.posterior.targets import Target
from creditsim.spec.experiment import Experiment

NEAREST_SHARE = 0.1
"""Share of a reference table that makes one posterior when coverage is measured."""

LEAST_NEAREST = 30


@dataclass(frozen=True, eq=False)
class Inference:
    """What a calibration found.

    Attributes
    ----------
    experiment : Experiment
    prior : Prior
    plan : Plan
    summaries : tuple of Summary
    population : Population or None
        The posterior, adjusted; None if only coverage was asked for.
    rounds : tuple of Round
    truth : array of float or None
        Of a synthetic truth, by axis.
    coverage : tuple of Coverage
        By axis; empty if it was not asked for.
    places : array of float, shape (data sets, axes)
        What coverage was judged from.
    failed : int
        Runs that came to nothing.
    """

    experiment: Experiment
    prior: Prior
    plan: Plan
    summaries: tuple[Summary, ...]
    population: Population | None
    rounds: tuple[Round, ...]
    truth: np.ndarray | None
    coverage: tuple[Coverage, ...] = ()
    places: np.ndarray = field(default_factory=lambda: np.empty((0, 0)), repr=False)
    failed: int = 0

    def posterior(self) -> list[dict[str, Any]]:
        """Return prior range, median and 90% interval of each assumption, and the truth if there is one."""
        if self.population is None:
            return []
        lines = []
        for number, axis in enumerate(self.prior.axes):
            cut = (0.5 - LEVEL / 2.0, 0.5, 0.5 + LEVEL / 2.0)
            low, median, high = quantiles(self.population.values[:, number], self.population.weights, cut)
            lines.append(
                {
                    "assumption": axis.name,
                    "prior_low": axis.low,
                    "prior_high": axis.high,
                    "prior_shape": axis.shape,
                    "median": median,
                    "low": low,
                    "high": high,
                    "truth": None if self.truth is None else float(self.truth[number]),
                }
            )
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Return the calibration as plain values for JSON."""
        return {
            "experiment": self.experiment.name,
            "inputs": self.experiment.fingerprint,
            "patterns": [each.name for each in self.summaries],
            "synthetic": self.truth is not None or self.population is None,
            "rounds": [
                {"tolerance": each.tolerance, "accepted": each.accepted, "simulated": each.simulated,
                 "effective": each.effective}
                for each in self.rounds
            ],
            "posterior": self.posterior(),
            "level": LEVEL,
            "coverage": [each.to_dict() for each in self.coverage],
            "not_uniform": dishonest(self.coverage) if self.coverage else [],
            "failed": self.failed,
        }  # fmt: skip


def infer(
    experiment: Experiment,
    prior: Prior,
    summaries: Sequence[Summary],
    simulate: StoreSimulator,
    plan: Plan,
    synthetic: int | None = None,
    tell: Callable[[Round], None] = lambda round_: None,
) -> Inference:
    """Calibrate: on the bands of patterns, or on the synthetic truth of a number.

    Parameters
    ----------
    synthetic : int, optional
        Which truth of the prior stands in for the field, from 0.
    """
    truth = None
    if synthetic is None:
        target = target_of(summaries)
    else:
        truth = prior.draw(synthetic + 1, plan.seed, TRUTH_DRAW)[synthetic]
        observed = simulate(TRUTH_ROUND + synthetic, truth[None, :])[0]
        target = Target.at([each.name for each in summaries], observed)
    found = close_in(prior, simulate, target, plan, tell)
    return Inference(
        experiment, prior, plan, tuple(summaries), adjusted(found), found.rounds, truth,
        failed=simulate.failed,
    )  # fmt: skip


def measure_coverage(
    experiment: Experiment,
    prior: Prior,
    summaries: Sequence[Summary],
    simulate: StoreSimulator,
    plan: Plan,
    datasets: int,
) -> Inference:
    """Measure how often intervals cover truths drawn from the prior: a table of runs, each the truth once.

    The table is the first round of a calibration with as many particles; nothing else is run.
    """
    values = prior.draw(plan.particles, plan.seed)
    found = simulate(0, values)
    kept = max(LEAST_NEAREST, round(NEAREST_SHARE * len(values)))
    names = tuple(each.name for each in summaries)
    places = leave_one_out(prior, values, found, names, kept, datasets)
    return Inference(
        experiment, prior, plan, tuple(summaries), None, (), None, judged(prior.names, places), places,
        simulate.failed,
    )  # fmt: skip
