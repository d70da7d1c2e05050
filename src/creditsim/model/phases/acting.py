"""Acting: opportunities, choices, and what of it is noticed and filed.

Three steps, so that a choice can be made by compiled code or by an object: find the
opportunities of the month, decide each, then take the consequences of those acted on.
All choices of all agents are made before any consequence is felt: choosing reads what ties
did last month, concluding writes what they did this month.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.activities import stake_multipliers
from creditsim.model.means import (
    buffers,
    fines_of,
    is_unable,
    liquid_months,
    means_terms,
    stopped_paying,
)
from creditsim.model.parts.turnover import Shown
from creditsim.model.phases.deciding import decide_compiled, reckoned_visits
from creditsim.model.phases.noticing import UNABLE, belief_terms, conclude
from creditsim.model.regimes import Rules
from creditsim.model.state import PENDING, State, kind_rows
from creditsim.model.world import opportunity_thresholds
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import SITE_KINDS

OPPORTUNITY = np.dtype(
    [
        ("row", "i4"),
        ("activity", "i2"),
        ("acted", "u1"),
        ("stake_yuan", "f8"),
        ("noise", "f8"),
        ("words", "i8", (4,)),
    ]
)
"""An agent meets an activity: the stake (gain or cost), the logistic noise, and the words that decide on
notice, filing, verification and, of a due, the test of ability. `acted` is 0, 1 or UNABLE: a due larger than
the cash at hand is not decided."""

Decide = Callable[[State, Rules, np.ndarray], None]


def acting(state: State, rules: Rules, threads: int = 1, decide: Decide | None = None) -> None:
    """Let every agent meet its activities, choose, and be noticed or not.

    A due larger than the cash at hand is no choice: it stays unpaid, counts as unable and
    not as a breach, teaches neither norms nor beliefs, but is noticed and filed like one.
    Where the authority tests ability it spares most of the unable, and some who are not.

    Parameters
    ----------
    threads : int
        Rows are cut into as many runs of neighbours; events are joined in row order, so
        the number never changes a result.
    decide : callable, optional
        Decides opportunities in place of the compiled rule (object by object).
    """
    bounds = np.linspace(0, len(state.agents), threads + 1).astype(np.int64)
    stopped = stopped_paying(state)
    parts = [_Part(state, rules, int(a), int(b), stopped) for a, b in itertools.pairwise(bounds)]
    for step in (functools.partial(_Part.choose, decide=decide), _Part.conclude):
        if threads == 1 or decide is not None:
            for part in parts:
                step(part)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(step, parts))
    state.filed_now = np.concatenate([part.filed for part in parts])
    state.counts += sum(part.counts for part in parts)
    state.done = sum(part.done for part in parts)
    state.met = sum(part.met for part in parts)
    state.turnover.shown = shown_counts(state)


class _Part:
    """A run of neighbouring rows, with event and count arrays of its own."""

    def __init__(self, state: State, rules: Rules, low: int, high: int, stopped: np.ndarray):
        self.state, self.rules, self.low, self.high, self.stopped = state, rules, low, high, stopped
        self.counts = np.zeros_like(state.counts)
        self.done = np.zeros_like(state.done)
        self.met = np.zeros_like(state.met)
        self.filed = np.zeros(0, PENDING)

    def choose(self, decide: Decide | None = None) -> None:
        """Find and decide this part's opportunities: reads what all did last month, writes nothing."""
        self.found = self._find()
        (decide or decide_compiled)(self.state, self.rules, self.found)

    def conclude(self) -> None:
        """Take the consequences, once all parts have chosen: what was done last month is forgotten here."""
        state, rules, found = self.state, self.rules, self.found
        state.deeds[self.low : self.high] = 0
        state.memory.did[self.low : self.high] = 0
        state.memory.met[self.low : self.high] = 0
        filed = np.zeros(int(np.count_nonzero(found["acted"])), PENDING)
        number = conclude(
            found, state.agents, rules.activities, rules.postings, rules.regimes, state.active, state.visited,
            state.ranks, state.month, state.deeds, state.last_breach, state.last_tutoring, state.firm_class,
            filed, self.counts, self.done, self.met, belief_terms(), reckoned_visits(state),
            state.pledges, assumed("pledge.complaint_factor"), state.memory, fines_of(state),
            state.public_bodies.read_duties(), state.site_ranks.bins, kind_rows(state, "teacher").start,
        )  # fmt: skip
        self.filed = filed[:number]

    def _find(self) -> np.recarray:
        """Return this part's opportunities of the month, in row and activity order."""
        state, rules = self.state, self.rules
        room = max(64, (self.high - self.low) * 4)
        while True:
            found = np.empty(room, OPPORTUNITY).view(np.recarray)
            number = _find(
                self.low, self.high, state.agents, rules.activities, state.seed, state.replication,
                state.month, stake_multipliers(), draws.logistic_quantiles(), found,
                opportunity_thresholds(rules, state.month), buffers(), self.stopped,
                means_terms(rules, state.month),
            )  # fmt: skip
            if number <= room:
                return found[:number]
            room = number


def shown_counts(state: State) -> Shown:
    """Return the acts and opportunities of the month as a site shows them next month.

    Its own, and for a small share the mean of the other sites of its kind in its area.
    """
    sites, spill = state.population.sites, assumed("spill.norm_share")
    group = sites["area"].astype(np.int64) * len(SITE_KINDS) + sites["kind"]
    others = np.bincount(group)[group] - 1
    return Shown(*(_mixed(counts, group, others, spill) for counts in (state.done, state.met)))


def _mixed(counts: np.ndarray, group: np.ndarray, others: np.ndarray, spill: float) -> np.ndarray:
    """Return counts by site mixed with the mean of the others of its group; alone, its own."""
    sums = np.zeros((int(group.max(initial=0)) + 1, counts.shape[1]), np.int64)
    np.add.at(sums, group, counts)
    elsewhere = (sums[group] - counts) / np.maximum(others, 1)[:, None]
    return np.where((others > 0)[:, None], (1.0 - spill) * counts + spill * elsewhere, counts)


@compiled
def meets(agent, activity):
    """Say whether an activity is one of the agent's, by kind and traits."""
    return (
        (activity.kinds >> agent.kind) & 1 == 1
        and agent.traits & activity.all_traits == activity.all_traits
        and (activity.any_traits == 0 or agent.traits & activity.any_traits != 0)
    )


@compiled
def _find(
    low, high, agents, activities, seed, replication, month, stakes, quantiles, found,
    thresholds, buffers, stopped, means,
):  # fmt: skip
    """Write the opportunities of rows low to high; return their number, also beyond the room."""
    number = 0
    for row in range(low, high):
        agent = agents[row]
        if agent.present == 0:
            continue
        slot = np.int64(agent.slot)
        block = -1
        w0, w1, w2, w3 = 0, 0, 0, 0
        for k in range(activities.shape[0]):
            activity = activities[k]
            if not meets(agent, activity):
                continue
            if k >> 2 != block:
                block = k >> 2
                w0, w1, w2, w3 = draws.philox(seed, replication, slot, month, draws.OPPORTUNITY, block)
            lane = k & 3
            luck = w0 if lane == 0 else (w1 if lane == 1 else (w2 if lane == 2 else w3))
            if luck >= thresholds[k]:
                continue
            if number < found.shape[0]:
                x0, x1, x2, x3 = draws.philox(seed, replication, slot, month, draws.ACT, k)
                chance = found[number]
                chance.row = row
                chance.activity = k
                chance.acted = 0
                chance.stake_yuan = activity.stake_yuan * stakes[activity.spread, (x0 & 65535) >> 4]
                chance.noise = quantiles[x0 >> 16]
                chance.words[0] = x1
                chance.words[1] = x2
                chance.words[2] = x3
                if activity.due > 0:
                    chance.words[3] = draws.word(seed, replication, slot, month, draws.MEANS, 4 + k)
                    unable = is_unable(
                        agent, activity, chance.stake_yuan, liquid_months(agent, buffers, seed, replication),
                        row < stopped.shape[0] and stopped[row] == 1, seed, replication, month, means,
                    )  # fmt: skip
                    if unable:
                        chance.acted = UNABLE
            number += 1
    return number
