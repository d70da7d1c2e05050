"""Make firms and sole traders, their workers and the persons who stand for them.

No table crosses a firm's sector with its size: sectors with more employees a firm get
more of the larger ones, within both margins. Nor is there one by area: enterprises are
spread like adults. Both are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.core.draws import FIRM, LINK, lognormal_multipliers, words
from creditsim.population.agents import (
    ENTERPRISE_DETAIL,
    NOBODY,
    RESIDENT,
    TRAIT_BIT,
    VILLAGER,
    rows_of_kind,
)
from creditsim.population.marginals import SIZES, District
from creditsim.population.order import ascending
from creditsim.population.raking import pick, rake, round_to_total
from creditsim.population.targets import Targets

TRADER = SIZES.index("sole_trader")
_FIRM_SIZES = len(SIZES) - 1
_FOOD_SECTORS = ("manufacturing", "wholesale_retail")

# Words drawn under FIRM (by enterprise) and LINK (by person), by index.
_LOT_ACTIVE, _LOT_AREA, _LOT_WORKERS, _LOT_FOOD = range(4)
_LOT_REPRESENTATIVE, _LOT_JOB = range(2)


@dataclass(frozen=True)
class Enterprises:
    """Firms first, then sole traders, by sector and size; one element each.

    `market` counts the markets of the enterprise's area from 0.
    """

    detail: np.ndarray
    traits: np.ndarray
    area: np.ndarray
    market: np.ndarray

    def __len__(self) -> int:
        return len(self.area)


def make_enterprises(
    district: District, targets: Targets, area_adults: np.ndarray, seed: int, replication: int
) -> Enterprises:
    """Return the enterprises of a district; `area_adults` are whole adults by area."""
    sector, size = _sectors_and_sizes(district, targets)
    slots = np.arange(len(sector))

    def lots(index: int) -> np.ndarray:
        return words(seed, replication, slots, 0, FIRM, index)

    active = _active(targets, sector, size, lots(_LOT_ACTIVE))
    area_share = area_adults / float(area_adults.sum())
    by_area = round_to_total(area_share * len(slots), len(slots))
    area = np.zeros(len(slots), dtype=np.int64)
    market = np.zeros(len(slots), dtype=np.int64)
    order = ascending(lots(_LOT_AREA))
    area[order] = np.repeat(np.arange(len(by_area)), by_area)
    market[order] = (np.arange(len(slots)) - np.repeat(np.cumsum(by_area) - by_area, by_area)) % np.repeat(
        targets.markets, by_area
    )
    detail = np.zeros(len(slots), dtype=ENTERPRISE_DETAIL)
    detail["sector"], detail["size"] = sector, size
    detail["workers"] = _workers(district, sector, size, active, lots(_LOT_WORKERS))
    traits = _traits(district, targets, sector, size, active, lots(_LOT_FOOD))
    return Enterprises(detail, traits, area, market)


def _sectors_and_sizes(district: District, targets: Targets) -> tuple[np.ndarray, np.ndarray]:
    """Return sector and size of every enterprise."""
    kinds = np.array([targets.firms_by_sector.sum(), targets.traders_by_sector.sum()])
    firms, traders = round_to_total(kinds, int(float(kinds.sum()) + 0.5)).tolist()
    by_sector = round_to_total(targets.firms_by_sector, firms)
    by_size = round_to_total(targets.enterprises_by_size[:TRADER], firms)
    ratio = district.employees_by_sector / np.maximum(district.firms_by_sector, 1.0)
    seed = np.ones((len(by_sector), _FIRM_SIZES))
    for size in range(1, _FIRM_SIZES):
        seed[:, size] = seed[:, size - 1] * ratio
    fitted = rake(seed, [((1,), by_size), ((0,), by_sector)])
    table = np.zeros(fitted.shape, dtype=np.int64)
    left = by_sector.copy()
    # Column by column from the rarest size: the last one takes what each sector has left.
    for size in range(_FIRM_SIZES - 1, 0, -1):
        table[:, size] = round_to_total(fitted[:, size], int(by_size[size]), most=left)
        left -= table[:, size]
    table[:, 0] = left
    sector, size = (np.repeat(codes, table.ravel()) for codes in np.indices(table.shape).reshape(2, -1))
    trader_sector = np.repeat(np.arange(len(by_sector)), round_to_total(targets.traders_by_sector, traders))
    return np.concatenate([sector, trader_sector]), np.concatenate([size, np.full(traders, TRADER)])


def _active(targets: Targets, sector: np.ndarray, size: np.ndarray, lots: np.ndarray) -> np.ndarray:
    """Return which enterprises do business: firms by size, sole traders evenly over sectors."""
    sectors = len(targets.traders_by_sector)
    sizes = np.bincount(size, minlength=len(SIZES))
    wanted = np.minimum(np.floor(targets.active_by_size + 0.5).astype(np.int64), sizes)
    traders = np.bincount(sector[size == TRADER], minlength=sectors)
    share = targets.active_by_size[TRADER] / float(targets.enterprises_by_size[TRADER])
    by_sector = round_to_total(traders * share, int(wanted[TRADER]), most=traders)
    group = np.where(size == TRADER, _FIRM_SIZES + sector, size)
    return pick(lots, group, np.concatenate([wanted[:TRADER], by_sector]))


def _workers(
    district: District, sector: np.ndarray, size: np.ndarray, active: np.ndarray, lots: np.ndarray
) -> np.ndarray:
    """Return the workers of each enterprise, its representative included; 0 if not active.

    The mean of each firm size (for traders: of each sector) is met within rounding.
    """
    weight = lognormal_multipliers(district.workers_log_sd)[lots >> 20]
    workers = np.zeros(len(size), dtype=np.int64)
    trader_active = district.traders_by_sector * district.active_by_size[TRADER]
    trader_mean = district.trader_workers_by_sector / np.maximum(trader_active, 1.0)
    groups = [(size == code, district.employees_by_size[code]) for code in range(_FIRM_SIZES)]
    groups += [((size == TRADER) & (sector == code), mean) for code, mean in enumerate(trader_mean)]
    due = 0.0
    for mask, mean in groups:
        rows = np.flatnonzero(mask & active)
        if not len(rows):
            continue
        # What rounding leaves over is carried on, so that the grand total is met as well.
        due += float(mean) * len(rows)
        total = max(len(rows), int(due + 0.5))
        due -= total
        share = weight[rows] / float(weight[rows].sum())
        workers[rows] = 1 + round_to_total(share * (total - len(rows)), total - len(rows))
    return workers


def _traits(
    district: District,
    targets: Targets,
    sector: np.ndarray,
    size: np.ndarray,
    active: np.ndarray,
    lots: np.ndarray,
) -> np.ndarray:
    """Return the trait bits of each enterprise."""
    of_sector = np.array([TRAIT_BIT[trait] if trait else 0 for *_, trait in district.sectors])
    codes = [code for code, (name, *_) in enumerate(district.sectors) if name in _FOOD_SECTORS]
    makes_food = (size != TRADER) & np.isin(sector, codes)
    quota = np.array([0, min(int(targets.food_firms + 0.5), int(makes_food.sum()))])
    food = pick(lots, makes_food.astype(np.int64), quota)
    return (
        of_sector[sector]
        + np.where(size == TRADER, TRAIT_BIT["sole_trader"], TRAIT_BIT["firm"])
        + np.where(active, TRAIT_BIT["active"], 0)
        + np.where(food, TRAIT_BIT["food"], 0)
    )


def link_people(
    agents: np.ndarray, district: District, enterprises: Enterprises, seed: int, replication: int
) -> None:
    """Give every enterprise a representative, and its workers their employer, in place.

    Representatives are adults of the same area; owners and representatives of active
    enterprises work there. Other jobs go to people drawn from the whole district, nearest
    first: jobs and people are both lined up by area. Teachers work at their schools.
    """
    firms = len(enterprises)
    rows = slice(rows_of_kind(agents, VILLAGER).start, rows_of_kind(agents, RESIDENT).stop)
    person = np.arange(rows.start, rows.stop, dtype=np.int32)
    band = agents["age_band"][rows]
    slots = agents["slot"][rows]

    able = person[district.representative_bands[band]]
    lots = words(seed, replication, agents["slot"][able], 0, LINK, _LOT_REPRESENTATIVE)
    wanted = np.bincount(enterprises.area, minlength=len(district.areas))
    chosen = pick(lots, agents["area"][able].astype(np.int64), wanted)
    by_area = able[chosen][ascending(lots[chosen], agents["area"][able[chosen]])]
    line = ascending(enterprises.area)
    # Where an area runs out of adults (very small scales), one person stands for several.
    agents["representative"][line] = by_area[(np.arange(firms) * len(by_area)) // firms]
    works = np.flatnonzero(enterprises.detail["workers"] > 0)
    agents["employer"][agents["representative"][works]] = works

    jobs = np.repeat(line, np.maximum(enterprises.detail["workers"][line] - 1, 0))
    free = district.worker_bands[band] & (agents["employer"][rows] == NOBODY)
    lots = words(seed, replication, slots[free], 0, LINK, _LOT_JOB)
    free = person[free]
    hired = pick(lots, np.zeros(len(free), dtype=np.int64), np.array([len(jobs)]))
    queue = free[hired][ascending(lots[hired], agents["area"][free[hired]])]
    agents["employer"][queue] = jobs[: len(queue)]
