"""Schools and public bodies as agents, and those who work there."""

import numpy as np
import pytest

from creditsim.population import agents as records
from creditsim.population.agents import has_trait, rows_of_kind
from creditsim.population.marginals import BODY_KINDS, OWNERSHIPS, STAGES, read_district
from creditsim.population.synthesis import build_population


@pytest.fixture(scope="module")
def full():
    return build_population(seed=1)


def of_kind(population, kind):
    return population.agents[rows_of_kind(population.agents, kind)]


def test_bodies_are_those_of_the_table():
    district = read_district("weihai-etdz")
    assert np.bincount(district.body_kind).tolist() == [33, 3, 3]
    assert district.body_staff.sum() == 2030
    names = {en: staff for (_, en, _), staff in zip(district.bodies, district.body_staff, strict=True)}
    assert len(names) == 39
    assert names["Public Security Branch"] == 420
    assert names["Other department 15"] == 22


def test_each_body_is_one_agent_at_one_office(full):
    district = read_district("weihai-etdz")
    agencies, rows = full.agencies, of_kind(full, records.AGENCY)
    assert np.array_equal(agencies["body"], np.arange(39))
    assert np.array_equal(rows["site"], agencies["site"])
    assert len(np.unique(rows["site"])) == len(rows)
    assert (full.sites["kind"][rows["site"]] == records.OFFICE).all()
    assert np.array_equal(rows["area"], district.body_area)
    towns = np.flatnonzero(district.town)
    assert np.array_equal(rows["area"][agencies["kind"] == BODY_KINDS.index("town")], towns)
    assert len(np.unique(rows["area"][agencies["kind"] == BODY_KINDS.index("sub_district")])) == 3
    seat = np.unique(rows["area"][agencies["kind"] == BODY_KINDS.index("department")])
    assert [district.areas[code][1] for code in seat] == ["Huangguan"]


@pytest.mark.parametrize("scale", [0.01, 0.05, 0.3])
def test_a_small_district_has_a_body_of_each_kind(scale):
    population = build_population(scale=scale, seed=1)
    assert (np.bincount(population.agencies["kind"], minlength=3) >= 1).all()
    assert population.agencies["staff"].sum() == population.counts()["civil_servant"]


def test_civil_servants_are_adults_of_communities_with_college_who_work_at_their_agency(full):
    staff = of_kind(full, records.CIVIL_SERVANT)
    assert (staff["age_band"] < records.FIRST_BAND_OF_60).all()
    assert (staff["education"] >= 4).all()
    assert (full.sites["kind"][staff["home"]] == records.COMMUNITY).all()
    agency = full.agents[staff["employer"]]
    assert (agency["kind"] == records.AGENCY).all()
    assert np.array_equal(agency["site"], staff["site"])
    first = rows_of_kind(full.agents, records.AGENCY).start
    assert np.array_equal(np.bincount(staff["employer"] - first), full.agencies["staff"])
    assert np.array_equal(full.agencies["staff"], read_district("weihai-etdz").body_staff)


def test_teachers_name_their_school(full):
    teachers = of_kind(full, records.TEACHER)
    school = full.agents[teachers["employer"]]
    assert (school["kind"] == records.INSTITUTION).all()
    assert np.array_equal(school["site"], teachers["site"])
    private = has_trait(school, "private_school") | has_trait(school, "tutoring")
    assert np.array_equal(private, has_trait(teachers, "private_staff"))


def test_schools_as_agents_are_the_schools_of_the_table(full):
    rows, schools = of_kind(full, records.INSTITUTION), full.schools
    assert np.array_equal(rows["site"], schools["site"])
    tutoring = schools["stage"] == STAGES.index("tutoring")
    private = schools["ownership"] == OWNERSHIPS.index("private")
    assert np.array_equal(has_trait(rows, "tutoring"), tutoring)
    assert np.array_equal(has_trait(rows, "private_school"), private & ~tutoring)
    assert (tutoring.sum(), has_trait(rows, "public_school").sum()) == (80, 57)


def test_a_tutoring_institution_is_led_by_one_of_its_teachers(full):
    rows = of_kind(full, records.INSTITUTION)
    tutoring = np.flatnonzero(has_trait(rows, "tutoring"))
    leads = rows["representative"][tutoring]
    assert (full.agents["kind"][leads] == records.TEACHER).all()
    first = rows_of_kind(full.agents, records.INSTITUTION).start
    assert np.array_equal(full.agents["employer"][leads], first + tutoring)
    others = np.delete(rows["representative"], tutoring)
    assert (others == records.NOBODY).all()


def test_organisations_are_no_persons(full):
    for kind in (records.ENTERPRISE, records.INSTITUTION, records.AGENCY):
        rows = of_kind(full, kind)
        assert (rows["sex"] == records.NO_SEX).all()
        assert np.array_equal(rows["home"], rows["site"])
        assert not rows["awareness"].any()
        assert not rows["registration"].any()
        assert (rows["income_yuan_month"] > 0).all()
        assert (rows["cell"] % records.CELLS_PER_SETTING == records.OF_ORGANISATIONS).all()


def test_budgets_follow_pupils_and_staff(full):
    district = read_district("weihai-etdz")
    income = of_kind(full, records.INSTITUTION)["income_yuan_month"]
    junior = full.schools["stage"] == STAGES.index("junior")
    yearly = district.pupils[2] * district.school_budget[2]
    assert income[junior].sum() * 12 == pytest.approx(yearly)
    spent = of_kind(full, records.AGENCY)["income_yuan_month"] * 12
    assert spent == pytest.approx(full.agencies["staff"] * district.agency_budget)
