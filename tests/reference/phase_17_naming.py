"""Phase 17, from section 7.18 of docs/odd.md: role models of the month."""

from __future__ import annotations

from types import SimpleNamespace

from naive_deeds import DID_GOOD
from naive_draws import word
from naive_world import ADULTS, VILLAGER, is_scored, levers_of
from plain_state import count

VILLAGE, COMMUNITY = 0, 1


def naming(state, policy):
    _take_off_display(state, policy)
    candidates = _candidates(state, policy)
    for kind in (VILLAGE, COMMUNITY):
        for regime in (0, 1):
            here = [
                row for row in candidates if _home_kind(state, row) == kind and state.active[row] == regime
            ]
            for row in _best_of_drawn_sites(state, here, _to_name(state, policy, kind, regime)):
                count(state, "service_role_models", row)
                named = SimpleNamespace(row=row, generation=state.agents.generation[row], month=state.month)
                state.service.named.append(named)
    lately = int(policy.assumed["role_model.shown_months"])
    state.service.named_lately = [0.0] * len(state.service.named_lately)
    for each in state.service.named:
        if not _is_ranked_in_public(state, policy, each.row):
            count(state, "published", each.row)
        if state.month - each.month < lately:
            state.service.named_lately[state.agents.home[each.row]] += 1.0


def _is_ranked_in_public(state, policy, row):
    """Say whether somebody is on display anyhow, as a filed villager under a public ranking."""
    agents = state.agents
    ranked = levers_of(state, policy, row)["village.public_ranking_on"]
    return bool(agents.kind[row] == VILLAGER and agents.filed[row] and ranked)


def _home_kind(state, row):
    """Return the kind of site where an agent lives."""
    return state.population.sites.kind[state.agents.home[row]]


def _take_off_display(state, policy):
    """Take off names that have been shown long enough, and those of people who have left."""
    shown, agents = int(policy.assumed["role_model.published_months"]), state.agents
    state.service.named = [
        each
        for each in state.service.named
        if state.month - each.month < shown
        and agents.present[each.row]
        and agents.generation[each.row] == each.generation
    ]


def _best_of_drawn_sites(state, rows, number):
    """Return the best-scored of each site, for so many sites drawn by lot."""
    best = {}
    for row in rows:
        equal = word(state, state.agents.slot[row], state.month, "ROLE_MODEL", 0)
        key, home = (-state.agents.score_mp[row], equal, row), state.agents.home[row]
        best[home] = min(best.get(home, key), key)
    lots = [
        (word(state, state.agents.slot[row], state.month, "ROLE_MODEL", 1), row)
        for _, _, row in best.values()
    ]
    return [row for _, row in sorted(lots)[:number]]


def _to_name(state, policy, kind, regime):
    """Return how many role models those of a regime in villages, or communities, name this month."""
    adults = [row for row, what in enumerate(state.agents.kind) if what in ADULTS]
    settled = [row for row in adults if _home_kind(state, row) == kind]
    present = [row for row in settled if state.agents.present[row]]
    under = [row for row in present if state.active[row] == regime]
    share = len(under) / max(1, len(present)) * (len(settled) / max(1, len(adults)))
    monthly = policy.values[regime]["publicity.role_models_count"] * share * state.population.scale / 12
    flow = round(monthly * 1000)
    return flow * (state.month + 1) // 1000 - flow * state.month // 1000


def _candidates(state, policy):
    """Return the adults with a good deed who may be named."""
    on_display = {(each.row, each.generation) for each in state.service.named}
    agents, found = state.agents, []
    for row, kind in enumerate(agents.kind):
        if kind not in ADULTS or not agents.present[row] or not state.deeds[row] & DID_GOOD:
            continue
        scored_only = levers_of(state, policy, row)["score.city_on"]
        if (row, agents.generation[row]) in on_display or (scored_only and not is_scored(state, policy, row)):
            continue
        found.append(row)
    return found
