"""The yearly programme budget: what of a scenario's paid levers it can deliver.

``budget.programme_yuan`` at 0 is no ceiling: the lines cost what they cost. A ceiling
below their sum cuts all of them alike, so that what is delivered costs what there is.
"""

from __future__ import annotations

from dataclasses import replace

from creditsim.spec.costing import CHECKS, SUPERVISION, VISITS, WAIVER, CostLine, yearly_cost
from creditsim.spec.costs import unit_costs
from creditsim.spec.levers import levers
from creditsim.spec.scenario import Scenario

BUDGET = "budget.programme_yuan"


def within_budget(scenario: Scenario) -> tuple[Scenario, float]:
    """Return the scenario as its budget lets it be delivered, and the share delivered, 0 to 1.

    Each cost line is cut by cutting its first lever towards the value at which the line
    costs nothing. Lines that cannot be cut (switches, such as consent by law; visits saved)
    are paid first; if the budget does not cover them nothing else is delivered.

    Examples
    --------
    >>> from creditsim.spec.scenario import load_scenario
    >>> scenario = load_scenario("status-quo-2019")
    >>> within_budget(scenario)[1]
    1.0
    >>> poor, delivery = within_budget(scenario.with_levers({"budget.programme_yuan": 200000}))
    >>> 0.0 < delivery < 1.0, round(yearly_cost(poor).yuan)
    (True, 200000)
    """
    budget = float(scenario[BUDGET])
    table = yearly_cost(scenario)
    if budget == 0.0 or table.yuan <= budget:
        return scenario, 1.0
    cut = [line for line in table.lines if _can_be_cut(line)]
    planned = 0.0
    for line in cut:
        planned += line.yuan
    fixed = table.yuan - planned
    delivery = max(0.0, (budget - fixed) / planned) if planned > 0.0 else 0.0
    delivery = min(delivery, 1.0)
    values = dict(scenario.values)
    for name in dict.fromkeys(line.levers[0] for line in cut):
        free = _free_of_charge(name)
        values[name] = free + delivery * (values[name] - free)
    return replace(scenario, values=values), delivery


def _can_be_cut(line: CostLine) -> bool:
    """Say whether a line costs something and follows from an amount."""
    return line.yuan > 0.0 and levers()[line.levers[0]].form == "number"


def _free_of_charge(name: str) -> float:
    """Return the value of a lever at which its line costs nothing."""
    if name == VISITS:
        return unit_costs()["ordinary_visits_per_month"].value
    if name in (SUPERVISION, CHECKS):
        return float(levers()[name].default)
    return float(levers()[WAIVER].off) if name == WAIVER else 0.0
