"""Build the population of a district: its people, its enterprises, its schools and its public bodies.

People are made from published marginals and lots. There is no way to load persons or
firms, no field for a name or a number of a person, and no agent stands for anyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from creditsim.core.draws import WORD
from creditsim.core.errors import Fault, InputError
from creditsim.population import people
from creditsim.population.agents import (
    AGENCY,
    AGENT,
    CIVIL_SERVANT,
    ENTERPRISE,
    FIRST_BAND_OF_60,
    INSTITUTION,
    MARKET,
    MOST_ROWS,
    NO_SEX,
    NOBODY,
    PERSON_ROW,
    RESIDENT,
    SLOTS_PER_KIND,
    STUDENT,
    TEACHER,
    TRAIT_BIT,
    URBAN,
    VILLAGE,
    VILLAGER,
    cell_codes,
    is_adult,
    make_slots,
)
from creditsim.population.circumstances import draw_dispositions, draw_incomes, mark_awareness
from creditsim.population.enterprises import Enterprises, link_people, make_enterprises
from creditsim.population.households import make_homes
from creditsim.population.marginals import OWNERSHIPS, STAGES, District, read_district
from creditsim.population.order import ascending, blocks
from creditsim.population.places import make_place_groups, make_sites, site_of_household
from creditsim.population.pupils import make_pupils
from creditsim.population.raking import round_to_total
from creditsim.population.staff import (
    assign_schools,
    choose_staff,
    name_employers,
    name_heads_of_tutoring,
    staff_agencies,
)
from creditsim.population.targets import Targets, make_targets
from creditsim.spec.limits import HIGHEST_SCALE, LOWEST_SCALE
from creditsim.spec.vocabulary import KINDS

if TYPE_CHECKING:
    import pandas as pd


class Households(NamedTuple):
    """Members of household ``h``: ``members[indptr[h]:indptr[h + 1]]``; the head first, pupils last."""

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
        Adults first, then pupils of secondary schools; no other minors are agents.
    household_persons : ndarray of int
        Persons of all ages in each household.
    household_collective : ndarray of bool
        Not a family household: one adult in a dormitory or the like.
    enterprises : ndarray of ENTERPRISE_DETAIL
        Row ``i`` belongs to agent ``i``.
    schools : ndarray of SCHOOL_DETAIL
        Row ``i`` belongs to the ``i``-th agent of the kind school.
    agencies : ndarray of AGENCY_DETAIL
        Row ``i`` belongs to the ``i``-th agent of the kind agency.
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
    agencies: np.ndarray

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
        From 0.01 to 40; sites are scaled too, so that a site keeps its size.
    seed, replication : int
        From 0 to 4294967295 each.

    Raises
    ------
    InputError
        If the district is unknown, a number is out of range, or there would be more agents or
        sites than the model can number.
    """
    _refuse_bad_numbers(scale, seed, replication)
    district = read_district(name)
    targets = make_targets(district, float(scale))
    _refuse_too_many(targets)
    adults = people.make_adults(district, targets, seed, replication)
    kinds = round_to_total(targets.kinds, len(adults))
    groups = make_place_groups(district, targets, np.bincount(adults.residence, minlength=2), int(kinds[1]))
    homes = make_homes(district, targets, adults, groups.by_residence(), seed, replication)
    sites, schools, agencies = make_sites(district, targets)
    area_adults = np.bincount(groups.area, weights=groups.adults, minlength=len(district.areas))
    enterprises = make_enterprises(district, targets, area_adults, seed, replication)

    home_site = site_of_household(sites, groups, homes.place, homes.adults)
    by_site = ascending(home_site)
    new_number = np.empty_like(by_site)
    new_number[by_site] = np.arange(len(by_site), dtype=np.int32)
    household = new_number[homes.household_of]

    site_kind = sites["kind"][home_site][homes.household_of]
    kind = np.where(site_kind == VILLAGE, np.uint8(VILLAGER), np.uint8(RESIDENT))
    teaching, serving = choose_staff(district, adults, site_kind, kinds[[0, 3]], seed, replication)
    kind[teaching], kind[serving] = TEACHER, CIVIL_SERVANT
    post = np.full(len(adults), -1, np.int32)
    post[teaching] = assign_schools(targets, kinds[0])
    post[serving] = staff_agencies(district, targets, agencies, kinds[3])
    # Rows: teachers by school, civil servants by agency, others by household with the head first.
    order = ascending(homes.seat_of, household, post + 1, kind)
    grown = np.zeros(len(adults), dtype=PERSON_ROW)
    _fill_adults(grown, adults, order, kind[order], household[order], home_site[homes.household_of][order])
    _post_staff(grown, post[order], sites, schools, agencies)
    del site_kind, kind, household, post
    mark_awareness(grown, order, district, seed, replication)
    pupils = make_pupils(district, targets, grown, homes.persons[by_site], sites, schools, seed, replication)

    later = int(np.searchsorted(grown["kind"], STUDENT))
    agents = _join(
        _enterprise_rows(district, enterprises, sites),
        grown[:later],
        pupils,
        grown[later:],
        _institution_rows(schools, sites),
        _agency_rows(agencies, sites),
    )
    del grown, pupils
    link_people(agents, district, enterprises, seed, replication)
    name_employers(agents, schools, agencies)
    name_heads_of_tutoring(agents, seed, replication)
    draw_dispositions(agents, district, seed, replication)
    draw_incomes(agents, district, targets, enterprises.detail["size"], schools, agencies, seed, replication)
    for part in blocks(len(agents)):
        agents["cell"][part] = cell_codes(agents[part])
        agents["present"][part] = 1
    seat = np.full(len(agents), len(agents), np.int32)
    seat[is_adult(agents)] = homes.seat_of[order]
    population = Population(
        name=name,
        scale=float(scale),
        seed=int(seed),
        replication=int(replication),
        agents=agents,
        sites=sites,
        areas=district.areas,
        households=_list_members(agents, seat, len(homes.persons)),
        household_persons=homes.persons[by_site],
        household_collective=homes.collective[by_site],
        enterprises=enterprises.detail,
        schools=schools,
        agencies=agencies,
    )
    for array in (agents, sites, schools, agencies, enterprises.detail, *population.households):
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


def _refuse_too_many(targets: Targets) -> None:
    """Raise InputError for more sites or agents than their numbers hold, before anything is made."""
    places = (targets.villages, targets.communities, targets.schools, targets.agencies, targets.markets)
    found = (
        ("sites", sum(int(each.sum()) for each in places), np.iinfo(AGENT["site"]).max),
        ("agents", int(targets.agents.sum()), MOST_ROWS),
        ("agents of one kind", int(targets.agents.max()), SLOTS_PER_KIND),
    )
    faults = [
        Fault(f"got {number:,} {what}, expected at most {most:,}; choose a smaller scale", key="scale")
        for what, number, most in found
        if number > most
    ]
    if faults:
        raise InputError(faults)


def _join(*parts: np.ndarray) -> np.ndarray:
    """Return rows of PERSON_ROW one part after the other, as rows of AGENT."""
    agents = np.zeros(sum(len(part) for part in parts), dtype=AGENT)
    first = 0
    for part in parts:
        for block in blocks(len(part)):
            into = agents[first + block.start : first + block.stop]
            for name in PERSON_ROW.names:
                into[name] = part[name][block]
        first += len(part)
    return agents


def _organisation_rows(kind: int, site: np.ndarray, sites: np.ndarray) -> np.ndarray:
    """Return rows of organisations of a kind: no sex, no household, at home at their site."""
    rows = np.zeros(len(site), dtype=PERSON_ROW)
    rows["slot"] = make_slots(kind, len(rows))
    rows["kind"] = kind
    rows["site"] = rows["home"] = site
    rows["area"] = sites["area"][site]
    rows["sex"] = NO_SEX
    for field in ("household", "employer", "representative"):
        rows[field] = NOBODY
    return rows


def _enterprise_rows(district: District, enterprises: Enterprises, sites: np.ndarray) -> np.ndarray:
    """Return the enterprises with their traits, at the markets of their areas."""
    markets = np.flatnonzero(sites["kind"] == MARKET)
    first = np.searchsorted(sites["area"][markets], np.arange(len(district.areas)))
    rows = _organisation_rows(ENTERPRISE, markets[first[enterprises.area] + enterprises.market], sites)
    rows["traits"] = enterprises.traits
    return rows


def _institution_rows(schools: np.ndarray, sites: np.ndarray) -> np.ndarray:
    """Return kindergartens, schools and tutoring institutions, with the trait of their type."""
    rows = _organisation_rows(INSTITUTION, schools["site"], sites)
    private = schools["ownership"] == OWNERSHIPS.index("private")
    owned = np.where(private, TRAIT_BIT["private_school"], TRAIT_BIT["public_school"])
    tutoring = schools["stage"] == STAGES.index("tutoring")
    rows["traits"] = np.where(tutoring, TRAIT_BIT["tutoring"], owned)
    return rows


def _agency_rows(agencies: np.ndarray, sites: np.ndarray) -> np.ndarray:
    """Return the public bodies."""
    return _organisation_rows(AGENCY, agencies["site"], sites)


def _post_staff(
    rows: np.ndarray, post: np.ndarray, sites: np.ndarray, schools: np.ndarray, agencies: np.ndarray
) -> None:
    """Set where teachers and civil servants work and whose staff they are, and everyone's area, in place."""
    taught, served = (np.flatnonzero(rows["kind"] == kind) for kind in (TEACHER, CIVIL_SERVANT))
    rows["site"][taught] = schools["site"][post[taught]]
    rows["site"][served] = agencies["site"][post[served]]
    private = schools["ownership"][post[taught]] == OWNERSHIPS.index("private")
    rows["traits"][taught] |= np.where(private, TRAIT_BIT["private_staff"], TRAIT_BIT["public_staff"]).astype(
        np.uint32
    )
    for part in blocks(len(rows)):
        rows["area"][part] = sites["area"][rows["site"][part]]


def _fill_adults(
    rows: np.ndarray,
    adults: people.Adults,
    order: np.ndarray,
    kind: np.ndarray,
    household: np.ndarray,
    home: np.ndarray,
) -> None:
    """Fill identity and group of adults in place; the last four arguments are in row order."""
    counts = np.bincount(kind, minlength=len(KINDS))
    rows["slot"] = np.concatenate([make_slots(code, int(count)) for code, count in enumerate(counts)])
    rows["kind"] = kind
    rows["home"] = rows["site"] = home
    rows["household"] = household
    rows["employer"] = rows["representative"] = NOBODY
    for part in blocks(len(rows)):
        for field in ("age_band", "sex", "education", "residence", "registration", "online"):
            rows[field][part] = getattr(adults, field)[order[part]]
        of_age = rows["age_band"][part] < FIRST_BAND_OF_60
        urban = rows["residence"][part] == URBAN
        rows["traits"][part] = (
            of_age * TRAIT_BIT["aged_18_60"]
            + urban * TRAIT_BIT["urban_household"]
            + ~urban * TRAIT_BIT["rural"]
        )


def _list_members(agents: np.ndarray, seat: np.ndarray, households: int) -> Households:
    """Return the rows of each household's members, in order of their seats."""
    rows = np.flatnonzero(agents["household"] != NOBODY).astype(np.int32)
    household = agents["household"][rows]
    members = rows[ascending(seat[rows], household)]
    sizes = np.bincount(household, minlength=households)
    return Households(np.append(0, np.cumsum(sizes)), members)
