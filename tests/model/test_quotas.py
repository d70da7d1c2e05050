"""Quotas: shortfalls, what is made up to fill them, and the other metric."""

import numpy as np
import pytest

from creditsim.model.chains import OVER_REPORTED, WRONG
from creditsim.model.coverage import ON_FILE, file_status
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.phases import quotas
from creditsim.model.phases.desk import desk_capacity, settings_of
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import BREACHED, PADDED, PENDING
from creditsim.spec.activities import activities
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import CHANNELS, KINDS, SETTINGS

SHORT = load_scenario("five-entries-2020").with_(months=9, burn_in_months=2)
VILLAGE = SETTINGS.index("village")


def metric(name="record_count", quota=20.0, share=0.5, **levers):
    return SHORT.with_levers(
        {
            "assessment.metric_choice": name,
            "assessment.quota_count": quota,
            "world.quota_gaming_share": share,
            "village.compact_deduction_points": 10,
            **levers,
        }
    )


def run(scenario, before):
    model = CreditModel(scenario, state=before)
    model.run()
    return model


def counts(model, name):
    return model.track().counts[:, :, QUANTITIES.index(name)].sum(axis=1)


@pytest.fixture(scope="module")
def before():
    return burned_in(SHORT, scale=0.02, seed=7)


@pytest.fixture(scope="module")
def gamed(before):
    # The share is part of the world: the state before is the same, for nothing reads it there.
    return run(metric(), before)


@pytest.fixture
def under_way(gamed):
    state = gamed.state.copy()
    state.active[:] = 1
    return state


def test_a_quota_is_filled_in_part(gamed):
    assert counts(gamed, "files_over_reported").sum() > 10


@pytest.mark.parametrize("levers", [{"share": 0.0}, {"quota": 0.0}, {"name": "none", "quota": 0.0}])
def test_nothing_is_made_up_without_quota_or_temptation(before, levers):
    assert not counts(run(metric(**levers), before), "files_over_reported").any()


def test_shortfall_by_hand(under_way):
    """20 entries per 1,000 villagers; what a court enters is not the department's."""
    villagers = np.flatnonzero(under_way.agents.kind == KINDS.index("villager"))
    posted = np.zeros(5, PENDING)
    posted["row"] = villagers[:5]
    posted["channel"][:2] = CHANNELS.index("court")
    posted["channel"][2:] = CHANNELS.index("neighbour_report")
    asked = 20 * len(villagers)
    expected = (asked * (under_way.month + 1) // 1000 - asked * under_way.month // 1000) - 3
    assert quotas.shortfalls(under_way, 20.0, posted)[VILLAGE] == expected > 0
    assert quotas.shortfalls(under_way, 0.0, posted)[VILLAGE] == 0


def test_the_share_is_filled_whole_entries_at_a_time(under_way):
    missing = np.array([10, 0, 0, 7, 1000])
    filled = quotas._filled(under_way, 0.3, missing)
    assert filled.tolist() in ([3, 0, 0, 2, 300], [3, 0, 0, 3, 300])
    assert quotas._filled(under_way, 0.0, missing).tolist() == [0] * 5
    assert quotas._filled(under_way, 1.0, missing).tolist() == missing.tolist()


def test_the_pettiest_entries_come_first(under_way):
    cheap = quotas.cheapest(compile_rules(metric()))
    names = [activity.id for activity in activities()]
    villager, resident = KINDS.index("villager"), KINDS.index("resident")
    assert names[cheap[villager, quotas.POSITIVE]] == "vil-training-attendance"
    assert names[cheap[villager, quotas.NEGATIVE]] == "vil-littering"
    assert names[cheap[resident, quotas.POSITIVE]] == "res-waste-sorting"


def test_made_up_entries_land_on_those_with_a_file_who_did_nothing(under_way):
    rules = compile_rules(metric())
    made_up = quotas.over_reports(under_way, rules, np.zeros(0, PENDING))
    rows = made_up["row"]
    assert len(made_up) > 20
    assert len(set(rows.tolist())) == len(rows)
    assert (made_up["flags"] == PADDED).all()
    assert not (under_way.deeds[rows] & BREACHED).any()
    needs = rules.postings.needs_file[1][made_up["activity"]] == 1
    assert (file_status(under_way, rules, rows[needs]) == ON_FILE).all()
    negative = made_up["points_mp"] < 0
    assert (made_up["wrong"] == negative).all()
    assert 0 < negative.mean() < 0.5


def test_negative_ones_are_false_and_all_of_them_move_scores(gamed):
    chains = gamed.state.chains
    ids = gamed.state.files.padded
    assert len(ids) == counts(gamed, "files_over_reported").sum()
    assert (chains.status[ids] & OVER_REPORTED > 0).all()
    negative = chains.decode(ids)["points_mp"] < 0
    assert ((chains.status[ids] & WRONG > 0) == negative).all()
    assert counts(gamed, "files_undeserved_mp").any()
    frame = gamed.outcomes()
    frame = frame[(frame.setting == "all") & (frame.group == "all")]
    mean = frame.groupby("outcome", observed=True)["value"].mean()
    assert mean["score.wrong_grade_share"] >= 0
    assert 0 < mean["record.over_reported_share"] < 1


def test_a_setting_that_meets_its_quota_makes_nothing_up(under_way):
    posted = np.zeros(5000, PENDING)
    posted["row"] = np.flatnonzero(under_way.agents.kind == KINDS.index("villager"))[0]
    posted["channel"] = CHANNELS.index("neighbour_report")
    made_up = quotas.over_reports(under_way, compile_rules(metric()), posted)
    assert VILLAGE not in settings_of(under_way, made_up["row"])
    assert len(made_up) > 0


def test_a_metric_of_errors_makes_desks_slower_and_more_careful(under_way):
    usual, careful = (compile_rules(metric(name, 0.0)) for name in ("none", "error_and_effect"))
    assert desk_capacity(under_way, careful).sum() < desk_capacity(under_way, usual).sum()
    assert len(quotas.over_reports(under_way, careful, np.zeros(0, PENDING))) == 0
