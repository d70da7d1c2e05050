"""The command rows: one JSON object of a fixed shape, faults in one line, words for people."""

import json

import pytest

SMALL = ("--replications", "2", "--scale", "0.01", "--threads", "1")
ROW = {"row", "levers", "requires", "against", "why", "outcomes"}
OUTCOME = {"outcome", "role", "unit", "setting", "expected", "difference", "low", "high", "verdict"}


def test_rows_give_one_object_of_the_documented_shape(said):
    code, out, err = said("rows", "v1", "S3", *SMALL, "--months", "3", "--json")
    assert (code, err) == (0, [])
    found = json.loads(out)
    assert list(found) == ["rows"]
    assert [row["row"] for row in found["rows"]] == ["V1", "S3"]
    for row in found["rows"]:
        assert set(row) == ROW
        assert all(set(outcome) == OUTCOME for outcome in row["outcomes"])
        assert {outcome["role"] for outcome in row["outcomes"]} == {"direct", "behavioural", "harm"}
        direct = [outcome for outcome in row["outcomes"] if outcome["role"] == "direct"]
        assert all(outcome["expected"] in ("lower", "higher") for outcome in direct)
        moved = all(outcome["verdict"] == outcome["expected"] for outcome in direct)
        assert (row["why"] is None) == moved
    assert found["rows"][0]["against"] == "status-quo-2019"
    assert found["rows"][1]["against"] == "five-entries-2020 without S3"


@pytest.mark.parametrize(("lang", "words"), [("en", "declared"), ("zh", "预先声明")])
def test_rows_are_a_table_for_people(said, lang, words):
    code, out, _ = said("rows", "V1", *SMALL, "--months", "2", "--lang", lang)
    assert code == 0
    assert words in out


def test_all_faults_of_a_command_line_come_at_once(said):
    code, out, err = said("rows", "E44", "--seed", "-1", "--scale", "tiny")
    assert (code, out) == (2, "")
    assert [line.split(":")[0] for line in err] == ["--scale", "ROW", "--seed"]
