"""Months as integers: calendar month 0 is January of year 0.

The same integer keys draws, dates ledger entries and orders outcomes, so a run that
starts later, or burns in longer, draws the same luck in the same calendar month.
"""

from __future__ import annotations

import re

_TEXT = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-\d{2})?")

NO_MONTH = -1
"""The month of what has not happened."""


def month_index(text: str) -> int:
    """Return the integer of a month written ``YYYY-MM`` (a day, if any, is left out).

    Raises
    ------
    ValueError
        If the text is no month.

    Examples
    --------
    >>> month_index("2020-01")
    24240
    """
    found = _TEXT.fullmatch(str(text).strip())
    if not found:
        raise ValueError(f"got {text!r}, expected a month written YYYY-MM, e.g. 2020-01")
    return int(found[1]) * 12 + int(found[2]) - 1


def month_text(index: int) -> str:
    """Return ``YYYY-MM`` of a month's integer.

    Examples
    --------
    >>> month_text(24240)
    '2020-01'
    """
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
