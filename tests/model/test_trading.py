"""Trade credit: who pays whom when, what is lost, what checks change, and that no fen comes or goes."""

import numpy as np
import pytest

from creditsim.core.fields import with_fields
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.ladders import DISTRICT, mean_worth_fen, treatments
from creditsim.model.parts import trade as part
from creditsim.model.parts.trade import CLAIM, FIRM, NO_GRADE, QUANTITIES, sum_by
from creditsim.model.phases import dealing
from creditsim.model.phases.trading import DEFAULT, _checks, _terms
from creditsim.model.quantities import QUANTITIES as ALL
from creditsim.model.regimes import compile_rules
from creditsim.population.agents import has_trait
from creditsim.population.supply import SUPPLY_GROUPS
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed, assumptions
from creditsim.spec.measures import measures
from creditsim.spec.scenario import load_scenario

MONTHS, SCALE = 8, 0.01
USUAL = load_scenario("status-quo-2019").with_(months=MONTHS, burn_in_months=8)
LEVERS = {
    "trade.check_coverage_share": 0.9,
    "trade.check_cost_yuan": 0.0,
    "trade.low_grade_limit_share": 0.0,
}
TERM, WRITTEN_OFF = round(assumed("trade.term_months")), round(assumed("trade.written_off_months"))
A, B, C = range(3)
D_GRADE, A_GRADE, AA_GRADE = 0, 3, 4


class Street:
    """A few enterprises by hand: links are (supplier, customer, usual yuan a month)."""

    def __init__(self, links, cash_yuan, grades=None, cover=0.0, cost_yuan=0.0, low=1.0, gone=()):
        links = sorted(links, key=lambda link: (link[1], link[0]))
        self.size, self.month = len(cash_yuan), 24240
        self.starts = np.searchsorted([link[1] for link in links], np.arange(self.size + 1))
        self.supplier = np.array([link[0] for link in links], np.int32)
        self.usual = np.array([link[2] * 100 for link in links], np.int64)
        self.firms = with_fields(np.zeros(self.size, FIRM))
        self.firms.cash_fen[:] = np.array(cash_yuan) * 100
        self.firms.loss_ppm[:] = 30_000
        self.claims = with_fields(np.zeros(len(links), CLAIM))
        self.claims.grade[:] = NO_GRADE
        self.due = np.zeros((len(links), TERM), np.int64)
        self.refused = np.zeros((self.size, TERM), np.int64)
        self.grades = np.full(self.size, A_GRADE, np.int8) if grades is None else np.array(grades, np.int8)
        self.rules = _checks(
            compile_rules(
                USUAL.with_levers(
                    {
                        "trade.check_coverage_share": cover,
                        "trade.check_cost_yuan": cost_yuan,
                        "trade.low_grade_limit_share": low,
                    }
                )
            )
        )
        self.gone = np.isin(np.arange(self.size), gone)

    def owe(self, link, yuan):
        self.due[link, self.month % TERM] = yuan * 100

    def deal(self, chose=()):
        """Simulate one month; what suppliers get is theirs at once, for the next month."""
        totals, forgone = np.zeros((self.size, len(QUANTITIES)), np.int64), np.zeros(self.size, np.int64)
        before = self.firms.cash_fen.sum()
        wanted, coming = np.zeros(len(self.usual), np.int64), np.zeros(self.size, np.int64)
        dealing.pay_and_buy(
            0, self.size, self.starts, self.supplier, self.usual, np.zeros(self.size, np.int64),
            np.zeros(self.size, np.int64), self.firms, self.claims, self.due, self.refused, ~self.gone,
            self.gone, np.ones(self.size), np.isin(np.arange(self.size), chose), self.grades,
            np.ones(self.size, np.uint8), self.rules, _terms("weihai-etdz"), np.arange(self.size), 1, 0,
            self.month, wanted, forgone, coming, totals,
        )  # fmt: skip
        assert before - self.firms.cash_fen.sum() == coming.sum()
        self.firms.cash_fen += coming
        self.month += 1
        return {name.removeprefix("trade_"): totals[:, k] for k, name in enumerate(QUANTITIES)}


@pytest.fixture(scope="module")
def state():
    return burned_in(USUAL, scale=SCALE, seed=3)


@pytest.fixture(scope="module")
def months(state):
    """The trade of each month of a run with everything switched on."""
    model = CreditModel(USUAL.with_levers(LEVERS), state=state)
    found = []
    for _ in range(MONTHS):
        before = int(model.state.trade.open_fen.sum())
        model.step()
        counts = model.state.counts.sum(axis=0)
        month = {name.removeprefix("trade_"): int(counts[ALL.index(name)]) for name in QUANTITIES}
        found.append(month | {"before": before, "after": int(model.state.trade.open_fen.sum())})
    return found


def test_every_sale_is_for_cash_on_credit_or_lost(months):
    for month in months:
        assert month["wanted_fen"] == month["cash_fen"] + month["credit_fen"] + month["lost_fen"] > 0
        assert month["refused_fen"] <= month["lost_fen"]
        assert month["checked_fen"] <= month["credit_fen"]


def test_every_claim_is_paid_lost_or_still_open(months):
    for month in months:
        ended = month["paid_fen"] + month["unable_loss_fen"] + month["unwilling_loss_fen"]
        assert month["before"] + month["credit_fen"] == ended + month["dropped_fen"] + month["after"]
        assert month["open_fen"] == month["after"] >= month["overdue_fen"]


def test_some_cannot_pay_and_some_meet_overdue_claims(months):
    assert 0 < months[-1]["unable"] < months[-1]["buyers"] / 2
    assert 0 < months[-1]["facing_overdue"] <= months[-1]["sellers"]


def test_nobody_usually_buys_more_than_it_wants_or_sells_more_than_it_offers(state):
    network = state.trade.network
    size = len(network.buffer_fen)
    turnover = np.floor(state.population.agents["income_yuan_month"][:size] * 100).astype(np.int64)
    bought = sum_by(network.customer, network.usual_fen, size)
    sold = sum_by(network.supplier, network.usual_fen, size)
    assert (bought <= turnover * network.goods_ppm / 1e6 * 0.4 + 1).all()
    assert (sold <= turnover * assumed("trade.local_sales_share") + 1).all()
    assert (network.purchases_fen >= 0).all() and (network.elsewhere_fen >= 0).all()
    assert not network.usual_fen[~has_trait(state.population.agents[:size], "active")[network.customer]].any()


def test_a_usual_month_leaves_the_margin(state):
    network = state.trade.network
    size = len(network.buffer_fen)
    turnover = np.floor(state.population.agents["income_yuan_month"][:size] * 100).astype(np.int64)
    sold, bought = (sum_by(rows, network.usual_fen, size) for rows in (network.supplier, network.customer))
    left = network.elsewhere_fen + sold - bought - network.purchases_fen - network.fixed_fen
    assert np.abs(left - turnover * assumed("trade.margin_share")).max() <= 1


def test_a_copy_shares_the_network_and_nothing_else(state):
    other = state.copy()
    assert other.trade.network is state.trade.network
    other.trade.claims.overdue_fen[0] += 1
    assert other.trade.claims.overdue_fen[0] != state.trade.claims.overdue_fen[0]


def test_a_default_cascades_up_the_chain_and_binds_next_month():
    """A buys of B, B buys of C; B lives from what A pays."""
    losses = {}
    for cash_of_a in (0, 100):
        street = Street([(B, A, 0), (C, B, 0)], [cash_of_a, 0, 0])
        street.owe(0, 100)
        first = street.deal()
        assert first["paid_fen"].tolist() == [0, cash_of_a * 100, 0]
        street.owe(1, 80)
        found = [street.deal() for _ in range(WRITTEN_OFF + 1)]
        losses[cash_of_a] = sum(month["unable_loss_fen"] for month in found).tolist()
        assert found[0]["unable"].tolist() == [0, 0, 0] if cash_of_a else [1, 1, 0]
    assert losses[0] == [0, 10_000, 8_000]
    assert losses[100] == [0, 0, 0]


def test_who_is_short_pays_all_partners_alike():
    street = Street([(B, A, 0), (C, A, 0)], [50, 0, 0])
    street.owe(0, 75)
    street.owe(1, 25)
    found = street.deal()
    assert found["unable"].tolist() == [1, 0, 0]
    assert found["paid_fen"].tolist() == [0, 3750, 1250]
    assert street.claims.overdue_fen.tolist() == [3750, 1250]
    street.firms.cash_fen[A] = 5_000
    assert street.deal()["paid_fen"].tolist() == [0, 3750, 1250]
    assert street.claims.age.tolist() == [0, 0]


def test_who_chooses_not_to_pays_one_partner_nothing_and_the_others_all():
    withheld = 0
    for month in range(24240, 24280):
        street = Street([(B, A, 0), (C, A, 0)], [1000, 0, 0])
        street.month = month
        street.owe(0, 75)
        street.owe(1, 25)
        found = street.deal(chose=[A])
        assert found["unable"].tolist() == [0, 0, 0]
        assert found["withheld"][A] == street.claims.withheld.sum() <= 1
        for link in (0, 1):
            assert (street.claims.overdue_fen[link] > 0) == (street.claims.withheld[link] == 1)
        withheld += found["withheld"][A]
    assert 0 < withheld < 40, "partners elsewhere are left unpaid as well"


def test_what_is_withheld_is_paid_after_five_months_or_mostly_lost():
    paid, lost = np.zeros(WRITTEN_OFF + 2, int), 0
    for seed_month in range(24240, 24640):
        street = Street([(B, A, 0)], [1000, 0])
        street.month = seed_month
        street.owe(0, 100)
        if street.deal(chose=[A])["withheld"][A] == 0:
            continue
        for later in range(1, WRITTEN_OFF + 1):
            found = street.deal()
            paid[later] += found["paid_fen"][B] > 0
            lost += found["unwilling_loss_fen"][B] > 0
        assert street.claims.overdue_fen[0] == 0
    assert paid[: WRITTEN_OFF - 1].sum() == 0
    assert paid[WRITTEN_OFF - 1] / (paid.sum() + lost) == pytest.approx(0.5, abs=0.12)
    assert lost / (paid.sum() + lost) == pytest.approx(0.4, abs=0.12)


def test_no_choice_without_the_cash():
    street = Street([(B, A, 0)], [10, 0])
    street.owe(0, 100)
    found = street.deal(chose=[A])
    assert found["unable"][A] == 1 and found["withheld"][A] == 0


def test_a_customer_that_caused_a_loss_gets_no_credit_for_a_while():
    street = Street([(B, A, 100)], [0, 0])
    street.owe(0, 100)
    for _ in range(WRITTEN_OFF + 1):
        found = street.deal()
        assert found["credit_fen"][B] == 0 and found["lost_fen"][B] == 10_000
    assert found["unable_loss_fen"][B] == 10_000
    street.firms.cash_fen[A] = 100_000
    waits = 0
    while street.deal()["credit_fen"][B] == 0:
        waits += 1
    assert waits == round(assumed("trade.barred_months")) - 1


def test_low_grades_are_cut_only_where_the_supplier_checks_and_the_check_pays():
    credit = {}
    for name, options in {
        "nobody checks": {"cover": 0.0},
        "checks": {"cover": 1.0},
        "checks, at a price above the loss avoided": {"cover": 1.0, "cost_yuan": 500.0},
        "no cut": {"cover": 1.0, "low": 1.0},
        "no grade": {"cover": 1.0, "grades": [NO_GRADE] * 2},
        "sound": {"cover": 1.0, "grades": [A_GRADE] * 2},
    }.items():
        street = Street([(B, A, 1000)], [10_000, 0], **{"low": 0.0, "grades": [D_GRADE] * 2} | options)
        found = street.deal()
        credit[name] = int(found["credit_fen"][B])
        assert found["lost_fen"][B] == 0, "who is refused pays in cash if it can"
        assert found["checks"][B] == (options["cover"] > 0 and "cost_yuan" not in options)
    usual = round(1000 * 100 * assumed("trade.credit_share"))
    assert credit.pop("checks") == 0
    assert set(credit.values()) == {usual}


def test_a_refused_customer_without_cash_gets_nothing_and_counts_as_sound_if_it_would_have_paid():
    street = Street([(B, A, 1000)], [540, 0], grades=[D_GRADE] * 2, cover=1.0, low=0.0)
    found = street.deal()
    assert found["cash_fen"][B] == 54_000 and found["lost_fen"][B] == found["refused_fen"][B] == 46_000
    assert [street.deal()["refused_sound_fen"][A] for _ in range(TERM)] == [0] * (TERM - 1) + [46_000]


def test_high_grades_may_owe_more_when_cash_is_short():
    owed = {}
    for grade in (A_GRADE, AA_GRADE):
        street = Street([(B, A, 1000)], [0, 0], grades=[grade] * 2, cover=1.0)
        for _ in range(TERM):
            street.deal()
        owed[grade] = int(street.due.sum())
    limit = round(1000 * 100 * assumed("trade.credit_share") * assumed("trade.limit_months"))
    assert owed[A_GRADE] == limit
    assert owed[AA_GRADE] == round(limit * assumed("trade.high_grade_limit_share"))


def test_a_firm_that_leaves_pays_as_far_as_its_cash_reaches():
    street = Street([(B, A, 100), (A, C, 100)], [60, 0, 500], gone=[A])
    street.owe(0, 100)
    street.due[1, :] = 1_000
    found = street.deal()
    assert found["paid_fen"].tolist() == [0, 6_000, 0]
    assert found["unable_loss_fen"].tolist() == [0, 4_000, 0]
    assert found["dropped_fen"].tolist() == [3_000, 0, 0]
    assert found["wanted_fen"].sum() == 0 and street.due.sum() == 0


def test_more_coverage_means_more_checks_of_the_same_trade(state):
    runs = [
        CreditModel(USUAL.with_levers({"trade.check_coverage_share": cover}), state=state)
        for cover in (0.05, 0.9)
    ]
    for model in runs:
        model.run(2)
    few, many = (model.track().counts.sum(axis=(0, 1)) for model in runs)
    column = {name: ALL.index(name) for name in QUANTITIES}
    assert many[column["trade_checked_fen"]] > 2 * few[column["trade_checked_fen"]]
    assert many[column["trade_check_cost_fen"]] > few[column["trade_check_cost_fen"]]
    assert many[column["trade_wanted_fen"]] == few[column["trade_wanted_fen"]]


def test_scenarios_share_the_luck_of_takings(state):
    paces = []
    for levers in ({}, LEVERS):
        model = CreditModel(USUAL.with_levers(levers), state=state)
        model.run(3)
        paces.append(model.state.trade.firms.pace_ppm)
    assert (paces[0] == paces[1]).all()


def test_the_limit_is_worth_as_much_as_it_is_cut_and_looked_up():
    low = next(measure for measure in measures() if measure.id == "ent-limit-low")
    levers = USUAL.values
    stated = mean_worth_fen([low], levers | dict(zip(LEVERS, (0.4, 10, 0.5), strict=True)))
    assert stated == round(low.worth_yuan_month * 100 * low.eligible_share)
    half = mean_worth_fen([low], levers | dict(zip(LEVERS, (0.2, 10, 0.5), strict=True)))
    whole = mean_worth_fen([low], levers | dict(zip(LEVERS, (0.4, 10, 0.0), strict=True)))
    assert half == round(stated / 2) and whole == 2 * stated
    assert low.id not in {m.id for m in treatments("enterprise", DISTRICT, "D", USUAL.values)}


def test_names_that_the_mechanism_reads_are_there():
    assert DEFAULT in {activity.id for activity in activities()}
    assert {f"trade.purchases_{name}_share" for name in SUPPLY_GROUPS} <= set(assumptions())
    assert len(set(part.QUANTITIES)) == len(part.QUANTITIES)
