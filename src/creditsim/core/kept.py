"""Keep what takes long to read in the user's cache folder, beside the compiled rules.

What is kept is named by the digest of what it was made from, and lies in the folder of the sources that
made it: whatever changes, it is made anew. Nothing here can stop a run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from creditsim.core.compiled import cache_folder


def kept(room: str, content: bytes, make: Callable[[], Any]) -> Any:
    """Return what `make` makes of some content, a JSON value; from the cache folder if it is there.

    Parameters
    ----------
    room : str
        The room whose sources make it.
    content : bytes
        All that `make` reads.
    make : callable
        Its faults are its own: only what it returns is kept.
    """
    path = cache_folder(room) / f"{hashlib.sha256(content).hexdigest()[:32]}.json"
    try:
        return _opened(path.read_bytes())
    except (OSError, ValueError):
        value = make()
        with contextlib.suppress(OSError):
            _write(path, _sealed(value))
        return value


def _sealed(value: Any) -> bytes:
    """Return a value as JSON behind its own digest."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(text).hexdigest().encode() + b"\n" + text


def _opened(sealed: bytes) -> Any:
    """Return the value of `_sealed`; raise ValueError if a byte of it has changed."""
    digest, _, text = sealed.partition(b"\n")
    if hashlib.sha256(text).hexdigest().encode() != digest:
        raise ValueError("got a damaged file")
    return json.loads(text)


def _write(path: Path, content: bytes) -> None:
    """Write a file in one step, so that no other process reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
