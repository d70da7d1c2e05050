"""Utility: what an opportunity is worth to an agent, term by term.

Read by the acting phase and by agents that are objects (model/views.py); the formula is that
of model/choice.py.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled, compiled_inline
from creditsim.model.activities import visit_rate
from creditsim.model.choice import (
    breach_utility,
    merit_utility,
    perceived_detection,
    worth_of_gain,
    worth_of_loss,
)
from creditsim.model.coverage import is_filed, is_scored
from creditsim.model.means import Fines, fines_of
from creditsim.model.parts.public_bodies import Duties
from creditsim.model.regimes import Rules
from creditsim.model.state import State
from creditsim.model.world import contact_factor
from creditsim.population.agents import NO_SEX
from creditsim.population.peers import Peers, build_peers, joined_row
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
    """Return how many of a row's ties did an activity last month, and how many met it."""
    return count_among(peers.indptr[row], peers.indptr[row + 1], activity, memory, peers.low, peers.high)


@compiled_inline
def count_among(start, end, activity, memory, lows, highs):
    """Return how many of the peers at some places did an activity last month, and how many met it.

    Without branches and with unsigned places it takes a tenth of the time.
    """
    shift, one = np.uint64(activity), np.uint64(1)
    done, met = np.uint64(0), np.uint64(0)
    for place in range(np.uint64(start), np.uint64(end)):
        tie = memory[joined_row(lows[place], highs[place])]
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
def norm_bounds(activity, visible, models, terms):
    """Return what the norm is at least and at most, whatever ties did."""
    least, most = visible, visible
    if terms[_TIES] > 0.0 and activity.visible_share > 0.0:
        least = min(visible, (1.0 - terms[_TIES]) * visible)
        most = max(visible, (1.0 - terms[_TIES]) * visible + terms[_TIES])
    return norm_of(activity, least, models, terms), norm_of(activity, most, models, terms)


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
def has_shop(regime, bins):
    """Say whether a site of some word has a points shop."""
    return 1 if bins < regime.sorting_sites else 0


@compiled
def sorting_reward(activity, regime, shop):
    """Return what a sorted month earns at a site with a points shop, in yuan; zero for other deeds."""
    return regime.sorting_reward_yuan if activity.sorts == 1 and shop == 1 else 0.0


@compiled
def knows_items(agent):
    """Say whether an agent knows the items: a person by awareness, an organisation always."""
    return agent.awareness & KNOWS_ITEMS != 0 or agent.sex == NO_SEX


@compiled
def worth_of_posting(agent, activity, posting, regime, rank, terms):
    """Return what an agent reckons that a noticed act would bring or cost, in yuan: 0 if it knows nothing."""
    counts, filed = counts_with(agent, posting, regime, rank)
    return worth_of_points(agent, activity, posting, regime, filed, terms) if counts else 0.0


@compiled_inline
def counts_with(agent, posting, regime, rank):
    """Say whether an agent reckons with the points of a posting at all; and whether it has a file."""
    filed = is_filed(agent, regime, rank)
    if posting.worth_mp <= 0 or not knows_items(agent) or is_scored(agent, regime, rank) == 0:
        return False, filed
    return filed == 1 or posting.needs_file == 0, filed


@compiled
def worth_of_points(agent, activity, posting, regime, filed, terms):
    """Return what a posting's points are worth to an agent with or without a file, by kind and score."""
    cutoffs = regime.cutoffs_mp[posting.account]
    steps = regime.steps_yuan[posting.account][agent.kind]
    score, points = score_of(agent, posting), posting.worth_mp
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
def score_of(agent, posting):
    """Return the score of the account under which a posting is entered."""
    return agent.village_score_mp if posting.account == 1 else agent.score_mp


@compiled_inline
def own_utility(agent, activity, regime, stake_yuan, worth_yuan, visit_rate, complaint_factor, fines, shop):
    """Return the utility of acting on an opportunity without its norm: see model/choice.py.

    `worth_yuan` is what its points would bring or cost if it were noticed, see `worth_of_posting`.
    `fines` multiplies the fine of who was fined before. A due's sanction counts with the chance
    that a test of ability does not take the able for unable.
    """
    if activity.breach == 1:
        fine = activity.sanction_yuan * regime.fine_level
        if activity.fine_yuan > 0.0:
            fine = fine * fines
        sanction = fine + worth_yuan
        if activity.due > 0:
            sanction = sanction * (1.0 - regime.spared_able / draws.TWO_32)
        detection = perceived_detection(agent, activity, visit_rate, complaint_factor)
        return breach_utility(agent, activity, stake_yuan, detection, sanction)
    reward = activity.reward_yuan
    if worth_yuan != 0.0:
        reward = reward + perceived_detection(agent, activity, visit_rate, complaint_factor) * worth_yuan
    return merit_utility(agent, activity, stake_yuan, reward + sorting_reward(activity, regime, shop))
