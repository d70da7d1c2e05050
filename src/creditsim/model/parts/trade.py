"""What a run remembers of trade credit: the supply network, credit sales, overdue claims."""

from __future__ import annotations

from dataclasses import dataclass

from creditsim.population.synthesis import Population

QUANTITIES: tuple[str, ...] = ()
"""What is counted, see creditsim.model.quantities."""


@dataclass
class Trade:
    """State of trade credit: the supply network, credit sales, overdue claims."""


def first_trade(population: Population) -> Trade:
    """Return the state before the first month."""
    return Trade()
