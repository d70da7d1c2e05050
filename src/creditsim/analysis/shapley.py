"""Shapley values of a game in exact fractions, and their rounding to shares that add up.

Shapley, L. S. (1953), "A value for n-person games", in Kuhn, Tucker (eds.), Contributions to the Theory
of Games II, 307-317: a player's value is its marginal contribution averaged over all orders of players.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np


def exact_shares(
    values: np.ndarray, coalitions: Sequence[tuple[int, ...]], number: int
) -> tuple[list[list[Fraction]], list[Fraction]]:
    """Return each player's Shapley value in each replication, and the effect, as exact fractions.

    Parameters
    ----------
    values : numpy.ndarray, float64, shape (replications, coalitions)
        What each coalition reaches.
    coalitions : sequence of tuple of int
        Players of each, ascending; all 2**number of them.

    Returns
    -------
    shares : list of list of Fraction
        By replication and player; a replication's add up to its effect.
    effects : list of Fraction
        Everybody's value less nobody's.

    Examples
    --------
    Two players of whom only both together reach 1 have one half each.

    >>> shares, effects = exact_shares(np.array([[0.0, 0.0, 0.0, 1.0]]), [(), (0,), (1,), (0, 1)], 2)
    >>> print(*shares[0], effects[0])
    1/2 1/2 1
    """
    place = {members: index for index, members in enumerate(coalitions)}
    orders = math.factorial(number)
    weights = [
        Fraction(math.factorial(size) * math.factorial(number - size - 1), orders) for size in range(number)
    ]
    shares, effects = [], []
    for row in values.tolist():
        exact = [Fraction(value) for value in row]
        mine = []
        for player in range(number):
            total = Fraction(0)
            for members, index in place.items():
                if player not in members:
                    joined = place[tuple(sorted((*members, player)))]
                    total += weights[len(members)] * (exact[joined] - exact[index])
            mine.append(total)
        shares.append(mine)
        effects.append(exact[place[tuple(range(number))]] - exact[place[()]])
    return shares, effects


def rounded_to_sum(parts: Sequence[Fraction], step: Fraction) -> list[int]:
    """Return parts in whole steps that add up to the rounded sum (largest remainders; ties to the first).

    Examples
    --------
    >>> rounded_to_sum([Fraction(1, 3)] * 3, Fraction(1, 10))
    [4, 3, 3]
    """
    scaled = [part / step for part in parts]
    whole = [math.floor(each) for each in scaled]
    missing = round(sum(scaled, Fraction(0))) - sum(whole)
    ranked = sorted(range(len(parts)), key=lambda index: (whole[index] - scaled[index], index))
    for index in ranked[:missing]:
        whole[index] += 1
    return whole
