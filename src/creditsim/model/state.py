"""The state of a run: who the agents are now, what is on file, what waits at the desks."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.fields import with_fields
from creditsim.core.months import NO_MONTH
from creditsim.model.chains import Chains
from creditsim.model.memory import MemoryUse, memory_of
from creditsim.model.parts.contests import Contests, first_contests
from creditsim.model.parts.public_bodies import PublicBodies, first_public_bodies
from creditsim.model.parts.records import Files, first_files
from creditsim.model.parts.schools import Schools, first_schools
from creditsim.model.parts.service import Service, first_service
from creditsim.model.parts.trade import Trade, first_trade
from creditsim.model.parts.turnover import Turnover, first_turnover
from creditsim.model.quantities import QUANTITIES
from creditsim.population.agents import (
    CELLS_PER_AREA,
    ENTERPRISE,
    INSTITUTION,
    TEACHER,
    has_trait,
    rows_of_kind,
    takes_part,
)
from creditsim.population.peers import build_peers
from creditsim.population.synthesis import Population
from creditsim.scoring.enterprise import CLASSES
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import GRADES, KINDS, SITE_KINDS

RANKS = np.dtype([(name, "u4") for name in ("file", "consent", "migrant", "aware")])
"""Fixed 32-bit words of an agent. A share is reached by those below its threshold, so that a larger share
includes everyone of a smaller one."""

SITE_RANKS = np.dtype([(name, "u4") for name in ("fund", "bins")])
"""Fixed 32-bit words of a site, which hold for those who live there."""

MEMORY = np.dtype([("did", "u8"), ("met", "u8")])
"""What a row did and met in the last month acted: bit `k` is activity `k`."""

PENDING = np.dtype(
    [
        ("row", "i4"),
        ("activity", "i2"),
        ("channel", "i1"),
        ("wrong", "u1"),
        ("item", "i4"),
        ("points_mp", "i4"),
        ("account", "i1"),
        ("event", "i4"),
        ("due", "u1"),
        ("check", "i8"),
        ("flags", "u1"),
        ("generation", "u1"),
    ]
)
"""A filed record that waits for its desk; `check` is its 32-bit word there, `generation` who held the row."""

# Bits of a record's flags: delivered once more; objected to before posting; made up to fill a quota.
COPY, OBJECTED, PADDED = 1, 2, 4

CASE = np.dtype(
    [("entry", "i8"), ("row", "i4"), ("filed", "i4"), ("due", "i4"), ("wrong", "u1"), ("check", "i8")]
)
"""An appeal that waits for its desk; `due` is the month in which its time limit ends."""

# Bits of State.deeds: what an agent did this month, and what it got for it (a fine counts as cash); the last
# two: left a due unpaid for want of cash, and was penalised for that.
BREACHED, DID_GOOD, GOT_GOODS, GOT_CASH, FOUND_OUT, NOT_ABLE, HARSH = 1, 2, 4, 8, 16, 32, 64

# Bits of PENDING.due: the record is of an unpaid due; for want of cash; and a fine was already set.
DUE, FOR_WANT, FINED = 1, 2, 4

# Bits of State.pledges: holds a pledge; posts the owner's personal score code beside it.
PLEDGED, POSTED = 1, 2

_COLUMN_OF = {name: column for column, name in enumerate(QUANTITIES)}

BASE_MP, BASE_STAR = 1_000_000, 2
"""Score in milli-points, and star, of an account without entries."""

BEST_CLASS = len(CLASSES) - 1
CLEAN = 100_000 * len(CLASSES) + BEST_CLASS
"""Evaluation of an organisation without entries: total (milli-points) times the classes, plus the class."""


@dataclass
class State:
    """Everything that changes from month to month.

    Attributes
    ----------
    population : Population
        Who was there at the start; never changed.
    seed, replication : int
        The key of all draws.
    agents : FieldArray of AGENT
    month : int
        Calendar month that the next step simulates.
    chains : Chains
        The ledger and each agent's entries in it.
    ranks, site_ranks : FieldArray of RANKS, of SITE_RANKS
        Fixed words of the agents and of the sites.
    counts : ndarray of int64, shape (cells, quantities)
        This month's counts; cells are areas x settings x groups, see population.agents.cell_codes.
    done, met : ndarray of int64, shape (sites, activities)
        Visible acts and opportunities of last month, by site.
    visited : ndarray of uint8
        1 if visited this month.
    active : ndarray of uint8
        Regime of this month.
    deeds : ndarray of uint8
        Bits: what an agent did this month, and what it got for it.
    memory : FieldArray of MEMORY
        What each did and met in the last month acted.
    last_breach : ndarray of int16
        Calendar month; those of the next 700 years fit 16 bits.
    last_tutoring : ndarray of int16
        Calendar month, by teacher, in row order.
    last_visit, warned : ndarray of int16
        Calendar months, by enterprise, which are the first rows.
    firm_class : ndarray of int8
        Class of an enterprise or institution, D 0 to A 3.
    evaluation : ndarray of int32
        Total in milli-points times the classes, plus the class by points and limits; of
        enterprises, then of schools, in row order.
    pledges : ndarray of uint8
        Bits: holds a pledge, posts the owner's score code.
    visit_ratio : ndarray of float64, shape (2, classes)
        Visits to firms by (regime, class) against the baseline's, as announced.
    hours_tenths : ndarray of int16, shape (2, agents)
        Recorded service in tenths of an hour: this calendar year's, last year's.
    below_warning : ndarray of uint8
        By enterprise: 1 if the representative's score lay below the warning threshold last month.
    grade_before : ndarray of uint8
        District grade of last month; the number of grades where there was none.
    grade_flows : ndarray of int64, shape (kinds, grades + 1, grades)
        Agents of the month by kind, grade of last month (last: none) and grade.
    held : ndarray of int64, by cell
        Entries held on persons.
    files, service, trade, contests, schools, public_bodies, turnover
        What each mechanism remembers, see model/parts.
    pending, cases, filed_now : ndarray of PENDING, CASE, PENDING
        Records at the desks, appeals at the desks, what was filed this month.
    fund_fen : ndarray of int64, shape (2,)
        Balance of the village fund and of the sub-district fund.
    public : mapping of str to int
        District-wide figures of the month.
    only : tuple of str
        Kinds and settings that take part; empty: all.
    """

    population: Population
    seed: int
    replication: int
    agents: np.ndarray
    month: int
    chains: Chains
    ranks: np.ndarray
    site_ranks: np.ndarray
    counts: np.ndarray
    done: np.ndarray
    met: np.ndarray
    visited: np.ndarray
    active: np.ndarray
    deeds: np.ndarray
    memory: np.ndarray
    last_breach: np.ndarray
    last_tutoring: np.ndarray
    last_visit: np.ndarray
    firm_class: np.ndarray
    evaluation: np.ndarray
    pledges: np.ndarray
    visit_ratio: np.ndarray
    warned: np.ndarray
    hours_tenths: np.ndarray
    below_warning: np.ndarray
    held: np.ndarray
    grade_before: np.ndarray
    grade_flows: np.ndarray
    files: Files
    service: Service
    trade: Trade
    contests: Contests
    schools: Schools
    public_bodies: PublicBodies
    turnover: Turnover
    pending: np.ndarray = field(default_factory=lambda: np.zeros(0, PENDING))
    cases: np.ndarray = field(default_factory=lambda: np.zeros(0, CASE))
    filed_now: np.ndarray = field(default_factory=lambda: np.zeros(0, PENDING))
    fund_fen: np.ndarray = field(default_factory=lambda: np.zeros(2, np.int64))
    public: dict[str, int] = field(default_factory=dict)
    only: tuple[str, ...] = ()

    def copy(self) -> State:
        """Return an independent copy: a branch point for several policies."""
        return copy.deepcopy(self, {id(self.population): self.population})

    @property
    def slots(self) -> np.ndarray:
        """The slot of each row, as uint32, one beside the other: never written."""
        return self.chains.entries.slots

    def memory_use(self) -> MemoryUse:
        """Return the bytes that this state keeps, by part, an agent and an entry; peers included."""
        return memory_of(self, build_peers(self.population))

    def words(self, rows: np.ndarray, decision: int, index: int = 0) -> np.ndarray:
        """Return this month's 32-bit word of each row for a decision, as int64."""
        return draws.words(self.seed, self.replication, self.slots[rows], self.month, decision, index)

    def blocks(self, low: int, high: int, decision: int) -> np.ndarray:
        """Return this month's four words of rows low to high for a decision, uint32, shape (4, rows)."""
        return draws.blocks(self.seed, self.replication, self.slots[low:high], self.month, decision)

    def count(self, quantity: str, rows: np.ndarray, amount: np.ndarray | int = 1) -> None:
        """Add an amount to a quantity, in the cell of each row."""
        if len(rows):
            add_by_cell(self.counts[:, _COLUMN_OF[quantity]], self.agents.cell[rows], amount)


def add_by_cell(column: np.ndarray, cells: np.ndarray, amount: np.ndarray | int) -> None:
    """Add whole amounts to a column of counts, each in its cell."""
    if isinstance(amount, np.ndarray):
        _add_each(column, cells, amount)
    else:
        _add_same(column, cells, int(amount))


@compiled
def _add_each(column, cells, amounts):
    """Add each amount in its cell."""
    for place in range(cells.shape[0]):
        column[cells[place]] += np.int64(amounts[place])


@compiled
def _add_same(column, cells, amount):
    """Add one amount in each of some cells."""
    for place in range(cells.shape[0]):
        column[cells[place]] += amount


def first_state(population: Population, month: int, activities: int, only: Sequence[str] = ()) -> State:
    """Return the state before the first month of burn-in.

    With `only`, agents of other kinds and settings are there as names alone: nobody holds their slots.
    """
    agents = with_fields(population.agents.copy())
    agents.present[~takes_part(agents.kind, only)] = 0
    agents.trust[:] = assumed("trust.start_share")
    agents.belief[:] = 1.0
    agents.false_belief[:] = assumed("belief.false_record_start_share")
    open_accounts(agents, slice(None))
    size, sites, cells = len(agents), len(population.sites), CELLS_PER_AREA * len(population.areas)
    firms, teachers, schools = (number_of(agents, kind) for kind in (ENTERPRISE, TEACHER, INSTITUTION))
    return State(
        population=population,
        seed=population.seed,
        replication=population.replication,
        agents=agents,
        month=month,
        chains=Chains(np.ascontiguousarray(agents.slot)),
        ranks=_ranks(population),
        site_ranks=_site_ranks(population),
        counts=np.zeros((cells, len(QUANTITIES)), np.int64),
        done=np.zeros((sites, activities), np.int64),
        met=np.zeros((sites, activities), np.int64),
        visited=np.zeros(size, np.uint8),
        active=np.zeros(size, np.uint8),
        deeds=np.zeros(size, np.uint8),
        memory=with_fields(np.zeros(size, MEMORY)),
        last_breach=np.full(size, NO_MONTH, np.int16),
        warned=np.full(firms, NO_MONTH, np.int16),
        last_visit=np.full(firms, NO_MONTH, np.int16),
        visit_ratio=np.ones((2, len(CLASSES))),
        pledges=np.zeros(size, np.uint8),
        firm_class=np.full(size, BEST_CLASS, np.int8),
        evaluation=np.full(firms + schools, CLEAN, np.int32),
        last_tutoring=np.full(teachers, NO_MONTH, np.int16),
        held=np.zeros(cells, np.int64),
        grade_before=np.full(size, len(GRADES), np.uint8),
        grade_flows=np.zeros((len(KINDS), len(GRADES) + 1, len(GRADES)), np.int64),
        hours_tenths=np.zeros((2, size), np.int16),
        below_warning=np.zeros(firms, np.uint8),
        files=first_files(population),
        service=first_service(population),
        trade=first_trade(population),
        contests=first_contests(population),
        schools=first_schools(population),
        public_bodies=first_public_bodies(population),
        turnover=first_turnover(population, activities),
        only=tuple(only),
    )


def open_accounts(agents: np.ndarray, rows: np.ndarray | slice) -> None:
    """Give rows the score, grade and star of an account without entries."""
    agents.score_mp[rows] = agents.village_score_mp[rows] = BASE_MP
    agents.grade[rows], agents.star[rows] = GRADES.index("A"), BASE_STAR


def kind_rows(state: State, kind: str) -> slice:
    """Return the rows of a kind: agents are sorted by kind."""
    return rows_of_kind(state.agents, KINDS.index(kind))


def present_rows(state: State, kind: str) -> np.ndarray:
    """Return the rows of a kind's agents who are present, ascending."""
    rows = kind_rows(state, kind)
    return rows.start + np.flatnonzero(state.agents.present[rows] == 1)


def number_of(agents: np.ndarray, kind: int) -> int:
    """Return how many agents of a kind, by its code, there are."""
    rows = rows_of_kind(agents, kind)
    return rows.stop - rows.start


def _ranks(population: Population) -> np.ndarray:
    """Return the fixed words of all agents."""
    agents, key = population.agents, (population.seed, population.replication)
    ranks = np.zeros(len(agents), RANKS)
    for index, name in enumerate(("file", "consent", "migrant", "aware")):
        ranks[name] = draws.words(*key, agents["slot"], 0, draws.FILE_OPENED, index)
    return with_fields(ranks)


def _site_ranks(population: Population) -> np.ndarray:
    """Return the fixed words of all sites: a share of the sites of each kind is reached exactly, by lot.

    Points shops are shared out among the sites with urban households: elsewhere nobody is
    asked to sort.
    """
    kinds, key = population.sites["kind"], (population.seed, population.replication)
    ranks = np.full(len(kinds), np.iinfo(np.uint32).max, SITE_RANKS)
    sorts = np.zeros(len(kinds), np.bool_)
    sorts[population.agents["home"][has_trait(population.agents, "urban_household")]] = True
    for index, (name, among) in enumerate((("fund", np.ones(len(kinds), np.bool_)), ("bins", sorts))):
        lots = draws.words(*key, np.arange(len(kinds)), 0, draws.PLACE, 64 + index)
        for code in range(len(SITE_KINDS)):
            sites = np.flatnonzero((kinds == code) & among)
            order = np.argsort(lots[sites], kind="stable")
            ranks[name][sites[order]] = (2 * np.arange(len(sites)) + 1) * 2**31 // max(len(sites), 1)
    return with_fields(ranks)
