"""Relations of detection, records, visits, rewards and awareness."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
from checks import Check, Finding, Size, replaced
from known_exceptions import EXCEPTIONS
from sample_sizes import mean_test
from small_parts import (
    AT_ONCE,
    START,
    counted,
    crowd,
    run_of,
    scenario,
    start_of,
)

from creditsim.core import draws
from creditsim.core.fields import with_fields
from creditsim.model.activities import activity_number, breach_bits
from creditsim.model.budgets import sample_visits
from creditsim.model.phases import awareness as awareness_phase
from creditsim.model.phases.acting import acting
from creditsim.model.phases.awareness import awareness
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import BASE_MP
from creditsim.population.agents import NO_SEX
from creditsim.spec.assumptions import assumed
from creditsim.spec.scenario import PLAN, STATUS_QUO, load_scenario
from creditsim.spec.vocabulary import AWARE, CHANNELS, GRADES, KNOWS_ITEMS, REGISTERED


def with_detection(rules, factor: float, visits: float | None = None, channel: str | None = None):
    """Return rules whose channels see with other chances, at most 1; τ and α stay as they were solved.

    `visits` multiplies what a visit sees; `channel` keeps one channel as it was.
    """
    table = with_fields(np.array(rules.activities))
    kept = table.channels.copy()
    table.channels = np.minimum(table.channels * factor, 1.0)
    table.seen_given_visit = np.minimum(table.seen_given_visit * (factor if visits is None else visits), 1.0)
    if channel:
        place = CHANNELS.index(channel)
        table.channels[:, place] = kept[:, place]
    return dataclasses.replace(rules, activities=table)


def no_false_records(size: Size, specificity: float = 1.0) -> Finding:
    """Desks that stop every false record, and no entries made up to fill a quota."""
    levers = {
        **AT_ONCE,
        "desk.specificity_share": specificity,
        "assessment.metric_choice": "error_and_effect",
        "village.household_liability_on": False,
        "world.false_record_human_share": 0.05,
    }
    policy = scenario(PLAN, 12, 0).with_levers(levers)
    found = 0
    for replication in range(size.replications):
        model = run_of(policy, 0.02, replication)
        found += int(sum(counted(model, name).sum() for name in ("posted_false", "wrongly_penalised")))
    return Finding(
        found == 0, size.replications, found, note="false entries, and months of penalties for them"
    )


def _first_month(policy, factor: float, replication: int, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return by agent which breaches it does in the first month, and what it meets, as bits."""
    state = start_of(policy, scale, replication)
    rules = with_detection(compile_rules(policy), factor)
    acting(state, rules)
    return state.memory.did & breach_bits(rules.activities), state.memory.met


def detection_by_choice(size: Size, inverted: bool = False) -> Finding:
    """With shared draws: whoever breaches under more detection breaches under less."""
    policy, wrong, tried, fewer = scenario(STATUS_QUO, 6, 3), 0, 0, 0
    for replication in range(size.replications):
        found = [_first_month(policy, factor, replication, size.scale)[0] for factor in (0.5, 1.0, 2.0, 6.0)]
        for less, more in itertools.pairwise(found):
            if inverted:
                less, more = more, less
            wrong += int(np.count_nonzero(more & ~less))
            fewer += int(np.count_nonzero(less & ~more))
            tried += len(less)
    return Finding(
        wrong == 0 and fewer > 0, tried, wrong, note=f"{fewer} agents breach less under more detection"
    )


def detection_over_months(size: Size, factor: float = 2.0) -> Finding:
    """Breaches of a year under doubled detection less those without, in standard deviations of a pair.

    No reward is at risk and no class steers visits: the status quo; crowding-out as low as the range goes.
    """
    test = mean_test(1.0, 0.8 * size.coarseness)
    policy = scenario(STATUS_QUO, 12, 3, world__crowding_out_share=0.1)
    found = []
    for replication in range(test.size):
        state = start_of(policy, 0.01, replication)
        totals = [
            counted(
                run_of(policy, state=state, rules=lambda rules, f=f: with_detection(rules, f)), "breaches"
            ).sum()
            for f in (1.0, factor)
        ]
        found.append(float(totals[1] - totals[0]))
    pairs = np.array(found)
    rise = max(0.0, pairs.mean() / max(pairs.std(ddof=1), 1e-12))
    return test.finding(rise, f"{pairs.mean():+.1f} breaches a year and run in {test.size} pairs")


def no_detection(size: Size, channel: str | None = None) -> Finding:
    """Nothing is seen: no fine, no entry, every grade that of an account without entries."""
    policy = scenario(PLAN, 10, 0).with_levers({**AT_ONCE, "assessment.metric_choice": "error_and_effect"})
    found = 0
    for replication in range(size.replications):
        model = run_of(
            policy, 0.02, replication, rules=lambda rules: with_detection(rules, 0.0, channel=channel)
        )
        names = ("fines_fen", "posted_negative", "posted_positive", "files_filed")
        found += int(sum(counted(model, name).sum() for name in names))
        agents = model.state.agents
        found += int(np.count_nonzero((agents.score_mp != BASE_MP) | (agents.grade != GRADES.index("A"))))
    return Finding(
        found == 0, size.replications, found, note="fen of fines, entries, and agents off the base score"
    )


def _without_visits(rules):
    """Return rules without a budget for visits to firms and schools."""
    none = {"inspection.visits_per_month": 0.0, "school.supervision_visits_per_month": 0.0}
    return dataclasses.replace(rules, values=tuple({**levers, **none} for levers in rules.values))


def no_visits(size: Size, spared: bool = False) -> Finding:
    """Where visits alone detect, a budget of 0 is detection 0: same fines, entries, scores.

    The fault leaves the budget of the status quo in place.
    """
    policy = scenario(PLAN, 10, 0).with_levers({**AT_ONCE, "assessment.metric_choice": "error_and_effect"})
    apart, breaches = 0, []
    for replication in range(size.replications):
        blind = run_of(policy, 0.02, replication, rules=lambda rules: with_detection(rules, 0.0))
        cut = (lambda rules: rules) if spared else _without_visits
        idle = run_of(
            policy,
            0.02,
            replication,
            rules=lambda rules, cut=cut: with_detection(cut(rules), 0.0, visits=1.0),
        )
        for name in ("fines_fen", "posted_negative", "posted_positive", "visits_seen"):
            apart += int(np.abs(counted(blind, name) - counted(idle, name)).sum())
        apart += int(np.count_nonzero(blind.state.agents.score_mp != idle.state.agents.score_mp))
        apart += 0 if spared else int(counted(idle, "visits").sum())
        breaches.append([int(counted(model, "breaches").sum()) for model in (blind, idle)])
    sums = np.sum(breaches, axis=0)
    note = (
        f"breaches: {sums[0]} where visits see nothing, {sums[1]} where none are made but some reckoned with"
    )
    return Finding(apart == 0, size.replications, apart, note=note)


def concentrated_visits(size: Size, reversed_risk: bool = False) -> Finding:
    """Visits steered by true risk, more and more: with shared draws the risk visited never falls."""
    firms, wrong, tried = 300, 0, 0
    state = crowd(firms)
    risk = np.where(np.arange(firms) % 5 == 0, 50, 5)
    for month in range(max(20, size.cases)):
        state.month = START + month
        sums = []
        for ratio in (1000, 2000, 5000, 20_000):
            weights = np.where((risk < 50) if reversed_risk else (risk == 50), ratio, 1000)
            rows = sample_visits(state, np.arange(firms), draws.VISIT, 40, 10, np.full(firms, 1000), weights)
            sums.append(int(risk[rows].sum()))
        wrong += int((np.diff(sums) < 0).sum())
        tried += 3
    return Finding(wrong == 0, tried, wrong, note="steps at which expected detections fell")


def _sorting(reward: float, state) -> np.ndarray:
    """Return who sorts in the first month at some reward everywhere."""
    policy = scenario(PLAN, 6, 3).with_levers(
        {**AT_ONCE, "community.sorting_reward_yuan": reward, "community.sorting_sites_share": 1.0}
    )
    state = state.copy()
    state.active[:] = 1
    acting(state, compile_rules(policy))
    return (state.memory.did >> np.uint64(activity_number("res-waste-sorting"))) & np.uint64(1) > 0


def larger_reward(size: Size, falling: bool = False) -> Finding:
    """With shared draws: whoever sorts for a reward sorts for a larger one."""
    wrong = tried = more = 0
    for replication in range(size.replications):
        state = start_of(scenario(PLAN, 6, 3), size.scale, replication)
        rewards = (2.0, 5.0, 10.0, 20.0)
        found = [_sorting(reward, state) for reward in (rewards[::-1] if falling else rewards)]
        for small, large in itertools.pairwise(found):
            wrong += int(np.count_nonzero(small & ~large))
            more += int(np.count_nonzero(large & ~small))
            tried += len(small)
    return Finding(wrong == 0 and more > 0, tried, wrong, note=f"{more} agents more sort for a larger reward")


def reward_over_months(size: Size, factor: float = 4.0) -> Finding:
    """Households that sort in a year at a larger reward less those at 5 yuan, in deviations of a pair."""
    test = mean_test(1.0, 0.8 * size.coarseness)
    found = []
    for replication in range(test.size):
        levers = {**AT_ONCE, "community.sorting_sites_share": 1.0}
        state = start_of(scenario(PLAN, 12, 3), 0.01, replication)
        totals = []
        for reward in (5.0, 5.0 * factor):
            policy = scenario(PLAN, 12, 3).with_levers({**levers, "community.sorting_reward_yuan": reward})
            totals.append(int(counted(run_of(policy, state=state), "sorted").sum()))
        found.append(totals[1] - totals[0])
    pairs = np.array(found, np.float64)
    fall = min(0.0, pairs.mean() / max(pairs.std(ddof=1), 1e-12))
    return test.finding(fall, f"{pairs.mean():+.1f} household-months a year and run in {test.size} pairs")


def reward_unknown(size: Size, known: bool = False) -> Finding:
    """Grades worth ten times as much: where nobody knows the items, persons act the same."""
    policy = scenario(PLAN, 6, 3).with_levers(AT_ONCE)
    wrong = tried = 0
    for replication in range(size.replications):
        state = start_of(policy, 0.02, replication)
        state.active[:] = 1
        state.agents.awareness = KNOWS_ITEMS if known else 0
        rules = compile_rules(policy)
        dear = with_fields(np.array(rules.regimes))
        dear.steps_yuan *= 10.0
        did = []
        for each in (rules, dataclasses.replace(rules, regimes=dear)):
            here = state.copy()
            acting(here, each)
            did.append(here.memory.did[here.agents.sex < NO_SEX])
        wrong += int((did[0] != did[1]).sum())
        tried += len(did[0])
    return Finding(wrong == 0, tried, wrong, note="persons that act otherwise")


def adoption(size: Size, unaware: bool = False) -> Finding:
    """Active users <= registered <= aware <= adults, in every cell and month."""
    policy, wrong, tried = scenario(PLAN, 12, 3).with_levers(AT_ONCE), 0, 0
    for replication in range(size.replications):
        state = start_of(policy, 0.02, replication)
        if unaware:
            state.agents.awareness = REGISTERED
        counts = run_of(policy, state=state).track().counts
        columns = [
            counts[:, :, QUANTITIES.index(name)] for name in ("app_active", "registered", "aware", "adults")
        ]
        wrong += sum(int((less > more).sum()) for less, more in itertools.pairwise(columns))
        tried += counts.shape[0] * counts.shape[1]
    return Finding(wrong == 0, tried, wrong, note="cells and months with more adopters than aware")


def no_ties(size: Size, together: bool = False) -> Finding:
    """One adult a site, no contact elsewhere: word of mouth does nothing. The fault puts all at one site."""
    wrong = tried = 0
    strong, weak = (
        compile_rules(load_scenario(PLAN).with_levers({"world.bass_imitation_share": share}))
        for share in (0.5, 0.3)
    )
    number = len(crowd(1).population.sites)
    apart = lambda name: 0.0 if name == "spill.contact_share" else assumed(name)  # noqa: E731
    with replaced(awareness_phase, "assumed", apart):
        for case in range(max(5, size.cases // 5)):
            found = []
            for rules in (strong, weak):
                state = crowd(number, homes=np.zeros(number, np.int64) if together else np.arange(number))
                state.agents.awareness[: number // 4] = AWARE
                state.replication = case
                for _ in range(36):
                    awareness(state, rules)
                    state.month += 1
                found.append(state.agents.awareness.copy())
            wrong += int((found[0] != found[1]).sum())
            tried += number
    return Finding(wrong == 0, tried, wrong, note="agents whose awareness hangs on word of mouth")


CHECKS = (
    Check(
        "relation-no-false-records",
        "False-record rate 0: nobody compliant is penalised",
        "exact",
        no_false_records,
        lambda size: no_false_records(size, specificity=0.0),
        "desks let every false record through",
    ),
    Check(
        "relation-detection-and-choice",
        "More detection: with shared draws nobody breaches who did not before",
        "monotone",
        detection_by_choice,
        lambda size: detection_by_choice(size, inverted=True),
        "detection counts with the wrong sign",
        "scope differs",
        "fixed gains, a non-strategic inspector, no reward at risk: choices of one month",
    ),
    Check(
        "relation-detection-over-months",
        "More detection never raises expected breaches",
        "statistical",
        detection_over_months,
        lambda size: detection_over_months(size, 0.25),
        "detection counts with the wrong sign",
        "scope differs",
        "fixed gains, a non-strategic inspector, no reward at risk: the status quo with least crowding-out;"
        " the exceptions are checks of their own",
    ),
    *EXCEPTIONS,
    Check(
        "relation-no-detection",
        "Detection 0: no fine, no grade change",
        "exact",
        no_detection,
        lambda size: no_detection(size, "complaint"),
        "complaints are still noticed",
    ),
    Check(
        "relation-no-visits",
        "Inspection budget 0 is detection 0",
        "exact",
        no_visits,
        lambda size: no_visits(size, spared=True),
        "the budget for visits is not cut",
        "scope differs",
        "holds for fines, entries and scores where visits alone detect; breaches differ, since agents reckon"
        " with visits and learn of a cut budget in part only",
    ),
    Check(
        "relation-visits-by-risk",
        "Concentrating visits by true risk never lowers expected detections",
        "monotone",
        concentrated_visits,
        lambda size: concentrated_visits(size, reversed_risk=True),
        "visits go to the firms of least risk",
    ),
    Check(
        "relation-reward-and-choice",
        "A larger reward: with shared draws nobody leaves off who took it up for less",
        "monotone",
        larger_reward,
        lambda size: larger_reward(size, falling=True),
        "the reward counts with the wrong sign",
    ),
    Check(
        "relation-reward-over-months",
        "A larger reward never lowers take-up",
        "statistical",
        reward_over_months,
        lambda size: reward_over_months(size, 0.4),
        "the reward counts with the wrong sign",
        "scope differs",
        "points for sorted waste, with the crowding-out that goods bring at its default",
    ),
    Check(
        "relation-reward-unknown",
        "A reward does nothing with no awareness",
        "exact",
        reward_unknown,
        lambda size: reward_unknown(size, known=True),
        "everybody knows the items",
        "scope differs",
        "worth of grades to persons; organisations always know the items, and points for sorting are paid at"
        " the shop without any awareness",
    ),
    Check(
        "relation-adoption-and-awareness",
        "Adoption is at most awareness",
        "monotone",
        adoption,
        lambda size: adoption(size, unaware=True),
        "people are registered who do not know the scheme",
    ),
    Check(
        "relation-no-ties-no-imitation",
        "No ties: zero imitation",
        "exact",
        no_ties,
        lambda size: no_ties(size, together=True),
        "all live at one site",
    ),
)
