"""Limits 6, 7, 11 and 12: the spread of awareness, visits, desks, funds and people."""

from __future__ import annotations

import functools
import math

import numpy as np
from checks import Check, Finding, Size, replaced
from sample_sizes import chi_square, law_test, mean_test, ratio_test, share_test
from scipy import stats
from small_parts import SEED, START, counted, crowd, one_activity, run_of, scenario, uniform

from creditsim.core import draws
from creditsim.model.budgets import sample_visits, whole_part
from creditsim.model.phases import desk, treatment, turnover
from creditsim.model.phases.awareness import awareness
from creditsim.model.phases.noticing import fill_borders, first_channel
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import PENDING
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import PLAN, load_scenario
from creditsim.spec.vocabulary import AWARE, CHANNELS, SETTINGS

MONTHS, CONTACT, SPENT = 40, 0.4, 2.0


@functools.cache
def _rules(contact: float = CONTACT):
    levers = {"world.bass_imitation_share": contact, "publicity.spending_yuan_per_head_year": SPENT}
    return compile_rules(load_scenario(PLAN).with_levers(levers))


def _chances() -> tuple[float, float]:
    """Return the monthly p and q of the recursion."""
    innovation = assumed("awareness.innovation_base_share")
    return (innovation + SPENT * assumed("awareness.innovation_per_yuan_share")) / 12.0, CONTACT / 12.0


def _recursion() -> tuple[float, float]:
    """Return the aware share after MONTHS months, and N times the variance of a crowd of N (linear noise)."""
    p, q = _chances()
    share = spread = 0.0
    for _ in range(MONTHS):
        chance = p + q * share
        slope = 1.0 - chance + (1.0 - share) * q
        spread = spread * slope**2 + (1.0 - share) * chance * (1.0 - chance)
        share = share + (1.0 - share) * chance
    return share, spread


def _aware(
    number: int, runs: int, contact: float = CONTACT, first: int = 0, alike: bool = False
) -> np.ndarray:
    """Return the aware share of crowds of a size after MONTHS months; `alike`: all share one agent's luck."""
    state, rules, found = crowd(number), _rules(contact), []
    if alike:
        state.slots[:] = state.slots[0]
    start = state.month
    for run in range(runs):
        state.agents.awareness, state.month, state.replication = 0, start, first + run
        for _ in range(MONTHS):
            awareness(state, rules)
            state.month += 1
        found.append(np.count_nonzero(state.agents.awareness & AWARE) / number)
    return np.array(found)


def bass(size: Size, contact: float = CONTACT) -> Finding:
    """Mean share of crowds of 10,000 at one site after MONTHS months against the recursion."""
    number = 10_000
    share, spread = _recursion()
    test = mean_test(math.sqrt(spread / number), 0.002 * size.coarseness)
    found = _aware(number, test.size, contact).mean()
    return test.finding(found - share, f"aware {found:.4f}, recursion {share:.4f}")


def bass_error(size: Size, alike: bool = False) -> Finding:
    """Variance of the share in crowds of 250 over that in crowds of 4,000: 16, as errors go with 1/√N."""
    test = ratio_test(0.6 * size.coarseness)
    small, large = (_aware(number, test.size, first=10**6, alike=alike) for number in (250, 4000))
    ratio = small.var(ddof=1) / max(large.var(ddof=1), 1e-30)
    return test.finding(math.log(max(ratio, 1e-30) / 16.0), f"ratio of variances {ratio:.1f}, expected 16")


def whole_visits(size: Size, part=whole_part) -> Finding:
    """Visits of a steady budget in thousandths: all are made, none twice, over any months."""
    wrong = 0
    state = crowd(60)
    rows, rates, weights = np.arange(60), np.full(60, 1000), np.where(np.arange(60) % 3, 1000, 4000)
    for case in range(size.cases):
        budget = int(uniform(60, 1, case)[0] * 40_000)
        made = 0
        for month in range(12):
            visits = part(budget, START + month)
            state.month = START + month
            seen = sample_visits(state, rows, draws.VISIT, visits, visits // 3, rates, weights)
            wrong += len(np.unique(seen)) != visits
            made += len(seen)
        wrong += made != budget * (START + 12) // 1000 - budget * START // 1000
    return Finding(wrong == 0, size.cases, wrong, note="months or years whose visits do not sum")


def uniform_visits(size: Size, dropped: int = 0) -> Finding:
    """Equal risks: every firm is visited alike. Chi-square over firms, for sampling without replacement."""
    firms, visits = 40, 6
    test = law_test(firms, 0.05 * size.coarseness)
    state = crowd(firms)
    kept = np.arange(firms - dropped)
    ones = np.full(len(kept), 1000)
    made = np.zeros(firms, np.int64)
    months = -(-test.size // visits)
    for month in range(months):
        state.month = START + month
        made[sample_visits(state, kept, draws.VISIT, visits, visits // 2, ones, ones)] += 1
    expected = np.full(firms, months * visits / firms)
    found = chi_square(made, expected) / (1.0 - visits / firms)
    return test.finding(found, f"chi-square over {firms} firms")


RISKS, WEIGHTS, SEEN = (0.6, 0.1), (3000, 1000), 0.7


def expected_detections(size: Size, stale: bool = False) -> Finding:
    """Detections a visit: Σ n v π / V over two classes, visited by weight above a floor."""
    firms, visits, floor = 1000, 50, 15
    state = crowd(firms)
    risky = np.arange(firms) % 4 == 0
    weights = np.where(risky, *WEIGHTS)
    share = floor / visits * 0.25 + (1.0 - floor / visits) * weights[risky].sum() / weights.sum()
    expected = SEEN * (share * RISKS[0] + (1.0 - share) * RISKS[1])
    test = share_test(expected, 0.015 * size.coarseness)
    borders = np.empty(7)
    fill_borders(one_activity(seen_given_visit=SEEN), True, 1.0, borders)
    used = np.full(firms, 1000) if stale else weights
    found = []
    for month in range(-(-test.size // visits)):
        state.month = START + month
        rows = sample_visits(state, np.arange(firms), draws.VISIT, visits, floor, np.full(firms, 1000), used)
        acts, notices = (draws.words(SEED, 61, rows, month, draws.ACT, index) for index in (0, 1))
        breached = acts < np.where(risky[rows], *RISKS) * draws.TWO_32
        found += [did and first_channel(borders, word) == 0 for did, word in zip(breached, notices.tolist())]
    measured = float(np.mean(found[: test.size]))
    return test.finding(measured - expected, f"{measured:.4f} detections a visit, closed form {expected:.4f}")


ARRIVING, CAPACITY = 4.2, 5


def _desk_line(runs: int, months: int, first: int = 0, forgetful: bool = False, capacity: int = CAPACITY):
    """Let one desk work; return records waiting by run and month, and the sum of months that each waited.

    The line is that of villages, records arrive by a Poisson law, and the desk serves `capacity` a month.
    """
    rules = _rules()
    state = crowd(50, "villager")
    start = state.month
    column = QUANTITIES.index("files_waiting")
    offered = np.full(len(SETTINGS), capacity)
    law = stats.poisson.cdf(np.arange(40), ARRIVING)
    waiting, waited = np.zeros((runs, months), np.int64), np.zeros(runs, np.int64)
    with replaced(desk, "desk_capacity", lambda state, rules: offered):
        for run in range(runs):
            numbers = np.searchsorted(law, uniform(64, months, 0, first + run))
            state.pending, state.month = np.zeros(0, PENDING), start
            for month, number in enumerate(numbers.tolist()):
                arrived = np.zeros(number, PENDING)
                arrived["row"] = np.arange(number) % 50
                arrived["event"], arrived["channel"] = state.month, CHANNELS.index("complaint")
                arrived["generation"] = state.agents.generation[arrived["row"]]
                line = np.concatenate((state.pending, arrived))
                state.counts[:] = 0
                desk.verify(state, rules, arrived)
                waiting[run, month] = state.counts[:, column].sum()
                gone = line["event"][: len(line) - len(state.pending)]
                waited[run] += (state.month - gone.astype(np.int64)).sum()
                if forgetful and len(state.pending):
                    state.pending = state.pending[:-1]
                state.month += 1
            waited[run] += (state.month - state.pending["event"].astype(np.int64)).sum()
    return waiting, waited


def little(size: Size, forgetful: bool = False) -> Finding:
    """Records waiting, summed over months, are the months that records waited, summed over records."""
    runs = max(4, size.cases // 10)
    waiting, waited = _desk_line(runs, 60, forgetful=forgetful)
    apart = np.abs(waiting.sum(axis=1) - waited).max()
    return Finding(
        apart == 0, runs, apart, note=f"{int(waited.sum()):,} record-months in {runs} runs of 60 months"
    )


def waiting_law(size: Size, capacity: int = CAPACITY) -> Finding:
    """Law of the number waiting after 12 months: 12 steps of W' = max(W + A - c, 0), A Poisson."""
    most, months = 80, 12
    arrivals = stats.poisson.pmf(np.arange(most), ARRIVING)
    law = np.zeros(most)
    law[0] = 1.0
    for _ in range(months):
        both = np.convolve(law, arrivals)[: most + CAPACITY]
        law = np.concatenate(([both[: CAPACITY + 1].sum()], both[CAPACITY + 1 :]))
        law = np.pad(law, (0, most - len(law)))[:most]
    classes = np.append(law[:12], law[12:].sum())
    test = law_test(len(classes), 0.1 * size.coarseness)
    waiting, _ = _desk_line(test.size, months, 10**6, capacity=capacity)
    observed = np.bincount(np.minimum(waiting[:, -1], 12), minlength=13)
    mean, other = float((law * np.arange(most)).sum()), _erlang_c_queue(CAPACITY, ARRIVING)
    note = (
        f"mean waiting {waiting[:, -1].mean():.2f}, recursion {mean:.2f}; "
        f"Erlang-C of {CAPACITY} officers {other:.2f}"
    )
    return test.finding(chi_square(observed, test.size * classes), note)


def _erlang_c_queue(officers: int, load: float) -> float:
    """Return the mean number waiting at c officers with exponential service (Erlang 1917), for comparison."""
    terms = [load**k / math.factorial(k) for k in range(officers)]
    last = load**officers / math.factorial(officers) * officers / (officers - load)
    return last / (sum(terms) + last) * load / (officers - load)


def _balanced(size: Size, accounts: str) -> Finding:
    """Hold the balances of a run of the plan: largest residual of the named accounts."""
    policy = scenario(PLAN, 18, 6, rollout__pilot_start_date="2020-01", rollout__full_start_date="2020-03")
    worst, months, paid = 0, 0, 1
    for replication in range(size.replications):
        model = run_of(policy, size.scale, replication)
        table = model.balances()
        table = table[table["account"].str.contains(accounts)]
        worst = max(worst, int(table["residual"].abs().max()))
        if accounts == "fund":
            for fund in (0, 1):
                balances = [month[f"fund_{fund}_balance_fen"] for month in model.track().public]
                worst = max(worst, -min(balances))
            paid = paid_of(model)
            worst += abs(paid_of(model) - int(counted(model, "fund_paid_fen").sum()))
        months += len(table)
    return Finding(worst == 0 and months > 0 and paid > 0, months, worst, note=f"{months} account-months")


def paid_of(model) -> int:
    """Return what both funds say they paid, in fen."""
    return sum(month[f"fund_{fund}_paid_fen"] for month in model.track().public for fund in (0, 1))


def funds(size: Size, lavish: bool = False) -> Finding:
    if not lavish:
        return _balanced(size, "fund")
    with replaced(treatment, "_pay", _pay_and_keep):
        return _balanced(size, "fund")


def _pay_and_keep(state, fund, income_fen, claimants, claim_fen, pay=treatment._pay):
    """A seeded fault: what is paid stays in the fund."""
    pay(state, fund, income_fen, claimants, claim_fen)
    state.fund_fen[fund] += state.public[f"fund_{fund}_paid_fen"]
    state.public[f"fund_{fund}_balance_fen"] = int(state.fund_fen[fund])


def people(size: Size, forgets: bool = False) -> Finding:
    if not forgets:
        return _balanced(size, "people")
    count = turnover._count_kinds
    with replaced(
        turnover, "_count_kinds", lambda state, word, rows: count(state, word, rows[word == "left" :])
    ):
        return _balanced(size, "people")


CHECKS = (
    Check(
        "limit-06-bass-recursion",
        "Awareness in one crowd follows the discrete Bass recursion a' = a + (1 - a)(p + q a)",
        "statistical",
        bass,
        lambda size: bass(size, CONTACT * 0.8),
        "word of mouth weaker than said by a fifth",
    ),
    Check(
        "limit-06-bass-error",
        "The error against the Bass recursion shrinks as 1/√N",
        "statistical",
        bass_error,
        lambda size: bass_error(size, alike=True),
        "all agents share the luck of one",
    ),
    Check(
        "limit-07-visits-sum",
        "Visits of a budget sum exactly, nobody is visited twice a month",
        "exact",
        whole_visits,
        lambda size: whole_visits(size, lambda budget, month: budget // 1000),
        "the budget is rounded down in every month",
    ),
    Check(
        "limit-07-equal-risks",
        "Equal risks: visits are uniform over firms",
        "statistical",
        uniform_visits,
        lambda size: uniform_visits(size, dropped=2),
        "the last two firms are dropped",
    ),
    Check(
        "limit-07-expected-detections",
        "Expected detections are Σ n v π over classes of firms",
        "statistical",
        expected_detections,
        lambda size: expected_detections(size, stale=True),
        "visits follow the classes of before the evaluation",
    ),
    Check(
        "limit-11-littles-law",
        "A desk's records waiting, over months, are the months that its records waited (Little), exactly",
        "exact",
        little,
        lambda size: little(size, forgetful=True),
        "the desk forgets the newest record each month",
    ),
    Check(
        "limit-11-waiting",
        "Law of the number waiting at a desk under Poisson arrivals",
        "statistical",
        waiting_law,
        lambda size: waiting_law(size, CAPACITY + 1),
        "the desk serves one more a month than said",
        "scope differs",
        "a desk has hours a month and no officers with service times of their own: the law is that of"
        " W' = max(W + A - c, 0), not Erlang-C, which stands in the note",
    ),
    Check(
        "limit-12-funds",
        "A fund never pays more than it holds, and what it pays is its change of balance, to the fen",
        "exact",
        funds,
        lambda size: funds(size, lavish=True),
        "what is paid stays in the fund",
    ),
    Check(
        "limit-12-people",
        "People and organisations: present = present before + came - left, by month",
        "exact",
        people,
        lambda size: people(size, forgets=True),
        "one who leaves is not counted",
    ),
)
