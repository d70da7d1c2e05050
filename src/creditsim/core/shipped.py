"""Find the data files that travel with the package."""

from __future__ import annotations

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
