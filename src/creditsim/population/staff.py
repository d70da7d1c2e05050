"""Staff of schools and public bodies: which adults they are, and where they work.

Teachers and civil servants are adults of communities, taken out of the residents. The kind
civil servant covers all staff of the evaluated bodies, in civil-servant posts or not;
committees of villages and communities are none of these bodies.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.draws import LINK, PERSON, words
from creditsim.population import people
from creditsim.population.agents import (
    AGENCY,
    CIVIL_SERVANT,
    COMMUNITY,
    INSTITUTION,
    STUDENT,
    TEACHER,
    has_trait,
    rows_of_kind,
)
from creditsim.population.marginals import District
from creditsim.population.order import ascending
from creditsim.population.raking import round_to_total
from creditsim.population.targets import Targets
from creditsim.spec.vocabulary import EDUCATION

_LOT_REPRESENTATIVE = 0


def choose_staff(
    district: District,
    adults: people.Adults,
    site_kind: np.ndarray,
    counts: np.ndarray,
    seed: int,
    replication: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the adults who teach, and those who serve public bodies: of communities, with college.

    Fewer than these only at very small scales; then others of the communities follow.

    Parameters
    ----------
    site_kind : ndarray of int
        Kind of the home site of each adult.
    counts : ndarray of int, shape (2,)
        How many teach, how many are civil servants.
    """
    college = adults.education >= EDUCATION.index("college_3y")
    taken = np.zeros(len(adults), dtype=bool)
    chosen = []
    for bands, lot, count in zip(
        (district.teacher_bands, district.civil_servant_bands),
        (people.LOT_TEACHER, people.LOT_CIVIL_SERVANT),
        counts.tolist(),
        strict=True,
    ):
        lots = words(seed, replication, np.arange(len(adults)), 0, PERSON, lot)
        able = bands[adults.age_band] & college
        rank = np.where(able, np.uint8(0), np.uint8(1))
        rank[site_kind != COMMUNITY] = 2
        rank[taken] = 3
        # Sorted are only those of the ranks that are needed: mostly the first, a tenth of all.
        last = int(np.searchsorted(np.cumsum(np.bincount(rank)), count))
        among = np.flatnonzero(rank <= last).astype(np.int32)
        rows = among[ascending(lots[among], rank[among])[:count]]
        taken[rows] = True
        chosen.append(rows)
    return chosen[0], chosen[1]


def assign_schools(targets: Targets, count: int) -> np.ndarray:
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


def staff_agencies(district: District, targets: Targets, agencies: np.ndarray, count: int) -> np.ndarray:
    """Set the staff of the agencies, in place; return the agency of each civil servant, as an index.

    Kinds of bodies have their staff; within a kind agencies share it like their bodies.
    """
    by_kind = round_to_total(targets.civil_servants, int(count))
    weights = district.body_staff[agencies["body"]]
    for kind, staff in enumerate(by_kind.tolist()):
        of_kind = agencies["kind"] == kind
        share = weights[of_kind] / float(weights[of_kind].sum())
        agencies["staff"][of_kind] = round_to_total(share * staff, staff)
    return np.repeat(np.arange(len(agencies)), agencies["staff"])


def name_employers(agents: np.ndarray, schools: np.ndarray, agencies: np.ndarray) -> None:
    """Name the school or agency agent of each teacher, pupil and civil servant as employer, in place."""
    for kinds, organisation, detail in (
        ((TEACHER, STUDENT), INSTITUTION, schools),
        ((CIVIL_SERVANT,), AGENCY, agencies),
    ):
        row_of_site = np.zeros(int(agents["site"].max()) + 1, dtype=np.int64)
        row_of_site[detail["site"]] = rows_of_kind(agents, organisation).start + np.arange(len(detail))
        for kind in kinds:
            rows = rows_of_kind(agents, kind)
            agents["employer"][rows] = row_of_site[agents["site"][rows]]


def name_heads_of_tutoring(agents: np.ndarray, seed: int, replication: int) -> None:
    """Give every tutoring institution one of its teachers as representative, drawn by lot, in place."""
    teachers = np.arange(len(agents))[rows_of_kind(agents, TEACHER)]
    employer = agents["employer"][teachers].astype(np.int64)
    tutors = has_trait(agents, "tutoring")[employer]
    teachers, employer = teachers[tutors], employer[tutors]
    lots = words(seed, replication, agents["slot"][teachers], 0, LINK, _LOT_REPRESENTATIVE)
    line = ascending(lots, employer)
    institutions, first = np.unique(employer[line], return_index=True)
    agents["representative"][institutions] = teachers[line[first]]
