"""Turnover: who leaves, who comes, and firms that return under a new name."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.draws import lognormal_multipliers
from creditsim.core.months import NO_MONTH
from creditsim.core.threads import in_parts
from creditsim.model.parts.turnover import AWAITED, HELD, LOW_EXIT, OPEN
from creditsim.model.phases.awareness import count_aware
from creditsim.model.phases.consenting import consenting
from creditsim.model.phases.pilots import count_pilots
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import Rules
from creditsim.model.state import BEST_CLASS, CLEAN, State, kind_rows, open_accounts
from creditsim.population.agents import (
    CIVIL_SERVANT,
    ENTERPRISE,
    NO_SEX,
    STUDENT,
    TEACHER,
    TRAIT_BIT,
    is_adult,
)
from creditsim.population.marginals import SIZES, read_district
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import AWARE, GRADES, KINDS

_C = GRADES.index("C")
_MICRO = SIZES.index("micro")
_JULY, _SEPTEMBER = 6, 8
_LEAVES, _COMES = 1, 2
_LOW_LEFT, _LOW_BACK = (QUANTITIES.index(name) for name in ("turnover_low_left", "turnover_low_back"))


def turnover(state: State, rules: Rules, threads: int = 1) -> None:
    """Let agents leave and others take their places; consent is given and taken back.

    People die (by age) or move away (those registered outside the zone), staff leave their
    posts, pupils leave school in July, enterprises close: sooner by kind and size, and
    sooner if scored C or D. A vacant slot is open to a newcomer of the same kind, place and
    group, with a disposition, beliefs and a file of its own; pupils come in September. A
    share of the closed firms in C or D is back within a year in the same hands, with an
    empty file. Nobody in an account's place answers for the one before: records and appeals
    that wait lapse. Present at the end = present before + came - left, by kind.
    """
    count_pilots(state, rules)
    consenting(state, rules)
    agents, memory = state.agents, state.turnover
    what = np.zeros(len(agents), np.uint8)
    terms, coming = leaving_terms(state, rules), _chances_of_coming(state)

    def draw(low: int, high: int) -> None:
        _draw(
            low, high, agents, memory.vacant, terms, coming, what, state.blocks(low, high, draws.TURNOVER),
            state.blocks(low, high, draws.MIGRATION),
        )  # fmt: skip

    in_parts(draw, len(agents), threads)
    back = memory.low_exits["row"][memory.low_exits["back"] == state.month].astype(np.int64)
    left = np.flatnonzero(what == _LEAVES)
    _let_in(state, np.flatnonzero(what == _COMES))
    _enter(state, back)  # the same hands: what they are and believe has stayed
    _let_go(state, rules, left)
    _count_low_exits(state)


class Leaving(NamedTuple):
    """Monthly chances: death by age band, closing by enterprise; of staff, of pupils, of moving away."""

    death: np.ndarray
    closing: np.ndarray
    staff: float
    finish: float
    moves: float


def leaving_terms(state: State, rules: Rules) -> Leaving:
    """Return the chances of leaving this month; pupils finish school in July."""
    return Leaving(
        state.turnover.death_chance,
        _chances_of_closing(state, rules),
        assumed("turnover.staff_leave_share_year") / 12.0,
        assumed("turnover.pupils_finish_share") if state.month % 12 == _JULY else 0.0,
        assumed("turnover.moves_away_share_year") / 12.0,
    )


def _chances_of_closing(state: State, rules: Rules) -> np.ndarray:
    """Return the monthly chance that each enterprise closes, by form, size and grade."""
    firms = kind_rows(state, "enterprise")
    agents = state.agents
    size = state.population.enterprises["size"]
    traders, micro, larger = (
        assumed(f"turnover.{form}_close_share_year")
        for form in ("sole_traders", "micro_firms", "larger_firms")
    )
    yearly = np.where(size > _MICRO, larger, micro)
    yearly[agents.traits[firms] & TRAIT_BIT["sole_trader"] > 0] = traders
    low = (agents.grade[firms] <= _C) & (rules.regimes.score_on[state.active[firms]] == 1)
    return np.where(low, yearly * assumed("turnover.low_grade_close_factor"), yearly) / 12.0


def _chances_of_coming(state: State) -> np.ndarray:
    """Return by kind the chance that an open slot finds somebody this month; pupils come in September."""
    chance = np.full(len(KINDS), assumed("turnover.refilled_share"))
    chance[STUDENT] = float(state.month % 12 == _SEPTEMBER)
    return chance


@compiled
def chances_of_leaving(agent, row, terms):
    """Return the monthly chance of dying, leaving post or school, or closing; and that of moving away.

    Those registered outside the zone move away, but no staff.
    """
    if agent.kind == ENTERPRISE:
        return terms.closing[row], 0.0
    if agent.kind == STUDENT:
        return terms.finish, 0.0
    if agent.sex >= NO_SEX:
        return 0.0, 0.0
    dies = terms.death[min(np.int64(agent.age_band), terms.death.shape[0] - 1)]
    if agent.kind == TEACHER or agent.kind == CIVIL_SERVANT:
        return dies + terms.staff, 0.0
    return dies, terms.moves if agent.registration > 0 else 0.0


@compiled
def _draw(low, high, agents, vacant, terms, coming, what, stays, moving):
    """Write for each row whether its holder leaves or somebody comes; the last two are the rows' words."""
    for row in range(low, high):
        place = row - low
        agent = agents[row]
        if agent.present == 1:
            leaves, moves = chances_of_leaving(agent, row, terms)
            if stays[0, place] < leaves * draws.TWO_32 or moving[0, place] < moves * draws.TWO_32:
                what[row] = _LEAVES
        elif vacant[row] == OPEN and stays[1, place] < coming[agent.kind] * draws.TWO_32:
            what[row] = _COMES


def _let_in(state: State, rows: np.ndarray) -> None:
    """Let newcomers take open slots: own dispositions, right beliefs, awareness of those who live here."""
    agents = state.agents
    lot = [state.words(rows, draws.ENTRANT, index) for index in range(4)]
    agents.honesty[rows] = (lot[0] + 0.5) / draws.TWO_32
    agents.prosociality[rows] = (lot[1] + 0.5) / draws.TWO_32
    spread = read_district(state.population.name).money_weight_log_sd
    agents.money_weight[rows] = lognormal_multipliers(spread)[lot[2] >> 20]
    agents.trust[rows] = assumed("trust.start_share")
    agents.crowding[rows] = 0.0
    agents.belief[rows] = 1.0
    agents.false_belief[rows] = assumed("belief.false_record_start_share")
    agents.withdrawn[rows] = 0
    aware, adults = count_aware(state)
    aware = lot[3] < (aware / np.maximum(adults, 1))[agents.home[rows]] * draws.TWO_32
    aware &= (agents.registration[rows] == 0) & is_adult(agents[rows])
    agents.awareness[rows] = np.where(aware, AWARE, 0)
    _enter(state, rows)


def _enter(state: State, rows: np.ndarray) -> None:
    """Mark slots as held again, by another generation, and count who came."""
    state.agents.present[rows] = 1
    state.agents.generation[rows] += 1
    state.turnover.vacant[rows] = HELD
    state.count("turnover_came", rows)
    _count_kinds(state, "came", rows)


def _let_go(state: State, rules: Rules, rows: np.ndarray) -> None:
    """Let holders leave: their account is closed, what waits on them lapses, the slot starts afresh."""
    _keep_for_return(state, rules, rows)
    agents = state.agents
    agents.present[rows] = 0
    state.chains.replace_subject(rows)
    _drop_waiting(state, rows)
    open_accounts(agents, rows)
    agents.months_low[rows] = agents.filed[rows] = 0
    state.last_breach[rows] = NO_MONTH
    for flags in (state.deeds, state.pledges, state.visited, state.memory):
        flags[rows] = 0
    _forget_firms(state, rows[agents.kind[rows] == ENTERPRISE])
    state.last_tutoring[rows[agents.kind[rows] == TEACHER] - kind_rows(state, "teacher").start] = NO_MONTH
    state.firm_class[rows] = BEST_CLASS
    state.hours_tenths[:, rows] = 0
    state.turnover.leavers = rows
    state.count("turnover_left", rows)
    _count_kinds(state, "left", rows)


def _forget_firms(state: State, firms: np.ndarray) -> None:
    """Clear what is remembered of some enterprises alone."""
    service = state.service
    for months in (state.last_visit, state.warned, service.last_sanction):
        months[firms] = NO_MONTH
    for flags in (state.below_warning, service.sanctioned, service.short_before):
        flags[firms] = 0
    state.evaluation[firms] = CLEAN


def _keep_for_return(state: State, rules: Rules, rows: np.ndarray) -> None:
    """Note which closed firms were in C or D, and keep the slots of those whose owners will return."""
    agents, memory = state.agents, state.turnover
    memory.vacant[rows] = OPEN
    low = (agents.kind[rows] == ENTERPRISE) & (agents.grade[rows] <= _C)
    low &= rules.regimes.score_on[state.active[rows]] == 1
    rows = rows[low]
    exits = np.zeros(len(rows), LOW_EXIT)
    luck, when = (state.words(rows, draws.TURNOVER, index) for index in (2, 3))
    returns = luck < draws.threshold(rules.world("phoenix_share"))
    exits["row"], exits["cell"], exits["left"] = rows, agents.cell[rows], state.month
    exits["back"] = np.where(returns, state.month + 1 + ((when * 12) >> 32), NO_MONTH)
    memory.vacant[rows[returns]] = AWAITED
    recent = memory.low_exits["left"] > state.month - 24
    memory.low_exits = np.concatenate((memory.low_exits[recent], exits))


def _drop_waiting(state: State, rows: np.ndarray) -> None:
    """Drop the appeals of those who left; count them, and the records that their desk will drop."""
    gone = np.zeros(len(state.agents), np.bool_)
    gone[rows] = True
    lapsed = gone[state.pending["row"]]
    state.count("turnover_lapsed_records", state.pending["row"][lapsed])
    lapsed = gone[state.cases["row"]]
    state.count("turnover_lapsed_appeals", state.cases["row"][lapsed])
    state.cases = state.cases[~lapsed]


def _count_low_exits(state: State) -> None:
    """Count the firms that left in C or D in the year that ended a year ago, and those back within a year."""
    exits = state.turnover.low_exits
    exits = exits[exits["left"] <= state.month - 12]
    np.add.at(state.counts[:, _LOW_LEFT], exits["cell"], 1)
    np.add.at(state.counts[:, _LOW_BACK], exits["cell"][exits["back"] != NO_MONTH], 1)


def _count_kinds(state: State, word: str, rows: np.ndarray) -> None:
    """Note for the district how many of each kind came or left."""
    kinds = np.bincount(state.agents.kind[rows], minlength=len(KINDS))
    for name, number in zip(KINDS, kinds.tolist(), strict=True):
        key = f"turnover_{word}.{name}"
        state.public[key] = state.public.get(key, 0) + number
