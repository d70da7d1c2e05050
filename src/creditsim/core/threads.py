"""Do work for runs of neighbouring rows, each on a thread of its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Found = TypeVar("Found")

LARGE_ROWS = 50_000
"""Rows from which threads gain more than it takes to start them, some fifty microseconds each and phase."""


def available_cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_for(rows: int, threads: int | None = None) -> int:
    """Return the threads asked for; if none were, all cores for a large run and one for a small run.

    Examples
    --------
    >>> threads_for(1_000), threads_for(1_000, 4)
    (1, 4)
    """
    if threads is not None:
        return threads
    return available_cores() if rows >= LARGE_ROWS else 1


def in_parts(work: Callable[[int, int], Found], size: int, threads: int) -> list[Found]:
    """Call ``work(low, high)`` for as many runs of rows as threads; return what it gave, in row order.

    Compiled rules let go of the interpreter lock, so that the runs go on side by side. The
    work of a run must write nothing that another run reads or writes.

    Examples
    --------
    >>> in_parts(lambda low, high: list(range(low, high)), 5, 2)
    [[0, 1], [2, 3, 4]]
    """
    bounds = [size * part // threads for part in range(threads + 1)]
    parts = list(itertools.pairwise(bounds))
    if threads == 1:
        return [work(*part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda part: work(*part), parts))
