"""Archives: a JSON head and arrays in one file, which tells whether a single bit of it has flipped.

A zip archive that `numpy.load` opens, with a ``.npy`` member for each array and no pickle. The archive's
comment, its last 64 bytes, is the SHA-256 over all bytes before it. The same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from creditsim.core.files import write_whole

HEAD = "head.json"

_SIGNATURE = b"PK\x03\x04"
_DIGEST_BYTES = 64
_BLOCK = 1 << 24
_LEVEL = 1
"""Of deflation: higher ones take several times as long for little."""

Parts = Sequence[np.ndarray]
"""Arrays of one kind of elements, at least one, that are written one after the other as one array."""


class NoArchive(ValueError):
    """A file is no archive, or not the whole of one."""


def write_archive(path: str | Path, head: dict[str, Any], arrays: Iterable[tuple[str, tuple, Parts]]) -> None:
    """Write a head and arrays into one file, which is there whole or not at all.

    Parameters
    ----------
    path : str or Path
    head : dict
        Ready for JSON; NaN is refused.
    arrays : iterable of (name, shape, parts)
        Written block by block: nothing is copied as a whole.
    """

    def write(temporary: str) -> None:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            with archive.open(HEAD, "w") as member:
                member.write(json.dumps(head, ensure_ascii=False, allow_nan=False, indent=1).encode())
            for name, shape, parts in arrays:
                _write_array(archive, name, shape, parts)
            archive.comment = bytes(_DIGEST_BYTES)
        with open(temporary, "rb+") as file:
            digest = _digest_of(file)
            file.seek(-_DIGEST_BYTES, 2)
            file.write(digest)

    write_whole(path, write)


def read_head(path: str | Path) -> dict[str, Any]:
    """Return an archive's head, after a look at every byte of the file.

    Raises
    ------
    NoArchive
        If the file is no archive, or damaged.
    """
    with open(path, "rb") as file:
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            raise NoArchive("something else")
        if _digest_of(file) != file.read(_DIGEST_BYTES):
            raise NoArchive("a file that is damaged or cut off")
    try:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read(HEAD))
    except (KeyError, ValueError, zipfile.BadZipFile):
        raise NoArchive("something else") from None


class Arrays:
    """The arrays of an open archive, read one by one.

    Attributes
    ----------
    names : frozenset of str
    """

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self.names = frozenset(name.removesuffix(".npy") for name in archive.namelist() if name != HEAD)

    def read(self, name: str) -> np.ndarray:
        """Return an array, byte for byte: NumPy's own reader leaves out what lies between fields."""
        with self._archive.open(f"{name}.npy") as member:
            np.lib.format.read_magic(member)
            shape, _, dtype = np.lib.format.read_array_header_1_0(member)
            array = np.empty(shape, dtype)
            content = array.reshape(-1).view(np.uint8)
            for first in range(0, len(content), _BLOCK):
                block = content[first : first + _BLOCK]
                if member.readinto(block.data) != len(block):
                    raise ValueError(f"{name} is too short")
        return array


@contextmanager
def arrays_of(path: str | Path) -> Iterator[Arrays]:
    """Open an archive that `read_head` has looked at, and give its arrays."""
    with zipfile.ZipFile(path) as archive:
        yield Arrays(archive)


def blocks_of(array: np.ndarray) -> Iterator[memoryview]:
    """Give an array's bytes, block by block, with zeros between the fields of records.

    What lies there is what was in memory before: it would be told, and differ from run to run.
    """
    rows = np.ascontiguousarray(array).reshape(-1)
    at_once = max(1, _BLOCK // array.dtype.itemsize)
    fields = [array.dtype[name].itemsize for name in array.dtype.names or ()]
    for first in range(0, len(rows), at_once):
        block = rows[first : first + at_once]
        if fields and sum(fields) < array.dtype.itemsize:
            block, old = np.zeros(len(block), array.dtype), block
            for name in array.dtype.names:
                block[name] = old[name]
        yield block.view(np.uint8).data


def _write_array(archive: zipfile.ZipFile, name: str, shape: tuple, parts: Parts) -> None:
    """Write parts as one array of a shape."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        header = np.lib.format.header_data_from_array_1_0(parts[0])
        np.lib.format.write_array_header_1_0(member, {**header, "fortran_order": False, "shape": shape})
        for part in parts:
            for block in blocks_of(part):
                member.write(block)


def _digest_of(file: BinaryIO) -> bytes:
    """Return the SHA-256 (hex) over a file up to where its own begins, and leave off there."""
    digest = hashlib.sha256()
    left = max(file.seek(0, 2) - _DIGEST_BYTES, 0)
    file.seek(0)
    while left:
        block = file.read(min(left, _BLOCK))
        digest.update(block)
        left -= len(block)
    return digest.hexdigest().encode()
