"""Supervision: visits to schools and tutoring institutions, and what stands in pupils' files."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.activities import SUPERVISION
from creditsim.model.budgets import monthly_units, sample_visits
from creditsim.model.chains import REPAIRED, VOIDED
from creditsim.model.phases.inspection import class_ratios
from creditsim.model.regimes import Rules
from creditsim.model.state import State, present_rows
from creditsim.population.agents import STUDENT
from creditsim.scoring.enterprise import CLASSES
from creditsim.scoring.ledger import ITEM
from creditsim.spec.assumptions import assumed


def supervision(state: State, rules: Rules) -> None:
    """Spend the month's visits to institutions: a random floor, then by class where they are classified.

    Kindergartens, schools and tutoring institutions share one budget, which is met
    exactly. As for firms, part of the visits goes by lot alone and the rest by the class
    of the institution; without classes all go by lot. Nobody is visited twice in a month.
    The class comes from the institution's entries as that of a firm does. Before that, the
    month's bad files are counted: a pupil with a negative entry in force is barred from
    honours where the measure holds.
    """
    rows = present_rows(state, "school")
    classified = rules.regimes.classification_on[state.active[rows]] == 1
    state.count("school_bodies", rows)
    state.count("school_classified", rows[classified])
    visits = min(monthly_units(state, rules, SUPERVISION, "school"), len(rows))
    state.public["supervision_due"] = visits
    by_lot = visits
    if len(rows):
        share = assumed("supervision.floor_share")
        by_lot = visits - int(visits * (1.0 - share) * (int(np.count_nonzero(classified)) / len(rows)))
    by_class = rules.regimes.school_class_weight[state.active[rows], state.firm_class[rows]]
    seen = sample_visits(state, rows, draws.SUPERVISION, visits, by_lot, np.ones_like(by_class), by_class)
    state.visited[seen] = 1
    state.count("school_visits", seen)
    state.schools.visit_ratio = _announced(state, rules, rows)
    _count_files(state, rules)


def bad_file_rows(state: State, rules: Rules) -> np.ndarray:
    """Return the pupils with at least one negative entry in the file: valid, not voided, not repaired."""
    chains = state.chains
    rows = present_rows(state, "student")
    rows = rows[chains.head[rows] >= 0]
    found, owners, ids = np.zeros(len(state.agents), np.bool_), rows, chains.head[rows].astype(np.int64)
    while len(ids):
        found[owners[_counts_against(state, rules, ids)]] = True
        ids = chains.following[ids].astype(np.int64)
        owners, ids = owners[ids >= 0], ids[ids >= 0]
    return np.flatnonzero(found)


def _counts_against(state: State, rules: Rules, ids: np.ndarray) -> np.ndarray:
    """Say which entries are negative and stand: not voided, not repaired, within their validity."""
    entries = state.chains.entries[ids]
    negative = rules.book.is_negative(entries)
    until = entries["end"].astype(np.int64) + rules.book.validity_months[entries["item"]]
    standing = state.chains.status[ids] & (VOIDED | REPAIRED) == 0
    return (entries["kind"] == ITEM) & negative & standing & (state.month < until)


def _announced(state: State, rules: Rules, rows: np.ndarray) -> np.ndarray:
    """Return visits by (regime, class) against the baseline's, as the rules alone let one expect them."""
    outside = rules.values[0][SUPERVISION]
    ratios = np.ones((2, len(CLASSES)))
    for regime, levers in enumerate(rules.values):
        floor = assumed("supervision.floor_share") if rules.regimes.classification_on[regime] else 1.0
        classes = state.firm_class[rows[state.active[rows] == regime]]
        ratio = levers[SUPERVISION] / outside if outside else 1.0
        ratios[regime] = class_ratios(classes, rules.regimes.school_class_weight[regime], floor, ratio)
    return ratios


def _count_files(state: State, rules: Rules) -> None:
    """Count pupils with a file, those with a negative entry, and what that costs them this month."""
    pupils = present_rows(state, "student")
    state.count("school_pupils_filed", pupils[state.agents.filed[pupils] == 1])
    bad = bad_file_rows(state, rules)
    state.count("school_pupils_bad_file", bad)
    lost_fen = rules.regimes.bad_file_fen[state.active[bad], STUDENT]
    state.count("penalties_fen", bad[lost_fen > 0], lost_fen[lost_fen > 0])
