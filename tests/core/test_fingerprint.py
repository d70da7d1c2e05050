"""Fingerprints follow results, not the way they are stored."""

import numpy as np
import pandas as pd
import pytest

from creditsim.core.fingerprint import fingerprint_columns, fingerprint_json

TABLE = pd.DataFrame({"name": ["b", "a", "c"], "value": [1.5, np.nan, -0.0], "count": [3, 1, 2]})


def fingerprint(frame):
    return fingerprint_columns({"t": frame})


@pytest.mark.parametrize(
    "same",
    [
        TABLE.iloc[::-1],
        TABLE[["count", "value", "name"]],
        TABLE.astype({"name": "category"}),
        TABLE.assign(name=pd.Categorical(TABLE["name"], ["z", "c", "b", "a"])),
        TABLE.astype({"count": "int16"}),
        TABLE.assign(value=[1.5, np.nan, 0.0]),
    ],
    ids=["row order", "column order", "category", "unused categories", "narrow integers", "minus zero"],
)
def test_storage_does_not_change_a_fingerprint(same):
    assert fingerprint(same) == fingerprint(TABLE)


@pytest.mark.parametrize(
    "other",
    [
        TABLE.assign(value=[1.5, 0.0, -0.0]),
        TABLE.assign(value=[np.nextafter(1.5, 2), np.nan, 0.0]),
        TABLE.assign(count=[3, 1, 4]),
        TABLE.assign(name=["b", "a", "d"]),
        TABLE.rename(columns={"count": "counts"}),
        TABLE.iloc[:2],
        TABLE.assign(count=TABLE["count"].astype(float)),
    ],
    ids=["NaN as zero", "one bit", "integer", "text", "column name", "fewer rows", "type"],
)
def test_a_changed_result_changes_the_fingerprint(other):
    assert fingerprint(other) != fingerprint(TABLE)


def test_table_names_count():
    assert fingerprint_columns({"a": TABLE}) != fingerprint_columns({"b": TABLE})


def test_json_fingerprints_ignore_key_order_and_refuse_nan():
    assert fingerprint_json({"a": 1, "b": [2]}) == fingerprint_json({"b": [2], "a": 1})
    with pytest.raises(ValueError):
        fingerprint_json(float("nan"))
