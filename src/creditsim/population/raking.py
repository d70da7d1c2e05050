"""From shares to whole people: proportional fitting, rounding under control, and drawing lots.

Only ``+ - * /`` and comparisons touch a float here, and equal lots go by position, so the same
tables give the same people on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditsim.population.order import ascending

_NEARLY = 1e-9


def rake(
    seed: np.ndarray, margins: Sequence[tuple[tuple[int, ...], np.ndarray]], rounds: int = 500
) -> np.ndarray:
    """Fit a table to margins by iterative proportional fitting.

    Parameters
    ----------
    seed : ndarray
        Any non-negative table; its odds ratios survive.
    margins : sequence of (axes, target)
        Axes that the margin keeps, in ascending order, and the wanted sums over the others.
    rounds : int
        Most sweeps over the margins; fewer if nothing moves any more.

    Returns
    -------
    ndarray of float64
        The last margin is met exactly, the others as far as all agree.

    Examples
    --------
    >>> rake(np.ones((2, 2)), [((0,), np.array([3.0, 1.0])), ((1,), np.array([2.0, 2.0]))])
    array([[1.5, 1.5],
           [0.5, 0.5]])
    """
    table = np.array(seed, dtype=np.float64)
    for _ in range(rounds):
        farthest = 0.0
        for axes, target in margins:
            others = tuple(axis for axis in range(table.ndim) if axis not in axes)
            found = table.sum(axis=others, keepdims=True)
            wanted = np.asarray(target, dtype=np.float64).reshape(found.shape)
            farthest = max(farthest, float(np.abs(found - wanted).max()))
            table *= np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)
        if farthest < _NEARLY:
            break
    return table


def round_to_total(values: np.ndarray, total: int, most: np.ndarray | None = None) -> np.ndarray:
    """Round to whole numbers of a given total by largest remainders.

    Parameters
    ----------
    values : ndarray
        Non-negative wanted values, of any shape.
    total : int
        What the result sums to.
    most : ndarray of int, optional
        An upper bound for each value.

    Returns
    -------
    ndarray of int64
        Of the shape of `values`; within one of each where the total allows it.

    Examples
    --------
    >>> round_to_total(np.array([1.2, 1.7, 2.1]), 5)
    array([1, 2, 2])
    """
    wanted = np.asarray(values, dtype=np.float64).ravel()
    bound = np.full(len(wanted), np.iinfo(np.int64).max) if most is None else np.ravel(most)
    whole = np.minimum(np.floor(wanted + _NEARLY).astype(np.int64), bound)
    while (left := int(total) - int(whole.sum())) != 0:
        step = 1 if left > 0 else -1
        movable = np.flatnonzero(whole < bound if step > 0 else whole > 0)
        if not len(movable):
            raise ValueError(f"no way to round to {total} within the bounds")
        due = step * (wanted[movable] - whole[movable])
        order = movable[np.argsort(-due, kind="stable")]
        whole[order[: abs(left)]] += step
    return whole.reshape(np.shape(values))


def settle(
    table: np.ndarray, families: Sequence[tuple[np.ndarray, np.ndarray]], steps: int = 400
) -> np.ndarray:
    """Move single units within rows until the margins lie as close to their targets as they can.

    Rounding each row of a table leaves margins over several rows off by a few units. One
    unit moved within a row, or two units exchanged between two rows, mends them; row sums
    never change.

    Parameters
    ----------
    table : ndarray of int, shape (rows, columns)
        The start.
    families : sequence of (labels, targets)
        `labels` (rows) says to which margin each row belongs; `targets` (margins, columns).
    steps : int
        Most moves.

    Returns
    -------
    ndarray of int64, shape (rows, columns)
    """
    table = np.array(table, dtype=np.int64)
    rows, columns = table.shape
    differs = [labels[:, None] != labels[None, :] for labels, _ in families]
    off = [_margin(table, labels, len(targets)) - targets for labels, targets in families]
    for _ in range(steps):
        pairs = np.zeros((rows, rows, columns, columns))
        singles = np.zeros((rows, columns, columns))
        for (labels, _), apart, gap in zip(families, differs, off, strict=True):
            # The fourth power makes one wide gap dearer than many narrow ones.
            less = (_fourth(gap - 1.0) - _fourth(gap))[labels]
            more = (_fourth(gap + 1.0) - _fourth(gap))[labels]
            move = less[:, :, None] + more[:, None, :]
            singles += move
            pairs += np.where(apart[:, :, None, None], move[:, None] + move.transpose(0, 2, 1)[None], 0.0)
        empty = table == 0
        singles[np.broadcast_to(empty[:, :, None], singles.shape)] = np.inf
        pairs[np.broadcast_to(empty[:, None, :, None], pairs.shape)] = np.inf
        pairs[np.broadcast_to(empty[None, :, None, :], pairs.shape)] = np.inf
        one, two = int(singles.argmin()), int(pairs.argmin())
        if min(singles.flat[one], pairs.flat[two]) > -_NEARLY:
            break
        if singles.flat[one] <= pairs.flat[two]:
            row, source, sink = np.unravel_index(one, singles.shape)
            moves = ((row, source, sink),)
        else:
            row, other, source, sink = np.unravel_index(two, pairs.shape)
            moves = ((row, source, sink), (other, sink, source))
        for row, source, sink in moves:
            table[row, source] -= 1
            table[row, sink] += 1
            for (labels, _), gap in zip(families, off, strict=True):
                gap[labels[row], source] -= 1.0
                gap[labels[row], sink] += 1.0
    return table


def pick(lots: np.ndarray, groups: np.ndarray, quotas: np.ndarray) -> np.ndarray:
    """Choose in each group as many members as its quota says, those with the lowest lots.

    Parameters
    ----------
    lots : ndarray of int
        One drawn word for each member; equal lots go by position.
    groups : ndarray of int
        The group of each member, from 0.
    quotas : ndarray of int
        How many to choose in each group.

    Returns
    -------
    ndarray of bool
    """
    order = ascending(lots, groups)
    chosen = np.zeros(len(groups), dtype=bool)
    first = 0
    for size, quota in zip(np.bincount(groups, minlength=len(quotas)).tolist(), quotas.tolist(), strict=True):
        chosen[order[first : first + min(size, quota)]] = True
        first += size
    return chosen


def _margin(table: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """Return the sums of a table's rows by label."""
    sums = np.zeros((count, table.shape[1]))
    np.add.at(sums, labels, table)
    return sums


def _fourth(gap: np.ndarray) -> np.ndarray:
    """Return the fourth power from products only."""
    square = gap * gap
    return square * square
