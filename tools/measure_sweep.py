"""Measure what a sweep adds to its runs: its rate beside that of bare processes, its memory (minutes).

Run from the repository root: ``python tools/measure_sweep.py``. The ideal are as many processes as
workers that do nothing but run tasks, started, warm and timed together.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time

from creditsim.app.sweeps import sweep
from creditsim.experiment.design import Design
from creditsim.experiment.tasks import run_task
from creditsim.spec.experiment import experiment_of

SMALL = {
    "scenarios": ["status-quo-2019", "five-entries-2020"],
    "scale": 0.02,
    "months": 12,
    "burn_in_months": 0,
    "seed": 31,
}


def bare(number, of, tasks, ready, rates):
    """Run every so many tasks in this process; tell how many runs a second that gave."""
    mine = list(Design(experiment_of(**SMALL, replications=tasks)).tasks(range(number, tasks, of)))
    run_task(mine[0])
    ready.wait()
    started = time.perf_counter()
    runs = sum(len(run_task(task)) for task in mine)
    rates.put(runs / (time.perf_counter() - started))


def ideal_rate(workers, tasks):
    """Return how many runs a second bare processes do together."""
    context = multiprocessing.get_context("spawn")
    ready, rates = context.Barrier(workers), context.Queue()
    processes = [context.Process(target=bare, args=(k, workers, tasks, ready, rates)) for k in range(workers)]
    for process in processes:
        process.start()
    total = sum(rates.get() for _ in processes)
    for process in processes:
        process.join()
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    ideal = ideal_rate(given.workers, given.runs // 10)
    experiment = experiment_of(**SMALL, replications=given.runs // 2)
    with tempfile.TemporaryDirectory() as store:
        started = time.perf_counter()
        found = sweep(experiment, store, given.workers, progress=False)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = found.runs / seconds
    print(f"{found.runs:,} runs in {seconds:.0f} s, start included: {rate:.1f} a second")
    print(f"bare processes {ideal:.1f} a second: {rate / ideal:.0%} of the ideal")
    print(f"driver's peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
