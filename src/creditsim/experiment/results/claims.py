"""Claim runs in flight, so that two sweeps into one store do not run the same thing at once.

A claim is a lock on one byte of a file without bytes: that of the key's first 62 bits. Whoever dies
holds nothing. Claims save work; that nothing is stored twice is up to the store's own lock.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from creditsim.experiment.results import disk
from creditsim.experiment.results.locks import NoLocksError, free_byte, lock_byte, say_no_locks

_BITS = 62  # offsets are signed 64-bit numbers


class Claims:
    """What one sweep has claimed in a store; others, in this process or another, are kept off it.

    Parameters
    ----------
    folder : path_like
        The store's folder.

    Notes
    -----
    Without locks in the file system, and on Windows, every claim between processes is granted.
    """

    def __init__(self, folder: str | Path):
        self._path = Path(folder) / "claims"

    def take(self, key: str) -> bool:
        """Claim a run; return False if it is claimed already, also by oneself."""
        with _guard:
            board = _boards.setdefault(os.path.realpath(self._path), _Board(self._path))
            return board.take(_offset(key), self)

    def release(self, key: str) -> None:
        """Give a claim back; what was not claimed here stays as it is."""
        with _guard:
            board = _boards.get(os.path.realpath(self._path))
            if board is not None:
                board.release(_offset(key), self)

    def close(self) -> None:
        """Give all claims back."""
        with _guard:
            board = _boards.get(os.path.realpath(self._path))
            for offset in [] if board is None else board.of(self):
                board.release(offset, self)


@dataclass
class _Board:
    """All that this process claims on one file.

    One descriptor for all, open as long as anything is claimed: to close any would free everything.
    """

    path: Path
    file: int | None = None
    holders: dict[int, Claims] = field(default_factory=dict)

    def take(self, offset: int, holder: Claims) -> bool:
        """Claim a byte for a holder; return False if somebody has it."""
        if offset in self.holders:
            return False
        if self._lock(offset):
            self.holders[offset] = holder
            return True
        self._close_if_idle()
        return False

    def release(self, offset: int, holder: Claims) -> None:
        """Free a byte if it is this holder's."""
        if self.holders.get(offset) is holder:
            del self.holders[offset]
            if self.file is not None and self.holders:
                free_byte(self.file, offset)
            self._close_if_idle()

    def of(self, holder: Claims) -> list[int]:
        """Return the bytes of one holder."""
        return [offset for offset, other in self.holders.items() if other is holder]

    def _lock(self, offset: int) -> bool:
        """Keep other processes off a byte; return False if one of them has it."""
        if os.name == "nt":
            return True
        if self.file is None:
            self.file = disk.open_empty(self.path)
        try:
            with disk.told(self.path):
                return lock_byte(self.file, offset)
        except NoLocksError:
            say_no_locks(self.path)
            return True

    def _close_if_idle(self) -> None:
        """Close the file when nothing is claimed."""
        if self.file is not None and not self.holders:
            os.close(self.file)
            self.file = None


def _offset(key: str) -> int:
    """Return the byte that stands for a key."""
    return int(key[:16], 16) >> (64 - _BITS)


_boards: dict[str, _Board] = {}
_guard = threading.Lock()


def _forget() -> None:
    """Start anew in a forked child: it has none of its parent's claims."""
    global _guard
    _guard = threading.Lock()
    _boards.clear()


if os.name != "nt":
    os.register_at_fork(after_in_child=_forget)
