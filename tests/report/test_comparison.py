"""The comparison in a reader's hands: summary, files, reprs."""

from __future__ import annotations

import json
import math
import os
import sys

import pandas as pd
import pytest
from synthetic_comparison import INVENTED, NAMES, invented_comparison

from creditsim.analysis.compare import VERDICTS
from creditsim.core.errors import InputError


@pytest.fixture(scope="module")
def comparison():
    return invented_comparison()


def test_summary_is_tidy_and_rounded(comparison):
    summary = comparison.summary()
    assert len(summary) == 2 * len(INVENTED)
    assert list(summary.columns) == [
        "scenario", "outcome", "unit", "baseline", "value", "difference", "interval_95",
        "smallest_relevant", "verdict",
    ]  # fmt: skip
    assert set(summary["verdict"]) <= set(VERDICTS)
    for record in summary.to_dict("records"):
        values = [record[key] for key in ("baseline", "value", "difference", "interval_95")]
        assert all(value is None for value in values) == (record["verdict"] == "not defined")
        assert all(len(str(value)) <= 24 for value in values)
    assert "nan" not in summary.to_string().lower()


def test_summary_agrees_with_the_frame(comparison):
    frame = comparison.to_frame()
    whole = frame[(frame["setting"] == "all") & (frame["group"] == "all")].reset_index(drop=True)
    summary = comparison.summary()
    for short, full in zip(summary.to_dict("records"), whole.to_dict("records"), strict=True):
        assert (short["scenario"], short["outcome"]) == (full["scenario"], full["outcome"])
        if short["difference"] is not None:
            assert abs(short["difference"] - full["difference"]) <= full["smallest_relevant"] / 20


def test_the_frame_is_a_copy(comparison):
    mine = comparison.to_frame()
    mine.loc[:, "difference"] = 0.0
    assert comparison.to_frame()["difference"].abs().max() > 0


def test_reprs_are_the_same_every_time_and_hold_no_address(comparison):
    again = invented_comparison()
    assert repr(comparison) == repr(again)
    assert comparison._repr_html_() == again._repr_html_()
    for text in (repr(comparison), comparison._repr_html_()):
        assert "0x" not in text
        assert comparison.fingerprint[:16] in text
    assert "five-entries-2020: 4 lower" in repr(comparison)
    assert "<td>breach.all_per_1000_month</td>" in comparison._repr_html_()


def test_save_writes_report_table_and_json(comparison, tmp_path):
    folder = comparison.save(tmp_path / "new" / "folder", lang="zh")
    assert sorted(path.name for path in folder.iterdir()) == [
        "comparison.json",
        "comparison.parquet",
        "report.html",
    ]
    assert 'lang="zh-Hans"' in (folder / "report.html").read_text("utf-8")[:200]
    saved = json.loads((folder / "comparison.json").read_text("utf-8"))
    assert saved == comparison.to_dict()
    table = pd.read_parquet(folder / "comparison.parquet")
    assert list(table.columns) == list(comparison.to_frame().columns)
    assert len(table) == len(comparison.to_frame())
    undefined = table[table["verdict"] == "not defined"]
    assert len(undefined)
    assert all(math.isnan(value) for value in undefined["difference"])


def test_report_writes_one_file(comparison, tmp_path):
    path = comparison.report(tmp_path / "r.html")
    assert [entry.name for entry in tmp_path.iterdir()] == ["r.html"]
    assert path.read_bytes() == comparison.report(tmp_path / "again.html").read_bytes()


def test_what_cannot_be_written_is_told_in_one_line(comparison, tmp_path):
    (tmp_path / "file").write_text("here")
    for write in (comparison.report, comparison.save):
        with pytest.raises(InputError, match="cannot write here") as caught:
            write(tmp_path / "file" / "inside")
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="expected a known language"):
        comparison.report(tmp_path / "r.html", lang="fr")
    assert os.listdir(tmp_path) == ["file"]


def test_excel_without_openpyxl_says_how_to_get_it(comparison, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InputError, match=r"needs openpyxl; install it with: pip install"):
        comparison.to_excel(tmp_path / "book.xlsx")
    assert not list(tmp_path.iterdir())


def test_excel_holds_summary_differences_and_months(comparison, tmp_path):
    pytest.importorskip("openpyxl")
    path = comparison.to_excel(tmp_path / "book.xlsx")
    sheets = pd.read_excel(path, sheet_name=None)
    assert list(sheets) == ["summary", "differences", "monthly means", "card"]
    assert len(sheets["differences"]) == len(comparison.to_frame())
    assert set(sheets["summary"]["scenario"]) == set(NAMES[1:])
