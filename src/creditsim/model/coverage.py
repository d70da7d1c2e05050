"""Coverage: who is scored at all, and who has a local file."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.population.agents import NO_SEX, RESIDENT, STUDENT, VILLAGER

UNSCORED, SCORED, ON_FILE = 0, 1, 2
"""What a row's entries are worth at all: nothing, a score, a score and a local file."""

ASKED_OF_NOBODY = 2**32
"""Consent threshold of a regime that asks nobody: above every 32-bit word."""

_FROM_ELSEWHERE = 2


def file_status(state: State, rules: Rules, rows: np.ndarray) -> np.ndarray:
    """Return UNSCORED, SCORED or ON_FILE for each row."""
    status = np.zeros(len(rows), np.uint8)
    _fill_status(np.asarray(rows, np.int64), state.agents, rules.regimes, state.active, state.ranks, status)
    return status


@compiled
def is_filed(agent, regime, rank):
    """Say whether an agent has a local file: scored, covered (by site or employer), migrants included."""
    if regime.score_on == 0 or agent.present == 0 or refuses(agent, regime, rank):
        return 0
    cover = regime.file_cover[agent.kind]
    if agent.employer >= 0 and (agent.kind == RESIDENT or agent.kind == VILLAGER):
        cover = max(cover, regime.employee_cover)
    if rank.file >= cover:
        return 0
    if (
        agent.registration == _FROM_ELSEWHERE
        and agent.kind == RESIDENT
        and rank.migrant >= regime.migrants_included
    ):
        return 0
    return 1


@compiled
def is_scored(agent, regime, rank):
    """Say whether an agent's entries count at all.

    Those of organisations do whenever there is a score, of adults with consent, of minors with a file.
    """
    if regime.score_on == 0 or agent.present == 0:
        return 0
    if agent.kind == STUDENT:
        return is_filed(agent, regime, rank)
    if agent.sex < NO_SEX and refuses(agent, regime, rank):
        return 0
    return 1


@compiled
def refuses(agent, regime, rank):
    """Say whether an agent has not consented to a score, or has taken consent back, where it is asked."""
    return rank.consent >= regime.consent or (agent.withdrawn == 1 and regime.consent < ASKED_OF_NOBODY)


@compiled
def is_adult_here(agent):
    """Say whether a row is an adult who is present."""
    return agent.sex < NO_SEX and agent.kind != STUDENT and agent.present == 1


@compiled
def status_of(agent, regime, rank):
    """Return UNSCORED, SCORED or ON_FILE."""
    if is_scored(agent, regime, rank) == 0:
        return UNSCORED
    return SCORED + is_filed(agent, regime, rank)


@compiled
def _fill_status(rows, agents, regimes, active, ranks, status):
    """Fill in who is scored and who has a file."""
    for number in range(rows.shape[0]):
        row = rows[number]
        status[number] = status_of(agents[row], regimes[active[row]], ranks[row])
