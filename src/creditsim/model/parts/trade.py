"""What a run remembers of trade credit: who sells to whom, claims on customers, cash of enterprises."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np

from creditsim.core import draws
from creditsim.core.fields import with_fields
from creditsim.core.months import NO_MONTH
from creditsim.population.supply import SUPPLY_GROUPS, business_groups, supply_links
from creditsim.population.synthesis import Population
from creditsim.population.ties import Relation, read_assumptions
from creditsim.spec.assumptions import assumed

QUANTITIES: tuple[str, ...] = (
    "trade_wanted_fen",
    "trade_cash_fen",
    "trade_credit_fen",
    "trade_lost_fen",
    "trade_refused_fen",
    "trade_refused_sound_fen",
    "trade_checked_fen",
    "trade_checks",
    "trade_check_cost_fen",
    "trade_paid_fen",
    "trade_unable_loss_fen",
    "trade_unwilling_loss_fen",
    "trade_dropped_fen",
    "trade_open_fen",
    "trade_overdue_fen",
    "trade_buyers",
    "trade_unable",
    "trade_withheld",
    "trade_sellers",
    "trade_facing_overdue",
)
"""What is counted: sales and claims by the supplier, who cannot or will not pay by the customer."""

FIRM = np.dtype(
    [
        ("cash_fen", "i8"),
        ("coming_fen", "i8"),  # what reaches it next month, less what is taken then
        ("pace_ppm", "i4"),  # takings against usual ones, parts per million
        ("loss_ppm", "i4"),  # own experience: share of claims lost, parts per million
        ("overdue_month", "i2"),  # last month in which a claim of its own was overdue
        ("generation", "u1"),
        ("unable", "u1"),
    ],
    align=True,
)
"""An enterprise as it trades."""

CLAIM = np.dtype(
    [
        ("overdue_fen", "i8"),
        ("age", "u1"),  # months overdue, 0 if nothing is
        ("withheld", "u1"),  # 1 if the customer will not pay, though it could
        ("barred", "u1"),  # months without credit after a loss
        ("known", "u1"),  # months for which a check still holds
        ("grade", "i1"),  # what the check found, NO_GRADE if nothing
    ],
    align=True,
)
"""What a supplier has against one customer beside what is not due yet."""

NO_GRADE = -1

_LOT_CHECKS = 3  # word under TRADE at month 0
_LOT_BUFFER = 8  # word under MEANS
_DAYS = 30


@dataclass(frozen=True, eq=False)
class Network:
    """What trade is like in a usual month; never changed, shared by all states of a population.

    Attributes
    ----------
    starts : ndarray of int32, shape (enterprises + 1,)
        Links of each customer, as CSR.
    supplier : ndarray of int32
        Row of the supplier of each link.
    usual_fen : ndarray of int64
        What the customer buys over a link in a usual month.
    elsewhere_fen : ndarray of int64
        Usual takings of each enterprise from anybody but its customers in the network.
    purchases_fen : ndarray of int64
        Usual purchases outside the network; they move with takings.
    fixed_fen : ndarray of int64
        Wages, rent and the like; they do not.
    buffer_fen : ndarray of int64
        Cash that the owner keeps in the business.
    goods_ppm : ndarray of int32
        Share of turnover that goes into purchases.
    check_rank : ndarray of uint32
        32-bit word by which a share of the enterprises checks its customers.
    """

    starts: np.ndarray
    supplier: np.ndarray
    usual_fen: np.ndarray
    elsewhere_fen: np.ndarray
    purchases_fen: np.ndarray
    fixed_fen: np.ndarray
    buffer_fen: np.ndarray
    goods_ppm: np.ndarray
    check_rank: np.ndarray

    def __deepcopy__(self, memo: dict) -> Network:
        """Return itself: copies of a state share it."""
        return self

    @property
    def customer(self) -> np.ndarray:
        """The row of each link's customer."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


@dataclass
class Trade:
    """State of trade credit.

    Attributes
    ----------
    network : Network
    firms : FieldArray of FIRM
        By row of the enterprise.
    claims : FieldArray of CLAIM
        By link.
    due_fen : ndarray of int64, shape (links, months of the term)
        Credit sales not due yet, by calendar month modulo the term.
    refused_fen : ndarray of int64, shape (enterprises, months of the term)
        Sales lost to customers because credit was refused, by the month in which they would fall due.
    """

    network: Network
    firms: np.ndarray
    claims: np.ndarray
    due_fen: np.ndarray
    refused_fen: np.ndarray

    @property
    def unable(self) -> np.ndarray:
        """Whether each enterprise could not pay this month what it owed, as booleans by row."""
        return self.firms.unable == 1

    @property
    def open_fen(self) -> np.ndarray:
        """What every supplier has to get over each link, due or not."""
        return self.due_fen.sum(axis=1) + self.claims.overdue_fen


def first_trade(population: Population) -> Trade:
    """Return the state before the first month: as if usual months had gone before."""
    network = _network(population)
    links, firms = len(network.supplier), len(network.buffer_fen)
    term = round(assumed("trade.term_months"))
    credit = credit_part(network.usual_fen)
    state = Trade(
        network=network,
        firms=with_fields(np.zeros(firms, FIRM)),
        claims=with_fields(np.zeros(links, CLAIM)),
        due_fen=np.repeat(credit[:, None], term, axis=1),
        refused_fen=np.zeros((firms, term), np.int64),
    )
    state.firms.cash_fen[:] = network.buffer_fen
    state.firms.coming_fen[:] = sum_by(network.supplier, network.usual_fen, firms)
    state.firms.pace_ppm[:] = 1_000_000
    state.firms.loss_ppm[:] = round(assumed("trade.expected_loss_share") * 1_000_000)
    state.firms.overdue_month[:] = NO_MONTH
    state.firms.generation[:] = population.agents["generation"][:firms]
    state.claims.grade[:] = NO_GRADE
    return state


def credit_part(amount_fen: np.ndarray) -> np.ndarray:
    """Return the part of sales that is asked on credit."""
    return amount_fen * round(assumed("trade.credit_share") * 1000) // 1000


def sum_by(rows: np.ndarray, amount: np.ndarray, size: int) -> np.ndarray:
    """Return whole amounts summed by row."""
    total = np.zeros(size, np.int64)
    np.add.at(total, rows, amount)
    return total


_networks: weakref.WeakKeyDictionary[Population, Network] = weakref.WeakKeyDictionary()


def _network(population: Population) -> Network:
    """Return the network of a population, made at the first call."""
    if population not in _networks:
        _networks[population] = _make_network(population)
    return _networks[population]


def _make_network(population: Population) -> Network:
    """Return who sells how much to whom in a usual month, and what else comes in and goes out."""
    size = len(population.enterprises)
    agents = population.agents[:size]
    links = supply_links(
        agents, read_assumptions(population.name), population.seed, population.replication
    )  # alone: all ties of a population take as much as a quarter of its agents
    buyers = Relation.from_pairs(*links, size).reversed(size)
    supplier, customer = buyers.indices, buyers.sources
    turnover = np.floor(agents["income_yuan_month"] * 100.0).astype(np.int64)
    goods = _goods_ppm(agents)
    local = read_assumptions(population.name)["supply", "local_share", "of suppliers"].value
    usual = _usual_sales(
        supplier, customer, turnover, turnover * goods // 1_000_000 * round(local * 1000) // 1000,
        turnover * round(assumed("trade.local_sales_share") * 1_000_000) // 1_000_000,
    )  # fmt: skip
    sold, bought = (sum_by(rows, usual, size) for rows in (supplier, customer))
    purchases = turnover * goods // 1_000_000
    margin = turnover * round(assumed("trade.margin_share") * 1_000_000) // 1_000_000
    days = draws.lognormal_multipliers(assumed("trade.buffer_log_sd"))
    lots = draws.words(population.seed, population.replication, agents["slot"], 0, draws.MEANS, _LOT_BUFFER)
    buffer = np.floor((turnover - margin) / _DAYS * (assumed("trade.buffer_days") * days[lots >> 20]))
    network = Network(
        starts=buyers.indptr.astype(np.int32),
        supplier=supplier,
        usual_fen=usual,
        elsewhere_fen=turnover - sold,
        purchases_fen=purchases - bought,
        fixed_fen=turnover - margin - purchases,
        buffer_fen=buffer.astype(np.int64),
        goods_ppm=goods.astype(np.int32),
        check_rank=draws.words(
            population.seed, population.replication, agents["slot"], 0, draws.TRADE, _LOT_CHECKS
        ).astype(np.uint32),
    )
    for array in vars(network).values():
        array.setflags(write=False)
    return network


def _goods_ppm(agents: np.ndarray) -> np.ndarray:
    """Return the share of turnover that goes into purchases, by line of business."""
    shares = [round(assumed(f"trade.purchases_{name}_share") * 1_000_000) for name in SUPPLY_GROUPS]
    return np.array(shares, np.int64)[business_groups(agents)]


def _usual_sales(
    supplier: np.ndarray, customer: np.ndarray, turnover: np.ndarray, wanted: np.ndarray, offered: np.ndarray
) -> np.ndarray:
    """Return what is usually sold over each link, in fen.

    A customer spreads what it wants over its suppliers by their turnover, a supplier what
    it offers over its customers by theirs; the smaller of the two is sold, so neither buys
    more than it wants nor sells more than it offers.
    """
    size = turnover.astype(np.float64)
    behind = np.maximum(sum_by(customer, turnover[supplier], len(turnover)), 1)[customer]
    before = np.maximum(sum_by(supplier, turnover[customer], len(turnover)), 1)[supplier]
    demand = wanted[customer] * (size[supplier] / behind)
    supply = offered[supplier] * (size[customer] / before)
    return np.floor(np.minimum(demand, supply)).astype(np.int64)
