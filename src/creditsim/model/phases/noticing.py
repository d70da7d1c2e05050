"""Noticing: what follows from an act at once: counts, channels, filing, beliefs.

Called by the acting phase for each run of rows; the records phase carries on from here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled, compiled_inline
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
from creditsim.model.utility import sorting_reward
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
    np.uint32(QUANTITIES.index(name))  # unsigned, as cells are: a signed place may count from the end
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
    memory : FieldArray of MEMORY
        What each does and meets this month, written.
    belief : ndarray of float64
        See `belief_terms`.
    borders : ndarray of float64
        Room for those of one act.
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
    borders: np.ndarray


@compiled
def conclude_block(agents, given, concluding, tables, block, low, high, found, filed, number):
    """Count acts, let channels notice them, file what is noticed, move beliefs.

    Records are filed from place `number` on; return the number filed by then.
    """
    # Arrays are taken out of their tuples here: in the loop that would count references.
    counts, done, memory = concluding.counts.ravel(), concluding.done.ravel(), concluding.memory
    all_visited, all_deeds, month = concluding.visited, concluding.deeds, concluding.month
    activities, postings, regimes, actives = given.activities, given.postings, given.regimes, given.active
    pledges, firm_class, rates, fines = given.pledges, given.firm_class, given.visit_rates, given.fines
    ranks, duties, borders, belief = given.ranks, given.duties, tables.borders, concluding.belief
    last_breach, own_borders, shops = concluding.last_breach, concluding.borders, block.shop
    last_tutoring, first_teacher = concluding.last_tutoring, concluding.first_teacher
    seed, replication = concluding.seed, concluding.replication
    all_acts, numbers, places, cells = block.acts, block.number, block.place, block.cell
    sites, words, acted = block.site, block.act_words, block.acted
    acts = _count_met(activities, counts, concluding.met.ravel(), memory, block, low, high, found)
    low = np.uint64(low)
    for position in range(acts):
        at = all_acts[position]
        k, place = numbers[at], places[at]
        row, cell = low + place, cells[place]
        active = actives[row]
        agent, activity = agents[row], activities[k]
        regime, posting = regimes[active], postings[active, k]
        unable, notice = acted[at] == UNABLE, words[1, at]
        if not unable:
            done[sites[place] + k] += 1
            memory[row].did |= np.uint64(1) << np.uint64(k)
        visited = all_visited[row] == 1
        if activity.obligation >= 0:
            factor, _, _ = duty_terms(activity, np.int64(row), duties)
            fill_borders(activity, visited, factor, own_borders)
            channel = first_channel(own_borders, notice)
        else:
            posted = 1 if pledges[row] & POSTED != 0 else 0
            channel = first_channel(borders[k, 1 if visited else 0, posted], notice)
        deeds = all_deeds[row]
        spared = False
        fined = False
        if activity.breach == 1 and channel >= 0:
            if activity.due > 0:
                test = draws.word(seed, replication, agent.slot, month, draws.MEANS, 4 + k)
                spared = test < (regime.spared_unable if unable else regime.spared_able)
            counts[cell + SPARED] += spared
            fined = activity.fine_yuan * regime.fine_level > 0.0 and not spared
            if fined:
                deeds |= _fine(agent, activity, regime, np.int64(row), unable, fines, counts, cell)
        if unable:
            counts[cell + MEANS_UNABLE] += 1
            deeds |= NOT_ABLE
        elif activity.breach == 1:
            _count_breach(agent, activity, regime, channel, pledges[row], firm_class[row], counts, cell)
            last_breach[row] = month
            if activity.tutoring == 1:
                last_tutoring[np.int64(row) - first_teacher] = month
            deeds |= BREACHED
            by_visit = channel == 0 and visited and notice < found_by_visit(activity)
            if by_visit and deeds & FOUND_OUT == 0:
                deeds |= FOUND_OUT
                counts[cell + VISITS_SEEN] += 1
            rate = rates[active, np.uint8(firm_class[row]), k]
            move_belief(agent, activity, channel, rate, belief)
        else:
            deeds |= _count_merit(activity, regime, shops[place], counts, cell)
        all_deeds[row] = deeds
        if channel < 0 or spared:
            continue
        if not _is_recorded(agent, activity, posting, regime, ranks[row], channel, words[2, at]):
            continue
        record = filed[number]
        record.row, record.activity, record.channel, record.wrong = row, k, channel, 0
        record.item, record.points_mp = posting.items[channel], posting.points_mp[channel]
        record.account, record.event = posting.account, month
        record.due = (activity.due > 0) * DUE + unable * FOR_WANT + fined * FINED
        record.check = words[3, at]
        number += 1
    return number


@compiled
def _count_met(activities, counts, met, memory, block, low, high, found):
    """Count what rows met, and list what they acted on or left undone for want of cash; return how many."""
    numbers, places, acted, acts = block.number, block.place, block.acted, block.acts
    met_by_row, sites, cells = block.met, block.site, block.cell
    met_by_row[: high - low] = 0
    number = 0
    for at in range(found):
        k, place = numbers[at], places[at]
        able = 1 if acted[at] != UNABLE else 0
        met[sites[place] + k] += able
        met_by_row[place] |= np.uint64(able) << np.uint64(k)
        counts[cells[place] + SORTING_MET] += activities[k].sorts
        acts[number] = at
        number += acted[at] != 0
    for place in range(high - low):
        memory[low + place].met = met_by_row[place]
    return number


@compiled
def _fine(agent, activity, regime, row, unable, fines, counts, cell):
    """Count a fine; return what it adds to the deeds."""
    fen = activity.fine_yuan * regime.fine_level * 100.0
    counts[cell + FINES] += np.int64(fen * fine_factor(fines, row, regime))
    if agent.kind == ENTERPRISE:
        remember_fine(fines, row)
    if activity.due == 0:
        return GOT_CASH
    counts[cell + PENALISED] += 1
    counts[cell + PENALISED_UNABLE] += unable
    return GOT_CASH | HARSH if unable else GOT_CASH


@compiled
def _count_breach(agent, activity, regime, channel, pledge, firm_class, counts, cell):
    """Count a breach, and whether nobody noticed it where a class should have told."""
    counts[cell + BREACHES] += 1
    counts[cell + HARM] += activity.social_fen
    counts[cell + LOCAL] += activity.local
    firm, school = agent.kind == ENTERPRISE, agent.kind == INSTITUTION
    counts[cell + PLEDGER_BREACHES] += pledge & PLEDGED != 0
    counts[cell + SCHOOL_BREACHES] += school
    counts[cell + CIVIL_SERVANT_BREACHES] += agent.kind == CIVIL_SERVANT and activity.setting == GOVERNMENT
    if channel < 0 and (firm or school):
        classed = regime.evaluation_on if firm else regime.classification_on
        counts[cell + UNDETECTED] += 1  # without classes nothing hides behind one: the share is 0
        counts[cell + UNDETECTED_TOP] += classed and firm_class == BEST_CLASS


@compiled
def _count_merit(activity, regime, shop, counts, cell):
    """Count a good deed; return what it adds to the deeds."""
    counts[cell + MERITS] += 1
    counts[cell + BENEFIT] += activity.social_fen
    counts[cell + HOURS] += activity.hours_tenths
    counts[cell + SORTED] += activity.sorts
    deeds = DID_GOOD if activity.cheap == 0 else 0
    if activity.sorts == 1:
        paid = np.int64(sorting_reward(activity, regime, shop) * 100.0)
        counts[cell + REWARDS] += paid
        return deeds | GOT_GOODS if paid > 0 else deeds
    return deeds | GOT_CASH if activity.reward_yuan > 0.0 else deeds


@compiled_inline
def _is_recorded(agent, activity, posting, regime, rank, channel, luck):
    """Say whether what a channel noticed is filed."""
    if posting.items[channel] < 0:
        return False
    has_file = is_filed(agent, regime, rank)
    if is_scored(agent, regime, rank) == 0 or (posting.needs_file == 1 and has_file == 0):
        return False
    if channel == NEIGHBOUR and posting.account == 1 and regime.neighbour_reports_on == 0:
        return False
    if channel == SELF_REPORT and agent.sex < NO_SEX and agent.awareness & KNOWS_ITEMS == 0:
        return False
    return luck < regime.filing[max(0, np.int64(activity.setting) - 2), has_file, channel]


@compiled
def found_by_visit(activity):
    """Return the 32-bit border below which it is the visit, not another inspector, that saw an act."""
    return activity.seen_given_visit * draws.TWO_32


@compiled
def fill_borders(activity, visited, complaint_factor, borders):
    """Write below which 32-bit word each channel notices an act, if those before it did not."""
    left = 1.0
    border = 0.0
    for channel in range(7):
        chance = activity.channels[channel]
        if channel == 0 and visited == 1:
            chance = chance + activity.seen_given_visit
        elif channel == COMPLAINT or (channel == COURT and activity.obligation >= 0):
            chance = chance * complaint_factor
        if chance > 0.0:
            chance = min(chance, 1.0)
            border = border + left * chance
            left = left * (1.0 - chance)
        borders[channel] = border * draws.TWO_32


@compiled
def first_channel(borders, luck):
    """Return the first channel that notices an act, or -1; one 32-bit word decides for all channels."""
    if luck >= borders[6]:  # borders never fall
        return -1
    for channel in range(6):
        if luck < borders[channel]:
            return channel
    return 6


def belief_terms() -> np.ndarray:
    """Return the weight of a new signal and the largest belief."""
    return np.array([assumed("belief.learning_share"), assumed("belief.largest")])


@compiled_inline
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
