"""Deciding: whether agents act on what is left of a block once the bound has been asked of all of it.

Called by the acting phase. What costs most is asked last, and only where it could turn the
choice: most choices are the same whatever ties did.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.model.choice import acts
from creditsim.model.means import fine_factor
from creditsim.model.opportunities import UNABLE
from creditsim.model.parts.public_bodies import duty_terms
from creditsim.model.phases.blocks import PLAIN
from creditsim.model.state import POSTED
from creditsim.model.utility import (
    count_peers,
    counts_with,
    has_shop,
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
    # Taken out of the loops: each look into a tuple of arrays counts a reference, which takes long.
    activities, postings, regimes, terms = given.activities, given.postings, given.regimes, given.terms
    actives, ranks, pledges, sanctioned = given.active, given.ranks, given.pledges, given.fines.sanctioned
    rates, firm_class, bins, complaint_factor = (
        given.visit_rates, given.firm_class, given.bins, given.complaint_factor,
    )  # fmt: skip
    numbers, places, acted, best, noise = block.number, block.place, block.acted, block.best, block.noise
    stakes, sites, highest, lowest = block.stake_yuan, block.site, tables.highest, tables.lowest
    tied, owns, shifts, candidates, left = block.tied, block.own, block.shift, block.candidates, block.left
    keys, worths = block.worth_key, block.worth_yuan
    number = 0
    for sort in range(3):
        for position in range(left[sort]):
            at = candidates[sort, position]
            if acted[at] == UNABLE:
                continue
            k, place = numbers[at], places[at]
            activity = activities[k]
            own, shift = best[at], 0.0
            if sort != PLAIN:
                row = low + place
                agent, active = agents[row], actives[row]
                regime = regimes[active]
                factor = complaint_factor if pledges[row] & POSTED != 0 else 1.0
                loss = 0.0
                if activity.obligation >= 0:
                    factor, loss, shift = duty_terms(activity, row, given.duties)
                posting = postings[active, k]
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
                    rises = fine_factor(given.fines, row, regime)
                own = own_utility(
                    agent, activity, regime, stakes[at] - loss, worth, rates[active, firm_class[row], k],
                    factor, rises, has_shop(regime, bins[agent.home]),
                )  # fmt: skip
            norm, tau = sites[place] + k, activity.tau
            acted[at] = acts(shift + (own + lowest[norm]), tau, noise[at])
            if acted[at] == 0:  # the choice may hang on what ties did
                tied[number], owns[number], shifts[number] = at, own, shift
                number += acts(shift + (own + highest[norm]), tau, noise[at])
    _decide_by_ties(agents, given, block, low, number)


@compiled
def worth_key(agent, posting, k, active, filed):
    """Return in one word, never 0, all that the worth of points hangs on within a month."""
    score = np.uint64(np.uint32(score_of(agent, posting)))
    place = np.uint64(((k * 2 + active) * 2 + filed) * 16 + agent.kind + 1)
    return score | place << np.uint64(32)


@compiled
def _decide_by_ties(agents, given, block, low, tied):
    """Decide the opportunities whose choice hangs on what ties did."""
    for position in range(tied):
        at = block.tied[position]
        k, row = block.number[at], low + block.place[at]
        activity, home = given.activities[k], agents[row].home
        done, met = count_peers(row, k, given.memory, given.peers)
        visible = share_with_ties(given.visible[home, k], done, met, given.terms)
        norm = norm_of(activity, visible, given.models[home], given.terms)
        utility = block.shift[position] + (block.own[position] + norm)
        block.acted[at] = acts(utility, activity.tau, block.noise[at])
