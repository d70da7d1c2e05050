"""What a run remembers of contests: last winners and what slots were worth."""

from __future__ import annotations

from dataclasses import dataclass

from creditsim.population.synthesis import Population

QUANTITIES: tuple[str, ...] = ()
"""What is counted, see creditsim.model.quantities."""


@dataclass
class Contests:
    """State of contests: last winners and what slots were worth."""


def first_contests(population: Population) -> Contests:
    """Return the state before the first month."""
    return Contests()
