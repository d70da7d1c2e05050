"""What `creditsim sweep` does: find the workers, run, show how far it is, stop in order."""

from __future__ import annotations

import contextlib
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from creditsim.app.commands import standard_output_kept
from creditsim.app.options import whole_number
from creditsim.app.printing import Voice, print_json
from creditsim.core.errors import Fault, InputError

MOST_WORKERS = 1024

SECONDS_BETWEEN_LINES = 30.0
"""How often a sweep without a terminal says how far it is: a line in a cluster's log."""


def sweep_file(experiment: str, store: str, where: Mapping[str, str | None], voice: Voice) -> int:
    """Run an experiment into a store; return 0, or 1 if some runs came to nothing.

    Raises
    ------
    InputError
        All faults of the experiment and the options at once, before anything runs.
    KeyboardInterrupt
        With what to say, after Ctrl-C or a SIGTERM; what is finished was written.
    """
    from creditsim.app import sweeps
    from creditsim.spec.experiment import load_experiment

    faults: list[Fault] = []
    workers = workers_asked(where, faults)
    try:
        loaded = load_experiment(experiment)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    voice.detail(repr(loaded))
    again = shlex.join(["creditsim", "sweep", experiment, "--store", store, *_typed(where)])
    with standard_output_kept(), terminated_as_stopped():
        try:
            client = _cluster(where, voice)
            swept = sweeps.sweep(loaded, store, workers, client, progress=progress_lines(voice))
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"stopped; finished runs are kept; go on with: {again}") from None
    if voice.json:
        print_json(swept.to_dict())
    else:
        voice.result(str(swept))
    for line in swept.failure_lines():
        print(line, file=sys.stderr)
    return 1 if swept.failed else 0


def _typed(where: Mapping[str, str | None]) -> list[str]:
    """Return the options of where to run, as they were typed."""
    given = [(f"--{name.replace('_', '-')}", text) for name, text in where.items() if text is not None]
    return [part for pair in given for part in pair]


def workers_asked(where: Mapping[str, str | None], faults: list[Fault]) -> int | None:
    """Return the number of local workers, if one is given; add the faults of where to run."""
    named = _typed(where)[::2]
    if len(named) > 1:
        faults.append(Fault(f"got {' and '.join(named)}, expected one of them"))
    workers = whole_number("--workers", where["workers"], faults)
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        expected = f"expected a whole number from 1 to {MOST_WORKERS}"
        faults.append(Fault(f"got {workers}, {expected}", key="--workers"))
    return workers


def _cluster(where: Mapping[str, str | None], voice: Voice) -> Any:
    """Return a client of the cluster that is named, or None."""
    if where["dask"] is None and where["dask_scheduler_file"] is None:
        return None
    from creditsim.experiment.workers.on_dask import connect

    client = connect(where["dask"], where["dask_scheduler_file"])
    voice.detail(repr(client))
    return client


@contextlib.contextmanager
def terminated_as_stopped() -> Iterator[None]:
    """Take a SIGTERM, which a cluster sends before it ends a job, as Ctrl-C: write and stop in order."""

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: nobody can send it here
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def progress_lines(voice: Voice) -> bool | Callable:
    """Return how a sweep shows how far it is: a bar on a terminal, a line now and then elsewhere."""
    if voice.quiet:
        return False
    if voice.progress:
        return True
    said = [time.monotonic()]

    def tell(progress: Any) -> None:
        if time.monotonic() - said[0] >= SECONDS_BETWEEN_LINES:
            said[0] = time.monotonic()
            voice.remark(progress_text(progress))

    return tell


def progress_text(progress: Any) -> str:
    """Return how far a sweep is, on one line."""
    left = progress.seconds_left
    ending = "" if left is None else f", about {duration_text(left)} left"
    return (
        f"{progress.finished:,} of {progress.planned:,} runs, {len(progress.failed)} failed, "
        f"{progress.rate_per_second:.2g} a second{ending}"
    )


def duration_text(seconds: float) -> str:
    """Return a duration as people say it.

    Examples
    --------
    >>> duration_text(42), duration_text(600), duration_text(9000)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
