"""Read a scenario file: its form, its base, its levers; all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from creditsim.core.errors import Fault, InputError, nearest, unknown
from creditsim.spec.files import Document, check, format_faults, read_document
from creditsim.spec.levers import levers
from creditsim.spec.policy import check_together, read_values
from creditsim.spec.scenario import Scenario, field_faults, load_scenario, scenario_names

SECTIONS = ("policy", "rollout", "world")
"""Where levers stand in a file; under the last two their prefix may be left out."""

FRAME = {"population": "weihai-etdz", "start": "2020-01", "months": 36, "burn_in_months": 24}
"""What a file without a base has unless it says otherwise."""


class Words(BaseModel):
    """Text by language."""

    model_config = ConfigDict(strict=True, extra="forbid")

    en: str
    zh: str | None = None


class ScenarioFile(BaseModel):
    """The keys of a scenario file; lever values are checked against the catalogue."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: Any
    title: Words | None = None
    about: Words | None = None
    base: str | None = None
    population: Any = None
    start: Any = None
    months: Any = None
    burn_in_months: Any = None
    policy: dict[str, Any] | None = None
    rollout: dict[str, Any] | None = None
    world: dict[str, Any] | None = None


def read_scenario(path: Path, shown_path: str, keep: bool = False) -> Scenario:
    """Return the scenario of a file; `keep` as for `read_document`.

    Raises
    ------
    InputError
        All faults of the file at once.
    """
    document = read_document(path, shown_path, keep)
    file, faults = check(document, ScenarioFile)
    data = document.data if isinstance(document.data, Mapping) else {}
    faults += format_faults(document)
    base, base_faults = _base(document, data)
    frame, frame_faults = _frame(document, data, base)
    given, written, section_faults = _levers(document, data)
    placed = _placer(document, written)
    values, value_faults = read_values(given, placed)
    faults += base_faults + frame_faults + section_faults + value_faults
    if not faults:
        defaults = base.values if base else {name: lever.default for name, lever in levers().items()}
        values = {**defaults, **values}
        faults += check_together(values, placed)
    if faults:
        raise InputError(sorted(faults, key=lambda fault: fault.line or 0))
    title, about = (words_by_language(getattr(file, key)) for key in ("title", "about"))
    return Scenario(path.stem, title, about, **frame, values=values, file=shown_path)


def _base(document: Document, data: Mapping[str, Any]) -> tuple[Scenario | None, list[Fault]]:
    """Return the scenario that this one starts from, if it names one."""
    name = data.get("base")
    if not isinstance(name, str):
        return None, []
    if name not in scenario_names():
        return None, [document.fault(unknown(name, scenario_names(), "shipped scenario"), "base")]
    if document.shown == f"data/scenarios/{name}.yaml":
        return None, [document.fault(f"got {name!r}, expected another scenario than itself", "base")]
    return load_scenario(name), []


def _frame(
    document: Document, data: Mapping[str, Any], base: Scenario | None
) -> tuple[dict[str, Any], list[Fault]]:
    """Return population, start and horizon, the base's where the file is silent."""
    given = {key: data[key] for key in FRAME if data.get(key) is not None}
    faults = [document.fault(message, key) for key, message in field_faults(given)]
    inherited = {key: getattr(base, key) for key in FRAME} if base else FRAME
    return {**inherited, **given}, faults


def _levers(
    document: Document, data: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, tuple[str, str]], list[Fault]]:
    """Return given values by full lever name, where each was written, and misplaced keys."""
    known = levers()
    given: dict[str, Any] = {}
    written: dict[str, tuple[str, str]] = {}
    faults: list[Fault] = []
    for section in SECTIONS:
        entries = data.get(section)
        if not isinstance(entries, Mapping):
            continue
        for key, value in entries.items():
            name = full_name(section, key)
            home = name.split(".")[0] if name.split(".")[0] in SECTIONS[1:] else "policy"
            if name in written:
                first = ".".join(written[name])
                got = f"got {name} twice (also {first}), expected it once"
                faults.append(document.fault(got, section, key))
            elif name not in known and section != "policy":
                faults.append(document.fault(unknown_lever(section, key), section, key))
            elif name in known and home != section:
                got = f"got a {home} lever under {section}, expected it under {home}"
                faults.append(document.fault(got, section, key))
            else:
                given[name] = value
                written[name] = (section, key)
    return given, written, faults


def full_name(section: str, key: str) -> str:
    """Return a lever's full name from its key in a section."""
    if section == "policy" or key.startswith(f"{section}."):
        return key
    return f"{section}.{key}"


def unknown_lever(section: str, key: str) -> str:
    """Return the message for a key that names no lever of its section: what is known, and the nearest."""
    known = [name.removeprefix(f"{section}.") for name in levers() if name.startswith(f"{section}.")]
    near = nearest(key.removeprefix(f"{section}."), known)
    return f"got {key!r}, expected a known {section} lever ({', '.join(known)}){near}"


def _placer(document: Document, written: Mapping[str, tuple[str, str]]) -> Callable[[str, str], Fault]:
    """Return a maker of faults placed where a lever was written, or at its section."""

    def placed(name: str, message: str) -> Fault:
        keys = written.get(name)
        if keys:
            return document.fault(message, *keys)
        section = name.split(".")[0] if name.split(".")[0] in SECTIONS[1:] else "policy"
        return Fault(message, document.shown, document.line(section), name)

    return placed


def words_by_language(words: Words | None) -> dict[str, str]:
    """Return text by language; what is missing in Chinese is given in English."""
    return {} if words is None else {"en": words.en, "zh": words.zh or words.en}
