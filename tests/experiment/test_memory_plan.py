"""The memory plan: its arithmetic, what it refuses, and that it tells what a run really takes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from creditsim.app import api
from creditsim.app.cli import run_command
from creditsim.experiment import memory_plan as module
from creditsim.experiment.memory_plan import available_memory, plan_memory, plan_of, states_at_once
from creditsim.population.synthesis import build_population
from creditsim.spec.scenario import load_scenario

PLAN = load_scenario("five-entries-2020")


def test_parts_add_up_to_the_peak():
    plan = plan_memory(1_000_000, 3.6, 36, 24, workers=3)
    assert sum(plan.parts.values()) == plan.peak
    assert plan.total == 3 * plan.peak


def test_the_plan_is_linear_in_agents():
    """A hundred times the district is ninety-nine districts more: nothing grows faster."""
    peaks = [plan_memory(n * 1_000_000, n * 3.6, 36, 24).peak for n in (1, 2, 10)]
    assert peaks[2] - peaks[0] == pytest.approx(9 * (peaks[1] - peaks[0]), rel=1e-6)


def test_states_writing_objects_and_compiling_take_more():
    base = plan_memory(1_000_000, 3.6, 36, 24).peak
    more = [{"states": 2}, {"engine": "objects"}, {"compiling": True}]
    assert all(plan_memory(1_000_000, 3.6, 36, 24, **change).peak > base for change in more)
    assert plan_memory(1_000_000, 3.6, 36, 24, written=True).peak >= base
    assert plan_memory(1_000_000, 3.6, 36, 24, entries_per_month=1.0).peak > 2 * base


def test_the_agents_are_those_that_are_made():
    for scale in (0.01, 0.3):
        assert plan_of([PLAN], scale).agents == pytest.approx(len(build_population(scale=scale)), rel=0.002)


def test_ten_million_agents_stay_below_eight_gigabytes():
    assert plan_of([PLAN], 36.0).agents > 9_900_000
    assert plan_of([PLAN], 36.0).peak < 8e9


@pytest.mark.parametrize(
    ("worlds", "most"),
    [
        ([], 0),
        (["a"], 1),
        (["a", "a"], 2),
        (["a", "b"], 1),
        (["a", "a", "b", "b"], 2),
        (["a", "b", "a", "b"], 3),
    ],
)
def test_states_at_once(worlds, most):
    assert states_at_once(worlds) == most


def test_a_large_plan_is_held_against_what_is_free_a_small_one_is_not():
    large, small = plan_memory(1_000_000, 3.6, 36, 24), plan_memory(100_000, 0.36, 36, 24)
    assert large.faults(large.total) == [] == large.faults(None) == small.faults(1)
    (fault,) = large.faults(large.total - 1)
    assert "\n" not in str(fault)
    for word in ("got", "expected", "smaller --scale"):
        assert word in str(fault)
    assert "fewer --threads" not in str(fault)
    assert "fewer --threads" in str(plan_memory(1_000_000, 3.6, 36, 24, workers=2).faults(1)[0])


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "five-entries-2020", "--scale", "36"),
        ("compare", "five-entries-2020", "--scale", "4", "--replications", "2", "--threads", "2"),
    ],
)
def test_the_command_line_refuses_before_anything_is_done(arguments, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(module, "available_memory", lambda: 1_000_000_000)

    def built(*given):
        raise AssertionError("something was run")

    monkeypatch.setattr(api, "run_replication", built)
    monkeypatch.setattr(api, "run_scenarios", built)
    assert run_command([*arguments, "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    shown, refused = err.splitlines()
    assert out == ""
    assert shown.startswith("memory plan: ")
    assert refused.startswith("memory: got a run that needs ")
    assert "expected at most the 1.0 GB that are free; choose a smaller --scale" in refused
    assert not (tmp_path / "out").exists()


def test_a_small_run_shows_its_plan_if_more_is_wanted(monkeypatch, capsys):
    monkeypatch.setattr(module, "available_memory", lambda: 1)
    small = ("run", "status-quo-2019", "--scale", "0.01", "--months", "1", "--threads", "1")
    assert run_command([*small]) == 0
    assert "memory plan" not in capsys.readouterr().err
    assert run_command([*small, "-v"]) == 0
    assert "memory plan: " in capsys.readouterr().err


def test_the_system_tells_what_is_free(tmp_path, monkeypatch):
    assert available_memory() is None or available_memory() > 0
    monkeypatch.setattr(module, "_SYSTEM", tmp_path / "meminfo")
    monkeypatch.setattr(module, "_GROUPS", tmp_path)
    (tmp_path / "meminfo").write_text("MemTotal: 900 kB\nMemAvailable: 500 kB\n")
    assert available_memory() == 500 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("100\n")
    assert available_memory() == 500 * 1024
    (tmp_path / "memory.max").write_text("4000\n")
    assert available_memory() == 3900


def test_a_system_that_does_not_tell_refuses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SYSTEM", tmp_path / "none")
    monkeypatch.setattr(module, "_GROUPS", tmp_path)

    def unknown(name):
        raise OSError(name)

    monkeypatch.setattr(module.os, "sysconf", unknown)
    assert available_memory() is None


@pytest.mark.skipif(sys.platform != "linux", reason="the figures were measured there")
def test_the_plan_tells_what_a_run_takes():
    """Within a fifth, in a process of its own; compiled code comes from the cache of the first round."""
    program = (
        "import json, sys\n"
        "from creditsim.experiment.run import run_replication\n"
        "from creditsim.spec.scenario import load_scenario\n"
        "scenario = load_scenario('five-entries-2020').with_(months=2, burn_in_months=1)\n"
        "run_replication([scenario], float(sys.argv[1]), 1)\n"
        # Not getrusage: there a process begins with the peak of the one that started it.
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(json.dumps(int(status['VmHWM'].split()[0]) * 1024))"
    )

    def taken(scale):
        done = subprocess.run(
            [sys.executable, "-c", program, str(scale)], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    taken(0.01)
    short = PLAN.with_(months=2, burn_in_months=1)
    assert plan_of([short], 0.36, compiling=False).peak == pytest.approx(taken(0.36), rel=0.2)
