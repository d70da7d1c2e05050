"""Who supplies whom: a directed network among the active enterprises of a district.

Every customer draws its suppliers: first what line of business, then near or anywhere in
the district, then one enterprise by weight. Weights, and numbers of suppliers, follow a
Pareto law over the ranks of turnover (blurred by a lognormal factor), so degrees have the
power-law tails that registers of links between firms show. Weights, counts and cuts are
integers; a draw is keyed by the customer's slot, so one more firm redirects few links.

Sources of the tails: Bernard, Moxnes, Saito (2019), Journal of Political Economy 127(2);
Dhyne, Magerman, Rubinova (2015), NBB working paper 286; Mizuno, Souma, Watanabe (2014),
PLOS ONE 9(6). Values and ranges: ``assumptions.csv`` of the district.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from creditsim.core.draws import SUPPLY, exp_portable, lognormal_multipliers, paired_words, threshold, words
from creditsim.population.agents import has_trait

SUPPLY_GROUPS = ("manufacturing", "construction", "retail", "catering", "services", "other")
"""Lines of business: the trait that a sector gives its enterprises, or other."""

# Words drawn under SUPPLY: three for the enterprise itself, then a block for each link.
_LOT_CUSTOMERS, _LOT_SUPPLIERS, _LOT_COUNT = range(3)
_LOT_GROUP, _LOT_NEAR, _LOT_POINT = range(3)
_MOST_SUPPLIERS = 1 << 16
_ROUNDS = 8

_WEIGHT_UNIT = 256
_COUNT_BITS = 16


class Assumed(NamedTuple):
    """An assumption and its range."""

    value: float
    low: float
    high: float


Assumptions = Mapping[tuple[str, str, str], Assumed]
"""Assumptions of a district by (table, item, group)."""


class _Pools(NamedTuple):
    """Suppliers in a line by group and area, with the running sum of their weights."""

    line: np.ndarray  # (active,) index of the enterprise
    total: np.ndarray  # (active + 1,) weights of all before
    start: np.ndarray  # (groups, areas + 1) place in the line; the last column ends the group


def local_suppliers(assumed: Assumptions) -> Assumed:
    """Return the mean number of suppliers in the district that a customer has, with its range."""
    everywhere = assumed["supply", "suppliers", "active enterprises"]
    share = assumed["supply", "local_share", "of suppliers"]
    return Assumed(*(whole * part for whole, part in zip(everywhere, share, strict=True)))


def business_groups(agents: np.ndarray) -> np.ndarray:
    """Return the line of business of each enterprise, as an index in `SUPPLY_GROUPS`."""
    group = np.full(len(agents), len(SUPPLY_GROUPS) - 1)
    for code, name in enumerate(SUPPLY_GROUPS[:-1]):
        group[has_trait(agents, name)] = code
    return group


def pareto_weights(count: int, exponent: float) -> np.ndarray:
    """Return Pareto weights of the ranks from first to last, as whole numbers.

    The log of a weight is the mean of that rank's order statistic of an exponential law
    (Renyi: a sum of 1/i) over the exponent of the survival function, so neither a
    logarithm nor a power is taken.

    Examples
    --------
    >>> pareto_weights(4, 2.0).tolist()
    [725, 440, 343, 290]
    """
    logs = np.cumsum(1.0 / np.arange(count, 0, -1))[::-1] / exponent
    weights = np.array([exp_portable(log) for log in logs.tolist()], dtype=np.float64)
    return np.floor(weights * _WEIGHT_UNIT + 0.5).astype(np.int64)


def supply_links(
    agents: np.ndarray, assumed: Assumptions, seed: int, replication: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return suppliers and customers of all links, as indices of `agents`.

    Parameters
    ----------
    agents : ndarray of AGENT
        Any enterprises; only active ones trade.
    assumed : mapping
        Assumptions of the district, tables ``supply`` and ``supply_mix``.
    seed, replication : int
        Keys of all lots.

    Returns
    -------
    supplier, customer : ndarray of int64
        No link twice, none to oneself; in no order.
    """
    trading = np.flatnonzero(has_trait(agents, "active"))
    firms = agents[trading]
    if len(firms) < 2:
        return trading[:0], trading[:0]
    slots = firms["slot"].astype(np.int64)
    group = business_groups(firms)
    area = firms["area"].astype(np.int64)

    def weights(lot: int, item: str) -> np.ndarray:
        blur = lognormal_multipliers(assumed["supply", "rank_log_sd", "turnover"].value)
        size = firms["income_yuan_month"] * blur[words(seed, replication, slots, 0, SUPPLY, lot) >> 20]
        out = np.empty(len(firms), dtype=np.int64)
        exponent = assumed["supply", item, "of survival"].value
        out[np.lexsort((slots, -size))] = pareto_weights(len(firms), exponent)
        return out

    counts = _count_suppliers(
        weights(_LOT_SUPPLIERS, "suppliers_exponent"),
        local_suppliers(assumed).value,
        words(seed, replication, slots, 0, SUPPLY, _LOT_COUNT),
    )
    pools = _line_up(weights(_LOT_CUSTOMERS, "customers_exponent"), group, area)
    cuts = _group_cuts(assumed, np.bincount(group, minlength=len(SUPPLY_GROUPS)) > 0)
    near = threshold(assumed["supply", "same_area", "of local links"].value)

    customer = np.repeat(np.arange(len(firms)), counts)
    number = np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
    # A supplier met twice, or oneself, is drawn anew; what still fails after the last
    # round (a customer with more suppliers than its lines of business have) is dropped.
    done = np.empty(0, dtype=np.int64)
    for again in range(_ROUNDS):
        block = 4 * (1 + again * _MOST_SUPPLIERS + number)

        def lots(lot: int, customer=customer, block=block) -> np.ndarray:
            return paired_words(seed, replication, slots[customer], 0, SUPPLY, block + lot)

        sought = (lots(_LOT_GROUP)[:, None] >= cuts[group[customer]]).sum(axis=1)
        supplier = _draw_suppliers(pools, sought, area[customer], lots(_LOT_NEAR) < near, lots(_LOT_POINT))
        keys = np.where(supplier == customer, -1, customer * len(firms) + supplier)
        _, first = np.unique(np.concatenate([[-1], done, keys]), return_index=True)
        new = np.zeros(len(keys), dtype=bool)
        new[first[first > len(done)] - len(done) - 1] = True
        done = np.concatenate([done, keys[new]])
        customer, number = customer[~new], number[~new]
        if not len(customer):
            break
    return trading[done % len(firms)], trading[done // len(firms)]


def _count_suppliers(weight: np.ndarray, mean: float, lots: np.ndarray) -> np.ndarray:
    """Return the number of suppliers of each customer: in proportion to weight, rounded by lot."""
    fine = int(mean * (1 << _COUNT_BITS)) * len(weight) * weight // int(weight.sum())
    part = fine & ((1 << _COUNT_BITS) - 1)
    whole = (fine >> _COUNT_BITS) + (lots >> (32 - _COUNT_BITS) < part)
    return np.minimum(whole, min(len(weight), _MOST_SUPPLIERS) - 1)


def _line_up(weight: np.ndarray, group: np.ndarray, area: np.ndarray) -> _Pools:
    """Return the suppliers in a line by group and area."""
    areas = int(area.max()) + 1
    line = np.lexsort((area, group))
    sizes = np.bincount(group * areas + area, minlength=len(SUPPLY_GROUPS) * areas)
    before = np.append(0, np.cumsum(sizes))
    first = np.arange(len(SUPPLY_GROUPS))[:, None] * areas + np.arange(areas + 1)
    return _Pools(line, np.append(0, np.cumsum(weight[line])), before[first])


def _group_cuts(assumed: Assumptions, present: np.ndarray) -> np.ndarray:
    """Return the words at which each buyer's line of business turns to the next group of suppliers.

    Lines of business in which nobody is active are never sought.
    """
    mix = np.array(
        [
            [assumed["supply_mix", buyer, supplier].value for supplier in SUPPLY_GROUPS]
            for buyer in SUPPLY_GROUPS
        ]
    )
    total = np.cumsum(mix * present, axis=1)
    last = int(np.flatnonzero(present)[-1])
    share = np.minimum(total / total[:, -1:], 1.0)
    cuts = np.array([[threshold(part) for part in row] for row in share.tolist()])
    return cuts[:, :last]


def _draw_suppliers(
    pools: _Pools, group: np.ndarray, area: np.ndarray, near: np.ndarray, lots: np.ndarray
) -> np.ndarray:
    """Return one supplier for each link, by weight within its group, or its group and area.

    The product of a word and a pool's weight stays below 2**63 for two million firms.
    """
    low, high = pools.start[group, area], pools.start[group, area + 1]
    near = near & (high > low)
    low = np.where(near, low, pools.start[group, 0])
    high = np.where(near, high, pools.start[group, -1])
    base = pools.total[low]
    point = base + ((lots * (pools.total[high] - base)) >> 32)
    return pools.line[np.searchsorted(pools.total, point, side="right") - 1]
