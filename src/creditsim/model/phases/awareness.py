"""Awareness: who knows the scheme, is registered in the app, uses it, knows the items."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.threads import in_parts
from creditsim.model.coverage import is_adult_here
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.model.world import contact_factor
from creditsim.population.agents import FIRST_BAND_OF_60, MINOR, NO_SEX, VILLAGER
from creditsim.population.fixed import once_per_population
from creditsim.population.synthesis import Population
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import ACTIVE, AWARE, KNOWS_ITEMS, KNOWS_SCORE, REGISTERED, SITE_KINDS


def awareness(state: State, rules: Rules, threads: int = 1) -> None:
    """Let adults learn of the scheme: discrete Bass at the home site, then app and items.

    Chance a month: (p + q * share aware among contacts last month) / 12, p from publicity
    and role models at the site, q by contact (at the home site, a small share at others of its
    kind and area; less in the shock of 2020), below a ceiling by digital access and age.
    Registration needs awareness and the internet, a help desk, or the paper and telephone
    route; activity is a fixed share of the registered. Active users look up their own score
    sooner or later; who lives where scores are ranked in public knows it without. Knowing the
    items is a state of its own.
    Source: Bass (1969), discrete form; parameters in data/model.yaml.
    """
    aware, adults = count_aware(state)
    offline = offline_adults(state.population)
    informed = _share_by_site(state, aware, adults)
    spread = np.zeros((2, 3))
    helped = np.zeros(2)
    for regime, levers in enumerate(rules.values):
        spread[regime] = _monthly_chances(levers)
        helped[regime] = _helped_share(state, levers, offline)
        if levers["app.offline_channel_on"]:
            helped[regime] += spread[regime, 1] * assumed("awareness.offline_route_share")
    terms = (
        informed, spread, helped,
        rules.world("bass_imitation_share") * contact_factor(rules, state.month) / 12.0,
        draws.threshold(assumed("awareness.ceiling_share")),
        draws.threshold(rules.world("digital_ceiling_60plus_share")),
        draws.threshold(assumed("awareness.active_share")),
        draws.threshold(assumed("awareness.looks_up_share")), rules.regimes.score_on,
        rules.regimes.public_ranking_on,
        state.service.named_lately * (assumed("role_model.innovation_share") / 12.0),
    )  # fmt: skip

    def learn(low: int, high: int) -> None:
        _learn(
            low, high, state.agents, state.blocks(low, high, draws.AWARENESS), state.active, state.ranks,
            *terms,
        )  # fmt: skip

    in_parts(learn, len(state.agents), threads)


def count_aware(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Return by home site how many of the adults present know the scheme, and how many there are."""
    aware, adults = np.zeros((2, len(state.population.sites)), np.int64)
    _count_aware(state.agents, aware, adults)
    return aware, adults


@compiled
def _count_aware(agents, aware, adults):
    """Count adults at their home sites."""
    for row in range(agents.shape[0]):
        agent = agents[row]
        if is_adult_here(agent):
            adults[agent.home] += 1
            aware[agent.home] += agent.awareness & AWARE != 0


@once_per_population
def offline_adults(population: Population) -> int:
    """Return how many adults of a population are offline."""
    return int(_count_offline(population.agents))


@compiled
def _count_offline(agents):
    """Return how many adults are offline."""
    offline = 0
    for row in range(agents.shape[0]):
        agent = agents[row]
        offline += agent.sex < NO_SEX and agent.age_band != MINOR and agent.online == 0
    return offline


def _share_by_site(state: State, aware: np.ndarray, adults: np.ndarray) -> np.ndarray:
    """Return the share of contacts at each home site who knew the scheme at the end of last month.

    Most contacts are adults of the same site; a small share is spread over the other villages,
    or communities, of its area.
    """
    sites, spill = state.population.sites, assumed("spill.contact_share")
    own = aware / np.maximum(adults, 1)
    group = sites["area"].astype(np.int64) * len(SITE_KINDS) + sites["kind"]
    aware_else, adults_else = (
        np.bincount(group, counts).astype(np.int64)[group] - counts for counts in (aware, adults)
    )
    elsewhere = aware_else / np.maximum(adults_else, 1)
    return np.where(adults_else > 0, (1.0 - spill) * own + spill * elsewhere, own)


def _monthly_chances(levers) -> list[float]:
    """Return the monthly chances: innovation, registration, learning the items."""
    bought = levers["publicity.spending_yuan_per_head_year"] * assumed("awareness.innovation_per_yuan_share")
    drive = levers["app.publicity_yuan_per_head_year"] * assumed("awareness.registers_per_yuan_share")
    return [
        (assumed("awareness.innovation_base_share") + bought) / 12.0,
        assumed("awareness.registers_share") + drive,
        assumed("awareness.learns_items_share"),
    ]


def _helped_share(state: State, levers, offline: int) -> float:
    """Return the monthly chance that the help desk registers an aware person who is offline.

    Its places are spread over all who were `offline` at the start, whoever takes part in a run.
    """
    places = levers["app.help_desk_staff_hours_per_month"] * state.population.scale
    places *= assumed("awareness.helped_registrations_per_hour")
    return min(1.0, places / offline) if offline else 0.0


@compiled
def _learn(
    low, high, agents, words, active, ranks, informed,
    spread, helped, imitation, ceiling, ceiling_60, active_share, looks_up, score_on, ranked, models,
):  # fmt: skip
    """Move every adult's awareness one month on."""
    for row in range(low, high):
        place = row - low
        regime = active[row]
        agent = agents[row]
        if not is_adult_here(agent) or score_on[regime] == 0:
            continue
        known = agent.awareness
        w0, w1, w2, w3 = words[0, place], words[1, place], words[2, place], words[3, place]
        if known & AWARE == 0:
            top = ceiling_60 if FIRST_BAND_OF_60 <= agent.age_band < MINOR else ceiling
            chance = spread[regime, 0] + models[agent.home] + imitation * informed[agent.home]
            if ranks[row].aware < top and w0 < chance * draws.TWO_32:
                known |= AWARE
        else:
            if known & REGISTERED == 0:
                chance = spread[regime, 1] if agent.online == 1 else helped[regime]
                if w1 < chance * draws.TWO_32:
                    known |= REGISTERED
                    if w3 < active_share:
                        known |= ACTIVE
            elif known & ACTIVE != 0 and known & KNOWS_SCORE == 0 and w1 < looks_up:
                known |= KNOWS_SCORE
            if known & KNOWS_ITEMS == 0 and w2 < spread[regime, 2] * draws.TWO_32:
                known |= KNOWS_ITEMS
        if ranked[regime] == 1 and agent.kind == VILLAGER and agent.filed == 1:
            known |= KNOWS_SCORE
        agent.awareness = known
