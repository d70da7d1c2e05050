"""Deciding: the utility of each opportunity, and whether the agent acts on it.

Called by the acting phase, and by agents that are objects (model/views.py).
"""

from __future__ import annotations

import functools

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.activities import visit_rate
from creditsim.model.choice import (
    acts,
    breach_utility,
    merit_utility,
    perceived_detection,
    worth_of_gain,
    worth_of_loss,
)
from creditsim.model.coverage import is_filed, is_scored
from creditsim.model.means import fine_factor, fines_of
from creditsim.model.parts.public_bodies import duty_terms
from creditsim.model.phases.noticing import UNABLE, sorting_reward
from creditsim.model.regimes import Rules
from creditsim.model.state import POSTED, State
from creditsim.model.world import contact_factor
from creditsim.population.agents import MINOR, NO_SEX
from creditsim.population.peers import build_peers, peer_at
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import KNOWS_ITEMS

# Places in what choices share, see choice_terms.
_NORM, _PRIOR, _WIDTH, _TIES, _TIES_PRIOR = range(5)


def decide_compiled(state: State, rules: Rules, found: np.ndarray) -> None:
    """Decide opportunities with the compiled rule."""
    _decide(
        found, state.agents, rules.activities, rules.postings, rules.regimes, state.active, state.ranks,
        state.turnover.shown, state.memory, build_peers(state.population), choice_terms(rules, state.month),
        reckoned_visits(state), state.firm_class, state.pledges, assumed("pledge.complaint_factor"),
        fines_of(state), role_model_share(state), state.public_bodies.read_duties(), state.site_ranks.bins,
    )  # fmt: skip


def role_model_share(state: State) -> np.ndarray:
    """Return by site what role models add to the visible share of those who do good."""
    most = assumed("role_model.most_visible_share")
    return np.minimum(state.service.named_lately * assumed("role_model.visible_share"), most)


def choice_terms(rules: Rules, month: int) -> np.ndarray:
    """Return what choices share: norm's weight and prior count, width (mp), ties' weight and prior count."""
    return np.array(
        [
            rules.world("norm_weight_share") * contact_factor(rules, month),
            assumed("norm.prior_count"),
            assumed("choice.score_width_points") * 1000.0,
            assumed("norm.ties_share"),
            assumed("norm.ties_prior_count"),
        ]
    )


def reckoned_visits(state: State) -> np.ndarray:
    """Return the monthly chance of a visit that agents reckon with, by (regime, class, activity).

    Visit rules are published, and a share of a change in them is reckoned with at once;
    the rest is learned from what happens to oneself.
    """
    ratios = np.where(
        supervised()[None, None, :], state.schools.visit_ratio[:, :, None], state.visit_ratio[:, :, None]
    )
    known = 1.0 + assumed("belief.announced_share") * (ratios - 1.0)
    return known * sector_visit_rates()


@functools.cache
def supervised() -> np.ndarray:
    """Say for each activity whether supervision of schools, not inspection of firms, makes its visits."""
    return np.array([activity.kinds == ("school",) for activity in activities()])


@functools.cache
def sector_visit_rates() -> np.ndarray:
    """Return for each activity the monthly chance of a visit at the baseline."""
    return np.array([visit_rate(activity) for activity in activities()])


@compiled
def count_peers(row, activity, memory, peers):
    """Return how many of a row's ties did an activity last month, and how many met it.

    Without branches and with unsigned places it takes a tenth of the time.
    """
    shift, one = np.uint64(activity), np.uint64(1)
    done, met = np.uint64(0), np.uint64(0)
    for place in range(peers.indptr[row], peers.indptr[row + 1]):
        tie = memory[peer_at(peers, np.uint32(place))]
        met += (tie.met >> shift) & one
        done += (tie.did >> shift) & one
    return np.int64(done), np.int64(met)


@compiled
def utility_of(
    agent, activity, posting, regime, rank, stake_yuan, done, met, peers_done, peers_met,
    terms, visit_rate, complaint_factor, fines, models, bins,
):  # fmt: skip
    """Return the utility of acting on an opportunity: see model/choice.py.

    The norm is the share of acts shown at the site; where ties met the activity, mixed with
    their share, which starts from the site's. `fines` multiplies the fine of who was fined
    before; `models` is what role models at the home site add to the visible share of good deeds.
    """
    norm = 0.0
    if terms[_NORM] > 0.0:
        visible = (done + terms[_PRIOR] * activity.base_share) / (met + terms[_PRIOR])
        if peers_met > 0:
            near = (peers_done + terms[_TIES_PRIOR] * visible) / (peers_met + terms[_TIES_PRIOR])
            visible = (1.0 - terms[_TIES]) * visible + terms[_TIES] * near
        if activity.breach == 0:
            visible = visible + models
        norm = terms[_NORM] * activity.visible_share * (visible - activity.base_share)
    worth = 0.0
    filed = is_filed(agent, regime, rank)
    if agent.awareness & KNOWS_ITEMS != 0 or agent.sex == NO_SEX or agent.age_band == MINOR:
        points = posting.worth_mp
        if points > 0 and is_scored(agent, regime, rank) == 1 and (filed == 1 or posting.needs_file == 0):
            cutoffs = regime.cutoffs_mp[posting.account]
            steps = regime.steps_yuan[posting.account][agent.kind]
            score = agent.village_score_mp if posting.account == 1 else agent.score_mp
            if activity.breach == 1:
                worth = worth_of_loss(score, points, cutoffs, steps, terms[_WIDTH])
            else:
                reach = regime.attainable_mp[posting.account][agent.kind]
                worth = worth_of_gain(score, points, reach, cutoffs, steps, terms[_WIDTH])
            worth = worth * posting.months * posting.learns_of[filed]
            if activity.breach == 1 and filed == 1:
                worth = worth + regime.bad_file_yuan[agent.kind] * posting.learns_of[filed]
    detection = perceived_detection(agent, activity, visit_rate, complaint_factor)
    if activity.breach == 1:
        fine = activity.sanction_yuan * regime.fine_level
        if activity.fine_yuan > 0.0:
            fine = fine * fines
        sanction = fine + worth
        if activity.due > 0:
            sanction = sanction * (1.0 - regime.spared_able / draws.TWO_32)
        return breach_utility(agent, activity, stake_yuan, detection, sanction, norm)
    reward = activity.reward_yuan + detection * worth
    reward = reward + sorting_reward(activity, regime, bins)
    return merit_utility(agent, activity, stake_yuan, reward, norm)


@compiled
def _decide(
    found, agents, activities, postings, regimes, active, ranks, shown, memory, peers, terms, visit_rates,
    firm_class, pledges, complaint_factor, fines, models, duties, bins,
):  # fmt: skip
    """Mark the opportunities that agents act on."""
    for number in range(found.shape[0]):
        chance = found[number]
        if chance.acted == UNABLE:
            continue
        k = chance.activity
        agent = agents[chance.row]
        regime = active[chance.row]
        factor = complaint_factor if pledges[chance.row] & POSTED != 0 else 1.0
        loss, shift = 0.0, 0.0
        if activities[k].obligation >= 0:
            factor, loss, shift = duty_terms(activities[k], chance.row, duties)
        peers_done, peers_met = 0, 0
        if terms[_NORM] > 0.0 and terms[_TIES] > 0.0 and activities[k].visible_share > 0.0:
            peers_done, peers_met = count_peers(chance.row, k, memory, peers)
        utility = shift + utility_of(
            agent, activities[k], postings[regime, k], regimes[regime], ranks[chance.row],
            chance.stake_yuan - loss, shown.done[agent.home, k], shown.met[agent.home, k],
            peers_done, peers_met, terms, visit_rates[regime, firm_class[chance.row], k], factor,
            fine_factor(fines, chance.row, regimes[regime]), models[agent.home], bins[agent.home],
        )  # fmt: skip
        chance.acted = acts(utility, activities[k].tau, chance.noise)
