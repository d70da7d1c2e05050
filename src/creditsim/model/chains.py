"""The run's ledger, with each agent's entries chained so that one account can be read alone."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.scoring.ledger import ENTRY, ITEM

# Bits of `Chains.status`: what has become of an entry.
VOIDED, REPAIRED, CONTESTED, WRONG, HEARD = 1, 2, 4, 8, 16

NONE = -1
LAST_MONTH = 32767
"""Latest month that the columns of 16 bits hold: the year 2730."""


class Chains:
    """Append-only ledger entries of a run, with per-agent chains and the truth beside them.

    Attributes
    ----------
    number : int
        Entries so far; an entry's id is its position.
    entries : ndarray of ENTRY
        Room for entries; the first `number` are real.
    status : ndarray of uint8
        Bits VOIDED, REPAIRED, CONTESTED, WRONG (the record is false), HEARD (appealed once).
    head, following : ndarray of int32
        Newest entry of each row, and for each entry the next older one of its row.
    changes : ndarray of int16, shape (2, agents)
        First month in which an account's score can change without a new entry.
    dirty : ndarray of uint8
        Rows with something new this month.
    subjects : ndarray of int64
        Number of the subject that holds each row now.
    """

    def __init__(self, subjects: np.ndarray):
        agents = len(subjects)
        self.number = 0
        self.subjects = np.array(subjects, np.int64)
        self.entries = np.zeros(1024, ENTRY)
        self.status = np.zeros(1024, np.uint8)
        self.following = np.full(1024, NONE, np.int32)
        self.owner = np.zeros(1024, np.int32)
        self.head = np.full(agents, NONE, np.int32)
        self.false_ids = np.zeros(0, np.int64)
        self.changes = np.full((2, agents), LAST_MONTH, np.int16)
        self.dirty = np.zeros(agents, np.uint8)

    def extend(self, rows: np.ndarray, new: np.ndarray, wrong: np.ndarray | int = 0) -> np.ndarray:
        """Append entries and chain them to their rows; return their ids.

        A note on an entry of a subject that has left its row is kept, but in nobody's chain.

        Parameters
        ----------
        rows : ndarray of int
            Row of each entry's subject.
        new : ndarray of ENTRY
            In posting order; ids are given here. An `act` below zero means an act of its own.
        wrong : ndarray or int
            1 where the record is false.
        """
        self._make_room(self.number + len(new))
        ids = np.arange(self.number, self.number + len(new))
        new["id"] = ids
        new["act"] = np.where(new["act"] < 0, ids, new["act"])
        rows = np.asarray(rows, np.int64)
        new["subject"] = np.where(new["kind"] == ITEM, self.subjects[rows], new["subject"])
        self.entries[ids] = new
        self.owner[ids] = rows
        self.status[ids] = np.asarray(wrong, np.uint8) * WRONG
        self.false_ids = np.concatenate((self.false_ids, ids[self.status[ids] > 0]))
        self.following[ids] = NONE
        present = new["subject"] == self.subjects[rows]
        _chain(self.head, self.following, rows[present], ids[present])
        self.dirty[rows[present]] = 1
        self.number += len(new)
        return ids

    def rows_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the row of each entry's subject."""
        return self.owner[ids].astype(np.int64)

    def held(self, ids: np.ndarray) -> np.ndarray:
        """Say for each entry whether its subject still holds its row."""
        return self.entries[ids]["subject"] == self.subjects[self.rows_of(ids)]

    def replace_subject(self, rows: np.ndarray, subjects: np.ndarray) -> None:
        """Let new subjects hold some rows (distinct ones): with empty accounts.

        Entries so far keep the number of who held the row.
        """
        self.subjects[rows] = subjects
        self.head[rows] = NONE
        self.changes[:, rows] = LAST_MONTH
        self.dirty[rows] = 0
        self.false_ids = self.false_ids[~np.isin(self.rows_of(self.false_ids), rows)]

    def linked_to(self, ids: np.ndarray) -> np.ndarray:
        """Return the item entries that were linked from some entries; they directly follow in time."""
        if len(ids) == 0:
            return np.zeros(0, np.int64)
        low = int(np.min(ids))
        entries = self.entries[low : self.number]
        return low + np.flatnonzero((entries["kind"] == ITEM) & np.isin(entries["ref"], ids))

    def standing_false(self) -> np.ndarray:
        """Return the ids of false entries that neither an appeal has voided nor a repair has ended."""
        return self.false_ids[self.status[self.false_ids] & (VOIDED | REPAIRED) == 0]

    def mark(self, ids: np.ndarray, bit: int) -> None:
        """Set a status bit of entries."""
        self.status[ids] |= bit

    def written(self) -> np.ndarray:
        """Return the entries so far, in posting order, read-only."""
        view = self.entries[: self.number]
        view.flags.writeable = False
        return view

    def _make_room(self, needed: int) -> None:
        """Double the arrays until they hold `needed` entries."""
        room = len(self.entries)
        if needed <= room:
            return
        while room < needed:
            room *= 2
        for name in ("entries", "status", "owner", "following"):
            old = getattr(self, name)
            grown = np.zeros(room, old.dtype)
            grown[: len(old)] = old
            setattr(self, name, grown)


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


def note_entries(entries: np.ndarray, ids: np.ndarray, kind: int, month: int) -> np.ndarray:
    """Return entries of another kind (repair, void, objection ...) that refer to entries."""
    new = np.zeros(len(ids), ENTRY)
    old = entries[ids]
    for name in ("subject", "account", "item"):
        new[name] = old[name]
    new["kind"], new["act"], new["ref"], new["channel"] = kind, NONE, ids, NONE
    new["event"], new["end"], new["posted"] = month, month, month
    return new


@compiled
def _chain(head, following, rows, ids):
    """Put entries at the head of their rows' chains."""
    for number in range(rows.shape[0]):
        following[ids[number]] = head[rows[number]]
        head[rows[number]] = ids[number]


@compiled
def gather(head, following, entries, row, account, index):
    """Write the positions of a row's entries of one account, oldest first; return their number.

    The number may exceed the room in `index`; then nothing useful was written.
    """
    number = 0
    at = head[row]
    while at >= 0:
        if entries[at].account == account:
            if number < index.shape[0]:
                index[number] = at
            number += 1
        at = following[at]
    if number <= index.shape[0]:
        for k in range(number // 2):
            other = number - 1 - k
            index[k], index[other] = index[other], index[k]
    return number
