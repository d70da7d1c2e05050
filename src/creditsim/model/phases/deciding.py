"""Deciding: whether agents act on what is left of a block once the bound has been asked of all of it.

Called by the acting phase. What costs most is asked last, and only where it could turn the
choice: most choices are the same whatever ties did.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled, compiled_inline
from creditsim.model.choice import acts
from creditsim.model.means import fine_factor
from creditsim.model.opportunities import UNABLE
from creditsim.model.parts.public_bodies import duty_terms
from creditsim.model.phases.blocks import BREACH, PLAIN, REWARDED
from creditsim.model.state import POSTED
from creditsim.model.utility import (
    count_among,
    counts_with,
    norm_of,
    own_utility,
    score_of,
    share_with_ties,
    worth_of_points,
)

_SPREAD, _TOP = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - 10)
"""Fibonacci hashing (Knuth): the top ten bits of a word times this number spread words evenly."""


@compiled
def decide_block(agents, given, tables, block, low):
    """Mark the opportunities of a block that agents act on."""
    tied = _decide_without_risk(given.activities, tables.lowest, tables.highest, block)
    tied = _decide_with_risk(agents, given, tables, block, np.uint64(low), tied)
    _decide_by_ties(agents, given, block, np.uint64(low), tied)


@compiled
def _decide_without_risk(activities, lowest, highest, block):
    """Decide good deeds that bring what the bound says; return how many hang on ties."""
    numbers, acted, best, candidates = block.number, block.acted, block.best, block.candidates
    tied = np.uint64(0)
    for position in range(block.left[PLAIN]):
        at = candidates[PLAIN, position]
        if acted[at] != UNABLE:
            tau = activities[numbers[at]].tau
            tied = decide_without_ties(block, lowest, highest, tau, at, best[at], 0.0, tied)
    return tied


@compiled
def _decide_with_risk(agents, given, tables, block, low, tied):
    """Decide what may be noticed and matters then; return how many hang on ties by then.

    Rows are unsigned, since a signed place in an array may count from its end: a test at each look.
    """
    # Taken out of the loops: each look into a tuple of arrays counts a reference, which takes long.
    activities, postings, regimes, terms = given.activities, given.postings, given.regimes, given.terms
    actives, ranks, pledges, sanctioned = given.active, given.ranks, given.pledges, given.fines.sanctioned
    rates, firm_class, complaint_factor = given.visit_rates, given.firm_class, given.complaint_factor
    lowest, highest, duties, fines = tables.lowest, tables.highest, given.duties, given.fines
    numbers, places, acted, stakes = block.number, block.place, block.acted, block.stake_yuan
    candidates, shops, keys, worths = block.candidates, block.shop, block.worth_key, block.worth_yuan
    for sort in range(REWARDED, BREACH + 1):
        for position in range(block.left[sort]):
            at = candidates[sort, position]
            if acted[at] == UNABLE:
                continue
            k, place = numbers[at], places[at]
            row = low + place
            agent, activity, active = agents[row], activities[k], actives[row]
            regime, posting = regimes[active], postings[active, k]
            factor, loss, shift = complaint_factor if pledges[row] & POSTED != 0 else 1.0, 0.0, 0.0
            if activity.obligation >= 0:
                factor, loss, shift = duty_terms(activity, np.int64(row), duties)
            reckons, filed = counts_with(agent, posting, regime, ranks[row])
            worth = 0.0
            if reckons:
                key = worth_key(agent, posting, k, active, filed)
                slot = (key * _SPREAD) >> _TOP
                if keys[slot] != key:
                    worths[slot] = worth_of_points(agent, activity, posting, regime, filed, terms)
                    keys[slot] = key
                worth = worths[slot]
            rises = 1.0
            if row < sanctioned.shape[0] and sanctioned[row] != 0:
                rises = fine_factor(fines, np.int64(row), regime)
            visit_rate = rates[active, np.uint8(firm_class[row]), k]
            own = own_utility(
                agent, activity, regime, stakes[at] - loss, worth, visit_rate, factor, rises, shops[place]
            )
            tied = decide_without_ties(block, lowest, highest, activity.tau, at, own, shift, tied)
    return tied


@compiled_inline
def decide_without_ties(block, lowest, highest, tau, at, own, shift, tied):
    """Decide an opportunity, and list it if the choice may hang on what ties did; return how many are."""
    norm, noise = block.site[block.place[at]] + block.number[at], block.noise[at]
    would = acts(shift + (own + lowest[norm]), tau, noise)
    could = acts(shift + (own + highest[norm]), tau, noise)
    block.acted[at] = would
    block.tied[tied], block.own[tied], block.shift[tied] = at, own, shift
    return tied + np.uint64(could and not would)


@compiled
def worth_key(agent, posting, k, active, filed):
    """Return in one word, never 0, all that the worth of points hangs on within a month."""
    score = np.uint64(np.uint32(score_of(agent, posting)))
    place = np.uint64(((k * 2 + active) * 2 + filed) * 16 + agent.kind + 1)
    return score | place << np.uint64(32)


@compiled
def _decide_by_ties(agents, given, block, low, tied):
    """Decide the opportunities whose choice hangs on what ties did."""
    activities, memory, terms, models = given.activities, given.memory, given.terms, given.models
    visible_shares, starts, lows, highs = given.visible, given.peers.indptr, given.peers.low, given.peers.high
    for position in range(tied):
        at = block.tied[position]
        k, row = block.number[at], low + block.place[at]
        activity, home = activities[k], agents[row].home
        done, met = count_among(starts[row], starts[row + np.uint64(1)], k, memory, lows, highs)
        visible = share_with_ties(visible_shares[home, k], done, met, terms)
        norm = norm_of(activity, visible, models[home], terms)
        utility = block.shift[position] + (block.own[position] + norm)
        block.acted[at] = acts(utility, activity.tau, block.noise[at])
