"""Read the numbers of a command line; collect every fault instead of stopping at the first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from creditsim.core.errors import Fault, nearest


def whole_number(option: str, text: str | None, faults: list[Fault]) -> int | None:
    """Return an option's whole number; None, and a fault more, if it is none.

    Examples
    --------
    >>> faults = []
    >>> whole_number("--months", "36", faults), whole_number("--months", "3.5", faults)
    (36, None)
    >>> print(faults[0])
    --months: got '3.5', expected a whole number, e.g. 12
    """
    if text is None:
        return None
    try:
        return int(_plain(text))
    except ValueError:
        faults.append(Fault(f"got {text!r}, expected a whole number, e.g. 12", key=option))
        return None


def number(option: str, text: str | None, faults: list[Fault]) -> float | None:
    """Return an option's number; None, and a fault more, if it is none or not finite."""
    if text is None:
        return None
    try:
        value = float(_plain(text))
        if not math.isfinite(value):
            raise ValueError
    except ValueError:
        faults.append(Fault(f"got {text!r}, expected a number, e.g. 0.1", key=option))
        return None
    return value


def numbers_of(texts: Mapping[str, str | None], faults: list[Fault]) -> dict[str, Any]:
    """Return the numbers of options by name; all are whole but for the scale. Add their faults."""
    readers = {"scale": number}
    return {name: readers.get(name, whole_number)(f"--{name}", text, faults) for name, text in texts.items()}


def typed_options(context: Any) -> dict[str, Any]:
    """Return what was typed for a command, by parameter: no defaults."""
    source = context.get_parameter_source
    return {name: value for name, value in context.params.items() if source(name).name == "COMMANDLINE"}


def choice_faults(option: str, text: str, choices: tuple[str, ...]) -> list[Fault]:
    """Return the fault of an option that is none of the allowed words, or none.

    Examples
    --------
    >>> print(*choice_faults("--engine", "object", ("compiled", "objects")))
    --engine: got 'object', expected compiled or objects, nearest: objects
    """
    if text in choices:
        return []
    expected = " or ".join(choices) if len(choices) <= 5 else f"one of {', '.join(choices)}"
    return [Fault(f"got {text!r}, expected {expected}{nearest(text, choices)}", key=option)]


def as_options(faults: tuple[Fault, ...], options: dict[str, Any]) -> list[Fault]:
    """Return faults of a call's arguments as faults of the options that gave them."""
    return [
        Fault(fault.message, key=f"--{fault.key}") if not fault.file and fault.key in options else fault
        for fault in faults
    ]


def _plain(text: str) -> str:
    """Return a text that Python reads as people do: ``1_000`` is no number to them."""
    if "_" in text:
        raise ValueError
    return text
