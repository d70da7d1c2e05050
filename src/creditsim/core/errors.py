"""Faults in what a user gave us: one line each, and never a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault of one input.

    Attributes
    ----------
    message : str
        What was got, what was expected, what to do; no line break.
    file : str
        Path as the user named it, or ``""`` for a command line or a call.
    line : int or None
        1-based line in ``file``.
    key : str
        Dotted key or option name, e.g. ``policy.inspection.visits_per_month``.
    """

    message: str
    file: str = ""
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        """Return ``file:line: key: message`` without the parts that are unknown."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.key, self.message) if part)


class InputError(ValueError):
    """All faults of an input at once; its text is one line a fault.

    Examples
    --------
    >>> str(InputError(Fault("got 1.2, expected a share from 0 to 1", "a.yaml", 3, "x")))
    'a.yaml:3: x: got 1.2, expected a share from 0 to 1'
    """

    def __init__(self, faults: Fault | Sequence[Fault]):
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple:
        """Pickle by the faults, so that an error crosses worker processes whole."""
        return InputError, (self.faults,)


def nearest(name: object, known: Iterable[str]) -> str:
    """Return ``", nearest: X"`` for a name close to a known one, else ``""``.

    Examples
    --------
    >>> nearest("satus-quo", ["status-quo", "guidance"])
    ', nearest: status-quo'
    """
    close = difflib.get_close_matches(str(name), sorted(known), n=1, cutoff=0.5)
    return f", nearest: {close[0]}" if close else ""


def unknown(name: object, known: Iterable[str], what: str) -> str:
    """Return the message for an unknown name: got, expected, nearest name."""
    options = sorted(known)
    expected = ", ".join(options) if len(options) <= 8 else f"one of {len(options)} known names"
    return f"got {name!r}, expected a known {what} ({expected}){nearest(name, options)}"
