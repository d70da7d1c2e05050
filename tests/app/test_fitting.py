"""`creditsim fit`: from a file to a posterior, through the store, and on to an experiment's worlds."""

import json
import re
from pathlib import Path

import pytest
from chaos import Here

import creditsim as cs
from creditsim.app.cli import run_command
from creditsim.experiment.design import worlds_of
from creditsim.experiment.workers import local
from creditsim.spec.posterior import posterior_names, read_posterior

FIT = """\
format: 1
patterns: [negative-per-subject]
parameters:
  delivery_full_staff_hours_per_month: {}
particles: 6
keep: 3
rounds: 2
scale: 0.01
burn_in_months: 0
seed: 5
"""

EXPERIMENT = """\
format: 1
scenarios: [status-quo-2019, five-entries-2020]
replications: 1
scale: 0.01
months: 1
burn_in_months: 0
worlds: {design: posterior, file: posterior.yaml, number: 2}
"""

LEVER = "world.delivery_full_staff_hours_per_month"
KNOWN: dict = {}
"""Runs that an earlier test of this module did already."""


class StoppedInTheMiddle(Here):
    """Workers who hear Ctrl-C when some runs are back."""

    waits = 0

    def wait(self, seconds):
        self.waits += 1
        if self.waits > 3:
            raise KeyboardInterrupt
        return super().wait(seconds)


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A fit's file in the current folder, and workers that are this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local, "LocalWorkers", lambda number, work: Here(KNOWN))
    Path("f.yaml").write_text(FIT)
    return "f.yaml"


def documented(name):
    """Return the keys that docs/formats.md has of a JSON object."""
    formats = Path(__file__).parents[2] / "docs" / "formats.md"
    table = formats.read_text("utf-8").split(f"<!-- keys: {name} -->")[1].split("\n\n")[1]
    return re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:]))


def test_a_fit_tells_parameters_patterns_and_rounds(file, said):
    code, out, _ = said("fit", file, "--store", "s", "--out", "posterior.yaml", "--json")
    found = json.loads(out)
    assert code == 0
    assert list(found) == documented("fit --json")
    assert list(found["parameters"][0]) == documented("parameters of fit --json")
    assert list(found["patterns"][0]) == documented("patterns of fit --json")
    assert list(found["rounds"][0]) == documented("rounds of fit --json")
    (parameter,) = found["parameters"]
    assert parameter["parameter"] == LEVER
    assert 5 <= parameter["low"] <= parameter["median"] <= parameter["high"] <= 60
    assert [each["simulated"] for each in found["rounds"]] == [6, 3]
    assert [each["tolerance"] > 0.0 for each in found["rounds"]] == [True, False]
    assert found["patterns"][0]["within_band"] == pytest.approx(1.0)
    assert found["runs"] == sum(each["simulated"] for each in found["rounds"])
    assert (found["already"], found["failed"]) == (0, 0)
    posterior = read_posterior(Path("posterior.yaml"), "posterior.yaml")
    assert posterior.fitted == ("negative-per-subject",)
    assert len(posterior.particles) == found["particles"]
    assert posterior.passport["confidence"] == "L"


def test_a_stopped_fit_goes_on_and_finds_the_same(file, said, monkeypatch):
    assert said("fit", file, "--store", "whole", "--out", "whole.yaml", "--quiet")[0] == 0
    monkeypatch.setattr(local, "LocalWorkers", lambda number, work: StoppedInTheMiddle(KNOWN))
    code, out, err = said("fit", file, "--store", "s", "--out", "p.yaml")
    assert (code, out, Path("p.yaml").exists()) == (130, "", False)
    assert "go on with: creditsim fit f.yaml --store s --out p.yaml" in err[-1]
    monkeypatch.setattr(local, "LocalWorkers", lambda number, work: Here(KNOWN))
    code, out, _ = said("fit", file, "--store", "s", "--out", "p.yaml", "--json")
    assert code == 0
    assert 0 < json.loads(out)["already"] < json.loads(out)["runs"]
    assert Path("p.yaml").read_bytes() == Path("whole.yaml").read_bytes()
    again = json.loads(said("fit", file, "--store", "s", "--json")[1])
    assert again["already"] == again["runs"]


def test_an_experiment_runs_in_the_worlds_of_the_posterior(file, said):
    assert said("fit", file, "--store", "s", "--out", "posterior.yaml", "--quiet")[0] == 0
    Path("e.yaml").write_text(EXPERIMENT)
    code, out, err = said("sweep", "e.yaml", "--store", "t", "--json")
    assert (code, json.loads(out)["runs"], json.loads(out)["worlds"]) == (0, 4, 2), err
    particles = read_posterior(Path("posterior.yaml"), "posterior.yaml").particles
    drawn = [world[LEVER] for world in worlds_of(cs.load_experiment("e.yaml"))]
    assert set(drawn) <= {values[0] for values, _ in particles}
    compared = json.loads(said("compare", "--store", "t", "--json")[1])
    assert {row["scenario"] for row in compared["rows"]} == {"five-entries-2020"}


@pytest.mark.parametrize("name", posterior_names())
def test_a_shipped_posterior_is_named_without_a_path(name, tmp_path):
    path = tmp_path / "e.yaml"
    path.write_text(EXPERIMENT.replace("posterior.yaml", name))
    worlds = worlds_of(cs.load_experiment(path))
    assert len(worlds) == 2
    for factor in cs.load_experiment(path).worlds.factors:
        assert all(factor.low <= world[factor.lever] <= factor.high for world in worlds)


def test_an_experiment_whose_posterior_is_not_there_is_told_where_to_get_one(tmp_path, said):
    path = tmp_path / "e.yaml"
    path.write_text(EXPERIMENT.replace("posterior.yaml", "missing.yaml"))
    code, out, err = said("sweep", path, "--store", tmp_path / "s")
    assert (code, out) == (2, "")
    assert "worlds.file" in err[0]
    assert "creditsim fit --out FILE" in err[0]


@pytest.mark.parametrize(("lang", "words"), [("en", "90% interval"), ("zh", "事先范围")])
def test_a_table_for_people(file, said, lang, words):
    code, out, _ = said("fit", file, "--store", "s", "--lang", lang)
    assert code == 0
    assert words in out
    assert {"en": "not validated against the district's data", "zh": "未用本区数据验证"}[lang] in out


def test_all_faults_come_at_once_and_nothing_is_run(file, said):
    Path("f.yaml").write_text(FIT.replace("negative-per-subject", "wrong-tier"))
    code, out, err = said(
        "fit", file, "--store", "s", "--workers", "none", "--lang", "fr", "--out", "nowhere/p.yaml"
    )
    assert (code, out) == (2, "")
    assert [line.split(": got")[0] for line in err] == [
        "--lang",
        "--workers",
        "--out",
        "f.yaml:2: patterns.0",
    ]
    assert not Path("s").exists()


def test_months_that_a_pattern_lacks_are_refused_before_anything_runs(file, said):
    Path("f.yaml").write_text(FIT + "months: 24\n")
    code, out, err = said("fit", file, "--store", "s")
    assert (code, out) == (2, "")
    assert "expected at least 36, which negative-per-subject needs" in err[0]
    assert not Path("s").exists()


def test_the_command_is_one_of_those_that_are_listed(capsys):
    assert run_command(["fit", "--help"]) == 0
    assert "worlds: {design: posterior" in capsys.readouterr().out
