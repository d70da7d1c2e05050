"""How findings are handed on: plain values for JSON, one line a finding in notebooks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values for JSON: null, never NaN.

    Examples
    --------
    >>> plain_values({"outcome": "a", "low": math.nan})
    {'outcome': 'a', 'low': None}
    """
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in values.items()
    }


class FindingsTable:
    """Findings that notebooks show as a table: what a tuple of them takes on beside its items."""

    __slots__ = ()

    digits = 3
    """Digits of a number."""

    def lines(self) -> list[dict[str, Any]]:
        """Return the table's lines: one a finding, as plain values."""
        return [each.to_dict() for each in self]  # type: ignore[attr-defined]

    def to_frame(self) -> pd.DataFrame:
        """Return `lines` as a frame."""
        import pandas as pd

        return pd.DataFrame(self.lines())

    def _repr_html_(self) -> str:
        """Return the table for notebooks."""
        return self.to_frame().to_html(index=False, na_rep="", float_format=f"{{:.{self.digits}g}}".format)

    def __repr__(self) -> str:
        """Return the table as text."""
        return self.to_frame().to_string(index=False, na_rep="", float_format=f"{{:.{self.digits}g}}".format)
