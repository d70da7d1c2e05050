"""Procurement: tenders, projects and funding, with credit checked first."""

from __future__ import annotations

from creditsim.model.regimes import Rules
from creditsim.model.state import State


def procurement(state: State, rules: Rules) -> None:
    """Decide the month's tenders and grants."""
