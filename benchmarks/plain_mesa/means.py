"""Means: the cash at hand, and who is unable to pay a due."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from creditsim.model.activities import RECURRING, TRADE

if TYPE_CHECKING:
    from benchmarks.plain_mesa.base import CreditAgent
    from benchmarks.plain_mesa.rules import Activity


class Purse:
    """An agent's cash: met out of income, or out of a buffer in spells without one.

    Time is cut into spells, for each agent from a month of its own; whether the income is
    missing in a spell is drawn when the spell is first asked about.
    """

    def __init__(self, agent: CreditAgent):
        numbers, random = agent.model.numbers, agent.model.random
        self.agent = agent
        self.ever_short = agent.is_person or agent.kind == "enterprise"
        self.offset = random.randrange(numbers.spell_months)
        self.spell, self.luck = -1, 1.0
        self.shock_luck = random.random()
        spread = exp(numbers.liquid_log_sd[not agent.is_person] * random.gauss(0.0, 1.0))
        self.months = numbers.liquid_months[not agent.is_person] * spread
        self.strained = numbers.strained[not agent.is_person]
        self.drawn = numbers.drawn[not agent.is_person]

    def months_without_income(self, strained: float) -> int:
        """Return how many months the agent has been without income before this one, -1 if it has one."""
        model = self.agent.model
        spell, place = divmod(model.month + self.offset, model.numbers.spell_months)
        if spell != self.spell:
            self.spell, self.luck = spell, model.random.random()
        if self.luck < max(strained, self.strained):
            return place
        if self.shock_luck < model.stopped_share:
            return model.shock_month
        return -1

    def cash(self, spent: int) -> float:
        """Return the cash left after some months without income."""
        return max(0.0, self.months - self.drawn * spent) * self.agent.income * self.agent.model.income_factor

    def is_short_of(self, activity: Activity, due_yuan: float) -> bool:
        """Say whether the agent lacks the cash for a due this month.

        A recurring due goes unpaid in the month in which the cash first falls below it.
        """
        if activity.due == TRADE or not self.ever_short:
            return False
        spent = self.months_without_income(activity.strained_share)
        if spent < 0 or self.cash(spent) >= due_yuan:
            return False
        return not (activity.due == RECURRING and spent > 0 and self.cash(spent - 1) < due_yuan)
