"""The numbers of a compiled scenario as plain Python objects, read once.

Names are those of the package's records. Probabilities that the package keeps as 32-bit
thresholds are shares here, since plain Python compares them with `random()`.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np

from creditsim.model.activities import spreads, visit_rate
from creditsim.model.ladders import BEYOND_MP, code_worth_yuan
from creditsim.model.regimes import Rules
from creditsim.model.utility import supervised
from creditsim.model.world import contact_factor, opportunity_thresholds
from creditsim.scoring.enterprise import CLASSES
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import CHANNELS, KINDS

TWO_32 = 2**32
BONUS, DEDUCTION, DIRECT = range(3)
DISTRICT, VILLAGE, CITY = range(3)
INSPECTION, COMPLAINT = CHANNELS.index("inspection"), CHANNELS.index("complaint")
NEIGHBOUR, SELF_REPORT = CHANNELS.index("neighbour_report"), CHANNELS.index("self_report")

_SHARES_OF_REGIME = (
    "consent", "migrants_included", "employee_cover", "pledge_invited", "school_pledge_invited",
    "code_posted", "spared_able", "spared_unable", "repair_chance", "sorting_sites", "fund_sites",
)  # fmt: skip


def copy_fields(target: Any, record: np.void) -> None:
    """Set each field of a record as an attribute of Python numbers and lists."""
    for name in record.dtype.names:
        setattr(target, name, record[name].tolist())


class Activity:
    """One activity of the catalogue.

    Attributes
    ----------
    chance, pull, pull_of_ties : float
        Chance of meeting it this month; weight of the norm times how visible it is; the most of
        it that ties can turn.
    noticing, noticing_visited : tuple of (channel, chance)
        Channels that can notice it, in order, without and with a visit this month.
    """

    def __init__(self, number: int, record: np.void):
        copy_fields(self, record)
        entry = activities()[number]
        self.number = number
        self.id = entry.id
        self.log_sd = spreads()[record["spread"]]
        self.chance = self.opportunity / TWO_32
        self.pull = self.pull_of_ties = 0.0
        self.strained_share = self.strained / TWO_32
        self.filing_group = max(0, self.setting - 2)
        self.usual_visits = visit_rate(entry)
        self.supervised = bool(supervised()[number])
        self.noticing = self._channels(0.0)
        self.noticing_visited = self._channels(self.seen_given_visit)

    def _channels(self, by_visit: float) -> tuple[tuple[int, float], ...]:
        """Return the channels of a chance above 0, inspection with what a visit adds."""
        chances = [(c, q + by_visit if c == INSPECTION else q) for c, q in enumerate(self.channels)]
        return tuple((channel, min(chance, 1.0)) for channel, chance in chances if chance > 0.0)

    def reckoned(self, visits: float) -> tuple[tuple[int, float], ...]:
        """Return the channels with the visits that agents reckon with."""
        chances = [
            (c, q + visits * self.seen_given_visit if c == INSPECTION else q)
            for c, q in enumerate(self.channels)
        ]
        return tuple((channel, chance) for channel, chance in chances if chance > 0.0)

    def fits(self, kind: int, traits: int) -> bool:
        """Say whether agents of a kind with some traits meet it."""
        if not self.kinds >> kind & 1 or traits & self.all_traits != self.all_traits:
            return False
        return not self.any_traits or bool(traits & self.any_traits)


class Posting:
    """How a regime enters one activity: items and points by channel, and what agents make of it."""

    def __init__(self, record: np.void):
        copy_fields(self, record)


class Ladder:
    """What the scores of one account are worth to one kind: cutoffs and steps, lowest first."""

    def __init__(self, cutoffs: list[float], steps: list[float]):
        self.steps = [(c, s) for c, s in zip(cutoffs, steps) if c < BEYOND_MP and s != 0.0]
        self.levels, level = [], 0.0
        for cutoff, step in zip(cutoffs, steps):
            level += step
            if cutoff < BEYOND_MP:
                self.levels.append((cutoff, level))

    def worth(self, score_mp: float, width_mp: float) -> float:
        """Return what a score is worth a month, each step faded in around its cutoff."""
        total = 0.0
        for cutoff, step in self.steps:
            above = score_mp - cutoff
            if above >= width_mp:
                total += step
            elif above > -width_mp:
                total += step * min(max(above / width_mp + 0.5, 0.0), 1.0)
        return total

    def worth_of_gain(self, score_mp: float, points_mp: float, reach_mp: float, width_mp: float) -> float:
        """Return what points would bring: their own step, or their share of a climb within reach."""
        if not self.steps:
            return 0.0
        here = self.worth(score_mp, width_mp)
        best = self.worth(score_mp + points_mp, width_mp) - here
        for cutoff, level in self.levels:
            distance = cutoff - score_mp
            if 0.0 < distance <= reach_mp:
                best = max(best, points_mp * (level - here) / distance)
        return best

    def worth_of_loss(self, score_mp: float, points_mp: float, width_mp: float) -> float:
        """Return what losing points would cost a month."""
        if not self.steps:
            return 0.0
        return self.worth(score_mp, width_mp) - self.worth(score_mp - points_mp, width_mp)


class Item:
    """One item of a rulebook, as the fold reads it."""

    def __init__(self, record: np.void):
        copy_fields(self, record)


class Book:
    """A rulebook: its items by index and its own rules."""

    def __init__(self, items: np.ndarray, rules: np.void):
        copy_fields(self, rules)
        self.items = [Item(record) for record in items]

    def grade(self, score_mp: int) -> int:
        """Return the highest grade whose lowest score is reached."""
        grade = 0
        for higher in range(1, 6):
            if score_mp >= self.lowest_mp[higher]:
                grade = higher
        return grade


class Regime:
    """The lever values under which some agents live this month: the status quo, or the scenario.

    Attributes
    ----------
    postings : list of Posting, by activity
    ladders : list of list of Ladder, by account and kind
    book : Book
        By which the district score is graded.
    reckoned : list of list, by class and activity
        Channels and chances that agents reckon with this month.
    """

    def __init__(self, index: int, rules: Rules):
        record = rules.regimes[index]
        copy_fields(self, record)
        self.index = index
        self.levers = rules.values[index]
        for name in _SHARES_OF_REGIME:
            setattr(self, name, getattr(self, name) / TWO_32)
        self.file_cover = [share / TWO_32 for share in self.file_cover]
        self.filing = (record["filing"] / TWO_32).tolist()
        self.postings = [Posting(each) for each in rules.postings[index]]
        self.ladders = [
            [Ladder(self.cutoffs_mp[account], self.steps_yuan[account][kind]) for kind in range(len(KINDS))]
            for account in (DISTRICT, VILLAGE)
        ]
        self.book = Book(rules.book.district_items[index], rules.book.district_rules[index])
        self.step_points_mp = rules.book.step_points_mp[index].tolist()
        self.reckoned: list[list] = []

    def reckon_with(self, activities: list[Activity], firms: float, schools: float) -> None:
        """Set the channels that agents reckon with, given announced ratios of visits."""
        known = assumed("belief.announced_share")
        by_activity = []
        for activity in activities:
            ratio = schools if activity.supervised else firms
            by_activity.append(activity.reckoned((1.0 + known * (ratio - 1.0)) * activity.usual_visits))
        self.reckoned = [by_activity] * len(CLASSES)


class Catalogue:
    """Everything of a compiled scenario that agents and desks read."""

    def __init__(self, rules: Rules):
        self.rules = rules
        self.activities = [Activity(k, record) for k, record in enumerate(rules.activities)]
        self.regimes = [Regime(index, rules) for index in (0, 1)]
        book = rules.book
        self.village_book = Book(book.village_items, book.village_rules[0])
        self.carried_mp = book.carried_mp.tolist()
        self.city_cutoffs_mp = book.city_cutoffs_mp.tolist()
        self.star_items = book.star_items.tolist()
        self.points_mp = book.points_mp.tolist()
        self.is_direct = book.is_direct.tolist()
        self.is_step = book.is_step.tolist()
        self.is_public = book.is_public.tolist()
        self.step_tenths = book.step_tenths.tolist()
        self.step_items = book.step_items.tolist()
        self.representative_item = book.representative_item.tolist()
        self.validity_months = book.validity_months.tolist()
        self.code_fen = [round(100 * worth) for worth in code_worth_yuan()]

    def begin_month(self, month: int) -> None:
        """Set what the world's events change: chances of meeting activities, and the weight of norms."""
        thresholds = opportunity_thresholds(self.rules, month).tolist()
        weight = self.rules.world("norm_weight_share") * contact_factor(self.rules, month)
        ties_share = assumed("norm.ties_share")
        for activity, threshold in zip(self.activities, thresholds):
            activity.chance = threshold / TWO_32
            activity.pull = weight * activity.visible_share
            activity.pull_of_ties = activity.pull * ties_share

    def city_grade(self, score_mp: int) -> int:
        """Return the city's own grade of a score."""
        return bisect_right(self.city_cutoffs_mp, score_mp)
