"""Print results on standard output and everything else on standard error."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Voice:
    """How a command speaks.

    Attributes
    ----------
    json : bool
        Results as one JSON object instead of tables.
    verbose, quiet : bool
        More on standard error; nothing but faults and JSON.
    """

    json: bool = False
    verbose: bool = False
    quiet: bool = False

    def result(self, text: str) -> None:
        """Print a result for people on standard output, unless JSON or nothing is wanted."""
        if not (self.json or self.quiet):
            print(text)

    def remark(self, text: str) -> None:
        """Print a line for people on standard error, unless nothing is wanted."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def detail(self, text: str) -> None:
        """Print a line on standard error if more is wanted."""
        if self.verbose:
            print(text, file=sys.stderr, flush=True)

    @property
    def progress(self) -> bool:
        """Whether a progress bar may be drawn: on a terminal, unless nothing is wanted."""
        return not self.quiet and sys.stderr.isatty()


def print_json(value: Any) -> None:
    """Print exactly one JSON object on standard output; NaN and infinity are refused.

    Raises
    ------
    ValueError
        If the value holds a number that JSON does not have.
    """
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    print(json.dumps(value, ensure_ascii=encoding != "utf8", allow_nan=False, indent=1))


def table_text(head: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[int] = ()) -> str:
    """Return rows as an aligned table of text; Chinese characters are two columns wide.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : iterable of sequences
        Cells, shown as text; None is left blank.
    right : iterable of int
        Numbers of the columns that are set to the right.

    Examples
    --------
    >>> print(table_text(["name", "visits"], [["first", 5], ["second", 12]], right=[1]))
    name    visits
    ------  ------
    first        5
    second      12
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(head, *cells, strict=True)]
    to_the_right = set(right)
    lines = [list(head), ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            _pad(cell, width, number in to_the_right)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _width(text: str) -> int:
    """Return how many columns a terminal takes for a text."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int, right: bool) -> str:
    """Return a text filled up with blanks."""
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks
