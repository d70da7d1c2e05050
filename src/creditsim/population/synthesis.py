"""Build the population of a district: enterprises, teachers, villagers and residents.

People are made from published marginals and lots. There is no way to load persons or
firms, no field for a name or a number of a person, and no agent stands for anyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from creditsim.core.draws import DISPOSITION, INCOME, PERSON, TWO_32, WORD, exp_portable, threshold, words
from creditsim.core.draws import lognormal_multipliers as multipliers
from creditsim.core.errors import Fault, InputError
from creditsim.population import people
from creditsim.population.agents import (
    AGENT,
    COMMUNITY,
    ENTERPRISE,
    FIRST_BAND_OF_60,
    MARKET,
    NO_SEX,
    NOBODY,
    RESIDENT,
    TEACHER,
    TRAIT_BIT,
    URBAN,
    VILLAGE,
    VILLAGER,
    cell_codes,
    make_slots,
)
from creditsim.population.enterprises import Enterprises, link_people, make_enterprises
from creditsim.population.households import Homes, make_homes
from creditsim.population.marginals import OWNERSHIPS, District, read_district
from creditsim.population.places import make_place_groups, make_sites, site_of_household
from creditsim.population.raking import round_to_total
from creditsim.population.targets import Targets, make_targets
from creditsim.spec.vocabulary import ACTIVE, AWARE, EDUCATION, KINDS, KNOWS_SCORE, REGISTERED

if TYPE_CHECKING:
    import pandas as pd

LOWEST_SCALE, HIGHEST_SCALE = 0.01, 10.0

# Words drawn under DISPOSITION, by index; all four of the first block and one of the second.
_HONESTY, _PROSOCIALITY, _MONEY_WEIGHT, _PARENT_NEARBY, _TRUSTED = range(5)


class Households(NamedTuple):
    """Members of household ``h``: ``members[indptr[h]:indptr[h + 1]]``, rows of agents, head first."""

    indptr: np.ndarray
    members: np.ndarray


@dataclass(frozen=True, repr=False, eq=False)
class Population:
    """A synthetic population; its arrays are read-only, copy what a run is to change.

    It is made from marginals only. It cannot be loaded from a list of persons or firms,
    and holds no identifiers: a slot is a place in a random sequence, not a person.

    Attributes
    ----------
    name : str
        The district.
    scale : float
        1 is the full size.
    seed, replication : int
        Keys of all lots.
    agents : ndarray of AGENT
        By kind, then by index within the kind.
    sites : ndarray of SITE
    areas : tuple of (zh, en, kind)
    households : Households
    household_persons : ndarray of int
        Persons of all ages in each household; adults only are agents.
    household_collective : ndarray of bool
        Not a family household: one adult in a dormitory or the like.
    enterprises : ndarray of ENTERPRISE_DETAIL
        Row ``i`` belongs to agent ``i``.
    schools : ndarray of SCHOOL_DETAIL
    """

    name: str
    scale: float
    seed: int
    replication: int
    agents: np.ndarray
    sites: np.ndarray
    areas: tuple[tuple[str, str, str], ...]
    households: Households
    household_persons: np.ndarray
    household_collective: np.ndarray
    enterprises: np.ndarray
    schools: np.ndarray

    def __len__(self) -> int:
        return len(self.agents)

    def counts(self) -> dict[str, int]:
        """Return the number of agents of each kind that occurs."""
        found = np.bincount(self.agents["kind"], minlength=len(KINDS))
        return {name: int(count) for name, count in zip(KINDS, found, strict=True) if count}

    def check(self) -> pd.DataFrame:
        """Compare every marginal with its target.

        Returns
        -------
        DataFrame
            Columns marginal, category, target, actual, difference; every difference is
            smaller than 1 in size.
        """
        from creditsim.population.check import check_population

        return check_population(self)

    def to_frame(self) -> pd.DataFrame:
        """Return the agents as a table of words and numbers, one row an agent."""
        from creditsim.population.show import agents_frame

        return agents_frame(self)

    def __repr__(self) -> str:
        from creditsim.population.show import population_text

        return population_text(self)

    def _repr_html_(self) -> str:
        from creditsim.population.show import population_html

        return population_html(self)


def build_population(
    name: str = "weihai-etdz", scale: float = 1.0, seed: int = 1, replication: int = 0
) -> Population:
    """Build a synthetic population from a district's marginals.

    The time it takes grows with the number of agents; the same arguments give the same
    bits on every machine.

    Parameters
    ----------
    name : str
        A shipped district.
    scale : float
        From 0.01 to 10; sites are scaled too, so that a site keeps its size.
    seed, replication : int
        From 0 to 4294967295 each.

    Raises
    ------
    InputError
        If the district is unknown, or a number is out of range.
    """
    _refuse_bad_numbers(scale, seed, replication)
    district = read_district(name)
    targets = make_targets(district, float(scale))
    adults = people.make_adults(district, targets, seed, replication)
    kinds = round_to_total(targets.kinds, len(adults))
    groups = make_place_groups(district, targets, np.bincount(adults.residence, minlength=2), int(kinds[1]))
    homes = make_homes(district, targets, adults, groups.by_residence(), seed, replication)
    sites, schools = make_sites(district, targets)
    area_adults = np.bincount(groups.area, weights=groups.adults, minlength=len(district.areas))
    enterprises = make_enterprises(district, targets, area_adults, seed, replication)

    home_site = site_of_household(sites, groups, homes.place, homes.adults)
    by_site = np.argsort(home_site, kind="stable")
    new_number = np.empty_like(by_site)
    new_number[by_site] = np.arange(len(by_site))
    household = new_number[homes.household_of]

    site_kind = sites["kind"][home_site][homes.household_of]
    teaching = _choose_teachers(district, adults, site_kind, int(kinds[0]), seed, replication)
    kind = np.where(site_kind == VILLAGE, VILLAGER, RESIDENT)
    kind[teaching] = TEACHER
    school = np.full(len(adults), -1)
    school[teaching] = _assign_schools(targets, kinds[0])
    # Rows: teachers by school, others by household with the head first.
    order = np.lexsort((homes.seat_of, household, school, kind))

    agents = np.zeros(len(enterprises) + len(adults), dtype=AGENT)
    _fill_enterprises(agents[: len(enterprises)], district, enterprises, sites)
    persons = agents[len(enterprises) :]
    _fill_persons(persons, adults, order, kind[order], household[order], home_site[homes.household_of][order])
    taught = persons["kind"] == TEACHER
    persons["site"][taught] = schools["site"][school[order][taught]]
    private = schools["ownership"][school[order][taught]] == OWNERSHIPS.index("private")
    persons["traits"][taught] |= np.where(
        private, TRAIT_BIT["private_staff"], TRAIT_BIT["public_staff"]
    ).astype(np.uint32)
    persons["area"] = sites["area"][persons["site"]]
    link_people(agents, district, enterprises, seed, replication)
    _draw_dispositions(agents, district, seed, replication)
    _draw_incomes(agents, district, enterprises, seed, replication)
    _mark_awareness(persons, order, district, seed, replication)
    agents["cell"] = cell_codes(agents)
    agents["present"] = 1
    population = Population(
        name=name,
        scale=float(scale),
        seed=int(seed),
        replication=int(replication),
        agents=agents,
        sites=sites,
        areas=district.areas,
        households=_list_members(agents, homes, order, len(enterprises)),
        household_persons=homes.persons[by_site],
        household_collective=homes.collective[by_site],
        enterprises=enterprises.detail,
        schools=schools,
    )
    for array in (agents, sites, schools, enterprises.detail, *population.households):
        array.setflags(write=False)
    return population


def _refuse_bad_numbers(scale: Any, seed: Any, replication: Any) -> None:
    """Raise all faults of the numbers at once."""
    faults = []
    is_number = isinstance(scale, int | float | np.integer | np.floating) and not isinstance(scale, bool)
    if not is_number or not LOWEST_SCALE <= scale <= HIGHEST_SCALE:
        faults.append(
            Fault(f"got {scale!r}, expected a number from {LOWEST_SCALE:g} to {HIGHEST_SCALE:g}", key="scale")
        )
    for key, value in (("seed", seed), ("replication", replication)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or not 0 <= value <= WORD:
            faults.append(Fault(f"got {value!r}, expected a whole number from 0 to {WORD}", key=key))
    if faults:
        raise InputError(faults)


def _choose_teachers(
    district: District, adults: people.Adults, site_kind: np.ndarray, count: int, seed: int, replication: int
) -> np.ndarray:
    """Return the adults who teach: people of communities, of working age, with college.

    Fewer than these only at very small scales; then others of the communities follow.
    """
    lots = words(seed, replication, np.arange(len(adults)), 0, PERSON, people.LOT_TEACHER)
    able = district.teacher_bands[adults.age_band] & (adults.education >= EDUCATION.index("college_3y"))
    rank = np.where(site_kind != COMMUNITY, 2, np.where(able, 0, 1))
    return np.lexsort((lots, rank))[:count]


def _assign_schools(targets: Targets, count: int) -> np.ndarray:
    """Return the school of each teacher, as an index of the schools.

    Stages have their teachers; within a stage public and private schools share them by
    their number, and schools of one type evenly. Schools too small to have a teacher at
    a small scale stay empty.
    """
    by_stage = round_to_total(targets.teachers, int(count))
    first = 0
    school = []
    for teachers, types in zip(by_stage, targets.schools, strict=True):
        number = int(types.sum())
        seats = np.arange(int(teachers)) * number // max(int(teachers), 1)
        school.append(first + seats)
        first += number
    return np.concatenate(school)


def _fill_enterprises(
    rows: np.ndarray, district: District, enterprises: Enterprises, sites: np.ndarray
) -> None:
    """Fill identity and traits of enterprises in place."""
    markets = np.flatnonzero(sites["kind"] == MARKET)
    first = np.searchsorted(sites["area"][markets], np.arange(len(district.areas)))
    rows["slot"] = make_slots(ENTERPRISE, len(rows))
    rows["kind"] = ENTERPRISE
    rows["area"] = enterprises.area
    rows["site"] = markets[first[enterprises.area] + enterprises.market]
    rows["home"] = rows["site"]
    rows["traits"] = enterprises.traits
    rows["sex"] = NO_SEX
    for field in ("household", "employer", "representative"):
        rows[field] = NOBODY


def _fill_persons(
    rows: np.ndarray,
    adults: people.Adults,
    order: np.ndarray,
    kind: np.ndarray,
    household: np.ndarray,
    home: np.ndarray,
) -> None:
    """Fill identity and group of persons in place; the last four arguments are in row order."""
    counts = np.bincount(kind, minlength=len(KINDS))
    rows["slot"] = np.concatenate([make_slots(code, int(count)) for code, count in enumerate(counts)])
    rows["kind"] = kind
    rows["home"] = rows["site"] = home
    rows["household"] = household
    rows["employer"] = rows["representative"] = NOBODY
    for field in ("age_band", "sex", "education", "residence", "registration", "online"):
        rows[field] = getattr(adults, field)[order]
    of_age = rows["age_band"] < FIRST_BAND_OF_60
    urban = rows["residence"] == URBAN
    rows["traits"] = (
        of_age * TRAIT_BIT["aged_18_60"] + urban * TRAIT_BIT["urban_household"] + ~urban * TRAIT_BIT["rural"]
    )


def _draw_dispositions(agents: np.ndarray, district: District, seed: int, replication: int) -> None:
    """Draw honesty, prosociality, weight of money and two circumstances, in place.

    The same laws hold for all groups: no source says otherwise.
    """

    def drawn(index: int) -> np.ndarray:
        return words(seed, replication, agents["slot"], 0, DISPOSITION, index)

    agents["honesty"] = (drawn(_HONESTY) + 0.5) / TWO_32
    agents["prosociality"] = (drawn(_PROSOCIALITY) + 0.5) / TWO_32
    agents["money_weight"] = multipliers(district.money_weight_log_sd)[drawn(_MONEY_WEIGHT) >> 20]
    person = agents["kind"] != ENTERPRISE
    young = person & (agents["age_band"] < FIRST_BAND_OF_60)
    parent = young & (drawn(_PARENT_NEARBY) < threshold(district.parent_nearby))
    trusted = person & (drawn(_TRUSTED) < threshold(district.trusted_neighbour))
    agents["traits"] |= (parent * TRAIT_BIT["parent_nearby"]).astype(np.uint32)
    agents["traits"] |= (trusted * TRAIT_BIT["trusted_neighbour"]).astype(np.uint32)


def _draw_incomes(
    agents: np.ndarray, district: District, enterprises: Enterprises, seed: int, replication: int
) -> None:
    """Draw disposable incomes of persons and turnovers of enterprises, yuan a month, in place."""
    step = words(seed, replication, agents["slot"], 0, INCOME) >> 20
    firms = len(enterprises)
    turnover = district.turnover_by_size[enterprises.detail["size"]] / 12.0
    agents["income_yuan_month"][:firms] = turnover * multipliers(district.turnover_log_sd)[step[:firms]]
    median = np.array([exp_portable(mu) / 12.0 for mu in district.income_mu.tolist()])
    spread = np.stack([multipliers(log_sd) for log_sd in district.income_log_sd.tolist()])
    residence = agents["residence"][firms:]
    agents["income_yuan_month"][firms:] = median[residence] * spread[residence, step[firms:]]


def _mark_awareness(
    persons: np.ndarray, order: np.ndarray, district: District, seed: int, replication: int
) -> None:
    """Mark who knows the scheme, is registered in its app and uses it, before the plan, in place.

    Only people online can be registered; enterprises start unaware, their
    representatives count as persons.
    """

    def first(candidates: np.ndarray, index: int, count: int) -> np.ndarray:
        lots = words(seed, replication, order[candidates], 0, PERSON, index)
        return candidates[np.argsort(lots, kind="stable")][:count]

    registered_target = district.app_registered * len(persons)
    registered = first(
        np.flatnonzero(persons["online"] == 1), people.LOT_REGISTERED, int(registered_target + 0.5)
    )
    persons["awareness"][registered] |= AWARE | REGISTERED
    active = first(registered, people.LOT_ACTIVE, int(district.app_active * registered_target + 0.5))
    persons["awareness"][active] |= ACTIVE | KNOWS_SCORE
    others = np.flatnonzero(persons["awareness"] == 0)
    aware = int(district.aware * len(persons) + 0.5) - len(registered)
    persons["awareness"][first(others, people.LOT_AWARE, aware)] |= AWARE


def _list_members(agents: np.ndarray, homes: Homes, order: np.ndarray, firms: int) -> Households:
    """Return the rows of each household's members, the head first."""
    household = agents["household"][firms:]
    by_home = np.lexsort((homes.seat_of[order], household))
    sizes = np.bincount(household, minlength=len(homes.persons))
    return Households(np.append(0, np.cumsum(sizes)), by_home + firms)
