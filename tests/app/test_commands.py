"""The commands with the real model, small: files, fingerprints, replays, A/A."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from creditsim.app.cli import run_command
from creditsim.experiment.files import read_table, write_table

SMALL = ("--scale", "0.01", "--months", "4", "--json")


def result_of(capsys, *arguments, code=0):
    """Run a command line that prints one JSON object; return the object."""
    assert run_command([str(argument) for argument in arguments]) == code
    return json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "results"
    assert run_command(["run", "five-entries-2020", *SMALL, "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def copied(run_folder, tmp_path):
    """Return a copy of a run's folder that may be tampered with."""
    return shutil.copytree(run_folder, tmp_path / "copied")


def test_a_run_writes_its_tables(run_folder):
    written = {path.name for path in run_folder.iterdir()}
    assert written == {"agents.parquet", "grades.parquet", "ledger.parquet", "outcomes.parquet", "run.json"}
    outcomes = read_table(run_folder / "outcomes.parquet")
    assert list(outcomes.columns) == [
        "scenario",
        "replication",
        "month",
        "setting",
        "group",
        "outcome",
        "value",
    ]
    assert sorted(outcomes["month"].astype(str).unique()) == ["2020-01", "2020-02", "2020-03", "2020-04"]


def test_a_run_does_not_depend_on_threads_but_on_its_seed(capsys, run_folder):
    record = json.loads((run_folder / "run.json").read_text("utf-8"))
    two = result_of(capsys, "run", "five-entries-2020", *SMALL, "--threads", "2")
    other = result_of(capsys, "run", "five-entries-2020", *SMALL, "--seed", "2")
    assert two["fingerprint"] == record["fingerprint"]
    assert two["inputs"] == record["inputs"]
    assert other["fingerprint"] != record["fingerprint"]
    assert other["inputs"] != record["inputs"]
    assert two["months"] == 4


def test_a_replay_finds_the_simulated_scores(capsys, run_folder):
    found = result_of(capsys, "replay", run_folder, "--json")
    assert found["mismatches"] == 0
    assert found["entries"] == len(read_table(run_folder / "ledger.parquet")) > 0
    assert found["agents"] == len(read_table(run_folder / "agents.parquet"))


def shortened(ledger):
    return ledger.iloc[:-1]


def doubled_points(ledger):
    return ledger.assign(points_mp=ledger["points_mp"] * 2)


def without_an_entry_in_the_middle(ledger):
    return ledger.drop(index=ledger.index[len(ledger) // 2])


def empty(ledger):
    return ledger.iloc[:0]


@pytest.mark.parametrize("tampered", [shortened, doubled_points, without_an_entry_in_the_middle, empty])
def test_a_tampered_ledger_is_a_finding(capsys, copied, tampered):
    path = copied / "ledger.parquet"
    write_table(path, tampered(read_table(path)))
    assert result_of(capsys, "replay", copied, "--json", code=1)["mismatches"] > 0


def test_a_changed_score_is_a_finding_by_the_fold_itself(capsys, copied):
    path = copied / "agents.parquet"
    agents = read_table(path)
    agents.loc[3, "score_mp"] += 1000
    write_table(path, agents)
    assert run_command(["replay", str(copied)]) == 1
    err = capsys.readouterr().err
    assert f"agent {agents.loc[3, 'slot']}: " in err


@pytest.mark.parametrize("name", ["run.json", "ledger.parquet", "agents.parquet"])
def test_a_folder_that_lacks_a_file_or_holds_another_is_bad_input(capsys, copied, name):
    (copied / name).write_text("something else")
    assert run_command(["replay", str(copied)]) == 2
    (copied / name).unlink()
    assert run_command(["replay", str(copied)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count(name) == len(err.splitlines()) == 2


def test_a_scenario_compared_with_itself_differs_by_exactly_zero(capsys, tmp_path):
    found = result_of(
        capsys, "compare", "guidance-2021", "guidance-2021", "--baseline", "guidance-2021",
        "--replications", "2", *SMALL, "--threads", "1", "--out", tmp_path / "aa",
    )  # fmt: skip
    assert {row["scenario"] for row in found["rows"]} == {"guidance-2021 (2)"}
    assert {row["difference"] for row in found["rows"]} <= {0.0, None}
    assert {row["verdict"] for row in found["rows"]} <= {"negligible", "not defined"}
    for row in found["rows"]:
        numbers = [row[key] for key in ("baseline_mean", "scenario_mean", "difference", "low", "high")]
        assert (row["verdict"] == "not defined") == all(number is None for number in numbers)
    table = pd.DataFrame(read_table(tmp_path / "aa" / "comparison.parquet"))
    assert set(table["difference"].dropna()) == {0.0}


def test_a_comparison_does_not_depend_on_workers(capsys):
    names = ("status-quo-2019", "five-entries-2020")
    one = result_of(capsys, "compare", *names, "--replications", "2", *SMALL, "--threads", "1")
    two = result_of(capsys, "compare", *names, "--replications", "2", *SMALL, "--threads", "2")
    assert one == two
    assert one["baseline"] == "status-quo-2019"


def test_a_scenario_that_does_not_fit_is_one_line_before_anything_is_written(capsys, tmp_path):
    text = (
        "format: 1\ntitle: {en: Late, zh: 晚}\nabout: {en: x, zh: x}\nbase: status-quo-2019\nstart: 2020-06\n"
    )
    (tmp_path / "late.yaml").write_text(text, "utf-8")
    out = tmp_path / "new"
    arguments = [
        "compare",
        "status-quo-2019",
        str(tmp_path / "late.yaml"),
        "--out",
        str(out),
        "--scale",
        "0.01",
    ]
    assert run_command(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not out.exists()
