"""Do work for runs of neighbouring rows, each on a thread of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Found = TypeVar("Found")


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
