"""Fits: which patterns are to be met, by which factors of the world, and how hard it is tried.

`load_fit` reads a shipped fit or a file of one's own and reports all faults at once. Only patterns
with the role ``fit`` are taken: an input would be used twice, a hold-out would no longer be one.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.core.fingerprint import fingerprint_json
from creditsim.core.shipped import data_path
from creditsim.spec.factors import LISTED, read_factors
from creditsim.spec.files import Document, check, format_faults, read_document
from creditsim.spec.levers import levers
from creditsim.spec.limits import HIGHEST_SCALE, LARGEST_KEY, LOWEST_SCALE, MOST_REPLICATIONS, MOST_WORLDS
from creditsim.spec.patterns import patterns
from creditsim.spec.records import Number
from creditsim.spec.scenario import field_faults
from creditsim.spec.scenario_file import Words, words_by_language
from creditsim.spec.worlds import Factor

MOST_ROUNDS = 100
LEAST_PARTICLES, LEAST_KEPT = 4, 2


class ParameterFile(BaseModel):
    """The keys of one parameter; its range is checked against the catalogue."""

    model_config = ConfigDict(strict=True, extra="forbid")

    low: Any = None
    high: Any = None
    source: Annotated[str, Field(min_length=1)] | None = None
    prior: Literal["uniform", "triangular"] | None = None
    mode: Number | None = None


class FitFile(BaseModel):
    """The keys of a fit's file; names are checked against the catalogues."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: Any
    title: Words | None = None
    about: Words | None = None
    patterns: Annotated[list[Any], Field(min_length=1)] | None = None
    parameters: Annotated[dict[str, ParameterFile | None], Field(min_length=1)]
    particles: Annotated[int, Field(ge=LEAST_PARTICLES, le=MOST_WORLDS)] | None = None
    keep: Annotated[int, Field(ge=LEAST_KEPT, le=MOST_WORLDS)] | None = None
    rounds: Annotated[int, Field(ge=1, le=MOST_ROUNDS)] | None = None
    replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] | None = None
    scale: Annotated[float, Field(ge=LOWEST_SCALE, le=HIGHEST_SCALE, allow_inf_nan=False)] | None = None
    months: Any = None
    burn_in_months: Any = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_KEY)] | None = None


DEFAULTS = {"particles": 400, "rounds": 4, "replications": 1, "scale": 0.02, "seed": 1}
"""What a file has unless it says otherwise; half of the particles are kept."""


@dataclass(frozen=True)
class Parameter:
    """A factor of the world with what is believed of it before.

    Attributes
    ----------
    factor : Factor
        With a range; outside it nothing is tried.
    mode : float or None
        Most probable value of a triangular prior; None: uniform over the range.
    """

    factor: Factor
    mode: float | None = None


@dataclass(frozen=True)
class Fit:
    """A fit, resolved and checked.

    Attributes
    ----------
    name : str
        Label; decides nothing.
    title, about : mapping of str to str
        Words by language.
    patterns : tuple of str
        All have the role ``fit``.
    parameters : tuple of Parameter
        In the catalogue's order.
    particles, keep, rounds : int
        Worlds simulated in the first round, worlds kept of each, rounds at most.
    replications : int
        Of each world; measures are means over them.
    scale : float
    months, burn_in_months : int or None
        None: as many months as the patterns need; the scenarios' own burn-in.
    seed : int
    file : str
        Where it was read from, as the user named it.
    """

    name: str
    title: Mapping[str, str] = field(compare=False)
    about: Mapping[str, str] = field(compare=False)
    patterns: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    particles: int
    keep: int
    rounds: int
    replications: int
    scale: float
    months: int | None
    burn_in_months: int | None
    seed: int
    file: str = field(compare=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides what is found, but for code and data."""
        return fingerprint_json(self.inputs())

    def inputs(self) -> dict[str, Any]:
        """Return all that decides what is found, ready for JSON: no names, titles or paths."""
        told = {name: getattr(self, name) for name in ("particles", "keep", "rounds", "replications")}
        told |= {name: getattr(self, name) for name in ("scale", "months", "burn_in_months", "seed")}
        bands = {name: [patterns()[name].low, patterns()[name].high] for name in self.patterns}
        priors = [{**each.factor.inputs(), "mode": each.mode} for each in self.parameters]
        return {**told, "patterns": bands, "parameters": priors}

    def with_(self, **fields: Any) -> Fit:
        """Return a copy with other numbers, e.g. another seed; they are taken as they are."""
        return replace(self, **fields)


def load_fit(name_or_path: str | os.PathLike[str] | Fit) -> Fit:
    """Load a shipped fit by name, or one's own by the path of its YAML file.

    Raises
    ------
    InputError
        If there is no such fit, or with all faults of the file at once.

    Examples
    --------
    >>> [parameter.factor.lever for parameter in load_fit("records-and-registration").parameters][0]
    'world.bass_imitation_share'
    """
    if isinstance(name_or_path, Fit):
        return name_or_path
    text = os.fspath(name_or_path)
    if text in fit_names():
        return read_fit(read_document(data_path("fits", f"{text}.yaml"), f"data/fits/{text}.yaml"), text)
    looks_like_path = text.endswith((".yaml", ".yml")) or "/" in text or os.sep in text
    if looks_like_path or not isinstance(name_or_path, str) or Path(text).is_file():
        return read_fit(read_document(Path(text), text), Path(text).stem)
    raise InputError(Fault(unknown(text, fit_names(), "fit or the path of a YAML file")))


@functools.cache
def fit_names() -> tuple[str, ...]:
    """Return the names of the shipped fits, sorted."""
    return tuple(sorted(path.stem for path in data_path("fits").glob("*.yaml")))


def read_fit(document: Document, name: str) -> Fit:
    """Return the fit of a document: every default set, every name looked up.

    Raises
    ------
    InputError
        All faults at once.
    """
    file, faults = check(document, FitFile)
    data = document.data if isinstance(document.data, Mapping) else {}
    frame = {key: data[key] for key in ("months", "burn_in_months") if data.get(key) is not None}
    faults += format_faults(document) + [document.fault(text, key) for key, text in field_faults(frame)]
    chosen = _patterns(document, data.get("patterns"), faults)
    parameters = _parameters(document, data.get("parameters"), faults)
    numbers = {key: default if data.get(key) is None else data[key] for key, default in DEFAULTS.items()}
    if not faults and data.get("keep") is not None and data["keep"] > numbers["particles"]:
        got = f"got {data['keep']}, expected at most the {numbers['particles']} particles"
        faults.append(document.fault(got, "keep"))
    if faults:
        raise InputError(sorted(faults, key=lambda fault: fault.line or 0))
    keep = data["keep"] if data.get("keep") is not None else max(LEAST_KEPT, numbers["particles"] // 2)
    return Fit(
        name=name,
        title=words_by_language(file.title),
        about=words_by_language(file.about),
        patterns=chosen,
        parameters=parameters,
        keep=keep,
        months=frame.get("months"),
        burn_in_months=frame.get("burn_in_months"),
        file=document.shown,
        **numbers,
    )


def _patterns(document: Document, listed: Any, faults: list[Fault]) -> tuple[str, ...]:
    """Return the patterns that are named, in the catalogue's order; all fit patterns if none is."""
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return tuple(name for name, each in patterns().items() if each.role == "fit")
    for number, name in enumerate(listed):
        if name not in patterns():
            faults.append(document.fault(unknown(name, patterns(), "pattern"), "patterns", number))
        elif (role := patterns()[name].role) != "fit":
            why = "a parameter was set from it" if role == "input" else "it is kept to check what was found"
            got = f"got {name}, whose role is {role} ({why})"
            faults.append(document.fault(f"{got}, expected a pattern with the role fit", "patterns", number))
    return tuple(name for name in patterns() if name in listed)


def _parameters(document: Document, section: Any, faults: list[Fault]) -> tuple[Parameter, ...]:
    """Return the parameters in the catalogue's order; add their faults."""
    factors, found = read_factors(document, section, LISTED, ("parameters",))
    faults += found
    entries = section if isinstance(section, Mapping) else {}
    parameters = []
    for factor in factors:
        key = factor.lever if factor.lever in entries else factor.lever.removeprefix("world.")
        place = ("parameters", key)
        if factor.values or levers()[factor.lever].whole:
            got = f"got a {levers()[factor.lever].form} with levels or of whole numbers"
            faults.append(document.fault(f"{got}, expected a range of real numbers", *place))
            continue
        entry = entries[key] if isinstance(entries[key], Mapping) else {}
        mode = entry.get("mode")
        if entry.get("prior") != "triangular":
            if mode is not None:
                faults.append(document.fault("got mode, expected prior: triangular with it", *place, "mode"))
            mode = None
        else:
            mode = float(levers()[factor.lever].default) if mode is None else mode
            if isinstance(mode, int | float) and not factor.low <= mode <= factor.high:
                got = f"got the mode {mode:g}, expected one from {factor.low:g} to {factor.high:g}"
                faults.append(document.fault(got, *place, "mode"))
        parameters.append(Parameter(factor, mode))
    return tuple(parameters)
