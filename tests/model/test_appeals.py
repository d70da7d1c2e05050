"""Appeals: time limits, the desk's order and overtime; notice before an entry."""

import numpy as np
import pytest

from creditsim.model.chains import HEARD, item_entries
from creditsim.model.phases import appeals, notices
from creditsim.model.phases.records import post
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import CASE, OBJECTED, PENDING, first_state
from creditsim.population.synthesis import build_population
from creditsim.spec.activities import activities
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import CHANNELS, KINDS

PLAN = load_scenario("five-entries-2020").with_levers(
    {"village.compact_deduction_points": 10, "community.uncivil_deduction_points": 10}
)
NUMBER = {activity.id: k for k, activity in enumerate(activities())}
DAY = 2.0**32 / 20.83


def rules_with(**levers):
    return compile_rules(PLAN.with_levers({name.replace("__", "."): value for name, value in levers.items()}))


@pytest.fixture(scope="module")
def population():
    return build_population(scale=0.01, seed=3)


@pytest.fixture
def state(population):
    state = first_state(population, rules_with().first_month, len(NUMBER))
    state.active[:] = 1
    return state


def count(state, name):
    return int(state.counts[:, QUANTITIES.index(name)].sum())


def villagers(state, number):
    return np.flatnonzero(state.agents.kind == KINDS.index("villager"))[:number]


def with_cases(state, due, filed):
    """Let entries on villagers wait for the desk, right ones whose appeals are refused."""
    rows = villagers(state, len(due))
    entries = item_entries(
        state.agents.slot[rows], np.zeros(len(rows), np.int64), np.full(len(rows), -10_000),
        np.zeros(len(rows), np.int8), np.full(len(rows), state.month), state.month,
    )  # fmt: skip
    cases = np.zeros(len(due), CASE)
    cases["entry"], cases["row"] = state.chains.extend(rows, entries), rows
    cases["due"], cases["filed"], cases["check"] = due, filed, 2**32 - 1
    state.cases = cases
    return rows


@pytest.mark.parametrize(
    ("limit", "day", "months"),
    [(7, 0, 0), (7, 13, 0), (7, 14.5, 1), (20, 0.5, 0), (20, 2, 1), (30, 0, 1), (30, 12, 2)],
)
def test_a_limit_ends_in_the_month_of_its_last_working_day(state, limit, day, months):
    rules = rules_with(appeal__limit_days=limit)
    due = appeals.due_months(state, rules, villagers(state, 1), np.array([day * DAY]))
    assert due[0] == state.month + months


def test_the_desk_worked_by_hand(state, monkeypatch):
    """Regular hours for two cases, overtime for one: the last of four that are due stays overdue."""
    monkeypatch.setattr(appeals, "appeal_flow", lambda state, rules: np.full(5, 2000))
    monkeypatch.setattr(
        appeals, "assumed", lambda name: 0.5 if name == "appeal.overtime_share" else _assumed(name)
    )
    now = state.month
    due = [now + 5, now, now - 1, now, now, now + 5]
    rows = with_cases(state, due, [now - 1] * 5 + [now])
    appeals._decide_appeals(state, rules_with())
    left = [0, 4, 5]
    assert sorted(state.cases["row"].tolist()) == rows[left].tolist(), "2 is first due, then 1; 3 by overtime"
    assert state.public["appeal_overtime_minutes"] == 240
    assert (count(state, "files_decided"), count(state, "files_overdue")) == (3, 1)
    state.month += 1
    appeals._decide_appeals(state, rules_with())
    assert state.cases["row"].tolist() == [rows[5]], "4 first, then 0 by filing; no overtime for 5"
    assert state.public["appeal_overtime_minutes"] == 0


_assumed = appeals.assumed


def test_without_a_limit_there_is_no_overtime_and_nothing_is_overdue(state, monkeypatch):
    monkeypatch.setattr(appeals, "appeal_flow", lambda state, rules: np.full(5, 1000))
    with_cases(state, [appeals.NO_LIMIT] * 4, [state.month - 1] * 4)
    appeals._decide_appeals(state, rules_with())
    assert len(state.cases) == 3
    assert (state.public["appeal_overtime_minutes"], count(state, "files_overdue")) == (0, 0)


def test_hours_spent_on_objections_before_posting_are_gone(state, monkeypatch):
    monkeypatch.setattr(appeals, "appeal_flow", lambda state, rules: np.full(5, 2000))
    with_cases(state, [appeals.NO_LIMIT] * 4, [state.month - 1] * 4)
    state.files.heard[:] = 1
    appeals._decide_appeals(state, rules_with())
    assert len(state.cases) == 3


def accepted(state, rules, number, wrong=0, activity="vil-littering", channel="neighbour_report"):
    """Return verified records about villagers."""
    found = np.zeros(number, PENDING)
    found["row"] = villagers(state, number)
    found["activity"], found["channel"] = NUMBER[activity], CHANNELS.index(channel)
    posting = rules.postings[1]
    found["item"] = posting["items"][NUMBER[activity]].max()
    found["points_mp"] = posting["points_mp"][NUMBER[activity]][CHANNELS.index(channel)]
    found["wrong"], found["event"] = wrong, state.month
    return found


@pytest.fixture
def hours(monkeypatch):
    monkeypatch.setattr(notices, "appeal_flow", lambda state, rules: np.full(5, 10**9))


def test_without_notice_everything_is_posted(state, hours):
    rules = rules_with()
    records = accepted(state, rules, 300, wrong=1)
    assert notices.give_notice(state, rules, records) is records


def test_notice_stops_only_what_it_says(state, hours):
    rules = rules_with(notice__before_record_days=5)
    good = accepted(state, rules, 300, activity="vil-mutual-help")
    assert (good["points_mp"] > 0).all()
    assert len(notices.give_notice(state, rules, good)) == 300, "good deeds need no notice"
    false = notices.give_notice(state, rules, accepted(state, rules, 300, wrong=1))
    objected, stopped = count(state, "files_objected"), count(state, "files_stopped")
    assert 10 < stopped < objected < 60, "about 15% of the wronged object, 70% of them with success"
    assert len(false) == 300 - stopped
    assert count(state, "files_cured") == 0, "a false record cannot be made good"
    assert np.count_nonzero(false["flags"] & OBJECTED) == objected - stopped


def test_minor_acts_are_made_good_but_neither_grave_ones_nor_documents(state, hours):
    rules = rules_with(notice__before_record_days=5)
    notices.give_notice(state, rules, accepted(state, rules, 300))
    assert 20 < count(state, "files_cured") < 75, "about 15%"
    state.counts[:] = 0
    grave = accepted(state, rules, 300)
    grave["points_mp"] = -20_000
    document = accepted(state, rules, 300)
    document["channel"] = CHANNELS.index("court")
    for records in (grave, document):
        notices.give_notice(state, rules, records)
    assert count(state, "files_cured") == 0


def test_longer_notice_stops_no_fewer_and_the_same_ones(state, hours):
    kept = []
    for days in (1, 3, 5, 30):
        rules = rules_with(notice__before_record_days=days)
        left = notices.give_notice(state, rules, accepted(state, rules, 300, wrong=1))
        kept.append(set(left["row"].tolist()))
    assert kept[0] >= kept[1] >= kept[2] == kept[3]
    assert len(kept[0]) > len(kept[2])


def test_who_objected_before_posting_does_not_appeal_again_and_the_others_know(state, hours):
    """With full notice whoever would appeal has objected; with a short one the rest appeals after posting."""
    filed = {}
    for days in (0, 2, 5):
        trial = state.copy()
        trial.agents.awareness[:] = 0
        rules = rules_with(notice__before_record_days=days)
        post(trial, rules, notices.give_notice(trial, rules, accepted(trial, rules, 300, wrong=1)))
        heard = np.count_nonzero(trial.chains.status[: trial.chains.number] & HEARD)
        trial.month += 1
        appeals._file_appeals(trial, rules)
        filed[days] = (heard, len(trial.cases))
    assert filed[0][0] == 0
    assert filed[0][1] < 30, "three in ten are told without notice"
    assert filed[5][0] > 0
    assert filed[5][1] == 0
    assert filed[2][0] > 0
    assert filed[2][1] > 0


def test_objections_beyond_the_desks_hours_wait_until_after_posting(state, monkeypatch):
    monkeypatch.setattr(notices, "appeal_flow", lambda state, rules: np.zeros(5, np.int64))
    rules = rules_with(notice__before_record_days=5)
    records = accepted(state, rules, 300, wrong=1)
    assert len(notices.give_notice(state, rules, records)) == 300
    post(state, rules, records)
    state.month += 1
    appeals._file_appeals(state, rules)
    assert len(state.cases) > 15


def test_nobody_repairs_before_the_waiting_time_is_over_and_some_do_as_soon_as_it_is(state):
    rules = rules_with(repair__waiting_months=3)
    rows = villagers(state, 400)
    item = int(np.argmax(rules.book.validity_months >= 12))
    entries = item_entries(
        state.agents.slot[rows], np.full(len(rows), item), np.full(len(rows), -10_000),
        np.zeros(len(rows), np.int8), np.full(len(rows), state.month), state.month,
    )  # fmt: skip
    state.chains.extend(rows, entries)
    repaired = []
    for _ in range(5):
        before = count(state, "repaired")
        appeals._repair(state, rules)
        repaired.append(count(state, "repaired") - before)
        state.month += 1
    assert repaired[:3] == [0, 0, 0]
    assert min(repaired[3:]) > 0
