"""Who notices an act, and what one reckons with: "p", "Notice" and beliefs of section 7.8 of docs/odd.md."""

from __future__ import annotations

from naive_deeds import clip
from naive_draws import TWO_32, block
from naive_world import CHANNELS
from plain_state import single

INSPECTION, COMPLAINT = 0, 1
POSTED = 2


def number_of(policy, activity):
    """Return an activity's place in the catalogue."""
    return policy.activities.index(activity)


def deeds_of(state, policy, row):
    """Return the activities that an agent did this month."""
    return [each for number, each in enumerate(policy.activities) if state.memory.did[row] >> number & 1]


def mean_visit_rate(policy, activity):
    """Return the baseline chance of a visit to those who meet an activity, the mean over its traits."""
    weights = policy.inspection_weights
    each = [[*activity.all_traits, one] for one in activity.any_traits] or [activity.all_traits]
    found = [
        max([weights[trait] for trait in traits if trait in weights] or [weights["other"]]) for traits in each
    ]
    return sum(found) / len(found)


def reckoned_visit_chance(state, policy, row, activity):
    """Return the chance of a visit that an agent reckons with."""
    ratios = state.schools.visit_ratio if activity.kinds == ["school"] else state.visit_ratio
    announced = ratios[state.active[row]][state.firm_class[row]]
    rate = mean_visit_rate(policy, activity)
    return rate * (1.0 + policy.assumed["belief.announced_share"] * (announced - 1.0))


def chances(state, policy, row, activity, visit):
    """Return by channel the chance that it notices an act, given the chance of a visit (1 if visited)."""
    found = [activity.channels.get(name, 0.0) for name in CHANNELS]
    if activity.seen_given_visit:
        found[INSPECTION] += visit * activity.seen_given_visit
    if state.pledges[row] & POSTED:
        found[COMPLAINT] *= policy.assumed["pledge.complaint_factor"]
    return found


def noticed_by(state, policy, row, activity):
    """Return the channel that saw an agent's act this month, or -1."""
    x1 = block(state, state.agents.slot[row], state.month, "ACT", number_of(policy, activity))[1]
    border, left = 0.0, 1.0
    for channel, q in enumerate(chances(state, policy, row, activity, state.visited[row])):
        q = min(1.0, q)
        border += left * q
        if x1 < border * TWO_32:
            return channel
        left *= 1.0 - q
    return -1


def learn(state, policy, row, q, channel, weight):
    """Move an agent's beliefs channel by channel, up to the one that saw the act (-1: none did)."""
    beliefs = state.agents.belief[row]
    for j in range(len(CHANNELS)):
        y = 1.0 if j == channel else 0.0
        moved = beliefs[j] + weight * (y - q[j] * beliefs[j])
        beliefs[j] = single(clip(moved, 0.0, policy.assumed["belief.largest"]))
        if j == channel:
            return
