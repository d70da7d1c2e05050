"""Write tables and JSON so that a file is there whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from creditsim.core.files import write_whole

_ROWS_AT_ONCE = 1 << 20


def write_table(path: str | Path, frame: pd.DataFrame, card: str = "") -> None:
    """Write a tidy frame as Parquet (zstd), atomically, with the simulation card in its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Piece by piece: a second copy of a large table would take as much room as the table.
    def write(temporary: str) -> None:
        first = pa.Table.from_pandas(frame.iloc[:_ROWS_AT_ONCE], preserve_index=False)
        about = {"simulation_card": card} if card else {}
        schema = first.schema.with_metadata({**(first.schema.metadata or {}), **about})
        with pq.ParquetWriter(temporary, schema, compression="zstd") as file:
            file.write_table(first)
            for begin in range(_ROWS_AT_ONCE, len(frame), _ROWS_AT_ONCE):
                piece = frame.iloc[begin : begin + _ROWS_AT_ONCE]
                file.write_table(pa.Table.from_pandas(piece, first.schema, preserve_index=False))

    write_whole(path, write)


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a Parquet table."""
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pandas()


def write_json(path: str | Path, value: Any) -> None:
    """Write a JSON value, sorted and indented, atomically; NaN is refused."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(path, lambda temporary: Path(temporary).write_text(text, encoding="utf-8"))


def write_text(path: str | Path, text: str) -> None:
    """Write a text file, atomically."""
    write_whole(path, lambda temporary: Path(temporary).write_text(text, encoding="utf-8", newline="\n"))
