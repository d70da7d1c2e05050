"""The rule by which an agent chooses, written once: for the compiled loop and the Mesa agent.

Breach and merit are compared with a logistic noise, as in docs/odd.md, section "Choosing":

    breach:  U = alpha + m [g - p (1 - f)(F + a r L)] / s - h T (1 - c) + n (b - b0)
    merit:   U = alpha + m [pay + a q A - cost] / s       + h T (1 - c) + n (b - b0)
    acts  <=>  U + tau * noise > 0

The last term, the norm, is added by who chooses: often the choice is clear without it.
Only + - * /, comparison and table look-ups: the same bits on every machine.
"""

from __future__ import annotations

from creditsim.core.compiled import compiled
from creditsim.spec.vocabulary import CHANNELS

COMPLAINT, COURT = CHANNELS.index("complaint"), CHANNELS.index("court")


@compiled
def perceived_detection(agent, activity, visit_rate, complaint_factor):
    """Return the chance of being seen that the agent reckons with, in [0, 1].

    The channels' base chances, each times the agent's belief in that channel (1 = just
    right), act independently. `visit_rate` is the chance of an inspection visit in the
    month, with which the chance that a visit sees the act is multiplied; `complaint_factor`
    multiplies the chance of complaints (above 1 where a score code is posted, or where a
    public body's promise is registered: then also that of suits).
    """
    missed, is_certain = 1.0, False
    for channel in range(7):
        chance = activity.channels[channel]
        if channel == 0:
            chance = chance + visit_rate * activity.seen_given_visit
        elif channel == COMPLAINT or (channel == COURT and activity.obligation >= 0):
            chance = chance * complaint_factor
        chance = chance * agent.belief[channel]
        is_certain |= chance >= 1.0
        missed = missed * (1.0 - chance)
    return 1.0 if is_certain else 1.0 - missed


@compiled
def worth_of_score(score_mp, cutoffs_mp, steps_yuan, width_mp):
    """Return what a score is worth in yuan a month: V(S) of docs/odd.md.

    Each cutoff passed adds its step. Agents know their own score only within
    `width_mp`, so a step fades in over that width around its cutoff.
    """
    worth = 0.0
    for grade in range(cutoffs_mp.shape[0]):
        above = score_mp - cutoffs_mp[grade]
        if steps_yuan[grade] == 0.0 or above <= -width_mp:
            continue
        share = 1.0 if above >= width_mp else min(above / width_mp + 0.5, 1.0)
        if share > 0.0:
            worth = worth + steps_yuan[grade] * share
    return worth


@compiled
def worth_of_loss(score_mp, points_mp, cutoffs_mp, steps_yuan, width_mp):
    """Return L without its duration: V(S) - V(S - d), yuan a month; `points_mp` is d > 0."""
    return worth_of_score(score_mp, cutoffs_mp, steps_yuan, width_mp) - worth_of_score(
        score_mp - points_mp, cutoffs_mp, steps_yuan, width_mp
    )


@compiled
def worth_of_gain(score_mp, points_mp, attainable_mp, cutoffs_mp, steps_yuan, width_mp):
    """Return A without its duration, yuan a month: the deed's own step, or its share of a climb.

    The second way lets people work towards a grade that one deed does not reach, but
    only a grade that the points attainable within validity do reach.
    """
    here = worth_of_score(score_mp, cutoffs_mp, steps_yuan, width_mp)
    best = worth_of_score(score_mp + points_mp, cutoffs_mp, steps_yuan, width_mp) - here
    level = 0.0
    for grade in range(cutoffs_mp.shape[0]):
        level = level + steps_yuan[grade]
        distance = cutoffs_mp[grade] - score_mp
        if distance > 0.0 and distance <= attainable_mp:
            climb = points_mp * (level - here) / distance
            if climb > best:
                best = climb
    return best


@compiled
def breach_utility(agent, activity, stake_yuan, detection, sanction_yuan):
    """Return U of a breach, without its norm (no unit): gain against what a perceived sanction takes away.

    `sanction_yuan` is F + a r L.
    """
    expected = detection * (1.0 - agent.false_belief) * sanction_yuan
    return (
        activity.alpha
        + agent.money_weight * (stake_yuan - expected) / activity.stake_yuan
        - agent.honesty * agent.trust * (1.0 - agent.crowding)
    )


@compiled
def merit_utility(agent, activity, stake_yuan, reward_yuan):
    """Return U of a good deed, without its norm (no unit); the stake is its cost, the reward pay + a q A."""
    return (
        activity.alpha
        + agent.money_weight * (reward_yuan - stake_yuan) / activity.stake_yuan
        + agent.prosociality * agent.trust * (1.0 - agent.crowding)
    )


@compiled
def acts(utility, tau, noise):
    """Say whether the agent acts: U + tau * noise > 0."""
    return utility + tau * noise > 0.0


@compiled
def count_acting(utility, tau, quantiles):
    """Return for how many of the tabled noise values an agent of this utility acts."""
    if tau <= 0.0:
        return quantiles.shape[0] if utility > 0.0 else 0
    low = 0
    high = quantiles.shape[0]
    while low < high:
        middle = (low + high) // 2
        if acts(utility, tau, quantiles[middle]):
            high = middle
        else:
            low = middle + 1
    return quantiles.shape[0] - low
