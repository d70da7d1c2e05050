"""Tables line up, JSON is JSON, and quiet is quiet."""

import json

import pytest

from creditsim.app.printing import Voice, print_json, table_text


def test_chinese_takes_two_columns():
    lines = table_text(["名称", "n"], [["人", 1], ["abcd", 22]], right=[1]).splitlines()
    assert lines == ["名称   n", "----  --", "人     1", "abcd  22"]


def test_a_table_without_rows_has_its_head():
    assert table_text(["a", "b"], []).splitlines() == ["a  b", "-  -"]


def test_json_refuses_what_json_does_not_have(capsys):
    with pytest.raises(ValueError, match="JSON"):
        print_json({"value": float("nan")})
    print_json({"value": None, "名": "值"})
    assert json.loads(capsys.readouterr().out) == {"value": None, "名": "值"}


@pytest.mark.parametrize(
    ("voice", "out", "err"),
    [
        (Voice(), "result\n", "remark\n"),
        (Voice(json=True), "", "remark\n"),
        (Voice(verbose=True), "result\n", "remark\ndetail\n"),
        (Voice(quiet=True), "", ""),
        (Voice(quiet=True, json=True), "", ""),
    ],
)
def test_who_says_what(capsys, voice, out, err):
    voice.result("result")
    voice.remark("remark")
    voice.detail("detail")
    assert capsys.readouterr() == (out, err)


def test_no_progress_bar_where_nobody_looks():
    assert Voice().progress is False
