"""The population: its marginals, its lots, its links, and what it refuses."""

import inspect
import os
import subprocess
import sys

import numpy as np
import pytest

from creditsim.core.errors import InputError
from creditsim.core.fingerprint import fingerprint_columns
from creditsim.population import agents as records
from creditsim.population.agents import has_trait
from creditsim.population.check import check_population
from creditsim.population.marginals import read_district
from creditsim.population.synthesis import Population, build_population
from creditsim.spec.vocabulary import ACTIVE, AWARE, KNOWS_SCORE, REGISTERED, TRAITS

LOTS = ("honesty", "prosociality", "money_weight")


@pytest.fixture(scope="module")
def small():
    return build_population(scale=0.1, seed=1)


@pytest.fixture(scope="module")
def full():
    return build_population(seed=1)


def persons(population):
    return population.agents[records.is_adult(population.agents)]


@pytest.mark.parametrize("scale", [0.01, 0.0556, 0.1, 0.37, 0.5384, 1.0, 2.0])
def test_every_marginal_is_met_within_rounding(scale):
    table = build_population(scale=scale, seed=1).check()
    missed = table[~(table["difference"].abs() < 1)]
    assert len(table) > 200
    assert missed.empty, missed.to_string()


def test_full_size_is_the_census(full):
    district = read_district("weihai-etdz")
    counts = full.counts()
    adults = int(district.adults.sum())
    assert counts["enterprise"] == district.firms_by_size.sum() + district.traders_by_sector.sum()
    assert counts["teacher"] == district.teachers.sum()
    assert counts["villager"] == district.villagers
    assert counts["civil_servant"] == district.body_staff.sum() == 2030
    assert counts["resident"] == adults - counts["teacher"] - counts["villager"] - counts["civil_servant"]
    assert records.is_adult(full.agents).sum() == adults == 228_825
    assert counts["student"] == 16_573
    assert (counts["school"], counts["agency"]) == (154, 39)
    assert len(full) == sum(counts.values())


def test_a_wrong_population_fails_its_check(small):
    agents = small.agents.copy()
    moved = np.flatnonzero(agents["kind"] == records.RESIDENT)[:3]
    agents["education"][moved] = (agents["education"][moved] + 1) % 6
    changed = Population(**{**vars(small), "agents": agents})
    missed = check_population(changed)
    assert (missed["difference"].abs() >= 1).any()


def test_the_same_key_gives_the_same_bits(small):
    again = build_population(scale=0.1, seed=1)
    assert again.agents.tobytes() == small.agents.tobytes()
    assert again.sites.tobytes() == small.sites.tobytes()
    assert again.households.members.tobytes() == small.households.members.tobytes()


@pytest.mark.parametrize("key", [{"seed": 2}, {"replication": 1}, {"seed": 0, "replication": 1}])
def test_another_key_gives_other_people_with_the_same_marginals(small, key):
    other = build_population(scale=0.1, **{"seed": 1, **key})
    assert other.agents.tobytes() != small.agents.tobytes()
    for field in LOTS:
        assert (other.agents[field] != small.agents[field]).mean() > 0.9
    assert other.counts() == small.counts()
    assert (other.check()["difference"].abs() < 1).all()


def test_more_agents_of_a_kind_change_nobodys_lots(small):
    larger = build_population(scale=0.13, seed=1)
    same, ours, theirs = np.intersect1d(small.agents["slot"], larger.agents["slot"], return_indices=True)
    assert len(same) == len(small)
    for field in LOTS:
        assert small.agents[field][ours].tobytes() == larger.agents[field][theirs].tobytes()


def test_doubling_the_scale_keeps_shares(full):
    double = build_population(scale=2.0, seed=1)
    for field in ("age_band", "sex", "education", "residence", "registration", "online"):
        one, two = (np.bincount(persons(each)[field], minlength=9) for each in (full, double))
        assert np.abs(2 * one - two).max() <= 4, field
    assert len(double) == 2 * len(full)
    assert len(double.sites) == 2 * len(full.sites)


def test_other_processor_features_give_the_same_bits(small):
    code = (
        "from creditsim.population.synthesis import build_population as b\n"
        "from creditsim.core.fingerprint import fingerprint_columns as f\n"
        "a = b(scale=0.1, seed=1).agents\n"
        "print(f({'agents': {n: a[n] for n in a.dtype.names if a.dtype[n].shape == ()}}))"
    )
    plain = {
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, **plain},
        capture_output=True,
        text=True,
        check=True,
    )
    agents = small.agents
    flat = {name: agents[name] for name in agents.dtype.names if agents.dtype[name].shape == ()}
    assert run.stdout.strip() == fingerprint_columns({"agents": flat})


def test_agents_are_sorted_and_slots_are_unique(full):
    slots = full.agents["slot"].astype(np.int64)
    assert (np.diff(slots) > 0).all()
    assert (slots // records.SLOTS_PER_KIND == full.agents["kind"]).all()


def test_people_live_where_they_should(full):
    agents, sites = full.agents, full.sites
    home_kind = sites["kind"][agents["home"]]
    assert (home_kind[agents["kind"] == records.VILLAGER] == records.VILLAGE).all()
    for kind in (records.RESIDENT, records.TEACHER, records.CIVIL_SERVANT):
        assert (home_kind[agents["kind"] == kind] == records.COMMUNITY).all()
    assert (sites["kind"][agents["site"][agents["kind"] == records.TEACHER]] == records.SCHOOL).all()
    assert (sites["kind"][agents["site"][agents["kind"] == records.ENTERPRISE]] == records.MARKET).all()
    assert (sites["area"][agents["site"]] == agents["area"]).all()
    assert (agents["residence"][agents["kind"] == records.VILLAGER] == records.RURAL).all()


def test_a_site_keeps_its_size(full):
    half = build_population(scale=0.5, seed=1)
    for kind, spread in ((records.VILLAGE, 0.1), (records.COMMUNITY, 0.25)):
        mean = [
            np.bincount(persons(each)["home"], minlength=len(each.sites))[each.sites["kind"] == kind].mean()
            for each in (full, half)
        ]
        assert abs(mean[1] / mean[0] - 1) < spread
    people = np.bincount(persons(full)["home"], minlength=len(full.sites))
    villages = people[full.sites["kind"] == records.VILLAGE]
    assert villages.max() - villages.min() <= 0.05 * villages.mean()


def test_every_person_has_one_household_at_home(full):
    indptr, members = full.households
    agents = full.agents
    rows = np.flatnonzero(agents["sex"] != records.NO_SEX)
    assert np.array_equal(np.sort(members), rows)
    household = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    assert (agents["household"][members] == household).all()
    head = members[indptr[:-1]]
    assert records.is_adult(agents[head]).all()
    assert (agents["home"][members] == agents["home"][head][household]).all()
    assert (full.household_persons >= np.diff(indptr)).all()
    assert (np.diff(indptr)[full.household_collective] == 1).all()
    assert (agents["household"][agents["sex"] == records.NO_SEX] == records.NOBODY).all()


def test_heads_are_of_both_sexes_alike(full):
    indptr, members = full.households
    pupils = np.bincount(full.agents["household"][records.is_minor(full.agents)], minlength=len(indptr) - 1)
    several = (np.diff(indptr) == 2) & (pupils == 0)
    share = full.agents["sex"][members[indptr[:-1]][several]].mean()
    # Some 60,000 homes: four standard errors of a fair coin are 0.008.
    assert abs(share - full.agents["sex"][members][np.repeat(several, np.diff(indptr))].mean()) < 0.008


def test_workers_and_representatives_are_adults_of_working_age(full):
    agents, firms = full.agents, len(full.enterprises)
    representative = agents["representative"][:firms]
    tutoring = has_trait(agents, "tutoring")
    assert (agents["representative"][firms:][~tutoring[firms:]] == records.NOBODY).all()
    assert np.isin(agents["kind"][representative], (records.VILLAGER, records.RESIDENT)).all()
    assert (agents["area"][representative] == agents["area"][:firms]).all()
    assert len(np.unique(representative)) == firms
    working = np.flatnonzero((agents["employer"] >= 0) & (agents["employer"] < firms))
    assert (agents["age_band"][working] <= records.FIRST_BAND_OF_60).all()
    assert np.isin(agents["kind"][working], (records.VILLAGER, records.RESIDENT)).all()
    employed = np.bincount(agents["employer"][working], minlength=firms)
    assert np.array_equal(employed[:firms], full.enterprises["workers"])
    active = has_trait(agents[:firms], "active")
    assert ((employed[:firms] > 0) == active).all()
    own = agents["employer"][representative[active]]
    assert np.array_equal(own, np.flatnonzero(active))


def test_larger_firms_have_more_workers_and_turnover(full):
    size, firms = full.enterprises["size"], len(full.enterprises)
    works = full.enterprises["workers"] > 0
    turnover = full.agents["income_yuan_month"][:firms]
    workers = [full.enterprises["workers"][works & (size == code)].mean() for code in range(4)]
    medians = [np.median(turnover[size == code]) for code in range(4)]
    assert workers == sorted(workers)
    assert medians == sorted(medians)


def test_incomes_have_the_medians_of_the_table(full):
    people, district = persons(full), read_district("weihai-etdz")
    for residence in (records.RURAL, records.URBAN):
        found = np.median(people["income_yuan_month"][people["residence"] == residence])
        wanted = np.exp(district.income_mu[residence]) / 12
        # Standard error of a lognormal median with sd 0.7 over 50,000 people: 0.4%.
        assert found == pytest.approx(wanted, rel=0.02)


def test_dispositions_do_not_differ_by_group(full):
    people = persons(full)
    for field in ("honesty", "prosociality"):
        for group in ("sex", "residence", "online"):
            means = [people[field][people[group] == code].mean() for code in (0, 1)]
            # Two means of over 59,000 uniform numbers: five standard errors are 0.007.
            assert abs(means[0] - means[1]) < 0.007
        assert people[field].min() > 0
        assert people[field].max() < 1


def test_traits_fit_the_kind(full):
    agents = full.agents
    firm = agents["kind"] == records.ENTERPRISE
    for name in ("firm", "sole_trader", "active", "food", "manufacturing", "construction", "retail"):
        assert not has_trait(agents[~firm], name).any()
    assert (has_trait(agents[firm], "firm") ^ has_trait(agents[firm], "sole_trader")).all()
    teacher = agents["kind"] == records.TEACHER
    staff = has_trait(agents, "public_staff") ^ has_trait(agents, "private_staff")
    assert np.array_equal(staff, teacher)
    assert np.array_equal(has_trait(agents, "secondary"), agents["kind"] == records.STUDENT)
    names = ("public_school", "private_school", "tutoring")
    types = sum(has_trait(agents, name).astype(int) for name in names)
    assert np.array_equal(types, agents["kind"] == records.INSTITUTION)
    person = agents["sex"] != records.NO_SEX
    assert np.array_equal(has_trait(agents, "rural"), person & (agents["residence"] == records.RURAL))
    assert not has_trait(agents[firm], "rural").any()


def test_circumstances_have_their_shares(full):
    people, district = persons(full), read_district("weihai-etdz")
    young = people["age_band"] < records.FIRST_BAND_OF_60
    assert np.array_equal(has_trait(people, "aged_18_60"), young)
    for name, group, share in (
        ("parent_nearby", young, district.parent_nearby),
        ("trusted_neighbour", np.ones(len(people), dtype=bool), district.trusted_neighbour),
    ):
        found = has_trait(people, name)
        assert not found[~group].any()
        # Five standard errors of a share over that many people.
        assert abs(found[group].mean() - share) < 5 * (share * (1 - share) / group.sum()) ** 0.5


def test_awareness_is_nested_and_needs_the_net(full):
    people = persons(full)
    bits = people["awareness"]
    aware, registered, active, knows = ((bits & bit) > 0 for bit in (AWARE, REGISTERED, ACTIVE, KNOWS_SCORE))
    assert (aware | ~registered).all()
    assert (registered | ~active).all()
    assert np.array_equal(active, knows)
    assert (people["online"][registered] == 1).all()
    assert 0 < active.sum() < registered.sum() < aware.sum()
    assert not full.agents["awareness"][~records.is_adult(full.agents)].any()


def test_model_state_is_left_at_zero(small):
    for field in ("trust", "crowding", "belief", "score_mp", "grade", "months_low", "filed"):
        assert not small.agents[field].any(), field


def test_arrays_are_read_only(small):
    with pytest.raises(ValueError, match="read-only"):
        small.agents["trust"] = 1.0


@pytest.mark.parametrize("scale", [0.009, 40.1, -1, "1", True, float("nan"), None])
def test_a_scale_out_of_range_is_refused(scale):
    with pytest.raises(InputError, match=r"scale: got .* expected a number from 0\.01 to 40"):
        build_population(scale=scale)


def test_all_faults_of_the_numbers_come_at_once():
    with pytest.raises(InputError) as caught:
        build_population(scale=41, seed=-1, replication=0.5)
    assert [fault.key for fault in caught.value.faults] == ["scale", "seed", "replication"]


def test_an_unknown_district_is_refused():
    with pytest.raises(InputError, match="nearest: weihai-etdz"):
        build_population("weihai")


def test_there_is_no_way_in_for_persons():
    assert list(inspect.signature(build_population).parameters) == ["name", "scale", "seed", "replication"]
    assert not {"id", "name", "phone", "address"} & set(records.AGENT.names)


def test_it_shows_itself(small):
    text, html = repr(small), small._repr_html_()
    for name, count in small.counts().items():
        assert name in text
        assert f"{count:,}" in text
        assert f"{count:,}" in html
    assert " at 0x" not in text


def test_its_table_has_words(small):
    table = small.to_frame()
    assert len(table) == len(small)
    assert set(TRAITS) <= set(table.columns)
    assert table["kind"].value_counts().to_dict() == small.counts() | dict.fromkeys(
        set(table["kind"].cat.categories) - set(small.counts()), 0
    )
    assert table.loc[table["kind"].isin(["enterprise", "school", "agency"]), "age_band"].isna().all()
    assert (table.loc[table["kind"] == "student", "age_band"] == "under 18").all()
