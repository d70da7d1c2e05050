"""Blocks: some hundred rows and their opportunities in columns, and what a month's blocks share.

Agents, activities and regimes are wide records. What most opportunities need of them is read
once for a block, so that it stays in the cache and loops over it have hardly a branch. Called by
the acting phase: find, decide and conclude fill in a block one after the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.fields import with_fields
from creditsim.model.opportunities import Lanes
from creditsim.model.phases.noticing import fill_borders
from creditsim.model.quantities import QUANTITIES
from creditsim.model.utility import Choosing, has_shop, knows_items, norm_bounds, sorting_reward
from creditsim.spec.vocabulary import CHANNELS

PLAIN, REWARDED, BREACH = range(3)
"""What is left to decide: good deeds that bring what the bound says, other good deeds, breaches."""

KNOWING, UNBOUNDED, ANYBODY = 1, 2, 4
"""Where the bound on a utility does not hold, as bits of an agent and of an activity: see `bound_of`."""

BOUND = np.dtype(
    [
        ("alpha", "f8"),
        ("tau", "f8"),
        ("scale_yuan", "f8"),
        ("sign", "f8"),
        ("reward_yuan", "f8"),
        ("spread", "u4"),
        ("breach", "u1"),
        ("open", "u1"),
    ],
    align=True,
)
"""What the bound on a utility reads of an activity, in a regime, at a site with or without points shop."""

_PADDING = 80
"""Columns whose sizes are powers of two would share places in the cache."""


class Tables(NamedTuple):
    """What a month's blocks share.

    Attributes
    ----------
    bounds : FieldArray of BOUND, shape (regime and points shop, activities), flat
    lowest, highest : ndarray of float64, shape (sites, activities), flat
        Bounds on the norm, whatever ties did.
    borders : ndarray of float64, shape (activities, visited, posted code, channels)
        Words below which each channel notices an act, if none before it did.
    """

    bounds: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    borders: np.ndarray


class Block(NamedTuple):
    """Room for a block: columns by row of it, by opportunity, and lists of opportunities.

    Attributes
    ----------
    slot, kind, key, site, variant, cell : ndarray of uint32, by row
        `site`, `variant` and `cell` count in entries of the flat tables that they point into.
    present, lanes, doubtful, met : ndarray of uint64, by row
        1 if present; lanes that occur, and those of them in doubt; activities met, as in `MEMORY`.
    words : ndarray of uint32, shape (blocks of lanes, 4, rows)
    money, feeling : ndarray of float64
        Weight of money; motivation for good deeds and, negative, against breaches.
    open : ndarray of uint8
    place, number, slots : ndarray of uint32, by opportunity
        Row of the block, activity, slot.
    act_words : ndarray of uint32, shape (4, opportunities)
    stake_yuan, noise, best : ndarray of float64
    acted : ndarray of uint8
        0, 1 or UNABLE.
    left, candidates : ndarray, by PLAIN, REWARDED, BREACH
        How many opportunities the bound leaves, and which.
    tied, dues, acts : ndarray of uint32
        Those that hang on ties, with `own` and `shift`; of dues, with slots and words; acted on.
    worth_key, worth_yuan : ndarray
        Worths of points reckoned this month, by what they hang on: most scores are alike.
    """

    slot: np.ndarray
    kind: np.ndarray
    key: np.ndarray
    site: np.ndarray
    variant: np.ndarray
    cell: np.ndarray
    present: np.ndarray
    lanes: np.ndarray
    doubtful: np.ndarray
    met: np.ndarray
    words: np.ndarray
    money: np.ndarray
    feeling: np.ndarray
    open: np.ndarray
    place: np.ndarray
    number: np.ndarray
    slots: np.ndarray
    act_words: np.ndarray
    stake_yuan: np.ndarray
    noise: np.ndarray
    best: np.ndarray
    acted: np.ndarray
    left: np.ndarray
    candidates: np.ndarray
    tied: np.ndarray
    own: np.ndarray
    shift: np.ndarray
    dues: np.ndarray
    due_slots: np.ndarray
    due_words: np.ndarray
    spells: np.ndarray
    acts: np.ndarray
    worth_key: np.ndarray
    worth_yuan: np.ndarray


def make_block(lanes: Lanes) -> Block:
    """Return room for a block in which every agent meets everything."""
    rows, most = draws.BLOCK_ROWS, draws.BLOCK_ROWS * lanes.activity.shape[1] + _PADDING
    return Block(
        **_columns("slot kind key site variant cell", rows, np.uint32),
        **_columns("present lanes doubtful met", rows, np.uint64),
        **_columns("place number slots tied dues due_slots spells acts", most, np.uint32),
        **_columns("stake_yuan noise best own shift", most, np.float64),
        words=np.empty((lanes.border.shape[1] // 2, 4, rows), np.uint32),
        money=np.empty(rows),
        feeling=np.empty((2, rows)),
        open=np.empty(rows, np.uint8),
        act_words=np.empty((4, most), np.uint32),
        acted=np.empty(most, np.uint8),
        left=np.zeros(3, np.int64),
        candidates=np.empty((3, most), np.uint32),
        due_words=np.empty((4, most), np.uint32),
        worth_key=np.zeros(2**10, np.uint64),
        worth_yuan=np.empty(2**10),
    )


def _columns(names: str, size: int, kind: type) -> dict[str, np.ndarray]:
    """Return an empty column for each of some names."""
    return {name: np.empty(size, kind) for name in names.split()}


def make_tables(given: Choosing) -> Tables:
    """Return what the blocks of a month share."""
    activities, sites = len(given.activities), len(given.models)
    tables = Tables(
        with_fields(np.zeros(4 * activities, BOUND)),
        np.empty(sites * activities),
        np.empty(sites * activities),
        np.empty((activities, 2, 2, len(CHANNELS))),
    )
    _fill_tables(given, tables)
    return tables


@compiled
def _fill_tables(given, tables):
    """Fill in the tables of a month."""
    size = given.activities.shape[0]
    for k in range(size):
        activity = given.activities[k]
        for variant in range(4):
            regime, shop = given.regimes[variant >> 1], variant & 1
            bound_of(
                activity, given.postings[variant >> 1, k], regime, shop, tables.bounds[variant * size + k]
            )
            factor = given.complaint_factor if variant & 1 else 1.0
            fill_borders(activity, variant >> 1, factor, tables.borders[k, variant >> 1, variant & 1])
        for site in range(given.models.shape[0]):
            least, most = norm_bounds(activity, given.visible[site, k], given.models[site], given.terms)
            tables.lowest[site * size + k] = least
            tables.highest[site * size + k] = most


@compiled
def bound_of(activity, posting, regime, shop, bound):
    """Write the terms of an activity's utility if nothing were at risk: never below `own_utility`.

    Rounding keeps order, so a bound on one term bounds the sum as it is computed. There is no
    such bound on what points bring to those who know them, where a lower grade is worth more,
    and for an obligation with a promise behind it.
    """
    bound.alpha, bound.tau, bound.scale_yuan = activity.alpha, activity.tau, activity.stake_yuan
    bound.spread, bound.breach, bound.open = activity.spread, activity.breach, UNBOUNDED
    bound.sign, bound.reward_yuan = 1.0, 0.0
    if activity.breach == 0:
        bound.sign = -1.0
        bound.reward_yuan = activity.reward_yuan + sorting_reward(activity, regime, shop)
        if posting.worth_mp > 0:
            bound.open |= KNOWING
    if activity.obligation >= 0:
        bound.open |= ANYBODY


@compiled
def load(low, high, agents, given, lanes, block):
    """Read what a block's opportunities need of rows low to high."""
    activities, quantities = np.uint32(given.activities.shape[0]), np.uint32(len(QUANTITIES))
    actives, regimes, bins = given.active, given.regimes, given.bins
    first, shift, mask = lanes.first, lanes.shift, lanes.mask
    slots, kinds, keys, sites, variants = block.slot, block.kind, block.key, block.site, block.variant
    cells, present, money, feeling, opens = block.cell, block.present, block.money, block.feeling, block.open
    for place in range(high - low):
        row = low + place
        agent, active = agents[row], np.uint32(actives[row])
        regime, kind = regimes[active], agent.kind
        shop = np.uint32(has_shop(regime, bins[agent.home]))
        slots[place], kinds[place], present[place] = agent.slot, kind, agent.present
        keys[place] = first[kind] + ((np.int64(agent.traits) >> shift[kind]) & mask[kind])
        sites[place] = np.uint32(agent.home) * activities
        variants[place] = (np.uint32(2) * active + shop) * activities
        cells[place] = np.uint32(agent.cell) * quantities
        money[place] = agent.money_weight
        feeling[0, place] = agent.prosociality * agent.trust * (1.0 - agent.crowding)
        feeling[1, place] = -(agent.honesty * agent.trust * (1.0 - agent.crowding))
        unbounded = regime.worths_fall == 1 or agent.money_weight < 0.0
        opens[place] = ANYBODY | (KNOWING if knows_items(agent) else 0) | (UNBOUNDED if unbounded else 0)
