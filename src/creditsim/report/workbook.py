"""Write tables to an Excel workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from creditsim.core.errors import Fault, InputError
from creditsim.core.files import write_whole

if TYPE_CHECKING:
    import pandas as pd


def write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame]) -> None:
    """Write a workbook of named sheets, whole or not at all.

    Raises
    ------
    InputError
        If openpyxl is not installed.
    """
    import pandas as pd

    try:
        import openpyxl  # noqa: F401
    except ImportError:
        message = "writing .xlsx files needs openpyxl; install it with: pip install 'creditsim[excel]'"
        raise InputError(Fault(message, str(path))) from None

    def write(temporary: str) -> None:
        with open(temporary, "wb") as file, pd.ExcelWriter(file, engine="openpyxl") as book:
            for name, frame in sheets.items():
                frame.to_excel(book, sheet_name=name, index=False)

    write_whole(path, write)
