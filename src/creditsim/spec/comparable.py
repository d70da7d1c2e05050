"""Scenarios beside each other: labels told apart, the same months of the same district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from creditsim.core.errors import Fault, InputError
from creditsim.spec.scenario import Scenario

SHARED = ("population", "start", "months")
"""What scenarios must have in common: their outcomes are told apart by month and place alone."""


def distinct_names(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return the scenarios with labels made unique: the second of a name becomes ``name (2)``."""
    seen: dict[str, int] = {}
    out = []
    for scenario in scenarios:
        seen[scenario.name] = seen.get(scenario.name, 0) + 1
        number = seen[scenario.name]
        out.append(scenario if number == 1 else replace(scenario, name=f"{scenario.name} ({number})"))
    return out


def check_comparable(scenarios: Sequence[Scenario]) -> None:
    """Raise InputError unless all scenarios report the same months of the same district."""
    faults = [Fault(message, key=field) for _, field, message in not_shared(scenarios)]
    if faults:
        raise InputError(faults)


def not_shared(scenarios: Sequence[Scenario]) -> list[tuple[int, str, str]]:
    """Return (number of the scenario, field, message) for all in which a scenario is not as the first."""
    first = scenarios[0]
    return [
        (
            number,
            field,
            f"got {getattr(each, field)} in {each.name}, expected {getattr(first, field)} as in {first.name}",
        )
        for field in SHARED
        for number, each in enumerate(scenarios)
        if getattr(each, field) != getattr(first, field)
    ]
