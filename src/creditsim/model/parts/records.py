"""What a run remembers of the files: quotas, notices, what is on display."""

from __future__ import annotations

from dataclasses import dataclass

from creditsim.population.synthesis import Population

QUANTITIES: tuple[str, ...] = ()
"""What is counted, see creditsim.model.quantities."""


@dataclass
class Files:
    """State of the files: quotas, notices, what is on display."""


def first_records(population: Population) -> Files:
    """Return the state before the first month."""
    return Files()
