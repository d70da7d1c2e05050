"""The versions to which speed is compared are the same model: choice by choice, and month by month.

Choices of the plain Mesa version are compared one by one. What is random is compared as sums over
runs: each difference lies within five standard errors, for activities met at least 400 times in
those runs. At scale 0.02 that is a few percent of an activity's opportunities or acts.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.mesa_version import time_columns, time_month
from benchmarks.numpy_columns import NumpyColumns
from benchmarks.plain_mesa import PlainCreditModel
from benchmarks.plain_mesa.ledger import Entry, fold
from benchmarks.plain_mesa.model import PHASES, act
from benchmarks.plain_mesa.rules import Book
from creditsim.core.fields import with_fields
from creditsim.model.credit_model import CreditModel
from creditsim.model.opportunities import OPPORTUNITY
from creditsim.model.parts.turnover import Shown
from creditsim.model.phases.acting import acting
from creditsim.model.regimes import compile_rules
from creditsim.model.state import PLEDGED, POSTED, first_state
from creditsim.model.views import Opportunity
from creditsim.population.synthesis import build_population
from creditsim.scoring.fold import fold_account
from creditsim.scoring.ledger import ENTRY, ITEM, MONTH_OPEN, REPAIR, VOID
from creditsim.spec.activities import activities
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import ACTIVE, AWARE, KNOWS_ITEMS, KNOWS_SCORE, REGISTERED

SCALE, MONTHS = 0.02, 12
STANDARD_ERRORS, LEAST_MET = 5.0, 400

PLAN = load_scenario("five-entries-2020")
ALL_AT_ONCE = PLAN.with_levers(
    {
        "rollout.pilot_start_date": "2020-01",
        "rollout.full_start_date": "2020-01",
        "rollout.phase_in_months": 0,
    }
)
"""The plan for everybody from the first month: choices under it begin from equal states too."""

NAMES = [activity.id for activity in activities()]
NUMBER = len(NAMES)
LEFT_OUT = ("ent-trade-credit-default", "ag-payment-arrears", "ag-broken-promise")
"""Activities in which trade debts and public bodies' promises have a part, which the versions leave out."""
BY_SITE = ("met", "done")
COMPARED = np.array([name not in LEFT_OUT for name in NAMES])


@functools.cache
def population_of(replication: int):
    """Return a population, the same for all versions."""
    return build_population(PLAN.population, SCALE, 1, replication)


def package_state(model: PlainCreditModel):
    """Return the package's state in which its agents are what the plain model's are now."""
    state = first_state(model.population, model.month, NUMBER)
    for row, agent in enumerate(model.agents):
        record = state.agents[row]
        for name in ("honesty", "prosociality", "money_weight", "trust", "crowding", "false_belief"):
            record[name] = getattr(agent, name)
        record["belief"] = agent.beliefs
        record["score_mp"], record["village_score_mp"] = agent.score_mp, agent.village_score_mp
        record["grade"], record["withdrawn"], record["present"] = agent.grade, agent.withdrawn, agent.present
        record["awareness"] = (
            agent.aware * AWARE | agent.registered * REGISTERED | agent.app_active * ACTIVE
            | agent.knows_score * KNOWS_SCORE | agent.knows_items * KNOWS_ITEMS
        )  # fmt: skip
        state.active[row] = agent.regime.index
        state.pledges[row] = agent.pledged * PLEDGED | agent.posts_code * POSTED
        lucks = (agent.file_luck, agent.consent_luck, agent.migrant_luck, agent.aware_luck)
        state.ranks[row] = tuple(int(luck * 2**32) for luck in lucks)
        state.memory[row].did = sum(1 << k for k, acted in agent.before.items() if acted)
        state.memory[row].met = sum(1 << k for k in agent.before)
        if agent.kind == "enterprise":
            state.service.sanctioned[row] = agent.fines
            state.service.last_sanction[row] = agent.last_fine
    base = np.array([activity.base_share for activity in model.catalogue.activities])
    shown = np.array([site.visible for site in model.sites])
    met = np.full_like(shown, 1e6)
    prior = model.numbers.norm_prior
    state.turnover.shown = Shown(shown * (met + prior) - prior * base, met)
    state.service.named_lately[:] = [site.named_lately for site in model.sites]
    state.site_ranks.bins[:] = [min(int(site.bins * 2**32), 2**32 - 1) for site in model.sites]
    ratio = [regime.levers["inspection.visits_per_month"] for regime in model.catalogue.regimes]
    state.visit_ratio[:] = np.array(ratio)[:, None] / ratio[0]
    ratio = [regime.levers["school.supervision_visits_per_month"] for regime in model.catalogue.regimes]
    state.schools.visit_ratio[:] = np.array(ratio)[:, None] / ratio[0]
    return state


def counts_of(state):
    """Return opportunities and acts by activity, and filed records, of the month that a state simulated."""
    return np.concatenate((state.met.sum(axis=0), state.done.sum(axis=0), [len(state.filed_now)]))


def package_months(scenario, months: int, runs: int) -> np.ndarray:
    """Return the package's counts by run and month, without burn-in."""
    rules, found = compile_rules(scenario), []
    for replication in range(runs):
        population = population_of(replication)
        model = CreditModel(scenario, state=first_state(population, rules.first_month, NUMBER))
        found.append([])
        for _ in range(months):
            model.step()
            found[-1].append(counts_of(model.state))
    return np.array(found)


def plain_months(scenario, months: int, runs: int) -> np.ndarray:
    """Return the plain version's counts by run and month."""
    rules, found = compile_rules(scenario), []
    for replication in range(runs):
        population = population_of(replication)
        model = PlainCreditModel(scenario, seed=100 + replication, population=population, rules=rules)
        found.append([])
        for _ in range(months):
            model.step()
            met, done = (np.sum([getattr(site, name) for site in model.sites], axis=0) for name in BY_SITE)
            found[-1].append(np.concatenate((met, done, [len(model.filed)])))
    return np.array(found)


def assert_same_rates(one: np.ndarray, other: np.ndarray) -> None:
    """Check acts per opportunity of two sums of counts."""
    met, acts = np.stack((one, other))[:, :NUMBER], np.stack((one, other))[:, NUMBER : 2 * NUMBER]
    enough = COMPARED & (met.min(axis=0) >= LEAST_MET)
    assert enough.sum() > 20
    met, acts = met[:, enough], acts[:, enough]
    pooled = acts.sum(axis=0) / met.sum(axis=0)
    error = np.sqrt(pooled * (1.0 - pooled) * (1.0 / met).sum(axis=0))
    apart = np.abs(acts[0] / met[0] - acts[1] / met[1]) / np.maximum(error, 1e-12)
    names = np.array(NAMES)[enough]
    assert apart.max() < STANDARD_ERRORS, dict(zip(names, apart.round(1), strict=True))


def test_choices_are_the_same_one_by_one():
    model = PlainCreditModel(PLAN, seed=3, population=population_of(0))
    for _ in range(14):
        model.step()
    model.begin_month()
    for phase in PHASES[: PHASES.index(act)]:
        phase(model)
    package = CreditModel(PLAN, state=package_state(model))
    rows, agents, luck = list(package.agents), list(model.agents), np.random.default_rng(1)
    kinds = np.array([agent.code for agent in agents])
    chosen = np.concatenate([luck.permutation(np.flatnonzero(kinds == kind))[:90] for kind in range(8)])
    compared = set()
    for row in chosen.tolist():
        agent = agents[row]
        for activity in agent.activities if agent.present else ():
            if not COMPARED[activity.number]:
                continue
            record = with_fields(np.zeros(1, OPPORTUNITY))[0]
            record.activity = activity.number
            record.stake_yuan = activity.stake_yuan * np.exp(activity.log_sd * luck.standard_normal())
            utility = rows[row].utility(Opportunity(record))
            close = 1e-5 * (1.0 + abs(utility))  # the package keeps beliefs in single precision
            assert agent.wants(activity, float(record.stake_yuan), close - utility), (agent.kind, activity.id)
            assert not agent.wants(activity, float(record.stake_yuan), -close - utility), activity.id
            compared.add(activity.id)
    assert len(compared) == COMPARED.sum()


@pytest.mark.parametrize("scenario", [PLAN, ALL_AT_ONCE], ids=["status quo", "plan"])
def test_base_rates_are_the_same_in_the_first_month(scenario):
    package, plain = package_months(scenario, 1, 20)[:, 0], plain_months(scenario, 1, 6)[:, 0]
    assert_same_rates(package.sum(axis=0), plain.sum(axis=0))


def test_opportunities_and_filed_records_are_the_same_over_a_year():
    package, plain = package_months(PLAN, MONTHS, 20), plain_months(PLAN, MONTHS, 3)
    share = 1.0 / len(package) + 1.0 / len(plain)
    for one, other in (
        (package.sum(axis=1)[:, :NUMBER], plain.sum(axis=1)[:, :NUMBER]),  # met in the year
        (package[:, :, -1], plain[:, :, -1]),  # filed, month by month
    ):
        enough = one.sum(axis=0) >= LEAST_MET
        if len(enough) == NUMBER:
            enough &= COMPARED
        spread = np.maximum(one.std(axis=0, ddof=1), 1.0)
        apart = np.abs(one.mean(axis=0) - other.mean(axis=0)) / (spread * np.sqrt(share))
        assert enough.sum() >= MONTHS
        assert apart[enough].max() < STANDARD_ERRORS, apart.round(1)


def test_numpy_columns_act_alike():
    model = CreditModel(PLAN, population=population_of(0))
    model.run(14)
    package, columns = np.zeros((2, 2 * NUMBER + 1))
    runs = 60
    for run in range(runs):
        state = model.state.copy()
        state.replication = 1000 + run
        acting(state, model.rules)
        package += counts_of(state)
        acted = NumpyColumns(model.state, model.rules, seed=run).act()
        columns += np.concatenate((acted.met.sum(axis=0), acted.done.sum(axis=0), [len(acted.filed)]))
    assert_same_rates(package, columns)
    chance = model.rules.activities.opportunity / 2.0**32
    error = np.sqrt((package + columns)[:NUMBER] * (1.0 - chance))
    apart = np.abs(package - columns)[:NUMBER]
    due = model.rules.activities.due > 0  # whose opportunities inability takes away
    assert (apart <= STANDARD_ERRORS * error)[COMPARED & ~due].all()
    assert abs(package[-1] - columns[-1]) < STANDARD_ERRORS * np.sqrt(package[-1] + columns[-1])


def test_files_fold_to_the_same_scores():
    rules = compile_rules(PLAN)
    luck = np.random.default_rng(1)
    first, as_of = 24240, 24240 + 20
    for items, record in (
        (rules.book.district_items[1], rules.book.district_rules[1]),
        (rules.book.district_items[0], rules.book.district_rules[0]),
        (rules.book.village_items, rules.book.village_rules[0]),
    ):
        book = Book(items, record)
        often = luck.choice(np.flatnonzero(items["counts"]), 12)
        for _ in range(150):
            rows, plain = [], []
            for _ in range(luck.integers(0, 9)):
                item = int(luck.choice(often if luck.random() < 0.7 else len(items)))
                event = int(first + luck.integers(0, 18))
                points, posted = int(items["points_mp"][item]), event + int(luck.integers(0, 3))
                plain.append(Entry(SimpleNamespace(generation=0), item, points, 0, event, posted, False))
                rows.append((posted, ITEM, item, points, event, plain[-1]))
                lot = luck.random()
                if lot < 0.2 and items["direction"][item] > 0:
                    plain[-1].repaired_in = posted + 1
                    rows.append((posted + 1, REPAIR, -1, 0, posted + 1, plain[-1]))
                elif lot < 0.3:
                    plain[-1].void = True
                    rows.append((posted + 1, VOID, -1, 0, posted + 1, plain[-1]))
            rows.sort(key=lambda row: row[0])
            entries, number_of = np.zeros(len(rows), ENTRY), {}
            for number, (posted, kind, item, points, event, entry) in enumerate(rows):
                number_of.setdefault(entry, number)
                reference = -1 if kind == ITEM else number_of[entry]
                entries[number] = (
                    number,
                    0,
                    0,
                    kind,
                    item,
                    points,
                    number,
                    event,
                    event,
                    posted,
                    reference,
                    -1,
                )
            score, grade, _, change = fold_account(
                entries, np.arange(len(rows)), len(rows), as_of, items, record, 0
            )
            assert fold(plain, book, as_of) == (score, grade, None if change == MONTH_OPEN else change)


def test_times_are_measured():
    times = time_month(scale=0.01, months=2)
    assert times.agent_activities > 5 * times.agents > 0
    assert times.month_us * 1000.0 * times.agents > times.acting_ns * times.agent_activities > 0.0
    assert 0.0 < time_columns(scale=0.01, months=2) < times.acting_ns
