"""What a population of a district must add up to at a scale, in persons, firms and sites.

The published tables disagree here and there by a few tenths of a percent. They are
reconciled once, here, so that building and checking hold the same numbers:

* education by sex sums to other numbers of men and women than age by sex (it takes pupils
  off by another rule): it is raked to the age table's men and women and to its own levels;
* education by age is given as rounded shares: raked to the same levels and the age groups;
* the share registered outside the zone is given for all ages by residence and for each age
  group: the adult total by age holds, the rural share holds, the urban share follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.population.agents import RURAL
from creditsim.population.marginals import (
    BODY_KINDS,
    EDUCATION_AGE_OF_BAND,
    EDUCATION_AGES,
    REGISTRATION_AGE_OF_BAND,
    REGISTRATION_AGES,
    SECONDARY,
    STAGES,
    District,
    read_district,
)
from creditsim.population.raking import rake


@dataclass(frozen=True)
class Targets:
    """Real-valued targets; numbers of sites are whole, and at least 1 where there is any.

    Attributes
    ----------
    scale : float
    adults : ndarray, shape (age, sex, residence)
    kinds : ndarray, shape (4,), teachers, villagers, residents, civil servants
    education_by_sex, education_by_residence : ndarray, shape (education, 2)
    education_by_age : ndarray, shape (education, 4)
    outside_by_age, outside_by_residence : ndarray, shapes (6,) and (2,)
    elsewhere : float
    online : ndarray, shape (age, residence)
    area_adults, area_villagers : ndarray, shape (areas,)
    villages, communities, markets : ndarray of int, shape (areas,)
    schools : ndarray of int, shape (stage, ownership)
    teachers : ndarray, shape (stage,)
    pupils : ndarray, shape (secondary stage, sex, residence)
    pupils_online : ndarray, shape (residence,)
    agencies : ndarray of int, shape (kind of body,)
    civil_servants : ndarray, shape (kind of body,)
    households : ndarray, shape (residence, size)
    family_persons : ndarray, shape (residence,), all ages
    collective : ndarray, shape (residence,), people outside family households, taken as adults
    with_elders : ndarray, shape (residence,), households
    elder_counts : ndarray, shape (3,), households with one, two, three people of 65+
    elder_alone, elder_couple : ndarray, shape (residence,), households
    firms_by_sector, traders_by_sector : ndarray, shape (sector,)
    enterprises_by_size, active_by_size : ndarray, shape (5,), the last one sole traders
    food_firms : float
    """

    scale: float
    adults: np.ndarray
    kinds: np.ndarray
    education_by_sex: np.ndarray
    education_by_residence: np.ndarray
    education_by_age: np.ndarray
    outside_by_age: np.ndarray
    outside_by_residence: np.ndarray
    elsewhere: float
    online: np.ndarray
    area_adults: np.ndarray
    area_villagers: np.ndarray
    villages: np.ndarray
    communities: np.ndarray
    markets: np.ndarray
    schools: np.ndarray
    teachers: np.ndarray
    pupils: np.ndarray
    pupils_online: np.ndarray
    agencies: np.ndarray
    civil_servants: np.ndarray
    households: np.ndarray
    family_persons: np.ndarray
    collective: np.ndarray
    with_elders: np.ndarray
    elder_counts: np.ndarray
    elder_alone: np.ndarray
    elder_couple: np.ndarray
    firms_by_sector: np.ndarray
    traders_by_sector: np.ndarray
    enterprises_by_size: np.ndarray
    active_by_size: np.ndarray
    food_firms: float

    @property
    def agents(self) -> np.ndarray:
        """Agents by kind: teachers, villagers, residents, civil servants, pupils, then organisations."""
        organisations = self.enterprises_by_size.sum(), self.schools.sum(), self.agencies.sum()
        return np.array([*self.kinds, self.pupils.sum(), *organisations], np.float64)


def count_agents(name: str, scale: float) -> int:
    """Return how many agents of all kinds a shipped district has at a scale."""
    return round(float(make_targets(read_district(name), float(scale)).agents.sum()))


def make_targets(district: District, scale: float) -> Targets:
    """Return the reconciled targets of a district at a scale."""
    adults = district.adults * scale
    by_residence = adults.sum(axis=(0, 1))
    levels = district.education_by_residence.sum(axis=1) * scale
    age_groups = _by_group(adults.sum(axis=(1, 2)), EDUCATION_AGE_OF_BAND, len(EDUCATION_AGES))
    outside_by_age = district.outside_by_age * _by_group(
        adults.sum(axis=(1, 2)), REGISTRATION_AGE_OF_BAND, len(REGISTRATION_AGES)
    )
    outside_rural = district.outside_rural * by_residence[RURAL]
    households = district.household_sizes * (district.households * scale)[:, None]
    with_elders = district.with_elders * district.households * scale
    elders = float(district.elder_counts.sum()) * scale
    with_elders = with_elders * (elders / float(with_elders.sum()))
    rural_family = district.rural_family_share * district.residents[RURAL]
    family_persons = np.array([rural_family, district.family_persons - rural_family])
    firms = district.firms_by_size * scale
    by_size = np.append(firms, float(district.traders_by_sector.sum()) * scale)
    villagers = district.villagers * scale
    teachers = district.teachers * scale
    civil_servants = _by_group(district.body_staff, district.body_kind, len(BODY_KINDS)) * scale
    kinds = np.array([float(teachers.sum()), villagers, 0.0, float(civil_servants.sum())])
    kinds[2] = float(adults.sum()) - float(kinds.sum())
    pupils = _pupils(district) * scale
    markets = np.full(len(district.areas), max(1, int(scale + 0.5)))
    return Targets(
        scale=scale,
        adults=adults,
        kinds=kinds,
        education_by_sex=rake(district.education_by_sex, [((0,), levels), ((1,), adults.sum(axis=(0, 2)))]),
        education_by_residence=district.education_by_residence * scale,
        education_by_age=rake(district.education_by_age * age_groups, [((0,), levels), ((1,), age_groups)]),
        outside_by_age=outside_by_age,
        outside_by_residence=np.array([outside_rural, float(outside_by_age.sum()) - outside_rural]),
        elsewhere=district.elsewhere_of_outside * float(outside_by_age.sum()),
        online=district.online * adults.sum(axis=1),
        area_adults=_area_adults(district, by_residence),
        area_villagers=villagers * district.villages / float(district.villages.sum()),
        villages=_sites(district.villages, scale),
        communities=_sites(district.communities, scale),
        markets=markets,
        schools=_sites(district.schools, scale),
        teachers=teachers,
        pupils=pupils,
        pupils_online=district.pupils_online * pupils.sum(axis=(0, 1)),
        agencies=_sites(np.bincount(district.body_kind, minlength=len(BODY_KINDS)), scale),
        civil_servants=civil_servants,
        households=households,
        family_persons=family_persons * scale,
        collective=(district.residents - family_persons) * scale,
        with_elders=with_elders,
        elder_counts=district.elder_counts * scale,
        elder_alone=district.elder_alone * with_elders,
        elder_couple=district.elder_couple * with_elders,
        firms_by_sector=district.firms_by_sector * scale,
        traders_by_sector=district.traders_by_sector * scale,
        enterprises_by_size=by_size,
        active_by_size=district.active_by_size * by_size,
        food_firms=district.food_firms * float(firms.sum()),
    )


def _by_group(values: np.ndarray, group_of_band: np.ndarray, groups: int) -> np.ndarray:
    """Return the sums of values by age over wider age groups."""
    return np.bincount(group_of_band, weights=values, minlength=groups)


def _area_adults(district: District, by_residence: np.ndarray) -> np.ndarray:
    """Return the adults of each area: towns share the rural ones, sub-districts the urban."""
    residence = np.where(district.town, 0, 1)
    people = np.bincount(residence, weights=district.area_residents, minlength=2)
    return by_residence[residence] * district.area_residents / people[residence]


def _pupils(district: District) -> np.ndarray:
    """Return pupils by secondary stage, sex and residence: like minors of about their age."""
    like = np.array([district.minors[0 if STAGES[stage] == "junior" else 1] for stage in SECONDARY])
    shares = like / like.sum(axis=(1, 2), keepdims=True)
    return shares * district.pupils[list(SECONDARY)][:, None, None]


def _sites(full: np.ndarray, scale: float) -> np.ndarray:
    """Return how many sites there are at a scale: rounded, but none disappears altogether."""
    return np.where(full > 0, np.maximum(1, np.floor(full * scale + 0.5)), 0).astype(np.int64)
