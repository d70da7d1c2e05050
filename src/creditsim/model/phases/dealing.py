"""Dealing: what each customer owes, pays and buys in a month, supplier by supplier.

Called by the trading phase. A supplier's money waits until next month, so the order of
customers never matters.
"""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.parts.trade import QUANTITIES

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

(
    WANTED, CASH, CREDIT, LOST, REFUSED, REFUSED_SOUND, CHECKED, CHECKS_MADE, CHECK_COST, PAID, UNABLE_LOSS,
    UNWILLING_LOSS, DROPPED, OPEN, OVERDUE, BUYERS, UNABLE, WITHHELD, SELLERS, FACING,
) = range(len(QUANTITIES))  # fmt: skip

# Words under TRADE, after that of the enterprise's luck; then a block of words for each link.
_LOCAL, _PARTNER = 1, 2
_LATE, _HOLDS = 0, 1
_BLOCK = 4


@compiled
def pay_and_buy(
    low, high, starts, suppliers, usual_fen, buffer_fen, check_rank, firms, claims, due_fen, refused_fen,
    here, gone, pace, chose, grades, active, checks, terms, slots, seed, replication, month, wanted, forgone,
    coming, totals,
):  # fmt: skip
    """Let customers from row low to high pay what is due and buy anew.

    A supplier's money waits in `coming` until next month. That and `totals` are added to, for
    suppliers of any row; what else is written belongs to the customers and their links.
    """
    now = month % due_fen.shape[1]
    for row in range(low, high):
        first, last = starts[row], starts[row + 1]
        firm = firms[row]
        firm.unable = 0
        if gone[row]:
            _leave(first, last, firm, suppliers, claims, due_fen, gone, coming, totals)
            firm.cash_fen = buffer_fen[row] if here[row] else 0
        owed = _fall_due(first, last, suppliers, claims, due_fen, now, gone, totals)
        if first == last or not here[row]:
            continue
        totals[row, BUYERS] = 1
        _pay(
            first, last, row, owed, suppliers, firms, claims, chose[row], terms, slots[row], seed,
            replication, month, coming, totals,
        )  # fmt: skip
        if firm.unable == 0 and not chose[row]:
            totals[row, REFUSED_SOUND] += refused_fen[row, now]
        refused_fen[row, now] = 0
        _grow_old(first, last, suppliers, firms, claims, terms, month, totals)
        _buy(
            first, last, row, suppliers, usual_fen, check_rank, firms, claims, due_fen, refused_fen, now,
            here, pace[row], grades[row], active, checks, terms, slots[row], seed, replication, month, wanted,
            forgone, coming, totals,
        )  # fmt: skip


@compiled
def _leave(first, last, firm, suppliers, claims, due_fen, gone, coming, totals):
    """Let a firm that leaves pay its partners out of its cash, as far as it reaches; the rest is lost."""
    owed = 0
    for link in range(first, last):
        if not gone[suppliers[link]]:
            owed += claims[link].overdue_fen + due_fen[link].sum()
    part = 1.0 if owed <= firm.cash_fen else firm.cash_fen / owed
    for link in range(first, last):
        supplier = suppliers[link]
        claim = claims[link]
        if not gone[supplier]:
            total = claim.overdue_fen + due_fen[link].sum()
            paid = min(total if part >= 1.0 else np.int64(total * part), firm.cash_fen)
            firm.cash_fen -= paid
            coming[supplier] += paid
            totals[supplier, PAID] += paid
            totals[supplier, UNWILLING_LOSS if claim.withheld == 1 else UNABLE_LOSS] += total - paid
            _forget(claim, due_fen[link])


@compiled
def _forget(claim, due_fen):
    """Start anew between a supplier and a customer."""
    due_fen[:] = 0
    claim.overdue_fen = 0
    claim.age, claim.withheld, claim.barred, claim.known = 0, 0, 0, 0


@compiled
def _fall_due(first, last, suppliers, claims, due_fen, now, gone, totals):
    """Move what falls due to what is overdue until it is paid; return what a willing customer owes.

    Claims of suppliers that are gone are dropped.
    """
    owed = 0
    for link in range(first, last):
        claim = claims[link]
        if gone[suppliers[link]]:
            totals[suppliers[link], DROPPED] += claim.overdue_fen + due_fen[link].sum()
            _forget(claim, due_fen[link])
            continue
        claim.overdue_fen += due_fen[link, now]
        due_fen[link, now] = 0
        if claim.withheld == 0:
            owed += claim.overdue_fen
    return owed


@compiled
def _pay(
    first, last, row, owed, suppliers, firms, claims, chose, terms, slot, seed, replication, month, coming,
    totals,
):  # fmt: skip
    """Pay all partners alike as far as cash reaches; leave one unpaid by choice; settle late by lot."""
    firm = firms[row]
    firm.unable = 1 if owed > firm.cash_fen else 0
    totals[row, UNABLE] = firm.unable
    chose = chose and firm.unable == 0
    if chose and draws.word(seed, replication, slot, month, draws.TRADE, _LOCAL) < terms.local:
        link = _partner(
            first, last, claims, draws.word(seed, replication, slot, month, draws.TRADE, _PARTNER)
        )
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
            lot = draws.word(seed, replication, slot, month, draws.TRADE, _BLOCK * (1 + link - first) + _LATE)
            if lot >= (terms.settles if claim.age < terms.written_off_months else terms.recovered):
                continue
        elif part < 1.0:
            paid = np.int64(paid * part)
        paid = min(paid, firm.cash_fen)
        claim.overdue_fen -= paid
        firm.cash_fen -= paid
        coming[suppliers[link]] += paid
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
    grade, active, checks, terms, slot, seed, replication, month, wanted, forgone, coming, totals,
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
        if _pays_to_check(
            claims[link], asked, firms[supplier].loss_ppm, check_rank[supplier], checks[active[supplier]],
            terms,
        ):  # fmt: skip
            word = _BLOCK * (1 + link - first) + _HOLDS
            lot = draws.word(seed, replication, slot, month, draws.TRADE, word)
            claims[link].known = terms.check_months // 2 + ((lot * (terms.check_months + 1)) >> 32)
            claims[link].grade = grade
            totals[supplier, CHECKS_MADE] += 1
            totals[supplier, CHECK_COST] += checks[active[supplier]].cost_fen
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
        more = min(rest - paid, _room(claim, usual_fen[link], due_fen[link], checks[active[supplier]], terms))
        lost = rest - paid - more
        due_fen[link, now] += more
        firm.cash_fen -= paid
        coming[supplier] += paid
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
def _pays_to_check(claim, asked, loss_ppm, rank, rule, terms):
    """Say whether a supplier looks the customer up: it checks, knows nothing yet, and expects to gain."""
    if claim.known > 0 or claim.overdue_fen > 0 or claim.barred > 0 or rank >= rule.cover:
        return False
    return asked * terms.check_months * (loss_ppm / 1000000.0) * terms.check_power > rule.cost_fen


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
