"""A sweep's results as tidy tables: one row a run, means over the months, or every month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditsim.analysis.intervals import mean_where_defined
from creditsim.analysis.sweeps import tidy
from creditsim.core.errors import Fault, InputError
from creditsim.core.files import write_whole
from creditsim.experiment.execute import stacked
from creditsim.experiment.tasks import Layout
from creditsim.report.workbook import write_workbook

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.experiment.recorded import Recorded, Run
    from creditsim.experiment.results.store import ResultStore

TABLES = ("means", "months", "runs")
"""What can be had: means over the months in which an outcome is defined, every month, a row a run."""

MOST_SHEET_ROWS = 1_048_575
"""Rows below the head that an Excel sheet takes."""

_RUNS_AT_ONCE = 200


def write_csv(recorded: Recorded, store: ResultStore, replications: int, table: str, path: Path) -> int:
    """Write a table as CSV, some runs at a time, in the experiment's order; return its rows."""
    rows = 0

    def write(temporary: str) -> None:
        nonlocal rows
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            for frame in frames(recorded, store, replications, table):
                frame.to_csv(file, index=False, header=rows == 0, lineterminator="\n")
                rows += len(frame)

    write_whole(path, write)
    return rows


def write_xlsx(
    recorded: Recorded, store: ResultStore, replications: int, about: Mapping[str, Any], path: Path
) -> int:
    """Write a workbook: what it is, one row a run, the district's means; return its rows of means.

    Raises
    ------
    InputError
        If openpyxl is not installed, or a sheet would be too long.
    """
    import pandas as pd

    runs = pd.concat(list(frames(recorded, store, replications, "runs")), ignore_index=True)
    means = pd.concat(list(frames(recorded, store, replications, "means", district=True)), ignore_index=True)
    longest = max(len(runs), len(means))
    if longest > MOST_SHEET_ROWS:
        message = f"got {longest:,} rows, expected at most {MOST_SHEET_ROWS:,} in a sheet; use --to csv"
        raise InputError(Fault(message, str(path)))

    lines = pd.DataFrame({"what": list(about), "value": [str(value) for value in about.values()]})
    write_workbook(path, {"about": lines, "runs": runs, "district means": means})
    return len(means)


def frames(
    recorded: Recorded, store: ResultStore, replications: int, table: str, district: bool = False
) -> Iterator[pd.DataFrame]:
    """Yield a table piece by piece, in the experiment's order; runs that are missing are left out.

    Parameters
    ----------
    table : {"means", "months", "runs"}
    district : bool
        Only what holds for all settings and groups together.
    """
    found = {run: key for run, key in recorded.keys(replications).items() if key in store}
    runs = list(found)
    for first in range(0, len(runs), _RUNS_AT_ONCE):
        piece = {run: found[run] for run in runs[first : first + _RUNS_AT_ONCE]}
        if table == "runs":
            yield _runs_frame(recorded, store, piece)
        else:
            yield _values_frame(recorded, store, piece, table, district)
    if not runs:
        raise InputError(Fault("got no finished run, expected some to write", str(store.path)))


def _runs_frame(recorded: Recorded, store: ResultStore, runs: Mapping[Run, str]) -> pd.DataFrame:
    """Return one row a run."""
    import pandas as pd

    prints = store.fingerprints(set(runs.values()))
    rows = [{**_columns(recorded, run), "key": key, "fingerprint": prints[key]} for run, key in runs.items()]
    return pd.DataFrame(rows)


def _values_frame(
    recorded: Recorded, store: ResultStore, runs: Mapping[Run, str], table: str, district: bool
) -> pd.DataFrame:
    """Return values of some runs, one below the other."""
    from creditsim.spec.outcomes import outcomes

    wanted = (lambda cell: cell[1:] == ("all", "all")) if district else None
    values = {key: (layout, found) for key, layout, found in store.values(set(runs.values()), wanted)}
    pieces = []
    for run, key in runs.items():
        layout, found = values[key]
        if table == "means":
            layout, found = Layout(("",), layout.cells), mean_where_defined(found.T)[:, None]
        pieces.append(tidy(layout, found, **_columns(recorded, run)))
    frame = stacked(pieces)
    units = {name: outcome.unit for name, outcome in outcomes().items()}
    frame.insert(len(frame.columns) - 1, "unit", frame["outcome"].map(units))
    return frame.drop(columns="month") if table == "means" else frame


def _columns(recorded: Recorded, run: Run) -> dict[str, Any]:
    """Return what tells a run from others: its place in the design, and the world's values."""
    place = {"scenario": run.scenario, "world": run.world, "replication": run.replication}
    return {**place, **recorded.worlds[run.world]}
