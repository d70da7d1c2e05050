"""Sweeps that are killed, share a store, or have a failing disk end as undisturbed ones do: the short form.

The long form is `make chaos`; its last result is docs/chaos.md.
"""

import sys

import pytest
from chaos import (
    SMALL_SWEEP,
    fault_every_operation,
    finish,
    flip_bytes,
    kill_sweeps,
    rows_on_disk,
    started_sweep,
)
from faulty_disk import WAYS

from creditsim.experiment.results.store import ResultStore

posix = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kill -9, /proc")


@posix
def test_killed_sweeps_lose_and_double_nothing(tmp_path):
    toll = kill_sweeps(tmp_path, kills=4, seed=3)
    assert (toll.kills.total(), toll.all_well) == (4, True), toll


@posix
def test_two_sweeps_into_one_store_do_each_run_once(tmp_path):
    file = tmp_path / "experiment.yaml"
    file.write_text(SMALL_SWEEP)
    with started_sweep(file, tmp_path / "both") as first:
        fingerprint = finish(file, tmp_path / "both")
        assert first.wait() == 0
    assert finish(file, tmp_path / "alone") == fingerprint
    tables = [ResultStore.open(tmp_path / name).table() for name in ("both", "alone")]
    assert tables[0] == tables[1]
    assert rows_on_disk(tmp_path / "both") == 40


@pytest.mark.parametrize("way", WAYS)
def test_a_sweep_goes_on_after_a_fault_of_the_disk(tmp_path, way):
    toll = fault_every_operation(tmp_path, way, every=11)
    assert toll.sweeps > 10
    assert toll.all_well, toll


def test_a_changed_byte_is_found(tmp_path):
    assert flip_bytes(tmp_path, copies=20, seed=5) == 20
