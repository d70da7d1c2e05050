"""Is a calibration honest? Truths drawn from the prior must lie in its intervals as often as these say.

The place of a truth is the share of its posterior that lies below it. If truths come from the prior
and posteriors are right, places are uniform between 0 and 1: intervals cover as often as they claim,
and ranks have no slope and no hump.

Sources: Talts, Betancourt, Simpson, Vehtari, Gelman (2018), "Validating Bayesian inference algorithms with
simulation-based calibration", arXiv:1804.06788; Prangle, Blum, Popovic, Sisson (2014), "Diagnostic tools
for approximate Bayesian computation using the coverage property", Aust. N. Z. J. Stat. 56 (one table of
simulations serves as observed sets too, each held against all others); Clopper and Pearson (1934).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from creditsim.analysis.posterior.adjustment import adjusted
from creditsim.analysis.posterior.inference import LEVEL, infer
from creditsim.analysis.posterior.priors import ERROR_DRAW, TRUTH_DRAW, Prior, uniforms
from creditsim.analysis.posterior.sequential import Plan, Population, Simulate
from creditsim.analysis.posterior.targets import Target

BINS = 20
FALSE_ALARM = 0.01
"""How often an honest calibration of all its axes is called not uniform, at most."""


@dataclass(frozen=True)
class Coverage:
    """What many data sets say about the posterior of one assumption.

    Attributes
    ----------
    assumption : str
    datasets, covered : int
        Data sets, and those whose interval covers the truth.
    level, share, low, high : float
        Level of the intervals, share that covers, and its exact 95% interval.
    chi_square, p : float
        Of the rank histogram with `BINS` bins against even ones.
    largest_gap, band : float
        Largest distance between the places' distribution function and the diagonal, and what it keeps
        below in 95% of honest calibrations (Kolmogorov).
    """

    assumption: str
    datasets: int
    covered: int
    level: float
    share: float
    low: float
    high: float
    chi_square: float
    p: float
    largest_gap: float
    band: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def place_of_truth(found: Population, truth: np.ndarray) -> np.ndarray:
    """Return the share of the posterior below a truth, by axis; half of what lies on it counts."""
    below = (found.values < truth) + 0.5 * (found.values == truth)
    return found.weights @ below


def over_truths(
    prior: Prior,
    simulate_of: Callable[[int], Simulate],
    observe: Callable[[int, np.ndarray], Target],
    plan: Plan,
    datasets: int,
    adjust: Callable[[Population], Population] = adjusted,
) -> np.ndarray:
    """Return places of truths (data sets, axes), each found by a calibration in rounds of its own.

    Parameters
    ----------
    simulate_of : callable
        Takes the number of a data set, returns its simulator, whose luck no other has.
    observe : callable
        Takes number and truth of a data set, returns what is observed of it.
    """
    truths = prior.draw(datasets, plan.seed, TRUTH_DRAW)
    places = []
    for number, truth in enumerate(truths):
        found = infer(prior, simulate_of(number), observe(number, truth), plan, adjust=adjust)
        places.append(place_of_truth(found, truth))
    return np.array(places)


def leave_one_out(
    prior: Prior,
    values: np.ndarray,
    summaries: np.ndarray,
    kept: int,
    ratios: tuple[np.ndarray, np.ndarray] | None = None,
    datasets: int | None = None,
    seed: int = 1,
    adjust: Callable[[Population], Population] = adjusted,
) -> np.ndarray:
    """Return places of truths (data sets, axes): each simulation is the truth once, all others the table.

    Parameters
    ----------
    values, summaries : array
        Of particles drawn from the prior, with luck of their own; those with a summary that is not
        defined are left out.
    kept : int
        Nearest simulations that make a posterior.
    ratios : (low, high), optional
        Ends of the bands over what is observed, by summary. Then the observed is the truth's summary with
        an error, even in its logarithm, as these bands allow it, and the posterior is of its bands. Such
        a posterior is exact: Wilkinson (2013), "Approximate Bayesian computation gives exact results
        under the assumption of model error", Stat. Appl. Genet. Mol. Biol. 12. Without it the summaries
        are observed as they are.
    datasets : int, optional
        The first so many simulations are the truth; all by default.
    seed : int
        Of the errors.

    Raises
    ------
    InputError
        If a summary does not vary.
    """
    whole = np.isfinite(summaries).all(axis=1)
    values, summaries = values[whole], summaries[whole]
    names = tuple(f"summary {number}" for number in range(summaries.shape[1]))
    scales = Target.at(names, summaries[0]).scaled_by(summaries).scales
    low = high = summaries
    if ratios is not None:
        errors = [uniforms(f"posterior.error {name}", len(values), seed, ERROR_DRAW) for name in names]
        ends = np.log(np.array(ratios))
        observed = summaries * np.exp(-(ends[0] + (ends[1] - ends[0]) * np.column_stack(errors)))
        low, high = observed * ratios[0], observed * ratios[1]
    rows = np.arange(len(values))
    plan = Plan(len(values) - 1, kept, rounds=1)
    places = []
    for number in rows[:datasets]:
        others = rows != number
        target = Target(names, low[number], high[number], scales)
        found = infer(
            prior, _nothing_more, target, plan, first=(values[others], summaries[others]), adjust=adjust
        )
        places.append(place_of_truth(found, values[number]))
    return np.array(places)


def judged(names: tuple[str, ...], places: np.ndarray, level: float = LEVEL) -> tuple[Coverage, ...]:
    """Return for each axis how often intervals cover, and how even the places are.

    Parameters
    ----------
    places : array, shape (data sets, axes)
        Shares of the posteriors below the truths.
    """
    from scipy import stats

    found = []
    number = len(places)
    for name, column in zip(names, places.T, strict=True):
        inside = int(np.sum((column >= 0.5 - level / 2.0) & (column <= 0.5 + level / 2.0)))
        exact = stats.binomtest(inside, number).proportion_ci(0.95, method="exact")
        counts = np.bincount(np.minimum((column * BINS).astype(np.int64), BINS - 1), minlength=BINS)
        expected = number / BINS
        chi_square = float(np.sum((counts - expected) ** 2) / expected)
        found.append(
            Coverage(
                assumption=name,
                datasets=number,
                covered=inside,
                level=level,
                share=inside / number,
                low=float(exact.low),
                high=float(exact.high),
                chi_square=chi_square,
                p=float(stats.chi2.sf(chi_square, BINS - 1)),
                largest_gap=float(stats.kstest(column, "uniform").statistic),
                band=float(stats.kstwo.ppf(0.95, number)),
            )
        )
    return tuple(found)


def narrowed(found: Population) -> Population:
    """Return a posterior of half its width about its means: what a check of honesty must notice."""
    middle = found.weights @ found.values
    return replace(found, values=middle + 0.5 * (found.values - middle))


def dishonest(found: tuple[Coverage, ...]) -> list[str]:
    """Return the assumptions whose places are not uniform, at a false alarm rate of `FALSE_ALARM` in all."""
    return [each.assumption for each in found if each.p < FALSE_ALARM / len(found)]


def _nothing_more(round_number: int, values: np.ndarray) -> np.ndarray:
    """Refuse to simulate: one round of what is there is all."""
    raise AssertionError("a table has one round")
