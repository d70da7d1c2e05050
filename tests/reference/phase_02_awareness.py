"""Phase 2, from section 7.3 of docs/odd.md: adults learn of the scheme, register, learn the items."""

from __future__ import annotations

from naive_draws import TWO_32, below, block
from naive_world import (
    ACTIVE,
    ADULTS,
    AWARE,
    FIRST_BAND_OF_60,
    KNOWS_ITEMS,
    KNOWS_SCORE,
    REGISTERED,
    VILLAGER,
    contact_factor,
    levers_of,
    sites_nearby,
)


def awareness(state, policy):
    agents, known = state.agents, shares_aware(state, policy)
    offline = _offline_at_the_start(state)
    for row, kind in enumerate(agents.kind):
        levers = levers_of(state, policy, row)
        if kind in ADULTS and agents.present[row] and levers["score.city_on"]:
            agents.awareness[row] = _next(state, policy, row, levers, known[agents.home[row]], offline)


def shares_aware(state, policy):
    """Return by site the share aware among the contacts of those at home there."""
    agents, sites = state.agents, range(len(state.population.sites.kind))
    adults, aware = [0 for _ in sites], [0 for _ in sites]
    for row, kind in enumerate(agents.kind):
        if kind in ADULTS and agents.present[row]:
            adults[agents.home[row]] += 1
            aware[agents.home[row]] += agents.awareness[row] & AWARE
    shares = []
    for site in sites:
        others = sites_nearby(state, site)
        own = aware[site] / max(1, adults[site])
        away = policy.assumed["spill.contact_share"] if sum(adults[other] for other in others) else 0.0
        beyond = sum(aware[other] for other in others) / max(1, sum(adults[other] for other in others))
        shares.append((1.0 - away) * own + away * beyond)
    return shares


def _next(state, policy, row, levers, known, offline):
    """Return what an adult knows after this month."""
    agents, assumed = state.agents, policy.assumed
    before = bits = agents.awareness[row]
    w0, w1, w2, w3 = block(state, agents.slot[row], state.month, "AWARENESS")
    if not before & AWARE:
        aged = agents.age_band[row] >= FIRST_BAND_OF_60
        ceiling = policy.world("digital_ceiling_60plus_share") if aged else assumed["awareness.ceiling_share"]
        p = (
            assumed["awareness.innovation_base_share"]
            + assumed["awareness.innovation_per_yuan_share"] * levers["publicity.spending_yuan_per_head_year"]
            + assumed["role_model.innovation_share"] * state.service.named_lately[agents.home[row]]
        )
        q = policy.world("bass_imitation_share") * contact_factor(state, policy)
        if state.ranks.aware[row] < below(ceiling) and w0 < (p + q * known) / 12.0 * TWO_32:
            bits |= AWARE
    if (
        before & AWARE
        and not before & REGISTERED
        and w1 < _registers(state, policy, row, levers, offline) * TWO_32
    ):
        bits |= REGISTERED
        if w3 < below(assumed["awareness.active_share"]):
            bits |= ACTIVE
    if before & ACTIVE and not before & KNOWS_SCORE and w1 < below(assumed["awareness.looks_up_share"]):
        bits |= KNOWS_SCORE
    if agents.kind[row] == VILLAGER and levers["village.public_ranking_on"] and agents.filed[row]:
        bits |= KNOWS_SCORE
    if before & AWARE and not before & KNOWS_ITEMS and w2 < below(assumed["awareness.learns_items_share"]):
        bits |= KNOWS_ITEMS
    return bits


def _registers(state, policy, row, levers, offline):
    """Return the chance that an aware adult registers this month."""
    assumed = policy.assumed
    drive = levers["app.publicity_yuan_per_head_year"]
    online = assumed["awareness.registers_share"] + assumed["awareness.registers_per_yuan_share"] * drive
    if state.agents.online[row]:
        return online
    helped = levers["app.help_desk_staff_hours_per_month"] * state.population.scale
    chance = min(1.0, helped * assumed["awareness.helped_registrations_per_hour"] / max(1, offline))
    if levers["app.offline_channel_on"]:
        chance = chance + assumed["awareness.offline_route_share"] * online
    return chance


def _offline_at_the_start(state):
    """Return how many adults of the population were offline at the start."""
    agents = state.population.agents
    return sum(kind in ADULTS and not online for kind, online in zip(agents.kind, agents.online))
