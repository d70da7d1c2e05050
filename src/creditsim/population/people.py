"""Make the adults of a district: age, sex, residence, schooling, registration, online access.

Tables of counts are fixed first, so that every margin is met; lots then decide which of
the people of a cell have what the cell's quota says.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from creditsim.core.draws import PERSON, words
from creditsim.population.agents import RURAL, URBAN
from creditsim.population.marginals import EDUCATION_AGE_OF_BAND, REGISTRATION_AGE_OF_BAND, District
from creditsim.population.raking import pick, rake, round_to_total, settle
from creditsim.population.targets import Targets

# Words drawn under PERSON, by index: one number for one use, or the uses would be tied.
LOT_REGISTRATION, LOT_ELSEWHERE, LOT_ONLINE, LOT_PAIR, LOT_SEAT = range(5)
LOT_HEAD, LOT_TEACHER, LOT_REGISTERED, LOT_ACTIVE, LOT_AWARE = range(5, 10)
LOT_CIVIL_SERVANT, LOT_PUPIL_ONLINE = range(10, 12)


@dataclass(frozen=True)
class Adults:
    """The adults as columns, ordered by cell; `pool` is the key of their lots."""

    age_band: np.ndarray
    sex: np.ndarray
    residence: np.ndarray
    education: np.ndarray
    registration: np.ndarray
    online: np.ndarray

    def __len__(self) -> int:
        return len(self.age_band)


def make_adults(district: District, targets: Targets, seed: int, replication: int) -> Adults:
    """Return adults that meet all margins of persons."""
    counts = _count_cells(targets)
    joint = _add_education(district, targets, counts)
    cells = np.indices(joint.shape, np.uint8).reshape(joint.ndim, -1)
    age_band, sex, residence, education = (np.repeat(codes, joint.ravel()) for codes in cells)
    pool = np.arange(len(age_band))

    def lots(index: int) -> np.ndarray:
        return words(seed, replication, pool, 0, PERSON, index)

    group = REGISTRATION_AGE_OF_BAND[age_band] * 2 + residence
    outside_quotas, elsewhere_quotas = _registration_quotas(targets, counts)
    outside = pick(lots(LOT_REGISTRATION), group, outside_quotas)
    elsewhere = np.zeros(len(pool), dtype=bool)
    elsewhere[outside] = pick(lots(LOT_ELSEWHERE)[outside], group[outside], elsewhere_quotas)

    online_quotas = _online_quotas(district, targets, joint.sum(axis=1))
    cell = (age_band * np.int64(2) + residence) * joint.shape[3] + education
    online = pick(lots(LOT_ONLINE), cell, online_quotas.ravel())
    return Adults(
        age_band=age_band,
        sex=sex,
        residence=residence,
        education=education,
        registration=outside.astype(np.uint8) + elsewhere.astype(np.uint8),
        online=online.astype(np.uint8),
    )


def _count_cells(targets: Targets) -> np.ndarray:
    """Return whole adults by age, sex and residence, within one in each cell and margin."""
    sums = targets.adults.sum(axis=0)
    best, best_gap = sums, np.inf
    for up in itertools.product((0, 1), repeat=4):
        whole = np.floor(sums + 1e-9) + np.reshape(up, (2, 2))
        gap = whole - sums
        margins = (gap, gap.sum(axis=0), gap.sum(axis=1), gap.sum(keepdims=True))
        widest = max(float(np.abs(margin).max()) for margin in margins)
        if widest < best_gap:
            best, best_gap = whole, widest
    # Rows are (sex, residence), columns ages; ages may exchange units between rows.
    rows = targets.adults.reshape(len(targets.adults), 4).T
    start = np.array([round_to_total(row, int(total)) for row, total in zip(rows, best.ravel(), strict=True)])
    residence, one = np.array([0, 1, 0, 1]), np.zeros(4, dtype=np.int64)
    by_residence = np.array([rows[residence == code].sum(axis=0) for code in (RURAL, URBAN)])
    families = [(np.arange(4), rows), (residence, by_residence), (one, rows.sum(axis=0)[None])]
    return settle(start, families).T.reshape(-1, 2, 2)


def _add_education(district: District, targets: Targets, counts: np.ndarray) -> np.ndarray:
    """Return adults by age, sex, residence and education, as whole numbers.

    The wide age groups of the education table are fitted and settled first, then split
    over their bands in proportion.
    """
    ages = targets.education_by_age.shape[1]
    wide = np.zeros((ages, 2, 2), dtype=np.int64)
    np.add.at(wide, EDUCATION_AGE_OF_BAND, counts)
    levels = targets.education_by_sex.shape[0]
    # The shares by age are the seed: sexes and residences differ by their margins only.
    seed = np.broadcast_to(district.education_by_age.T[:, None, None, :], (ages, 2, 2, levels))
    by_age, by_sex, by_residence = (
        table.T
        for table in (targets.education_by_age, targets.education_by_sex, targets.education_by_residence)
    )
    fitted = rake(
        seed, [((1, 3), by_sex), ((2, 3), by_residence), ((0, 3), by_age), ((0, 1, 2), wide)], rounds=200
    ).reshape(-1, levels)
    start = np.array(
        [round_to_total(row, int(total)) for row, total in zip(fitted, wide.ravel(), strict=True)]
    )
    age, sex, residence = np.indices(wide.shape).reshape(3, -1)
    settled = settle(start, [(sex, by_sex), (residence, by_residence), (age, by_age)]).reshape(
        *wide.shape, levels
    )

    joint = np.zeros((*counts.shape, levels), dtype=np.int64)
    for group, sex_code, residence_code in np.ndindex(wide.shape):
        first, second = np.flatnonzero(np.equal(EDUCATION_AGE_OF_BAND, group))
        row = settled[group, sex_code, residence_code]
        total = int(row.sum())
        part = int(counts[first, sex_code, residence_code])
        share = row * (part / total) if total else row * 0.0
        joint[first, sex_code, residence_code] = round_to_total(share, part, most=row)
        joint[second, sex_code, residence_code] = row - joint[first, sex_code, residence_code]
    return joint


def _registration_quotas(targets: Targets, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return who is registered outside the zone, and outside the city, by age * 2 + residence."""
    ages = len(targets.outside_by_age)
    people = np.zeros((ages, 2), dtype=np.int64)
    np.add.at(people, REGISTRATION_AGE_OF_BAND, counts.sum(axis=1))
    # Rounding is shared between the two sides of each split, so that neither is off by one:
    # adults are inside or outside the zone, those outside it in or outside the city.
    wanted = float(targets.outside_by_age.sum())
    spare = float(counts.sum()) - float(targets.adults.sum())
    total = int(wanted + spare / 2.0 + 0.5)
    city = int(targets.elsewhere + (total - wanted) / 2.0 + 0.5)
    by_age = round_to_total(targets.outside_by_age, total)
    by_residence = round_to_total(targets.outside_by_residence, total)
    fitted = rake(people, [((0,), by_age), ((1,), by_residence)])
    quotas = np.zeros((ages, 2), dtype=np.int64)
    # Two columns: once the rural one is whole and fits, the urban one is what is left.
    most = np.minimum(by_age, people[:, RURAL])
    quotas[:, RURAL] = round_to_total(fitted[:, RURAL], int(by_residence[RURAL]), most=most)
    quotas[:, URBAN] = by_age - quotas[:, RURAL]
    elsewhere = round_to_total(quotas * (targets.elsewhere / wanted), city, most=quotas)
    return quotas.ravel(), elsewhere.ravel()


def _online_quotas(district: District, targets: Targets, people: np.ndarray) -> np.ndarray:
    """Return how many of `people` (age, residence, education) are online.

    Within an age band and residence, access by education keeps the odds ratios of the
    national table: no source crosses age with education, so this is an assumption.
    """
    cells = people.sum(axis=2)
    totals = round_to_total(targets.online, int(float(targets.online.sum()) + 0.5), most=cells)
    odds = district.online_by_education / (1.0 - district.online_by_education)
    seed = np.stack([odds, np.ones_like(odds)], axis=1)
    quotas = np.zeros_like(people)
    for age, residence in np.ndindex(cells.shape):
        row, total = people[age, residence], int(totals[age, residence])
        columns = np.array([total, int(cells[age, residence]) - total])
        fitted = rake(seed, [((0,), row), ((1,), columns)], rounds=100)
        quotas[age, residence] = round_to_total(fitted[:, 0], total, most=row)
    return quotas
