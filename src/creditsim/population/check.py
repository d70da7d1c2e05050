"""Hold a population against its marginals, counting afresh from the agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditsim.population.agents import (
    AGENCY,
    CIVIL_SERVANT,
    COMMUNITY,
    FIRST_BAND_OF_65,
    INSTITUTION,
    MARKET,
    OFFICE,
    RESIDENT,
    SCHOOL,
    STUDENT,
    TEACHER,
    VILLAGE,
    VILLAGER,
    has_trait,
    is_adult,
    is_minor,
    rows_of_kind,
)
from creditsim.population.marginals import (
    BODY_KINDS,
    EDUCATION_AGE_OF_BAND,
    EDUCATION_AGES,
    HOUSEHOLD_SIZES,
    OWNERSHIPS,
    REGISTRATION_AGE_OF_BAND,
    REGISTRATION_AGES,
    RESIDENCES,
    SECONDARY,
    SEXES,
    SIZES,
    STAGES,
    District,
    read_district,
)
from creditsim.population.targets import Targets, make_targets
from creditsim.spec.vocabulary import (
    ACTIVE,
    AGE_BANDS,
    AWARE,
    EDUCATION,
    REGISTERED,
    REGISTRATION,
)

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.population.synthesis import Population

_TRADER = SIZES.index("sole_trader")


class _Comparison:
    """Rows of target against actual, gathered table by table."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, float, float]] = []

    def add(self, marginal: str, labels: tuple, target: np.ndarray, actual: np.ndarray) -> None:
        """Add a table; `labels` has one tuple of words for each axis."""
        for index in np.ndindex(np.shape(target)):
            words = " / ".join(names[position] for names, position in zip(labels, index, strict=True))
            self.rows.append((marginal, words, float(target[index]), float(actual[index])))

    def add_one(self, marginal: str, category: str, target: float, actual: float) -> None:
        """Add one number."""
        self.rows.append((marginal, category, float(target), float(actual)))


def check_population(population: Population) -> pd.DataFrame:
    """Return every marginal with its target, what was found, and the difference."""
    import pandas as pd

    district = read_district(population.name)
    targets = make_targets(district, population.scale)
    table = _Comparison()
    _check_people(table, population, targets)
    _check_places(table, population, targets)
    _check_institutions(table, population, district, targets)
    _check_pupils(table, population, targets)
    _check_households(table, population, targets)
    _check_enterprises(table, population, district, targets)
    _check_awareness(table, population, district)
    frame = pd.DataFrame(table.rows, columns=["marginal", "category", "target", "actual"])
    return frame.assign(difference=frame["actual"] - frame["target"])


def _crossed(shape: tuple[int, ...], *codes: np.ndarray) -> np.ndarray:
    """Return the counts of combinations of codes."""
    index = np.ravel_multi_index(tuple(code.astype(np.int64) for code in codes), shape)
    return np.bincount(index, minlength=int(np.prod(shape))).reshape(shape)


def _check_people(table: _Comparison, population: Population, targets: Targets) -> None:
    """Check age, sex, residence, schooling, registration and online access."""
    people = population.agents[is_adult(population.agents)]
    age, sex, residence = people["age_band"], people["sex"], people["residence"]
    education = people["education"]
    table.add(
        "adults by age, sex, residence",
        (AGE_BANDS, SEXES, RESIDENCES),
        targets.adults,
        _crossed((len(AGE_BANDS), 2, 2), age, sex, residence),
    )
    by_education = (len(EDUCATION), 2)
    table.add(
        "adults by education and sex (raked to the sexes of the age table)",
        (EDUCATION, SEXES),
        targets.education_by_sex,
        _crossed(by_education, education, sex),
    )
    table.add(
        "adults by education and residence",
        (EDUCATION, RESIDENCES),
        targets.education_by_residence,
        _crossed(by_education, education, residence),
    )
    table.add(
        "adults by education and age",
        (EDUCATION, EDUCATION_AGES),
        targets.education_by_age,
        _crossed((len(EDUCATION), len(EDUCATION_AGES)), education, EDUCATION_AGE_OF_BAND[age]),
    )
    registration = people["registration"]
    outside = float(targets.outside_by_age.sum())
    table.add(
        "adults by registration",
        (REGISTRATION,),
        np.array([float(targets.adults.sum()) - outside, outside - targets.elsewhere, targets.elsewhere]),
        np.bincount(registration, minlength=len(REGISTRATION)),
    )
    away = registration > 0
    table.add(
        "registered outside the zone, by age",
        (REGISTRATION_AGES,),
        targets.outside_by_age,
        np.bincount(REGISTRATION_AGE_OF_BAND[age[away]], minlength=len(REGISTRATION_AGES)),
    )
    table.add(
        "registered outside the zone, by residence (rural share held, urban holds the total)",
        (RESIDENCES,),
        targets.outside_by_residence,
        np.bincount(residence[away], minlength=2),
    )
    online = people["online"] == 1
    table.add(
        "online, by age and residence",
        (AGE_BANDS, RESIDENCES),
        targets.online,
        _crossed((len(AGE_BANDS), 2), age[online], residence[online]),
    )


def _check_places(table: _Comparison, population: Population, targets: Targets) -> None:
    """Check kinds, areas and the numbers of sites."""
    agents, sites = population.agents, population.sites
    areas = tuple(en for _, en, _ in population.areas)
    people = agents[is_adult(agents)]
    kinds = np.bincount(agents["kind"], minlength=AGENCY + 1)
    table.add(
        "adults by kind",
        (("teacher", "villager", "resident", "civil servant"),),
        targets.kinds,
        kinds[[TEACHER, VILLAGER, RESIDENT, CIVIL_SERVANT]],
    )
    home_area = sites["area"][people["home"]]
    table.add(
        "adults by area of the home",
        (areas,),
        targets.area_adults,
        np.bincount(home_area, minlength=len(areas)),
    )
    table.add(
        "villagers by area",
        (areas,),
        targets.area_villagers,
        np.bincount(agents["area"][agents["kind"] == VILLAGER], minlength=len(areas)),
    )
    for name, kind, wanted in (
        ("villages", VILLAGE, targets.villages),
        ("communities", COMMUNITY, targets.communities),
        ("markets", MARKET, targets.markets),
    ):
        found = np.bincount(sites["area"][sites["kind"] == kind], minlength=len(areas))
        table.add(f"{name} by area (at least one)", (areas,), wanted, found)


def _check_institutions(
    table: _Comparison, population: Population, district: District, targets: Targets
) -> None:
    """Check schools and agencies, as agents and as sites, and their staff."""
    agents, sites, schools, agencies = (
        population.agents, population.sites, population.schools, population.agencies
    )  # fmt: skip
    table.add(
        "schools by stage and ownership (at least one)",
        (STAGES, OWNERSHIPS),
        targets.schools,
        _crossed((len(STAGES), len(OWNERSHIPS)), schools["stage"], schools["ownership"]),
    )
    found = agents[rows_of_kind(agents, INSTITUTION)]
    table.add(
        "schools by type",
        (("public", "private", "tutoring"),),
        np.append(targets.schools[:-1].sum(axis=0), targets.schools[-1].sum()),
        np.array([has_trait(found, name).sum() for name in ("public_school", "private_school", "tutoring")]),
    )
    table.add_one("schools", "sites", len(schools), (sites["kind"] == SCHOOL).sum())
    table.add_one("schools", "agents", len(schools), len(found))
    table.add_one(
        "tutoring institutions with a representative",
        "all",
        targets.schools[-1].sum(),
        (found["representative"] >= 0).sum(),
    )
    stage_of_site = np.zeros(len(sites), dtype=np.int64)
    stage_of_site[schools["site"]] = schools["stage"]
    stage = stage_of_site[agents["site"][agents["kind"] == TEACHER]]
    table.add("teachers by stage", (STAGES,), targets.teachers, np.bincount(stage, minlength=len(STAGES)))

    table.add(
        "agencies by kind of body (at least one)",
        (BODY_KINDS,),
        targets.agencies,
        np.bincount(agencies["kind"], minlength=len(BODY_KINDS)),
    )
    table.add_one("agencies", "sites", len(agencies), (sites["kind"] == OFFICE).sum())
    bodies = rows_of_kind(agents, AGENCY)
    table.add_one("agencies", "agents", len(agencies), bodies.stop - bodies.start)
    employer = agents["employer"][rows_of_kind(agents, CIVIL_SERVANT)]
    staff = np.bincount(employer - bodies.start, minlength=len(agencies))
    by_kind = np.bincount(agencies["kind"], weights=staff, minlength=len(BODY_KINDS))
    table.add("civil servants by kind of body", (BODY_KINDS,), targets.civil_servants, by_kind)
    # Agencies of a kind share the staff that the kind has here: at a small scale one stands for many.
    weight = district.body_staff[agencies["body"]]
    of_kind = np.bincount(agencies["kind"], weights=weight, minlength=len(BODY_KINDS))
    names = tuple(f"{number}: {district.bodies[body][1]}" for number, body in enumerate(agencies["body"], 1))
    wanted = by_kind[agencies["kind"]] * weight / of_kind[agencies["kind"]]
    table.add("civil servants by agency", (names,), wanted, staff)


def _check_pupils(table: _Comparison, population: Population, targets: Targets) -> None:
    """Check pupils by stage, by sex and residence, online, and their homes."""
    agents, schools = population.agents, population.schools
    pupils = agents[rows_of_kind(agents, STUDENT)]
    first = rows_of_kind(agents, INSTITUTION).start
    stage = schools["stage"][pupils["employer"] - first]
    names = tuple(STAGES[code] for code in SECONDARY)
    found = np.bincount(stage, minlength=len(STAGES))[list(SECONDARY)]
    table.add("pupils by stage", (names,), targets.pupils.sum(axis=(1, 2)), found)
    table.add(
        "pupils by sex and residence",
        (SEXES, RESIDENCES),
        targets.pupils.sum(axis=0),
        _crossed((2, 2), pupils["sex"], pupils["residence"]),
    )
    online = np.bincount(pupils["residence"][pupils["online"] == 1], minlength=2)
    table.add("pupils online by residence", (RESIDENCES,), targets.pupils_online, online)
    members = np.diff(population.households.indptr)
    crowded = (members > population.household_persons).sum()
    table.add_one("households with more members than persons", "all", 0, crowded)


def _check_households(table: _Comparison, population: Population, targets: Targets) -> None:
    """Check family households: sizes, persons, and homes of people of 65 and over."""
    agents = population.agents
    indptr, members = population.households
    family = ~population.household_collective
    residence = agents["residence"][members[indptr[:-1]]][family]
    persons = population.household_persons[family].astype(np.int64)
    pupil = np.append(0, np.cumsum(is_minor(agents[members])))
    adults = (np.diff(indptr) - (pupil[indptr[1:]] - pupil[indptr[:-1]]))[family]
    table.add(
        "family households by residence and persons",
        (RESIDENCES, HOUSEHOLD_SIZES),
        targets.households,
        _crossed((2, len(HOUSEHOLD_SIZES)), residence, np.minimum(persons, len(HOUSEHOLD_SIZES)) - 1),
    )
    table.add(
        "persons of all ages in family households (so their mean size)",
        (RESIDENCES,),
        targets.family_persons,
        np.bincount(residence, weights=persons, minlength=2),
    )
    collective = members[indptr[:-1]][~family]
    table.add(
        "adults outside family households",
        (RESIDENCES,),
        targets.collective,
        np.bincount(agents["residence"][collective], minlength=2),
    )
    old = is_adult(agents) & (agents["age_band"] >= FIRST_BAND_OF_65)
    elder = np.append(0, np.cumsum(old[members]))
    elders = (elder[indptr[1:]] - elder[indptr[:-1]])[family]
    table.add(
        "family households with people of 65 and over (rural and urban shares scaled to the census total)",
        (RESIDENCES,),
        targets.with_elders,
        np.bincount(residence[elders > 0], minlength=2),
    )
    table.add(
        "family households by number of people of 65 and over",
        (("one", "two", "three"),),
        targets.elder_counts,
        np.bincount(elders, minlength=4)[1:4],
    )
    alone = (elders == 1) & (persons == 1)
    table.add(
        "people of 65 and over living alone",
        (RESIDENCES,),
        targets.elder_alone,
        np.bincount(residence[alone], minlength=2),
    )
    couple = (elders == 2) & (persons == 2) & (adults == 2)
    table.add(
        "couples of 65 and over living by themselves",
        (RESIDENCES,),
        targets.elder_couple,
        np.bincount(residence[couple], minlength=2),
    )


def _check_enterprises(
    table: _Comparison, population: Population, district: District, targets: Targets
) -> None:
    """Check enterprises by sector, size and activity, and their workers."""
    detail = population.enterprises
    agents = population.agents[: len(detail)]
    sectors = tuple(code for code, *_ in district.sectors)
    trader = has_trait(agents, "sole_trader")
    active = has_trait(agents, "active")
    for name, wanted, mask in (
        ("firms", targets.firms_by_sector, ~trader),
        ("sole traders", targets.traders_by_sector, trader),
    ):
        found = np.bincount(detail["sector"][mask], minlength=len(sectors))
        table.add(f"{name} by sector", (sectors,), wanted, found)
    size = detail["size"]
    table.add(
        "enterprises by size",
        (SIZES,),
        targets.enterprises_by_size,
        np.bincount(size, minlength=len(SIZES)),
    )
    found = np.bincount(size[active], minlength=len(SIZES))
    table.add("active enterprises by size", (SIZES,), targets.active_by_size, found)
    # Workers follow the active enterprises that there are: at a small scale perhaps no large firm.
    workers = np.bincount(size, weights=detail["workers"], minlength=len(SIZES))
    table.add(
        "workers of active firms by size (mean of the size times the firms)",
        (SIZES[:_TRADER],),
        district.employees_by_size * found[:_TRADER],
        workers[:_TRADER],
    )
    held = np.bincount(agents["representative"] >= 0, minlength=2)
    table.add_one("enterprises with a representative", "all", len(detail), held[1])
    employer = population.agents["employer"]
    employed = ((employer >= 0) & (employer < len(detail))).sum()
    table.add_one("people who work at an enterprise of the zone", "all", detail["workers"].sum(), employed)
    table.add_one("food firms", "firm", targets.food_firms, has_trait(agents, "food").sum())


def _check_awareness(table: _Comparison, population: Population, district: District) -> None:
    """Check who knew the scheme and its app before the plan."""
    people = population.agents[is_adult(population.agents)]
    registered = district.app_registered * len(people)
    for name, bit, wanted in (
        ("aware of the scheme", AWARE, district.aware * len(people)),
        ("registered in the app", REGISTERED, registered),
        ("active in the app", ACTIVE, district.app_active * registered),
    ):
        table.add_one("awareness before the plan", name, wanted, ((people["awareness"] & bit) > 0).sum())
