"""Grade flows: who moved from which grade to which this month, by kind."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.spec.vocabulary import GRADES, KINDS

NO_GRADE = len(GRADES)
"""Place of those who had no grade a month ago: newcomers, and who was not scored."""


def no_grade_flows() -> np.ndarray:
    """Return an empty table by kind, grade of last month (last: none) and grade of this month.

    The sum over last month's grades gives the shares of grades, the rows the transition matrix.
    """
    return np.zeros((len(KINDS), len(GRADES) + 1, len(GRADES)), np.int64)


@compiled
def count_grade_flow(agent, row, scored, grade_before, flows):
    """Add an agent to its place and remember its grade; only who is scored has one."""
    if scored:
        flows[agent.kind, grade_before[row], agent.grade] += 1
        grade_before[row] = agent.grade
    else:
        grade_before[row] = NO_GRADE
