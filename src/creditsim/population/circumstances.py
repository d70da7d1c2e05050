"""Draw what agents are disposed to and live on, and mark who knew of the scheme before the plan."""

from __future__ import annotations

import numpy as np

from creditsim.core.draws import DISPOSITION, INCOME, PERSON, TWO_32, exp_portable, threshold, words
from creditsim.core.draws import lognormal_multipliers as multipliers
from creditsim.population import people
from creditsim.population.agents import (
    AGENCY,
    ENTERPRISE,
    INSTITUTION,
    STUDENT,
    TRAIT_BIT,
    is_adult,
    is_aged,
    rows_of_kind,
)
from creditsim.population.marginals import STAGES, District
from creditsim.population.order import ascending, blocks
from creditsim.population.raking import pick
from creditsim.population.targets import Targets
from creditsim.spec.vocabulary import ACTIVE, AWARE, KNOWS_SCORE, REGISTERED

# Words drawn under DISPOSITION, by index; all four of the first block and one of the second.
_HONESTY, _PROSOCIALITY, _MONEY_WEIGHT, _PARENT_NEARBY, _TRUSTED = range(5)


def draw_dispositions(agents: np.ndarray, district: District, seed: int, replication: int) -> None:
    """Draw honesty, prosociality, weight of money and two circumstances of adults, in place.

    The same laws hold for all groups: no source says otherwise.
    """
    for part in blocks(len(agents)):
        _draw_block(agents[part], district, seed, replication)


def _draw_block(agents: np.ndarray, district: District, seed: int, replication: int) -> None:
    """Draw the dispositions of some agents."""

    def drawn(index: int) -> np.ndarray:
        return words(seed, replication, agents["slot"], 0, DISPOSITION, index)

    agents["honesty"] = (drawn(_HONESTY) + 0.5) / TWO_32
    agents["prosociality"] = (drawn(_PROSOCIALITY) + 0.5) / TWO_32
    agents["money_weight"] = multipliers(district.money_weight_log_sd)[drawn(_MONEY_WEIGHT) >> 20]
    adult = is_adult(agents)
    young = adult & ~is_aged(agents)
    parent = young & (drawn(_PARENT_NEARBY) < threshold(district.parent_nearby))
    trusted = adult & (drawn(_TRUSTED) < threshold(district.trusted_neighbour))
    agents["traits"] |= (parent * TRAIT_BIT["parent_nearby"]).astype(np.uint32)
    agents["traits"] |= (trusted * TRAIT_BIT["trusted_neighbour"]).astype(np.uint32)


def draw_incomes(
    agents: np.ndarray,
    district: District,
    targets: Targets,
    sizes: np.ndarray,
    schools: np.ndarray,
    agencies: np.ndarray,
    seed: int,
    replication: int,
) -> None:
    """Draw what agents live on, yuan a month, in place.

    Adults have disposable incomes, pupils pocket money, enterprises and tutoring institutions a turnover. The
    budgets of schools follow their pupils, those of agencies their staff; neither is drawn.

    Parameters
    ----------
    sizes : ndarray of int
        Size of each enterprise, an index in the marginals.
    """
    step = np.empty(len(agents), np.int16)
    for part in blocks(len(agents)):
        step[part] = words(seed, replication, agents["slot"][part], 0, INCOME) >> 20
    income = agents["income_yuan_month"]
    firms = rows_of_kind(agents, ENTERPRISE)
    turnover = district.turnover_by_size[sizes] / 12.0
    income[firms] = turnover * multipliers(district.turnover_log_sd)[step[firms]]

    median = np.array([exp_portable(mu) / 12.0 for mu in district.income_mu.tolist()])
    spread = np.stack([multipliers(log_sd) for log_sd in district.income_log_sd.tolist()])
    for part in blocks(len(agents)):
        adults = part.start + np.flatnonzero(is_adult(agents[part]))
        residence = agents["residence"][adults]
        income[adults] = median[residence] * spread[residence, step[adults]]

    pupils = rows_of_kind(agents, STUDENT)
    income[pupils] = district.pocket_money * multipliers(district.pocket_money_log_sd)[step[pupils]]

    institutions = rows_of_kind(agents, INSTITUTION)
    tutoring = district.tutoring_turnover / 12.0 * multipliers(district.tutoring_turnover_log_sd)
    of_stage = np.maximum(targets.schools.sum(axis=1), 1)
    budget = district.pupils * targets.scale / of_stage * district.school_budget / 12.0
    income[institutions] = np.where(
        schools["stage"] == STAGES.index("tutoring"), tutoring[step[institutions]], budget[schools["stage"]]
    )
    income[rows_of_kind(agents, AGENCY)] = agencies["staff"] * (district.agency_budget / 12.0)


def mark_awareness(
    adults: np.ndarray, order: np.ndarray, district: District, seed: int, replication: int
) -> None:
    """Mark who knows the scheme, is registered in its app and uses it, before the plan, in place.

    Only people online can be registered; enterprises start unaware, their
    representatives count as persons.
    """

    def first(candidates: np.ndarray, index: int, count: int) -> np.ndarray:
        lots = words(seed, replication, order[candidates], 0, PERSON, index)
        chosen = pick(lots, np.zeros(len(lots), np.uint8), np.array([count]))
        return candidates[chosen][ascending(lots[chosen])]

    registered_target = district.app_registered * len(adults)
    registered = first(
        np.flatnonzero(adults["online"] == 1), people.LOT_REGISTERED, int(registered_target + 0.5)
    )
    adults["awareness"][registered] |= AWARE | REGISTERED
    active = first(registered, people.LOT_ACTIVE, int(district.app_active * registered_target + 0.5))
    adults["awareness"][active] |= ACTIVE | KNOWS_SCORE
    others = np.flatnonzero(adults["awareness"] == 0)
    aware = int(district.aware * len(adults) + 0.5) - len(registered)
    adults["awareness"][first(others, people.LOT_AWARE, aware)] |= AWARE
