"""Write tables and JSON so that a file is there whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd


def write_table(path: str | Path, frame: pd.DataFrame) -> None:
    """Write a tidy frame as Parquet (zstd), atomically."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    _replace(Path(path), lambda temporary: pq.write_table(table, temporary, compression="zstd"))


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a Parquet table."""
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pandas()


def write_json(path: str | Path, value: Any) -> None:
    """Write a JSON value, sorted and indented, atomically; NaN is refused."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    _replace(Path(path), lambda temporary: Path(temporary).write_text(text, encoding="utf-8"))


def write_text(path: str | Path, text: str) -> None:
    """Write a text file, atomically."""
    _replace(Path(path), lambda temporary: Path(temporary).write_text(text, encoding="utf-8", newline="\n"))


def _replace(path: Path, write) -> None:
    """Write to a neighbour and move it in place, so that a crash leaves no half file."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        write(temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
