"""Turn the activity catalogue into one flat record array that the compiled month reads."""

from __future__ import annotations

import functools

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.core.draws import logistic_quantiles, lognormal_multipliers, threshold
from creditsim.core.fields import with_fields
from creditsim.model.choice import breach_utility, count_acting, merit_utility
from creditsim.population.agents import AGENT
from creditsim.population.marginals import read_district
from creditsim.spec.activities import Activity, activities, inspection_weights
from creditsim.spec.assumptions import assumed
from creditsim.spec.calibration import corrections
from creditsim.spec.levers import levers
from creditsim.spec.vocabulary import CHANNELS, KINDS, SETTINGS, TRAITS

ACTIVITY = np.dtype(
    [
        ("breach", "u1"),
        ("kinds", "u4"),
        ("all_traits", "u4"),
        ("any_traits", "u4"),
        ("opportunity", "i8"),
        ("alpha", "f8"),
        ("tau", "f8"),
        ("stake_yuan", "f8"),
        ("spread", "i4"),
        ("reward_yuan", "f8"),
        ("fine_yuan", "f8"),
        ("sanction_yuan", "f8"),
        ("channels", "f8", (len(CHANNELS),)),
        ("seen_given_visit", "f8"),
        ("base_share", "f8"),
        ("visible_share", "f8"),
        ("social_fen", "i8"),
        ("setting", "u1"),
        ("cheap", "u1"),
        ("sorts", "u1"),
        ("tutoring", "u1"),
        ("local", "u1"),
        ("obligation", "i1"),
        ("hours_tenths", "i4"),
        ("due", "u1"),
        ("strained", "i8"),
    ]
)
"""One activity: bit masks of kinds and traits, a 32-bit opportunity threshold, money in yuan or fen."""

SORTING = "res-waste-sorting"
TUTORING = "tch-paid-tutoring"
DISCHARGE = "ent-environment-discharge"
"""Activities that outcomes single out."""

OBLIGATIONS = ("ag-payment-arrears", "ag-broken-promise")
"""Activities that break a contract or promise of a public body; `ACTIVITY.obligation` is the place, or -1."""

SINGLE, RECURRING, TRADE = 1, 2, 3
"""How a due falls due, ``ACTIVITY.due``; 0 for what is no due."""

SUPERVISION = "school.supervision_visits_per_month"
"""Lever whose off value is the baseline's visits to schools and tutoring institutions."""

DISTRICT = "weihai-etdz"
"""District whose dispositions and base rates the constants are solved for."""

CALIBRATION_POINTS = 4096
_CALIBRATION_STEPS = 44
_ALPHA_BOUND = 64.0


@functools.cache
def spreads() -> tuple[float, ...]:
    """Return the distinct log standard deviations of stakes; ``ACTIVITY.spread`` indexes them."""
    return tuple(sorted({activity.log_sd for activity in activities()}))


@functools.cache
def activity_number(name: str) -> int:
    """Return the number of an activity: its place in the catalogue and in every table by activity."""
    return [activity.id for activity in activities()].index(name)


def breach_bits(table: np.ndarray) -> np.uint64:
    """Return the activities of a table that are breaches as bits, as in `MEMORY.did`."""
    return np.uint64(sum(1 << int(k) for k in np.flatnonzero(table.breach)))


@functools.cache
def stake_multipliers() -> np.ndarray:
    """Return multipliers of the median stake, shape (spreads, 4096), float64."""
    return np.stack([lognormal_multipliers(spread) for spread in spreads()])


@functools.cache
def money_multipliers() -> np.ndarray:
    """Return the 4,096 weights of money of the default district, as its population draws them."""
    return lognormal_multipliers(read_district(DISTRICT).money_weight_log_sd)


@functools.cache
def activity_table(sanction_elasticity: float) -> np.ndarray:
    """Return the record array of all activities, with alpha and tau solved.

    Parameters
    ----------
    sanction_elasticity : float
        Fall of a breach's log-odds per relative rise of its expected sanction; it sets
        tau, the noise of choice (MODEL: 0.3, range 0.1-0.6).

    Notes
    -----
    alpha reproduces the sourced base rate over the joint distribution of honesty, weight
    of money and stake, for agents with right beliefs who know no item. It is found by
    bisection on an integer count, so every machine finds the same bits. What points,
    fines and norms shift in the simulated baseline is taken back by the corrections of
    data/calibration.yaml.
    """
    table = np.zeros(len(activities()), dtype=ACTIVITY)
    for k, activity in enumerate(activities()):
        _fill(table[k], activity)
        table[k]["tau"] = _tau(activity, table[k], sanction_elasticity)
    records = with_fields(table)
    for k, activity in enumerate(activities()):
        added = corrections().get(activity.id)
        table[k]["alpha"] = solve_alpha(records, k) + (added.alpha if added else 0.0)
    table.setflags(write=False)
    return records


def visit_rate(activity: Activity) -> float:
    """Return the monthly chance of a visit for those who meet an activity, before any programme.

    Enterprises: the mean of the sector weights that its traits select; the weights split
    each inspection chance into a visit and what a visit sees. Schools: the baseline's
    supervision visits, spread evenly over the district's institutions.
    """
    if not activity.seen_given_visit:
        return 0.0
    if activity.kinds == ("school",):
        return levers()[SUPERVISION].off / float(read_district(DISTRICT).schools.sum())
    weights = inspection_weights()
    traits = [t for t in activity.any_traits + activity.all_traits if t in weights]
    chosen = [weights[t] for t in traits] or [weights["other"]]
    total = 0.0
    for weight in chosen:
        total += weight
    return total / len(chosen)


def solve_alpha(records: np.ndarray, k: int) -> float:
    """Return the alpha of activity `k` for which its base rate comes out."""
    points = CALIBRATION_POINTS
    visits = visit_rate(activities()[k])
    target = int(records[k].base_share * (points * 65536))
    low, high = -_ALPHA_BOUND, _ALPHA_BOUND
    typical, trial = calibration_records(records, k)
    money = money_multipliers()
    for _ in range(_CALIBRATION_STEPS):
        middle = (low + high) / 2.0
        trial[0].alpha = middle
        acting = count_population(
            typical, trial, stake_multipliers(), money, logistic_quantiles(), visits, points
        )
        if acting < target:
            low = middle
        else:
            high = middle
    return high


def calibration_records(records: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return an agent with right beliefs who knows no item, and a copy of activity `k`; arrays of one."""
    typical = with_fields(np.zeros(1, dtype=AGENT))
    typical[0].belief[:] = 1.0
    typical[0].trust = assumed("trust.start_share")
    typical[0].false_belief = assumed("belief.false_record_start_share")
    return typical, with_fields(np.array(records[k : k + 1]))


@compiled
def count_population(typical, trial, stakes, money, quantiles, visits, points):
    """Count (agent, noise) pairs that act, over a lattice of dispositions and stakes.

    The lattice is Korobov's with multiplier 1,235: point j has coordinates
    (j + 1/2) / points, then j times 1,235 and 1,235 squared modulo the number of points.
    """
    agent = typical[0]
    activity = trial[0]
    count = 0
    for j in range(points):
        second = (j * 1235) % points
        third = (second * 1235) % points
        disposition = (second + 0.5) / points
        agent.honesty = disposition
        agent.prosociality = disposition
        agent.money_weight = money[(third * 4096) // points]
        stake = activity.stake_yuan * stakes[activity.spread, (j * 4096) // points]
        if activity.breach == 1:
            seen = base_detection(activity, visits)
            utility = breach_utility(agent, activity, stake, seen, activity.sanction_yuan)
        else:
            utility = merit_utility(agent, activity, stake, activity.reward_yuan)
        count += count_acting(utility, activity.tau, quantiles)
    return count


@compiled
def base_detection(activity, visits):
    """Return the chance that at least one channel notices an act, at baseline visits."""
    missed = 1.0
    for channel in range(7):
        chance = activity.channels[channel]
        if channel == 0:
            chance = chance + visits * activity.seen_given_visit
        if chance >= 1.0:
            return 1.0
        missed = missed * (1.0 - chance)
    return 1.0 - missed


def _fill(row: np.void, activity: Activity) -> None:
    """Write one activity of the catalogue into its record; alpha and tau come later."""
    row["breach"] = activity.direction == "breach"
    row["kinds"] = _mask(activity.kinds, KINDS)
    row["all_traits"] = _mask(activity.all_traits, TRAITS)
    row["any_traits"] = _mask(activity.any_traits, TRAITS)
    row["opportunity"] = threshold(activity.opportunity_rate)
    row["stake_yuan"] = activity.stake_yuan
    row["spread"] = spreads().index(activity.log_sd)
    row["reward_yuan"] = activity.reward_yuan
    row["fine_yuan"] = activity.fine_yuan
    row["sanction_yuan"] = activity.fine_yuan or activity.fine_substitute_yuan
    row["channels"] = [activity.channels.get(channel, 0.0) for channel in CHANNELS]
    row["seen_given_visit"] = activity.seen_given_visit or 0.0
    row["base_share"] = activity.base_rate
    row["visible_share"] = activity.visible_share
    row["social_fen"] = round(activity.social_yuan * 100)
    row["setting"] = SETTINGS.index(activity.setting)
    gamed = activity.direction == "merit" and activity.gaming
    row["cheap"] = gamed and activity.social_yuan <= assumed("gaming.cheap_benefit_yuan")
    row["sorts"] = activity.id == SORTING
    row["tutoring"] = activity.id == TUTORING
    row["obligation"] = OBLIGATIONS.index(activity.id) if activity.id in OBLIGATIONS else -1
    row["local"] = activity.items[0].startswith(("rural-", "comm-"))
    row["hours_tenths"] = round((activity.hours or 0) * 10)
    row["due"] = ("", "single", "recurring", "trade").index(activity.due)
    row["strained"] = threshold(activity.strained_share)


def _tau(activity: Activity, row: np.void, elasticity: float) -> float:
    """Return the noise of a choice: p0 F / (elasticity * s), floored and capped; merits by assumption."""
    if activity.direction == "merit":
        return assumed("choice.tau_merit")
    expected = base_detection(row, visit_rate(activity)) * float(row["sanction_yuan"])
    tau = expected / (elasticity * activity.stake_yuan)
    return min(max(tau, assumed("choice.tau_floor")), assumed("choice.tau_cap"))


def _mask(words: tuple[str, ...], vocabulary: tuple[str, ...]) -> int:
    """Return the bit mask of words of a vocabulary."""
    mask = 0
    for word in words:
        mask |= 1 << vocabulary.index(word)
    return mask
