"""Records: false reports, the verification desk, and posting to the ledger."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.chains import item_entries
from creditsim.model.phases.inspection import active_share, whole_part
from creditsim.model.phases.noticing import ON_FILE, SCORED, file_status, is_filed, is_scored
from creditsim.model.regimes import Rules
from creditsim.model.state import BREACHED, DUE, FINED, FOR_WANT, HARSH, NOT_ABLE, PENDING, State
from creditsim.population.agents import NO_SEX
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import CHANNELS

_HUMAN = np.array([name in ("complaint", "neighbour_report", "self_report", "media") for name in CHANNELS])
_INSPECTION = CHANNELS.index("inspection")
_TRIES = 8


def records(state: State, rules: Rules) -> None:
    """Carry what was noticed this month to the ledger.

    Documents (official inspections, courts, automatic records) are posted at once. What
    people report (complaints, neighbours, themselves, media, collectors of village and
    community) waits in line, first in first out, for a desk with a monthly capacity, a
    sensitivity and a specificity; what waits too long lapses. A share of people's
    negative reports is about somebody at the same site who did nothing.
    """
    if state.month % 12 == 0:
        state.hours_tenths[1] = state.hours_tenths[0]
        state.hours_tenths[0] = 0
    filed = state.filed_now
    human = _is_human(state, filed)
    line = np.concatenate((state.pending, filed[human], _false_reports(state, rules, filed[human])))
    line = line[state.month - line["event"] <= assumed("desk.longest_wait_months")]
    served = min(desk_capacity(state, rules), len(line))
    verified, state.pending = line[:served], line[served:]
    passed = verified[_passes(rules, state, verified)]
    post(state, rules, np.concatenate((filed[~human], passed)))


def desk_capacity(state: State, rules: Rules) -> int:
    """Return how many records the verification desk can check this month."""
    outside, inside = (levers["desk.verify_staff_hours_per_month"] for levers in rules.values)
    hours = outside + (inside - outside) * active_share(state, "resident")
    return whole_part(
        round(hours * assumed("desk.records_per_hour") * state.population.scale * 1000), state.month
    )


def post(state: State, rules: Rules, accepted: np.ndarray) -> None:
    """Post accepted records: volunteer hours by steps, linked entries with them; count them by cell."""
    accepted = accepted[_reaches_step(state, rules, accepted)]
    rows = accepted["row"].astype(np.int64)
    entries = item_entries(
        state.agents.slot[rows], accepted["item"], accepted["points_mp"], accepted["account"],
        accepted["event"], state.month, accepted["channel"],
    )  # fmt: skip
    ids = state.chains.extend(rows, entries, accepted["wrong"])
    negative = accepted["points_mp"] < 0
    direct = rules.book.is_direct[accepted["item"]]
    bad = negative | direct
    state.count("posted_negative", rows[bad])
    state.count("posted_positive", rows[~bad])
    state.count("posted_false", rows[accepted["wrong"] == 1])
    dues = accepted["due"] & (DUE | FINED) == DUE  # a fine was counted when it was set
    state.count("means_penalised", rows[dues])
    harsh = rows[dues & (accepted["due"] & FOR_WANT > 0)]
    state.count("means_penalised_unable", harsh)
    state.deeds[harsh] |= HARSH
    state.count("bonus_points_mp", rows[~bad], accepted["points_mp"][~bad])
    persons = state.agents.sex[rows] < NO_SEX
    np.add.at(state.held, state.agents.cell[rows[persons]], 1)
    cheap = ~bad & (rules.activities.cheap[accepted["activity"]] == 1)
    state.count("cheap_points_mp", rows[cheap], accepted["points_mp"][cheap])
    _post_linked(state, rules, accepted, ids, rows)


def _post_linked(state: State, rules: Rules, accepted: np.ndarray, ids: np.ndarray, rows: np.ndarray) -> None:
    """Post what a firm's entry means to its representative, and a family act to the household head."""
    chains, agents = state.chains, state.agents
    representative = agents.representative[rows].astype(np.int64)
    item = rules.book.representative_item[accepted["item"]]
    linked = (agents.sex[rows] == NO_SEX) & (representative >= 0) & (item >= 0)
    linked[linked] = file_status(state, rules, representative[linked]) >= SCORED
    if linked.any():
        new = chains.entries[ids[linked]]
        targets = representative[linked]
        new["subject"], new["ref"], new["act"] = agents.slot[targets], ids[linked], -1
        new["item"] = item[linked]
        new["points_mp"] = rules.book.points_mp[new["item"]]
        chains.extend(targets, new, accepted["wrong"][linked])
    head = _household_heads(state)[rows]
    docked = (accepted["account"] == 1) & (accepted["points_mp"] < 0) & (head != rows) & (head >= 0)
    docked &= rules.regimes.household_liability_on[state.active[rows]] == 1
    docked[docked] = file_status(state, rules, head[docked]) == ON_FILE
    if docked.any():
        new = chains.entries[ids[docked]]
        targets = head[docked]
        new["subject"], new["ref"], new["act"] = agents.slot[targets], ids[docked], -1
        chains.extend(targets, new, accepted["wrong"][docked])


def _household_heads(state: State) -> np.ndarray:
    """Return the row of each agent's household head (the first member), -1 without a household."""
    starts, members = state.population.households
    if len(members) == 0:
        return np.full(len(state.agents), -1, np.int64)
    heads = np.asarray(members)[np.minimum(starts[:-1], len(members) - 1)]
    household = state.agents.household
    return np.where(household >= 0, heads[np.maximum(household, 0)], -1)


def _is_human(state: State, filed: np.ndarray) -> np.ndarray:
    """Say which records come from people: their channels, and collectors' inspections of persons."""
    persons = state.agents.sex[filed["row"]] < NO_SEX
    return _HUMAN[filed["channel"]] | ((filed["channel"] == _INSPECTION) & persons)


def _false_reports(state: State, rules: Rules, reports: np.ndarray) -> np.ndarray:
    """Return false records that arise beside people's negative reports of this month."""
    share = draws.threshold(rules.world("false_record_human_share"))
    negative = reports[reports["points_mp"] < 0]
    false = np.zeros(len(negative), PENDING)
    starts, members = state.members
    number = _pick_victims(
        negative, state.agents, rules.regimes, state.active, state.ranks, state.deeds, starts, members,
        state.seed, state.replication, state.month, share, rules.postings.needs_file, false,
    )  # fmt: skip
    return false[:number]


@compiled
def _pick_victims(
    reports,
    agents,
    regimes,
    active,
    ranks,
    deeds,
    starts,
    members,
    seed,
    replication,
    month,
    share,
    needs_file,
    false,
):
    """Write a false record for a compliant neighbour of the reported agent's kind, where luck has it."""
    number = 0
    for position in range(reports.shape[0]):
        report = reports[position]
        agent = agents[report["row"]]
        w0, w1, w2, _ = draws.philox(
            seed, replication, np.int64(agent.slot), month, draws.FALSE_RECORD, np.int64(report["activity"])
        )
        if w0 >= share:
            continue
        first = starts[agent.home]
        size = starts[agent.home + 1] - first
        at = (w1 * size) >> 32
        for _ in range(_TRIES):
            row = members[first + at]
            other = agents[row]
            paid = deeds[row] & (BREACHED | NOT_ABLE) == 0
            innocent = other.present == 1 and paid and other.kind == agent.kind
            regime = regimes[active[row]]
            on_file = is_scored(other, regime, ranks[row]) == 1
            if needs_file[active[row], report["activity"]] == 1:
                on_file = is_filed(other, regime, ranks[row]) == 1
            if innocent and on_file:
                false[number] = report
                false[number]["row"] = row
                false[number]["wrong"] = 1
                false[number]["due"] = 0
                false[number]["check"] = w2
                number += 1
                break
            at += 1
            if at == size:
                at = 0
    return number


def _passes(rules: Rules, state: State, verified: np.ndarray) -> np.ndarray:
    """Say which verified records the desk lets through."""
    true_passes = draws.threshold(assumed("desk.sensitivity_share"))
    outside, inside = (levers["desk.specificity_share"] for levers in rules.values)
    specificity = np.where(state.active[verified["row"]] == 1, inside, outside)
    false_passes = ((1.0 - specificity) * draws.TWO_32).astype(np.int64)
    return verified["check"] < np.where(verified["wrong"] == 1, false_passes, true_passes)


def _reaches_step(state: State, rules: Rules, accepted: np.ndarray) -> np.ndarray:
    """Say which records are posted: all but volunteer hours that reach no new step; set the step's item.

    Hours add up within the calendar year of the service; the entry is made under the item of the highest
    step reached, and the scoring core counts only the highest of a year.
    """
    keep = np.ones(len(accepted), np.bool_)
    tenths = rules.activities.hours_tenths[accepted["activity"]]
    stepped = rules.book.is_step[accepted["item"]] & (tenths > 0)
    for position in np.flatnonzero(stepped):
        row = accepted["row"][position]
        late = int(accepted["event"][position] // 12 < state.month // 12)
        before = state.hours_tenths[late, row]
        after = before + tenths[position]
        state.hours_tenths[late, row] = after
        reached = int(np.searchsorted(rules.book.step_tenths, after, side="right"))
        keep[position] = reached > int(np.searchsorted(rules.book.step_tenths, before, side="right"))
        if keep[position]:
            accepted["item"][position] = rules.book.step_items[reached - 1]
            accepted["points_mp"][position] = rules.book.step_points_mp[reached - 1]
    return keep
