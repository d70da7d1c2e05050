"""Execute many replications here, on all cores; the number of workers never changes a result."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import joblib
import pandas as pd

from creditsim.core.fingerprint import fingerprint_json
from creditsim.core.threads import available_cores
from creditsim.experiment.run import RunResult, run_replication
from creditsim.population.targets import count_agents
from creditsim.spec.comparable import distinct_names
from creditsim.spec.scenario import Scenario

Progress = Callable[[int, int], None]
T = TypeVar("T")

_SMALL_AGENT_MONTHS = 3_000_000
"""Some five seconds of one core."""


def run_scenarios(
    scenarios: Sequence[Scenario],
    replications: int = 10,
    scale: float = 0.1,
    seed: int = 1,
    workers: int = 1,
    engine: str = "compiled",
    progress: Progress | None = None,
    only: Sequence[str] = (),
    spent: list[float] | None = None,
) -> tuple[pd.DataFrame, str]:
    """Run every scenario in every replication; return all outcomes and one fingerprint.

    Parameters
    ----------
    workers : int
        Processes, each with one thread; a killed worker's replication is run again.
    progress : callable, optional
        Called with (replications done, replications in all).
    only : sequence of str
        Kinds and settings that take part; none means all.
    spent : list, optional
        Receives the seconds that each replication took in its worker.

    Returns
    -------
    outcomes : pandas.DataFrame
        Tidy; a scenario named twice is told apart as ``name (2)``.
    fingerprint : str
        SHA-256 over the fingerprints of all runs, in order.
    """
    replicate = functools.partial(_replicate, distinct_names(scenarios), scale, seed, engine, only)
    frames, prints = [], []
    for frame, found, seconds in over_replications(replicate, range(replications), workers):
        frames.append(frame)
        prints.append(found)
        if spent is not None:
            spent.append(seconds)
        if progress:
            progress(len(frames), replications)
    return stacked(frames), fingerprint_json(prints)


def over_replications(replicate: Callable[[int], T], numbers: Iterable[int], workers: int) -> Iterator[T]:
    """Yield what a function of a replication's number gives, in the numbers' order.

    Parameters
    ----------
    workers : int
        Processes, each with one thread; a killed worker's replication is run again.
    """
    tasks = (joblib.delayed(replicate)(number) for number in numbers)
    with joblib.parallel_config("loky" if workers > 1 else "sequential", n_jobs=workers):
        yield from joblib.Parallel(return_as="generator")(tasks)


def workers_for(
    scenarios: Sequence[Scenario], scale: float, replications: int, workers: int | None = None
) -> int:
    """Return the workers asked for, at most one a replication; else all cores, or one for small work.

    A worker takes some seconds to start, in which one process is through with a small comparison.
    """
    if workers is None:
        months = sum(
            count_agents(each.population, scale) * (each.months + each.burn_in_months) for each in scenarios
        )
        workers = 1 if months * replications < _SMALL_AGENT_MONTHS else available_cores()
    return min(workers, replications)


def _replicate(
    scenarios, scale: float, seed: int, engine: str, only: Sequence[str], replication: int
) -> tuple[pd.DataFrame, list[str], float]:
    """Run one replication in this process; return its outcomes, fingerprints and seconds."""
    started = time.perf_counter()
    results: list[RunResult] = run_replication(
        scenarios, scale, seed, replication, engine, threads=1, only=only, keep_tables=False
    )
    prints = [result.fingerprint for result in results]
    return stacked([result.outcomes for result in results]), prints, time.perf_counter() - started


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames one below the other; text columns stay categorical."""
    texts = [name for name in frames[0].columns if isinstance(frames[0][name].dtype, pd.CategoricalDtype)]
    united = {}
    for name in texts:
        united[name] = pd.api.types.union_categoricals([frame[name] for frame in frames])
    rest = pd.concat([frame.drop(columns=texts) for frame in frames], ignore_index=True)
    return rest.assign(**united)[list(frames[0].columns)]
