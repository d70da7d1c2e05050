"""Write a posterior as a file that experiments take their worlds from."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from creditsim import __version__
from creditsim.analysis.posterior.inference import Inference
from creditsim.core.fingerprint import fingerprint_json

TOTAL_WEIGHT = 1_000_000
"""What the whole weights of a file add up to, about."""

METHOD = "population Monte Carlo with approximate Bayesian computation, regression adjustment"
METHOD_OF_BANDS = "population Monte Carlo with approximate Bayesian computation on bands"


def posterior_text(found: Inference) -> str:
    """Return the text of a posterior's file, format 1; see docs/formats.md.

    The same calibration gives the same text: there is no date in it.
    """
    population = found.population
    weights = np.maximum(np.round(population.weights * TOTAL_WEIGHT).astype(np.int64), 1)
    lines = [
        "# Worlds that fit, written by `creditsim infer`: worlds: {design: posterior, file: THIS FILE}",
        "format: 1",
        "kind: posterior",
        f"passport: {_told(_passport(found))}",
        f"fitted: {_told([each.name for each in found.summaries])}",
        f"provenance: {_told(_provenance(found))}",
        "factors:",
        *(f"  {axis.name}: {_told(_prior(axis))}" for axis in found.prior.axes),
        "# Values in the order of the factors, then the weight.",
        "particles:",
        *(f"  - {_told([*row, weight])}" for row, weight in zip(population.values.tolist(), weights.tolist())),
    ]
    return "\n".join(lines) + "\n"


def _passport(found: Inference) -> dict[str, str]:
    """Return where the values come from."""
    if found.truth is None:
        source = f"calibrated on {', '.join(each.name for each in found.summaries)} (data/patterns.yaml)"
        note = "synthetic population; not validated against the district's data"
    else:
        source = "calibrated on a synthetic truth: a test of the method that says nothing about the field"
        note = f"truth: {json.dumps(dict(zip(found.prior.names, found.truth.tolist())))}"
    return {"source": source, "source_kind": "derived", "confidence": "L", "note": note}


def _provenance(found: Inference) -> dict[str, Any]:
    """Return how the particles were made."""
    plan, last = found.plan, found.rounds[-1]
    return {
        "creditsim": __version__,
        "method": METHOD if found.population.target.is_point else METHOD_OF_BANDS,
        "experiment": found.experiment.name,
        "inputs": found.experiment.fingerprint,
        "seed": plan.seed,
        "particles": plan.particles,
        "kept_share": plan.kept_share,
        "rounds": len(found.rounds),
        "simulated": sum(each.simulated for each in found.rounds),
        "tolerance": last.tolerance,
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
