"""Hold the simulation against patterns that the field reports: met, not met, not comparable."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from creditsim.analysis import pattern_measures
from creditsim.analysis.intervals import t_interval
from creditsim.analysis.pattern_measures import measured, pattern_scenarios
from creditsim.core.errors import Fault, InputError, unknown
from creditsim.core.fingerprint import fingerprint_json
from creditsim.experiment.execute import over_replications
from creditsim.experiment.run import run_replication
from creditsim.model.case import versions_of_results
from creditsim.spec.patterns import Pattern, PatternFinding, Status, last_validation, patterns

ROUNDS = 4
"""Rounds of replications at most: a pattern whose interval reaches over an end of its band gets another."""

LEAST_REPLICATIONS = 2
"""Replications without which there is no interval, hence no status."""


@dataclass(frozen=True)
class HeldPattern:
    """One pattern and what the simulation shows.

    Attributes
    ----------
    value, low, high : float
        Mean over replications and its 95% interval (the luck of the simulation only); NaN where
        the pattern is not comparable.
    replications : int
        How many there are of it.
    """

    pattern: Pattern
    value: float
    low: float
    high: float
    replications: int

    @property
    def position(self) -> str:
        """Where the interval lies: within, above, below or across an end of the band; or undefined."""
        if math.isnan(self.low):
            return "undefined" if self.pattern.comparable else "not_comparable"
        least = -np.inf if self.pattern.low is None else self.pattern.low
        most = np.inf if self.pattern.high is None else self.pattern.high
        if self.low >= least and self.high <= most:
            return "within"
        if self.low > most:
            return "above"
        return "below" if self.high < least else "across"

    @property
    def status(self) -> Status:
        """``met`` only if the whole interval lies in the band; ``not comparable`` if there is none."""
        position = self.position
        if position in ("undefined", "not_comparable"):
            return "not comparable"
        return "met" if position == "within" else "not met"


@dataclass(frozen=True)
class Tally:
    """How many patterns are comparable and met, all of them and the hold-outs alone."""

    comparable: int
    met: int
    hold_outs: int
    hold_outs_met: int

    @classmethod
    def of(cls, found: Sequence[HeldPattern | PatternFinding], roles: Sequence[str]) -> Tally:
        """Return the tally of findings and their roles."""
        pairs = [(each.status, role) for each, role in zip(found, roles, strict=True)]
        known = [(status, role) for status, role in pairs if status != "not comparable"]
        held_out = [status for status, role in known if role == "hold-out"]
        return cls(
            len(known),
            sum(status == "met" for status, _ in known),
            len(held_out),
            held_out.count("met"),
        )


@dataclass(frozen=True)
class ValidatedPatterns:
    """All patterns as held against one run of the simulation.

    Attributes
    ----------
    seed, replications, scale
        Of the run; patterns that were not clear have up to `ROUNDS` times the replications.
    inputs : str
        Fingerprint of model, data, patterns and measures, see `inputs_of_validation`.
    """

    found: tuple[HeldPattern, ...]
    seed: int
    replications: int
    scale: float
    inputs: str

    @property
    def tally(self) -> Tally:
        """How many are comparable and met."""
        return Tally.of(self.found, [each.pattern.role for each in self.found])

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the findings."""
        numbers = [[_plain(number) for number in (each.value, each.low, each.high)] for each in self.found]
        findings = [[each.pattern.name, each.status, each.replications] for each in self.found]
        return fingerprint_json([findings, numbers])


def validate_patterns(
    seed: int = 1,
    replications: int = 10,
    scale: float = 0.1,
    workers: int = 1,
    progress: Callable[[], None] | None = None,
    names: Sequence[str] = (),
) -> ValidatedPatterns:
    """Simulate what the patterns speak of and hold each against its band.

    All get `replications`. Those whose interval then reaches over an end of the band get as many
    again, at most `ROUNDS` times in all; what is still across then is not met.

    Parameters
    ----------
    progress : callable, optional
        Called after each replication.
    names : sequence of str
        Patterns; none means all.

    Raises
    ------
    InputError
        If there are fewer than two replications, or a name is none of a pattern.
    """
    check_validation(names, replications)
    chosen = [pattern for name, pattern in patterns().items() if not names or name in names]
    values: dict[str, list[float]] = {each.name: [] for each in chosen}
    unclear = [each for each in chosen if each.comparable]
    for turn in range(ROUNDS):
        if not unclear:
            break
        numbers = range(turn * replications, (turn + 1) * replications)
        wanted = [str(each.measure) for each in unclear]
        replicate = functools.partial(_measured_once, wanted, scale, seed)
        for numbers_found in over_replications(replicate, numbers, min(workers, replications)):
            for each in unclear:
                values[each.name].append(numbers_found[str(each.measure)])
            if progress:
                progress()
        unclear = [each for each in unclear if _held(each, values[each.name]).position == "across"]
    found = tuple(_held(each, values[each.name]) for each in chosen)
    return ValidatedPatterns(found, seed, replications, scale, inputs_of_validation())


def check_validation(names: Sequence[str], replications: int | None) -> None:
    """Raise InputError with all faults: names that no pattern has, too few replications for an interval."""
    faults = [
        Fault(unknown(name, list(patterns()), "pattern"), key="PATTERN")
        for name in names
        if name not in patterns()
    ]
    if replications is not None and replications < LEAST_REPLICATIONS:
        expected = f"expected at least {LEAST_REPLICATIONS}: without an interval nothing is met"
        faults.append(Fault(f"got {replications}, {expected}", key="replications"))
    if faults:
        raise InputError(faults)


def inputs_of_validation() -> str:
    """Return the SHA-256 over all that decides the findings: model, data, patterns, measures.

    Words about a pattern are not in it: a better explanation makes no finding stale.
    """
    held = {name: [each.role, each.measure, each.low, each.high] for name, each in patterns().items()}
    source = Path(str(pattern_measures.__file__)).read_bytes().replace(b"\r\n", b"\n")
    measures = hashlib.sha256(source).hexdigest()
    return fingerprint_json({**versions_of_results(), "patterns": held, "measures": measures})


def validation_is_stale() -> bool:
    """Say whether model, data, patterns or measures have changed since the last validation."""
    return last_validation()[0].inputs != inputs_of_validation()


def last_tally() -> Tally:
    """Return how many patterns were comparable and met in the last validation."""
    findings: Mapping[str, PatternFinding] = last_validation()[1]
    return Tally.of(list(findings.values()), [each.role for each in findings.values()])


def _measured_once(names: Sequence[str], scale: float, seed: int, replication: int) -> dict[str, float]:
    """Run one replication of what measures read; return their numbers."""
    results = run_replication(pattern_scenarios(names), scale, seed, replication, threads=1)
    return measured(results, names)


def _held(pattern: Pattern, by_replication: Sequence[float]) -> HeldPattern:
    """Return a pattern with the interval of its measure over replications."""
    count = len(by_replication)
    value, low, high = (math.nan,) * 3
    if count:
        value, low, high = (float(number) for number in t_interval(np.asarray(by_replication)))
    return HeldPattern(pattern, value, low, high, count)


def _plain(value: Any) -> float | None:
    """Return a number for JSON: null, never NaN."""
    return None if math.isnan(value) else value
