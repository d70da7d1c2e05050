"""Which versions of Python and of packages are at work here."""

from __future__ import annotations

import platform
from importlib import metadata


def versions_of(*names: str) -> dict[str, str]:
    """Return the versions of Python and of named distributions.

    A source tree that was not installed has none.
    """
    return {"python": platform.python_version(), **{name: _version(name) for name in names}}


def _version(name: str) -> str:
    """Return a distribution's version."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
