"""The append-only ledger: what was recorded about whom, and when it was posted.

Nothing is ever changed or removed. A repair, an objection, a correction or an upheld
objection is a new entry that refers to an earlier one; the fold works out what counts.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.months import month_text

ENTRY = np.dtype(
    [
        ("id", "<i8"),  # ascends in posting order
        ("subject", "<i8"),
        ("account", "<i1"),  # DISTRICT or VILLAGE
        ("kind", "<i1"),  # one of the entry kinds below
        ("item", "<i4"),  # index into book.items, -1 for none
        ("points_mp", "<i4"),  # listed points x quantity, signed; 1 point = 1000 mp
        ("act", "<i8"),  # entries of one act share it; a number of its own otherwise
        ("event", "<i4"),  # month in which the conduct began
        ("end", "<i4"),  # month in which it ended, MONTH_OPEN while it continues
        ("posted", "<i4"),  # month from which the entry counts
        ("ref", "<i8"),  # id of the entry it refers to or was linked from, -1 for none
        ("channel", "<i1"),  # how it came to light, -1 if not said
    ]
)
"""One row of a ledger; months are integers as in `creditsim.core.months`."""

DISTRICT = 0
VILLAGE = 1
ACCOUNTS = ("district", "village")
"""Names of the accounts; the index is the code in `ENTRY`."""

ITEM = 0
REPAIR = 1
VOID = 2
OBJECTION = 3
OBJECTION_CLOSED = 4
CORRECTION = 5
ENDED = 6
KINDS_OF_ENTRY = ("item", "repair", "void", "objection", "objection_closed", "correction", "ended")
"""Names of the entry kinds; the index is the code in `ENTRY`."""

MONTH_OPEN = 2**31 - 1
"""End month of conduct that still continues; also "no such month"."""


class Ledger:
    """Keep entries in posting order; only appending is possible.

    Examples
    --------
    >>> ledger = Ledger()
    >>> fine = ledger.append(subject=7, item=0, points_mp=-20_000, posted=24240)
    >>> ledger.append(kind=REPAIR, ref=fine, posted=24243)
    1
    >>> len(ledger)
    2
    """

    def __init__(self) -> None:
        self._rows = np.zeros(16, dtype=ENTRY)
        self._length = 0

    @classmethod
    def from_entries(cls, entries: np.ndarray) -> Ledger:
        """Return a ledger that holds a copy of `ENTRY` rows with the ids they carry.

        Raises
        ------
        ValueError
            If ids do not ascend, a month goes back, or a reference leads nowhere.
        """
        rows = np.array(entries, dtype=ENTRY)
        if (np.diff(rows["id"]) <= 0).any():
            raise ValueError("entry ids must ascend in posting order")
        if (np.diff(rows["posted"].astype(np.int64)) < 0).any():
            raise ValueError("posting months must not go back")
        referring = rows[rows["kind"] != ITEM]
        if not np.isin(referring["ref"], rows["id"]).all() or (referring["ref"] >= referring["id"]).any():
            raise ValueError("an entry refers to an entry that is not in the ledger before it")
        ledger = cls()
        ledger._rows, ledger._length = rows, len(rows)
        return ledger

    def append(
        self,
        *,
        posted: int,
        subject: int | None = None,
        kind: int = ITEM,
        account: int | None = None,
        item: int = -1,
        points_mp: int = 0,
        act: int | None = None,
        event: int | None = None,
        end: int | None = None,
        ref: int = -1,
        channel: int = -1,
    ) -> int:
        """Append one entry and return its id.

        Parameters
        ----------
        posted : int
            Month of posting; not before that of the last entry.
        subject, account : int, optional
            Default: those of the entry referred to; an item needs a subject.
        act : int, optional
            Number (0 or more) shared by the entries of one act; default: an own one.
        event, end : int, optional
            Months in which the conduct began and ended. Defaults: `posted`, `event`. For
            `ENDED` the `end` is the news.
        ref : int, optional
            Id of the earlier entry that this one is about, or was linked from.

        Raises
        ------
        ValueError
            If the month goes back, the reference leads nowhere, or months are out of order.
        """
        target = self._row_of(ref) if ref >= 0 else None
        if ref >= 0 and target is None:
            raise ValueError(f"got a reference to entry {ref}, expected the id of an earlier entry")
        if kind != ITEM and target is None:
            raise ValueError(f"an entry of kind {KINDS_OF_ENTRY[kind]} needs the id of an earlier entry")
        if subject is None:
            if target is None or kind == ITEM:
                raise ValueError("an item entry needs a subject")
            subject = int(target["subject"])
        elif kind != ITEM and subject != target["subject"]:
            raise ValueError(f"entry {ref} is about subject {target['subject']}, not {subject}")
        if account is None:
            account = DISTRICT if target is None else int(target["account"])
        if act is not None and act < 0:
            raise ValueError(f"got act {act}, expected 0 or more (negative numbers are single acts)")
        event = posted if event is None else event
        end = event if end is None else end
        self._check_months(event, end, posted)
        number = self._next_id()
        if self._length == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros(len(self._rows), dtype=ENTRY)])
        self._rows[self._length] = (
            number, subject, account, kind, item, points_mp, -1 - number if act is None else act,
            event, end, posted, ref, channel,
        )  # fmt: skip
        self._length += 1
        return number

    def _check_months(self, event: int, end: int, posted: int) -> None:
        """Refuse months that are out of order."""
        if self._length and posted < self._rows["posted"][self._length - 1]:
            last = month_text(int(self._rows["posted"][self._length - 1]))
            raise ValueError(f"got posting month {month_text(posted)}, expected {last} or later")
        if event > posted:
            raise ValueError(f"got conduct in {month_text(event)}, posted before it in {month_text(posted)}")
        if end < event:
            raise ValueError(f"got conduct that ended in {month_text(end)}, before it began")

    def _next_id(self) -> int:
        """Return the id that the next entry gets."""
        return int(self._rows["id"][self._length - 1]) + 1 if self._length else 0

    def _row_of(self, number: int) -> np.void | None:
        """Return the row of an entry id, or None."""
        ids = self._rows["id"][: self._length]
        place = int(np.searchsorted(ids, number))
        return self._rows[place] if place < self._length and ids[place] == number else None

    @property
    def entries(self) -> np.ndarray:
        """All entries in posting order, as a read-only `ENTRY` array."""
        view = self._rows[: self._length]
        view.setflags(write=False)
        return view

    def of(self, subject: int) -> np.ndarray:
        """Return the entries about one subject, both accounts, in posting order."""
        entries = self.entries
        return entries[entries["subject"] == subject]

    def linked_from(self, number: int) -> np.ndarray:
        """Return the item entries that were linked from an entry (representative, household).

        They share its fate: whoever voids or repairs the entry does so to these as well.
        """
        entries = self.entries
        return entries[(entries["kind"] == ITEM) & (entries["ref"] == number)]

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        if not self._length:
            return "Ledger(no entries)"
        posted = self._rows["posted"][: self._length]
        subjects = len(np.unique(self._rows["subject"][: self._length]))
        span = f"{month_text(int(posted[0]))} to {month_text(int(posted[-1]))}"
        return f"Ledger({self._length:,} entries about {subjects:,} subjects, posted {span})"
