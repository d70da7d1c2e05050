"""Turn pydantic's errors into the house's one-line faults: got, expected, nearest name."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from typing import Any

from creditsim.core.errors import nearest

_EXPECTED = {
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "string": "text",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping (key: value)",
    "mapping": "a mapping (key: value)",
    "model": "a mapping (key: value)",
    "dataclass": "a mapping (key: value)",
    "none": "nothing",
    "finite": "a finite number",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
    "greater_than": ("gt", "more than"),
    "less_than": ("lt", "less than"),
}


def shown(value: Any) -> str:
    """Return a value as a fault shows it: as in YAML, and short.

    Examples
    --------
    >>> shown(True), shown("x"), shown(None), shown({"a": 1})
    ('true', "'x'", 'nothing', 'a mapping')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def translate(error: Any, model: Any) -> tuple[tuple, str]:
    """Return the key path and the message of one pydantic error."""
    keys = tuple(error["loc"])
    kind = error["type"]
    context = error.get("ctx") or {}
    got = error.get("input")
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        known = _fields(_at(model, keys[:-1]))
        options = ", ".join(known)
        return keys, f"got an unknown key, expected one of: {options}{nearest(keys[-1], known)}"
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return keys, "got nothing, expected a value (the key is missing)"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return keys, f"got {shown(got)}, expected {words} {context[name]:g}"
    if kind == "literal_error":
        options = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
        return keys, f"got {shown(got)}, expected {context['expected']}{nearest(got, options)}"
    if kind == "value_error":
        return keys, str(context["error"])
    if kind in ("too_short", "too_long"):
        return keys, f"got {context['actual_length']} values, expected {_length(kind, context)}"
    expected = _EXPECTED.get(kind.split("_")[0])
    return keys, f"got {shown(got)}, expected {expected}" if expected else error["msg"]


def _length(kind: str, context: dict) -> str:
    """Return the words for a bound on a length."""
    if kind == "too_short":
        return f"at least {context['min_length']}"
    return f"at most {context['max_length']}"


def _at(model: Any, keys: tuple) -> Any:
    """Return the type that a model has at a key path, or None."""
    for key in keys:
        model = _peeled(model)
        if _is_record(model):
            model = typing.get_type_hints(model, include_extras=True).get(str(key))
        else:
            arguments = [each for each in typing.get_args(model) if each is not Ellipsis]
            model = arguments[-1] if arguments else None
    return _peeled(model)


def _peeled(model: Any) -> Any:
    """Return a type without Annotated and Optional around it."""
    while True:
        origin = typing.get_origin(model)
        if origin is typing.Annotated:
            model = typing.get_args(model)[0]
        elif origin in (typing.Union, types.UnionType):
            model = next(each for each in typing.get_args(model) if each is not type(None))
        else:
            return model


def _is_record(model: Any) -> bool:
    """Say whether a type is a dataclass or a pydantic model."""
    return dataclasses.is_dataclass(model) or hasattr(model, "model_fields")


def _fields(model: Any) -> list[str]:
    """Return the names that a record type accepts, in order."""
    if model is not None and dataclasses.is_dataclass(model):
        return [each.name for each in dataclasses.fields(model) if each.init]
    return list(getattr(model, "model_fields", {}))
