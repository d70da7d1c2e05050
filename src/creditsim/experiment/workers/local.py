"""Execute tasks in processes of this machine, which may die without taking the sweep along.

loky notices when a worker process dies, by whatever cause, and then gives up its whole pool: every
task in flight comes back with that death, and the next one starts a new pool. A worker has one
thread, ignores Ctrl-C, never writes to the driver's standard output, and ends when its driver is gone.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import platform
import queue
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

import loky

from creditsim.experiment.workers.places import Done, on_one_line

_ONE_THREAD = dict.fromkeys(
    (
        "BLIS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)  # fmt: skip
"""Read by the libraries when a worker first imports them."""


class LocalWorkers:
    """Worker processes on this machine, see `creditsim.experiment.workers.places.Workers`.

    Parameters
    ----------
    number : int
        Processes; they start with the first task.
    work : callable
        What is done with a task; importable by a worker.
    """

    def __init__(self, number: int, work: Callable[[Any], Any]):
        self._number, self._work = number, work
        self._executor: loky.ProcessPoolExecutor | None = None
        self._back: queue.SimpleQueue[tuple[Any, Future]] = queue.SimpleQueue()
        self._in_flight: set[Future] = set()

    @property
    def width(self) -> int:
        """Return two tasks for each worker: one at work and one at hand."""
        return 2 * self._number

    def submit(self, task: Any) -> None:
        """Send a task to the workers, new ones if need be."""
        try:
            future = self._sent(task)
        except loky.BrokenProcessPool:
            # A worker died, perhaps while it had nothing to do; what was in flight comes back by itself.
            self._end_pool()
            future = self._sent(task)
        back = self._back
        self._in_flight.add(future)
        future.add_done_callback(lambda future: back.put((task, future)))

    def wait(self, seconds: float) -> list[Done]:
        """Return what came back within that time, as soon as something did."""
        came = []
        with contextlib.suppress(queue.Empty):
            came.append(self._back.get(timeout=seconds))
            while True:
                came.append(self._back.get_nowait())
        self._in_flight.difference_update(future for _, future in came)
        return [_done(task, future) for task, future in came]

    def close(self, now: bool = False) -> None:
        """End the workers when they are through; `now`: kill them, and forget what is in flight."""
        if now:
            self._back = queue.SimpleQueue()
        else:
            concurrent.futures.wait(self._in_flight)
        self._in_flight.clear()
        self._end_pool()

    def _sent(self, task: Any) -> Future:
        """Return the future of a task that the pool took; raise BrokenProcessPool if it cannot."""
        if self._executor is None:
            self._executor = loky.ProcessPoolExecutor(
                self._number, initializer=partial(_settle_in, os.getpid()), env=_ONE_THREAD
            )
        with _interrupts_held_back():
            return self._executor.submit(self._work, task)

    def _end_pool(self) -> None:
        """End the pool, with its processes, pipes and semaphores.

        Workers are killed even if they are idle: one that was killed from outside while it held the
        lock of their common queue would make the others, asked to end by themselves, wait for ever.
        """
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)
            self._executor = None


def _done(task: Any, future: Future) -> Done:
    """Return a task that came back."""
    error = future.exception()
    if error is None:
        return Done(task, future.result())
    return Done(task, death=_death(error), worker=platform.node())


def _death(error: BaseException) -> str:
    """Return how a worker ended, as far as loky tells: by a signal, an exit code, or what was raised."""
    codes = re.search(r"exit codes of the workers are {(.+?)}", str(error))
    if not codes:
        return on_one_line(error)
    hint = " (killed; the system does so when memory is short)" if "SIGKILL" in codes[1] else ""
    return f"the worker process ended: {codes[1]}{hint}"


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hold Ctrl-C back from this thread: a process started meanwhile is deaf to it from its first moment."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle_in(driver: int) -> None:
    """Make this process a worker of the driver with that process id."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whatever a run prints, in Python or in C, goes where errors go: the driver may print JSON.
    os.dup2(2, 1)
    threading.Thread(target=_end_with, args=[driver], daemon=True).start()


def _end_with(driver: int) -> None:
    """End this process at once when its driver is gone; loky's workers would wait for tasks for ever."""
    if sys.platform == "win32":
        multiprocessing.parent_process().join()
    while sys.platform != "win32" and os.getppid() == driver:
        time.sleep(1)
    os._exit(1)
