"""What is known of a district: tables of counts and shares, each number with its passport.

A district is a folder of CSV files under ``data/districts``; the columns before ``value``
name the cell, those after it are the passport. There is no other way in: nothing here
reads a list of persons or firms.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.core.shipped import data_path
from creditsim.population.agents import RURAL
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


class _Tables:
    """The cells of a district's CSV files: ``cell(file, table, *dimensions) -> float``."""

    def __init__(self, folder: Path):
        self.shown = f"data/districts/{folder.name}"
        self.cells: dict[str, dict[tuple[str, ...], float]] = {}
        self.names: dict[tuple[str, str], tuple[str, str, str]] = {}
        faults: list[Fault] = []
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as lines:
                if path.stem == "names":
                    for row in csv.DictReader(lines):
                        self.names[row["table"], row["code"]] = (row["zh"], row["en"], row["trait"])
                else:
                    self.cells[path.stem] = self._read(path, lines, faults)
        if faults:
            raise InputError(faults)

    def _read(self, path: Path, lines, faults: list[Fault]) -> dict[tuple[str, ...], float]:
        """Return the cells of one file; add what is wrong with it to `faults`."""
        reader = csv.DictReader(lines)
        dimensions = (reader.fieldnames or ["value"])[: (reader.fieldnames or ["value"]).index("value")]
        cells: dict[tuple[str, ...], float] = {}
        for row in reader:
            key = tuple(row[name] for name in dimensions)
            try:
                value = float(row["value"])
            except ValueError:
                faults.append(
                    self._fault(path.stem, f"got {row['value']!r}, expected a number", reader.line_num)
                )
                continue
            if key in cells:
                faults.append(self._fault(path.stem, f"got {' / '.join(key)} twice", reader.line_num))
            if value < 0:
                faults.append(self._fault(path.stem, f"got {value}, expected 0 or more", reader.line_num))
            cells[key] = value
        return cells

    def _fault(self, file: str, message: str, line: int | None = None) -> Fault:
        """Return a fault of one of the files."""
        return Fault(message, f"{self.shown}/{file}.csv", line)

    def cell(self, file: str, *key: str) -> float:
        """Return one value."""
        try:
            return self.cells[file][key]
        except KeyError:
            raise InputError(self._fault(file, f"no row {' / '.join(key)}")) from None

    def cell_or_zero(self, file: str, *key: str) -> float:
        """Return one value, or zero where the table has no such row."""
        return self.cells.get(file, {}).get(key, 0.0)

    def over(self, file: str, *key: str, **dimension: tuple[str, ...]) -> np.ndarray:
        """Return the values for each word of the one dimension marked ``*`` in the key."""
        (words,) = dimension.values()
        return np.array([self.cell(file, *(word if part == "*" else part for part in key)) for word in words])

    def codes(self, table: str) -> tuple[str, ...]:
        """Return the codes that ``names.csv`` lists for a table, in its order."""
        return tuple(code for listed, code in self.names if listed == table)


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
    tables = _Tables(data_path("districts", name))
    people = _people(tables)
    return District(name=name, **people, **_places(tables, name), **_households(tables), **_economy(tables))


def _people(tables: _Tables) -> dict:
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


def _places(tables: _Tables, name: str) -> dict:
    """Return areas, their people, and their villages, communities and schools."""
    kinds = {key[1]: key[2] for key in tables.cells["areas"] if key[0] == "area_population"}
    codes = tuple(code for code in tables.codes("area") if code in kinds)
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
        "teacher_bands": _bands(tables, "teacher_age"),
    }


def _households(tables: _Tables) -> dict:
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


def _economy(tables: _Tables) -> dict:
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
        "worker_bands": _bands(tables, "worker_age"),
        "representative_bands": _bands(tables, "representative_age"),
    }


def _bands(tables: _Tables, table: str) -> np.ndarray:
    """Return for each age band whether it lies within an assumed span of ages."""
    first = tables.cell("assumptions", table, "first", "all")
    last = tables.cell("assumptions", table, "last", "all")
    spans = [band.rstrip("+").split("-") for band in AGE_BANDS]
    return np.array([int(span[0]) >= first and len(span) == 2 and int(span[1]) <= last for span in spans])
