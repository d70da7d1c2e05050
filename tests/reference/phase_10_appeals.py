"""Phase 10, from section 7.11 of docs/odd.md: objections to entries, the desks, repair."""

from __future__ import annotations

from types import SimpleNamespace

from naive_draws import TWO_32, below, word
from naive_world import (
    ACTIVE,
    FIRST_BAND_OF_60,
    KNOWS_SCORE,
    PERSONS,
    SETTING_OF_KIND,
    SETTINGS,
    is_scored,
    levers_of,
    lot,
    whole_part_of_flow,
)
from plain_state import count, post

ITEM, REPAIR, VOID, OBJECTION, CLOSED = range(5)
NEVER = 2**30


def appeals(state, policy):
    state.public["appeal_overtime_minutes"] = 0
    _drop_of_unscored(state, policy)
    _file(state, policy)
    for setting in range(len(SETTINGS)):
        _decide(state, policy, setting)
    for case in state.cases:
        if case.due <= state.month:
            count(state, "files_overdue", case.row)
    _repair(state, policy)


def _negative(policy, entry):
    """Say whether an entry is a negative item."""
    return entry.kind == ITEM and policy.book("wendeng-2020").items[entry.item].direction != "bonus"


def _is_present_holder(state, entry):
    """Say whether an entry is about who holds the slot now."""
    own = state.agents.slot[entry.row] + (state.holder[entry.row] << 32)
    return entry.subject == own and state.agents.present[entry.row]


def _drop_of_unscored(state, policy):
    """Close the appeals of subjects for whom no score is in force any more."""
    kept = []
    for case in state.cases:
        if levers_of(state, policy, case.row)["score.city_on"]:
            kept.append(case)
        else:
            close(state, case)
    state.cases = kept


def close(state, case):
    """Close an objection without an effect."""
    entry = state.ledger[case.entry]
    entry.contested = 0
    follow(state, entry, CLOSED)


def follow(state, entry, kind):
    """Post what later becomes of an entry."""
    return post(state, entry.row, kind=kind, ref=entry.id, account=entry.account, item=entry.item)


def _file(state, policy):
    """Let subjects of last month's entries file."""
    assumed, agents = policy.assumed, state.agents
    for entry in list(state.ledger):
        if entry.posted != state.month - 1 or not _negative(policy, entry) or entry.voided or entry.heard:
            continue
        if not _is_present_holder(state, entry):
            continue
        row = entry.row
        levers = levers_of(state, policy, row)
        if not levers["score.city_on"] or not is_scored(state, policy, row):
            continue
        lots = [word(state, agents.slot[row], state.month, "APPEAL", entry.item * 4 + i) for i in range(4)]
        knows = agents.awareness[row] & ACTIVE and agents.awareness[row] & KNOWS_SCORE
        knows = knows or levers["notice.before_record_days"] > 0
        if not knows and lots[0] >= below(assumed["notice.knows_entry_share"]):
            continue
        if lots[1] >= filing_chance(state, policy, row, entry.wrong) * TWO_32:
            continue
        due = NEVER
        if levers["appeal.limit_days"] > 0:
            days = assumed["appeal.working_days"]
            due = state.month + int(lots[3] / TWO_32 + levers["appeal.limit_days"] / days)
        entry.contested = 1
        entry.heard = 1
        follow(state, entry, OBJECTION)
        case = SimpleNamespace(
            entry=entry.id, row=row, filed=state.month, due=due, wrong=entry.wrong, check=lots[2]
        )
        state.cases.append(case)
        count(state, "appeals_filed", row)


def filing_chance(state, policy, row, wrong):
    """Return the chance that a subject who knows of an entry appeals."""
    chance = policy.assumed["appeal.wronged_share" if wrong else "appeal.rightful_share"]
    agents = state.agents
    aged = agents.age_band[row] >= FIRST_BAND_OF_60
    if agents.kind[row] in PERSONS and (aged or agents.education[row] == 0):
        chance = chance * policy.assumed["appeal.disadvantaged_factor"]
    return chance


def desk_flow(state, policy, setting):
    """Return the flow of a setting's objection desk, in thousandths of a case."""
    agents = state.agents
    here = [row for row, kind in enumerate(agents.kind) if SETTING_OF_KIND[kind] == setting]
    inside = sum(state.active[row] for row in here) / max(1, len(here))
    outside_hours, inside_hours = (values["appeal.desk_staff_hours_per_month"] for values in policy.values)
    hours = outside_hours + (inside_hours - outside_hours) * inside
    share = state.files.agents_by_setting[setting] / sum(state.files.agents_by_setting)
    return round(hours * share / policy.assumed["appeal.hours"] * state.population.scale * 1000)


def _decide(state, policy, setting):
    """Let a setting's desk decide."""
    flow = desk_flow(state, policy, setting)
    room = max(0, whole_part_of_flow(flow, state.month) - state.files.heard[setting])
    extra = whole_part_of_flow(int(flow * policy.assumed["appeal.overtime_share"]), state.month)
    mine = [c for c in state.cases if SETTING_OF_KIND[state.agents.kind[c.row]] == setting]
    ready = [c for c in mine if c.filed < state.month or c.due <= state.month]
    done = []
    for case in sorted(ready, key=lambda case: case.due):
        if room > 0:
            room -= 1
        elif extra > 0 and case.due <= state.month:
            extra -= 1
            state.public["appeal_overtime_minutes"] += round(policy.assumed["appeal.hours"] * 60)
        else:
            continue
        done.append(case)
        count(state, "files_decided", case.row)
        share = "appeal.upheld_wronged_share" if case.wrong else "appeal.upheld_rightful_share"
        if case.check < below(policy.assumed[share]):
            uphold(state, case)
        else:
            close(state, case)
    state.cases = [case for case in state.cases if case not in done]


def uphold(state, case):
    """Void an entry and those linked to it."""
    count(state, "appeals_upheld", case.row)
    for entry in list(state.ledger):
        if entry.id == case.entry or (entry.kind == ITEM and entry.ref == case.entry):
            entry.voided = 1
            follow(state, entry, VOID)


def _repair(state, policy):
    """Let subjects repair their oldest negative entry."""
    assumed, items = policy.assumed, policy.book("wendeng-2020").items
    oldest = {}
    for entry in state.ledger:
        if (
            not _negative(policy, entry)
            or entry.voided
            or entry.repaired
            or entry.contested
            or entry.row in oldest
        ):
            continue
        levers = levers_of(state, policy, entry.row)
        if not _is_present_holder(state, entry) or not is_scored(state, policy, entry.row):
            continue
        old = state.month - entry.posted >= levers["repair.waiting_months"]
        if old and state.month < entry.end + items[entry.item].validity_months:
            oldest[entry.row] = entry
    for row in sorted(oldest):
        levers = levers_of(state, policy, row)
        fee = levers["repair.fee_yuan"] / assumed["repair.fee_deterrence_yuan"]
        chance = assumed["repair.monthly_share"] * max(0.0, 1.0 - fee)
        if lot(state, row, "REPAIR") >= below(chance):
            continue
        first = oldest[row]
        for entry in list(state.ledger):
            if entry.id == first.id or (entry.kind == ITEM and entry.ref == first.id):
                entry.repaired = 1
                follow(state, entry, REPAIR)
        count(state, "repaired", row)
