"""Consent: where a personal score needs it, who takes it back and who gives it again.

Called by the turnover phase.
"""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.coverage import ASKED_OF_NOBODY
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.population.agents import NO_SEX
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import GRADES


def consenting(state: State, rules: Rules) -> None:
    """Let persons withdraw from the score, or come back, where it rests on consent.

    Who ever consents is fixed; of these, a share a month withdraws, in proportion to the
    distrust in the scheme and more often in C or D; a share returns, in proportion to trust.
    Withdrawal takes incentives and restrictions away, and nothing else.
    """
    if (rules.regimes.consent >= ASKED_OF_NOBODY).all():
        return
    agents, consent = state.agents, rules.regimes.consent[state.active]
    asked = (consent < ASKED_OF_NOBODY) & (rules.regimes.score_on[state.active] == 1)
    asked &= (agents.sex < NO_SEX) & (agents.present == 1) & (state.ranks.consent < consent)
    rows = np.flatnonzero(asked)
    if len(rows) == 0:
        return
    out = agents.withdrawn[rows] == 1
    leaves = assumed("consent.withdrawal_share") * (1.0 - agents.trust[rows])
    low = agents.grade[rows] <= GRADES.index("C")
    leaves = np.minimum(np.where(low, leaves * assumed("consent.low_grade_factor"), leaves), 1.0)
    returns = assumed("consent.return_share") * agents.trust[rows]
    luck = state.words(rows, draws.CONSENT)
    changes = luck < np.where(out, returns, leaves) * draws.TWO_32
    agents.withdrawn[rows[changes]] ^= 1
