"""Who is tied to whom: homes, staff rooms, jobs, representatives, neighbours, supply.

Each relation is a pair of arrays in compressed sparse rows, made from the population's own
columns or from lots keyed by slots, in time that grows with the number of ties.
"""

from __future__ import annotations

import contextlib
import csv
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creditsim.core.errors import Fault, InputError
from creditsim.core.shipped import data_path
from creditsim.population.agents import NOBODY, has_trait, is_adult
from creditsim.population.fixed import once_per_population
from creditsim.population.neighbours import pair_neighbours, share_rooms
from creditsim.population.order import tie_both_ways, tie_one_way
from creditsim.population.supply import Assumed, local_suppliers, supply_links

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.population.synthesis import Population

RELATIONS = ("households", "staff_rooms", "employer", "representative", "neighbours", "supply")
"""Names of the relations of `Ties`, in the order in which they are shown."""

_TAIL = 0.05
"""Share of the enterprises, those with most ties, that count as the tail."""


@dataclass(frozen=True, eq=False)
class Relation:
    """A relation: row ``i`` is tied to ``indices[indptr[i]:indptr[i + 1]]``.

    Attributes
    ----------
    indptr : ndarray of int64, shape (rows + 1,)
    indices : ndarray of int32
        Rows of agents.

    Examples
    --------
    >>> relation = Relation.from_pairs(np.array([2, 0, 0]), np.array([1, 5, 3]), rows=3)
    >>> relation[0].tolist(), relation[1].tolist(), relation[2].tolist()
    ([3, 5], [], [1])
    >>> relation.reversed(6)[5].tolist()
    [0]
    """

    indptr: np.ndarray
    indices: np.ndarray

    @classmethod
    def from_pairs(cls, source: np.ndarray, target: np.ndarray, rows: int) -> Relation:
        """Return the relation of the pairs, each row in ascending order."""
        return cls(*tie_one_way(source, target, rows))

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __getitem__(self, row: int) -> np.ndarray:
        return self.indices[self.indptr[row] : self.indptr[row + 1]]

    def __repr__(self) -> str:
        return f"Relation({len(self):,} rows, {len(self.indices):,} ties)"

    @property
    def degrees(self) -> np.ndarray:
        """The number of ties of each row, as ``int64``."""
        return np.diff(self.indptr)

    @property
    def sources(self) -> np.ndarray:
        """The row of each tie, as ``int64``: the other end of `indices`."""
        return np.repeat(np.arange(len(self)), self.degrees)

    @property
    def nbytes(self) -> int:
        """Size of both arrays in bytes."""
        return self.indptr.nbytes + self.indices.nbytes

    def reversed(self, rows: int) -> Relation:
        """Return the relation read the other way: from each of `rows` targets to its sources."""
        return Relation.from_pairs(self.indices, self.sources, rows)


@dataclass(frozen=True, repr=False, eq=False)
class Ties:
    """All ties of a population; arrays are read-only and hold rows of agents.

    Attributes
    ----------
    name : str
        The district.
    agents : ndarray of AGENT
        The agents that are tied.
    households : Relation
        Household to its members, the head first, pupils last.
    staff_rooms : Relation
        Room to the teachers or civil servants who share it; all of one school or agency.
    employer : Relation
        Agent to those who work there (adults who live in the district): enterprise, school or agency.
    representative : Relation
        Agent to the enterprises and tutoring institutions that a person stands for.
    neighbours : Relation
        Agent to adults of other homes at the same home site; symmetric.
    supply : Relation
        Supplier to its customers, active enterprises all; ``supply.reversed(len(supply))``
        leads from customer to suppliers.
    """

    name: str
    agents: np.ndarray
    households: Relation
    staff_rooms: Relation
    employer: Relation
    representative: Relation
    neighbours: Relation
    supply: Relation

    def relations(self) -> dict[str, Relation]:
        """Return the relations by name."""
        return {name: getattr(self, name) for name in RELATIONS}

    @property
    def nbytes(self) -> int:
        """Size of all relations in bytes; what the population holds anyway is counted too."""
        return sum(relation.nbytes for relation in self.relations().values())

    def check(self) -> pd.DataFrame:
        """Compare what the ties are like with what they are assumed to be like.

        Returns
        -------
        DataFrame
            Columns relation, measure, target, low, high (the assumption and its range; not
            a number where nothing is assumed) and actual. An exponent is that of the
            survival function over the top twentieth of the active enterprises.
        """
        import pandas as pd

        columns = ["relation", "measure", "target", "low", "high", "actual"]
        return pd.DataFrame(list(_measures(self)), columns=columns)

    def __repr__(self) -> str:
        each = self.nbytes / max(len(self.agents), 1)
        lines = [f"Ties of {self.name}: {self.nbytes / 1e6:.1f} MB, {each:.1f} bytes an agent"]
        lines.append(f"  {'relation':<15}{'rows':>9}{'ties':>11}{'mean':>7}{'most':>7}{'MB':>7}")
        for name, relation in self.relations().items():
            degrees = relation.degrees
            mean = len(relation.indices) / max(int((degrees > 0).sum()), 1)
            lines.append(
                f"  {name:<15}{len(relation):>9,}{len(relation.indices):>11,}{mean:>7.2f}"
                f"{int(degrees.max(initial=0)):>7,}{relation.nbytes / 1e6:>7.2f}"
            )
        lines.append("  mean: of the rows that have any")
        return "\n".join(lines)


@once_per_population
def build_ties(population: Population) -> Ties:
    """Return the ties of a population, built at the first call and kept as long as it is.

    The same population gives the same bits on every machine.

    Raises
    ------
    InputError
        If an assumption that the ties need is missing from the district's data.
    """
    return make_ties(population)


@functools.cache
def read_assumptions(name: str) -> dict[tuple[str, str, str], Assumed]:
    """Return the assumptions of a district with their ranges."""
    with data_path("districts", name, "assumptions.csv").open(encoding="utf-8", newline="") as lines:
        return {
            (row["table"], row["item"], row["group"]): Assumed(
                float(row["value"]), float(row["low"]), float(row["high"])
            )
            for row in csv.DictReader(lines)
        }


@contextlib.contextmanager
def missing_rows_named(name: str) -> Iterator[None]:
    """Raise InputError for an assumption that a district's data lack."""
    try:
        yield
    except KeyError as missing:
        row = " / ".join(missing.args[0])
        raise InputError(Fault(f"no row {row}", f"data/districts/{name}/assumptions.csv")) from None


def make_ties(population: Population) -> Ties:
    """Return the ties of a population, without keeping them."""
    agents = population.agents
    key = (population.seed, population.replication)
    assumed = read_assumptions(population.name)
    firms = len(population.enterprises)
    employed = np.flatnonzero((agents["employer"] != NOBODY) & is_adult(agents))
    stood_for = np.flatnonzero(agents["representative"] != NOBODY)
    with missing_rows_named(population.name):
        relations = {
            "households": Relation(
                population.households.indptr, population.households.members.astype(np.int32, copy=False)
            ),
            "staff_rooms": _share_rooms(agents, assumed["staff_room", "teachers", "room"].value, *key),
            "employer": Relation.from_pairs(agents["employer"][employed], employed, len(agents)),
            "representative": Relation.from_pairs(
                agents["representative"][stood_for], stood_for, len(agents)
            ),
            "neighbours": _join_neighbours(
                agents,
                assumed["neighbours", "next_door", "adults"].value,
                assumed["neighbours", "elsewhere_at_site", "adults"].value,
                *key,
            ),
            "supply": Relation.from_pairs(*supply_links(agents[:firms], assumed, *key), firms),
        }
    for relation in relations.values():
        relation.indptr.setflags(write=False)
        relation.indices.setflags(write=False)
    return Ties(population.name, agents, **relations)


def _share_rooms(agents: np.ndarray, size: float, seed: int, replication: int) -> Relation:
    """Return who shares which staff room, see `share_rooms`."""
    return Relation(*share_rooms(agents, size, seed, replication))


def _join_neighbours(
    agents: np.ndarray, next_door: float, elsewhere: float, seed: int, replication: int
) -> Relation:
    """Return who is whose neighbour, both ways, see `pair_neighbours`."""
    pairs = pair_neighbours(agents, next_door, elsewhere, seed, replication)
    return Relation(*tie_both_ways(pairs, len(agents)))


def tail_exponent(degrees: np.ndarray, count: int) -> float:
    """Return the exponent of the survival function over the `count` largest degrees.

    The slope of log(rank - 1/2) on log(degree), sign changed; not a number with fewer than
    two different degrees. Source: Gabaix, Ibragimov (2011), Journal of Business & Economic
    Statistics 29(1).
    """
    top = np.sort(degrees)[::-1][:count]
    top = np.log(top[top > 0])
    if len(top) < 2 or top[0] == top[-1]:
        return float("nan")
    ranks = np.log(np.arange(1, len(top) + 1) - 0.5)
    return float(-np.polyfit(top, ranks, 1)[0])


def _measures(ties: Ties) -> Iterator[tuple[str, str, float, float, float, float]]:
    """Give the rows of `Ties.check`."""
    agents, assumed = ties.agents, read_assumptions(ties.name)
    free = (float("nan"),) * 3
    one = (1.0, 1.0, 1.0)

    def share(yes: np.ndarray) -> float:
        return float(yes.mean()) if len(yes) else 1.0

    for name in ("households", "staff_rooms", "employer", "representative"):
        degrees = getattr(ties, name).degrees
        target = assumed["staff_room", "teachers", "room"] if name == "staff_rooms" else free
        yield name, "mean", *target, float(degrees[degrees > 0].mean()) if degrees.any() else 0.0
        yield name, "most", *free, float(degrees.max(initial=0))

    near = ties.neighbours
    next_door = assumed["neighbours", "next_door", "adults"]
    elsewhere = assumed["neighbours", "elsewhere_at_site", "adults"]
    ends = np.sort(near.sources * len(agents) + near.indices)
    back = np.sort(near.indices.astype(np.int64) * len(agents) + near.sources)
    people = max(int(is_adult(agents).sum()), 1)
    target = tuple(a + b for a, b in zip(next_door, elsewhere, strict=True))
    yield "neighbours", "mean", *target, len(near.indices) / people
    yield "neighbours", "most", *free, float(near.degrees.max(initial=0))
    yield "neighbours", "share answered", *one, share(ends == back)
    same = agents["home"][near.sources] == agents["home"][near.indices]
    yield "neighbours", "share at one site", *one, share(same)

    active = has_trait(agents[: len(ties.supply)], "active")
    sold = ties.supply.degrees
    bought = ties.supply.reversed(len(ties.supply)).degrees
    seller, buyer = ties.supply.sources, ties.supply.indices
    yield "supply", "mean suppliers", *local_suppliers(assumed), len(buyer) / max(int(active.sum()), 1)
    for side, degrees in (("customers", sold), ("suppliers", bought)):
        count = int(active.sum() * _TAIL)
        target = assumed["supply", f"{side}_exponent", "of survival"]
        yield "supply", f"exponent of {side}", *target, tail_exponent(degrees[active], count)
        yield "supply", f"most {side}", *free, float(degrees.max(initial=0))
    yield "supply", "share active", *one, share(active[seller] & active[buyer])
    yield "supply", "share in one area", *free, share(agents["area"][seller] == agents["area"][buyer])
