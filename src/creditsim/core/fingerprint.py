"""Fingerprints: the same results give the same text, on every machine.

A fingerprint hashes *results* (named columns of fixed types, little-endian, rows
sorted), never Parquet bytes or printed text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

_BLOCK = 1 << 20
"""Rows hashed at a time."""


def fingerprint_columns(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the SHA-256 (hex) of named tables of named columns.

    Parameters
    ----------
    tables : mapping of str to mapping of str to array_like
        For each table its columns, all of one length. A ``pandas.DataFrame`` is such a
        mapping. Order of tables, columns and rows does not matter.

    Notes
    -----
    Integers and booleans become ``<i8``, floats ``<f8`` (one bit pattern for NaN, and
    -0.0 counts as 0.0); text becomes its sorted distinct values and their ``<i8`` codes.
    """
    digest = hashlib.sha256()
    for table_name in sorted(tables):
        names = sorted(tables[table_name])
        columns = [_canonical(tables[table_name][name]) for name in names]
        digest.update(f"table {table_name}\n".encode())
        order = np.lexsort([values for _, values in columns[::-1]]) if columns else []
        for name, (words, values) in zip(names, columns, strict=True):
            wide = np.dtype("<f8" if values.dtype.kind == "f" else "<i8")
            digest.update(f"column {name} {wide.kind} {len(values)}\n".encode())
            for word in words:
                digest.update(f"{len(word.encode())} {word}\n".encode())
            for first in range(0, len(values), _BLOCK):
                digest.update(values[order[first : first + _BLOCK]].astype(wide).tobytes())
    return digest.hexdigest()


def fingerprint_json(value: Any) -> str:
    """Return the SHA-256 (hex) of a JSON value; key order does not matter."""
    return hashlib.sha256(json_text(value).encode()).hexdigest()


def json_text(value: Any) -> str:
    """Return a JSON value as the one text that stands for it; NaN is refused.

    Examples
    --------
    >>> json_text({"b": [1, None], "a": "å"})
    '{"a":"å","b":[1,null]}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _canonical(values: Any) -> tuple[list[str], np.ndarray]:
    """Return a column as (words, codes) for text, else ([], values): integers as they come, or ``<f8``.

    Rows of ten million agents are sorted by such columns: all at eight bytes would be what
    takes a run's most memory.
    """
    kind = getattr(values, "dtype", None)
    if getattr(kind, "name", "") == "category":
        categorical = values.array if hasattr(values, "array") else values
        codes = np.asarray(categorical.codes)
        used = np.unique(codes)
        words = [str(categorical.categories[code]) for code in used]
        return _text_codes(words, np.searchsorted(used, codes).astype(codes.dtype))
    array = np.asarray(values)
    if array.dtype.kind in "iub":
        return [], array.astype("<i8" if array.dtype.kind == "b" or array.dtype == np.uint64 else array.dtype)
    if array.dtype.kind == "f":
        array = array.astype("<f8") + 0.0
        array[np.isnan(array)] = np.nan
        return [], array
    position: dict[str, int] = {}
    codes = [position.setdefault(str(value), len(position)) for value in array.tolist()]
    return _text_codes(list(position), np.asarray(codes, np.int64))


def _text_codes(words: list[str], codes: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return distinct words in sorted order and the codes that point into them."""
    order = sorted(range(len(words)), key=words.__getitem__)
    rank = np.zeros(max(len(words), 1), np.min_scalar_type(len(words)))
    rank[order] = np.arange(len(words))
    return [words[i] for i in order], rank[codes]
