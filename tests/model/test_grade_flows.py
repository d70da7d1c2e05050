"""Grade flows: every scored agent moves from one grade to one grade, and starts where it ended."""

import pytest

from creditsim.model.credit_model import CreditModel
from creditsim.model.quantities import QUANTITIES
from creditsim.scoring.ledger import ITEM
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import GRADES, KINDS


@pytest.fixture(scope="module")
def model():
    plan = load_scenario("five-entries-2020").with_(months=6, burn_in_months=6)
    model = CreditModel(plan, scale=0.02, seed=8)
    model.run()
    return model


def test_everybody_scored_is_counted_once_a_month(model):
    scored = model.track().counts[:, :, QUANTITIES.index("scored")].sum(axis=1)
    moved = model.grades().groupby("month", observed=True)["agents"].sum()
    assert moved.tolist() == scored.tolist()


def test_the_last_month_is_the_final_grades(model):
    frame = model.grades()
    last = frame[(frame["month"] == "2020-06") & (frame["kind"] == "enterprise")]
    agents = model.state.agents
    there = agents[(agents.kind == KINDS.index("enterprise")) & (agents.present == 1)]
    shares = last.groupby("grade", observed=False)["agents"].sum()
    assert shares.tolist() == [int((there.grade == code).sum()) for code in range(len(GRADES))]


def test_who_had_a_grade_last_month_is_who_has_one_or_has_left(model):
    frame = model.grades()
    here = frame[frame["month"] == "2020-05"]["agents"].sum()
    next_month = frame[(frame["month"] == "2020-06") & (frame["before"] != "none")]["agents"].sum()
    left = model.track().counts[-1, :, QUANTITIES.index("turnover_left")].sum()
    assert 0 <= here - next_month <= left + 5, "who left, and who withdrew or lost a file"


def test_a_fall_in_grade_is_a_move_downwards(model):
    frame = model.grades()
    order = {grade: code for code, grade in enumerate(GRADES)}
    graded = frame[frame["before"] != "none"]
    falls = graded[graded["grade"].map(order).astype(int) < graded["before"].map(order).astype(int)]
    entries = model.state.chains.written()
    assert falls["agents"].sum() > 0
    assert falls["agents"].sum() <= (entries["kind"] == ITEM).sum()
