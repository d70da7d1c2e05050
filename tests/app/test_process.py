"""The command line as a process of its own: signals, pipes, terminals without Chinese."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import creditsim.app

SOURCE = str(Path(creditsim.app.__file__).parents[2])
COMMAND = [sys.executable, "-c", "from creditsim.app.cli import main; main()"]

SLOW_RUN = """
import sys, time, types
import creditsim.app
import creditsim.experiment.run
def run(*arguments, **options):
    print("running", file=sys.stderr, flush=True)
    time.sleep(60)
creditsim.app.api = sys.modules["creditsim.app.api"] = types.SimpleNamespace(run=run)
from creditsim.app.cli import main
main()
"""


def environment(**changes):
    return {**os.environ, "PYTHONPATH": SOURCE, **changes}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_stops_a_run_in_one_line(tmp_path):
    command = [sys.executable, "-c", SLOW_RUN, "run", "no-programme", "--out", str(tmp_path / "new")]
    with subprocess.Popen(
        command,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts what runs in the background deaf to Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stderr.readline() == "running\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err == "creditsim: stopped; nothing was written\n"
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_seen_enough_is_no_fault():
    with subprocess.Popen(
        [*COMMAND, "list", "--json"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=60)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_json_is_json_in_every_encoding(encoding):
    done = subprocess.run(
        [*COMMAND, "list", "scenarios", "--json"],
        env=environment(PYTHONIOENCODING=encoding, PYTHONUTF8="0"),
        capture_output=True,
        check=True,
    )
    titles = [each["title"]["zh"] for each in json.loads(done.stdout.decode(encoding))["scenarios"]]
    assert titles
    assert all("?" not in title for title in titles)


def test_a_table_is_printed_where_chinese_cannot_be():
    done = subprocess.run(
        [*COMMAND, "list", "outcomes", "--lang", "zh"],
        env=environment(PYTHONIOENCODING="ascii"),
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_bad_input_leaves_standard_output_empty():
    done = subprocess.run(
        [*COMMAND, "run", "stauts-quo-2019"], env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "nearest: status-quo-2019" in done.stderr
