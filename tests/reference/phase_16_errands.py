"""Phase 16, from section 7.17 of docs/odd.md: certificates and other errands of adults."""

from __future__ import annotations

from naive_draws import below, block, word
from naive_world import ACTIVE, ADULTS, AWARE, RESIDENT, VILLAGER, levers_of
from plain_state import count

VILLAGE, COMMUNITY = 0, 1


def errands(state, policy):
    waiting = {VILLAGE: [], COMMUNITY: []}
    for row, kind in enumerate(state.agents.kind):
        if kind in ADULTS and state.agents.present[row]:
            for errand in _met(state, policy, row):
                _do(state, policy, row, errand, waiting)
    for kind, queue in waiting.items():
        _desk(state, policy, kind, queue)


def _met(state, policy, row):
    """Return which errands an adult has this month."""
    w0, w1, _, _ = block(state, state.agents.slot[row], state.month, "ERRAND")
    assumed, found = policy.assumed, []
    if w0 < below(assumed["errand.certificates_per_head_year"] / 12):
        found.append("certificate")
    if w1 < below(assumed["errand.counter_per_head_year"] / 12):
        found.append("counter")
    return found


def _do(state, policy, row, errand, waiting):
    """Do an errand without a desk where that is possible; else let it wait for the desk."""
    agents, assumed, levers = state.agents, policy.assumed, levers_of(state, policy, row)
    count(state, "service_errands", row)
    old_way = assumed[f"errand.{errand}_hours"]
    offline_route = _takes_offline_route(state, policy, row)
    if errand == "certificate":
        waived = word(state, agents.slot[row], state.month, "ERRAND", 2)
        if waived < below(levers["service.certificate_waiver_share"]):
            if levers["service.credit_id_on"] and _carries_id(state, row, offline_route):
                count(state, "service_waived", row)
                _save(state, policy, row, old_way, as_benefit=True)
                return
            wait(state, row, old_way, old_way * assumed["errand.waived_at_counter_share"], waiting)
            return
    fast = agents.awareness[row] & ACTIVE or (agents.awareness[row] & AWARE and offline_route)
    if (
        errand == "counter"
        and fast
        and levers["score.city_on"]
        and levers["app.publicity_yuan_per_head_year"]
    ):
        count(state, "service_fast_lane", row)
        _save(state, policy, row, old_way - assumed["errand.fast_lane_hours"], as_benefit=True)
        return
    wait(state, row, old_way, 0.0, waiting)


def wait(state, row, old_way, spared, waiting):
    """Let an errand that needs a trip wait for the desk; `spared` hours count if it is not taken."""
    desk = state.population.sites.kind[state.agents.home[row]]
    lot = word(state, state.agents.slot[row], state.month, "ERRAND", 3)
    waiting[desk].append((lot, row, old_way, spared))


def _carries_id(state, row, offline_route):
    """Say whether an adult is a villager on file who can show the electronic credit ID."""
    agents = state.agents
    return agents.kind[row] == VILLAGER and agents.filed[row] and (agents.online[row] or offline_route)


def _takes_offline_route(state, policy, row):
    """Say whether somebody offline takes the paper or telephone route."""
    if state.agents.online[row] or not levers_of(state, policy, row)["app.offline_channel_on"]:
        return False
    return word(state, state.agents.slot[row], 0, "ERRAND", 0) < below(
        policy.assumed["errand.offline_takeup_share"]
    )


def _desk(state, policy, kind, queue):
    """Take errands by lot as far as the desk's hours reach; the rest goes the old way."""
    lever = ("service.village_desk_staff_hours_per_month", "service.community_desk_staff_hours_per_month")[
        kind
    ]
    settled = [row for row, what in enumerate(state.agents.kind) if what == (VILLAGER, RESIDENT)[kind]]
    inside = sum(state.active[row] for row in settled) / max(1, len(settled))
    hours = (
        policy.values[0][lever] * (1.0 - inside) + policy.values[1][lever] * inside
    ) * state.population.scale
    flow = round(hours / policy.assumed["errand.desk_staff_hours"] * 1000)
    room = flow * (state.month + 1) // 1000 - flow * state.month // 1000
    for _, row, old_way, spared in sorted(queue, key=lambda each: each[:2]):
        if room > 0 and levers_of(state, policy, row)[lever] > 0:
            room -= 1
            count(state, "service_desk", row)
            _save(state, policy, row, old_way - policy.assumed["errand.desk_hours"])
        elif spared:
            count(state, "service_waived_counter", row)
            _save(state, policy, row, spared)
        else:
            count(state, "service_old_way", row)


def _save(state, policy, row, hours, as_benefit=False):
    """Count hours saved, in minutes, and their worth where the scheme gives them."""
    count(state, "service_saved_minutes", row, round(hours * 60))
    if as_benefit:
        count(state, "benefits_fen", row, round(hours * policy.assumed["errand.hour_yuan"] * 100))
