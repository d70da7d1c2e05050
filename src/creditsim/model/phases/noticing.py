"""Noticing: what follows from an act at once: counts, channels, filing, beliefs.

Called by the acting phase for each run of rows; the records phase carries on from here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.choice import COMPLAINT, COURT
from creditsim.model.coverage import is_filed, is_scored
from creditsim.model.means import fine_factor, remember_fine
from creditsim.model.opportunities import UNABLE
from creditsim.model.parts.public_bodies import duty_terms
from creditsim.model.quantities import QUANTITIES
from creditsim.model.state import (
    BEST_CLASS,
    BREACHED,
    DID_GOOD,
    DUE,
    FINED,
    FOR_WANT,
    FOUND_OUT,
    GOT_CASH,
    GOT_GOODS,
    HARSH,
    NOT_ABLE,
    PLEDGED,
    POSTED,
)
from creditsim.population.agents import CIVIL_SERVANT, ENTERPRISE, INSTITUTION, NO_SEX
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import CHANNELS, KNOWS_ITEMS, SETTINGS

NEIGHBOUR, SELF_REPORT = CHANNELS.index("neighbour_report"), CHANNELS.index("self_report")
GOVERNMENT = SETTINGS.index("government")

(
    BREACHES, MERITS, HARM, BENEFIT, HOURS, SORTED, SORTING_MET, FINES, VISITS_SEEN, LOCAL, REWARDS,
    UNDETECTED, UNDETECTED_TOP, PLEDGER_BREACHES, SCHOOL_BREACHES, CIVIL_SERVANT_BREACHES,
    MEANS_UNABLE, SPARED, PENALISED, PENALISED_UNABLE,
) = (
    QUANTITIES.index(name)
    for name in (
        "breaches", "merits", "harm_fen", "benefit_fen", "hours_tenths", "sorted", "sorting_met",
        "fines_fen", "visits_seen", "local_breaches", "rewards_fen",
        "undetected", "undetected_top", "pledger_breaches", "school_breaches", "body_civil_servant_breaches",
        "means_unable", "means_spared", "means_penalised", "means_penalised_unable",
    )
)  # fmt: skip


class Concluding(NamedTuple):
    """What concluding reads and writes beside the agents and what choosing reads.

    Attributes
    ----------
    seed, replication, visited, month
        Key of all draws; who was visited this month.
    deeds, last_breach, last_tutoring : ndarray
        Columns of the state, written; `last_tutoring` by teacher, from row `first_teacher`.
    counts, done, met : ndarray of int64
        Added to: by cell and quantity, by site and activity.
    memory : recarray of MEMORY
        What each does and meets this month, written.
    belief : ndarray of float64
        See `belief_terms`.
    """

    seed: int
    replication: int
    visited: np.ndarray
    month: int
    deeds: np.ndarray
    last_breach: np.ndarray
    last_tutoring: np.ndarray
    first_teacher: int
    counts: np.ndarray
    done: np.ndarray
    met: np.ndarray
    memory: np.ndarray
    belief: np.ndarray


@compiled
def conclude(found, agents, given, concluding, filed, number):
    """Count acts, let channels notice them, file what is noticed, move beliefs.

    Records are filed from place `number` on; return the number filed by then.
    """
    visited, month, deeds, last_breach, last_tutoring, first_teacher = concluding[2:8]
    counts, done, met, memory, belief = concluding[8:]
    fines = given.fines
    for position in range(found.shape[0]):
        chance = found[position]
        k, row = chance.activity, chance.row
        agent, activity = agents[row], given.activities[k]
        unable = chance.acted == UNABLE
        if not unable:
            met[agent.home, k] += 1
            memory[row].met |= np.uint64(1) << np.uint64(k)
        if activity.sorts == 1:
            counts[agent.cell, SORTING_MET] += 1
        if chance.acted == 0:
            continue
        active = given.active[row]
        regime, posting = given.regimes[active], given.postings[active, k]
        cell = agent.cell
        if not unable:
            done[agent.home, k] += 1
            memory[row].did |= np.uint64(1) << np.uint64(k)
        pledge = given.pledges[row]
        factor = given.complaint_factor if pledge & POSTED != 0 else 1.0
        if activity.obligation >= 0:
            factor, _, _ = duty_terms(activity, row, given.duties)
        channel = first_channel(activity, visited[row], chance.notice, factor)
        spared = False
        fined = False
        if activity.breach == 1 and channel >= 0:
            border = regime.spared_unable if unable else regime.spared_able
            if activity.due > 0:
                test = draws.word(
                    concluding.seed, concluding.replication, agent.slot, month, draws.MEANS, 4 + k
                )
                spared = test < border
            counts[cell, SPARED] += spared
            fined = activity.fine_yuan * regime.fine_level > 0.0 and not spared
            if fined:
                fine = activity.fine_yuan * regime.fine_level * 100.0
                counts[cell, FINES] += np.int64(fine * fine_factor(fines, row, regime))
                deeds[row] |= GOT_CASH
                if agent.kind == ENTERPRISE:
                    remember_fine(fines, row)
                if activity.due > 0:
                    counts[cell, PENALISED] += 1
                    counts[cell, PENALISED_UNABLE] += unable
                    if unable:
                        deeds[row] |= HARSH
        if unable:
            counts[cell, MEANS_UNABLE] += 1
            deeds[row] |= NOT_ABLE
        elif activity.breach == 1:
            counts[cell, BREACHES] += 1
            counts[cell, HARM] += activity.social_fen
            counts[cell, LOCAL] += activity.local
            if activity.tutoring == 1:
                last_tutoring[row - first_teacher] = month
            deeds[row] |= BREACHED
            last_breach[row] = month
            counts[cell, PLEDGER_BREACHES] += pledge & PLEDGED != 0
            counts[cell, SCHOOL_BREACHES] += agent.kind == INSTITUTION
            counts[cell, CIVIL_SERVANT_BREACHES] += (
                agent.kind == CIVIL_SERVANT and activity.setting == GOVERNMENT
            )
            if channel < 0 and (agent.kind == ENTERPRISE or agent.kind == INSTITUTION):
                classed = regime.evaluation_on if agent.kind == ENTERPRISE else regime.classification_on
                counts[cell, UNDETECTED] += 1  # without classes nothing hides behind one: the share is 0
                counts[cell, UNDETECTED_TOP] += classed and given.firm_class[row] == BEST_CLASS
            if channel >= 0:
                by_visit = channel == 0 and visited[row] == 1 and chance.notice < found_by_visit(activity)
                if by_visit and deeds[row] & FOUND_OUT == 0:
                    deeds[row] |= FOUND_OUT
                    counts[cell, VISITS_SEEN] += 1
            rate = given.visit_rates[active, given.firm_class[row], k]
            move_belief(agent, activity, channel, rate, belief)
        else:
            counts[cell, MERITS] += 1
            counts[cell, BENEFIT] += activity.social_fen
            counts[cell, HOURS] += activity.hours_tenths
            counts[cell, SORTED] += activity.sorts
            if activity.cheap == 0:
                deeds[row] |= DID_GOOD
            if activity.sorts == 1:
                paid = np.int64(sorting_reward(activity, regime, given.bins[agent.home]) * 100.0)
                counts[cell, REWARDS] += paid
                if paid > 0:
                    deeds[row] |= GOT_GOODS
            elif activity.reward_yuan > 0.0:
                deeds[row] |= GOT_CASH
        if channel < 0 or spared or posting.items[channel] < 0:
            continue
        rank = given.ranks[row]
        has_file = is_filed(agent, regime, rank)
        if is_scored(agent, regime, rank) == 0 or (posting.needs_file == 1 and has_file == 0):
            continue
        if channel == NEIGHBOUR and posting.account == 1 and regime.neighbour_reports_on == 0:
            continue
        if channel == SELF_REPORT and agent.sex < NO_SEX and agent.awareness & KNOWS_ITEMS == 0:
            continue
        group = max(0, np.int64(activity.setting) - 2)
        if chance.filing >= regime.filing[group, has_file, channel]:
            continue
        record = filed[number]
        record["row"] = row
        record["activity"] = k
        record["channel"] = channel
        record["wrong"] = 0
        record["item"] = posting.items[channel]
        record["points_mp"] = posting.points_mp[channel]
        record["account"] = posting.account
        record["event"] = month
        record["due"] = (activity.due > 0) * DUE + unable * FOR_WANT + fined * FINED
        record["check"] = chance.check
        number += 1
    return number


@compiled
def found_by_visit(activity):
    """Return the 32-bit border below which it is the visit, not another inspector, that saw an act."""
    return activity.seen_given_visit * draws.TWO_32


@compiled
def first_channel(activity, visited, luck, complaint_factor):
    """Return the first channel that notices an act, or -1; one 32-bit word decides for all channels."""
    left = 1.0
    border = 0.0
    for channel in range(7):
        chance = activity.channels[channel]
        if channel == 0 and visited == 1:
            chance = chance + activity.seen_given_visit
        elif channel == COMPLAINT or (channel == COURT and activity.obligation >= 0):
            chance = chance * complaint_factor
        if chance <= 0.0:
            continue
        if chance > 1.0:
            chance = 1.0
        border = border + left * chance
        if luck < border * draws.TWO_32:
            return channel
        left = left * (1.0 - chance)
    return -1


def belief_terms() -> np.ndarray:
    """Return the weight of a new signal and the largest belief."""
    return np.array([assumed("belief.learning_share"), assumed("belief.largest")])


@compiled
def move_belief(agent, activity, channel, visit_rate, belief):
    """Move the beliefs in a breach's channels: up where it was seen, down by what was expected.

    The step is the learning weight times (seen or not, less the perceived chance), so a
    right belief has no drift, and more visits than reckoned with raise it. Channels after
    the one that saw the act give no signal.
    """
    for c in range(7):
        chance = activity.channels[c]
        if c == 0:
            chance = chance + visit_rate * activity.seen_given_visit
        if chance > 0.0:
            signal = 1.0 if c == channel else 0.0
            moved = agent.belief[c] + belief[0] * (signal - chance * agent.belief[c])
            agent.belief[c] = min(max(moved, 0.0), belief[1])
            if c == channel:
                return


@compiled
def sorting_reward(activity, regime, bins):
    """Return what a sorted month earns at a site with a points shop, in yuan; zero for other deeds."""
    if activity.sorts == 1 and bins < regime.sorting_sites:
        return regime.sorting_reward_yuan
    return 0.0
