"""Marginals come in; persons, firms and small cells of real aggregates do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from creditsim.core.errors import InputError
from creditsim.core.shipped import data_path
from creditsim.population.imported import PASSPORT, read_marginals

HOUSEHOLDS = [("a", "m", 4), ("a", "f", 40), ("b", "m", 50), ("b", "f", 60), ("c", "m", 55), ("c", "f", 65)]


def table(cells=HOUSEHOLDS, source_kind="real_aggregate", unit="persons", note=""):
    passport = {
        "unit": unit,
        "year": 2020,
        "geography": "zone",
        "source": "office",
        "source_kind": source_kind,
    }
    passport |= {"confidence": "H", "note": note}
    rows = [
        {"table": "t", "age": age, "sex": sex, "value": value, **passport, "low": value, "high": value}
        for age, sex, value in cells
    ]
    return pd.DataFrame(rows)


def written(frame, path):
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".xlsx":
        pytest.importorskip("openpyxl")
        frame.to_excel(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    return path


@pytest.fixture(params=["a.csv", "a.xlsx", "a.parquet"])
def path(request, tmp_path):
    return tmp_path / request.param


def test_a_table_of_marginals_is_taken_from_each_kind_of_file(path):
    found = read_marginals(written(table(source_kind="census"), path))
    assert found.frame["value"].tolist() == [4, 40, 50, 60, 55, 65]
    assert (found.primary, found.secondary) == (0, 0)
    assert set(PASSPORT) <= set(found.frame.columns)


def test_small_cells_of_real_aggregates_are_hidden_with_what_stands_beside_them(path):
    found = read_marginals(written(table(note="four of them"), path))
    hidden = found.frame["value"].isna()
    assert hidden.tolist() == [True, True, True, True, False, False]
    assert (found.primary, found.secondary) == (1, 3)
    assert set(found.frame.loc[hidden, ["note", "low", "high"]].to_numpy().ravel()) == {""}


def test_shares_are_not_hidden_as_if_they_were_counts(tmp_path):
    frame = table([("a", "m", 0.2), ("b", "m", 0.8)], unit="share of adults")
    found = read_marginals(written(frame, tmp_path / "a.csv"))
    assert not found.frame["value"].isna().any()


@pytest.mark.parametrize(
    "identifier",
    ["37100219900307123X", "１３８ ００１３ ８１２５", "6222021234567890128", "鲁K·D12345", "li.na@qq.com"],
)
def test_a_cell_with_an_identifier_refuses_the_file_and_is_not_shown(path, identifier):
    frame = table()
    frame["note"] = [""] * 3 + [identifier] + [""] * 2
    with pytest.raises(InputError, match=f"{path.name}:5: got what looks like") as caught:
        read_marginals(written(frame, path))
    assert identifier not in str(caught.value)
    assert "column 11 (note)" in str(caught.value)


def test_an_identifier_that_a_workbook_holds_as_a_number_is_found(path):
    frame = table()
    frame["low"] = [13800138125.0] + [0.0] * 5
    with pytest.raises(InputError, match="a phone number"):
        read_marginals(written(frame, path))


def test_a_column_of_names_is_refused(path):
    frame = table().assign(note=["王秀英", "李建国", "张伟", "刘芳", "陈静", "杨明"])
    with pytest.raises(InputError, match="names of persons"):
        read_marginals(written(frame, path))


def test_a_list_of_persons_is_no_table_of_marginals(path):
    people = pd.DataFrame({"agent": np.arange(30), "age": 40, "score": 1000})
    with pytest.raises(InputError, match="not a list of persons or firms"):
        read_marginals(written(people, path))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe13800138125", b'"13800138125', b"PK\x03\x0413800138125"])
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.txt"])
def test_what_cannot_be_read_is_one_line_that_shows_nothing(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_marginals(tmp_path / name)
    assert "13800138125" not in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_the_shipped_tables_of_the_district_are_marginals():
    paths = [each for each in data_path("districts").glob("*/*.csv") if each.stem != "names"]
    assert sum(len(read_marginals(each).frame) for each in paths) > 500
