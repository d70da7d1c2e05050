"""What the naive phases need of a scenario, in plain form.

`plain_policy(scenario)` returns a namespace of

* ``values``: two dicts, lever to value: of regime 0 (the status quo in the scenario's world) and regime 1;
* ``world(name)``: value of an uncertain factor without ``world.``;
* ``assumed``: dict of the assumptions of data/model.yaml; a list of seven where it is one a channel;
* ``activities``, ``measures``, ``contests``: lists of namespaces with the columns of the files in data/;
  ``check_fields``, ``levers``, ``unit_costs``: dicts of such; ``inspection_weights``: dict by trait;
* ``corrections``: dict activity id to what is added to its constant (data/calibration.yaml);
* ``book(name, **switches)``: a rulebook of data/rulebooks as a namespace, its items a list in order;
* ``evaluation(weights)``: data/evaluation.yaml as a namespace;
* ``first_month``, ``pilot_start``, ``full_start``, ``end``: months as whole numbers, NEVER for never;
* ``delivery`` and ``cost_lines``: by regime.

Taken over ready-made from the package, so NOT held against a second text: the reading of the data files and
of scenarios (spec/), the levers as a yearly budget delivers them (spec/budget.py) and the yearly cost lines
(spec/costing.py).
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from creditsim.spec.activities import activities, inspection_weights
from creditsim.spec.assumptions import assumptions
from creditsim.spec.budget import within_budget
from creditsim.spec.calibration import corrections
from creditsim.spec.contests import check_fields, contests
from creditsim.spec.costing import yearly_cost
from creditsim.spec.costs import unit_costs
from creditsim.spec.evaluation import load_evaluation
from creditsim.spec.levers import levers
from creditsim.spec.measures import measures
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.scenario import Scenario, load_scenario
from creditsim.spec.vocabulary import CHANNELS

NEVER = 2**31 - 1


def plain_policy(scenario: Scenario) -> SimpleNamespace:
    """Return a scenario in the form said above."""
    outside, inside = within_budget(status_quo_in_its_world(scenario)), within_budget(scenario)
    values = (dict(outside[0].values), dict(inside[0].values))
    return SimpleNamespace(
        values=values,
        world=lambda name: float(values[1][f"world.{name}"]),
        delivery=(outside[1], inside[1]),
        cost_lines=(plain(yearly_cost(outside[0])), plain(yearly_cost(inside[0]))),
        first_month=month_number(scenario.start),
        pilot_start=month_number(scenario.values["rollout.pilot_start_date"]),
        full_start=month_number(scenario.values["rollout.full_start_date"]),
        end=month_number(scenario.values["rollout.end_date"]),
        book=book,
        evaluation=evaluation,
        **_catalogues(),
    )


def status_quo_in_its_world(scenario: Scenario) -> Scenario:
    """Return what holds outside the rollout."""
    world = {name: value for name, value in scenario.values.items() if name.startswith("world.")}
    frame = {name: getattr(scenario, name) for name in ("start", "months", "burn_in_months", "population")}
    return load_scenario("status-quo-2019").with_levers(world).with_(**frame)


def month_number(text: str) -> int:
    """Return months since January of year 0, or NEVER."""
    return NEVER if text == "never" else int(text[:4]) * 12 + int(text[5:7]) - 1


@functools.cache
def book(name: str, **switches: str) -> SimpleNamespace:
    """Return a rulebook as a namespace."""
    return plain(load_rulebook(name, **switches))


@functools.cache
def evaluation(weights: str) -> SimpleNamespace:
    """Return the five-dimension evaluation as a namespace."""
    return plain(load_evaluation(weights))


@functools.cache
def _catalogues() -> dict[str, Any]:
    """Return what is the same for all scenarios."""
    return {
        "assumed": {name: _number(each.value) for name, each in assumptions().items()},
        "activities": [plain(each) for each in activities()],
        "measures": [plain(each) for each in measures()],
        "contests": [plain(each) for each in contests()],
        "check_fields": plain(check_fields()),
        "levers": plain(levers()),
        "unit_costs": plain(unit_costs()),
        "inspection_weights": inspection_weights(),
        "corrections": {name: each.alpha for name, each in corrections().items()},
    }


def _number(value: Any) -> Any:
    """Return an assumption's value: a number, or a list in the order of the channels."""
    if isinstance(value, Mapping):
        return [float(value[channel]) for channel in CHANNELS]
    return [float(each) for each in value] if isinstance(value, list | tuple) else float(value)


def plain(value: Any) -> Any:
    """Return records as namespaces, mappings as dicts, sequences as lists."""
    if dataclasses.is_dataclass(value):
        return SimpleNamespace(**{f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)})
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value
