"""Find the corrections of alpha for which the status quo of 2019 meets the base rates.

The closed solution of model/activities.py knows neither the worth of points to those who
know them, nor motivation crowded out by fines, nor norms. What they shift is measured in
the burn-in's second year and taken back, a Newton step at a time. Only what exceeds
simulation error is corrected: noise is not fitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from creditsim.core.draws import logistic_quantiles
from creditsim.core.fields import with_fields
from creditsim.core.fingerprint import fingerprint_json
from creditsim.core.shipped import data_path
from creditsim.model.activities import (
    CALIBRATION_POINTS,
    calibration_records,
    count_population,
    money_multipliers,
    stake_multipliers,
    visit_rate,
)
from creditsim.model.month import simulate_month
from creditsim.model.regimes import burn_in_scenario, compile_rules
from creditsim.model.state import first_state
from creditsim.population.synthesis import build_population
from creditsim.spec.activities import activities
from creditsim.spec.scenario import STATUS_QUO, load_scenario

CATALOGUES = (
    "activities.yaml",
    "model.yaml",
    "measures.yaml",
    "rulebooks/wendeng-2020.yaml",
    "rulebooks/wendeng-2020-items.csv",
    "rulebooks/weihai-city.yaml",
)
STEPS = 4
SIGNIFICANT = 3.0
"""Standard errors beyond which a difference is corrected: a false alarm in 370 activities."""


@dataclass(frozen=True)
class BaseRates:
    """Opportunities and acts of the year before the first policy month, by activity."""

    met: np.ndarray
    done: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Return acts by opportunity; NaN where nobody met one."""
        return np.where(self.met > 0, self.done / np.maximum(self.met, 1), np.nan)

    def errors(self) -> np.ndarray:
        """Return the standard error of each share if its base rate is true."""
        target = np.array([activity.base_rate for activity in activities()])
        return np.sqrt(target * (1.0 - target) / np.maximum(self.met, 1))


def measure_base_rates(
    scale: float,
    seed: int,
    replications: int,
    corrections: Mapping[int, float] | None = None,
    threads: int = 1,
) -> BaseRates:
    """Run the burn-in and count its last twelve months.

    Parameters
    ----------
    corrections : mapping of int to float, optional
        Alpha to add to an activity, by number, beside what is shipped.
    """
    usual = burn_in_scenario(load_scenario(STATUS_QUO))
    rules = compile_rules(usual)
    if corrections:
        table = with_fields(np.array(rules.activities))
        for k, added in corrections.items():
            table[k].alpha += added
        object.__setattr__(rules, "activities", table)
    met = np.zeros(len(activities()), np.int64)
    done = np.zeros(len(activities()), np.int64)
    for replication in range(replications):
        population = build_population(usual.population, scale, seed, replication)
        state = first_state(population, rules.first_month - usual.burn_in_months, len(rules.activities))
        for month in range(usual.burn_in_months):
            simulate_month(state, rules, threads)
            if month >= usual.burn_in_months - 12:
                met += state.met.sum(axis=0)
                done += state.done.sum(axis=0)
    return BaseRates(met, done)


def solve_corrections(
    scale: float = 1.0, seed: int = 2019, replications: int = 2, threads: int = 1, say=lambda text: None
) -> tuple[dict[int, float], BaseRates, BaseRates]:
    """Return alpha to add by activity number, and the base rates before and after."""
    target = np.array([activity.base_rate for activity in activities()])
    added: dict[int, float] = {}
    before = found = measure_base_rates(scale, seed, replications, threads=threads)
    for step in range(STEPS):
        off = np.abs(found.shares - target) > SIGNIFICANT * found.errors()
        chosen = sorted({*np.flatnonzero(off).tolist(), *added})
        say(
            f"step {step + 1}: {int(off.sum())} of {len(target)} activities off by more than simulation error"
        )
        if not off.any():
            break
        for k in chosen:
            added[k] = added.get(k, 0.0) + _newton_step(k, float(found.shares[k]))
        found = measure_base_rates(scale, seed, replications, added, threads)
    return added, before, found


def _newton_step(k: int, share: float) -> float:
    """Return the change of alpha that moves a share to its base rate, by the calibration lattice."""
    rules = compile_rules(burn_in_scenario(load_scenario(STATUS_QUO)))
    own = _alpha_for(rules.activities, k, share)
    return _alpha_for(rules.activities, k, activities()[k].base_rate) - own


def _alpha_for(records: np.ndarray, k: int, share: float) -> float:
    """Return the alpha at which the lattice acts with a given share."""
    typical, trial = calibration_records(records, k)
    arguments = (stake_multipliers(), money_multipliers(), logistic_quantiles())
    low, high = -64.0, 64.0
    for _ in range(44):
        trial[0].alpha = (low + high) / 2.0
        acting = count_population(typical, trial, *arguments, visit_rate(activities()[k]), CALIBRATION_POINTS)
        if acting < share * CALIBRATION_POINTS * 65536:
            low = trial[0].alpha
        else:
            high = trial[0].alpha
    return high


def calibration_inputs() -> str:
    """Return the hash of the catalogues that decide the base rates of the baseline."""
    texts = {name: data_path(name).read_text(encoding="utf-8") for name in CATALOGUES}
    return fingerprint_json({**texts, "baseline": load_scenario(STATUS_QUO).inputs()["levers"]})
