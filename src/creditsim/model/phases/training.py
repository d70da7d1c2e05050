"""Training: integrity lessons for teachers, pupils and civil servants."""

from __future__ import annotations

from creditsim.model.regimes import Rules
from creditsim.model.state import State


def training(state: State, rules: Rules) -> None:
    """Give the month's training and let it act on honesty."""
