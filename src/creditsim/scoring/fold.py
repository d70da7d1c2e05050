"""Fold a subject's entries into a score and a grade, in the compiled month or by itself.

`fold_account` is what the month calls; `fold_into` also leaves in its work table what
each entry counted and why, from which `explain` reads. Integers only. The steps: read the
entries and what later entries say about them; apply the counting rules; add up, with
direct grades and what their repair leaves behind.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.scoring.counting import (
    apply_caps,
    date_and_double,
    keep_heaviest,
    keep_highest_step,
    until_month,
)
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
from creditsim.scoring.worktable import (
    ACT,
    BONUS,
    CLOSED,
    COLUMNS,
    CORRECTED,
    COUNTED,
    COUNTS,
    DEDUCTION,
    DELIVERED_TWICE,
    DIRECT,
    DOUBLINGS,
    END,
    ENDED_IN,
    EVENT,
    EXPIRED,
    LOCKED,
    MENDED,
    MENDED_BY,
    NOT_IN_BOOK,
    NOT_POSTED,
    NUMBER,
    OBJECTED,
    OUTSIDE,
    POINTS,
    REPAIR_GRADE,
    REPAIR_POINTS,
    REPAIRED,
    STATE,
    SUSPENDED,
    THING,
    UNTIL,
    VOIDED,
)

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
    keep_heaviest(n, items, work, order)
    date_and_double(n, items, rules, work, order)
    keep_highest_step(n, items, work, order)
    apply_caps(n, items, rules, work, order)
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
    """Return until when a repaired direct grade leaves points or a lesser grade behind, 0 for never.

    Never longer than the direct grade itself would have lasted: a repair lowers no score.
    """
    if rule["repaired_months"] == 0:
        return np.int64(0)
    ended = min(work[k, END], work[k, MENDED])
    natural = until_month(ended, np.int64(rule["validity_months"]), rules)
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
