"""What all catalogues share: passports of values, and reading one entry a name.

A catalogue file holds one mapping of entries; each entry becomes a frozen dataclass whose
fields are the file's keys, checked strictly: a number is no text and a switch no number.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from creditsim.core.errors import Fault, InputError
from creditsim.core.shipped import data_path
from creditsim.spec.faults import shown
from creditsim.spec.files import Document, placed, read_document

STRICT = ConfigDict(strict=True, extra="forbid")
"""How every record is checked: no conversions, no unknown keys."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Texts = Annotated[tuple[str, ...], Field(strict=False)]
SourceKind = Literal[
    "plan",
    "law",
    "retrieved",
    "proxy",
    "derived",
    "assumption",
    "survey",
    "official_statistics",
    "paper",
    "news",
    "census",
]
Confidence = Literal["H", "M", "L"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Passport:
    """Where a value comes from.

    Attributes
    ----------
    source, source_kind, confidence, note : str
        ``assumption`` is a source, empty is not; confidence is H, M or L.
    """

    source: Annotated[str, Field(min_length=1)]
    source_kind: SourceKind
    confidence: Confidence
    note: str = field(default="", repr=False)


@functools.cache
def catalogue_document(file_name: str) -> Document:
    """Return a shipped catalogue file, read once a process and checked for its format."""
    document = read_document(data_path(file_name), shown=f"data/{file_name}", keep=True)
    version = document.data.get("format") if isinstance(document.data, Mapping) else None
    if version != 1 or isinstance(version, bool):
        raise InputError(document.fault(f"got {version!r}, expected format: 1", "format"))
    return document


def read_entries(file_name: str, section: str, record: type, name_field: str) -> dict[str, Any]:
    """Return the entries of a catalogue by name, in the file's order.

    Parameters
    ----------
    file_name : str
        File in the data folder.
    section : str
        Key of the mapping that holds the entries.
    record : type
        Pydantic dataclass of one entry.
    name_field : str
        Field of the record that receives the entry's name.

    Raises
    ------
    InputError
        All faults of the file at once.
    """
    document = catalogue_document(file_name)
    entries = document.data.get(section)
    if not isinstance(entries, Mapping):
        raise InputError(document.fault("got no entries, expected a mapping of entries by name", section))
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, entry in entries.items():
        if not isinstance(entry, Mapping):
            got = f"got {shown(entry)}, expected a mapping (key: value)"
            faults.append(document.fault(got, section, name))
            continue
        try:
            found[name] = record(**{name_field: name, **entry})
        except ValidationError as error:
            faults += placed(document, error, record, section, name)
    if faults:
        raise InputError(faults)
    return found
