"""Read an experiment file: its form, its scenarios, its worlds, when it stops; all faults at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.spec.comparable import distinct_names, not_shared
from creditsim.spec.experiment import Experiment, Worlds
from creditsim.spec.factors import WorldsFile, read_worlds
from creditsim.spec.faults import shown
from creditsim.spec.files import Document, check, format_faults, read_document
from creditsim.spec.limits import HIGHEST_SCALE, LARGEST_KEY, LOWEST_SCALE, MOST_SCENARIOS
from creditsim.spec.policy import check_together
from creditsim.spec.scenario import STATUS_QUO, Scenario, field_faults, load_scenario, scenario_names
from creditsim.spec.scenario_file import Words, read_scenario, words_by_language
from creditsim.spec.until import REPLICATIONS, Replications, UntilFile, read_kept, read_until
from creditsim.spec.vocabulary import PARTS


class ExperimentFile(BaseModel):
    """The keys of an experiment file; names are checked against the catalogues."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: Any
    title: Words | None = None
    about: Words | None = None
    scenarios: Annotated[list[Any], Field(min_length=1, max_length=MOST_SCENARIOS)]
    baseline: str | None = None
    replications: Replications | None = None
    scale: Annotated[float, Field(ge=LOWEST_SCALE, le=HIGHEST_SCALE, allow_inf_nan=False)] | None = None
    months: Any = None
    burn_in_months: Any = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_KEY)] | None = None
    only: list[Any] | None = None
    shared_draws: bool | None = None
    worlds: WorldsFile | None = None
    outcomes: Annotated[list[Any], Field(min_length=1)] | None = None
    until: UntilFile | None = None


DEFAULTS = {"replications": REPLICATIONS, "scale": 0.1, "seed": 1, "shared_draws": True}
"""What a file has unless it says otherwise."""


def read_experiment(path: Path, shown_path: str) -> Experiment:
    """Return the experiment of a file.

    Raises
    ------
    InputError
        All faults of the file and of its scenarios at once.
    """
    return resolve(read_document(path, shown_path), path.stem)


def resolve(document: Document, name: str) -> Experiment:
    """Return the experiment of a document: every default set, every name looked up.

    Raises
    ------
    InputError
        All faults at once.
    """
    file, faults = check(document, ExperimentFile)
    data = document.data if isinstance(document.data, Mapping) else {}
    loaded, scenarios, scenario_faults = _scenarios(document, data)
    baseline, baseline_faults = _baseline(document, data, scenarios)
    worlds, world_faults = read_worlds(document, data.get("worlds"))
    kept, outcome_faults = read_kept(document, data.get("outcomes"))
    until, until_faults = read_until(document, data.get("until"), data.get("replications"), kept)
    faults += format_faults(document) + scenario_faults + baseline_faults + world_faults
    faults += outcome_faults + until_faults + _only_faults(document, data)
    if not faults:
        faults += _world_faults(document, scenarios, worlds)
    if faults:
        raise InputError(_in_order(faults, document))
    given = {**data, "scenarios": loaded}
    if data.get("baseline") is not None:
        given["baseline"] = baseline
    return Experiment(
        name=name,
        title=words_by_language(file.title),
        about=words_by_language(file.about),
        scenarios=tuple(scenarios),
        baseline=baseline,
        **{key: default if data.get(key) is None else data[key] for key, default in DEFAULTS.items()},
        only=tuple(dict.fromkeys(data.get("only") or ())),
        worlds=worlds,
        outcomes=kept,
        until=until,
        document=Document(given, document.path, document.shown, document.lines),
    )


def _scenarios(
    document: Document, data: Mapping[str, Any]
) -> tuple[list[Scenario], list[Scenario], list[Fault]]:
    """Return the scenarios as they are, and as they run: labels told apart, months and burn-in set."""
    frame = {key: data[key] for key in ("months", "burn_in_months") if data.get(key) is not None}
    faults = [document.fault(message, key) for key, message in field_faults(frame)]
    frame = {} if faults else frame
    listed = data.get("scenarios")
    listed = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else []
    loaded = []
    for number, each in enumerate(listed):
        try:
            loaded.append(_scenario(document, each, number))
        except InputError as error:
            faults += error.faults
    named = [scenario.with_(**frame) for scenario in distinct_names(loaded)]
    if named and len(loaded) == len(listed):
        for number, field, message in not_shared(named):
            faults.append(document.fault(f"{message} ({field})", "scenarios", number))
    return loaded, named, faults


def _scenario(document: Document, each: Any, number: int) -> Scenario:
    """Return one scenario: a shipped name, or a path relative to the experiment file."""
    if isinstance(each, Scenario):
        return each
    what = "shipped scenario or the path of a YAML file"
    if not isinstance(each, str):
        message = f"got {shown(each)}, expected the name of a {what}"
    elif each in scenario_names():
        return load_scenario(each)
    elif not is_path(each):
        message = unknown(each, scenario_names(), what)
    elif not (path := document.path.parent / each).is_file():
        message = f"got {each!r}, where no file is, expected a {what} (relative to this file)"
    else:
        return read_scenario(path, os.path.join(os.path.dirname(document.shown), each))
    raise InputError(document.fault(message, "scenarios", number))


def is_path(text: str) -> bool:
    """Say whether an entry names a file, and not a shipped scenario."""
    return text.endswith((".yaml", ".yml")) or "/" in text


def _baseline(
    document: Document, data: Mapping[str, Any], scenarios: Sequence[Scenario]
) -> tuple[str, list[Fault]]:
    """Return the baseline's label; it may be named as its scenario is listed."""
    labels = [scenario.name for scenario in scenarios]
    wanted = data.get("baseline")
    if not isinstance(wanted, str):
        return STATUS_QUO if STATUS_QUO in labels else next(iter(labels), ""), []
    if len(labels) != len(data.get("scenarios") or ()):  # some could not be read: that comes first
        return wanted, []
    listed = [each if isinstance(each, str) else each.name for each in data["scenarios"]]
    for name, label in [*zip(labels, labels, strict=True), *zip(listed, labels, strict=True)]:
        if name == wanted:
            return label, []
    return wanted, [document.fault(unknown(wanted, labels, "scenario of this experiment"), "baseline")]


def _only_faults(document: Document, data: Mapping[str, Any]) -> list[Fault]:
    """Return the faults of what is to take part."""
    listed = data.get("only")
    return [
        document.fault(unknown(name, PARTS, "setting or kind"), "only", number)
        for number, name in enumerate(listed if isinstance(listed, list | tuple) else ())
        if name not in PARTS
    ]


def _world_faults(document: Document, scenarios: Sequence[Scenario], worlds: Worlds) -> list[Fault]:
    """Return the faults of factors whose values do not fit what a scenario has on."""
    faults: dict[str, Fault] = {}
    for factor in worlds.factors:
        for value in factor.values or (factor.low, factor.high):
            for scenario in scenarios:

                def placed(lever: str, message: str, name: str = scenario.name) -> Fault:
                    return document.fault(f"{message} ({lever} in {name})", "worlds", "factors")

                found = check_together({**scenario.values, factor.lever: value}, placed)
                faults |= {str(fault): fault for fault in found}
    return list(faults.values())


def _in_order(faults: Sequence[Fault], document: Document) -> list[Fault]:
    """Return faults by line, those of the file itself before those of its scenarios."""
    return sorted(faults, key=lambda fault: (fault.file != document.shown, fault.file, fault.line or 0))
