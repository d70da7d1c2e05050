"""Read YAML files strictly and say where each fault is.

`read_document` gives plain Python values with the line of every key; `validate` checks
them against a pydantic model and reports all faults at once, one line each. YAML 1.2, one
document a file; no anchors, aliases or tags, since what is read must be what is seen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from creditsim.core.errors import Fault, InputError
from creditsim.core.identifiers import kinds_in, name_faults, refusal, screen_text
from creditsim.core.kept import kept
from creditsim.spec.faults import shown as shown_value
from creditsim.spec.faults import translate

LARGEST_FILE_BYTES = 8_000_000
"""Files above this size are refused: no scenario is that long, and parsing would stall."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}


@dataclass(frozen=True)
class Document:
    """One YAML document as plain Python values, with the lines they stand on.

    Attributes
    ----------
    data : dict, list, str, int, float, bool or None
        The content. Keys of mappings are always text.
    path : pathlib.Path
        Where it was read from.
    shown : str
        The path as the user named it; faults begin with it.
    lines : dict
        1-based line of each key path, e.g. ``("policy", "score.city_on")``.
    """

    data: Any
    path: Path
    shown: str
    lines: Mapping[tuple, int] = field(repr=False)

    def line(self, *keys: str | int) -> int | None:
        """Return the line of a key path, or of the nearest key above it that is there."""
        for length in range(len(keys), -1, -1):
            if keys[:length] in self.lines:
                return self.lines[keys[:length]]
        return None

    def fault(self, message: str, *keys: str | int) -> Fault:
        """Return a fault placed at a key path."""
        return Fault(message, self.shown, self.line(*keys), ".".join(str(key) for key in keys))


def read_document(path: str | os.PathLike[str], shown: str | None = None, keep: bool = False) -> Document:
    """Read one YAML file.

    Parameters
    ----------
    path : path
        The file.
    shown : str, optional
        How faults name the file; by default as given in `path`.
    keep : bool
        Keep what it says in the user's cache folder: parsing all shipped files takes a second.

    Raises
    ------
    InputError
        If the file is missing, is a folder, cannot be read, is no UTF-8, is no valid
        YAML, or holds duplicate keys, anchors, aliases, tags or several documents; if a file of
        the user's, or its name, holds an identifier of a person or firm.
    """
    shown = os.fspath(path) if shown is None else shown
    builder = _Builder(Path(path), shown)
    if not keep:
        refuse_name(shown)
        text = _read_text(Path(path), shown)
        # Before anything else looks at it: the fault of a wrong value would show what it got.
        refuse_identifiers(text, shown)
        document = builder.build(text)
        if "\\" in text:
            _refuse_escaped(document)
        return document
    text = _read_text(Path(path), shown)
    data, lines = kept("spec", text.encode(), lambda: _as_json(builder.build(text)))
    return Document(data, Path(path), shown, {tuple(keys): line for keys, line in lines})


def refuse_name(shown: str) -> None:
    """Raise InputError if the name of a user's file holds an identifier; it is not shown."""
    faults = name_faults(shown)
    if faults:
        raise InputError(faults)


def refuse_identifiers(text: str, shown: str) -> None:
    """Raise InputError if a text that a user gave holds identifiers, with the line and column of each."""
    found = screen_text(text)
    if found:
        raise InputError([each.fault(shown) for each in found])


def _refuse_escaped(document: Document) -> None:
    """Raise InputError if a text holds identifiers once its escapes are read."""
    faults = []
    for keys, line in document.lines.items():
        value = document.data
        for key in keys:
            value = value[key] if isinstance(value, Mapping) and key in value else (
                value[key] if isinstance(value, list) and isinstance(key, int) else None)  # fmt: skip
        texts = [each for each in (value, *keys[-1:]) if isinstance(each, str)]
        for kind in dict.fromkeys(kind for text in texts for kind in kinds_in(text)):
            faults.append(Fault(refusal(kind), document.shown, line))
    if faults:
        raise InputError(faults)


def _as_json(document: Document) -> list:
    """Return the content of a document and the line of each key path as a JSON value."""
    return [document.data, [[list(keys), line] for keys, line in document.lines.items()]]


def check(document: Document, model: Any) -> tuple[Any, list[Fault]]:
    """Return a document's content as an instance of a pydantic model, and its faults.

    The instance is None if there is any fault. `model` may be anything that pydantic can
    validate, e.g. a model or ``dict[str, Model]``.
    """
    import pydantic

    try:
        return pydantic.TypeAdapter(model).validate_python(document.data), []
    except pydantic.ValidationError as error:
        return None, placed(document, error, model)


def format_faults(document: Document) -> list[Fault]:
    """Return the fault of a user's file whose format is not 1; that it says none is seen elsewhere."""
    version = document.data.get("format", 1) if isinstance(document.data, Mapping) else 1
    if version == 1 and not isinstance(version, bool):
        return []
    return [document.fault(f"got {shown_value(version)}, expected 1", "format")]


def placed(document: Document, error: Any, model: Any, *keys: str | int) -> list[Fault]:
    """Return the faults of a pydantic error about the part of a document at a key path."""
    faults: dict[tuple, Fault] = {}
    for each in error.errors(include_url=False):
        path, message = translate(each, model)
        written = _written(document.data, (*keys, *path), each["type"].startswith("missing"))
        # A union gives one error an alternative: the first says enough.
        faults.setdefault(written, document.fault(message, *written))
    return sorted(faults.values(), key=lambda fault: fault.line or 0)


def _written(data: Any, keys: tuple, is_missing: bool) -> tuple:
    """Return the part of a key path that the data has, without pydantic's own marks.

    Of a missing key the path includes the key itself.
    """
    for depth, key in enumerate(keys):
        there = key in data if isinstance(data, Mapping) else isinstance(data, list) and isinstance(key, int)
        if not there:
            return keys[: depth + 1] if is_missing else keys[:depth]
        data = data[key]
    return keys


def validate(document: Document, model: Any) -> Any:
    """Return a document's content as an instance of a pydantic model.

    Raises
    ------
    InputError
        All faults at once, each ``file:line: key: got X, expected Y, nearest Z``.
    """
    value, faults = check(document, model)
    if faults:
        raise InputError(faults)
    return value


def _read_text(path: Path, shown: str) -> str:
    """Return the text of a file without byte-order mark, or say why not."""
    try:
        if path.is_dir():
            raise InputError(Fault("got a folder, expected a YAML file", shown))
        if path.stat().st_size > LARGEST_FILE_BYTES:
            got = f"got more than {LARGEST_FILE_BYTES:,} bytes, expected a YAML file"
            raise InputError(Fault(got, shown))
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(Fault("got no such file, expected a YAML file", shown)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(Fault(f"cannot be read ({reason}), expected a YAML file", shown)) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        got = f"got the byte 0x{content[error.start]:02X}, expected text in UTF-8"
        raise InputError(Fault(got, shown, line)) from None


class _Builder:
    """Builds plain values from parser events, keeping lines and collecting faults."""

    def __init__(self, path: Path, shown: str):
        self.path = path
        self.shown = shown
        self.lines: dict[tuple, int] = {}
        self.faults: list[Fault] = []

    def build(self, text: str) -> Document:
        """Return the document, or raise with all its faults."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        try:
            events = self._checked(YAML(typ="safe", pure=True).parse(text))
            data = self._value(events, ())
            for _ in events:  # whatever comes after the first document is a fault
                pass
        except YAMLError as error:
            self.faults.append(_syntax_fault(error, text, self.shown))
            data = None
        except RecursionError:
            got = "got values nested too deeply, expected at most a few levels"
            self.faults.append(Fault(got, self.shown))
            data = None
        if self.faults:
            raise InputError(self.faults)
        return Document(data, self.path, self.shown, self.lines)

    def _checked(self, events: Any) -> Iterator[Any]:
        """Yield the events that carry values; note what this reader refuses."""
        documents = 0
        for event in events:
            name = type(event).__name__
            line = event.start_mark.line + 1
            if name == "DocumentStartEvent":
                documents += 1
                if documents == 2:
                    self.faults.append(Fault("got a second document, expected one a file", self.shown, line))
            elif documents == 1 and name in _CARRIERS:
                if getattr(event, "anchor", None) is not None:
                    what = "an alias" if name == "AliasEvent" else "an anchor"
                    mark = "*" if name == "AliasEvent" else "&"
                    got = f"got {what} ({mark}{event.anchor}), expected the value written out"
                    self.faults.append(Fault(got, self.shown, line))
                if getattr(event, "tag", None) is not None:
                    got = f"got a tag ({event.tag}), expected a plain value"
                    self.faults.append(Fault(got, self.shown, line))
                yield event

    def _value(self, events: Iterator[Any], keys: tuple) -> Any:
        """Return the next value; an empty document is None."""
        event = next(events, None)
        return None if event is None else self._from(event, events, keys)

    def _from(self, event: Any, events: Iterator[Any], keys: tuple) -> Any:
        """Return the value that begins with an event."""
        self.lines.setdefault(keys, event.start_mark.line + 1)
        name = type(event).__name__
        if name == "MappingStartEvent":
            return self._mapping(events, keys)
        if name == "SequenceStartEvent":
            return self._sequence(events, keys)
        return _scalar(event) if name == "ScalarEvent" else None

    def _mapping(self, events: Iterator[Any], keys: tuple) -> dict[str, Any]:
        """Return a mapping; a key that comes twice is a fault, never the last one's win."""
        found: dict[str, Any] = {}
        for event in events:
            if type(event).__name__ == "MappingEndEvent":
                return found
            line = event.start_mark.line + 1
            if type(event).__name__ != "ScalarEvent":
                self._from(event, events, (*keys, "?"))
                self._value(events, (*keys, "?"))
                self.faults.append(Fault("got a list or mapping as a key, expected text", self.shown, line))
                continue
            key = event.value
            path = (*keys, key)
            if key in found:
                got = f"got the key twice (first on line {self.lines[path]}), expected it once"
                self.faults.append(Fault(got, self.shown, line, ".".join(map(str, path))))
                self._value(events, (*path, "again"))
                continue
            self.lines[path] = line
            found[key] = self._value(events, path)
        return found

    def _sequence(self, events: Iterator[Any], keys: tuple) -> list[Any]:
        """Return a list."""
        found: list[Any] = []
        for event in events:
            if type(event).__name__ == "SequenceEndEvent":
                return found
            found.append(self._from(event, events, (*keys, len(found))))
        return found


_CARRIERS = frozenset(
    {
        "ScalarEvent",
        "AliasEvent",
        "MappingStartEvent",
        "MappingEndEvent",
        "SequenceStartEvent",
        "SequenceEndEvent",
    }
)


def _scalar(event: Any) -> Any:
    """Return a scalar by the core schema of YAML 1.2: no dates, no yes/no, no octals by a zero.

    Resolved here because the parser's own rules turn 2020-02-01 into a date.
    """
    text = event.value
    if not event.implicit[0] or event.style in ("'", '"', "|", ">"):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 19 else float(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text


def _syntax_fault(error: Any, text: str, shown: str) -> Fault:
    """Return the fault for text that is no YAML, without the parser's drawing of it."""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line = mark.line + 1
    else:
        position = getattr(error, "position", None)
        line = None if position is None else text.count("\n", 0, position) + 1
    if "'\\t'" in problem:
        return Fault("got a tab, expected spaces", shown, line)
    return Fault(f"is no valid YAML ({problem}), expected `key: value` lines", shown, line)
