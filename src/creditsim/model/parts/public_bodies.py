"""What a run remembers of public bodies: arrears, promises, leaders, trust of firms."""

from __future__ import annotations

from dataclasses import dataclass

from creditsim.population.synthesis import Population

QUANTITIES: tuple[str, ...] = ()
"""What is counted, see creditsim.model.quantities."""


@dataclass
class PublicBodies:
    """State of public bodies: arrears, promises, leaders, trust of firms."""


def first_public_bodies(population: Population) -> PublicBodies:
    """Return the state before the first month."""
    return PublicBodies()
