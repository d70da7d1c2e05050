"""A JSON schema of scenario files, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from creditsim.spec.levers import Lever, levers
from creditsim.spec.scenario import (
    MOST_BURN_IN_MONTHS,
    MOST_MONTHS,
    population_names,
    scenario_names,
)

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
MONTH_OR_NEVER = r"^(never|\d{4}-(0[1-9]|1[0-2]))$"

DRAFT = "https://json-schema.org/draft/2020-12/schema"

WORDS = {
    "type": "object",
    "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
    "required": ["en"],
    "additionalProperties": False,
}
"""Text by language."""

HORIZON = {
    "months": {"type": "integer", "minimum": 1, "maximum": MOST_MONTHS},
    "burn_in_months": {"type": "integer", "minimum": 0, "maximum": MOST_BURN_IN_MONTHS},
}


def scenario_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a scenario file.

    Examples
    --------
    >>> scenario_schema()["properties"]["format"]
    {'const': 1}
    """
    return {
        "$schema": DRAFT,
        "title": "creditsim scenario",
        "type": "object",
        "required": ["format"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": 1},
            "title": WORDS,
            "about": WORDS,
            "base": {"enum": list(scenario_names())},
            "population": {"enum": list(population_names())},
            "start": {"type": "string", "pattern": MONTH},
            **HORIZON,
            "policy": _section("policy"),
            "rollout": _section("rollout"),
            "world": _section("world"),
        },
    }


def _section(section: str) -> dict[str, Any]:
    """Return the schema of one section of levers."""
    properties = {}
    for name, lever in levers().items():
        home = name.split(".")[0]
        if section == "policy" and home not in ("rollout", "world"):
            properties[name] = lever_schema(lever)
        elif home == section:
            properties[name.removeprefix(f"{section}.")] = properties[name] = lever_schema(lever)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def lever_schema(lever: Lever) -> dict[str, Any]:
    """Return the schema of one lever's value."""
    described = {"description": f"{lever.title_en}: {lever.expected}"}
    if lever.form == "switch":
        return {**described, "type": "boolean"}
    if lever.form == "choice":
        return {**described, "enum": list(lever.options)}
    if lever.form == "month":
        return {**described, "type": "string", "pattern": MONTH_OR_NEVER}
    kind = "integer" if lever.whole else "number"
    ranged = {"type": kind, "minimum": lever.low, "maximum": lever.high}
    if lever.low <= lever.off <= lever.high:
        return {**described, **ranged}
    return {**described, "anyOf": [ranged, {"const": lever.off}]}
