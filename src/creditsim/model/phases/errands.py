"""Errands: certificates, desks and the hours that one-stop service saves."""

from __future__ import annotations

from creditsim.model.regimes import Rules
from creditsim.model.state import State


def errands(state: State, rules: Rules) -> None:
    """Count the errands of the month and the hours saved."""
