"""Summaries that a calibration compares: measures of patterns, and for synthetic truth plain outcome means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from creditsim.analysis.patterns import MEASURES, MONTHS
from creditsim.analysis.posterior.targets import Target
from creditsim.core.errors import Fault, InputError, unknown
from creditsim.spec.experiment import Experiment
from creditsim.spec.outcomes import outcomes
from creditsim.spec.patterns import Pattern, patterns

Cell = tuple[str, str, str, str]
"""Scenario, outcome, setting, group."""


class StoredRun:
    """Monthly values of one world and replication, as measures of patterns look them up."""

    def __init__(self, values: Mapping[Cell, np.ndarray]):
        self._values = values

    def __call__(self, scenario: str, outcome: str, setting: str = "all", group: str = "all") -> np.ndarray:
        """Return an outcome month by month, one row a replication: here one."""
        return self._values[scenario, outcome, setting, group][None, :]


@dataclass(frozen=True)
class Summary:
    """One number of a simulated world.

    Attributes
    ----------
    name : str
        Of the pattern, or ``OUTCOME@SCENARIO``.
    of : callable
        Takes a `StoredRun`, returns the number; NaN where it is not defined.
    reads : tuple of Cell
        What it reads.
    months : int or None
        Reported months that it needs; None: any.
    pattern : Pattern or None
    """

    name: str
    of: Callable[[StoredRun], float]
    reads: tuple[Cell, ...]
    months: int | None = None
    pattern: Pattern | None = None


def summaries_of(names: Sequence[str], synthetic: bool) -> tuple[Summary, ...]:
    """Return the summaries that are named; without names those of all patterns with the role `fit`.

    Parameters
    ----------
    names : sequence of str
        Patterns, or ``OUTCOME@SCENARIO`` for an outcome's mean over the months.
    synthetic : bool
        Whether the truth is synthetic: then any pattern and any outcome will do. Else a pattern must
        have the role `fit`: one that set a parameter, or is held out, would be used twice.

    Raises
    ------
    InputError
        All faults at once.
    """
    faults: list[Fault] = []
    names = list(names) or [name for name, each in patterns().items() if each.role == "fit"]
    if not names:
        got = "got no pattern with the role fit in data/patterns.yaml, expected at least one"
        raise InputError(Fault(f"{got}; name summaries, on synthetic truth: --on OUTCOME@SCENARIO", key="--on"))
    found = []
    for name in dict.fromkeys(names):
        try:
            found.append(_of_outcome(name, synthetic) if "@" in name else _of_pattern(name, synthetic))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return tuple(found)


def target_of(summaries: Sequence[Summary]) -> Target:
    """Return the bands of the summaries' patterns."""
    low = [-np.inf if each.pattern.low is None else each.pattern.low for each in summaries]
    high = [np.inf if each.pattern.high is None else each.pattern.high for each in summaries]
    return Target(tuple(each.name for each in summaries), np.array(low, float), np.array(high, float))


def check_read(summaries: Sequence[Summary], experiment: Experiment) -> None:
    """Raise InputError unless an experiment has the scenarios and the months that summaries read."""
    faults = []
    for each in summaries:
        for scenario in dict.fromkeys(cell[0] for cell in each.reads):
            if scenario not in experiment.labels:
                message = f"got none of the name {scenario!r}, which {each.name} reads"
                faults.append(Fault(f"{message}; add it", experiment.file, key="scenarios"))
        if each.months is not None and experiment.months != each.months:
            message = f"got {experiment.months}, expected {each.months}, which {each.name} reads"
            faults.append(Fault(message, experiment.file, key="months"))
    if faults:
        raise InputError(faults)


def _of_pattern(name: str, synthetic: bool) -> Summary:
    """Return the summary of a pattern."""
    if name not in patterns():
        raise InputError(Fault(unknown(name, patterns(), "pattern, or OUTCOME@SCENARIO"), key="--on"))
    pattern = patterns()[name]
    if pattern.role != "fit" and not synthetic:
        why = "it set a parameter already" if pattern.role == "input" else "it is kept to check the result"
        got = f"got {name}, whose role is {pattern.role} ({why})"
        raise InputError(Fault(f"{got}, expected a pattern with the role fit, or --synthetic", key="--on"))
    measure = MEASURES[pattern.measure]
    probe = _Probe()
    measure(probe)
    return Summary(name, lambda run: float(measure(run)[0]), tuple(probe.read), MONTHS, pattern)


def _of_outcome(name: str, synthetic: bool) -> Summary:
    """Return the summary of an outcome's mean over the months."""
    short, _, scenario = name.partition("@")
    known = {key: full for full, each in outcomes().items() for key in (full, each.short) if key}
    if short not in known:
        raise InputError(Fault(unknown(short, outcomes(), "outcome"), key="--on"))
    if not synthetic:
        got = f"got {name}, an outcome, of which nothing is observed"
        raise InputError(Fault(f"{got}, expected a pattern with the role fit, or --synthetic", key="--on"))
    outcome = known[short]

    def of(run: StoredRun) -> float:
        return float(np.mean(run(scenario, outcome)))

    return Summary(f"{outcome}@{scenario}", of, ((scenario, outcome, "all", "all"),))


class _Probe(StoredRun):
    """A run that notes what a measure reads of it."""

    def __init__(self) -> None:
        self.read: dict[Cell, None] = {}

    def __call__(self, scenario: str, outcome: str, setting: str = "all", group: str = "all") -> np.ndarray:
        self.read[scenario, outcome, setting, group] = None
        return np.ones((1, MONTHS))
