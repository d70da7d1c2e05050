"""Public bodies: owed is what was opened less what was paid, and registered promises outlive leaders."""

import numpy as np
import pytest

from creditsim.model.activities import OBLIGATIONS
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.parts.public_bodies import CLAIM
from creditsim.model.phases.promises import clear_oldest, late_fen, promises
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.population.agents import AGENCY, CIVIL_SERVANT
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import load_scenario

STATUS_QUO = load_scenario("status-quo-2019").with_(months=18, burn_in_months=0)
REGISTER = {"agency.promise_register_share": 1.0}
EVALUATION = {"agency.evaluation_on": True}
DESK = {"agency.arrears_staff_hours_per_month": 160.0}
DECEMBER = 11


@pytest.fixture(scope="module")
def start():
    state = burned_in(STATUS_QUO, scale=0.2, seed=6)
    state.active[:] = 1
    return state


def rules(**levers):
    return compile_rules(STATUS_QUO.with_levers(levers))


def step(state, compiled, doing=None):
    """Run the phase for one month in which each body does the activity named, or none."""
    agencies = state.agents.kind == AGENCY
    state.memory.did[agencies] = 0
    if doing:
        k = [activity.id for activity in activities()].index(doing)
        state.memory.did[agencies] = np.uint64(1) << np.uint64(k)
    state.counts = np.zeros_like(state.counts)
    promises(state, compiled)
    state.month += 1
    return dict(zip(QUANTITIES, state.counts.sum(axis=0).tolist(), strict=True))


def test_the_desk_pays_the_oldest_first_and_no_more_than_is_left():
    left = np.array([100, 50, 80])
    assert clear_oldest(left, 120).tolist() == [100, 20, 0]
    assert clear_oldest(left, 0).tolist() == [0, 0, 0]
    assert clear_oldest(left, 1000).tolist() == [100, 50, 80]


@pytest.mark.parametrize("levers", [{}, DESK, {**DESK, **EVALUATION, **REGISTER}])
def test_what_is_owed_is_what_was_opened_less_what_was_paid(start, levers):
    state, compiled, owed = start.copy(), rules(**levers), 0
    for month in range(20):
        counted = step(state, compiled, OBLIGATIONS[0] if month % 3 == 0 else None)
        owed += counted["body_arrears_opened_fen"] - counted["body_arrears_cleared_fen"]
        assert owed == counted["body_arrears_fen"] == state.public_bodies.claims["left_fen"].sum()
    assert owed > 0


def test_every_body_that_pays_late_opens_a_claim_of_a_supplier(start):
    state = start.copy()
    rows = np.flatnonzero(state.agents.kind == AGENCY)
    amounts = late_fen(state, rules(), rows)
    step(state, rules(), OBLIGATIONS[0])
    claims = state.public_bodies.claims
    assert claims["left_fen"].tolist() == amounts.tolist()
    assert (claims["supplier"] < len(state.public_bodies.suppliers)).all()
    assert (amounts > 0).all()


def test_a_desk_clears_what_waits(start):
    left = {}
    for name, levers in (("usual", {}), ("desk", DESK)):
        state = start.copy()
        state.public_bodies.claims = np.zeros(3, CLAIM)
        state.public_bodies.claims["left_fen"] = 10**9
        state.public_bodies.claims["opened"] = state.month - 1
        step(state, rules(**levers))
        left[name] = state.public_bodies.claims["left_fen"].sum()
    worth = 160 * 0.2 * assumed("arrears.yuan_per_hour") * 100
    assert left["usual"] - left["desk"] == pytest.approx(min(worth, left["usual"]))


def test_the_register_fills_within_a_year_and_outlives_leaders(start):
    state, compiled = start.copy(), rules(**REGISTER)
    shares = []
    for _ in range(13):
        counted = step(state, compiled)
        shares.append(counted["body_contracts_registered"] / counted["body_contracts"])
    assert shares == sorted(shares)
    assert shares[5] == pytest.approx(0.5, abs=0.05)
    assert shares[-1] == 1.0
    bodies = state.public_bodies
    bodies.leader_since[:] = state.month
    step(state, compiled)
    assert (bodies.duties["registered"] == 1).all()
    assert (bodies.duties["factor"] == assumed("promise.notice_factor")).all()
    assert (bodies.duties["shift"] < 0).all(), "a new leader changes nothing, and the usual mean is taken off"


def test_new_leaders_break_what_is_not_registered_more_readily(start):
    state, compiled = start.copy(), rules()
    state.public_bodies.leader_since[:] = state.month
    step(state, compiled)
    names = [activity.id for activity in activities()]
    tau = compiled.activities.tau[[names.index(name) for name in OBLIGATIONS]]
    shift = state.public_bodies.duties["shift"] / tau
    kept = (1.0 - assumed("leader.change_yearly_share") / 12) ** 12
    assert shift == pytest.approx(assumed("leader.new_log_odds") * kept)
    state.month += 12
    step(state, compiled)
    old = state.public_bodies.leader_since < state.month - 12
    assert (state.public_bodies.duties["shift"][old] < 0).all()


def test_leaders_change_at_the_yearly_share(start):
    state, compiled, changes = start.copy(), rules(), 0
    for _ in range(240):
        step(state, compiled)
        changes += np.count_nonzero(state.public_bodies.leader_since == state.month - 1)
    bodies = np.count_nonzero(state.agents.kind == AGENCY)
    assert changes / bodies / 20 == pytest.approx(assumed("leader.change_yearly_share"), rel=0.35)


def test_without_an_evaluation_there_is_nothing_to_lose(start):
    state, compiled = start.copy(), rules(**REGISTER)
    for _ in range(14):
        counted = step(state, compiled, OBLIGATIONS[1])
        assert counted["benefits_fen"] == counted["penalties_fen"] == counted["body_evaluated"] == 0
    assert (state.public_bodies.duties["loss_yuan"] == 0.0).all()
    assert not state.public_bodies.standing.any()


def test_the_evaluation_praises_the_clean_and_sets_others_a_deadline(start):
    compiled = rules(**EVALUATION, **REGISTER)
    broken = OBLIGATIONS[1]
    for doing, sign, name, yuan in ((None, 1, "benefits_fen", 500), (broken, -1, "penalties_fen", 800)):
        state = start.copy()
        state.public_bodies.registered[:] = state.public_bodies.contracts
        step(state, compiled)
        assert (state.public_bodies.duties["loss_yuan"] > 0).all()
        if doing:
            state.public_bodies.failed[:] = False
            step(state, compiled, doing)
            assert state.public_bodies.failed.all(), "what is registered is found"
            assert (state.public_bodies.duties["loss_yuan"] == 0).all(), "the year is lost already"
        state.month += (DECEMBER - state.month) % 12
        step(state, compiled)
        assert (state.public_bodies.standing == sign).all()
        counted = step(state, compiled)
        assert counted[name] == yuan * 100 * len(state.public_bodies.standing)


def test_suppliers_lose_trust_when_hit_and_regain_it_slowly(start):
    state, compiled = start.copy(), rules()
    before = state.public_bodies.trust.copy()
    step(state, compiled, OBLIGATIONS[1])
    hit = state.public_bodies.trust < before
    assert 0 < hit.sum() <= np.count_nonzero(state.agents.kind == AGENCY)
    loss = assumed("public_bodies.trust_loss_share")
    assert before[hit] - state.public_bodies.trust[hit] == pytest.approx(loss)
    low = state.public_bodies.trust[hit].copy()
    step(state, compiled)
    assert (state.public_bodies.trust[hit] > low).all()
    assert (state.public_bodies.trust[~hit] == before[~hit]).all()


def test_a_body_without_leaders_or_evaluation_acts_as_before(start):
    usual, planned = (CreditModel(STATUS_QUO.with_levers(levers), state=start) for levers in ({}, DESK))
    for model in (usual, planned):
        model.run(6)
    agencies = usual.state.agents.kind == AGENCY
    assert (usual.state.last_breach[agencies] == planned.state.last_breach[agencies]).all()


def test_files_of_civil_servants_gate_what_is_recorded_about_them():
    compiled = {
        name: rules(**levers)
        for name, levers in {
            "usual": {},
            "wide": {"files.civil_servant_coverage_share": 0.95},
            "both": {"files.civil_servant_coverage_share": 0.95, "files.civil_servant_commendation_on": True},
        }.items()
    }
    names = [activity.id for activity in activities()]
    lapse, praise = names.index("cs-discipline-breach"), names.index("cs-excellent-assessment")
    for name, expected in (("usual", 0.2), ("wide", 0.95), ("both", 0.95)):
        postings, regimes = compiled[name].postings[1], compiled[name].regimes[1]
        assert postings.needs_file[lapse] == 1
        assert regimes.file_cover[CIVIL_SERVANT] / 2**32 == pytest.approx(expected)
        assert (postings.items[praise].max() >= 0) == (name == "both")
