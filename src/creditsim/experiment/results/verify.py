"""Look over every byte of a store: `verify_store`. Whatever it finds, it goes on and only tells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from creditsim.core.errors import Fault, InputError
from creditsim.experiment.results import disk
from creditsim.experiment.results.index import SUFFIX, is_name
from creditsim.experiment.results.records import SUFFIX as RECORD_SUFFIX
from creditsim.experiment.results.records import record_of
from creditsim.experiment.results.shards import Shard, shard_of
from creditsim.experiment.results.store import MARKER, MARKER_BYTES

_FOLDERS = {"experiments": RECORD_SUFFIX, "failures": RECORD_SUFFIX, "shards": SUFFIX}
_LOCKED = ("lock", "claims")
_DELETE = "delete this file and run the sweep again: what it held is run anew"


@dataclass(frozen=True)
class Verification:
    """What was found in a store.

    Attributes
    ----------
    files : int
        Files that were read to the last byte.
    runs : int
        Finished runs that are whole.
    findings : tuple of str
        What is wrong, one line each, with the file and what to do. Empty: every bit is as written.
    remarks : tuple of str
        What does no harm: files that are not the store's, or were left by a writer that was killed.
    """

    files: int
    runs: int
    findings: tuple[str, ...]
    remarks: tuple[str, ...]


def verify_store(path: str | Path) -> Verification:
    """Read all files of a store and say what is not as it was written.

    A file that is gone altogether is not found: its runs are missing and the sweep runs them anew.

    Raises
    ------
    InputError
        Only if there is no such folder.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(Fault("got no folder, expected a store of runs", str(folder)))
    look = _Look(folder)
    look.at_the_top()
    for name, suffix in _FOLDERS.items():
        look.into(name, suffix)
    for name in look.listed(folder / "tmp"):
        look.remark(folder / "tmp" / name, "being written, or left by a writer that was killed")
    return Verification(look.files, len(look.runs), tuple(look.findings), tuple(look.remarks))


class _Look:
    """One look over a store, and what it has found so far."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.files = 0
        self.runs: dict[str, Path] = {}
        self.findings: list[str] = []
        self.remarks: list[str] = []

    def find(self, path: Path, text: str) -> None:
        """Note what is wrong."""
        self.findings.append(str(Fault(text, str(path))))

    def remark(self, path: Path, text: str) -> None:
        """Note what does no harm."""
        self.remarks.append(str(Fault(text, str(path))))

    def listed(self, folder: Path) -> list[str]:
        """Return what lies in a folder; nothing, and a finding, if the disk does not tell."""
        try:
            return disk.names(folder)
        except InputError as error:
            self.findings.append(str(error))
            return []

    def read(self, path: Path) -> bytes | None:
        """Return a file's bytes; None, and a finding, if the disk does not give them."""
        try:
            data = disk.read(path)
        except InputError as error:
            self.findings.append(str(error))
            return None
        self.files += 1
        return data

    def at_the_top(self) -> None:
        """Check the marker, and that nothing else with bytes lies beside it."""
        marker = self.folder / MARKER
        names = self.listed(self.folder)
        if MARKER not in names:
            self.find(marker, "missing, expected the marker of a store; copy it from another store")
        elif self.read(marker) != MARKER_BYTES:
            self.find(marker, "not as written; copy it from another store of format 1")
        for name in sorted(set(names) - {MARKER, "tmp", *_FOLDERS}):
            # Files of locks are never opened here: to close them would free what this process holds.
            if name not in _LOCKED or disk.size(self.folder / name):
                self.remark(self.folder / name, "not a file of a store; it is not read")

    def into(self, name: str, suffix: str) -> None:
        """Hold every file of a folder against its name, and look into it."""
        for file in self.listed(self.folder / name):
            path = self.folder / name / file
            if not is_name(file, suffix):
                self.remark(path, "not a file of a store; it is not read")
                continue
            data = self.read(path)
            if data is None:
                continue
            if hashlib.sha256(data).hexdigest() != path.stem:
                self.find(path, f"damaged: its bytes are not those it is named after; {_DELETE}")
            else:
                self._inside(path, data)

    def _inside(self, path: Path, data: bytes) -> None:
        """Check what a file says whose bytes are as they were written."""
        try:
            if path.suffix == RECORD_SUFFIX:
                record_of(data, path)
            else:
                self._runs_of(path, shard_of(data, path))
        except InputError:
            self.find(path, f"its bytes are as written, but cannot be understood; {_DELETE}")

    def _runs_of(self, path: Path, shard: Shard) -> None:
        """Check that each run is there once, and is what its key says."""
        for key, wrong in zip(shard.keys, _wrong_cases(shard), strict=True):
            if wrong:
                self.find(path, f"run {key[:12]}: its case is not what its key stands for; {_DELETE}")
            elif key in self.runs:
                self.find(path, f"run {key[:12]} is also in {self.runs[key].name}; {_DELETE}")
            else:
                self.runs[key] = path


def _wrong_cases(shard: Shard) -> Iterator[bool]:
    """Tell of each run whether its case is another than its key stands for."""
    from creditsim.experiment.run import run_key

    for key, case in zip(shard.keys, shard.cases, strict=True):
        try:
            yield run_key(json.loads(case)) != key
        except (ValueError, LookupError, TypeError):
            yield True
