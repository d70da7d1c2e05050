"""Entries in the agents' files, and how an agent's own entries fold into a score.

Each entry is the record of an act of its own, so the rule that keeps the heaviest item of an
act has nothing to do here. What later happens to an entry is noted on it, where the package
appends another entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.plain_mesa.rules import BONUS, DEDUCTION, DIRECT

if TYPE_CHECKING:
    from benchmarks.plain_mesa.base import CreditAgent
    from benchmarks.plain_mesa.rules import Book

_NO_GRADE = 99


class Entry:
    """One entry about one agent.

    Attributes
    ----------
    wrong, for_another : bool
        About who did nothing; on the head of a household for another member's act.
    void, contested, heard : bool
        Struck off; under objection; objected to before.
    repaired_in : int or None
        Month of repair.
    linked : list of Entry
        Entries on others that follow from it.
    """

    def __init__(
        self,
        agent: CreditAgent,
        item: int,
        points_mp: int,
        account: int,
        event: int,
        posted: int,
        wrong: bool,
    ):
        self.agent, self.generation = agent, agent.generation
        self.item, self.points_mp, self.account = item, points_mp, account
        self.event, self.posted, self.wrong = event, posted, wrong
        self.negative = self.for_another = self.void = self.contested = self.heard = False
        self.repaired_in = None
        self.linked: list[Entry] = []

    @property
    def stands(self) -> bool:
        """Whether it was neither struck off nor repaired."""
        return not self.void and self.repaired_in is None


def fold(entries: list[Entry], book: Book, month: int, carried_mp: int = 0) -> tuple[int, int, int | None]:
    """Return score, grade and the month of next change of one account as of a month.

    Parameters
    ----------
    entries : list of Entry
        Of one agent and account.
    carried_mp : int
        Added to the base: a district grade carried into the village.
    """
    sum_mp = book.base_mp + carried_mp
    counting = [entry for entry in entries if not entry.void and book.items[entry.item].counts]
    if book.suspends_objected:
        counting = [entry for entry in counting if not entry.contested]
    if not counting:
        return sum_mp, book.grade(sum_mp), None
    until = {entry: _until(entry.event, book.items[entry.item].validity_months, book) for entry in counting}
    counting = _highest_steps(counting, book, until)
    doublings = _doublings(counting, book, until)
    counted = _capped(counting, book, until)
    changes, bonus_mp, worst, locked, left = [], 0, _NO_GRADE, False, []
    for entry in counting:
        item = book.items[entry.item]
        if item.direction != BONUS and entry.repaired_in is not None:
            if item.direction != DIRECT or not item.repaired_months:
                continue
            ended = _until(min(entry.event, entry.repaired_in), item.validity_months, book)
            ends = min(ended, entry.repaired_in + item.repaired_months)
            if ends > month:
                changes.append(ends)
                if item.repaired_grade >= 0:
                    worst = min(worst, item.repaired_grade)
                else:
                    left.append(item)
        elif until[entry] > month:
            changes.append(until[entry])
            if item.direction == BONUS:
                bonus_mp += counted[entry]
            elif item.direction == DEDUCTION:
                sum_mp += entry.points_mp << doublings.get(entry, 0)
            else:
                locked = True
                worst = min(worst, item.direct_grade)
    if left:
        sum_mp = _after_repairs(sum_mp, left, book)
    if worst < _NO_GRADE and book.direct_fixes_score:
        sum_mp = min(sum_mp, book.direct_score_mp[worst])
    if not locked:
        sum_mp += bonus_mp
    grade = book.grade(sum_mp)
    if worst < _NO_GRADE and (locked or not book.direct_fixes_score):
        grade = min(grade, worst)
    return sum_mp, grade, min(changes, default=None)


def _until(end: int, validity_months: int, book: Book) -> int:
    """Return the first month in which an entry no longer counts."""
    return (end // 12 + 1) * 12 if book.yearly else end + validity_months


def _highest_steps(counting: list[Entry], book: Book, until: dict) -> list[Entry]:
    """Keep of the steps reached in one calendar year the highest."""
    best: dict[tuple[int, int], Entry] = {}
    for entry in counting:
        group = book.items[entry.item].step_group
        if group >= 0:
            key = (group, entry.event // 12)
            other = best.get(key)
            if other is None or (entry.points_mp, until[entry]) > (other.points_mp, until[other]):
                best[key] = entry
    if not best:
        return counting
    kept = set(best.values())
    return [entry for entry in counting if book.items[entry.item].step_group < 0 or entry in kept]


def _doublings(counting: list[Entry], book: Book, until: dict) -> dict[Entry, int]:
    """Return how often a repeated deduction is doubled: once for each earlier one of its class in force."""
    deductions = [entry for entry in counting if book.items[entry.item].direction == DEDUCTION]
    if len(deductions) < 2 or not book.most_doublings:
        return {}
    deductions.sort(key=lambda entry: (entry.event, entry.points_mp))
    found, earlier = {}, {}
    for entry in deductions:
        reaches = earlier.setdefault(book.items[entry.item].same_class, [])
        number = sum(reach > entry.event for reach in reaches)
        found[entry] = min(number, book.most_doublings)
        mended = until[entry] if entry.repaired_in is None else entry.repaired_in
        reaches.append(min(until[entry], mended))
    return found


def _capped(counting: list[Entry], book: Book, until: dict) -> dict[Entry, int]:
    """Return what each bonus counts under the caps of year or month, in order of its month."""
    counted, used = {}, {}
    bonuses = [entry for entry in counting if book.items[entry.item].direction == BONUS]
    if len(bonuses) > 1:
        bonuses.sort(key=lambda entry: (entry.event, -until[entry], entry.item, -entry.points_mp))
    for entry in bonuses:
        item = book.items[entry.item]
        points = entry.points_mp
        if item.cap_mp >= 0:
            key = (item.cap_group, entry.event if item.cap_by_month else entry.event // 12)
            points = min(points, max(item.cap_mp - used.get(key, 0), 0))
            used[key] = used.get(key, 0) + points
        counted[entry] = points
    return counted


def _after_repairs(sum_mp: int, left: list, book: Book) -> int:
    """Return the sum after the points that repaired direct grades leave behind, which lower no score."""
    best = sum_mp + sum(item.repaired_mp for item in left)
    if book.direct_fixes_score:
        below = 0
        for grade in range(6):
            level = sum(item.repaired_mp for item in left if item.direct_grade == grade)
            if level:
                best = max(best, min(sum_mp + below, book.direct_score_mp[grade]))
            below += level
    return best
