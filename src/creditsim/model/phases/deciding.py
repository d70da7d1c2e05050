"""Deciding: the utility of each opportunity, and whether the agent acts on it.

Called by the acting phase, and by agents that are objects (model/views.py).
"""

from __future__ import annotations

import functools
from typing import NamedTuple

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
from creditsim.model.means import Fines, fine_factor, fines_of
from creditsim.model.opportunities import UNABLE
from creditsim.model.parts.public_bodies import Duties, duty_terms
from creditsim.model.phases.noticing import sorting_reward
from creditsim.model.regimes import Rules
from creditsim.model.state import POSTED, State
from creditsim.model.world import contact_factor
from creditsim.population.agents import NO_SEX
from creditsim.population.peers import Peers, build_peers, peer_at
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import KNOWS_ITEMS

# Places in what choices share, see choice_terms.
_NORM, _PRIOR, _WIDTH, _TIES, _TIES_PRIOR = range(5)


class Choosing(NamedTuple):
    """What choices of a month, and what follows from them, read beside the agents.

    Attributes
    ----------
    activities, postings, regimes
        Records of the rules.
    active, ranks, firm_class, pledges
        Columns of the state, by row.
    visible : ndarray of float64, shape (sites, activities)
        Share of those who met an activity last month that a site shows doing it.
    memory, peers
        What ties did last month, and who they are.
    terms : ndarray of float64
        See `choice_terms`.
    visit_rates : ndarray of float64, shape (regimes, classes, activities)
        See `reckoned_visits`.
    complaint_factor : float
        On complaints about those who post a score code.
    models : ndarray of float64, by site
        See `role_model_share`.
    bins : ndarray of uint32, by site
    """

    activities: np.ndarray
    postings: np.ndarray
    regimes: np.ndarray
    active: np.ndarray
    ranks: np.ndarray
    firm_class: np.ndarray
    pledges: np.ndarray
    visible: np.ndarray
    memory: np.ndarray
    peers: Peers
    terms: np.ndarray
    visit_rates: np.ndarray
    complaint_factor: float
    fines: Fines
    models: np.ndarray
    duties: Duties
    bins: np.ndarray


def choosing(state: State, rules: Rules) -> Choosing:
    """Return what the choices of the month read."""
    terms = choice_terms(rules, state.month)
    return Choosing(
        rules.activities, rules.postings, rules.regimes, state.active, state.ranks, state.firm_class,
        state.pledges, visible_shares(state, rules, terms), state.memory, build_peers(state.population),
        terms, reckoned_visits(state), assumed("pledge.complaint_factor"), fines_of(state),
        role_model_share(state), state.public_bodies.read_duties(), state.site_ranks.bins,
    )  # fmt: skip


def visible_shares(state: State, rules: Rules, terms: np.ndarray) -> np.ndarray:
    """Return by site and activity the share of those who met it last month that a site shows doing it."""
    shown, base = state.turnover.shown, rules.activities.base_share
    return (shown.done + terms[_PRIOR] * base) / (shown.met + terms[_PRIOR])


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
def norm_of(activity, visible, models, terms):
    """Return what a visible share adds to the utility: n (b - b0), good deeds with that of role models.

    `models` is what role models at the home site add to the visible share of good deeds.
    """
    if terms[_NORM] <= 0.0:
        return 0.0
    if activity.breach == 0:
        visible = visible + models
    return terms[_NORM] * activity.visible_share * (visible - activity.base_share)


@compiled
def share_with_ties(visible, peers_done, peers_met, terms):
    """Return the share of acts that a site shows, mixed with that of ties where some met the activity.

    That of ties starts from the site's.
    """
    if peers_met == 0:
        return visible
    near = (peers_done + terms[_TIES_PRIOR] * visible) / (peers_met + terms[_TIES_PRIOR])
    return (1.0 - terms[_TIES]) * visible + terms[_TIES] * near


@compiled
def knows_items(agent):
    """Say whether an agent knows the items: a person by awareness, an organisation always."""
    return agent.awareness & KNOWS_ITEMS != 0 or agent.sex == NO_SEX


@compiled
def worth_of_posting(agent, activity, posting, regime, rank, terms):
    """Return what an agent who knows the items reckons that a noticed act would bring or cost, in yuan."""
    filed = is_filed(agent, regime, rank)
    worth = 0.0
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
    return worth


@compiled
def fine_of(activity, regime, fines):
    """Return the fine, or its substitute, in yuan; `fines` multiplies that of who was fined before."""
    fine = activity.sanction_yuan * regime.fine_level
    return fine * fines if activity.fine_yuan > 0.0 else fine


@compiled
def utility_of_breach(agent, activity, regime, stake_yuan, detection, sanction_yuan):
    """Return the own utility of a breach; of a due, with the chance that a test takes the able for unable."""
    if activity.due > 0:
        sanction_yuan = sanction_yuan * (1.0 - regime.spared_able / draws.TWO_32)
    return breach_utility(agent, activity, stake_yuan, detection, sanction_yuan)


@compiled
def own_utility(
    agent, activity, posting, regime, rank, stake_yuan, terms, visit_rate, complaint_factor, fines, bins
):
    """Return the utility of acting on an opportunity without its norm: see model/choice.py."""
    worth = 0.0
    if knows_items(agent):
        worth = worth_of_posting(agent, activity, posting, regime, rank, terms)
    if activity.breach == 1:
        sanction = fine_of(activity, regime, fines) + worth
        detection = perceived_detection(agent, activity, visit_rate, complaint_factor)
        return utility_of_breach(agent, activity, regime, stake_yuan, detection, sanction)
    reward = activity.reward_yuan
    if worth != 0.0:
        reward = reward + perceived_detection(agent, activity, visit_rate, complaint_factor) * worth
    return merit_utility(agent, activity, stake_yuan, reward + sorting_reward(activity, regime, bins))


@compiled
def best_utility(agent, activity, posting, regime, stake_yuan, bins):
    """Return the own utility if nothing were at risk, never below `own_utility`; and whether it is that.

    Rounding keeps order, so a bound on one term bounds the sum as it is computed. Infinite where
    there is no such bound: what points bring to those who know them, or where a lower
    grade is worth more.
    """
    if regime.worths_fall == 1 or agent.money_weight < 0.0:
        return np.inf, False
    if activity.breach == 1:
        return breach_utility(agent, activity, stake_yuan, 0.0, 0.0), False
    if posting.worth_mp > 0 and knows_items(agent):
        return np.inf, False
    reward = activity.reward_yuan + sorting_reward(activity, regime, bins)
    return merit_utility(agent, activity, stake_yuan, reward), True


def decide_compiled(state: State, rules: Rules, found: np.ndarray) -> None:
    """Decide opportunities with the compiled rule."""
    decide(found, state.agents, choosing(state, rules))


@compiled
def decide(found, agents, given):
    """Mark the opportunities that agents act on.

    What costs most is asked last, and only where it could turn the choice: most breaches are
    out of the question even with nothing at risk, and most choices the same whatever ties did.
    """
    terms = given.terms
    for number in range(found.shape[0]):
        chance = found[number]
        if chance.acted == UNABLE:
            continue
        k, row = chance.activity, chance.row
        agent, activity, active = agents[row], given.activities[k], given.active[row]
        posting, regime = given.postings[active, k], given.regimes[active]
        visible, models, bins = given.visible[agent.home, k], given.models[agent.home], given.bins[agent.home]
        tied = terms[_TIES] > 0.0 and activity.visible_share > 0.0
        least, most = visible, visible
        if tied:
            least = min(visible, (1.0 - terms[_TIES]) * visible)
            most = max(visible, (1.0 - terms[_TIES]) * visible + terms[_TIES])
        highest = norm_of(activity, most, models, terms)
        factor = given.complaint_factor if given.pledges[row] & POSTED != 0 else 1.0
        loss, shift = 0.0, 0.0
        if activity.obligation >= 0:
            factor, loss, shift = duty_terms(activity, row, given.duties)
        stake_yuan = chance.stake_yuan - loss
        own, is_settled = best_utility(agent, activity, posting, regime, stake_yuan, bins)
        if not acts(shift + (own + highest), activity.tau, chance.noise):
            continue
        if not is_settled:
            rate = given.visit_rates[active, given.firm_class[row], k]
            fines = fine_factor(given.fines, row, regime)
            if activity.breach == 1 and regime.worths_fall == 0:
                detection = perceived_detection(agent, activity, rate, factor)
                sanction = fine_of(activity, regime, fines)
                own = utility_of_breach(agent, activity, regime, stake_yuan, detection, sanction)
                if not acts(shift + (own + highest), activity.tau, chance.noise):
                    continue
                is_settled = not (knows_items(agent) and posting.worth_mp > 0)
            if not is_settled:
                own = own_utility(
                    agent, activity, posting, regime, given.ranks[row], stake_yuan, terms, rate, factor,
                    fines, bins,
                )  # fmt: skip
        chance.acted = acts(shift + (own + highest), activity.tau, chance.noise)
        lowest = norm_of(activity, least, models, terms)
        if chance.acted == 1 and tied and not acts(shift + (own + lowest), activity.tau, chance.noise):
            done, met = count_peers(row, k, given.memory, given.peers)
            norm = norm_of(activity, share_with_ties(visible, done, met, terms), models, terms)
            chance.acted = acts(shift + (own + norm), activity.tau, chance.noise)
