"""What a run remembers of service and means: cash at hand, certificates, role models."""

from __future__ import annotations

from dataclasses import dataclass

from creditsim.population.synthesis import Population

QUANTITIES: tuple[str, ...] = ()
"""What is counted, see creditsim.model.quantities."""


@dataclass
class Service:
    """State of service and means: cash at hand, certificates, role models."""


def first_service(population: Population) -> Service:
    """Return the state before the first month."""
    return Service()
