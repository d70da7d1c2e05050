"""Fit the world to patterns: rounds of simulations, adjustment where numbers were observed, result.

`infer` is the method; it is the same for a field's bands, for a truth that is known, and for the many
truths by which `creditsim.analysis.posterior.coverage` says whether it is honest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditsim.analysis.posterior.adjustment import adjusted, quantiles
from creditsim.analysis.posterior.priors import Prior, prior_of
from creditsim.analysis.posterior.runs import StoreSimulator, months_of
from creditsim.analysis.posterior.sequential import Plan, Population, Round, Simulate, close_in
from creditsim.analysis.posterior.summaries import Summary, summaries_of, target_of
from creditsim.analysis.posterior.targets import Target
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.sweep import Progress
from creditsim.experiment.workers.places import Workers
from creditsim.spec.fits import Fit

LEVEL = 0.9
"""Level of the intervals."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit found.

    Attributes
    ----------
    fit : Fit
    prior : Prior
    summaries : tuple of Summary
    population : Population
        The posterior.
    months : int
        Reported months of each run.
    simulated, already, failed : int
        Runs asked for, those that the store had before, those that came to nothing.
    """

    fit: Fit
    prior: Prior
    summaries: tuple[Summary, ...]
    population: Population
    months: int
    simulated: int
    already: int
    failed: int

    @property
    def tolerance(self) -> float:
        """How far the farthest kept world lies outside the bands, in scales; 0: all are within."""
        return self.population.rounds[-1].tolerance

    def parameters(self) -> list[dict[str, Any]]:
        """Return prior, median and 90% interval of each parameter, and how much narrower it became."""
        cut = (0.5 - LEVEL / 2.0, 0.5, 0.5 + LEVEL / 2.0)
        before = prior_quantiles(self.prior, cut)
        lines = []
        for number, axis in enumerate(self.prior.axes):
            low, median, high = quantiles(self.population.values[:, number], self.population.weights, cut)
            width = float(before[2, number] - before[0, number])
            lines.append(
                {
                    "parameter": axis.name,
                    "prior": axis.shape,
                    "prior_low": axis.low,
                    "prior_high": axis.high,
                    "prior_median": float(before[1, number]),
                    "median": median,
                    "low": low,
                    "high": high,
                    "width_of_prior": (high - low) / width,
                }
            )
        return lines

    def patterns(self) -> list[dict[str, Any]]:
        """Return each pattern's band, its 90% range over the posterior, the share of worlds in the band."""
        cut = (0.5 - LEVEL / 2.0, 0.5, 0.5 + LEVEL / 2.0)
        lines = []
        for number, each in enumerate(self.summaries):
            column = self.population.summaries[:, number]
            low, median, high = quantiles(column, self.population.weights, cut)
            within = (column >= self.population.target.low[number]) & (
                column <= self.population.target.high[number]
            )
            lines.append(
                {
                    "pattern": each.name,
                    "observed": each.pattern.observed,
                    "band_low": each.pattern.low,
                    "band_high": each.pattern.high,
                    "median": median,
                    "low": low,
                    "high": high,
                    "within_band": float(self.population.weights @ within),
                }
            )
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as plain values for JSON."""
        return {
            "fit": self.fit.name,
            "inputs": self.fit.fingerprint,
            "parameters": self.parameters(),
            "patterns": self.patterns(),
            "rounds": [vars(each) for each in self.population.rounds],
            "tolerance": self.tolerance,
            "particles": len(self.population.values),
            "effective": self.population.effective,
            "level": LEVEL,
            "runs": self.simulated,
            "already": self.already,
            "failed": self.failed,
            "seed": self.fit.seed,
            "scale": self.fit.scale,
            "months": self.months,
        }


def run_fit(
    fit: Fit,
    store: ResultStore,
    workers: Workers,
    tell: Callable[[Progress], None] = lambda progress: None,
    tell_round: Callable[[Round], None] = lambda round_: None,
) -> Fitted:
    """Fit the world to the bands of patterns; what the store has is not run again.

    Raises
    ------
    InputError
        If a pattern cannot be read from a store, months are too few, a pattern does not vary over the
        prior, or most runs came to nothing.
    """
    prior, summaries = prior_of(fit.parameters), summaries_of(fit.patterns)
    months = months_of(fit, summaries)
    simulate = StoreSimulator(fit, prior, summaries, store, workers, tell)
    plan = Plan(fit.particles, fit.keep, fit.rounds, seed=fit.seed)
    found = infer(prior, simulate, target_of(summaries), plan, tell_round)
    return Fitted(fit, prior, summaries, found, months, simulate.simulated, simulate.already, simulate.failed)


def check_fit(fit: Fit) -> None:
    """Raise InputError unless the fit's patterns can be read from a store and its months are enough."""
    months_of(fit, summaries_of(fit.patterns))


def infer(
    prior: Prior,
    simulate: Simulate,
    target: Target,
    plan: Plan,
    tell: Callable[[Round], None] = lambda round_: None,
    first: tuple[np.ndarray, np.ndarray] | None = None,
    adjust: Callable[[Population], Population] = adjusted,
) -> Population:
    """Return the posterior: particles closed in on the target, then adjusted; parameters as of `close_in`."""
    return adjust(close_in(prior, simulate, target, plan, tell, first))


def prior_quantiles(prior: Prior, shares: tuple[float, ...]) -> np.ndarray:
    """Return quantiles of the prior, shape (shares, axes)."""
    return prior.at(np.repeat(np.array(shares)[:, None], len(prior.axes), axis=1))
