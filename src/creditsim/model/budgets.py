"""Budgets: what a steady yearly or monthly budget brings in one month, in whole units, and who is served."""

from __future__ import annotations

import numpy as np

from creditsim.model.regimes import Rules
from creditsim.model.state import State, kind_rows


def monthly_units(state: State, rules: Rules, lever: str, kind: str) -> int:
    """Return this month's units of a district-wide budget at the run's scale; nothing is lost over months.

    The lever's value outside and under the programme is mixed by the share of a kind's agents under it.
    """
    share = active_share(state, kind)
    outside, inside = (levers[lever] for levers in rules.values)
    thousandths = round((outside + (inside - outside) * share) * state.population.scale * 1000)
    return whole_part(thousandths, state.month)


def whole_part(thousandths: int, month: int) -> int:
    """Return how many whole units a steady flow of thousandths brings in one month."""
    return thousandths * (month + 1) // 1000 - thousandths * month // 1000


def active_share(state: State, kind: str) -> float:
    """Return the share of a kind's agents under the programme."""
    under = state.active[kind_rows(state, kind)]
    return int(np.count_nonzero(under)) / len(under) if len(under) else 0.0


def smallest(keys: np.ndarray, count: int) -> np.ndarray:
    """Return the positions of the `count` smallest keys, ties to the lower position, in linear time."""
    if count <= 0:
        return np.zeros(0, np.intp)
    if count >= len(keys):
        return np.arange(len(keys))
    border = np.partition(keys, count - 1)[count - 1]
    below = np.flatnonzero(keys < border)
    ties = np.flatnonzero(keys == border)[: count - len(below)]
    return np.concatenate((below, ties))


def sample_visits(
    state: State,
    rows: np.ndarray,
    stream: int,
    visits: int,
    floor: int,
    rates: np.ndarray,
    class_weights: np.ndarray,
) -> np.ndarray:
    """Return the rows visited this month: a floor drawn by rate alone, the rest by rate times class weight.

    Sequential Poisson sampling (Ohlsson 1998): the visits go to the smallest u / weight,
    u uniform by agent and month, so the number is met exactly and an agent's luck is its own.

    Parameters
    ----------
    stream : int
        The decision under which luck is drawn.
    visits, floor : int
        Visits in all, and those of them that do not look at the class.
    rates, class_weights : ndarray of int, by row
    """
    first = smallest(state.words(rows, stream) * 1_000_000 // rates, floor)
    rest = np.setdiff1d(np.arange(len(rows)), first, assume_unique=True)
    luck = state.words(rows[rest], stream, 1)
    steered = rest[smallest(luck * 1_000_000 // (rates[rest] * class_weights[rest]), visits - floor)]
    return rows[np.concatenate((first, steered))]
