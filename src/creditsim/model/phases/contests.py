"""Contests: titles, awards, posts, cadres, honours and membership, by merit and score."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.months import NO_MONTH
from creditsim.model.books import CITY_BOOK, VILLAGE_BOOK
from creditsim.model.budgets import smallest, whole_part
from creditsim.model.coverage import ON_FILE, SCORED, file_status
from creditsim.model.regimes import Rules
from creditsim.model.slots import ONE, count_in_setting, count_slots, decide, merit_key, pool_ranks, worth
from creditsim.model.state import BASE_MP, State, kind_rows
from creditsim.population.agents import ENTERPRISE, TRAIT_BIT
from creditsim.spec.contests import Contest, check_chance
from creditsim.spec.contests import contests as contest_catalogue
from creditsim.spec.vocabulary import GRADES

LOW_GRADE = GRADES.index("B")
"""The highest grade of a firm that counts as low."""

# Words of CONTEST, eight for each contest by its number: of the candidate, then of the pool.
_NOISE, _LOT, _APPLIES, _FRACTION, _CHECK = range(5)
_WORDS = 8


class Pools(NamedTuple):
    """Candidates: rows, pool of each, those among whom it is ranked; slots and key of draws of each pool."""

    rows: np.ndarray
    group: np.ndarray
    ranked_in: np.ndarray
    slots: np.ndarray
    keys: np.ndarray


def contests(state: State, rules: Rules) -> None:
    """Decide the month's contests: slots go to the highest (1 - w) * merit + w * score in the pool.

    Merit (worth seen with noise) and score enter as ranks in 0 to 1 of the pool; who applies for a
    vacancy is ranked among all who apply in the area this month. Contests are held in
    every scenario; outside the programme w is 0. In a pool of both regimes each candidate's
    index takes the weight of its own. A candidate without the score or file that counts stands
    with the base score, neither ahead nor behind. Weights that follow from credit checks
    count only in pools drawn for a check. Low grades stand behind all others where
    restrictions on persons are on. What the score gives and takes is counted as benefit and
    penalty; the prizes themselves are given in any case.
    """
    for name in ("decisions", "decisions_checked", "firm_awards", "firm_awards_low", "slots_offered"):
        state.public[name] = 0
    _forget_former_holders(state)
    for number, contest in enumerate(contest_catalogue()):
        if state.month % 12 + 1 in contest.months:
            _hold(state, rules, number, contest)


def _forget_former_holders(state: State) -> None:
    """Clear what is remembered of a slot's former holder."""
    memory, leavers = state.contests, state.turnover.leavers
    memory.won[leavers] = 0
    memory.report_month[leavers[leavers < len(memory.report_month)]] = NO_MONTH


def _hold(state: State, rules: Rules, number: int, contest: Contest) -> None:
    """Hold one contest in all its pools."""
    make = _vacancies if contest.where == "vacancy" else _pools
    pools = make(state, number, contest)
    rows, group = pools.rows, pools.group
    if not len(rows):
        return
    weight, checked = _weights(state, rules, number, contest, pools)
    counts_with = file_status(state, rules, rows) >= (ON_FILE if contest.needs_file else SCORED)
    true_worth = worth(state, rows)
    barred = _barred(state, rules, contest, rows) & counts_with & (weight > 0)
    decision = decide(
        group,
        pools.slots,
        pool_ranks(pools.ranked_in, merit_key(true_worth, _words(state, rows, number, _NOISE))),
        pool_ranks(pools.ranked_in, np.where(counts_with, _scores(state, contest, rows), BASE_MP)),
        weight,
        barred,
        _words(state, rows, number, _LOT),
    )
    state.public["slots_offered"] += int(pools.slots.sum())
    prize = np.full(len(rows), round(contest.prize_yuan * 100), np.int64)
    count_slots(state, rows, group, decision, true_worth, prize, contest.setting)
    count_in_setting(state, "contest_barred", contest.setting, rows[barred])
    if contest.once:
        state.contests.won[rows[decision.actual]] |= 1 << number
    if contest.field:
        state.public["decisions"] += int(np.count_nonzero(decision.actual))
        state.public["decisions_checked"] += int(np.count_nonzero(decision.actual & checked[group]))
    if contest.kinds == ("enterprise",):
        count_firm_awards(state, rows[decision.actual])


def count_firm_awards(state: State, rows: np.ndarray) -> None:
    """Count public money won by firms, and by those of a low grade."""
    state.public["firm_awards"] += len(rows)
    state.public["firm_awards_low"] += int(np.count_nonzero(state.agents.grade[rows] <= LOW_GRADE))


def _pools(state: State, number: int, contest: Contest) -> Pools:
    """Return the pools by site, by employer or of the district, with their slots; fractions by lot."""
    agents = state.agents
    rows = _candidates(state, number, contest)
    if contest.where == "site":
        place = agents.site[rows].astype(np.int64)
    elif contest.where == "employer":
        rows = rows[agents.employer[rows] >= 0]
        rows = rows[agents.present[agents.employer[rows]] == 1]  # nobody rises where nobody runs the firm
        place = agents.slot[agents.employer[rows]].astype(np.int64)
    else:
        place = np.zeros(len(rows), np.int64)
    keys, group = np.unique(place, return_inverse=True)
    size = np.bincount(group, minlength=len(keys))
    drawn = draws.words(
        state.seed, state.replication, keys, state.month, draws.CONTEST, _WORDS * number + _FRACTION
    )
    millionths = size * round(contest.slots_per_1000 * 1000)
    slots = np.maximum((millionths + drawn * ONE // 2**32) // ONE, contest.least_slots)
    slots = np.where(size >= contest.smallest_pool, np.minimum(slots, size), 0)
    return Pools(rows, group, group, slots, keys)


def _vacancies(state: State, number: int, contest: Contest) -> Pools:
    """Return one pool a vacancy: applicants by lot from the employer's area, nobody for two of them."""
    areas = len(state.population.areas)
    jobs = np.zeros(areas, np.int64)
    _count_jobs(state.agents, jobs)
    everyone = _candidates(state, number, contest)
    home = state.agents.area[everyone]
    candidates = np.bincount(home, minlength=areas)
    wanted = [whole_part(round(int(each) * contest.slots_per_1000), state.month) for each in jobs]
    held = np.minimum(wanted, candidates // contest.applicants_per_slot)
    applicants = held * contest.applicants_per_slot
    lots = _words(state, everyone, number, _APPLIES)
    chosen, group, ranked_in, vacancies = [], [], [], 0
    for area, there in enumerate(_lowest_lots(lots, home, applicants, candidates)):
        there = there[smallest(lots[there], int(applicants[area]))]
        line = there[np.argsort(lots[there], kind="stable")]
        chosen.append(everyone[line])
        group.append(vacancies + np.arange(len(line)) // contest.applicants_per_slot)
        ranked_in.append(np.full(len(line), area))
        vacancies += int(held[area])
    columns = (np.concatenate(each) for each in (chosen, group, ranked_in))
    return Pools(*columns, np.ones(vacancies, np.int64), np.arange(vacancies))


@compiled
def _count_jobs(agents, by_area):
    """Add those who work at an enterprise to its area."""
    for row in range(agents.shape[0]):
        agent = agents[row]
        if agent.employer >= 0 and agent.present == 1:
            employer = agents[agent.employer]
            if employer.kind == ENTERPRISE and employer.present == 1:
                by_area[employer.area] += 1


def _lowest_lots(
    lots: np.ndarray, area: np.ndarray, wanted: np.ndarray, there: np.ndarray
) -> list[np.ndarray]:
    """Return for each area the places of its candidates with low lots, ascending: all those wanted, and more.

    Lots are uniform, so a border a little above the expected one leaves few; where it left too
    few, all stay.
    """
    margin = np.where(wanted > 0, wanted + 6.0 * np.sqrt(wanted) + 16.0, 0.0)
    border = np.minimum(margin / np.maximum(there, 1), 1.0) * draws.TWO_32
    low = np.flatnonzero(lots < border[area])
    found = []
    for code in range(len(wanted)):
        mine = low[area[low] == code]
        found.append(mine if len(mine) >= wanted[code] else np.flatnonzero(area == code))
    return found


def _candidates(state: State, number: int, contest: Contest) -> np.ndarray:
    """Return the rows that may compete: kind and traits fit, present, not a winner for good."""
    traits = np.uint32(sum(TRAIT_BIT[trait] for trait in contest.all_traits))
    won = np.uint32(1 << number if contest.once else 0)
    found = []
    for of in (kind_rows(state, kind) for kind in contest.kinds):
        rows = np.empty(of.stop - of.start, np.int64)
        fit = _find_candidates(of.start, of.stop, state.agents, traits, state.contests.won, won, rows)
        found.append(rows[:fit])
    return np.concatenate(found)


@compiled
def _find_candidates(low, high, agents, traits, won, bit, rows):
    """Write the rows that are present, have all traits and have not won; return their number."""
    number = 0
    for row in range(low, high):
        agent = agents[row]
        if agent.present == 1 and agent.traits & traits == traits and won[row] & bit == 0:
            rows[number] = row
            number += 1
    return number


def _words(state: State, rows: np.ndarray, number: int, lane: int) -> np.ndarray:
    """Return this month's word of each candidate for a contest."""
    index = _WORDS * number + lane
    return state.words(rows, draws.CONTEST, index)


def _weights(
    state: State, rules: Rules, number: int, contest: Contest, pools: Pools
) -> tuple[np.ndarray, np.ndarray]:
    """Return each candidate's weight in millionths, and for each pool whether credit was looked at.

    The chance of a check is mixed by the share of a pool's candidates under the programme. A
    weight that holds by its own rule, without checks, is a look at the file as well.
    """
    active = state.active[pools.rows]
    by_regime = np.array([round(values[contest.lever] * ONE) for values in rules.values], np.int64)
    weight = by_regime[active]
    if not contest.field:
        return weight, np.zeros(len(pools.slots), np.bool_)
    inside = np.bincount(pools.group, active, minlength=len(pools.slots))
    share = inside / np.maximum(np.bincount(pools.group, minlength=len(pools.slots)), 1)
    outside, under = (check_chance(contest.field, values) for values in rules.values)
    drawn = draws.words(
        state.seed, state.replication, pools.keys, state.month, draws.CONTEST, _WORDS * number + _CHECK
    )
    checked = drawn < (outside + (under - outside) * share) * draws.TWO_32
    if contest.after_check:
        return np.where(checked[pools.group], weight, 0), checked
    looked = np.bincount(pools.group, weight > 0, minlength=len(pools.slots)) > 0
    return weight, checked | looked


def _scores(state: State, contest: Contest, rows: np.ndarray) -> np.ndarray:
    """Return the score that counts, in milli-points."""
    if contest.book == VILLAGE_BOOK:
        return state.agents.village_score_mp[rows].astype(np.int64)
    return state.agents.score_mp[rows].astype(np.int64)


def _barred(state: State, rules: Rules, contest: Contest, rows: np.ndarray) -> np.ndarray:
    """Say who has a grade or star, of the contest's book, that stands behind all others."""
    agents = state.agents
    on = np.array([bool(values["penalty.persons_on"]) for values in rules.values])
    if not contest.bar_grades or not on.any():
        return np.zeros(len(rows), np.bool_)
    if contest.book == VILLAGE_BOOK:
        low = np.isin(agents.star[rows], [int(star.removeprefix("star")) for star in contest.bar_grades])
    else:
        grade = agents.grade[rows]
        if contest.book == CITY_BOOK:
            grade = np.searchsorted(rules.book.city_cutoffs_mp, agents.score_mp[rows], side="right")
        low = np.isin(grade, [GRADES.index(grade) for grade in contest.bar_grades])
    return low & on[state.active[rows]]
