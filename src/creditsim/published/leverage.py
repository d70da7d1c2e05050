"""Harrington (1988): rare visits and small fines can still make firms comply.

Harrington, W. (1988), "Enforcement leverage when penalties are restricted", Journal of Public
Economics 37(1), 29-53. Firms stand in one of two groups. In the first they are visited with chance
p1 and fined F1, in the second with p2 and F2. Who is found in breach in the first group is moved to
the second; who is found compliant in the second is moved back with chance u. A firm minimises the
discounted cost of complying (c a month) and of fines. The best policy is one of three: comply always,
breach in the first group only, or breach always. In between

    D  = (c - p1 F1) / (1 - b (1 - p1 - p2 u))             what the first group is worth, b the discount
    p1 F1 < c < (p2 F2 (1 - b (1 - p1 - p2 u)) - b p1 p2 u F1) / (1 - b (1 - p1))
    share in breach in the long run = p2 u / (p1 + p2 u)

Above the upper bound firms always breach. The bound lies above p2 F2, the highest expected fine: that
is the leverage. (The bounds are worked from the two-state decision problem, with moves at once.)

Ours: utility of a breach, perceived detection, the rule of choice (model/choice.py), whose sanction
is the fine and the discounted worth of the grade that is lost; lots for visits. Added: the two groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.choice import acts, breach_utility, perceived_detection
from creditsim.published.bare import bare_agents, bare_breach


class Enforcement(NamedTuple):
    """The rules of two groups.

    Attributes
    ----------
    visits_good, visits_bad : float
        Monthly chance of a visit in the first and in the second group: p1, p2.
    fine_good_yuan, fine_bad_yuan : float
        F1, F2.
    return_share : float
        Chance that a visit which finds a firm of the second group compliant moves it back: u.
    discount : float
        What a yuan of next month is worth: b.
    """

    visits_good: float = 0.1
    visits_bad: float = 0.3
    fine_good_yuan: float = 500.0
    fine_bad_yuan: float = 1000.0
    return_share: float = 0.5
    discount: float = 0.98


COSTS_YUAN = (25.0, 40.0, 75.0, 150.0, 225.0, 300.0, 350.0, 450.0, 550.0, 600.0, 625.0, 700.0, 800.0, 900.0)


def hold_leverage(
    costs_yuan: Sequence[float] = COSTS_YUAN,
    rules: Enforcement = Enforcement(),  # noqa: B008 - a constant
    *,
    firms: int = 4_000,
    months: int = 240,
    seed: int = 1,
    looks_ahead: bool = True,
) -> pd.DataFrame:
    """Hold the share of firms in breach after many months against Harrington's three policies.

    Parameters
    ----------
    costs_yuan : sequence of float
        Monthly costs of complying.
    looks_ahead : bool
        Without, firms count the fine alone and not the group: no leverage.

    Returns
    -------
    DataFrame
        One row a cost: cost_yuan, cost_ratio (to the highest expected fine, p2 F2), firms, policy
        (``comply``, ``mixed``, ``breach``), optimum (the policy that costs least of all four, counted
        out), simulated_share, published_share, low_ratio and high_ratio (the bounds).
    """
    low, high = bounds_yuan(rules)
    largest = rules.visits_bad * rules.fine_bad_yuan
    rows = []
    for cost in costs_yuan:
        policy = _best_replies(cost, rules, looks_ahead)
        share = _breaching(
            bare_agents(firms), bare_breach(), np.array(policy), _numbers(rules), months, seed
        ) / firms  # fmt: skip
        published = _published_share(cost, low, high, rules)
        optimum = NAMES[cheapest_policy(cost, rules)]
        ratios = cost / largest, low / largest, high / largest
        rows.append((cost, ratios[0], firms, NAMES[policy], optimum, share, published, *ratios[1:]))
    columns = "cost_yuan cost_ratio firms policy optimum simulated_share published_share low_ratio high_ratio"
    return pd.DataFrame(rows, columns=columns.split())


NAMES = {(0, 0): "comply", (1, 0): "mixed", (1, 1): "breach", (0, 1): "odd"}
"""Names of policies: whether one breaches in the first group, and in the second."""


def bounds_yuan(rules: Enforcement) -> tuple[float, float]:
    """Return the costs between which the mixed policy is best."""
    p1, p2, f1, f2, u, b = rules
    high = (p2 * f2 * (1.0 - b * (1.0 - p1 - p2 * u)) - b * p1 * p2 * u * f1) / (1.0 - b * (1.0 - p1))
    return p1 * f1, high


def cheapest_policy(cost_yuan: float, rules: Enforcement) -> tuple[int, int]:
    """Return the policy of least discounted cost in the first group, found by counting out all four."""
    p1, p2, f1, f2, u, b = rules
    found = []
    for policy in NAMES:
        good, bad = policy
        moves = np.array([[1.0 - good * p1, good * p1], [(1 - bad) * p2 * u, 1.0 - (1 - bad) * p2 * u]])
        now = np.array([p1 * f1 if good else cost_yuan, p2 * f2 if bad else cost_yuan])
        found.append((float(np.linalg.solve(np.eye(2) - b * moves, now).sum()), policy))
    return min(found)[1]


def _published_share(cost: float, low: float, high: float, rules: Enforcement) -> float:
    """Return the long-run share in breach."""
    if cost <= low:
        return 0.0
    if cost >= high:
        return 1.0
    back = rules.visits_bad * rules.return_share
    return back / (rules.visits_good + back)


def _best_replies(cost_yuan: float, rules: Enforcement, looks_ahead: bool) -> tuple[int, int]:
    """Return what a firm that follows our rule does in each group.

    The worth D of the first group and the choices determine each other; they are found by letting
    the firm live through the months to come, counted back from a last month far away.
    """
    policy = _reply(bare_agents(1), bare_breach(), _numbers(rules), cost_yuan, 4_000 if looks_ahead else 1)
    return int(policy[0]), int(policy[1])


def _numbers(rules: Enforcement) -> np.ndarray:
    """Return the rules as an array, for compiled rules."""
    return np.array(rules, dtype=np.float64)


@compiled
def _reply(agents, breaches, rules, cost, months_ahead):
    """Return for each group whether to breach, by backward steps from a last month."""
    p1, p2, f1, f2, u, b = rules[0], rules[1], rules[2], rules[3], rules[4], rules[5]
    worth, good, bad = 0.0, False, False  # worth: cost to go in the second group less that in the first
    agent, breach = agents[0], breaches[0]
    for _ in range(months_ahead):
        seen1 = perceived_detection(agent, breach, p1, 1.0)
        seen2 = perceived_detection(agent, breach, p2, 1.0)
        good = acts(breach_utility(agent, breach, cost, seen1, f1 + b * worth), 0.0, 0.0)
        bad = acts(breach_utility(agent, breach, cost, seen2, f2 + b * u * worth), 0.0, 0.0)
        first = p1 * (f1 + b * worth) if good else cost
        second = p2 * f2 if bad else cost - b * p2 * u * worth
        worth = second + b * worth - first
    return good, bad


@compiled
def _breaching(agents, breaches, policy, rules, months, seed):
    """Return how many firms breach in the last month; all start in the first group."""
    p1, p2, u = rules[0], rules[1], rules[4]
    number = 0
    for row in range(agents.shape[0]):
        group, breach = 0, False
        for month in range(months):
            breach = policy[group] == 1
            visit, back = draws.philox(seed, 0, agents[row].slot, month, draws.VISIT, 0)[:2]
            visited = visit < (p1 if group == 0 else p2) * draws.TWO_32
            if visited and breach and group == 0:
                group = 1
            elif visited and not breach and group == 1 and back < u * draws.TWO_32:
                group = 0
        number += breach
    return number
