"""Acting: opportunities, choices, and what of it is noticed and filed.

Three steps, so that a choice can be made by compiled code or by an object: find the
opportunities of the month, decide each, then take the consequences of those acted on.
All choices of all agents are made before any consequence is felt: choosing reads what ties
did last month, concluding writes what they did this month.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.activities import stake_multipliers, visit_rate
from creditsim.model.choice import (
    acts,
    breach_utility,
    merit_utility,
    perceived_detection,
    worth_of_gain,
    worth_of_loss,
)
from creditsim.model.means import (
    buffers,
    escalation_terms,
    fine_factor,
    is_unable,
    liquid_months,
    means_terms,
    stopped_paying,
)
from creditsim.model.parts.public_bodies import duty_terms
from creditsim.model.parts.turnover import Shown
from creditsim.model.phases.noticing import UNABLE, conclude, is_filed, is_scored, sorting_reward
from creditsim.model.regimes import Rules
from creditsim.model.state import PENDING, POSTED, State, kind_rows
from creditsim.model.world import contact_factor, opportunity_thresholds
from creditsim.population.agents import MINOR, NO_SEX
from creditsim.population.peers import build_peers, peer_at
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import KNOWS_ITEMS, SITE_KINDS

OPPORTUNITY = np.dtype(
    [
        ("row", "i4"),
        ("activity", "i2"),
        ("acted", "u1"),
        ("stake_yuan", "f8"),
        ("noise", "f8"),
        ("words", "i8", (4,)),
    ]
)
"""An agent meets an activity: the stake (gain or cost), the logistic noise, and the words that decide on
notice, filing, verification and, of a due, the test of ability. `acted` is 0, 1 or UNABLE: a due larger than
the cash at hand is not decided."""

Decide = Callable[[State, Rules, np.ndarray], None]


def acting(state: State, rules: Rules, threads: int = 1, decide: Decide | None = None) -> None:
    """Let every agent meet its activities, choose, and be noticed or not.

    A due larger than the cash at hand is no choice: it stays unpaid, counts as unable and
    not as a breach, teaches neither norms nor beliefs, but is noticed and filed like one.
    Where the authority tests ability it spares most of the unable, and some who are not.

    Parameters
    ----------
    threads : int
        Rows are cut into as many runs of neighbours; events are joined in row order, so
        the number never changes a result.
    decide : callable, optional
        Decides opportunities in place of the compiled rule (object by object).
    """
    bounds = np.linspace(0, len(state.agents), threads + 1).astype(np.int64)
    stopped = stopped_paying(state)
    parts = [_Part(state, rules, int(a), int(b), stopped) for a, b in itertools.pairwise(bounds)]
    for step in (functools.partial(_Part.choose, decide=decide), _Part.conclude):
        if threads == 1 or decide is not None:
            for part in parts:
                step(part)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(step, parts))
    state.filed_now = np.concatenate([part.filed for part in parts])
    state.counts += sum(part.counts for part in parts)
    state.done = sum(part.done for part in parts)
    state.met = sum(part.met for part in parts)
    state.turnover.shown = shown_counts(state)


class _Part:
    """A run of neighbouring rows, with event and count arrays of its own."""

    def __init__(self, state: State, rules: Rules, low: int, high: int, stopped: np.ndarray):
        self.state, self.rules, self.low, self.high, self.stopped = state, rules, low, high, stopped
        self.counts = np.zeros_like(state.counts)
        self.done = np.zeros_like(state.done)
        self.met = np.zeros_like(state.met)
        self.filed = np.zeros(0, PENDING)

    def choose(self, decide: Decide | None = None) -> None:
        """Find and decide this part's opportunities: reads what all did last month, writes nothing."""
        self.found = self._find()
        (decide or decide_compiled)(self.state, self.rules, self.found)

    def conclude(self) -> None:
        """Take the consequences, once all parts have chosen: what was done last month is forgotten here."""
        state, rules, found = self.state, self.rules, self.found
        state.deeds[self.low : self.high] = 0
        state.memory.did[self.low : self.high] = 0
        state.memory.met[self.low : self.high] = 0
        filed = np.zeros(int(np.count_nonzero(found["acted"])), PENDING)
        number = conclude(
            found, state.agents, rules.activities, rules.postings, rules.regimes, state.active, state.visited,
            state.ranks, state.month, state.deeds, state.last_breach, state.last_tutoring, state.firm_class,
            filed, self.counts, self.done, self.met, belief_terms(), reckoned_visits(state),
            state.pledges, assumed("pledge.complaint_factor"), state.memory, state.service.sanctioned,
            state.service.last_sanction, *escalation_terms(),
            state.public_bodies.first_row, state.public_bodies.duties, state.site_ranks.bins,
            kind_rows(state, "teacher").start,
        )  # fmt: skip
        self.filed = filed[:number]

    def _find(self) -> np.recarray:
        """Return this part's opportunities of the month, in row and activity order."""
        state, rules = self.state, self.rules
        room = max(64, (self.high - self.low) * 4)
        while True:
            found = np.empty(room, OPPORTUNITY).view(np.recarray)
            number = _find(
                self.low, self.high, state.agents, rules.activities, state.seed, state.replication,
                state.month, stake_multipliers(), draws.logistic_quantiles(), found,
                opportunity_thresholds(rules, state.month), buffers(), self.stopped,
                means_terms(rules, state.month),
            )  # fmt: skip
            if number <= room:
                return found[:number]
            room = number


def belief_terms() -> np.ndarray:
    """Return the weight of a new signal and the largest belief."""
    return np.array([assumed("belief.learning_share"), assumed("belief.largest")])


def decide_compiled(state: State, rules: Rules, found: np.ndarray) -> None:
    """Decide opportunities with the compiled rule."""
    shown, peers = state.turnover.shown, build_peers(state.population)
    _decide(
        found, state.agents, rules.activities, rules.postings, rules.regimes, state.active, state.ranks,
        shown.done, shown.met, state.memory, peers, choice_terms(rules, state.month),
        reckoned_visits(state), state.firm_class, state.pledges, assumed("pledge.complaint_factor"),
        state.service.sanctioned, state.service.last_sanction, state.month, *escalation_terms(),
        role_model_share(state), state.public_bodies.first_row, state.public_bodies.duties,
        state.site_ranks.bins,
    )  # fmt: skip


def role_model_share(state: State) -> np.ndarray:
    """Return by site what role models add to the visible share of those who do good."""
    most = assumed("role_model.most_visible_share")
    return np.minimum(state.service.named_lately * assumed("role_model.visible_share"), most)


def choice_terms(rules: Rules, month: int) -> np.ndarray:
    """Return what choices share in a month: norm weight, prior count, width (mp); ties' weight, prior."""
    return np.array(
        [
            rules.world("norm_weight_share") * contact_factor(rules, month),
            assumed("norm.prior_count"),
            assumed("choice.score_width_points") * 1000.0,
            assumed("norm.ties_share"),
            assumed("norm.ties_prior_count"),
        ]
    )


def shown_counts(state: State) -> Shown:
    """Return the acts and opportunities of the month as a site shows them next month.

    Its own, and for a small share the mean of the other sites of its kind in its area.
    """
    sites, spill = state.population.sites, assumed("spill.norm_share")
    group = sites["area"].astype(np.int64) * len(SITE_KINDS) + sites["kind"]
    others = np.bincount(group)[group] - 1
    return Shown(*(_mixed(counts, group, others, spill) for counts in (state.done, state.met)))


def _mixed(counts: np.ndarray, group: np.ndarray, others: np.ndarray, spill: float) -> np.ndarray:
    """Return counts by site mixed with the mean of the others of its group; alone, its own."""
    sums = np.zeros((int(group.max(initial=0)) + 1, counts.shape[1]), np.int64)
    np.add.at(sums, group, counts)
    elsewhere = (sums[group] - counts) / np.maximum(others, 1)[:, None]
    return np.where((others > 0)[:, None], (1.0 - spill) * counts + spill * elsewhere, counts)


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
def meets(agent, activity):
    """Say whether an activity is one of the agent's, by kind and traits."""
    return (
        (activity.kinds >> agent.kind) & 1 == 1
        and agent.traits & activity.all_traits == activity.all_traits
        and (activity.any_traits == 0 or agent.traits & activity.any_traits != 0)
    )


@compiled
def _find(
    low, high, agents, activities, seed, replication, month, stakes, quantiles, found,
    thresholds, buffers, stopped, means,
):  # fmt: skip
    """Write the opportunities of rows low to high; return their number, also beyond the room."""
    number = 0
    for row in range(low, high):
        agent = agents[row]
        if agent.present == 0:
            continue
        slot = np.int64(agent.slot)
        block = -1
        w0, w1, w2, w3 = 0, 0, 0, 0
        for k in range(activities.shape[0]):
            activity = activities[k]
            if not meets(agent, activity):
                continue
            if k >> 2 != block:
                block = k >> 2
                w0, w1, w2, w3 = draws.philox(seed, replication, slot, month, draws.OPPORTUNITY, block)
            lane = k & 3
            luck = w0 if lane == 0 else (w1 if lane == 1 else (w2 if lane == 2 else w3))
            if luck >= thresholds[k]:
                continue
            if number < found.shape[0]:
                x0, x1, x2, x3 = draws.philox(seed, replication, slot, month, draws.ACT, k)
                chance = found[number]
                chance.row = row
                chance.activity = k
                chance.acted = 0
                chance.stake_yuan = activity.stake_yuan * stakes[activity.spread, (x0 & 65535) >> 4]
                chance.noise = quantiles[x0 >> 16]
                chance.words[0] = x1
                chance.words[1] = x2
                chance.words[2] = x3
                if activity.due > 0:
                    chance.words[3] = draws.word(seed, replication, slot, month, draws.MEANS, 4 + k)
                    unable = is_unable(
                        agent, activity, chance.stake_yuan, liquid_months(agent, buffers, seed, replication),
                        row < stopped.shape[0] and stopped[row] == 1, seed, replication, month, means,
                    )  # fmt: skip
                    if unable:
                        chance.acted = UNABLE
            number += 1
    return number


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
    if terms[0] > 0.0:
        visible = (done + terms[1] * activity.base_share) / (met + terms[1])
        if peers_met > 0:
            near = (peers_done + terms[4] * visible) / (peers_met + terms[4])
            visible = (1.0 - terms[3]) * visible + terms[3] * near
        if activity.breach == 0:
            visible = visible + models
        norm = terms[0] * activity.visible_share * (visible - activity.base_share)
    worth = 0.0
    filed = is_filed(agent, regime, rank)
    if agent.awareness & KNOWS_ITEMS != 0 or agent.sex == NO_SEX or agent.age_band == MINOR:
        points = posting.worth_mp
        if points > 0 and is_scored(agent, regime, rank) == 1 and (filed == 1 or posting.needs_file == 0):
            cutoffs = regime.cutoffs_mp[posting.account]
            steps = regime.steps_yuan[posting.account][agent.kind]
            score = agent.village_score_mp if posting.account == 1 else agent.score_mp
            if activity.breach == 1:
                worth = worth_of_loss(score, points, cutoffs, steps, terms[2])
            else:
                reach = regime.attainable_mp[posting.account][agent.kind]
                worth = worth_of_gain(score, points, reach, cutoffs, steps, terms[2])
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
    found,
    agents,
    activities,
    postings,
    regimes,
    active,
    ranks,
    done,
    met,
    memory,
    peers,
    terms,
    visit_rates,
    firm_class,
    pledges,
    complaint_factor,
    sanctioned,
    last_sanction,
    month,
    memory_months,
    most_steps,
    models,
    first_body,
    duties,
    bins,
):
    """Mark the opportunities that agents act on."""
    for number in range(found.shape[0]):
        chance = found[number]
        if chance.acted == UNABLE:
            continue
        k = chance.activity
        agent = agents[chance.row]
        regime = active[chance.row]
        fines = 1.0
        if chance.row < sanctioned.shape[0]:
            fines = fine_factor(
                regimes[regime], sanctioned[chance.row], last_sanction[chance.row], month, memory_months,
                most_steps,
            )  # fmt: skip
        factor = complaint_factor if pledges[chance.row] & POSTED != 0 else 1.0
        loss, shift = 0.0, 0.0
        if activities[k].obligation >= 0:
            factor, loss, shift = duty_terms(activities[k], chance.row, first_body, duties)
        peers_done, peers_met = 0, 0
        if terms[0] > 0.0 and terms[3] > 0.0 and activities[k].visible_share > 0.0:
            peers_done, peers_met = count_peers(chance.row, k, memory, peers)
        utility = shift + utility_of(
            agent, activities[k], postings[regime, k], regimes[regime], ranks[chance.row],
            chance.stake_yuan - loss, done[agent.home, k], met[agent.home, k], peers_done, peers_met, terms,
            visit_rates[regime, firm_class[chance.row], k], factor, fines, models[agent.home],
            bins[agent.home],
        )  # fmt: skip
        chance.acted = acts(utility, activities[k].tau, chance.noise)
