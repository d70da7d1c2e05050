"""Household liability: what a head loses for another member's act is harm, though no record is false."""

import numpy as np
import pytest

from creditsim.model.coverage import ON_FILE, file_status
from creditsim.model.credit_model import burned_in
from creditsim.model.phases.calendar import calendar
from creditsim.model.phases.records import post
from creditsim.model.phases.scoring import scoring
from creditsim.model.phases.treatment import treatment
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import PENDING
from creditsim.population.agents import takes_part
from creditsim.population.fixed import household_heads
from creditsim.spec.scenario import load_scenario

AT_ONCE = {
    "rollout.pilot_start_date": "never",
    "rollout.pilot_sites_per_setting_count": 0,
    "rollout.full_start_date": "2020-01",
    "rollout.phase_in_months": 0,
}
PLAN = load_scenario("five-entries-2020").with_levers(AT_ONCE).with_(burn_in_months=0)


@pytest.fixture(scope="module")
def before():
    return burned_in(PLAN, scale=0.01, seed=1, only=("village",))


@pytest.mark.parametrize("liable", [False, True])
def test_a_head_docked_for_another_is_wrongly_penalised(before, liable):
    rules = compile_rules(PLAN.with_levers({"village.household_liability_on": liable}))
    state = before.copy()
    state.counts = np.zeros_like(state.counts)
    state.public = {}
    calendar(state, rules)
    agents, heads = state.agents, household_heads(state.population)
    filed = file_status(state, rules, np.arange(len(agents))) == ON_FILE
    fits = takes_part(agents.kind, ["villager"]) & filed & (heads >= 0) & (heads != np.arange(len(agents)))
    fits &= filed[heads]
    member = int(np.flatnonzero(fits)[0])
    record = np.zeros(1, PENDING)
    items = [item.id for item in rules.book.district.items]
    record["row"], record["item"] = member, items.index("rural-littering-and-dumping")
    record["account"], record["points_mp"], record["event"] = 1, -200_000, state.month
    post(state, rules, record)
    scoring(state, rules)
    treatment(state, rules)
    head = int(heads[member])
    assert agents.star[member] < 2, "what its own act costs is no harm"
    assert (agents.star[head] < 2) == liable
    assert state.counts[:, QUANTITIES.index("wrongly_penalised")].sum() == liable
    assert state.counts[:, QUANTITIES.index("files_wrong_grade")].sum() == 0
