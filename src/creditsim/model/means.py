"""Means: the cash at hand, who is unable to pay a due, and fines that rise with repeats.

An agent's income stops for a spell of months with a small chance. While it lasts the cash
at hand is what is left of the buffer; a due above it is unpaid for want of cash, whatever
the agent would have chosen. With an income dues are met from it: then not paying is a choice.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled, compiled_inline
from creditsim.core.draws import lognormal_multipliers
from creditsim.model import world
from creditsim.model.activities import RECURRING, TRADE
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.population.agents import ENTERPRISE, NO_SEX
from creditsim.scoring.rulebook import Rulebook
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed

DAYS_A_MONTH = 30.4

OWED_TO_TRADE = -1.0
"""In place of an amount: what a firm owes its trade partners, whatever it is."""

# Numbers of the array that `means_terms` returns.
(
    _PERSONS, _FIRMS, _STOPPED, _DRAWN_PERSONS, _DRAWN_FIRMS, _FACTOR, _SHOCK_MONTH, _SPELL, _SHOCK_START,
) = range(9)  # fmt: skip


class Fines(NamedTuple):
    """What raises the fines of a month: earlier ones, by enterprise, which are the first rows; the month.

    A fine counts for `memory_months`; `most_steps` count at most.
    """

    sanctioned: np.ndarray
    last_sanction: np.ndarray
    month: int
    memory_months: float
    most_steps: float


def means_terms(rules: Rules, month: int) -> np.ndarray:
    """Return what decides on cash this month, as float64; thresholds are whole numbers below 2**32."""
    shock = world.shock_month(rules, month)
    stopped = -rules.world("income_shock_2020_share") * assumed("shock.stopped_income_share")
    return np.array(
        [
            draws.threshold(assumed("means.strained_persons_share")),
            draws.threshold(assumed("means.strained_firms_share")),
            draws.threshold(stopped) if shock >= 0 else 0.0,
            assumed("means.drawn_persons_share"),
            assumed("means.drawn_firms_share"),
            world.income_factor(rules, month),
            shock,
            assumed("means.spell_months"),
            world.SHOCK_START,
        ],
        np.float64,
    )


@functools.cache
def buffers() -> np.ndarray:
    """Return 4,096 buffers in months of income or turnover, of persons and of organisations, as float32."""
    persons = assumed("means.liquid_months") * lognormal_multipliers(assumed("means.liquid_log_sd"))
    days = assumed("means.cash_days") * lognormal_multipliers(assumed("means.cash_days_log_sd"))
    table = np.array([persons, days / DAYS_A_MONTH]).astype(np.float32)
    table.setflags(write=False)
    return table


@compiled
def liquid_months(agent, buffers, seed, replication):
    """Return an agent's buffer, cash in months of its income or turnover: fixed, drawn anew each time."""
    step = draws.word(seed, replication, np.int64(agent.slot), 0, draws.MEANS, 0) >> 20
    return buffers[1 if agent.sex == NO_SEX else 0, step]


@compiled
def is_unable(agent, activity, due_yuan, buffers, owes_trade, seed, replication, month, terms):
    """Say whether an agent lacks the cash for a due this month.

    A recurring due goes unpaid in the month in which the cash first falls below it; a
    single one whenever it falls due while the cash is below it. Whether a firm can no longer
    pay its trade partners (`owes_trade`) is for the trade to say.
    """
    if activity.due == TRADE:
        return owes_trade == 1
    if activity.due == 0 or (agent.sex == NO_SEX and agent.kind != ENTERPRISE):
        return False
    spent = months_without_income(agent, activity.strained, seed, replication, month, terms)
    if spent < 0:
        return False
    liquid = liquid_months(agent, buffers, seed, replication)
    if not is_short(agent, due_yuan, liquid, spent, terms):
        return False
    if activity.due == RECURRING and spent > 0:
        return not is_short(agent, due_yuan, liquid, spent - 1, terms)
    return True


@compiled
def is_short(agent, due_yuan, liquid_months, spent, terms):
    """Say whether the cash of an agent after `spent` months without income lies below a due."""
    drawn = terms[_DRAWN_FIRMS] if agent.sex == NO_SEX else terms[_DRAWN_PERSONS]
    return cash_yuan(agent.income_yuan_month * terms[_FACTOR], liquid_months, drawn, spent) < due_yuan


@compiled
def cash_yuan(income_yuan, liquid_months, drawn_share, spent):
    """Return the cash left after `spent` months without income; each took a share of a month's income."""
    return max(0.0, liquid_months - drawn_share * spent) * income_yuan


@compiled
def months_without_income(agent, strained, seed, replication, month, terms):
    """Return how many months an agent has been without income before this one, or -1 if it has one.

    Time is cut into spells, for each agent from a month of its own; in a spell the income
    is missing if the spell's word lies below the share of the strained. `strained`, if above
    that, holds for those who meet a certain due. In the shock a further share lacks it.
    """
    slot = np.int64(agent.slot)
    spell, since = spell_of(month, draws.word(seed, replication, slot, 0, draws.MEANS, 1), terms)
    if is_strained(agent, strained, draws.word(seed, replication, slot, spell, draws.MEANS, 2), terms):
        return since
    if terms[_STOPPED] > 0.0:
        start = np.int64(terms[_SHOCK_START])
        if draws.word(seed, replication, slot, start, draws.MEANS, 3) < terms[_STOPPED]:
            return np.int64(terms[_SHOCK_MONTH])
    return -1


@compiled_inline
def spell_of(month, first_word, terms):
    """Return the spell in which a month lies for an agent of some word, and the months since it began."""
    length = np.int64(terms[_SPELL])
    shifted = month + np.int64(first_word) % length
    return shifted // length, shifted % length


@compiled
def is_strained(agent, strained, spell_word, terms):
    """Say whether an agent's income is missing in a spell of some word."""
    share = terms[_FIRMS] if agent.sex == NO_SEX else terms[_PERSONS]
    return spell_word < max(share, np.float64(strained))


@compiled
def may_be_unable(agent, activity, spell_word, terms):
    """Say whether an agent may be unable to pay a due, given its spell's word; most have an income."""
    return (
        activity.due == TRADE
        or terms[_STOPPED] > 0.0
        or is_strained(agent, activity.strained, spell_word, terms)
    )


@compiled
def fine_factor(fines, row, regime):
    """Return by what a fine is multiplied: up by a share for each earlier sanctioned breach in memory.

    Only enterprises' sanctions are remembered: fines of persons are fixed amounts on the spot.
    """
    if row >= fines.sanctioned.shape[0] or fines.sanctioned[row] == 0:
        return 1.0
    if fines.month - fines.last_sanction[row] > fines.memory_months:
        return 1.0
    return 1.0 + regime.escalation * min(np.float64(fines.sanctioned[row]), fines.most_steps)


@compiled
def remember_fine(fines, row):
    """Add a fine of an enterprise to those in memory; one after the memory's end is the first again."""
    if fines.month - fines.last_sanction[row] > fines.memory_months:
        fines.sanctioned[row] = 0
    fines.sanctioned[row] = min(fines.sanctioned[row] + 1, 255)
    fines.last_sanction[row] = fines.month


def stopped_paying(state: State) -> np.ndarray:
    """Flag the enterprises that could not pay its trade partners last month, for the first time on end."""
    short = state.trade.unable.astype(np.uint8)
    new = short & (state.service.short_before == 0)
    state.service.short_before = short
    return new


def fines_of(state: State) -> Fines:
    """Return what fines of this month are raised by."""
    service = state.service
    memory_months, most_steps = assumed("escalation.memory_months"), assumed("escalation.most_steps")
    return Fines(service.sanctioned, service.last_sanction, state.month, memory_months, most_steps)


@compiled
def can_repair(agent, due_yuan, strained, liquid_months, owes_trade, seed, replication, month, terms):
    """Say whether an agent has the cash to make good an entry of a due; anything else it can."""
    if due_yuan == OWED_TO_TRADE:
        return owes_trade == 0
    if due_yuan <= 0.0:
        return True
    spent = months_without_income(agent, strained, seed, replication, month, terms)
    return spent < 0 or not is_short(agent, due_yuan, liquid_months, spent, terms)


@functools.cache
def dues_of_items(book: Rulebook) -> tuple[np.ndarray, np.ndarray]:
    """Return the due behind each item: its smallest median in yuan (0: none), and its strained threshold.

    An item of what is owed to trade partners has OWED_TO_TRADE.
    """
    amounts = np.zeros(len(book.items))
    strained = np.zeros(len(book.items), np.int64)
    for activity in activities():
        for item in activity.items if activity.due else ():
            number = book.item_index.get(item, -1)
            if number < 0:
                continue
            if activity.due == "trade":
                amounts[number] = OWED_TO_TRADE
            elif amounts[number] == 0.0 or activity.stake_yuan < amounts[number]:
                amounts[number] = activity.stake_yuan
                strained[number] = draws.threshold(activity.strained_share)
    amounts.setflags(write=False)
    strained.setflags(write=False)
    return amounts, strained
