"""Group adults into households and put the households into places.

A household has a size (all ages) from the census and so many children that all children
of family households find one; the rest of its members are adults, and only adults are
agents. People outside family households (dormitories and the like, taken as adults) are
households of one, marked collective. Households hold as many people of 65 and over as the
census says; two adults of like age and different sex share a home where there are enough.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.core.draws import HOUSEHOLD, PERSON, words
from creditsim.population.agents import FIRST_BAND_OF_65, RURAL, URBAN
from creditsim.population.marginals import District
from creditsim.population.order import ascending, places_in_groups
from creditsim.population.people import LOT_HEAD, LOT_PAIR, LOT_SEAT, Adults
from creditsim.population.raking import round_to_total
from creditsim.population.targets import Targets

OPEN_SIZE = 6
"""Persons in the smallest household of the open class."""

# Words drawn under HOUSEHOLD, by index.
_LOT_ELDERS, _LOT_PLACE = range(2)


@dataclass(frozen=True)
class Homes:
    """Households as columns, and the household and seat of each adult.

    Seat 0 is the head; `place` numbers the place groups of `place_groups`.
    """

    persons: np.ndarray
    adults: np.ndarray
    collective: np.ndarray
    place: np.ndarray
    household_of: np.ndarray
    seat_of: np.ndarray


def make_homes(
    district: District,
    targets: Targets,
    adults: Adults,
    place_adults: tuple[np.ndarray, np.ndarray],
    seed: int,
    replication: int,
) -> Homes:
    """Return households of both residences.

    Parameters
    ----------
    place_adults : pair of ndarray of int
        For rural and urban, how many adults live in each group of places.
    """
    elder = adults.age_band >= FIRST_BAND_OF_65
    elders = np.bincount(adults.residence[elder], minlength=2)
    people = np.bincount(adults.residence, minlength=2)
    family_counts = round_to_total(targets.households.sum(axis=1), int(float(targets.households.sum()) + 0.5))
    with_elders, two, three = _elder_households(targets, elders)
    blocks, first, offset = [], 0, 0
    household_of = np.zeros(len(adults), dtype=np.int32)
    seat_of = np.zeros(len(adults), dtype=np.int32)
    for residence in (RURAL, URBAN):
        block = _family_households(
            district, targets, residence, int(family_counts[residence]), int(people[residence])
        )
        lot = first + np.arange(len(block[0]))
        held = _seat_elders(
            block,
            words(seed, replication, lot, 0, HOUSEHOLD, _LOT_ELDERS),
            wanted=(
                int(with_elders[residence]),
                int(two[residence]),
                int(three[residence]),
                int(float(targets.elder_alone[residence]) + 0.5),
                int(float(targets.elder_couple[residence]) + 0.5),
                int(elders[residence]),
            ),
        )
        rows = np.flatnonzero(adults.residence == residence).astype(np.int32)
        taken = _seat_people(adults, rows, elder, block[1], held, seed, replication)
        household_of[rows], seat_of[rows] = taken[0] + first, taken[1]
        place = _place(
            block[1], words(seed, replication, lot, 0, HOUSEHOLD, _LOT_PLACE), place_adults[residence]
        )
        blocks.append((*block, place + offset))
        first += len(block[0])
        offset += len(place_adults[residence])
    persons, members, collective, place = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return Homes(persons, members, collective, place, household_of, seat_of)


def _elder_households(targets: Targets, elders: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return by residence the households with 65+, those with two, those with three.

    Elders beyond these live in collective households, a few hundred at full size.
    """
    counts = round_to_total(targets.elder_counts, int(float(targets.elder_counts.sum()) + 0.5))
    with_elders = round_to_total(targets.with_elders, int(counts.sum()))
    three = round_to_total(targets.elder_counts[2] * elders / max(1, int(elders.sum())), int(counts[2]))
    spare = np.maximum(elders - with_elders - 2 * three, 0)
    wanted = spare * (float(counts[1]) / max(1, int(spare.sum())))
    two = round_to_total(wanted, min(int(counts[1]), int(spare.sum())), most=spare)
    return with_elders, two, three


def _family_households(
    district: District, targets: Targets, residence: int, count: int, people: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return persons, adults and collective mark of one residence's households.

    Sizes meet their shares; adults add up to the people of the residence exactly.
    """
    in_families = int(float(targets.family_persons[residence]) + 0.5)
    collective = int(float(targets.collective[residence]) + 0.5)
    sizes, open_persons = _sizes(targets.households[residence], count, in_families)
    in_homes = people - collective
    structure = _children(district.children_in_household, sizes, open_persons, in_homes)
    size, children = (
        np.repeat(codes, structure.ravel()) for codes in np.indices(structure.shape, np.int32).reshape(2, -1)
    )
    persons = size + 1
    persons[size == OPEN_SIZE - 1] = _spread(open_persons, int(sizes[-1]))
    return (
        np.concatenate([persons, np.ones(collective, dtype=np.int32)]),
        np.concatenate([persons - children, np.ones(collective, dtype=np.int32)]),
        np.concatenate([np.zeros(len(persons), dtype=bool), np.ones(collective, dtype=bool)]),
    )


def _sizes(wanted: np.ndarray, count: int, persons: int) -> tuple[np.ndarray, int]:
    """Return households by size class, and persons in the open class.

    Of all ways to round within one, the nearest that leaves the open class 6 to 8 persons.
    """
    low = np.floor(wanted + 1e-9).astype(np.int64)
    closed = np.arange(1, len(wanted))
    best, nearest = None, np.inf
    for up in itertools.product((0, 1), repeat=len(wanted)):
        sizes = low + np.array(up)
        rest = persons - int((sizes[:-1] * closed).sum())
        gap = float(((sizes - wanted) * (sizes - wanted)).sum())
        fits = OPEN_SIZE * int(sizes[-1]) <= rest <= (OPEN_SIZE + 2) * int(sizes[-1])
        if int(sizes.sum()) == count and fits and gap < nearest:
            best, nearest = (sizes, rest), gap
    if best is None:
        sizes = round_to_total(wanted, count)
        best = (sizes, OPEN_SIZE * int(sizes[-1]))
    return best


def _spread(total: int, count: int) -> np.ndarray:
    """Return `count` whole numbers that sum to a total and differ by one at most."""
    return (total * np.arange(1, count + 1)) // max(count, 1) - (total * np.arange(count)) // max(count, 1)


def _children(seed: np.ndarray, sizes: np.ndarray, open_persons: int, adults: int) -> np.ndarray:
    """Return households by size class and number of children, with exactly so many adults."""
    persons = np.append(sizes[:-1] * np.arange(1, len(sizes)), open_persons)
    wanted = int(persons.sum()) - adults
    number = np.arange(seed.shape[1])

    def tilted(factor: float) -> np.ndarray:
        table, weight = np.empty_like(seed), 1.0
        for children in number:
            table[:, children] = seed[:, children] * weight
            weight *= factor
        return table / table.sum(axis=1, keepdims=True) * sizes[:, None]

    low, high = 0.0, 64.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (low, middle) if float((tilted(middle) * number).sum()) > wanted else (middle, high)
    fitted = tilted((low + high) / 2.0)
    table = np.array([round_to_total(row, int(total)) for row, total in zip(fitted, sizes, strict=True)])
    # A few children are over or short after rounding: one household each gains or loses one.
    while (short := wanted - int((table * number).sum())) != 0:
        step = 1 if short > 0 else -1
        ready = np.zeros(seed.shape)
        for children in range(max(0, -step), seed.shape[1] - max(0, step)):
            ready[:, children] = np.where(seed[:, children + step] > 0, table[:, children], 0)
        if not ready.any():
            raise ValueError(f"no household has room for {short} more children")
        row, children = np.unravel_index(int(ready.argmax()), ready.shape)
        table[row, children] -= 1
        table[row, children + step] += 1
    return table


def _seat_elders(block: tuple, lots: np.ndarray, wanted: tuple[int, ...]) -> np.ndarray:
    """Return how many people of 65 and over each household holds."""
    persons, members, collective = block
    with_elders, two, three, alone, couples, elders = wanted
    held = np.zeros(len(persons), dtype=np.int32)
    order = ascending(lots)

    def seat(mask: np.ndarray, count: int, each: int) -> int:
        chosen = order[(mask & (held == 0))[order]][: max(count, 0)]
        held[chosen] = each
        return len(chosen)

    family = ~collective
    one = with_elders - two - three
    lone = seat(family & (persons == 1), min(alone, one), 1)
    pairs = seat(family & (persons == 2) & (members == 2), min(couples, two), 2)
    seat(family & (members >= 3), three, 3)
    seat(family & (members >= 2) & (persons >= 3), two - pairs, 2)
    seat(family & (members >= 2), one - lone, 1)
    seat(collective, elders - int(held.sum()), 1)
    # Only a very small population runs out of fitting homes: then any seat will do.
    while (left := elders - int(held.sum())) > 0:
        roomy = order[(members > held)[order]][:left]
        held[roomy] += 1
    return held


def _seat_people(
    adults: Adults,
    rows: np.ndarray,
    elder: np.ndarray,
    members: np.ndarray,
    held: np.ndarray,
    seed: int,
    replication: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each adult in `rows` the household and the seat in it (0 is the head)."""
    pair_lots = words(seed, replication, rows, 0, PERSON, LOT_PAIR)
    seat_lots = words(seed, replication, rows, 0, PERSON, LOT_SEAT)
    household = np.zeros(len(rows), dtype=np.int32)
    for is_elder, seats in ((True, held), (False, members - held)):
        people = np.flatnonzero(elder[rows] == is_elder).astype(np.int32)
        order = people[ascending(pair_lots[people])]
        sex = adults.sex[rows[order]]
        men, women = order[sex == 0], order[sex == 1]
        paired = np.flatnonzero(seats >= 2)
        pairs = min(len(paired), len(men), len(women))
        # Couples in order of age sit down in homes drawn by the man's second lot.
        band = adults.age_band[rows]
        men_paired, women_paired = (group[:pairs][ascending(band[group[:pairs]])] for group in (men, women))
        homes = np.empty(pairs, np.int32)
        homes[ascending(seat_lots[men_paired])] = paired[:pairs]
        household[men_paired] = homes
        household[women_paired] = homes
        left = seats.copy()
        left[homes] -= 2
        single = np.concatenate([men[pairs:], women[pairs:]])
        household[single[ascending(seat_lots[single])]] = np.repeat(
            np.arange(len(seats), dtype=np.int32), left
        )
    # Who heads a home goes by lot: no source ties it to sex or age.
    by_lot = ascending(words(seed, replication, rows, 0, PERSON, LOT_HEAD))
    return household, places_in_groups(by_lot, household, len(members))


def _place(members: np.ndarray, lots: np.ndarray, place_adults: np.ndarray) -> np.ndarray:
    """Return the group of places of each household; each group gets exactly its adults."""
    place = np.full(len(members), len(place_adults) - 1, dtype=np.int16)
    _fill_places(ascending(lots), members, place_adults, np.zeros(len(members), np.bool_), place)
    return place


@compiled
def _fill_places(order, members, place_adults, placed, place):
    """Fill one group of places after the other with households in order; the last takes who is left.

    A household may be too large for what a group has left: homes of one adult close the gap.
    """
    begin = 0
    for group in range(place_adults.shape[0]):
        gap = place_adults[group]
        while begin < order.shape[0]:
            home = order[begin]
            if not placed[home]:
                if members[home] > gap:
                    break
                placed[home] = True
                place[home] = group
                gap -= members[home]
            begin += 1
        at = begin
        while at < order.shape[0] and gap > 0:
            home = order[at]
            if not placed[home] and members[home] == 1:
                placed[home] = True
                place[home] = group
                gap -= 1
            at += 1
