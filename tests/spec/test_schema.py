"""The JSON schema for editors says what the reader says."""

from __future__ import annotations

import json

import pytest

from creditsim.core.shipped import data_path
from creditsim.spec.catalogue import levers
from creditsim.spec.files import read_document
from creditsim.spec.scenario import scenario_names
from creditsim.spec.scenario_file import ScenarioFile
from creditsim.spec.schema import scenario_schema


def test_it_is_json_and_has_the_keys_of_the_file():
    schema = scenario_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert list(schema["properties"]) == list(ScenarioFile.model_fields)


def test_every_lever_has_its_place():
    properties = scenario_schema()["properties"]
    sections = ("policy", "rollout", "world")
    placed = {name for section in sections for name in properties[section]["properties"]}
    assert set(levers()) <= placed


@pytest.mark.parametrize("name", scenario_names())
def test_shipped_scenarios_use_keys_of_the_schema(name):
    properties = scenario_schema()["properties"]
    data = read_document(data_path("scenarios", f"{name}.yaml")).data
    assert set(data) <= set(properties)
    for section in ("policy", "rollout", "world"):
        assert set(data.get(section) or {}) <= set(properties[section]["properties"])


def test_a_switch_a_share_and_an_off_value():
    policy = scenario_schema()["properties"]["policy"]["properties"]
    assert policy["village.compact_on"]["type"] == "boolean"
    share = policy["files.villager_coverage_share"]
    assert (share["minimum"], share["maximum"]) == (0, 1)
    assert policy["warning.threshold_points"]["anyOf"][1] == {"const": 0.0}
