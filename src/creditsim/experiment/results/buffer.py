"""Gather finished runs until they make a shard: `ShardBuffer`, and the cutting of a batch into shards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creditsim.experiment.tasks import Finished

MOST_RUNS = 100
MOST_BYTES = 32 << 20
MOST_SECONDS = 5.0


class ShardBuffer:
    """Finished runs that wait for their shard.

    Large shards are small on disk, because runs of a sweep resemble each other. But what waits here is
    lost with the process: so a shard is due after 5 s at the latest.

    Parameters
    ----------
    clock : callable
        Seconds that never go back.

    Examples
    --------
    >>> buffer = ShardBuffer()
    >>> buffer.due(), buffer.take()
    (False, [])
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._runs: list[Finished] = []
        self._bytes = 0
        self._since = 0.0

    def __len__(self) -> int:
        return len(self._runs)

    def add(self, run: Finished) -> None:
        """Let a run wait."""
        if not self._runs:
            self._since = self._clock()
        self._runs.append(run)
        self._bytes += run.values.nbytes

    def due(self) -> bool:
        """Tell whether what waits is to be written: 100 runs, 32 MiB of values, or 5 s after the first."""
        return bool(self._runs) and (
            len(self._runs) >= MOST_RUNS
            or self._bytes >= MOST_BYTES
            or self._clock() - self._since >= MOST_SECONDS
        )

    def seconds_left(self) -> float | None:
        """Return how long until a shard is due by time alone; None if nothing waits."""
        return max(0.0, self._since + MOST_SECONDS - self._clock()) if self._runs else None

    def waiting(self) -> tuple[Finished, ...]:
        """Return what waits, and let it wait on."""
        return tuple(self._runs)

    def take(self) -> list[Finished]:
        """Return what waits, and wait for the next."""
        runs, self._runs, self._bytes = self._runs, [], 0
        return runs


def shards_of(runs: Iterable[Finished]) -> Iterator[list[Finished]]:
    """Yield runs in batches of one layout, each small enough to be read at once."""
    waiting: dict[object, ShardBuffer] = {}
    for run in runs:
        buffer = waiting.setdefault(run.layout, ShardBuffer(clock=lambda: 0.0))
        buffer.add(run)
        if buffer.due():
            yield buffer.take()
    yield from (buffer.take() for buffer in waiting.values() if len(buffer))
