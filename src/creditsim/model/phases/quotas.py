"""Quotas: a department that is assessed by its number of entries fills a part of what is missing."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.budgets import smallest, whole_part
from creditsim.model.coverage import SCORED, file_status
from creditsim.model.parts.records import by_setting
from creditsim.model.phases.desk import settings_of
from creditsim.model.regimes import Rules
from creditsim.model.state import BREACHED, PADDED, PENDING, State, kind_rows
from creditsim.population.agents import SETTING_OF_KIND
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import CHANNELS, KINDS, SETTINGS

_BY_PEOPLE = [
    CHANNELS.index(name) for name in ("self_report", "complaint", "neighbour_report", "inspection", "media")
]
"""Channels whose entries a department can write by itself, the likeliest first."""

_OF_OTHERS = np.array([name in ("court", "automatic_record") for name in CHANNELS])
"""Channels whose entries come from courts and registers, whatever the department does."""

_LOT, _SIGN, _REMAINDER = 0, 1, 4
"""Words drawn under QUOTA: an agent's place, whether its entry is negative; a setting's last entry."""

POSITIVE, NEGATIVE = 0, 1


def over_reports(state: State, rules: Rules, posted: np.ndarray) -> np.ndarray:
    """Return entries made up to fill the departments' quotas, given the entries to be posted this month.

    Under record counts as metric each lead department asks for `assessment.quota_count`
    entries per 1,000 agents of its field under the programme and fills a share
    (`world.quota_gaming_share`) of what is missing, cheapest entries first: of each sign
    those with the fewest points, which ask for the least proof. They land by lot on
    agents who did nothing to record: a good deed that never was, or, for a stated
    share, a petty breach that never was. No desk verifies what its own head asks for.
    """
    levers = rules.values[1]
    made_up = np.zeros(0, PENDING)
    if levers["assessment.metric_choice"] != "record_count" or not levers["assessment.quota_count"]:
        return made_up
    missing = shortfalls(state, levers["assessment.quota_count"], posted)
    for setting, number in enumerate(_filled(state, rules.world("quota_gaming_share"), missing)):
        if number > 0:
            made_up = np.concatenate((made_up, _make_up(state, rules, setting, number)))
    return made_up


def shortfalls(state: State, quota: float, posted: np.ndarray) -> np.ndarray:
    """Return by how many entries each setting falls short of its quota this month.

    A department counts what it collected: not what courts and registers enter.
    """
    under = np.zeros(len(KINDS), np.int64)
    _count_under_programme(state.agents, state.active, under)
    field = by_setting(under)
    asked = whole_part(round(quota * 1000) * field // 1000, state.month)
    own = ~_OF_OTHERS[posted["channel"]] & (state.active[posted["row"]] == 1)
    rows = posted["row"][own]
    done = np.bincount(settings_of(state, rows), minlength=len(SETTINGS))
    return np.maximum(asked - done, 0)


@compiled
def _count_under_programme(agents, active, by_kind):
    """Count those present and under the programme by kind."""
    for row in range(agents.shape[0]):
        if active[row] == 1:
            by_kind[agents[row].kind] += agents[row].present


def cheapest(rules: Rules) -> np.ndarray:
    """Return the activity with the fewest points that people's word enters, by (kind, sign); -1 for none.

    Of several with as few points the one of the least benefit or harm. Hours that count by steps and
    direct grades are no cheap entries.
    """
    found = np.full((len(KINDS), 2), -1, np.int64)
    for k in range(len(rules.activities)):
        channel = entry_channel(rules, k)
        if channel < 0:
            continue
        sign, size = _size(rules, k, channel)
        for kind in range(len(KINDS)):
            if not (int(rules.activities["kinds"][k]) >> kind) & 1:
                continue
            before = found[kind, sign]
            if before < 0 or size < _size(rules, before, entry_channel(rules, before))[1]:
                found[kind, sign] = k
    return found


def entry_channel(rules: Rules, activity: int) -> int:
    """Return the channel by which a department enters an activity on its own word; -1 for none."""
    items = rules.postings[1]["items"][activity]
    for channel in _BY_PEOPLE:
        item = int(items[channel])
        if item >= 0 and not rules.book.is_direct[item] and not rules.book.is_step[item]:
            return channel
    return -1


def _size(rules: Rules, activity: int, channel: int) -> tuple[int, tuple[int, int]]:
    """Return the sign of an activity's entry and its size: points, then benefit or harm."""
    points = int(rules.postings[1]["points_mp"][activity][channel])
    size = (abs(points), int(rules.activities["social_fen"][activity]))
    return (NEGATIVE if points < 0 else POSITIVE), size


def _filled(state: State, share: float, missing: np.ndarray) -> np.ndarray:
    """Return how many entries each setting makes up: a share of those missing, the last one by lot."""
    thousandths = round(share * 1000) * missing
    lots = draws.words(
        state.seed, state.replication, np.arange(len(SETTINGS)), state.month, draws.QUOTA, _REMAINDER
    )
    return thousandths // 1000 + (lots * 1000 >> 32 < thousandths % 1000)


def _make_up(state: State, rules: Rules, setting: int, number: int) -> np.ndarray:
    """Return made-up entries of one setting, as many as asked or as there are agents to bear them."""
    kinds = [kind for kind, of in zip(KINDS, SETTING_OF_KIND, strict=True) if of == setting]
    rows = np.concatenate([_free_rows(state, kind) for kind in kinds])
    lot = state.words(rows, draws.QUOTA, _LOT)
    # Few of those with the lowest lots can bear no entry: ask a few times as many first, then all.
    for asked in (4 * number + 64, len(rows)):
        some = rows[np.sort(smallest(lot, asked))]
        able, activity = _who_can_bear(state, rules, some)
        if len(able) >= number:
            break
    chosen = np.sort(smallest(state.words(able, draws.QUOTA, _LOT), number))
    return _entries(state, rules, able[chosen], activity[chosen])


def _free_rows(state: State, kind: str) -> np.ndarray:
    """Return the rows of a kind, present and under the programme, that did nothing to record."""
    of = kind_rows(state, kind)
    free = (state.active[of] == 1) & (state.deeds[of] & BREACHED == 0) & (state.agents.present[of] == 1)
    return of.start + np.flatnonzero(free)


def _who_can_bear(state: State, rules: Rules, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return those of some rows on whom an entry can be made up, and its activity: the sign goes by lot."""
    luck, kinds, cheap = state.words(rows, draws.QUOTA, _SIGN), state.agents.kind[rows], cheapest(rules)
    sign = (luck < draws.threshold(assumed("quota.negative_share"))).astype(np.int64)
    activity = cheap[kinds, sign]
    activity = np.where(activity >= 0, activity, cheap[kinds, 1 - sign])
    needed = SCORED + rules.postings["needs_file"][1][np.maximum(activity, 0)]
    able = (activity >= 0) & (file_status(state, rules, rows) >= needed)
    return rows[able], activity[able]


def _entries(state: State, rules: Rules, rows: np.ndarray, activity: np.ndarray) -> np.ndarray:
    """Return records of activities on rows that never did them."""
    made_up = np.zeros(len(rows), PENDING)
    channels = np.array([entry_channel(rules, k) for k in range(len(rules.activities))])
    channel = channels[activity]
    made_up["row"], made_up["activity"], made_up["channel"] = rows, activity, channel
    made_up["item"] = rules.postings["items"][1][activity, channel]
    made_up["points_mp"] = rules.postings["points_mp"][1][activity, channel]
    made_up["account"] = rules.postings["account"][1][activity]
    made_up["event"], made_up["flags"] = state.month, PADDED
    made_up["generation"] = state.agents.generation[rows]
    made_up["wrong"] = made_up["points_mp"] < 0
    return made_up
