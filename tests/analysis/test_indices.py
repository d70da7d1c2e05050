"""Indices of factors: as the closed forms have them, with a dummy that ranks last."""

from __future__ import annotations

import numpy as np
import pytest

from creditsim.analysis.sensitivity.indices import dummy_is_last, indices_of, rank_agreement, ranks_of
from creditsim.analysis.sensitivity.known import KNOWN_FUNCTIONS
from creditsim.core.errors import InputError
from creditsim.experiment.screening import DUMMY, Range, Screening

SAMPLES = {"ishigami": 4096, "g-function": 1024}


@pytest.fixture(scope="module", params=sorted(SAMPLES))
def studied(request):
    known = KNOWN_FUNCTIONS[request.param]
    screening = Screening("sobol", SAMPLES[known.name], 1, known.factors)
    values = known.function(screening.points())
    return known, screening, values, indices_of(screening, values)


def largest_error(known, indices):
    found = {each.name: each for each in indices if each.name != DUMMY}
    return max(
        max(abs(found[name].S1 - known.S1[name]), abs(found[name].ST - known.ST[name])) for name in found
    )


def test_the_path_finds_the_closed_form_within_a_hundredth(studied):
    known, _, _, indices = studied
    assert largest_error(known, indices) < 0.01


def test_intervals_hold_the_closed_form(studied):
    known, _, _, indices = studied
    for each in indices:
        if each.name != DUMMY:
            assert each.low <= known.ST[each.name] <= each.high
            assert each.S1_low <= known.S1[each.name] <= each.S1_high


def test_the_dummy_ranks_last_and_ranks_are_steady(studied):
    _, screening, _, indices = studied
    assert indices[-1].name == DUMMY
    assert indices[-1].rank == len(screening.names) == indices[-1].rank_low
    assert dummy_is_last(indices)
    assert rank_agreement(indices) == 1.0


def test_outputs_in_another_order_are_far_from_the_closed_form(studied):
    known, screening, values, _ = studied
    shifted = np.roll(values.reshape(-1, screening.block), 1, axis=1).reshape(-1)
    wrong = indices_of(screening, shifted)
    assert largest_error(known, wrong) > 0.1
    assert wrong[-1].name != DUMMY or not dummy_is_last(wrong)


def test_the_same_seed_gives_the_same_bits(studied):
    _, screening, values, indices = studied
    assert indices_of(screening, values) == indices


def test_elementary_effects_of_a_straight_function_are_its_slopes():
    factors = (Range("a", 0.0, 10.0), Range("b", -1.0, 1.0), Range("c", 0.0, 1.0))
    screening = Screening("morris", 6, 5, factors)
    a, b, c = screening.points().T
    indices = {each.name: each for each in indices_of(screening, 3.0 * a - 7.0 * b + 0.0 * c)}
    assert [indices[name].mu for name in "abc"] == pytest.approx([30.0, -14.0, 0.0], abs=1e-12)
    assert [indices[name].mu_star for name in "abc"] == pytest.approx([30.0, 14.0, 0.0], abs=1e-12)
    assert max(indices[name].sigma for name in "abc") < 1e-12
    assert [indices[name].rank for name in ("a", "b", DUMMY)] == [1, 2, 4]


def test_a_factor_that_acts_through_another_has_a_spread():
    screening = Screening("morris", 20, 1, (Range("x", -1.0, 1.0), Range("y", -1.0, 1.0)))
    x, y = screening.points().T
    for each in indices_of(screening, x * y):
        assert (each.sigma > 0.5) == (each.name != DUMMY)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_what_does_not_vary_has_indices_of_nothing(method):
    screening = Screening(method, 4, 1, (Range("x", 0.0, 1.0),))
    indices = indices_of(screening, np.full(len(screening.positions), 3.0))
    assert {each.value for each in indices} == {0.0}
    assert indices[-1].name == DUMMY


def test_an_output_that_is_not_defined_is_refused():
    screening = Screening("morris", 2, 1, (Range("x", 0.0, 1.0),))
    values = np.ones(len(screening.positions))
    values[2] = np.nan
    with pytest.raises(InputError, match="got 1 of 6 rows in which the outcome is not defined"):
        indices_of(screening, values)


def test_equal_ones_keep_their_order():
    assert ranks_of(np.array([1.0, 1.0, 2.0, 0.0])).tolist() == [2, 3, 1, 4]
