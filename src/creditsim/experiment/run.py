"""Run scenarios: one replication's people and burn-in are shared by all its scenarios."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from creditsim.core.errors import Fault, InputError
from creditsim.core.fingerprint import fingerprint_columns
from creditsim.experiment.saving import Saving, run_and_save
from creditsim.experiment.tables import RunTables, agents_frame, ledger_frame
from creditsim.model.case import case_of, run_key
from creditsim.model.credit_model import CreditModel, burned_in, checked_engine
from creditsim.population.agents import takes_part
from creditsim.population.synthesis import build_population
from creditsim.spec.limits import HIGHEST_SCALE, LARGEST_KEY, LOWEST_SCALE, MOST_REPLICATIONS
from creditsim.spec.scenario import Scenario

__all__ = [
    "RunResult",
    "agents_frame",
    "case_of",
    "check_run",
    "ledger_frame",
    "run_key",
    "run_model",
    "run_replication",
]


@dataclass(frozen=True)
class RunResult:
    """What one run gives back.

    Attributes
    ----------
    outcomes, ledger, agents, grades : pandas.DataFrame
        Columns as in docs/formats.md. Ledger and agents are made when they are first asked for.
    fingerprint : str
        SHA-256 over results: outcomes, ledger, final scores.
    inputs : str
        SHA-256 over the resolved case: scenario, population, seed, replication, scale, months.
    months : int
    seconds : float
        Wall time of this run's months; never part of a fingerprint.
    case : dict
        The resolved case that `inputs` hashes.
    balances : pandas.DataFrame
        What is conserved, by month; see `creditsim.model.balances`.
    memory : dict
        Bytes kept at the end, see `creditsim.model.memory.MemoryUse.record`.
    number_of_agents : int
    tables : RunTables or None
        What ledger and agents are made from; None where they were not to be kept.
    """

    scenario: str
    outcomes: pd.DataFrame = field(repr=False)
    grades: pd.DataFrame = field(repr=False)
    balances: pd.DataFrame = field(repr=False)
    fingerprint: str
    inputs: str
    months: int
    seconds: float
    case: dict = field(repr=False)
    memory: dict = field(repr=False)
    number_of_agents: int
    tables: RunTables | None = field(repr=False)

    @functools.cached_property
    def ledger(self) -> pd.DataFrame:
        """The ledger, one row an entry."""
        return self.table("ledger")

    @functools.cached_property
    def agents(self) -> pd.DataFrame:
        """The final agents, one row an agent."""
        return self.table("agents")

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by its name; a large one is made for the caller and not kept."""
        if name == "ledger":
            return pd.DataFrame(self._kept().ledger())
        return self._kept().agents_frame() if name == "agents" else getattr(self, name)

    def _kept(self) -> RunTables:
        """Return what tables are made from; raise ValueError if nothing was kept of it."""
        if self.tables is None:
            raise ValueError("ledger and agents were not kept; run the replication with keep_tables=True")
        return self.tables

    def residuals(self) -> dict[str, int]:
        """Return the largest residual of each account over the months: 0 if nothing is lost or made."""
        largest = self.balances["residual"].abs().groupby(self.balances["account"], sort=False).max()
        return {str(name): int(value) for name, value in largest.items()}

    def means(self) -> dict[str, float | None]:
        """Return each outcome's mean over the months, for the district; None where not defined."""
        whole = self.outcomes[(self.outcomes["setting"] == "all") & (self.outcomes["group"] == "all")]
        found: dict[str, float | None] = {}
        for name, values in whole.groupby("outcome", observed=True, sort=False)["value"]:
            known = values.to_numpy()[~np.isnan(values.to_numpy())]
            found[str(name)] = float(known.mean()) if len(known) else None
        return found


def check_run(
    scale: float,
    seed: int,
    replications: int,
    months: int | None,
    threads: int,
    engine: str,
    only: Sequence[str] = (),
) -> None:
    """Raise InputError with all faults of a run's numbers at once."""
    checks = [
        (
            LOWEST_SCALE <= scale <= HIGHEST_SCALE,
            "scale",
            scale,
            f"a number from {LOWEST_SCALE:g} to {HIGHEST_SCALE:g}",
        ),
        (0 <= seed <= LARGEST_KEY, "seed", seed, f"a whole number from 0 to {LARGEST_KEY}"),
        (
            1 <= replications <= MOST_REPLICATIONS,
            "replications",
            replications,
            f"a whole number from 1 to {MOST_REPLICATIONS}",
        ),
        (months is None or 1 <= months <= 600, "months", months, "a whole number from 1 to 600"),
        (1 <= threads <= 1024, "threads", threads, "a whole number from 1 to 1024"),
    ]
    faults = [
        Fault(f"got {got}, expected {expected}", key=key) for ok, key, got, expected in checks if not ok
    ]
    try:
        takes_part(np.zeros(0, np.int64), only)
    except InputError as error:
        faults += error.faults
    try:
        checked_engine(engine)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)


def run_replication(
    scenarios: Sequence[Scenario],
    scale: float = 0.1,
    seed: int = 1,
    replication: int = 0,
    engine: str = "compiled",
    threads: int | None = None,
    progress: Callable[[], None] | None = None,
    only: Sequence[str] = (),
    keep_tables: bool = True,
    saving: Saving | None = None,
) -> list[RunResult]:
    """Run scenarios on the same people with the same luck; return one result each, in order.

    The population is built once for each district, and burned in once for each world. `only`
    names the kinds and settings that take part; none means all.
    `threads`, if none are named, are all cores for a large run and one for a small run.
    `progress`, if given, is called after each reported month. Without `keep_tables` the results
    have no ledger and no agents, and take no room that grows with the population. With `saving` a
    single scenario's run is saved as it goes.
    """
    populations, states, results = {}, {}, []
    for number, scenario in enumerate(scenarios):
        district = scenario.population
        if district not in populations:
            populations[district] = build_population(district, scale, seed, replication)
        shared = world_key(scenario)
        if shared not in states:
            states[shared] = burned_in(scenario, populations[district], threads=threads, only=only)
        # The last scenario of a world runs on the state itself, the others on copies of it.
        last = shared not in map(world_key, scenarios[number + 1 :])
        model = CreditModel(scenario, engine=engine, threads=threads, state=states[shared], adopt=last)
        if last:
            del states[shared]
        results.append(run_model(model, progress, keep_tables, saving))
        model.release()
    return results


def world_key(scenario: Scenario) -> tuple:
    """Return what scenarios must share to share a burn-in."""
    world = tuple(
        (name, value) for name, value in sorted(scenario.values.items()) if name.startswith("world.")
    )
    return scenario.population, scenario.start, scenario.burn_in_months, world


def run_model(
    model: CreditModel,
    progress: Callable[[], None] | None = None,
    keep_tables: bool = True,
    saving: Saving | None = None,
) -> RunResult:
    """Run a model to its scenario's last month and return the result of all its months.

    Parameters
    ----------
    model : CreditModel
        A new one, or one that was loaded from a checkpoint.
    progress : callable, optional
        Called after each month.
    keep_tables : bool
        Whether ledger and agents can be made from the result.
    saving : Saving, optional
        Where the model is saved as it goes.

    Raises
    ------
    RunStopped
        If a run that is saved was stopped with Ctrl-C.
    """
    started = time.perf_counter()
    if saving:
        run_and_save(model, saving, progress)
    else:
        model.run(progress=progress)
    outcomes = model.outcomes()
    seconds = time.perf_counter() - started
    tables, case = RunTables.of(model), model.case
    results = {
        "outcomes": outcomes.drop(columns="scenario"),
        "ledger": tables.ledger(),
        "final": tables.final(),
    }
    return RunResult(
        scenario=model.policy.name,
        outcomes=outcomes,
        grades=model.grades(),
        balances=model.balances(),
        fingerprint=fingerprint_columns(results),
        inputs=run_key(case),
        months=model.policy.months,
        seconds=seconds,
        case=case,
        memory=model.state.memory_use().record(),
        number_of_agents=len(model.state.agents),
        tables=tables if keep_tables else None,
    )
