"""Pledging: who holds a pledge, and which sole traders post the owner's score code."""

from __future__ import annotations

import numpy as np

from creditsim.model.regimes import Rules
from creditsim.model.state import PLEDGED, POSTED, State, kind_rows, present_rows
from creditsim.population.agents import has_trait
from creditsim.spec.assumptions import assumed


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
    signed = _signs(state, firms, regimes.pledge_invited) & has_trait(agents[firms], "active")
    posts = signed & has_trait(agents[firms], "sole_trader") & (agents.representative[firms] >= 0)
    posts &= regimes.score_on[state.active[firms]] == 1
    posts &= ranks.aware[firms] < regimes.code_posted[state.active[firms]]
    state.pledges[firms] = signed * PLEDGED | posts * POSTED
    for kind in ("teacher", "school"):
        staff = kind_rows(state, kind)
        state.pledges[staff] = _signs(state, staff, regimes.school_pledge_invited) * PLEDGED
        state.count("school_staff", present_rows(state, kind))
    state.count("pledgers", np.flatnonzero(state.pledges))


def _signs(state: State, rows: slice, invited: np.ndarray) -> np.ndarray:
    """Say who of some rows is there, invited (by regime, a border of the fixed word) and honest enough."""
    asked = state.ranks.migrant[rows] < invited[state.active[rows]]
    honest = state.agents.honesty[rows] >= assumed("pledge.least_honesty_share")
    return asked & honest & (state.agents.present[rows] == 1)
