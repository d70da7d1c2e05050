"""Scoring: the shared core folds every account that can have changed."""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.core.threads import in_parts
from creditsim.model.chains import LAST_MONTH, item_entries
from creditsim.model.coverage import ON_FILE, file_status
from creditsim.model.packing import gather
from creditsim.model.regimes import Rules
from creditsim.model.state import State, kind_rows
from creditsim.population.agents import ENTERPRISE, INSTITUTION, VILLAGER, has_trait
from creditsim.scoring.enterprise import BEST, CLASSES, DIMENSIONS, evaluate_account
from creditsim.scoring.fold import fold_account
from creditsim.scoring.ledger import ENTRY
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import KINDS

_ROOM = 256


def scoring(state: State, rules: Rules, threads: int = 1) -> None:
    """Fold the accounts of subjects with a new, ended or expired entry into score and grade.

    In January the stars of the year before are carried to the district score as entries. A
    district grade of B or lower
    counts in the village as the book says. Where firms are evaluated in five dimensions,
    or schools and tutoring institutions are classified, the same entries give their
    total and class, and the lowest totals of a kind are classed down by fixed shares.
    Nobody's score is computed outside the core.
    """
    if state.month % 12 == 0:
        _carry_stars(state, rules)
    chains = state.chains
    classed = _evaluated_kinds(rules)

    def fold(low: int, high: int) -> None:
        room = _ROOM
        while low < high:
            low = _fold_rows(
                low, high, chains.head, chains.packed, chains.dirty, chains.changes, state.agents,
                rules.book.district_items, rules.book.village_items, rules.book.district_rules,
                rules.book.village_rules, rules.book.carried_mp, state.active, state.month,
                np.zeros(room, ENTRY), np.empty(room, np.int64), VILLAGER,
                classed, rules.book.evaluated_items, rules.book.weighing, state.evaluation,
                np.zeros(len(DIMENSIONS), np.int64), *_places(state),
            )  # fmt: skip
            room *= 4

    in_parts(fold, len(state.agents), threads)
    _class_by_rank(state, classed)
    chains.dirty[:] = 0


def _evaluated_kinds(rules: Rules) -> np.ndarray:
    """Return by (regime, kind) whether entries give a class: evaluated firms, classified schools."""
    classed = np.zeros((2, len(KINDS)), np.uint8)
    classed[:, ENTERPRISE] = rules.regimes.evaluation_on
    classed[:, INSTITUTION] = rules.regimes.classification_on
    return classed


def _places(state: State) -> tuple[int, int]:
    """Return the number of enterprises, whose evaluations come first, and the row of the first school."""
    return kind_rows(state, "enterprise").stop, kind_rows(state, "school").start


def _class_by_rank(state: State, classed: np.ndarray) -> None:
    """Class the evaluated of a kind: by their totals and limits, and no better than their rank allows.

    The lowest 2%, the next 10% and the next 33% of a kind are classed D, C and B at best
    (assumed shares of the national classification); equals all stand in the better class,
    so that a clean file is never classed down.
    """
    agents = state.agents
    works = (agents.kind != ENTERPRISE) | has_trait(agents, "active")
    firms, first_school = _places(state)
    for kind, first in ((ENTERPRISE, 0), (INSTITUTION, first_school - firms)):
        among = np.arange(len(agents))[kind_rows(state, KINDS[kind])]
        in_force = (classed[state.active[among], kind] == 1) & (agents.present[among] == 1) & works[among]
        rows = among[in_force]
        total_mp, by_points = np.divmod(state.evaluation[rows - first], len(CLASSES))
        at_most = np.searchsorted(np.sort(total_mp), total_mp, side="right")
        by_rank = np.searchsorted(lowest_places(len(rows)), at_most, side="left")
        state.firm_class[rows] = np.minimum(by_rank, by_points)


def lowest_places(number: int) -> np.ndarray:
    """Return how many of some evaluated stand at most in class D, in D or C, and in D to B.

    Examples
    --------
    >>> lowest_places(1000).tolist()
    [20, 120, 450]
    """
    shares = (assumed(f"evaluation.lowest_{name}_share") for name in CLASSES[:-1])
    return np.cumsum([round(share * 1_000_000) for share in shares]) * number // 1_000_000


@compiled
def _fold_rows(
    first, last, head, packed, dirty, changes, agents,
    district_items, village_items, district_rules, village_rules, carried_mp, active, month, entries, index,
    villager, classed, evaluated, weighing, evaluation, dimensions, firms, first_school,
):  # fmt: skip
    """Fold each row from `first` to `last` whose account can have changed; return the first left out.

    A row is left out for want of room. Larger rooms are made outside: arrays that change in
    the loop would slow down every fold.
    """
    for row in range(first, last):
        if head[row] < 0:
            continue
        due = dirty[row] == 1
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
                total_mp, by_points = evaluate_account(
                    entries, index, number, month, district_items[active[row]], district_rules[active[row]],
                    evaluated[active[row]], weighing[active[row]], dimensions,
                )  # fmt: skip
                place = row if row < firms else firms + row - first_school
                evaluation[place] = total_mp * (BEST + 1) + by_points
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
    return last


def _carry_stars(state: State, rules: Rules) -> None:
    """Post the district points of last year's stars, for villagers with a file under the programme."""
    agents = state.agents
    rows = np.flatnonzero((agents.kind == VILLAGER) & (state.active == 1) & (agents.star >= 3))
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
