"""Tenders: three valid bids or none, the lowest price without weight, and the cost of looking."""

import numpy as np
import pytest

from creditsim.model.credit_model import burned_in
from creditsim.model.phases.contests import contests
from creditsim.model.phases.procurement import Bids, _award, procurement
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import load_scenario

PLAN = load_scenario("five-entries-2020").with_(burn_in_months=1)
CHECKED = {
    "checkfirst.coverage_share": 1.0,
    "checkfirst.fields_count": 6,
    "contest.procurement.score_weight": 0.1,
    "tender.third_party_report_share": 0,
}
STRONG = {"contest.procurement.score_weight": 0.3}
MONTHS = 12


@pytest.fixture(scope="module")
def state():
    found = burned_in(PLAN, scale=0.05, seed=4)
    found.active[:] = 1
    return found


def year(state, levers=(), **changed):
    """Return district-wide sums and counts of a year of tenders, with firms' score columns changed."""
    state, rules = state.copy(), compile_rules(PLAN.with_levers({**CHECKED, **dict(levers)}))
    for column, values in changed.items():
        state.agents[column][: len(values)] = values
    state.counts[:] = 0
    sums = {}
    for _ in range(MONTHS):
        state.public = {}
        contests(state, rules)
        for name in ("decisions", "decisions_checked", "firm_awards", "firm_awards_low"):
            state.public[name] = 0
        procurement(state, rules)
        sums = {name: sums.get(name, 0) + amount for name, amount in state.public.items()}
        state.month += 1
    return sums, {name: int(state.counts[:, column].sum()) for column, name in enumerate(QUANTITIES)}


@pytest.fixture(scope="module")
def firms(state):
    return int((state.agents.kind == 0).sum())


def test_every_tender_is_awarded_or_fails(state):
    sums, _ = year(state)
    assert sums["tenders"] == sums["tenders_awarded"] + sums["tenders_failed"]
    assert sums["firm_awards"] == sums["tenders_awarded"] > 0
    expected = assumed("tender.number_per_month") * MONTHS * 0.05
    assert sums["tenders"] == pytest.approx(expected, abs=1), "nothing is lost over months"


def test_without_weight_the_lowest_price_wins(state):
    sums, _ = year(state, {"contest.procurement.score_weight": 0.0})
    assert sums["tender_premium_fen"] == 0
    assert sums["tender_lowest_fen"] > 0


def test_weight_costs_something_only_where_scores_differ(state, firms):
    same = year(state, STRONG, score_mp=np.full(firms, 1_000_000))[0]
    apart = year(state, STRONG, score_mp=900_000 + 1000 * (np.arange(firms) * 7 % 211))[0]
    assert same["tender_premium_fen"] == 0
    assert apart["tender_premium_fen"] > 0
    assert apart["tender_lowest_fen"] == same["tender_lowest_fen"], "the same bids"


def test_weight_without_a_check_changes_nothing(state, firms):
    scores = 900_000 + 1000 * (np.arange(firms) * 7 % 211)
    never = year(state, {**STRONG, "checkfirst.coverage_share": 0.0001}, score_mp=scores)[0]
    assert never["tender_premium_fen"] == 0
    assert never["decisions_checked"] == 0


def test_preference_moves_awards_away_from_low_grades(state, firms):
    low = np.arange(firms) % 2 == 0
    scores, grades = np.where(low, 900_000, 1_040_000), np.where(low, 1, 4)
    shares = []
    for weight in (0.0, 0.3):
        sums, _ = year(state, {"contest.procurement.score_weight": weight}, score_mp=scores, grade=grades)
        shares.append(sums["firm_awards_low"] / sums["firm_awards"])
    assert shares[1] < shares[0]


def test_checked_decisions_follow_coverage_and_fields(state):
    every, _ = year(state)
    assert every["decisions_checked"] == every["decisions"]
    first, _ = year(state, {"checkfirst.fields_count": 1, "contest.subsidy.score_weight": 0})
    assert first["decisions_checked"] == first["tenders_awarded"], "reviews are the fourth field"
    assert first["decisions"] == every["decisions"]


def test_reports_are_bought_once_a_year_and_only_where_asked_for(state):
    _, never = year(state)
    asked, always = year(state, {"tender.third_party_report_share": 1.0})
    assert never["report_cost_fen"] == 0
    bought, rest = divmod(always["report_cost_fen"], round(assumed("tender.report_cost_yuan") * 100))
    assert rest == 0
    most = asked["tenders"] * round(assumed("tender.bidders_count"))
    assert 0 < bought < most, "some firms bid twice, some stay away"


def test_the_honest_keep_their_contracts(state, firms):
    honest = year(state, honesty=np.ones(firms))[0]
    reckless = year(state, honesty=np.zeros(firms))[0]
    assert honest["contracts_broken"] == 0
    assert reckless["contracts_broken"] > 0
    assert reckless["tender_lowest_fen"] == honest["tender_lowest_fen"]


def test_points_for_price_and_credit_are_weighed_as_the_rule_says(state):
    """At w = .1 a bid 5% above the lowest needs more than .43 of credit rank to win: .9 x 5/105 / .1."""
    rules = compile_rules(PLAN.with_levers(CHECKED))
    firms = np.flatnonzero((state.agents.kind == 0) & (state.agents.traits & 0b11 == 0b11))
    for gap, winner in ((0.40, firms[0]), (0.46, firms[1])):
        later = state.copy()
        later.public = dict.fromkeys(("decisions", "decisions_checked", "firm_awards", "firm_awards_low"), 0)
        later.counts[:] = 0
        better = round(gap * (len(firms) - 1))
        later.agents.score_mp[firms] = 900_000
        later.agents.score_mp[firms[np.array([0, 2])]] = 1_000_000
        later.agents.score_mp[firms[1]] = 1_100_000
        # Those between the two take up the rank.
        later.agents.score_mp[firms[3 : 2 + better]] = 1_050_000
        bids = Bids(np.zeros(3, np.int64), firms[:3], np.full(3, 90), np.array([100, 105, 200]), np.arange(3))
        _award(later, rules, firms, bids, np.array([True]), np.array([True]))
        gained = int(later.counts[:, QUANTITIES.index("contest_slots_changed")].sum())
        assert gained == (winner == firms[1])
        assert later.public["tender_premium_fen"] == 5 * gained
