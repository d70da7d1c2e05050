"""Experiments: which scenarios meet in which worlds, how often, and when it is enough.

`load_experiment` reads a shipped experiment or a file of one's own and reports all faults at once;
`experiment_of` makes one in Python from the file's keys. Everything is resolved and checked.
"""

from __future__ import annotations

import dataclasses
import functools
import html
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.core.fingerprint import fingerprint_json
from creditsim.core.shipped import data_path
from creditsim.spec.files import Document
from creditsim.spec.outcomes import outcomes
from creditsim.spec.scenario import Scenario
from creditsim.spec.worlds import Factor, Worlds

__all__ = ["Experiment", "Factor", "Until", "Worlds", "experiment_names", "experiment_of", "load_experiment"]


@dataclass(frozen=True)
class Until:
    """When it is enough: intervals of all paired differences no wider than asked for, or no more runs.

    Attributes
    ----------
    outcomes : mapping of str to float
        Largest half-width of the interval, in the outcome's unit, by full name.
    level : float
        Confidence level of the intervals.
    at_most : int
        Replications at most.
    step : int
        Replications that are added at a time.
    """

    outcomes: Mapping[str, float]
    level: float
    at_most: int
    step: int

    def __post_init__(self) -> None:
        """Close the mapping."""
        object.__setattr__(self, "outcomes", MappingProxyType(dict(self.outcomes)))

    def __reduce__(self) -> tuple:
        """Pickle by content: closed mappings cannot be pickled."""
        return Until, (dict(self.outcomes), self.level, self.at_most, self.step)

    def inputs(self) -> dict[str, Any]:
        """Return all that decides when to stop, ready for JSON."""
        return {
            "outcomes": dict(self.outcomes), "level": self.level, "at_most": self.at_most, "step": self.step,
        }  # fmt: skip


@dataclass(frozen=True, repr=False)
class Experiment:
    """Scenarios, worlds and replications, resolved and checked.

    Attributes
    ----------
    name : str
        Label; decides nothing.
    title, about : mapping of str to str
        Words by language, ``en`` and ``zh``.
    scenarios : tuple of Scenario
        Labels told apart, months and burn-in set.
    baseline : str
        Label of the one that others are compared with.
    replications : int
        In each world; with `until` the first ones.
    scale : float
    seed : int
    only : tuple of str
        Kinds and settings that take part; empty: all.
    shared_draws : bool
        Whether all scenarios of a replication have the same luck.
    worlds : Worlds
    outcomes : tuple of str
        Full names of what the store keeps, in the catalogue's order; empty: all.
    until : Until or None
    document : Document
        What it was made from: the keys as given, with the scenarios loaded.
    """

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    scenarios: tuple[Scenario, ...]
    baseline: str
    replications: int
    scale: float
    seed: int
    only: tuple[str, ...]
    shared_draws: bool
    worlds: Worlds
    outcomes: tuple[str, ...]
    until: Until | None
    document: Document = field(compare=False)

    def __post_init__(self) -> None:
        """Close the mappings, so that a shared experiment cannot change."""
        for name in ("title", "about"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple:
        """Pickle by content: closed mappings cannot be pickled."""
        values = [getattr(self, each.name) for each in dataclasses.fields(self)]
        closed = MappingProxyType
        return Experiment, tuple(dict(each) if isinstance(each, closed) else each for each in values)

    @property
    def labels(self) -> tuple[str, ...]:
        """The scenarios' labels, in order."""
        return tuple(scenario.name for scenario in self.scenarios)

    @property
    def months(self) -> int:
        """Reported months, those of every scenario."""
        return self.scenarios[0].months

    @property
    def file(self) -> str:
        """Where it was read from, as the user named it; ``""`` if it was made in Python."""
        return self.document.shown

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides results and stopping."""
        return fingerprint_json(self.inputs())

    def with_(self, **fields: Any) -> Experiment:
        """Return a copy with other values of the file's keys, or another `name`; None is a key's default.

        Defaults follow: of twice as many replications `until` asks for twice as many at most.

        Raises
        ------
        InputError
            All wrong values at once.

        Examples
        --------
        >>> load_experiment("pilot-check").with_(replications=4, months=3).months
        3
        """
        from creditsim.spec.experiment_file import resolve

        name = fields.pop("name", self.name)
        return resolve(Document({**self.document.data, **fields}, self.document.path, "", {}), name)

    def inputs(self) -> dict[str, Any]:
        """Return all that decides results and stopping, ready for JSON: no names, titles or paths."""
        return {
            "scenarios": [scenario.inputs() for scenario in self.scenarios],
            "baseline": self.labels.index(self.baseline),
            "replications": self.replications,
            "scale": self.scale,
            "seed": self.seed,
            "only": sorted(self.only),
            "shared_draws": self.shared_draws,
            "worlds": self.worlds.inputs(),
            "outcomes": sorted(self.outcomes),
            "until": None if self.until is None else self.until.inputs(),
        }

    def __repr__(self) -> str:
        """Return what runs, one fact a line."""
        lines = [f"Experiment {self.name} ({self._size()})"]
        return "\n".join(lines + [f"  {key}: {text}" for key, text in self._facts()])

    def _repr_html_(self) -> str:
        """Return the same as a table for notebooks."""
        rows = "".join(
            f"<tr><th>{html.escape(key)}</th><td>{html.escape(text)}</td></tr>" for key, text in self._facts()
        )
        title, about = (html.escape(words.get("en", "")) for words in (self.title, self.about))
        head = f"<p><b>{html.escape(self.name)}</b>: {title}</p><p>{about}</p>"
        return f"{head}<p>{html.escape(self._size())}</p><table><tbody>{rows}</tbody></table>"

    def _size(self) -> str:
        """Return the number of runs, as a product in words."""
        parts = [(len(self.scenarios), "scenario"), (self.worlds.number, "world")]
        parts += [(self.replications, "replication")]
        product = " x ".join(f"{number:,} {noun}{'s' if number != 1 else ''}" for number, noun in parts)
        return f"{product} = {len(self.scenarios) * self.worlds.number * self.replications:,} runs"

    def _facts(self) -> list[tuple[str, str]]:
        """Return what runs as (what, text)."""
        first = self.scenarios[0]
        facts = [
            ("scenarios", ", ".join(self.labels)),
            ("baseline", self.baseline),
            ("months", f"{first.months} from {first.start}, {first.population}"),
            ("scale", f"{self.scale:g}"),
            ("seed", f"{self.seed}" + ("" if self.shared_draws else ", independent draws")),
        ]
        facts += [("only", ", ".join(self.only))] * bool(self.only)
        facts += [("world", f"{factor} ({self.worlds.design})") for factor in self.worlds.factors]
        facts += [("outcomes", ", ".join(self.outcomes))] * bool(self.outcomes)
        for name, width in (self.until.outcomes if self.until else {}).items():
            facts.append(("until", f"{name} is known to ±{width:g} {outcomes()[name].unit}"))
        if self.until:
            most = f"at most {self.until.at_most:,} replications, {self.until.step:,} at a time"
            facts.append(("until", most))
        return facts


def load_experiment(name_or_path: str | os.PathLike[str] | Experiment) -> Experiment:
    """Load a shipped experiment by name, or one's own by the path of its YAML file.

    Raises
    ------
    InputError
        If there is no such experiment, or with all faults of the file and its scenarios at once.
    """
    # Here, because a file is read into the class above.
    from creditsim.spec.experiment_file import read_experiment

    if isinstance(name_or_path, Experiment):
        return name_or_path
    text = os.fspath(name_or_path)
    if text in experiment_names():
        return read_experiment(data_path("experiments", f"{text}.yaml"), f"data/experiments/{text}.yaml")
    looks_like_path = text.endswith((".yaml", ".yml")) or "/" in text or os.sep in text
    if looks_like_path or not isinstance(name_or_path, str) or Path(text).is_file():
        return read_experiment(Path(text), text)
    raise InputError(Fault(unknown(text, experiment_names(), "experiment or the path of a YAML file")))


def experiment_of(name: str = "experiment", **fields: Any) -> Experiment:
    """Make an experiment from the keys of an experiment file; scenarios may be `Scenario` objects.

    Examples
    --------
    >>> experiment_of(scenarios=["status-quo-2019", "five-entries-2020"]).baseline
    'status-quo-2019'
    """
    from creditsim.spec.experiment_file import resolve

    return resolve(Document({"format": 1, **fields}, Path(), "", {}), name)


@functools.cache
def experiment_names() -> tuple[str, ...]:
    """Return the names of the shipped experiments, sorted."""
    return tuple(sorted(path.stem for path in data_path("experiments").glob("*.yaml")))
