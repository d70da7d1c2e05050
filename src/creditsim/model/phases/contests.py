"""Contests: titles, awards, posts, cadres, honours and membership, by merit and score."""

from __future__ import annotations

from creditsim.model.regimes import Rules
from creditsim.model.state import State


def contests(state: State, rules: Rules) -> None:
    """Decide the month's contests."""
