"""Scenarios: the shipped ones, one's own files, what is refused, what changes nothing."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.core.errors import InputError
from creditsim.spec.catalogue import levers
from creditsim.spec.files import read_document
from creditsim.spec.scenario import load_scenario, scenario_names

SHIPPED = (
    "five-entries-2020",
    "guidance-2021",
    "no-programme",
    "same-money-without-scores",
    "status-quo-2019",
)
HEAD = "format: 1\n"
REFUSED = read_document(Path(__file__).with_name("refused_scenarios.yaml")).data["cases"]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a scenario file and returns its path."""

    def written(text, name="mine.yaml"):
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return written


@pytest.fixture
def refused(write, monkeypatch, tmp_path):
    """Return a function that gives the faults of a scenario file, one a line."""
    monkeypatch.chdir(tmp_path)

    def faults(text):
        write(text)
        with pytest.raises(InputError) as caught:
            load_scenario("mine.yaml")
        return str(caught.value).splitlines()

    return faults


def test_the_shipped_scenarios():
    assert scenario_names() == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_is_complete(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert list(scenario.values) == list(levers())
    assert (scenario.population, scenario.start) == ("weihai-etdz", "2020-01")
    assert (scenario.months, scenario.burn_in_months) == (36, 24)
    for words in (scenario.title, scenario.about):
        assert words["en"]
        assert words["zh"] != words["en"]


def test_the_status_quo_has_every_lever_at_its_default():
    values = load_scenario("status-quo-2019").values
    assert dict(values) == {name: lever.default for name, lever in levers().items()}
    assert load_scenario("status-quo-2019").changes() == ()


def test_no_programme_has_every_lever_with_a_mechanism_off():
    values = load_scenario("no-programme").values
    for name, lever in levers().items():
        if lever.mechanism and lever.row not in ("world", "P1-3"):
            assert values[name] == lever.off, name


def test_same_money_has_no_score_of_any_kind():
    scenario = load_scenario("same-money-without-scores")
    assert scenario["score.city_on"] is False
    for name, lever in levers().items():
        if lever.mechanism and "score.city_on" in lever.requires:
            assert not lever.is_on(scenario[name]), name


def test_the_guidance_restricts_nobody_by_grade():
    scenario = load_scenario("guidance-2021")
    assert scenario["consent.opt_in_on"] is True
    assert scenario["penalty.persons_on"] is scenario["penalty.basic_service_on"] is False
    assert scenario["repair.fee_yuan"] == 0
    assert scenario["village.household_liability_on"] is False


def test_plan_and_guidance_differ_in_rules_and_not_in_calendar():
    plan, guidance = load_scenario("five-entries-2020"), load_scenario("guidance-2021")
    differing = {change.lever for change in guidance.changes(plan)}
    assert differing
    assert not any(name.startswith(("rollout.", "world.")) for name in differing)


def test_an_empty_file_is_the_status_quo(write):
    assert load_scenario(write(HEAD)).inputs() == load_scenario("status-quo-2019").inputs()


def test_a_file_changes_what_it_says(write):
    text = HEAD + (
        "start: 2020-03\nmonths: 12\nburn_in_months: 0\n"
        "policy: {inspection.visits_per_month: 500}\n"
        "rollout: {end_date: 2021-06}\nworld: {norm_weight_share: 0.2}\n"
    )
    scenario = load_scenario(write(text))
    assert (scenario.name, scenario.start) == ("mine", "2020-03")
    assert (scenario.months, scenario.burn_in_months) == (12, 0)
    assert {(change.lever, change.old, change.new) for change in scenario.changes()} == {
        ("inspection.visits_per_month", 400.0, 500.0),
        ("rollout.end_date", "never", "2021-06"),
        ("world.norm_weight_share", 0.1, 0.2),
    }


def test_a_base_gives_what_the_file_leaves_out(write):
    plan = load_scenario("five-entries-2020")
    text = HEAD + "base: five-entries-2020\npolicy: {village.public_ranking_on: false}\n"
    mine = load_scenario(write(text))
    assert [change.lever for change in mine.changes(plan)] == ["village.public_ranking_on"]
    assert mine.months == plan.months


END = "months: 24\nworld: {norm_weight_share: 0.2}\n"
DEFAULTS = """rollout: {full_start_date: 2020-01}
population: weihai-etdz
start: 2020-01
burn_in_months: 24
"""
BODY = (
    """format: 1
title: {en: Mine, zh: 我的}
policy:
  inspection.visits_per_month: 500
  village.neighbour_reports_on: false
"""
    + END
)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(BODY.replace("Mine", "Another name"), id="title"),
        pytest.param("# a comment\n" + BODY.replace("500", "500   # why"), id="comments"),
        pytest.param(BODY.replace("\n", "\r\n"), id="line endings"),
        pytest.param(BODY.replace("500", "500.0"), id="form of a number"),
        pytest.param(BODY.replace("norm_weight", "world.norm_weight"), id="prefix"),
        pytest.param(END + BODY.removesuffix(END), id="key order"),
        pytest.param(BODY.replace("  village.neighbour_reports_on: false\n", ""), id="a default left out"),
        pytest.param(BODY + DEFAULTS, id="all defaults written"),
    ],
)
def test_what_changes_nothing(write, other):
    assert load_scenario(write(BODY)).inputs() == load_scenario(write(other, "other name.yaml")).inputs()


def test_inputs_survive_json_and_a_changed_lever_changes_them():
    scenario = load_scenario("five-entries-2020")
    assert json.loads(json.dumps(scenario.inputs(), allow_nan=False)) == scenario.inputs()
    changed = scenario.with_levers({"warning.threshold_points": 900})
    assert changed.inputs() != scenario.inputs()


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["says"][:60])
def test_refused_with_one_line(refused, case):
    assert refused(case["text"]) == [case["says"].replace("{file}", "mine.yaml")]


def test_every_lever_of_the_catalogue_is_used_by_a_shipped_scenario_or_stays_at_its_default():
    """What no scenario names belongs to the world, to the status quo, or to a later question."""
    used = set()
    for name in SHIPPED:
        scenario = load_scenario(name)
        used |= {change.lever for change in scenario.changes()}
    rows = {levers()[name].row for name in used}
    assert {lever.row for lever in levers().values()} - rows <= {"world"}, "all 21 rows of the plan are used"


def test_all_faults_come_at_once_in_line_order(refused):
    lines = refused(
        "format: 3\nmonths: no\ncolour: red\npolicy:\n  village.compact: true\n  consent.opt_in_on: 3\n"
        "rollout: {end_date: soon}\n"
    )
    assert [line.split(": ")[0] for line in lines] == [f"mine.yaml:{n}" for n in (1, 2, 3, 5, 6, 7)]


def test_an_unknown_scenario_names_the_nearest():
    with pytest.raises(InputError, match=r"nearest: status-quo-2019$"):
        load_scenario("satus-quo-2019")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match=r"no/such\.yaml: got no such file"):
        load_scenario("no/such.yaml")
    with pytest.raises(InputError, match="got a folder"):
        load_scenario(tmp_path)


def test_a_scenario_is_its_own_loaded_self():
    scenario = load_scenario("guidance-2021")
    assert load_scenario(scenario) is scenario


def test_changing_levers_gives_a_checked_copy():
    plan = load_scenario("five-entries-2020")
    copy = plan.with_levers({"village.compact_on": True, "publicity.spending_yuan_per_head_year": 4})
    assert plan["publicity.spending_yuan_per_head_year"] == 2.7
    assert copy["publicity.spending_yuan_per_head_year"] == 4
    assert copy.name == "five-entries-2020 (changed)"
    assert plan.with_levers({}, name="again").inputs() == plan.inputs()
    with pytest.raises(InputError) as caught:
        plan.with_levers({"files.villager_coverage_share": 0, "consent.opt_in_on": "on", "x": 1})
    keys = [fault.key for fault in caught.value.faults]
    assert keys[:2] == ["consent.opt_in_on", "x"]
    assert "village.compact_on" in keys


def test_changing_the_frame_gives_a_checked_copy():
    plan = load_scenario("five-entries-2020")
    assert plan.with_(months=3).months == 3
    with pytest.raises(InputError) as caught:
        plan.with_(months=-1, start="May", monts=3)
    assert len(caught.value.faults) == 3
    assert "nearest: months" in str(caught.value)


def test_a_scenario_cannot_be_changed_in_place_and_can_be_sent_to_a_worker():
    plan = load_scenario("five-entries-2020")
    assert isinstance(plan.values, MappingProxyType)
    with pytest.raises(TypeError):
        plan.values["village.compact_on"] = False
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_an_unknown_lever_is_no_traceback():
    with pytest.raises(InputError, match=r"nearest: score\.city_on"):
        load_scenario("status-quo-2019")["score.city"]


def test_the_text_of_a_scenario_lists_changes_with_units_and_no_address():
    plan = load_scenario("five-entries-2020")
    text = repr(plan)
    assert text == repr(pickle.loads(pickle.dumps(plan)))
    assert " 0x" not in text
    assert "  village.compact_on: off -> on" in text.splitlines()
    assert "  coordination.staff_hours_per_month: 160 -> 880 staff hours per month" in text.splitlines()
    assert len(text.splitlines()) == 1 + len(plan.changes())
    assert repr(load_scenario("status-quo-2019")).endswith("no levers other than in status-quo-2019")


def test_the_notebook_table_escapes_what_users_wrote(write):
    text = HEAD + "title: {en: '<script>'}\npolicy: {repair.fee_yuan: 10}\n"
    shown = load_scenario(write(text))._repr_html_()
    assert "<script>" not in shown
    assert shown.count("<tr>") == 2


NUMBERS = [lever for lever in levers().values() if lever.form == "number" and lever.mechanism]


ANYTHING = st.floats(allow_nan=True) | st.integers() | st.text(max_size=5) | st.booleans()


@given(st.sampled_from(NUMBERS), ANYTHING)
def test_a_number_lever_takes_numbers_of_its_range_only(lever, value):
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    good = numeric and (lever.low <= value <= lever.high or value == lever.off)
    good = good and (not lever.whole or value == int(value))
    if good:
        assert lever.read(value) == value
    else:
        with pytest.raises(ValueError, match=r"^got .*, expected "):
            lever.read(value)
