"""What a run remembers of who is there: vacancies, firms that may return, what a site shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from creditsim.population.agents import NO_SEX
from creditsim.population.synthesis import Population
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import AGE_BANDS

QUANTITIES: tuple[str, ...] = (
    "turnover_came",
    "turnover_left",
    "turnover_lapsed_records",
    "turnover_lapsed_appeals",
    "turnover_low_left",
    "turnover_low_back",
    "pilot_breaches",
    "pilot_before",
    "pilot_agents",
    "control_breaches",
    "control_before",
    "control_agents",
)
"""What is counted, see creditsim.model.quantities."""

HELD, OPEN, AWAITED = 0, 1, 2
"""A slot is held (or was never in this run), open to newcomers, or kept for its owner's return."""

LOW_EXIT = np.dtype([("row", "i4"), ("cell", "u2"), ("left", "i2"), ("back", "i2")])
"""A firm in C or D that left: when, and when its owner is back under a new name (-1 for never)."""


class Shown(NamedTuple):
    """Acts and opportunities by (site, activity), float64, as they make the norm of the next month."""

    done: np.ndarray
    met: np.ndarray


@dataclass
class Turnover:
    """State of who is there.

    Attributes
    ----------
    vacant : ndarray of uint8
        HELD, OPEN or AWAITED, by row.
    leavers : ndarray of int
        Rows whose holder left in the last month simulated: what others keep on them is to go.
    low_exits : ndarray of LOW_EXIT
        Those of the last two years.
    death_chance : ndarray of float64, shape (age bands,)
        Monthly chance of death.
    shown : Shown
    breaches_before : ndarray of uint8
        Breaches in the last `months_before` months of burn-in, by row, 255 for more.
    months_before : int
    """

    vacant: np.ndarray
    leavers: np.ndarray
    low_exits: np.ndarray
    death_chance: np.ndarray
    shown: Shown
    breaches_before: np.ndarray
    months_before: int = 0


def first_turnover(population: Population, activities: int) -> Turnover:
    """Return the state before the first month: nobody has left."""
    size, sites = len(population.agents), len(population.sites)
    return Turnover(
        vacant=np.zeros(size, np.uint8),
        leavers=np.zeros(0, np.int64),
        low_exits=np.zeros(0, LOW_EXIT),
        death_chance=_death_chances(population),
        shown=Shown(np.zeros((sites, activities)), np.zeros((sites, activities))),
        breaches_before=np.zeros(size, np.uint8),
    )


def _death_chances(population: Population) -> np.ndarray:
    """Return monthly chances of death by age band: a national schedule, brought to the crude rate.

    All deaths of the district are taken to be adults', so that their number is the crude rate
    times all inhabitants; those of minors are far below one in a thousand.
    """
    agents = population.agents
    ages = agents["age_band"][(agents["sex"] < NO_SEX) & (agents["age_band"] < len(AGE_BANDS))]
    adults = np.bincount(ages, minlength=len(AGE_BANDS))
    names = [band.replace("-", "_").replace("+", "_plus") for band in AGE_BANDS]
    schedule = np.array([assumed(f"turnover.deaths_{name}_per_1000_year") for name in names])
    deaths = assumed("turnover.deaths_per_1000_year") * int(population.household_persons.sum())
    expected = float((schedule * adults).sum())
    return schedule * (deaths / expected / 12_000.0) if expected else schedule * 0.0
