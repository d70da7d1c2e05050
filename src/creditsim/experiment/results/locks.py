"""Lock single bytes of a file between processes; the kernel frees them at death, so none is ever stale.

POSIX locks belong to a process, not to a thread, and closing any descriptor of a file frees all that
the process holds on it. So `exclusive` puts a lock of this process before that of the file, and a
lock's file is opened nowhere else.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from creditsim.experiment.results import disk

_TAKEN = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}

_threads: dict[str, threading.Lock] = {}
_guard = threading.Lock()
_told: set[str] = set()


class NoLocksError(Exception):
    """A file system that has no locks."""


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[bool]:
    """Hold a lock file alone; yield False where the file system has no locks.

    Threads of this process wait for each other in any case.
    """
    with _thread_lock(path):
        file = disk.open_empty(path)
        try:
            yield _wait(file, path)
        finally:
            os.close(file)  # frees the lock


def lock_byte(file: int, offset: int) -> bool:
    """Lock one byte of an open file, also beyond its end; return False if another process has it.

    Raises
    ------
    NoLocksError
        If the file system has no locks.
    """
    try:
        _lock(file, offset)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        if error.errno in _NO_LOCKS:
            raise NoLocksError(error.strerror) from error
        raise
    return True


def free_byte(file: int, offset: int) -> None:
    """Free a byte that `lock_byte` locked."""
    _unlock(file, offset)


def say_no_locks(path: Path) -> None:
    """Warn once a folder that writers cannot keep out of each other's way."""
    folder = str(path.parent)
    if folder not in _told:
        _told.add(folder)
        text = "this file system has no locks: let one command at a time write to this store"
        warnings.warn(f"{folder}: {text}", stacklevel=2)


def _wait(file: int, path: Path) -> bool:
    """Lock byte 0 as soon as it is free; return False if there are no locks."""
    pause = 0.001
    try:
        # Asked again and again: a wait inside the kernel may be refused as a deadlock that is none,
        # because locks of two threads count as those of one process.
        while not lock_byte(file, 0):
            time.sleep(pause)
            pause = min(2 * pause, 0.05)
    except NoLocksError:
        say_no_locks(path)
        return False
    return True


def _thread_lock(path: Path) -> threading.Lock:
    """Return this process's lock of a path."""
    with _guard:
        return _threads.setdefault(os.path.realpath(path), threading.Lock())


def _forget() -> None:
    """Start anew in a forked child: it has none of its parent's locks."""
    global _guard
    _guard = threading.Lock()
    _threads.clear()


if os.name == "nt":
    import msvcrt

    def _lock(file: int, offset: int) -> None:
        os.lseek(file, offset, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _unlock(file: int, offset: int) -> None:
        os.lseek(file, offset, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    os.register_at_fork(after_in_child=_forget)

    def _lock(file: int, offset: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset, os.SEEK_SET)

    def _unlock(file: int, offset: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, offset, os.SEEK_SET)
