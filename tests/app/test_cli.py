"""The command line: exit codes, one line a fault, one JSON object, nothing written in vain."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

import creditsim.app
from creditsim.app.cli import run_command
from creditsim.core.errors import Fault, InputError
from creditsim.core.months import month_text
from creditsim.spec.outcomes import outcomes

BREACHES = "breach.all_per_1000_month"
MEMORY = {
    "bytes_per_agent": 241.3,
    "bytes_per_entry": 12.6,
    "entries": 1234,
    "bytes": {"agents": 38_080, "peers": 5_880, "entries": 15_600},
    "population_bytes": 50_000,
}


@dataclass
class FakeRun:
    """What a run gives back, made up."""

    scenario: str
    months: int
    inputs: str = "1" * 64
    fingerprint: str = "2" * 64
    seconds: float = 1.23456
    number_of_agents: int = 280
    memory: dict = field(default_factory=lambda: MEMORY)

    def means(self):
        return {BREACHES: 2.5, "harm.wrongly_penalised_per_1000": None}

    def residuals(self):
        return {"visits to firms": 0}


@dataclass
class FakeApi:
    """Stands for creditsim.app.api: remembers its calls, raises what it is told to."""

    problem: BaseException | None = None
    calls: list = field(default_factory=list)

    def run(self, scenario, **options):
        return self._called("run", [scenario], options, lambda: FakeRun(scenario.name, 36))

    def compare(self, scenarios, **options):
        return self._called("compare", scenarios, options, lambda: made_up_comparison(scenarios, options))

    def _called(self, name, scenarios, options, result):
        self.calls.append((name, [each.name for each in scenarios], options))
        print("a library talks on standard output")
        if self.problem:
            raise self.problem
        return result()


def made_up_comparison(scenarios, options):
    """Return a real comparison of made-up outcomes: the second scenario has fewer breaches."""
    from creditsim.report.comparison import Comparison

    rows = [
        (
            each.name,
            replication,
            month_text(24240 + month),
            "all",
            "all",
            name,
            5.0 - place + 0.01 * replication,
        )
        for place, each in enumerate(scenarios)
        for replication in range(options["replications"])
        for month in range(2)
        for name in (BREACHES, "cost.public_yuan_month", "harm.wrongly_penalised_per_1000")
    ]
    columns = ["scenario", "replication", "month", "setting", "group", "outcome", "value"]
    return Comparison.from_outcomes(
        pd.DataFrame(rows, columns=columns),
        scenarios,
        options["baseline"] or scenarios[0].name,
        seed=options["seed"],
        scale=options["scale"],
    )


@pytest.fixture
def api(monkeypatch):
    fake = FakeApi()
    monkeypatch.setattr(creditsim.app, "api", fake, raising=False)
    monkeypatch.setitem(sys.modules, "creditsim.app.api", fake)
    return fake


@pytest.fixture
def said(capsys):
    """Run a command line; return its exit code, standard output, and lines of standard error."""

    def run(*arguments):
        code = run_command([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, [line for line in err.splitlines() if "library talks" not in line]

    return run


def only_json(text):
    """Return the one JSON object that a text is, refusing NaN."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_help_shows_examples(said):
    code, out, err = said("--help")
    assert (code, err) == (0, [])
    for command in ("list", "levers", "activities", "diff", "run", "compare", "replay"):
        assert f"  {command} " in out
        code, text, err = said(command, "--help")
        assert (code, err) == (0, [])
        assert f"  creditsim {command}" in text


def test_nothing_asked_shows_help(said):
    assert said()[:2] == said("--help")[:2]


def test_version(said):
    code, out, err = said("--version")
    assert (code, err) == (0, [])
    assert re.fullmatch(r"creditsim \d+\.\d+\.\d+\n", out)


def test_list_shows_what_can_be_named(said):
    code, out, err = said("list")
    assert (code, err) == (0, [])
    for name in ("status-quo-2019", "five-entries-2020", "weihai-etdz", "wendeng-2020"):
        assert re.search(rf"^{name}\b", out, re.MULTILINE)


def test_list_json_is_one_object_of_all_topics(said):
    code, out, err = said("list", "--json")
    listed = only_json(out)
    assert (code, err) == (0, [])
    assert list(listed) == ["scenarios", "districts", "rulebooks", "outcomes", "levers"]
    assert [each["name"] for each in listed["outcomes"]] == list(outcomes())
    assert {"en", "zh"} <= set(listed["scenarios"][0]["title"])


def test_list_of_one_topic_in_chinese(said):
    code, out, _ = said("list", "outcomes", "--lang", "zh")
    assert code == 0
    assert outcomes()[BREACHES].title_zh in out


def test_list_of_an_unknown_topic_names_the_nearest(said):
    code, out, err = said("list", "scenario")
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert "nearest: scenarios" in err[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compre"], "compare"),
        (["run"], "SCENARIO"),
        (["compare"], "SCENARIO"),
        (["replay"], "DIR"),
        (["run", "no-programme", "--sede", "3"], "--seed"),
        (["run", "no-programme", "--scale"], "--scale"),
        (["run", "no-programme", "guidance-2021"], "guidance-2021"),
        (["run", "no-programme", "-v", "--quiet"], "--quiet"),
        (["--seed", "3", "run"], "--seed"),
    ],
)
def test_a_command_line_that_cannot_be_read_is_one_line(said, api, arguments, words):
    code, out, err = said(*arguments)
    assert (code, out, api.calls) == (2, "", [])
    assert len(err) == 1
    assert words in err[0]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--scale", "1.2x"), ("--scale", "0"), ("--scale", "nan"), ("--scale", "41"), ("--scale", "0,1"),
        ("--seed", "-1"), ("--seed", "1.5"), ("--seed", "4294967296"), ("--seed", "1_000"), ("--seed", ""),
        ("--months", "0"), ("--months", "many"), ("--months", "100000"),
        ("--replication", "-1"), ("--threads", "0"), ("--threads", "two"),
        ("--engine", "fast"), ("--lang", "de"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_one_line_that_says_what_was_expected(said, api, tmp_path, option, value):
    code, out, err = said("run", "no-programme", option, value, "--out", tmp_path / "new")
    assert (code, out, api.calls) == (2, "", [])
    assert len(err) == 1
    assert err[0].startswith(f"{option}: got ")
    assert "expected" in err[0]
    assert list(tmp_path.iterdir()) == []


def test_all_faults_come_at_once_and_nothing_runs(said, api, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    (tmp_path / "plan.yaml").write_text("format: 1\nmonths: few\n")
    code, out, err = said(
        "compare", "status-quo", tmp_path / "plan.yaml", "no-programme", "--baseline", "guidance",
        "--scale", "1.2x", "--seed", "x", "--replications", "0", "--out", tmp_path,
    )  # fmt: skip
    assert (code, out, api.calls) == (2, "", [])
    text = "\n".join(err)
    for expected in (
        "--scale: got '1.2x'",
        "--seed: got 'x'",
        "--replications: got 0",
        "--out: got ",
        "nearest: status-quo-2019",
        "nearest: guidance-2021",
        f"{tmp_path / 'plan.yaml'}:2: months: got 'few'",
    ):
        assert expected in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt", "plan.yaml"]


def test_a_missing_file_and_a_folder_are_faults(said, api, tmp_path):
    for path in (tmp_path / "nowhere.yaml", tmp_path):
        code, out, err = said("run", path)
        assert (code, out, api.calls) == (2, "", [])
        assert len(err) == 1
        assert str(path) in err[0]


def test_run_prints_the_object_of_the_formats_page(said, api):
    code, out, _ = said(
        "run", "five-entries-2020", "--seed", "7", "--scale", "0.02", "--threads", "2", "--json"
    )
    assert code == 0
    assert only_json(out) == {
        "scenario": "five-entries-2020",
        "inputs": "1" * 64,
        "fingerprint": "2" * 64,
        "agents": 280,
        "months": 36,
        "seconds": 1.235,
        "residuals": {"visits to firms": 0},
        "memory": MEMORY,
        "outcomes": {BREACHES: 2.5, "harm.wrongly_penalised_per_1000": None},
    }
    ((name, scenarios, options),) = api.calls
    assert (name, scenarios) == ("run", ["five-entries-2020"])
    assert options["seed"] == 7
    assert options["scale"] == 0.02
    assert options["threads"] == 2
    assert options["engine"] == "compiled"
    assert options["months"] is None


def test_run_prints_a_table_for_people(said, api):
    code, out, err = said("run", "no-programme")
    assert code == 0
    assert outcomes()[BREACHES].title_en in out
    assert "2.5" in out
    assert "2" * 64 in out
    assert len(err) == 1
    assert "--out" in err[0]


def test_quiet_says_nothing(said, api):
    assert said("run", "no-programme", "--quiet") == (0, "", [])
    assert said("-q", "compare", "no-programme", "guidance-2021") == (0, "", [])


def test_verbose_shows_the_resolved_scenario(said, api):
    code, _, err = said("run", "no-programme", "-v")
    assert code == 0
    assert any(line.startswith("Scenario no-programme") for line in err)
    memory = "memory at the end: 241.3 bytes an agent, 12.6 bytes an entry (1,234 entries); "
    assert any(line.startswith(memory) for line in err)


def test_compare_prints_the_object_of_the_formats_page(said, api):
    code, out, _ = said(
        "compare", "status-quo-2019", "five-entries-2020", "guidance-2021", "--baseline", "status-quo-2019",
        "--replications", "3", "--json",
    )  # fmt: skip
    found = only_json(out)
    assert code == 0
    assert (found["baseline"], found["replications"]) == ("status-quo-2019", 3)
    assert re.fullmatch("[0-9a-f]{64}", found["fingerprint"])
    columns = {
        "scenario", "outcome", "unit", "baseline_mean", "scenario_mean", "difference", "low", "high",
        "smallest_relevant", "verdict",
    }  # fmt: skip
    assert all(columns <= set(row) for row in found["rows"])
    row = next(
        row for row in found["rows"] if (row["scenario"], row["outcome"]) == ("guidance-2021", BREACHES)
    )
    assert row["difference"] == pytest.approx(-2.0)
    assert row["verdict"] == "lower"


def test_compare_prints_a_table_for_people(said, api):
    code, out, _ = said("compare", "status-quo-2019", "five-entries-2020", "--replications", "3")
    assert code == 0
    assert outcomes()[BREACHES].title_en in out
    assert "Compared with status-quo-2019: 3 replications of 2 months" in out


def test_compare_writes_all_its_files(said, api, tmp_path):
    folder = tmp_path / "new"
    code, out, _ = said("compare", "no-programme", "guidance-2021", "--replications", "2", "--out", folder)
    assert code == 0
    assert str(folder) in out
    assert sorted(path.name for path in folder.iterdir()) == [
        "comparison.json", "comparison.parquet", "outcomes.parquet", "report.html",
    ]  # fmt: skip
    assert only_json((folder / "comparison.json").read_text("utf-8"))["baseline"] == "no-programme"


def test_a_baseline_that_is_not_named_among_the_scenarios_is_added(said, api):
    assert said("compare", "guidance-2021", "--baseline", "no-programme", "--replications", "2", "-q")[0] == 0
    ((_, scenarios, options),) = api.calls
    assert scenarios == ["no-programme", "guidance-2021"]
    assert options["baseline"] == "no-programme"


def test_a_scenario_file_can_be_the_baseline(said, api, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("format: 1\ntitle: {en: Mine, zh: 我的}\nabout: {en: x, zh: x}\nbase: status-quo-2019\n")
    assert said("compare", "guidance-2021", file, "--baseline", file, "--replications", "2", "-q")[0] == 0
    assert said("compare", "guidance-2021", file, "--baseline", "mine", "--replications", "2", "-q")[0] == 0
    expected = (["guidance-2021", "mine"], "mine")
    assert [(scenarios, options["baseline"]) for _, scenarios, options in api.calls] == [expected] * 2


def test_ctrl_c_is_130_and_one_line(said, api, tmp_path):
    api.problem = KeyboardInterrupt()
    code, out, err = said("run", "no-programme", "--out", tmp_path / "new", "--json")
    assert (code, out) == (130, "")
    assert err == ["creditsim: stopped; nothing was written"]
    assert list(tmp_path.iterdir()) == []


def test_a_fault_found_by_the_run_is_one_line(said, api, tmp_path):
    api.problem = InputError([Fault("got x, expected y", "plan.yaml", 3, "policy.lever"), Fault("another")])
    code, out, err = said("run", "no-programme", "--out", tmp_path / "new")
    assert (code, out, err) == (2, "", ["plan.yaml:3: policy.lever: got x, expected y", "another"])
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_program_says_so_without_a_traceback(said, api):
    api.problem = ZeroDivisionError("division by zero")
    code, out, err = said("run", "no-programme")
    assert (code, out) == (70, "")
    assert len(err) == 1
    assert "ZeroDivisionError" in err[0]
    with pytest.raises(ZeroDivisionError):
        run_command(["run", "no-programme", "-v"])


@pytest.mark.parametrize(
    ("mismatches", "findings", "code"),
    [(0, (), 0), (2, ("agent 5: score_mp", "agent 6: grade"), 1), (0, ("short",), 1)],
)
def test_replay_tells_findings_by_its_exit_code(said, monkeypatch, mismatches, findings, code):
    from creditsim.experiment import replay

    found = replay.Replay(entries=10, agents=4, mismatches=mismatches, findings=findings)
    monkeypatch.setattr(replay, "replay_folder", lambda path: found)
    assert said("replay", "results")[::2] == (code, list(findings))
    got, out, err = said("replay", "results", "--json")
    assert (got, err) == (code, list(findings))
    assert only_json(out) == {"entries": 10, "agents": 4, "mismatches": mismatches}


def test_replay_of_no_folder_is_bad_input(said, tmp_path):
    code, out, err = said("replay", tmp_path / "nowhere")
    assert (code, out, len(err)) == (2, "", 1)


HEAVY = (
    "numpy",
    "numba",
    "pandas",
    "scipy",
    "matplotlib",
    "mesa",
    "pyarrow",
    "ruamel",
    "joblib",
    "rich",
)


def test_help_imports_nothing_heavy():
    script = (
        "import sys\n"
        "from creditsim.app.cli import run_command\n"
        "run_command(['--help']); run_command(['--version'])\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    source = str(Path(creditsim.app.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "heavy: []"
