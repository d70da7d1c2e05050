"""How a fit asks the simulation: which runs a round is, with whose luck, and what is read of them."""

import numpy as np
import pytest

from creditsim.analysis.pattern_measures import MEASURES
from creditsim.analysis.posterior.inference import check_fit
from creditsim.analysis.posterior.priors import Axis, Prior, prior_of
from creditsim.analysis.posterior.runs import months_of, round_of
from creditsim.analysis.posterior.summaries import StoredRun, summaries_of, target_of
from creditsim.core.errors import InputError
from creditsim.experiment.design import Design
from creditsim.spec.fits import load_fit
from creditsim.spec.patterns import patterns

FIT = load_fit("records-and-registration")
PRIOR = prior_of(FIT.parameters)
SUMMARIES = summaries_of(FIT.patterns)


@pytest.fixture(scope="module")
def rounds():
    """The first two rounds of the shipped fit, as far as the first five worlds."""
    values = PRIOR.draw(5, FIT.seed)
    return [Design(round_of(FIT, PRIOR, SUMMARIES, number, values)) for number in range(2)]


def test_no_two_worlds_share_their_luck(rounds):
    recorded = [design.recorded for design in rounds]
    luck = [(each.seed, each.draws_of(run)) for each in recorded for run in each.runs(range(1))]
    assert len(set(luck)) == len(luck) == 10


def test_a_round_runs_the_scenarios_and_keeps_the_outcomes_that_are_read(rounds):
    experiment = rounds[0].experiment
    assert experiment.labels == ("five-entries-2020",)
    assert set(experiment.outcomes) == {"record.negative_per_1000_month", "aware.registered_share"}
    assert experiment.months == months_of(FIT, SUMMARIES) == 60
    assert [tuple(world.values()) for world in rounds[0].worlds] == [
        tuple(row) for row in PRIOR.draw(5, FIT.seed).tolist()
    ]


def test_summaries_are_the_measures_of_the_patterns():
    months = np.arange(60.0)
    cells = {
        ("five-entries-2020", name, "all", "all"): months
        for name in ("record.negative_per_1000_month", "aware.registered_share")
    }
    found = {each.name: each.of(StoredRun(cells, each.months)) for each in SUMMARIES}
    assert found == {"negative-per-subject": np.sum(months[:24]) / 1000.0, "registered-by-year-five": 59.0}
    assert {each.pattern.measure for each in SUMMARIES} <= set(MEASURES)


def test_the_target_is_the_bands():
    target = target_of(SUMMARIES)
    assert target.low.tolist() == [patterns()[name].low for name in FIT.patterns]
    assert target.high.tolist() == [patterns()[name].high for name in FIT.patterns]


def test_a_measure_that_a_store_does_not_keep_is_refused():
    # Roles are checked before: here is what would be said of such a pattern if it had the role fit.
    with pytest.raises(InputError, match="measured in ledgers or grades"):
        summaries_of(["at-or-above-default"])
    with pytest.raises(InputError, match="no counterpart"):
        summaries_of(["approval-high"])


def test_months_that_a_pattern_lacks_are_refused():
    check_fit(FIT.with_(months=60))
    with pytest.raises(InputError, match="got 59, expected at least 60, which registered-by-year-five needs"):
        check_fit(FIT.with_(months=59))


def test_draws_of_a_prior_have_its_shape_and_depend_on_their_own_name_alone():
    alone = Prior((Axis("x", 0.0, 1.0),)).draw(4000, seed=3)[:, 0]
    both = Prior((Axis("w", 2.0, 4.0, mode=2.5), Axis("x", 0.0, 1.0))).draw(4000, seed=3)
    assert np.array_equal(both[:, 1], alone)
    assert np.mean(alone) == pytest.approx(0.5, abs=0.02)
    assert np.mean(both[:, 0]) == pytest.approx((2.0 + 2.5 + 4.0) / 3.0, abs=0.03)
    assert both[:, 0].min() >= 2.0
    assert both[:, 0].max() <= 4.0


def test_densities_of_a_prior_sum_to_one():
    prior = Prior((Axis("x", 0.0, 2.0, mode=0.5),))
    grid = (np.arange(20000) + 0.5)[:, None] * 1e-4
    assert float(np.mean(prior.density(grid))) * 2.0 == pytest.approx(1.0, abs=1e-3)
    assert prior.density(np.array([[-0.1], [2.1]])).tolist() == [0.0, 0.0]
