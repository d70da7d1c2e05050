"""Supervision: visits to schools and tutoring institutions, by class where they are classified."""

from __future__ import annotations

from creditsim.model.regimes import Rules
from creditsim.model.state import State


def supervision(state: State, rules: Rules) -> None:
    """Spend the month's supervision visits."""
