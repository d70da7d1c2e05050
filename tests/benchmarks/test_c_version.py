"""Acting in hand-written C writes the same bits as ours, so that the two may be compared in time."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from creditsim.core.months import month_text
from creditsim.model.credit_model import CreditModel
from creditsim.model.phases.acting import acting
from creditsim.model.quantities import QUANTITIES
from creditsim.population.synthesis import build_population
from creditsim.spec.scenario import load_scenario

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import c_records, c_version

SCALE, MONTHS = 0.02, 15
SHOCK = "2020-03"

# What no shipped scenario has together: each turns on a branch of the rule that would else be idle.
STRICT = {
    "enforcement.ability_test_on": True,
    "enforcement.repeat_escalation_share": 0.5,
    "village.neighbour_reports_on": True,
    "consent.opt_in_on": True,
    "community.sorting_reward_yuan": 6.0,
    "community.sorting_sites_share": 0.5,
    "pledge.owner_code_posted_share": 0.3,
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    try:
        return c_version.build(tmp_path_factory.mktemp("acting"))
    except c_version.NoCompiler as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def population():
    return build_population(scale=SCALE)


def model_of(scenario, population, levers=None):
    return CreditModel(load_scenario(scenario).with_levers(levers or {}), population=population)


@pytest.mark.parametrize(
    ("scenario", "levers"),
    [
        ("five-entries-2020", {}),
        ("five-entries-2020", STRICT),
        ("status-quo-2019", {}),
        ("guidance-2021", {"enforcement.ability_test_on": True}),
    ],
)
def test_the_same_bits_in_every_month(library, population, scenario, levers):
    model = model_of(scenario, population, levers)
    months, filed, counted = [], 0, 0
    for _ in range(MONTHS):
        state = c_version.up_to_acting(model.state, model.rules)
        in_c = c_version.act_in_c(library, state, model.rules)
        c_version.assert_same(in_c, c_version.act_compiled(state, model.rules))
        months.append(month_text(state.month))
        filed, counted = filed + len(in_c.filed), counted + in_c.counts.sum(axis=0)
        model.step()
    assert SHOCK in months
    assert filed > 0
    reached = ("breaches", "merits", "sorted", "fines_fen", "means_unable", "means_penalised")
    reached += ("means_spared", "rewards_fen") if levers is STRICT else ()
    idle = [name for name in reached if counted[QUANTITIES.index(name)] == 0]
    assert idle == []


def test_what_is_compared_is_what_the_phase_writes(library, population):
    model = model_of("five-entries-2020", population)
    model.run(3)
    state = c_version.up_to_acting(model.state, model.rules)
    written = c_version.act_in_c(library, state, model.rules)
    counts = state.counts.copy()
    acting(state, model.rules)
    assert (state.counts - counts == written.counts).all()
    for name in ("deeds", "last_breach", "last_tutoring", "memory", "done", "met"):
        assert (getattr(state, name) == getattr(written, name)).all(), name
    assert (state.filed_now == written.filed).all()
    assert (state.agents.belief == written.belief).all()
    assert (state.service.sanctioned == written.sanctioned).all()
    assert (state.service.last_sanction == written.last_sanction).all()


def test_a_state_stays_as_it_was(library, population):
    model = model_of("five-entries-2020", population)
    model.run(2)
    state = c_version.up_to_acting(model.state, model.rules)
    before = state.copy()
    first = c_version.act_in_c(library, state, model.rules)
    c_version.act_compiled(state, model.rules)
    c_version.time_both(library, state, model.rules, repeats=1)
    for name in ("agents", "deeds", "last_breach", "last_tutoring", "memory", "counts", "done", "met"):
        assert (getattr(state, name) == getattr(before, name)).all(), name
    assert (state.service.short_before == before.service.short_before).all()
    c_version.assert_same(first, c_version.act_in_c(library, state, model.rules))


def test_times_are_by_activities_that_fit(library, population):
    model = model_of("status-quo-2019", population)
    state = c_version.up_to_acting(model.state, model.rules)
    state.agents.present[::5] = 0
    table, fit = model.rules.activities, 0
    for k in range(len(table)):
        agents = state.agents[state.agents.present == 1]
        every, some = int(table.all_traits[k]), int(table.any_traits[k])
        own = (int(table.kinds[k]) >> agents.kind) & 1 == 1
        own &= agents.traits & every == every
        fit += int((own & ((some == 0) | (agents.traits & some != 0))).sum())
    times = c_version.time_both(library, state, model.rules, repeats=3)
    assert times.agent_activities == fit
    assert min(times.ours_ns, times.c_ns, times.ratio) > 0.0


def test_one_other_bit_is_found(library, population):
    model = model_of("status-quo-2019", population)
    one = c_version.act_compiled(model.state, model.rules)
    other = one._replace(belief=one.belief.copy())
    c_version.assert_same(one, other)
    other.belief.view(np.uint32)[7, 3] ^= 1
    with pytest.raises(AssertionError, match="belief: 1 rows differ, first 7"):
        c_version.assert_same(one, other)
    with pytest.raises(AssertionError, match=r"filed: got .* expected the same type and shape"):
        c_version.assert_same(one, one._replace(filed=one.filed[1:]))


def test_a_record_that_changed_is_refused(library, monkeypatch, tmp_path):
    regime = c_records.RECORDS["Regime"]
    fields = [(name, *regime.descr[place][1:]) for place, name in enumerate(regime.names)]
    changed = np.dtype([*fields[:2], ("new_on", "u1"), *fields[2:]])
    monkeypatch.setitem(c_records.RECORDS, "Regime", changed)
    with pytest.raises(RuntimeError, match=r"Regime as a whole has .*4641\), expected .*4642\) of REGIME$"):
        c_version.build(tmp_path)


def test_no_compiler_is_said_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("CC", "no-such-compiler -m64")
    with pytest.raises(c_version.NoCompiler, match="no command 'no-such-compiler', expected a C compiler"):
        c_version.build(tmp_path)
