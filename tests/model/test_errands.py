"""Errands: every errand ends in one way, desks keep their hours, and offline people gain less."""

import numpy as np
import pytest

from creditsim.core.months import month_index
from creditsim.model.budgets import whole_part
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.outcomes.counted import sums_of
from creditsim.model.phases.errands import (
    AT_COUNTER,
    DESK,
    FAST,
    OLD_WAY,
    WAIVED,
    _saved_minutes,
)
from creditsim.model.phases.naming import naming
from creditsim.model.quantities import QUANTITIES
from creditsim.model.state import DID_GOOD
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import load_scenario

SCALE, MONTHS = 0.05, 8
WAYS = ("waived", "waived_counter", "fast_lane", "desk", "old_way")
NOW = {
    "rollout.pilot_start_date": "2020-01",
    "rollout.full_start_date": "2020-01",
    "rollout.phase_in_months": 0,
}
SERVICE = {
    "service.credit_id_on": True,
    "service.certificate_waiver_share": 0.6,
    "service.village_desk_staff_hours_per_month": 800,
}
PLAN = (
    load_scenario("five-entries-2020").with_(months=MONTHS, burn_in_months=2).with_levers({**NOW, **SERVICE})
)


@pytest.fixture(scope="module")
def state():
    return burned_in(PLAN, scale=SCALE, seed=5)


@pytest.fixture(scope="module")
def planned(state):
    return run(PLAN, state)


def run(scenario, state):
    model = CreditModel(scenario, state=state)
    model.run()
    return model


def counts(model, name):
    return model.track().counts[:, :, QUANTITIES.index(name)]


def hours(model, setting, group):
    """Return hours saved a head and year over the run."""
    sums = sums_of(model.track(), setting, group)
    return 12 * sums["service_saved_minutes"].sum() / 60 / sums["adults"].sum()


def test_every_errand_ends_in_one_way(planned):
    ended = sum(counts(planned, f"service_{way}") for way in WAYS)
    assert (ended == counts(planned, "service_errands")).all()


def test_errands_come_at_the_assumed_rate_whatever_the_policy(planned, state):
    adults = counts(planned, "adults").sum()
    yearly = assumed("errand.certificates_per_head_year") + assumed("errand.counter_per_head_year")
    assert 12 * counts(planned, "service_errands").sum() / adults == pytest.approx(yearly, rel=0.05)
    usual = run(load_scenario("status-quo-2019").with_(months=MONTHS), state)
    assert (counts(usual, "service_errands") == counts(planned, "service_errands")).all()


def test_a_desk_serves_what_its_hours_allow(planned):
    served = counts(planned, "service_desk").sum(axis=1)
    start = month_index("2020-01")
    thousandths = round(800 * SCALE / assumed("errand.desk_staff_hours") * 1000)
    assert served.tolist() == [whole_part(thousandths, start + m) for m in range(MONTHS)]


def test_a_desk_of_many_hours_serves_everybody_who_makes_a_trip(state):
    model = run(PLAN.with_levers({"service.village_desk_staff_hours_per_month": 8000}), state)
    village = sums_of(model.track(), "village", "all")
    assert village["service_old_way"].sum() == 0
    assert village["service_waived_counter"].sum() == 0
    assert village["service_desk"].sum() > 0
    assert sums_of(model.track(), "community", "all")["service_desk"].sum() == 0


def test_hours_saved_worked_by_hand():
    """Certificate 4.5 hours, other errand 2.5; half an hour at a desk nearby, one by the fast lane."""
    minutes = _saved_minutes()
    assert minutes[1].tolist() == [270, 135, 210, 240, 0]
    assert minutes[0, [FAST, DESK, OLD_WAY]].tolist() == [90, 120, 0]
    assert (WAIVED, AT_COUNTER) == (0, 1)


def test_saved_minutes_are_those_of_the_ways(planned):
    total = counts(planned, "service_saved_minutes").sum()
    parts = {way: counts(planned, f"service_{way}").sum() for way in WAYS}
    known = 270 * parts["waived"] + 135 * parts["waived_counter"] + 90 * parts["fast_lane"]
    assert known + 120 * parts["desk"] <= total <= known + 240 * parts["desk"]


def test_waiver_and_credit_id_save_hours_and_offline_villagers_gain_less(planned, state):
    without = run(
        PLAN.with_levers({"service.credit_id_on": False, "service.certificate_waiver_share": 0.1}), state
    )
    card_only = run(PLAN.with_levers({"service.certificate_waiver_share": 0.1}), state)
    assert hours(planned, "village", "all") > hours(card_only, "village", "all")
    assert hours(card_only, "village", "all") > hours(without, "village", "all")
    assert hours(planned, "village", "online") > hours(planned, "village", "offline")


def test_the_offline_route_serves_those_offline_only(planned, state):
    routed = run(PLAN.with_levers({"app.offline_channel_on": True}), state)
    for group, more in (("offline", True), ("online", False)):
        gained = hours(routed, "all", group) - hours(planned, "all", group)
        assert (gained > 0.005) == more, group
    registered = counts(routed, "registered").sum() - counts(planned, "registered").sum()
    assert registered > 0


def test_no_score_no_fast_lane(state):
    none = run(load_scenario("no-programme").with_(months=3), state)
    assert counts(none, "service_fast_lane").sum() == 0
    assert counts(none, "service_waived").sum() == 0
    assert counts(none, "service_waived_counter").sum() > 0, "the waiver of 2019 needs no score"


def test_role_models_are_good_spread_and_published(state):
    model = CreditModel(PLAN.with_levers({"publicity.role_models_count": 200}), state=state)
    model.run(3)
    named = model.state.service.named
    monthly = counts(model, "service_role_models").sum(axis=1)
    assert abs(monthly.sum() - 3 * 200 * SCALE / 12) < 2, "villages and communities round apart"
    assert len(named) == len(state.service.named) + monthly.sum()
    assert len(np.unique(named["row"])) == len(named)
    before = model.state.copy()
    before.counts[:] = 0
    naming(before, model.rules)
    new = before.service.named[before.service.named["month"] == before.month]["row"]
    assert (before.deeds[new] & DID_GOOD > 0).all()
    assert len(np.unique(before.agents.home[new])) == len(new), "one a site and month"
    assert before.service.named_lately.sum() == len(before.service.named)


def test_names_come_down_after_their_time(state):
    model = CreditModel(PLAN.with_levers({"publicity.role_models_count": 200}), state=state)
    model.run(1)
    later = model.state.copy()
    later.month += round(assumed("role_model.published_months"))
    later.deeds[:] = 0
    naming(later, model.rules)
    assert len(model.state.service.named) > 0
    assert len(later.service.named) == 0


def test_role_models_make_the_scheme_known(state):
    many, none = (run(PLAN.with_levers({"publicity.role_models_count": count}), state) for count in (200, 0))
    assert counts(many, "aware").sum() > counts(none, "aware").sum()
    assert counts(many, "published").sum() > counts(none, "published").sum()
