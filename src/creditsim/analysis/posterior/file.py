"""Write a posterior as a file that experiments take their worlds from."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from creditsim import __version__
from creditsim.analysis.posterior.inference import Fitted
from creditsim.core.fingerprint import fingerprint_json
from creditsim.model.case import versions_of_results

TOTAL_WEIGHT = 1_000_000
"""What the whole weights of a file add up to, about."""

METHOD = "population Monte Carlo with approximate Bayesian computation on the patterns' bands"


def posterior_text(found: Fitted) -> str:
    """Return the text of a posterior's file, format 1; see docs/formats.md.

    The same fit gives the same text: there is no date in it.
    """
    population = found.population
    weights = np.maximum(np.round(population.weights * TOTAL_WEIGHT).astype(np.int64), 1)
    lines = [
        "# Worlds that fit, written by `creditsim fit`; an experiment reads it under",
        "# worlds: {design: posterior, file: THIS FILE, number: 16}",
        "format: 1",
        "kind: posterior",
        f"passport: {_told(_passport(found))}",
        f"fitted: {_told([each.name for each in found.summaries])}",
        f"provenance: {_told(_provenance(found))}",
        "factors:",
        *(f"  {axis.name}: {_told(_prior(axis))}" for axis in found.prior.axes),
        "# Values in the order of the factors, then the weight.",
        "particles:",
        *(
            f"  - {_told([*row, weight])}"
            for row, weight in zip(population.values.tolist(), weights.tolist(), strict=True)
        ),
    ]
    return "\n".join(lines) + "\n"


def _passport(found: Fitted) -> dict[str, str]:
    """Return where the values come from."""
    names = ", ".join(each.name for each in found.summaries)
    return {
        "source": f"fitted to the bands of {names} (data/patterns.yaml)",
        "source_kind": "derived",
        "confidence": "L",
        "note": "synthetic population; not validated against the district's data",
    }


def _provenance(found: Fitted) -> dict[str, Any]:
    """Return how the particles were made."""
    fit = found.fit
    return {
        "creditsim": __version__,
        **versions_of_results(),
        "method": METHOD,
        "fit": fit.name,
        "inputs": fit.fingerprint,
        "seed": fit.seed,
        "scale": fit.scale,
        "months": found.months,
        "rounds": len(found.population.rounds),
        "simulated": found.simulated,
        "tolerance": found.tolerance,
        "effective": round(found.population.effective, 1),
        "result": fingerprint_json(
            {"values": found.population.values.tolist(), "weights": found.population.weights.tolist()}
        ),
    }


def _prior(axis: Any) -> dict[str, Any]:
    """Return an axis's prior; a uniform one has no mode."""
    told = {"low": axis.low, "high": axis.high, "shape": axis.shape}
    return told if axis.mode is None else {**told, "mode": axis.mode}


def _told(value: Any) -> str:
    """Return a value as one line of YAML: JSON is YAML too."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
