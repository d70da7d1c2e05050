"""The CSV files of a district: each row a number with its passport.

The columns before ``value`` name the cell, those after it are the passport. There is no other way in: nothing
here reads a list of persons or firms.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from creditsim.core.errors import Fault, InputError
from creditsim.spec.vocabulary import AGE_BANDS


class Tables:
    """The cells of a district's CSV files: ``cell(file, table, *dimensions) -> float``."""

    def __init__(self, folder: Path):
        self.shown = f"data/districts/{folder.name}"
        self.cells: dict[str, dict[tuple[str, ...], float]] = {}
        self.names: dict[tuple[str, str], tuple[str, str, str]] = {}
        faults: list[Fault] = []
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as lines:
                if path.stem == "names":
                    for row in csv.DictReader(lines):
                        self.names[row["table"], row["code"]] = (row["zh"], row["en"], row["trait"])
                else:
                    self.cells[path.stem] = self._read(path, lines, faults)
        if faults:
            raise InputError(faults)

    def _read(self, path: Path, lines, faults: list[Fault]) -> dict[tuple[str, ...], float]:
        """Return the cells of one file; add what is wrong with it to `faults`."""
        reader = csv.DictReader(lines)
        dimensions = (reader.fieldnames or ["value"])[: (reader.fieldnames or ["value"]).index("value")]
        cells: dict[tuple[str, ...], float] = {}
        for row in reader:
            key = tuple(row[name] for name in dimensions)
            try:
                value = float(row["value"])
            except ValueError:
                faults.append(
                    self._fault(path.stem, f"got {row['value']!r}, expected a number", reader.line_num)
                )
                continue
            if key in cells:
                faults.append(self._fault(path.stem, f"got {' / '.join(key)} twice", reader.line_num))
            if value < 0:
                faults.append(self._fault(path.stem, f"got {value}, expected 0 or more", reader.line_num))
            cells[key] = value
        return cells

    def _fault(self, file: str, message: str, line: int | None = None) -> Fault:
        """Return a fault of one of the files."""
        return Fault(message, f"{self.shown}/{file}.csv", line)

    def cell(self, file: str, *key: str) -> float:
        """Return one value."""
        try:
            return self.cells[file][key]
        except KeyError:
            raise InputError(self._fault(file, f"no row {' / '.join(key)}")) from None

    def cell_or_zero(self, file: str, *key: str) -> float:
        """Return one value, or zero where the table has no such row."""
        return self.cells.get(file, {}).get(key, 0.0)

    def over(self, file: str, *key: str, **dimension: tuple[str, ...]) -> np.ndarray:
        """Return the values for each word of the one dimension marked ``*`` in the key."""
        (words,) = dimension.values()
        return np.array([self.cell(file, *(word if part == "*" else part for part in key)) for word in words])

    def codes(self, table: str) -> tuple[str, ...]:
        """Return the codes that ``names.csv`` lists for a table, in its order."""
        return tuple(code for listed, code in self.names if listed == table)

    def areas(self) -> tuple[str, ...]:
        """Return the codes of the areas, in the order of ``names.csv``."""
        known = {key[1] for key in self.cells["areas"] if key[0] == "area_population"}
        return tuple(code for code in self.codes("area") if code in known)

    def age_bands(self, table: str) -> np.ndarray:
        """Return for each age band of adults whether it lies within an assumed span of ages."""
        first = self.cell("assumptions", table, "first", "all")
        last = self.cell("assumptions", table, "last", "all")
        spans = [band.rstrip("+").split("-") for band in AGE_BANDS]
        return np.array([int(span[0]) >= first and len(span) == 2 and int(span[1]) <= last for span in spans])
