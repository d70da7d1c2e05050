"""Learning: trust, crowding-out, the belief in false records, months in low grades."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.model.chains import WRONG
from creditsim.model.regimes import Rules
from creditsim.model.state import GOT_CASH, GOT_GOODS, HARSH, State
from creditsim.scoring.ledger import ITEM, VOID
from creditsim.spec.assumptions import assumed


def learning(state: State, rules: Rules) -> None:
    """Move trust, motivation and beliefs after the month's events.

    Trust falls with a false entry, with a penalty for a due that one could not pay, and each
    month that an appeal waits, and returns slowly to its start; cash or a fine crowds
    motivation out, goods a third as much, and it comes back at its own pace:
    c' = max((1 - rho) c, kappa z). Beliefs in detection moved when the acts were concluded;
    norms are last month's acts at the site, read next month.
    """
    _move(
        state.agents, state.deeds, _wronged_rows(state), _waiting_rows(state), _upheld_rows(state),
        np.array(
            [
                assumed("trust.start_share"), assumed("trust.loss_wrongful_share"),
                assumed("trust.loss_waiting_share"), assumed("trust.recovery_share"),
                assumed("crowding.recovery_share"), assumed("crowding.in_kind_share"),
                rules.world("crowding_out_share"), assumed("belief.learning_share"),
                assumed("belief.false_record_start_share"), assumed("trust.loss_unable_share"),
            ]
        ),
        rules.regimes.score_on[state.active],
    )  # fmt: skip


def _wronged_rows(state: State) -> np.ndarray:
    """Flag the rows that a false entry hit this month."""
    return _flag(state, lambda entries, status: (entries["kind"] == ITEM) & (status & WRONG > 0))


def _upheld_rows(state: State) -> np.ndarray:
    """Flag the rows whose appeal was upheld this month."""
    return _flag(state, lambda entries, status: entries["kind"] == VOID)


def _waiting_rows(state: State) -> np.ndarray:
    """Flag the rows with an appeal that waits."""
    flags = np.zeros(len(state.agents), np.uint8)
    flags[state.cases["row"]] = 1
    return flags


def _flag(state: State, chosen) -> np.ndarray:
    """Flag the rows of this month's entries that are chosen."""
    chains = state.chains
    ids = chains.posted_in(state.month)
    flags = np.zeros(len(state.agents), np.uint8)
    flags[chains.rows_of(ids[chosen(chains.entries[ids], chains.status[ids])])] = 1
    return flags


@compiled
def _move(agents, deeds, wronged, waiting, upheld, terms, score_on):
    """Move every agent's trust, crowding-out, belief in false records and months in low grades."""
    for row in range(agents.shape[0]):
        agent = agents[row]
        trust = agent.trust + terms[3] * (terms[0] - agent.trust)
        if wronged[row] == 1:
            trust = trust - terms[1]
        elif deeds[row] & HARSH != 0:
            trust = trust - terms[9]
        if waiting[row] == 1:
            trust = trust - terms[2]
        if upheld[row] == 1:
            trust = trust + terms[2]
        agent.trust = min(max(trust, 0.0), 1.0)
        paid = 0.0
        if deeds[row] & GOT_CASH != 0:
            paid = 1.0
        elif deeds[row] & GOT_GOODS != 0:
            paid = terms[5]
        agent.crowding = max((1.0 - terms[4]) * agent.crowding, terms[6] * paid)
        signal = 1.0 if wronged[row] == 1 else terms[8]
        agent.false_belief = agent.false_belief + terms[7] * (signal - agent.false_belief)
        if agent.grade <= 1 and score_on[row] == 1:
            agent.months_low = min(agent.months_low + 1, 30000)
        else:
            agent.months_low = 0
