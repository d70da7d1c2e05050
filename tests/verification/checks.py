"""What a check is: a relation or a limit, the run that holds it, and the fault for which it must not hold."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

KINDS = ("exact", "monotone", "statistical")
STATUSES = ("holds", "scope differs", "exception", "not in the package")


@dataclass(frozen=True)
class Size:
    """How much is tried.

    Attributes
    ----------
    name : str
    cases : int
        Cases of an exact or monotone check.
    coarseness : float
        Multiplies the discrepancy that matters of each statistical check; sizes follow from it.
    scale : float
        Of populations in whole runs.
    replications : int
        Replications of whole runs.
    """

    name: str
    cases: int
    coarseness: float
    scale: float
    replications: int


SHORT = Size("short", cases=40, coarseness=2.0, scale=0.01, replications=1)
LONG = Size("long", cases=400, coarseness=1.0, scale=0.02, replications=4)


@dataclass(frozen=True)
class Finding:
    """What one run of a check found.

    Attributes
    ----------
    holds : bool
    size : int
        Cases tried, or the computed number of trials of a statistical check.
    discrepancy : float or None
        Measured: the largest deviation from the closed form or the other side.
    matters : float or None
        Statistical: the smallest discrepancy that must be found.
    false_alarm, power : float or None
        Statistical: chance of a finding where there is nothing, and of one at `matters`.
    note : str
        What was measured, where that needs words.
    """

    holds: bool
    size: int
    discrepancy: float | None = None
    matters: float | None = None
    false_alarm: float | None = None
    power: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Check:
    """One item of the list of what must be true.

    Attributes
    ----------
    name : str
        Unique; ``limit-04-...`` or ``relation-...``.
    title : str
        The relation, in words.
    kind : {'exact', 'monotone', 'statistical'}
    run, control : callable of Size, or None
        The check, and the same check on a part with a seeded fault, which must not hold. None where
        the package has no such part.
    fault : str
        What is wrong in the control.
    status : {'holds', 'scope differs', 'exception', 'not in the package'}
        'scope differs': holds in the scope that `scope` names. 'exception': a known case in which
        a relation is turned round, demonstrated; the control takes away what turns it.
    scope : str
        Why the scope differs, or what the exception is.
    """

    name: str
    title: str
    kind: str
    run: Callable[[Size], Finding] | None
    control: Callable[[Size], Finding] | None
    fault: str = ""
    status: str = "holds"
    scope: str = ""

    def __post_init__(self) -> None:
        """Refuse words outside the vocabulary, and a check without its control."""
        if self.kind not in KINDS or self.status not in STATUSES:
            raise ValueError(f"{self.name}: got {self.kind!r}, {self.status!r}")
        if (self.run is None) != (self.status == "not in the package"):
            raise ValueError(f"{self.name}: what the package has is checked, and nothing else")
        if self.run is not None and (self.control is None or not self.fault):
            raise ValueError(f"{self.name}: a check needs a control and the fault that it seeds")


def judged(check: Check, size: Size) -> dict[str, Any]:
    """Run a check and its control; return both as plain values, ready for JSON."""
    started = time.perf_counter()
    found = check.run(size) if check.run else None
    faulty = check.control(size) if check.control else None
    return {
        "name": check.name,
        "title": check.title,
        "kind": check.kind,
        "status": check.status,
        "scope": check.scope,
        "holds": None if found is None else bool(found.holds),
        "control_fails": None if faulty is None else not faulty.holds,
        "fault": check.fault,
        "discrepancy": _number(found and found.discrepancy),
        "control_discrepancy": _number(faulty and faulty.discrepancy),
        "matters": _number(found and found.matters),
        "false_alarm": _number(found and found.false_alarm),
        "power": _number(found and found.power),
        "size": 0 if found is None else int(found.size),
        "seconds": round(time.perf_counter() - started, 2),
        "note": "" if found is None else found.note,
    }


@contextlib.contextmanager
def replaced(owner: Any, name: str, other: Any) -> Iterator[None]:
    """Put another value in the place of an attribute for a while: how faults are seeded."""
    before = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _number(value: Any) -> float | None:
    """Return a plain number, or None."""
    return None if value is None else float(value)
