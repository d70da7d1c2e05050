"""`creditsim sensitivity` and `creditsim worlds`, as somebody types them, and what comparisons take over."""

from __future__ import annotations

import io
import json
import re
import warnings
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from chaos import Here
from matplotlib.figure import Figure

import creditsim as cs
from creditsim.analysis.sensitivity import listed
from creditsim.analysis.sensitivity.switching import STATES
from creditsim.experiment.workers import local
from creditsim.report import fonts

matplotlib.use("Agg")

EXPERIMENT = """\
format: 1
scenarios: [status-quo-2019, five-entries-2020]
replications: 2
scale: 0.01
months: 3
burn_in_months: 0
seed: 31
outcomes: [breaches, wrongly_penalised, public_cost]
worlds:
  number: 4
  factors:
    sanction_elasticity_share: {}
    crowding_out_share: {low: 0.1, high: 0.2, source: a test}
"""
FORMATS = Path(__file__).parents[2] / "docs" / "formats.md"
LANGUAGES = ["en", "zh"]


def documented(table):
    """Return the keys of a table of docs/formats.md."""
    rows = FORMATS.read_text("utf-8").split(f"<!-- keys: {table} -->")[1].split("\n\n")[1].splitlines()[2:]
    return set(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in rows)))


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """An experiment's file, and the store of a small study of it."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "e.yaml").write_text(EXPERIMENT)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(local, "LocalWorkers", lambda number, work: Here({}))
        found = cs.sensitivity(folder / "e.yaml", samples=2, store=folder / "s", workers=1)
    return folder, found


def test_a_study_is_gone_on_with_and_gives_one_object_of_the_documented_shape(studied, said, monkeypatch):
    folder, before = studied
    nothing = Here({})
    monkeypatch.setattr(local, "LocalWorkers", lambda number, work: nothing)
    options = ("--method", "morris", "--samples", "2", "--store", folder / "s", "--workers", "1")
    code, out, _ = said("sensitivity", folder / "e.yaml", *options, "--json")
    found = json.loads(out)
    assert code == 0
    assert nothing.known == {}  # all runs were there
    assert found == json.loads(json.dumps(before.to_dict()))
    assert set(found) == documented("sensitivity --json")
    assert (found["method"], found["samples"], found["outcome"]) == ("morris", 2, "breach.all_per_1000_month")
    assert (found["scenario"], found["baseline"]) == ("five-entries-2020", "status-quo-2019")
    keys = documented("factors of sensitivity --json")
    assert all(set(factor) == keys for factor in found["factors"])
    assert set(found["dummy"]) == keys - {
        "title_en",
        "title_zh",
        "unit",
        "own",
        "from",
        "to",
        "switching",
    } | {"last"}
    assert [factor["rank"] for factor in found["factors"]] == [1, 2]
    assert (found["dummy"]["rank"], found["dummy"]["mu_star"], found["dummy"]["last"]) == (3, 0.0, True)
    assert {each["output"] for each in found["others"]} == {"difference", "level"}
    for factor in found["factors"]:
        assert set(factor["switching"]) == documented("switching values")
        assert factor["switching"]["state"] in STATES


def test_the_study_moves_what_the_model_moves(studied):
    _, found = studied
    level = found.study("breaches", "five-entries-2020", level=True)
    values = {each.name: each.value for each in level.indices}
    assert values["world.sanction_elasticity_share"] > 0.0
    assert found.study("public_cost").scenario == "five-entries-2020"
    with pytest.raises(cs.InputError, match="study"):
        found.study("trust")


def test_ishigami_by_the_same_path_is_within_a_hundredth_of_the_closed_form(said):
    code, out, _ = said("sensitivity", "ishigami", "--method", "sobol", "--samples", "4096", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["closed_form"]["largest_error"] < 0.01
    for factor in found["factors"]:
        assert abs(factor["S1"] - found["closed_form"]["S1"][factor["name"]]) < 0.01
        assert abs(factor["ST"] - found["closed_form"]["ST"][factor["name"]]) < 0.01
    assert found["dummy"]["last"]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Breaches, all activities"), ("zh", "失信行为总量")], ids=LANGUAGES
)
def test_studies_are_tables_and_figures_for_people(studied, said, tmp_path, lang, words):
    folder, _ = studied
    options = ("--samples", "2", "--store", folder / "s", "--workers", "1", "--out", tmp_path / "o")
    code, out, _ = said("sensitivity", folder / "e.yaml", *options, "--lang", lang)
    assert code == 0
    assert words in out
    names = {path.name for path in (tmp_path / "o").iterdir()}
    assert {"sensitivity.json", "sensitivity.csv", "heat_map.png"} < names
    assert sum(name.startswith("tornado_") for name in names) == 3


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["plot_tornado", "plot_heat_map"])
def test_figures_have_units_and_every_glyph(studied, kind, lang):
    _, found = studied
    ax = Figure(figsize=(9, 5), layout="constrained").subplots()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = getattr(found, kind)(ax=ax, lang=lang)
        drawn.figure.savefig(io.BytesIO(), format="png")
    assert drawn is ax
    shown = fonts.figure_language(lang)
    names = " ".join(text.get_text() for text in ax.get_yticklabels())
    assert {"en": "Sanction elasticity", "zh": "制裁弹性"}[shown] in names
    if kind == "plot_tornado":
        unit = {"en": "per 1,000 agents a month", "zh": "次/千主体·月"}[shown]
        assert unit in ax.get_xlabel().replace("\n", " ")


def test_over_worlds_gives_one_object_of_the_documented_shape(studied, said):
    folder, _ = studied
    code, out, _ = said("worlds", folder / "s", "--need", "breaches<=1000", "--json")
    found = json.loads(out)
    assert code == 0
    assert set(found) == documented("worlds --json")
    assert all(set(row) == documented("rows of worlds --json") for row in found["rows"])
    assert found["meets_all_share"] == {"status-quo-2019": 1.0, "five-entries-2020": 1.0}
    code, out, _ = said("worlds", folder / "s", "--lang", "zh")
    assert code == 0
    assert "接近最优" in out


def test_experiments_and_outcomes_have_the_form_of_ema_workbench(studied):
    folder, _ = studied
    swept = cs.open_sweep(folder / "s")
    experiments, outcomes = swept.to_ema(["breaches", "public_cost"])
    worlds = len(swept.recorded.worlds)
    factors = ["world.sanction_elasticity_share", "world.crowding_out_share"]
    assert list(experiments) == [*factors, "scenario", "policy", "model"]
    assert len(experiments) == 2 * worlds
    assert all(experiments[name].dtype == "float64" for name in factors)
    assert all(experiments[name].dtype == "category" for name in ("scenario", "policy", "model"))
    assert all(isinstance(each, np.ndarray) and each.shape == (2 * worlds,) for each in outcomes.values())
    for label in ("status-quo-2019", "five-entries-2020"):
        mine = (experiments["policy"] == label).to_numpy()
        found = experiments.loc[mine, factors].to_dict("records")
        assert found == [dict(world) for world in swept.recorded.worlds]
    base = (experiments["policy"] == "status-quo-2019").to_numpy()
    assert (outcomes["breach.all_per_1000_month difference"][base] == 0.0).all()
    levels = outcomes["breach.all_per_1000_month"]
    expected = levels[~base] - levels[base]
    assert np.allclose(outcomes["breach.all_per_1000_month difference"][~base], expected)


def test_a_comparison_from_the_store_lists_the_stores_own_study(studied, said):
    folder, found = studied
    code, out, _ = said("compare", "--store", folder / "s", "--json")
    assumptions = json.loads(out)["assumptions"]
    assert code == 0
    assert set(assumptions) == documented("assumptions of compare --json")
    assert (assumptions["source"], assumptions["stale"], assumptions["without"]) == ("store", False, [])
    names = {row["name"] for row in assumptions["rows"]}
    assert names <= {each.name for each in found.main.factors}
    assert assumptions["rows"] or assumptions["quiet"]


@pytest.fixture(scope="module")
def compared():
    names = ["five-entries-2020", "same-money-without-scores"]
    return cs.compare(names, replications=2, scale=0.01, months=2, threads=1)


def test_every_comparison_lists_the_shipped_study_and_says_where_there_is_none(compared, tmp_path):
    found = compared.assumptions
    assert found.source == "shipped"
    assert found.without == ("same-money-without-scores",)
    assert {row["scenario"] for row in found.rows} == {"five-entries-2020"}
    for lang, words in (
        ("en", "No sensitivity study exists for"),
        ("zh", "以下方案尚无敏感性研究"),
    ):
        page = compared.report(tmp_path / f"{lang}.html", lang).read_text("utf-8")
        section = page.split('<section id="assumptions">')[1].split("</section>")[0]
        assert words in section
        assert section.count("<tr>") == 1 + len(found.rows)


def test_a_study_of_another_version_is_stale(compared, monkeypatch):
    monkeypatch.setattr(listed, "versions_of_results", lambda: {"model": "another", "data": "another"})
    found = listed.listed_shipped(compared.scenarios, compared.baseline)
    assert found.stale
    now = {name: listed.shipped_study()["made"][name] for name in ("model", "data")}
    monkeypatch.setattr(listed, "versions_of_results", lambda: now)
    assert not listed.listed_shipped(compared.scenarios, compared.baseline).stale


def test_another_baseline_or_other_levers_have_no_study():
    names = ("status-quo-2019", "five-entries-2020")
    now, plan = (cs.load_scenario(name) for name in names)
    other = plan.with_levers({"inspection.visits_per_month": 500}, name="five-entries-2020")
    found = listed.listed_shipped({now.name: now, other.name: other}, now.name)
    assert (found.source, found.without) == (None, ("five-entries-2020",))
    assert listed.listed_shipped({now.name: now, plan.name: plan}, plan.name).source is None


def test_all_faults_of_a_command_line_come_at_once(said, tmp_path):
    options = ("--method", "fast", "--samples", "few", "--workers", "0", "--lang", "fr")
    code, out, err = said("sensitivity", "doubtful-assumptions", *options)
    assert (code, out) == (2, "")
    assert [line.split(":")[0] for line in err] == ["--lang", "--method", "--samples", "--workers"]
    code, _, err = said("sensitivity", "pilot-check", "--store", tmp_path / "s")
    assert code == 2
    assert len(err) == 1
    assert "pilot-check" in err[0]
    assert "got no factor" in err[0]
    assert "doubtful-assumptions" in err[0]
    assert not (tmp_path / "s").exists()


def test_an_outcome_that_is_not_kept_is_refused_before_anything_runs(studied, said, tmp_path):
    folder, _ = studied
    code, _, err = said("sensitivity", folder / "e.yaml", "--outcome", "trust", "--store", tmp_path / "t")
    assert code == 2
    assert "trust.scheme_index" in err[0]
    assert not (tmp_path / "t").exists()
