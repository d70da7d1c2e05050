"""Records: lines and desks of the settings, what passes, what is posted, what is on display."""

import numpy as np
import pytest

from creditsim.core import draws
from creditsim.model.chains import REPAIRED, VOIDED, item_entries
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.month import simulate_month
from creditsim.model.phases import desk
from creditsim.model.phases.false_reports import _about_others
from creditsim.model.phases.publication import on_display
from creditsim.model.phases.records import reaches_step
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import BREACHED, COPY, PENDING, first_state
from creditsim.population.agents import CELLS_PER_AREA, CELLS_PER_SETTING
from creditsim.population.synthesis import build_population
from creditsim.population.ties import build_ties
from creditsim.spec.activities import activities
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import CHANNELS, KINDS, SETTINGS

MONTHS = 10
LEVERS = {
    "assessment.metric_choice": "record_count",
    "assessment.quota_count": 20,
    "notice.before_record_days": 3,
    "appeal.limit_days": 7,
    "appeal.desk_staff_hours_per_month": 640,
    "desk.specificity_share": 0.0,
    "rollout.pilot_start_date": "2020-01",
    "rollout.full_start_date": "2020-01",
    "rollout.phase_in_months": 1,
    "village.compact_deduction_points": 10,
    "community.uncivil_deduction_points": 15,
    "community.volunteer_bonus_points": 4,
    "world.false_record_human_share": 0.05,
}
PLAN = load_scenario("five-entries-2020").with_(months=MONTHS, burn_in_months=4).with_levers(LEVERS)
NUMBER = {activity.id: k for k, activity in enumerate(activities())}
VILLAGE, COMMUNITY = (SETTINGS.index(name) for name in ("village", "community"))


@pytest.fixture(scope="module")
def before():
    return burned_in(PLAN, scale=0.02, seed=5)


@pytest.fixture(scope="module")
def model(before):
    model = CreditModel(PLAN, state=before)
    model.run()
    return model


@pytest.fixture
def empty():
    return first_state(build_population(scale=0.01, seed=3), compile_rules(PLAN).first_month, len(NUMBER))


def by_setting(model, name):
    """Return a quantity by month and setting."""
    counts = model.track().counts[:, :, QUANTITIES.index(name)]
    return counts.reshape(len(counts), -1, len(SETTINGS), CELLS_PER_SETTING).sum(axis=(1, 3))


def reports(state, activity, rows, channel="neighbour_report", points_mp=-10_000, **others):
    """Return records about rows as people file them."""
    filed = np.zeros(len(rows), PENDING)
    filed["row"], filed["activity"], filed["channel"] = rows, NUMBER[activity], CHANNELS.index(channel)
    filed["points_mp"], filed["event"] = points_mp, state.month
    for name, value in others.items():
        filed[name] = value
    return filed


def rows_of(state, kind, number):
    return np.flatnonzero(state.agents.kind == KINDS.index(kind))[:number]


def test_no_record_is_lost_in_any_month_or_setting(before, model):
    first = np.bincount(desk.settings_of(before, before.pending["row"]), minlength=len(SETTINGS))
    waiting = by_setting(model, "files_waiting")
    gone = sum(
        by_setting(model, f"files_{name}")
        for name in ("posted", "refused", "lapsed", "duplicates", "merged", "stopped", "cured")
    )
    then = np.vstack((first, waiting[:-1]))
    assert (then + by_setting(model, "files_filed") == gone + waiting).all()
    for name in ("posted", "refused", "duplicates", "merged", "objected", "cured", "waiting"):
        assert by_setting(model, f"files_{name}").sum() > 0, name


def test_posted_are_negative_or_positive(model):
    both = by_setting(model, "posted_negative") + by_setting(model, "posted_positive")
    stars = both - by_setting(model, "files_posted")
    assert not stars[:, [s for s in range(len(SETTINGS)) if s != VILLAGE]].any()
    assert not stars[1:].any(), "stars are carried in January"


def test_desks_share_the_hours_and_none_works_beyond_its_own(empty, monkeypatch):
    rules = compile_rules(PLAN)
    empty.active[:] = 1
    flow = desk.desk_flow(empty, rules, "desk.verify_staff_hours_per_month", 3.125)
    assert flow.sum() == pytest.approx(960 * 3.125 * empty.population.scale * 1000, abs=3)
    assert flow[VILLAGE] / flow[COMMUNITY] == pytest.approx(
        np.count_nonzero(empty.agents.kind == KINDS.index("villager"))
        / np.count_nonzero(empty.agents.kind == KINDS.index("resident")),
        rel=0.01,
    )
    months = range(empty.month, empty.month + 1000)
    assert sum(desk.whole_part(flow, month) for month in months).tolist() == flow.tolist()


def test_a_line_worked_by_hand(empty, monkeypatch):
    """Room for two a month. Village: three reports, one of them twice; community: one."""
    rules = compile_rules(PLAN)
    room = np.full(len(SETTINGS), 2)
    monkeypatch.setattr(desk, "desk_capacity", lambda state, rules: room)
    a, b, c = rows_of(empty, "villager", 3)
    (d,) = rows_of(empty, "resident", 1)
    line = reports(empty, "vil-littering", [a, a, b, d, c])
    line["flags"][1] = COPY
    passed = desk.verify(empty, rules, line)
    assert passed["row"].tolist() == [a, d], "the copy of a took the second place of the village"
    assert empty.pending["row"].tolist() == [b, c]
    empty.month += 1
    late = reports(empty, "vil-littering", [a], check=2**32 - 1)
    assert desk.verify(empty, rules, late)["row"].tolist() == [b, c]
    empty.month += 1
    assert len(desk.verify(empty, rules, line[:0])) == 0, "refused: its word lies above the sensitivity"
    assert len(empty.pending) == 0


def test_what_waits_too_long_or_concerns_one_who_left_lapses(empty, monkeypatch):
    rules = compile_rules(PLAN)
    monkeypatch.setattr(desk, "desk_capacity", lambda state, rules: np.full(len(SETTINGS), 9))
    a, b, c = rows_of(empty, "villager", 3)
    line = reports(empty, "vil-littering", [a, b, c])
    line["event"][0] -= 13
    empty.agents.generation[b] += 1
    assert desk.verify(empty, rules, line)["row"].tolist() == [c]
    assert empty.counts[:, QUANTITIES.index("files_lapsed")].sum() == 2


def test_a_report_delivered_twice_takes_time_and_counts_once(empty, monkeypatch):
    rules = compile_rules(PLAN)
    monkeypatch.setattr(desk, "desk_capacity", lambda state, rules: np.full(len(SETTINGS), 10_000))
    filed = reports(empty, "res-dog-nuisance", rows_of(empty, "resident", 1500))
    line = desk.delivered(empty, filed)
    copies = (line["flags"] & COPY > 0).sum()
    assert 40 < copies < 120, "one in twenty"
    assert len(line) == len(filed) + copies
    assert (desk.verify(empty, rules, line)["row"] == filed["row"]).all()


def test_hours_are_entered_when_they_reach_a_step(empty):
    """Four times three hours: the fourth reaches ten hours, at 4 points for the first step, 2 x the book."""
    rules = compile_rules(PLAN)
    empty.active[:] = 1
    (row,) = rows_of(empty, "resident", 1)
    step = rules.book.district.item_index["ind-volunteering-10-hours"]
    hours = round(activities()[NUMBER["res-volunteering"]].hours * 10)
    assert hours == 30
    filed = reports(empty, "res-volunteering", [row] * 8, "self_report", 2000, item=step)
    reached = reaches_step(empty, rules, filed)
    assert reached.tolist() == [False, False, False, True, False, False, True, False]
    book = rules.book.points_mp[rules.book.step_items[:2]]
    assert filed["points_mp"][reached].tolist() == [4000, 4000 * book[1] // book[0]]
    assert empty.hours_tenths[0, row] == 240


@pytest.mark.parametrize(("setting", "kind"), [(VILLAGE, "villager"), (COMMUNITY, "resident")])
def test_settings_without_ties_do_not_touch_each_others_files(setting, kind):
    rules = compile_rules(PLAN)
    population = build_population(scale=0.01, seed=5)

    def run(*kinds):
        state = first_state(population, rules.first_month, len(rules.activities))
        codes = [KINDS.index(each) for each in kinds]
        state.agents.present[~np.isin(state.agents.kind, codes)] = 0
        months = np.stack([simulate_month(state, rules) for _ in range(5)])
        cells = np.arange(months.shape[1]) % CELLS_PER_AREA // CELLS_PER_SETTING == setting
        return months[:, cells][:, :, _FILES]

    alone = run(kind)
    assert (run("villager", "resident") == alone).all()
    assert np.abs(alone).sum() > 0


_FILES = [
    k
    for k, name in enumerate(QUANTITIES)
    if name.startswith(("files_", "posted_", "appeals_")) or name in ("breaches", "wrongly_penalised")
]


def test_a_made_up_report_is_about_a_compliant_neighbour(empty):
    rules = compile_rules(PLAN)
    empty.active[:] = 1
    rows = rows_of(empty, "villager", 200)
    empty.deeds[rows] = BREACHED
    near = build_ties(empty.population).neighbours
    filed = reports(empty, "vil-littering", rows)
    false = _about_others(empty, rules, filed, rows, (near.indptr, near.indices), 1.0, 1024)
    assert len(false) > 20
    assert (false["wrong"] == 1).all()
    assert not empty.deeds[false["row"]].any()
    tied = {int(other) for row in rows for other in near[row]}
    assert set(false["row"].tolist()) <= tied
    assert len(_about_others(empty, rules, filed, rows, (near.indptr, near.indices), 0.0, 1024)) == 0


def test_judgments_are_on_display_until_the_term_or_the_repair(empty):
    levers = {**LEVERS, "publication.max_months": 6}
    rules = compile_rules(PLAN.with_levers(levers))
    empty.active[:] = 1
    a, b, c = rows_of(empty, "resident", 3)
    items = [
        rules.book.district.item_index[name]
        for name in ("ind-debt-default-with-court-judgment", "ind-judgment-ordering-performance")
    ] + [rules.book.district.item_index["comm-pet-or-livestock-nuisance"]]
    start = empty.month
    ids = empty.chains.extend(
        np.array([a, b, c]),
        item_entries(
            empty.agents.slot[[a, b, c]], np.array(items), np.full(3, -10_000), np.zeros(3, np.int8),
            np.full(3, start), start,
        ),
    )  # fmt: skip
    shown = []
    for month in range(8):
        empty.month = start + month
        if month == 3:
            empty.chains.mark(ids[1:2], VOIDED if start % 2 else REPAIRED)
        shown.append(np.flatnonzero(on_display(empty, rules)).tolist())
    assert shown == [[a, b]] * 3 + [[a]] * 3 + [[]] * 2


def test_agents_replay_their_score_from_entries_whose_points_levers_set(model):
    points = model.state.chains.decode(np.arange(model.state.chains.number))["points_mp"]
    assert (points == -15_000).any(), "uncivil acts at the lever's points: the book has none of 15"
    moved = [agent for agent in model.agents if agent.score_mp != 1_000_000]
    assert len(moved) > 50
    for agent in moved:
        assert agent.explain().score_mp == agent.score_mp


def test_outcomes_of_the_files_are_shares_and_months(model):
    frame = model.outcomes()
    value = frame[frame.group == "all"].groupby(["outcome", "setting"], observed=True)["value"].mean()
    for name in ("record.over_reported_share", "appeal.overdue_share", "score.wrong_grade_share"):
        assert 0 <= value[name, "all"] <= 1
    assert 0 < value["record.delay_months", "all"] < 12
    assert value["score.wrong_grade_share", "all"] > 0


def test_words_of_the_second_delivery_are_an_agents_own(empty):
    filed = reports(empty, "res-dog-nuisance", rows_of(empty, "resident", 400))
    part = desk.delivered(empty, filed[100:200])
    assert np.isin(part["row"][part["flags"] > 0], desk.delivered(empty, filed)["row"]).all()
    assert draws.VERIFY == 5
