"""Read the worlds of an experiment file: its design, and its factors against the lever catalogue."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from creditsim.core.errors import Fault, InputError
from creditsim.core.shipped import data_path
from creditsim.spec.faults import shown
from creditsim.spec.files import Document
from creditsim.spec.levers import Lever, LeverValue, levers
from creditsim.spec.limits import MOST_WORLDS
from creditsim.spec.policy import read_values
from creditsim.spec.posterior import posterior_names, read_posterior
from creditsim.spec.scenario_file import full_name, unknown_lever
from creditsim.spec.worlds import Factor, Worlds

LATIN_HYPERCUBE, SOBOL, GRID = "latin-hypercube", "sobol", "grid"
LISTED, POSTERIOR = "listed", "posterior"
MOST_POINTS = 1000

_FACTORS = ("worlds", "factors")


class FactorFile(BaseModel):
    """The keys of one factor; its values are checked against the catalogue."""

    model_config = ConfigDict(strict=True, extra="forbid")

    low: Any = None
    high: Any = None
    values: Annotated[list[Any], Field(min_length=2)] | None = None
    points: Annotated[int, Field(ge=2, le=MOST_POINTS)] | None = None
    source: Annotated[str, Field(min_length=1)] | None = None


class WorldsFile(BaseModel):
    """The keys of the section ``worlds``."""

    model_config = ConfigDict(strict=True, extra="forbid")

    design: Literal["latin-hypercube", "sobol", "grid", "listed", "posterior"] = LATIN_HYPERCUBE
    number: Annotated[int, Field(ge=2, le=MOST_WORLDS)] | None = None
    factors: Annotated[dict[str, FactorFile | None], Field(min_length=1)] | None = None
    listed: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_WORLDS)] | None = None
    file: Annotated[str, Field(min_length=1)] | None = None
    own_luck: bool = False


def read_worlds(document: Document, section: Any) -> tuple[Worlds, list[Fault]]:
    """Return the worlds of a file's section, and the faults that its form does not show.

    What has the wrong form, e.g. text for a number, is passed over: the form's check tells of it.
    """
    if not isinstance(section, Mapping):
        return Worlds(), []
    design = section.get("design")
    design = LATIN_HYPERCUBE if design is None else design
    own_luck = section.get("own_luck") is True
    faults = _key_faults(document, section, design)
    if design == POSTERIOR:
        return _posterior(document, section, own_luck, faults)
    factors, found = read_factors(document, section.get("factors"), design)
    faults += found
    if design == LISTED:
        listed, found = _listed(document, section.get("listed"), factors)
        return Worlds(design, max(len(listed), 1), tuple(factors), listed, (), own_luck), faults + found
    number, found = _number(document, section.get("number"), design, factors)
    return Worlds(design, number, tuple(factors), own_luck=own_luck), faults + found


def _key_faults(document: Document, section: Mapping[str, Any], design: Any) -> list[Fault]:
    """Return the faults of keys that a design lacks, and of those that it has no use for."""
    needed = {LISTED: ("factors", "listed"), POSTERIOR: ("file",)}.get(design, ("factors",))
    unused = {LISTED: ("number", "file"), POSTERIOR: ("factors", "listed")}.get(design, ("listed", "file"))
    missing = [key for key in needed if section.get(key) is None]
    further = [key for key in unused if section.get(key) is not None]
    return [
        document.fault("got nothing, expected a value (the key is missing)", "worlds", key) for key in missing
    ] + [document.fault(f"got it under {design}, expected none", "worlds", key) for key in further]


def _posterior(
    document: Document, section: Mapping[str, Any], own_luck: bool, faults: list[Fault]
) -> tuple[Worlds, list[Fault]]:
    """Return the worlds of a posterior: a shipped one by name, or a file relative to the experiment's."""
    file, number = section.get("file"), section.get("number")
    if faults or not isinstance(file, str) or not file:
        return Worlds(), faults
    path, shown_path = document.path.parent / file, os.path.join(os.path.dirname(document.shown), file)
    if file in posterior_names():
        path, shown_path = data_path("posteriors", f"{file}.yaml"), f"data/posteriors/{file}.yaml"
    elif not path.is_file():
        known = ", ".join(posterior_names())
        expected = f"expected a shipped posterior ({known}) or a file that `creditsim fit --out FILE` wrote"
        return Worlds(), [document.fault(f"got {file!r}, where no file is, {expected}", "worlds", "file")]
    try:
        found = read_posterior(path, shown_path)
    except InputError as error:
        return Worlds(), list(error.faults)
    particles, weights = zip(*found.particles, strict=True)
    number = len(particles) if number is None else number
    return Worlds(POSTERIOR, number, found.factors, particles, weights, own_luck), []


def _listed(
    document: Document, rows: Any, factors: list[Factor]
) -> tuple[tuple[tuple[LeverValue, ...], ...], list[Fault]]:
    """Return the values of worlds that are named one by one, in the factors' order."""
    faults: list[Fault] = []
    listed = []
    names = [factor.lever for factor in factors]
    for number, row in enumerate(rows if isinstance(rows, list | tuple) else ()):
        given = {key if key in levers() else full_name("world", key): value
                 for key, value in (row.items() if isinstance(row, Mapping) else ())}  # fmt: skip
        if sorted(given) != sorted(names):
            got = ", ".join(given) or "nothing"
            message = f"got {got}, expected a value for each of {', '.join(names)}"
            faults.append(document.fault(message, "worlds", "listed", number))
            continue

        def placed(lever: str, message: str, number: int = number) -> Fault:
            return document.fault(f"{lever}: {message}", "worlds", "listed", number)

        read, found = read_values(given, placed)
        faults += found
        if not found:
            listed.append(tuple(read[name] for name in names))
    return tuple(listed), faults


def _number(document: Document, number: Any, design: Any, factors: list[Factor]) -> tuple[int, list[Fault]]:
    """Return the number of worlds: as asked for, or as the grid makes it."""
    keys = ("worlds", "number")
    if design == GRID:
        product = math.prod(len(factor.values) for factor in factors)
        if number is not None:
            message = f"got {shown(number)}, expected no number: a grid has as many worlds as its points make"
            return product, [document.fault(message, *keys)]
        if product > MOST_WORLDS:
            message = f"got a grid of {product:,} worlds, expected at most {MOST_WORLDS:,}"
            return product, [document.fault(message, *_FACTORS)]
        return product, []
    if number is None:
        return 1, [document.fault("got nothing, expected a number of worlds (the key is missing)", *keys)]
    if design == SOBOL and _is_whole(number) and 2 <= number <= MOST_WORLDS and number & (number - 1):
        below = 1 << number.bit_length() - 1
        either = f"{below} or {2 * below}" if 2 * below <= MOST_WORLDS else str(below)
        return number, [document.fault(f"got {number}, expected a power of two, e.g. {either}", *keys)]
    return number, []


def read_factors(
    document: Document, entries: Any, design: Any, place: tuple[str, ...] = _FACTORS
) -> tuple[list[Factor], list[Fault]]:
    """Return the factors of a section and what is wrong with them.

    They come in the catalogue's order, so that the file's order decides nothing. `place` is where the
    section stands in its file.
    """
    found: dict[str, Factor] = {}
    written: dict[str, str] = {}
    faults: list[Fault] = []
    for key, entry in (entries if isinstance(entries, Mapping) else {}).items():
        name = key if key in levers() else full_name("world", key)
        if name in written:
            message = f"got {name} twice (also {written[name]}), expected it once"
            faults.append(document.fault(message, *place, key))
        elif name not in levers():
            faults.append(document.fault(unknown_lever("world", key), *place, key))
        elif not name.startswith("world."):
            got = f"got {key}, a rule and no factor of the world, expected a world lever"
            message = f"{got}; to vary a rule make another scenario"
            faults.append(document.fault(message, *place, key))
        else:
            written[name] = key
            factor, wrong = _Entry(document, levers()[name], key, entry, design, place).read()
            faults += wrong
            if factor:
                found[name] = factor
    return [found[name] for name in levers() if name in found], faults


class _Entry:
    """One factor as it is written, beside its lever."""

    def __init__(
        self, document: Document, lever: Lever, key: str, entry: Any, design: Any, place: tuple[str, ...]
    ):
        self.document, self.lever, self.key, self.design = document, lever, key, design
        self.place = place
        self.entry = entry if isinstance(entry, Mapping) else {}
        self.given = {name for name, value in self.entry.items() if value is not None}
        self.faults: list[Fault] = []

    def read(self) -> tuple[Factor | None, list[Fault]]:
        """Return the factor, or None, and what is wrong with it."""
        made = self._of_values() if "values" in self.given else self._of_range()
        return (None if self.faults else made), self.faults

    def _of_values(self) -> Factor:
        """Return the factor of some levels."""
        for name in ("low", "high", "points"):
            if name in self.given:
                self._fault(f"got {name} and values, expected one or the other", name)
        listed = self.entry["values"] if isinstance(self.entry["values"], list) else []
        values: list[LeverValue] = []
        for number, value in enumerate(listed):
            for read in self._read(value, "values", number):
                if read in values:
                    self._fault(f"got {shown(value)} twice, expected it once", "values", number)
                values.append(read)
        return Factor(self.lever.name, values=tuple(values), source=self._source())

    def _of_range(self) -> Factor | None:
        """Return the factor of a range, or of all that a switch or choice can be."""
        lever = self.lever
        if lever.form != "number":
            for name in ("low", "high", "points"):
                if name in self.given:
                    self._fault(f"got {name} of a {lever.form}, expected values: [...]", name)
            levels = {"switch": (False, True), "choice": lever.options}.get(lever.form, ())
            if not levels:
                self._fault(f"got no values, expected values: [...], each {lever.expected}")
            return Factor(lever.name, values=tuple(levels), source=self._source())
        low, high = self._end("low"), self._end("high")
        if low is None or high is None:
            return None
        if low >= high:
            self._fault(f"got {shown(low)} to {shown(high)}, expected low below high")
        elif (low, high) != (lever.low, lever.high) and "source" not in self.given:
            known = f"{lever.low:g} to {lever.high:g}"
            got = f"got another range than the catalogue's ({known}) without a source"
            self._fault(f"{got}, expected its source")
        return self._with_points(Factor(lever.name, low, high, source=self._source()))

    def _with_points(self, factor: Factor) -> Factor:
        """Return a range as the levels of a grid; as it is for other designs."""
        points = self.entry.get("points")
        if self.design != GRID:
            if points is not None:
                self._fault(f"got points under {self.design}, expected none: points are of a grid", "points")
            return factor
        if points is None:
            self._fault("got a range in a grid, expected points: 3 or so, or values: [...]")
        if self.faults or not _is_whole(points) or not 2 <= points <= MOST_POINTS:
            return factor
        levels = dict.fromkeys(factor.at(point, points - 1) for point in range(points))
        return Factor(factor.lever, values=tuple(levels), source=factor.source)

    def _end(self, name: str) -> Any:
        """Return an end of the range in the lever's form, None if it is none."""
        if name not in self.given:
            return getattr(self.lever, name)
        value = self.entry[name]
        for read in self._read(value, name):
            # The value of a lever that is off may lie outside its range.
            if self.lever.low <= read <= self.lever.high:
                return read
            expected = f"a number from {self.lever.low:g} to {self.lever.high:g}"
            self._fault(f"got {shown(value)}, expected {expected}", name)
        return None

    def _read(self, value: Any, *keys: str | int) -> tuple[LeverValue, ...]:
        """Return a value in the lever's form; nothing if the lever cannot have it."""
        read, faults = read_values({self.lever.name: value}, lambda _, message: self._placed(message, *keys))
        self.faults += faults
        return tuple(read.values())

    def _source(self) -> str:
        """Return where range or values come from."""
        source = self.entry.get("source")
        return source if isinstance(source, str) else self.lever.source

    def _fault(self, message: str, *keys: str | int) -> None:
        self.faults.append(self._placed(message, *keys))

    def _placed(self, message: str, *keys: str | int) -> Fault:
        return self.document.fault(message, *self.place, self.key, *keys)


def _is_whole(value: Any) -> bool:
    """Say whether a value is a whole number, which a switch is not."""
    return isinstance(value, int) and not isinstance(value, bool)
