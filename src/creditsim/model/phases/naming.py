"""Naming: role models, chosen among those who do good, shown at their site."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.budgets import whole_part
from creditsim.model.coverage import ON_FILE, SCORED, file_status, is_adult_here
from creditsim.model.parts.service import NAMED
from creditsim.model.regimes import Rules
from creditsim.model.state import DID_GOOD, State
from creditsim.population.agents import COMMUNITY, MINOR, NO_SEX, VILLAGE, VILLAGER
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
    places, agents = state.population.sites["kind"], state.agents
    there, living = np.zeros((2, len(SITE_KINDS)), np.int64), np.zeros((2, len(SITE_KINDS)), np.int64)
    _count_adults(agents, state.active, places, there)
    _count_adults(state.population.agents, np.zeros(len(agents), np.uint8), places, living)
    for kind in (VILLAGE, COMMUNITY):
        of_kind = places[agents.home] == kind
        for regime, levers in enumerate(rules.values):
            share = int(there[regime, kind]) / max(int(there[:, kind].sum()), 1)
            share *= int(living[0, kind]) / max(int(living.sum()), 1)
            monthly = levers["publicity.role_models_count"] * share * state.population.scale / 12
            number = whole_part(round(monthly * 1000), state.month)
            if number > 0:
                _name(state, _candidates(state, rules, of_kind, regime), number)
    _show(state, rules)


@compiled
def _count_adults(agents, active, places, adults):
    """Count the adults present by regime and kind of the home site."""
    for row in range(agents.shape[0]):
        agent = agents[row]
        adults[active[row], places[agent.home]] += is_adult_here(agent)


def _candidates(state: State, rules: Rules, of_kind: np.ndarray, regime: int) -> np.ndarray:
    """Return the rows that may be named: good this month, not on display, scored if there is a score."""
    agents, free = state.agents, of_kind & (state.deeds & DID_GOOD > 0) & (state.active == regime)
    free[state.service.named["row"]] = False
    rows = np.flatnonzero(free)
    rows = rows[(agents.age_band[rows] != MINOR) & (agents.sex[rows] != NO_SEX) & (agents.present[rows] == 1)]
    if rules.regimes.score_on[regime]:
        rows = rows[file_status(state, rules, rows) >= SCORED]
    return rows


def _name(state: State, rows: np.ndarray, number: int) -> None:
    """Name the best of as many sites as there are names, sites by lot."""
    agents = state.agents
    lot = state.words(rows, draws.ROLE_MODEL)
    order = np.lexsort((lot, -agents.score_mp[rows].astype(np.int64), agents.home[rows]))
    homes = agents.home[rows[order]]
    first = np.ones(len(order), np.bool_)
    first[1:] = homes[1:] != homes[:-1]
    best = rows[order[first]]
    lots = state.words(best, draws.ROLE_MODEL, 1)
    chosen = best[np.argsort(lots, kind="stable")[:number]]
    new = np.zeros(len(chosen), NAMED)
    new["row"], new["generation"], new["month"] = chosen, agents.generation[chosen], state.month
    state.service.named = np.concatenate((state.service.named, new))
    state.count("service_role_models", chosen)


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
