"""Execute tasks on a Dask cluster, whoever started it; needs the extra `cluster`.

`connect` finds the scheduler; any other `distributed.Client` will do as well. Dask itself sends a
task to another worker when one dies; after some such deaths it gives the task up, which is then a
death here. Results leave the cluster's memory as soon as they are here. When the scheduler goes,
all that was in flight is lost, and `WorkersLost` says how to resume.
"""

from __future__ import annotations

import json
import logging
import pickle
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditsim.core.errors import Fault, InputError
from creditsim.experiment.workers.places import Done, WorkersLost, on_one_line

if TYPE_CHECKING:
    from distributed import Client, Future

_PATIENCE_SECONDS = 10
"""For a scheduler to answer, and for its file to appear."""

_LOOK_SECONDS = 0.02
"""Between two looks at what came back: little beside a task, and each worker has its next one at hand."""


def connect(address: str | None = None, scheduler_file: str | None = None) -> Client:
    """Return a client of a running scheduler; without arguments, of the one in Dask's configuration.

    Parameters
    ----------
    address : str, optional
        E.g. ``tcp://10.0.0.5:8786``.
    scheduler_file : str, optional
        The file that ``dask scheduler --scheduler-file`` writes.

    Raises
    ------
    InputError
        If there is no scheduler within ten seconds, or Dask is not installed.
    """
    try:
        import dask
        from distributed import Client
        from distributed.comm import resolve_address
    except ImportError:
        message = 'Dask is not installed, expected: pip install "creditsim[cluster]"'
        raise InputError(Fault(message, key="cluster")) from None
    if scheduler_file is not None:
        address = _address_in(scheduler_file)
    address = address or dask.config.get("scheduler-address", None)
    if not address:
        # Without an address, Dask would quietly start a cluster on this machine.
        raise InputError(Fault("got no scheduler, expected its address or its scheduler file", key="cluster"))
    try:
        # A client that fails over a misspelt address would write a traceback when the process ends.
        resolve_address(address)
        return Client(address, timeout=_PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        found = " ".join(str(error).split()) or type(error).__name__
        message = f"got no answer from a Dask scheduler at {address} ({found}), expected a running one"
        raise InputError(Fault(message[:500], key="cluster")) from None


class DaskWorkers:
    """The workers of a Dask cluster, see `creditsim.experiment.workers.places.Workers`.

    Parameters
    ----------
    client : distributed.Client
        Stays open when this is closed.
    work : callable
        What is done with a task; importable by a worker.
    tell : callable, optional
        Given a line when the cluster has no worker; else it goes to standard error.
    """

    def __init__(self, client: Client, work: Callable[[Any], Any], tell: Callable[[str], None] | None = None):
        self._client, self._work = client, work
        self._address = client.scheduler.address
        self._tell = tell or (lambda line: print(line, file=sys.stderr, flush=True))
        self._tasks: dict[str, Any] = {}
        self._asked_at, self._threads = -1.0, 0
        self._forget()

    @property
    def width(self) -> int:
        """Return two tasks for each thread of the workers now connected; at least 1."""
        now = time.monotonic()
        if self._asked_at < 0 or now >= self._asked_at + 1:
            first, before = self._asked_at < 0, self._threads
            self._asked_at, self._threads = now, self._count_threads()
            if not self._threads and (first or before):
                self._tell(f"waiting for a worker of the scheduler at {self._address}")
        return max(1, 2 * self._threads)

    def submit(self, task: Any) -> None:
        """Send a task to the scheduler."""
        self._check_scheduler()
        # As bytes, for Dask looks into the arguments of what it calls, and takes data classes apart.
        packed = pickle.dumps((self._work, task), pickle.HIGHEST_PROTOCOL)
        key = f"creditsim-{uuid.uuid4().hex}"
        self._tasks[key] = task
        self._back.add(self._client.submit(_unpacked, packed, key=key, pure=False, retries=0))

    def wait(self, seconds: float) -> list[Done]:
        """Return what came back within that time, as soon as something did."""
        until = time.monotonic() + seconds
        while True:
            self._check_scheduler()
            came = self._back.next_batch(block=False) if self._tasks else []
            left = until - time.monotonic()
            if came or left <= 0:
                return [self._done(*each) for each in came]
            time.sleep(min(_LOOK_SECONDS, left))

    def close(self, now: bool = False) -> None:
        """Take back what is in flight; Dask has no way to stop what a worker has begun."""
        if self._tasks and self._client.status == "running":
            self._client.cancel(list(self._back.futures), force=True)
        self._forget()

    def _forget(self) -> None:
        """Start anew with nothing in flight."""
        from distributed import as_completed

        self._tasks.clear()
        self._back = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)

    def _count_threads(self) -> int:
        """Return the number of threads of all workers now connected."""
        self._check_scheduler()
        try:
            return sum(self._client.nthreads().values())
        except (OSError, TimeoutError):
            raise self._lost() from None

    def _done(self, future: Future, result: Any) -> Done:
        """Return a task that came back, and let the cluster forget it."""
        from distributed import KilledWorker

        if future.status not in ("finished", "error"):
            raise self._lost()
        task = self._tasks.pop(future.key)
        if future.status == "finished":
            future.release()
            return Done(task, result)
        error = future.exception()
        future.release()
        if isinstance(error, KilledWorker):
            times = error.allowed_failures + 1
            died = "the worker process died" + (f", {times} in all, one after the other" if times > 1 else "")
            return Done(task, death=died, worker=error.last_worker.address)
        return Done(task, death=_without_package(error) or on_one_line(error))

    def _check_scheduler(self) -> None:
        """Raise WorkersLost if the client is no longer connected."""
        if self._client.status != "running":
            raise self._lost()

    def _lost(self) -> WorkersLost:
        """Return what to tell a user whose scheduler is gone."""
        # Told once is enough: Dask's client would add tracebacks of its own.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL + 1)
        return WorkersLost(
            Fault(
                f"lost the Dask scheduler at {self._address}; finished runs are kept: start a scheduler and "
                "its workers, then give the same command again, and it goes on where it stopped",
                key="cluster",
            )
        )


def _unpacked(packed: bytes) -> Any:
    """Do a packed piece of work, in a worker."""
    work, task = pickle.loads(packed)
    return work(task)


def _without_package(error: BaseException | None) -> str | None:
    """Return what to tell if an error comes from a worker or scheduler that cannot import creditsim."""
    while error is not None:
        if isinstance(error, ImportError) and str(error.name).split(".")[0] == "creditsim":
            return f"the cluster cannot import creditsim ({error}): install the same version there"
        error = error.__cause__ or error.__context__
    return None


def _address_in(scheduler_file: str) -> str:
    """Return the address in a scheduler's file, once there is one; raise InputError if it does not come."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return str(json.loads(Path(scheduler_file).read_text("utf-8"))["address"])
        except (OSError, ValueError, LookupError, TypeError):
            if time.monotonic() >= until:
                message = "got no scheduler's address in this file, expected one written by a Dask scheduler"
                raise InputError(Fault(message, file=str(scheduler_file))) from None
        time.sleep(0.1)
