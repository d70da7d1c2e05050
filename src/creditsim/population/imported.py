"""Take a table of marginals from a file: counts and shares with their passport, never persons or firms.

`read_marginals` refuses identifiers, columns of names and lists of persons before anything else is done with
a file, and hides small cells of tables that are marked as real aggregates. Nothing is copied or written.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from creditsim.core.errors import Fault, InputError
from creditsim.core.identifiers import kinds_in, refusal
from creditsim.core.names import table_faults
from creditsim.population.suppression import SMALLEST, suppressed
from creditsim.spec.files import LARGEST_FILE_BYTES, refuse_name

PASSPORT = ("value", "unit", "year", "geography", "source", "source_kind", "confidence")
"""Columns that a table of marginals has behind those that name its cells, see docs/formats.md."""

REAL_AGGREGATE = "real_aggregate"
"""The `source_kind` of counts of real persons or firms that were not published: small cells are hidden."""

_SHARES = ("share", "percent", "rate", "ratio", "log", "%")
"""What units of numbers that are no counts begin with or hold."""


@dataclass(frozen=True)
class Marginals:
    """A table of marginals that may be used.

    Attributes
    ----------
    frame : DataFrame
        As in the file, `value` a number; NaN where it is hidden.
    primary, secondary : int
        Cells that are hidden because they are small, and for the sake of these.
    """

    frame: pd.DataFrame
    primary: int
    secondary: int


def read_marginals(path: str | Path) -> Marginals:
    """Read a table of marginals from a CSV, XLSX or Parquet file.

    Parameters
    ----------
    path : str or Path
        Its first columns name a cell, e.g. ``table, age_band, sex``; then follows `PASSPORT`.

    Raises
    ------
    InputError
        If the file, its name, a heading or a cell holds an identifier or names of persons, if it is no
        table of marginals, or cannot be read. No identifier is shown.
    """
    shown = str(path)
    refuse_name(shown)
    frames = []
    for sheet, headings, rows, lines in _sheets(Path(path), shown):
        faults = [Fault(refusal(kind, "in the name of a sheet"), shown) for kind in kinds_in(sheet)]
        faults += table_faults(shown, headings, rows, lines)
        if faults:
            raise InputError(faults)
        frames.append(_marginals(headings, rows, lines, shown))
    return _with_small_cells_hidden(pd.concat(frames, ignore_index=True))


def _sheets(path: Path, shown: str) -> Iterator[tuple[str, list[str], list[list[str]], list[int]]]:
    """Yield name, headings, rows and lines of each sheet of a file, all cells as text."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            got = f"got more than {LARGEST_FILE_BYTES:,} bytes, expected a table of marginals"
            raise InputError(Fault(got, shown))
        if path.suffix.lower() == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file, strict=True)
                held, before = [], 0
                for row in reader:
                    held.append((row, before + 1))
                    before = reader.line_num
            yield "", held[0][0] if held else [], [row for row, _ in held[1:]], [line for _, line in held[1:]]
            return
        if path.suffix.lower() == ".parquet":
            books = {"": _with_heading(pd.read_parquet(path))}
        elif path.suffix.lower() == ".xlsx":
            books = pd.read_excel(path, sheet_name=None, header=None)
        else:
            raise InputError(Fault("got another kind of file, expected .csv, .xlsx or .parquet", shown))
    except InputError:
        raise
    except ImportError:
        needed = "reading .xlsx files needs openpyxl; install it with: pip install 'creditsim[excel]'"
        raise InputError(Fault(needed, shown)) from None
    except Exception:
        # Whatever the reader says may show a cell.
        expected = "expected a CSV file in UTF-8, an XLSX workbook or a Parquet file"
        raise InputError(Fault(f"cannot be read, {expected}", shown)) from None
    for name, frame in books.items():
        cells = [[_text(cell) for cell in row] for row in frame.itertuples(index=False)]
        if cells:
            yield name, cells[0], cells[1:], list(range(2, len(cells) + 1))


def _with_heading(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of any types as one of objects, headings in the first row, an index as a column."""
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    rows = [list(frame.columns), *frame.astype(object).itertuples(index=False, name=None)]
    return pd.DataFrame(rows, dtype=object)


def _text(cell: object) -> str:
    """Return a cell as text, whole numbers without a point."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, float | np.floating) and float(cell).is_integer() and abs(cell) < 1e20:
        return str(int(cell))
    return str(cell)


def _marginals(headings: list[str], rows: list[list[str]], lines: list[int], shown: str) -> pd.DataFrame:
    """Return a table of marginals whose values are numbers; raise InputError if it is none."""
    missing = [name for name in PASSPORT if name not in headings]
    if missing or headings.index("value") == 0:
        got = f"got no column {missing[0]!r}" if missing else "got 'value' first"
        expected = f"expected columns that name a cell, then {', '.join(PASSPORT)}: marginals, one row a cell"
        raise InputError(Fault(f"{got}, {expected}, not a list of persons or firms", shown, 1))
    if faults := [
        Fault(f"got {len(row)} cells, expected {len(headings)}", shown, line)
        for row, line in zip(rows, lines, strict=True)
        if len(row) != len(headings)
    ]:
        raise InputError(faults[:20])
    frame = pd.DataFrame(rows, columns=headings, dtype=str)
    values = pd.to_numeric(frame["value"], errors="coerce").to_numpy(float)
    keys = [tuple(key) for key in frame[_dimensions(frame)].to_numpy().tolist()]
    first: dict[tuple, int] = {}
    for key, value, line in zip(keys, values, lines, strict=True):
        if not (np.isfinite(value) and value >= 0):
            faults.append(Fault("got no number from 0, expected a count or a share", shown, line, "value"))
        if first.setdefault(key, line) != line:
            faults.append(Fault(f"got the cell of line {first[key]} again, expected it once", shown, line))
    if faults:
        raise InputError(faults[:20])
    return frame.assign(value=values)


def _dimensions(frame: pd.DataFrame) -> list[str]:
    """Return the columns that name a cell."""
    return list(frame.columns[: list(frame.columns).index("value")])


def _with_small_cells_hidden(frame: pd.DataFrame) -> Marginals:
    """Return a table with the small cells of its real aggregates hidden, and what would give them away."""
    first, *others = _dimensions(frame)
    real = (frame["source_kind"] == REAL_AGGREGATE).to_numpy()
    unit = frame["unit"].str.lower()
    counted = ~unit.map(lambda text: any(word in text for word in _SHARES)).to_numpy(bool)
    values = frame["value"].to_numpy(float).copy()
    primary = int((real & counted & (values < SMALLEST)).sum())
    hidden = np.zeros(len(frame), bool)
    for _, rows in frame.groupby([first, "unit"], sort=True).indices.items():
        # A table is one sort of counts: a part that is no real aggregate may still give a part that is away.
        if real[rows].any() and counted[rows].all():
            keys = [tuple(key) for key in frame[[first, *others]].to_numpy()[rows].tolist()]
            shown = np.where(real[rows], values[rows], np.maximum(values[rows], SMALLEST))
            hidden[rows] = suppressed(keys, shown)
    values[hidden] = np.nan
    frame = frame.assign(value=values)
    # What stands beside a hidden number may tell it.
    beside = [name for name in ("note", "low", "high") if name in frame]
    frame.loc[hidden, beside] = ""
    return Marginals(frame, primary, int(hidden.sum()) - primary)
