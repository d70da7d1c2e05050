"""Lay a tidy frame of outcomes out as one complete array.

Values are placed by what they are, not by where their row stood, and are added in one
fixed order: row order, worker order and machine never change a bit of a mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.analysis.intervals import mean_where_defined
from creditsim.core.errors import Fault, InputError, unknown
from creditsim.spec.vocabulary import SETTINGS

if TYPE_CHECKING:
    import pandas as pd

OUTCOME_COLUMNS = ("scenario", "replication", "month", "setting", "group", "outcome", "value")
"""Columns of a frame of outcomes."""


@dataclass(frozen=True)
class OutcomeGrid:
    """All values of a comparison by month, replication, scenario and cell.

    Attributes
    ----------
    scenarios : tuple of str
        Labels, sorted.
    replications : tuple of int
        Sorted.
    months : tuple of str
        ``YYYY-MM``, sorted.
    cells : tuple of (outcome, setting, group)
        Outcomes as in the catalogue, ``all`` before its parts.
    values : numpy.ndarray, float64, shape (months, replications, scenarios, cells)
        NaN where an outcome is not defined.
    """

    scenarios: tuple[str, ...]
    replications: tuple[int, ...]
    months: tuple[str, ...]
    cells: tuple[tuple[str, str, str], ...]
    values: np.ndarray

    def replication_means(self) -> np.ndarray:
        """Return means over the months in which a value is defined, (replications, scenarios, cells).

        A mean is NaN only where no month has a value.
        """
        return mean_where_defined(self.values)


def outcome_grid(outcomes: pd.DataFrame, catalogue: Mapping[str, Any]) -> OutcomeGrid:
    """Return the grid of a tidy frame with the columns `OUTCOME_COLUMNS`.

    Raises
    ------
    InputError
        If a column is missing, an outcome is not in the catalogue, a value is infinite,
        a row stands twice, or a scenario lacks what another one has.
    """
    import pandas as pd

    missing = [name for name in OUTCOME_COLUMNS if name not in outcomes.columns]
    if missing:
        raise InputError([Fault(f"column {name!r} is missing", "outcomes") for name in missing])
    if outcomes.empty:
        raise InputError(Fault("got no rows, expected the outcomes of at least two scenarios", "outcomes"))
    codes, labels = {}, {}
    for name in OUTCOME_COLUMNS[:-1]:
        codes[name], found = pd.factorize(outcomes[name], sort=False)
        labels[name] = [_plain(label) for label in found]
    strange = [name for name in labels["outcome"] if name not in catalogue]
    if strange:
        raise InputError([Fault(unknown(name, catalogue, "outcome"), "outcomes") for name in sorted(strange)])
    rank = {name: place for place, name in enumerate(catalogue)}
    settings = {name: place for place, name in enumerate(("all", *SETTINGS))}
    orders = {
        "outcome": sorted(labels["outcome"], key=rank.__getitem__),
        "setting": sorted(labels["setting"], key=lambda name: (settings.get(name, len(settings)), name)),
        "group": sorted(labels["group"], key=lambda name: (name != "all", name)),
    }
    for name in ("scenario", "replication", "month"):
        orders[name] = sorted(labels[name])
    for name, order in orders.items():
        place = {label: position for position, label in enumerate(order)}
        codes[name] = np.array([place[label] for label in labels[name]], dtype=np.int64)[codes[name]]
    sizes = {name: len(order) for name, order in orders.items()}
    cell_codes = (codes["outcome"] * sizes["setting"] + codes["setting"]) * sizes["group"] + codes["group"]
    used, cell = np.unique(cell_codes, return_inverse=True)
    cells = tuple(
        (
            orders["outcome"][code // (sizes["setting"] * sizes["group"])],
            orders["setting"][code // sizes["group"] % sizes["setting"]],
            orders["group"][code % sizes["group"]],
        )
        for code in used.tolist()
    )
    shape = (sizes["month"], sizes["replication"], sizes["scenario"], len(cells))
    place = np.ravel_multi_index((codes["month"], codes["replication"], codes["scenario"], cell), shape)
    grid = OutcomeGrid(
        tuple(orders["scenario"]),
        tuple(orders["replication"]),
        tuple(orders["month"]),
        cells,
        np.empty(shape),
    )
    _check_complete(grid, np.bincount(place, minlength=grid.values.size).reshape(shape))
    value = np.asarray(outcomes["value"], dtype=np.float64)
    if np.isinf(value).any():
        first = outcomes.iloc[int(np.flatnonzero(np.isinf(value))[0])]
        raise InputError(
            Fault(f"{first['outcome']} is infinite in {first['scenario']}, {first['month']}", "outcomes")
        )
    grid.values.reshape(-1)[place] = value
    grid.values.setflags(write=False)
    return grid


def everybody(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of everybody: group ``all``, and of settings ``all`` or else those there are.

    Parameters
    ----------
    rows : pandas.DataFrame
        Outcomes or differences: columns outcome, setting, group, and any others.
    """
    people = rows[rows["group"] == "all"]
    whole = people["setting"] == "all"
    with_whole = set(people.loc[whole, "outcome"])
    return people[whole | ~people["outcome"].isin(with_whole)]


def _plain(label: Any) -> Any:
    """Return a label as plain Python, so that labels sort and print alike everywhere."""
    return label.item() if isinstance(label, np.generic) else label


def _check_complete(grid: OutcomeGrid, rows: np.ndarray) -> None:
    """Raise on rows that stand twice or are missing; pairs need both of their halves."""
    faults = []
    by_scenario = rows.sum(axis=(0, 3))
    for position, label in enumerate(grid.scenarios):
        absent = [str(grid.replications[r]) for r in np.flatnonzero(by_scenario[:, position] == 0)]
        if absent:
            faults.append(
                Fault(
                    f"scenario {label!r} lacks replication {', '.join(absent)}; every scenario needs "
                    f"the same {len(grid.replications)} replications, since differences are paired",
                    "outcomes",
                )
            )
    if faults:
        raise InputError(faults)
    for wrong, what in ((rows > 1, "stands twice"), (rows == 0, "is missing")):
        if wrong.any():
            month, replication, scenario, cell = (int(axis[0]) for axis in np.nonzero(wrong))
            outcome, setting, group = grid.cells[cell]
            raise InputError(
                Fault(
                    f"{outcome} (setting {setting}, group {group}) {what} for scenario "
                    f"{grid.scenarios[scenario]!r}, replication {grid.replications[replication]}, "
                    f"month {grid.months[month]}; {int(wrong.sum())} such rows in all",
                    "outcomes",
                )
            )
