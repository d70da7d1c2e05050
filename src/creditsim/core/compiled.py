"""Compile scalar rules with Numba, cached by the digest of our own sources.

Numba's own cache does not notice a changed callee in another file, so the cache folder of
a rule carries the SHA-256 of every source that it can call: its own room and the rooms below,
since imports only go down. A changed line there means a new folder; one further up does not.
The digest of all sources is the model version that goes into run keys.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("core", "scoring", "spec", "population", "model")
"""Rooms with compiled rules, from the ground up."""


@functools.cache
def source_digest(room: str = "") -> str:
    """Return the SHA-256 (hex) over Python sources, by path and content.

    Parameters
    ----------
    room : str
        A room with compiled rules: its sources and those of the rooms below. Empty: the
        whole package.
    """
    below = _ROOMS[: _ROOMS.index(room) + 1] if room else ("",)
    digest = hashlib.sha256()
    for path in sorted(path for name in below for path in (_PACKAGE / name).rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
        digest.update(b"\0")
    return digest.hexdigest()


def _user_cache() -> Path:
    """Return the folder where this system keeps a user's caches."""
    if os.environ.get("CREDITSIM_CACHE_DIR"):
        return Path(os.environ["CREDITSIM_CACHE_DIR"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _is_writable(folder: Path) -> bool:
    """Say whether files can really be made in a folder, making the folder if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@functools.cache
def cache_folder(room: str = "") -> Path:
    """Return a writable folder for a room's compiled code; a temporary one if the user's is not."""
    folder = _user_cache() / "creditsim" / source_digest(room)[:32]
    if _is_writable(folder):
        return folder
    # Compiles anew in each process, but runs: a read-only home must not stop anyone.
    return Path(tempfile.mkdtemp(prefix="creditsim-compiled-"))


def compiled(rule: Callable) -> Callable:
    """Compile a scalar rule: no fast maths, no interpreter lock, cached on disk.

    The plain-Python form stays reachable as ``rule.py_func``; both give the same bits,
    because rules use only ``+ - * /``, comparison, integers and table look-ups.
    """
    return _compile(rule, "never")


def compiled_inline(rule: Callable) -> Callable:
    """Compile a rule as `compiled` does, its text written out wherever it is called.

    For rules in the innermost loops: only so does the compiler see a loop over them as a
    whole and do several rounds of it at a time. It makes callers longer to compile.
    """
    return _compile(rule, "always")


def _compile(rule: Callable, inline: str) -> Callable:
    """Compile a rule into the cache folder of its room."""
    import numba

    package, _, module = rule.__module__.partition(".")
    room = module.partition(".")[0]
    ours = package == "creditsim" and room in _ROOMS
    numba.config.CACHE_DIR = str(cache_folder(room if ours else ""))
    # NumPy's model of errors: a zero to divide by is not asked for before each division, and gives no
    # exception that a loop would have to be ready for.
    return numba.njit(cache=True, nogil=True, fastmath=False, inline=inline, error_model="numpy")(rule)
