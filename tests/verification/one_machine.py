"""Go through all that can change inside a process, and tell what the process itself shows of its settings.

`machines.py` starts one such process for each machine that it imitates.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import locale
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from creditsim.experiment.design import Design
from creditsim.experiment.run import run_replication
from creditsim.experiment.tasks import Finished, Task, finished_of, run_task
from creditsim.experiment.workers.tries import completed
from creditsim.spec.experiment import load_experiment

GOLDEN = Path(__file__).resolve().parents[1] / "experiment" / "golden.json"

EXPERIMENT = """\
format: 1
scenarios: [{scenarios}]
replications: 2
scale: 0.01
months: 4
burn_in_months: 2
seed: 1
"""

THREADS, EXECUTORS, ORDERS = (1, 2, 8), ("serial", "processes", "dask"), ("as listed", "backwards")


@dataclass
class Found:
    """What one process found.

    Attributes
    ----------
    evidence : dict
        See `evidence`.
    prints : list of (threads, executor, order, fingerprints by run)
    left_out : list of str
        What could not be run, and why.
    """

    evidence: dict[str, str]
    prints: list[tuple[int, str, str, dict[str, str]]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ThreadedTask(Task):
    """A task whose runs take a number of threads each."""

    threads: int = 1


def run_with_threads(task: ThreadedTask) -> list:
    """Run a task as a sweep does; with more than one thread, as one run does."""
    if task.threads == 1:
        return run_task(task)
    results = run_replication(
        task.scenarios, task.scale, task.seed, task.replication, threads=task.threads, keep_tables=False
    )
    return [finished_of(result, key) for key, result in zip(task.keys, results, strict=True)]


def evidence() -> dict[str, str]:
    """Return what this process shows of its settings."""
    import numpy as np
    from numba.core.registry import cpu_target

    locale.setlocale(locale.LC_ALL, "")
    offered = np._core._multiarray_umath.__cpu_features__
    _, name, features = cpu_target.target_context.codegen().magic_tuple()
    wide = [each for each in features.split(",") if each.startswith(("+avx", "+fma"))]
    return {
        "python": platform.python_version(),
        "hash_seed": os.environ.get("PYTHONHASHSEED", "random"),
        "hash": str(hash("creditsim")),
        "locale": locale.setlocale(locale.LC_ALL),
        "decimal_point": locale.localeconv()["decimal_point"],
        "encoding": locale.getpreferredencoding(False),
        "numpy": " ".join(sorted(each for each, there in offered.items() if there)),
        "numba": " ".join([name, *wide]),
        "blas": _blas_kernel(np),
    }


def _blas_kernel(np) -> str:
    """Return the name of the kernel that NumPy's own OpenBLAS chose."""
    libraries = Path(np.__file__).parents[1] / "numpy.libs"
    for path in sorted(libraries.glob("*openblas*")):
        library = ctypes.CDLL(str(path))
        for symbol in ("scipy_openblas_get_corename64_", "openblas_get_corename64_", "openblas_get_corename"):
            if hasattr(library, symbol):
                ask = getattr(library, symbol)
                ask.restype = ctypes.c_char_p
                return ask().decode()
    return "no OpenBLAS"


def go_through(
    threads: Sequence[int] = THREADS, executors: Sequence[str] = EXECUTORS, orders: Sequence[str] = ORDERS
) -> Found:
    """Run the golden scenarios in every way that can change inside this process."""
    found = Found(evidence())
    for executor in executors:
        try:
            with _place(executor) as workers:
                for order, number in itertools.product(orders, threads):
                    found.prints.append((number, executor, order, _fingerprints(workers, order, number)))
        except ModuleNotFoundError as lacking:
            found.left_out.append(f"{executor} on Python {platform.python_version()}: {lacking}")
    return found


@contextlib.contextmanager
def _place(executor: str) -> Iterator:
    """Give workers of an executor; for serial ones None."""
    if executor == "serial":
        yield None
    elif executor == "processes":
        from creditsim.experiment.workers.local import LocalWorkers

        workers = LocalWorkers(2, run_with_threads)
        try:
            yield workers
        finally:
            workers.close()
    else:
        import distributed

        from creditsim.experiment.workers.on_dask import DaskWorkers

        cluster = distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        )
        with cluster, distributed.Client(cluster) as client:
            yield DaskWorkers(client, run_with_threads)


def _fingerprints(workers, order: str, threads: int) -> dict[str, str]:
    """Return the fingerprints by scenario and replication of one way to run."""
    names = list(json.loads(GOLDEN.read_text("utf-8"))["fingerprints"])
    step = -1 if order == "backwards" else 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "experiment.yaml"
        path.write_text(EXPERIMENT.format(scenarios=", ".join(names[::step])), encoding="utf-8")
        design = Design(load_experiment(path))
    tasks = [ThreadedTask(**vars(task), threads=threads) for task in design.tasks(range(2))][::step]
    if workers is None:
        ended = [each for task in tasks for each in run_with_threads(task)]
    else:
        ended = [each for each in completed(iter(tasks), workers) if each is not None]
    if not all(isinstance(each, Finished) for each in ended):
        raise RuntimeError(f"a run came to nothing: {ended}")
    of_key = {each.key: each.fingerprint for each in ended}
    return {f"{run.scenario} {run.replication}": of_key[key] for run, key in design.recorded.keys(2).items()}


def main() -> None:
    """Go through what is asked for on the command line, as JSON; print what was found as JSON."""
    # By its name, not as the main program: workers import it.
    import one_machine

    found = one_machine.go_through(**json.loads(sys.argv[1]))
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
