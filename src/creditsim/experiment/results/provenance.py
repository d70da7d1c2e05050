"""Say where and with what runs were made; it travels in every shard and is no part of any result."""

from __future__ import annotations

import platform
from datetime import UTC, datetime

from creditsim import __version__
from creditsim.core.versions import versions_of

_PACKAGES = ("numpy", "numba", "mesa", "pandas", "pyarrow")


def provenance(experiment: str = "") -> dict:
    """Return the provenance of runs made here and now: versions, machine, time.

    Parameters
    ----------
    experiment : str
        Hash under which the store keeps the experiment they belong to.
    """
    return {
        **versions_of(*_PACKAGES),
        "creditsim": __version__,
        "platform": platform.platform(),
        "host": platform.node(),
        "time": now(),
        "experiment": experiment,
    }


def now() -> str:
    """Return the time (UTC), as it stands in records of who wrote what."""
    return datetime.now(UTC).isoformat(timespec="seconds")
