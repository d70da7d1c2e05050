"""Contests: slots are conserved, the score moves them by its weight, what it displaces is counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.model.coverage import ON_FILE, file_status
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.ladders import CITY, DISTRICT, VILLAGE, mean_worth_fen, paid_elsewhere, treatments
from creditsim.model.phases.contests import contests
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.slots import ONE, ability, count_slots, decide, pool_ranks, worth
from creditsim.spec.contests import (
    CheckField,
    Contest,
    check_chance,
    check_fields,
    fields_of_lever,
    weight_levers,
)
from creditsim.spec.contests import contests as contest_catalogue
from creditsim.spec.measures import measures
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import KINDS

WEIGHTS = {
    "contest.hiring.score_weight": 0.15,
    "contest.promotion.score_weight": 0.2,
    "contest.title.score_weight": 0.15,
    "contest.teacher_award.score_weight": 0.2,
    "contest.village_honour.score_weight": 0.3,
    "contest.party_admission.score_weight": 0.2,
    "contest.subsidy.score_weight": 0.15,
    "contest.procurement.score_weight": 0.1,
}
CHECKS = {"checkfirst.coverage_share": 0.8, "checkfirst.fields_count": 6}
AT_ONCE = {"rollout.pilot_start_date": "2020-01", "rollout.full_start_date": "2020-01",
           "rollout.phase_in_months": 1}  # fmt: skip
PLAN = load_scenario("five-entries-2020").with_(months=12, burn_in_months=3)
FULL = PLAN.with_levers({**CHECKS, **WEIGHTS, **AT_ONCE})
WITHOUT = FULL.with_levers(dict.fromkeys(WEIGHTS, 0))
NUMBER = {contest.id: number for number, contest in enumerate(contest_catalogue())}


@pytest.fixture(scope="module")
def state():
    return burned_in(PLAN, scale=0.01, seed=3)


@pytest.fixture(scope="module")
def runs(state):
    """Return a year with the score's weights and the same year without."""
    found = [CreditModel(scenario, state=state) for scenario in (FULL, WITHOUT)]
    for model in found:
        model.run()
    return found


def total(model, name):
    return int(model.track().counts[:, :, QUANTITIES.index(name)].sum())


# Deciding


def one_pool(merit, score, weight, slots, barred=None):
    """Return winners without and with the score in one pool; ties go to the earlier candidate."""
    number = len(merit)
    group = np.zeros(number, np.int64)
    decision = decide(
        group, np.array([slots]), pool_ranks(group, np.array(merit)), pool_ranks(group, np.array(score)),
        np.full(number, round(weight * ONE)),
        np.zeros(number, np.bool_) if barred is None else np.array(barred), np.arange(number),
    )  # fmt: skip
    return np.flatnonzero(decision.usual).tolist(), np.flatnonzero(decision.actual).tolist()


def test_ranks_run_from_zero_and_equals_share_one():
    group = np.array([0, 0, 0, 1, 1, 1])
    ranks = pool_ranks(group, np.array([7, 5, 9, 4, 4, 8]))
    assert ranks.tolist() == [2, 0, 4, 1, 1, 4], "doubled: 0 to 2 (n - 1) in each pool"


def test_a_hand_worked_pool():
    # Ranks of merit 1, .5, 0; of score 0, 1, .5. At w = .3 the index is .7, .65, .15; at .4 it is .6, .7, .2.
    assert one_pool([30, 20, 10], [0, 9, 5], 0.3, 1) == ([0], [0])
    assert one_pool([30, 20, 10], [0, 9, 5], 0.4, 1) == ([0], [1])


def test_a_barred_candidate_stands_behind_all_others_and_wins_what_nobody_else_takes():
    assert one_pool([30, 20, 10], [1, 1, 1], 0.1, 2, [True, False, False]) == ([0, 1], [1, 2])
    assert one_pool([30, 20, 10], [1, 1, 1], 0.1, 3, [True, False, False])[1] == [0, 1, 2]


def test_each_candidates_index_takes_its_own_weight():
    group, slots, lot = np.zeros(2, np.int64), np.array([1]), np.arange(2)
    nobody = np.zeros(2, np.bool_)
    merit, score = np.array([1, 0]), np.array([0, 1])
    only_second = decide(group, slots, merit, score, np.array([0, 600_000]), nobody, lot)
    assert only_second.actual.tolist() == [True, False], "ranks 1 and 0: index 1 against .6"
    both = decide(group, slots, merit, score, np.array([600_000, 600_000]), nobody, lot)
    assert both.actual.tolist() == [False, True]


pools = st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5), st.integers(0, 6)), min_size=1, max_size=40)


@given(pools, st.integers(0, 6), st.lists(st.integers(0, ONE), min_size=2, max_size=6))
def test_slots_are_conserved_and_a_higher_weight_never_lowers_the_winners_score(pool, slots, weights):
    group, merit, score = (np.array(column, np.int64) for column in zip(*pool, strict=True))
    lot, nobody = np.arange(len(group)), np.zeros(len(group), np.bool_)
    every = np.full(4, slots)
    merit, ranks, before = pool_ranks(group, merit), pool_ranks(group, score), None
    for weight in sorted(weights):
        won = decide(group, every, merit, ranks, np.full(len(group), weight), nobody, lot).actual
        size = np.bincount(group, minlength=4)
        assert (np.bincount(group[won], minlength=4) == np.minimum(slots, size)).all()
        by_pool = np.bincount(group[won], ranks[won], minlength=4)
        assert before is None or (by_pool >= before).all()
        before = by_pool


def test_displaced_worth_is_counted_in_standard_deviations_of_the_pool(state):
    state = state.copy()
    state.counts[:] = 0
    rows, group = np.arange(4), np.zeros(4, np.int64)
    decision = decide(
        group, np.array([1]), np.array([4, 3, 2, 1]), np.array([1, 2, 3, 4]), np.full(4, ONE),
        np.zeros(4, np.bool_), np.arange(4),
    )  # fmt: skip
    # Worth 2, 0, 0, -2: standard deviation sqrt(2). The first loses to the last: 4 / sqrt(2).
    count_slots(state, rows, group, decision, np.array([2.0, 0.0, 0.0, -2.0]), np.full(4, 500), "school")
    count = lambda name: int(state.counts[:, QUANTITIES.index(name)].sum())  # noqa: E731
    assert count("contest_displaced_millionths") == 2_828_427
    assert (count("contest_slots"), count("contest_slots_changed"), count("contest_wronged")) == (1, 1, 1)
    assert count("benefits_fen") == count("penalties_fen") == count("contest_prizes_fen") == 500


def test_slots_are_counted_where_the_contest_is_and_prizes_with_the_agent(runs):
    with_score, _ = runs
    frame = with_score.outcomes()
    mean = frame[(frame.outcome == "contest.slots_changed_share") & (frame.group == "all")]
    defined = mean.dropna().groupby("setting", observed=True).value.count()
    assert defined["enterprise"] == 12, "vacancies every month"
    assert defined["village"] in (1, 2), "honours in December; membership in July, where a lot gives a slot"
    assert "community" not in defined or defined["community"] == 0


# Worth


def test_ability_is_fixed_standard_normal_and_unrelated_to_honesty(state):
    rows = np.arange(len(state.agents))
    drawn = ability(state, rows)
    assert drawn.mean() == pytest.approx(0.0, abs=0.05)
    assert drawn.std() == pytest.approx(1.0, abs=0.05)
    assert np.corrcoef(drawn, state.agents.honesty)[0, 1] == pytest.approx(0.0, abs=0.06)
    apart = worth(state, rows) - drawn
    assert apart.std() == pytest.approx(0.3, rel=0.05), "beta times integrity in standard deviations"
    later = state.copy()
    later.month += 12
    assert (ability(later, rows) == drawn).all()


def test_who_takes_over_a_slot_has_an_ability_of_its_own_and_has_won_nothing(state):
    later = state.copy()
    later.contests.won[:] = 1
    later.agents.generation[7] += 1
    later.turnover.leavers = np.array([7])
    assert (ability(later, np.arange(20)) != ability(state, np.arange(20))).nonzero()[0].tolist() == [7]
    contests(later, compile_rules(PLAN))
    assert later.contests.won[7] & 1 == 0
    assert later.contests.won[8] & 1 == 1


# Runs


def test_without_weight_no_slot_changes_and_nothing_is_displaced(runs):
    _, without = runs
    assert total(without, "contest_slots") > 100
    names = ("contest_slots_changed", "contest_displaced_millionths", "contest_wronged", "contest_barred")
    assert [total(without, name) for name in names] == [0, 0, 0, 0]


def test_with_weight_slots_change_hands_but_not_their_number(runs):
    with_score, without = runs
    assert 0 < total(with_score, "contest_slots_changed") < total(with_score, "contest_slots") / 2
    assert total(with_score, "contest_slots") == total(without, "contest_slots")


def test_slots_are_those_offered_in_every_month(state):
    rules = compile_rules(FULL)
    for month in (12, 12 + 8, 12 + 11):
        later = state.copy()
        later.month = state.month - state.month % 12 + month
        later.active[:] = 1
        later.counts[:] = 0
        contests(later, rules)
        slots = int(later.counts[:, QUANTITIES.index("contest_slots")].sum())
        other = later.copy()
        other.counts[:] = 0
        other.contests.won[:] = 0
        other.active[:] = 0
        contests(other, rules)
        assert slots == int(other.counts[:, QUANTITIES.index("contest_slots")].sum()) > 0


def test_a_winner_for_good_does_not_win_again(state):
    later, rules = state.copy(), compile_rules(FULL)
    later.month += (6 - later.month) % 12
    bit = 1 << NUMBER["party_admission"]
    villagers = later.agents.kind == KINDS.index("villager")
    later.contests.won[villagers] |= bit
    later.counts[:] = 0
    later.turnover.leavers = np.zeros(0, np.int64)
    before = later.contests.won.copy()
    contests(later, rules)
    assert (later.contests.won == before).all(), "nobody is left to admit"


def test_a_candidate_without_a_file_stands_with_the_base_score(state):
    """Scores below the base lose slots only to those on file; without files nothing changes."""
    later = state.copy()
    later.active[:] = 1
    later.month += (11 - later.month) % 12
    no_files = FULL.with_levers({"files.villager_coverage_share": 0.01})
    rules = compile_rules(no_files)
    villagers = np.flatnonzero(later.agents.kind == KINDS.index("villager"))
    unfiled = villagers[file_status(later, rules, villagers) < ON_FILE]
    later.agents.village_score_mp[unfiled] = 500_000
    changed = []
    for score in (500_000, 2_000_000):
        later.agents.village_score_mp[unfiled] = score
        each = later.copy()
        each.counts[:] = 0
        contests(each, rules)
        changed.append(each.counts.copy())
    assert (changed[0] == changed[1]).all(), "a score that nobody has on file moves nothing"


def test_kinds_without_agents_cost_nothing(state):
    later = state.copy()
    later.agents.present[:] = 0
    later.counts[:] = 0
    contests(later, compile_rules(FULL))
    assert not later.counts.any()


# What agents reckon with


def test_measures_that_a_contest_decides_are_reckoned_with_but_not_paid_by_grade():
    decided = {measure.id for measure in measures() if paid_elsewhere(measure)}
    assert {"ent-hiring-high", "ent-promotion", "tea-title", "tea-award", "vil-honour", "vil-party",
            "g4-subsidy", "g4-tender", "gov-cadre", "sch-pupil-honour", "sch-league"} <= decided  # fmt: skip
    regime = compile_rules(FULL).regimes[1]
    tops = (("teacher", DISTRICT, "AAA"), ("villager", VILLAGE, "star5"), ("resident", CITY, "AAA"))
    for kind, ladder, top in tops:
        treated = treatments(kind, ladder, top, FULL.values)
        reckoned = mean_worth_fen(treated, FULL.values)
        paid = mean_worth_fen([m for m in treated if not paid_elsewhere(m)], FULL.values)
        assert any(measure.id in decided for measure in treated)
        assert regime.worth_fen[ladder, KINDS.index(kind)].max() == paid < reckoned


@pytest.mark.parametrize("weight", [0.05, 0.1, 0.3])
def test_worth_goes_with_the_weight_and_with_the_checks(weight):
    grant = next(measure for measure in measures() if measure.id == "g4-subsidy")
    stated = grant.worth_yuan_month * 100 * grant.eligible_share
    values = FULL.with_levers({"contest.subsidy.score_weight": weight}).values
    assert mean_worth_fen([grant], values) == round(stated * weight / 0.15)
    halved = {**values, "checkfirst.coverage_share": 0.4}
    assert mean_worth_fen([grant], halved) == round(stated * weight / 0.15 / 2)


# The catalogue


def test_every_weight_of_the_plan_is_decided_somewhere():
    named = {name for measure in measures() for name in measure.requires if name.startswith("contest.")}
    assert named == set(weight_levers())


def test_fields_are_taken_up_in_order():
    first, *_, cadres, awards = check_fields()
    assert (first, cadres, awards) == ("procurement", "cadres", "awards")
    values = {"checkfirst.coverage_share": 0.8, "checkfirst.fields_count": 4}
    assert [check_chance(field, values) for field in check_fields()] == [0.8, 0.8, 0.8, 0.8, 0.0, 0.0]
    assert fields_of_lever("contest.subsidy.score_weight") == ("funding", "projects")
    assert fields_of_lever("contest.title.score_weight") == (), "a file counts without a check"


@pytest.mark.parametrize("record", [*contest_catalogue(), *check_fields().values()], ids=lambda each: each.id)
def test_contests_and_fields_have_a_passport_and_two_titles(record):
    assert isinstance(record, Contest | CheckField)
    assert record.source.strip()
    assert record.title_en.isascii()
    assert not record.title_zh.isascii()
