"""Run scenarios: one replication's people and burn-in are shared by all its scenarios."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from creditsim.core.compiled import source_digest
from creditsim.core.errors import Fault, InputError
from creditsim.core.fingerprint import fingerprint_columns, fingerprint_json
from creditsim.core.months import month_text
from creditsim.core.shipped import data_digest
from creditsim.model.credit_model import CreditModel, burned_in, checked_engine
from creditsim.population.agents import takes_part
from creditsim.population.synthesis import build_population
from creditsim.scoring.ledger import ACCOUNTS, KINDS_OF_ENTRY, MONTH_OPEN
from creditsim.spec.scenario import Scenario
from creditsim.spec.vocabulary import CHANNELS, GRADES, KINDS

LARGEST_KEY = 2**32 - 1
_WHO = ("area", "site", "home", "household", "employer", "representative")
_WHO += ("age_band", "sex", "education", "residence", "registration", "online")


@dataclass(frozen=True)
class RunResult:
    """What one run gives back.

    Attributes
    ----------
    outcomes, ledger, agents, grades : pandas.DataFrame
        Columns as in docs/formats.md.
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
    """

    scenario: str
    outcomes: pd.DataFrame = field(repr=False)
    ledger: pd.DataFrame = field(repr=False)
    agents: pd.DataFrame = field(repr=False)
    grades: pd.DataFrame = field(repr=False)
    balances: pd.DataFrame = field(repr=False)
    fingerprint: str
    inputs: str
    months: int
    seconds: float
    case: dict = field(repr=False)
    memory: dict = field(repr=False)

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
        (0.01 <= scale <= 10, "scale", scale, "a number from 0.01 to 10"),
        (0 <= seed <= LARGEST_KEY, "seed", seed, f"a whole number from 0 to {LARGEST_KEY}"),
        (1 <= replications <= 1_000_000, "replications", replications, "a whole number from 1 to 1000000"),
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
    threads: int = 1,
    progress: Callable[[], None] | None = None,
    only: Sequence[str] = (),
) -> list[RunResult]:
    """Run scenarios on the same people with the same luck; return one result each, in order.

    The population is built once for each district, and burned in once for each world. `only`
    names the kinds and settings that take part; none means all.
    `progress`, if given, is called after each reported month.
    """
    populations, states, results = {}, {}, []
    for scenario in scenarios:
        district = scenario.population
        if district not in populations:
            populations[district] = build_population(district, scale, seed, replication)
        shared = _world_key(scenario)
        if shared not in states:
            states[shared] = burned_in(scenario, populations[district], threads=threads, only=only)
        results.append(_run(scenario, states[shared], engine, threads, progress, only))
    return results


def case_of(scenario: Scenario, scale: float, seed: int, replication: int, only: Sequence[str] = ()) -> dict:
    """Return all that decides a run's results, ready for JSON; versions of code and data included."""
    return {
        "scenario": scenario.inputs(),
        "scale": scale,
        "seed": seed,
        "replication": replication,
        "only": sorted(only),
        "model": source_digest(),
        "data": data_digest(),
    }


def _world_key(scenario: Scenario) -> tuple:
    """Return what scenarios must share to share a burn-in."""
    world = tuple(
        (name, value) for name, value in sorted(scenario.values.items()) if name.startswith("world.")
    )
    return scenario.population, scenario.start, scenario.burn_in_months, world


def _run(scenario: Scenario, state, engine: str, threads: int, progress, only) -> RunResult:
    """Run one scenario from a burned-in state."""
    started = time.perf_counter()
    model = CreditModel(scenario, engine=engine, threads=threads, state=state)
    model.run(progress=progress)
    outcomes, ledger, agents = model.outcomes(), ledger_frame(model), agents_frame(model)
    seconds = time.perf_counter() - started
    population = state.population
    case = case_of(scenario, population.scale, population.seed, population.replication, only)
    final = agents[["slot", "score_mp", "village_score_mp", "grade", "star"]]
    results = {"outcomes": outcomes.drop(columns="scenario"), "ledger": ledger, "final": final}
    model.remove_all_agents()
    return RunResult(
        scenario=scenario.name,
        outcomes=outcomes,
        ledger=ledger,
        agents=agents,
        grades=model.grades(),
        balances=model.balances(),
        fingerprint=fingerprint_columns(results),
        inputs=fingerprint_json(case),
        months=scenario.months,
        seconds=seconds,
        case=case,
        memory=model.state.memory_use().record(),
    )


def ledger_frame(model: CreditModel) -> pd.DataFrame:
    """Return a run's ledger, one row an entry, codes as words and months as text."""
    entries = model.state.chains.written()
    items = np.array([*(item.id for item in model.rules.book.district.items), ""], object)
    words = {
        "account": (ACCOUNTS, entries["account"]),
        "kind": (KINDS_OF_ENTRY, entries["kind"]),
        "channel": ((*CHANNELS, ""), entries["channel"]),
        "item": (items, entries["item"]),
    }
    columns = {"entry": entries["id"], "subject": entries["subject"]}
    for name, (vocabulary, codes) in words.items():
        columns[name] = _categorical(codes, vocabulary)
    columns["points_mp"] = entries["points_mp"]
    columns["act"] = entries["act"]
    for name in ("event", "end", "posted"):
        columns[name] = _month_column(entries[name])
    columns["ref"] = entries["ref"]
    return pd.DataFrame(columns)


def agents_frame(model: CreditModel) -> pd.DataFrame:
    """Return the final agents: who they are and how they ended, one row an agent; synthetic all of them."""
    agents, state = model.state.agents, model.state
    columns = {"slot": agents.slot.astype(np.int64), "kind": _categorical(agents.kind, KINDS)}
    for name in _WHO:
        columns[name] = agents[name].astype(np.int64)
    columns["present"] = agents.present.astype(np.int64)
    columns["generation"] = agents.generation.astype(np.int64)
    columns["under_programme"] = state.active.astype(np.int64)
    columns["filed"] = agents.filed.astype(np.int64)
    columns["awareness"] = agents.awareness.astype(np.int64)
    columns["score_mp"] = agents.score_mp.astype(np.int64)
    columns["village_score_mp"] = agents.village_score_mp.astype(np.int64)
    columns["grade"] = _categorical(agents.grade, GRADES)
    columns["star"] = agents.star.astype(np.int64)
    columns["trust"] = np.array(agents.trust)
    columns["crowding"] = np.array(agents.crowding)
    return pd.DataFrame(columns)


def _categorical(codes: np.ndarray, vocabulary: Sequence[str]) -> pd.Categorical:
    """Return codes as words; -1 is the last word."""
    codes = np.asarray(codes, np.int64)
    return pd.Categorical.from_codes(np.where(codes < 0, len(vocabulary) - 1, codes), list(vocabulary))


def _month_column(months: np.ndarray) -> pd.Categorical:
    """Return months as text; an open end is ``open``."""
    distinct, codes = np.unique(months, return_inverse=True)
    return pd.Categorical.from_codes(
        codes, ["open" if m == MONTH_OPEN else month_text(int(m)) for m in distinct]
    )
