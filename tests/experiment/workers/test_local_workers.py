"""Processes of this machine: they die, and the runs are finished all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from small_work import SmallRun, small_work, task_of, threads_of_worker

from creditsim.experiment.workers.local import LocalWorkers
from creditsim.experiment.workers.tries import FailedRun, completed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")


@pytest.fixture
def workers():
    made = LocalWorkers(2, small_work)
    yield made
    made.close(now=True)


def ended(tasks, workers):
    found = [each for each in completed(iter(tasks), workers) if each is not None]
    assert len({each.key for each in found}) == len(found)
    return {each.key: each for each in found}


def test_results_are_those_of_this_process(workers):
    tasks = [task_of(["finish"] * 3, f"task{number}") for number in range(10)]
    found = ended(tasks, workers)
    assert found == {each.key: each for task in tasks for each in small_work(task)}


@pytest.mark.parametrize(
    "word, told",
    [
        ("raise", "ValueError: a run that raises"),
        ("exit", "the worker process ended: EXIT(7)"),
        ("kill", "the worker process ended: SIGKILL(-9)"),
    ],
)
def test_a_culprit_is_named_after_three_tries_and_all_others_finish(workers, word, told):
    tasks = [task_of(["finish", "finish"], f"task{number}") for number in range(6)]
    tasks.insert(2, task_of(["finish", word, "finish"], "culprit"))
    found = ended(tasks, workers)
    assert len(found) == 15
    failed = found.pop("culprit-1")
    assert isinstance(failed, FailedRun)
    assert len(failed.tries) == 3
    assert failed.tries[-1].error.startswith(told)
    assert all(told.split(":")[0] in each.log and each.worker for each in failed.tries)
    assert all(isinstance(each, SmallRun) for each in found.values())


def test_a_worker_killed_from_outside_costs_no_run(workers):
    tasks = [task_of(["slow"], f"task{number}") for number in range(8)]
    found = []
    for each in completed(iter(tasks), workers):
        if each is None:
            continue
        found.append(each)
        if len(found) == 2:
            os.kill(next(iter(workers._executor._processes)), signal.SIGKILL)
    assert sorted(each.key for each in found) == [f"task{number}-0" for number in range(8)]
    assert {type(each) for each in found} == {SmallRun}


def test_a_worker_killed_while_idle_is_replaced_unseen(workers):
    assert len(ended([task_of(["finish"])], workers)) == 1
    os.kill(next(iter(workers._executor._processes)), signal.SIGKILL)
    time.sleep(0.5)
    workers.submit(task_of(["finish"]))
    (done,) = workers.wait(10)
    assert done.death is None


def test_a_worker_has_one_thread_and_is_deaf_to_interrupts():
    workers = LocalWorkers(1, threads_of_worker)
    try:
        workers.submit(task_of(["finish"]))
        assert workers.wait(10)[0].result == ["1", "1"]
        os.kill(next(iter(workers._executor._processes)), signal.SIGINT)
        workers.submit(task_of(["finish"]))
        assert workers.wait(10)[0].death is None
    finally:
        workers.close()


def test_nothing_is_left_after_closing_at_once(workers):
    threads = threading.active_count()
    for _ in range(4):
        workers.submit(task_of(["slow"] * 20))
    time.sleep(0.3)
    ids = list(workers._executor._processes)
    started = time.monotonic()
    workers.close(now=True)
    assert time.monotonic() - started < 5
    assert workers.wait(0.05) == []
    assert threading.active_count() <= threads
    assert not any(alive(each) for each in ids)


SCRIPT = """
import os, sys, time
from small_work import small_work, task_of
from creditsim.experiment.workers.local import LocalWorkers
if __name__ == "__main__":
    workers = LocalWorkers(2, small_work)
    workers.submit(task_of(["print"]))
    workers.wait(10)
    print(*workers._executor._processes, flush=True)
    if sys.argv[1] == "stay":
        workers.submit(task_of(["slow"] * 100))
        time.sleep(60)
    workers.close()
"""


def test_what_a_worker_prints_stays_off_the_drivers_output(driver):
    process = driver("leave")
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert all(each.isdigit() for each in out.split())
    assert err.strip() == "a worker's word"  # and no complaint about what leaked


def test_workers_end_soon_after_a_killed_driver(driver):
    process = driver("stay")
    ids = [int(each) for each in process.stdout.readline().split()]
    assert len(ids) == 2
    process.kill()
    process.wait()
    until = time.monotonic() + 5
    while any(alive(each) for each in ids) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(alive(each) for each in ids)


@pytest.fixture
def driver(tmp_path):
    (tmp_path / "drive.py").write_text(SCRIPT, "utf-8")
    started = []

    def start(word):
        process = subprocess.Popen(
            [sys.executable, str(tmp_path / "drive.py"), word],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def alive(process_id: int) -> bool:
    """Say whether a process runs; one that has ended and was not yet waited for does not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
    return subprocess.run(["ps", "-p", str(process_id)], capture_output=True).returncode == 0
