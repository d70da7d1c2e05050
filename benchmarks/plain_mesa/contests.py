"""Contests: titles, awards, posts, honours and membership, by merit and score."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.agents import CLASSES
from creditsim.model.books import CITY_BOOK, VILLAGE_BOOK
from creditsim.model.budgets import whole_part
from creditsim.model.state import BASE_MP
from creditsim.population.agents import TRAIT_BIT
from creditsim.spec.contests import Contest, check_chance
from creditsim.spec.contests import contests as contest_catalogue
from creditsim.spec.vocabulary import GRADES, KINDS

if TYPE_CHECKING:
    from benchmarks.plain_mesa.base import CreditAgent
    from benchmarks.plain_mesa.model import PlainCreditModel

_HONESTY_SD = 12.0**-0.5


def hold_contests(model: PlainCreditModel) -> None:
    """Decide the month's contests: slots go to the highest (1 - w) * merit + w * score in the pool."""
    for contest in contest_catalogue():
        if model.month % 12 + 1 in contest.months:
            candidates = _candidates(model, contest)
            if contest.where == "vacancy":
                _fill_vacancies(model, contest, candidates)
            else:
                for pool in _pools(contest, candidates):
                    _decide(model, contest, pool, _slots(model, contest, len(pool)), pool)


def _candidates(model: PlainCreditModel, contest: Contest) -> list[CreditAgent]:
    """Return the agents that may compete: kind and traits fit, present, not a winner for good."""
    traits = sum(TRAIT_BIT[trait] for trait in contest.all_traits)
    return [
        agent
        for kind in contest.kinds
        for agent in model.agents_by_type[CLASSES[KINDS.index(kind)]]
        if agent.present and agent.traits & traits == traits and contest.id not in agent.won
    ]


def _pools(contest: Contest, candidates: list[CreditAgent]) -> list[list[CreditAgent]]:
    """Return the pools by site, by employer or of the district."""
    if contest.where == "district":
        return [candidates] if candidates else []
    pools = defaultdict(list)
    for agent in candidates:
        if contest.where == "site":
            pools[agent.site].append(agent)
        elif agent.employer is not None and agent.employer.present:
            pools[agent.employer].append(agent)
    return [pool for pool in pools.values() if len(pool) >= contest.smallest_pool]


def _slots(model: PlainCreditModel, contest: Contest, size: int) -> int:
    """Return the slots of a pool; fractions by lot."""
    slots = int(size * contest.slots_per_1000 / 1000 + model.random.random())
    return min(max(slots, contest.least_slots), size)


def _fill_vacancies(model: PlainCreditModel, contest: Contest, candidates: list[CreditAgent]) -> None:
    """Fill the vacancies of each area among applicants by lot, ranked among all who apply there."""
    jobs, by_area = defaultdict(int), defaultdict(list)
    for agent in model.agents:
        employer = agent.employer
        if employer is not None and agent.present and employer.kind == "enterprise" and employer.present:
            jobs[employer.area] += 1
    for agent in candidates:
        by_area[agent.area].append(agent)
    number = contest.applicants_per_slot
    for area, there in by_area.items():
        wanted = whole_part(round(jobs[area] * contest.slots_per_1000), model.month)
        held = min(wanted, len(there) // number)
        applicants = model.random.sample(there, held * number)
        for first in range(0, len(applicants), number):
            _decide(model, contest, applicants[first : first + number], 1, applicants)


def _decide(
    model: PlainCreditModel, contest: Contest, pool: list[CreditAgent], slots: int, ranked: list[CreditAgent]
) -> None:
    """Give the slots of a pool by merit and score, and count what the score changed."""
    if not slots:
        return
    numbers, random = model.numbers, model.random
    weights = [regime.levers[contest.lever] for regime in model.catalogue.regimes]
    if contest.field and contest.after_check:
        inside = sum(agent.regime.index for agent in pool) / len(pool)
        outside, under = (check_chance(contest.field, regime.levers) for regime in model.catalogue.regimes)
        if random.random() >= outside + (under - outside) * inside:
            weights = [0.0, 0.0]
    merit = {}
    for agent in ranked:
        worth = agent.ability + numbers.integrity * (agent.honesty - 0.5) / _HONESTY_SD
        merit[agent] = worth + numbers.merit_noise * random.gauss(0.0, 1.0)
    by_merit = _ranks(ranked, merit)
    lots = {agent: random.random() for agent in pool}
    usual = sorted(pool, key=lambda agent: (-by_merit[agent], lots[agent]))[:slots]
    winners = usual
    if any(weights):
        by_score = _ranks(ranked, {agent: _score(agent, contest) for agent in ranked})

        def place(agent: CreditAgent) -> tuple:
            weight = weights[agent.regime.index]
            barred = weight > 0 and _is_barred(agent, contest)
            return barred, -((1.0 - weight) * by_merit[agent] + weight * by_score[agent]), lots[agent]

        winners = sorted(pool, key=place)[:slots]
    prize = round(contest.prize_yuan * 100)
    for agent in winners:
        agent.cell.contest_slots += 1
        if contest.once:
            agent.won.add(contest.id)
    if winners is not usual:
        for agent in set(winners) - set(usual):
            agent.cell.slots_changed += 1
            agent.cell.benefits_fen += prize
        for agent in set(usual) - set(winners):
            agent.cell.penalties_fen += prize


def _ranks(pool: list[CreditAgent], keys: dict) -> dict[CreditAgent, float]:
    """Return ranks 0 to 1 in a pool, equals sharing their mean rank."""
    order = sorted(pool, key=keys.__getitem__)
    ranks, start, last = {}, 0, max(len(order) - 1, 1)
    while start < len(order):
        stop = start + 1
        while stop < len(order) and keys[order[stop]] == keys[order[start]]:
            stop += 1
        for agent in order[start:stop]:
            ranks[agent] = (start + stop - 1) / 2 / last
        start = stop
    return ranks


def _score(agent: CreditAgent, contest: Contest) -> int:
    """Return the score that counts; without the file that counts, the base score."""
    if not (agent.on_file if contest.needs_file else agent.scored):
        return BASE_MP
    return agent.village_score_mp if contest.book == VILLAGE_BOOK else agent.score_mp


def _is_barred(agent: CreditAgent, contest: Contest) -> bool:
    """Say whether the agent's grade or star stands behind all others."""
    if not contest.bar_grades or not agent.regime.levers["penalty.persons_on"]:
        return False
    if not (agent.on_file if contest.needs_file else agent.scored):
        return False
    if contest.book == VILLAGE_BOOK:
        return f"star{agent.star}" in contest.bar_grades
    city = contest.book == CITY_BOOK
    grade = agent.model.catalogue.city_grade(agent.score_mp) if city else agent.grade
    return GRADES[grade] in contest.bar_grades
