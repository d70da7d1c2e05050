"""Acting: opportunities, choices, and what of it is noticed and filed.

Three steps for each block of rows, whose opportunities stay in the cache meanwhile: find
those of the month, decide each, take the consequences of those acted on. A choice can also be
made by an object; then each step is taken for all rows. The order never matters: choosing
reads what ties did last month, concluding writes what an agent did this month beside it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.threads import in_parts
from creditsim.model.opportunities import OPPORTUNITY
from creditsim.model.parts.turnover import Shown
from creditsim.model.phases.deciding import Choosing, choosing, decide
from creditsim.model.phases.finding import Finding, find, finding, make_rooms
from creditsim.model.phases.noticing import Concluding, belief_terms, conclude
from creditsim.model.regimes import Rules
from creditsim.model.state import MEMORY, PENDING, State, kind_rows
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import SITE_KINDS

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
    memory = np.zeros(len(state.agents), MEMORY).view(np.recarray)
    state.deeds[:] = 0
    inputs = finding(state, rules), choosing(state, rules)

    def act(low: int, high: int) -> _Part:
        part = _Part(state, low, high, memory, *inputs)
        if decide is None:
            part.act()
        else:
            part.act_by_objects(state, rules, decide)
        return part

    parts = in_parts(act, len(state.agents), threads if decide is None else 1)
    state.memory = memory
    state.filed_now = np.concatenate([part.filed for part in parts])
    state.done, state.met = np.zeros_like(state.done), np.zeros_like(state.met)
    for part in parts:
        state.counts += part.concluding.counts
        state.done += part.concluding.done
        state.met += part.concluding.met
    state.turnover.shown = shown_counts(state)


class _Part:
    """A run of neighbouring rows, with event and count arrays of its own."""

    def __init__(
        self, state: State, low: int, high: int, memory: np.ndarray, finding: Finding, given: Choosing
    ):
        self.agents, self.low, self.high, self.finding, self.given = state.agents, low, high, finding, given
        self.concluding = Concluding(
            state.seed, state.replication, state.visited, state.month, state.deeds, state.last_breach,
            state.last_tutoring, kind_rows(state, "teacher").start, np.zeros_like(state.counts),
            np.zeros_like(state.done), np.zeros_like(state.met), memory, belief_terms(),
        )  # fmt: skip
        self.filed = np.zeros(0, PENDING)

    def act(self) -> None:
        """Take all steps in compiled code, block by block; what is filed gets more room when it needs it."""
        rooms, low = make_rooms(self.finding.lanes), self.low
        pieces = [self.filed]
        while low < self.high:
            filed = np.zeros(len(rooms.found) + (self.high - low) // 16, PENDING)
            low, number = _act(
                low, self.high, self.agents, self.finding, self.given, self.concluding, rooms, filed
            )
            pieces.append(filed[:number])
        self.filed = np.concatenate(pieces)

    def act_by_objects(self, state: State, rules: Rules, decide: Decide) -> None:
        """Find all opportunities, have them decided, and conclude."""
        rooms, pieces = make_rooms(self.finding.lanes), [np.zeros(0, OPPORTUNITY)]
        for low in range(self.low, self.high, draws.BLOCK_ROWS):
            number = find(low, min(low + draws.BLOCK_ROWS, self.high), self.agents, self.finding, rooms)
            pieces.append(rooms.found[:number].copy())
        found = np.concatenate(pieces).view(np.recarray)
        decide(state, rules, found)
        filed = np.zeros(len(found), PENDING)
        self.filed = filed[: conclude(found, self.agents, self.given, self.concluding, filed, 0)]


@compiled
def _act(low, high, agents, finding, given, concluding, rooms, filed):
    """Find, decide and conclude; return the first row left out for want of room, and the number filed."""
    number = 0
    while low < high:
        end = min(low + draws.BLOCK_ROWS, high)
        found = rooms.found[: find(low, end, agents, finding, rooms)]
        if number + found.shape[0] > filed.shape[0]:
            break
        decide(found, agents, given)
        number = conclude(found, agents, given, concluding, filed, number)
        low = end
    return low, number


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
