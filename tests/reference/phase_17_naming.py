"""Phase 17, from section 7.18 of docs/odd.md: role models of the month."""

from __future__ import annotations

from types import SimpleNamespace

from naive_deeds import DID_GOOD
from naive_draws import word
from naive_world import ADULTS, is_scored, levers_of
from plain_state import count


def naming(state, policy):
    number = _to_name(state, policy)
    best = {}
    for row in _candidates(state, policy):
        key = -state.agents.score_mp[row], word(state, state.agents.slot[row], state.month, "ROLE_MODEL", 0), row
        home = state.agents.home[row]
        best[home] = min(best.get(home, key), key)
    drawn = sorted((word(state, state.agents.slot[row], state.month, "ROLE_MODEL", 1), row) for _, _, row in best.values())
    shown = int(policy.assumed["role_model.published_months"])
    state.service.named = [each for each in state.service.named if state.month - each.month < shown]
    for _, row in drawn[:number]:
        count(state, "service_role_models", row)
        named = SimpleNamespace(row=row, generation=state.agents.generation[row], month=state.month)
        state.service.named.append(named)
    lately = int(policy.assumed["role_model.shown_months"])
    state.service.named_lately = [0.0] * len(state.service.named_lately)
    for each in state.service.named:
        count(state, "published", each.row)
        if state.month - each.month < lately:
            state.service.named_lately[state.agents.home[each.row]] += 1.0


def _to_name(state, policy):
    """Return how many role models the month has."""
    inside = sum(state.active) / len(state.active)
    yearly = (1.0 - inside) * policy.values[0]["publicity.role_models_count"]
    yearly += inside * policy.values[1]["publicity.role_models_count"]
    thousandths = round(yearly * state.population.scale * 1000)
    return thousandths * (state.month + 1) // 12000 - thousandths * state.month // 12000


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
