"""Spill-over between sites, and pilots against units that have not started."""

import dataclasses

import numpy as np
import pytest

from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.outcomes.counted import Track
from creditsim.model.outcomes.turnover import DISTRICT
from creditsim.model.phases import acting, awareness
from creditsim.model.quantities import QUANTITIES
from creditsim.model.state import first_state
from creditsim.population.agents import CELLS_PER_AREA, NO_SEX, STUDENT
from creditsim.population.synthesis import build_population
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import SETTINGS

PLAN = load_scenario("five-entries-2020").with_(months=4, burn_in_months=4)


@pytest.fixture(scope="module")
def state():
    return burned_in(PLAN, scale=0.02, seed=5)


@pytest.fixture(scope="module")
def wide():
    """A state before burn-in with several sites of a kind in most areas, where one site did and met much."""
    state = first_state(build_population(scale=0.1, seed=5), 24216, 3)
    state.met[:] = np.arange(state.met.size).reshape(state.met.shape) * 7 % 101
    state.done[:] = state.met // 3
    return state


def spill_of(monkeypatch, module, name, value):
    monkeypatch.setattr(module, "assumed", lambda asked: value if asked == name else assumed(asked))


@pytest.mark.parametrize("spill", [0.0, 0.2])
def test_a_site_shows_its_own_acts_and_a_share_of_those_elsewhere_in_the_area(wide, monkeypatch, spill):
    spill_of(monkeypatch, acting, "spill.norm_share", spill)
    shown, sites = acting.shown_counts(wide), wide.population.sites
    for site in range(len(sites)):
        alike = (sites["kind"] == sites["kind"][site]) & (sites["area"] == sites["area"][site])
        others = np.setdiff1d(np.flatnonzero(alike), site)
        for mixed, own in zip(shown, (wide.done, wide.met), strict=True):
            expected = own[site]
            if len(others):
                expected = (1 - spill) * own[site] + spill * own[others].mean(axis=0)
            assert mixed[site] == pytest.approx(expected)
    if spill == 0:
        assert (shown.done == wide.done).all()


@pytest.mark.parametrize("spill", [0.0, 0.3])
def test_word_of_mouth_crosses_sites_within_an_area(wide, monkeypatch, spill):
    spill_of(monkeypatch, awareness, "spill.contact_share", spill)
    known = wide.copy()
    agents = known.agents
    people = (agents.sex < NO_SEX) & (agents.kind != STUDENT) & (agents.present == 1)
    known.agents.awareness[:] = 0
    homes, sites = known.agents.home, known.population.sites
    areas = sites["area"].astype(int) * 10 + sites["kind"]  # villages hear from villages
    lived = np.unique(homes[people])
    site = next(s for s in lived if np.count_nonzero(areas[lived] == areas[s]) > 1)
    known.agents.awareness[people & (homes == site)] = 1
    informed = awareness._share_by_site(known, *awareness.count_aware(known))
    assert informed[site] == pytest.approx(1 - spill)
    near = next(s for s in lived if areas[s] == areas[site] and s != site)
    in_area = np.isin(homes, lived[areas[lived] == areas[site]]) & people
    there = np.count_nonzero(people & (homes == site))
    elsewhere = there / (np.count_nonzero(in_area) - np.count_nonzero(people & (homes == near)))
    assert informed[near] == pytest.approx(spill * elsewhere)
    assert not informed[lived[areas[lived] != areas[site]]].any(), "it stays in the area"


def test_the_pilot_effect_by_hand():
    """Pilots rise from 2 to 3 a head, controls from 1 to 1.5: an effect of 0.5; without controls none."""
    counts = np.zeros((3, CELLS_PER_AREA, len(QUANTITIES)), np.int64)
    village, firms = (SETTINGS.index(name) * 16 for name in ("village", "enterprise"))
    values = {"pilot_breaches": 30, "pilot_before": 12 * 20, "pilot_agents": 10,
              "control_breaches": 150, "control_before": 12 * 100, "control_agents": 100}  # fmt: skip
    for name, value in values.items():
        counts[1:, village, QUANTITIES.index(name)] = value
        if name.startswith("pilot"):
            counts[2, firms, QUANTITIES.index(name)] = 1
    counts[2, village, QUANTITIES.index("control_agents")] = 0
    track = Track((1, 2, 3), counts, tuple({"months_before": 12} for _ in range(3)), 1.0, ("a",))
    effect = DISTRICT["rollout.treated_minus_control"](track, {})
    assert np.isnan(effect[[0, 2]]).all()
    assert effect[1] == pytest.approx(500.0)


def test_pilots_are_compared_while_others_wait_and_only_then(state):
    phased = {
        "rollout.pilot_start_date": "2020-02",
        "rollout.full_start_date": "2020-04",
        "rollout.phase_in_months": 0,
    }
    model = CreditModel(PLAN.with_levers(phased), state=state)
    model.run()
    frame = model.outcomes()
    found = frame[(frame["outcome"] == "rollout.treated_minus_control") & (frame["setting"] == "all")]
    assert np.isfinite(found["value"].to_numpy()).tolist() == [False, True, True, False]
    assert state.turnover.months_before == 4


def test_a_run_without_pilots_has_no_pilot_effect(state):
    usual = load_scenario("status-quo-2019").with_(months=2, burn_in_months=4)
    model = CreditModel(usual, state=state)
    model.run()
    frame = model.outcomes()
    assert frame[frame["outcome"] == "rollout.treated_minus_control"]["value"].isna().all()
    assert dataclasses.is_dataclass(state.turnover)
