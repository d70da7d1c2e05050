"""The Mesa model: owns the state, runs the months, and offers the agents as objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import mesa
import numpy as np
import pandas as pd
from mesa.agent import AgentSet

from creditsim.core.errors import Fault, InputError
from creditsim.core.fields import FieldArray
from creditsim.core.months import month_text
from creditsim.core.threads import threads_for
from creditsim.model.balances import balances
from creditsim.model.case import case_of
from creditsim.model.checkpoint import Past, going_on, read_head, read_state, save_checkpoint
from creditsim.model.month import simulate_month
from creditsim.model.opportunities import UNABLE
from creditsim.model.outcomes.frame import Track, outcome_frame
from creditsim.model.outcomes.grades import grade_frame
from creditsim.model.regimes import Rules, burn_in_scenario, compile_rules
from creditsim.model.state import State, first_state
from creditsim.model.utility import choice_terms
from creditsim.model.views import Opportunity, RowAgent, classes_by_kind
from creditsim.population.marginals import area_key
from creditsim.population.synthesis import Population, build_population
from creditsim.spec.scenario import Scenario, load_scenario

Engine = Literal["compiled", "objects"]


class CreditModel(mesa.Model):
    """Simulate one scenario month by month.

    Parameters
    ----------
    scenario : Scenario or str
        What holds; a shipped name or a path to a YAML file.
    scale : float
        Size of the population against the district's (0.01 to 40). Left out if a
        `population` or `state` is given.
    seed, replication : int
        Key of all draws, 0 to 2**32 - 1 each.
    engine : {"compiled", "objects"}
        ``objects`` asks every agent's `decide`; the results are the same, bit by bit.
    threads : int, optional
        Threads of the compiled month; by default all cores if the population is large. Never
        changes a result.
    agent_classes : iterable of type
        Subclasses of `Enterprise`, `Teacher`, ...; their kinds run object by object.
    population : Population, optional
        A population built before.
    state : State, optional
        State after burn-in (`burned_in`), shared by the scenarios of a replication: the model
        runs on a copy of it.
    adopt : bool
        Run on `state` itself instead: for whoever needs it no more.
    only : sequence of str
        Kinds and settings that take part, e.g. ``["village"]``; none means all.

    Attributes
    ----------
    state : State
    rules : Rules
    month : str
        Month that the next `step` simulates, ``YYYY-MM``.
    months_done : int
        Months simulated so far, burn-in left out.
    case : dict
        All that decides the results, see `creditsim.model.case.case_of`.

    Examples
    --------
    >>> model = CreditModel("status-quo-2019", scale=0.01, seed=1)
    >>> model.step()
    >>> model.month
    '2020-02'
    """

    def __init__(
        self,
        scenario: Scenario | str,
        scale: float = 0.1,
        seed: int = 1,
        replication: int = 0,
        engine: Engine = "compiled",
        threads: int | None = None,
        agent_classes: Iterable[type[RowAgent]] = (),
        population: Population | None = None,
        state: State | None = None,
        only: Sequence[str] = (),
        adopt: bool = False,
    ):
        super().__init__(rng=seed)
        self.policy = load_scenario(scenario) if isinstance(scenario, str) else scenario
        self.rules: Rules = compile_rules(self.policy)
        self.engine = checked_engine(engine)
        self.classes = classes_by_kind(agent_classes)
        self._own_kinds = _overriding_kinds(self.classes, engine)
        self._registered = False
        if state is None:
            state, adopt = burned_in(self.policy, population, scale, seed, replication, threads, only), True
        self.state = state if adopt else state.copy()
        self.threads = threads_for(len(self.state.agents), threads)
        self._past, self._branch = Past(), None

    @classmethod
    def load(
        cls,
        path: str | Path,
        scenario: Scenario | str | None = None,
        threads: int | None = None,
        engine: Engine = "compiled",
        agent_classes: Iterable[type[RowAgent]] = (),
        population: Population | None = None,
        any_version: bool = False,
    ) -> CreditModel:
        """Return the model that was saved, to go on with: results are those of a run never interrupted.

        Parameters
        ----------
        path : str or Path
            A checkpoint, see `save`.
        scenario : Scenario or str, optional
            Another policy to go on with, in the same world with the same start: a branch. What the
            model simulated so far stays as it was.
        threads, engine, agent_classes
            As for a new model.
        population : Population, optional
            The run's population, if it is at hand.
        any_version : bool
            Take a checkpoint of other code or data too, if its state has the same form; the case says so.

        Raises
        ------
        InputError
            If the file is no checkpoint, is damaged, or cannot be the past of the scenario.
        """
        head = read_head(path)
        policy = head.policy if scenario is None else load_scenario(scenario)
        branch = going_on(head, policy, any_version)
        state, past = read_state(head, population)
        if branch != head.case.get("branch"):
            state.chains.dirty[:] = 1  # another policy's books
        model = cls(
            policy, engine=engine, threads=threads, agent_classes=agent_classes, state=state, adopt=True
        )
        model._past, model._branch, model.steps = past, branch, len(past.months)
        return model

    def release(self) -> None:
        """Let go of everything; the model is of no use afterwards.

        A Mesa model refers to itself, so that without this its state stays until Python collects
        cycles: after tens of runs in a row, each with arrays of some megabytes or more.
        """
        self.__dict__.clear()

    def save(self, path: str | Path) -> None:
        """Save the model between two months, to be continued with `load`, once or as several policies.

        Objects of `agents` are not saved: what rows hold is, what a class of one's own keeps beside is not.

        Raises
        ------
        InputError
            If the file cannot be written.
        """
        save_checkpoint(path, self.policy, self.case, self.state, self._past)

    def step(self) -> None:
        """Simulate one month."""
        simulate_month(self.state, self.rules, self.threads, self._decide if self._own_kinds else None)
        self._past.add(self.state)

    def run(self, months: int | None = None, progress=None) -> None:
        """Simulate several months, by default those that are left of the scenario's.

        `progress`, if given, is called after each month.
        """
        for _ in range(self.policy.months - self.months_done if months is None else months):
            self.step()
            if progress:
                progress()

    @property
    def choice_terms(self) -> np.ndarray:
        """Return what the choices of the month share, see `creditsim.model.utility.choice_terms`."""
        return choice_terms(self.rules, self.state.month)

    @property
    def month(self) -> str:
        """Return the month that the next step simulates."""
        return month_text(self.state.month)

    @property
    def months_done(self) -> int:
        """Return how many months have been simulated, burn-in left out."""
        return len(self._past.months)

    @property
    def case(self) -> dict[str, Any]:
        """Return all that decides the results, ready for JSON."""
        state, population = self.state, self.state.population
        key = population.scale, population.seed, population.replication
        return case_of(self.policy, *key, state.only, self._branch)

    def track(self) -> Track:
        """Return what the run counted so far.

        Raises
        ------
        InputError
            If no month has been simulated yet.
        """
        past = self._past
        if not past.months:
            raise InputError(Fault("no month has been simulated yet; call step() or run() first"))
        population = self.state.population
        areas = tuple(area_key(english) for _, english, _ in population.areas)
        return Track(tuple(past.months), np.stack(past.counts), tuple(past.public), population.scale, areas)

    def outcomes(self) -> pd.DataFrame:
        """Return the tidy outcomes of the months simulated so far; see docs/formats.md.

        Raises
        ------
        InputError
            If no month has been simulated yet.
        """
        return outcome_frame(self.track(), self.policy.name, self.state.replication)

    def grades(self) -> pd.DataFrame:
        """Return how many agents moved from which grade to which, by month and kind.

        Columns month, kind, before, grade, agents; `before` is ``none`` for who had no grade a
        month ago. Summed over `before` it gives the shares of grades; moves that nobody made
        are left out.

        Raises
        ------
        InputError
            If no month has been simulated yet.
        """
        return grade_frame(self.track().months, np.stack(self._past.grade_flows))

    def balances(self) -> pd.DataFrame:
        """Return what is conserved, by month: visits, funds, slots, people; every residual is 0.

        Raises
        ------
        InputError
            If no month has been simulated yet.
        """
        return balances(self.track())

    @property
    def agents(self) -> AgentSet:
        """Return all agents as Mesa agents; made on first use."""
        self._register()
        return self._all_agents

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """Return the agents of each class."""
        self._register()
        return self._agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """Return the classes of the agents."""
        return list(self.agents_by_type)

    def _register(self) -> None:
        """Make a Mesa agent for each row, once."""
        if self._registered:
            return
        self._registered = True
        self._rows = [
            self.classes[kind](self, row) for row, kind in enumerate(self.state.agents.kind.tolist())
        ]

    def _decide(self, found: FieldArray) -> None:
        """Let objects decide for their kinds what the compiled rule has decided for all."""
        self._register()
        own = np.isin(self.state.agents.kind[found["row"]], self._own_kinds) & (found["acted"] != UNABLE)
        own = np.flatnonzero(own)
        for position in own.tolist():
            record = found[position]
            found["acted"][position] = bool(self._rows[int(record.row)].decide(Opportunity(record)))

    def __repr__(self) -> str:
        """Return scenario, month and number of agents."""
        return f"CreditModel({self.policy.name}, {len(self.state.agents):,} agents, next month {self.month})"


def checked_engine(engine: str) -> Engine:
    """Return the engine's name, or raise InputError if there is none of that name."""
    if engine not in ("compiled", "objects"):
        raise InputError(Fault(f"got {engine!r}, expected compiled or objects", key="engine"))
    return engine


def burned_in(
    scenario: Scenario,
    population: Population | None = None,
    scale: float = 0.1,
    seed: int = 1,
    replication: int = 0,
    threads: int | None = None,
    only: Sequence[str] = (),
) -> State:
    """Return the state in the month before the first: the status quo, in the scenario's world.

    Scenarios of one world share it: compute it once per replication. `only` names the kinds
    and settings that take part; none means all.
    """
    if population is None:
        population = build_population(scenario.population, scale, seed, replication)
    rules = compile_rules(burn_in_scenario(scenario))
    state = first_state(population, rules.first_month - scenario.burn_in_months, len(rules.activities), only)
    for _ in range(scenario.burn_in_months):
        simulate_month(state, rules, threads_for(len(state.agents), threads))
    state.chains.dirty[:] = 1  # the scenario's books, also of accounts that were under a programme before
    return state


def _overriding_kinds(classes: dict[int, type[RowAgent]], engine: Engine) -> list[int]:
    """Return the kinds that decide object by object: all, or those whose class has a rule of its own."""
    if engine == "objects":
        return list(classes)
    own = lambda cls: cls.decide is not RowAgent.decide or cls.utility is not RowAgent.utility  # noqa: E731
    return [kind for kind, cls in classes.items() if own(cls)]
