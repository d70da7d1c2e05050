"""Turnover: people are conserved, newcomers start afresh, bad firms may return under a new name."""

import numpy as np
import pytest

from creditsim.core import draws
from creditsim.core.months import month_index
from creditsim.experiment.run import agents_frame, ledger_frame
from creditsim.model.coverage import SCORED, UNSCORED, file_status
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.month import simulate_month
from creditsim.model.parts.turnover import AWAITED, HELD, OPEN
from creditsim.model.phases import consenting, turnover
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import CLEAN, first_state, kind_rows
from creditsim.population.agents import NO_SEX, is_adult
from creditsim.population.synthesis import build_population
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import KINDS

SCALE = 0.02
STATUS_QUO = load_scenario("status-quo-2019").with_(months=8, burn_in_months=3)
KEPT = ("area", "site", "home", "household", "cell", "age_band", "sex", "education", "registration", "slot")


@pytest.fixture(scope="module")
def start():
    return burned_in(STATUS_QUO, scale=SCALE, seed=5)


@pytest.fixture(scope="module")
def months(start):
    """Eight months: the agents before each and after the last, what was counted, and the model."""
    model = CreditModel(STATUS_QUO, state=start)
    agents = [model.state.agents.copy()]
    for _ in range(8):
        model.step()
        agents.append(model.state.agents.copy())
    return agents, model


@pytest.fixture
def assume(monkeypatch):
    """Let the turnover phase read other values of some assumptions."""

    def change(**values):
        values = {name.replace("__", "."): value for name, value in values.items()}
        for module in (turnover, consenting):
            monkeypatch.setattr(module, "assumed", lambda name: values.get(name, assumed(name)))

    return change


def counted(model, name):
    return model.track().counts[:, :, QUANTITIES.index(name)].sum(axis=1)


def step(state, rules):
    state.counts[:] = 0
    state.public = {}
    turnover.turnover(state, rules)


def test_who_is_present_is_who_was_and_came_less_who_left_by_kind_every_month(months):
    agents, model = months
    for before, after, public in zip(agents, agents[1:], model.track().public, strict=False):
        for code, kind in enumerate(KINDS):
            there, here = (
                int(((each["kind"] == code) & (each["present"] == 1)).sum()) for each in (before, after)
            )
            assert here == there + public[f"turnover_came.{kind}"] - public[f"turnover_left.{kind}"], kind
    came, left = (counted(model, f"turnover_{word}") for word in ("came", "left"))
    assert (np.diff(counted(model, "agents")) == (came - left)[1:]).all()
    assert came.sum() > 0
    assert left.sum() > 0


def test_a_slot_keeps_place_and_group_whoever_holds_it(months):
    agents, _ = months
    changed = agents[-1]["generation"] > agents[0]["generation"]
    assert changed.any()
    for name in KEPT:
        assert (agents[0][name] == agents[-1][name]).all(), name


def test_newcomers_have_dispositions_beliefs_and_files_of_their_own(start, assume):
    rules, state = compile_rules(STATUS_QUO), start.copy()
    assume(turnover__refilled_share=1.0)
    rows = np.arange(0, len(state.agents), 7)
    rows = rows[state.agents.kind[rows] != KINDS.index("student")]  # pupils come in September
    old = state.agents.copy()
    turnover._let_go(state, rules, rows)
    assert not state.agents.present[rows].any()
    step(state, rules)
    new = state.agents[rows]
    assert new.present.all()
    assert (new.generation == old.generation[rows] + 1).all()
    for name in ("honesty", "prosociality", "money_weight"):
        assert np.count_nonzero(new[name] == old[name][rows]) < len(rows) / 100, name
    assert np.mean(new.honesty) == pytest.approx(0.5, abs=0.05)
    assert (new.belief == 1).all()
    assert (new.trust == assumed("trust.start_share")).all()
    assert (new.score_mp == 1_000_000).all()
    assert (new.awareness[new.registration > 0] == 0).all()
    assert (state.last_breach[rows] == -1).all()
    firms, teachers = (state.agents.kind[rows] == KINDS.index(kind) for kind in ("enterprise", "teacher"))
    assert (state.last_visit[rows[firms]] == -1).all()
    assert (state.warned[rows[firms]] == -1).all()
    assert (state.last_tutoring[rows[teachers] - kind_rows(state, "teacher").start] == -1).all()
    others = np.setdiff1d(np.arange(len(old)), rows)
    stayed = others[state.agents.generation[others] == old.generation[others]]
    stayed = stayed[old.present[stayed] == 1]
    assert (state.agents.honesty[stayed] == old.honesty[stayed]).all()


def test_a_new_enterprise_is_not_classed_by_its_predecessors_record(start):
    state = start.copy()
    firms = np.flatnonzero(state.agents.kind == KINDS.index("enterprise"))[:50]
    state.evaluation[firms] = 0  # nothing left in any dimension, class D
    turnover._let_go(state, compile_rules(STATUS_QUO), firms)
    assert (state.evaluation[firms] == CLEAN).all()


def test_what_is_on_file_stays_with_who_it_was_about(start):
    rules, state = compile_rules(STATUS_QUO), start.copy()
    chains = state.chains
    rows = np.flatnonzero(chains.head >= 0)[:5]
    written = np.array(chains.written()["subject"])
    turnover._let_go(state, rules, rows)
    assert (chains.head[rows] == -1).all()
    following = state.agents.generation[rows].astype(np.int64) + 1
    assert (chains.subjects(rows) == state.agents.slot[rows] + (following << 32)).all()
    assert (chains.written()["subject"] == written).all()
    model = CreditModel(STATUS_QUO, state=state)
    model.run(4)
    ledger, agents = ledger_frame(model), agents_frame(model)
    holder = agents["slot"] + agents["generation"] * 2**32
    assert ledger["subject"].isin(holder).mean() < 1
    items = (ledger["kind"] == "item") & (ledger["posted"].astype(str) >= "2020-01")
    assert not set(ledger["subject"][items]) & set(state.agents.slot[rows].tolist())


def test_records_and_appeals_of_those_who_leave_lapse_and_are_counted(start):
    rules, state = compile_rules(STATUS_QUO), start.copy()
    rows = np.unique(state.pending["row"])[:3].astype(np.int64)
    assert len(rows) > 0
    waiting = int(np.isin(state.pending["row"], rows).sum())
    state.counts[:] = 0
    turnover._let_go(state, rules, rows)
    assert state.counts[:, QUANTITIES.index("turnover_lapsed_records")].sum() == waiting
    simulate_month(state, rules)
    assert not np.isin(state.pending["row"][state.pending["event"] < state.month - 1], rows).any()


def test_nobody_comes_to_slots_that_nobody_left(start, assume):
    """Kinds that a run leaves out stay out."""
    rules, state = compile_rules(STATUS_QUO), start.copy()
    assume(turnover__refilled_share=1.0)
    villagers = state.agents.kind == KINDS.index("villager")
    state.agents.present[villagers] = 0
    state.turnover.vacant[villagers] = HELD
    step(state, rules)
    assert not state.agents.present[villagers].any()


def test_deaths_by_age_sum_to_the_crude_rate_of_all_inhabitants():
    population = build_population(scale=0.05, seed=1)
    chance = first_state(population, 0, 1).turnover.death_chance
    adults = population.agents[is_adult(population.agents)]
    deaths = 12 * chance[adults["age_band"]].sum()
    persons = population.household_persons.sum()
    assert 1000 * deaths / persons == pytest.approx(assumed("turnover.deaths_per_1000_year"))
    assert (np.diff(chance) > 0).all()


def chances(agents, terms):
    """Return each row's chance of leaving, and of moving away."""
    return np.array([turnover.chances_of_leaving(agent, row, terms) for row, agent in enumerate(agents)]).T


def test_realised_rates_a_year_are_those_assumed(start):
    """Twelve months of drawing on one state: every holder keeps its chance, so the mean is known."""
    rules, agents = compile_rules(STATUS_QUO), start.agents
    terms = turnover.leaving_terms(start, rules)
    leaving, moving = chances(agents, terms)
    chance = np.where(agents.present == 1, leaving + moving * (1 - leaving), 0.0)
    left = np.zeros(len(agents))
    for month in range(24):
        what, coming = np.zeros(len(agents), np.uint8), np.ones(len(KINDS))
        words = (
            draws.blocks(5, 0, start.slots, month, decision) for decision in (draws.TURNOVER, draws.MIGRATION)
        )
        turnover._draw(0, len(agents), agents, start.turnover.vacant, terms, coming, what, *words)
        left += what == turnover._LEAVES
    for kind in ("enterprise", "villager", "resident"):
        rows = agents.kind == KINDS.index(kind)
        expected = 24 * chance[rows].sum()
        assert left[rows].sum() == pytest.approx(expected, abs=4 * expected**0.5), kind
    firms = agents.kind == KINDS.index("enterprise")
    assert 12 * chance[firms].mean() == pytest.approx(0.116, abs=0.01), "as many as enter in a year"


def test_organisations_of_the_public_never_leave(start):
    state = start.copy()
    for kind in ("school", "agency"):
        state.agents.kind[:50], state.agents.sex[:50] = KINDS.index(kind), NO_SEX
        leaving, moving = chances(state.agents, turnover.leaving_terms(state, compile_rules(STATUS_QUO)))
        assert not leaving[:50].any()
        assert not moving[:50].any()


def test_pupils_leave_in_july_and_come_in_september(start):
    state, rules = start.copy(), compile_rules(STATUS_QUO)
    pupils = np.count_nonzero(state.agents.kind == KINDS.index("student"))
    start_of_year, left, came = month_index("2021-01"), [], []
    for month in range(12):
        state.month = start_of_year + month
        step(state, rules)
        left.append(state.public["turnover_left.student"])
        came.append(state.public["turnover_came.student"])
    assert [month for month in range(12) if left[month]] == [6]
    assert [month for month in range(12) if came[month]] == [8]
    assert left[6] == came[8] == pytest.approx(pupils * assumed("turnover.pupils_finish_share"), rel=0.25)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_a_share_of_closed_bad_firms_is_back_within_a_year_with_a_clean_file(start, share):
    rules = compile_rules(STATUS_QUO.with_levers({"world.phoenix_share": share}))
    state = start.copy()
    firms = np.arange(400)
    state.agents.grade[firms], state.agents.score_mp[firms] = 0, 500_000
    honesty, first = state.agents.honesty.copy(), state.month
    turnover._let_go(state, rules, firms)
    awaited = firms[state.turnover.vacant[firms] == AWAITED]
    assert (state.turnover.vacant[np.setdiff1d(firms, awaited)] == OPEN).all()
    assert len(awaited) == pytest.approx(400 * share, abs=4 * (400 * share * (1 - share)) ** 0.5)
    for state.month in range(first + 1, first + 13):
        step(state, rules)
    back = state.agents[awaited]
    assert back.present.sum() >= 0.8 * len(awaited), "back within twelve months, unless closed again"
    once = back.generation == start.agents.generation[awaited] + 1
    assert (back.honesty[once] == honesty[awaited[once]]).all()
    assert (back.score_mp == 1_000_000).all()
    low, again = (
        state.counts[:, QUANTITIES.index(f"turnover_low_{word}")].sum() for word in ("left", "back")
    )
    assert (low, again) == (400, len(awaited))


def test_low_grades_hasten_the_end_of_a_firm_only_where_there_is_a_score(start):
    state = start.copy()
    firms = np.arange(100)
    state.agents.grade[firms] = 3
    fair = turnover._chances_of_closing(state, compile_rules(STATUS_QUO))[firms]
    state.agents.grade[firms] = 0
    low = turnover._chances_of_closing(state, compile_rules(STATUS_QUO))[firms]
    assert low == pytest.approx(fair * assumed("turnover.low_grade_close_factor"))
    none = compile_rules(load_scenario("no-programme"))
    state.active[:] = 1
    assert (turnover._chances_of_closing(state, none)[firms] == fair).all()


def test_consent_is_taken_back_where_it_is_asked_and_scores_nobody_who_did(start, assume):
    asked = STATUS_QUO.with_levers({"consent.opt_in_on": True})
    state, rules = start.copy(), compile_rules(asked)
    state.active[:] = 1
    adults = is_adult(state.agents)
    state.agents.trust[:] = 0.25
    assume(consent__withdrawal_share=0.4)
    scored = turnover_status(state, rules)
    consenting.consenting(state, rules)
    out = state.agents.withdrawn == 1
    assert out[adults].sum() == pytest.approx(0.3 * scored.sum(), rel=0.15)
    assert (turnover_status(state, rules) == scored & ~out).all()
    before = state.copy()
    consenting.consenting(before, compile_rules(STATUS_QUO))
    assert (before.agents.withdrawn == state.agents.withdrawn).all(), "not asked, nobody moves"
    assert turnover_status(state, compile_rules(STATUS_QUO))[out & adults].all(), "nor does it count"
    state.agents.trust[:] = 1.0
    state.month += 1
    assume(consent__return_share=0.5)
    consenting.consenting(state, rules)
    assert state.agents.withdrawn.sum() == pytest.approx(out.sum() / 2, rel=0.25)


def turnover_status(state, rules):
    """Return which persons are scored."""
    status = file_status(state, rules, np.arange(len(state.agents)))
    return (status >= SCORED) & (state.agents.sex < NO_SEX)


def test_who_has_left_is_not_scored_has_no_file_and_gets_nothing(start):
    """All kinds, among them those whose entries count without a file."""
    rules, state = compile_rules(load_scenario("five-entries-2020")), start.copy()
    state.active[:] = 1
    everybody = np.arange(len(state.agents))
    before = file_status(state, rules, everybody)
    left = everybody[::2]
    state.agents.present[left] = 0
    after = file_status(state, rules, everybody)
    assert (after[left] == UNSCORED).all()
    stayed = np.setdiff1d(everybody, left)
    assert (after[stayed] == before[stayed]).all()
    assert (before[left] > UNSCORED).any(), "the control: while they were there they were"
