"""Acting: opportunities, choices, and what of it is noticed and filed.

Three steps for each block of rows, whose opportunities stay in the cache meanwhile: find
those of the month, decide each, take the consequences of those acted on. A choice can also be
made by an object; then all are decided before anything follows. The order never matters: choosing
reads what ties did last month, concluding writes what an agent did this month beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.fields import FieldArray, with_fields
from creditsim.core.threads import in_parts
from creditsim.model.opportunities import OPPORTUNITY
from creditsim.model.parts.turnover import Shown
from creditsim.model.phases.blocks import Tables, load, make_block, make_tables
from creditsim.model.phases.deciding import decide_block
from creditsim.model.phases.finding import Finding, find_block, finding
from creditsim.model.phases.noticing import Concluding, belief_terms, conclude_block
from creditsim.model.regimes import Rules
from creditsim.model.state import MEMORY, PENDING, State, kind_rows
from creditsim.model.utility import Choosing, choosing
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import CHANNELS, SITE_KINDS

Decide = Callable[[FieldArray], None]


class Month(NamedTuple):
    """What acting reads beside the agents, a month long."""

    finding: Finding
    given: Choosing
    tables: Tables


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
        Is given all opportunities, decided by the compiled rule, to decide them otherwise (object
        by object), before anything follows from any.
    """
    memory = with_fields(np.zeros(len(state.agents), MEMORY))
    state.deeds[:] = 0
    state.done, state.met = np.zeros_like(state.done), np.zeros_like(state.met)
    given = choosing(state, rules)
    month = Month(finding(state, rules), given, make_tables(given))

    def act(low: int, high: int) -> _Part:
        part = _Part(state, low, high, memory, month)
        found = None
        if decide is not None:
            found = part.find()
            decide(found)
        part.act(found)
        return part

    parts = in_parts(act, len(state.agents), threads if decide is None else 1)
    state.memory = memory
    state.filed_now = np.concatenate([part.filed for part in parts])
    for part in parts[1:]:
        state.counts += part.concluding.counts
        state.done += part.concluding.done
        state.met += part.concluding.met
    state.turnover.shown = shown_counts(state)


class _Part:
    """A run of neighbouring rows, with events of its own.

    The first counts into the state, whose arrays are large beside a small run, the others into their own.
    """

    def __init__(self, state: State, low: int, high: int, memory: np.ndarray, month: Month):
        self.agents, self.low, self.high, self.month = state.agents, low, high, month
        self.block = make_block()
        counted = (state.counts, state.done, state.met)
        counts, done, met = counted if low == 0 else (np.zeros_like(each) for each in counted)
        self.concluding = Concluding(
            state.seed, state.replication, state.visited, state.month, state.deeds, state.last_breach,
            state.last_tutoring, kind_rows(state, "teacher").start, counts, done, met, memory,
            belief_terms(), np.empty(len(CHANNELS)),
        )  # fmt: skip
        self.filed = np.zeros(0, PENDING)

    def act(self, found: np.ndarray | None = None) -> None:
        """Take all steps block by block; what is filed gets more room when it needs it.

        With `found`, all opportunities in their order, their choices hold in place of the rule's.
        """
        low, pieces, decided = self.low, [self.filed], 0
        given = np.zeros(0, np.uint8) if found is None else np.ascontiguousarray(found["acted"])
        while low < self.high:
            filed = np.zeros(len(self.block.acts) + (self.high - low) // 16, PENDING)
            low, number, decided = _act(
                low, self.high, self.agents, self.month, self.concluding, self.block, filed, given, decided
            )
            pieces.append(filed[:number])
        self.filed = np.concatenate(pieces)

    def find(self) -> FieldArray:
        """Return all opportunities, decided by the rule; nothing follows from them yet."""
        pieces, block = [np.zeros(0, OPPORTUNITY)], self.block
        for low in range(self.low, self.high, draws.BLOCK_ROWS):
            number = _decide(low, min(low + draws.BLOCK_ROWS, self.high), self.agents, self.month, block)
            found = np.zeros(number, OPPORTUNITY)
            found["row"], found["activity"] = low + block.place[:number], block.number[:number]
            for name in ("stake_yuan", "noise", "acted"):
                found[name] = block[name][:number]
            pieces.append(found)
        return with_fields(np.concatenate(pieces))


@compiled
def _act(low, high, agents, month, concluding, block, filed, acted, decided):
    """Find, decide and conclude block by block, as far as there is room.

    `acted`, unless empty, holds the choices from place `decided` on. Return the first row left
    out, the number filed, and the place of its first choice.
    """
    number = 0
    while low < high:
        end = min(low + draws.BLOCK_ROWS, high)
        found = _decide(low, end, agents, month, block)
        if number + found > filed.shape[0]:
            break
        if acted.shape[0] > 0:
            block.acted[:found] = acted[decided : decided + found]
        number = conclude_block(
            agents, month.given, concluding, month.tables, block, low, end, found, filed, number
        )
        low, decided = end, decided + found
    return low, number, decided


@compiled
def _decide(low, high, agents, month, block):
    """Find and decide the opportunities of a block's rows; return their number."""
    load(low, high, agents, month.given, month.finding.lanes, block)
    found = find_block(low, high, agents, month.finding, month.tables, block)
    decide_block(agents, month.given, month.tables, block, low)
    return found


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
