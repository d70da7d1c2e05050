"""Fold a subject's entries into a score and a grade, in the compiled month or by itself.

`fold_account` is what the month calls; `fold_into` also leaves in its work table what
each entry counted and why, from which `explain` reads. Integers only. The steps, in the
order of the rules: read entries and what later entries say about them; of one act only
the heaviest item; validity and doubled repeats; highest step of a year; caps; the sum
with direct grades. Where rules speak of an order, ties within a month are broken by what
the entries say, never by the order in which they were posted.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.scoring.ledger import (
    CORRECTION,
    ENDED,
    ITEM,
    MONTH_OPEN,
    OBJECTION,
    OBJECTION_CLOSED,
    REPAIR,
    VOID,
)

BONUS = 0
DEDUCTION = 1
DIRECT = 2
"""Directions of items, as in ``item_table["direction"]``."""

# States of an entry in the work table.
OUTSIDE = 0
COUNTS = 1
VOIDED = 2
REPAIRED = 3
SUSPENDED = 4
LIGHTER_ITEM = 5
DELIVERED_TWICE = 6
LOWER_STEP = 7
EXPIRED = 8
LOCKED = 9
NOT_IN_BOOK = 10
REPAIR_POINTS = 11
REPAIR_GRADE = 12
NOT_POSTED = 13

# Columns of the work table, one row an entry: what `explain` reads, then scratch.
STATE, COUNTED, UNTIL, MENDED, OBJECTED, CLOSED, CORRECTED, DOUBLINGS = range(8)
NUMBER, ACT, EVENT, END, POINTS, THING, ENDED_IN, MENDED_BY, RECENT = range(8, 17)
FIRST_KEY = 17
COLUMNS = FIRST_KEY + 7

LARGEST_MP = 2**31 - 1
"""Scores are stored in 32 bits: the result stops at this size, about two million points."""


@compiled
def fold_account(entries, index, n, month, items, rules, carried_mp):
    """Return score, grade, direct grade and month of next change of one account of one subject.

    Allocates one work table of n x 24 integers and one of n (nothing for n = 0); n log n.

    Parameters
    ----------
    entries : ndarray of ENTRY
        The ledger, or as much of it as holds the subject's entries.
    index : ndarray of int
        Positions in `entries` of the subject's entries of this account, such that the ids
        ascend.
    n : int
        How many positions of `index` to use.
    month : int
        As-of month: entries posted up to and including it count.
    items, rules : ndarray of ITEM_RULE, record of RULES
        ``book.item_table`` and ``book.rule_record``.
    carried_mp : int
        Milli-points added to the base: a district grade carried into the village.

    Returns
    -------
    score_mp, grade, direct_grade, next_change : int
        Grade codes count from 0, the lowest; -1 for no direct grade in force. `next_change`
        is the first later month in which the result can change without a new entry,
        MONTH_OPEN if none.
    """
    if n == 0:
        score_mp = np.int64(rules["base_mp"]) + carried_mp
        return score_mp, grade_code(score_mp, rules), -1, MONTH_OPEN
    work = np.empty((n, COLUMNS), np.int64)
    order = np.empty(n, np.int64)
    return fold_into(entries, index, n, month, items, rules, carried_mp, work, order)


@compiled
def fold_into(entries, index, n, month, items, rules, carried_mp, work, order):
    """Fold as `fold_account` does, leaving each entry's part in `work` (n x COLUMNS, int64)."""
    change = _read(entries, index, n, month, items, work)
    _apply_references(entries, index, n, month, rules, work)
    _keep_heaviest(n, items, work, order)
    _date_and_double(n, items, rules, work, order)
    _keep_highest_step(n, items, work, order)
    _apply_caps(n, items, rules, work, order)
    return _sum_up(n, month, items, rules, carried_mp, work, change)


@compiled
def grade_code(score_mp, rules):
    """Return the code of the highest grade whose lowest score is reached."""
    grade = 0
    for higher in range(1, 6):
        if score_mp >= rules["lowest_mp"][higher]:
            grade = higher
    return grade


@compiled
def _read(entries, index, n, month, items, work):
    """Fill the work table; return the earliest posting month after `month`."""
    change = MONTH_OPEN
    for k in range(n):
        entry = entries[index[k]]
        thing = np.int64(entry["item"])
        posted = np.int64(entry["posted"])
        work[k, NUMBER] = entry["id"]
        work[k, ACT] = entry["act"]
        work[k, EVENT] = entry["event"]
        work[k, END] = entry["end"]
        work[k, POINTS] = entry["points_mp"]
        work[k, THING] = thing
        work[k, COUNTED] = 0
        work[k, UNTIL] = MONTH_OPEN
        work[k, MENDED] = MONTH_OPEN
        work[k, MENDED_BY] = -1
        work[k, ENDED_IN] = MONTH_OPEN
        work[k, OBJECTED] = -1
        work[k, CLOSED] = -1
        work[k, CORRECTED] = 0
        work[k, DOUBLINGS] = 0
        if posted > month:
            work[k, STATE] = NOT_POSTED
            change = min(change, posted)
        elif entry["kind"] != ITEM:
            work[k, STATE] = OUTSIDE
        elif k > 0 and work[k - 1, NUMBER] == work[k, NUMBER]:
            work[k, STATE] = DELIVERED_TWICE
        elif thing < 0 or thing >= items.shape[0] or items[thing]["counts"] == 0:
            work[k, STATE] = NOT_IN_BOOK
        else:
            work[k, STATE] = COUNTS
    return change


@compiled
def _apply_references(entries, index, n, month, rules, work):
    """Note on each entry what later entries say about it; drop voided and suspended ones."""
    for k in range(n):
        entry = entries[index[k]]
        kind = entry["kind"]
        posted = np.int64(entry["posted"])
        if kind == ITEM or posted > month:
            continue
        target = _row_of(np.int64(entry["ref"]), n, work)
        if target < 0:
            continue
        if kind == VOID:
            work[target, STATE] = VOIDED
        elif kind == REPAIR:
            if posted < work[target, MENDED]:
                work[target, MENDED] = posted
                work[target, MENDED_BY] = k
        elif kind == OBJECTION:
            work[target, OBJECTED] = max(work[target, OBJECTED], posted)
        elif kind == OBJECTION_CLOSED:
            work[target, CLOSED] = max(work[target, CLOSED], posted)
        elif kind == CORRECTION:
            work[target, CORRECTED] = 1
        elif kind == ENDED:
            # The first month that brings the news of an end sets it; later news changes nothing.
            was_open = work[target, END] == MONTH_OPEN and work[target, ENDED_IN] == MONTH_OPEN
            if was_open or work[target, ENDED_IN] == posted:
                work[target, END] = min(work[target, END], np.int64(entry["end"]))
                work[target, ENDED_IN] = posted
    if rules["suspends_objected"]:
        for k in range(n):
            if work[k, STATE] == COUNTS and work[k, OBJECTED] > work[k, CLOSED]:
                work[k, STATE] = SUSPENDED


@compiled
def _row_of(number, n, work):
    """Return the first row with an entry id, by halving, or -1."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if work[middle, NUMBER] < number:
            low = middle + 1
        else:
            high = middle
    return low if low < n and work[low, NUMBER] == number else -1


@compiled
def _keep_heaviest(n, items, work, order):
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
    _sort(order, m, work)
    start = 0
    while start < m:
        stop = start
        heaviest, heaviest_item = np.int64(-1), np.int64(-1)
        while stop < m and _same(order[start], order[stop], 2, work):
            first = stop
            weight = np.int64(0)
            while stop < m and _same(order[first], order[stop], 3, work):
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
def _date_and_double(n, items, rules, work, order):
    """Set until when each entry counts, and how often a repeated deduction is doubled.

    A deduction is doubled once for each other act of its class that was still valid and
    not repaired when it began.
    """
    m = 0
    for k in range(n):
        if work[k, STATE] != COUNTS:
            continue
        rule = items[work[k, THING]]
        work[k, UNTIL] = _until(work[k, END], np.int64(rule["validity_months"]), rules)
        if rule["direction"] == DEDUCTION:
            if rules["deducted_chooses_validity"]:
                work[k, UNTIL] = _until(work[k, END], _months_by_size(work[k, POINTS], rules), rules)
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
    _sort(order, m, work)
    kept = 0
    for place in range(m):
        k = order[place]
        if place == 0 or not _same(order[place - 1], k, 1, work):
            kept = 0
        earlier = 0
        for i in range(kept):
            before = work[i, RECENT]
            if work[before, ACT] != work[k, ACT] and _reaches(before, work) > work[k, EVENT]:
                earlier += 1
        work[k, DOUBLINGS] = min(earlier, np.int64(rules["most_doublings"]))
        if rules["deducted_chooses_validity"]:
            deducted = work[k, POINTS] * (np.int64(1) << work[k, DOUBLINGS])
            work[k, UNTIL] = _until(work[k, END], _months_by_size(deducted, rules), rules)
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
def _until(end, validity_months, rules):
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
def _keep_highest_step(n, items, work, order):
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
    _sort(order, m, work)
    for place in range(1, m):
        if _same(order[place - 1], order[place], 2, work):
            work[order[place], STATE] = LOWER_STEP


@compiled
def _apply_caps(n, items, rules, work, order):
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
    _sort(order, m, work)
    used = np.int64(0)
    oldest = 0
    for place in range(m):
        k = order[place]
        rule = items[work[k, THING]]
        if place == 0 or not _same(order[place - 1], k, 1, work):
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


@compiled
def _sum_up(n, month, items, rules, carried_mp, work, change):
    """Add up what is in force, let direct grades fix it, and grade the result."""
    plain_mp = np.int64(rules["base_mp"]) + carried_mp
    bonus_mp = np.int64(0)
    worst, worst_row = 99, -1
    mended_mp = np.int64(0)
    locked = False
    for k in range(n):
        if work[k, STATE] != COUNTS:
            continue
        rule = items[work[k, THING]]
        direction = rule["direction"]
        if direction != BONUS and work[k, MENDED] <= month:
            work[k, STATE] = REPAIRED
            work[k, COUNTED] = 0
            if direction == DIRECT:
                until = _after_repair(k, month, rule, rules, work)
                if until <= month:
                    continue
                change = min(change, until)
                mender = work[k, MENDED_BY]
                work[mender, UNTIL] = until
                if rule["repaired_grade"] >= 0:
                    work[mender, STATE] = REPAIR_GRADE
                    if rule["repaired_grade"] < worst:
                        worst, worst_row = np.int64(rule["repaired_grade"]), mender
                else:
                    work[mender, STATE] = REPAIR_POINTS
                    mended_mp += np.int64(rule["repaired_mp"])
        elif work[k, UNTIL] <= month:
            work[k, STATE] = EXPIRED
            work[k, COUNTED] = 0
        else:
            change = min(change, work[k, UNTIL])
            if direction == BONUS:
                bonus_mp += work[k, COUNTED]
            elif direction == DEDUCTION:
                work[k, COUNTED] = work[k, POINTS] * (np.int64(1) << work[k, DOUBLINGS])
                plain_mp += work[k, COUNTED]
            else:
                work[k, COUNTED] = 0
                locked = locked or work[k, CORRECTED] == 0
                if rule["direct_grade"] < worst:
                    worst, worst_row = np.int64(rule["direct_grade"]), k
    fixes = rules["direct_fixes_score"] != 0
    if mended_mp != 0:
        plain_mp = _after_repair_points(n, plain_mp, mended_mp, fixes, items, rules, work)
    if worst_row >= 0 and fixes:
        fixed_mp = min(plain_mp, np.int64(rules["direct_score_mp"][worst]))
        work[worst_row, COUNTED] = fixed_mp - plain_mp
        plain_mp = fixed_mp
    if locked:
        for k in range(n):
            if work[k, STATE] == COUNTS and items[work[k, THING]]["direction"] == BONUS:
                work[k, STATE] = LOCKED
                work[k, COUNTED] = 0
    else:
        plain_mp += bonus_mp
    score_mp = max(min(plain_mp, np.int64(LARGEST_MP)), -np.int64(LARGEST_MP))
    grade = grade_code(score_mp, rules)
    if worst_row >= 0 and (locked or not fixes):
        grade = min(grade, worst)
    return score_mp, grade, worst if worst_row >= 0 else -1, change


@compiled
def _after_repair(k, month, rule, rules, work):
    """Return until when a repaired direct grade leaves points or a grade behind (no later than `month`: no more).

    Never longer than the direct grade itself would have lasted: a repair lowers no score.
    """
    if rule["repaired_months"] == 0:
        return np.int64(0)
    ended = min(work[k, END], work[k, MENDED])
    natural = _until(ended, np.int64(rule["validity_months"]), rules)
    return min(natural, work[k, MENDED] + rule["repaired_months"])


@compiled
def _after_repair_points(n, plain_mp, mended_mp, fixes, items, rules, work):
    """Return the sum after the points that repairs leave behind, which lower no score.

    A repaired direct grade costs its points or holds the score where the direct grade held
    it, whichever is better; of several, the best split. `counted` is shared out in order.
    """
    best_mp = plain_mp + mended_mp
    if fixes:
        below_mp = np.int64(0)
        for grade in range(6):
            level_mp = np.int64(0)
            for k in range(n):
                if _left_points(k, work) and items[work[k, THING]]["direct_grade"] == grade:
                    level_mp += np.int64(items[work[k, THING]]["repaired_mp"])
            if level_mp != 0:
                held_mp = min(plain_mp + below_mp, np.int64(rules["direct_score_mp"][grade]))
                best_mp = max(best_mp, held_mp)
            below_mp += level_mp
    left_mp = best_mp - plain_mp
    for k in range(n):
        if _left_points(k, work):
            share_mp = max(left_mp, np.int64(items[work[k, THING]]["repaired_mp"]))
            work[work[k, MENDED_BY], COUNTED] = share_mp
            left_mp -= share_mp
    return best_mp


@compiled
def _left_points(k, work):
    """Say whether the repair of this entry leaves points behind that are in force."""
    by = work[k, MENDED_BY]
    return work[k, STATE] == REPAIRED and by >= 0 and work[by, STATE] == REPAIR_POINTS


@compiled
def _same(a, b, keys, work):
    """Say whether two rows agree in the first sorting keys."""
    for key in range(FIRST_KEY, FIRST_KEY + keys):
        if work[a, key] != work[b, key]:
            return False
    return True


@compiled
def _comes_before(a, b, work):
    """Say whether row a sorts before row b; rows that agree in all keys keep their order."""
    for key in range(FIRST_KEY, COLUMNS):
        if work[a, key] != work[b, key]:
            return work[a, key] < work[b, key]
    return a < b


@compiled
def _sort(order, m, work):
    """Sort the first m row numbers of `order` by their keys (a heap: nothing to allocate)."""
    for start in range(m // 2 - 1, -1, -1):
        _sink(order, start, m, work)
    for stop in range(m - 1, 0, -1):
        order[0], order[stop] = order[stop], order[0]
        _sink(order, 0, stop, work)


@compiled
def _sink(order, place, m, work):
    """Let a row number sink in the heap of the first m to where it belongs."""
    while True:
        child = 2 * place + 1
        if child >= m:
            return
        if child + 1 < m and _comes_before(order[child], order[child + 1], work):
            child += 1
        if not _comes_before(order[place], order[child], work):
            return
        order[place], order[child] = order[child], order[place]
        place = child
