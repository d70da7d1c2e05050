"""The run's ledger, with each agent's entries chained so that one account can be read alone."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.model.packing import NONE, Packed, PackedEntries
from creditsim.scoring.ledger import ENTRY, ITEM

# Bits of `Chains.status`: what has become of an entry.
VOIDED, REPAIRED, CONTESTED, WRONG, HEARD, OVER_REPORTED, FOR_ANOTHER = 1, 2, 4, 8, 16, 32, 64

LAST_MONTH = 32767
"""Latest month that the columns of 16 bits hold: the year 2730."""


class Chains:
    """Append-only ledger entries of a run, with per-agent chains and the truth beside them.

    Parameters
    ----------
    slots : ndarray of int
        Slot of each row, below 2**32: the number of the subject that holds it at the start. The
        n-th after it has the number slot + n * 2**32. Shared by copies, never written.

    Attributes
    ----------
    entries : PackedEntries
        ``entries[ids]`` gives records of `ENTRY`; an entry's id is its position.
    head : ndarray of int32
        Newest entry of each row's present subject.
    changes : ndarray of int16, shape (2, agents)
        First month in which an account's score can change without a new entry.
    dirty : ndarray of uint8
        Rows with something new this month.
    """

    def __init__(self, slots: np.ndarray):
        self.entries = PackedEntries(slots)
        self.head = np.full(len(slots), NONE, np.int32)
        self.false_ids = np.zeros(0, np.int64)
        self.changes = np.full((2, len(slots)), LAST_MONTH, np.int16)
        self.dirty = np.zeros(len(slots), np.uint8)

    @property
    def number(self) -> int:
        """Entries so far."""
        return self.entries.number

    @property
    def status(self) -> np.ndarray:
        """Bits VOIDED, REPAIRED, CONTESTED, WRONG (the record is false), HEARD (appealed once), by entry."""
        return self.entries.records["status"][: self.number]

    @property
    def following(self) -> np.ndarray:
        """For each entry the next older one of its subject, -1 for none."""
        return self.entries.records["following"][: self.number]

    def subjects(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return the number of the subject that holds each of some rows now, by default of all."""
        return self.entries.subjects(rows)

    @property
    def packed(self) -> Packed:
        """The arrays that compiled rules read; valid until the next entry is appended."""
        return self.entries.packed

    @property
    def nbytes(self) -> int:
        """Bytes of all that is kept of entries, spare room included."""
        return self.entries.nbytes + self.false_ids.nbytes

    def extend(self, rows: np.ndarray, new: np.ndarray, wrong: np.ndarray | int = 0) -> np.ndarray:
        """Append entries and chain them to their rows; return their ids.

        A note on an entry of a subject that has left its row is kept, but in nobody's chain.

        Parameters
        ----------
        rows : ndarray of int
            Row of each entry's subject.
        new : ndarray of ENTRY
            In posting order; ids, acts (an own one for each) and subjects are written here.
        wrong : ndarray or int
            1 where the record is false.

        Raises
        ------
        ValueError
            If an entry could not be read back as it is, see `PackedEntries.append`.
        """
        rows = np.asarray(rows, np.int64)
        ids = self.entries.append(rows, new)
        if len(ids) == 0:
            return ids
        self.status[ids] = np.asarray(wrong, np.uint8) * WRONG
        self.false_ids = np.concatenate((self.false_ids, ids[self.status[ids] > 0]))
        present = new["subject"] == self.subjects(rows)
        _chain(self.head, self.entries.records, rows[present], ids[present])
        self.dirty[rows[present]] = 1
        return ids

    def decode(self, ids: np.ndarray) -> np.ndarray:
        """Return entries by their ids, as an array of `ENTRY`."""
        return self.entries[ids]

    def rows_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the row of each entry's subject, who may have left it."""
        return self.entries.rows_of(ids)

    def posted_in(self, month: int) -> np.ndarray:
        """Return the ids of the entries posted in a month."""
        return self.entries.posted_in(month)

    def held(self, ids: np.ndarray) -> np.ndarray:
        """Say for each entry whether its subject still holds its row."""
        return self.entries.subjects_of(ids) == self.subjects(self.rows_of(ids))

    def linked_to(self, ids: np.ndarray) -> np.ndarray:
        """Return the item entries that were linked from some entries, ascending."""
        return self.entries.linked_to(ids)

    def standing_false(self) -> np.ndarray:
        """Return the ids of false entries that nobody has voided or repaired, on subjects still there."""
        return self.false_ids[self.status[self.false_ids] & (VOIDED | REPAIRED) == 0]

    def mark(self, ids: np.ndarray, bit: int) -> None:
        """Set a status bit of entries."""
        self.status[ids] |= bit

    def replace_subject(self, rows: np.ndarray) -> None:
        """Let the next subjects hold some rows (distinct ones): with empty accounts.

        Entries so far keep the number of who held the row.
        """
        rows = np.asarray(rows, np.int64)
        self.entries.replace_subject(rows, self.head[rows] >= 0)
        self.head[rows] = NONE
        self.changes[:, rows] = LAST_MONTH
        self.dirty[rows] = 0
        self.false_ids = self.false_ids[~np.isin(self.rows_of(self.false_ids), rows)]

    def of_row(self, row: int) -> np.ndarray:
        """Return the entries of a row's present subject, both accounts, in posting order."""
        ids, at = [], int(self.head[row])
        while at >= 0:
            ids.append(at)
            at = int(self.entries.records["following"][at])
        return self.decode(np.array(ids[::-1], np.int64))

    def written(self) -> np.ndarray:
        """Return the entries so far, in posting order, read-only."""
        entries = self.decode(np.arange(self.number))
        entries.flags.writeable = False
        return entries


def item_entries(
    slots: np.ndarray, items: np.ndarray, points_mp: np.ndarray, accounts: np.ndarray,
    events: np.ndarray, month: int, channels: np.ndarray | int = NONE,
) -> np.ndarray:  # fmt: skip
    """Return item entries for acts that began and ended in their event month, posted in `month`."""
    new = np.zeros(len(slots), ENTRY)
    new["subject"], new["item"], new["points_mp"], new["account"] = slots, items, points_mp, accounts
    new["kind"], new["act"], new["ref"], new["channel"] = ITEM, NONE, NONE, channels
    new["event"], new["end"], new["posted"] = events, events, month
    return new


def note_entries(entries: PackedEntries, ids: np.ndarray, kind: int, month: int) -> np.ndarray:
    """Return entries of another kind (repair, void, objection ...) that refer to entries."""
    new = np.zeros(len(ids), ENTRY)
    old = entries[ids]
    for name in ("subject", "account", "item"):
        new[name] = old[name]
    new["kind"], new["act"], new["ref"], new["channel"] = kind, NONE, ids, NONE
    new["event"], new["end"], new["posted"] = month, month, month
    return new


@compiled
def _chain(head, records, rows, ids):
    """Put entries at the head of their rows' chains, in their order."""
    for place in range(rows.shape[0]):
        records[ids[place]].following = head[rows[place]]
        head[rows[place]] = ids[place]
