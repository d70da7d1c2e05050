"""The world's own events, alike in every scenario: the shock of early 2020, tutoring after July 2021."""

from __future__ import annotations

import functools

import numpy as np

from creditsim.core.months import month_index
from creditsim.model.regimes import Rules
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed

SHOCK_START, SHOCK_END = month_index("2020-02"), month_index("2020-04")
"""First and last month of the income and contact shock."""

TUTORING_REFORM = month_index("2021-08")
"""First month after the national tutoring reform of July 2021."""

NO_SHOCK = -1


def shock_month(rules: Rules, month: int) -> int:
    """Return how many months the shock has lasted, from 0, or NO_SHOCK.

    A world without a loss of income has no shock at all, of contacts neither.
    """
    if SHOCK_START <= month <= SHOCK_END and rules.world("income_shock_2020_share") < 0.0:
        return month - SHOCK_START
    return NO_SHOCK


def income_factor(rules: Rules, month: int) -> float:
    """Return what is left of incomes and cash this month, as a factor."""
    return 1.0 + rules.world("income_shock_2020_share") if shock_month(rules, month) >= 0 else 1.0


def contact_factor(rules: Rules, month: int) -> float:
    """Return what is left of meeting others this month, as a factor."""
    return 1.0 - assumed("shock.contacts_lost_share") if shock_month(rules, month) >= 0 else 1.0


def opportunity_thresholds(rules: Rules, month: int) -> np.ndarray:
    """Return each activity's 32-bit threshold of meeting it this month, as int64.

    Deeds that need others nearby follow the contact factor; from August 2021 on the demand
    for tutoring follows ``world.tutoring_demand_2021_share``.
    """
    thresholds = rules.activities.opportunity
    in_person, tutoring = _marked()
    contacts = contact_factor(rules, month)
    if contacts < 1.0:
        thresholds = np.where(in_person, (thresholds * contacts).astype(np.int64), thresholds)
    if month >= TUTORING_REFORM:
        demand = 1.0 + rules.world("tutoring_demand_2021_share")
        thresholds = np.where(tutoring, (thresholds * demand).astype(np.int64), thresholds)
    return np.ascontiguousarray(thresholds)


@functools.cache
def _marked() -> tuple[np.ndarray, np.ndarray]:
    """Say of each activity whether it is done in person, and whether it lives on demand for tutoring."""
    in_person = np.array([activity.in_person for activity in activities()])
    tutoring = [a.id == "tch-paid-tutoring" or a.id.startswith("sch-tutoring-") for a in activities()]
    return in_person, np.array(tutoring)
