"""Summaries that a fit compares with the field: measures of patterns, read from what a store keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from creditsim.analysis.pattern_measures import MEASURES
from creditsim.analysis.posterior.targets import Target
from creditsim.core.errors import Fault, InputError
from creditsim.spec.patterns import Pattern, patterns

Cell = tuple[str, str, str, str]
"""Scenario, outcome, setting, group."""


class StoredRun:
    """Monthly values of one world and replication, as measures of patterns look them up.

    Parameters
    ----------
    values : mapping of Cell to array
    months : int
        Reported months that are looked at.
    """

    def __init__(self, values: Mapping[Cell, np.ndarray], months: int):
        self._values, self.months = values, months

    def of(self, scenario: str, outcome: str, setting: str = "all", group: str = "all") -> np.ndarray:
        """Return an outcome month by month."""
        return self._values[scenario, outcome, setting, group][: self.months]


@dataclass(frozen=True)
class Summary:
    """One number of a simulated world.

    Attributes
    ----------
    name : str
        Of the pattern.
    of : callable
        Takes a `StoredRun`, returns the number; NaN where it is not defined.
    reads : tuple of Cell
        What it reads.
    months : int
        Reported months that it needs.
    pattern : Pattern
    """

    name: str
    of: Callable[[StoredRun], float]
    reads: tuple[Cell, ...]
    months: int
    pattern: Pattern


def summaries_of(names: Sequence[str]) -> tuple[Summary, ...]:
    """Return the summaries of patterns.

    Raises
    ------
    InputError
        If a pattern is not compared with the simulation, or is measured in ledgers or grades, which
        stores do not keep.
    """
    found, faults = [], []
    for name in names:
        pattern = patterns()[name]
        if pattern.measure is None:
            faults.append(Fault(f"got {name}, to which the model has no counterpart", key="patterns"))
            continue
        measure = MEASURES[pattern.measure]
        probe = _Probe(measure.months)
        try:
            measure.of(probe)  # type: ignore[arg-type]
        except AttributeError:
            got = f"got {name}, which is measured in ledgers or grades"
            faults.append(Fault(f"{got}, expected a pattern of monthly outcomes alone", key="patterns"))
            continue
        found.append(Summary(name, measure.of, tuple(probe.read), measure.months, pattern))  # type: ignore[arg-type]
    if faults:
        raise InputError(faults)
    return tuple(found)


def target_of(summaries: Sequence[Summary]) -> Target:
    """Return the bands of the summaries' patterns."""
    low = [-np.inf if each.pattern.low is None else each.pattern.low for each in summaries]
    high = [np.inf if each.pattern.high is None else each.pattern.high for each in summaries]
    return Target(tuple(each.name for each in summaries), np.array(low, float), np.array(high, float))


class _Probe(StoredRun):
    """A run that notes what a measure reads of it; it has neither ledger nor grades."""

    def __init__(self, months: int) -> None:
        super().__init__({}, months)
        self.read: dict[Cell, None] = {}

    def of(self, scenario: str, outcome: str, setting: str = "all", group: str = "all") -> np.ndarray:
        self.read[scenario, outcome, setting, group] = None
        return np.ones(self.months)
