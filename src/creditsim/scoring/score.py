"""Score ledgers: a whole one at once, month by month, or one subject with reasons."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.core.months import month_index, month_text
from creditsim.scoring import worktable
from creditsim.scoring.fold import fold_account, fold_into
from creditsim.scoring.ledger import ENTRY, ITEM, MONTH_OPEN, REPAIR, Ledger
from creditsim.scoring.rulebook import Item, Rulebook, points_text

SCORED = np.dtype([("subject", "<i8"), ("score_mp", "<i8"), ("grade", "<i1"), ("direct_grade", "<i1")])
"""One scored account: milli-points, grade code, direct grade in force or -1."""


def score_ledger(
    book: Rulebook,
    entries: Ledger | np.ndarray,
    month: int | str,
    account: int | None = None,
    subjects: Iterable[int] | None = None,
    carried: Mapping[int, int] | None = None,
) -> np.ndarray:
    """Score all subjects of a ledger as of a month.

    Parameters
    ----------
    book : Rulebook
    entries : Ledger or ndarray of ENTRY
        Rows may stand in any order: their ids say how they were posted.
    month : int or str
        Entries posted up to and including it count; an integer or ``"2020-06"``.
    account : int, optional
        DISTRICT or VILLAGE; by default the account that the book is for.
    subjects : iterable of int, optional
        Whom to score, also without entries; by default everyone in the account.
    carried : mapping of int to int, optional
        Milli-points added to the base, by subject (see `links.carried_mp`).

    Returns
    -------
    ndarray of SCORED
        One row a subject, ascending by subject.
    """
    month = _month(month)
    entries = _rows(entries)
    chosen = np.flatnonzero(entries["account"] == (book.account if account is None else account))
    order = chosen[np.lexsort((entries["id"][chosen], entries["subject"][chosen]))]
    owners = entries["subject"][order]
    named = np.unique(owners) if subjects is None else np.unique(np.asarray(list(subjects), dtype=np.int64))
    out = np.zeros(len(named), dtype=SCORED)
    out["subject"] = named
    starts, stops = np.searchsorted(owners, named), np.searchsorted(owners, named, side="right")
    added = np.array([(carried or {}).get(subject, 0) for subject in named.tolist()], dtype=np.int64)
    _fold_each(entries, order, starts, stops, month, book.item_table, book.rule_record, added, out)
    return out


@compiled
def _fold_each(entries, order, starts, stops, month, items, rules, carried, out):
    """Fold the slice of `order` that belongs to each subject."""
    for row in range(starts.shape[0]):
        index = order[starts[row] : stops[row]]
        score_mp, grade, direct_grade, _ = fold_account(
            entries, index, index.shape[0], month, items, rules, carried[row]
        )
        out[row]["score_mp"] = score_mp
        out[row]["grade"] = grade
        out[row]["direct_grade"] = direct_grade


class Accounts:
    """Keep the scores of one account up to date, month by month.

    Only accounts with something new, or whose score can change by itself this month, are
    folded again. Same numbers as `score_ledger` on the whole ledger.

    Examples
    --------
    >>> from creditsim.spec.rulebooks import load_rulebook
    >>> book = load_rulebook("wendeng-2020")
    >>> ledger, item = Ledger(), book["ind-tax-evasion"]
    >>> entry = ledger.append(subject=7, item=item.index, points_mp=item.points_mp, posted=24240)
    >>> accounts = Accounts(book)
    >>> accounts.post(ledger.entries)
    >>> accounts.advance(24240)["score_mp"].tolist(), accounts.advance(24252)["score_mp"].tolist()
    ([970000], [1000000])
    """

    def __init__(self, book: Rulebook, account: int | None = None):
        self.book = book
        self.account = book.account if account is None else account
        self.folded = 0
        self._entries = np.zeros(0, dtype=ENTRY)
        self._places: dict[int, list[int]] = {}
        self._carried: dict[int, int] = {}
        self._state: dict[int, tuple[int, int, int, int]] = {}
        self._stale: dict[int, None] = {}
        self._month = -1

    def post(self, entries: np.ndarray) -> None:
        """Add entries, in posting order; those of the other account are left out."""
        entries = entries[entries["account"] == self.account]
        first = len(self._entries)
        self._entries = np.concatenate([self._entries, entries])
        for offset, subject in enumerate(entries["subject"].tolist()):
            self._places.setdefault(subject, []).append(first + offset)
            self._stale[subject] = None

    def carry(self, subject: int, points_mp: int) -> None:
        """Set the milli-points that a subject's district grade adds to the village base."""
        if self._carried.get(subject, 0) != points_mp:
            self._carried[subject] = points_mp
            self._stale[subject] = None

    def advance(self, month: int | str) -> np.ndarray:
        """Return the scores as of a month, an array of SCORED ascending by subject.

        Raises
        ------
        ValueError
            If the month lies before the last one asked for.
        """
        month = _month(month)
        if month < self._month:
            raise ValueError(f"got {month_text(month)}, expected {month_text(self._month)} or later")
        self._month = month
        due = [subject for subject, state in self._state.items() if state[3] <= month]
        for subject in {**self._stale, **dict.fromkeys(due)}:
            index = np.array(self._places.get(subject, []), dtype=np.int64)
            self._state[subject] = fold_account(
                self._entries, index, len(index), month, self.book.item_table, self.book.rule_record,
                self._carried.get(subject, 0),
            )  # fmt: skip
            self.folded += 1
        self._stale.clear()
        rows = [(subject, *self._state[subject][:3]) for subject in sorted(self._state)]
        return np.array(rows, dtype=SCORED)


@dataclass(frozen=True)
class Explained:
    """What one entry does to a score.

    Attributes
    ----------
    entry : int
        Id of the entry; -1 for points carried over from the district grade.
    item : Item or None
    listed_mp, counted_mp : int
        Listed points times quantity, and what they add to the score; milli-points.
    why : str
    valid_until : str
        Last month in which it counts, "open" while the conduct continues, "" if it does not count.
    """

    entry: int
    item: Item | None
    listed_mp: int
    counted_mp: int
    why: str
    valid_until: str

    def __str__(self) -> str:
        name = self.item.name_en if self.item else "District grade"
        listed = points_text(self.listed_mp, signed=True) if self.listed_mp else "direct" if self.item else ""
        until = f" (until {self.valid_until})" if self.valid_until else ""
        return f"{points_text(self.counted_mp, signed=True):>8}  {name} [{listed}]: {self.why}{until}"


class Explanation(list):
    """The entries behind a score, as a list of `Explained`, with the result they add up to.

    Attributes
    ----------
    subject, month, base_mp, score_mp : int
        ``base_mp`` plus what the entries count is ``score_mp``.
    grade : str
    """

    def __init__(
        self, lines: Iterable[Explained], subject: int, month: int, base_mp: int, score_mp: int, grade: str
    ):
        super().__init__(lines)
        self.subject, self.month, self.base_mp, self.score_mp, self.grade = (
            subject,
            month,
            base_mp,
            score_mp,
            grade,
        )

    def __str__(self) -> str:
        result = f"{points_text(self.score_mp)} points, {self.grade}"
        head = f"Subject {self.subject} in {month_text(self.month)}: {result}"
        base = f"{points_text(self.base_mp):>8}  base"
        return "\n".join([head, base, *map(str, self)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


_WHY = {
    worktable.VOIDED: "void, an objection was upheld",
    worktable.REPAIRED: "repaired",
    worktable.SUSPENDED: "suspended while an objection is open",
    worktable.LIGHTER_ITEM: "another item of the same act weighs more",
    worktable.DELIVERED_TWICE: "recorded already",
    worktable.LOWER_STEP: "a higher step was reached in the same year",
    worktable.EXPIRED: "no longer valid",
    worktable.LOCKED: "locked until the direct grade is corrected",
    worktable.NOT_IN_BOOK: "not counted in this book",
    worktable.REPAIR_POINTS: "left by the repair of a direct grade",
    worktable.REPAIR_GRADE: "lesser grade left by the repair of a direct grade",
}


def explain(
    book: Rulebook,
    ledger: Ledger | np.ndarray,
    subject: int,
    month: int | str,
    account: int | None = None,
    carried_mp: int = 0,
) -> Explanation:
    """List the entries behind a subject's score as of a month.

    Parameters
    ----------
    book, ledger, subject
        As for `score_ledger`.
    month : int or str
        An integer or a date such as ``"2020-06"``.
    account : int, optional
        By default the account that the book is for.
    carried_mp : int, optional
        Milli-points that the district grade adds to the village base.

    Returns
    -------
    Explanation
        Every item entry posted by then, and every repair that left points behind; the
        counted points and the base add up to the score.
    """
    month = _month(month)
    rows = _rows(ledger)
    own = rows[
        (rows["subject"] == subject) & (rows["account"] == (book.account if account is None else account))
    ]
    own = own[np.argsort(own["id"], kind="stable")]
    work = np.zeros((len(own), worktable.COLUMNS), dtype=np.int64)
    order = np.zeros(len(own), dtype=np.int64)
    score_mp, grade, _, _ = fold_into(
        own, np.arange(len(own)), len(own), month, book.item_table, book.rule_record, carried_mp, work, order
    )
    ends = own["posted"] <= month
    lines = [
        _explained(book, row, work[place], own, month)
        for place, row in enumerate(own)
        if ends[place] and (row["kind"] == ITEM or work[place, worktable.STATE] != worktable.OUTSIDE)
    ]
    if carried_mp:
        lines.insert(
            0, Explained(-1, None, carried_mp, carried_mp, "carried over from a low district grade", "")
        )
    return Explanation(lines, subject, month, book.base_mp, score_mp, book.grades[grade])


def _explained(book: Rulebook, row: np.void, part: np.ndarray, own: np.ndarray, month: int) -> Explained:
    """Return the line of one entry."""
    source = own[own["id"] == row["ref"]][0] if row["kind"] == REPAIR else row
    number = int(source["item"])
    item = book.items[number] if 0 <= number < len(book.items) else None
    state, counted = int(part[worktable.STATE]), int(part[worktable.COUNTED])
    why = _why(state, int(row["points_mp"]), counted, part, item)
    if row["kind"] == ITEM and part[worktable.OBJECTED] > part[worktable.CLOSED]:
        why += "; objection open"
    in_force = state in (worktable.COUNTS, worktable.LOCKED, worktable.REPAIR_POINTS, worktable.REPAIR_GRADE)
    until = int(part[worktable.UNTIL])
    valid = "" if not in_force else "open" if until == MONTH_OPEN else month_text(until - 1)
    return Explained(int(row["id"]), item, int(row["points_mp"]), counted, why, valid)


def _why(state: int, listed: int, counted: int, part: np.ndarray, item: Item | None) -> str:
    """Return why an entry counts what it counts."""
    if state != worktable.COUNTS:
        return _WHY[state]
    if item is not None and item.direct_grade:
        corrected = ", corrected" if part[worktable.CORRECTED] else ""
        return f"direct grade in force{corrected}"
    if part[worktable.DOUBLINGS]:
        return f"counts, repeated within validity: x {2 ** int(part[worktable.DOUBLINGS])}"
    return "counts" if counted == listed else "counts up to the cap"


def _rows(entries: Ledger | np.ndarray) -> np.ndarray:
    """Return the rows of a ledger or an array."""
    return entries.entries if isinstance(entries, Ledger) else entries


def _month(month: int | str) -> int:
    """Return a month as an integer."""
    return month_index(month) if isinstance(month, str) else int(month)
