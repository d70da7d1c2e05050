"""Trading: sales on credit along the supply network, checks, defaults and their cascade."""

from __future__ import annotations

import functools

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.fields import with_fields
from creditsim.core.months import NO_MONTH
from creditsim.core.threads import in_parts
from creditsim.model.activities import activity_number
from creditsim.model.coverage import file_status
from creditsim.model.parts.trade import NO_GRADE, QUANTITIES, Trade, sum_by
from creditsim.model.phases.dealing import (
    CHECK_COST,
    CHECKS,
    FACING,
    LOST,
    OPEN,
    PAID,
    SELLERS,
    TERMS,
    UNABLE_LOSS,
    UNWILLING_LOSS,
    pay_and_buy,
)
from creditsim.model.quantities import QUANTITIES as ALL_QUANTITIES
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.model.world import income_factor
from creditsim.population.agents import TRAIT_BIT
from creditsim.population.ties import read_assumptions
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import GRADES

DEFAULT = "ent-trade-credit-default"
"""The activity by which a customer chooses not to pay a partner."""

_COLUMNS = np.array([ALL_QUANTITIES.index(name) for name in QUANTITIES])

_LUCK = 0  # word under TRADE; dealing draws the others
_SLOWEST_PPM, _FASTEST_PPM = 50_000, 20_000_000
_YEAR = 12


def trading(state: State, rules: Rules, threads: int = 1) -> None:
    """Take the month's money in, pay what is due as far as cash reaches, sell on credit or for cash.

    Who owes more than its cash is unable and pays all alike; who chose to (the activity of
    trade credit default) leaves one partner unpaid. What stays unpaid for six months is
    lost, and the supplier has less cash next month. Some suppliers look up a customer's
    district grade first, where the expected loss avoided is above the cost of the check,
    and give low grades less credit; what a refused customer cannot pay in cash is not sold.
    """
    trade = state.trade
    size = len(trade.firms)
    here, gone = _who_is_there(state)
    pace = _pace(state, rules)
    _take_in(trade, here & ~gone, pace)
    network, firms = trade.network, trade.firms
    wanted, forgone = np.zeros(len(network.usual_fen), np.int64), np.zeros(size, np.int64)
    inputs = (
        here, gone, pace, _chose_not_to_pay(state), _grades(state, rules), state.active[:size],
        _checks(rules), _terms(state.population.name), state.slots[:size], state.seed, state.replication,
        state.month, wanted, forgone,
    )  # fmt: skip

    def deal(low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
        coming, totals = np.zeros(size, np.int64), np.zeros((size, len(QUANTITIES)), np.int64)
        pay_and_buy(
            low, high, network.starts, network.supplier, network.usual_fen, network.buffer_fen,
            network.check_rank, firms, trade.claims, trade.due_fen, trade.refused_fen, *inputs, coming,
            totals,
        )  # fmt: skip
        return coming, totals

    parts = in_parts(deal, size, threads)
    totals = parts[0][1]
    for coming, _ in parts:
        firms.coming_fen[:] += coming
    for _, others in parts[1:]:
        totals += others
    _close(trade, forgone, totals)
    _count(state, here, totals)


def _who_is_there(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Return who trades this month, and who is gone since last month, a new owner in its place or not."""
    firms = state.trade.firms
    agents = state.agents[: len(firms)]
    here = (agents.present == 1) & ((agents.traits & TRAIT_BIT["active"]) > 0)
    new = agents.generation != firms.generation
    firms.generation[:] = agents.generation
    firms.pace_ppm[new] = 1_000_000
    firms.loss_ppm[new] = round(assumed("trade.expected_loss_share") * 1_000_000)
    firms.overdue_month[new] = NO_MONTH
    state.trade.refused_fen[new] = 0
    return here, new | ~here


def _pace(state: State, rules: Rules) -> np.ndarray:
    """Return takings of this month against usual ones, by enterprise: its own luck, and the world's.

    Good and bad times of an enterprise last: of what its takings lie above or below usual,
    a part is still there next month.
    """
    firms = state.trade.firms
    slots = state.agents.slot[: len(firms)]
    lots = draws.words(state.seed, state.replication, slots, state.month, draws.TRADE, _LUCK)
    kept = round(assumed("trade.takings_lasting_share") * 1000)
    pace = 1_000_000 + (firms.pace_ppm.astype(np.int64) - 1_000_000) * kept // 1000 + _luck()[lots >> 20]
    firms.pace_ppm[:] = np.clip(pace, _SLOWEST_PPM, _FASTEST_PPM)
    return firms.pace_ppm / 1_000_000.0 * income_factor(rules, state.month)


@functools.cache
def _luck() -> np.ndarray:
    """Return 4,096 changes of takings in parts per million of usual ones, lognormal with mean 0."""
    table = draws.lognormal_multipliers(assumed("trade.takings_log_sd"))
    return np.floor((table / (table.sum() / len(table)) - 1.0) * 1_000_000.0 + 0.5).astype(np.int64)


def _take_in(trade: Trade, trading: np.ndarray, pace: np.ndarray) -> None:
    """Book the month's takings from elsewhere, what customers paid last month, and outgoings.

    What outgoings exceed is put in by owners and lenders: cash never falls below nothing.
    """
    network, firms = trade.network, trade.firms
    flow = np.floor((network.elsewhere_fen - network.purchases_fen) * pace).astype(np.int64)
    flow += firms.coming_fen - network.fixed_fen
    firms.cash_fen[:] = np.where(trading, np.maximum(firms.cash_fen + flow, 0), firms.cash_fen)
    firms.coming_fen[:] = 0


def _chose_not_to_pay(state: State) -> np.ndarray:
    """Return who chose this month not to pay a partner."""
    bit = np.uint64(1) << np.uint64(activity_number(DEFAULT))
    return (state.memory.did[: len(state.trade.firms)] & bit) > 0


def _grades(state: State, rules: Rules) -> np.ndarray:
    """Return the grade that a check finds; none where nobody is scored."""
    rows = np.arange(len(state.trade.firms))
    return np.where(file_status(state, rules, rows) > 0, state.agents.grade[rows], NO_GRADE).astype(np.int8)


def _checks(rules: Rules) -> np.ndarray:
    """Return how suppliers check in each regime."""
    checks = np.zeros(2, CHECKS)
    for row, levers in zip(checks, rules.values, strict=True):
        row["cover"] = draws.threshold(levers["trade.check_coverage_share"])
        row["cost_fen"] = round(levers["trade.check_cost_yuan"] * 100)
        row["low_thousandths"] = round(levers["trade.low_grade_limit_share"] * 1000)
    return with_fields(checks)


@functools.cache
def _terms(district: str) -> np.record:
    """Return what the month's trade reads of the assumptions."""
    terms = with_fields(np.zeros(1, TERMS))
    terms.credit_thousandths = round(assumed("trade.credit_share") * 1000)
    terms.limit_thousandths = round(assumed("trade.limit_months") * assumed("trade.credit_share") * 1000)
    terms.high_thousandths = round(assumed("trade.high_grade_limit_share") * 1000)
    terms.high_grade, terms.low_grade = GRADES.index("AA"), GRADES.index("C")
    terms.check_months = round(assumed("trade.check_months"))
    terms.barred_months = round(assumed("trade.barred_months"))
    terms.written_off_months = round(assumed("trade.written_off_months"))
    terms.local = draws.threshold(read_assumptions(district)["supply", "local_share", "of suppliers"].value)
    terms.settles = draws.threshold(assumed("trade.settles_late_share"))
    terms.recovered = draws.threshold(assumed("trade.recovered_share"))
    terms.check_power = assumed("trade.check_power_share")
    return terms[0]


def _close(trade: Trade, forgone: np.ndarray, totals: np.ndarray) -> None:
    """Let owners draw what is above the buffer, charge checks and lost sales, learn from losses.

    A sale that is lost spares the supplier the purchase of the goods, and costs the
    customer the takings that it would have had from them: at least their price.
    """
    network, firms = trade.network, trade.firms
    firms.cash_fen[:] = np.minimum(firms.cash_fen, network.buffer_fen)
    spared = totals[:, LOST] * network.goods_ppm // 1_000_000
    firms.coming_fen[:] += spared - forgone - totals[:, CHECK_COST]
    lost = totals[:, UNABLE_LOSS] + totals[:, UNWILLING_LOSS]
    ended = lost + totals[:, PAID]
    seen = 1_000_000.0 * lost / np.maximum(ended, 1)
    learned = np.where(ended > 0, assumed("trade.loss_learning_share"), 0.0) * (seen - firms.loss_ppm)
    firms.loss_ppm[:] += np.floor(learned + 0.5).astype(np.int32)


def _count(state: State, here: np.ndarray, totals: np.ndarray) -> None:
    """Count the month's trade by cell."""
    trade, size = state.trade, len(totals)
    totals[:, OPEN] = sum_by(trade.network.supplier, trade.open_fen, size)
    totals[:, SELLERS] = here & (sum_by(trade.network.supplier, trade.network.usual_fen, size) > 0)
    since = trade.firms.overdue_month > state.month - _YEAR
    totals[:, FACING] = (totals[:, SELLERS] == 1) & since & (trade.firms.overdue_month != NO_MONTH)
    _add_to_cells(state.agents, totals, _COLUMNS, state.counts)


@compiled
def _add_to_cells(agents, totals, columns, counts):
    """Add each enterprise's totals to the columns of its cell."""
    for row in range(totals.shape[0]):
        cell = counts[agents[row].cell]
        for place in range(columns.shape[0]):
            cell[columns[place]] += totals[row, place]
