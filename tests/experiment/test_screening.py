"""Designs of sensitivity studies: laid out as SALib's estimators expect, the same on every machine."""

from __future__ import annotations

import json

import numpy as np
import pytest

from creditsim.core.errors import InputError
from creditsim.experiment.design import Design
from creditsim.experiment.recorded import Recorded
from creditsim.experiment.screening import DUMMY, SCAN_LEVELS, Range, Screening, saltelli, trajectories
from creditsim.spec.experiment import experiment_of

NAMES = ("world.norm_weight_share", "world.phoenix_share", "world.crowding_out_share", DUMMY)
FACTORS = ("norm_weight_share", "phoenix_share")


def design_of(method="morris", samples=4, **fields):
    scenarios = ["status-quo-2019", "five-entries-2020"]
    worlds = {"design": "sobol", "number": 4, "factors": dict.fromkeys(FACTORS)}
    experiment = experiment_of(scenarios=scenarios, worlds=worlds, scale=0.01, months=2, **fields)
    factors = experiment.worlds.factors
    own = {factor.lever: experiment.scenarios[0].values[factor.lever] for factor in factors}
    return Design(experiment, Screening(method, samples, experiment.seed, factors, own))


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1])
def test_in_a_trajectory_each_factor_moves_once_by_half_the_levels(seed):
    paths = trajectories(NAMES, 20, seed).reshape(20, len(NAMES) + 1, len(NAMES))
    steps = np.abs(np.diff(paths, axis=1))
    assert ((steps == 2).sum(axis=1) == 1).all()
    assert ((steps == 2).sum(axis=2) == 1).all()
    assert (steps.sum(axis=(1, 2)) == 2 * len(NAMES)).all()
    assert set(np.unique(paths)) == {0, 1, 2, 3}


def test_more_trajectories_begin_with_those_of_fewer_and_the_order_of_factors_moves_none():
    few, many = trajectories(NAMES, 4, 1), trajectories(NAMES, 9, 1)
    assert (many[: len(few)] == few).all()
    assert (trajectories(NAMES[::-1], 4, 1)[:, ::-1] == few).all()
    assert (trajectories(NAMES, 4, 2) != few).any()


def test_between_the_two_base_points_each_row_takes_one_column_of_the_other():
    blocks = saltelli(NAMES, 8, 3).reshape(8, len(NAMES) + 2, len(NAMES))
    for column in range(len(NAMES)):
        expected = blocks[:, 0].copy()
        expected[:, column] = blocks[:, -1, column]
        assert (blocks[:, column + 1] == expected).all()


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_world_is_run_once_and_the_dummy_makes_none(method):
    design = design_of(method)
    screening = design.screening
    assert len({json.dumps(world) for world in screening.worlds}) == len(screening.worlds)
    assert set(screening.worlds[0]) == {f"world.{name}" for name in FACTORS}
    first, pairs = np.arange(0, len(screening.rows), screening.block), 0
    for start in first:
        block = screening.positions[start : start + screening.block]
        worlds = screening.rows[start : start + screening.block]
        for one in range(len(block)):
            for other in range(one):
                if (block[one, :-1] == block[other, :-1]).all():  # they differ in the dummy, if at all
                    assert worlds[one] == worlds[other]
                    pairs += 1
    assert pairs >= screening.samples
    assert len(set(design.recorded.keys(1).values())) == len(design.recorded.keys(1))


def test_a_scan_moves_one_factor_from_end_to_end_and_keeps_the_others():
    screening = design_of().screening
    own = screening.worlds[screening.own_world]
    assert own == screening.own
    for name, points in screening.scan.items():
        values = [value for value, _ in points]
        assert values == sorted(values)
        assert own[name] in values
        assert len(values) in (SCAN_LEVELS, SCAN_LEVELS + 1)
        for value, world in points:
            assert screening.worlds[world] == {**own, name: value}


def test_a_store_knows_the_study_again():
    design = design_of("sobol", 8)
    again = Recorded.of(json.loads(json.dumps(design.recorded.record)))
    assert again.screening.worlds == design.screening.worlds
    assert (again.screening.rows == design.screening.rows).all()
    assert again.name == "experiment-sobol"
    assert Design(design.experiment).recorded.screening is None
    assert again.fingerprint != Design(design.experiment).recorded.fingerprint


def test_all_faults_of_a_study_come_at_once():
    with pytest.raises(InputError) as caught:
        Screening("sobol", 12, -1, ())
    text = str(caught.value)
    assert "expected a power of two, e.g. 8 or 16" in text
    assert "seed: got -1" in text
    assert "got no factor" in text
    with pytest.raises(InputError, match=r"method: got 'mores'.*morris"):
        Screening("mores", 4, 1, (Range("x", 0.0, 1.0),))
