"""Do all that a store does with its disk: whole files or none, and one plain line when the disk fails.

Nothing else in this package opens, writes or removes a file, so whoever puts a faulty `system` in
place has tried every operation a disk can fail at.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from creditsim.core.errors import Fault, InputError

system: Any = os
"""What does the work; tests put one in its place that fails, lies or dies."""

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line ends
_PIECE = 1 << 24
_FULL = "free room and run the same command again: finished runs are kept"
_CLOSED = "allow it or name another folder, and run the same command again: finished runs are kept"
_BROKEN = "look after the disk and run the same command again: finished runs are kept"
_ADVICE = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _CLOSED),
    **dict.fromkeys((errno.ENOTDIR, errno.EISDIR, errno.ENOENT), "name the folder of a store"),
}


def write_once(path: Path, data: bytes, temporaries: Path) -> None:
    """Put a file in place whole: written beside, on the disk, read back and compared, then moved.

    The caller holds the store's lock, so whatever else lies among the temporaries is of the dead.
    """
    make_folder(temporaries)
    make_folder(path.parent)
    beside = temporaries / f"{path.name}.{secrets.token_hex(4)}"
    try:
        _write(beside, data)
        if _sha256(read(beside)) != _sha256(data):
            raise InputError(Fault(f"the disk gave back other bytes than were written; {_BROKEN}", str(path)))
        with told(path):
            system.replace(beside, path)
    except BaseException:
        with contextlib.suppress(InputError):
            remove(beside)
        raise
    _settle(path.parent)


def read(path: Path) -> bytes:
    """Return a file's bytes."""
    with _opened(path, os.O_RDONLY) as file:
        pieces = iter(lambda: system.read(file, _PIECE), b"")
        return b"".join(pieces)


def reader(path: Path) -> io.BufferedReader:
    """Open a file of which parts are to be read."""
    return io.BufferedReader(_Reader(path))


def names(folder: Path) -> list[str]:
    """Return what lies in a folder, sorted; nothing if there is no such folder."""
    with told(folder):
        try:
            return sorted(system.listdir(folder))
        except FileNotFoundError:
            return []


def size(path: Path) -> int:
    """Return a file's length in bytes."""
    with told(path):
        return system.stat(path).st_size


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if they are not there."""
    with told(path):
        if path.is_dir():
            return
        make_folder(path.parent)
        # Another process may have made it meanwhile; a file of that name is told by what comes next.
        with contextlib.suppress(FileExistsError):
            system.mkdir(path)
    _settle(path.parent)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    with told(path), contextlib.suppress(FileNotFoundError):
        system.unlink(path)


def open_empty(path: Path) -> int:
    """Open a file that is there only to be locked, and return its number; make it if it is not there."""
    with told(path):
        return system.open(path, os.O_RDWR | os.O_CREAT | _BINARY, 0o666)


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Tell a failure of the disk as one line: which file, why, and what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        advice = _ADVICE.get(error.errno or 0, _BROKEN)
        raise InputError(Fault(f"{reason}; {advice}", str(path))) from error


def _write(path: Path, data: bytes) -> None:
    """Write a new file, and return when the disk says that it has it."""
    with _opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
        rest = memoryview(data)
        while rest:
            # A disk that is nearly full takes a part and says so: the rest must be offered again.
            taken = system.write(file, rest)
            if taken <= 0:
                raise OSError(errno.EIO, "The disk takes no more bytes")
            rest = rest[taken:]
        system.fsync(file)


def _settle(folder: Path) -> None:
    """Make the names of a folder last: a file moved in place is lost with its name."""
    if os.name != "nt":  # Windows opens no folders
        with _opened(folder, os.O_RDONLY) as file:
            system.fsync(file)


def _sha256(data: bytes) -> bytes:
    """Return the hash of bytes."""
    return hashlib.sha256(data).digest()


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    """Open a file, and close it whatever happens."""
    with told(path):
        file = system.open(path, flags | _BINARY, 0o666)
        try:
            yield file
        finally:
            system.close(file)


class _Reader(io.RawIOBase):
    """A file that is read through `system`."""

    def __init__(self, path: Path):
        self._path = path
        with told(path):
            self._file: int = system.open(path, os.O_RDONLY | _BINARY)

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as one read goes."""
        with told(self._path):
            data = system.read(self._file, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        with told(self._path):
            return system.lseek(self._file, offset, whence)

    def close(self) -> None:
        """Close the file once."""
        if not self.closed:
            super().close()
            with told(self._path):
                system.close(self._file)
