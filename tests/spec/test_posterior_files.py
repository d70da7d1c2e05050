"""Posterior files: what an experiment draws from them, and what is refused with its line."""

import pytest

from creditsim.core.errors import InputError
from creditsim.experiment.design import worlds_of
from creditsim.spec.experiment import experiment_of, load_experiment
from creditsim.spec.posterior import posterior_names, read_posterior

FILE = """\
format: 1
kind: posterior
passport: {source: a test, source_kind: derived, confidence: L}
fitted: [negative-per-subject]
provenance: {seed: 1}
factors:
  world.phoenix_share: {low: 0, high: 0.3, shape: uniform}
  world.norm_weight_share: {low: 0, high: 0.3, shape: triangular, mode: 0.1}
particles:
  - [0.05, 0.1, 1]
  - [0.25, 0.2, 3]
"""

EXPERIMENT = """\
format: 1
scenarios: [status-quo-2019, five-entries-2020]
worlds: {design: posterior, file: p.yaml, number: 8}
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a posterior beside an experiment and returns the experiment's name."""
    monkeypatch.chdir(tmp_path)

    def written(text):
        (tmp_path / "p.yaml").write_text(text, "utf-8")
        (tmp_path / "e.yaml").write_text(EXPERIMENT, "utf-8")
        return "e.yaml"

    return written


def test_worlds_come_as_often_as_their_weights_say(write):
    worlds = worlds_of(load_experiment(write(FILE)))
    light = {"world.norm_weight_share": 0.1, "world.phoenix_share": 0.05}
    heavy = {"world.norm_weight_share": 0.2, "world.phoenix_share": 0.25}
    assert [worlds.count(light), worlds.count(heavy)] == [2, 6]


def test_what_stands_in_a_posterior_is_in_the_keys_of_its_runs(write):
    once = load_experiment(write(FILE)).fingerprint
    assert load_experiment(write(FILE)).fingerprint == once
    assert load_experiment(write(FILE.replace("0.25, 0.2, 3", "0.25, 0.2, 4"))).fingerprint != once
    assert load_experiment(write(FILE.replace("a test", "another word"))).fingerprint == once


@pytest.mark.parametrize("name", posterior_names())
def test_a_shipped_posterior_says_where_it_comes_from_and_fits_fit_patterns_alone(name):
    from creditsim.core.shipped import data_path
    from creditsim.spec.patterns import patterns

    found = read_posterior(data_path("posteriors", f"{name}.yaml"), name)
    assert {patterns()[each].role for each in found.fitted} == {"fit"}
    assert "not validated against the district's data" in found.passport["note"]
    assert found.passport["confidence"] == "L"
    assert {"model", "data", "seed", "scale", "tolerance", "method"} <= set(found.provenance)


def test_worlds_of_a_posterior_share_their_luck_as_comparisons_need_it():
    worlds = {"design": "posterior", "file": posterior_names()[0], "number": 4}
    found = experiment_of(scenarios=["status-quo-2019"], worlds=worlds)
    assert not found.worlds.own_luck
    assert found.worlds.number == 4


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[0.05, 0.1, 1]", "[0.05, 0.1]", "p.yaml:10: particles.0: got 2 numbers, expected 3"),
        ("[0.05, 0.1, 1]", "[0.05, 0.1, 0]", "p.yaml:10: particles.0: got 0 as weight"),
        ("[0.05, 0.1, 1]", "[0.05, 0.1, 1.5]", "p.yaml:10: particles.0: got 1.5 as weight"),
        ("[0.05, 0.1, 1]", "[0.05, 0.9, 1]", "p.yaml:10: particles.0: world.norm_weight_share: got"),
        ("world.phoenix_share", "world.phenix_share", "nearest: phoenix_share"),
        ("world.phoenix_share", "score.city_on", "p.yaml:7: factors.score.city_on"),
        ("low: 0, high: 0.3, shape: u", "low: 0.3, high: 0, shape: u", "expected low below high"),
        ("kind: posterior", "kind: prior", "p.yaml:2: kind: got 'prior'"),
        ("format: 1", "format: 2", "p.yaml:1: format: got 2, expected 1"),
    ],
)
def test_a_faulty_posterior_is_refused_with_its_line(write, before, after, said):
    with pytest.raises(InputError) as refused:
        load_experiment(write(FILE.replace(before, after)))
    assert said in str(refused.value)
