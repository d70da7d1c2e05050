"""Scoring: the shared core folds every account that can have changed."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.model.chains import LAST_MONTH, item_entries
from creditsim.model.packing import gather
from creditsim.model.phases.noticing import ON_FILE, file_status
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.scoring.enterprise import DIMENSIONS, evaluate_account
from creditsim.scoring.fold import fold_account
from creditsim.scoring.ledger import ENTRY
from creditsim.spec.vocabulary import KINDS

_ROOM = 256
_ENTERPRISE, _VILLAGER, _SCHOOL = (KINDS.index(kind) for kind in ("enterprise", "villager", "school"))


def scoring(state: State, rules: Rules) -> None:
    """Fold the accounts of subjects with a new, ended or expired entry into score and grade.

    In January the stars of the year before are carried to the district score as entries. A
    district grade of B or lower
    counts in the village as the book says. Where firms are evaluated in five dimensions,
    or schools and tutoring institutions are classified, the same entries give their
    class. Nobody's score is computed outside the core.
    """
    if state.month % 12 == 0:
        _carry_stars(state, rules)
    chains = state.chains
    switched = (state.active != state.active_before).astype(np.uint8)
    row, room = 0, _ROOM
    while row < len(state.agents):
        row = _fold_rows(
            row, chains.head, chains.packed, chains.dirty, chains.changes, switched, state.agents,
            rules.book.district_items, rules.book.village_items, rules.book.district_rules,
            rules.book.village_rules, rules.book.carried_mp, state.active, state.month,
            np.zeros(room, ENTRY), np.empty(room, np.int64), _VILLAGER,
            _evaluated_kinds(rules), rules.book.evaluated_items, rules.book.weighing, state.firm_class,
            np.zeros(len(DIMENSIONS), np.int64),
        )  # fmt: skip
        room *= 4
    chains.dirty[:] = 0
    state.active_before = state.active.copy()


def _evaluated_kinds(rules: Rules) -> np.ndarray:
    """Return by (regime, kind) whether entries give a class: evaluated firms, classified schools."""
    classed = np.zeros((2, len(KINDS)), np.uint8)
    classed[:, _ENTERPRISE] = rules.regimes.evaluation_on
    classed[:, _SCHOOL] = rules.regimes.classification_on
    return classed


@compiled
def _fold_rows(
    first, head, packed, dirty, changes, switched, agents,
    district_items, village_items, district_rules, village_rules, carried_mp, active, month, entries, index,
    villager, classed, evaluated, weighing, firm_class, dimensions,
):  # fmt: skip
    """Fold each row from `first` whose account can have changed; return the first left out for want of room.

    Larger rooms are made outside: arrays that change in the loop would slow down every fold.
    """
    for row in range(first, head.shape[0]):
        if head[row] < 0:
            continue
        due = dirty[row] == 1 or switched[row] == 1
        agent = agents[row]
        if due or changes[0, row] <= month:
            number = gather(head, packed, row, 0, entries, index)
            if number > index.shape[0]:
                return row
            score, grade, _, change = fold_account(
                entries, index, number, month, district_items[active[row]], district_rules[active[row]], 0
            )
            due = due or grade != agent.grade
            if classed[active[row], agent.kind] == 1:
                _, firm_class[row] = evaluate_account(
                    entries, index, number, month, district_items[active[row]], district_rules[active[row]],
                    evaluated[active[row]], weighing[active[row]], dimensions,
                )  # fmt: skip
            agent.score_mp = score
            agent.grade = grade
            changes[0, row] = min(change, LAST_MONTH)
        if agent.kind == villager and (due or changes[1, row] <= month):
            number = gather(head, packed, row, 1, entries, index)
            if number > index.shape[0]:
                changes[1, row] = month  # still due: the grade is the new one by now
                return row
            score, star, _, change = fold_account(
                entries, index, number, month, village_items, village_rules[0], carried_mp[agent.grade]
            )
            agent.village_score_mp = score
            agent.star = star
            changes[1, row] = min(change, LAST_MONTH)
    return head.shape[0]


def _carry_stars(state: State, rules: Rules) -> None:
    """Post the district points of last year's stars, for villagers with a file under the programme."""
    agents = state.agents
    rows = np.flatnonzero((agents.kind == KINDS.index("villager")) & (state.active == 1) & (agents.star >= 3))
    rows = rows[file_status(state, rules, rows) == ON_FILE]
    if rules.regimes.compact_on[1] == 0 or len(rows) == 0:
        return
    items = rules.book.star_items[agents.star[rows]]
    new = item_entries(
        agents.slot[rows], items, rules.book.points_mp[items], np.zeros(len(rows), np.int8),
        np.full(len(rows), state.month), state.month,
    )  # fmt: skip
    state.chains.extend(rows, new)
    state.count("posted_positive", rows)
    state.count("bonus_points_mp", rows, rules.book.points_mp[items])
