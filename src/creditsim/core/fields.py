"""Structured arrays whose fields are attributes, as cheap to read as plain arrays.

``np.recarray`` looks up every attribute in Python, ``shape`` and ``dtype`` included: microseconds for each
field, and again for each array that is handed to a compiled rule. In a small run that is a third of a month.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np


class FieldArray(np.ndarray):
    """A structured array, made by `with_fields`: each field is an attribute, a plain array on its memory.

    A field named like something that every array has (``item``, ``flags``) is read by ``array["item"]``.
    """

    __slots__ = ()  # a misspelt field is refused instead of kept beside the others

    def __getitem__(self, key: Any) -> Any:
        """Return a field as a plain array, one row as an ``np.record``, several rows with fields again."""
        found = self.view(np.ndarray)[key]
        if isinstance(found, np.ndarray) and found.dtype.names is not None:
            return with_fields(found)
        return found

    def __reduce__(self) -> tuple:
        """Pickle the plain array: the class is made anew where it is read."""
        return with_fields, (np.array(self, subok=False),)


def with_fields(array: np.ndarray) -> FieldArray:
    """Return a structured array, on the same memory, with its fields as attributes.

    Examples
    --------
    >>> pair = with_fields(np.zeros(2, [("row", "i4"), ("mp", "i8")]))
    >>> pair.mp[1] = 5
    >>> int(pair[1].mp)
    5
    """
    made, dtype = _class_of(array.dtype)
    return array.view(dtype, made)


@functools.cache
def _class_of(dtype: np.dtype) -> tuple[type[FieldArray], np.dtype]:
    """Return the class with an attribute for each field, and the dtype whose single rows are records."""
    fields = {name: _field(name) for name in dtype.names if not hasattr(np.ndarray, name)}
    return type("FieldArray", (FieldArray,), {"__slots__": (), **fields}), np.dtype((np.record, dtype))


def _field(name: str) -> property:
    """Return the property that reads and writes a field."""

    def read(array: FieldArray) -> np.ndarray:
        return array.view(np.ndarray)[name]

    def write(array: FieldArray, value: Any) -> None:
        array.view(np.ndarray)[name] = value

    return property(read, write)
