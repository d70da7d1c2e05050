"""Appeals and repair: objections with a desk of limited capacity, and lawful repair."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.budgets import whole_part
from creditsim.model.chains import CONTESTED, HEARD, REPAIRED, VOIDED, WRONG, note_entries
from creditsim.model.means import buffers, can_repair, dues_of_items, liquid_months, means_terms
from creditsim.model.packing import place_of_month
from creditsim.model.phases.desk import place_in_line, settings_of
from creditsim.model.phases.notices import appeal_flow, is_told, objection_chance, upheld
from creditsim.model.regimes import Rules
from creditsim.model.state import CASE, State
from creditsim.scoring.ledger import ITEM, OBJECTION, OBJECTION_CLOSED, REPAIR, VOID
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import KNOWS_SCORE

NO_LIMIT = 2**30
"""Due month of a case without a time limit."""


def appeals(state: State, rules: Rules) -> None:
    """Let subjects object to last month's entries, let the desk decide, let others repair.

    Only who knows of the entry (app users, and a share who are told) can object; the
    wronged more often than others, the old and little schooled half as often. One appeal
    an entry; each setting has a desk of its own, which takes cases by the end of their
    time limit and works overtime, within bounds, on those whose limit ends. An upheld
    appeal voids the entry from its posting; what was lost meanwhile stays lost, and is
    counted as harm.
    """
    _file_appeals(state, rules)
    _decide_appeals(state, rules)
    _repair(state, rules)


def _file_appeals(state: State, rules: Rules) -> None:
    """File objections to negative entries posted last month."""
    chains = state.chains
    ids = chains.posted_in(state.month - 1)
    entries = chains.entries[ids]
    fresh = (entries["kind"] == ITEM) & (chains.status[ids] & (HEARD | VOIDED) == 0)
    fresh &= rules.book.is_negative(entries)
    fresh &= chains.held(ids)
    ids, entries = ids[fresh], entries[fresh]
    rows = chains.rows_of(ids)
    wrong = (chains.status[ids] & WRONG) > 0
    told, luck, check, day = (_entry_words(state, entries, index) for index in range(4))
    knows = (state.agents.awareness[rows] & KNOWS_SCORE) > 0
    knows |= told < draws.threshold(assumed("notice.knows_entry_share"))
    knows |= is_told(state, rules, rows)
    filing = knows & (luck < objection_chance(state, rows, wrong) * draws.TWO_32)
    ids, rows, wrong, check = ids[filing], rows[filing], wrong[filing], check[filing]
    new = np.zeros(len(ids), CASE)
    new["entry"], new["row"], new["filed"], new["wrong"], new["check"] = ids, rows, state.month, wrong, check
    new["due"] = due_months(state, rules, rows, day[filing])
    state.cases = np.concatenate((state.cases, new))
    chains.mark(ids, HEARD | CONTESTED)
    chains.extend(rows, note_entries(chains.entries, ids, OBJECTION, state.month))
    state.count("appeals_filed", rows)


def due_months(state: State, rules: Rules, rows: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return the month in which the time limit of cases filed this month ends, by the lot of their day."""
    limits = np.array([levers["appeal.limit_days"] for levers in rules.values], np.float64)[
        state.active[rows]
    ]
    due = state.month + (day / draws.TWO_32 + limits / assumed("appeal.working_days")).astype(np.int64)
    return np.where(limits > 0, due, NO_LIMIT)


def _decide_appeals(state: State, rules: Rules) -> None:
    """Decide appeals, those past or near their limit first, as far as each setting's desk comes.

    A case filed this month waits for the next, unless its limit ends before. Where
    regular hours leave cases whose limit ends this month or has ended, the desk works
    overtime on them, up to a share of its hours; what then remains is overdue.
    """
    _close_unscored(state, rules)
    flow = appeal_flow(state, rules)
    regular = np.maximum(whole_part(flow, state.month) - state.files.heard, 0)
    extra = whole_part((flow * assumed("appeal.overtime_share")).astype(np.int64), state.month)
    cases = state.cases[np.argsort(state.cases["due"], kind="stable")]
    pressing = cases["due"] <= state.month
    open_now = pressing | (cases["filed"] < state.month)
    setting = settings_of(state, cases["row"])
    place = np.full(len(cases), len(cases), np.int64)
    place[open_now] = place_in_line(setting[open_now])
    in_time = open_now & (place < regular[setting])
    overtime = pressing & ~in_time & (place < (regular + extra)[setting])
    heard, state.cases = cases[in_time | overtime], cases[~(in_time | overtime)]
    minutes = np.count_nonzero(overtime) * assumed("appeal.hours") * 60.0
    state.public["appeal_overtime_minutes"] = round(minutes)
    state.count("files_decided", heard["row"])
    state.count("files_overdue", state.cases["row"][state.cases["due"] <= state.month])
    chosen = upheld(heard["check"], heard["wrong"])
    _close(state, heard[chosen], heard[~chosen])


def _close(state: State, granted: np.ndarray, refused: np.ndarray) -> None:
    """Void the entries of granted appeals from their posting, and close the others."""
    chains = state.chains
    for kind, cases in ((VOID, granted), (OBJECTION_CLOSED, refused)):
        ids = cases["entry"]
        chains.status[ids] &= np.uint8(0xFF ^ CONTESTED)
        chains.extend(cases["row"], note_entries(chains.entries, ids, kind, state.month))
        if kind == VOID:
            chains.mark(ids, VOIDED)
            state.count("appeals_upheld", cases["row"])
            _undo_linked(state, ids, VOID, VOIDED)


def _close_unscored(state: State, rules: Rules) -> None:
    """Close appeals of subjects for whom there is no score any more: nothing is left to decide."""
    over = rules.regimes.score_on[state.active[state.cases["row"]]] == 0
    closed, state.cases = state.cases[over], state.cases[~over]
    chains, ids = state.chains, closed["entry"]
    chains.status[ids] &= np.uint8(0xFF ^ CONTESTED)
    chains.extend(closed["row"], note_entries(chains.entries, ids, OBJECTION_CLOSED, state.month))


def _undo_linked(state: State, ids: np.ndarray, kind: int, bit: int) -> None:
    """Carry an upheld appeal or a repair to the entries that were linked to those it was about."""
    chains = state.chains
    linked = chains.linked_to(ids)
    linked = linked[chains.status[linked] & bit == 0]
    chains.extend(chains.rows_of(linked), note_entries(chains.entries, linked, kind, state.month))
    chains.mark(linked, bit)


def _repair(state: State, rules: Rules) -> None:
    """Let subjects repair their oldest open negative entry once the waiting time is over.

    Who now lacks the cash for the due behind the entry cannot.
    """
    chains = state.chains
    found = np.full(len(state.agents), -1, np.int64)
    codes = chains.packed.codes
    negative = (codes["kind"] == ITEM) & rules.book.is_negative(codes)
    lasting = codes["duration"] + rules.book.validity_months[codes["item"]]
    _find_repairable(
        chains.head, chains.packed, negative, lasting, rules.regimes, state.active, state.agents,
        state.seed, state.replication, state.month, found,
        *(dues[codes["item"]] for dues in dues_of_items(rules.book.district)),
        buffers(), state.service.short_before, means_terms(rules, state.month),
    )  # fmt: skip
    rows = np.flatnonzero(found >= 0)
    ids = found[rows]
    chains.extend(rows, note_entries(chains.entries, ids, REPAIR, state.month))
    chains.mark(ids, REPAIRED)
    _undo_linked(state, ids, REPAIR, REPAIRED)
    state.count("repaired", rows)


@compiled
def _find_repairable(
    head,
    packed,
    negative,
    lasting,
    regimes,
    active,
    agents,
    seed,
    replication,
    month,
    found,
    due_yuan,
    strained,
    buffers,
    short,
    means,
):
    """Write for each row the oldest negative entry in force that its subject repairs this month, or -1.

    `negative`, `lasting` (months from an entry's beginning until it is no longer in force), `due_yuan` and
    `strained` go by code.
    """
    records, _, starts, months = packed
    for row in range(head.shape[0]):
        if head[row] < 0:
            continue
        regime = regimes[active[row]]
        if regime.repair_chance == 0 or regime.score_on == 0:
            continue
        at = head[row]
        oldest = -1
        place = months.shape[0] - 1
        while at >= 0:
            record = records[at]
            if negative[record.code] and record.status & (VOIDED | REPAIRED | CONTESTED) == 0:
                place = place_of_month(starts, at, place)
                posted = months[place]
                in_force = month < posted - record.delay + lasting[record.code]
                if in_force and month - posted >= regime.repair_wait_months:
                    oldest = at
            at = record.following
        if oldest >= 0:
            luck = draws.word(seed, replication, np.int64(agents[row].slot), month, draws.REPAIR, 0)
            code = records[oldest].code
            able = luck < regime.repair_chance and can_repair(
                agents[row], due_yuan[code], strained[code],
                liquid_months(agents[row], buffers, seed, replication),
                row < short.shape[0] and short[row] == 1, seed, replication, month, means,
            )  # fmt: skip
            if able:
                found[row] = oldest


def _entry_words(state: State, entries: np.ndarray, index: int) -> np.ndarray:
    """Return a word for each entry, keyed by subject, month and item: other entries do not matter."""
    return draws.paired_words(
        state.seed,
        state.replication,
        entries["subject"] & draws.WORD,  # the slot; above it stands the generation
        state.month,
        draws.APPEAL,
        entries["item"] * 4 + index,
    )
