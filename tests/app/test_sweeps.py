"""`creditsim sweep` and the commands about its store, as somebody types them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from chaos import Here

import creditsim as cs
from creditsim.app.cli import run_command
from creditsim.experiment.tasks import Failure
from creditsim.experiment.workers import local

EXPERIMENT = """\
format: 1
scenarios: [status-quo-2019, five-entries-2020]
replications: 3
scale: 0.01
months: 2
burn_in_months: 0
seed: 31
"""

KNOWN: dict = {}
"""Runs that an earlier test of this module did already."""


class OneFails(Here):
    """Workers on which the plan's runs of the last task raise."""

    def wait(self, seconds):
        done = super().wait(seconds)
        for each in done:
            if each.task.replication == 2:
                for place, run in enumerate(each.result):
                    if each.task.scenarios[each.task.keys.index(run.key)].name == "five-entries-2020":
                        each.result[place] = Failure(run.key, "ValueError: no luck", "Traceback: why", "here")
        return done


@pytest.fixture
def file(tmp_path, monkeypatch):
    """An experiment's file in the current folder, and workers that are this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local, "LocalWorkers", lambda number, work: Here(KNOWN))
    Path("e.yaml").write_text(EXPERIMENT)
    return "e.yaml"


def told(capsys, *arguments, code=0):
    """Run a command; return what it printed as JSON."""
    assert run_command([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_sweep_tells_its_runs_and_one_fingerprint(file, capsys):
    first = told(capsys, "sweep", file, "--store", "s")
    assert (first["runs"], first["failed"], first["planned"], first["already"]) == (6, 0, 6, 0)
    assert (first["partial"], first["until"], first["failures"]) == (False, None, [])
    again = told(capsys, "sweep", file, "--store", "s")
    assert again == {**first, "already": 6}
    assert told(capsys, "sweep", file, "--store", "t")["fingerprint"] == first["fingerprint"]
    (status,) = told(capsys, "status", "s")["experiments"]
    assert status == again
    assert cs.open_sweep("s").fingerprint == first["fingerprint"]
    formats = Path(__file__).parents[2] / "docs" / "formats.md"
    table = formats.read_text("utf-8").split("<!-- keys: sweep --json -->")[1].split("\n\n")[1]
    keys = "".join(row.split("|")[1] for row in table.splitlines()[2:])
    assert set(first) == set(re.findall(r"`(\w+)`", keys))


def test_a_run_that_fails_is_named_and_a_partial_comparison_must_be_allowed(file, capsys, monkeypatch):
    monkeypatch.setattr(local, "LocalWorkers", lambda number, work: OneFails(KNOWN))
    found = told(capsys, "sweep", file, "--store", "s", code=1)
    (failure,) = found["failures"]
    assert (found["runs"], found["failed"], found["partial"]) == (5, 1, True)
    assert (failure["scenario"], failure["replication"], failure["tries"]) == ("five-entries-2020", 2, 3)
    assert (failure["error"], failure["log"]) == ("ValueError: no luck", "Traceback: why")
    assert run_command(["status", "s"]) == 0
    assert "partial" in capsys.readouterr().out
    assert run_command(["compare", "--store", "s"]) == 2
    assert "1 of 6 runs are missing" in capsys.readouterr().err
    compared = told(capsys, "compare", "--store", "s", "--allow-partial")
    assert (compared["missing_runs"], compared["replications"]) == (1, 2)
    assert run_command(["compare", "--store", "s", "--allow-partial", "--out", "c"]) == 0
    assert capsys.readouterr().out.startswith("PARTIAL: 1 planned runs are missing")
    assert "PARTIAL" in Path("c/report.html").read_text()
    assert run_command(["export", "s", "--to", "csv"]) == 0
    assert "a PARTIAL sweep: 1 of 6" in capsys.readouterr().err


def test_a_comparison_from_a_store_is_that_of_the_same_runs(file, capsys):
    told(capsys, "sweep", file, "--store", "s")
    rows = told(capsys, "compare", "--store", "s")["rows"]
    names = ("status-quo-2019", "five-entries-2020")
    scenarios = [cs.load_scenario(name).with_(burn_in_months=0) for name in names]
    direct = cs.compare(scenarios, replications=3, scale=0.01, months=2, seed=31, threads=1)
    assert rows == direct.to_dict()["rows"]


def test_a_run_is_reproduced_by_the_first_characters_of_its_key(file, capsys):
    told(capsys, "sweep", file, "--store", "s")
    told(capsys, "export", "s", "--to", "csv", "--table", "runs", "--out", "runs.csv")
    lines = Path("runs.csv").read_text().splitlines()
    assert lines[0] == "scenario,world,replication,key,fingerprint"
    assert len(lines) == 7
    key, fingerprint = lines[3].split(",")[3:]
    found = told(capsys, "reproduce", "s", key[:20])
    assert found == {"key": key, "fingerprint": fingerprint, "reproduced": fingerprint, "same": True}
    assert run_command(["reproduce", "s", "xyz"]) == 2
    assert "none of 6 begins so" in capsys.readouterr().err


def test_exports_hold_every_run_and_are_not_written_over(file, capsys):
    told(capsys, "sweep", file, "--store", "s")
    means = told(capsys, "export", "s", "--to", "csv")
    months = told(capsys, "export", "s", "--to", "csv", "--table", "months", "--out", "m.csv")
    assert (means["file"], means["runs"], means["partial"]) == ("s.csv", 6, False)
    assert months["rows"] == 2 * means["rows"]
    assert run_command(["export", "s", "--to", "csv"]) == 2
    assert "is there already" in capsys.readouterr().err
    pytest.importorskip("openpyxl")
    assert told(capsys, "export", "s", "--to", "xlsx")["file"] == "s.xlsx"


def test_a_changed_byte_is_a_finding(file, capsys):
    told(capsys, "sweep", file, "--store", "s")
    assert told(capsys, "verify", "s")["findings"] == []
    (shard,) = Path("s/shards").iterdir()
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    (finding,) = told(capsys, "verify", "s", code=1)["findings"]
    assert shard.name in finding


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["sweep", "no.yaml", "--store", "s"], "no.yaml: got no such file, expected a YAML file"),
        (["sweep", "e.yaml", "--store", "s", "--workers", "0"], "--workers: got 0, expected a whole number"),
        (["sweep", "e.yaml", "--store", "s", "--workers", "2", "--dask", "x"], "got --workers and --dask"),
        (["sweep", "e.yaml", "--store", "e.yaml"], "e.yaml"),
        (["sweep", "e.yaml", "--store", "."], "expected a store of runs or an empty folder"),
        (["status", "nothing"], "nothing: got no store of runs"),
        (["verify", "nothing"], "nothing: got no folder"),
        (["export", "nothing", "--to", "pdf"], "--to: got 'pdf', expected csv or xlsx"),
        (["compare", "--allow-partial", "no-programme"], "--allow-partial: got it without --store"),
    ],
)
def test_mistakes_are_one_line_each(file, capsys, arguments, fault):
    assert run_command(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert fault in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_stopped_exits_in_order_and_goes_on(tmp_path, number):
    (tmp_path / "e.yaml").write_text(EXPERIMENT.replace("replications: 3", "replications: 400"))
    command = [sys.executable, "-c", "from creditsim.app.cli import main; main()"]
    command += ["sweep", str(tmp_path / "e.yaml"), "--store", str(tmp_path / "s"), "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(cs.__file__).parents[1])}
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        begun = time.monotonic()
        while not (tmp_path / "s" / "shards").exists() and time.monotonic() < begun + 120:
            time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    last = err.splitlines()[-1]
    assert last.startswith("creditsim: stopped; finished runs are kept; go on with: creditsim sweep")
    assert 0 < cs.open_sweep(tmp_path / "s").runs < 800
    assert run_command(["verify", str(tmp_path / "s"), "--quiet"]) == 0
