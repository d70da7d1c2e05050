"""Promises: what public bodies owe and promised, their evaluation, their leaders, and firms' trust."""

from __future__ import annotations

from creditsim.model.regimes import Rules
from creditsim.model.state import State


def promises(state: State, rules: Rules) -> None:
    """Let public bodies pay, keep or break promises, and be evaluated."""
