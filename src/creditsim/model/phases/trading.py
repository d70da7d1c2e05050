"""Trading: sales on credit along the supply network, checks, defaults and their cascade."""

from __future__ import annotations

import functools

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.months import month_index
from creditsim.model.parts.trade import NEVER, NO_GRADE, QUANTITIES, Trade, sum_by
from creditsim.model.phases.noticing import file_status
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.population.agents import TRAIT_BIT
from creditsim.population.ties import read_assumptions
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import GRADES

DEFAULT = "ent-trade-credit-default"
"""The activity by which a customer chooses not to pay a partner."""

# Months of 2020 in which takings fell everywhere.
SHOCK_MONTHS = tuple(month_index(f"2020-{month:02d}") for month in (2, 3, 4))

TERMS = np.dtype(
    [
        ("credit_thousandths", "i8"),
        ("limit_thousandths", "i8"),
        ("high_thousandths", "i8"),
        ("high_grade", "i8"),
        ("low_grade", "i8"),
        ("check_months", "i8"),
        ("barred_months", "i8"),
        ("written_off_months", "i8"),
        ("local", "i8"),
        ("settles", "i8"),
        ("recovered", "i8"),
        ("check_power", "f8"),
    ]
)
"""What the month's trade reads of the assumptions; probabilities are 32-bit thresholds."""

CHECKS = np.dtype([("cover", "i8"), ("cost_fen", "i8"), ("low_thousandths", "i8")])
"""How suppliers of a regime check: threshold of those who do, cost, limit of low grades."""

_TOTALS = tuple(name.removeprefix("trade_") for name in QUANTITIES)
(
    WANTED, CASH, CREDIT, LOST, REFUSED, REFUSED_SOUND, CHECKED, CHECKS_MADE, CHECK_COST, PAID, UNABLE_LOSS,
    UNWILLING_LOSS, OPEN, OVERDUE, BUYERS, UNABLE, WITHHELD, SELLERS, FACING,
) = range(len(_TOTALS))  # fmt: skip
_SHOCK, _LOCAL, _PARTNER, _LATE = 0, 1, 2, 4
_YEAR = 12


def trading(state: State, rules: Rules) -> None:
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
    _take_in(trade, here, pace)
    totals, forgone = np.zeros((size, len(_TOTALS)), np.int64), np.zeros(size, np.int64)
    _pay_and_buy(
        trade.network.starts, trade.network.supplier, trade.network.usual_fen, trade.network.check_rank,
        trade.firms, trade.claims, trade.due_fen, trade.refused_fen, here, gone, pace, _chose_not_to_pay(state),
        _grades(state, rules), state.active[:size], _checks(rules), _terms(state.population.name),
        state.agents.slot[:size].astype(np.int64), state.seed, state.replication, state.month, forgone, totals,
    )  # fmt: skip
    _close(trade, forgone, totals)
    _count(state, here, totals)


def _who_is_there(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Return who trades this month, and who is gone since last month; put new owners in their place."""
    trade = state.trade
    firms = trade.firms
    agents = state.agents[: len(firms)]
    here = (agents.present == 1) & ((agents.traits & TRAIT_BIT["active"]) > 0)
    new = agents.generation != firms.generation
    firms.generation[:] = agents.generation
    firms.cash_fen[new] = trade.network.buffer_fen[new]
    firms.coming_fen[new] = 0
    firms.loss_ppm[new] = round(assumed("trade.expected_loss_share") * 1_000_000)
    firms.overdue_month[new] = NEVER
    trade.refused_fen[new] = 0
    return here, new | ~here


def _pace(state: State, rules: Rules) -> np.ndarray:
    """Return takings of this month against usual ones, by enterprise: its own luck, and the world's."""
    slots = state.agents.slot[: len(state.trade.firms)]
    lots = draws.words(state.seed, state.replication, slots, state.month, draws.TRADE, _SHOCK)
    pace = _luck()[lots >> 20]
    if state.month in SHOCK_MONTHS:
        pace = pace * (1.0 + rules.world("income_shock_2020_share"))
    return pace


@functools.cache
def _luck() -> np.ndarray:
    """Return 4,096 lognormal multipliers with mean 1."""
    table = draws.lognormal_multipliers(assumed("trade.turnover_log_sd"))
    return table / (table.sum() / len(table))


def _take_in(trade: Trade, here: np.ndarray, pace: np.ndarray) -> None:
    """Book the month's takings from elsewhere, what customers paid last month, and outgoings.

    What outgoings exceed is put in by owners and lenders: cash never falls below nothing.
    """
    network, firms = trade.network, trade.firms
    flow = np.floor((network.elsewhere_fen - network.purchases_fen) * pace).astype(np.int64)
    flow += firms.coming_fen - network.fixed_fen
    firms.cash_fen[:] = np.where(here, np.maximum(firms.cash_fen + flow, 0), 0)
    firms.coming_fen[:] = 0


def _chose_not_to_pay(state: State) -> np.ndarray:
    """Return who chose this month not to pay a partner."""
    bit = np.uint64(1) << np.uint64([activity.id for activity in activities()].index(DEFAULT))
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
    return checks.view(np.recarray)


@functools.cache
def _terms(district: str) -> np.record:
    """Return what the month's trade reads of the assumptions."""
    terms = np.zeros(1, TERMS).view(np.recarray)
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


@compiled
def _pay_and_buy(
    starts, suppliers, usual_fen, check_rank, firms, claims, due_fen, refused_fen, here, gone, pace, chose,
    grades, active, checks, terms, slots, seed, replication, month, forgone, totals,
):  # fmt: skip
    """Let each customer pay what is due and buy anew; a supplier's money waits until next month."""
    now = month % due_fen.shape[1]
    wanted = np.zeros(usual_fen.shape[0], np.int64)
    for row in range(starts.shape[0] - 1):
        first, last = starts[row], starts[row + 1]
        firms[row].unable = 0
        if first == last:
            continue
        owed = _fall_due(first, last, row, suppliers, claims, due_fen, now, gone, terms, totals)
        if here[row]:
            totals[row, BUYERS] = 1
            _pay(
                first, last, row, owed, suppliers, firms, claims, chose[row], terms, slots[row], seed,
                replication, month, totals,
            )  # fmt: skip
            if firms[row].unable == 0 and not chose[row]:
                totals[row, REFUSED_SOUND] += refused_fen[row, now]
            refused_fen[row, now] = 0
        _grow_old(first, last, suppliers, firms, claims, terms, month, totals)
        if here[row]:
            _buy(
                first, last, row, suppliers, usual_fen, check_rank, firms, claims, due_fen, refused_fen, now,
                here, pace[row], grades[row], active, checks, terms, wanted, forgone, totals,
            )  # fmt: skip


@compiled
def _fall_due(first, last, row, suppliers, claims, due_fen, now, gone, terms, totals):
    """Move what falls due to what is overdue until it is paid; return what a willing customer owes.

    Claims on and of enterprises that are gone are lost.
    """
    owed = 0
    for link in range(first, last):
        claim = claims[link]
        if gone[row] or gone[suppliers[link]]:
            total = claim.overdue_fen
            for month in range(due_fen.shape[1]):
                total += due_fen[link, month]
                due_fen[link, month] = 0
            totals[suppliers[link], UNWILLING_LOSS if claim.withheld == 1 else UNABLE_LOSS] += total
            claim.overdue_fen = 0
            claim.age, claim.withheld, claim.barred, claim.known = 0, 0, 0, 0
            continue
        claim.overdue_fen += due_fen[link, now]
        due_fen[link, now] = 0
        if claim.withheld == 0:
            owed += claim.overdue_fen
    return owed


@compiled
def _pay(
    first, last, row, owed, suppliers, firms, claims, chose, terms, slot, seed, replication, month, totals
):
    """Pay all partners alike as far as cash reaches; leave one unpaid by choice; settle late by lot."""
    firm = firms[row]
    firm.unable = 1 if owed > firm.cash_fen else 0
    totals[row, UNABLE] = firm.unable
    if chose and firm.unable == 0:
        if draws.word(seed, replication, slot, month, draws.TRADE, _LOCAL) < terms.local:
            lot = draws.word(seed, replication, slot, month, draws.TRADE, _PARTNER)
            link = _partner(first, last, claims, lot)
            if link >= 0:
                claims[link].withheld = 1
                claims[link].age = 0
                owed -= claims[link].overdue_fen
                totals[row, WITHHELD] = 1
    part = 1.0
    if owed > firm.cash_fen:
        part = firm.cash_fen / owed
    for link in range(first, last):
        claim = claims[link]
        paid = claim.overdue_fen
        if claim.withheld == 1:
            if claim.age < terms.written_off_months - 1:
                continue
            lot = draws.word(seed, replication, slot, month, draws.TRADE, _LATE * (1 + link - first))
            if lot >= (terms.settles if claim.age < terms.written_off_months else terms.recovered):
                continue
        elif part < 1.0:
            paid = np.int64(paid * part)
        paid = min(paid, firm.cash_fen)
        claim.overdue_fen -= paid
        firm.cash_fen -= paid
        firms[suppliers[link]].coming_fen += paid
        totals[suppliers[link], PAID] += paid


@compiled
def _partner(first, last, claims, lot):
    """Return one of the links over which something is owed and not withheld, by lot; -1 if there is none."""
    number = 0
    for link in range(first, last):
        number += claims[link].withheld == 0 and claims[link].overdue_fen > 0
    place = (lot * number) >> 32
    for link in range(first, last):
        if claims[link].withheld == 0 and claims[link].overdue_fen > 0:
            if place == 0:
                return link
            place -= 1
    return -1


@compiled
def _grow_old(first, last, suppliers, firms, claims, terms, month, totals):
    """Let what is still unpaid grow a month older; write off what is too old."""
    for link in range(first, last):
        claim = claims[link]
        supplier = suppliers[link]
        claim.barred -= claim.barred > 0
        claim.known -= claim.known > 0
        if claim.overdue_fen == 0:
            claim.age, claim.withheld = 0, 0
            continue
        firms[supplier].overdue_month = month
        if claim.age < terms.written_off_months:
            claim.age += 1
            totals[supplier, OVERDUE] += claim.overdue_fen
            continue
        totals[supplier, UNWILLING_LOSS if claim.withheld == 1 else UNABLE_LOSS] += claim.overdue_fen
        claim.overdue_fen = 0
        claim.age, claim.withheld, claim.barred = 0, 0, terms.barred_months


@compiled
def _buy(
    first, last, row, suppliers, usual_fen, check_rank, firms, claims, due_fen, refused_fen, now, here, pace,
    grade, active, checks, terms, wanted, forgone, totals,
):  # fmt: skip
    """Buy over each link: on credit within the limit, the rest for cash as far as it reaches.

    Customers short of cash take more credit where their limit leaves room.
    """
    firm = firms[row]
    for_cash = 0
    for link in range(first, last):
        supplier = suppliers[link]
        wanted[link] = 0
        if not here[supplier]:
            continue
        amount = np.int64(usual_fen[link] * pace)
        asked = amount * terms.credit_thousandths // 1000
        _check(
            claims[link], asked, firms[supplier].loss_ppm, check_rank[supplier], grade,
            checks[active[supplier]], terms, totals[supplier],
        )  # fmt: skip
        granted = min(
            asked, _room(claims[link], usual_fen[link], due_fen[link], checks[active[supplier]], terms)
        )
        wanted[link] = amount
        due_fen[link, now] = granted
        for_cash += amount - granted
    part = 1.0
    if for_cash > firm.cash_fen:
        part = firm.cash_fen / for_cash
    for link in range(first, last):
        supplier = suppliers[link]
        if wanted[link] == 0:
            continue
        claim = claims[link]
        granted = due_fen[link, now]
        rest = wanted[link] - granted
        paid = rest if part >= 1.0 else min(np.int64(rest * part), firm.cash_fen)
        more = min(
            rest - paid, _room(claim, usual_fen[link], due_fen[link], checks[active[supplier]], terms)
        )
        lost = rest - paid - more
        due_fen[link, now] += more
        firm.cash_fen -= paid
        firms[supplier].coming_fen += paid
        forgone[row] += lost
        refused = min(lost, max(wanted[link] * terms.credit_thousandths // 1000 - granted, 0))
        if claim.overdue_fen == 0 and claim.barred == 0:
            refused_fen[row, now] += refused
        total = totals[supplier]
        total[WANTED] += wanted[link]
        total[CASH] += paid
        total[CREDIT] += granted + more
        total[LOST] += lost
        total[REFUSED] += refused
        if claim.known > 0:
            total[CHECKED] += granted + more


@compiled
def _check(claim, asked, loss_ppm, rank, grade, rule, terms, total):
    """Look the customer up if this supplier checks, knows nothing yet, and the check pays."""
    if claim.known > 0 or claim.overdue_fen > 0 or claim.barred > 0 or rank >= rule.cover:
        return
    avoided = asked * terms.check_months * (loss_ppm / 1000000.0) * terms.check_power
    if avoided <= rule.cost_fen:
        return
    claim.known = terms.check_months
    claim.grade = grade
    total[CHECKS_MADE] += 1
    total[CHECK_COST] += rule.cost_fen


@compiled
def _room(claim, usual_fen, due_fen, rule, terms):
    """Return how much more a supplier lends a customer: nothing while anything is overdue or after a loss."""
    if claim.overdue_fen > 0 or claim.barred > 0:
        return 0
    limit = usual_fen * terms.limit_thousandths // 1000
    if claim.known > 0 and claim.grade >= 0:
        if claim.grade <= terms.low_grade:
            limit = limit * rule.low_thousandths // 1000
        elif claim.grade >= terms.high_grade:
            limit = limit * terms.high_thousandths // 1000
    for month in range(due_fen.shape[0]):
        limit -= due_fen[month]
    return max(limit, 0)


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
    totals[:, FACING] = (totals[:, SELLERS] == 1) & since & (trade.firms.overdue_month != NEVER)
    for column, name in enumerate(QUANTITIES):
        rows = np.flatnonzero(totals[:, column])
        state.count(name, rows, totals[rows, column])
