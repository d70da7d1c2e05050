"""What a sweep asks of any place that executes tasks, be it this machine or a cluster.

A place is made with the work that it does: a function of one task that gives its result, in
production `creditsim.experiment.tasks.run_task`. Tasks go in by `submit` and come back by `wait`,
each exactly once: done, or with the death of its worker. A place never tries a task again;
`creditsim.experiment.workers.tries` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from creditsim.core.errors import InputError

LONGEST_LINE = 500


@dataclass(frozen=True)
class Done:
    """A task that came back; `result` and `death` exclude each other.

    Attributes
    ----------
    task : Task
        As it was submitted.
    result : list of (Finished or Failure) or None
        What the work gave.
    death : str or None
        How the worker ended instead, on one line.
    worker : str
        Host or address of a worker that died, as far as it is known.
    """

    task: Any
    result: Any = field(default=None, repr=False)
    death: str | None = None
    worker: str = ""


class Workers(Protocol):
    """A place that executes tasks."""

    @property
    def width(self) -> int:
        """How many tasks make sense in flight now, at least 1: one at work and one at hand a worker."""

    def submit(self, task: Any) -> None:
        """Send a task on its way and return at once."""

    def wait(self, seconds: float) -> list[Done]:
        """Return what came back within that time, as soon as something did; [] if nothing did."""

    def close(self, now: bool = False) -> None:
        """End the workers when they are through; `now`: kill them, and forget what is in flight."""


class WorkersLost(InputError):
    """The place itself is gone, with all that was in flight; what had come back before is safe."""


def on_one_line(error: BaseException) -> str:
    """Return an error, and the last line of what caused it, as one line.

    Examples
    --------
    >>> on_one_line(ValueError("got 1, expected 2"))
    'ValueError: got 1, expected 2'
    """
    text = " ".join(f"{type(error).__name__}: {error}".split())
    # Where a worker's error is sent home, its traceback there is the cause.
    cause = str(error.__cause__ or "").strip(' "\n').rpartition("\n")[2]
    return (text if cause in text else f"{text} ({cause})")[:LONGEST_LINE]
