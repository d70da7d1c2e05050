"""The shipped catalogues: complete, consistent with each other, and closed to nonsense."""

from __future__ import annotations

import csv
import dataclasses
import re

import pytest

from creditsim.core.errors import InputError
from creditsim.core.shipped import data_path
from creditsim.spec.catalogue import (
    activities,
    district_heads,
    inspection_weights,
    levers,
    measures,
    outcome_named,
    outcomes,
    spreads,
    unit_costs,
)
from creditsim.spec.records import read_entries
from creditsim.spec.vocabulary import CHANNELS, KINDS, TRAITS

PLAN_ROWS = (
    *("E1", "E2", "E3", "E4", "C1", "C2", "C3", "G1", "G2", "G3", "G4"),
    *("V1", "V2", "V3", "R1", "R2", "R3", "P1-3", "S1", "S2", "S3"),
)
RECORDS = [*levers().values(), *activities(), *measures(), *unit_costs().values()]


def test_sizes_of_the_catalogues():
    assert (len(levers()), len(activities()), len(measures())) == (110, 60, 79)


def test_every_row_of_the_plan_has_levers():
    assert {lever.row for lever in levers().values()} == {*PLAN_ROWS, "base", "world"}


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: getattr(each, "name", getattr(each, "id", "")))
def test_every_value_has_a_passport_and_titles_in_two_languages(record):
    assert record.source.strip()
    assert record.confidence in "HML"
    assert record.title_en.isascii()
    assert re.search(r"[\u4e00-\u9fff]", record.title_zh)


def test_every_outcome_has_titles_a_unit_and_a_definition():
    for outcome in outcomes().values():
        assert outcome.title_en
        assert re.search(r"[\u4e00-\u9fff]", outcome.title_zh)
        assert outcome.unit
        assert outcome.definition
        assert outcome.smallest_relevant > 0


def test_levers_name_outcomes_and_levers_that_exist():
    for lever in levers().values():
        assert {lever.direct_outcome, lever.behavioural_outcome, lever.harm_outcome} <= set(outcomes())
        assert set(lever.requires) <= set(levers())


def test_a_lever_with_a_mechanism_requires_only_levers_with_one():
    for lever in levers().values():
        if lever.mechanism:
            assert all(levers()[name].mechanism for name in lever.requires), lever.name


def test_requirements_have_no_cycle():
    def depth(name, seen=()):
        assert name not in seen
        return max((depth(needed, (*seen, name)) for needed in levers()[name].requires), default=0) + 1

    assert max(map(depth, levers())) <= 5


def test_measures_require_levers_that_exist():
    for measure in measures():
        assert set(measure.requires) <= set(levers()), measure.id
        assert set(measure.rows) <= {*PLAN_ROWS, "base"}


def test_restrictions_on_persons_by_grade_need_their_switch():
    bare = [
        measure.id
        for measure in measures()
        if measure.direction == "restriction"
        and measure.trigger_grades
        and set(measure.kinds) & {"resident", "villager", "teacher", "civil_servant"}
        and "penalty.persons_on" not in measure.requires
    ]
    assert bare == []


def test_measures_that_deny_a_basic_service_need_their_switch():
    denying = [measure for measure in measures() if measure.denies_basic_service == "yes"]
    assert denying
    assert all("penalty.basic_service_on" in measure.requires for measure in denying)


def test_activities_name_scored_items_that_exist():
    path = data_path("rulebooks", "wendeng-2020-items.csv")
    with path.open(encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    named = {item for activity in activities() for item in activity.items}
    assert named - known == set()


def test_every_kind_of_the_model_has_breaches_and_merits():
    for kind in ("enterprise", "teacher", "villager", "resident", "civil_servant", "agency"):
        own = [activity for activity in activities() if kind in activity.kinds]
        assert sum(activity.is_breach for activity in own) >= 2
        assert sum(not activity.is_breach for activity in own) >= 2


def test_pupils_have_a_breach_and_merits_and_schools_have_breaches():
    own = {kind: [each.direction for each in activities() if kind in each.kinds] for kind in KINDS}
    assert sorted(own["student"]) == ["breach", "merit", "merit"]
    assert own["school"] == ["breach"] * 3


def test_teachers_and_civil_servants_carry_the_activities_of_the_place_they_live_in():
    of_place = [each for each in activities() if "resident" in each.kinds and "teacher" in each.kinds]
    assert len(of_place) == 10
    for activity in of_place:
        assert "civil_servant" in activity.kinds, activity.id
        assert "student" not in activity.kinds, activity.id


def test_activities_use_the_shared_vocabulary():
    for activity in activities():
        assert set(activity.kinds) <= set(KINDS)
        assert set(activity.all_traits + activity.any_traits) <= set(TRAITS)
        assert set(activity.channels) <= set(CHANNELS)
        assert {"active"} <= set(activity.all_traits) or "enterprise" not in activity.kinds


def test_every_breach_has_a_sanction_to_fear():
    for activity in activities():
        if activity.is_breach:
            assert activity.fine_yuan + activity.fine_substitute_yuan > 0, activity.id


def test_nothing_is_simulated_that_must_not_be():
    words = "petition|pregnan|family planning|belief|religio|illness|faith"
    for activity in activities():
        assert not re.search(words, activity.title_en, re.IGNORECASE)
    blood = [activity for activity in activities() if "blood" in activity.id]
    assert [activity.direction for activity in blood] == ["merit"]


def test_visits_replace_the_inspection_channel_of_enterprises_and_schools():
    for activity in activities():
        if activity.kinds in (("enterprise",), ("school",)):
            assert activity.channels.get("inspection", 0.0) == activity.dedicated_inspection
        else:
            assert activity.seen_given_visit == activity.dedicated_inspection == 0.0


def test_a_copied_activity_keeps_its_dedicated_inspection():
    discharge = next(each for each in activities() if each.id == "ent-environment-discharge")
    copied = dataclasses.replace(discharge, fine_yuan=1.0)
    assert copied.channels["inspection"] == discharge.dedicated_inspection > 0


def test_a_source_key_in_an_activity_is_explained():
    text = data_path("activities.yaml").read_text(encoding="utf-8")
    body, references = text.split("\nreferences:\n")
    used = set(re.findall(r"\bS\d+\b", body))
    assert used == set(re.findall(r"^  (S\d+):", references, re.MULTILINE))


def test_weights_of_visits_and_spreads():
    assert set(inspection_weights()) - {"other"} <= set(TRAITS)
    assert all(weight > 0 for weight in inspection_weights().values())
    assert all(0 < low < 1 < high for low, high in spreads().values())


def test_heads_add_up():
    heads = district_heads()
    assert heads["villagers"] + heads["residents"] == heads["adults"] < heads["people"]


def test_outcomes_are_found_by_nickname_and_nicknames_are_no_names():
    nicknames = [outcome.short for outcome in outcomes().values() if outcome.short]
    assert len(nicknames) == len(set(nicknames))
    assert not set(nicknames) & set(outcomes())
    assert all(outcome_named(each).short == each for each in nicknames)


def test_an_unknown_outcome_names_the_nearest():
    with pytest.raises(InputError, match="nearest: breaches"):
        outcome_named("breeches")


def test_no_text_of_ours_names_a_folder_or_a_working_paper():
    for name in ("levers", "activities", "measures", "outcomes", "costs"):
        text = data_path(f"{name}.yaml").read_text(encoding="utf-8")
        assert not re.search(r"facts\.md|/home/|/tmp/|\.\./", text)


def test_a_broken_catalogue_reports_all_faults(tmp_path, monkeypatch):
    from creditsim.spec import costs, records

    (tmp_path / "broken.yaml").write_text(
        "format: 1\nunit_costs:\n"
        "  a: {title_en: A, title_zh: 甲, unit: yuan, value: 5, low: 1, high: 4, source: x, "
        "source_kind: guess, confidence: M}\n"
        "  b: {title_en: B, title_zh: 乙, unit: yuan, value: -5, low: 1, high: 4, source: '', "
        "source_kind: law, confidence: M, sorce: x}\n  c: 3\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(records, "data_path", lambda *parts: tmp_path.joinpath(*parts))
    with pytest.raises(InputError) as caught:
        read_entries("broken.yaml", "unit_costs", costs.UnitCost, "name")
    places = [(fault.line, fault.key) for fault in caught.value.faults]
    assert places == [
        (3, "unit_costs.a.source_kind"),
        (4, "unit_costs.b.source"),
        (4, "unit_costs.b.value"),
        (4, "unit_costs.b.sorce"),
        (5, "unit_costs.c"),
    ]
