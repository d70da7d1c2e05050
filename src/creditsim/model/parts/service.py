"""What a run remembers of means and service: sanctions, role models on display."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.core.months import NO_MONTH
from creditsim.population.synthesis import Population

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

NAMED = np.dtype([("row", "i4"), ("generation", "u1"), ("month", "i4")])
"""A role model on display: who, and since when."""


@dataclass
class Service:
    """State of means and service.

    Attributes
    ----------
    sanctioned, last_sanction : ndarray of uint8, int16
        By enterprise, which are the first rows: fines in a row, each within memory of the one
        before; month of the last.
    short_before : ndarray of uint8
        By enterprise: 1 where it could not pay its trade partners in the month before last.
    named : ndarray of NAMED
        Role models on display.
    named_lately : ndarray of float64, by site
        How many role models of a site have been named lately.
    """

    sanctioned: np.ndarray
    last_sanction: np.ndarray
    short_before: np.ndarray
    named: np.ndarray
    named_lately: np.ndarray


def first_service(population: Population) -> Service:
    """Return the state before the first month: nobody sanctioned or named."""
    size = len(population.enterprises)
    return Service(
        sanctioned=np.zeros(size, np.uint8),
        last_sanction=np.full(size, NO_MONTH, np.int16),
        short_before=np.zeros(size, np.uint8),
        named=np.zeros(0, NAMED),
        named_lately=np.zeros(len(population.sites)),
    )
