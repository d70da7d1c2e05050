"""Write a command's files into a new folder, all of them or none."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from creditsim.core.errors import Fault, InputError


class OutputFolder:
    """A folder that is checked before the work and filled after it.

    Parameters
    ----------
    shown : str
        The path as the user gave it; it must not exist yet, or be an empty folder.
    """

    def __init__(self, shown: str):
        self.shown = shown
        self.path = Path(os.path.abspath(os.path.expanduser(shown)))

    def faults(self) -> list[Fault]:
        """Return what speaks against writing there; leaves nothing behind."""
        if not self.shown.strip():
            return [Fault("got nothing, expected the path of a new or empty folder", key="--out")]
        try:
            return self._faults()
        except OSError as problem:
            return [self._unwritable(problem)]

    def _faults(self) -> list[Fault]:
        """Return what is wrong with the path; raise OSError if nothing can be written there."""
        if self.path.exists() and not self.path.is_dir():
            return [self._fault("a file", "expected a new or empty folder")]
        if self.path.is_dir() and (held := sorted(os.listdir(self.path))):
            some = ", ".join(held[:3]) + (", ..." if len(held) > 3 else "")
            return [self._fault(f"a folder that holds {some}", "expected a new or empty one")]
        # Permissions lie (root, network drives, full disks): only a file that was made proves it.
        with tempfile.TemporaryDirectory(dir=self._nearest_existing(), prefix=".creditsim-") as trial:
            Path(trial, "trial").write_bytes(b"creditsim")
        return []

    @contextlib.contextmanager
    def filling(self) -> Iterator[Path]:
        """Give a hidden folder to write into; show it under its name only if all went well.

        Raises
        ------
        InputError
            If something cannot be written; then nothing is left behind.
        """
        made: list[Path] = []
        try:
            # Beside the folder, so that one rename shows all files at once; inside it where it
            # stands already, since its parent may belong to somebody else.
            inside = self.path.is_dir()
            where = self.path if inside else self.path.parent
            made = _make_folders(where)
            staging = Path(tempfile.mkdtemp(dir=where, prefix=f".{self.path.name}."))
            try:
                os.chmod(staging, 0o777 & ~_umask())
                yield staging
                if inside:
                    for written in sorted(staging.iterdir()):
                        os.replace(written, self.path / written.name)
                    staging.rmdir()
                else:
                    os.rename(staging, self.path)
            except BaseException:
                shutil.rmtree(staging, ignore_errors=True)
                raise
        except BaseException as problem:
            for folder in reversed(made):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            if isinstance(problem, OSError):
                raise InputError(self._unwritable(problem)) from None
            raise

    def _nearest_existing(self) -> Path:
        """Return the folder itself or the nearest one above it that exists."""
        for folder in (self.path, *self.path.parents):
            if folder.exists():
                if not folder.is_dir():
                    raise NotADirectoryError(0, f"{folder.name} is a file")
                return folder
        raise FileNotFoundError(0, "no such drive")

    def _fault(self, what: str, expected: str) -> Fault:
        """Return a fault of this option."""
        return Fault(f"got {self.shown!r}, {what}, {expected}", key="--out")

    def _unwritable(self, problem: OSError) -> Fault:
        """Return the fault of a place where nothing can be written."""
        reason = problem.strerror or str(problem)
        return self._fault(f"where nothing can be written ({reason})", "expected a folder of your own")


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder and those above it; return what was made, the uppermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()][::-1]
    for each in missing:
        each.mkdir()
    return missing


def _umask() -> int:
    """Return the mask for new files: temporary folders are private, results need not be."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
