"""Conservation: visits, funds, slots and people balance in every month, to the last unit."""

import dataclasses

import numpy as np
import pytest

from creditsim.core.errors import InputError
from creditsim.model.balances import balances
from creditsim.model.credit_model import CreditModel
from creditsim.model.phases.treatment import _pay
from creditsim.spec.scenario import load_scenario

ACCOUNTS = {
    "visits to firms",
    "visits to schools",
    "slots of contests",
    "village fund, fen",
    "sub-district fund, fen",
    "people and organisations",
}


@pytest.fixture(scope="module")
def model():
    plan = load_scenario("five-entries-2020").with_(months=18, burn_in_months=3)
    model = CreditModel(plan, scale=0.02, seed=11)
    model.run()
    return model


def test_nothing_is_lost_and_nothing_comes_from_nowhere_in_any_month(model):
    found = model.balances()
    assert set(found["account"]) == ACCOUNTS
    assert (found["residual"] == 0).all()


def test_every_account_moves(model):
    totals = model.balances().groupby("account")["actual"].sum()
    assert (totals > 0).all()


def test_a_visit_too_many_would_show(model):
    track = model.track()
    public = [{**month, "visits_due": month["visits_due"] + 1} for month in track.public]
    found = balances(dataclasses.replace(track, public=tuple(public)))
    assert (found.loc[found["account"] == "visits to firms", "residual"] == -1).all()


@pytest.mark.parametrize(("held", "each", "left"), [(299, 99, 2), (300, 100, 0), (450, 100, 150), (2, 0, 2)])
def test_a_fund_pays_three_claims_of_100_fen_as_far_as_it_reaches(model, held, each, left):
    state = model.state.copy()
    state.fund_fen[0] = held - 150
    _pay(state, 0, 150, np.arange(3), 100)
    assert (state.public["fund_0_paid_fen"], state.fund_fen[0]) == (3 * each, left)


def test_before_the_first_month_there_is_nothing_to_balance(model):
    with pytest.raises(InputError, match="no month"):
        CreditModel("status-quo-2019", state=model.state).balances()
