"""The catalogues: levers, activities, measures, outcomes and unit costs.

Each is one file in the data folder, read once a process and never changed.
"""

from __future__ import annotations

from creditsim.spec.activities import Activity, activities, inspection_weights, spreads
from creditsim.spec.costs import UnitCost, district_heads, unit_costs
from creditsim.spec.levers import Lever, levers
from creditsim.spec.measures import Measure, measures
from creditsim.spec.outcomes import Outcome, outcome_named, outcomes

__all__ = [
    "Activity",
    "Lever",
    "Measure",
    "Outcome",
    "UnitCost",
    "activities",
    "district_heads",
    "inspection_weights",
    "levers",
    "measures",
    "outcome_named",
    "outcomes",
    "spreads",
    "unit_costs",
]
