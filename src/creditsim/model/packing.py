"""Packed entries: a run's ledger in 12 bytes an entry, read back as records of `ENTRY`.

What many entries share is kept once. Account, kind, item, points, channel and duration make
a code of 16 bits; ids are positions, so that the first entry of each month tells when an
entry was posted; the subject is the one who held the row then. The few entries that were
linked from another keep its id in a list of their own.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.scoring.ledger import ENTRY, ITEM, MONTH_OPEN

NONE = -1
MOST_CODES = 2**16
MOST_ENTRIES = 2**31 - 1
LONGEST_DELAY = 255
MOST_HOLDERS = 2**8

PACKED = np.dtype(
    [
        ("owner", "<i4"),  # row of the subject; of a note (repair, void ...) the entry it refers to
        ("following", "<i4"),  # next older entry of the same subject, -1 for none
        ("code", "<u2"),  # row of the table of codes
        ("delay", "u1"),  # months from the beginning of the conduct to the posting
        ("status", "u1"),  # bits, see `chains`
    ]
)
"""What is kept of each entry."""

CODE = np.dtype(
    [
        ("account", "<i1"),
        ("kind", "<i1"),
        ("channel", "<i1"),
        ("item", "<i4"),
        ("points_mp", "<i4"),
        ("duration", "<i4"),  # months from beginning to end, `_OPEN` while the conduct continues
    ]
)
"""What the entries of one code share."""

_OPEN = 2**15 - 1
# Smallest value and bits of each field of a code: 63 bits together.
_FIELDS = {
    "account": (0, 2),
    "kind": (0, 3),
    "channel": (-1, 5),
    "item": (-1, 14),
    "points_mp": (-(2**23), 24),
    "duration": (0, 15),
}

LINK = np.dtype([("id", "<i4"), ("ref", "<i4")])
"""An item entry and the entry that it was linked from."""


class Packed(NamedTuple):
    """The arrays that compiled rules read.

    Attributes
    ----------
    records : ndarray of PACKED
    codes : ndarray of CODE
    starts, months : ndarray of int64
        First entry of each month with entries, ascending, and the month.
    """

    records: np.ndarray
    codes: np.ndarray
    starts: np.ndarray
    months: np.ndarray


class PackedEntries:
    """Entries in posting order; ``entries[ids]`` reads them back as records of `ENTRY`.

    Attributes
    ----------
    number : int
        Entries so far; an entry's id is its position.
    records : ndarray of PACKED
        Room for entries; the first `number` are real.
    slots : ndarray of int
        Slot of each row, below 2**32: shared, never written.
    holder : ndarray of uint8
        Which holder of its slot holds each row now; the subject's number is slot + holder * 2**32.
    """

    def __init__(self, slots: np.ndarray):
        self.number = 0
        self.records = np.zeros(1024, PACKED)
        self.slots, self.holder = slots, np.zeros(len(slots), np.uint8)
        self._codes = np.zeros(0, CODE)
        self._keys, self._code_of_key = np.zeros(0, np.int64), np.zeros(0, np.uint16)
        self._starts, self._months = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._links, self._linked = np.zeros(64, LINK), 0
        self._left, self._leavers = np.zeros(0, np.int64), np.zeros(0, np.int64)

    def __deepcopy__(self, memo: dict) -> PackedEntries:
        """Return a copy that shares the slots."""
        same = PackedEntries(self.slots)
        memo[id(self)], memo[id(self.slots)] = same, self.slots
        same.__dict__ = copy.deepcopy(vars(self), memo)
        return same

    def with_slots(self, slots: np.ndarray) -> PackedEntries:
        """Return the same entries, sharing all arrays, with slots of the same numbers kept elsewhere."""
        same = copy.copy(self)
        same.slots = slots
        return same

    def subjects(self, rows: np.ndarray | slice) -> np.ndarray:
        """Return the numbers of the subjects that hold some rows now, as int64."""
        return self.slots[rows].astype(np.int64) + (self.holder[rows].astype(np.int64) << 32)

    @property
    def packed(self) -> Packed:
        """The arrays that compiled rules read; valid until the next entry is appended."""
        return Packed(self.records, self._codes, self._starts, self._months)

    @property
    def nbytes(self) -> int:
        """Bytes of all that is kept of entries, spare room included."""
        arrays = (self.records, self._codes, self._keys, self._code_of_key, self._starts, self._months)
        return sum(each.nbytes for each in (*arrays, self._links, self._left, self._leavers))

    def __getitem__(self, ids: np.ndarray) -> np.ndarray:
        """Return entries by their ids, as an array of `ENTRY`."""
        ids = np.asarray(ids, np.int64)
        if ids.size == 0:
            return np.zeros(ids.shape, ENTRY)
        found, places = np.zeros(ids.shape, ENTRY), np.empty((2, ids.size), np.int64)
        _decode(ids.ravel(), self.packed, found.ravel(), *places)
        rows, at = places.reshape(2, *ids.shape)
        found["subject"] = self._holders(rows, at)
        if self._linked:
            found["ref"] = np.where(at == ids, self._sources(ids), found["ref"])
        return found

    def subjects_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the number of each entry's subject: who held the row when it was posted."""
        owners = self.records["owner"][ids].astype(np.int64)
        is_note = self._codes["kind"][self.records["code"][ids]] != ITEM
        return self._holders(self.rows_of(ids), np.where(is_note, owners, ids))

    def append(self, rows: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Append entries of `ENTRY`, write their id, act and subject into them, and return the ids.

        Raises
        ------
        ValueError
            If there are more entries than 2**31 - 1, a month goes back, a note refers to no
            earlier item entry of its row, entries share an act, or a value does not fit.
        """
        first, rows = self.number, np.asarray(rows, np.int64)
        if first + len(new) > MOST_ENTRIES:
            raise ValueError(f"got {first + len(new):,} entries, expected at most {MOST_ENTRIES:,}")
        ids = np.arange(first, first + len(new))
        if len(new) == 0:
            return ids
        is_note = new["kind"] != ITEM
        self._check(rows, new, ids, is_note)
        codes = self._coded(new)
        self.records = _with_room(self.records, first, first + len(new))
        packed = self.records[first : first + len(new)]
        packed["owner"] = np.where(is_note, new["ref"], rows)
        packed["following"], packed["code"], packed["status"] = NONE, codes, 0
        packed["delay"] = new["posted"] - new["event"]
        new["id"], new["act"] = ids, ids
        new["subject"] = self._holders(rows, np.where(is_note, new["ref"], ids))
        self._note_months(new["posted"].astype(np.int64))
        linked = np.flatnonzero(~is_note & (new["ref"] >= 0))
        self._links = _with_room(self._links, self._linked, self._linked + len(linked))
        added = self._links[self._linked : self._linked + len(linked)]
        added["id"], added["ref"] = ids[linked], new["ref"][linked]
        self._linked += len(linked)
        self.number += len(new)
        return ids

    def posted_in(self, month: int) -> np.ndarray:
        """Return the ids of the entries posted in a month."""
        starts = np.append(self._starts, self.number)
        first, last = np.searchsorted(self._months, [month, month + 1])
        return np.arange(starts[first], starts[last])

    def rows_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the row of each entry's subject."""
        records = self.records[ids]
        owners = records["owner"].astype(np.int64)
        is_note = self._codes["kind"][records["code"]] != ITEM
        owners[is_note] = self.records["owner"][owners[is_note]]
        return owners

    def linked_to(self, ids: np.ndarray) -> np.ndarray:
        """Return the item entries that were linked from some entries, ascending."""
        links = self._links[: self._linked]
        return links["id"][np.isin(links["ref"], ids)].astype(np.int64)

    def replace_subject(self, rows: np.ndarray, known: np.ndarray) -> None:
        """Let the next holders hold some rows (distinct ones) from now on; entries so far keep their subject.

        Parameters
        ----------
        rows : ndarray of int
        known : ndarray of bool
            Rows whose holder has entries: of the others there is nothing to remember.

        Raises
        ------
        ValueError
            If a row would get more than 256 holders.
        """
        if (self.holder[rows] == MOST_HOLDERS - 1).any():
            raise ValueError(f"got more than {MOST_HOLDERS} holders of one row")
        leaving = np.sort(rows[known])
        left = leaving << 32 | self.number
        at = np.searchsorted(self._left, left, side="right")
        self._left = np.insert(self._left, at, left)
        self._leavers = np.insert(self._leavers, at, self.subjects(leaving))
        self.holder[rows] += 1

    def _holders(self, rows: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Return who held rows when entries were posted: the first to leave after, or who is there now."""
        found = self.subjects(rows)
        if len(self._left):
            at = np.searchsorted(self._left, rows << 32 | ids, side="right")
            gone = np.minimum(at, len(self._left) - 1)
            has_left = (at < len(self._left)) & (self._left[gone] >> 32 == rows)
            found = np.where(has_left, self._leavers[gone], found)
        return found

    def _sources(self, ids: np.ndarray) -> np.ndarray:
        """Return the entry that each was linked from, -1 for none."""
        links = self._links[: self._linked]
        if len(links) == 0:
            return np.full(ids.shape, NONE)
        at = np.minimum(np.searchsorted(links["id"], ids), len(links) - 1)
        return np.where(links["id"][at] == ids, links["ref"][at], NONE)

    def _check(self, rows: np.ndarray, new: np.ndarray, ids: np.ndarray, is_note: np.ndarray) -> None:
        """Refuse entries that could not be read back as they are."""
        posted = new["posted"].astype(np.int64)
        if (np.diff(np.concatenate((self._months[-1:], posted))) < 0).any():
            raise ValueError("posting months must not go back")
        delay = posted - new["event"]
        if ((delay < 0) | (delay > LONGEST_DELAY)).any():
            raise ValueError(f"got conduct not posted within 0 to {LONGEST_DELAY} months after it began")
        if ((new["act"] >= 0) & (new["act"] != ids)).any():
            raise ValueError("got entries of a shared act, expected an act of its own for each")
        if (new["ref"] >= self.number).any() or (new["ref"][is_note] < 0).any():
            raise ValueError("an entry refers to an entry that is not in the ledger before it")
        targets = self.records[new["ref"][is_note]]
        if (self._codes["kind"][targets["code"]] != ITEM).any() or (targets["owner"] != rows[is_note]).any():
            raise ValueError("a note must refer to an item entry of the same row")

    def _note_months(self, posted: np.ndarray) -> None:
        """Note where new months begin, before the entries are counted in."""
        begins = 1 + np.flatnonzero(np.diff(posted))
        if len(self._months) == 0 or posted[0] != self._months[-1]:
            begins = np.concatenate(([0], begins))
        self._starts = np.concatenate((self._starts, self.number + begins))
        self._months = np.concatenate((self._months, posted[begins]))

    def _coded(self, new: np.ndarray) -> np.ndarray:
        """Return the code of each entry, with new codes for what was not there before."""
        fields = {name: new[name].astype(np.int64) for name in _FIELDS if name != "duration"}
        duration = new["end"].astype(np.int64) - new["event"]
        if (duration[new["end"] != MONTH_OPEN] >= _OPEN).any():
            raise ValueError(f"got conduct of {_OPEN} months or more")
        fields["duration"] = np.where(new["end"] == MONTH_OPEN, _OPEN, duration)
        keys = np.zeros(len(new), np.int64)
        for name, (low, bits) in _FIELDS.items():
            above = fields[name] - low
            if (above >> bits != 0).any():
                raise ValueError(f"got an entry with {name} outside {low} to {low + 2**bits - 1}")
            keys = keys << bits | above
        self._add_codes(keys, fields)
        return self._code_of_key[np.searchsorted(self._keys, keys)]

    def _add_codes(self, keys: np.ndarray, fields: dict[str, np.ndarray]) -> None:
        """Give codes to the keys that have none."""
        at = np.searchsorted(self._keys, keys)
        unknown = np.append(self._keys, -1)[at] != keys
        if not unknown.any():
            return
        fresh, places = np.unique(keys[unknown], return_index=True)
        known = len(self._codes)
        if known + len(fresh) > MOST_CODES:
            raise ValueError(
                f"got more than {MOST_CODES:,} distinct combinations of account, kind, channel, item, "
                "points and duration of entries, more than a run's ledger can hold"
            )
        rows = np.zeros(len(fresh), CODE)
        for name in CODE.names:
            rows[name] = fields[name][unknown][places]
        at = np.searchsorted(self._keys, fresh)
        self._codes = np.concatenate((self._codes, rows))
        self._keys = np.insert(self._keys, at, fresh)
        self._code_of_key = np.insert(self._code_of_key, at, np.arange(known, known + len(fresh)))


def _with_room(array: np.ndarray, used: int, needed: int) -> np.ndarray:
    """Return an array with room for `needed` rows, an eighth larger if it has to grow; spare room is zero."""
    if needed <= len(array):
        return array
    grown = np.zeros(max(needed, len(array) + len(array) // 8), array.dtype)
    grown[:used] = array[:used]
    return grown


@compiled
def _decode(ids, packed, found, rows, at):
    """Write entries as records of `ENTRY`, but for subjects and links; rows, and where their subject is.

    A note's subject is that of the entry it refers to, any other's its own.
    """
    records, codes, starts, months = packed
    for place in range(ids.shape[0]):
        number = ids[place]
        record, entry = records[number], found[place]
        code = codes[record.code]
        posted = months[np.searchsorted(starts, number, side="right") - 1]
        event = posted - record.delay
        is_note = code.kind != ITEM
        at[place] = record.owner if is_note else number
        rows[place] = records[record.owner].owner if is_note else record.owner
        entry.id, entry.act = number, number
        entry.account, entry.kind, entry.channel = code.account, code.kind, code.channel
        entry.item, entry.points_mp = code.item, code.points_mp
        entry.posted, entry.event = posted, event
        entry.end = MONTH_OPEN if code.duration == _OPEN else event + code.duration
        entry.ref = record.owner if is_note else NONE


@compiled
def place_of_month(starts, at, place):
    """Return the place of an entry's posting month in `Packed.months`; `place` is that of a later entry."""
    while starts[place] > at:
        place -= 1
    return place


@compiled
def gather(head, packed, row, account, entries, index):
    """Write a subject's entries of one account for a fold; return their number.

    Only what a fold reads is filled in: no subject, no channel, and `ref` of notes alone. If
    the number exceeds the room in `index`, the newest are there.

    Parameters
    ----------
    head : ndarray of int32
        Newest entry of each row.
    packed : Packed
    row, account : int
    entries : ndarray of ENTRY
        Receives the entries, newest first; with as much room as `index`.
    index : ndarray of int64
        Receives their positions in `entries`, oldest first.
    """
    number = 0
    room = index.shape[0]
    records, codes, starts, months = packed
    place = months.shape[0] - 1
    at = np.int64(head[row])
    while at >= 0:
        record = records[at]
        code = codes[record.code]
        if code.account == account:
            if number < room:
                place = place_of_month(starts, at, place)
                event = months[place] - record.delay
                entry = entries[number]
                entry.id = at
                entry.act = at
                entry.account = account
                entry.kind = code.kind
                entry.item = code.item
                entry.points_mp = code.points_mp
                entry.event = event
                entry.end = MONTH_OPEN if code.duration == _OPEN else event + code.duration
                entry.posted = months[place]
                entry.ref = NONE if code.kind == ITEM else record.owner
            number += 1
        at = np.int64(record.following)
    for k in range(min(number, room)):
        index[k] = min(number, room) - 1 - k
    return number
