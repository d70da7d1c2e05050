"""What a run remembers of means and service: buffers, sanctions, role models on display."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.core import draws
from creditsim.core.draws import lognormal_multipliers
from creditsim.population.agents import NO_SEX
from creditsim.population.synthesis import Population
from creditsim.spec.assumptions import assumed

QUANTITIES: tuple[str, ...] = (
    "means_unable",
    "means_spared",
    "means_penalised",
    "means_penalised_unable",
    "service_errands",
    "service_waived",
    "service_waived_counter",
    "service_fast_lane",
    "service_desk",
    "service_old_way",
    "service_saved_minutes",
    "service_role_models",
)
"""What is counted, see creditsim.model.quantities."""

DAYS_A_MONTH = 30.4

NAMED = np.dtype([("row", "i4"), ("generation", "u1"), ("month", "i4")])
"""A role model on display: who, and since when."""


@dataclass
class Service:
    """State of means and service.

    Attributes
    ----------
    liquid_months : ndarray of float32
        Cash kept by an agent with an income, in months of its income or turnover; fixed.
    sanctioned, last_sanction : ndarray of uint8, int16
        Of enterprises: fines in a row, each within memory of the one before; month of the last.
    short_before : ndarray of uint8
        1 where a firm could not pay its trade partners in the month before last.
    named : ndarray of NAMED
        Role models on display.
    named_lately : ndarray of float64, by site
        How many role models of a site have been named lately.
    """

    liquid_months: np.ndarray
    sanctioned: np.ndarray
    last_sanction: np.ndarray
    short_before: np.ndarray
    named: np.ndarray
    named_lately: np.ndarray


def first_service(population: Population) -> Service:
    """Return the state before the first month: buffers drawn, nobody sanctioned or named."""
    size = len(population.agents)
    return Service(
        liquid_months=_liquid_months(population),
        sanctioned=np.zeros(size, np.uint8),
        last_sanction=np.full(size, -1, np.int16),
        short_before=np.zeros(size, np.uint8),
        named=np.zeros(0, NAMED),
        named_lately=np.zeros(len(population.sites)),
    )


def _liquid_months(population: Population) -> np.ndarray:
    """Return each agent's buffer in months: lognormal, of its own for persons and for organisations."""
    agents = population.agents
    step = draws.words(population.seed, population.replication, agents["slot"], 0, draws.MEANS, 0) >> 20
    persons = assumed("means.liquid_months") * lognormal_multipliers(assumed("means.liquid_log_sd"))
    days = assumed("means.cash_days") * lognormal_multipliers(assumed("means.cash_days_log_sd"))
    firms = agents["sex"] == NO_SEX
    return np.where(firms, (days / DAYS_A_MONTH)[step], persons[step]).astype(np.float32)
