"""The model: owns agents, sites and desks, and runs the month's phases in order."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable

import mesa
import numpy as np

from benchmarks.plain_mesa import outcomes
from benchmarks.plain_mesa.agents import CLASSES, CivilServant, Resident, Teacher, Villager
from benchmarks.plain_mesa.appeals import appeal
from benchmarks.plain_mesa.contests import hold_contests
from benchmarks.plain_mesa.numbers import read_numbers
from benchmarks.plain_mesa.places import Cell, Site, rank_sites
from benchmarks.plain_mesa.programme import (
    awareness,
    calendar,
    draw_starts,
    monthly_chances,
    pledging,
    training,
    visiting,
)
from benchmarks.plain_mesa.records import carry_records
from benchmarks.plain_mesa.rules import Catalogue
from benchmarks.plain_mesa.treatment import name_role_models, score_all, treat
from benchmarks.plain_mesa.turnover import turn_over
from creditsim.core.months import month_text
from creditsim.model.means import dues_of_items
from creditsim.model.parts.turnover import first_turnover
from creditsim.model.regimes import Rules, compile_rules
from creditsim.population.agents import CELLS_PER_AREA, ENTERPRISE, SETTING_OF_KIND, TRAIT_BIT
from creditsim.population.peers import build_peers
from creditsim.population.synthesis import Population, build_population
from creditsim.spec.activities import inspection_weights
from creditsim.spec.scenario import Scenario, load_scenario
from creditsim.spec.vocabulary import SETTINGS

Phase = Callable[["PlainCreditModel"], None]


def act(model: PlainCreditModel) -> None:
    """Let every agent meet its activities, choose, and be noticed or not."""
    model.agents.do("act")


def learn(model: PlainCreditModel) -> None:
    """Let every agent's trust, motivation and beliefs move."""
    model.agents.do("learn")


PHASES: tuple[Phase, ...] = (
    calendar, awareness, training, pledging, visiting, act, carry_records, appeal, score_all, treat,
    hold_contests, name_role_models, learn, turn_over, outcomes.count_stocks,
)  # fmt: skip
"""What happens in a month, in the package's order."""


class PlainCreditModel(mesa.Model):
    """Simulate one scenario month by month, object by object.

    Parameters
    ----------
    scenario : Scenario or str
    scale, seed : float, int
        Size and luck; of the population too, if none is given.
    population : Population, optional
    rules : Rules, optional
        The scenario compiled before.

    Examples
    --------
    >>> model = PlainCreditModel("status-quo-2019", scale=0.01)
    >>> model.step()
    >>> model.month_name
    '2020-02'
    """

    def __init__(
        self,
        scenario: Scenario | str = "five-entries-2020",
        scale: float = 0.02,
        seed: int = 1,
        population: Population | None = None,
        rules: Rules | None = None,
    ):
        super().__init__(rng=seed)
        scenario = load_scenario(scenario) if isinstance(scenario, str) else scenario
        self.rules = rules or compile_rules(scenario)
        self.population = population or build_population(scenario.population, scale, seed)
        self.scale = self.population.scale
        self.month = self.rules.first_month
        self.numbers = read_numbers(self.rules)
        self.catalogue = Catalogue(self.rules)
        self.income_factor, self.stopped_share, self.shock_month = 1.0, 0.0, -1
        self.filed, self.posted_now, self.posted_before = [], [], []
        self.lines = [deque() for _ in SETTINGS]
        self.cases = [[] for _ in SETTINGS]
        self.hurt, self.named, self.visited, self.funds = set(), [], [], [0, 0]
        self.backlog = self.came = self.left = 0
        self._make_places()
        self._make_agents()
        self._describe()
        self.datacollector = mesa.DataCollector(model_reporters=outcomes.REPORTERS)

    def _make_places(self) -> None:
        """Make sites and cells."""
        population, number = self.population, len(self.catalogue.activities)
        self.sites = [Site(record, number) for record in population.sites]
        self.cells = [Cell() for _ in range(CELLS_PER_AREA * len(population.areas))]
        groups = defaultdict(list)
        for site in self.sites:
            groups[site.area, site.kind].append(site)
        self.site_groups = list(groups.values())

    def _make_agents(self) -> None:
        """Make an agent for each row of the population, and join them by ties, work and household."""
        population, random = self.population, self.random
        names, made = population.agents.dtype.names, []
        for row, values in enumerate(population.agents.tolist()):
            record = dict(zip(names, values, strict=True))
            if record["kind"] == ENTERPRISE:
                record["size"] = int(population.enterprises["size"][row])
                record["visit_weight"] = _visit_weight(record["traits"])
            made.append(CLASSES[record["kind"]](self, record))
            made[-1].home.inhabitants.append(made[-1])
        peers = build_peers(population)
        ties = np.split(peers.targets, peers.indptr[1:-1])
        for agent, record, near in zip(made, population.agents, ties, strict=True):
            agent.ties = [made[row] for row in near.tolist()]
            if record["employer"] >= 0:
                agent.employer = made[record["employer"]]
            if record["representative"] >= 0:
                agent.representative = made[record["representative"]]
        for members in np.split(population.households.members, population.households.indptr[1:-1]):
            for row in members.tolist():
                made[row].head = made[members[0]]
        for agent in made:
            agent.update_status()
        rank_sites(self.sites, random)

    def _describe(self) -> None:
        """Note what no month changes."""
        everyone = list(self.agents)
        self.agents_by_setting = [0] * len(SETTINGS)
        for agent in everyone:
            self.agents_by_setting[SETTING_OF_KIND[agent.code]] += 1
        self.active_by_setting = [0] * len(SETTINGS)
        self.adults = [
            agent
            for kind in (Teacher, Villager, Resident, CivilServant)
            for agent in self.agents_by_type[kind]
        ]
        offline = sum(not adult.online for adult in self.adults)
        chances = [monthly_chances(each.levers, self.scale, offline) for each in self.catalogue.regimes]
        self.innovation, self.registering, self.helped = zip(*chances, strict=True)
        self.death_chance = first_turnover(
            self.population, len(self.catalogue.activities)
        ).death_chance.tolist()
        amounts, strained = dues_of_items(self.rules.book.district)
        self.dues = list(zip(amounts.tolist(), (strained / 2**32).tolist(), strict=True))
        draw_starts(self)

    @property
    def month_name(self) -> str:
        """The month that the next step simulates, ``YYYY-MM``."""
        return month_text(self.month)

    def step(self) -> None:
        """Simulate one month."""
        self.begin_month()
        for phase in PHASES:
            phase(self)
        self.finish_month()

    def begin_month(self) -> None:
        """Put last month's acts and entries where this month reads them."""
        self.posted_before, self.posted_now, self.filed = self.posted_now, [], []
        self.came = self.left = 0
        for cell in self.cells:
            cell.clear()
        self.agents.do("begin_month")

    def finish_month(self) -> None:
        """Collect the month's outcomes and turn to the next."""
        self.datacollector.collect(self)
        self.month += 1


def _visit_weight(traits: int) -> float:
    """Return how often an enterprise is visited against others: the largest of its sectors' weights."""
    weights = inspection_weights()
    named = [w for trait, w in weights.items() if trait != "other" and traits & TRAIT_BIT[trait]]
    return max([weights["other"], *named])
