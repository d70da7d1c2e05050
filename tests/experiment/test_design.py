"""Designs of experiments: worlds spread evenly, one key a run, tasks in a balanced order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from creditsim.experiment.design import Design, worlds_of
from creditsim.experiment.designs import latin_hypercube, sobol
from creditsim.experiment.run import case_of, run_key
from creditsim.spec.experiment import experiment_of, load_experiment
from creditsim.spec.worlds import Factor

NAMES = ["world.norm_weight_share", "world.phoenix_share", "world.crowding_out_share"]
TWO = ["status-quo-2019", "five-entries-2020"]


@pytest.mark.parametrize("number", [2, 7, 100])
@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_a_latin_hypercube_hits_each_stratum_of_each_factor_once(number, seed):
    positions, of = latin_hypercube(NAMES, number, seed)
    strata = np.sort(positions * number // of, axis=0)
    assert (strata == np.arange(number)[:, None]).all()


@pytest.mark.parametrize("number", [2, 16, 64])
def test_sobol_points_hit_each_stratum_once_and_each_quarter_of_a_pair_equally(number):
    positions, of = sobol(NAMES, number, seed=3)
    assert (np.sort(positions * number // of, axis=0) == np.arange(number)[:, None]).all()
    quarters = positions[:, 0] * 2 // of * 2 + positions[:, 1] * 2 // of
    if number >= 4:
        assert (np.bincount(quarters, minlength=4) == number // 4).all()


def test_levels_are_spread_evenly():
    factor = Factor("world.any", values=(False, True, "x"))
    positions, of = latin_hypercube(["world.any"], 12, seed=1)
    found = [factor.at(int(position), of) for position in positions[:, 0]]
    assert [found.count(value) for value in factor.values] == [4, 4, 4]


def test_a_factor_keeps_its_values_beside_other_factors():
    alone, _ = latin_hypercube(NAMES[:1], 8, seed=1)
    beside, _ = latin_hypercube(NAMES, 8, seed=1)
    assert (alone[:, 0] == beside[:, 0]).all()


def test_a_grid_is_the_full_product_with_both_ends():
    factors = {"norm_weight_share": {"points": 3}, "phoenix_share": {"values": [0.1, 0.3]}}
    found = worlds_of(experiment_of(scenarios=TWO, worlds={"design": "grid", "factors": factors}))
    expected = itertools.product((0.0, 0.15, 0.3), (0.1, 0.3))
    assert [tuple(world.values()) for world in found] == list(expected)


def test_same_seed_same_worlds():
    """From the program's own output: that the same numbers come on every machine is what is tested."""
    factors = {name: {} for name in ("norm_weight_share", "phoenix_share")}
    experiment = experiment_of(scenarios=TWO, worlds={"number": 4, "design": "sobol", "factors": factors})
    assert [tuple(world.values()) for world in worlds_of(experiment)] == [
        (0.218725, 0.152154), (0.068725, 0.00215444), (0.143725, 0.227154), (0.293725, 0.0771544),
    ]  # fmt: skip
    cube = worlds_of(experiment.with_(worlds={"number": 4, "factors": factors}))
    assert [world["world.norm_weight_share"] for world in cube] == [0.210914, 0.291232, 0.0647053, 0.101511]


def test_keys_are_those_of_the_runs_and_distinct():
    experiment = load_experiment("uncertain-worlds")
    design = Design(experiment)
    runs = list(design.recorded.runs(range(2)))
    keys = [design.recorded.key_of(run) for run in runs]
    assert len(set(keys)) == len(keys) == 3 * 16 * 2
    run = runs[-1]
    scenario = experiment.scenarios[2].with_levers(design.worlds[run.world])
    case = case_of(scenario, experiment.scale, experiment.seed, run.replication, experiment.only)
    assert keys[-1] == run_key({**case, "outcomes": []})
    assert keys[-1] != Design(experiment.with_(outcomes=["breaches"])).recorded.key_of(run)


def test_tasks_go_replication_by_replication_and_world_by_world():
    experiment = load_experiment("uncertain-worlds")
    design = Design(experiment)
    tasks = list(design.tasks(range(3, 5)))
    assert [task.replication for task in tasks] == [3] * 16 + [4] * 16
    keys = [key for task in tasks for key in task.keys]
    assert keys == [design.recorded.key_of(run) for run in design.recorded.runs(range(3, 5))]
    for task, world in zip(tasks, design.worlds * 2, strict=True):
        assert all(scenario[name] == value for scenario in task.scenarios for name, value in world.items())
        assert tuple(scenario.name for scenario in task.scenarios) == experiment.labels


def test_a_scenario_named_twice_is_one_run_with_shared_draws_and_two_without():
    experiment = experiment_of(scenarios=TWO[:1] * 2, replications=2)
    assert [len(task.keys) for task in Design(experiment).tasks(range(2))] == [1, 1]
    apart = list(Design(experiment.with_(shared_draws=False)).tasks(range(2)))
    assert [task.replication for task in apart] == [0, 1, 2, 3]
    assert len({key for task in apart for key in task.keys}) == 4
