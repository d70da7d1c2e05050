"""Inspection: who is visited; the visits sum to the budget exactly."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.budgets import monthly_units, sample_visits
from creditsim.model.regimes import Rules
from creditsim.model.state import State, present_rows
from creditsim.population.agents import TRAIT_BIT
from creditsim.scoring.enterprise import CLASSES
from creditsim.spec.activities import inspection_weights


def inspection(state: State, rules: Rules) -> None:
    """Spend the month's visits on active enterprises: a random floor, then by class.

    The floor is drawn by sector alone; the rest by sector times the ratio
    of the firm's five-dimension class, where firms are evaluated; see `sample_visits`.
    Nobody is visited twice in a month; a budget beyond that is not spent.
    """
    rows = present_rows(state, "enterprise")
    rows = rows[state.agents.traits[rows] & TRAIT_BIT["active"] > 0]
    state.visited[:] = 0
    visits = min(monthly_units(state, rules, "inspection.visits_per_month", "enterprise"), len(rows))
    state.public["visits_due"] = visits
    floor = _floor_visits(state, rules, rows, visits)
    by_class = rules.regimes.class_weight[state.active[rows], state.firm_class[rows]]
    seen = sample_visits(state, rows, draws.VISIT, visits, floor, _sector_weights(state, rows), by_class)
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
            has = state.agents.traits[rows] & TRAIT_BIT[trait] > 0
            sector[has] = np.maximum(sector[has], round(weight * 1000))
    return sector
