"""Errands: certificates and counters, and the hours that one-stop service saves."""

from __future__ import annotations

import functools

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.threads import in_parts
from creditsim.model.budgets import active_share, smallest, whole_part
from creditsim.model.coverage import is_adult_here
from creditsim.model.ladders import in_force
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.population.agents import VILLAGE, VILLAGER
from creditsim.spec.assumptions import assumed
from creditsim.spec.measures import measures
from creditsim.spec.vocabulary import ACTIVE, AWARE

DESKS = (
    ("service.village_desk_staff_hours_per_month", "villager"),
    ("service.community_desk_staff_hours_per_month", "resident"),
)
"""The errands desks: their lever, and the kind whose share under the programme opens them."""

FAST_LANE = "app-fast-lane"

# Ways in which an errand ends; the first five are quantities of their own.
WAIVED, AT_COUNTER, FAST, DESK, OLD_WAY = range(5)
_COLUMNS = np.array(
    [
        QUANTITIES.index(f"service_{name}")
        for name in ("waived", "waived_counter", "fast_lane", "desk", "old_way")
    ]
)
REQUEST = np.dtype([("row", "i4"), ("certificate", "u1"), ("waived", "u1"), ("way", "u1"), ("lot", "i8")])
"""An errand of the month: is it a certificate, is that one waived, how it ends, its lot at the desk."""


def errands(state: State, rules: Rules, threads: int = 1) -> None:
    """Let adults run the month's errands, and count the hours that they no longer spend.

    A certificate may be waived, since offices share the data. Villagers on file who are
    online show the electronic credit ID and need no trip; where there is a paper or
    telephone route, so do those offline who take it up. Others are spared the paper and
    not the trip. Active users of the app have a fast lane at counters, and by that route
    those offline who know the scheme. The desks of villages and communities then take
    errands by lot as far as their hours reach; the rest goes the old way.
    """
    found = _errands_of(state, rules, threads)
    _serve_at_desks(state, rules, found)
    rows, way = found["row"], found["way"]
    state.count("service_errands", rows)
    np.add.at(state.counts, (state.agents.cell[rows], _COLUMNS[way]), 1)
    minutes = _saved_minutes()[found["certificate"], way]
    state.count("service_saved_minutes", rows, minutes)
    scheme = (way == WAIVED) | (way == FAST)
    worth = minutes[scheme] * round(assumed("errand.hour_yuan") * 100) // 60
    state.count("benefits_fen", rows[scheme], worth)


def _errands_of(state: State, rules: Rules, threads: int) -> np.ndarray:
    """Return the errands of the month, in row order, as far as no desk is needed."""
    terms = np.array([_terms(levers) for levers in rules.values], np.int64)
    monthly = [assumed(f"errand.{name}_per_head_year") / 12.0 for name in ("certificates", "counter")]
    chances = np.array([draws.threshold(share) for share in monthly])
    takeup = draws.threshold(assumed("errand.offline_takeup_share"))

    def find(low: int, high: int) -> np.ndarray:
        found = np.zeros(2 * (high - low), REQUEST)
        number = _find(
            low, high, state.agents, state.slots, state.blocks(low, high, draws.ERRAND), state.active,
            terms, state.seed, state.replication, state.month, chances, takeup, found,
        )  # fmt: skip
        return found[:number]

    return np.concatenate(in_parts(find, len(state.agents), threads))


def _terms(levers) -> list[int]:
    """Return a regime's waiver threshold, then whether credit ID, offline route and fast lane are on."""
    lane = next(measure for measure in measures() if measure.id == FAST_LANE)
    return [
        draws.threshold(levers["service.certificate_waiver_share"]),
        int(levers["service.credit_id_on"]),
        int(levers["app.offline_channel_on"]),
        int(levers["score.city_on"] and in_force(lane, levers)),
    ]


@compiled
def _find(low, high, agents, slots, words, active, terms, seed, replication, month, chances, takeup, found):
    """Write the errands of adults from row low to high; return their number."""
    number = 0
    for row in range(low, high):
        place = row - low
        w0, w1, w2, w3 = words[0, place], words[1, place], words[2, place], words[3, place]
        agent = agents[row]
        if (w0 >= chances[0] and w1 >= chances[1]) or not is_adult_here(agent):
            continue
        regime = terms[active[row]]
        by_paper = False
        if agent.online == 0 and regime[2] == 1:
            by_paper = draws.word(seed, replication, slots[row], 0, draws.ERRAND, 0) < takeup
        if w0 < chances[0]:
            waived = w2 < regime[0]
            holder = regime[1] == 1 and agent.filed == 1 and agent.kind == VILLAGER
            carried = holder and (agent.online == 1 or by_paper)
            found[number]["row"] = row
            found[number]["certificate"] = 1
            found[number]["waived"] = waived
            found[number]["way"] = WAIVED if waived and carried else (AT_COUNTER if waived else OLD_WAY)
            found[number]["lot"] = w3
            number += 1
        if w1 < chances[1]:
            user = agent.awareness & ACTIVE != 0 or (by_paper and agent.awareness & AWARE != 0)
            found[number]["row"] = row
            found[number]["way"] = FAST if user and regime[3] == 1 else OLD_WAY
            found[number]["lot"] = w3
            number += 1
    return number


def _serve_at_desks(state: State, rules: Rules, found: np.ndarray) -> None:
    """Let each desk take errands that need a trip, by lot, up to its hours."""
    in_village = state.population.sites["kind"][state.agents.home[found["row"]]] == VILLAGE
    trips = (found["way"] == OLD_WAY) | (found["way"] == AT_COUNTER)
    for (lever, kind), mine in zip(DESKS, (in_village, ~in_village), strict=True):
        outside, inside = (levers[lever] for levers in rules.values)
        open_here = np.array([outside > 0, inside > 0])[state.active[found["row"]]]
        waiting = np.flatnonzero(trips & mine & open_here)
        share = active_share(state, kind)
        hours = (outside * (1.0 - share) + inside * share) * state.population.scale
        capacity = whole_part(round(hours / assumed("errand.desk_staff_hours") * 1000), state.month)
        found["way"][waiting[smallest(found["lot"][waiting], capacity)]] = DESK


@functools.cache
def _saved_minutes() -> np.ndarray:
    """Return the minutes that an errand saves against the old way: (counter, certificate) x way."""
    minutes = np.zeros((2, 5), np.int64)
    for certificate, name in enumerate(("counter", "certificate")):
        old = assumed(f"errand.{name}_hours")
        minutes[certificate, DESK] = round(60 * max(0.0, old - assumed("errand.desk_hours")))
        minutes[certificate, FAST] = round(60 * max(0.0, old - assumed("errand.fast_lane_hours")))
    certificate = assumed("errand.certificate_hours")
    minutes[1, WAIVED] = round(60 * certificate)
    minutes[1, AT_COUNTER] = round(60 * certificate * assumed("errand.waived_at_counter_share"))
    return minutes
