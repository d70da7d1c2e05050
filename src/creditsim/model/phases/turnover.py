"""Turnover: who leaves, who comes, and firms that return under a new name."""

from __future__ import annotations

from creditsim.model.regimes import Rules
from creditsim.model.state import State


def turnover(state: State, rules: Rules) -> None:
    """Let agents leave and others take their places."""
