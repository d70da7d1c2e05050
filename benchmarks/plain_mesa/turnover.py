"""Turnover: who leaves, who comes, and firms that return under a new name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditsim.population.marginals import read_district
from creditsim.spec.vocabulary import GRADES

if TYPE_CHECKING:
    from benchmarks.plain_mesa.base import CreditAgent
    from benchmarks.plain_mesa.model import PlainCreditModel

_C = GRADES.index("C")
_SEPTEMBER = 8


def turn_over(model: PlainCreditModel) -> None:
    """Let agents leave and others take their places; consent is given and taken back."""
    draw, refilled, month = model.random.random, model.numbers.refilled, model.month
    for agent in model.agents:
        if not agent.present:
            if agent.awaited_in is not None:
                if agent.awaited_in == month:
                    _enter(agent)
                continue
            chance = refilled if agent.kind != "student" else float(month % 12 == _SEPTEMBER)
            if draw() < chance:
                _let_in(model, agent)
            continue
        if agent.is_person:
            agent.consent()
        chance = agent.leaving_chance()
        if chance and draw() < chance:
            _let_go(model, agent)


def _let_in(model: PlainCreditModel, agent: CreditAgent) -> None:
    """Let a newcomer take a place, with own dispositions and an empty file."""
    random = model.random
    spread = read_district(model.population.name).money_weight_log_sd
    agent.settle_in(random.random(), random.random(), random.lognormvariate(0.0, spread))
    if agent.is_adult and agent.registration == 0:
        agent.aware = random.random() < agent.home.aware / max(agent.home.adults, 1)
    _enter(agent)


def _enter(agent: CreditAgent) -> None:
    """Mark a place as held again."""
    agent.present, agent.awaited_in = True, None
    agent.update_status()
    agent.model.came += 1


def _let_go(model: PlainCreditModel, agent: CreditAgent) -> None:
    """Let the holder of a place leave: the account is closed, what waits on it lapses."""
    if agent.kind == "enterprise":
        low = agent.grade <= _C and agent.regime.score_on
        if low and model.random.random() < model.numbers.phoenix:
            agent.awaited_in = model.month + 1 + model.random.randrange(12)
        agent.forget_fines()
        agent.below_warning = agent.pledged = agent.posts_code = False
    agent.present, agent.visited = False, False
    agent.generation += 1
    agent.open_account()
    agent.update_status()
    model.left += 1
