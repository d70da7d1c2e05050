"""Lay out the worlds of a sensitivity study: Morris trajectories or Saltelli points, and a scan.

SALib estimates, but does not draw: its samplers have a random state of their own. Positions here
are integers from named draws, in the order of rows that SALib's estimators expect, so that a seed
gives the same worlds on every machine. A factor that nothing depends on, the dummy, is in every
design: what is estimated of it is the estimator's own error.

Sources: Morris (1991), "Factorial sampling plans for preliminary computational experiments",
Technometrics 33; Saltelli et al. (2010), "Variance based sensitivity analysis of model output",
Computer Physics Communications 181.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.experiment.designs import SOBOL_BITS, factor_words, sobol
from creditsim.spec.limits import LARGEST_KEY
from creditsim.spec.worlds import Factor

METHODS = ("morris", "sobol")
"""Screening by elementary effects; shares of the variance."""

DUMMY = "dummy"
"""Name of the factor that nothing depends on."""

MORRIS_LEVELS = 4
"""Levels of a factor in a trajectory; a step is two of them, two thirds of the range."""

SCAN_LEVELS = 4
"""Evenly spaced values, both ends among them, that a scan takes of each factor beside its own value."""

MOST_SAMPLES = 1 << 16
"""Trajectories, or base points, at most."""


class Ranged(Protocol):
    """What a factor must have: a name, and its value at a share of its range."""

    @property
    def lever(self) -> str:
        """Its name."""

    def at(self, position: int, of: int) -> Any:
        """Return its value at the share ``position / of`` of the range."""


@dataclass(frozen=True)
class Range:
    """A factor of a plain function.

    Examples
    --------
    >>> Range("x", 0.0, 2.0).at(1, 4)
    0.5
    """

    lever: str
    low: float
    high: float

    def at(self, position: int, of: int) -> float:
        """Return the value at a share of the range."""
        return self.low + (self.high - self.low) * (position / of)


@dataclass(frozen=True)
class Screening:
    """The design of a sensitivity study.

    Attributes
    ----------
    method : {'morris', 'sobol'}
    samples : int
        Trajectories, or base points (a power of two).
    seed : int
    factors : tuple of Factor or Range
        Without the dummy, which is always the last column.
    own : mapping of str to value
        What the factors are unless a study varies them; there is a scan only where this is given.
    """

    method: str
    samples: int
    seed: int
    factors: tuple[Ranged, ...]
    own: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no design can be made of; all faults at once."""
        faults = []
        if self.method not in METHODS:
            faults.append(Fault(unknown(self.method, METHODS, "method"), key="method"))
        least = 2
        if not least <= self.samples <= MOST_SAMPLES:
            expected = f"expected a whole number from {least} to {MOST_SAMPLES:,}"
            faults.append(Fault(f"got {self.samples:,}, {expected}", key="samples"))
        elif self.method == "sobol" and self.samples & (self.samples - 1):
            below = 1 << self.samples.bit_length() - 1
            expected = f"expected a power of two, e.g. {below} or {2 * below}"
            faults.append(Fault(f"got {self.samples}, {expected}", key="samples"))
        if not 0 <= self.seed <= LARGEST_KEY:
            got = f"got {self.seed}, expected a whole number from 0 to {LARGEST_KEY}"
            faults.append(Fault(got, key="seed"))
        if not self.factors:
            got = "got no factor, expected at least one: worlds with factors in the experiment's file"
            faults.append(Fault(got, key="worlds.factors"))
        if faults:
            raise InputError(faults)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns: the factors, then the dummy."""
        return (*(factor.lever for factor in self.factors), DUMMY)

    @property
    def of(self) -> int:
        """What the positions are out of."""
        return MORRIS_LEVELS - 1 if self.method == "morris" else 1 << SOBOL_BITS

    @property
    def block(self) -> int:
        """Rows of one trajectory, or of one base point."""
        return len(self.names) + (1 if self.method == "morris" else 2)

    @functools.cached_property
    def positions(self) -> np.ndarray:
        """Positions (rows, columns): blocks one below the other, as SALib has them."""
        place = trajectories if self.method == "morris" else saltelli
        return place(self.names, self.samples, self.seed)

    @functools.cached_property
    def worlds(self) -> tuple[dict[str, Any], ...]:
        """Different worlds of the rows and of the scan, in the order in which they first come."""
        return self._laid_out[0]

    @property
    def rows(self) -> np.ndarray:
        """World of each row of the design."""
        return self._laid_out[1]

    @property
    def own_world(self) -> int | None:
        """The world in which every factor is its own; None without a scan."""
        return self._laid_out[2]

    @property
    def scan(self) -> dict[str, list[tuple[Any, int]]]:
        """Values of each factor, ascending, with the worlds where it alone is not its own."""
        return self._laid_out[3]

    def points(self) -> np.ndarray:
        """Return the rows' values without the dummy, (rows, factors), for a plain function."""
        columns = [
            [factor.at(position, self.of) for position in column.tolist()]
            for factor, column in zip(self.factors, self.positions.T)
        ]
        return np.array(columns, dtype=np.float64).T

    def record(self) -> dict[str, Any]:
        """Return all that decides the design, ready for JSON, as `of_record` reads it."""
        return {
            "method": self.method,
            "samples": self.samples,
            "seed": self.seed,
            "factors": [factor.inputs() for factor in self.factors],
            "own": dict(self.own),
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Screening:
        """Return the design of a record."""
        factors = tuple(Factor(**{**each, "values": tuple(each["values"])}) for each in record["factors"])
        return cls(record["method"], record["samples"], record["seed"], factors, dict(record["own"]))

    @functools.cached_property
    def _laid_out(self) -> tuple:
        """Worlds, world of each row, own world, scan."""
        known: dict[tuple, int] = {}
        names = self.names[:-1]

        def place(values: Sequence[Any]) -> int:
            return known.setdefault(tuple(values), len(known))

        own = None if not self.own else place([self.own[name] for name in names])
        scan = {}
        for column, factor in enumerate(self.factors if self.own else ()):
            values = {factor.at(step, SCAN_LEVELS - 1) for step in range(SCAN_LEVELS)} | {
                self.own[factor.lever]
            }
            scan[factor.lever] = []
            for value in sorted(values, key=lambda each: (isinstance(each, str), each)):
                changed = [self.own[name] for name in names]
                changed[column] = value
                scan[factor.lever].append((value, place(changed)))
        rows = [
            place([factor.at(position, self.of) for factor, position in zip(self.factors, row)])
            for row in self.positions.tolist()
        ]
        worlds = tuple(dict(zip(names, values)) for values in known)
        return worlds, np.array(rows, np.int64), own, scan


def trajectories(names: Sequence[str], number: int, seed: int) -> np.ndarray:
    """Return Morris trajectories as positions (number x (names + 1), names), 0 to `MORRIS_LEVELS` - 1.

    In a trajectory each column moves once, by half the levels. Where a factor begins, and when it
    moves, depends on its own name.

    Examples
    --------
    >>> steps = np.diff(trajectories(["x", "y"], 1, seed=1), axis=0)
    >>> sorted(abs(steps).sum(axis=0).tolist()), sorted(abs(steps).sum(axis=1).tolist())
    ([2, 2], [2, 2])
    """
    step = MORRIS_LEVELS // 2
    start = np.column_stack([factor_words(name, number, seed, 3) >> 30 for name in names])
    moves = np.column_stack([factor_words(name, number, seed, 4) for name in names])
    turn = np.argsort(np.argsort(moves, axis=1, kind="stable"), axis=1, kind="stable")
    moved = np.arange(len(names) + 1)[None, :, None] > turn[:, None, :]
    change = np.where(start < step, step, -step)
    return (start[:, None, :] + moved * change[:, None, :]).reshape(-1, len(names))


def saltelli(names: Sequence[str], number: int, seed: int) -> np.ndarray:
    """Return positions (number x (names + 2), names) out of 2**`SOBOL_BITS`: A, A with a column of B, B.

    A and B are the halves of one Sobol sequence of twice as many columns, digitally shifted by name.

    Examples
    --------
    >>> block = saltelli(["x", "y"], 2, seed=1)[:4]
    >>> (block[1] == [block[3][0], block[0][1]]).all(), (block[2] == [block[0][0], block[3][1]]).all()
    (np.True_, np.True_)
    """
    both, _ = sobol([*names, *(f"{name} again" for name in names)], number, seed)
    columns = len(names)
    first, second = both[:, :columns], both[:, columns:]
    points = np.repeat(first[:, None, :], columns + 2, axis=1)
    for column in range(columns):
        points[:, column + 1, column] = second[:, column]
    points[:, -1] = second
    return points.reshape(-1, columns)
