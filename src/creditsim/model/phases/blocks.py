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
from creditsim.model.opportunities import LANES_PER_BLOCK, MOST_LANES
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


_ROWS, _MOST = draws.BLOCK_ROWS, draws.BLOCK_ROWS * MOST_LANES + _PADDING


def _columns(names: str, kind: str, *shape: int) -> list[tuple]:
    """Return the fields of columns of one type and shape."""
    return [(name, kind, shape) for name in names.split()]


BLOCK = np.dtype(
    [
        *_columns("present lanes doubtful met", "u8", _ROWS),
        *_columns("money", "f8", _ROWS),
        *_columns("feeling", "f8", 2, _ROWS),
        *_columns("slot kind key site variant cell", "u4", _ROWS),
        *_columns("words", "u4", MOST_LANES // LANES_PER_BLOCK, 4, _ROWS),
        *_columns("open shop", "u1", _ROWS),
        *_columns("stake_yuan noise best own shift", "f8", _MOST),
        *_columns("place number slots", "u4", _MOST),
        *_columns("act_words due_words", "u4", 4, _MOST),
        *_columns("acted", "u1", _MOST),
        *_columns("left", "u8", 3),
        *_columns("candidates", "u4", 3, _MOST),
        *_columns("tied dues due_slots spells acts", "u4", _MOST),
        *_columns("worth_key", "u8", 2**10),
        *_columns("worth_yuan", "f8", 2**10),
    ],
    align=True,
)
"""Room for a block in which every agent meets everything: columns by row of it, by opportunity, and lists.

One record and not a tuple of arrays: so each column lies at a fixed distance from one address, and a
loop over many of them keeps that one address at hand, not two dozen.

By row: `site`, `variant` and `cell` count in entries of the flat tables that they point into; `present` is 1
or 0; `lanes` are those that occur, `doubtful` those of them in doubt, `met` the activities met, as in
`MEMORY`; `money` is the weight of money, `feeling` the motivation for good deeds and, negative, against
breaches. By opportunity: `place` is the row of the block, `number` the activity, `acted` 0, 1 or UNABLE.

Lists: `left` and `candidates` say by PLAIN, REWARDED, BREACH how many opportunities the bound leaves, and
which; `tied` are those that hang on ties, with `own` and `shift`; `dues` have slots and words; `acts` were
acted on. `worth_key` and `worth_yuan` are worths of points reckoned this month, by what they hang on: most
scores are alike.
"""


def make_block() -> np.record:
    """Return an empty block."""
    return np.zeros(1, BLOCK).view(np.recarray)[0]


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
    cells, present, money, feeling = block.cell, block.present, block.money, block.feeling
    opens, shops = block.open, block.shop
    for place in range(high - low):
        row = low + place
        agent, active = agents[row], np.uint32(actives[row])
        regime, kind = regimes[active], agent.kind
        shop = np.uint32(has_shop(regime, bins[agent.home]))
        shops[place] = shop
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
