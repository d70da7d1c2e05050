"""Is the method honest? On models whose posterior is known, its 90% intervals cover 85 to 95% of the truths.

All of it goes through `infer`, by which the command `creditsim fit` finds its posterior. With 400 data sets
an honest method lands outside 85 to 95% about once in a thousand times for an axis; one that covers 80%
lands inside about once in a hundred. Seeds are fixed, so a test that is green stays green.
"""

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm, truncnorm

from creditsim.analysis.posterior.adjustment import adjusted, quantiles
from creditsim.analysis.posterior.coverage import (
    dishonest,
    judged,
    leave_one_out,
    narrowed,
    over_truths,
    place_of_truth,
)
from creditsim.analysis.posterior.inference import infer
from creditsim.analysis.posterior.priors import Axis, Prior, uniforms
from creditsim.analysis.posterior.sequential import Plan
from creditsim.analysis.posterior.targets import Target
from creditsim.core.errors import InputError

DATASETS = 400
PRIOR = Prior((Axis("place", 0.0, 10.0), Axis("rate", 1.0, 9.0, mode=3.0)))
NAMES = ("reading", "count")
TRUTH_LUCK = 99


def normal(name, number, seed, round_number):
    """Return standard normal draws by name."""
    return ndtri(uniforms(name, number, seed, 0, round_number))


def readings(values, seed, round_number):
    """Simulate: a reading of the place with error 1, and the mean of noisy looks at the rate."""
    number = len(values)
    reading = values[:, 0] + normal("reading", number, seed, round_number)
    count = values[:, 1] * np.exp(0.25 * normal("count", number, seed, round_number))
    return np.column_stack([reading, count])


def simulator(dataset):
    """Return the simulator of a data set, with luck of its own."""
    return lambda round_number, values: readings(values, 1000 + dataset, round_number)


def observed(dataset, truth):
    """Return what is observed of a truth."""
    return Target.at(NAMES, readings(truth[None, :], 1000 + dataset, TRUTH_LUCK)[0])


@pytest.fixture(scope="module")
def table():
    """One reference table: particles of the prior and what was simulated of them."""
    values = PRIOR.draw(1500, seed=7)
    return values, readings(values, seed=7, round_number=0)


@pytest.fixture(scope="module")
def places_of_rounds():
    """Places of truths, each found by rounds of its own."""
    plan = Plan(particles=300, kept=100, rounds=4, seed=3)
    return over_truths(PRIOR, simulator, observed, plan, DATASETS)


def shares(places):
    """Return the share of truths that 90% intervals cover, by axis."""
    return [each.share for each in judged(PRIOR.names, places)]


def test_intervals_of_rounds_cover_as_often_as_they_say(places_of_rounds):
    found = judged(PRIOR.names, places_of_rounds)
    assert [each.datasets for each in found] == [DATASETS] * 2
    assert all(0.85 <= each.share <= 0.95 for each in found)
    assert all(each.low < 0.9 < each.high for each in found)


def test_ranks_of_rounds_are_even(places_of_rounds):
    found = judged(PRIOR.names, places_of_rounds)
    assert dishonest(found) == []
    assert all(each.largest_gap < 1.3 * each.band for each in found)


def test_intervals_from_one_table_cover_too(table):
    places = leave_one_out(PRIOR, *table, kept=200, datasets=DATASETS)
    assert len(places) == DATASETS
    assert all(0.85 <= share <= 0.95 for share in shares(places))
    assert dishonest(judged(PRIOR.names, places)) == []


def test_intervals_of_bands_cover_where_bands_are_the_error(table):
    ratios = np.array([0.8, 0.7]), np.array([1.25, 1.4])
    values, summaries = table
    places = leave_one_out(PRIOR, values, np.exp(summaries / 5.0), 40, ratios, DATASETS)
    assert all(0.85 <= share <= 0.95 for share in shares(places))
    assert dishonest(judged(PRIOR.names, places)) == []


def test_intervals_that_are_too_narrow_are_found_out(table):
    places = leave_one_out(
        PRIOR, *table, kept=200, datasets=DATASETS, adjust=lambda found: narrowed(adjusted(found))
    )
    found = judged(PRIOR.names, places)
    assert all(each.share < 0.85 for each in found)
    assert dishonest(found) == list(PRIOR.names)


def test_truths_of_another_prior_are_found_out():
    # Believed: anywhere from 0 to 10. True: always near 5, so that intervals cover nearly all.
    prior = Prior((Axis("place", 0.0, 10.0),))
    values = prior.draw(1000, seed=7)
    noise = 4.0 * normal("reading", 1000 + 300, 7, 0)[:, None]
    plan = Plan(1000, 200, rounds=1)
    places = []
    for truth, luck in zip(Prior((Axis("place", 4.0, 6.0),)).draw(300, seed=8), noise[1000:], strict=True):
        target = Target.at(("reading",), truth + luck)
        found = infer(prior, simulator(0), target, plan, first=(values, values + noise[:1000]))
        places.append(place_of_truth(found, truth))
    (found,) = judged(prior.names, np.array(places))
    assert found.share > 0.95
    assert dishonest((found,)) == ["place"]


def test_luck_that_the_table_lacks_is_found_out():
    values = PRIOR.draw(1000, seed=7)
    shared_luck = values.copy()  # as if all worlds had the same luck, and the field another
    plan = Plan(1000, 200, rounds=1)
    truths = PRIOR.draw(300, seed=8)
    places = []
    for number, truth in enumerate(truths):
        target = observed(number, truth)
        found = infer(PRIOR, simulator(0), target, plan, first=(values, shared_luck))
        places.append(place_of_truth(found, truth))
    assert all(share < 0.85 for share in shares(np.array(places)))


def test_coverage_without_the_adjustment_is_not_right(table):
    places = leave_one_out(PRIOR, *table, kept=400, datasets=DATASETS, adjust=lambda found: found)
    assert shares(places)[0] > 0.95


def test_one_posterior_is_the_one_that_is_known():
    # A reading of 4 with error 1 and an even prior: normal about 4, cut at the ends of the range.
    prior = Prior((Axis("place", 0.0, 10.0),))

    def simulate(round_number, values):
        return values + normal("reading", len(values), 5, round_number)[:, None]

    plan = Plan(particles=2000, kept=1000, rounds=6, seed=5)
    found = infer(prior, simulate, Target.at(("reading",), np.array([4.0])), plan)
    known = truncnorm(-4.0, 6.0, loc=4.0, scale=1.0)
    for share in (0.05, 0.5, 0.95):
        (value,) = quantiles(found.values[:, 0], found.weights, (share,))
        assert value == pytest.approx(known.ppf(share), abs=0.2)
    assert len(found.rounds) > 1
    assert found.rounds[-1].tolerance < found.rounds[0].tolerance


def test_a_band_keeps_the_worlds_that_lie_in_it():
    prior = Prior((Axis("place", 0.0, 10.0),))
    band = Target(("reading",), np.array([2.0]), np.array([4.0]))
    plan = Plan(particles=2000, kept=100, rounds=4, seed=5)

    def simulate(round_number, values):
        return values + normal("reading", len(values), 5, round_number)[:, None]

    found = infer(prior, simulate, band, plan)
    assert found.rounds[-1].tolerance == 0.0
    assert len(found.values) > plan.kept  # none of those within is nearer than another
    assert ((found.summaries >= 2.0) & (found.summaries <= 4.0)).all()
    grid = np.linspace(0.0, 10.0, 2001)
    density = norm.cdf(4.0 - grid) - norm.cdf(2.0 - grid)
    mean = float(np.sum(grid * density) / np.sum(density))
    assert float(found.weights @ found.values[:, 0]) == pytest.approx(mean, abs=0.15)


def test_rounds_close_in_on_a_band_that_few_worlds_meet():
    prior = Prior((Axis("x", 0.0, 1.0), Axis("y", 0.0, 1.0)))
    band = Target(("a", "b"), np.array([0.85, 0.85]), np.array([0.95, 0.95]))
    rounds = []
    plan = Plan(particles=400, kept=100, rounds=10, seed=2)
    found = infer(prior, lambda round_number, values: values.copy(), band, plan, rounds.append)
    assert [each.tolerance for each in rounds] == sorted((each.tolerance for each in rounds), reverse=True)
    assert len(rounds) > 2
    assert found.rounds[-1].tolerance == 0.0
    # Within the band the prior is even, and weights undo that rounds looked around the middle.
    assert found.weights @ found.values == pytest.approx([0.9, 0.9], abs=0.01)


def test_a_summary_that_nothing_moves_is_refused():
    prior = Prior((Axis("x", 0.0, 1.0),))
    with pytest.raises(InputError, match="the same in every run"):
        infer(
            prior,
            lambda _, values: np.ones((len(values), 1)),
            Target.at(("a",), np.array([1.0])),
            Plan(20, 5),
        )


def test_runs_that_came_to_nothing_are_no_world_that_fits():
    prior = Prior((Axis("x", 0.0, 1.0),))

    def simulate(round_number, values):
        return np.where(values > 0.7, np.nan, values)

    found = infer(prior, simulate, Target(("a",), np.array([0.5]), np.array([1.0])), Plan(200, 20))
    assert float(found.values.max()) <= 0.7
    with pytest.raises(InputError, match="defined in"):
        infer(prior, lambda _, values: np.where(values > 0.2, np.nan, values),
              Target(("a",), np.array([0.1]), np.array([1.0])), Plan(200, 20))  # fmt: skip


def test_the_same_seed_gives_the_same_posterior_and_another_does_not():
    def found(seed):
        return infer(PRIOR, simulator(0), observed(0, np.array([4.0, 3.0])), Plan(100, 40, 3, seed=seed))

    once, again, other = found(1), found(1), found(2)
    assert np.array_equal(once.values, again.values)
    assert np.array_equal(once.weights, again.weights)
    assert not np.array_equal(once.values, other.values)
