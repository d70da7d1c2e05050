"""Make the pupils of secondary schools: minors who sit on the places that households have beside adults.

Pupils belong to no margin of adults. Counts by stage, sex and residence are fixed first;
lots then decide which homes have them. Homes with an adult of a parent's age come first,
and everyone goes to a school of the own stage, nearest first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.core.draws import HOUSEHOLD, PERSON, paired_words, words
from creditsim.population.agents import (
    MINOR,
    NOBODY,
    PERSON_ROW,
    RURAL,
    STUDENT,
    TRAIT_BIT,
    URBAN,
    make_slots,
)
from creditsim.population.marginals import SECONDARY, STAGES, District
from creditsim.population.order import ascending
from creditsim.population.people import LOT_PUPIL_ONLINE
from creditsim.population.raking import pick, round_to_total, settle
from creditsim.population.targets import Targets
from creditsim.spec.vocabulary import EDUCATION

# Words drawn under HOUSEHOLD by (household, place): eight for each place of a child, after those of the home.
_LOT_HOME, _LOT_CELL, _LOT_SCHOOL = range(3)
_WORDS_OF_PLACE = 8


@dataclass(frozen=True)
class _Places:
    """Places for children in households: household, number in it, rank of the home, residence."""

    household: np.ndarray
    number: np.ndarray
    rank: np.ndarray
    residence: np.ndarray

    def lots(self, seed: int, replication: int, lot: int) -> np.ndarray:
        """Return one word for each place."""
        index = _WORDS_OF_PLACE * (1 + self.number) + lot
        return paired_words(seed, replication, self.household, 0, HOUSEHOLD, index)


def make_pupils(
    district: District,
    targets: Targets,
    adults: np.ndarray,
    household_persons: np.ndarray,
    sites: np.ndarray,
    schools: np.ndarray,
    seed: int,
    replication: int,
) -> np.ndarray:
    """Return the pupils as rows of PERSON_ROW, by school.

    Parameters
    ----------
    adults : ndarray of PERSON_ROW
        All adults, with their households; a home's first adult gives its pupils the registration.
    household_persons : ndarray of int
        Persons of all ages in each household.
    schools : ndarray of SCHOOL_DETAIL
    """
    counts = _count_pupils(targets)
    head = np.zeros(len(household_persons), np.int32)
    head[adults["household"][::-1]] = np.arange(len(adults), dtype=np.int32)[::-1]
    places = _find_places(district, adults, head, household_persons)
    chosen, stage, sex = _seat(places, counts, seed, replication)
    household = places.household[chosen]
    home = adults["home"][head[household]]
    lots = places.lots(seed, replication, _LOT_SCHOOL)[chosen]
    school = _send_to_school(stage, sites["area"][home], lots, sites, schools)
    order = ascending(places.number[chosen], household, school)

    rows = np.zeros(len(order), dtype=PERSON_ROW)
    rows["slot"] = make_slots(STUDENT, len(rows))
    rows["kind"] = STUDENT
    rows["age_band"] = MINOR
    rows["sex"] = sex[order]
    rows["household"] = household[order]
    rows["home"] = home[order]
    rows["residence"] = places.residence[chosen][order]
    rows["registration"] = adults["registration"][head[rows["household"]]]
    rows["site"] = schools["site"][school[order]]
    rows["area"] = sites["area"][rows["site"]]
    junior = stage[order] == STAGES.index("junior")
    rows["education"] = np.where(junior, EDUCATION.index("primary"), EDUCATION.index("junior"))
    rows["employer"] = rows["representative"] = NOBODY
    urban = rows["residence"] == URBAN
    rows["traits"] = (
        TRAIT_BIT["secondary"] + urban * TRAIT_BIT["urban_household"] + ~urban * TRAIT_BIT["rural"]
    )
    wanted = round_to_total(targets.pupils_online, int(float(targets.pupils_online.sum()) + 0.5))
    lots = words(seed, replication, rows["slot"], 0, PERSON, LOT_PUPIL_ONLINE)
    rows["online"] = pick(lots, rows["residence"].astype(np.int64), wanted)
    return rows


def _count_pupils(targets: Targets) -> np.ndarray:
    """Return whole pupils by stage, sex and residence; stages, and sexes with residences, within one."""
    wanted = targets.pupils.reshape(len(SECONDARY), -1)
    total = int(float(wanted.sum()) + 0.5)
    by_stage = round_to_total(wanted.sum(axis=1), total)
    start = np.array([round_to_total(row, int(count)) for row, count in zip(wanted, by_stage, strict=True)])
    one = np.zeros(len(SECONDARY), dtype=np.int64)
    return settle(start, [(one, wanted.sum(axis=0)[None])]).reshape(targets.pupils.shape)


def _find_places(
    district: District, adults: np.ndarray, head: np.ndarray, household_persons: np.ndarray
) -> _Places:
    """Return the places that households have beside their adults."""
    members = np.bincount(adults["household"], minlength=len(household_persons))
    parents = np.bincount(
        adults["household"], weights=district.parent_bands[adults["age_band"]], minlength=len(members)
    )
    children = household_persons - members
    household = np.repeat(np.arange(len(members)), children)
    number = np.arange(len(household)) - np.repeat(np.cumsum(children) - children, children)
    return _Places(household, number, (parents[household] == 0) * 1, adults["residence"][head[household]])


def _seat(
    places: _Places, counts: np.ndarray, seed: int, replication: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which places pupils take, and the stage and sex of each."""
    by_home, by_cell = (places.lots(seed, replication, lot) for lot in (_LOT_HOME, _LOT_CELL))
    chosen, stages, sexes = [], [], []
    for residence in (RURAL, URBAN):
        cells = counts[:, :, residence]
        free = np.flatnonzero(places.residence == residence)
        taken = free[ascending(by_home[free], places.rank[free])][: int(cells.sum())]
        if len(taken) < int(cells.sum()):
            raise ValueError(f"{cells.sum()} pupils, but places for {len(taken)} children only")
        chosen.append(taken[ascending(by_cell[taken])])
        stage, sex = np.indices(cells.shape).reshape(2, -1)
        stages.append(np.repeat(np.array(SECONDARY)[stage], cells.ravel()))
        sexes.append(np.repeat(sex, cells.ravel()))
    return np.concatenate(chosen), np.concatenate(stages), np.concatenate(sexes)


def _send_to_school(
    stage: np.ndarray, area: np.ndarray, lots: np.ndarray, sites: np.ndarray, schools: np.ndarray
) -> np.ndarray:
    """Return the school of each pupil: schools of a stage have as many, and both are lined up by area."""
    school = np.zeros(len(stage), dtype=np.int64)
    for code in SECONDARY:
        pupils = np.flatnonzero(stage == code)
        line = pupils[ascending(lots[pupils], area[pupils])]
        of_stage = np.flatnonzero(schools["stage"] == code)
        of_stage = of_stage[np.argsort(sites["area"][schools["site"][of_stage]], kind="stable")]
        school[line] = of_stage[np.arange(len(line)) * len(of_stage) // max(len(line), 1)]
    return school
