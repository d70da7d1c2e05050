"""Worlds: the uncertain factors that an experiment varies, and how many combinations of them it tries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from creditsim.spec.levers import LeverValue, levers

DIGITS = 6
"""Significant digits of a factor's values: what is shown is what was run."""


@dataclass(frozen=True)
class Factor:
    """One uncertain factor of the world: a range, or some values.

    Attributes
    ----------
    lever : str
        Full name, ``world....``.
    low, high : number or None
        Ends of the range, in the lever's unit; None where there are values.
    values : tuple
        Levels; empty where there is a range.
    source : str
        Where range or values come from; decides nothing.
    """

    lever: str
    low: float | None = None
    high: float | None = None
    values: tuple[LeverValue, ...] = ()
    source: str = field(default="", compare=False)

    def at(self, position: int, of: int) -> LeverValue:
        """Return the value at a share of the range, ``position / of``; values get equal shares of it.

        The share is a ratio of integers, the value has six digits: the same on every machine.

        Examples
        --------
        >>> Factor("world.norm_weight_share", 0.0, 0.3).at(1, 3), Factor("world.x", values=(1, 2)).at(1, 2)
        (0.1, 2)
        """
        if self.values:
            return self.values[min(position * len(self.values) // of, len(self.values) - 1)]
        if levers()[self.lever].whole:
            return min(self.low + position * (self.high - self.low + 1) // of, self.high)
        value = float(f"{self.low + (self.high - self.low) * (position / of):.{DIGITS}g}")
        return min(max(value, self.low), self.high)

    def inputs(self) -> dict[str, Any]:
        """Return all that decides the values, ready for JSON."""
        return {"lever": self.lever, "low": self.low, "high": self.high, "values": list(self.values)}

    def __str__(self) -> str:
        """Return ``lever: low to high``, or its values, with the unit."""
        lever = levers()[self.lever]
        if self.values:
            return f"{self.lever}: {', '.join(lever.show(value) for value in self.values)}"
        return f"{self.lever}: {lever.show(self.low, unit=False)} to {lever.show(self.high)}"


@dataclass(frozen=True)
class Worlds:
    """The worlds in which every scenario runs; without factors it is one, the scenarios' own.

    Attributes
    ----------
    design : {'', 'grid', 'latin-hypercube', 'sobol', 'listed', 'posterior'}
    number : int
    factors : tuple of Factor
        In the catalogue's order.
    listed : tuple of tuple
        Values of the factors, one row a world or a particle; empty where a design spreads worlds.
    weights : tuple of int
        Of the particles of a posterior; empty elsewhere.
    own_luck : bool
        Whether each world has luck of its own, as calibration needs it; else all share theirs.
    """

    design: str = ""
    number: int = 1
    factors: tuple[Factor, ...] = ()
    listed: tuple[tuple[LeverValue, ...], ...] = field(default=(), repr=False)
    weights: tuple[int, ...] = field(default=(), repr=False)
    own_luck: bool = False

    def inputs(self) -> dict[str, Any]:
        """Return all that decides the worlds, ready for JSON; what is not used is left out."""
        factors = [factor.inputs() for factor in self.factors]
        told = {"design": self.design, "number": self.number, "factors": factors}
        if self.listed:
            told |= {"listed": [list(row) for row in self.listed], "weights": list(self.weights)}
        return told | ({"own_luck": True} if self.own_luck else {})
