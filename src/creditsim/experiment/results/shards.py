"""Write finished runs as one Parquet file, and read it again: whole, or single columns of it.

A shard holds runs of one layout, one row a run. Layout and provenance are JSON in the file's
metadata. A shard is named by the SHA-256 of its bytes; what is read whole is held against it, and
what is read in part against the checksums of its pages.

Runs resemble each other, and in one page the compressor sees it: measured on 75 runs, plain values in
a single page take a third less room than with pages of 1 MiB, and less than split into byte streams
or by dictionary. Level 4 writes 70 runs of 12 months in 0.04 s at 41 KB a run; level 9 takes three
times as long for a tenth less room, long enough for the workers beside it to run out of tasks.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.core.errors import Fault, InputError
from creditsim.core.fingerprint import json_text
from creditsim.experiment.results import disk

if TYPE_CHECKING:
    import pyarrow as pa

    from creditsim.experiment.tasks import Finished, Layout

FORMAT = 1
COLUMNS = ("key", "fingerprint", "case", "seconds", "values")

_LEVEL = 4
_ONE_PAGE = 1 << 30


@dataclass(frozen=True, eq=False)
class Shard:
    """A shard that was read whole.

    Attributes
    ----------
    keys, fingerprints, cases : list of str
        Cases as canonical JSON.
    seconds : list of float
    layout : Layout
    values : ndarray of float64, shape (runs, cells, months)
        Read only.
    provenance : dict
    """

    keys: list[str]
    fingerprints: list[str]
    cases: list[str]
    seconds: list[float]
    layout: Layout
    values: np.ndarray
    provenance: dict


def shard_bytes(runs: Sequence[Finished], provenance: dict) -> bytes:
    """Return runs of one layout as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = _table(runs)
    metadata = {"format": str(FORMAT), "layout": layout_text(runs[0].layout)}
    into = pa.BufferOutputStream()
    with pq.ParquetWriter(
        into,
        table.schema,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=False,
        data_page_size=_ONE_PAGE,
        write_batch_size=_ONE_PAGE,
        write_statistics=False,
        write_page_checksum=True,
        store_schema=False,  # Parquet's own types say all
    ) as file:
        file.write_table(table)
        file.add_key_value_metadata({**metadata, "provenance": json_text(provenance)})
    return into.getvalue().to_pybytes()


def read_shard(path: Path) -> Shard:
    """Read a shard whole, and hold it against its name.

    Raises
    ------
    InputError
        If it is not as it was written, or the disk fails.
    """
    data = disk.read(path)
    if hashlib.sha256(data).hexdigest() != path.stem:
        raise damaged(path)
    return shard_of(data, path)


def shard_of(data: bytes, path: Path) -> Shard:
    """Return the shard that a file's bytes hold; raise InputError if they hold none."""
    import pyarrow as pa

    try:
        table, metadata = _read(pa.BufferReader(data), COLUMNS)
        layout = layout_of(metadata[b"layout"].decode())
        column = table["values"].combine_chunks()
        shape = (len(table), len(layout.cells), len(layout.months))
        if set(column.value_lengths().to_pylist()) - {shape[1] * shape[2]}:
            raise ValueError("runs of another shape than the layout")
        return Shard(
            *(table[name].to_pylist() for name in COLUMNS[:-1]),
            layout=layout,
            values=column.flatten().to_numpy().reshape(shape),
            provenance=json.loads(metadata[b"provenance"]),
        )
    except Exception as error:
        raise damaged(path) from error


def read_columns(path: Path, names: Sequence[str]) -> Iterator[tuple]:
    """Yield the rows of some columns of a shard, without a look at the others."""
    try:
        with disk.reader(path) as file:
            table, _ = _read(file, names)
    except InputError:
        raise
    except Exception as error:  # damage shows itself in many ways
        raise damaged(path) from error
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def damaged(path: Path) -> InputError:
    """Return what is to be told of a file that is not as it was written."""
    store = path.parent.parent
    text = f"damaged: not what its name stands for; `creditsim verify {store}` says what to do"
    return InputError(Fault(text, str(path)))


def layout_text(layout: Layout) -> str:
    """Return a layout as JSON: outcomes by number, gathered under the setting and group they stand for."""
    numbers: dict[str, int] = {}
    cells = [
        [*place, [numbers.setdefault(cell[0], len(numbers)) for cell in found]]
        for place, found in itertools.groupby(layout.cells, key=lambda cell: cell[1:])
    ]
    return json_text({"months": layout.months, "outcomes": list(numbers), "cells": cells})


@functools.lru_cache(maxsize=8)
def layout_of(text: str) -> Layout:
    """Return the layout that a JSON text describes; the same object for the same text."""
    from creditsim.experiment.tasks import Layout

    record = json.loads(text)
    names = record["outcomes"]
    cells = [(names[number], setting, group) for setting, group, found in record["cells"] for number in found]
    return Layout(tuple(record["months"]), tuple(cells))


def _table(runs: Sequence[Finished]) -> pa.Table:
    """Return runs of one layout as an Arrow table."""
    import pyarrow as pa

    layout = runs[0].layout
    cells = len(layout.cells) * len(layout.months)
    starts = np.arange(len(runs) + 1, dtype=np.int32) * np.int32(cells)
    numbers = pa.array(np.concatenate([np.ravel(run.values) for run in runs]), from_pandas=False)
    columns = [
        pa.array([run.key for run in runs], pa.string()),
        pa.array([run.fingerprint for run in runs], pa.string()),
        pa.array([json_text(run.case) for run in runs], pa.string()),
        pa.array([run.seconds for run in runs], pa.float64()),
        pa.ListArray.from_arrays(pa.array(starts), numbers, type=_types()["values"]),
    ]
    fields = [pa.field(name, kind, nullable=False) for name, kind in _types().items()]
    return pa.table(columns, schema=pa.schema(fields))


def _types() -> dict[str, pa.DataType]:
    """Return the types of a shard's columns."""
    import pyarrow as pa

    values = pa.list_(pa.field("element", pa.float64(), nullable=False))
    return dict(zip(COLUMNS, (pa.string(), pa.string(), pa.string(), pa.float64(), values), strict=True))


def _read(file: Any, names: Sequence[str]) -> tuple[pa.Table, dict[bytes, bytes]]:
    """Read columns and metadata of a Parquet file on this thread alone, with a check of the pages."""
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False)
    if parquet.metadata.metadata[b"format"] != str(FORMAT).encode():
        raise ValueError("a shard of another format")
    return parquet.read(columns=list(names), use_threads=False), parquet.metadata.metadata
