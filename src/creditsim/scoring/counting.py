"""The counting rules, in their order: one act, validity and repeats, steps, caps.

Each rule reads and writes the work table of `fold`. Where a rule speaks of an order, ties
within a month are broken by what the entries say, never by the order of their posting.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.scoring.ledger import MONTH_OPEN
from creditsim.scoring.worktable import (
    ACT,
    BONUS,
    CORRECTED,
    COUNTED,
    COUNTS,
    DEDUCTION,
    DELIVERED_TWICE,
    DIRECT,
    DOUBLINGS,
    END,
    EVENT,
    FIRST_KEY,
    LIGHTER_ITEM,
    LOWER_STEP,
    MENDED,
    POINTS,
    RECENT,
    STATE,
    THING,
    UNTIL,
    same,
    sort,
)


@compiled
def keep_heaviest(n, items, work, order):
    """Keep of each act the heaviest item (and the largest bonus), and each record once.

    An item counted by the period may stand several times in one act, once a month; any
    other item counts once an act.
    """
    m = 0
    for k in range(n):
        if work[k, STATE] == COUNTS:
            rule = items[work[k, THING]]
            work[k, FIRST_KEY] = 0 if rule["direction"] == BONUS else 1
            work[k, FIRST_KEY + 1] = work[k, ACT]
            work[k, FIRST_KEY + 2] = work[k, THING]
            work[k, FIRST_KEY + 3] = work[k, EVENT] if rule["by_period"] else 0
            work[k, FIRST_KEY + 4] = -abs(work[k, POINTS])
            work[k, FIRST_KEY + 5] = -work[k, END]
            # of two equal records one that was repaired or corrected stands for both
            work[k, FIRST_KEY + 6] = 2 * work[k, MENDED] - work[k, CORRECTED]
            order[m] = k
            m += 1
    sort(order, m, work)
    start = 0
    while start < m:
        stop = start
        heaviest, heaviest_item = np.int64(-1), np.int64(-1)
        while stop < m and same(order[start], order[stop], 2, work):
            first = stop
            weight = np.int64(0)
            while stop < m and same(order[first], order[stop], 3, work):
                k = order[stop]
                if stop > first and work[k, FIRST_KEY + 3] == work[order[stop - 1], FIRST_KEY + 3]:
                    work[k, STATE] = DELIVERED_TWICE
                else:
                    weight += abs(work[k, POINTS])
                stop += 1
            rule = items[work[order[first], THING]]
            if rule["direction"] == DIRECT:
                weight = (np.int64(100) - rule["direct_grade"]) << 50  # above any sum of points
            if weight > heaviest:
                heaviest, heaviest_item = weight, work[order[first], THING]
        for place in range(start, stop):
            k = order[place]
            if work[k, STATE] == COUNTS and work[k, THING] != heaviest_item:
                work[k, STATE] = LIGHTER_ITEM
        start = stop


@compiled
def date_and_double(n, items, rules, work, order):
    """Set until when each entry counts, and how often a repeated deduction is doubled.

    A deduction is doubled once for each other act of its class that was still valid and
    not repaired when it began.
    """
    m = 0
    for k in range(n):
        if work[k, STATE] != COUNTS:
            continue
        rule = items[work[k, THING]]
        work[k, UNTIL] = until_month(work[k, END], np.int64(rule["validity_months"]), rules)
        if rule["direction"] == DEDUCTION:
            if rules["deducted_chooses_validity"]:
                work[k, UNTIL] = until_month(work[k, END], _months_by_size(work[k, POINTS], rules), rules)
            work[k, FIRST_KEY] = rule["same_class"]
            work[k, FIRST_KEY + 1] = work[k, EVENT]
            work[k, FIRST_KEY + 2] = work[k, POINTS]
            work[k, FIRST_KEY + 3] = work[k, END]
            work[k, FIRST_KEY + 4] = -work[k, MENDED]
            work[k, FIRST_KEY + 5] = work[k, ACT]
            work[k, FIRST_KEY + 6] = 0
            if rules["arrears_repeat"] and rule["by_period"]:
                work[k, ACT] = -(np.int64(1) << 60) - k  # each period stands for an act of its own
            order[m] = k
            m += 1
    if m < 2 or rules["most_doublings"] == 0:
        return
    sort(order, m, work)
    kept = 0
    for place in range(m):
        k = order[place]
        if place == 0 or not same(order[place - 1], k, 1, work):
            kept = 0
        earlier = 0
        for i in range(kept):
            before = work[i, RECENT]
            if work[before, ACT] != work[k, ACT] and _reaches(before, work) > work[k, EVENT]:
                earlier += 1
        work[k, DOUBLINGS] = min(earlier, np.int64(rules["most_doublings"]))
        if rules["deducted_chooses_validity"]:
            deducted = work[k, POINTS] * (np.int64(1) << work[k, DOUBLINGS])
            work[k, UNTIL] = until_month(work[k, END], _months_by_size(deducted, rules), rules)
        kept = _remember(k, kept, np.int64(rules["most_doublings"]) + 1, work)


@compiled
def _remember(k, kept, most, work):
    """Put an entry among the acts that reach furthest (no more are needed); return how many there are."""
    shortest = 0
    for i in range(kept):
        if work[work[i, RECENT], ACT] == work[k, ACT]:
            if _reaches(k, work) > _reaches(work[i, RECENT], work):
                work[i, RECENT] = k
            return kept
        if _reaches(work[i, RECENT], work) < _reaches(work[shortest, RECENT], work):
            shortest = i
    if kept < most:
        work[kept, RECENT] = k
        return kept + 1
    if _reaches(k, work) > _reaches(work[shortest, RECENT], work):
        work[shortest, RECENT] = k
    return kept


@compiled
def _reaches(k, work):
    """Return the first month in which a deduction no longer makes another one a repeat."""
    return min(work[k, UNTIL], work[k, MENDED])


@compiled
def until_month(end, validity_months, rules):
    """Return the first month in which an entry no longer counts."""
    if end == MONTH_OPEN:
        return np.int64(MONTH_OPEN)
    if rules["yearly"]:
        return (end // 12 + 1) * 12
    return end + validity_months


@compiled
def _months_by_size(points_mp, rules):
    """Return the validity that the size of a deduction chooses."""
    large = -points_mp > rules["large_above_mp"]
    return np.int64(rules["large_months"]) if large else np.int64(rules["small_months"])


@compiled
def keep_highest_step(n, items, work, order):
    """Keep of the steps reached in one calendar year (e.g. volunteer hours) the highest."""
    m = 0
    for k in range(n):
        if work[k, STATE] != COUNTS:
            continue
        rule = items[work[k, THING]]
        if rule["step_group"] >= 0:
            work[k, FIRST_KEY] = rule["step_group"]
            work[k, FIRST_KEY + 1] = work[k, EVENT] // 12
            work[k, FIRST_KEY + 2] = -work[k, POINTS]
            work[k, FIRST_KEY + 3] = -work[k, UNTIL]
            work[k, FIRST_KEY + 4] = work[k, EVENT]
            work[k, FIRST_KEY + 5] = 0
            work[k, FIRST_KEY + 6] = 0
            order[m] = k
            m += 1
    sort(order, m, work)
    for place in range(1, m):
        if same(order[place - 1], order[place], 2, work):
            work[order[place], STATE] = LOWER_STEP


@compiled
def apply_caps(n, items, rules, work, order):
    """Set what each bonus counts, in order of its month, under the caps of year or month."""
    m = 0
    for k in range(n):
        if work[k, STATE] != COUNTS:
            continue
        work[k, COUNTED] = work[k, POINTS]
        rule = items[work[k, THING]]
        if rule["cap_mp"] >= 0:
            work[k, FIRST_KEY] = rule["cap_group"]
            work[k, FIRST_KEY + 1] = work[k, EVENT]
            work[k, FIRST_KEY + 2] = -work[k, UNTIL]
            work[k, FIRST_KEY + 3] = work[k, THING]
            work[k, FIRST_KEY + 4] = -work[k, POINTS]
            work[k, FIRST_KEY + 5] = 0
            work[k, FIRST_KEY + 6] = 0
            order[m] = k
            m += 1
    sort(order, m, work)
    used = np.int64(0)
    oldest = 0
    for place in range(m):
        k = order[place]
        rule = items[work[k, THING]]
        if place == 0 or not same(order[place - 1], k, 1, work):
            used = np.int64(0)
            oldest = place
        while oldest < place and not _same_period(order[oldest], k, rule["cap_by_month"], rules, work):
            used -= work[order[oldest], COUNTED]
            oldest += 1
        work[k, COUNTED] = min(work[k, POINTS], max(np.int64(rule["cap_mp"]) - used, np.int64(0)))
        used += work[k, COUNTED]


@compiled
def _same_period(earlier, later, by_month, rules, work):
    """Say whether two months share one cap: a calendar month, a calendar year, or twelve months."""
    if by_month:
        return work[earlier, EVENT] == work[later, EVENT]
    if rules["running_caps"]:
        return work[earlier, EVENT] > work[later, EVENT] - 12
    return work[earlier, EVENT] // 12 == work[later, EVENT] // 12
