"""Approximate Bayesian computation in rounds: a population of particles closes in on what was observed.

Adaptive population Monte Carlo: a round simulates particles around those that came nearest so far;
of all, the nearest are kept, and their farthest member is the round's tolerance. The kernel is
normal with twice the weighted covariance of the kept. Each particle is simulated once, so that a
round is one batch of runs whatever the workers.

Sources: Beaumont, Cornuet, Marin, Robert (2009), "Adaptive approximate Bayesian computation",
Biometrika 96 (weights and kernel); Del Moral, Doucet, Jasra (2012), "An adaptive sequential Monte
Carlo method for approximate Bayesian computation", Statistics and Computing 22 (tolerance by a share);
Lenormand, Jabot, Deffuant (2013), "Adaptive approximate Bayesian computation for complex models",
Computational Statistics 28 (kept particles are not simulated again; stop by the share of new ones).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from creditsim.analysis.posterior.priors import COMPONENT_DRAW, STEP_DRAW, Prior, uniforms
from creditsim.analysis.posterior.targets import Target

Simulate = Callable[[int, np.ndarray], np.ndarray]
"""Takes the round's number and particles (particles, axes); returns summaries, NaN where a run failed."""

MOST_ATTEMPTS = 200
"""Proposals for each particle wanted before a round is given up: almost all fall outside the prior."""


@dataclass(frozen=True)
class Plan:
    """How a calibration goes.

    Attributes
    ----------
    particles : int
        Simulated in the first round; each further one simulates those that were not kept.
    kept : int
        The nearest so many are kept; all that lie within the bands are, if these are more.
    rounds : int
        At most.
    least_new_share : float
        A round of which fewer of the new particles are kept is the last: closing in costs more than it gives.
    seed : int
    """

    particles: int = 400
    kept: int = 200
    rounds: int = 6
    least_new_share: float = 0.05
    seed: int = 1


@dataclass(frozen=True)
class Round:
    """What a round did.

    Attributes
    ----------
    tolerance : float
        Largest distance among the kept.
    accepted, simulated : int
        New particles that were kept, of those simulated.
    effective : float
        Effective number of the kept: one over the sum of the squared weights.
    """

    tolerance: float
    accepted: int
    simulated: int
    effective: float


@dataclass(frozen=True, eq=False)
class Population:
    """Weighted particles that came near what was observed.

    Attributes
    ----------
    prior : Prior
    values : array of float, shape (particles, axes)
    weights : array of float
        Sum to 1.
    summaries : array of float, shape (particles, summaries)
    distances : array of float
    target : Target
        With the scales of the distance.
    rounds : tuple of Round
    """

    prior: Prior
    values: np.ndarray
    weights: np.ndarray
    summaries: np.ndarray
    distances: np.ndarray
    target: Target
    rounds: tuple[Round, ...]

    @property
    def effective(self) -> float:
        """Effective number of particles."""
        return float(1.0 / np.sum(self.weights**2))


def close_in(
    prior: Prior,
    simulate: Simulate,
    target: Target,
    plan: Plan,
    tell: Callable[[Round], None] = lambda round_: None,
    first: tuple[np.ndarray, np.ndarray] | None = None,
) -> Population:
    """Return the population after the last round.

    Parameters
    ----------
    simulate : callable
        Must give the same summaries whenever it is asked for the same round and particles, from
        luck that no two particles have in common.
    target : Target
        What was observed; the first round gives its scales if it has none.
    tell : callable
        Called after each round.
    first : (values, summaries), optional
        Particles drawn from the prior that were simulated already: they are the first round.

    Raises
    ------
    InputError
        If a summary does not vary over the prior, or too few runs could be used.
    """
    if first is None:
        values = prior.draw(plan.particles, plan.seed)
        summaries = simulate(0, values)
    else:
        values, summaries = first
    target = target.scaled_by(summaries)
    everything = _Kept(values, np.ones(len(values)), summaries, target.distances(summaries))
    kept, accepted = everything.nearest(plan.kept, 0)
    rounds = [kept.round(accepted, len(values))]
    tell(rounds[-1])
    for number in range(1, plan.rounds):
        if rounds[-1].tolerance <= 0.0:
            break
        values, weights = proposals(prior, kept.values, kept.shares, plan.particles - plan.kept, plan.seed,
                                    number)  # fmt: skip
        if len(values) == 0:
            break
        summaries = simulate(number, values)
        new = _Kept(values, weights, summaries, target.distances(summaries))
        kept, accepted = kept.with_(new).nearest(plan.kept, len(kept.values))
        rounds.append(kept.round(accepted, len(values)))
        tell(rounds[-1])
        if accepted < plan.least_new_share * len(values):
            break
    return Population(prior, kept.values, kept.shares, kept.summaries, kept.distances, target, tuple(rounds))


def proposals(
    prior: Prior, values: np.ndarray, shares: np.ndarray, number: int, seed: int, round_number: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return new particles around kept ones, and their importance weights: prior over proposal.

    What falls outside the prior is drawn anew, component and step; the share that falls inside
    is the factor between the density of the mixture and that of the particles returned.
    """
    root = cholesky(2.0 * covariance(values, shares))
    number_of_tries = number
    while True:
        tries = _tries(prior, values, shares, root, number_of_tries, seed, round_number)
        inside = np.flatnonzero(prior.inside(tries))
        if len(inside) >= number:
            break
        if number_of_tries >= MOST_ATTEMPTS * number:
            return tries[:0], np.empty(0)
        number_of_tries *= 2
    inside = inside[:number]
    new = prior.rounded(tries[inside])
    share_inside = number / (inside[-1] + 1)
    mixture = mixture_density(new, values, shares, root) / share_inside
    return new, prior.density(new) / np.maximum(mixture, np.finfo(float).tiny)


def covariance(values: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the weighted covariance, shape (axes, axes)."""
    centred = values - shares @ values
    return (centred * shares[:, None]).T @ centred


def cholesky(matrix: np.ndarray) -> np.ndarray:
    """Return the lower root of a covariance; an axis without spread keeps a sliver of one."""
    size = len(matrix)
    root = np.zeros((size, size))
    least = 1e-12 * max(float(np.max(np.diag(matrix))), 1e-300)
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row, column] - float(np.sum(root[row, :column] * root[column, :column]))
            root[row, column] = np.sqrt(max(rest, least)) if row == column else rest / root[column, column]
    return root


def mixture_density(
    points: np.ndarray, values: np.ndarray, shares: np.ndarray, root: np.ndarray
) -> np.ndarray:
    """Return the density of the weighted normal mixture around `values` at some points."""
    steps = points[:, None, :] - values[None, :, :]
    scaled = np.empty_like(steps)
    for axis in range(steps.shape[2]):  # forward substitution: root @ scaled = steps
        rest = steps[..., axis] - np.sum(scaled[..., :axis] * root[axis, :axis], axis=2)
        scaled[..., axis] = rest / root[axis, axis]
    height = (2.0 * np.pi) ** (-steps.shape[2] / 2.0) / np.prod(np.diag(root))
    return height * (np.exp(-0.5 * np.sum(scaled**2, axis=2)) @ shares)


@dataclass(frozen=True)
class _Kept:
    """Particles with importance weights, summaries and distances."""

    values: np.ndarray
    weights: np.ndarray
    summaries: np.ndarray
    distances: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """The weights, summing to 1."""
        return self.weights / np.sum(self.weights)

    def with_(self, other: _Kept) -> _Kept:
        """Return both together, these first."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__)
        return _Kept(*(np.concatenate(pair) for pair in pairs))

    def nearest(self, number: int, old: int) -> tuple[_Kept, int]:
        """Return the nearest particles in their order, and how many of them stand after the first `old`.

        Of particles at no distance none is nearer than another: they are all kept.
        """
        number = max(number, int(np.sum(self.distances <= 0.0)))
        order = np.argsort(self.distances, kind="stable")[:number]
        order = np.sort(order[np.isfinite(self.distances[order])])
        parts = (getattr(self, name)[order] for name in self.__dataclass_fields__)
        return _Kept(*parts), int(np.sum(order >= old))

    def round(self, accepted: int, simulated: int) -> Round:
        """Return what is to be told of the round that left these."""
        return Round(float(np.max(self.distances)), accepted, simulated, float(1.0 / np.sum(self.shares**2)))


def _tries(
    prior: Prior,
    values: np.ndarray,
    shares: np.ndarray,
    root: np.ndarray,
    number: int,
    seed: int,
    round_: int,
) -> np.ndarray:
    """Return proposals, also those outside the prior; the first are the same however many are asked for."""
    from scipy.special import ndtri

    ends = np.cumsum(shares)
    component = uniforms("posterior.component", number, seed, COMPONENT_DRAW, round_)
    chosen = np.minimum(np.searchsorted(ends, component * ends[-1], side="right"), len(values) - 1)
    steps = np.column_stack([ndtri(uniforms(name, number, seed, STEP_DRAW, round_)) for name in prior.names])
    return values[chosen] + steps @ root.T
