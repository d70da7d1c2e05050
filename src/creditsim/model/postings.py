"""How a noticed act reaches the ledger under a regime: filing, item, points, and what agents make of it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from creditsim.core.draws import threshold
from creditsim.model.activities import visit_rate
from creditsim.model.books import entered_mp, step_hours
from creditsim.model.entries import entry_items
from creditsim.scoring.rulebook import Item, Rulebook
from creditsim.spec.activities import Activity, activities
from creditsim.spec.assumptions import assumed, assumed_by_channel
from creditsim.spec.vocabulary import CHANNELS, GRADES, KINDS, SETTINGS

VILLAGES, COMMUNITIES = 94, 49
"""Villages and communities of the full-size district (statistical division codes, October 2019)."""

MOST_YEARLY_MP = 40_000.0
"""No kind of deed is reckoned to bring more than 40 points a year: the book's largest yearly cap."""

COLLECTED = (CHANNELS.index("inspection"), CHANNELS.index("neighbour_report"))
"""Channels in which a collector decides whether to file on a neighbour."""

CENTRAL_LENIENCY = 0.5
"""Leniency towards kin and friends that the filing shares were set with."""

POSTING = np.dtype(
    [
        ("items", "i4", (len(CHANNELS),)),
        ("points_mp", "i4", (len(CHANNELS),)),
        ("worth_mp", "i4"),
        ("account", "i1"),
        ("months", "f8"),
        ("learns_of", "f8", (2,)),
        ("needs_file", "u1"),
    ]
)
"""How a regime posts one activity: item and points by channel (-1: not posted), the points that an agent
reckons with (hours pro rata of their step), discounted months of validity, and the perceived chance that a
noticed act is posted (without, with a local file)."""


def filing_thresholds(levers: Mapping[str, Any]) -> list:
    """Return thresholds of filing what is noticed.

    Axes: (organisations, village, community) x (without, with a local file) x channel.

    With a local file the share rises from the plain one towards the full one by the
    collectors' delivery: their hours a site against the hours of full delivery.
    """
    full = assumed_by_channel("filing.full")
    kept = (1.0, kept_by_collectors("village", levers), kept_by_collectors("community", levers))
    hours = levers["world.delivery_full_staff_hours_per_month"]
    delivery = (
        1.0,
        min(1.0, levers["village.collector_staff_hours_per_month"] / (VILLAGES * hours)),
        min(1.0, levers["community.collector_staff_hours_per_month"] / (COMMUNITIES * hours)),
    )
    found = []
    for group, reached, share in zip(("organisations", "people", "people"), delivery, kept, strict=True):
        plain = assumed_by_channel(f"filing.{group}_plain")
        with_file = [low + (high - low) * reached for low, high in zip(plain, full, strict=True)]
        for channel in COLLECTED:
            with_file[channel] = min(1.0, with_file[channel] * share)
        found.append([[threshold(share) for share in shares] for shares in (plain, with_file)])
    return found


def kept_by_collectors(setting: str, levers: Mapping[str, Any]) -> float:
    """Return the factor on collectors' filing that leniency towards kin and friends makes.

    Acts by the collector's own people are left out with the chance of the leniency; the
    filing shares hold for the central leniency, hence the ratio.
    """
    close = assumed(f"filing.close_{setting}_share")
    return (1.0 - close * levers["world.collector_leniency_share"]) / (1.0 - close * CENTRAL_LENIENCY)


def fill_postings(rows: np.ndarray, levers: Mapping[str, Any], book: Rulebook, regime: np.void) -> None:
    """Write which item each activity is posted under, by channel, and what a posting means to an agent."""
    for k, activity in enumerate(activities()):
        items = entry_items(activity, book, levers)
        rows[k]["items"] = [-1 if item is None else book.item_index[item.id] for item in items]
        rows[k]["points_mp"] = [0 if item is None else entered_mp(item, book, levers) for item in items]
        rows[k]["worth_mp"] = reckoned_mp(activity, items, book, levers)
        used = [item for item in items if item is not None]
        first = used[0] if used else None
        rows[k]["account"] = int(first is not None and first.list == "rural")
        own_file = activity.kinds == ("civil_servant",)
        rows[k]["needs_file"] = first is not None and (own_file or first.list in ("rural", "community"))
        rows[k]["months"] = discounted_months(first.validity_months) if first else 0.0
        rows[k]["learns_of"] = _posted_shares(activity, items, regime)


def reckoned_mp(
    activity: Activity, items: Sequence[Item | None], book: Rulebook, levers: Mapping[str, Any]
) -> int:
    """Return the points (size, milli-points) that an act is reckoned to bring or cost.

    The largest over the channels. Service that counts by steps of hours is reckoned pro
    rata: an act of 3 hours towards 10 hours for 2 points is reckoned with 0.6 points.
    """
    size = max((item_size_mp(item, book, levers) for item in items if item is not None), default=0)
    hours = step_hours(book, next((item.id for item in items if item is not None), ""))
    return round(size * activity.hours / hours) if hours and activity.hours else size


def item_size_mp(item: Item, book: Rulebook, levers: Mapping[str, Any]) -> int:
    """Return what an item moves a base score by, in milli-points; a direct grade moves it to its own."""
    if not item.direct_grade:
        return abs(entered_mp(item, book, levers))
    return book.base_mp - int(book.rule_record["direct_score_mp"][GRADES.index(item.direct_grade)])


@functools.cache
def discounted_months(months: int) -> float:
    """Return the discounted number of months of validity, summed month by month."""
    total, weight = 0.0, 1.0
    for _ in range(months):
        total += weight
        weight *= assumed("choice.monthly_discount_share")
    return total


def _posted_shares(activity: Activity, items: Sequence[Item | None], regime: np.void) -> list[float]:
    """Return the chance that a noticed act is posted, without and with a local file: the channels' mean."""
    group = max(0, SETTINGS.index(activity.setting) - 2)
    shares = []
    for filed in (0, 1):
        seen = posted = 0.0
        for channel, name in enumerate(CHANNELS):
            chance = activity.channels.get(name, 0.0)
            if name == "inspection":
                chance += activity.seen_given_visit * visit_rate(activity)
            seen += chance
            if items[channel] is not None:
                posted += chance * (float(regime["filing"][group, filed, channel]) / 2.0**32)
        shares.append(posted / seen if seen else 0.0)
    return shares


def fill_attainable(row: np.void, postings: np.ndarray) -> None:
    """Write the points that a year's usual opportunities for good deeds could bring, by account and kind."""
    for k, activity in enumerate(activities()):
        if activity.direction != "merit" or postings[k]["items"].max() < 0:
            continue
        yearly = min(12.0 * activity.opportunity_rate * float(postings[k]["worth_mp"]), MOST_YEARLY_MP)
        for kind in activity.kinds:
            row["attainable_mp"][postings[k]["account"], KINDS.index(kind)] += yearly
