"""Grade flows: who moved from which grade to which this month, by kind."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.model.coverage import is_scored
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.spec.vocabulary import GRADES, KINDS

NO_GRADE = len(GRADES)
"""Place of those who had no grade a month ago: newcomers, and who was not scored."""


def count_grade_flows(state: State, rules: Rules) -> None:
    """Count agents by kind, grade of last month and grade of this month; remember this month's.

    Only who is scored has a grade. The sum over last month's grades gives the shares of
    grades, the rows of the table the transition matrix.
    """
    state.grade_flows = np.zeros((len(KINDS), len(GRADES) + 1, len(GRADES)), np.int64)
    _count(
        state.agents, rules.regimes, state.active, state.ranks, state.grade_before, state.grade_flows,
    )  # fmt: skip


@compiled
def _count(agents, regimes, active, ranks, grade_before, flows):
    """Add every scored agent to its place."""
    for row in range(agents.shape[0]):
        agent = agents[row]
        if is_scored(agent, regimes[active[row]], ranks[row]) == 1:
            flows[agent.kind, grade_before[row], agent.grade] += 1
            grade_before[row] = agent.grade
        else:
            grade_before[row] = NO_GRADE
