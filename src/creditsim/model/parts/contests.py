"""What a run remembers of contests: who has won for good, and which firms hold a credit report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.core.months import NO_MONTH
from creditsim.population.synthesis import Population

QUANTITIES: tuple[str, ...] = (
    "contest_slots",
    "contest_slots_changed",
    "contest_displaced_millionths",
    "contest_wronged",
    "contest_barred",
    "contest_prizes_fen",
    "report_cost_fen",
)
"""What is counted, see creditsim.model.quantities."""


@dataclass
class Contests:
    """State of contests.

    Attributes
    ----------
    won : ndarray of uint16
        By agent: bit `k` is contest `k` of the catalogue, won for good.
    report_month : ndarray of int16
        By enterprise: month in which it last bought a credit report, -1 if never.
    """

    won: np.ndarray
    report_month: np.ndarray


def first_contests(population: Population) -> Contests:
    """Return the state before the first month: nobody has won anything."""
    agents = population.agents
    return Contests(
        won=np.zeros(len(agents), np.uint16),
        report_month=np.full(len(population.enterprises), NO_MONTH, np.int16),
    )
