"""Supervision of schools: the budget is met to the visit, classes steer, and files of minors are seen."""

import numpy as np
import pytest

from creditsim.model.chains import VOIDED, item_entries
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.phases.pledging import pledging
from creditsim.model.phases.supervision import bad_file_rows, supervision
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import PLEDGED
from creditsim.model.utility import reckoned_visits, supervised
from creditsim.population.agents import ENTERPRISE, INSTITUTION, STUDENT, TEACHER
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import load_scenario

STATUS_QUO = load_scenario("status-quo-2019").with_(months=12, burn_in_months=0)
CLASSES = {"school.classification_on": True}


@pytest.fixture(scope="module")
def start():
    state = burned_in(STATUS_QUO, scale=0.1, seed=4)
    state.active[:] = 1
    return state


def rules(**levers):
    return compile_rules(STATUS_QUO.with_levers(levers))


def visits(state, compiled, months):
    """Return how often each institution is visited, and the visits of each month."""
    seen, monthly = np.zeros(len(state.agents), np.int64), []
    for _ in range(months):
        state.counts = np.zeros_like(state.counts)
        state.visited[:] = 0
        supervision(state, compiled)
        seen += state.visited
        monthly.append(int(state.counts[:, QUANTITIES.index("school_visits")].sum()))
        state.month += 1
    return seen, monthly


@pytest.mark.parametrize("budget", [6, 12, 60])
def test_visits_sum_to_the_budget_exactly(start, budget):
    compiled = rules(**{"school.supervision_visits_per_month": float(budget)})
    seen, monthly = visits(start.copy(), compiled, 20)
    assert sum(monthly) == seen.sum() == pytest.approx(budget * 0.1 * 20, abs=0.99)
    assert not seen[start.agents.kind != INSTITUTION].any()


def test_a_budget_beyond_one_visit_each_is_not_spent(start):
    state = start.copy()
    away = np.flatnonzero(state.agents.kind == INSTITUTION)[2:]
    state.agents.present[away] = 0
    seen, monthly = visits(state, rules(**{"school.supervision_visits_per_month": 60.0}), 3)
    assert monthly == [2, 2, 2]
    assert not seen[away].any()


def test_classes_steer_the_visits_only_where_institutions_are_classified(start):
    rows = np.flatnonzero(start.agents.kind == INSTITUTION)
    rate = {}
    for name, levers in (("classed", CLASSES), ("usual", {})):
        state = start.copy()
        state.firm_class[rows] = np.where(np.arange(len(rows)) % 2, 0, 3)
        compiled = rules(**levers, **{"school.supervision_visits_per_month": 30.0})
        seen, _ = visits(state, compiled, 400)
        rate[name] = seen[rows[1::2]].mean() / seen[rows[::2]].mean()
    assert rate["usual"] == pytest.approx(1.0, rel=0.2)
    assert rate["classed"] > 3.0


def test_schools_reckon_with_announced_supervision_and_firms_do_not(start):
    state = start.copy()
    supervision(state, rules(**{"school.supervision_visits_per_month": 12.0}))
    usual = start.copy()
    supervision(usual, rules())
    ratio = reckoned_visits(state)[1] / np.maximum(reckoned_visits(usual)[1], 1e-12)
    visited = reckoned_visits(usual)[1, 0] > 0
    known = 1.0 + assumed("belief.announced_share")
    assert ratio[:, supervised() & visited] == pytest.approx(known)
    assert (ratio[:, ~supervised() & visited] == 1.0).all()


def test_a_pupil_has_a_bad_file_while_a_negative_entry_stands(start):
    state, compiled = start.copy(), rules()
    book = compiled.book.district
    cheating, service = (
        book.item_index[name] for name in ("ind-examination-cheating", "ind-volunteering-10-hours")
    )
    pupils = np.flatnonzero(state.agents.kind == STUDENT)[:2].astype(np.int64)
    items = np.array([cheating, service])
    ids = state.chains.extend(
        pupils,
        item_entries(
            state.agents.slot[pupils], items, compiled.book.points_mp[items], np.zeros(2, np.int8),
            np.full(2, state.month), state.month,
        ),
    )  # fmt: skip
    assert bad_file_rows(state, compiled).tolist() == [pupils[0]]
    expired = state.copy()
    expired.month += int(compiled.book.validity_months[cheating])
    assert len(bad_file_rows(expired, compiled)) == 0
    state.chains.mark(ids[:1], VOIDED)
    assert len(bad_file_rows(state, compiled)) == 0


def test_a_bad_file_costs_pupils_only_where_persons_are_restricted():
    files = {"files.student_coverage_share": 1.0}
    assert rules(**files).regimes.bad_file_fen[1, STUDENT] == 0
    restricted = rules(**files, **{"penalty.persons_on": True})
    assert restricted.regimes.bad_file_fen[1, STUDENT] == 450, "15 yuan a month, for three in ten"
    assert restricted.regimes.bad_file_fen[0, STUDENT] == 0
    assert not restricted.regimes.bad_file_fen[1, [ENTERPRISE, TEACHER]].any()


def test_institutions_and_teachers_pledge_by_their_own_honesty(start):
    state = start.copy()
    pledging(state, rules(**{"pledge.school_coverage_share": 0.9}))
    staff = np.isin(state.agents.kind, (INSTITUTION, TEACHER))
    signed = state.pledges & PLEDGED > 0
    assert signed[staff].mean() == pytest.approx(0.9 * (1.0 - assumed("pledge.least_honesty_share")), abs=0.1)
    assert state.agents.honesty[signed & staff].min() >= assumed("pledge.least_honesty_share")
    others = ~staff & (state.agents.kind != ENTERPRISE)
    assert not signed[others].any(), "nobody else is invited"


def test_files_of_pupils_bring_entries_on_minors_and_none_without():
    def year(levers):
        plan = STATUS_QUO.with_levers({"scope.negative_topics_choice": "all_in_book", **levers})
        model = CreditModel(plan, scale=0.1, seed=4)
        model.run()
        frame = model.outcomes()
        here = (frame.setting == "school") & (frame.group == "all") & (frame.month == "2020-12")
        return frame[here].set_index("outcome").value, model.state

    filed, _ = year({"files.student_coverage_share": 1.0, **CLASSES})
    bare, state = year({})
    assert filed["privacy.minors_recorded_count"] > 0
    assert filed["record.coverage_share"] > 0.5
    assert bare["privacy.minors_recorded_count"] == 0
    pupils = np.flatnonzero(state.agents.kind == STUDENT)
    assert (state.chains.head[pupils] == -1).all()
