"""Noticing and learning: beliefs, crowding-out and awareness move as written, files ask for no group."""

import numpy as np
import pytest

from creditsim.core.fields import with_fields
from creditsim.model.activities import ACTIVITY
from creditsim.model.credit_model import burned_in
from creditsim.model.phases.awareness import awareness
from creditsim.model.phases.learning import learning
from creditsim.model.phases.noticing import _is_recorded, belief_terms, move_belief
from creditsim.model.regimes import compile_rules
from creditsim.model.state import GOT_CASH
from creditsim.population.agents import AGENT, VILLAGER
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import AWARE, CHANNELS

PLAN = load_scenario("five-entries-2020").with_(months=4, burn_in_months=2)
COMPLAINT = CHANNELS.index("complaint")
IMITATION = (0.3, 0.5)  # shares a year, as far apart as the factor's range


@pytest.fixture(scope="module")
def rules():
    return compile_rules(PLAN)


@pytest.fixture(scope="module")
def state():
    state = burned_in(PLAN, scale=0.01, seed=5)
    state.active[:] = 1
    return state


def believer(belief):
    row = with_fields(np.zeros(1, AGENT))
    row.belief[:] = belief
    return row


def offence(chance):
    row = with_fields(np.zeros(1, ACTIVITY))
    row.channels[0, COMPLAINT] = chance
    return row[0]


def moved(belief, seen, chance=0.25):
    row = believer(belief)
    move_belief(row[0], offence(chance), COMPLAINT if seen else -1, 0.0, belief_terms())
    return float(row.belief[0, COMPLAINT])


def test_a_belief_rises_with_a_breach_that_was_seen_and_falls_with_one_that_was_not():
    assert moved(1.0, seen=True) > 1.0 > moved(1.0, seen=False)


@pytest.mark.parametrize("chance", [0.1, 0.5])
def test_a_right_belief_has_no_drift(chance):
    mean = chance * moved(1.0, True, chance) + (1 - chance) * moved(1.0, False, chance)
    assert mean == pytest.approx(1.0, abs=1e-6)
    wrong = chance * moved(1.5, True, chance) + (1 - chance) * moved(1.5, False, chance)
    assert 1.0 < wrong < 1.5, "the control: a wrong one drifts towards the right one"


def test_a_belief_stays_between_nothing_and_its_largest():
    largest = assumed("belief.largest")
    assert moved(largest, seen=True, chance=0.01) == pytest.approx(largest)
    row = believer(1.0)
    for _ in range(2000):
        move_belief(row[0], offence(0.01), COMPLAINT, 0.0, belief_terms())
    assert float(row.belief[0, COMPLAINT]) == pytest.approx(largest)


def test_crowding_out_never_exceeds_what_one_reward_crowds_out(state, rules):
    now = state.copy()
    now.agents.crowding[:] = 0.0
    for _ in range(12):
        now.deeds[:] = GOT_CASH
        learning(now, rules)
        assert now.agents.crowding == pytest.approx(rules.world("crowding_out_share"))
    now.deeds[:] = 0
    learning(now, rules)
    recovers = 1.0 - assumed("crowding.recovery_share")
    assert now.agents.crowding == pytest.approx(recovers * rules.world("crowding_out_share"))


def aware_after_a_month(state, imitation, informed):
    """Return who knows the scheme after a month that began with nobody, or everybody else, informed."""
    now = state.copy()
    now.agents.awareness[:] = 0
    if informed:
        now.agents.awareness[::2] = AWARE
    awareness(now, compile_rules(PLAN.with_levers({"world.bass_imitation_share": imitation})))
    return now.agents.awareness & AWARE > 0


def test_where_nobody_knows_the_scheme_imitation_makes_no_difference(state):
    little, much = (aware_after_a_month(state, imitation, False) for imitation in IMITATION)
    assert (little == much).all()
    little, much = (aware_after_a_month(state, imitation, True) for imitation in IMITATION)
    assert little.sum() < much.sum(), "the control: where half of them know it, it does"


@pytest.mark.parametrize("label", ["sex", "age_band", "education", "residence", "registration"])
def test_what_is_filed_does_not_hang_on_the_group(state, rules, label):
    row = int(np.flatnonzero((state.agents.kind == VILLAGER) & (state.agents.present == 1))[0])
    regime = rules.regimes[1]
    filed = {}
    for code in range(3):
        who = with_fields(state.agents[row : row + 1].copy())
        who[label][:] = code
        filed[code] = [
            bool(
                _is_recorded(
                    who[0], rules.activities[k], rules.postings[1, k], regime, state.ranks[row], channel, luck
                )
            )
            for k in range(len(rules.activities))
            for channel in range(7)
            for luck in (0, 2**29, 2**30, 2**31, 3 * 2**30)
        ]
    assert filed[0] == filed[1] == filed[2]
    assert 0 < sum(filed[0]) < len(filed[0])
