"""The command validate: one JSON object of a fixed shape, faults in one line, words and files for people."""

import json

import pandas as pd
import pytest

from creditsim.app.folder import OutputFolder

SMALL = ("--replications", "2", "--scale", "0.01", "--threads", "1")
FIXED = ["id", "role", "observed", "low", "high", "simulated", "status"]
NAMES = ("negative-records-first", "penalty-items", "approval-high")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Validate three patterns into a folder, once."""
    from creditsim.app.cli import run_command

    path = tmp_path_factory.mktemp("validation") / "out"
    assert run_command(["validate", *NAMES, *SMALL, "--quiet", "--out", str(path)]) == 0
    return path


def test_one_object_of_the_documented_shape(said):
    code, out, err = said("validate", *NAMES, *SMALL, "--json")
    assert (code, err) == (0, [])
    printed = json.loads(out)
    assert list(printed) == ["patterns", "credibility"]
    assert [list(each)[: len(FIXED)] for each in printed["patterns"]] == [FIXED] * 3
    assert [each["id"] for each in printed["patterns"]] == list(NAMES)
    assert {each["status"] for each in printed["patterns"]} <= {"met", "not met", "not comparable"}
    opinion = printed["patterns"][2]
    assert opinion["status"] == "not comparable"
    assert opinion["simulated"] is None
    assert "no survey is simulated" in opinion["why"]


def test_table_figure_and_object_are_written(folder):
    assert OutputFolder(str(folder)).faults()  # all is there under its own name
    assert sorted(each.name for each in folder.iterdir()) == [
        "validation.csv",
        "validation.json",
        "validation.png",
    ]
    written = json.loads((folder / "validation.json").read_text("utf-8"))["patterns"]
    table = pd.read_csv(folder / "validation.csv")
    assert list(table["id"]) == [each["id"] for each in written]
    assert list(table["status"]) == [each["status"] for each in written]
    assert (folder / "validation.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("lang", "words"), [("en", "hold-outs: 1 of 1 met"), ("zh", "不可比 1 项")])
def test_a_table_for_people_with_what_it_does_not_show(said, lang, words):
    code, out, _ = said("validate", *NAMES, *SMALL, "--lang", lang)
    assert code == 0
    assert words in out
    assert {"en": "not validated against the district's data", "zh": "未用本区数据验证"}[lang] in out


def test_all_faults_come_at_once_and_nothing_is_run(said):
    code, out, err = said("validate", "wrong-teir", "--replications", "1", "--scale", "tiny", "--seed", "-1")
    assert (code, out) == (2, "")
    assert [line.split(":")[0] for line in err] == ["--scale", "--seed", "PATTERN", "--replications"]
    assert "nearest: wrong-tier" in err[2]
