"""The grid of outcomes: complete, in one order, and faults told by name."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from creditsim.analysis.grid import OUTCOME_COLUMNS, outcome_grid
from creditsim.core.errors import InputError
from creditsim.spec.outcomes import outcomes as outcome_catalogue


@pytest.fixture
def tidy():
    names = ("harm.wrongly_penalised_per_1000", "breach.all_per_1000_month")
    rows = [
        (scenario, replication, month, setting, group, outcome, replication + 0.5)
        for scenario in ("plan", "base")
        for replication in (2, 0, 1)
        for month in ("2020-02", "2020-01")
        for setting, group in (("village", "all"), ("all", "offline"), ("all", "all"))
        for outcome in names
    ]
    return pd.DataFrame(rows, columns=list(OUTCOME_COLUMNS))


def grid_of(frame):
    return outcome_grid(frame, outcome_catalogue())


def test_axes_are_sorted_and_cells_follow_the_catalogue(tidy):
    grid = grid_of(tidy)
    assert grid.scenarios == ("base", "plan")
    assert grid.replications == (0, 1, 2)
    assert grid.months == ("2020-01", "2020-02")
    assert grid.cells[:3] == (
        ("breach.all_per_1000_month", "all", "all"),
        ("breach.all_per_1000_month", "all", "offline"),
        ("breach.all_per_1000_month", "village", "all"),
    )
    assert grid.values.shape == (2, 3, 2, 6)
    assert grid.values[0, 2, 1, 3] == 2.5


def test_values_cannot_be_changed_afterwards(tidy):
    with pytest.raises(ValueError, match="read-only"):
        grid_of(tidy).values[0] = 0.0


def test_a_missing_replication_is_told(tidy):
    short = tidy[(tidy["scenario"] != "plan") | (tidy["replication"] != 1)]
    with pytest.raises(
        InputError, match="scenario 'plan' lacks replication 1; every scenario needs the same 3"
    ):
        grid_of(short)


def test_a_missing_row_is_told(tidy):
    with pytest.raises(
        InputError, match=r"is missing for scenario 'base', replication 1, month 2020-01; 1 such"
    ):
        grid_of(tidy.drop(tidy.index[-1]))


def test_a_row_that_stands_twice_is_told(tidy):
    with pytest.raises(InputError, match="stands twice for scenario 'base'"):
        grid_of(pd.concat([tidy, tidy.tail(1)]))


def test_all_missing_columns_are_told_at_once(tidy):
    with pytest.raises(InputError) as caught:
        grid_of(tidy.drop(columns=["month", "value"]))
    assert len(caught.value.faults) == 2


def test_an_unknown_outcome_gets_the_nearest_name(tidy):
    with pytest.raises(InputError, match=r"nearest: breach\.all_per_1000_month"):
        grid_of(tidy.replace("breach.all_per_1000_month", "breach.all_per_1000_months"))


def test_infinite_values_and_empty_frames_are_refused(tidy):
    with pytest.raises(InputError, match="is infinite in plan, 2020-02"):
        grid_of(tidy.assign(value=[math.inf, *tidy["value"][1:]]))
    with pytest.raises(InputError, match="got no rows"):
        grid_of(tidy.head(0))
