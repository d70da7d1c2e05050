"""Known cases in which more detection, or more care, brings more breaches: shown with the package's parts.

The control takes away what turns the relation round; then it must not be turned.
"""

from __future__ import annotations

import numpy as np
from checks import Check, Finding, Size
from small_parts import one_activity, uniform

from creditsim.core import draws
from creditsim.core.fields import with_fields
from creditsim.model import choice
from creditsim.model.phases.inspection import class_ratios
from creditsim.model.phases.learning import _move
from creditsim.model.phases.noticing import fill_borders, first_channel
from creditsim.model.state import GOT_CASH
from creditsim.population.agents import AGENT
from creditsim.scoring.enterprise import CLASSES
from creditsim.spec.assumptions import assumed


def _share(utility: float, tau: float) -> float:
    """Return the share of noise values with which an agent of a utility acts."""
    table = draws.logistic_quantiles()
    return choice.count_acting(utility, tau, table) / len(table)


def _month(number: int, month: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a month's noise and its words of notice."""
    noise = draws.logistic_quantiles()[(uniform(400, number, 0, month) * 65536).astype(np.int64)]
    return noise, (uniform(400, number, 1, month) * draws.TWO_32).astype(np.int64)


def _borders(chance: float) -> np.ndarray:
    """Return the borders of one channel."""
    borders = np.empty(7)
    fill_borders(one_activity(channels=[0, chance, 0, 0, 0, 0, 0]), False, 1.0, borders)
    return borders


def crowding_out(size: Size, crowding: float = 0.2) -> Finding:
    """A small fine, often: it deters less than it takes of the honest motive (Gneezy and Rustichini 2000).

    500 agents, half a year of burn-in and three years, detection 0.02 against 0.6; the fine counts as cash.
    """
    breaches = [_crowded(chance, crowding, max(500, 5 * size.cases)) for chance in (0.02, 0.6)]
    rise = breaches[1] - breaches[0]
    return Finding(
        rise > 0, 2, rise, note=f"breaching {breaches[0]:.3f} with detection 0.02, {breaches[1]:.3f} with 0.6"
    )


def _crowded(chance: float, crowding: float, number: int) -> float:
    agents = with_fields(np.zeros(number, AGENT))
    agents.belief, agents.money_weight, agents.trust, agents.honesty = 1.0, 1.0, 0.5, 1.0
    agents.grade = 3
    activity = one_activity(channels=[0, chance, 0, 0, 0, 0, 0], alpha=-0.5)
    borders, zeros, total = _borders(chance), np.zeros(number, np.uint8), 0
    terms = np.array(
        [
            0.5,
            0,
            0,
            0,
            assumed("crowding.recovery_share"),
            assumed("crowding.in_kind_share"),
            crowding,
            0.0,
            0.0,
            0.0,
        ]
    )
    for month in range(42):
        noise, luck = _month(number, month)
        deeds = np.zeros(number, np.uint8)
        for row in range(number):
            seen = choice.perceived_detection(agents[row], activity, 0.0, 1.0)
            if choice.acts(choice.breach_utility(agents[row], activity, 0.0, seen, 0.05), 0.5, noise[row]):
                total += month >= 6
                deeds[row] = GOT_CASH * (first_channel(borders, luck[row]) >= 0)
        _move(0, number, agents, deeds, zeros, zeros, zeros, terms, zeros)
    return total / number / 36


CUTOFFS, STEPS, WIDTH = np.array([600_000.0]), np.array([1.0]), 20_000.0


def nothing_left_to_lose(size: Size, cutoff: float = 600_000.0) -> Finding:
    """More visits than announced: who fell below the last cutoff has nothing left to lose, and breaches more.

    An entry takes 200 points for good; the worth of the grade is what is at risk. In the control the cutoff
    lies so low that nobody falls below it.
    """
    number, breaches = max(500, 5 * size.cases), []
    cutoffs = np.array([cutoff])
    for chance in (0.1, 0.5):
        score, total = np.full(number, 1_000_000), 0
        borders = _borders(chance)
        agent = with_fields(np.zeros(1, AGENT))
        agent.belief, agent.money_weight = 1.0, 1.0
        reckoned = one_activity(channels=[0, 0.1, 0, 0, 0, 0, 0])
        seen = choice.perceived_detection(agent[0], reckoned, 0.0, 1.0)
        for month in range(36):
            noise, luck = _month(number, month)
            worth = {}
            for row in range(number):
                at = int(score[row])
                if at not in worth:
                    lost = choice.worth_of_loss(at, 1_000_000, cutoffs, STEPS, WIDTH) * 25.0
                    worth[at] = choice.breach_utility(agent[0], reckoned, 0.5, seen, lost)
                if choice.acts(worth[at], 0.8, noise[row]):
                    total += 1
                    score[row] -= 200_000 * (first_channel(borders, luck[row]) >= 0)
        breaches.append(total / number / 36)
    rise = breaches[1] - breaches[0]
    return Finding(
        rise > 0, 2, rise, note=f"breaching {breaches[0]:.3f} with detection 0.1, {breaches[1]:.3f} with 0.5"
    )


def strategic_inspector(size: Size, floor: float = 0.1) -> Finding:
    """An inspector that sends its visits where complaints come from leaves the others free to breach.

    Complaints about half of the firms rise tenfold; those fall to class D, visits follow the class under
    the same budget. In the control all visits go by lot.
    """
    weights = np.array([5000, 5000, 1000, 250], np.int64)
    agent = with_fields(np.zeros(1, AGENT))
    agent.belief, agent.money_weight = 1.0, 1.0
    shares = []
    for complained, classes in ((0.01, [3, 3]), (0.1, [0, 3])):
        firms = np.repeat(classes, 500)
        ratios = class_ratios(firms, weights, floor, 1.0)
        total = 0.0
        for group, chance, gain in ((0, complained, -6.0), (1, 0.01, 1.0)):
            activity = one_activity(channels=[0, chance, 0, 0, 0, 0, 0], seen_given_visit=1.0)
            seen = choice.perceived_detection(agent[0], activity, 0.1 * ratios[classes[group]], 1.0)
            total += 0.5 * _share(float(choice.breach_utility(agent[0], activity, gain, seen, 20.0)), 1.0)
        shares.append(total)
    rise = shares[1] - shares[0]
    return Finding(
        rise > 0,
        len(CLASSES),
        rise,
        note=f"breaching {shares[0]:.3f} before, {shares[1]:.3f} with more detection",
    )


EXCEPTIONS = (
    Check(
        "exception-crowding-out",
        "Known exception: more detection with a small fine brings more breaches, by crowding-out",
        "monotone",
        crowding_out,
        lambda size: crowding_out(size, crowding=0.0),
        "no crowding-out",
        "exception",
        "each fine counts as cash and takes of the honest motive; a fine of 5% of the stake deters little",
    ),
    Check(
        "exception-nothing-left-to-lose",
        "Known exception: more detection brings more breaches of those with nothing left to lose",
        "monotone",
        nothing_left_to_lose,
        lambda size: nothing_left_to_lose(size, cutoff=-1e9),
        "there is always a grade left to lose",
        "exception",
        "below the last cutoff entries cost nothing; the rise in detection is one that agents do not know of",
    ),
    Check(
        "exception-strategic-inspector",
        "Known exception: more detection of some firms brings more breaches, where visits follow classes",
        "monotone",
        strategic_inspector,
        lambda size: strategic_inspector(size, floor=1.0),
        "visits go by lot",
        "exception",
        "the visits that go to firms of class D are taken from the others",
    ),
)
