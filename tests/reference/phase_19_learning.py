"""Phase 19, from section 7.20 of docs/odd.md: trust, motivation and beliefs after the month's events."""

from __future__ import annotations

from naive_deeds import GOT_CASH, GOT_GOODS, HARSH, clip
from naive_draws import below, block
from naive_noticing import chances, deeds_of, learn, noticed_by, reckoned_visit_chance
from naive_world import levers_of


def learning(state, policy):
    agents, assumed = state.agents, policy.assumed
    wronged = {e.row for e in state.ledger if e.kind == 0 and e.posted == state.month and e.wrong}
    waiting = {case.row for case in state.cases}
    upheld = {e.row for e in state.ledger if e.kind == 2 and e.posted == state.month}
    for row in range(len(agents.trust)):
        trust = agents.trust[row]
        trust += assumed["trust.recovery_share"] * (assumed["trust.start_share"] - trust)
        if row in wronged:
            trust = trust - assumed["trust.loss_wrongful_share"]
        elif state.deeds[row] & HARSH:
            trust = trust - assumed["trust.loss_unable_share"]
        if row in waiting:
            trust = trust - assumed["trust.loss_waiting_share"]
        if row in upheld:
            trust = trust + assumed["trust.loss_waiting_share"]
        agents.trust[row] = clip(trust, 0.0, 1.0)
        crowded = policy.world("crowding_out_share")
        if not state.deeds[row] & GOT_CASH:
            crowded = crowded * assumed["crowding.in_kind_share"] if state.deeds[row] & GOT_GOODS else 0.0
        kept = (1.0 - assumed["crowding.recovery_share"]) * agents.crowding[row]
        agents.crowding[row] = max(kept, crowded)
        y = 1.0 if row in wronged else assumed["belief.false_record_start_share"]
        agents.false_belief[row] += assumed["belief.learning_share"] * (y - agents.false_belief[row])
        low = levers_of(state, policy, row)["score.city_on"] and agents.grade[row] <= 1
        agents.months_low[row] = agents.months_low[row] + 1 if low else 0
        if agents.present[row]:
            watch_a_tie(state, policy, row)


def watch_a_tie(state, policy, row):
    """Learn from what becomes of one breach of one tie, if it is seen."""
    ties = state.ties[row]
    w0, w1, w2, _ = block(state, state.agents.slot[row], state.month, "NORM_SIGNAL")
    if not ties:
        return
    tie = ties[w0 * len(ties) >> 32]
    breaches = [each for each in deeds_of(state, policy, tie) if each.direction == "breach"]
    if not breaches:
        return
    breach = breaches[w1 * len(breaches) >> 32]
    if w2 < below(breach.visible_share):
        q = chances(state, policy, tie, breach, reckoned_visit_chance(state, policy, tie, breach))
        weight = policy.assumed["belief.learning_share"] * policy.assumed["belief.ties_factor"]
        learn(state, policy, row, q, noticed_by(state, policy, tie, breach), weight)
