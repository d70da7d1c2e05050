"""Naming: role models, chosen among those who do good, shown at their site."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.budgets import whole_part
from creditsim.model.coverage import ON_FILE, file_status, is_adult_here, is_scored
from creditsim.model.parts.service import NAMED
from creditsim.model.regimes import Rules
from creditsim.model.state import DID_GOOD, State
from creditsim.population.agents import COMMUNITY, MINOR, NO_SEX, VILLAGE, VILLAGER
from creditsim.population.fixed import once_per_population
from creditsim.population.synthesis import Population
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import SITE_KINDS


def naming(state: State, rules: Rules) -> None:
    """Name the month's role models among adults with a good deed, and show them at their sites.

    Villages and communities have names by their adults. The best-scored of each site stands,
    ties by lot; the lot chooses among the sites. Where
    there is a score only those scored are named (with consent where that is asked for).
    For some months names at the home site raise awareness there and make good deeds more
    visible; they are published persons as long as they are on display.
    """
    places = state.population.sites["kind"]
    there = np.zeros((2, len(SITE_KINDS)), np.int64)
    _count_adults(state.agents, state.active, places, there)
    living = adults_by_place(state.population)
    for kind in (VILLAGE, COMMUNITY):
        for regime, levers in enumerate(rules.values):
            share = int(there[regime, kind]) / max(int(there[:, kind].sum()), 1)
            share *= int(living[kind]) / max(int(living.sum()), 1)
            monthly = levers["publicity.role_models_count"] * share * state.population.scale / 12
            number = whole_part(round(monthly * 1000), state.month)
            if number > 0:
                _name(state, _candidates(state, rules, kind, regime), number)
    _show(state, rules)


@once_per_population
def adults_by_place(population: Population) -> np.ndarray:
    """Return how many adults the population has by kind of their home site."""
    agents, adults = population.agents, np.zeros((1, len(SITE_KINDS)), np.int64)
    _count_adults(agents, np.zeros(len(agents), np.uint8), population.sites["kind"], adults)
    return adults[0]


@compiled
def _count_adults(agents, active, places, adults):
    """Count the adults present by regime and kind of the home site."""
    for row in range(agents.shape[0]):
        agent = agents[row]
        adults[active[row], places[agent.home]] += is_adult_here(agent)


def _candidates(state: State, rules: Rules, kind: int, regime: int) -> np.ndarray:
    """Return the rows that may be named: good this month, not on display, scored if there is a score."""
    on_display = np.zeros(len(state.agents), np.bool_)
    on_display[state.service.named["row"]] = True
    rows = np.empty(np.count_nonzero(state.deeds & DID_GOOD), np.int64)
    return rows[: _find_good(
        state.agents, state.deeds, on_display, state.active, regime, state.population.sites["kind"], kind,
        rules.regimes, state.ranks, rows,
    )]  # fmt: skip


@compiled
def _find_good(agents, deeds, on_display, active, regime, places, kind, regimes, ranks, rows):
    """Write the candidates of a regime at a kind of site; return their number."""
    number = 0
    for row in range(agents.shape[0]):
        if deeds[row] & DID_GOOD == 0 or on_display[row] or active[row] != regime:
            continue
        agent = agents[row]
        if places[agent.home] != kind or agent.age_band == MINOR or agent.sex == NO_SEX or agent.present == 0:
            continue
        if regimes[regime].score_on == 0 or is_scored(agent, regimes[regime], ranks[row]) == 1:
            rows[number] = row
            number += 1
    return number


def _name(state: State, rows: np.ndarray, number: int) -> None:
    """Name the best of as many sites as there are names, sites by lot."""
    agents = state.agents
    best = np.full(len(state.population.sites), -1, np.int64)
    _find_best(agents, rows, state.words(rows, draws.ROLE_MODEL), best)
    best = rows[best[best >= 0]]
    lots = state.words(best, draws.ROLE_MODEL, 1)
    chosen = best[np.argsort(lots, kind="stable")[:number]]
    new = np.zeros(len(chosen), NAMED)
    new["row"], new["generation"], new["month"] = chosen, agents.generation[chosen], state.month
    state.service.named = np.concatenate((state.service.named, new))
    state.count("service_role_models", chosen)


@compiled
def _find_best(agents, rows, lot, best):
    """Write for each home site the place of its best-scored candidate, ties to the lower lot."""
    for place in range(rows.shape[0]):
        agent = agents[rows[place]]
        other = best[agent.home]
        if other >= 0:
            score = agents[rows[other]].score_mp
            if score > agent.score_mp or (score == agent.score_mp and lot[other] <= lot[place]):
                continue
        best[agent.home] = place


def _show(state: State, rules: Rules) -> None:
    """Take down old names, count the persons on display, and how many each site was shown lately."""
    agents, named = state.agents, state.service.named
    named = named[state.month - named["month"] < assumed("role_model.published_months")]
    there = agents.present[named["row"]] == 1
    named = named[there & (agents.generation[named["row"]] == named["generation"])]
    state.service.named = named
    rows = named["row"].astype(np.int64)
    ranked = (rules.regimes.public_ranking_on[state.active[rows]] == 1) & (agents.kind[rows] == VILLAGER)
    ranked &= file_status(state, rules, rows) == ON_FILE  # the public ranking counts them already
    state.count("published", rows[~ranked])
    recent = rows[state.month - named["month"] < assumed("role_model.shown_months")]
    shown = np.bincount(agents.home[recent], minlength=len(state.population.sites))
    state.service.named_lately = shown.astype(np.float64)
