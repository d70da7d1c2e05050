"""Phase 20, from section 7.21 of docs/odd.md: pilots, consent, newcomers, leavers."""

from __future__ import annotations

from types import SimpleNamespace

from naive_draws import TWO_32, below, lognormal_multipliers
from naive_noticing import deeds_of
from naive_world import (
    ADULTS,
    AWARE,
    ENTERPRISE,
    KINDS,
    PERSONS,
    STAFF,
    STUDENT,
    TEACHER,
    has_trait,
    levers_of,
    lot,
)
from phase_01_calendar import pilot_units
from plain_state import count

HELD, OPEN, AWAITED = 0, 1, 2
JULY, SEPTEMBER, C = 6, 8, 1
MONEY_WEIGHT_LOG_SD = 0.3
"""data/districts/weihai-etdz/assumptions.csv"""


def turnover(state, policy):
    _count_pilots(state, policy)
    _move_consent(state, policy)
    came, left = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    stock, shares = list(state.agents.present), _shares_aware(state)
    for row, was_there in enumerate(stock):
        if not was_there and _somebody_comes(state, policy, row):
            came[KINDS[state.agents.kind[row]]] += 1
            _enter(state, policy, row, shares[state.agents.home[row]])
    leavers = [row for row, was_there in enumerate(stock) if was_there and _leaves(state, policy, row)]
    for row in leavers:
        left[KINDS[state.agents.kind[row]]] += 1
        _exit(state, policy, row)
    _forget_old_exits(state)
    _lapse(state, leavers)
    state.turnover.leavers = leavers
    state.public |= {f"turnover_came.{kind}": number for kind, number in came.items()}
    state.public |= {f"turnover_left.{kind}": number for kind, number in left.items()}


def _count_pilots(state, policy):
    """Count breaches at pilot units and at those that wait, this month and in the burn-in's last year."""
    agents, memory = state.agents, state.turnover
    breaches = [
        sum(deed.direction == "breach" for deed in deeds_of(state, policy, row)) if here else 0
        for row, here in enumerate(agents.present)
    ]
    if state.month < policy.first_month:
        if state.month >= policy.first_month - 12:
            memory.months_before += 1
            memory.breaches_before = [
                min(255, before + now) for before, now in zip(memory.breaches_before, breaches)
            ]
        return
    if not policy.pilot_start <= state.month < policy.end or not memory.months_before:
        return
    pilots, waits = pilot_units(state, policy)
    state.public["months_before"] = memory.months_before
    for row, here in enumerate(agents.present):
        group = "pilot" if row in pilots else "control" if row in waits else None
        if here and group:
            count(state, f"{group}_breaches", row, breaches[row])
            count(state, f"{group}_before", row, memory.breaches_before[row])
            count(state, f"{group}_agents", row)


def _move_consent(state, policy):
    """Let people take their consent back, or give it again."""
    agents, assumed = state.agents, policy.assumed
    for row, kind in enumerate(agents.kind):
        levers = levers_of(state, policy, row)
        consents = state.ranks.consent[row] < below(assumed["consent.share"])
        if kind not in PERSONS or not agents.present[row] or not consents:
            continue
        if not (levers["score.city_on"] and levers["consent.opt_in_on"]):
            continue
        drawn = lot(state, row, "CONSENT")
        if agents.withdrawn[row]:
            if drawn < assumed["consent.return_share"] * agents.trust[row] * TWO_32:
                agents.withdrawn[row] = 0
            continue
        chance = assumed["consent.withdrawal_share"] * (1.0 - agents.trust[row])
        if agents.grade[row] <= C:
            chance = chance * assumed["consent.low_grade_factor"]
        if drawn < min(1.0, chance) * TWO_32:
            agents.withdrawn[row] = 1


def _shares_aware(state):
    """Return by home site the share of adults present who know of the scheme."""
    agents, adults, aware = state.agents, {}, {}
    for row, kind in enumerate(agents.kind):
        home = agents.home[row]
        adults.setdefault(home, 0), aware.setdefault(home, 0)
        if kind in ADULTS and agents.present[row]:
            adults[home] += 1
            aware[home] += agents.awareness[row] & AWARE
    return {home: aware[home] / max(1, adults[home]) for home in adults}


def _somebody_comes(state, policy, row):
    """Say whether a vacant slot finds somebody this month."""
    vacant = state.turnover.vacant[row]
    if vacant == AWAITED:
        return any(each.row == row and each.back == state.month for each in state.turnover.low_exits)
    if vacant != OPEN:
        return False
    if state.agents.kind[row] == STUDENT:
        return state.month % 12 == SEPTEMBER
    return lot(state, row, "TURNOVER", 1) < below(policy.assumed["turnover.refilled_share"])


def _enter(state, policy, row, share_aware):
    """Let a newcomer, or the owner of a closed firm, take the slot."""
    agents, assumed, back = state.agents, policy.assumed, state.turnover.vacant[row] == AWAITED
    agents.present[row], state.turnover.vacant[row] = 1, HELD
    agents.generation[row] += 1
    count(state, "turnover_came", row)
    if back:
        count(state, "turnover_low_back", row)
        return
    agents.honesty[row] = (lot(state, row, "ENTRANT", 0) + 0.5) / TWO_32
    agents.prosociality[row] = (lot(state, row, "ENTRANT", 1) + 0.5) / TWO_32
    weights = lognormal_multipliers(MONEY_WEIGHT_LOG_SD)
    agents.money_weight[row] = weights[lot(state, row, "ENTRANT", 2) >> 20]
    agents.trust[row], agents.crowding[row] = assumed["trust.start_share"], 0.0
    agents.false_belief[row] = assumed["belief.false_record_start_share"]
    agents.belief[row] = [1.0] * 7
    agents.awareness[row] = 0
    local = agents.kind[row] in ADULTS and agents.registration[row] == 0
    if local and lot(state, row, "ENTRANT", 3) < share_aware * TWO_32:
        agents.awareness[row] = AWARE


def _leaves(state, policy, row):
    """Say whether a holder leaves this month."""
    agents, assumed, kind = state.agents, policy.assumed, state.agents.kind[row]
    drawn = lot(state, row, "TURNOVER", 0)
    if kind == ENTERPRISE:
        return drawn < _closes(state, policy, row) * TWO_32
    if kind == STUDENT:
        return state.month % 12 == JULY and drawn < below(assumed["turnover.pupils_finish_share"])
    if kind not in ADULTS:
        return False
    chance = state.turnover.death_chance[agents.age_band[row]]
    if kind in STAFF:
        chance = chance + assumed["turnover.staff_leave_share_year"] / 12
    if drawn < chance * TWO_32:
        return True
    moves = kind not in STAFF and agents.registration[row] != 0
    return moves and lot(state, row, "MIGRATION") < below(assumed["turnover.moves_away_share_year"] / 12)


def _closes(state, policy, row):
    """Return the chance that an enterprise closes this month."""
    size = state.population.enterprises.size[row]
    form = "larger_firms" if size > 0 else "micro_firms"
    if has_trait(state, row, "sole_trader"):
        form = "sole_traders"
    chance = policy.assumed[f"turnover.{form}_close_share_year"] / 12
    if levers_of(state, policy, row)["score.city_on"] and state.agents.grade[row] <= C:
        chance = chance * policy.assumed["turnover.low_grade_close_factor"]
    return chance


def _exit(state, policy, row):
    """Let a holder go: what is said of it goes, its entries stay."""
    agents = state.agents
    state.turnover.vacant[row] = OPEN
    count(state, "turnover_left", row)
    if (
        agents.kind[row] == ENTERPRISE
        and agents.grade[row] <= C
        and levers_of(state, policy, row)["score.city_on"]
    ):
        count(state, "turnover_low_left", row)
        back = -1
        if lot(state, row, "TURNOVER", 2) < below(policy.world("phoenix_share")):
            state.turnover.vacant[row] = AWAITED
            back = state.month + 1 + (lot(state, row, "TURNOVER", 3) * 12 >> 32)
        made = SimpleNamespace(row=row, cell=agents.cell[row], left=state.month, back=back)
        state.turnover.low_exits.append(made)
    agents.present[row] = 0
    state.holder[row] = agents.generation[row] + 1
    agents.score_mp[row] = agents.village_score_mp[row] = 1_000_000
    agents.grade[row], agents.star[row], agents.months_low[row] = 3, 2, 0
    agents.filed[row] = agents.withdrawn[row] = 0
    state.firm_class[row], state.pledges[row], state.deeds[row] = 3, 0, 0
    state.last_breach[row], state.visited[row] = -1, 0
    for name in ("did", "met"):
        getattr(state.memory, name)[row] = 0
    for year in state.hours_tenths:
        year[row] = 0
    if agents.kind[row] == TEACHER:
        state.last_tutoring[agents.kind[:row].count(TEACHER)] = -1
    if agents.kind[row] == ENTERPRISE:
        state.last_visit[row] = state.warned[row] = -1
        state.below_warning[row] = 0
        state.contests.report_month[row] = -1
        state.service.sanctioned[row], state.service.last_sanction[row] = 0, -1
        state.service.short_before[row] = 0


def _forget_old_exits(state):
    """Keep the exits of the last two years."""
    state.turnover.low_exits = [each for each in state.turnover.low_exits if state.month - each.left < 24]


def _lapse(state, leavers):
    """Let appeals of those who left lapse."""
    gone = set(leavers)
    for record in state.pending:
        if record.row in gone:
            count(state, "turnover_lapsed_records", record.row)
    for case in state.cases:
        if case.row in gone:
            count(state, "turnover_lapsed_appeals", case.row)
    state.cases = [case for case in state.cases if case.row not in gone]
