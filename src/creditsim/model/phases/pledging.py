"""Pledging: who holds a pledge, and which sole traders post the owner's score code."""

from __future__ import annotations

import numpy as np

from creditsim.model.regimes import Rules
from creditsim.model.state import PLEDGED, POSTED, State
from creditsim.population.agents import INSTITUTION, TEACHER
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import KINDS, TRAITS


def pledging(state: State, rules: Rules) -> None:
    """Let those invited sign, and let signing sole traders post the owner's personal score code.

    Invited are enterprises, and institutions of education with their teachers.
    Signing is self-selected: only the more honest of those invited sign. The code makes
    customers' complaints more likely to reach the inspectorate, and the owner's personal
    grade worth money to the shop (measures of row E2). No code is posted without a score.
    """
    agents, ranks = state.agents, state.ranks
    works = (agents.traits & (1 << TRAITS.index("active"))) > 0
    firms = works & (agents.kind == KINDS.index("enterprise")) & (agents.present == 1)
    invited = firms & (ranks.migrant < rules.regimes.pledge_invited[state.active])
    signed = invited & (agents.honesty >= assumed("pledge.least_honesty_share"))
    trader = (agents.traits & (1 << TRAITS.index("sole_trader"))) > 0
    posts = signed & trader & (agents.representative >= 0) & (rules.regimes.score_on[state.active] == 1)
    posts &= ranks.aware < rules.regimes.code_posted[state.active]
    staff = ((agents.kind == TEACHER) | (agents.kind == INSTITUTION)) & (agents.present == 1)
    asked = staff & (ranks.migrant < rules.regimes.school_pledge_invited[state.active])
    signed |= asked & (agents.honesty >= assumed("pledge.least_honesty_share"))
    state.pledges[:] = signed * PLEDGED | posts * POSTED
    rows = np.flatnonzero(signed)
    state.count("pledgers", rows)
    state.count("school_staff", np.flatnonzero(staff))
