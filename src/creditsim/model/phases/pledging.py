"""Pledging: who holds a pledge, and which sole traders post the owner's score code."""

from __future__ import annotations

import numpy as np

from creditsim.model.regimes import Rules
from creditsim.model.state import PLEDGED, POSTED, State, kind_rows
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import TRAITS


def pledging(state: State, rules: Rules) -> None:
    """Let those invited sign, and let signing sole traders post the owner's personal score code.

    Invited are enterprises, and institutions of education with their teachers.
    Signing is self-selected: only the more honest of those invited sign. The code makes
    customers' complaints more likely to reach the inspectorate, and the owner's personal
    grade worth money to the shop (measures of row E2). No code is posted without a score.
    """
    agents, ranks, regimes = state.agents, state.ranks, rules.regimes
    state.pledges[:] = 0
    firms = kind_rows(state, "enterprise")
    works = (agents.traits[firms] & (1 << TRAITS.index("active"))) > 0
    signed = _signs(state, firms, regimes.pledge_invited) & works
    trader = (agents.traits[firms] & (1 << TRAITS.index("sole_trader"))) > 0
    posts = signed & trader & (agents.representative[firms] >= 0)
    posts &= regimes.score_on[state.active[firms]] == 1
    posts &= ranks.aware[firms] < regimes.code_posted[state.active[firms]]
    state.pledges[firms] = signed * PLEDGED | posts * POSTED
    for staff in (kind_rows(state, "teacher"), kind_rows(state, "school")):
        state.pledges[staff] = _signs(state, staff, regimes.school_pledge_invited) * PLEDGED
        state.count("school_staff", staff.start + np.flatnonzero(agents.present[staff] == 1))
    state.count("pledgers", np.flatnonzero(state.pledges))


def _signs(state: State, rows: slice, invited: np.ndarray) -> np.ndarray:
    """Say who of some rows is there, invited (by regime, a border of the fixed word) and honest enough."""
    asked = state.ranks.migrant[rows] < invited[state.active[rows]]
    honest = state.agents.honesty[rows] >= assumed("pledge.least_honesty_share")
    return asked & honest & (state.agents.present[rows] == 1)
