"""creditsim levers and creditsim activities, with the shipped catalogues."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

import creditsim.app
from creditsim.app.words import COST_LINES, WORDS
from creditsim.spec.activities import activities
from creditsim.spec.costing import yearly_cost
from creditsim.spec.levers import levers
from creditsim.spec.records import SourceKind
from creditsim.spec.scenario import STATUS_QUO, load_scenario
from creditsim.spec.vocabulary import CHANNELS, KINDS, TRAITS

LEVER_KEYS = {
    "name", "row", "title_en", "title_zh", "unit", "form", "low", "high", "options", "off", "default",
    "whole", "requires", "mechanism", "plan_section", "source", "source_kind", "confidence", "note",
}  # fmt: skip
ACTIVITY_KEYS = {
    "id", "title_en", "title_zh", "kinds", "setting", "direction", "opportunity_rate", "base_rate",
    "base_rate_low", "base_rate_high", "stake_yuan", "channels", "items", "fine_yuan", "fine_substitute_yuan",
    "source", "source_kind", "confidence", "note",
}  # fmt: skip
MEASURED_KEYS = {"simulated", "difference", "standard_error", "opportunities"}


@pytest.fixture
def listed(said):
    """Run a command line that prints one JSON object; return the object."""

    def run(*arguments):
        code, out, err = said(*arguments, "--json")
        assert (code, err) == (0, [])
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))

    return run


def columns_of(text):
    """Return how many columns a terminal takes for a text."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def test_levers_json_holds_every_lever_with_its_passport(listed):
    found = listed("levers")
    assert list(found) == ["levers"]
    assert [each["name"] for each in found["levers"]] == list(levers())
    for each in found["levers"]:
        lever = levers()[each["name"]]
        assert set(each) >= LEVER_KEYS
        assert set(each) == {field.name for field in dataclasses.fields(lever)}
        assert each["source"]
        assert each["title_zh"]
        assert each["requires"] == list(lever.requires)
        assert (each["default"], each["mechanism"]) == (lever.default, lever.mechanism)


@pytest.mark.parametrize("row", ["E4", "e4", "base", "P1-3", "world"])
def test_a_row_holds_its_own_levers_only(listed, row):
    expected = [lever.name for lever in levers().values() if lever.row.lower() == row.lower()]
    assert [each["name"] for each in listed("levers", "--row", row)["levers"]] == expected
    assert expected


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_of_levers_shows_what_a_scenario_file_takes(said, lang):
    code, out, err = said("levers", "--lang", lang)
    assert (code, err) == (0, [])
    lines = out.splitlines()
    for lever in levers().values():
        at = next(k for k, line in enumerate(lines) if line.split()[:2] == [lever.row, lever.name])
        details = " ".join(line.strip() for line in lines[at + 1 : at + 8])
        assert (lever.title_zh if lang == "zh" else lever.title_en) in details
        assert all(name in details for name in lever.requires)
        word = lines[at].split()[2]
        # What stands there can be written into a scenario and is read as the default again.
        value = {"true": True, "false": False}.get(word, word)
        assert lever.read(float(word) if lever.form == "number" else value) == lever.default
    assert max(map(columns_of, lines)) <= 120
    assert f"{len(levers())}" in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "option", "near"),
    [
        (["levers", "--row", "E9"], "--row", "nearest: E"),
        (["levers", "--row", "wrold"], "--row", "nearest: world"),
        (["levers", "--lang", "cn"], "--lang", "expected en or zh"),
        (["activities", "--kind", "vilager"], "--kind", "nearest: villager"),
        (["activities", "--rates", "--scale", "0.001"], "--scale", "expected a number from 0.01 to 40"),
        (["activities", "--rates", "--seed", "one"], "--seed", "expected a whole number"),
        (["activities", "--rates", "--replications", "0"], "--replications", "expected a whole number"),
        (["activities", "--scale", "0.1"], "--scale", "without --rates"),
    ],
)
def test_a_wrong_option_is_one_line(said, arguments, option, near):
    code, out, err = said(*arguments)
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert err[0].startswith(f"{option}: got ")
    assert near in err[0]


def test_all_faults_come_at_once(said):
    wrong = ("--kind", "cat", "--lang", "de", "--scale", "x", "--seed", "-1")
    code, out, err = said("activities", "--rates", *wrong)
    assert (code, out) == (2, "")
    assert sorted(line.split(":")[0] for line in err) == ["--kind", "--lang", "--scale", "--seed"]


def test_activities_json_holds_every_activity(listed):
    found = listed("activities")
    assert list(found) == ["activities"]
    assert [each["id"] for each in found["activities"]] == [each.id for each in activities()]
    for each, activity in zip(found["activities"], activities(), strict=True):
        assert set(each) >= ACTIVITY_KEYS
        assert not set(each) & MEASURED_KEYS
        assert each["channels"] == activity.channels
        assert each["kinds"] == list(activity.kinds)


def test_a_kind_meets_its_own_activities(listed, said):
    for kind in KINDS:
        expected = [each.id for each in activities() if kind in each.kinds]
        assert [each["id"] for each in listed("activities", "--kind", kind)["activities"]] == expected != []
    code, out, _ = said("activities", "--kind", "agency", "--lang", "zh")
    assert code == 0
    assert "机关单位" in out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_of_activities_names_channels_items_and_source(said, lang):
    code, out, err = said("activities", "--lang", lang)
    assert (code, err) == (0, [])
    text = " ".join(out.split())
    for activity in activities():
        assert (activity.title_zh if lang == "zh" else activity.title_en) in text
        assert all(item in text for item in activity.items)
        assert " ".join(activity.source.split()) in text
    assert max(map(columns_of, out.splitlines())) <= 120


def test_a_substitute_stands_in_for_a_missing_fine_and_is_marked(said):
    out = said("activities", "--kind", "enterprise")[1]
    line = {line.split()[0]: line for line in out.splitlines() if line and not line.startswith(" ")}
    for activity in activities():
        if activity.kinds == ("enterprise",) and activity.is_breach:
            substitute = f"~{activity.fine_substitute_yuan:,.0f}"
            expected = substitute if not activity.fine_yuan else f"{activity.fine_yuan:,.0f}"
            assert line[activity.id].split()[-1] == expected


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """Simulate the base rates once, small, in a process of its own."""
    source = str(Path(creditsim.app.__file__).parents[2])
    command = "from creditsim.app.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "activities", "--rates", "--scale", "0.01", "--seed", "3", "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert (done.returncode, done.stderr) == (0, "")  # no progress bar where nobody looks
    return json.loads(done.stdout, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))["activities"]


def test_rates_hold_simulated_shares_against_base_rates(simulated):
    """Discrepancy: any activity off by five standard errors and more.

    That is one in 1.7 million by chance where normal; shares of few opportunities are left
    to the test of the calibration, which runs more agents.
    """
    assert [each["id"] for each in simulated] == [each.id for each in activities()]
    for each in simulated:
        assert set(each) >= ACTIVITY_KEYS | MEASURED_KEYS
        if each["opportunities"] == 0:
            assert [each[key] for key in ("simulated", "difference", "standard_error")] == [None] * 3
            continue
        assert each["difference"] == pytest.approx(each["simulated"] - each["base_rate"])
        variance = each["base_rate"] * (1 - each["base_rate"]) / each["opportunities"]
        assert each["standard_error"] == pytest.approx(variance**0.5)
        if each["opportunities"] * each["base_rate"] > 20:
            assert abs(each["difference"]) < 5 * each["standard_error"], each["id"]


def test_rates_of_a_kind_are_those_of_all(simulated, said):
    """A filter shows fewer rows; it must not change what is simulated."""
    code, out, err = said("activities", "--rates", "--scale", "0.01", "--seed", "3", "--kind", "teacher")
    assert (code, err) == (0, [])
    counts = {each["id"]: f"{each['opportunities']:,}" for each in simulated if "teacher" in each["kinds"]}
    shown = {line.split()[0]: line.split()[5] for line in out.splitlines() if line.split()[:1] and
             line.split()[0] in counts}  # fmt: skip
    assert shown == counts


def test_an_activity_that_nobody_met_has_no_share():
    from creditsim.app.base_rates import rates_text

    first, second = activities()[:2]
    missing = dict.fromkeys(("simulated", "difference", "standard_error"))
    wide = {"simulated": first.base_rate + 0.1, "difference": 0.1, "standard_error": 0.01}
    measured = {first.id: {**wide, "opportunities": 1000}, second.id: {**missing, "opportunities": 0}}
    text = rates_text([first, second], measured, {"scale": 0.1, "seed": 1, "replications": 1}, "en")
    lines = text.splitlines()
    assert lines[2].split()[1:6] == ["1.800", "11.800", "+10.000", "1.000", "1,000"]
    assert lines[3].split()[1:6] == ["35.000", "–", "–", "–", "0"]
    assert lines[-1] == f"0 of 1 lie within 3 standard errors of the target; beyond: {first.id}."


def test_every_code_has_words_in_both_languages():
    """A code added to the vocabulary, a source kind or a cost line needs its words too."""
    lines = [line.line for line in yearly_cost(load_scenario(STATUS_QUO)).lines]
    families = {
        "kind": KINDS, "channel": CHANNELS, "trait": TRAITS, "source_kind": SourceKind.__args__,
    }  # fmt: skip
    for family, codes in families.items():
        assert [code for code in codes if f"{family}.{code}" not in WORDS] == []
    assert [line for line in lines if line not in COST_LINES] == []
    for english, chinese in WORDS.values():
        assert english.isascii() or "→" in english
        assert chinese.count("{") == english.count("{")


def test_catalogues_import_nothing_of_the_model():
    source = str(Path(creditsim.app.__file__).parents[2])
    script = (
        "import sys\n"
        "from creditsim.app.cli import run_command\n"
        "run_command(['levers', '-q']); run_command(['activities', '-q'])\n"
        f"run_command(['diff', '{STATUS_QUO}', 'no-programme', '-q'])\n"
        "heavy = ('numba', 'pandas', 'scipy', 'matplotlib', 'mesa', 'pyarrow', 'joblib')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
