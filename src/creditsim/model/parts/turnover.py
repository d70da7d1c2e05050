"""What a run remembers of who is there: generations, vacancies, ties, what neighbours did."""

from __future__ import annotations

from dataclasses import dataclass

from creditsim.population.synthesis import Population

QUANTITIES: tuple[str, ...] = ()
"""What is counted, see creditsim.model.quantities."""


@dataclass
class Turnover:
    """State of who is there: generations, vacancies, ties, what neighbours did."""


def first_turnover(population: Population) -> Turnover:
    """Return the state before the first month."""
    return Turnover()
