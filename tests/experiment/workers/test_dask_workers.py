"""A Dask scheduler and two worker processes on this machine, and what happens when one of them dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from chaos import SMALL_SWEEP, sweep_here
from small_work import SmallRun, forgets_the_package, small_work, task_of

from creditsim.app.cli import run_command
from creditsim.core.errors import InputError
from creditsim.experiment.design import Design
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.workers import on_dask
from creditsim.experiment.workers.places import WorkersLost
from creditsim.experiment.workers.tries import FailedRun, completed
from creditsim.spec.experiment import load_experiment

pytest.importorskip("distributed")


class Cluster:
    """A scheduler and its workers, each a process that can be killed."""

    def __init__(self, folder: Path):
        self.folder, self.file = folder, str(folder / "scheduler.json")
        self.common = ("--no-dashboard", "--scheduler-file", self.file)
        self.scheduler = self.start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        self.workers = [self.start("dask_worker", "--no-nanny", "--nthreads", "1") for _ in range(2)]

    def start(self, program: str, *options: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *self.common, *options],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parent),
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    yield made
    made.end()


@pytest.fixture
def client(cluster):
    made = on_dask.connect(scheduler_file=cluster.file)
    made.wait_for_workers(2, timeout=30)
    yield made
    made.close()


def test_a_cluster_names_who_raises_and_who_kills_and_forgets_results(cluster, client):
    workers = on_dask.DaskWorkers(client, small_work)
    assert workers.width == 4
    tasks = [task_of(["finish", "finish"], f"task{number}") for number in range(6)]
    tasks.insert(1, task_of(["finish", "raise"], "culprit"))
    found = {each.key: each for each in completed(iter(tasks), workers) if each is not None}
    assert len(found) == 14
    assert len(found.pop("culprit-1").tries) == 3
    assert {type(each) for each in found.values()} == {SmallRun}
    until = time.monotonic() + 5
    while any(client.has_what().values()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(client.has_what().values())

    # Without a nanny each death costs the cluster a worker: bring a new one for the third try.
    cluster.workers.append(cluster.start("dask_worker", "--no-nanny", "--nthreads", "1"))
    client.wait_for_workers(3, timeout=30)
    (failed,) = [each for each in completed(iter([task_of(["exit"])]), workers) if each is not None]
    assert isinstance(failed, FailedRun)
    assert [each.error.split(";")[0] for each in failed.tries] == ["the worker process died"] * 3
    assert all(each.worker.startswith("tcp://") for each in failed.tries)


def test_a_worker_killed_in_the_middle_costs_no_run(cluster, client):
    tasks = [task_of(["slow"], f"task{number}") for number in range(10)]
    found = []
    for each in completed(iter(tasks), on_dask.DaskWorkers(client, small_work)):
        if each is None:
            continue
        found.append(each)
        if len(found) == 2:
            cluster.workers[0].kill()
    assert sorted(each.key for each in found) == [f"task{number}-0" for number in range(10)]
    assert {type(each) for each in found} == {SmallRun}


def test_a_killed_scheduler_is_told_within_seconds(cluster, client):
    workers = on_dask.DaskWorkers(client, small_work)
    workers.submit(task_of(["slow"] * 20))
    cluster.scheduler.kill()
    started = time.monotonic()
    with pytest.raises(WorkersLost, match="finished runs are kept"):
        workers.wait(20)
    with pytest.raises(WorkersLost):
        workers.submit(task_of(["finish"]))
    workers.close(now=True)
    assert time.monotonic() - started < 5


def test_a_worker_without_creditsim_is_told(client):
    workers = on_dask.DaskWorkers(client, forgets_the_package)
    workers.submit(task_of(["finish"]))
    (done,) = workers.wait(20)
    assert done.death.startswith("the cluster cannot import creditsim (No module named 'creditsim')")


@pytest.mark.parametrize(
    "place, told",
    [
        ({}, "got no scheduler, expected its address"),
        ({"address": "tcp://127.0.0.1:1"}, "got no answer from a Dask scheduler at tcp://127.0.0.1:1"),
        ({"address": "nonsense::"}, "invalid address"),
        ({"scheduler_file": "none.json"}, "none.json: got no scheduler's address"),
    ],
)
def test_no_scheduler_is_one_clear_line(monkeypatch, place, told):
    monkeypatch.setattr(on_dask, "_PATIENCE_SECONDS", 0.5)
    with pytest.raises(InputError) as error:
        on_dask.connect(**place)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r'pip install "creditsim\[cluster\]"'):
        on_dask.connect("tcp://127.0.0.1:1")


def test_a_sweep_on_a_cluster_gives_the_bytes_of_one_process(cluster, client, tmp_path, capsys):
    file = tmp_path / "e.yaml"
    file.write_text(SMALL_SWEEP)
    here = sweep_here(Design(load_experiment(file)), tmp_path / "here", {})
    killer = threading.Thread(target=kill_when_something_is_done, args=(cluster, tmp_path / "there"))
    killer.start()
    options = ["--store", str(tmp_path / "there"), "--dask-scheduler-file", cluster.file, "--json"]
    assert run_command(["sweep", str(file), *options]) == 0
    killer.join()
    assert json.loads(capsys.readouterr().out)["runs"] == 40
    assert ResultStore.open(tmp_path / "there").table() == here


def kill_when_something_is_done(cluster, store):
    """Kill a worker as soon as the sweep has claimed runs."""
    while not (store / "claims").exists():
        time.sleep(0.01)
    time.sleep(1.0)
    cluster.workers[0].kill()
