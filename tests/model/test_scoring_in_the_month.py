"""Scoring in the month: only accounts that can have changed are folded, with the result of folding all."""

import numpy as np

from creditsim.model.chains import item_entries
from creditsim.model.credit_model import CreditModel
from creditsim.model.phases.scoring import scoring
from creditsim.model.regimes import compile_rules
from creditsim.model.state import first_state
from creditsim.population.synthesis import build_population
from creditsim.spec.activities import activities
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import KINDS

PLAN = load_scenario("five-entries-2020")


def test_a_grade_that_changes_by_expiry_alone_reaches_the_village_account_in_the_same_month():
    rules = compile_rules(PLAN)
    state = first_state(build_population(scale=0.01, seed=3), rules.first_month, len(activities()))
    state.active[:] = 1
    rows = np.flatnonzero(state.agents.kind == KINDS.index("villager"))[:20]
    book = rules.book
    plain = (book.validity_months == 12) & ~book.is_direct & ~book.is_step & (book.points_mp < 0)
    entries = item_entries(
        state.agents.slot[rows], np.full(len(rows), np.argmax(plain)), np.full(len(rows), -100_000),
        np.zeros(len(rows), np.int8), np.full(len(rows), state.month), state.month,
    )  # fmt: skip
    state.chains.extend(rows, entries)
    carried = []
    for _ in range(16):
        scoring(state, rules)
        whole = state.copy()
        whole.chains.dirty[rows] = 1
        scoring(whole, rules)
        for name in ("score_mp", "grade", "village_score_mp", "star"):
            assert (state.agents[name][rows] == whole.agents[name][rows]).all(), (name, state.month)
        carried.append(int(state.agents.village_score_mp[rows[0]]))
        state.month += 1
    assert carried[0] < carried[-1], "the control: what a low grade takes off is back after its entry expired"


def test_a_scenario_that_starts_when_all_are_under_a_programme_folds_all_accounts_by_its_own_book():
    scenario = load_scenario("status-quo-2019").with_(start="2020-06", months=2, burn_in_months=12)
    model = CreditModel(scenario.with_levers({"score.rulebook_choice": "guidance_2021"}), scale=0.01, seed=3)
    before = model.state.agents.grade.copy()
    assert model.state.active.any()
    whole = model.state.copy()
    model.step()
    whole.chains.dirty[:] = 1
    again = CreditModel(model.policy, state=whole, adopt=True)
    again.step()
    assert (model.state.agents.grade == again.state.agents.grade).all()
    assert (model.state.agents.grade != before).sum() > 100, "the control: the books grade differently"
