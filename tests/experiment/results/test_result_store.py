"""The store of runs: every bit comes back; no failing disk or dying writer loses or doubles a run."""

import os
import subprocess
import sys

import numpy as np
import pytest
from faulty_disk import WAYS, Faulty, Killed
from hypothesis import given
from hypothesis import strategies as st

from creditsim.core.errors import InputError
from creditsim.experiment.results import disk
from creditsim.experiment.results.claims import Claims
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.results.verify import verify_store
from creditsim.experiment.run import run_key
from creditsim.experiment.tasks import Finished, Layout

LAYOUT = Layout(("2020-01", "2020-02"), (("a", "all", "all"), ("b", "all", "all"), ("a", "village", "all")))


def finished(number, fingerprint="f", bits=None):
    case = {"scenario": {"levers": {"x": number}}, "seed": 1}
    values = np.array([number, np.nan, -0.0, np.inf, 0.1, 5e-324])
    if bits is not None:
        values = np.array(bits, np.uint64).view(np.float64)
    return Finished(run_key(case), f"{fingerprint}{number}", case, LAYOUT, values.reshape(3, 2), 0.5)


def script(path):
    """Add eight runs in three overlapping batches, with an experiment."""
    store = ResultStore.open(path, create=True)
    store.add_experiment({"design": "sobol"})
    for batch in (range(3), range(2, 6), range(5, 8)):
        store.add([finished(number) for number in batch], {})
    return store


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return script(tmp_path_factory.mktemp("whole") / "store").table()


def test_two_who_have_the_store_open_keep_a_run_once(tmp_path):
    first = ResultStore.open(tmp_path / "store", create=True)
    second = ResultStore.open(tmp_path / "store")
    assert first.add([finished(1), finished(2)], {}) == 2
    assert second.add([finished(2), finished(3)], {}) == 1
    assert [ResultStore.open(tmp_path / "store").size()[name] for name in ("shards", "runs")] == [2, 3]
    assert [key for key, _, _ in first.table()] == sorted(finished(number).key for number in (1, 2))


@pytest.mark.parametrize("way", WAYS)
def test_a_fault_at_any_operation_loses_and_doubles_nothing(tmp_path, monkeypatch, whole, way):
    counting = Faulty(0, None)
    monkeypatch.setattr(disk, "system", counting)
    script(tmp_path / "counted")
    assert counting.done > 100
    for at in range(1, counting.done + 1):
        path = tmp_path / str(at)
        monkeypatch.setattr(disk, "system", Faulty(at, way))
        try:
            script(path)
        except (InputError, Killed) as error:
            assert "\n" not in str(error)
        monkeypatch.setattr(disk, "system", os)
        assert script(path).table() == whole
        found = verify_store(path)
        assert (found.runs, found.findings, found.remarks) == (8, (), ()), at


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), min_size=6, max_size=6), max_size=5))
def test_any_bits_come_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("bits")
    runs = {run.key: run for run in (finished(number, bits=bits) for number, bits in enumerate(rows))}
    assert ResultStore.open(path, create=True).add(list(runs.values()), {}) == len(runs)
    store = ResultStore.open(path)
    assert store.keys() == set(runs)
    for key, layout, values in store.values(runs):
        assert (layout, values.tobytes()) == (LAYOUT, runs[key].values.tobytes())
        assert store.case(key[:20]) == (key, runs[key].case, runs[key].fingerprint)


def test_a_flipped_bit_is_always_found(tmp_path, copies=20):
    rng = np.random.default_rng(7)
    script(tmp_path)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size)
    for _ in range(copies):
        path = files[rng.integers(len(files))]
        good = path.read_bytes()
        bad = bytearray(good)
        bad[rng.integers(len(bad))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bad)
        assert [line for line in verify_store(tmp_path).findings if path.name in line]
        path.write_bytes(good)
    assert verify_store(tmp_path).findings == ()


def test_a_run_that_came_out_otherwise_is_refused_and_the_others_are_kept(tmp_path):
    store = script(tmp_path)
    with pytest.raises(InputError, match="got fingerprint g1, expected f1"):
        store.add([finished(1, "g"), finished(20)], {})
    assert len(store) == 9


def test_only_cells_that_are_wanted_are_read(tmp_path):
    store = script(tmp_path)
    _, layout, values = next(store.values([finished(3).key], lambda cell: cell[1] == "village"))
    assert layout.cells == (("a", "village", "all"),) and values.tolist() == [[0.1, 5e-324]]


def test_a_folder_with_other_files_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected one; name the folder of a sweep"):
        ResultStore.open(tmp_path)
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(InputError, match=r"other files \(thesis.docx\)"):
        ResultStore.open(tmp_path, create=True)


OTHER = f"""
import sys, time
sys.path[:0] = [{os.path.dirname(__file__)!r}]
from test_result_store import *
if sys.argv[1] == "add":
    store = ResultStore.open(sys.argv[2], create=True)
    for first in range(0, 60, 3):
        store.add([finished(number) for number in range(first, first + 6)], {{}})
else:
    print(Claims(sys.argv[2]).take(finished(1).key), flush=True)
    time.sleep(60)
"""


def test_two_processes_add_the_same_runs_once(tmp_path):
    both = [subprocess.Popen([sys.executable, "-c", OTHER, "add", str(tmp_path / "s")]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    found = verify_store(tmp_path / "s")
    assert (found.runs, found.findings) == (63, ())


def test_claims_exclude_and_are_freed_by_death(tmp_path):
    mine, again, key = Claims(tmp_path), Claims(tmp_path), finished(1).key
    command = [sys.executable, "-c", OTHER, "claim", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "True\n"
        assert not mine.take(key)
        assert mine.take(finished(2).key) and not again.take(finished(2).key)
        other.kill()
        other.wait()
    assert mine.take(key) and not again.take(key)
    mine.release(key)
    assert again.take(key)


def test_columns_of_a_shard_are_those_documented(tmp_path):
    import re
    from pathlib import Path

    import pyarrow.parquet as pq

    formats = (Path(__file__).resolve().parents[3] / "docs" / "formats.md").read_text("utf-8")
    table = formats.split("<!-- columns: shard.parquet -->\n\n")[1].split("\n\n")[0]
    script(tmp_path)
    for path in (tmp_path / "shards").iterdir():
        assert pq.read_schema(path).names == re.findall(r"^\| `(\w+)`", table, re.MULTILINE)
