"""Slots: who wins by merit and score, and what is displaced against merit alone.

A pool's candidates stand as rows of equal arrays with a `group` number; all pools are
decided at once. Ranks are whole numbers, so every comparison is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.quantities import QUANTITIES
from creditsim.model.state import State, add_by_cell
from creditsim.population.agents import CELLS_PER_AREA, CELLS_PER_SETTING
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import SETTINGS

ONE = 1_000_000
"""A weight of 1, in millionths."""

_HONESTY_SD = 0.2886751345948129
"""Standard deviation of a uniform share: the square root of 1/12."""


@dataclass(frozen=True)
class Decision:
    """Who wins, as booleans by candidate: `usual` by merit alone, `actual` by merit and score."""

    usual: np.ndarray
    actual: np.ndarray

    @property
    def gained(self) -> np.ndarray:
        """Winners only because of the score."""
        return self.actual & ~self.usual

    @property
    def lost(self) -> np.ndarray:
        """Winners but for the score."""
        return self.usual & ~self.actual


def decide(
    group: np.ndarray,
    slots: np.ndarray,
    merit: np.ndarray,
    score: np.ndarray,
    weight: np.ndarray,
    barred: np.ndarray,
    lot: np.ndarray,
) -> Decision:
    """Give each group's slots to the highest (1 - w) * merit + w * score.

    Parameters
    ----------
    group : ndarray of int
        Pool of each candidate, 0 to groups - 1.
    slots : ndarray of int64, shape (groups,)
        Slots of each pool; more slots than candidates are not given.
    merit, score : ndarray of int64
        On one scale within a group, e.g. both `pool_ranks`, which run from 0 to 1 times the same number.
    weight : ndarray of int64
        Weight of the candidate's score in millionths: that of the candidate's own regime.
    barred : ndarray of bool
        Candidates who stand behind all others.
    lot : ndarray of int64
        Decides among equals, lower first; the same with and without the score.
    """
    nobody = np.zeros(len(group), np.bool_)
    usual = _winners(group, slots, nobody, merit, lot)
    if not weight.any() and not barred.any():
        return Decision(usual, usual)
    index = (ONE - weight) * merit + weight * score
    return Decision(usual, _winners(group, slots, barred, index, lot))


def pool_ranks(group: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Return each candidate's rank in its group from 0, doubled so that equals share a whole one.

    In a group of n the ranks run from 0 to 2 (n - 1): divided by that they are 0 to 1. Keys are
    whole numbers, higher is better.
    """
    low, high = int(key.min(initial=0)), int(key.max(initial=0))
    both = group.astype(np.int64) * (high - low + 1) + (key - low)
    order = np.argsort(both, kind="stable")
    sorted_group, sorted_both = group[order], both[order]
    new_run = np.ones(len(order), np.bool_)
    new_run[1:] = sorted_both[1:] != sorted_both[:-1]
    starts = np.flatnonzero(new_run)
    run = np.cumsum(new_run) - 1
    ends = np.append(starts[1:], len(order))
    first_of_group = np.searchsorted(sorted_group, sorted_group)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = starts[run] + ends[run] - 1 - 2 * first_of_group
    return ranks


def _winners(
    group: np.ndarray, slots: np.ndarray, barred: np.ndarray, key: np.ndarray, lot: np.ndarray
) -> np.ndarray:
    """Mark the best of each group: not barred first, then higher key, lower lot, earlier row."""
    starts = np.concatenate(([0], np.cumsum(np.bincount(group, minlength=len(slots)))))
    won = np.zeros(len(group), np.bool_)
    members = np.argsort(group, kind="stable")
    _choose(starts, members, slots, barred, key, lot, np.empty(len(group), np.int64), won)
    return won


@compiled
def _stands_behind(one, other, barred, key, lot):
    """Say whether a candidate stands behind another."""
    if barred[one] != barred[other]:
        return barred[one]
    if key[one] != key[other]:
        return key[one] < key[other]
    if lot[one] != lot[other]:
        return lot[one] > lot[other]
    return one > other


@compiled
def _choose(starts, members, slots, barred, key, lot, best, won):
    """Mark each group's best; `best` is room for a heap of them with the last of them on top."""
    for number in range(slots.shape[0]):
        first, last = starts[number], starts[number + 1]
        room = min(slots[number], last - first)
        held = 0
        for place in range(first, last):
            candidate = members[place]
            if held < room:  # one more at the bottom, up to where it belongs
                at = held
                held += 1
                while at > 0 and _stands_behind(candidate, best[(at - 1) >> 1], barred, key, lot):
                    best[at] = best[(at - 1) >> 1]
                    at = (at - 1) >> 1
            elif held == 0 or _stands_behind(candidate, best[0], barred, key, lot):
                continue
            else:  # in place of the last, down to where it belongs
                at = 0
                while 2 * at + 1 < held:
                    below = 2 * at + 1
                    if below + 1 < held and _stands_behind(best[below + 1], best[below], barred, key, lot):
                        below += 1
                    if not _stands_behind(best[below], candidate, barred, key, lot):
                        break
                    best[at] = best[below]
                    at = below
            best[at] = candidate
        for place in range(held):
            won[best[place]] = True


def worth(state: State, rows: np.ndarray) -> np.ndarray:
    """Return what candidates are worth: ability plus beta times integrity.

    Integrity is honesty in standard deviations from its mean.
    """
    integrity = (state.agents.honesty[rows] - 0.5) / _HONESTY_SD
    return ability(state, rows) + assumed("contest.integrity_factor") * integrity


def ability(state: State, rows: np.ndarray) -> np.ndarray:
    """Return the fixed ability of whoever holds each slot, standard normal; it goes with no group."""
    generation = state.agents.generation[rows].astype(np.int64)
    drawn = draws.paired_words(
        state.seed, state.replication, state.agents.slot[rows], 0, draws.CONTEST, 4 * generation
    )
    return draws.normal_quantiles()[drawn >> 20]


def merit_key(true_worth: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return merit, worth seen with noise, as whole millionths; `drawn` are 32-bit words."""
    seen = true_worth + assumed("contest.merit_noise_sd") * draws.normal_quantiles()[drawn >> 20]
    return np.rint(seen * ONE).astype(np.int64)


def count_slots(
    state: State,
    rows: np.ndarray,
    group: np.ndarray,
    decision: Decision,
    true_worth: np.ndarray,
    prize_fen: np.ndarray,
    setting: str,
) -> None:
    """Count slots, those that the score changed, worth displaced, and what the score gave and took.

    A pool's displaced worth is the mean worth of those who lost their slot less that of those
    who gained it, in standard deviations of the pool. Slots are counted in the setting of the
    contest and the group of the winner, what the score gave and took in the agent's own cell.
    """
    groups = int(group.max(initial=-1)) + 1
    gained, lost = decision.gained, decision.lost
    count_in_setting(state, "contest_slots", setting, rows[decision.actual])
    count_in_setting(state, "contest_prizes_fen", setting, rows[decision.actual], prize_fen[decision.actual])
    if not gained.any():
        return
    standard = _standardised(group, groups, true_worth)
    by_lost, by_gained = (_means(group[mask], groups, standard[mask]) for mask in (lost, gained))
    displaced = np.rint((by_lost[group] - standard)[gained] * ONE).astype(np.int64)
    wronged = lost & (standard > by_gained[group])
    count_in_setting(state, "contest_slots_changed", setting, rows[gained])
    count_in_setting(state, "contest_displaced_millionths", setting, rows[gained], displaced)
    count_in_setting(state, "contest_wronged", setting, rows[wronged])
    state.count("benefits_fen", rows[gained], prize_fen[gained])
    state.count("penalties_fen", rows[lost], prize_fen[lost])


def count_in_setting(
    state: State, quantity: str, setting: str, rows: np.ndarray, amount: np.ndarray | int = 1
) -> None:
    """Add an amount to a quantity, in the area and group of each row but in another setting's cell."""
    area, cell = np.divmod(state.agents.cell[rows].astype(np.int64), CELLS_PER_AREA)
    home = SETTINGS.index(setting) * CELLS_PER_SETTING
    cells = area * CELLS_PER_AREA + home + cell % CELLS_PER_SETTING
    add_by_cell(state.counts[:, QUANTITIES.index(quantity)], cells, amount)


def _standardised(group: np.ndarray, groups: int, values: np.ndarray) -> np.ndarray:
    """Return values in standard deviations of their group from its mean; 0 where all are equal."""
    apart = values - _means(group, groups, values)[group]
    sd = np.sqrt(_means(group, groups, apart * apart))[group]
    return np.where(sd > 0.0, apart / np.where(sd > 0.0, sd, 1.0), 0.0)


def _means(group: np.ndarray, groups: int, values: np.ndarray) -> np.ndarray:
    """Return the mean by group; 0 for an empty one."""
    number = np.bincount(group, minlength=groups)
    return np.bincount(group, values, minlength=groups) / np.maximum(number, 1)
