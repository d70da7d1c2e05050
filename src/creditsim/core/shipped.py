"""Find the data files that travel with the package."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def data_path(*parts: str) -> Path:
    """Return the path of a shipped data file or folder.

    In a wheel the folder ``data/`` of the repository is ``creditsim/_data``; in an
    editable install it is read where it stands.

    Raises
    ------
    FileNotFoundError
        If this installation carries no data folder.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parents[1] / "data"):
        if root.is_dir():
            return root.joinpath(*parts)
    raise FileNotFoundError(
        f"creditsim's data folder is missing beside {_PACKAGE}; install the package again"
    )


NOT_READ_BY_RUNS = ("experiments", "fits", "posteriors", "schemas", "patterns.yaml", "validation.yaml")
"""What says which runs there are, helps editors, or is held against results: none of it decides a result.

Values drawn from a posterior stand in the keys of the runs themselves.
"""


@functools.cache
def data_digest() -> str:
    """Return the SHA-256 (hex) over the shipped data files that a run reads, by path and content."""
    digest = hashlib.sha256()
    root = data_path()
    for path in sorted(root.rglob("*")):
        where = path.relative_to(root)
        if path.is_file() and where.parts[0] not in NOT_READ_BY_RUNS and where.name != "README.md":
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
