"""Spread worlds over the ranges of their factors: grid, Latin hypercube, Sobol points; or draw them.

Positions are integers from our own draws, so that the same seed gives the same worlds on every
machine. A factor's positions depend on its name and the seed alone: other factors, and their order,
do not move it (under Sobol its place among them does).

Sources: McKay, Beckman, Conover (1979), "A comparison of three methods for selecting values of
input variables", Technometrics 21; Joe, Kuo (2008), "Constructing Sobol sequences with better
two-dimensional projections", SIAM J. Sci. Comput. 30 (the direction numbers, as SciPy has them).
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
from collections.abc import Sequence

import numpy as np

from creditsim.core.draws import DESIGN, words
from creditsim.spec.levers import LeverValue
from creditsim.spec.worlds import Factor, Worlds

SOBOL_BITS = 30
"""Bits of a Sobol position; more than a float needs for six digits."""


def worlds_from(worlds: Worlds, seed: int) -> tuple[dict[str, LeverValue], ...]:
    """Return the values of the factors in each world; without factors one world that changes nothing."""
    if not worlds.factors:
        return ({},)
    if worlds.listed:
        rows = (
            resampled(worlds.listed, worlds.weights, worlds.number, seed) if worlds.weights else worlds.listed
        )
        return tuple({factor.lever: value for factor, value in zip(worlds.factors, row)} for row in rows)
    if worlds.design == "grid":
        return grid(worlds.factors)
    place = {"latin-hypercube": latin_hypercube, "sobol": sobol}[worlds.design]
    positions, of = place([factor.lever for factor in worlds.factors], worlds.number, seed)
    return tuple(
        {factor.lever: factor.at(position, of) for factor, position in zip(worlds.factors, row)}
        for row in positions.tolist()
    )


def grid(factors: Sequence[Factor]) -> tuple[dict[str, LeverValue], ...]:
    """Return all combinations of the factors' values; the last factor changes fastest."""
    names = [factor.lever for factor in factors]
    rows = itertools.product(*(factor.values for factor in factors))
    return tuple(dict(zip(names, row)) for row in rows)


def latin_hypercube(names: Sequence[str], number: int, seed: int) -> tuple[np.ndarray, int]:
    """Return positions (worlds, factors), and what they are out of: each of `number` strata is hit once.

    Examples
    --------
    >>> positions, of = latin_hypercube(["world.x", "world.y"], 4, seed=1)
    >>> sorted((positions[:, 0] * 4 // of).tolist())
    [0, 1, 2, 3]
    """
    columns = []
    for name in names:
        # Stable: of two equal words the earlier world goes first.
        stratum = np.argsort(np.argsort(factor_words(name, number, seed, 0), kind="stable"), kind="stable")
        columns.append((stratum << 32) + factor_words(name, number, seed, 1))
    return np.column_stack(columns), number << 32


def sobol(names: Sequence[str], number: int, seed: int) -> tuple[np.ndarray, int]:
    """Return positions (worlds, factors), and what they are out of: a Sobol sequence, digitally shifted.

    `number` is a power of two: then each factor hits each of `number` strata once, and pairs are
    spread evenly too. The shift keeps that and takes the corner away, in which all factors are lowest.
    """
    from scipy.stats import qmc

    points = qmc.Sobol(len(names), scramble=False, bits=SOBOL_BITS).random(number)
    # Multiples of 2**-30, so that this is exact.
    positions = (points * (1 << SOBOL_BITS)).astype(np.int64)
    shifts = [int(factor_words(name, 1, seed, 2)[0]) >> (32 - SOBOL_BITS) for name in names]
    return positions ^ np.array(shifts, np.int64), 1 << SOBOL_BITS


def resampled(
    particles: Sequence[tuple], weights: Sequence[int], number: int, seed: int
) -> tuple[tuple, ...]:
    """Return worlds of equal weight drawn from weighted particles: systematic resampling, in integers.

    A particle comes ``number * weight / sum`` times, rounded up or down; those of the same weight,
    as many as worlds, come once each. Source: Kitagawa (1996), "Monte Carlo filter and smoother for
    non-Gaussian nonlinear state space models", J. Comput. Graph. Stat. 5.

    Examples
    --------
    >>> resampled([(1,), (2,), (3,)], [2, 2, 4], 4, seed=1)
    ((1,), (2,), (3,), (3,))
    """
    total = sum(weights)
    first = int(factor_words("posterior", 1, seed, 3)[0])
    ends = list(itertools.accumulate(weight * number << 32 for weight in weights))
    places = [bisect.bisect_right(ends, ((each << 32) + first) * total) for each in range(number)]
    return tuple(particles[place] for place in places)


def factor_words(name: str, number: int, seed: int, index: int, round_number: int = 0) -> np.ndarray:
    """Return one word a world for a factor, known to the draws by a hash of its name."""
    code = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")
    return words(seed, round_number, np.arange(number), code, DESIGN, index)
