"""Finding: the month's opportunities of a block of rows, with what is at stake and what decides on it.

Called by the acting phase.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.activities import stake_multipliers
from creditsim.model.means import buffers, is_unable, means_terms, stopped_paying
from creditsim.model.opportunities import OPPORTUNITY, UNABLE, Lanes, arrange_lanes, search
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


class Rooms(NamedTuple):
    """Room for a block: words by row; slot, row, activity, words and record of each opportunity."""

    first_word: np.ndarray
    second_word: np.ndarray
    slots: np.ndarray
    rows: np.ndarray
    numbers: np.ndarray
    words: np.ndarray
    found: np.ndarray


def finding(state: State, rules: Rules) -> Finding:
    """Return what finding the month's opportunities reads; firms that stopped paying are noted as such."""
    thresholds = opportunity_thresholds(rules, state.month)
    return Finding(
        rules.activities, arrange_lanes(rules.activities, thresholds), state.seed, state.replication,
        state.month, stake_multipliers(), draws.logistic_quantiles(), buffers(), stopped_paying(state),
        means_terms(rules, state.month),
    )  # fmt: skip


def make_rooms(lanes: Lanes) -> Rooms:
    """Return room for a block in which every agent meets everything."""
    rows, most = draws.BLOCK_ROWS, draws.BLOCK_ROWS * lanes.activity.shape[1]
    return Rooms(
        np.empty(rows, np.uint64), np.empty(rows, np.uint64), np.empty(most, np.uint32),
        np.empty(most, np.int32), np.empty(most, np.int16), np.empty((4, most), np.uint32),
        np.empty(most, OPPORTUNITY).view(np.recarray),
    )  # fmt: skip


@compiled
def find(low, high, agents, finding, rooms):
    """Write the opportunities of rows low to high, at most `BLOCK_ROWS` of them; return their number."""
    seed, replication, month = finding.seed, finding.replication, finding.month
    slots, rows, numbers, words, found = rooms.slots, rooms.rows, rooms.numbers, rooms.words, rooms.found
    number = search(
        low, high, agents, finding.lanes, seed, replication, month, rooms.first_word, rooms.second_word,
        slots, rows, numbers,
    )  # fmt: skip
    for place in range(number):
        words[0, place], words[1, place], words[2, place], words[3, place] = draws.philox(
            seed, replication, slots[place], month, draws.ACT, numbers[place]
        )
    for place in range(number):
        chance = found[place]
        k, row = numbers[place], rows[place]
        activity = finding.activities[k]
        chance.row, chance.activity, chance.acted = row, k, 0
        stake, noise = (words[0, place] & 65535) >> 4, words[0, place] >> 16
        chance.stake_yuan = activity.stake_yuan * finding.stakes[activity.spread, stake]
        chance.noise = finding.quantiles[noise]
        chance.notice, chance.filing, chance.check = words[1, place], words[2, place], words[3, place]
        if activity.due > 0 and is_unable(
            agents[row], activity, chance.stake_yuan, finding.buffers,
            row < finding.stopped.shape[0] and finding.stopped[row] == 1, seed, replication, month,
            finding.means,
        ):  # fmt: skip
            chance.acted = UNABLE
    return number
