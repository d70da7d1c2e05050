"""Appeals and repair: objections with a desk of limited capacity, and lawful repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.records import desk_flow
from creditsim.model.budgets import whole_part
from creditsim.population.agents import SETTING_OF_KIND
from creditsim.spec.vocabulary import EDUCATION, SETTINGS

if TYPE_CHECKING:
    from benchmarks.plain_mesa.base import CreditAgent
    from benchmarks.plain_mesa.ledger import Entry
    from benchmarks.plain_mesa.model import PlainCreditModel

_NO_LIMIT = 10**9
_PRIMARY = EDUCATION.index("primary")


@dataclass(slots=True)
class Case:
    """An objection that waits for its desk; `due` is the month in which its time limit ends."""

    entry: Entry
    filed: int
    due: int


def appeal(model: PlainCreditModel) -> None:
    """Let subjects object to last month's entries, let the desk decide, let others repair."""
    _file(model)
    for setting in range(len(SETTINGS)):
        _decide(model, setting)
    _repair(model)


def _file(model: PlainCreditModel) -> None:
    """File objections of those who know of an entry, the wronged more often than others."""
    numbers, draw = model.numbers, model.random.random
    for entry in model.posted_before:
        agent = entry.agent
        if entry.void or entry.heard or not agent.present or agent.generation != entry.generation:
            continue
        if not agent.knows_score and draw() >= numbers.told_share:
            continue
        chance = numbers.appeals_wronged if entry.wrong else numbers.appeals_rightful
        if agent.aged or (agent.is_adult and agent.education <= _PRIMARY):
            chance *= numbers.disadvantaged
        if draw() < chance:
            days = agent.regime.levers["appeal.limit_days"]
            due = model.month + int(draw() + days / numbers.working_days) if days > 0 else _NO_LIMIT
            entry.heard = entry.contested = True
            agent.dirty = True
            agent.waiting_appeals += 1
            model.cases[SETTING_OF_KIND[agent.code]].append(Case(entry, model.month, due))
            agent.cell.appeals_filed += 1


def _decide(model: PlainCreditModel, setting: int) -> None:
    """Decide a setting's cases, by the end of their time limit, with overtime on pressing ones."""
    numbers, month, draw = model.numbers, model.month, model.random.random
    hours = [regime.levers["appeal.desk_staff_hours_per_month"] for regime in model.catalogue.regimes]
    flow = desk_flow(model, setting, [each / numbers.hours_an_appeal for each in hours])
    regular = whole_part(flow, month)
    extra = whole_part(int(flow * numbers.overtime), month)
    waiting, place = [], 0
    for case in sorted(model.cases[setting], key=lambda case: case.due):
        entry, agent = case.entry, case.entry.agent
        if agent.generation != entry.generation or not agent.present:
            continue
        pressing = case.due <= month
        if not agent.regime.score_on:
            _close(case)
        elif (pressing or case.filed < month) and place < regular + (extra if pressing else 0):
            place += 1
            _close(case)
            if draw() < (numbers.upheld_wronged if entry.wrong else numbers.upheld_rightful):
                agent.upheld = True
                agent.cell.appeals_upheld += 1
                for each in (entry, *entry.linked):
                    each.void = True
                    each.agent.dirty = True
        else:
            waiting.append(case)
    model.cases[setting] = waiting


def _close(case: Case) -> None:
    """Take a case off the desk."""
    case.entry.contested = False
    case.entry.agent.dirty = True
    case.entry.agent.waiting_appeals -= 1


def _repair(model: PlainCreditModel) -> None:
    """Let subjects repair their oldest negative entry in force once the waiting time is over."""
    for agent in model.agents:
        if agent.open_negative:
            entry = _oldest_open(model, agent)
            regime = agent.regime
            if entry is None or not regime.score_on or not model.random.random() < regime.repair_chance:
                continue
            if _can_pay(model, agent, entry):
                agent.cell.repaired += 1
                for each in (entry, *entry.linked):
                    each.repaired_in = each.repaired_in or model.month
                    each.agent.dirty = True


def _oldest_open(model: PlainCreditModel, agent: CreditAgent) -> Entry | None:
    """Return the oldest negative entry that may be repaired; forget those that no longer stand."""
    month, months = model.month, model.catalogue.validity_months
    agent.open_negative = [
        entry for entry in agent.open_negative if entry.stands and month < entry.event + months[entry.item]
    ]
    for entry in agent.open_negative:
        if not entry.contested and month - entry.posted >= agent.regime.repair_wait_months:
            return entry
    return None


def _can_pay(model: PlainCreditModel, agent: CreditAgent, entry: Entry) -> bool:
    """Say whether the agent has the cash for the due behind an entry; anything else it can repair."""
    due_yuan, strained = model.dues[entry.item]
    if due_yuan <= 0.0:
        return True
    spent = agent.purse.months_without_income(strained)
    return spent < 0 or agent.purse.cash(spent) >= due_yuan
