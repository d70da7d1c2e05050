"""Checkpoints: a run's state and what it tracked in one file, from which it goes on, or on as another policy.

The population is not in the file: it is made again from its key and compared. Nor is what follows from it.
See docs/formats.md for the file and docs/decisions/0016-checkpoints.md for what may go on from what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from creditsim.core.archive import Arrays, NoArchive, arrays_of, write_archive
from creditsim.core.archive import read_head as read_archive_head
from creditsim.core.errors import Fault, InputError
from creditsim.core.months import month_text
from creditsim.model.case import VERSIONS, case_of, run_key
from creditsim.model.members import members_of, put_together
from creditsim.model.state import State, first_state
from creditsim.population.fixed import population_digest
from creditsim.population.synthesis import Population, build_population
from creditsim.spec.activities import activities
from creditsim.spec.scenario import STATUS_QUO, Scenario, load_scenario

FORMAT = 1
TRACKED = ("counts", "grade_flows")
"""What a run tracks as an array a month; in the file one array over all months each."""

STATE = "state."
"""What the names of the state's arrays begin with."""


@dataclass
class Past:
    """What a run tracked, month by month.

    Attributes
    ----------
    months : list of int
    counts, grade_flows : list of ndarray
    public : list of dict
        District-wide figures.
    """

    months: list[int] = field(default_factory=list)
    counts: list[np.ndarray] = field(default_factory=list)
    grade_flows: list[np.ndarray] = field(default_factory=list)
    public: list[dict[str, int]] = field(default_factory=list)

    def add(self, state: State) -> None:
        """Add the month that a state has just been through."""
        self.months.append(state.month - 1)
        self.counts.append(state.counts)
        self.grade_flows.append(state.grade_flows)
        self.public.append(state.public)


@dataclass(frozen=True)
class Head:
    """What a checkpoint says of itself.

    Attributes
    ----------
    file : str
        As the user named it.
    policy : Scenario
        What the run simulated.
    case : dict
        All that decided its results, see `creditsim.model.case.case_of`.
    month : int
        Month that the next step simulates.
    months : tuple of int
        Months that were tracked.
    population : str
        SHA-256 over the population.
    plain : dict
        Members of the state that are no arrays.
    public : tuple of dict
        District-wide figures of the months tracked.
    """

    file: str
    policy: Scenario
    case: dict[str, Any] = field(repr=False)
    month: int
    months: tuple[int, ...]
    population: str
    plain: dict[str, Any] = field(repr=False)
    public: tuple[dict[str, int], ...] = field(repr=False)


def save_checkpoint(path: str | Path, policy: Scenario, case: dict, state: State, past: Past) -> None:
    """Write a run's state and what it tracked into one file, which is there whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    arrays, plain = members_of(state)
    head = {
        "format": FORMAT,
        "scenario": {"name": policy.name, "title": dict(policy.title), "about": dict(policy.about)},
        "case": case,
        "month": state.month,
        "months": past.months,
        "population": population_digest(state.population),
        "state": plain,
        "public": past.public,
    }
    members = [(STATE + name, array.shape, (array,)) for name, array in arrays.items()]
    for name in TRACKED:
        by_month, like = getattr(past, name), getattr(state, name)
        members.append((name, (len(by_month), *like.shape), by_month or [like[:0]]))
    try:
        write_archive(path, head, members)
    except OSError as problem:
        raise InputError(Fault(f"cannot be written: {problem.strerror or problem}", str(path))) from None


def read_head(path: str | Path) -> Head:
    """Return what a checkpoint says of itself, after a look at every byte of it.

    Raises
    ------
    InputError
        If there is no such file, or it is no checkpoint, damaged, or of another format.
    """
    shown = str(path)
    try:
        head = read_archive_head(path)
        if head["format"] != FORMAT:
            expected = f"expected {FORMAT}; use the version of creditsim that wrote it"
            raise InputError(Fault(f"got a checkpoint of format {head['format']}, {expected}", shown))
        plain = {
            name: tuple(each) if isinstance(each, list) else each for name, each in head["state"].items()
        }
        return Head(
            shown, _scenario_of(head), head["case"], head["month"], tuple(head["months"]),
            head["population"], plain, tuple(head["public"]),
        )  # fmt: skip
    except (NoArchive, KeyError) as problem:
        got = problem if isinstance(problem, NoArchive) else "something else"
        raise InputError(Fault(f"got {got}, expected a checkpoint that creditsim wrote", shown)) from None
    except OSError as problem:
        raise InputError(Fault(f"cannot be read: {problem.strerror or problem}", shown)) from None


def going_on(head: Head, policy: Scenario, any_version: bool = False) -> dict[str, Any] | None:
    """Return what a case says of a run that goes on from a checkpoint under a policy: None if nothing.

    A run that goes on as it began is the whole run, whatever its horizon. One that goes on as another
    scenario, or with other code or data, is a branch; but not before a month was tracked, since burn-in is
    the same in all scenarios of a world.

    Raises
    ------
    InputError
        If the scenario cannot have had this past, or other code or data made it.
    """
    old = head.case
    now = case_of(policy, *(old[name] for name in ("scale", "seed", "replication", "only")))
    faults = _past_faults(head, now["scenario"])
    others = {name: old[name] for name in VERSIONS if old[name] != now[name]}
    if others and not any_version:
        got, expected = (", ".join(f"{name} {case[name][:12]}" for name in VERSIONS) for case in (old, now))
        advice = "go on with what made it, or in Python load it with any_version=True"
        faults.append(
            Fault(f"got a checkpoint of other code or data ({got}), expected {expected}; {advice}", head.file)
        )
    if faults:
        raise InputError(faults)
    same_policy = old["scenario"]["levers"] == now["scenario"]["levers"] or not head.months
    if same_policy and not others:
        return old.get("branch")
    began = {**old, "scenario": {**old["scenario"], "months": len(head.months)}}
    return {"month": month_text(head.month), "inputs": run_key(began), **others}


def read_state(head: Head, population: Population | None = None) -> tuple[State, Past]:
    """Return the state and what was tracked, on the population made again unless it is given.

    Raises
    ------
    InputError
        If the population is another one, or the members are not those of a state.
    """
    case = head.case
    if population is None:
        key = (case[name] for name in ("scale", "seed", "replication"))
        population = build_population(case["scenario"]["population"], *key)
    if population_digest(population) != head.population:
        raise InputError(Fault("got a checkpoint of another population, expected that of the run", head.file))
    template = first_state(population, head.month, len(activities()), case["only"])
    try:
        with arrays_of(head.file) as arrays:
            _check_names(template, head.plain, arrays)
            state = put_together(
                template, lambda name: head.plain[name] if name in head.plain else arrays.read(STATE + name)
            )
            tracked = {
                name: _by_month(arrays, name, len(head.months), getattr(state, name)) for name in TRACKED
            }
    except ValueError as problem:
        raise InputError(
            Fault(f"got a checkpoint with another state, expected this version's: {problem}", head.file)
        ) from None
    return state, Past(list(head.months), public=list(head.public), **tracked)


def _scenario_of(head: dict[str, Any]) -> Scenario:
    """Return the scenario of a head."""
    inputs, words = head["case"]["scenario"], head["scenario"]
    frame = {name: inputs[name] for name in ("population", "start", "months", "burn_in_months")}
    scenario = load_scenario(STATUS_QUO).with_levers(inputs["levers"], words["name"]).with_(**frame)
    return replace(scenario, title=words["title"], about=words["about"])


def _past_faults(head: Head, now: dict[str, Any]) -> list[Fault]:
    """Return the faults of a scenario that cannot have had the past of a checkpoint."""
    old = head.case["scenario"]
    faults = [
        Fault(f"got {now[name]}, expected {old[name]} as in the checkpoint", head.file, key=name)
        for name in ("population", "start", "burn_in_months")
        if now[name] != old[name]
    ]
    lived = old["levers"]
    # Months that were lived in one world, burn-in first, are no past of another.
    worlds = {name: value for name, value in now["levers"].items() if name.startswith("world.")}
    faults += [
        Fault(f"got {value}, expected {lived.get(name)}: a branch stays in its world", head.file, key=name)
        for name, value in worlds.items()
        if value != lived.get(name)
    ]
    done = len(head.months)
    if now["months"] < done:
        expected = f"expected at least the {done} that the checkpoint holds"
        faults.append(Fault(f"got {now['months']}, {expected}", head.file, key="months"))
    return faults


def _check_names(template: State, plain: Mapping[str, Any], arrays: Arrays) -> None:
    """Raise ValueError unless a checkpoint holds each member of a state once and no other."""
    wanted, wanted_plain = members_of(template)
    faults = arrays.names ^ {*TRACKED, *(STATE + name for name in wanted)}
    faults |= set(plain) ^ set(wanted_plain)
    if faults:
        raise ValueError(f"missing or unknown {', '.join(sorted(faults))}")


def _by_month(arrays: Arrays, name: str, months: int, like: np.ndarray) -> list[np.ndarray]:
    """Return what was tracked, an array a month."""
    found = arrays.read(name)
    if found.shape != (months, *like.shape) or found.dtype != like.dtype:
        raise ValueError(f"{name}: got {found.dtype} of shape {found.shape}")
    return list(found)
