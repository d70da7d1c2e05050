"""What is known of a district: tables of counts and shares, each number with its passport.

A district is a folder of CSV files under ``data/districts``, read by `creditsim.population.tables`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.core.shipped import data_path
from creditsim.population.agents import RURAL
from creditsim.population.tables import Tables
from creditsim.spec.vocabulary import AGE_BANDS, EDUCATION

SEXES = ("m", "f")
RESIDENCES = ("rural", "urban")
EDUCATION_AGES = ("18-34", "35-54", "55-64", "65+")
EDUCATION_AGE_OF_BAND = np.array([0, 0, 1, 1, 2, 2, 3, 3])
REGISTRATION_AGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
REGISTRATION_AGE_OF_BAND = np.array([0, 1, 2, 3, 4, 4, 5, 5])
HOUSEHOLD_SIZES = ("1", "2", "3", "4", "5", "6+")
MOST_CHILDREN = 3
SIZES = ("micro", "small", "medium", "large", "sole_trader")
STAGES = ("kindergarten", "primary", "junior", "senior_general", "vocational", "tutoring")
OWNERSHIPS = ("public", "private")
SECONDARY = (2, 3, 4)
"""Stages whose pupils are agents: those with a file in the plan (indices in STAGES)."""

BODY_KINDS = ("department", "town", "sub_district")
"""Kinds of public bodies: departments of the zone, governments of towns, offices of sub-districts."""

MINOR_AGES = ("0-14", "15-19")
"""Age groups whose sexes and residences stand in for pupils of the junior and of the later stages."""

ONLINE_PERIOD = "2020-03"
"""The survey nearest to the start of runs; the one of 2020-12 is kept for comparison."""

_ONLINE_GROUPS = ("primary_or_less", "primary_or_less", "junior", "senior", "college_plus", "college_plus")


@dataclass(frozen=True)
class District:
    """The marginals of one district at full size.

    Index order follows the vocabulary; ``residence`` is rural, urban and ``sex`` m, f.

    Attributes
    ----------
    areas : tuple of (zh, en, kind)
    adults : ndarray, shape (age, sex, residence), persons
    villagers : float, adults of villages
    education_by_sex, education_by_residence : ndarray, shape (education, 2), persons
    education_by_age : ndarray, shape (education, 4), share of the age group
    outside_by_age : ndarray, shape (6,), share registered outside the zone
    outside_rural : float, the same share of rural adults
    elsewhere_of_outside : float, share of these who are registered outside the city
    online : ndarray, shape (age, residence), share
    online_by_education : ndarray, shape (education,), share, all ages (odds ratios only)
    residents, villages, communities : ndarray, shape (areas,)
    town : ndarray of bool, shape (areas,)
    minors : ndarray, shape (2, sex, residence), persons by MINOR_AGES
    pupils : ndarray, shape (stage,), of all stages; of tutoring institutions 0
    bodies : tuple of (zh, en, kind), departments first
    body_kind, body_area : ndarray of int, shape (bodies,), indices in BODY_KINDS and areas
    body_staff : ndarray, shape (bodies,), persons
    school_budget : ndarray, shape (stage,), yuan a year and pupil
    """

    name: str
    zh: str
    en: str
    areas: tuple[tuple[str, str, str], ...]
    adults: np.ndarray
    villagers: float
    education_by_sex: np.ndarray
    education_by_residence: np.ndarray
    education_by_age: np.ndarray
    outside_by_age: np.ndarray
    outside_rural: float
    elsewhere_of_outside: float
    online: np.ndarray
    online_by_education: np.ndarray
    area_residents: np.ndarray
    villages: np.ndarray
    communities: np.ndarray
    town: np.ndarray
    residents: np.ndarray
    family_persons: float
    rural_family_share: float
    households: np.ndarray
    household_sizes: np.ndarray
    children_in_household: np.ndarray
    with_elders: np.ndarray
    elder_counts: np.ndarray
    elder_alone: np.ndarray
    elder_couple: float
    sectors: tuple[tuple[str, str, str, str], ...]
    firms_by_sector: np.ndarray
    traders_by_sector: np.ndarray
    firms_by_size: np.ndarray
    active_by_size: np.ndarray
    employees_by_size: np.ndarray
    employees_by_sector: np.ndarray
    trader_workers_by_sector: np.ndarray
    turnover_by_size: np.ndarray
    turnover_log_sd: float
    teachers: np.ndarray
    schools: np.ndarray
    income_mu: np.ndarray
    income_log_sd: np.ndarray
    app_registered: float
    app_active: float
    aware: float
    parent_nearby: float
    trusted_neighbour: float
    money_weight_log_sd: float
    workers_log_sd: float
    food_firms: float
    worker_bands: np.ndarray
    representative_bands: np.ndarray
    teacher_bands: np.ndarray
    civil_servant_bands: np.ndarray
    parent_bands: np.ndarray
    minors: np.ndarray
    pupils: np.ndarray
    pupils_online: np.ndarray
    pocket_money: float
    pocket_money_log_sd: float
    school_budget: np.ndarray
    tutoring_turnover: float
    tutoring_turnover_log_sd: float
    bodies: tuple[tuple[str, str, str], ...]
    body_kind: np.ndarray
    body_area: np.ndarray
    body_staff: np.ndarray
    agency_budget: float


def area_key(english: str) -> str:
    """Return the code by which outcomes name an area, e.g. ``huangguan``."""
    return english.lower().replace(" ", "_")


def district_names() -> tuple[str, ...]:
    """Return the names of the shipped districts."""
    return tuple(
        sorted(path.name for path in data_path("districts").iterdir() if (path / "names.csv").is_file())
    )


@functools.cache
def read_district(name: str) -> District:
    """Read the marginals of a district.

    Raises
    ------
    InputError
        If there is no such district, or a row is missing, doubled or no number.
    """
    if name not in district_names():
        raise InputError(Fault(unknown(name, district_names(), "district"), key="population"))
    tables = Tables(data_path("districts", name))
    return District(
        name=name,
        **_people(tables),
        **_places(tables, name),
        **_households(tables),
        **_economy(tables),
        **_pupils(tables),
        **_bodies(tables),
    )


def _people(tables: Tables) -> dict:
    """Return the marginals of adults."""
    outside_all = tables.cell("migrants", "hukou_outside_zone_share", "outside_zone", "all", "all")
    outside_city = tables.cell("migrants", "from_outside_weihai_share", "outside_city", "all", "all")
    return {
        "adults": np.array(
            [
                [
                    tables.over("age_sex", "adults_18plus", band, sex, "*", residence=RESIDENCES)
                    for sex in SEXES
                ]
                for band in AGE_BANDS
            ]
        ),
        "villagers": tables.cell("age_sex", "adults_total", "18+", "all", "villages"),
        "education_by_sex": np.array(
            [tables.over("education", "adults_18plus", level, "*", "18+", sex=SEXES) for level in EDUCATION]
        ),
        "education_by_residence": np.array(
            [
                tables.over("education", "adults_by_residence", level, "all", "*", residence=RESIDENCES)
                for level in EDUCATION
            ]
        ),
        "education_by_age": np.array(
            [
                tables.over("education", "adults_level_by_age", level, "all", "*", age=EDUCATION_AGES)
                for level in EDUCATION
            ]
        ),
        "outside_by_age": tables.over(
            "migrants", "hukou_outside_zone_share_by_age", "outside_zone", "*", "all", age=REGISTRATION_AGES
        ),
        "outside_rural": tables.cell(
            "migrants", "hukou_outside_zone_share_by_residence", "outside_zone", "all", "rural"
        ),
        "elsewhere_of_outside": outside_city / outside_all,
        "online": np.array(
            [
                tables.over(
                    "digital_access",
                    f"zone_adult_internet_share_{residence}",
                    "age",
                    "*",
                    ONLINE_PERIOD,
                    age=AGE_BANDS,
                )
                for residence in RESIDENCES
            ]
        ).T,
        "online_by_education": tables.over(
            "digital_access",
            "penetration_by_education",
            "education",
            "*",
            ONLINE_PERIOD,
            group=_ONLINE_GROUPS,
        ),
        "income_mu": tables.over("income", "lognormal_mu", "*", "mu", residence=RESIDENCES),
        "income_log_sd": tables.over("income", "lognormal_sigma", "*", "sigma", residence=RESIDENCES),
        "app_registered": tables.cell("civic", "credit_app_registered_before", "all", "zone adults"),
        "app_active": tables.cell("civic", "credit_app_active_before", "all", "of registered"),
        "aware": tables.cell("civic", "aware_of_local_scheme", "all", "adults in pilot places"),
        "parent_nearby": tables.cell("assumptions", "parent_nearby", "lives_with_child", "people 60+")
        + tables.cell("assumptions", "parent_nearby", "child_in_neighbourhood", "people 60+"),
        "trusted_neighbour": tables.cell("assumptions", "trusted_neighbour", "adults", "all"),
        "money_weight_log_sd": tables.cell("assumptions", "money_weight", "log_sd", "all"),
    }


def _places(tables: Tables, name: str) -> dict:
    """Return areas, their people, and their villages, communities and schools."""
    kinds = {key[1]: key[2] for key in tables.cells["areas"] if key[0] == "area_population"}
    codes = tables.areas()
    zh, en, _ = tables.names["district", name]
    by_area = {
        table: np.array([tables.cell("areas", table, code, kinds[code]) for code in codes])
        for table in ("area_population", "villages", "communities")
    }
    return {
        "zh": zh,
        "en": en,
        "areas": tuple((*tables.names["area", code][:2], kinds[code]) for code in codes),
        "area_residents": by_area["area_population"],
        "villages": by_area["villages"],
        "communities": by_area["communities"],
        "town": np.array([kinds[code] == "town" for code in codes]),
        "teachers": np.array(
            [
                tables.cell("schools", "teachers", stage, "private" if stage == "tutoring" else "all")
                for stage in STAGES
            ]
        ),
        "schools": np.array(
            [
                [tables.cell_or_zero("schools", "institutions", stage, own) for own in OWNERSHIPS]
                for stage in STAGES
            ]
        ),
        "teacher_bands": tables.age_bands("teacher_age"),
    }


def _households(tables: Tables) -> dict:
    """Return the marginals of family households, by residence where they are known so."""
    households = tables.over("households", "households_by_residence", "all", "*", residence=RESIDENCES)
    family = tables.cell("households", "census_households", "persons_in_family_households", "all")
    residents = np.array(
        [tables.cell("areas", f"zone_{residence}_population", "zone", "zone") for residence in RESIDENCES]
    )
    sizes = np.array(
        [
            tables.over("households", "size_distribution", "*", residence, size=HOUSEHOLD_SIZES)
            for residence in RESIDENCES
        ]
    )
    seeds = np.zeros((len(HOUSEHOLD_SIZES), MOST_CHILDREN + 1))
    seeds[0, 0] = 1.0
    for row, size in enumerate(HOUSEHOLD_SIZES[1:], start=1):
        for children in range(min(row, MOST_CHILDREN) + 1):
            seeds[row, children] = tables.cell("assumptions", "children_in_household", size, str(children))
    return {
        "residents": residents,
        "family_persons": family,
        # The table's own derivation: rural persons x .985 live in family households.
        "rural_family_share": tables.cell(
            "assumptions", "family_household_share", "persons", RESIDENCES[RURAL]
        ),
        "households": households,
        "household_sizes": sizes,
        "children_in_household": seeds,
        "with_elders": tables.over(
            "households", "share_with_65plus", "with_65plus", "*", residence=RESIDENCES
        ),
        "elder_counts": np.array(
            [
                tables.cell("households", "census_households", f"with_{word}_65plus", "all")
                for word in ("one", "two", "three")
            ]
        ),
        "elder_alone": tables.over(
            "households", "elderly_living_alone", "one_65plus_alone", "*", residence=RESIDENCES
        ),
        "elder_couple": tables.cell("households", "elderly_couple_only", "couple_65plus_only", "all"),
    }


def _economy(tables: Tables) -> dict:
    """Return the marginals of firms, sole traders and their workers."""
    sectors = tables.codes("sector")

    def by_sector(table: str, kind: str) -> np.ndarray:
        return np.array([tables.cell_or_zero("enterprises", table, code, kind) for code in sectors])

    def by_size(table: str, trader: float) -> np.ndarray:
        firms = tables.over("enterprises", table, "all", "*", size=SIZES[:-1])
        return np.append(firms, trader)

    trader_active = tables.cell("enterprises", "active_share", "all", "sole_trader")
    trader_turnover = tables.cell("enterprises", "turnover_median", "all", "sole_trader")
    return {
        "sectors": tuple((code, *tables.names["sector", code]) for code in sectors),
        "firms_by_sector": by_sector("firms_by_sector", "firm"),
        "traders_by_sector": by_sector("sole_traders_by_sector", "sole_trader"),
        "firms_by_size": tables.over("enterprises", "firms_by_size", "all", "*", size=SIZES[:-1]),
        "active_by_size": by_size("active_share_by_size", trader_active),
        "employees_by_size": tables.over("enterprises", "employees_mean", "all", "*", size=SIZES[:-1]),
        "employees_by_sector": by_sector("firm_employees_resident", "firm"),
        "trader_workers_by_sector": by_sector("sole_trader_workers", "sole_trader"),
        "turnover_by_size": by_size("turnover_median", trader_turnover),
        "turnover_log_sd": tables.cell("enterprises", "turnover_log_sd", "all", "all"),
        "workers_log_sd": tables.cell("assumptions", "workers_of_enterprise", "log_sd", "all"),
        "food_firms": tables.cell("assumptions", "food_firms", "share", "firm"),
        "worker_bands": tables.age_bands("worker_age"),
        "representative_bands": tables.age_bands("representative_age"),
    }


def _pupils(tables: Tables) -> dict:
    """Return pupils by stage, the minors they are like, and what pupils and schools can spend."""
    with_pupils = STAGES[: STAGES.index("tutoring")]
    return {
        "minors": np.array(
            [
                [
                    tables.over("age_sex", "population_by_residence", age, sex, "*", residence=RESIDENCES)
                    for sex in SEXES
                ]
                for age in MINOR_AGES
            ]
        ),
        "pupils": np.append(tables.over("schools", "pupils", "*", "all", stage=with_pupils), 0.0),
        "pupils_online": tables.over("assumptions", "pupils_online", "share", "*", residence=RESIDENCES),
        "pocket_money": tables.cell("assumptions", "pocket_money", "median", "pupil"),
        "pocket_money_log_sd": tables.cell("assumptions", "pocket_money", "log_sd", "pupil"),
        "school_budget": np.append(
            tables.over("assumptions", "school_budget", "*", "pupil", stage=with_pupils), 0.0
        ),
        "tutoring_turnover": tables.cell("assumptions", "tutoring_turnover", "median", "institution"),
        "tutoring_turnover_log_sd": tables.cell("assumptions", "tutoring_turnover", "log_sd", "institution"),
        "parent_bands": tables.age_bands("pupil_parent_age"),
    }


def _bodies(tables: Tables) -> dict:
    """Return the public bodies: where they stand and their staff."""
    kinds = {key[1]: key[2] for key in tables.cells["agencies"] if key[0] == "staff"}
    areas = tables.areas()
    seats = [tables.cell_or_zero("assumptions", "agency_seat", code, "department") for code in areas]
    seat = areas[int(np.argmax(seats))]
    bodies: list[tuple[tuple[str, str, str], int, float]] = []
    for code in tables.codes("agency"):
        zh, en, _ = tables.names["agency", code]
        kind = kinds[code]
        # One row may stand for several bodies of no name of their own.
        number = int(tables.cell_or_zero("agencies", "count", code, kind)) or 1
        staff = tables.cell("agencies", "staff", code, kind) / number
        area = areas.index(seat if kind == "department" else code)
        for each in range(1, number + 1):
            of_several = f" {each}" if number > 1 else ""
            bodies.append(((zh + of_several, en + of_several, kind), area, staff))
    bodies.sort(key=lambda body: BODY_KINDS.index(body[0][2]))
    return {
        "bodies": tuple(named for named, _, _ in bodies),
        "body_kind": np.array([BODY_KINDS.index(named[2]) for named, _, _ in bodies]),
        "body_area": np.array([area for _, area, _ in bodies]),
        "body_staff": np.array([staff for _, _, staff in bodies]),
        "agency_budget": tables.cell("assumptions", "agency_budget", "staff", "agency"),
        "civil_servant_bands": tables.age_bands("civil_servant_age"),
    }
