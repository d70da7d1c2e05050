"""The record of an agent: its fields, its size, its group cell."""

import itertools

import numpy as np
import pytest

from creditsim.population import agents as records
from creditsim.spec.vocabulary import CHANNELS, KINDS, SETTINGS, TRAITS

FIELDS = [
    *("slot", "kind", "area", "site", "home", "household", "employer", "representative", "traits"),
    *("age_band", "sex", "education", "residence", "registration", "online", "cell"),
    *("income_yuan_month", "honesty", "prosociality", "money_weight"),
    *("trust", "crowding", "belief", "false_belief", "score_mp", "village_score_mp"),
    *("grade", "star", "months_low", "awareness", "filed", "present", "generation", "withdrawn"),
]


def test_an_agent_has_the_agreed_fields():
    assert sorted(records.AGENT.names) == sorted(FIELDS)
    assert records.AGENT["belief"].shape == (len(CHANNELS),)


def test_wide_fields_come_first_so_that_alignment_costs_nothing():
    widths = [records.AGENT[name].base.itemsize for name in records.AGENT.names]
    assert widths == sorted(widths, reverse=True)
    needed = sum(records.AGENT[name].itemsize for name in records.AGENT.names)
    assert needed <= records.AGENT.itemsize < needed + 8


def test_an_agent_is_small_and_its_numbers_are_aligned():
    assert records.AGENT.itemsize < 200
    for name in records.AGENT.names:
        dtype, offset = records.AGENT.fields[name][:2]
        assert offset % dtype.base.alignment == 0, name


def test_slots_of_a_kind_do_not_depend_on_other_kinds():
    few, many = records.make_slots(records.TEACHER, 3), records.make_slots(records.TEACHER, 5)
    assert many[:3].tolist() == few.tolist()
    assert len({*records.make_slots(records.VILLAGER, 100).tolist(), *many.tolist()}) == 105


def test_every_trait_fits_its_field():
    assert len(TRAITS) <= 8 * records.AGENT["traits"].itemsize
    assert len(records.SETTING_OF_KIND) == len(KINDS)


@pytest.mark.parametrize(
    ("age_band", "online", "registration", "education"),
    list(itertools.product((4, 5), (0, 1), (0, 1, 2), (1, 2))),
)
def test_cells_tell_the_groups_apart(age_band, online, registration, education):
    agent = np.zeros(1, dtype=records.AGENT)
    agent["kind"] = records.VILLAGER
    agent["age_band"], agent["online"] = age_band, online
    agent["registration"], agent["education"] = registration, education
    setting, cell = divmod(
        int(records.cell_codes(agent)[0]) % records.CELLS_PER_AREA, records.CELLS_PER_SETTING
    )
    assert SETTINGS[setting] == "village"
    assert bool(cell & 8) == (age_band == 5)
    assert bool(cell & 4) == (online == 0)
    assert bool(cell & 2) == (registration > 0)
    assert bool(cell & 1) == (education == 1)


def test_a_minor_is_neither_aged_nor_little_schooled_nor_adult():
    pupil = np.zeros(1, dtype=records.AGENT)
    pupil["kind"], pupil["age_band"], pupil["education"] = records.STUDENT, records.MINOR, 1
    assert records.is_minor(pupil).all()
    assert not (records.is_adult(pupil) | records.is_aged(pupil) | records.is_little_schooled(pupil)).any()
    cell = int(records.cell_codes(pupil)[0]) % records.CELLS_PER_AREA
    assert SETTINGS[cell // records.CELLS_PER_SETTING] == "school"
    assert cell % records.CELLS_PER_SETTING == 4, "offline, and nothing else"


def test_an_organisation_is_no_person():
    school = np.zeros(1, dtype=records.AGENT)
    school["sex"] = records.NO_SEX
    assert not (records.is_adult(school) | records.is_minor(school) | records.is_aged(school)).any()


def test_kinds_and_their_settings_keep_their_codes():
    names = ["ENTERPRISE", "TEACHER", "VILLAGER", "RESIDENT", "STUDENT", "CIVIL_SERVANT", "INSTITUTION"]
    assert [getattr(records, name) for name in [*names, "AGENCY"]] == list(range(len(KINDS)))
    settings = [SETTINGS[code] for code in records.SETTING_OF_KIND]
    assert settings[4:] == ["school", "government", "school", "government"]


def test_an_enterprise_has_no_group():
    agent = np.zeros(1, dtype=records.AGENT)
    agent["sex"] = records.NO_SEX
    assert records.cell_codes(agent)[0] == records.OF_ORGANISATIONS
