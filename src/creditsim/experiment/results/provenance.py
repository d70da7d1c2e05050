"""Say where and with what runs were made; it travels in every shard and is no part of any result."""

from __future__ import annotations

import importlib.metadata
import platform
from datetime import UTC, datetime

from creditsim import __version__

_PACKAGES = ("numpy", "numba", "mesa", "pandas", "pyarrow")


def provenance(experiment: str = "") -> dict:
    """Return the provenance of runs made here and now: versions, machine, time.

    Parameters
    ----------
    experiment : str
        Hash under which the store keeps the experiment they belong to.
    """
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {
        "creditsim": __version__,
        "python": platform.python_version(),
        **versions,
        "platform": platform.platform(),
        "host": platform.node(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "experiment": experiment,
    }
