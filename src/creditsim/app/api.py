"""The calls that notebooks and the command line share: run, go on with a run, compare, judge rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from creditsim.analysis.rows import JudgedRows
from creditsim.analysis.rows import judge_rows as judged
from creditsim.analysis.sensitivity.listed import listed_shipped
from creditsim.analysis.validation import check_validation, validate_patterns
from creditsim.app.memory import hold_to_memory
from creditsim.core.errors import Fault, InputError, unknown
from creditsim.core.fingerprint import fingerprint_json
from creditsim.core.threads import available_cores
from creditsim.core.versions import versions_of
from creditsim.experiment.execute import run_scenarios, workers_for
from creditsim.experiment.run import RunResult, case_of, check_run, run_model, run_replication
from creditsim.experiment.saving import USUAL_EVERY, checked_saving
from creditsim.model.checkpoint import read_head
from creditsim.model.credit_model import CreditModel
from creditsim.report.comparison import Comparison
from creditsim.report.validation import Validation
from creditsim.spec.comparable import check_comparable, distinct_names
from creditsim.spec.scenario import STATUS_QUO, Scenario, load_scenario


def run(
    scenario: Scenario | str,
    scale: float = 0.1,
    months: int | None = None,
    seed: int = 1,
    replication: int = 0,
    threads: int | None = None,
    engine: str = "compiled",
    progress: bool | None = None,
    only: Sequence[str] = (),
    checkpoint: str | Path | None = None,
    checkpoint_every: int = USUAL_EVERY,
) -> RunResult:
    """Run one scenario once.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, a shipped name, or a path to a YAML file.
    scale : float
        Size of the synthetic population against the district's, 0.01 to 40.
    months : int, optional
        Horizon; by default the scenario's.
    seed, replication : int
        Key of all draws.
    threads : int, optional
        Threads of the compiled month; by default all cores if the run is large. Never changes a result.
    engine : {"compiled", "objects"}
    progress : bool, optional
        Show a bar; by default on a terminal and in a notebook.
    only : sequence of str
        Settings and kinds of agents that take part, e.g. ``["village"]``; none means all.
    checkpoint : path, optional
        New file in which the run is saved as it goes, and with Ctrl-C, to be continued with `resume`.
    checkpoint_every : int
        Reported months between two savings.

    Raises
    ------
    InputError
        All faults at once.
    RunStopped
        With Ctrl-C, once something was saved; a KeyboardInterrupt.
    """
    saving = checked_saving(checkpoint, checkpoint_every)
    check_run(scale, seed, 1, months, 1 if threads is None else threads, engine, only)
    chosen = _resolved([scenario], months)[0]
    hold_to_memory([chosen], scale, engine=engine)
    with _bar(chosen.months, "month", progress) as advance:
        results = run_replication(
            [chosen], scale, seed, replication, engine, threads, lambda: advance(), only, saving=saving
        )
    return results[0]


def resume(
    path: str | Path,
    scenario: Scenario | str | None = None,
    months: int | None = None,
    threads: int | None = None,
    engine: str = "compiled",
    progress: bool | None = None,
    checkpoint: str | Path | None = None,
    checkpoint_every: int = USUAL_EVERY,
    any_version: bool = False,
) -> RunResult:
    """Go on with a run from its checkpoint, as it began or as another policy.

    As it began, it gives the results of a run that was never interrupted, bit by bit. As another
    scenario it is a branch: the months before stay as they were, and the result's `case` says so.

    Parameters
    ----------
    path : path
        A checkpoint, from `run`, `resume` or `CreditModel.save`. Scale, seed, replication and who
        takes part are the run's.
    scenario : Scenario or str, optional
        By default the run's own; another one must have the same world and start.
    months : int, optional
        Horizon, the months before included; by default the scenario's.
    threads, engine, progress, checkpoint_every
        As in `run`.
    checkpoint : path, optional
        Where it is saved in turn: `path` itself, or a new file.
    any_version : bool
        Take a checkpoint of other code or data too; the result's `case` says so.

    Raises
    ------
    InputError
        All faults at once.
    RunStopped
        With Ctrl-C, once something was saved; a KeyboardInterrupt.
    """
    saving = checked_saving(checkpoint, checkpoint_every, path)
    head = read_head(path)
    chosen = _resolved([head.policy if scenario is None else scenario], months)[0]
    scale = head.case["scale"]
    check_run(scale, head.case["seed"], 1, months, 1 if threads is None else threads, engine)
    hold_to_memory([chosen], scale, engine=engine)
    with _bar(chosen.months, "month", progress, len(head.months)) as advance:
        model = CreditModel.load(path, chosen, threads, engine, any_version=any_version)
        return run_model(model, lambda: advance(), saving=saving)


def compare(
    scenarios: Sequence[Scenario | str],
    baseline: Scenario | str | None = None,
    replications: int = 10,
    scale: float = 0.1,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    engine: str = "compiled",
    progress: bool | None = None,
    only: Sequence[str] = (),
) -> Comparison:
    """Compare scenarios with a baseline on the same synthetic people with the same luck.

    Parameters
    ----------
    scenarios : sequence of Scenario or str
        At least one; a scenario named twice is compared with itself (an A/A test).
    baseline : Scenario or str, optional
        One of them, or a further one; by default status-quo-2019, added if it is not named.
    replications : int
        Paired replications; intervals need at least two.
    threads : int, optional
        Worker processes; by default all cores unless the comparison is small. Never changes a result.
    only : sequence of str
        Settings and kinds of agents that take part, e.g. ``["village"]``; none means all.

    Returns
    -------
    Comparison
        Paired differences with intervals and verdicts, figures and the report.

    Raises
    ------
    InputError
        All faults at once.

    Examples
    --------
    >>> found = compare(["five-entries-2020"], replications=2, scale=0.01, months=3, threads=1)
    >>> found.baseline
    'status-quo-2019'
    """
    check_run(scale, seed, replications, months, 1 if threads is None else threads, engine, only)
    if isinstance(scenarios, (str, Scenario)) or not scenarios:
        raise InputError(Fault(f"got {scenarios!r}, expected a list of scenarios", key="scenarios"))
    chosen = _resolved(scenarios, months)
    label, chosen = _with_baseline(chosen, baseline, months)
    check_comparable(chosen)
    workers = workers_for(chosen, scale, replications, threads)
    hold_to_memory(chosen, scale, workers=workers, engine=engine)
    spent: list[float] = []
    with _bar(replications, "replication", progress) as advance:
        outcomes, fingerprint = run_scenarios(
            chosen,
            replications,
            scale,
            seed,
            workers,
            engine,
            lambda done, of: advance(),
            only,
            spent,
        )
    cases = [case_of(each, scale, seed, number, only) for number in range(replications) for each in chosen]
    return Comparison.from_outcomes(
        outcomes,
        chosen,
        label,
        seed=seed,
        scale=scale,
        fingerprint=fingerprint,
        inputs=fingerprint_json(cases),
        versions=versions(),
        run_seconds=sum(spent),
        assumptions=listed_shipped({each.name: each for each in distinct_names(chosen)}, label),
    )


def judge_rows(
    rows: Sequence[str] = (),
    seed: int = 1,
    replications: int = 6,
    scale: float = 0.1,
    months: int = 36,
    threads: int | None = None,
    progress: bool | None = None,
) -> JudgedRows:
    """Judge rows of the plan one by one: what each adds, or what the plan lacks without it.

    Parameters
    ----------
    rows : sequence of str
        Rows such as E4; none means all 21.
    replications : int
        Paired replications; intervals need at least two.
    threads : int, optional
        Worker processes; by default all cores. Never changes a result.

    Raises
    ------
    InputError
        All faults at once.
    """
    with replicating(scale, seed, replications, months, threads, progress) as (workers, advance):
        return judged(rows, seed, replications, scale, months, workers, advance)


def validate(
    patterns: Sequence[str] = (),
    seed: int = 1,
    replications: int = 10,
    scale: float = 0.1,
    threads: int | None = None,
    progress: bool | None = None,
) -> Validation:
    """Hold the simulation against the patterns that the field reports; nothing is tuned to meet them.

    Parameters
    ----------
    patterns : sequence of str
        Names as in data/patterns.yaml; none means all.
    replications : int
        At least two. Patterns whose interval reaches over an end of their band get more, up to four
        times as many.
    threads : int, optional
        Worker processes; by default all cores. Never changes a result.

    Returns
    -------
    Validation
        Status of each pattern, `to_frame`, `plot`, and what is doubtful where one is not met.

    Raises
    ------
    InputError
        All faults at once.

    Examples
    --------
    >>> found = validate(["penalty-items"], replications=2, scale=0.01, threads=1)
    >>> [each.status for each in found.found]
    ['met']
    """
    check_validation(patterns, replications)
    with replicating(scale, seed, replications, None, threads, progress) as (workers, advance):
        found = validate_patterns(
            seed, replications, scale, workers, lambda: advance(1, replications), patterns
        )
        return Validation(**vars(found))


def versions() -> dict[str, str]:
    """Return the versions of what computes the results."""
    return versions_of("creditsim", "numpy", "numba", "mesa", "pandas", "scipy")


def _resolved(scenarios: Sequence[Scenario | str], months: int | None) -> list[Scenario]:
    """Return scenarios loaded and set to the horizon; raise all faults at once."""
    faults: list[Fault] = []
    loaded = []
    for each in scenarios:
        try:
            scenario = load_scenario(each) if not isinstance(each, Scenario) else each
            loaded.append(scenario if months is None else scenario.with_(months=months))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return loaded


def _with_baseline(
    chosen: list[Scenario], baseline: Scenario | str | None, months: int | None
) -> tuple[str, list[Scenario]]:
    """Return the baseline's label and the scenarios, the baseline in front if it was not among them."""
    wanted = STATUS_QUO if baseline is None else baseline
    labels = [scenario.name for scenario in distinct_names(chosen)]
    name = wanted.name if isinstance(wanted, Scenario) else wanted
    if name in labels:
        return name, chosen
    if isinstance(wanted, str) and not wanted.endswith((".yaml", ".yml")):
        from creditsim.spec.scenario import scenario_names

        if wanted not in scenario_names():
            raise InputError(Fault(unknown(wanted, [*labels, *scenario_names()], "scenario"), key="baseline"))
    added = _resolved([wanted], months)[0]
    return added.name, [added, *chosen]


@contextmanager
def replicating(
    scale: float, seed: int, replications: int, months: int | None, threads: int | None, shown: bool | None
) -> Iterator:
    """Check a run of replications; give its worker processes and what to tell of each that is done."""
    threads = available_cores() if threads is None else threads
    check_run(scale, seed, replications, months, threads, "compiled")
    usual = _resolved([STATUS_QUO], months)
    hold_to_memory([*usual, *usual], scale, workers=min(threads, replications))
    with _bar(replications, "replication", shown) as advance:
        yield threads, lambda done, of: advance()


@contextmanager
def _bar(total: int, unit: str, shown: bool | None, done: int = 0) -> Iterator:
    """Give a function that moves a progress bar on: on a terminal and in notebooks, silent elsewhere."""
    if shown is False:
        yield lambda: None
        return
    from tqdm.auto import tqdm

    hidden = None if shown is None else not shown
    with tqdm(total=total, initial=done, unit=unit, disable=hidden, leave=False) as bar:
        yield bar.update
