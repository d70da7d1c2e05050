"""Phase 11, from section 7.12 of docs/odd.md: accounts are folded into score and grade.

The five-dimension evaluation of one account is taken over from the package; its classes by rank are not.
"""

from __future__ import annotations

import functools

import numpy as np
from naive_fold import ITEM, Book, fold
from naive_world import ENTERPRISE, SCHOOL, VILLAGER, has_trait, levers_of
from plain_state import post

from creditsim.scoring.enterprise import evaluate_ledger
from creditsim.scoring.ledger import ENTRY
from creditsim.spec.evaluation import load_evaluation
from creditsim.spec.rulebooks import load_rulebook

DISTRICT, VILLAGE = 0, 1
CARRIED_MP = {0: -100_000, 1: -80_000, 2: -50_000}
STARS = {
    3: ("village-three-stars", 2000),
    4: ("village-four-stars", 10_000),
    5: ("village-five-stars", 15_000),
}
FIELDS = ("id", "subject", "account", "kind", "item", "points_mp", "event", "end", "posted", "ref", "channel")


def scoring(state, policy):
    if state.month % 12 == 0:
        _carry_stars(state, policy)
    accounts = _accounts(state)
    agents = state.agents
    for row in range(len(agents.slot)):
        levers = levers_of(state, policy, row)
        book = district_book(levers)
        district, village = accounts.get((row, DISTRICT), []), accounts.get((row, VILLAGE), [])
        if district:
            agents.score_mp[row], agents.grade[row], _ = fold(district, book, state.month)
        if agents.kind[row] == VILLAGER and (district or village):
            carried = CARRIED_MP.get(agents.grade[row], 0)
            score, star, _ = fold(village, village_book(levers), state.month, carried)
            agents.village_score_mp[row], agents.star[row] = score, star
    _evaluate(state, policy, accounts)


def district_book(levers):
    """Return the book that grades the district score under these levers."""
    name = "weihai-city" if levers["score.rulebook_choice"] in ("none", "city_2018") else "wendeng-2020"
    return _book(name, levers["appeal.suspends_entry_on"])


def village_book(levers):
    """Return the book of the village account under these levers."""
    return _book("wendeng-village-stars", levers["appeal.suspends_entry_on"])


@functools.cache
def _book(name, suspends):
    return Book(_rulebook(name, suspends))


@functools.cache
def _rulebook(name, suspends):
    book = load_rulebook(name)
    return book.with_switches(open_objection="suspended") if suspends else book


def _accounts(state):
    """Return the entries of each account of those who hold the slots now, as dicts."""
    found = {}
    for entry in state.ledger:
        if entry.subject == state.agents.slot[entry.row] + (state.holder[entry.row] << 32):
            made = {**vars(entry), "act": entry.id}
            found.setdefault((entry.row, entry.account), []).append(made)
    return found


def _carry_stars(state, policy):
    """Post last year's stars to the district account."""
    agents, items = state.agents, policy.book("wendeng-2020").items
    index = {item.id: place for place, item in enumerate(items)}
    for row, kind in enumerate(agents.kind):
        levers = levers_of(state, policy, row)
        star = agents.star[row]
        if kind != VILLAGER or not agents.present[row] or not agents.filed[row] or star < 3:
            continue
        if state.active[row] and levers["village.compact_on"]:
            name, points = STARS[star]
            post(state, row, kind=ITEM, item=index[name], points_mp=points)


def _evaluate(state, policy, accounts):
    """Give enterprises and institutions their total and class, and class them by rank."""
    agents = state.agents
    firms = [row for row, kind in enumerate(agents.kind) if kind == ENTERPRISE]
    schools = [row for row, kind in enumerate(agents.kind) if kind == SCHOOL]
    places = {row: place for place, row in enumerate([*firms, *schools])}
    for rows, lever in ((firms, "evaluation.firm_five_dimension_on"), (schools, "school.classification_on")):
        evaluated = []
        for row in rows:
            levers = levers_of(state, policy, row)
            if not (levers["score.city_on"] and levers[lever]):
                state.firm_class[row] = 3
                continue
            if agents.present[row] and (rows is schools or has_trait(state, row, "active")):
                evaluated.append(row)
            else:
                state.firm_class[row] = 3
            if accounts.get((row, DISTRICT)):
                total, best = _evaluation(levers, accounts[row, DISTRICT], state.month)
                state.evaluation[places[row]] = total * 4 + best
            else:
                state.evaluation[places[row]] = 100_000 * 4 + 3
        _rank(state, policy, evaluated, places)


def _evaluation(levers, entries, month):
    """Return total and class by points and limits (taken over from the package)."""
    table = np.zeros(len(entries), ENTRY)
    for name in FIELDS:
        table[name] = [each[name] for each in entries]
    table["act"] = [each["id"] for each in entries]
    book = _rulebook(district_book(levers).name, levers["appeal.suspends_entry_on"])
    found = evaluate_ledger(book, load_evaluation(_weights(levers)), table, month)[0]
    return int(found["total_mp"]), int(found["class_code"])


def _rank(state, policy, rows, places):
    """Class the lowest totals of a kind down, equals with the better."""
    assumed, number = policy.assumed, len(rows)
    totals = {row: state.evaluation[places[row]] // 4 for row in rows}
    borders, share = [], 0.0
    for name in ("D", "C", "B"):
        share = share + assumed[f"evaluation.lowest_{name}_share"]
        borders.append(int(share * number))
    for row in rows:
        not_better = sum(other <= totals[row] for other in totals.values())
        by_rank = sum(not_better > border for border in borders)
        state.firm_class[row] = min(by_rank, state.evaluation[places[row]] % 4)


def _weights(levers):
    """Return the scheme of weights, the default one where none is chosen."""
    chosen = levers["evaluation.weights_choice"]
    return "default" if chosen == "none" else chosen
