"""Ties: sound sparse rows, agreement with the agents, degrees, keys, size and time."""

import csv
import dataclasses
import gc
import os
import subprocess
import sys
import time
import weakref

import numpy as np
import pytest

from creditsim.core.errors import InputError
from creditsim.core.fingerprint import fingerprint_columns
from creditsim.core.shipped import data_path
from creditsim.population import ties as module
from creditsim.population.agents import CIVIL_SERVANT, ENTERPRISE, TEACHER, has_trait, is_adult
from creditsim.population.supply import (
    SUPPLY_GROUPS,
    business_groups,
    local_suppliers,
    pareto_weights,
    supply_links,
)
from creditsim.population.synthesis import build_population
from creditsim.population.ties import RELATIONS, Relation, build_ties, tail_exponent

ASCENDING = tuple(name for name in RELATIONS if name != "households")  # there the head stands first
KEY = {"scale": 0.1, "seed": 1}


@pytest.fixture(scope="module")
def small():
    return build_population(**KEY)


@pytest.fixture(scope="module")
def full():
    return build_population(seed=1)


@pytest.fixture(scope="module")
def assumed():
    with data_path("districts", "weihai-etdz", "assumptions.csv").open(encoding="utf-8", newline="") as lines:
        return {
            (row["table"], row["item"], row["group"]): tuple(float(row[k]) for k in ("value", "low", "high"))
            for row in csv.DictReader(lines)
        }


def assumptions(population, **changed):
    """Return the district's assumptions, those of the table supply replaced by name of item."""
    found = dict(module.read_assumptions(population.name))
    for key, row in found.items():
        if key[0] == "supply" and key[1] in changed:
            found[key] = row._replace(value=changed[key[1]])
    return found


def columns(ties):
    """Return all arrays of all relations as tables for a fingerprint."""
    tables = {}
    for name, relation in ties.relations().items():
        tables[f"{name} rows"] = {"place": np.arange(len(relation.indptr)), "indptr": relation.indptr}
        tables[f"{name} ties"] = {"place": np.arange(len(relation.indices)), "indices": relation.indices}
    return tables


def measures(ties):
    table = ties.check()
    return dict(zip(zip(table["relation"], table["measure"], strict=True), table["actual"], strict=True))


def pairs(relation):
    return set(zip(relation.sources.tolist(), relation.indices.tolist(), strict=True))


@pytest.mark.parametrize("scale", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("name", RELATIONS)
def test_rows_are_sound(name, scale):
    population = build_population(scale=scale, seed=1)
    relation = getattr(build_ties(population), name)
    assert relation.indptr.dtype == np.int64
    assert relation.indices.dtype == np.int32
    assert relation.indptr[0] == 0
    assert relation.indptr[-1] == len(relation.indices)
    assert (relation.degrees >= 0).all()
    assert relation.indices.min() >= 0
    assert relation.indices.max() < len(population)
    keys = relation.sources * len(population) + relation.indices
    assert len(np.unique(keys)) == len(keys)
    if name in ASCENDING:
        assert (np.diff(keys) > 0).all()
    if name in ("neighbours", "supply", "representative", "employer"):
        assert (relation.sources != relation.indices).all()
    for array in (relation.indptr, relation.indices):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_homes_are_those_of_the_population(small):
    households = build_ties(small).households
    assert np.array_equal(households.indptr, small.households.indptr)
    assert np.array_equal(households.indices, small.households.members)
    assert np.array_equal(small.agents["household"][households.indices], households.sources)


def test_every_teacher_and_civil_servant_has_one_room_in_the_own_school_or_agency(full):
    rooms = build_ties(full).staff_rooms
    staff = np.flatnonzero(np.isin(full.agents["kind"], (TEACHER, CIVIL_SERVANT)))
    assert np.array_equal(np.sort(rooms.indices), staff)
    school = full.agents["site"][rooms.indices].astype(int)
    assert np.array_equal(np.minimum.reduceat(school, rooms.indptr[:-1]), school[rooms.indptr[:-1]])
    assert np.array_equal(np.maximum.reduceat(school, rooms.indptr[:-1]), school[rooms.indptr[:-1]])
    # Rooms of one school or agency differ by one at most.
    room_school = school[rooms.indptr[:-1]]
    for code in np.unique(room_school):
        assert np.ptp(rooms.degrees[room_school == code]) <= 1


def test_employees_are_those_who_name_the_employer(full):
    employer = build_ties(full).employer
    column = np.full(len(full), -1)
    column[employer.indices] = employer.sources
    adult = is_adult(full.agents)
    assert np.array_equal(column[adult], full.agents["employer"][adult])
    assert (column[~adult] == -1).all()
    assert adult[employer.indices].all()


def test_representatives_lead_back_to_their_enterprises(full):
    representative = build_ties(full).representative
    firms = len(full.enterprises)
    kind = full.agents["kind"][representative.indices]
    assert np.array_equal(np.sort(representative.indices[kind == ENTERPRISE]), np.arange(firms))
    assert has_trait(full.agents[representative.indices[kind != ENTERPRISE]], "tutoring").all()
    assert np.array_equal(full.agents["representative"][representative.indices], representative.sources)
    assert representative.degrees[:firms].sum() == 0


@pytest.mark.parametrize("scale", [0.01, 0.1, 1.0])
def test_neighbours_are_mutual_at_one_site_and_in_different_homes(scale):
    population = build_population(scale=scale, seed=1)
    near = build_ties(population).neighbours
    back = near.reversed(len(near))
    assert np.array_equal(back.indptr, near.indptr)
    assert np.array_equal(back.indices, near.indices)
    one, other = population.agents[near.sources], population.agents[near.indices]
    assert is_adult(one).all()
    assert np.array_equal(one["home"], other["home"])
    assert (one["household"] != other["household"]).all()


def test_neighbours_are_many_next_door_and_some_far(full):
    near = build_ties(full).neighbours
    apart = np.abs(
        full.agents["household"][near.sources].astype(int)
        - full.agents["household"][near.indices].astype(int)
    )
    # Homes are numbered site by site: most ties lie a few numbers apart, about a third anywhere.
    assert 0.5 < (apart <= 8).mean() < 0.8
    assert (apart > 100).mean() > 0.25


@pytest.mark.parametrize("mean", [0.0, 1.0, 2.0, 3.5, 4.0, 7.0])
def test_any_mean_of_neighbours_is_met(small, mean):
    people = is_adult(small.agents).sum()
    for next_door, elsewhere in ((mean, 0.0), (0.0, mean)):
        near = module._join_neighbours(small.agents, next_door, elsewhere, 1, 0)
        assert len(near.indices) / people == pytest.approx(mean, rel=0.03, abs=0.01)


@pytest.mark.parametrize("scale", [0.01, 0.1, 1.0])
def test_only_active_enterprises_trade(scale):
    population = build_population(scale=scale, seed=1)
    supply = build_ties(population).supply
    active = has_trait(population.agents, "active")
    assert active[supply.sources].all()
    assert active[supply.indices].all()
    assert supply.indices.max() < len(population.enterprises)


def test_degrees_have_the_stated_tails(full, assumed):
    found = measures(build_ties(full))
    for side in ("customers", "suppliers"):
        value, low, high = assumed["supply", f"{side}_exponent", "of survival"]
        assert low <= found["supply", f"exponent of {side}"] <= high
        assert found["supply", f"exponent of {side}"] == pytest.approx(value, abs=0.12)
        assert found["supply", f"most {side}"] > 100


def test_the_tail_follows_its_assumption(full):
    firms = full.agents[: len(full.enterprises)]
    found = {}
    for exponent in (1.0, 1.2, 1.4, 1.6):
        supplier, _ = supply_links(firms, assumptions(full, customers_exponent=exponent), 1, 0)
        found[exponent] = tail_exponent(np.bincount(supplier, minlength=len(firms)), 1000)
    assert list(found.values()) == sorted(found.values())
    # Near 1 the largest would sell twice to the same customers, which nobody may: a thinner tail.
    assert found.pop(1.0) < 1.2
    assert list(found.values()) == pytest.approx(list(found), rel=0.1)


def test_larger_enterprises_have_more_partners(full):
    supply = build_ties(full).supply
    active = np.flatnonzero(has_trait(full.agents[: len(supply)], "active"))
    turnover = full.agents["income_yuan_month"][active]
    large, little = turnover >= np.quantile(turnover, 0.9), turnover <= np.quantile(turnover, 0.5)
    for relation in (supply, supply.reversed(len(supply))):
        degrees = relation.degrees[active]
        assert degrees[large].mean() > 3 * degrees[little].mean()


def test_suppliers_come_from_the_stated_lines_of_business(full, assumed):
    supply = build_ties(full).supply
    group = business_groups(full.agents[: len(supply)])
    buyer, seller = group[supply.indices], group[supply.sources]
    for code, name in enumerate(SUPPLY_GROUPS):
        mix = [assumed["supply_mix", name, other][0] for other in SUPPLY_GROUPS]
        assert sum(mix) == pytest.approx(1.0)
        share = np.bincount(seller[buyer == code], minlength=len(SUPPLY_GROUPS)) / (buyer == code).sum()
        assert share == pytest.approx(mix, abs=0.05)


def test_nearness_follows_its_assumption(small):
    firms = small.agents[: len(small.enterprises)]

    def near(share):
        supplier, customer = supply_links(firms, assumptions(small, same_area=share), 1, 0)
        return (firms["area"][supplier] == firms["area"][customer]).mean()

    chance = near(0.0)
    assert near(0.5) == pytest.approx(0.5 + 0.5 * chance, abs=0.04)
    assert near(1.0) > 0.95


@pytest.mark.parametrize("scale", [0.1, 0.3, 1.0, 2.0])
def test_means_are_as_stated_at_every_scale(scale, assumed):
    population = build_population(scale=scale, seed=1)
    found = measures(build_ties(population))
    neighbours = sum(assumed["neighbours", item, "adults"][0] for item in ("next_door", "elsewhere_at_site"))
    suppliers = local_suppliers(assumptions(population)).value
    assert found["neighbours", "mean"] == pytest.approx(neighbours, rel=0.01)
    assert found["supply", "mean suppliers"] == pytest.approx(suppliers, rel=0.03)
    assert found["staff_rooms", "mean"] == pytest.approx(
        assumed["staff_room", "teachers", "room"][0], rel=0.1
    )


def test_every_assumption_lies_in_its_range(assumed):
    for (table, *_), (value, low, high) in assumed.items():
        if table in ("staff_room", "neighbours", "supply", "supply_mix"):
            assert low <= value <= high
            assert low < high


def test_check_shows_targets_and_what_holds(small):
    table = build_ties(small).check()
    assert list(table.columns) == ["relation", "measure", "target", "low", "high", "actual"]
    assert set(table["relation"]) == set(RELATIONS)
    shares = table[table["measure"].str.startswith("share") & table["target"].notna()]
    assert len(shares) == 3
    assert (shares["actual"] == 1.0).all()


def test_a_one_sided_tie_fails_the_check(small):
    ties = build_ties(small)
    near = ties.neighbours
    kept = np.delete(np.arange(len(near.indices)), 0)
    broken = Relation.from_pairs(near.sources[kept], near.indices[kept], len(near))
    found = measures(dataclasses.replace(ties, neighbours=broken))
    assert found["neighbours", "share answered"] < 1.0


def test_the_same_key_gives_the_same_bits(small):
    again = build_ties(build_population(**KEY))
    assert again is not build_ties(small)
    for name, relation in build_ties(small).relations().items():
        other = getattr(again, name)
        assert relation.indptr.tobytes() == other.indptr.tobytes(), name
        assert relation.indices.tobytes() == other.indices.tobytes(), name


@pytest.mark.parametrize("key", [{"seed": 2}, {"replication": 1}])
def test_another_key_gives_other_ties(small, key):
    agents = small.agents
    firms = agents[: len(small.enterprises)]
    seed, replication = key.get("seed", 1), key.get("replication", 0)
    ours = build_ties(small)
    near = module._join_neighbours(agents, 4.0, 2.0, seed, replication)
    supply = Relation.from_pairs(*supply_links(firms, assumptions(small), seed, replication), len(firms))
    rooms = module._share_rooms(agents, 6.0, seed, replication)
    assert len(pairs(supply) & pairs(ours.supply)) < 0.2 * len(supply.indices)
    assert len(pairs(near) & pairs(ours.neighbours)) < 0.8 * len(near.indices)
    assert not np.array_equal(rooms.indices, ours.staff_rooms.indices)


def test_one_more_enterprise_redirects_few_links(small):
    firms = small.agents[: len(small.enterprises)]
    before = set(zip(*(ends.tolist() for ends in supply_links(firms, assumptions(small), 1, 0)), strict=True))
    active = np.flatnonzero(has_trait(firms, "active"))
    extra = firms[active[[7]]].copy()
    extra["slot"] = len(firms)
    more = np.concatenate([firms, extra])
    after = set(zip(*(ends.tolist() for ends in supply_links(more, assumptions(small), 1, 0)), strict=True))
    assert len(before & after) > 0.95 * len(before)
    extra["traits"] = 0
    idle = np.concatenate([firms, extra])
    assert before == set(
        zip(*(ends.tolist() for ends in supply_links(idle, assumptions(small), 1, 0)), strict=True)
    )


def test_other_processor_features_give_the_same_bits(small):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_ties import KEY, columns, build_population, build_ties, fingerprint_columns\n"
        "print(fingerprint_columns(columns(build_ties(build_population(**KEY)))))"
    )
    plain = {
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, os.path.dirname(__file__)],
        env={**os.environ, **plain},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == fingerprint_columns(columns(build_ties(small)))


def test_few_or_no_enterprises_trade_as_far_as_they_can(small):
    firms = small.agents[: len(small.enterprises)]
    active = np.flatnonzero(has_trait(firms, "active"))
    for count in (0, 1, 2, 5):
        few = firms[active[:count]]
        supplier, customer = supply_links(few, assumptions(small, suppliers=12.0), 1, 0)
        assert (supplier != customer).all()
        assert len(set(zip(supplier.tolist(), customer.tolist(), strict=True))) == len(supplier)
        assert len(supplier) <= count * (count - 1)
        assert (len(supplier) > 0) == (count > 1)


def test_weights_are_those_of_a_pareto_law():
    weights = pareto_weights(20_000, 1.4)
    assert (np.diff(weights) <= 0).all()
    assert weights[-1] >= 256
    assert tail_exponent(weights, 1000) == pytest.approx(1.4, rel=0.01)
    assert weights.mean() / 256 == pytest.approx(1.4 / 0.4, rel=0.05)


def test_an_exponent_of_equal_degrees_is_not_a_number():
    assert np.isnan(tail_exponent(np.array([2, 2, 2, 0]), 4))
    assert np.isnan(tail_exponent(np.zeros(0, dtype=np.int64), 4))


def test_ties_are_built_once_and_go_with_their_population():
    population = build_population(scale=0.01, seed=5)
    ties = build_ties(population)
    assert build_ties(population) is ties
    kept = weakref.ref(ties)
    del population, ties
    gc.collect()
    assert kept() is None


def test_a_missing_assumption_is_named(small, monkeypatch):
    left = {key: row for key, row in assumptions(small).items() if key[0] != "staff_room"}
    monkeypatch.setattr(module, "read_assumptions", lambda name: left)
    with pytest.raises(InputError, match=r"assumptions\.csv.*no row staff_room / teachers / room"):
        build_ties(dataclasses.replace(small))


def test_full_size_takes_little_room(full):
    ties = build_ties(full)
    assert ties.nbytes < 60 * len(full)
    shown = repr(ties)
    for name in RELATIONS:
        assert name in shown
    assert f"{ties.nbytes / 1e6:.1f} MB" in shown


def test_time_grows_with_the_number_of_agents(full):
    def seconds(population):
        taken = []
        for _ in range(3):
            fresh = dataclasses.replace(population)
            start = time.process_time()
            build_ties(fresh)
            taken.append(time.process_time() - start)
        return min(taken)

    double = build_population(scale=2.0, seed=1)
    one = seconds(full)
    assert one < 2.0
    assert seconds(double) < 3.0 * one
