"""Posteriors: worlds that calibration found to fit, as weighted particles in a file with a passport.

`creditsim fit` writes such a file; an experiment whose worlds have the design ``posterior`` reads
it. Weights are whole numbers, so that the same worlds are drawn from it on every machine.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from creditsim.core.errors import Fault, InputError
from creditsim.core.shipped import data_path
from creditsim.spec.files import Document, check, format_faults, read_document
from creditsim.spec.levers import LeverValue, levers
from creditsim.spec.limits import MOST_WORLDS
from creditsim.spec.policy import read_values
from creditsim.spec.records import Confidence, Number, SourceKind
from creditsim.spec.scenario_file import full_name, unknown_lever
from creditsim.spec.worlds import Factor

LARGEST_WEIGHT = 1_000_000_000
KIND = "posterior"


class PriorFile(BaseModel):
    """The keys of one factor's prior."""

    model_config = ConfigDict(strict=True, extra="forbid")

    low: Number
    high: Number
    shape: Annotated[str, Field(pattern="^(uniform|triangular)$")]
    mode: Number | None = None


class PassportFile(BaseModel):
    """Where a posterior comes from."""

    model_config = ConfigDict(strict=True, extra="forbid")

    source: Annotated[str, Field(min_length=1)]
    source_kind: SourceKind
    confidence: Confidence
    note: str = ""


class PosteriorFile(BaseModel):
    """The keys of a posterior file; particles hold the values in the factors' order, and the weight."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: Any
    kind: Annotated[str, Field(pattern=f"^{KIND}$")]
    passport: PassportFile
    fitted: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    provenance: dict[str, Any]
    factors: Annotated[dict[str, PriorFile], Field(min_length=1)]
    particles: Annotated[
        list[Annotated[list[Number], Field(min_length=2)]], Field(min_length=2, max_length=MOST_WORLDS)
    ]


@dataclass(frozen=True)
class Posterior:
    """A posterior as its file tells it.

    Attributes
    ----------
    factors : tuple of Factor
        In the catalogue's order, each with the range of its prior.
    particles : tuple of (values, weight)
        Values in the factors' order.
    fitted : tuple of str
        Patterns or outcomes that it was fitted to.
    passport, provenance : mapping
    """

    factors: tuple[Factor, ...]
    particles: tuple[tuple[tuple[LeverValue, ...], int], ...] = field(repr=False)
    fitted: tuple[str, ...]
    passport: Mapping[str, Any]
    provenance: Mapping[str, Any]


def read_posterior(path: Path, shown: str) -> Posterior:
    """Return the posterior of a file.

    Raises
    ------
    InputError
        All faults of the file at once.
    """
    document = read_document(path, shown)
    file, faults = check(document, PosteriorFile)
    faults = faults + format_faults(document)
    if faults:
        raise InputError(faults)
    factors = [_factor(document, name, prior, faults) for name, prior in file.factors.items()]
    particles = [_particle(document, list(file.factors), row, number, faults)
                 for number, row in enumerate(file.particles)]  # fmt: skip
    if faults:
        raise InputError(faults)
    order = [name for name in levers() if name in file.factors]
    turned = [list(file.factors).index(name) for name in order]
    return Posterior(
        tuple(factors[place] for place in turned),
        tuple((tuple(values[place] for place in turned), weight) for values, weight in particles),
        tuple(file.fitted),
        file.passport.model_dump(),
        file.provenance,
    )


@functools.cache
def posterior_names() -> tuple[str, ...]:
    """Return the names of the shipped posteriors, sorted."""
    return tuple(sorted(path.stem for path in data_path("posteriors").glob("*.yaml")))


def _factor(document: Document, name: str, prior: PriorFile, faults: list[Fault]) -> Factor | None:
    """Return a factor with the range of its prior; add its faults."""
    place = ("factors", name)
    if full_name("world", name) not in levers() or not name.startswith("world."):
        faults.append(document.fault(unknown_lever("world", name), *place))
        return None
    lever = levers()[name]
    if lever.form != "number":
        faults.append(document.fault(f"got a {lever.form}, expected a lever that is a number", *place))
    elif not lever.low <= prior.low < prior.high <= lever.high:
        got = f"got {prior.low:g} to {prior.high:g}"
        expected = f"expected low below high within {lever.low:g} to {lever.high:g}"
        faults.append(document.fault(f"{got}, {expected}", *place))
    return Factor(name, prior.low, prior.high, source=lever.source)


def _particle(
    document: Document, names: Sequence[str], row: Sequence[float], number: int, faults: list[Fault]
) -> tuple[tuple[LeverValue, ...], int]:
    """Return a particle's values and weight; add its faults."""
    *values, weight = row
    if len(values) != len(names):
        expected = f"expected {len(names) + 1}: {', '.join(names)}, weight"
        faults.append(document.fault(f"got {len(row)} numbers, {expected}", "particles", number))
        return (), 0
    if weight != int(weight) or not 1 <= weight <= LARGEST_WEIGHT:
        expected = f"expected a whole number from 1 to {LARGEST_WEIGHT:,}"
        faults.append(document.fault(f"got {weight:g} as weight, {expected}", "particles", number))
    known = {name: value for name, value in zip(names, values, strict=True) if name in levers()}

    def placed(lever: str, message: str) -> Fault:
        return document.fault(f"{lever}: {message}", "particles", number)

    whole = {name: int(value) if levers()[name].whole and value == int(value) else value
             for name, value in known.items()}  # fmt: skip
    read, found = read_values(whole, placed)
    faults += found
    for name, value in read.items():
        prior = document.data["factors"][name]
        if not prior["low"] <= value <= prior["high"]:
            expected = f"expected a value of its prior ({prior['low']:g} to {prior['high']:g})"
            faults.append(placed(name, f"got {value:g}, {expected}"))
    return tuple(read.values()), int(weight)
