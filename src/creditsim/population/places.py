"""Lay out the sites of a district: villages, communities, schools, offices, markets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.population.agents import (
    AGENCY_DETAIL,
    COMMUNITY,
    MARKET,
    OFFICE,
    SCHOOL,
    SCHOOL_DETAIL,
    SITE,
    VILLAGE,
)
from creditsim.population.marginals import OWNERSHIPS, STAGES, District
from creditsim.population.order import ascending
from creditsim.population.raking import round_to_total
from creditsim.population.targets import Targets


@dataclass(frozen=True)
class PlaceGroups:
    """Groups of like sites: the villages of a town, the communities of an area.

    Rural groups come first, so that a household's place is an index here.

    Attributes
    ----------
    kind, area : ndarray of int, shape (groups,)
    adults : ndarray of int, shape (groups,)
    rural : int
        Number of rural groups.
    """

    kind: np.ndarray
    area: np.ndarray
    adults: np.ndarray
    rural: int

    def by_residence(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the adults of the rural and of the urban groups."""
        return self.adults[: self.rural], self.adults[self.rural :]


def make_place_groups(
    district: District, targets: Targets, people: np.ndarray, villagers: int
) -> PlaceGroups:
    """Return how many adults live in each group; `people` are whole adults by residence."""
    towns, others = np.flatnonzero(district.town), np.flatnonzero(~district.town)
    in_towns = round_to_total(targets.area_adults[towns], int(people[0]))
    in_others = round_to_total(targets.area_adults[others], int(people[1]))
    in_villages = round_to_total(targets.area_villagers[towns], villagers, most=in_towns)
    return PlaceGroups(
        kind=np.concatenate([np.full(len(towns), VILLAGE), np.full(len(towns) + len(others), COMMUNITY)]),
        area=np.concatenate([towns, towns, others]),
        adults=np.concatenate([in_villages, in_towns - in_villages, in_others]),
        rural=2 * len(towns),
    )


def make_sites(district: District, targets: Targets) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the sites (SITE) by kind, and the details of the schools and of the agencies (without staff)."""
    areas = np.arange(len(district.areas))
    school_types = targets.schools.ravel()
    count = int(school_types.sum())
    stage, ownership = (
        np.repeat(codes, school_types) for codes in np.indices((len(STAGES), len(OWNERSHIPS))).reshape(2, -1)
    )
    # Each type is spread over the areas like people; types start apart, so that single
    # schools do not all land in one area.
    edges = np.cumsum(district.area_residents) / float(district.area_residents.sum())
    of_type = np.repeat(np.arange(len(school_types)), school_types)
    in_type = np.arange(count) - np.repeat(np.cumsum(school_types) - school_types, school_types)
    position = (in_type + 0.5) / school_types[of_type] + of_type / len(school_types)
    school_area = np.searchsorted(edges, position - np.floor(position))
    agencies = _choose_bodies(district, targets)
    blocks = [
        (VILLAGE, np.repeat(areas, targets.villages)),
        (COMMUNITY, np.repeat(areas, targets.communities)),
        (SCHOOL, school_area),
        (OFFICE, district.body_area[agencies["body"]]),
        (MARKET, np.repeat(areas, targets.markets)),
    ]
    sites = np.zeros(sum(len(area) for _, area in blocks), dtype=SITE)
    schools = np.zeros(count, dtype=SCHOOL_DETAIL)
    first = 0
    for kind, area in blocks:
        part = sites[first : first + len(area)]
        part["kind"], part["area"] = kind, area
        for code in areas:
            of_area = np.flatnonzero(area == code)
            part["number"][of_area] = np.arange(1, len(of_area) + 1)
        if kind == SCHOOL:
            schools["site"] = first + np.arange(count)
            schools["stage"], schools["ownership"] = stage, ownership
        if kind == OFFICE:
            agencies["site"] = first + np.arange(len(agencies))
        first += len(area)
    return sites, schools, agencies


def _choose_bodies(district: District, targets: Targets) -> np.ndarray:
    """Return the bodies that agencies stand for: each its own at full size, else spread over a kind."""
    chosen = []
    for kind, wanted in enumerate(targets.agencies.tolist()):
        bodies = np.flatnonzero(district.body_kind == kind)
        chosen.append(bodies[(2 * np.arange(wanted) + 1) * len(bodies) // (2 * max(wanted, 1))])
    agencies = np.zeros(int(targets.agencies.sum()), dtype=AGENCY_DETAIL)
    agencies["body"] = np.concatenate(chosen)
    agencies["kind"] = district.body_kind[agencies["body"]]
    return agencies


def site_of_household(
    sites: np.ndarray, groups: PlaceGroups, place: np.ndarray, members: np.ndarray
) -> np.ndarray:
    """Return the row of the site of each household: sites of a group are filled evenly."""
    order = ascending(place)
    before = np.cumsum(members[order]) - members[order]
    group = place[order]
    first_adult = np.cumsum(groups.adults) - groups.adults
    first_site = np.zeros(len(groups.kind), dtype=np.int64)
    count = np.zeros(len(groups.kind), dtype=np.int64)
    for code, (kind, area) in enumerate(zip(groups.kind, groups.area, strict=True)):
        rows = np.flatnonzero((sites["kind"] == kind) & (sites["area"] == area))
        first_site[code], count[code] = rows[0], len(rows)
    within = (before - first_adult[group]) * count[group] // np.maximum(groups.adults[group], 1)
    site = np.zeros(len(place), dtype=np.int32)
    site[order] = first_site[group] + np.minimum(within, count[group] - 1)
    return site
