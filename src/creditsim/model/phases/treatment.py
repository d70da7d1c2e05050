"""Treatment: what grades, stars and events bring, paid out of budgets that can run dry."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.threads import in_parts
from creditsim.model.chains import FOR_ANOTHER, OVER_REPORTED, REPAIRED, VOIDED, WRONG
from creditsim.model.coverage import ON_FILE, status_of
from creditsim.model.ladders import CITY, DISTRICT, VILLAGE, code_worth_yuan
from creditsim.model.packing import gather
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import Rules
from creditsim.model.state import BASE_MP, POSTED, State, kind_rows
from creditsim.population.agents import VILLAGER, has_trait
from creditsim.scoring.fold import fold_account
from creditsim.scoring.ledger import ENTRY
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import GRADES

_AA = GRADES.index("AA")
_BENEFITS, _PENALTIES, _DENIED = range(3)
_COLUMNS = [QUANTITIES.index(name) for name in ("benefits_fen", "penalties_fen", "denied_thousandths")]


def treatment(state: State, rules: Rules, threads: int = 1) -> None:
    """Give each agent what its grade or star is worth, warn low scorers, pay the funds.

    Worth is the mean over the kind of the measures in force; persons are restricted only
    where restrictions on persons are on (they carry `requires` of their own). A fund pays
    claims pro rata to the fen out of its balance, the rest lapses and is counted. A
    subject is wrongly penalised if its grade without its false entries and those for another
    member of its household would be worth more: the core folds its account again without them.
    """
    scored = np.zeros(len(state.agents), np.uint8)
    of_codes = np.array([round(100 * worth) for worth in code_worth_yuan()], np.int64)

    def treat(low: int, high: int) -> np.ndarray:
        counts = np.zeros((len(state.counts), len(_COLUMNS)), np.int64)
        _treat(
            low, high, state.agents, rules.regimes, state.active, state.ranks, state.pledges,
            rules.book.city_cutoffs_mp, of_codes, scored, counts,
        )  # fmt: skip
        return counts

    for counts in in_parts(treat, len(state.agents), threads):
        state.counts[:, _COLUMNS] += counts
    _count_wrongly_penalised(state, rules, scored)
    _warn(state, rules)
    _pay_funds(state, rules, scored)


@compiled
def _treat(low, high, agents, regimes, active, ranks, pledges, city_cutoffs_mp, of_codes, scored, counts):
    """Note who is scored and on file; count what grades, stars and posted codes bring, take and deny.

    Both grades count for the scored, the star for villagers on file; a posted code by the
    owner's city grade, in fen.
    """
    for row in range(low, high):
        agent, regime = agents[row], regimes[active[row]]
        status = status_of(agent, regime, ranks[row])
        scored[row] = status
        agent.filed = status == ON_FILE
        worth, denied = np.int64(0), np.int64(0)
        if status > 0:
            city = city_grade(agent.score_mp, city_cutoffs_mp)
            star = agent.star if status == ON_FILE and agent.kind == VILLAGER else -1
            worth += by_grade(regime.worth_fen, agent.kind, agent.grade, city, star)
            denied += by_grade(regime.denied_thousandths, agent.kind, agent.grade, city, star)
        if pledges[row] & POSTED != 0:
            worth += of_codes[city_grade(agents[agent.representative].score_mp, city_cutoffs_mp)]
        if worth > 0:
            counts[agent.cell, _BENEFITS] += worth
        elif worth < 0:
            counts[agent.cell, _PENALTIES] -= worth
        if denied > 0:
            counts[agent.cell, _DENIED] += denied


@compiled
def by_grade(table, kind, grade, city, star):
    """Look up a kind's grade, city grade and star (-1: none) in a (ladder, kind, grade) table; the sum."""
    found = table[DISTRICT, kind, grade] + table[CITY, kind, city]
    if star >= 0:
        found += table[VILLAGE, kind, star]
    return found


def _count_wrongly_penalised(state: State, rules: Rules, scored: np.ndarray) -> None:
    """Count agents whose grade or star would be worth more without false entries, and wrong grades.

    An entry on the head of a household for another member's act hurts like a false one, but
    the book says so: it makes no grade wrong.

    A grade or star is wrong if it differs from the one without false and over-reported
    entries. What is missing from the files is not in it.
    """
    chains, padded = state.chains, state.files.padded
    rows = np.unique(chains.rows_of(chains.standing_false()))
    rows = rows[scored[rows] > 0]
    docked = state.files.docked
    docked = chains.rows_of(docked[chains.status[docked] & (VOIDED | REPAIRED) == 0])
    hurt = np.union1d(rows, docked[scored[docked] > 0])
    wronged, _, _ = _without(state, rules, hurt, WRONG | FOR_ANOTHER)
    state.count("wrongly_penalised", hurt[wronged])
    _, differs, undeserved_mp = _without(state, rules, rows, WRONG)
    standing = padded[chains.status[padded] & (VOIDED | REPAIRED) == 0]
    more = np.unique(chains.rows_of(standing))
    more = more[scored[more] > 0]
    rest = ~np.isin(rows, more)
    state.count("files_wrong_grade", rows[rest & differs])
    state.count("files_undeserved_mp", rows[rest], undeserved_mp[rest])
    _, differs, undeserved_mp = _without(state, rules, more, WRONG | OVER_REPORTED)
    state.count("files_wrong_grade", more[differs])
    state.count("files_undeserved_mp", more, undeserved_mp)


def _without(state: State, rules: Rules, rows: np.ndarray, bits: int) -> tuple[np.ndarray, ...]:
    """Return for rows, without entries of some status bits: worth more, other grade, points held beyond."""
    chains = state.chains
    wronged, differs = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    undeserved_mp = np.zeros(len(rows), np.int64)
    _compare_without_false(
        rows, chains.head, chains.packed, state.agents,
        rules.book.district_items, rules.book.village_items, rules.book.district_rules,
        rules.book.village_rules, rules.book.carried_mp, state.active, rules.regimes, state.month,
        np.zeros(4096, ENTRY), np.empty(4096, np.int64), wronged, rules.book.city_cutoffs_mp,
        bits, differs, undeserved_mp,
    )  # fmt: skip
    return wronged, differs, undeserved_mp


@compiled
def _compare_without_false(
    rows, head, packed, agents, district_items, village_items, district_rules, village_rules,
    carried_mp, active, regimes, month, entries, index, wronged, city_cutoffs_mp,
    bits, differs, undeserved_mp,
):  # fmt: skip
    """Fold accounts again without their false entries and compare what the grades are worth."""
    for position in range(rows.shape[0]):
        row = rows[position]
        agent = agents[row]
        table = regimes[active[row]].worth_fen
        number = _true_entries(gather(head, packed, row, 0, entries, index), entries, index, packed, bits)
        score, grade, _, _ = fold_account(
            entries, index, number, month, district_items[active[row]], district_rules[active[row]], 0
        )
        number = _true_entries(gather(head, packed, row, 1, entries, index), entries, index, packed, bits)
        _, star, _, _ = fold_account(
            entries, index, number, month, village_items, village_rules[0], carried_mp[grade]
        )
        city = city_grade(score, city_cutoffs_mp)
        held = city_grade(agent.score_mp, city_cutoffs_mp)
        deserved = by_grade(table, agent.kind, grade, city, star)
        wronged[position] = deserved > by_grade(table, agent.kind, agent.grade, held, agent.star)
        differs[position] = grade != agent.grade or (agent.kind == VILLAGER and star != agent.star)
        undeserved_mp[position] = agent.score_mp - score


@compiled
def city_grade(score_mp, cutoffs_mp):
    """Return the code of the city's own grade of a score, D = 0."""
    code = 0
    for cutoff in cutoffs_mp:
        code += score_mp >= cutoff
    return code


@compiled
def _true_entries(number, entries, index, packed, bits):
    """Move the positions of entries without some status bits to the front; return their number."""
    kept = 0
    for k in range(min(number, index.shape[0])):
        if packed.records[entries[index[k]].id].status & bits == 0:
            index[kept] = index[k]
            kept += 1
    return kept


def _warn(state: State, rules: Rules) -> None:
    """Warn enterprises whose owner or executive falls below the threshold.

    The personal score of the legal representative counts, not the firm's; a warning
    raises the firm's belief in inspection.
    """
    agents, firms = state.agents, kind_rows(state, "enterprise")  # the first rows
    person = agents.representative[firms].astype(np.int64)
    border = rules.regimes.warning_mp[state.active[firms]]
    works = has_trait(agents[firms], "active")
    below = works & (agents.present[firms] == 1) & (border > 0) & (person >= 0)
    below &= agents.score_mp[person] < border
    rows = np.flatnonzero(below & (state.below_warning == 0))
    state.below_warning[:] = below
    state.warned[rows] = state.month
    agents.belief[rows, 0] = np.minimum(
        agents.belief[rows, 0] + assumed("belief.warning_step"), assumed("belief.largest")
    )
    state.count("warnings", rows)


def _pay_funds(state: State, rules: Rules, scored: np.ndarray) -> None:
    """Charge the village fund and the sub-districts' fund with the month's claims."""
    agents, regimes, levers = state.agents, rules.regimes, rules.values[1]
    villagers = _under_programme(state, "villager")
    with_fund = villagers[state.site_ranks.fund[agents.home[villagers]] < regimes.fund_sites[1]]
    income = round(levers["village.fund_yuan_per_head_year"] * 100 * len(with_fund)) // 12
    claimants = _best_of_each_site(
        state, with_fund[scored[with_fund] == ON_FILE], int(regimes.fund_top_ppm[1])
    )
    _pay(state, 0, income, claimants, int(regimes.fund_claim_fen[1]))
    residents = _under_programme(state, "resident")
    income = round(levers["fund.subdistrict_yuan_per_head_year"] * 100 * len(residents)) // 12
    claimants = residents[(scored[residents] == ON_FILE) & (agents.grade[residents] >= _AA)]
    _pay(state, 1, income, claimants, int(regimes.subdistrict_claim_fen[1]))


def _under_programme(state: State, kind: str) -> np.ndarray:
    """Return the rows of a kind under the programme whose slot is held."""
    rows = kind_rows(state, kind)
    return rows.start + np.flatnonzero((state.agents.present[rows] == 1) & (state.active[rows] == 1))


def _best_of_each_site(state: State, rows: np.ndarray, top_ppm: int) -> np.ndarray:
    """Return the top share of each village by score, among those above the base score; ties by lot."""
    agents = state.agents
    lot = state.words(rows, draws.REWARD)
    order = rows[np.lexsort((lot, -agents.village_score_mp[rows].astype(np.int64), agents.site[rows]))]
    sites = agents.site[order].astype(np.int64)
    first = np.searchsorted(sites, sites)
    places = np.bincount(sites, minlength=1)[sites] * top_ppm // 1_000_000
    return order[(np.arange(len(order)) - first < places) & (agents.village_score_mp[order] > BASE_MP)]


def _pay(state: State, fund: int, income_fen: int, claimants: np.ndarray, claim_fen: int) -> None:
    """Take in a month's income and pay equal claims pro rata to the fen; the remainder stays in the fund."""
    balance = int(state.fund_fen[fund]) + income_fen
    each = claim_fen
    if len(claimants) * claim_fen > balance:
        each = balance // len(claimants)
    paid = each * len(claimants)
    state.fund_fen[fund] = balance - paid
    state.public[f"fund_{fund}_income_fen"] = income_fen
    state.public[f"fund_{fund}_paid_fen"] = paid
    state.public[f"fund_{fund}_balance_fen"] = balance - paid
    state.count("fund_paid_fen", claimants, each)
    state.count("fund_lapsed_fen", claimants, claim_fen - each)
    state.count("benefits_fen", claimants, each)
