"""Treatment: what grades and events bring, who is wrongly penalised, funds, role models."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.agents import Enterprise, Resident, Villager
from benchmarks.plain_mesa.ledger import Entry, fold
from benchmarks.plain_mesa.records import enter
from benchmarks.plain_mesa.rules import CITY, DISTRICT, VILLAGE
from creditsim.model.budgets import whole_part
from creditsim.model.state import BASE_MP
from creditsim.population.agents import COMMUNITY
from creditsim.population.agents import VILLAGE as VILLAGE_SITE
from creditsim.spec.vocabulary import GRADES

if TYPE_CHECKING:
    from benchmarks.plain_mesa.base import CreditAgent
    from benchmarks.plain_mesa.model import PlainCreditModel

_AA = GRADES.index("AA")


def score_all(model: PlainCreditModel) -> None:
    """Fold the accounts that can have changed; in January the stars of the year before are carried."""
    catalogue = model.catalogue
    if model.month % 12 == 0 and catalogue.regimes[1].compact_on:
        for agent in model.agents_by_type[Villager]:
            if agent.regime.index == 1 and agent.star >= 3 and agent.on_file:
                item = catalogue.star_items[agent.star]
                points, month = catalogue.points_mp[item], model.month
                enter(model, Entry(agent, item, points, DISTRICT, month, month, False))
                agent.cell.posted_positive += 1
                agent.cell.bonus_points_mp += points
    for agent in model.agents:
        agent.score()


def treat(model: PlainCreditModel) -> None:
    """Give each agent what its grade or star is worth, warn low scorers, pay the funds."""
    for agent in model.agents:
        worth = agent.treat()
        if worth > 0:
            agent.cell.benefits_fen += worth
        elif worth < 0:
            agent.cell.penalties_fen -= worth
    _count_wrongly_penalised(model)
    model.agents_by_type[Enterprise].do("be_warned")
    _pay_funds(model)


def _count_wrongly_penalised(model: PlainCreditModel) -> None:
    """Count those whose grade would be worth more without false entries and others' acts."""
    still = set()
    for agent in model.hurt:
        files = agent.entries + agent.village_entries
        if agent.present and any(entry.stands and (entry.wrong or entry.for_another) for entry in files):
            still.add(agent)
            if agent.scored and _deserves_more(model, agent):
                agent.cell.wrongly_penalised += 1
    model.hurt = still


def _deserves_more(model: PlainCreditModel, agent: CreditAgent) -> bool:
    """Fold an account again without its false entries and compare what the grades are worth."""
    catalogue, worth, month = model.catalogue, agent.regime.worth_fen, model.month
    true, true_village = (
        [entry for entry in entries if not entry.wrong and not entry.for_another]
        for entries in (agent.entries, agent.village_entries)
    )
    score, grade, _ = fold(true, agent.regime.book, month)
    _, star, _ = fold(true_village, catalogue.village_book, month, catalogue.carried_mp[grade])

    def worth_of(grade: int, star: int, score_mp: int) -> int:
        city = worth[CITY][agent.code][catalogue.city_grade(score_mp)]
        return worth[DISTRICT][agent.code][grade] + worth[VILLAGE][agent.code][star] + city

    return worth_of(grade, star, score) > worth_of(agent.grade, agent.star, agent.score_mp)


def _pay_funds(model: PlainCreditModel) -> None:
    """Charge the village fund and the sub-districts' fund with the month's claims."""
    regime = model.catalogue.regimes[1]
    levers = regime.levers
    villagers, claimants = 0, []
    by_site = defaultdict(list)
    for agent in model.agents_by_type[Villager]:
        if agent.present and agent.regime is regime and agent.home.fund < regime.fund_sites:
            villagers += 1
            if agent.on_file:
                by_site[agent.site].append(agent)
    for members in by_site.values():
        model.random.shuffle(members)  # ties by lot
        members.sort(key=lambda agent: -agent.village_score_mp)
        best = members[: len(members) * regime.fund_top_ppm // 1_000_000]
        claimants += [agent for agent in best if agent.village_score_mp > BASE_MP]
    income = round(levers["village.fund_yuan_per_head_year"] * 100 * villagers) // 12
    _pay(model, 0, income, claimants, regime.fund_claim_fen)
    if levers["fund.subdistrict_yuan_per_head_year"]:
        residents = [
            each for each in model.agents_by_type[Resident] if each.present and each.regime is regime
        ]
        income = round(levers["fund.subdistrict_yuan_per_head_year"] * 100 * len(residents)) // 12
        claimants = [agent for agent in residents if agent.on_file and agent.grade >= _AA]
        _pay(model, 1, income, claimants, regime.subdistrict_claim_fen)


def _pay(model: PlainCreditModel, fund: int, income: int, claimants: list, claim: int) -> None:
    """Take in a month's income and pay equal claims pro rata; the remainder stays in the fund."""
    balance = model.funds[fund] + income
    each = claim if len(claimants) * claim <= balance else balance // len(claimants)
    for agent in claimants:
        agent.cell.fund_paid_fen += each
        agent.cell.benefits_fen += each
    model.funds[fund] = balance - each * len(claimants)


def name_role_models(model: PlainCreditModel) -> None:
    """Name the month's role models among adults with a good deed: the best-scored of sites drawn by lot."""
    on_display = {agent for agent, _, _ in model.named}
    for place in (VILLAGE_SITE, COMMUNITY):
        sites = [site for site in model.sites if site.kind == place]
        adults = [each for site in sites for each in site.inhabitants if each.is_adult and each.present]
        for regime in model.catalogue.regimes:
            there = [agent for agent in adults if agent.regime is regime]
            share = len(there) / max(len(model.adults), 1)
            monthly = regime.levers["publicity.role_models_count"] * share * model.scale / 12
            number = whole_part(round(monthly * 1000), model.month)
            if number:
                _name(model, there, number, on_display)
    kept, month, numbers = [], model.month, model.numbers
    for site in model.sites:
        site.named_lately = 0
    for agent, generation, named in model.named:
        if month - named < numbers.role_model_published and agent.present and agent.generation == generation:
            kept.append((agent, generation, named))
            agent.home.named_lately += month - named < numbers.role_model_shown
    model.named = kept
    for site in model.sites:
        site.role_models = min(site.named_lately * numbers.role_model_visible, numbers.role_model_most)


def _name(model: PlainCreditModel, adults: list, number: int, on_display: set) -> None:
    """Name the best of as many sites as there are names."""
    best: dict = {}
    for agent in adults:
        if agent.did_good and agent not in on_display and (agent.scored or not agent.regime.score_on):
            other = best.get(agent.home)
            if other is None or agent.score_mp > other.score_mp:
                best[agent.home] = agent
    candidates = list(best.values())
    model.random.shuffle(candidates)
    model.named += [(agent, agent.generation, model.month) for agent in candidates[:number]]
