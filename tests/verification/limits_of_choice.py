"""Limits 2 to 5 and 8 to 10: choice, beliefs, detection, targeted enforcement, recording, false records."""

from __future__ import annotations

import math

import numba
import numpy as np
from checks import Check, Finding, Size, replaced
from sample_sizes import chi_square, law_test, mean_test, share_test, variance_test
from scipy import stats
from small_parts import SEED, START, empty_state, entries_of, one_activity, one_agent, rules_of, uniform

from creditsim.core import draws
from creditsim.core.fields import with_fields
from creditsim.model import choice
from creditsim.model.activities import activity_number
from creditsim.model.phases import appeals, desk, notices
from creditsim.model.phases.false_reports import _about_others
from creditsim.model.phases.noticing import fill_borders, first_channel, move_belief
from creditsim.model.phases.records import post
from creditsim.model.state import PENDING
from creditsim.population.agents import AGENT
from creditsim.scoring.ledger import REPAIR
from creditsim.scoring.score import score_ledger
from creditsim.spec.assumptions import assumed
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.scenario import PLAN
from creditsim.spec.vocabulary import CHANNELS, KINDS, KNOWS_SCORE

GOES_AHEAD = choice.acts


def acts_at_a_tie(utility, tau, noise):
    """A seeded fault: an agent acts also where nothing is gained."""
    return utility + tau * noise >= 0.0


def rational_compliance(size: Size, acts=GOES_AHEAD) -> Finding:
    """Gains in whole yuan and fines whose expectation is a whole number of yuan, so that ties occur."""
    gains = np.rint(200 * uniform(20, size.cases * 50))
    fines = np.rint(10 * uniform(20, size.cases * 50, 1)) * 40.0
    wrong = sum(
        bool(acts(choice.breach_utility(one_agent(), one_activity(), gain, 0.25, fine), 0.0, 5.0))
        != (gain > 0.25 * fine)
        for gain, fine in zip(gains.tolist(), fines.tolist(), strict=True)
    )
    ties = int((gains == 0.25 * fines).sum())
    return Finding(wrong == 0, len(gains), wrong, note=f"{ties} of the gains equal the expected fine")


def lognormal_gains(size: Size, log_sd_shift: float = 0.0) -> Finding:
    """Share of 4,096 lognormal gains that breach against 1 - Φ((ln pF - μ)/σ): half a table step apart."""
    worst, tried = 0.0, 0
    for mean, sd in ((6.0, 0.5), (8.0, 1.0), (5.0, 1.5)):
        gains = math.exp(mean) * draws.lognormal_multipliers(sd + log_sd_shift)
        for place in np.linspace(-2.0, 2.0, max(9, size.cases // 10)):
            expected_fine = math.exp(mean + place * sd)
            agent, activity = one_agent(), one_activity()
            breaches = sum(
                bool(
                    choice.acts(
                        choice.breach_utility(agent, activity, gain, 0.2, expected_fine / 0.2), 0.0, 0.0
                    )
                )
                for gain in gains.tolist()
            )
            worst = max(worst, abs(breaches / len(gains) - stats.norm.sf(place)))
            tried += 1
    return Finding(worst <= 0.5 / 4096 + 1e-9, tried, worst, note="largest distance of shares")


def logit_choice(size: Size, table=None) -> Finding:
    """Share of the 65,536 noise values that act against the logistic curve; τ -> 0 and τ -> infinity."""
    table = draws.logistic_quantiles() if table is None else table
    worst = 0.0
    for case in range(size.cases * 5):
        u, t, p = (float(uniform(22, 1, case * 4 + place)[0]) for place in range(3))
        gain, tau, fine = 8.0 * u, 0.1 + 3.0 * t, 10.0
        utility = choice.breach_utility(one_agent(), one_activity(), gain, p, fine)
        share = choice.count_acting(utility, tau, table) / len(table)
        worst = max(worst, abs(share - 1.0 / (1.0 + math.exp((p * fine - gain) / tau))))
    certain = [choice.count_acting(u, 0.0, table) for u in (-0.1, 0.0, 0.1)] == [0, 0, len(table)]
    coin = abs(choice.count_acting(0.5, 1e6, table) / len(table) - 0.5)
    holds = worst <= 1.0 / 65536 and certain and coin <= 1.0 / 65536
    return Finding(holds, size.cases * 5, max(worst, coin), note="largest distance of shares")


DETECTED, START_BELIEF = 0.4, 2.0


@numba.njit
def _smoothed(agents, activity, luck, terms, chance):
    """Let each agent live through its months; one channel, its perceived chance is chance × belief."""
    for row in range(luck.shape[1]):
        for month in range(luck.shape[0]):
            channel = 1 if luck[month, row] < chance else -1
            move_belief(agents[row], activity, channel, 0.0, terms)


def _beliefs(number: int, months: int, weight: float, start: float) -> np.ndarray:
    """Return perceived chances after some months of breaches."""
    agents = with_fields(np.zeros(number, AGENT))
    agents.belief[:, 1] = start
    activity = one_activity(channels=[0.0, DETECTED, 0, 0, 0, 0, 0])
    luck = np.stack([uniform(23, number, 0, month) for month in range(months)])
    _smoothed(agents, activity, luck, np.array([weight, assumed("belief.largest")]), DETECTED)
    return DETECTED * agents.belief[:, 1].astype(np.float64)


def belief_mean(size: Size, factor: float = 1.0) -> Finding:
    """Mean perceived chance after t months; the smoothing of the perceived chance is α = λ q."""
    months, weight = 15, assumed("belief.learning_share")
    alpha = weight * DETECTED
    expected = DETECTED + DETECTED * (START_BELIEF - 1.0) * (1.0 - alpha) ** months
    sd = math.sqrt(_belief_variance(alpha) * (1.0 - (1.0 - alpha) ** (2 * months)))
    test = mean_test(sd, 0.003 * size.coarseness)
    found = _beliefs(test.size, months, weight * factor, START_BELIEF)
    return test.finding(found.mean() - expected, f"α = λ q = {alpha:.3g}; mean {found.mean():.4f}")


def belief_variance(size: Size, factor: float = 1.0) -> Finding:
    """Stationary variance of the perceived chance, α p (1 - p) / (2 - α)."""
    weight = assumed("belief.learning_share")
    test = variance_test(0.1 * size.coarseness)
    found = _beliefs(test.size, 150, weight * factor, 1.0)
    return test.finding(found.var(ddof=1) / _belief_variance(weight * DETECTED) - 1.0, "relative error")


def _belief_variance(alpha: float) -> float:
    return alpha * DETECTED * (1.0 - DETECTED) / (2.0 - alpha)


@numba.njit
def _months_until_seen(luck, borders):
    """Return for each agent the first month in which a channel sees its breach."""
    months = np.full(luck.shape[1], luck.shape[0])
    for row in range(luck.shape[1]):
        for month in range(luck.shape[0]):
            if first_channel(borders, luck[month, row]) >= 0:
                months[row] = month
                break
    return months


def first_detection(size: Size, sticky: bool = False) -> Finding:
    """Months until the first detection of a monthly breach: geometric in 1 - Π(1 - q_j)."""
    chances = np.array([0.02, 0.1, 0.0, 0.05, 0.0, 0.01, 0.0])
    p = 1.0 - np.prod(1.0 - chances)
    borders = np.empty(7)
    fill_borders(one_activity(channels=chances), False, 1.0, borders)
    law = np.append(p * (1.0 - p) ** np.arange(24), (1.0 - p) ** 24)
    test = law_test(len(law), 0.06 * size.coarseness)
    slots = np.arange(test.size)
    luck = np.stack(
        [draws.words(SEED, 24, slots, 0 if sticky else month, draws.ACT, 1) for month in range(24)]
    )
    months = _months_until_seen(luck, borders)
    return test.finding(chi_square(np.bincount(months, minlength=25), test.size * law), "chi-square")


RARE, OFTEN, RELEASED = 0.05, 0.6, 0.3
MISDEED = "ind-drink-driving-direct-b"


def harrington(size: Size, released: float = RELEASED) -> Finding:
    """Who is found breaching goes to the group of frequent visits; who is found complying there returns.

    Groups are grades of the scoring core (a direct grade until it is repaired), visits go by `VISIT` words,
    choices by the rule: breaching pays under rare visits and not under frequent ones.
    """
    share = OFTEN * RELEASED / (RARE + OFTEN * RELEASED)
    months, test = 60, share_test(share, 0.02 * size.coarseness)
    number, book = test.size, load_rulebook("wendeng-2020")
    agent, activity = one_agent(), one_activity(seen_given_visit=1.0)
    breaches = [
        bool(
            choice.acts(
                choice.breach_utility(
                    agent, activity, 30.0, choice.perceived_detection(agent, activity, rate, 1.0), 100.0
                ),
                0.0,
                0.0,
            )
        )
        for rate in (RARE, OFTEN)
    ]
    subjects, kinds, refs, when = [np.zeros(0, np.int64) for _ in range(4)]
    latest = np.full(number, -1)
    item = book[MISDEED].index
    frequent = np.zeros(number, bool)
    for month in range(months):
        luck, mercy = (draws.words(SEED, 25, np.arange(number), month, draws.VISIT, i) for i in (0, 1))
        visited = luck < np.where(frequent, OFTEN, RARE) * draws.TWO_32
        breaching = np.where(frequent, breaches[1], breaches[0])
        caught = np.flatnonzero(visited & breaching)
        forgiven = np.flatnonzero(visited & ~breaching & frequent & (mercy < released * draws.TWO_32))
        for rows, kind in ((caught, 0), (forgiven, REPAIR)):
            own = latest[rows] if kind else np.full(len(rows), -1)
            if not kind:
                latest[rows] = len(subjects) + np.arange(len(rows))
            subjects, kinds = np.append(subjects, rows), np.append(kinds, np.full(len(rows), kind))
            refs, when = np.append(refs, own), np.append(when, np.full(len(rows), START + month))
        entries = entries_of(book, subjects, np.full(len(when), item), when, kinds, refs)
        grades = score_ledger(book, entries, START + month, subjects=range(number))["grade"]
        frequent = grades <= book.grades.index("B")
    found = float(np.where(frequent, breaches[1], breaches[0]).mean())
    return test.finding(found - share, f"breaching {found:.3f}, closed form {share:.3f}")


def look_ahead(size: Size, sees_ahead: bool = True) -> Finding:
    """Worth of the good group in the choice rule: the optimum of the two-state decision problem.

    The rule is asked with the loss L = δ (V good - V bad), V solved by going round between rule and values;
    the other side is the best of the four policies.
    """
    wrong = tried = 0
    for case in range(size.cases * 2):
        draw = [float(uniform(26, 1, case * 8 + place)[0]) for place in range(6)]
        gain, fine, discount = 10.0 + 90.0 * draw[0], 300.0 * draw[1], 0.5 + 0.45 * draw[2]
        seen, released = (0.02 + 0.3 * draw[3], 0.4 + 0.6 * draw[4]), 0.1 + 0.8 * draw[5]
        values = [_values(policy, gain, fine, discount, seen, released) for policy in _POLICIES]
        best = max(range(4), key=lambda k: (values[k][0] + values[k][1], -k))
        if any(abs(sum(values[k]) - sum(values[best])) < 1e-6 for k in range(4) if k != best):
            continue  # equally good policies: nothing to decide
        policy = _POLICIES[0]
        for _ in range(50):
            good, bad = _values(policy, gain, fine, discount, seen, released)
            ahead = discount * (good - bad) if sees_ahead else 0.0
            agent, activity = one_agent(), one_activity()
            # In the good group a finding costs the group as well; in the bad one complying may win it back.
            utilities = (
                choice.breach_utility(agent, activity, gain, seen[0], fine + ahead),
                choice.breach_utility(agent, activity, gain, seen[1], fine + released * ahead),
            )
            policy = tuple(bool(choice.acts(utility, 0.0, 0.0)) for utility in utilities)
        wrong += policy != _POLICIES[best]
        tried += 1
    return Finding(wrong == 0, tried, wrong, note="policies that are not the optimum")


_POLICIES = tuple((good, bad) for good in (False, True) for bad in (False, True))


def _values(policy, gain, fine, discount, seen, released):
    """Return the values of the good and the bad group under a policy, by the 2 x 2 linear system."""
    to_bad = seen[0] if policy[0] else 0.0
    to_good = 0.0 if policy[1] else seen[1] * released
    moves = np.array([[1.0 - to_bad, to_bad], [to_good, 1.0 - to_good]])
    pays = [gain - chance * fine if breaches else 0.0 for breaches, chance in zip(policy, seen, strict=True)]
    return np.linalg.solve(np.eye(2) - discount * moves, pays).tolist()


def recording_bias(size: Size, leak: float = 0.0) -> Finding:
    """Two groups breach alike; one is seen with 0.3, the other with 0.1: of the records 3/4 are on the first.

    `leak` lowers the utility of the first group: its label moves the decision.
    """
    seen = (0.3, 0.1)
    test = share_test(seen[0] / sum(seen), 0.02 * size.coarseness)
    truth = share_test(0.5, 0.02 * size.coarseness)
    tau, table = 1.0, draws.logistic_quantiles()
    breaches, records = [], []
    number = math.ceil(max(test.size / 0.2, truth.size) / 0.5 * 1.2)
    for group, chance in enumerate(seen):
        borders = np.empty(7)
        fill_borders(one_activity(channels=[0, chance, 0, 0, 0, 0, 0]), False, 1.0, borders)
        words = [draws.words(SEED, 27 + group, np.arange(number), START, draws.ACT, i) for i in (0, 1)]
        utility = choice.breach_utility(one_agent(), one_activity(), 5.0, 0.5, 10.0)
        noise = table[words[0] >> 16]
        did = utility - leak * (group == 0) + tau * noise > 0.0
        border = borders[6]
        breaches.append(did)
        records.append(did & (words[1] < border))
    share, true = (
        _first_of(np.stack(each), number) for each, number in ((records, test.size), (breaches, truth.size))
    )
    note = f"recorded {share / (1 - share):.2f} : 1 (closed form 3 : 1), true {true / (1 - true):.3f} : 1"
    return test.finding(share - 0.75, note, abs(true - 0.5) <= truth.limit)


def _first_of(happened: np.ndarray, number: int) -> float:
    """Return the share of the first group among the first `number` events, the groups taking turns."""
    group = np.flatnonzero(happened.T.ravel()) % 2
    return float((group[:number] == 0).mean())


REPORTED, OBJECTED, REPORTED_ACT = 0.5, 0.8, "vil-littering"


def false_records(size: Size, no_appeals: bool = False, months: int = 12) -> Finding:
    """P(penalised | compliant) = p f (1 - s): false reports, verification, appeals, as the month runs them.

    Each of many villagers has a neighbour who is reported every month; p is the share of reports that hits
    the compliant one, f what the desk lets through, s objected × upheld; all know their score here.
    """
    rules = rules_of(PLAN)
    f = 1.0 - rules.values[1]["desk.specificity_share"]
    s = OBJECTED * assumed("appeal.upheld_wronged_share")
    once = REPORTED * f * (1.0 - s)
    ever = 1.0 - (1.0 - once) ** months
    test, over = share_test(once, 0.01 * size.coarseness), share_test(ever, 0.03 * size.coarseness)
    hits, persons = [], []
    replication = 0
    while sum(map(len, hits)) < test.size or sum(map(len, persons)) < over.size:
        found = _penalised(rules, replication, months, no_appeals)
        hits.append(found.ravel())
        persons.append(found.any(axis=0))
        replication += 1
    share = np.concatenate(hits)[: test.size].mean()
    reached = np.concatenate(persons)[: over.size].mean()
    note = f"{share:.4f} a month (closed form {once:.4f}), {reached:.3f} in {months} months ({ever:.3f})"
    return test.finding(share - once, note, abs(reached - ever) <= over.limit)


def _penalised(rules, replication: int, months: int, appeals_fail: bool) -> np.ndarray:
    """Return by month and compliant villager whether a false entry of the month stands after appeals."""
    base = empty_state(0.1)
    rows = np.flatnonzero(base.agents.kind == KINDS.index("villager"))
    half = len(rows) // 2
    guilty, compliant = rows[:half], rows[half : 2 * half]
    k = activity_number(REPORTED_ACT)
    item = int(rules.postings[1]["items"][k].max())
    found = []
    for month in range(months):
        state = empty_state(0.1)
        state.replication, state.month = replication, base.month + 2 * month
        state.agents.age_band[compliant], state.agents.education[compliant] = 0, 2
        state.agents.awareness[compliant] = KNOWS_SCORE
        state.ranks.file[:] = 0
        state.ranks.consent[:] = 0
        reports = np.zeros(half, PENDING)
        reports["row"], reports["activity"], reports["item"] = guilty, k, item
        reports["points_mp"], reports["event"] = -10_000, state.month
        reports["channel"] = CHANNELS.index("neighbour_report")
        members = np.arange(half + 1), compliant.astype(np.int32)
        false = _about_others(state, rules, reports, np.arange(half), members, REPORTED, 0)
        full = np.full(5, 10**9)
        with replaced(desk, "desk_capacity", lambda state, rules, full=full: full):
            post(state, rules, desk.verify(state, rules, false))
        state.month += 1
        state.chains.dirty[:] = 0
        shift = (lambda words, wrong: np.zeros(len(words), bool)) if appeals_fail else appeals.upheld
        chance = lambda name: OBJECTED if name == "appeal.wronged_share" else assumed(name)  # noqa: E731
        with (
            replaced(appeals, "appeal_flow", lambda state, rules, full=full: full),
            replaced(appeals, "upheld", shift),
            replaced(notices, "assumed", chance),
        ):
            appeals._file_appeals(state, rules)
            state.month += 1
            appeals._decide_appeals(state, rules)
        standing = state.chains.rows_of(state.chains.standing_false())
        found.append(np.isin(compliant, standing))
    return np.stack(found)


CHECKS = (
    Check(
        "limit-02-rational-compliance",
        "Without morals and noise an agent breaches exactly where the gain is above p F, and not at a tie",
        "exact",
        rational_compliance,
        lambda size: rational_compliance(size, acts_at_a_tie),
        ">= in place of > in the choice",
    ),
    Check(
        "limit-02-lognormal-gains",
        "Lognormal gains: the share that breaches is 1 - Φ((ln pF - μ)/σ)",
        "exact",
        lognormal_gains,
        lambda size: lognormal_gains(size, 0.1),
        "gains spread by 0.1 more than said",
    ),
    Check(
        "limit-03-logit-choice",
        "The share that breaches is 1/(1 + exp((pF - g)/τ)); certain as τ vanishes, a coin as it grows",
        "exact",
        logit_choice,
        lambda size: logit_choice(size, np.repeat(draws.normal_quantiles(), 16)),
        "normal in place of logistic noise",
    ),
    Check(
        "limit-04-belief-mean",
        "Belief smoothing: mean perceived chance p + (p0 - p)(1 - α)^t",
        "statistical",
        belief_mean,
        lambda size: belief_mean(size, 0.8),
        "a fifth less is learned from each breach",
        "scope differs",
        "beliefs are multiples of a channel's chance q, so that the perceived chance is smoothed with"
        " α = λ q; learned from own breaches only",
    ),
    Check(
        "limit-04-belief-variance",
        "Belief smoothing: stationary variance α p(1 - p)/(2 - α)",
        "statistical",
        belief_variance,
        lambda size: belief_variance(size, 1.6),
        "half as much again and more is learned from each breach",
        "scope differs",
        "as limit-04-belief-mean",
    ),
    Check(
        "limit-05-first-detection",
        "Months until the first detection are geometric",
        "statistical",
        first_detection,
        lambda size: first_detection(size, sticky=True),
        "the first month's luck is drawn again every month",
    ),
    Check(
        "limit-08-two-group-enforcement",
        "Harrington (1988): share breaching under rare and frequent visits is p2 u/(p1 + p2 u)",
        "statistical",
        harrington,
        lambda size: harrington(size, RELEASED * 0.7),
        "who is found complying returns less often than said",
    ),
    Check(
        "limit-08-look-ahead",
        "An agent that reckons with the worth of its group chooses the optimum of the two-state problem",
        "exact",
        look_ahead,
        lambda size: look_ahead(size, sees_ahead=False),
        "the agent sees this month's fine only",
        "scope differs",
        "holds for the choice rule where the worth of the group, visit risk included, is handed to it; in"
        " runs agents reckon with the worth of grades and of announced visits, but solve no decision problem",
    ),
    Check(
        "limit-09-recording-bias",
        "Equal true rates, unequal detection: recorded ratio p_A/p_B, true ratio 1",
        "statistical",
        recording_bias,
        lambda size: recording_bias(size, leak=0.4),
        "the group's label leaks into its decision",
    ),
    Check(
        "limit-10-false-records-and-appeals",
        "P(penalised | compliant) = p f (1 - s), over n months 1 - (1 - ·)^n",
        "statistical",
        false_records,
        lambda size: false_records(size, no_appeals=True),
        "no appeal is upheld",
    ),
)
