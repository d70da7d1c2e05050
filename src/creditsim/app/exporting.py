"""Where an export goes: beside the store unless somebody says otherwise, never over something."""

from __future__ import annotations

from pathlib import Path

from creditsim.core.errors import Fault, InputError


def target_of(folder: str, out: str | None, to: str) -> Path:
    """Return the file to write.

    Raises
    ------
    InputError
        If it is there already, or its folder is not.

    Examples
    --------
    >>> target_of("no-such-folder/results/", None, "csv").as_posix()
    Traceback (most recent call last):
    creditsim.core.errors.InputError: --out: got 'no-such-folder/results.csv', expected a folder that is there
    """
    path = Path(f"{Path(folder)}.{to}") if out is None else Path(out).expanduser()
    if not path.parent.is_dir():
        raise InputError(Fault(f"got {path.as_posix()!r}, expected a folder that is there", key="--out"))
    beside = path.with_suffix(".card.json")
    if to == "csv" and beside.exists():
        got = f"got {beside.as_posix()!r} beside it, which is there already"
        raise InputError(Fault(f"{got}; name another", key="--out"))
    if path.exists():
        raise InputError(Fault(f"got {path.as_posix()!r}, which is there already; name another", key="--out"))
    return path
