"""Finding: the month's opportunities of a block of rows, with what is at stake and what decides on it.

Called by the acting phase.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.activities import stake_multipliers
from creditsim.model.choice import acts
from creditsim.model.means import buffers, is_unable, may_be_unable, means_terms, spell_of, stopped_paying
from creditsim.model.opportunities import UNABLE, Lanes, arrange_lanes, search
from creditsim.model.phases.blocks import BREACH
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.model.world import opportunity_thresholds


class Finding(NamedTuple):
    """What finding opportunities reads beside the agents, a month long."""

    activities: np.ndarray
    lanes: Lanes
    seed: int
    replication: int
    month: int
    stakes: np.ndarray
    quantiles: np.ndarray
    buffers: np.ndarray
    stopped: np.ndarray
    means: np.ndarray


def finding(state: State, rules: Rules) -> Finding:
    """Return what finding the month's opportunities reads; firms that stopped paying are noted as such."""
    thresholds = opportunity_thresholds(rules, state.month)
    return Finding(
        rules.activities, arrange_lanes(rules.activities, thresholds), state.seed, state.replication,
        state.month, stake_multipliers(), draws.logistic_quantiles(), buffers(), stopped_paying(state),
        means_terms(rules, state.month),
    )  # fmt: skip


@compiled
def find_block(low, high, agents, finding, tables, block):
    """Find the opportunities of a block's rows, in row and catalogue order; return their number.

    With what is at stake, the noise, who is unable, and what the bound on utility leaves to decide.
    """
    found = search(high - low, finding, block)
    draws.fill_own_blocks(
        finding.seed, finding.replication, block.slots[:found], finding.month, draws.ACT, block.number,
        block.act_words,
    )  # fmt: skip
    _bound(found, finding, tables, block)
    _mark_unable(low, found, agents, finding, block)
    return found


@compiled
def _bound(found, finding, tables, block):
    """Fill in what is at stake, and list what would be acted on with nothing at risk."""
    # Arrays are taken out of their tuples here: in the loops that would count references.
    places, numbers, words, acted = block.place, block.number, block.act_words, block.acted
    variants, sites, opens, money, feeling = block.variant, block.site, block.open, block.money, block.feeling
    stakes_yuan, noises, bests = block.stake_yuan, block.noise, block.best
    left, candidates, bounds, highest = block.left, block.candidates, tables.bounds, tables.highest
    stakes, quantiles = finding.stakes, finding.quantiles
    left[:] = 0
    for at in range(found):
        place, k, word = places[at], numbers[at], words[0, at]
        bound = bounds[variants[place] + k]
        stake_yuan = bound.scale_yuan * stakes[bound.spread, (word & np.uint32(65535)) >> np.uint32(4)]
        noise = quantiles[word >> np.uint32(16)]
        gain = bound.reward_yuan + bound.sign * stake_yuan
        best = bound.alpha + money[place] * gain / bound.scale_yuan + feeling[bound.breach, place]
        is_open = 1 if bound.open & opens[place] != 0 else 0
        sort = BREACH if bound.breach == 1 else is_open
        stakes_yuan[at], noises[at], bests[at], acted[at] = stake_yuan, noise, best, 0
        candidates[sort, left[sort]] = at
        left[sort] += is_open | acts(best + highest[sites[place] + k], bound.tau, noise)


@compiled
def _mark_unable(low, found, agents, finding, block):
    """Mark the dues that are above the cash at hand; spells are drawn for all dues at once."""
    dues, slots, numbers, places = block.dues, block.slots, block.number, block.place
    due_slots, words, spells, acted = block.due_slots, block.due_words, block.spells, block.acted
    activities, means, stopped = finding.activities, finding.means, finding.stopped
    seed, replication, month = finding.seed, finding.replication, finding.month
    number = 0
    for at in range(found):
        dues[number] = at
        number += activities[numbers[at]].due > 0
    for position in range(number):
        due_slots[position] = slots[dues[position]]
    draws.fill_blocks(seed, replication, due_slots[:number], 0, draws.MEANS, 0, words)
    for position in range(number):
        spell, _ = spell_of(month, words[1, position], means)
        spells[position] = draws.word(seed, replication, due_slots[position], spell, draws.MEANS, 2)
    for position in range(number):
        at = dues[position]
        row = low + places[at]
        agent, activity = agents[row], activities[numbers[at]]
        if may_be_unable(agent, activity, spells[position], means) and is_unable(
            agent, activity, block.stake_yuan[at], finding.buffers,
            row < stopped.shape[0] and stopped[row] == 1, seed, replication, month, means,
        ):  # fmt: skip
            acted[at] = UNABLE
