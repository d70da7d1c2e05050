"""Phase 20, from section 7.21 of docs/odd.md: pilots, consent, newcomers, leavers."""

from __future__ import annotations

from types import SimpleNamespace

from naive_deeds import BREACHED
from naive_draws import TWO_32, below, block, lognormal_multipliers, normal_quantiles, portable_exp, word
from naive_world import (
    ADULTS,
    AWARE,
    CIVIL_SERVANT,
    ENTERPRISE,
    KINDS,
    RESIDENT,
    STUDENT,
    TEACHER,
    VILLAGER,
    has_trait,
    levers_of,
)
from plain_state import count

HELD, OPEN_SLOT, AWAITED = 0, 1, 2
JULY, SEPTEMBER = 6, 8


def turnover(state, policy):
    _count_pilots(state, policy)
    _move_consent(state, policy)
    _come(state, policy)
    _leave(state, policy)


def _count_pilots(state, policy):
    pass


def _move_consent(state, policy):
    agents, assumed = state.agents, policy.assumed
    for row, kind in enumerate(agents.kind):
        levers = levers_of(state, policy, row)
        consents = state.ranks.consent[row] < below(assumed["consent.share"])
        if kind not in (*ADULTS, STUDENT) or not agents.present[row] or not consents:
            continue
        if not (levers["score.city_on"] and levers["consent.opt_in_on"]):
            continue
        lot = word(state, agents.slot[row], state.month, "CONSENT", 0)
        if agents.withdrawn[row]:
            if lot < assumed["consent.return_share"] * agents.trust[row] * TWO_32:
                agents.withdrawn[row] = 0
            continue
        chance = assumed["consent.withdrawal_share"] * (1.0 - agents.trust[row])
        if agents.grade[row] <= 1:
            chance = chance * assumed["consent.low_grade_factor"]
        if lot < min(1.0, chance) * TWO_32:
            agents.withdrawn[row] = 1


def _come(state, policy):
    pass


def _leave(state, policy):
    pass
