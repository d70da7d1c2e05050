"""Records: what was noticed goes through the desks into the ledger."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.model.chains import FOR_ANOTHER, HEARD, OVER_REPORTED, item_entries
from creditsim.model.coverage import ON_FILE, SCORED, file_status
from creditsim.model.phases.desk import delivered, is_human, verify
from creditsim.model.phases.false_reports import false_reports
from creditsim.model.phases.notices import give_notice
from creditsim.model.phases.noticing import GOVERNMENT
from creditsim.model.phases.quotas import over_reports
from creditsim.model.regimes import Rules
from creditsim.model.state import DUE, FINED, FOR_WANT, HARSH, OBJECTED, PADDED, State
from creditsim.population.agents import CIVIL_SERVANT, NO_SEX
from creditsim.population.fixed import household_heads


def records(state: State, rules: Rules) -> None:
    """Carry what was noticed this month to the ledger.

    Documents (official inspections, courts, automatic records, decisions about civil
    servants) are posted at once. What
    people report (complaints, neighbours, themselves, media, collectors of village and
    community) waits in line, first in first out, for the desk of its setting, with a
    monthly capacity, a sensitivity and a specificity; what waits too long lapses, and
    what is delivered twice counts once. A share of people's negative reports is about
    somebody who did nothing, by mistake or made up. Subjects may be told before an entry
    and object, and a department that is assessed by its number of entries fills a part
    of what is missing with entries on nothing.
    """
    if state.month % 12 == 0:
        state.hours_tenths[1] = state.hours_tenths[0]
        state.hours_tenths[0] = 0
    state.files.heard[:] = 0
    filed = state.filed_now
    human = is_human(state, rules, filed)
    reports = filed[human]
    arrived = np.concatenate((delivered(state, reports), false_reports(state, rules, reports)))
    for each in (filed, arrived):
        each["generation"] = state.agents.generation[each["row"]]
        state.count("files_filed", each["row"])
    state.count("files_filed", reports["row"], -1)  # counted as filed and as arrived
    accepted = np.concatenate((filed[~human], verify(state, rules, arrived)))
    reached = reaches_step(state, rules, accepted)
    state.count("files_merged", accepted["row"][~reached])
    accepted = give_notice(state, rules, accepted[reached])
    made_up = over_reports(state, rules, accepted)
    state.count("files_filed", made_up["row"])
    post(state, rules, np.concatenate((accepted, give_notice(state, rules, made_up))))


def post(state: State, rules: Rules, accepted: np.ndarray) -> None:
    """Post accepted records as they are, linked entries with them, and count them by cell."""
    rows = accepted["row"].astype(np.int64)
    entries = item_entries(
        state.agents.slot[rows], accepted["item"], accepted["points_mp"], accepted["account"],
        accepted["event"], state.month, accepted["channel"],
    )  # fmt: skip
    ids = state.chains.extend(rows, entries, accepted["wrong"])
    padded = accepted["flags"] & PADDED > 0
    state.chains.mark(ids[padded], OVER_REPORTED)
    state.chains.mark(ids[accepted["flags"] & OBJECTED > 0], HEARD)
    state.files.padded = np.concatenate((state.files.padded, ids[padded]))
    negative = accepted["points_mp"] < 0
    direct = rules.book.is_direct[accepted["item"]]
    bad = negative | direct
    state.count("posted_negative", rows[bad])
    state.count("posted_positive", rows[~bad])
    state.count("posted_false", rows[accepted["wrong"] == 1])
    lapses = bad & (state.agents.kind[rows] == CIVIL_SERVANT) & (accepted["wrong"] == 0)
    lapses &= rules.activities.setting[accepted["activity"]] == GOVERNMENT
    state.count("body_lapses_on_file", rows[lapses])
    dues = accepted["due"] & (DUE | FINED) == DUE  # a fine was counted when it was set
    state.count("means_penalised", rows[dues])
    harsh = rows[dues & (accepted["due"] & FOR_WANT > 0)]
    state.count("means_penalised_unable", harsh)
    state.deeds[harsh] |= HARSH
    state.count("bonus_points_mp", rows[~bad], accepted["points_mp"][~bad])
    state.count("files_posted", rows)
    state.count("files_over_reported", rows[padded])
    state.count("files_delay_months", rows, state.month - accepted["event"].astype(np.int64))
    persons = state.agents.sex[rows] < NO_SEX
    np.add.at(state.held, state.agents.cell[rows[persons]], 1)
    cheap = ~bad & (padded | (rules.activities.cheap[accepted["activity"]] == 1))
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
    head = household_heads(state.population)[rows].astype(np.int64)
    docked = (accepted["account"] == 1) & (accepted["points_mp"] < 0) & (head != rows) & (head >= 0)
    docked &= rules.regimes.household_liability_on[state.active[rows]] == 1
    docked[docked] = file_status(state, rules, head[docked]) == ON_FILE
    if docked.any():
        new = chains.entries[ids[docked]]
        targets = head[docked]
        new["subject"], new["ref"], new["act"] = agents.slot[targets], ids[docked], -1
        posted = chains.extend(targets, new, accepted["wrong"][docked])
        chains.mark(posted, FOR_ANOTHER)
        state.files.docked = np.concatenate((state.files.docked, posted))


def reaches_step(state: State, rules: Rules, accepted: np.ndarray) -> np.ndarray:
    """Say which records are posted: all but volunteer hours that reach no new step; set the step's item.

    Hours add up within the calendar year of the service; the entry is made under the item of the highest
    step reached, and the scoring core counts only the highest of a year.
    """
    keep = np.ones(len(accepted), np.bool_)
    tenths = rules.activities.hours_tenths[accepted["activity"]].astype(np.int64)
    stepped = rules.book.is_step[accepted["item"]] & (tenths > 0)
    _add_hours(
        accepted, np.flatnonzero(stepped), tenths, state.hours_tenths, state.active, state.month,
        rules.book.step_tenths, rules.book.step_items, rules.book.step_points_mp, keep,
    )  # fmt: skip
    return keep


@compiled
def _add_hours(
    accepted, positions, tenths, hours_tenths, active, month, step_tenths, step_items, step_points_mp, keep
):
    """Add hours in the order of the records; write item and points of each step reached."""
    for position in positions:
        record = accepted[position]
        late = 1 if record["event"] // 12 < month // 12 else 0
        row = record["row"]
        before = np.int64(hours_tenths[late, row])
        after = before + tenths[position]
        hours_tenths[late, row] = after
        reached = np.searchsorted(step_tenths, after, side="right")
        keep[position] = reached > np.searchsorted(step_tenths, before, side="right")
        if keep[position]:
            record["item"] = step_items[reached - 1]
            record["points_mp"] = step_points_mp[active[row], reached - 1]
