"""Learning: trust, crowding-out, the belief in false records, months in low grades."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.threads import in_parts
from creditsim.model.activities import breach_bits
from creditsim.model.chains import WRONG
from creditsim.model.phases.noticing import belief_terms, fill_borders, first_channel, move_belief
from creditsim.model.regimes import Rules
from creditsim.model.state import GOT_CASH, GOT_GOODS, HARSH, POSTED, State
from creditsim.model.utility import reckoned_visits
from creditsim.population.peers import build_peers, peer_at
from creditsim.scoring.ledger import ITEM, VOID
from creditsim.spec.assumptions import assumed

# Places in the terms of _move: of trust, of crowding-out, of the belief in false records, of trust again.
_START, _LOSS, _WAITING, _RETURNS = range(4)
_RECOVERS, _IN_KIND, _CASH = range(4, 7)
_LEARNING, _FALSE_START = range(7, 9)
_UNABLE = 9


def learning(state: State, rules: Rules, threads: int = 1) -> None:
    """Move trust, motivation and beliefs after the month's events.

    Trust falls with a false entry, with a penalty for a due that one could not pay, and each
    month that an appeal waits, and returns slowly to its start; cash or a fine crowds
    motivation out, goods a third as much, and it comes back at its own pace:
    c' = max((1 - rho) c, kappa z). Beliefs in detection moved when the acts were concluded;
    here they also move, by a smaller step, with what becomes of the breach of one of the
    agent's ties, if it sees it. Norms are last month's acts at the site and among ties, read
    next month.
    """
    _watch_ties(state, rules, threads)
    flags = _wronged_rows(state), _waiting_rows(state), _upheld_rows(state)
    terms = np.array(
        [
            assumed("trust.start_share"), assumed("trust.loss_wrongful_share"),
            assumed("trust.loss_waiting_share"), assumed("trust.recovery_share"),
            assumed("crowding.recovery_share"), assumed("crowding.in_kind_share"),
            rules.world("crowding_out_share"), assumed("belief.learning_share"),
            assumed("belief.false_record_start_share"), assumed("trust.loss_unable_share"),
        ]
    )  # fmt: skip
    score_on = rules.regimes.score_on[state.active]

    def move(low: int, high: int) -> None:
        _move(low, high, state.agents, state.deeds, *flags, terms, score_on)

    in_parts(move, len(state.agents), threads)


def _watch_ties(state: State, rules: Rules, threads: int = 1) -> None:
    """Let agents learn from a breach of one tie a month, sanctioned or known to have gone free."""
    peers, rates = build_peers(state.population), reckoned_visits(state)
    terms, factor = belief_terms(), assumed("pledge.complaint_factor")
    terms[0] *= assumed("belief.ties_factor")
    breaches = breach_bits(rules.activities)

    def learn(low: int, high: int) -> None:
        _learn_from_ties(
            low, high, state.agents, state.slots, rules.activities, state.memory, peers, breaches,
            state.visited, state.active, state.firm_class, state.pledges, factor, rates, terms, state.seed,
            state.replication, state.month, state.blocks(low, high, draws.NORM_SIGNAL),
        )  # fmt: skip

    in_parts(learn, len(state.agents), threads)


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
    ids = ids[chains.held(ids)]
    flags = np.zeros(len(state.agents), np.uint8)
    flags[chains.rows_of(ids[chosen(chains.entries[ids], chains.status[ids])])] = 1
    return flags


@compiled
def _learn_from_ties(
    low, high, agents, slots, activities, memory, peers, breaches, visited, active, firm_class, pledges,
    complaint_factor, rates, belief, seed, replication, month, words,
):  # fmt: skip
    """Move beliefs by the rule for own breaches: a tie by lot, one of its breaches by lot, if visible.

    Which channel saw the tie's breach follows from the words with which it was concluded.
    """
    starts, borders = peers.indptr, np.empty(7)
    for row in range(low, high):
        place = row - low
        first = np.int64(starts[row])
        size = starts[row + 1] - first
        agent = agents[row]
        if size == 0 or agent.present == 0:
            continue
        w0, w1, w2 = np.int64(words[0, place]), np.int64(words[1, place]), words[2, place]
        peer = np.int64(peer_at(peers, np.uint32(first + ((w0 * size) >> 32))))
        did = memory[peer].did & breaches
        if did == np.uint64(0):
            continue
        k = _pick_bit(did, w1)
        activity = activities[k]
        if w2 >= activity.visible_share * draws.TWO_32:
            continue
        _, x1, _, _ = draws.philox(seed, replication, slots[peer], month, draws.ACT, k)
        factor = complaint_factor if pledges[peer] & POSTED != 0 else 1.0
        fill_borders(activity, visited[peer], factor, borders)
        channel = first_channel(borders, x1)
        move_belief(agent, activity, channel, rates[active[peer], firm_class[peer], k], belief)


@compiled
def _pick_bit(bits, luck):
    """Return the number of one of the set bits, each as likely; `luck` is a 32-bit word."""
    one = np.uint64(1)
    left = bits
    number = 0
    while left != np.uint64(0):
        left = left & (left - one)
        number += 1
    skip = (luck * number) >> 32
    k = 0
    left = bits
    while True:
        if left & one != np.uint64(0):
            if skip == 0:
                return k
            skip -= 1
        left = left >> one
        k += 1


@compiled
def _move(low, high, agents, deeds, wronged, waiting, upheld, terms, score_on):
    """Move every agent's trust, crowding-out, belief in false records and months in low grades."""
    for row in range(low, high):
        agent = agents[row]
        trust = agent.trust + terms[_RETURNS] * (terms[_START] - agent.trust)
        if wronged[row] == 1:
            trust = trust - terms[_LOSS]
        elif deeds[row] & HARSH != 0:
            trust = trust - terms[_UNABLE]
        if waiting[row] == 1:
            trust = trust - terms[_WAITING]
        if upheld[row] == 1:
            trust = trust + terms[_WAITING]
        agent.trust = min(max(trust, 0.0), 1.0)
        paid = 0.0
        if deeds[row] & GOT_CASH != 0:
            paid = 1.0
        elif deeds[row] & GOT_GOODS != 0:
            paid = terms[_IN_KIND]
        agent.crowding = max((1.0 - terms[_RECOVERS]) * agent.crowding, terms[_CASH] * paid)
        signal = 1.0 if wronged[row] == 1 else terms[_FALSE_START]
        agent.false_belief = agent.false_belief + terms[_LEARNING] * (signal - agent.false_belief)
        if agent.grade <= 1 and score_on[row] == 1:
            agent.months_low = min(agent.months_low + 1, 30000)
        else:
            agent.months_low = 0
