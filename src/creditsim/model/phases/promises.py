"""Promises: what public bodies owe and promised, their evaluation, their leaders, and firms' trust."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.months import NO_MONTH
from creditsim.model.activities import OBLIGATIONS, activity_number, stake_multipliers
from creditsim.model.budgets import active_share
from creditsim.model.parts.public_bodies import CLAIM
from creditsim.model.postings import discounted_months
from creditsim.model.regimes import Rules
from creditsim.model.state import State, present_rows
from creditsim.population.agents import AGENCY, rows_of_kind
from creditsim.spec.assumptions import assumed

_ARREARS, _PROMISE = range(len(OBLIGATIONS))
_LEADER, _SUPPLIER, _FOUND, _REGISTERED, _CLEARED = 0, 4, 6, 8, 16
_YEAR = 12


def promises(state: State, rules: Rules) -> None:
    """Let public bodies pay and be evaluated, change their leaders, and let suppliers judge them.

    A payment that the month's choices left more than 60 days late opens a claim of one
    supplier, drawn by lot. Claims are paid in full by chance, sooner under a deadline,
    and by the arrears desk, oldest first, as far as its hours reach; what is opened less
    what is paid is what is owed, to the fen. Contracts and promises are entered in the
    register over a year up to the share of the lever. A registered one is more likely to
    be complained of or sued upon when it is broken, certain to be found by the yearly
    evaluation, and outlives the leader; an unregistered one is broken more readily in a
    new leader's first year. The evaluation of December praises bodies that were not
    found breaking anything, and talks to the others and sets a deadline; bodies reckon
    with that loss as long as their year is clean. Suppliers lose trust when a claim or a
    broken promise hits them and while they wait, and it returns slowly; their trust in
    the scheme follows it in part.
    """
    bodies, agents = state.public_bodies, state.agents
    rows = np.arange(len(agents))[rows_of_kind(agents, AGENCY)]
    hit = np.zeros(len(bodies.suppliers), np.int64)
    _clear_claims(state, rules)
    for obligation in (_ARREARS, _PROMISE):
        broken = np.flatnonzero(_did(state, rows, OBLIGATIONS[obligation]))
        creditors = _creditors(state, rows[broken], obligation)
        if len(creditors):
            np.add.at(hit, creditors, 1)
        if obligation == _ARREARS:
            _open_claims(state, rules, rows, broken, creditors)
        _find_failures(state, rules, rows, broken, obligation)
    _move_trust(state, hit)
    _evaluate(state, rules, rows)
    _change_leaders(state, rows)
    _register(state, rules, rows)
    bodies.duties = _next_duties(state, rules, rows)
    _count(state, rows)


def late_fen(state: State, rules: Rules, rows: np.ndarray) -> np.ndarray:
    """Return the payment that each body's act of this month left late: its gain times a factor, whole fen."""
    k = activity_number(OBLIGATIONS[_ARREARS])
    words = state.words(rows, draws.ACT, 4 * k)
    activity = rules.activities[k]
    stakes = activity.stake_yuan * stake_multipliers()[activity.spread, (words & 65535) >> 4]
    return np.floor(stakes * assumed("arrears.amount_per_gain") * 100.0).astype(np.int64)


def clear_oldest(left_fen: np.ndarray, budget_fen: int) -> np.ndarray:
    """Return what each claim, oldest first, gets out of a budget; nothing is paid beyond what is left."""
    before = np.cumsum(left_fen) - left_fen
    return np.clip(budget_fen - before, 0, left_fen)


def _did(state: State, rows: np.ndarray, activity: str) -> np.ndarray:
    """Say which bodies did an activity this month."""
    k = activity_number(activity)
    return (state.memory.did[rows] >> np.uint64(k)) & np.uint64(1) == 1


def _lots(state: State, rows: np.ndarray, index: int, month: int | None = None) -> np.ndarray:
    """Return one word of each body for this month, or another."""
    when = state.month if month is None else month
    return draws.words(state.seed, state.replication, state.agents.slot[rows], when, draws.PUBLIC_BODY, index)


def _creditors(state: State, rows: np.ndarray, obligation: int) -> np.ndarray:
    """Return for each broken obligation the supplier it hits, by index."""
    number = len(state.public_bodies.suppliers)
    return (_lots(state, rows, _SUPPLIER + obligation) * number) >> 32 if number else np.zeros(0, np.int64)


def _clear_claims(state: State, rules: Rules) -> None:
    """Pay claims: by chance in full, sooner under a deadline; then out of the arrears desk's hours."""
    bodies = state.public_bodies
    claims = bodies.claims
    rows = bodies.first_row + claims["body"].astype(np.int64)
    luck = draws.paired_words(
        state.seed, state.replication, state.agents.slot[rows], state.month, draws.PUBLIC_BODY,
        _CLEARED + state.month - claims["opened"].astype(np.int64),
    )  # fmt: skip
    usual, pressed = (
        draws.threshold(assumed(name))
        for name in ("arrears.cleared_monthly_share", "arrears.deadline_monthly_share")
    )
    hurried = bodies.standing[claims["body"]] < 0
    paid = np.where(luck < np.where(hurried, pressed, usual), claims["left_fen"], 0)
    outside, inside = (levers["agency.arrears_staff_hours_per_month"] for levers in rules.values)
    hours = (outside + (inside - outside) * active_share(state, "agency")) * state.population.scale
    paid += clear_oldest(claims["left_fen"] - paid, round(hours * assumed("arrears.yuan_per_hour") * 100.0))
    state.count("body_arrears_cleared_fen", rows, paid)
    claims["left_fen"] -= paid
    bodies.claims = claims[claims["left_fen"] > 0]
    _displace(state, np.arange(len(state.agents))[rows_of_kind(state.agents, AGENCY)], round(hours * 60.0))


def _open_claims(
    state: State, rules: Rules, rows: np.ndarray, broken: np.ndarray, creditors: np.ndarray
) -> None:
    """Open the claims of this month's late payments."""
    new = np.zeros(len(creditors), CLAIM)
    if len(new):
        new["body"], new["opened"], new["supplier"] = broken, state.month, creditors
        new["left_fen"] = late_fen(state, rules, rows[broken])
    bodies = state.public_bodies
    bodies.claims = np.concatenate((bodies.claims, new))
    state.count("body_arrears_opened_fen", bodies.first_row + new["body"].astype(np.int64), new["left_fen"])


def _find_failures(state: State, rules: Rules, rows: np.ndarray, broken: np.ndarray, obligation: int) -> None:
    """Let the evaluation learn of broken obligations: of registered ones surely, of others by chance."""
    bodies = state.public_bodies
    luck = _lots(state, rows[broken], _FOUND + obligation)
    found = luck < draws.threshold(assumed("evaluation.found_share"))
    found |= bodies.duties["registered"][broken, obligation] == 1
    found &= rules.regimes.agency_evaluation_on[state.active[rows[broken]]] == 1
    bodies.failed[broken[found]] = True


def _evaluate(state: State, rules: Rules, rows: np.ndarray) -> None:
    """Give each body what its standing is worth, and judge the year in December."""
    bodies = state.public_bodies
    evaluated = rules.regimes.agency_evaluation_on[state.active[rows]] == 1
    bodies.standing[~evaluated] = 0
    good, bad = (rules.regimes[name][state.active[rows]] for name in ("body_good_fen", "body_bad_fen"))
    for sign, name, worth in ((1, "benefits_fen", good), (-1, "penalties_fen", bad)):
        chosen = bodies.standing == sign
        state.count(name, rows[chosen], worth[chosen])
    state.count("body_evaluated", rows[evaluated])
    if state.month % _YEAR != _YEAR - 1:
        return
    bodies.standing[:] = np.where(evaluated, np.where(bodies.failed, -1, 1), 0)
    bodies.failed[:] = False
    hours = assumed("evaluation.hours_per_body_year")
    _displace(state, rows[evaluated], round(hours * 60.0) * int(np.count_nonzero(evaluated)))


def _change_leaders(state: State, rows: np.ndarray) -> None:
    """Give bodies a new leader by chance."""
    yearly = assumed("leader.change_yearly_share")
    changed = _lots(state, rows, _LEADER) < draws.threshold(yearly / _YEAR)
    state.public_bodies.leader_since[changed] = state.month


def _register(state: State, rules: Rules, rows: np.ndarray) -> None:
    """Enter contracts and promises in the register, a twelfth a month; they drop out at the same pace."""
    bodies = state.public_bodies
    share = np.array([levers["agency.promise_register_share"] for levers in rules.values])
    wanted = (share[state.active[rows]] * bodies.contracts + 0.5).astype(np.int64)
    place = state.month % _YEAR
    pace = bodies.contracts * (place + 1) // _YEAR - bodies.contracts * place // _YEAR
    moved = np.clip(wanted - bodies.registered, -pace, pace)
    bodies.registered += moved
    minutes = int(np.maximum(moved, 0).sum()) * round(60.0 * assumed("promise.entry_hours"))
    _displace(state, rows, minutes)


def _next_duties(state: State, rules: Rules, rows: np.ndarray) -> np.ndarray:
    """Return what next month's obligations are: registered or not, under a new leader, with what to lose."""
    bodies = state.public_bodies
    duties = np.zeros_like(bodies.duties)
    new = (bodies.leader_since != NO_MONTH) & (state.month - bodies.leader_since < _YEAR)
    usual = _share_under_new_leaders() * (1.0 - rules.values[0]["agency.promise_register_share"])
    evaluated = rules.regimes.agency_evaluation_on[state.active[rows]] == 1
    good, bad = (rules.regimes[name][state.active[rows]] for name in ("body_good_fen", "body_bad_fen"))
    at_stake = np.where(evaluated & ~bodies.failed, (good + bad) / 100.0, 0.0) * discounted_months(_YEAR)
    for obligation, name in enumerate(OBLIGATIONS):
        k = activity_number(name)
        lots = _lots(state, rows, _REGISTERED + obligation, state.month + 1)
        registered = (lots * bodies.contracts) >> 32 < bodies.registered
        found = np.where(registered, 1.0, assumed("evaluation.found_share"))
        added = assumed("leader.new_log_odds") * float(rules.activities[k].tau)
        duties["registered"][:, obligation] = registered
        duties["factor"][:, obligation] = np.where(registered, assumed("promise.notice_factor"), 1.0)
        duties["loss_yuan"][:, obligation] = at_stake * found
        duties["shift"][:, obligation] = added * ((new & ~registered) - usual)
    return duties


def _share_under_new_leaders() -> float:
    """Return the share of months that lie in a leader's first year."""
    stays = 1.0
    for _ in range(_YEAR):
        stays = stays * (1.0 - assumed("leader.change_yearly_share") / _YEAR)
    return 1.0 - stays


def _move_trust(state: State, hit: np.ndarray) -> None:
    """Move suppliers' trust in public bodies, and in part that in the scheme."""
    bodies, agents = state.public_bodies, state.agents
    rows = bodies.suppliers.astype(np.int64)
    renewed = bodies.generation != agents.generation[rows]
    start = assumed("public_bodies.trust_start_share")
    bodies.trust[renewed] = start
    bodies.generation[:] = agents.generation[rows]
    waits = np.bincount(bodies.claims["supplier"], minlength=len(rows)) > 0
    lost = assumed("public_bodies.trust_loss_share") * np.minimum(hit, 1)
    lost = lost + assumed("public_bodies.trust_loss_waiting_share") * (waits & (hit == 0))
    lost = np.minimum(lost, bodies.trust)
    bodies.trust += assumed("public_bodies.trust_recovery_share") * (start - bodies.trust) * (lost == 0)
    bodies.trust -= lost
    moved = lost > 0
    passed = assumed("public_bodies.trust_passed_on_share") * lost[moved]
    agents.trust[rows[moved]] = np.maximum(agents.trust[rows[moved]] - passed, 0.0)


def _displace(state: State, rows: np.ndarray, minutes: int) -> None:
    """Count working time of bodies' staff, spread evenly over them in whole minutes."""
    number = len(rows)
    if number:
        each = minutes // number + (np.arange(number) < minutes % number)
        state.count("displaced_minutes", rows, each)


def _count(state: State, rows: np.ndarray) -> None:
    """Count the month's stocks: contracts, what is owed, dues of a year, suppliers' trust, civil servants."""
    bodies, agents = state.public_bodies, state.agents
    state.count("body_civil_servants", present_rows(state, "civil_servant"))
    state.count("body_bodies", rows)
    state.count("body_contracts", rows, bodies.contracts)
    state.count("body_contracts_registered", rows, bodies.registered)
    owed = bodies.first_row + bodies.claims["body"].astype(np.int64)
    state.count("body_arrears_fen", owed, bodies.claims["left_fen"])
    dues = agents.income_yuan_month[rows] * (assumed("arrears.purchases_share") * _YEAR * 100.0)
    state.count("body_dues_year_fen", rows, dues.astype(np.int64))
    present = agents.present[bodies.suppliers] == 1
    state.count("body_suppliers", bodies.suppliers[present])
    trust = (bodies.trust[present] * 1_000_000.0).astype(np.int64)
    state.count("body_supplier_trust_millionths", bodies.suppliers[present], trust)
