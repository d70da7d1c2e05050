"""Sensitivity from Python: which assumptions matter for a comparison, or for a plain function."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from creditsim.analysis.sensitivity.known import KNOWN_FUNCTIONS
from creditsim.analysis.sensitivity.study import study_function, study_sweep
from creditsim.analysis.sweeps import kept_outcomes, whole_replications
from creditsim.core.errors import Fault, InputError
from creditsim.experiment.screening import Range, Screening
from creditsim.experiment.sweep import Progress
from creditsim.report.sensitivity import Sensitivity
from creditsim.spec.experiment import Experiment, load_experiment

SAMPLES = {"morris": 10, "sobol": 64}
"""Trajectories and base points of an experiment, unless said otherwise."""

FUNCTION_SAMPLES = {"morris": 50, "sobol": 8192}
"""The same of a function, which costs next to nothing."""

NO_FACTOR = "worlds.factors"
"""Key of the fault of an experiment in which nothing is uncertain."""


def sensitivity(
    of: Experiment | str | os.PathLike[str] | Callable[[np.ndarray], np.ndarray],
    method: str = "morris",
    samples: int | None = None,
    seed: int | None = None,
    outcome: str | Sequence[str] = (),
    store: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    factors: Mapping[str, tuple[float, float]] | None = None,
    progress: bool | Callable[[Progress], None] | None = None,
    client: Any = None,
) -> Sensitivity:
    """Screen assumptions: say how much each matters for what is found.

    Parameters
    ----------
    of : Experiment, str, path or callable
        An experiment, whose factors of the worlds are screened; or ``ishigami`` or ``g-function``; or a
        function that takes points (rows, factors) and returns one number a row.
    method : {'morris', 'sobol'}
        Elementary effects; shares of the variance.
    samples : int, optional
        Trajectories (default 10), or base points, a power of two (default 64). A design of more
        trajectories has those of fewer in it, so a store is gone on with.
    seed : int, optional
        Of the design; default: the experiment's, or 1.
    outcome : str or sequence of str
        Outcomes to look at, by name or nickname; default: breaches, wrongly penalised, trust, cost.
    store : path, optional
        Where runs are kept, and gone on with; default: a temporary folder.
    workers : int, optional
        Processes here; by default all cores. Never changes a result.
    factors : mapping of str to (low, high)
        Ranges of a function's factors, in the order of its columns.
    progress : bool or callable, optional
        As in `creditsim.sweep`.
    client : distributed.Client, optional
        Runs on its cluster instead.

    Returns
    -------
    Sensitivity
        Indices with intervals, switching values, figures.

    Raises
    ------
    InputError
        All faults at once; also if a run failed.

    Examples
    --------
    >>> found = sensitivity(lambda x: x[:, 0] - 5 * x[:, 1], factors={"x": (0, 2), "y": (0, 1)})
    >>> [each.name for each in found.main.indices]
    ['y', 'x', 'dummy']
    """
    known = KNOWN_FUNCTIONS.get(of) if isinstance(of, str) else None
    if known is not None or callable(of):
        ranges = known.factors if known else _ranges(factors)
        number = FUNCTION_SAMPLES.get(method, 2) if samples is None else samples
        screening = Screening(method, number, 1 if seed is None else seed, ranges)
        function = known.function if known else of
        name = known.name if known else getattr(of, "__name__", "function")
        return Sensitivity((study_function(function, screening, name),), known=known)
    experiment = load_experiment(of)
    wanted = [outcome] if isinstance(outcome, str) else list(outcome)
    screening = _screening(experiment, method, samples, seed)
    return _of_experiment(experiment, screening, wanted, store, workers, progress, client)


def _screening(experiment: Experiment, method: str, samples: int | None, seed: int | None) -> Screening:
    """Return the design for an experiment's factors, with their own values of its scenarios."""
    factors = experiment.worlds.factors
    number = SAMPLES.get(method, 2) if samples is None else samples
    own = {factor.lever: experiment.scenarios[0].values[factor.lever] for factor in factors}
    try:
        return Screening(method, number, experiment.seed if seed is None else seed, factors, own)
    except InputError as error:
        faults = [_at(fault, experiment.file) if fault.key == NO_FACTOR else fault for fault in error.faults]
        raise InputError(faults) from None


def _at(fault: Fault, file: str) -> Fault:
    """Return a fault of an experiment with its file, and with where factors can be had."""
    return replace(fault, message=f"{fault.message}; or take doubtful-assumptions, which has them", file=file)


def _of_experiment(
    experiment: Experiment,
    screening: Screening,
    wanted: Sequence[str],
    store: str | os.PathLike[str] | None,
    workers: int | None,
    progress: bool | Callable[[Progress], None] | None,
    client: Any,
) -> Sensitivity:
    """Run a design into a store and study what comes out."""
    from creditsim.app.sweeps import sweep
    from creditsim.experiment.design import Design

    names = kept_outcomes(Design(experiment, screening).recorded, wanted) if wanted else ()
    if len(experiment.scenarios) < 2:
        got = "got one scenario, expected two or more: verdicts are on differences"
        raise InputError(Fault(got, experiment.file, key="scenarios"))
    with _folder(store) as path:
        swept = sweep(experiment, path, workers, client, progress, screening)
        whole = whole_replications(swept.recorded, swept.store, swept.replications)
        if swept.partial and len(whole) < swept.replications:
            raise InputError([Fault(line) for line in swept.failure_lines()] or [Fault("runs are missing")])
        studies = study_sweep(swept.recorded, swept.store, whole, names)
        return Sensitivity(studies, swept.recorded, swept.fingerprint)


def _ranges(factors: Mapping[str, tuple[float, float]] | None) -> tuple[Range, ...]:
    """Return the factors of a function."""
    faults = []
    for name, ends in (factors or {}).items():
        if len(ends) != 2 or not ends[0] < ends[1]:
            faults.append(Fault(f"got {ends!r}, expected (low, high), low below high", key=f"factors.{name}"))
    if faults:
        raise InputError(faults)
    return tuple(Range(name, float(low), float(high)) for name, (low, high) in (factors or {}).items())


@contextmanager
def _folder(store: str | os.PathLike[str] | None) -> Any:
    """Give the store's folder; a temporary one, gone afterwards, if none is named."""
    if store is not None:
        yield store
        return
    with tempfile.TemporaryDirectory(prefix="creditsim-") as path:
        yield os.path.join(path, "store")
