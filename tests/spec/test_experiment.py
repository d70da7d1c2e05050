"""Experiment files: the shipped ones, what is accepted, what is refused, what decides nothing."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.core.errors import InputError
from creditsim.model.outcomes.frame import outcome_names
from creditsim.spec.experiment import experiment_names, experiment_of, load_experiment
from creditsim.spec.experiment_file import ExperimentFile
from creditsim.spec.experiment_schema import experiment_schema
from creditsim.spec.files import read_document
from creditsim.spec.outcomes import OF_COMPARISONS, outcomes

CASES = read_document(Path(__file__).with_name("experiments.yaml")).data
SCHEMA = jsonschema.Draft202012Validator(experiment_schema())
TWO = ["status-quo-2019", "five-entries-2020"]


@pytest.fixture
def write(monkeypatch, tmp_path):
    """Return a function that writes an experiment file and returns its name."""
    monkeypatch.chdir(tmp_path)

    def written(text, name="mine.yaml"):
        Path(name).write_bytes(text.encode())
        return name

    return written


@pytest.mark.parametrize("name", experiment_names())
def test_a_shipped_experiment_has_words_in_both_languages(name):
    experiment = load_experiment(name)
    for words in (experiment.title, experiment.about):
        assert words["en"] != words["zh"]


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: case["text"][-40:])
def test_reader_and_schema_accept(write, case):
    path = write(case["text"])
    experiment = load_experiment(path)
    assert json.loads(json.dumps(experiment.inputs(), allow_nan=False)) == experiment.inputs()
    assert pickle.loads(pickle.dumps(experiment)) == experiment
    assert SCHEMA.is_valid(read_document(path).data)


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["says"][:60])
def test_reader_and_schema_refuse(write, case):
    path = write(case["text"])
    with pytest.raises(InputError) as caught:
        load_experiment(path)
    assert str(caught.value) == case["says"].replace("{file}", path)
    assert SCHEMA.is_valid(read_document(path).data) != case.get("schema", True)


def test_the_schema_has_the_keys_of_the_file():
    assert list(experiment_schema()["properties"]) == list(ExperimentFile.model_fields)


def test_defaults_of_the_smallest_file():
    found = experiment_of(scenarios=TWO)
    assert (found.replications, found.scale, found.seed, found.months) == (10, 0.1, 1, 36)
    assert (found.baseline, found.worlds.number, found.until) == ("status-quo-2019", 1, None)
    until = experiment_of(scenarios=TWO, until={}).until
    assert (until.level, until.at_most, until.step) == (0.95, 100, 10)
    name = "breach.all_per_1000_month"
    assert until.outcomes[name] == outcomes()[name].smallest_relevant


def test_scenarios_stand_beside_the_file_and_their_faults_are_told_with_its_own(write, tmp_path):
    write("format: 1\nmonths: 36\n", "plan.yaml")
    write("format: 1\nmonths: 0\n", "wrong.yaml")
    path = write("format: 1\nscenarios: [plan.yaml, guidance-2021]\nbaseline: plan.yaml\n")
    assert load_experiment(tmp_path / path).labels == ("plan", "guidance-2021")
    assert load_experiment(path).baseline == "plan"
    with pytest.raises(InputError) as caught:
        load_experiment(write("format: 1\nscenarios: [wrong.yaml]\nscale: 0\n"))
    assert [fault.file for fault in caught.value.faults] == ["mine.yaml", "wrong.yaml"]


def test_scenarios_of_other_months_cannot_be_compared_unless_the_experiment_sets_them(write):
    write("format: 1\nmonths: 12\n", "short.yaml")
    path = write("format: 1\nscenarios: [guidance-2021, short.yaml]\n")
    with pytest.raises(InputError, match=r"mine.yaml:2: scenarios.1: got 12 in short, expected 36"):
        load_experiment(path)
    path = write("format: 1\nmonths: 6\nscenarios: [guidance-2021, short.yaml]\n")
    assert load_experiment(path).months == 6


def test_names_titles_and_the_order_of_factors_decide_nothing():
    factors = {"norm_weight_share": {}, "phoenix_share": None}
    worlds = {"number": 4, "factors": factors}
    one = experiment_of(scenarios=TWO, worlds=worlds, title={"en": "One"})
    turned = {"number": 4, "factors": dict(reversed(factors.items()))}
    other = experiment_of("other", scenarios=TWO, worlds=turned, only=[])
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != one.with_(seed=2).fingerprint


def test_a_changed_copy_is_checked_and_its_defaults_follow():
    found = load_experiment("pilot-check").with_(replications=20, until={})
    assert (found.name, found.until.at_most) == ("pilot-check", 200)
    with pytest.raises(InputError, match="replications: got 0"):
        found.with_(replications=0)


def test_the_texts_escape_what_users_wrote_and_show_no_address():
    found = experiment_of("<b>", scenarios=TWO, until={"outcomes": ["breaches"]})
    assert " 0x" not in repr(found)
    assert "<b><b>" not in found._repr_html_()


def test_what_no_single_run_has_is_known():
    assert set(OF_COMPARISONS) == set(outcomes()) - set(outcome_names())


@given(
    st.fixed_dictionaries(
        {"scenarios": st.lists(st.sampled_from(TWO), min_size=1, max_size=3)},
        optional={
            "replications": st.integers(2, 500),
            "scale": st.floats(0.01, 40),
            "months": st.integers(1, 600),
            "seed": st.integers(0, 2**32 - 1),
            "shared_draws": st.booleans(),
        },
    )
)
def test_what_is_written_is_what_is_read(tmp_path_factory, fields):
    path = tmp_path_factory.getbasetemp() / "round.yaml"
    path.write_text(json.dumps({"format": 1, **fields}), encoding="utf-8")
    found = load_experiment(path)
    assert found == experiment_of("round", **fields)
    scenarios = fields.pop("scenarios")
    assert {name: getattr(found, name) for name in fields} == fields
    assert len(set(found.labels)) == len(scenarios)
