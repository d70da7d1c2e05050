"""Shares of a bundle's effect: fair by Shapley's axioms, exact in their sum, groups as they are meant."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.analysis.attribution import attribute_effect, coalition, lever_groups
from creditsim.analysis.shapley import exact_shares, rounded_to_sum
from creditsim.core.errors import InputError
from creditsim.spec.scenario import load_scenario

USUAL, PLAN = load_scenario("status-quo-2019"), load_scenario("five-entries-2020")


def coalitions_of(number):
    return [members for size in range(number + 1) for members in itertools.combinations(range(number), size)]


games = st.integers(1, 5).flatmap(
    lambda number: st.tuples(
        st.just(number),
        st.lists(st.floats(-1e6, 1e6, allow_nan=False, width=32), min_size=2**number, max_size=2**number),
    )
)


@given(games)
def test_shares_add_up_to_the_effect_exactly(game):
    number, values = game
    (shares,), (effect,) = exact_shares(np.array([values]), coalitions_of(number), number)
    assert sum(shares) == effect == Fraction(values[-1]) - Fraction(values[0])


@given(games, st.randoms(use_true_random=False))
def test_shares_do_not_depend_on_the_order_of_groups(game, luck):
    number, values = game
    worth = dict(zip(coalitions_of(number), values, strict=True))
    order = list(range(number))
    luck.shuffle(order)
    renamed = [worth[tuple(sorted(order[each] for each in members))] for members in coalitions_of(number)]
    (shares,), _ = exact_shares(np.array([values]), coalitions_of(number), number)
    (others,), _ = exact_shares(np.array([renamed]), coalitions_of(number), number)
    assert [shares[each] for each in order] == others


def test_a_group_that_does_nothing_has_no_share_and_equals_share_alike():
    number, found = 3, []
    for members in coalitions_of(number):  # the first two work only together; the third does nothing
        found.append(6.0 if {0, 1} <= set(members) else 0.0)
    (shares,), _ = exact_shares(np.array([found]), coalitions_of(number), number)
    assert shares == [3, 3, 0]


def test_the_glove_game_is_shared_out_as_in_the_books():
    # One left glove (0), two right ones (1, 2): a pair is worth 1. Shapley value: 2/3, 1/6, 1/6.
    values = [float(0 in members and len(members) > 1) for members in coalitions_of(3)]
    (shares,), _ = exact_shares(np.array([values]), coalitions_of(3), 3)
    assert shares == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]


@given(
    st.lists(st.fractions(-1000, 1000, max_denominator=999), min_size=1, max_size=8), st.integers(1, 10**6)
)
def test_rounded_parts_add_up_to_the_rounded_sum(parts, denominator):
    step = Fraction(1, denominator)
    found = rounded_to_sum(parts, step)
    assert sum(found) == round(sum(parts) / step)
    assert all(abs(number - part / step) <= 1 for number, part in zip(found, parts, strict=True))


def test_groups_hold_each_changed_lever_once():
    for own in (None, {"firms": ["E1", "E2"], "one": ["village.compact_on"]}):
        groups = lever_groups(USUAL, PLAN, own)
        levers = [name for group in groups for name in group.levers]
        assert sorted(levers) == sorted(change.lever for change in PLAN.changes(USUAL))
    assert [group.name for group in groups] == ["firms", "one", "rest"]


@pytest.mark.parametrize(
    ("own", "fault"),
    [
        ({"a": ["E9"]}, "E9"),
        ({"a": ["E1"], "b": ["contest.hiring.score_weight"]}, "contest.hiring.score_weight"),
        ({name: [name] for name in ("E1", "E2", "E3", "E4", "C1", "C2", "C3", "G2")}, "9 groups"),
    ],
)
def test_groups_that_cannot_be_are_refused(own, fault):
    with pytest.raises(InputError, match=fault):
        lever_groups(USUAL, PLAN, own)
    with pytest.raises(InputError, match="expected other lever values"):
        lever_groups(USUAL, USUAL)


def test_a_lever_waits_for_what_it_requires():
    groups = lever_groups(USUAL, PLAN, {"welfare": ["V3"], "files": ["V1"], "compact": ["V2"]})
    numbers = [group.name for group in groups]
    assert coalition(USUAL, PLAN, groups, []).inputs() == USUAL.inputs()
    assert coalition(USUAL, PLAN, groups, range(len(groups))).inputs() == PLAN.inputs()
    for size in range(len(groups) + 1):  # every coalition is a scenario that can run
        for members in itertools.combinations(range(len(groups)), size):
            coalition(USUAL, PLAN, groups, members)
    alone = coalition(USUAL, PLAN, groups, [numbers.index("compact")])
    changed = {change.lever for change in alone.changes(USUAL)}
    assert changed <= set(groups[numbers.index("compact")].levers)


@pytest.fixture(scope="module")
def found():
    usual, plan = (each.with_(months=3, burn_in_months=1) for each in (USUAL, PLAN))
    groups = lever_groups(usual, plan, {"firms": ["E4"], "villages": ["V1", "V2"]})
    return attribute_effect(
        usual, plan, ["public_cost", "breaches"], groups=groups, replications=2, scale=0.01, seed=4
    )


def test_simulated_shares_add_up_to_the_last_digit_in_any_order(found):
    for effect in found:
        shares = [share.share for share in effect.shares]
        for order in itertools.permutations(shares):
            assert sum(order) == effect.effect
    assert found[0].effect != 0.0


def test_the_effect_is_that_of_the_comparison(found):
    from creditsim import compare

    usual, plan = (each.with_(months=3, burn_in_months=1) for each in (USUAL, PLAN))
    compared = compare([usual, plan], replications=2, scale=0.01, seed=4, threads=1, progress=False)
    rows = compared.headline().set_index("outcome")
    for effect in found:
        assert effect.effect == pytest.approx(rows.loc[effect.outcome, "difference"], rel=1e-9, abs=1e-9)
        assert effect.low == pytest.approx(rows.loc[effect.outcome, "low"], rel=1e-9, abs=1e-9)


def test_findings_are_a_table_and_json(found):
    frame = found.to_frame()
    assert list(frame["group"]) == ["firms", "villages", "rest", "all"] * 2
    told = found.to_dict()
    assert (told["coalitions"], len(told["fingerprint"])) == (8, 64)
    assert "nan" not in repr(found._repr_html_()).lower()
