"""Size: rates do not depend on it, and one more agent changes nobody else's luck."""

import numpy as np
import pytest

from creditsim.core import draws
from creditsim.experiment.run import run_replication
from creditsim.model.credit_model import CreditModel
from creditsim.population.agents import AGENT
from creditsim.population.synthesis import build_population
from creditsim.spec.scenario import load_scenario

SHARES = (
    "merit.participation_share",
    "merit.sorting_share",
    "aware.awareness_share",
    "record.coverage_share",
)


def test_doubling_the_population_with_budgets_per_head_leaves_rates():
    """Equivalence within 0.5 percentage points.

    At scale 0.1 about 23,000 adults meet sorting or volunteering each month, so the mean of
    12 months has a standard error below 0.1 points; a false alarm needs five of them. The
    plan starts everywhere at once: three pilots of five communities are not three of 49,
    and a quarter of few communities may be rich or poor.
    """
    at_once = {
        "rollout.pilot_start_date": "never",
        "rollout.pilot_sites_per_setting_count": 0,
        "rollout.full_start_date": "2020-02",
        "rollout.phase_in_months": 1,
        "community.sorting_sites_share": 1,
    }
    plan = load_scenario("five-entries-2020").with_levers(at_once).with_(months=12, burn_in_months=6)
    small, large = (run_replication([plan], scale, seed=3)[0].means() for scale in (0.12, 0.24))
    for name in SHARES:
        assert small[name] == pytest.approx(large[name], abs=0.005), name
    per_thousand = "breach.all_per_1000_month"
    assert small[per_thousand] == pytest.approx(large[per_thousand], rel=0.02)


def test_luck_belongs_to_a_slot_not_to_a_place_in_the_array():
    """A larger population holds the smaller one's slots, and every draw of those is the same."""
    small, large = (build_population(scale=scale, seed=3).agents["slot"] for scale in (0.01, 0.02))
    assert np.isin(small, large).all()
    shared = np.searchsorted(large, small)
    for decision in (draws.OPPORTUNITY, draws.ACT, draws.VISIT, draws.AWARENESS):
        mine, theirs = (draws.words(3, 0, slots, 24240, decision) for slots in (small, large))
        assert (mine == theirs[shared]).all()


@pytest.fixture(scope="module")
def plan_run():
    """A run with everything switched on."""
    model = CreditModel(load_scenario("five-entries-2020").with_(burn_in_months=6), scale=0.05, seed=3)
    model.run(18)
    return model


def test_an_agent_and_all_that_a_run_keeps_on_it_take_at_most_250_bytes(plan_run):
    """The record, the columns beside it, peers, trade, what waits; entries come on top."""
    use = plan_run.state.memory_use()
    assert {"agents", "columns", "peers", "trade", "trade network", "chains", "waiting"} <= set(use.parts)
    assert use.parts["agents"] == AGENT.itemsize * use.agents
    assert use.per_agent <= 250


def test_an_entry_takes_at_most_16_bytes(plan_run):
    use = plan_run.state.memory_use()
    assert use.entries == plan_run.state.chains.number > 1000
    assert use.per_entry <= 16


def test_no_column_of_agents_is_forgotten(plan_run):
    """A column added anywhere in the state counts, an entry's or a site's does not count to agents."""
    before, state = plan_run.state.memory_use(), plan_run.state.copy()
    state.contests.won = np.zeros(len(state.agents), np.uint64)
    after = state.memory_use()
    assert after.per_agent - before.per_agent == pytest.approx(6)
    state.done = np.zeros((1000, 1000))
    assert state.memory_use().per_agent == after.per_agent
    assert state.memory_use().population == before.population >= AGENT.itemsize * after.agents
