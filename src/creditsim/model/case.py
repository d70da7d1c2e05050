"""The case of a run: all that decides its results, and the key by which the run is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from creditsim.core.compiled import source_digest
from creditsim.core.fingerprint import fingerprint_json
from creditsim.core.shipped import data_digest
from creditsim.spec.scenario import Scenario

VERSIONS = ("model", "data")
"""Keys of a case that name the code and the data: SHA-256 over sources and over shipped files."""


def case_of(
    scenario: Scenario,
    scale: float,
    seed: int,
    replication: int,
    only: Sequence[str] = (),
    branch: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return all that decides a run's results, ready for JSON; versions of code and data included.

    Parameters
    ----------
    branch : dict, optional
        Of a run that began as another one: the ``month`` in which it went on as this one, and the
        ``inputs`` of a run of the other one up to there.
    """
    case = {
        "scenario": scenario.inputs(),
        "scale": scale,
        "seed": seed,
        "replication": replication,
        "only": sorted(only),
        **versions_of_results(),
    }
    return {**case, "branch": branch} if branch else case


def versions_of_results() -> dict[str, str]:
    """Return what names the code and the data that results come from, by the keys `VERSIONS`."""
    return dict(zip(VERSIONS, (source_digest("model"), data_digest()), strict=True))


def run_key(case: dict) -> str:
    """Return the hash of a case: what a run is known by.

    The scenario is hashed first; for the keys of many runs it may stand there as its hash already.

    Examples
    --------
    >>> run_key({"scenario": {"levers": {}}, "seed": 1}) == run_key({"seed": 1, "scenario": {"levers": {}}})
    True
    """
    scenario = case["scenario"]
    hashed = scenario if isinstance(scenario, str) else fingerprint_json(scenario)
    return fingerprint_json({**case, "scenario": hashed})
