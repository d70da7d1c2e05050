"""Sites where agents live and work, and the group cells by which a month is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditsim.model.regimes import NEVER

if TYPE_CHECKING:
    import mesa

FLOWS = (
    "breaches", "harm_fen", "local_breaches", "pledger_breaches", "undetected", "unable", "merits",
    "benefit_fen", "hours_tenths", "sorted", "sorting_met", "rewards_fen", "fines_fen", "visits",
    "visits_seen", "posted_negative", "posted_positive", "posted_false", "delay_months",
    "bonus_points_mp", "cheap_points_mp", "appeals_filed", "appeals_upheld", "repaired", "warnings",
    "benefits_fen", "penalties_fen", "wrongly_penalised", "fund_paid_fen", "contest_slots", "slots_changed",
)  # fmt: skip
STOCKS = (
    "agents", "working", "adults", "filed", "scored", "stuck_low", "aware", "registered", "app_active",
    "knows_score", "good_people", "trust", "crowding", "tutoring_year", "teachers",
)  # fmt: skip


class Cell:
    """The month's counts of one area, setting and group."""

    def __init__(self):
        self.clear()

    def clear(self) -> None:
        """Start a month's count."""
        for name in FLOWS + STOCKS:
            setattr(self, name, 0)


class Site:
    """A village, community, school, public body or market.

    Attributes
    ----------
    met, done, visible : list, by activity
        Opportunities and acts of this month; the share that the site shows of last month's.
    inhabitants : list of CreditAgent
        Who lives here.
    """

    def __init__(self, record, activities: int):
        self.kind, self.area = int(record["kind"]), int(record["area"])
        self.start = NEVER
        self.inhabitants: list[mesa.Agent] = []
        self.met, self.done = [0] * activities, [0] * activities
        self.visible = [0.0] * activities
        self.adults = self.aware = self.named_lately = 0
        self.heard_of = self.role_models = 0.0
        self.bins = self.fund = 1.0


def rank_sites(sites: list[Site], random) -> None:
    """Draw the ranks by which shares of the sites of a kind get a points shop or a fund, met exactly."""
    for name, sorts in (("fund", False), ("bins", True)):
        for kind in {site.kind for site in sites}:
            chosen = [
                site
                for site in sites
                if site.kind == kind
                and (
                    not sorts
                    or any(activity.sorts for each in site.inhabitants for activity in each.activities)
                )
            ]
            random.shuffle(chosen)
            for rank, site in enumerate(chosen):
                setattr(site, name, (rank + 0.5) / len(chosen))


def _sorts(site: Site) -> bool:
    """Say whether a site has urban households: elsewhere nobody is asked to sort."""
    return any(activity.sorts for agent in site.inhabitants for activity in agent.activities)
