"""Means: who is unable to pay, who is penalised for it, and fines that rise with repeats."""

import numpy as np
import pytest

from creditsim.core import draws
from creditsim.core.fields import with_fields
from creditsim.core.months import month_index
from creditsim.experiment.run import run_replication
from creditsim.model import world
from creditsim.model.activities import RECURRING, SINGLE, activity_table
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.means import (
    OWED_TO_TRADE,
    Fines,
    can_repair,
    cash_yuan,
    fine_factor,
    is_unable,
    means_terms,
    months_without_income,
    stopped_paying,
)
from creditsim.model.outcomes.counted import sums_of
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import FOR_WANT, NOT_ABLE
from creditsim.population.agents import AGENT
from creditsim.spec.activities import activities
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import KINDS

SCALE, MONTHS = 0.02, 6
MARCH = month_index("2020-03")
PLAN = load_scenario("five-entries-2020").with_(months=MONTHS, burn_in_months=3)
NUMBER = {activity.id: k for k, activity in enumerate(activities())}
BILL, CARD, JUDGMENT = (
    NUMBER[name]
    for name in ("res-property-or-utility-arrears", "res-card-or-loan-default", "res-judgment-default")
)


@pytest.fixture(scope="module")
def state():
    return burned_in(PLAN, scale=SCALE, seed=5)


@pytest.fixture(scope="module")
def table():
    return with_fields(np.array(activity_table(0.3)))


def run(scenario, state, **options):
    model = CreditModel(scenario, state=state, **options)
    model.run()
    return model


def counts(model, name):
    return model.track().counts[:, :, QUANTITIES.index(name)].sum(axis=1)


def debtor(income=3000.0, slot=7):
    """Return a resident, and terms under which everybody lacks an income in spells of six months."""
    agents = with_fields(np.zeros(1, AGENT))
    agents.kind, agents.slot, agents.income_yuan_month, agents.present = (
        KINDS.index("resident"),
        slot,
        income,
        1,
    )
    terms = np.array([2.0**32, 2.0**32, 0.0, 0.6, 0.5, 1.0, world.NO_SHOCK, 6, world.SHOCK_START])
    return agents[0], terms


def month_of_spell(agent, terms, spent):
    """Return a month in which the agent has been without income for so many months."""
    months = range(month_index("2019-01"), month_index("2020-01"))
    return next(m for m in months if months_without_income(agent, 0, 1, 0, m, terms) == spent)


def buffer(months):
    """Return tables of buffers in which everybody has some months."""
    return np.full((2, 4096), months, np.float32)


def test_cash_is_what_is_left_of_the_buffer():
    assert cash_yuan(3000.0, 2.0, 0.6, 0) == 6000
    assert cash_yuan(3000.0, 2.0, 0.6, 2) == pytest.approx(2400)
    assert cash_yuan(3000.0, 2.0, 0.6, 5) == 0


def test_a_bill_above_the_cash_is_unable_and_below_it_a_choice(table):
    """A buffer of 2 months of 3,000 yuan; 0.6 are spent a month: 2,400 yuan are left after two months."""
    agent, terms = debtor()
    assert table[BILL].due == SINGLE
    for due, unable in ((2300.0, False), (2500.0, True)):
        month = month_of_spell(agent, terms, 2)
        assert is_unable(agent, table[BILL], due, buffer(2.0), 0, 1, 0, month, terms) == unable
    later = month_of_spell(agent, terms, 4)
    assert is_unable(agent, table[BILL], 1300.0, buffer(2.0), 0, 1, 0, later, terms)


def test_a_recurring_due_goes_unpaid_once_when_the_cash_runs_out(table):
    agent, terms = debtor()
    assert table[CARD].due == RECURRING
    cash = buffer(2.0)
    unable = [
        is_unable(agent, table[CARD], 3000.0, cash, 0, 1, 0, month_of_spell(agent, terms, spent), terms)
        for spent in range(6)
    ]
    assert unable == [False, False, True, False, False, False], (
        "6,000, 4,200, 2,400 yuan, then overdue already"
    )


def test_a_firm_that_cannot_pay_its_partners_is_unable_when_it_stops(table, state):
    agent, terms = debtor()
    k = NUMBER["ent-trade-credit-default"]
    assert is_unable(agent, table[k], 1.0, buffer(1e6), 1, 1, 0, MARCH, terms)
    assert not is_unable(agent, table[k], 1e9, buffer(0.0), 0, 1, 0, MARCH, terms)
    assert not can_repair(agent, OWED_TO_TRADE, 0, 1e6, 1, 1, 0, MARCH, terms)
    here = state.copy()
    here.trade.firms.unable[:] = 0
    here.trade.firms.unable[:3] = 1
    here.service.short_before[:] = 0
    here.service.short_before[0] = 1
    assert np.flatnonzero(stopped_paying(here)).tolist() == [1, 2], "the first has stopped before"
    assert not stopped_paying(here).any()


def test_with_an_income_nobody_is_unable(table):
    agent, terms = debtor()
    terms[0] = 0.0
    assert months_without_income(agent, 0, 1, 0, MARCH, terms) == -1
    for k in (BILL, CARD):
        assert not is_unable(agent, table[k], 1e9, buffer(0.0), 0, 1, 0, MARCH, terms)
    assert can_repair(agent, 1e9, 0, 0.0, 0, 1, 0, MARCH, terms)


def test_what_is_no_due_is_always_a_choice(table):
    agent, terms = debtor()
    for k, activity in enumerate(activities()):
        if not activity.due:
            assert not is_unable(agent, table[k], 1e9, buffer(0.0), 0, 1, 0, MARCH, terms), activity.id


def test_only_who_has_the_cash_can_repair_an_entry_of_a_due():
    agent, terms = debtor()
    month = month_of_spell(agent, terms, 2)
    assert can_repair(agent, 2300.0, 0, 2.0, 0, 1, 0, month, terms)
    assert not can_repair(agent, 2500.0, 0, 2.0, 0, 1, 0, month, terms)
    assert can_repair(agent, 0.0, 0, 0.0, 0, 1, 0, month, terms), "an entry of anything else"


def test_the_share_without_income_is_the_assumed_one(state):
    terms = means_terms(compile_rules(PLAN), month_index("2019-06"))
    persons = state.agents[state.agents.kind == KINDS.index("resident")]
    spent = np.array(
        [months_without_income(agent, 0, 5, 0, month_index("2019-06"), terms) for agent in persons]
    )
    assert np.count_nonzero(spent >= 0) / len(spent) == pytest.approx(0.035, abs=0.01)
    judged = np.array(
        [
            months_without_income(a, draws.threshold(0.22), 5, 0, month_index("2019-06"), terms)
            for a in persons
        ]
    )
    assert np.count_nonzero(judged >= 0) / len(judged) == pytest.approx(0.22, abs=0.03)
    assert (judged[spent >= 0] == spent[spent >= 0]).all(), "who is short of income is so for every due"


def test_engines_and_threads_agree_on_the_unable():
    one = run_replication([PLAN], SCALE / 2, 5)[0].fingerprint
    assert run_replication([PLAN], SCALE / 2, 5, engine="objects")[0].fingerprint == one
    assert run_replication([PLAN], SCALE / 2, 5, threads=3)[0].fingerprint == one


def test_the_unable_are_neither_in_breach_nor_asked(state):
    asked = []

    class Careful(CreditModel("status-quo-2019", state=state).classes[KINDS.index("resident")]):
        def decide(self, opportunity):
            if opportunity.activity.due:
                asked.append((self.row, opportunity.number))
            return False

    model = CreditModel(PLAN.with_(months=1), state=state, agent_classes=[Careful])
    model.run()
    unable = np.flatnonzero(model.state.deeds & NOT_ABLE)
    residents = unable[model.state.agents.kind[unable] == KINDS.index("resident")]
    assert len(residents) and asked
    assert not model.state.memory.did[residents].any(), "who never chooses a breach still leaves dues unpaid"
    assert counts(model, "means_unable").sum() >= len(unable)


def test_a_test_of_ability_spares_the_unable(state):
    tested = run(PLAN.with_levers({"enforcement.ability_test_on": True}), state)
    plain = run(PLAN, state)
    assert (counts(tested, "means_unable") == counts(plain, "means_unable")).all(), (
        "it changes nobody's means"
    )
    assert counts(plain, "means_spared").sum() == 0
    assert counts(tested, "means_spared").sum() > 0
    assert counts(tested, "means_penalised_unable").sum() < counts(plain, "means_penalised_unable").sum()


def test_the_penalised_are_counted_once_and_the_unable_among_them(state):
    model = run(PLAN, state)
    penalised, unable = counts(model, "means_penalised"), counts(model, "means_penalised_unable")
    assert (unable <= penalised).all()
    assert 0 < unable.sum() < penalised.sum()
    waiting = model.state.pending
    assert ((waiting["due"] & FOR_WANT == 0) | (waiting["wrong"] == 0)).all()


def test_shock_months_only():
    rules = compile_rules(PLAN)
    calm = compile_rules(PLAN.with_levers({"world.income_shock_2020_share": 0.0}))
    for text, hit in (("2020-01", False), ("2020-02", True), ("2020-04", True), ("2020-05", False)):
        month = month_index(text)
        assert (world.income_factor(rules, month) == 0.85) == hit
        assert (world.contact_factor(rules, month) < 1.0) == hit
        same = world.opportunity_thresholds(rules, month) == rules.activities.opportunity
        assert same.all() != hit
        assert world.income_factor(calm, month) == world.contact_factor(calm, month) == 1.0


def test_more_are_unable_in_the_shock(state):
    calm = run(PLAN.with_levers({"world.income_shock_2020_share": 0.0}), burned_in(PLAN, scale=SCALE, seed=5))
    hit = run(PLAN, state)
    unable, without = counts(hit, "means_unable"), counts(calm, "means_unable")
    assert unable[1:4].sum() > without[1:4].sum()
    assert unable[0] == without[0], "before the shock"
    persons = [sums_of(model.track(), "community", "all")["means_unable"][[0, 4, 5]] for model in (hit, calm)]
    assert (persons[0] == persons[1]).all(), "over with the shock; firms' trade feels it for longer"


def test_tutoring_follows_the_reform_of_july_2021():
    rules = compile_rules(PLAN)
    k = NUMBER["tch-paid-tutoring"]
    before, after = (
        world.opportunity_thresholds(rules, month_index(text)) for text in ("2021-07", "2021-08")
    )
    assert before[k] == rules.activities.opportunity[k]
    assert after[k] == rules.activities.opportunity[k] // 2
    others = np.array(
        [not (a.id == "tch-paid-tutoring" or a.id.startswith("sch-tutoring-")) for a in activities()]
    )
    assert (after[others] == before[others]).all()


def test_fines_rise_with_each_sanction_in_memory():
    regime = compile_rules(PLAN).regimes[1]
    fines = Fines(np.arange(5, dtype=np.uint8), np.full(5, 24240, np.int16), 24250, 24.0, 3.0)
    assert [fine_factor(fines, firm, regime) for firm in range(5)] == [1.0, 1.5, 2.0, 2.5, 2.5]
    assert fine_factor(fines, 5, regime) == 1.0, "only enterprises, the first rows, are remembered"
    assert fine_factor(fines._replace(month=24265), 3, regime) == 1.0, "forgotten after two years"


def test_removing_escalation_lowers_fines_and_raises_breaches_with_fines():
    """In two years of 3,200 enterprises some sixty are fined again."""
    status_quo = load_scenario("status-quo-2019").with_(months=24, burn_in_months=12)
    state = burned_in(status_quo, scale=0.1, seed=5)
    flat, steep = (
        run(status_quo.with_levers({"enforcement.repeat_escalation_share": share}), state)
        for share in (0.0, 1.0)
    )
    assert counts(flat, "fines_fen").sum() < counts(steep, "fines_fen").sum()
    assert counts(flat, "breaches").sum() > counts(steep, "breaches").sum()
