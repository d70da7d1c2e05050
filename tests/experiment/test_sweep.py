"""A sweep runs what its store lacks, once, whatever happened before; the store tells what there is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from chaos import Here, rows_on_disk, sweep_here
from faulty_disk import Faulty

from creditsim.analysis.sweeps import StoppingRule, paired_outcomes, wanted_replications
from creditsim.core.errors import InputError
from creditsim.experiment.design import Design
from creditsim.experiment.recorded import Recorded
from creditsim.experiment.reproduce import reproduced
from creditsim.experiment.results import disk
from creditsim.experiment.results.store import ResultStore
from creditsim.experiment.sweep import run_sweep
from creditsim.experiment.tasks import Failure
from creditsim.model.case import case_of, run_key
from creditsim.spec.experiment import experiment_of

SMALL = {
    "scenarios": ["status-quo-2019", "five-entries-2020"],
    "replications": 3,
    "scale": 0.01,
    "months": 2,
    "burn_in_months": 0,
    "seed": 31,
}


class Interrupted(Here):
    """Workers during whose work somebody presses Ctrl-C, after so many tasks."""

    def __init__(self, known, after):
        super().__init__(known)
        self.left = after

    def wait(self, seconds):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().wait(seconds)


class Failing(Here):
    """Workers on which the runs of some keys raise, every time."""

    def __init__(self, known, keys):
        super().__init__(known)
        self.keys = keys

    def wait(self, seconds):
        done = super().wait(seconds)
        for each in done:
            for place, run in enumerate(each.result):
                if run.key in self.keys:
                    each.result[place] = Failure(run.key, "ValueError: no luck", "Traceback ...", "here")
        return done


def design_of(**fields):
    return Design(experiment_of(**{**SMALL, **fields}))


def swept(design, path, workers, rule=None):
    store = ResultStore.open(path, create=True)
    return (*run_sweep(design, store, workers, rule), store)


def test_what_is_finished_is_never_run_again(tmp_path):
    design, known = design_of(), {}
    first = sweep_here(design, tmp_path / "store", known)
    workers = Failing({}, set())  # which would have to run everything anew
    progress, recorded, _, store = swept(design, tmp_path / "store", workers)
    assert (progress.already, progress.finished, len(workers.known)) == (6, 6, 0)
    assert store.table() == first
    planned = set(design.recorded.keys(3).values())
    assert set(recorded.keys(3).values()) == set(store.keys()) == planned


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_sweep_that_was_stopped_keeps_what_is_finished_and_goes_on(tmp_path, after):
    design, known = design_of(), {}
    undisturbed = sweep_here(design, tmp_path / "undisturbed", known)
    with pytest.raises(KeyboardInterrupt):
        swept(design, tmp_path / "store", Interrupted(known, after))
    assert rows_on_disk(tmp_path / "store") == 2 * after
    assert sweep_here(design, tmp_path / "store", known) == undisturbed


def test_a_sweep_that_is_stopped_while_it_writes_keeps_what_is_finished(tmp_path, monkeypatch):
    design, known = design_of(), {}
    undisturbed = sweep_here(design, tmp_path / "undisturbed", known)
    counting = Faulty(0, None)
    monkeypatch.setattr(disk, "system", counting)
    sweep_here(design, tmp_path / "counted", known)
    kept = []
    for at in range(1, counting.done + 1):
        path, finished = tmp_path / f"store-{at}", [0]
        monkeypatch.setattr(disk, "system", os)
        store = ResultStore.open(path, create=True)
        monkeypatch.setattr(disk, "system", Faulty(at, "stop"))
        try:
            run_sweep(design, store, Here(known), tell=lambda told, seen=finished: seen.append(told.finished))
        except KeyboardInterrupt:
            kept.append(finished[-1])
            monkeypatch.setattr(disk, "system", os)
            assert rows_on_disk(path) == finished[-1], f"stopped at operation {at}"
            assert sweep_here(design, path, known) == undisturbed
    assert sum(number > 0 for number in kept) >= 5  # in the very writing, not only before it


def test_a_longer_sweep_takes_what_a_shorter_one_left(tmp_path):
    known = {}
    sweep_here(design_of(replications=2), tmp_path / "store", known)
    progress, *_ = swept(design_of(), tmp_path / "store", Here(known))
    assert (progress.already, progress.finished) == (4, 6)


def test_a_run_that_keeps_failing_is_named_and_the_others_complete(tmp_path):
    design = design_of()
    bad = list(design.recorded.keys(3).values())[3]
    progress, recorded, _, store = swept(design, tmp_path / "store", Failing({}, {bad}))
    assert list(progress.failed) == [bad] == list(store.failures())
    assert len(store) == 5
    record = store.failures()[bad]
    assert [each["error"] for each in record["tries"]] == ["ValueError: no luck"] * 3
    assert wanted_replications(recorded, store) == 3
    # Started again where nothing fails, it is whole, and the failure is history.
    swept(design, tmp_path / "store", Here({}))
    again = ResultStore.open(tmp_path / "store")
    assert (len(again), again.failures()) == (6, {})


def test_replications_are_added_until_it_is_clear_or_enough(tmp_path):
    until = {"outcomes": {"breaches": 1e-6}, "step": 2, "at_most": 7}
    progress, recorded, rule, store = swept(design_of(until=until), tmp_path / "hard", Here({}), StoppingRule)
    assert progress.replications == 7
    assert not rule.clearness.clear and rule.clearness.more > 0
    assert wanted_replications(recorded, store) == 7
    # Wide enough at once: nothing is added beyond the least number that is looked at.
    until = {"outcomes": {"breaches": 1e6}, "step": 10, "at_most": 40}
    progress, recorded, rule, store = swept(design_of(until=until), tmp_path / "easy", Here({}), StoppingRule)
    assert rule.clearness.clear
    assert progress.replications == 13
    # The same place after an interruption, and whatever else is in the store.
    other = design_of(until=until)
    known = {}
    with pytest.raises(KeyboardInterrupt):
        swept(other, tmp_path / "again", Interrupted(known, 7), StoppingRule)
    assert swept(other, tmp_path / "again", Here(known), StoppingRule)[0].replications == 13
    assert ResultStore.open(tmp_path / "again").table() == store.table()


def test_worlds_are_averaged_within_a_replication(tmp_path):
    factor = {"world.sanction_elasticity_share": {}}
    design = design_of(worlds={"design": "latin-hypercube", "number": 2, "factors": factor}, replications=2)
    _, recorded, _, store = swept(design, tmp_path / "store", Here({}))
    assert len(store) == 2 * 2 * 2
    both = paired_outcomes(recorded, store, [0, 1])
    each = [paired_outcomes(recorded, store, [0, 1], world)["value"].to_numpy() for world in (0, 1)]
    known = ~np.isnan(each[0]) & ~np.isnan(each[1])
    assert np.array_equal(both["value"].to_numpy()[known], ((each[0] + each[1]) / 2)[known])


def test_a_stored_case_gives_the_same_results_again(tmp_path):
    design = design_of()
    sweep_here(design, tmp_path / "store", {})
    store = ResultStore.open(tmp_path / "store")
    key, case, fingerprint = store.case(sorted(store.keys())[2][:20])
    assert reproduced(key, case) == fingerprint
    with pytest.raises(InputError, match="another version: its rules are not"):
        reproduced(key, {**case, "model": "0" * 64})


def test_a_store_remembers_its_experiment_whatever_version_reads_it():
    design = design_of(shared_draws=False)
    recorded = Recorded.of(json.loads(json.dumps(design.recorded.record)))
    cases = [
        case_of(scenario, 0.01, 31, 2 * replication + number)
        for replication in range(2)
        for number, scenario in enumerate(design.experiment.scenarios)
    ]
    assert list(recorded.keys(2).values()) == [run_key({**case, "outcomes": []}) for case in cases]
    assert [each.inputs() for each in recorded.scenarios()] == [
        each.inputs() for each in design.experiment.scenarios
    ]
    with pytest.raises(InputError, match="format 2"):
        Recorded.of({**recorded.record, "format": 2})


MEMORY = """
import resource, sys
import numpy as np
from chaos import Here
from test_sweep import SMALL, design_of, swept
from creditsim.experiment.tasks import Finished, Layout, run_task
from creditsim.experiment.workers.places import Done

class Pretending(Here):
    def wait(self, seconds):
        tasks, self.waiting = self.waiting, []
        return [Done(task, [self.made(key) for key in task.keys]) for task in tasks]
    def made(self, key):
        return Finished(key, key[::-1], first.case, first.layout, first.values.copy(), 0.1)

design = design_of(months=12, replications=int(sys.argv[1]) // 2)
first = run_task(next(design.tasks(range(1))))[0]
swept(design, sys.argv[2], Pretending({}))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="largest resident size in kB")
def test_the_drivers_memory_does_not_grow_with_the_number_of_runs(tmp_path, numbers=(200, 1000)):
    peaks = []
    for number in numbers:
        command = [sys.executable, "-c", MEMORY, str(number), str(tmp_path / str(number))]
        peaks.append(int(subprocess.check_output(command, env=python_path())))
    assert peaks[1] - peaks[0] < 0.1 * peaks[0], peaks


def python_path():
    here = Path(__file__).parent
    source = here.parents[1] / "src"
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (source, here, here / "results")))}
