"""The month: relations that must hold exactly, whatever the numbers are."""

import dataclasses

import numpy as np
import pytest

from creditsim.core.months import month_index
from creditsim.experiment.run import run_replication
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.month import simulate_month
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.spec.activities import activities
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import LEADS

MONTHS = 9
SCALE = 0.01
STATUS_QUO = load_scenario("status-quo-2019").with_(months=MONTHS, burn_in_months=3)
PLAN = load_scenario("five-entries-2020").with_(months=MONTHS, burn_in_months=3)


@pytest.fixture(scope="module")
def state():
    return burned_in(STATUS_QUO, scale=SCALE, seed=5)


def run(scenario, state, **options):
    model = CreditModel(scenario, state=state, **options)
    model.run()
    return model


def counts(model, name):
    return model.track().counts[:, :, QUANTITIES.index(name)].sum(axis=1)


def fingerprints(*scenarios, **options):
    return [result.fingerprint for result in run_replication(scenarios, SCALE, 5, **options)]


def test_threads_give_the_same_bits():
    assert fingerprints(PLAN, STATUS_QUO, threads=3) == fingerprints(PLAN, STATUS_QUO)


def test_engines_give_the_same_bits():
    assert fingerprints(PLAN, STATUS_QUO, engine="objects") == fingerprints(PLAN, STATUS_QUO)


def test_another_seed_or_replication_is_another_result():
    assert len({*fingerprints(PLAN), *fingerprints(PLAN, replication=1)}) == 2
    assert run_replication([PLAN], SCALE, 6)[0].fingerprint not in fingerprints(PLAN)


def test_name_title_and_order_of_scenarios_change_nothing():
    renamed = dataclasses.replace(PLAN, name="other", title={"en": "Other", "zh": "其他"})
    first, second, third = fingerprints(PLAN, renamed, STATUS_QUO)
    assert first == second
    assert fingerprints(STATUS_QUO, PLAN)[::-1] == [first, third]


@pytest.mark.parametrize("start", [2, 5, 8])
def test_a_policy_that_starts_in_month_m_changes_nothing_before(state, start):
    date = f"2020-{start + 1:02d}"
    late = PLAN.with_levers(
        {"rollout.pilot_start_date": date, "rollout.full_start_date": date, "rollout.phase_in_months": 1}
    )
    planned, usual = (run(scenario, state).track() for scenario in (late, STATUS_QUO))
    same = (planned.counts == usual.counts).all(axis=(1, 2))
    assert same[:start].all()
    assert not same[start:].all()
    costs = [[month["cost_fen"] for month in track.public] for track in (planned, usual)]
    assert costs[0][:start] == costs[1][:start]


def test_a_programme_that_never_starts_is_the_status_quo(state):
    never = PLAN.with_levers(
        {
            "rollout.pilot_start_date": "never",
            "rollout.full_start_date": "never",
            "rollout.pilot_sites_per_setting_count": 0,
            "rollout.phase_in_months": 0,
        }
    )
    assert (run(never, state).track().counts == run(STATUS_QUO, state).track().counts).all()


def test_a_programme_that_ends_stops_everywhere(state):
    ended = PLAN.with_(months=14).with_levers({"rollout.end_date": "2021-01"})
    public = run(ended, state).track().public
    assert [month["active_agents"] > 0 for month in public] == [1 <= m < 12 for m in range(14)]


def test_a_policy_changes_nobodys_luck(state):
    """Opportunities are the same in every scenario: the policy is in no key of a draw.

    But what firms owe each other follows from their trade, which a policy may change.
    """
    kept = [k for k, activity in enumerate(activities()) if activity.due != "trade"]
    none = load_scenario("no-programme").with_(months=MONTHS, burn_in_months=3)
    met = [run(scenario, state).state.met[:, kept] for scenario in (PLAN, STATUS_QUO, none)]
    assert (met[0] == met[1]).all()
    assert (met[0] == met[2]).all()


def test_without_a_score_nothing_is_posted_graded_or_appealed(state):
    none = run(load_scenario("no-programme").with_(months=MONTHS, burn_in_months=3), state)
    for name in (
        "posted_negative",
        "posted_positive",
        "filed",
        "scored",
        "benefits_fen",
        "penalties_fen",
        "warnings",
    ):
        assert not counts(none, name).any(), name
    assert [month["cost_fen"] for month in none.track().public] == [0] * MONTHS


def test_no_false_records_means_that_nobody_compliant_is_penalised():
    world = {"world.false_record_human_share": 0.01}
    fair = PLAN.with_levers({**world, "desk.specificity_share": 1.0})
    model = CreditModel(fair, scale=0.05, seed=5)
    model.run()
    assert not counts(model, "posted_false")[6:].any(), "a desk of full specificity stops every false record"
    careless = CreditModel(PLAN.with_levers({"desk.specificity_share": 0.0}), scale=0.05, seed=5)
    careless.run()
    assert counts(careless, "posted_false").sum() > 0, (
        "the control: without verification false records get through"
    )


def test_visits_sum_to_the_budget_exactly(state):
    model = run(PLAN, state)
    start = month_index("2020-01")
    budget = round(400 * SCALE * 1000)
    expected = [budget * (m + 1) // 1000 - budget * m // 1000 for m in range(start, start + MONTHS)]
    assert counts(model, "visits").tolist() == expected
    assert counts(model, "visits").sum() == pytest.approx(400 * SCALE * MONTHS, abs=1)


def test_no_visits_no_visits_seen(state):
    nobody = run(STATUS_QUO.with_levers({"inspection.visits_per_month": 70}), state)
    assert counts(nobody, "visits").sum() < counts(run(STATUS_QUO, state), "visits").sum()


def test_every_fen_of_a_fund_is_paid_or_kept_each_month(state):
    model = run(PLAN, state)
    public = model.track().public
    for fund in (0, 1):
        before = int(state.fund_fen[fund])
        for month in public:
            income, paid, after = (month[f"fund_{fund}_{part}_fen"] for part in ("income", "paid", "balance"))
            assert before + income - paid == after >= 0
            before = after
    both = sum(month["fund_0_paid_fen"] + month["fund_1_paid_fen"] for month in public)
    assert counts(model, "fund_paid_fen").sum() == both


def test_every_fen_and_minute_of_the_programme_is_charged_to_one_department(state):
    model = run(PLAN, state)
    rewards = counts(model, "rewards_fen")
    for month, reward in zip(model.track().public, rewards, strict=True):
        for total in ("cost_fen", "staff_minutes"):
            assert month[total] == sum(month[f"{total}.{lead}"] for lead in LEADS)
        assert month["transfers_fen"] == month["fund_0_paid_fen"] + month["fund_1_paid_fen"] + reward


def test_a_fund_that_does_not_exist_costs_and_pays_nothing(state):
    levers = ("village.fund_villages_share", "village.fund_yuan_per_head_year", "village.fund_top_share")
    without = PLAN.with_levers(dict.fromkeys((*levers, "fund.subdistrict_yuan_per_head_year"), 0))
    public = run(without, state).track().public
    assert all(
        month[f"fund_{fund}_{part}_fen"] == 0
        for month in public
        for fund in (0, 1)
        for part in ("income", "paid")
    )


def test_a_run_leaves_the_shared_state_as_it_was(state):
    before = state.agents.copy()
    run(PLAN, state)
    assert all((state.agents[name] == before[name]).all() for name in before.dtype.names)
    assert state.month == month_index("2020-01")


def test_acts_do_not_depend_on_what_others_drew(state):
    """Agents decide on last month's state: the share that acts is near its base rate in each activity."""
    model = run(STATUS_QUO, state)
    acted, met = model.state.done.sum(axis=0), model.state.met.sum(axis=0)
    assert (acted <= met).all()
    assert np.count_nonzero(met) > 30


def correlation_of_ranks(one, other):
    """Return the correlation of ranks, and its standard deviation where there is none."""
    one, other = (np.argsort(np.argsort(each, kind="stable"), kind="stable") for each in (one, other))
    return np.corrcoef(one, other)[0, 1], 1.0 / np.sqrt(len(one) - 1)


def test_what_is_at_stake_and_the_noise_of_the_choice_are_drawn_apart(state):
    """False alarm at four standard deviations: 1 in 16,000; a correlation of 0.2 is found almost surely."""
    met = []
    simulate_month(state.copy(), compile_rules(STATUS_QUO), decide=met.append)
    (met,) = met
    often = np.bincount(met["activity"]).argmax()
    some = met[met["activity"] == often]
    assert len(some) > 500
    found, deviation = correlation_of_ranks(some["stake_yuan"], some["noise"])
    assert abs(found) < 4 * deviation
    assert correlation_of_ranks(some["noise"], some["noise"])[0] == pytest.approx(1), "the control"
