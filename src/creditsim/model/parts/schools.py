"""What a run remembers of schools: training received, classes, supervision."""

from __future__ import annotations

from dataclasses import dataclass

from creditsim.population.synthesis import Population

QUANTITIES: tuple[str, ...] = ()
"""What is counted, see creditsim.model.quantities."""


@dataclass
class Schools:
    """State of schools: training received, classes, supervision."""


def first_schools(population: Population) -> Schools:
    """Return the state before the first month."""
    return Schools()
