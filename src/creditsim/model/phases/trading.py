"""Trading: sales on credit along the supply network, checks, defaults and their cascade."""

from __future__ import annotations

from creditsim.model.regimes import Rules
from creditsim.model.state import State


def trading(state: State, rules: Rules) -> None:
    """Sell on credit, check customers, collect what is due."""
