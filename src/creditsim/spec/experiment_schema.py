"""A JSON schema of experiment files, for editors that complete and check YAML.

It refuses what the reader refuses, as far as one value shows it; whether files are there, ranges
are in order and scenarios fit each other only the reader can say.
"""

from __future__ import annotations

from typing import Any

from creditsim.spec.factors import GRID, LATIN_HYPERCUBE, LISTED, MOST_POINTS, POSTERIOR, SOBOL
from creditsim.spec.levers import Lever, levers
from creditsim.spec.limits import (
    HIGHEST_SCALE,
    LARGEST_KEY,
    LOWEST_SCALE,
    MOST_REPLICATIONS,
    MOST_SCENARIOS,
    MOST_WORLDS,
)
from creditsim.spec.outcomes import OF_COMPARISONS, outcomes
from creditsim.spec.scenario import scenario_names
from creditsim.spec.schema import DRAFT, HORIZON, WORDS, lever_schema
from creditsim.spec.until import HIGHEST_LEVEL, LOWEST_LEVEL
from creditsim.spec.vocabulary import PARTS

_REPLICATIONS = {"type": "integer", "minimum": 1, "maximum": MOST_REPLICATIONS}


def experiment_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of an experiment file.

    Examples
    --------
    >>> experiment_schema()["required"]
    ['format', 'scenarios']
    """
    return {
        "$schema": DRAFT,
        "title": "creditsim experiment",
        **_mapping(_properties(), "format", "scenarios"),
    }


def _properties() -> dict[str, Any]:
    """Return the schema of each key; a key with nothing after it is as one that is not there."""
    known = [name for each in outcomes().values() for name in (each.short, each.name)]
    known = [name for name in known if name and name not in _of_comparisons()]
    optional = {
        "title": WORDS,
        "about": WORDS,
        "baseline": {"type": "string"},
        "replications": _REPLICATIONS,
        "scale": {"type": "number", "minimum": LOWEST_SCALE, "maximum": HIGHEST_SCALE},
        **HORIZON,
        "seed": {"type": "integer", "minimum": 0, "maximum": LARGEST_KEY},
        "only": {"type": "array", "items": {"enum": list(PARTS)}},
        "shared_draws": {"type": "boolean"},
        "worlds": _worlds(),
        "outcomes": {"type": "array", "items": {"enum": known}, "minItems": 1},
        "until": _until(known),
    }
    scenario = {"anyOf": [{"enum": list(scenario_names())}, {"type": "string", "pattern": r"\.ya?ml$|/"}]}
    scenarios = {"type": "array", "items": scenario, "minItems": 1, "maxItems": MOST_SCENARIOS}
    first = {"format": {"const": 1}, "title": None, "about": None, "scenarios": scenarios}
    return {**first, **{key: _or_nothing(each) for key, each in optional.items()}}


def _worlds() -> dict[str, Any]:
    """Return the schema of the section ``worlds``: what each design asks for."""
    names = [name for name in levers() if name.startswith("world.")]
    factors = {
        key: _or_nothing(_factor(levers()[name]))
        for name in names
        for key in (name.removeprefix("world."), name)
    }
    powers = [1 << power for power in range(1, MOST_WORLDS.bit_length())]
    number = {"type": "integer", "minimum": 2, "maximum": MOST_WORLDS}
    values = {
        key: lever_schema(levers()[name]) for name in names for key in (name.removeprefix("world."), name)
    }
    row = {**_mapping(values), "minProperties": 1}
    worlds = _mapping(
        {
            "design": _or_nothing({"enum": [LATIN_HYPERCUBE, SOBOL, GRID, LISTED, POSTERIOR]}),
            "number": _or_nothing(number),
            "factors": _or_nothing({**_mapping(factors), "minProperties": 1}),
            "listed": _or_nothing({"type": "array", "items": row, "minItems": 1, "maxItems": MOST_WORLDS}),
            "file": _or_nothing({"type": "string", "minLength": 1}),
            "own_luck": _or_nothing({"type": "boolean"}),
        }
    )
    no_points = {"factors": {"additionalProperties": {"properties": {"points": {"type": "null"}}}}}
    spread = {"enum": [None, LATIN_HYPERCUBE, SOBOL]}
    return {
        **worlds,
        "allOf": [
            _if_design({"enum": [SOBOL]}, _keys(number={"enum": powers})),
            _if_design({"enum": [GRID]}, _keys("factors", number=_NOTHING, factors=_on_a_grid(), **_OF_NONE)),
            _if_design(
                {"enum": [LISTED]}, _keys("factors", "listed", number=_NOTHING, file=_NOTHING, **no_points)
            ),
            _if_design({"enum": [POSTERIOR]}, _keys("file", factors=_NOTHING, listed=_NOTHING)),
            {
                "if": {"properties": {"design": spread}},
                "then": _keys("factors", "number", number=number, **no_points, **_OF_NONE),
            },
        ],
    }


_NOTHING = {"type": "null"}
_OF_NONE = {"listed": _NOTHING, "file": _NOTHING}


def _keys(*required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    """Return what a design asks of the section's keys: these are there and more than nothing."""
    there = {key: {"not": _NOTHING} for key in required}
    both = {key: {"allOf": [there[key], properties[key]]} for key in there if key in properties}
    return {"required": list(required), "properties": {**there, **properties, **both}}


def _if_design(design: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what a design asks for."""
    return {"if": {"properties": {"design": design}, "required": ["design"]}, "then": then}


def _on_a_grid() -> dict[str, Any]:
    """Return what a grid asks of its factors: points or values of every range."""
    given = {"type": "object", "anyOf": [{"required": ["points"]}, {"required": ["values"]}]}
    numbers = [
        name for name, lever in levers().items() if name.startswith("world.") and lever.form == "number"
    ]
    keys = [key for name in numbers for key in (name.removeprefix("world."), name)]
    return {"properties": dict.fromkeys(keys, given)}


def _factor(lever: Lever) -> dict[str, Any]:
    """Return the schema of one factor: a range, another range with its source, or values."""
    value = lever_schema(lever)
    values = {"type": "array", "items": value, "minItems": 2, "uniqueItems": True}
    shared = {"values": _or_nothing(values), "source": _or_nothing({"type": "string", "minLength": 1})}
    if lever.form != "number":
        return {**_mapping(shared), **({"required": ["values"]} if lever.form == "month" else {})}
    end = {"type": value.get("type", "number"), "minimum": lever.low, "maximum": lever.high}
    points = {"type": "integer", "minimum": 2, "maximum": MOST_POINTS}
    ranged = {name: _or_nothing(each) for name, each in (("low", end), ("high", end), ("points", points))}
    catalogue = {"properties": {"low": {"enum": [None, lever.low]}, "high": {"enum": [None, lever.high]}}}
    sourced = {"required": ["source"], "properties": {"source": {"type": "string"}}}
    return {
        **_mapping({**ranged, **shared}),
        "description": f"{lever.title_en}: {lever.expected} ({lever.source})",
        "anyOf": [catalogue, sourced],
        "if": {"required": ["values"], "properties": {"values": {"type": "array"}}},
        "then": {"properties": {key: {"type": "null"} for key in ranged}},
    }


def _until(known: list[str]) -> dict[str, Any]:
    """Return the schema of the section ``until``."""
    width = {"type": "number", "exclusiveMinimum": 0}
    listed = {"type": "array", "items": {"enum": known}, "minItems": 1}
    widths = {**_mapping(dict.fromkeys(known, width)), "minProperties": 1}
    level = {"type": "number", "minimum": LOWEST_LEVEL, "maximum": HIGHEST_LEVEL}
    numbers = {"level": level, "at_most": _REPLICATIONS, "step": _REPLICATIONS}
    chosen = {"anyOf": [listed, widths, {"type": "null"}]}
    return _mapping({"outcomes": chosen, **{key: _or_nothing(each) for key, each in numbers.items()}})


def _of_comparisons() -> set[str]:
    """Return names and nicknames of what no single run has."""
    return {name for each in OF_COMPARISONS for name in (each, outcomes()[each].short) if name}


def _mapping(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """Return the schema of a mapping with these keys and no others."""
    closed = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**closed, "required": list(required)} if required else closed


def _or_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that admits a key with nothing after it."""
    return {"anyOf": [schema, {"type": "null"}]}
