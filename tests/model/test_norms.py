"""Norms and learning from ties: what neighbours, colleagues and partners did last month."""

import numpy as np
import pytest

from creditsim.core.fields import with_fields
from creditsim.core.months import month_index
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.phases import learning
from creditsim.model.regimes import compile_rules
from creditsim.model.state import MEMORY
from creditsim.model.utility import (
    choice_terms,
    count_peers,
    norm_of,
    own_utility,
    share_with_ties,
    visible_shares,
)
from creditsim.population.agents import ENTERPRISE, TEACHER
from creditsim.population.peers import Peers, build_peers, peer_at
from creditsim.population.synthesis import build_population
from creditsim.population.ties import build_ties
from creditsim.spec.activities import activities
from creditsim.spec.scenario import load_scenario

BEFORE = month_index("2019-06")
STATUS_QUO = load_scenario("status-quo-2019").with_(months=3, burn_in_months=2)
LITTER = next(k for k, a in enumerate(activities()) if a.direction == "breach" and a.visible_share > 0.3)


@pytest.fixture(scope="module")
def population():
    return build_population(scale=0.02, seed=5)


@pytest.fixture(scope="module")
def state(population):
    return burned_in(STATUS_QUO, population)


@pytest.fixture(scope="module")
def rules():
    return compile_rules(STATUS_QUO)


def test_peers_are_neighbours_colleagues_and_trade_partners(population):
    peers, ties, agents = build_peers(population), build_ties(population), population.agents
    assert build_peers(population) is peers
    one, other = peers.sources, peers.targets
    assert not (one == other).any()
    assert (np.sort(one * len(agents) + other) == np.sort(other * len(agents) + one)).all(), "symmetric"
    firm = np.flatnonzero(ties.supply.degrees > 0)[0]
    partners = {*ties.supply[firm], *ties.supply.reversed(len(ties.supply))[firm]}
    assert set(peers.of([firm])[0].tolist()) == {int(row) for row in partners}
    teacher = np.flatnonzero(agents["kind"] == TEACHER)[0]
    room = next(room for room in range(len(ties.staff_rooms)) if teacher in ties.staff_rooms[room])
    expected = {*ties.staff_rooms[room].tolist(), *ties.neighbours[teacher].tolist()} - {int(teacher)}
    assert set(peers.of([teacher])[0].tolist()) == expected
    firms = agents["kind"] == ENTERPRISE
    assert (firms[one] == firms[other]).all(), "firms see firms, persons persons"


def test_a_site_shows_what_was_done_there_last_month_and_nothing_of_this_month(state, rules):
    now = state.copy()
    terms = choice_terms(rules, now.month)
    before = visible_shares(now, rules, terms)
    now.done, now.met = now.done + 5, now.met + 7
    assert (visible_shares(now, rules, terms) == before).all()
    shown = now.turnover.shown
    now.turnover.shown = shown._replace(done=shown.done + 5.0, met=shown.met + 5.0)
    assert (visible_shares(now, rules, terms) > before).any(), "the control: last month counts"


def test_rows_above_16_bits_are_read_back():
    peers = Peers(np.array([0, 1], np.int32), np.array([0xBEEF], np.uint16), np.array([0xAB], np.uint8))
    assert int(peer_at(peers, np.uint32(0))) == peers.targets[0] == peers.of([0])[0][0] == 0xABBEEF


def test_only_ties_that_met_an_activity_count():
    memory = np.zeros(4, MEMORY)
    memory["met"] = [0, 1 << 3, 1 << 3 | 1 << 63, 1 << 2]
    memory["did"] = [0, 1 << 3, 0, 1 << 2]
    starts, low = np.array([0, 3, 3, 4, 4], np.int32), np.array([1, 2, 3, 3], np.uint16)
    peers = Peers(starts, low, np.zeros(4, np.uint8))
    rows = with_fields(memory)
    assert count_peers(0, 3, rows, peers) == (1, 2)
    assert count_peers(0, 63, rows, peers) == (0, 1)
    assert count_peers(1, 3, rows, peers) == (0, 0)
    assert count_peers(2, 3, rows, peers) == (0, 0)


def utilities(state, rules, done, met, peers_done, peers_met, terms=None):
    """Return the utility of one agent's opportunity, given what site and ties show."""
    terms = choice_terms(rules, BEFORE) if terms is None else terms
    agent, activity = state.agents[-1], rules.activities[LITTER]
    own = own_utility(agent, activity, rules.regimes[0], 10.0, 0.0, 0.0, 1.0, 1.0, 0)
    prior = terms[1]
    visible = (done + prior * activity.base_share) / (met + prior)
    return own + norm_of(activity, share_with_ties(visible, peers_done, peers_met, terms), 0.0, terms)


def test_the_norm_mixes_the_share_at_the_site_with_that_of_ties_by_hand(state, rules):
    terms, activity = choice_terms(rules, BEFORE), rules.activities[LITTER]
    weight, prior, _, share, near = terms
    site = (30 + prior * activity.base_share) / (100 + prior)
    ties = (3 + near * site) / (4 + near)
    expected = weight * activity.visible_share * share * (ties - site)
    moved = utilities(state, rules, 30, 100, 3, 4) - utilities(state, rules, 30, 100, 0, 0)
    assert moved == pytest.approx(expected)
    assert moved > 0


def test_without_ties_the_norm_is_exactly_that_of_the_site(state, rules):
    alone = choice_terms(rules, BEFORE)
    alone[3] = 0.0
    assert utilities(state, rules, 30, 100, 0, 0) == utilities(state, rules, 30, 100, 0, 0, alone)
    assert utilities(state, rules, 30, 100, 3, 4) != utilities(state, rules, 30, 100, 3, 4, alone)


def test_those_who_left_show_nothing(state):
    model = CreditModel(STATUS_QUO, state=state)
    model.run(2)
    absent = model.state.agents.present == 0
    assert absent.any()
    assert not model.state.memory.did[absent].any()
    assert not model.state.memory.met[absent].any()


@pytest.fixture
def watched(state, rules):
    """A quiet month, but for one agent who breached; who watches, and beliefs before and after."""
    model = CreditModel(STATUS_QUO, state=state)
    peers = build_peers(state.population)
    row = int(np.flatnonzero((peers.degrees > 3) & (model.state.agents.kind == 3))[0])

    def learn(activity):
        quiet = model.state.copy()
        quiet.memory[:] = 0
        quiet.memory.did[row] = quiet.memory.met[row] = np.uint64(1 << activity)
        before = quiet.agents.belief.copy()
        for quiet.month in range(24240, 24300):
            learning._watch_ties(quiet, rules)
        return np.flatnonzero((quiet.agents.belief != before).any(axis=1)), peers.of([row])[0]

    return learn


def test_agents_learn_from_what_becomes_of_a_ties_breach(watched):
    moved, ties = watched(LITTER)
    assert len(moved) > 0
    assert set(moved.tolist()) <= set(ties.tolist())


def test_agents_learn_nothing_from_good_deeds_of_ties(watched):
    merit = next(k for k, a in enumerate(activities()) if a.direction == "merit" and a.visible_share > 0.3)
    assert len(watched(merit)[0]) == 0


def test_right_beliefs_have_no_drift_by_watching(state, rules):
    """Over many watched breaches the mean belief stays where it was: the signal is as likely as expected."""
    watching = state.copy()
    watching.agents.belief[:] = 1.0
    watching.visited[:] = 0
    watching.visit_ratio[:] = 0.0
    persons = watching.agents.kind > 0
    watching.memory.did[persons] = np.uint64(1 << LITTER)
    for watching.month in range(24240, 24252):
        learning._watch_ties(watching, rules)
    channels = np.flatnonzero(rules.activities.channels[LITTER] > 0)
    moved = watching.agents.belief[persons][:, channels]
    assert (moved != 1).any()
    assert moved.mean() == pytest.approx(1.0, abs=0.02)


def test_a_picked_breach_is_one_that_was_done():
    for luck in (0, 2**31, 2**32 - 1):
        assert learning._pick_bit(np.uint64(1 << 5 | 1 << 40 | 1 << 63), luck) in (5, 40, 63)
    assert learning._pick_bit(np.uint64(1 << 5 | 1 << 40), 2**32 - 1) == 40
