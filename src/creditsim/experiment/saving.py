"""Save a run as it goes: every so many months, after its last, and when it is stopped with Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from creditsim.core.errors import Fault, InputError
from creditsim.model.credit_model import CreditModel

USUAL_EVERY = 12
"""Months between two savings."""


@dataclass(frozen=True)
class Saving:
    """Where and how often a run is saved.

    Attributes
    ----------
    path : str
        A new file, or the checkpoint from which the run goes on.
    every : int
        Months between two savings.
    """

    path: str
    every: int = USUAL_EVERY

    def faults(self, start: str | Path | None = None) -> list[Fault]:
        """Return what speaks against it for a run that goes on from `start`; leaves nothing behind."""
        faults = []
        if not 1 <= self.every <= 600:
            expected = "expected a whole number from 1 to 600"
            faults.append(Fault(f"got {self.every}, {expected}", key="checkpoint_every"))
        path = Path(self.path)
        if path.exists() and not (start is not None and Path(start).exists() and path.samefile(start)):
            expected = "expected a new file, or the one from which the run goes on"
            faults.append(Fault(f"got {self.path!r}, which is there, {expected}", key="checkpoint"))
        elif not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            expected = "expected a file in a folder of your own"
            faults.append(
                Fault(f"got {self.path!r}, where nothing can be written, {expected}", key="checkpoint")
            )
        return faults


class RunStopped(KeyboardInterrupt):
    """A run was stopped with Ctrl-C, and what it had simulated is in a checkpoint.

    Attributes
    ----------
    path : str
    months, horizon : int
        Months that the checkpoint holds, and months of the scenario.
    """

    def __init__(self, path: str, months: int, horizon: int):
        super().__init__(f"stopped; {months} of {horizon} months are in {path}")
        self.path, self.months, self.horizon = path, months, horizon


def checked_saving(path: str | None, every: int, start: str | Path | None = None) -> Saving | None:
    """Return how a run is to be saved, None without a path; raise InputError with all that is wrong."""
    if path is None:
        return None
    saving = Saving(str(path), every)
    faults = saving.faults(start)
    if faults:
        raise InputError(faults)
    return saving


def run_and_save(model: CreditModel, saving: Saving, progress: Callable[[], None] | None = None) -> None:
    """Run a model to its scenario's last month and save it as it goes.

    The first Ctrl-C ends the month and saves; a second one stops at once, and the checkpoint before stays.

    Raises
    ------
    RunStopped
        If the run was stopped after something was saved.
    """
    horizon, saved = model.policy.months, 0

    def save() -> None:
        nonlocal saved
        model.save(saving.path)
        saved = model.months_done

    try:
        with _stopping_between_months() as asked:
            while model.months_done < horizon:
                model.step()
                if progress:
                    progress()
                if asked or model.months_done % saving.every == 0 or model.months_done == horizon:
                    save()
                if asked:
                    raise KeyboardInterrupt
    except KeyboardInterrupt:
        if saved:
            raise RunStopped(saving.path, saved, horizon) from None
        raise


@contextmanager
def _stopping_between_months() -> Iterator[list[int]]:
    """Give a list that is not empty any more once Ctrl-C was pressed; the second time it stops as usual."""
    asked: list[int] = []
    usual = signal.getsignal(signal.SIGINT)
    # Only the main thread may say what signals do; and who is deaf to Ctrl-C, or has plans for it, stays so.
    if threading.current_thread() is not threading.main_thread() or usual is not signal.default_int_handler:
        yield asked
        return

    def ask(number: int, frame: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, usual)
