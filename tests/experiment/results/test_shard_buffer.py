"""What waits for its shard, and how little of it stays in memory."""

import hashlib
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from creditsim.experiment.results.buffer import ShardBuffer
from creditsim.experiment.results.index import Index


@pytest.mark.parametrize(
    ("runs", "values", "seconds", "due"),
    [(99, 1, 4.9, False), (100, 1, 0, True), (1, 1, 5, True), (2, 1 << 21, 0, True), (0, 1, 9, False)],
)
def test_a_shard_is_due_by_runs_bytes_or_time(runs, values, seconds, due):
    now = [0.0]
    buffer = ShardBuffer(clock=lambda: now[0])
    for _ in range(runs):
        buffer.add(SimpleNamespace(values=np.zeros(values)))
    now[0] = seconds
    assert buffer.due() is due
    assert len(buffer.take()) == runs and not buffer.due()


def test_a_finished_run_takes_a_digest_and_a_number_in_memory():
    index = Index(Path("shards"))
    tracemalloc.start()
    for shard in range(100):
        keys = (hashlib.sha256(b"%d %d" % (shard, run)).hexdigest() for run in range(100))
        index.enter(Path(f"{shard}.parquet"), keys)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(index) == 10_000
    assert used < 250 * 10_000
