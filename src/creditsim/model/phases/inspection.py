"""Inspection: who is visited; the visits sum to the budget exactly."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.regimes import Rules
from creditsim.model.state import State, kind_rows
from creditsim.scoring.enterprise import CLASSES
from creditsim.spec.activities import inspection_weights
from creditsim.spec.vocabulary import TRAITS


def inspection(state: State, rules: Rules) -> None:
    """Spend the month's visits on active enterprises: a random floor, then by class.

    The floor is drawn by sector alone; the rest by sector times the ratio
    of the firm's five-dimension class, where firms are evaluated.
    Sequential Poisson sampling (Ohlsson 1998): the visits go to the smallest u / weight,
    u uniform by agent and month, so the number is met exactly and an agent's luck is its
    own. Nobody is visited twice in a month; a budget beyond that is not spent.
    """
    rows = np.arange(len(state.agents))[kind_rows(state, "enterprise")]
    works = (state.agents.traits[rows] & (1 << TRAITS.index("active"))) > 0
    rows = rows[works & (state.agents.present[rows] == 1)]
    state.visited[:] = 0
    visits = min(visit_budget(state, rules), len(rows))
    state.public["visits_due"] = visits
    floor = _floor_visits(state, rules, rows, visits)
    luck = draws.words(state.seed, state.replication, state.agents.slot[rows], state.month, draws.VISIT, 0)
    sector = _sector_weights(state, rows)
    chosen = smallest(luck * 1_000_000 // sector, floor)
    rest = np.setdiff1d(np.arange(len(rows)), chosen, assume_unique=True)
    again = draws.words(
        state.seed, state.replication, state.agents.slot[rows[rest]], state.month, draws.VISIT, 1
    )
    by_class = rules.regimes.class_weight[state.active[rows[rest]], state.firm_class[rows[rest]]]
    weighted = rest[smallest(again * 1_000_000 // (sector[rest] * by_class), visits - floor)]
    seen = rows[np.concatenate((chosen, weighted))]
    state.visited[seen] = 1
    state.last_visit[seen] = state.month
    state.count("visits", seen)
    state.visit_ratio = published_ratios(state, rules, rows)


def published_ratios(state: State, rules: Rules, rows: np.ndarray) -> np.ndarray:
    """Return visits by (regime, class) against the baseline's, as the rules alone let one expect them.

    The budget's ratio to the one outside the rollout, times what the class gets: the
    random floor in full, the rest in the ratio of its weight to the mean weight.
    """
    ratios = np.ones((2, len(CLASSES)))
    outside = rules.values[0]["inspection.visits_per_month"]
    for regime, levers in enumerate(rules.values):
        if outside:
            ratios[regime] = class_ratios(
                state.firm_class[rows[state.active[rows] == regime]],
                rules.regimes.class_weight[regime],
                levers["inspection.random_floor_share"],
                levers["inspection.visits_per_month"] / outside,
            )
    return ratios


def class_ratios(classes: np.ndarray, weights: np.ndarray, floor: float, budget_ratio: float) -> np.ndarray:
    """Return visits by class against the baseline's: the floor in full, the rest by weight over mean weight.

    Parameters
    ----------
    classes : ndarray of int
        Class of each subject of the regime; 1 by class where there is none.
    weights : ndarray of int, by class
    floor : float
        Share of the visits that go by lot.
    budget_ratio : float
        Visits of the regime by the baseline's.
    """
    numbers = np.bincount(classes, minlength=len(CLASSES))
    total = int((numbers * weights).sum())
    if total == 0:
        return np.ones(len(CLASSES))
    return (floor + (1.0 - floor) * (weights * int(numbers.sum()) / total)) * budget_ratio


def visit_budget(state: State, rules: Rules) -> int:
    """Return this month's visits: the budget at the run's scale, whole visits, nothing lost over months."""
    share = active_share(state, "enterprise")
    outside, inside = (levers["inspection.visits_per_month"] for levers in rules.values)
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


def _floor_visits(state: State, rules: Rules, rows: np.ndarray, visits: int) -> int:
    """Return how many visits are drawn at random without regard to weight."""
    ppm = rules.regimes.random_floor_ppm
    inside = int(np.count_nonzero(state.active[rows]))
    outside = len(rows) - inside
    mean = (int(ppm[0]) * outside + int(ppm[1]) * inside) // max(len(rows), 1)
    return visits * mean // 1_000_000


def _sector_weights(state: State, rows: np.ndarray) -> np.ndarray:
    """Return each enterprise's relative visit rate in whole thousandths, from its sectors (the largest)."""
    weights = inspection_weights()
    sector = np.full(len(rows), round(weights["other"] * 1000), np.int64)
    for trait, weight in weights.items():
        if trait != "other":
            has = (state.agents.traits[rows] & (1 << TRAITS.index(trait))) > 0
            sector[has] = np.maximum(sector[has], round(weight * 1000))
    return sector
