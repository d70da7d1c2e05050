"""Conservation: visits, funds, slots and people balance in every month, to the last unit."""

import dataclasses

import pytest

from creditsim.core.errors import InputError
from creditsim.model.balances import balances
from creditsim.model.credit_model import CreditModel
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


def test_before_the_first_month_there_is_nothing_to_balance(model):
    with pytest.raises(InputError, match="no month"):
        CreditModel("status-quo-2019", state=model.state).balances()
