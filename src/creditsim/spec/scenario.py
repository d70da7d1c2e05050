"""Scenarios: what is compared. A population, a policy, its rollout and a world.

`load_scenario` reads a shipped scenario or a file of one's own, reports all faults at
once, and returns every lever resolved: base < policy < rollout < world.
"""

from __future__ import annotations

import functools
import html
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from creditsim.core.errors import Fault, InputError, nearest, unknown
from creditsim.core.months import month_index
from creditsim.core.shipped import data_path
from creditsim.spec.levers import LeverValue, levers
from creditsim.spec.policy import check_together, read_values

STATUS_QUO = "status-quo-2019"
"""The scenario that others are compared with unless one says otherwise."""

PLAN = "five-entries-2020"
"""The scenario of the whole plan, by whose values its rows and patterns are judged."""

MOST_MONTHS = 600
MOST_BURN_IN_MONTHS = 120


@dataclass(frozen=True)
class Change:
    """One lever that differs between two scenarios."""

    lever: str
    old: LeverValue
    new: LeverValue

    def __str__(self) -> str:
        """Return ``lever: old -> new`` with units."""
        lever = levers()[self.lever]
        return f"{self.lever}: {lever.show(self.old, unit=False)} -> {lever.show(self.new)}"


@dataclass(frozen=True, repr=False)
class Scenario:
    """A population, a policy, its rollout and a world, with every lever resolved.

    Attributes
    ----------
    name : str
        Label in tables; decides nothing.
    title, about : mapping of str to str
        Words by language, ``en`` and ``zh``.
    population : str
        District whose synthetic population is used.
    start : str
        First reported month, ``YYYY-MM``.
    months, burn_in_months : int
        Reported months, and months simulated before them.
    values : mapping of str to value
        All levers. Outside its rollout a site keeps the values of status-quo-2019.
    file : str
        Where it was read from; ``""`` if it was made in Python.
    """

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    population: str
    start: str
    months: int
    burn_in_months: int
    values: Mapping[str, LeverValue]
    file: str = ""

    def __post_init__(self) -> None:
        """Close the mappings, so that a shared scenario cannot change."""
        for name in ("title", "about", "values"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple:
        """Pickle by content: closed mappings cannot be pickled, worker processes need it."""
        plain = (dict(self.title), dict(self.about))
        rest = (self.population, self.start, self.months, self.burn_in_months, dict(self.values), self.file)
        return Scenario, (self.name, *plain, *rest)

    def __getitem__(self, lever: str) -> LeverValue:
        """Return the value of one lever."""
        if lever not in self.values:
            raise InputError(Fault(unknown(lever, self.values, "lever")))
        return self.values[lever]

    def changes(self, other: Scenario | None = None) -> tuple[Change, ...]:
        """Return the levers that differ from another scenario (by default status-quo-2019)."""
        old = (_status_quo() if other is None else other).values
        return tuple(
            Change(name, old[name], self.values[name]) for name in levers() if old[name] != self.values[name]
        )

    def with_levers(self, changed: Mapping[str, Any], name: str | None = None) -> Scenario:
        """Return a copy with other lever values.

        Raises
        ------
        InputError
            All unknown levers, wrong values and values that do not fit each other.

        Examples
        --------
        >>> load_scenario("status-quo-2019").with_levers({"inspection.visits_per_month": 500}).changes()
        (Change(lever='inspection.visits_per_month', old=400.0, new=500.0),)
        """

        def placed(lever: str, message: str) -> Fault:
            return Fault(message, key=lever)

        values, faults = read_values(changed, placed)
        resolved = {**self.values, **values}
        faults += check_together(resolved, placed)
        if faults:
            raise InputError(faults)
        return replace(self, name=name or f"{self.name} (changed)", values=resolved, file="")

    def with_(self, **fields: Any) -> Scenario:
        """Return a copy with other `months`, `burn_in_months`, `start`, `population` or `name`.

        Raises
        ------
        InputError
            All wrong values at once.
        """
        faults = [Fault(message, key=key) for key, message in field_faults(fields)]
        if faults:
            raise InputError(faults)
        return replace(self, **fields)

    def inputs(self) -> dict[str, Any]:
        """Return all that decides the results, ready for JSON: no names, titles or comments."""
        return {
            "population": self.population,
            "start": self.start,
            "months": self.months,
            "burn_in_months": self.burn_in_months,
            "levers": {name: self.values[name] for name in levers()},
        }

    def __repr__(self) -> str:
        """Return the frame and the changed levers, one a line."""
        changed = self.changes()
        lines = [f"Scenario {self.name} ({self._frame()}), {_count(changed)}"]
        lines += [f"  {change}" for change in changed]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the same as a table for notebooks."""
        changed = self.changes()
        rows = "".join(_html_row(change) for change in changed)
        head = "<tr><th>lever</th><th>what</th><th>status-quo-2019</th><th>here</th></tr>"
        table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if changed else ""
        title = html.escape(self.title.get("en", self.name))
        about = html.escape(self.about.get("en", ""))
        frame = html.escape(f"{self._frame()}, {_count(changed)}")
        return f"<p><b>{html.escape(self.name)}</b>: {title}</p><p>{about}</p><p>{frame}</p>{table}"

    def _frame(self) -> str:
        """Return population, start and horizon in words."""
        burn_in = f" after {self.burn_in_months} months of burn-in" if self.burn_in_months else ""
        return f"{self.population}, {self.months} months from {self.start}{burn_in}"


def load_scenario(name_or_path: str | os.PathLike[str] | Scenario) -> Scenario:
    """Load a shipped scenario by name, or one's own by the path of its YAML file.

    Raises
    ------
    InputError
        If there is no such scenario, or with all faults of the file at once.
    """
    # Here, because a file is read into the class above.
    from creditsim.spec.scenario_file import read_scenario

    if isinstance(name_or_path, Scenario):
        return name_or_path
    text = os.fspath(name_or_path)
    if text in scenario_names():
        return read_scenario(data_path("scenarios", f"{text}.yaml"), f"data/scenarios/{text}.yaml", keep=True)
    looks_like_path = text.endswith((".yaml", ".yml")) or "/" in text or os.sep in text
    if looks_like_path or not isinstance(name_or_path, str) or Path(text).is_file():
        return read_scenario(Path(text), text)
    raise InputError(Fault(unknown(text, scenario_names(), "scenario or the path of a YAML file")))


@functools.cache
def scenario_names() -> tuple[str, ...]:
    """Return the names of the shipped scenarios, sorted."""
    return tuple(sorted(path.stem for path in data_path("scenarios").glob("*.yaml")))


@functools.cache
def population_names() -> tuple[str, ...]:
    """Return the names of the districts that can be simulated, sorted."""
    return tuple(sorted(path.name for path in data_path("districts").iterdir() if path.is_dir()))


@functools.cache
def _status_quo() -> Scenario:
    """Return the default baseline, read once."""
    return load_scenario(STATUS_QUO)


def field_faults(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (field, message) for values that a scenario's own fields cannot have."""
    faults = []
    for key, value in fields.items():
        if key in ("months", "burn_in_months"):
            low, high = (1, MOST_MONTHS) if key == "months" else (0, MOST_BURN_IN_MONTHS)
            good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
            expected = f"a whole number from {low} to {high} (months)"
        elif key == "start":
            good, expected = _is_month(value), "a month written YYYY-MM, e.g. 2020-01"
        elif key == "population":
            good = isinstance(value, str) and value in population_names()
            expected = f"one of {', '.join(population_names())}{nearest(value, population_names())}"
        elif key == "name":
            good, expected = isinstance(value, str) and bool(value.strip()), "a name"
        else:
            known = ("months", "burn_in_months", "start", "population", "name")
            faults.append((key, unknown(key, known, "field of a scenario")))
            continue
        if not good:
            faults.append((key, f"got {value!r}, expected {expected}"))
    return faults


def _is_month(value: Any) -> bool:
    """Say whether a value is a month written YYYY-MM."""
    try:
        return isinstance(value, str) and len(value) == 7 and month_index(value) >= 0
    except ValueError:
        return False


def _count(changed: tuple[Change, ...]) -> str:
    """Return how many levers differ, in words."""
    number = len(changed)
    return f"{number or 'no'} lever{'s' if number != 1 else ''} other than in {STATUS_QUO}"


def _html_row(change: Change) -> str:
    """Return one changed lever as a table row."""
    lever = levers()[change.lever]
    cells = (change.lever, lever.title_en, lever.show(change.old), lever.show(change.new))
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
