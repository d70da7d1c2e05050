"""Suppress small cells of real aggregates, and as many more that none of them can be worked out.

Primary: counts under 10. Secondary: in a table of known sums a single hidden cell of a row is the sum less
the others, so further cells are hidden until none can be solved for, and those hidden in a row together are
10 or more. After Willenborg and de Waal, Elements of Statistical Disclosure Control (2001), chapter 4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SMALLEST = 10
"""Counts below are not kept."""

TOTALS = frozenset(("all", "total", "sum", "合计", "总计", "全部", "小计"))
"""Words of a dimension that stand for the sum over its other words."""

_EXACT = 1e-9


def suppressed(keys: Sequence[Sequence[str]], values: np.ndarray, smallest: float = SMALLEST) -> np.ndarray:
    """Return which cells of one table are to be hidden.

    Parameters
    ----------
    keys : sequence of sequence of str
        The words of each cell, one a dimension, e.g. ``("18-24", "m")``.
    values : ndarray of float, shape (cells,)
        Counts. Sums over a dimension are taken as known even where the table has no such cell.
    smallest : float
        Counts below are hidden.

    Returns
    -------
    ndarray of bool, shape (cells,)

    Examples
    --------
    >>> cells = [("a", "m"), ("a", "f"), ("b", "m"), ("b", "f")]
    >>> suppressed(cells, np.array([4.0, 30.0, 20.0, 50.0])).tolist()
    [True, True, True, True]
    >>> suppressed([("a",), ("b",), ("c",)], np.array([4.0, 30.0, 20.0])).tolist()
    [True, False, True]
    """
    values = np.asarray(values, dtype=float)
    hidden = values < smallest
    if not hidden.any():
        return hidden
    is_sum = np.array([any(word.lower() in TOTALS for word in key) for key in keys])
    lines = _lines(keys)
    while True:
        added = _one_more(lines, values, hidden, is_sum, smallest)
        if added is None:
            break
        hidden[added] = True
    return hidden


def _lines(keys: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """Return the cells of each line: those that differ in one dimension only, their sum among them."""
    lines: dict[tuple, list[int]] = {}
    for cell, key in enumerate(keys):
        for dimension in range(len(key)):
            lines.setdefault((dimension, *key[:dimension], *key[dimension + 1 :]), []).append(cell)
    return [np.array(cells) for cells in lines.values() if len(cells) > 1]


def _one_more(
    lines: list[np.ndarray], values: np.ndarray, hidden: np.ndarray, is_sum: np.ndarray, smallest: float
) -> int | None:
    """Return a further cell to hide, the smallest of a line that gives one away; None if none does."""
    for cells in lines:
        shut = cells[hidden[cells]]
        open_ = cells[~hidden[cells]]
        if len(shut) and len(open_) and (len(shut) == 1 or values[shut].sum() < smallest):
            return _smallest(open_, values, is_sum)
    solved = _solved(lines, hidden)
    for cells in lines:
        open_ = cells[~hidden[cells]]
        if len(open_) and solved[cells].any():
            return _smallest(open_, values, is_sum)
    return None


def _smallest(cells: np.ndarray, values: np.ndarray, is_sum: np.ndarray) -> int:
    """Return the smallest of some cells, a sum only if there is nothing else."""
    return int(cells[np.lexsort((cells, values[cells], is_sum[cells]))[0]])


def _solved(lines: list[np.ndarray], hidden: np.ndarray) -> np.ndarray:
    """Return which hidden cells follow from what is shown: those that have no freedom left."""
    columns = np.flatnonzero(hidden)
    matrix = np.array([np.isin(columns, cells) for cells in lines if hidden[cells].any()], dtype=float)
    solved = np.zeros(len(hidden), bool)
    if len(matrix):
        _, strengths, directions = np.linalg.svd(matrix)
        free = directions[(strengths > _EXACT).sum() :]
        solved[columns] = (np.abs(free) < _EXACT).all(axis=0)
    return solved
