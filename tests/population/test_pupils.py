"""Pupils: minors with a home, a school and no place among adults."""

import dataclasses

import numpy as np
import pytest

from creditsim.population import agents as records
from creditsim.population import pupils as room
from creditsim.population import synthesis
from creditsim.population.agents import has_trait, rows_of_kind
from creditsim.population.check import check_population
from creditsim.population.marginals import SECONDARY, STAGES, read_district
from creditsim.population.synthesis import Population, build_population
from creditsim.population.targets import make_targets


@pytest.fixture(scope="module")
def small():
    return build_population(scale=0.1, seed=1)


@pytest.fixture(scope="module")
def full():
    return build_population(seed=1)


def pupils_of(population):
    return population.agents[rows_of_kind(population.agents, records.STUDENT)]


def stages_of(population, pupils):
    first = rows_of_kind(population.agents, records.INSTITUTION).start
    return population.schools["stage"][pupils["employer"] - first]


def test_pupils_with_a_file_are_those_of_the_secondary_stages():
    district = read_district("weihai-etdz")
    assert district.pupils[list(SECONDARY)].sum() == 16_573
    assert make_targets(district, 0.1).pupils.sum() == pytest.approx(1657.3)


def test_all_pupils_are_minors_and_all_minors_pupils(full):
    minor = records.is_minor(full.agents)
    assert np.array_equal(minor, full.agents["kind"] == records.STUDENT)
    pupils = pupils_of(full)
    assert (pupils["age_band"] == records.MINOR).all()
    assert not records.is_aged(pupils).any()
    for name in ("aged_18_60", "parent_nearby", "trusted_neighbour", "public_staff"):
        assert not has_trait(pupils, name).any(), name


@pytest.mark.parametrize("scale", [0.01, 0.1, 1.0])
def test_homes_hold_no_more_than_their_persons(scale):
    population = build_population(scale=scale, seed=1)
    pupils = pupils_of(population)
    indptr, members = population.households
    assert (np.diff(indptr) <= population.household_persons).all()
    assert not population.household_collective[pupils["household"]].any()
    head = members[indptr[pupils["household"]]]
    for field in ("home", "residence"):
        assert np.array_equal(pupils[field], population.agents[field][head]), field
    # Pupils come after all adults of their home.
    last = members[indptr[pupils["household"] + 1] - 1]
    assert records.is_minor(population.agents[last]).all()


def test_homes_with_adults_of_a_parents_age_come_first(full):
    bands = read_district("weihai-etdz").parent_bands
    agents = full.agents
    adults = agents[records.is_adult(agents)]
    parents = np.bincount(
        adults["household"], weights=bands[adults["age_band"]], minlength=len(full.household_persons)
    )
    assert (parents[pupils_of(full)["household"]] > 0).all(), "such homes have places enough"


def test_a_pupil_goes_to_a_school_of_the_own_stage_and_schools_are_even(full):
    pupils = pupils_of(full)
    stage = stages_of(full, pupils)
    assert np.isin(stage, SECONDARY).all()
    school = full.agents[pupils["employer"]]
    assert (school["kind"] == records.INSTITUTION).all()
    assert np.array_equal(school["site"], pupils["site"])
    assert np.array_equal(school["area"], pupils["area"])
    junior = stage == STAGES.index("junior")
    assert np.array_equal(pupils["education"] == 1, junior)
    assert np.array_equal(pupils["education"] == 2, ~junior)
    for code in SECONDARY:
        sizes = np.bincount(pupils["employer"][stage == code])
        assert np.ptp(sizes[sizes > 0]) <= 1
        assert (sizes > 0).sum() == (full.schools["stage"] == code).sum()


def test_many_pupils_of_junior_schools_learn_in_their_own_area(full):
    pupils = pupils_of(full)
    pupils = pupils[stages_of(full, pupils) == STAGES.index("junior")]
    near = full.sites["area"][pupils["home"]] == pupils["area"]
    # A lot would give about the sum of squared shares of six areas, 0.2.
    assert near.mean() > 0.35


def test_pupils_leave_adults_as_they_are(small, monkeypatch):
    district = read_district("weihai-etdz")
    fewer = dataclasses.replace(district, pupils=district.pupils / 2)
    monkeypatch.setattr(synthesis, "read_district", lambda name: fewer)
    other = build_population(scale=0.1, seed=1)
    assert len(pupils_of(other)) == pytest.approx(len(pupils_of(small)) / 2, abs=1)
    mine, theirs = (each.agents[each.agents["kind"] != records.STUDENT] for each in (small, other))
    assert len(mine) == len(theirs)
    # Rows of schools lie elsewhere, and schools of fewer pupils have less money.
    rows = ("employer", "representative", "income_yuan_month")
    for field in set(records.AGENT.names) - set(rows):
        assert mine[field].tobytes() == theirs[field].tobytes(), field
    adult = records.is_adult(mine)
    assert np.array_equal(mine["income_yuan_month"][adult], theirs["income_yuan_month"][adult])


def test_a_pupil_taken_for_an_adult_fails_the_check(small):
    agents = small.agents.copy()
    agents["age_band"][rows_of_kind(agents, records.STUDENT).start] = 0
    changed = Population(**{**vars(small), "agents": agents})
    missed = check_population(changed)
    assert (missed["difference"].abs() >= 1).any()


def test_more_pupils_than_places_are_refused():
    places = room._Places(*(np.zeros(3, dtype=np.int64) for _ in range(4)))
    counts = np.zeros((len(SECONDARY), 2, 2), dtype=np.int64)
    counts[0, 0, records.RURAL] = 4
    with pytest.raises(ValueError, match="4 pupils, but places for 3 children only"):
        room._seat(places, counts, 1, 0)


def test_pocket_money_and_access_are_as_assumed(full):
    pupils, district = pupils_of(full), read_district("weihai-etdz")
    assert np.median(pupils["income_yuan_month"]) == pytest.approx(district.pocket_money, rel=0.03)
    for residence in (records.RURAL, records.URBAN):
        found = pupils["online"][pupils["residence"] == residence].mean()
        assert found == pytest.approx(district.pupils_online[residence], abs=1e-3)
