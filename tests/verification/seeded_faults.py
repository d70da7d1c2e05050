"""Seeded faults: put one wrong line into a copy of the package and see whether a test notices.

A suite that passes on right code says little until it is seen to fail on wrong code. `faults.yaml`
lists wrong lines; each goes alone into a copy of the package, which the tests then import in place of
the real one. Which tests judge it follows from the room of the changed file alone (`judges_of`): those
of that room and of the rooms above it, fixed beforehand. Golden fingerprints and tests of documents
do not judge: they would notice any change, also a right one.

    python tests/verification/seeded_faults.py [--only ID ...] [--two-at-a-time] [--results FILE]

Compiled rules are kept from fault to fault: only what can see a changed file is compiled again
(`Copy.change`), which makes of two minutes a fault some ten seconds.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from creditsim.core.shipped import data_path
from creditsim.spec.files import read_document

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "creditsim"
FAULTS_FILE = Path(__file__).with_name("faults.yaml")

JUDGES = {
    "core": (
        "tests/core/test_draws.py", "tests/core/test_fingerprint.py", "tests/core/test_archive.py",
        "tests/core/test_fields.py", "tests/core/test_kept.py",
    ),
    "scoring": (
        "tests/scoring/test_cases.py", "tests/scoring/test_score.py", "tests/scoring/test_fold.py",
        "tests/scoring/test_ledger.py", "tests/scoring/test_links.py", "tests/scoring/test_enterprise.py",
    ),
    "population": (
        "tests/population/test_order.py", "tests/population/test_raking.py",
        "tests/population/test_agents.py", "tests/population/test_synthesis.py",
        "tests/population/test_ties.py",
    ),
    "model": (
        "tests/model/test_choice.py", "tests/model/test_inspection.py", "tests/model/test_month.py",
        "tests/model/test_credit_model.py", "tests/model/test_records.py", "tests/model/test_appeals.py",
        "tests/model/test_norms.py", "tests/model/test_beliefs.py", "tests/model/test_turnover.py",
        "tests/model/test_contests.py", "tests/model/test_scoring_in_the_month.py",
        "tests/model/test_trading.py", "tests/model/test_training.py", "tests/model/test_spillover.py",
        "tests/model/test_supervision.py", "tests/model/test_balances.py", "tests/model/test_checkpoint.py",
    ),
    "experiment": (
        "tests/experiment/test_design.py", "tests/experiment/test_run.py",
        "tests/experiment/results/test_shard_buffer.py",
        "tests/experiment/results/test_result_store.py", "tests/experiment/workers/test_tries.py",
    ),
    "analysis": (
        "tests/analysis/test_intervals.py", "tests/analysis/test_grid.py", "tests/analysis/test_compare.py",
        "tests/analysis/test_pairing.py", "tests/analysis/test_until.py",
        "tests/analysis/test_cost_effectiveness.py", "tests/app/test_sweeps.py",
    ),
}  # fmt: skip
"""Tests by room, from the ground up: a fault is judged by those of its room and of all after it."""

NO_JUDGES = (
    "tests/model/test_checkpoint.py::test_a_run_that_goes_on_from_any_month_is_the_whole_run",
    "tests/model/test_checkpoint.py::test_a_run_goes_on_object_by_object",
    "tests/model/test_month.py::test_engines_give_the_same_bits",
    "tests/model/test_credit_model.py::test_a_subclass_that_only_inherits_gives_the_same_results",
    "tests/experiment/test_run.py::"
    "test_a_finished_replication_leaves_no_state_behind_for_the_collector_of_cycles",
    "tests/app/test_sweeps.py::test_a_sweep_that_is_stopped_exits_in_order_and_goes_on",
)
"""Tests of these files that judge no fault: they run month by month in new processes, or object by object,
or count what the whole process holds, other tests included, or hang on when a signal arrives."""

LONGEST_SECONDS = 900
"""Time after which a suite is stopped: a fault may make a loop endless."""

_RUN = """\
import sys, pathlib, creditsim, pytest
here = pathlib.Path(creditsim.__file__).resolve().parent
assert here == pathlib.Path(sys.argv[1]).resolve(), f"the tests import {here}, not the copy"
sys.exit(pytest.main(sys.argv[2:]))
"""


@dataclass(frozen=True)
class SeededFault:
    """One wrong line: `old` stands in the file exactly once and becomes `new`.

    `survives_because` says of one that is known not to be caught why.
    """

    id: str
    stands_for: str
    file: str
    old: str
    new: str
    survives_because: str = ""

    @property
    def room(self) -> str:
        """Room of the file."""
        return self.file.partition("/")[0]

    def apply(self, text: str) -> str:
        """Return a file's text with the fault in it; raise ValueError unless it applies once and parses."""
        if (found := text.count(self.old)) != 1:
            raise ValueError(f"{self.id}: the old text stands {found} times in {self.file}, expected once")
        changed = text.replace(self.old, self.new)
        ast.parse(changed, self.file)
        return changed


@dataclass(frozen=True)
class Judged:
    """What a suite said of a fault.

    Attributes
    ----------
    verdict : {'caught', 'survived', 'endless', 'broken'}
        Caught: a test failed. Broken: tests could not even be collected, so that nothing was judged.
    by : str
        The first test that failed.
    """

    id: str
    verdict: str
    by: str
    seconds: float


def read_faults() -> list[SeededFault]:
    """Return the seeded faults in the order of the file."""
    return [SeededFault(**each) for each in read_document(FAULTS_FILE).data["faults"]]


def judges_of(room: str) -> list[str]:
    """Return the tests that judge a fault in a room: of the room and of all that may depend on it."""
    rooms = list(JUDGES)
    return [test for each in rooms[rooms.index(room) :] for test in JUDGES[each]]


def judge_faults(
    faults: Sequence[SeededFault],
    folder: Path,
    tell: Callable[[Judged], None] = lambda judged: None,
    side_by_side: int = 1,
) -> list[Judged]:
    """Judge faults, each in a copy of the package below `folder`, which is kept for another time.

    Parameters
    ----------
    tell : callable
        Called with each result as it comes.
    side_by_side : int
        Copies at work at the same time, each with one process.

    Raises
    ------
    RuntimeError
        If the unchanged copy does not pass its suite: then nothing could be judged.
    """

    def judge(number: int) -> list[Judged]:
        copy, found = Copy(folder / f"copy-{number}"), []
        mine = faults[number::side_by_side]
        control = copy.control({fault.room for fault in mine})
        if control.verdict != "survived":
            raise RuntimeError(f"the unchanged copy fails: {control.by}")
        for fault in mine:
            found.append(copy.judge(fault))
            tell(found[-1])
        return found

    with ThreadPoolExecutor(side_by_side) as threads:
        results = {each.id: each for part in threads.map(judge, range(side_by_side)) for each in part}
    return [results[fault.id] for fault in faults]


class Copy:
    """A copy of the package with compiled rules of its own, into which faults are put one at a time."""

    def __init__(self, folder: Path):
        self.package = folder / "creditsim"
        self.cache = folder / "compiled"
        shutil.rmtree(self.package, ignore_errors=True)
        shutil.copytree(PACKAGE, self.package, ignore=shutil.ignore_patterns("__pycache__"))
        (self.package / "_data").symlink_to(data_path().resolve(), target_is_directory=True)
        self.cache.mkdir(exist_ok=True)
        self.rooms = self._digests()
        for stale in set(os.listdir(self._compiled())) - set(self.rooms.values()):
            shutil.rmtree(self._compiled() / stale)

    def control(self, rooms: Iterable[str]) -> Judged:
        """Judge the unchanged copy by all tests that will judge faults in these rooms."""
        lowest = next(room for room in JUDGES if room in set(rooms))
        return self.judge_unchanged(judges_of(lowest))

    def judge_unchanged(self, tests: Sequence[str]) -> Judged:
        """Run tests on the copy without a fault: the control."""
        return self._run("control", tests)

    def judge(self, fault: SeededFault, tests: Sequence[str] = ()) -> Judged:
        """Put a fault in, run its suite (or the tests named), and take it out again."""
        path = self.package / fault.file
        before = path.read_bytes()
        changed = fault.apply(before.decode())
        try:
            self._write(path, changed.encode())
            made = self._keep_what_holds(fault)
            return self._run(fault.id, tests or judges_of(fault.room))
        finally:
            self._write(path, before)
            for folder in made:
                shutil.rmtree(folder, ignore_errors=True)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a source; its bytecode, known by time and size, goes."""
        path.write_bytes(content)
        for stale in path.parent.glob(f"__pycache__/{path.stem}.*"):
            stale.unlink()

    def _keep_what_holds(self, fault: SeededFault) -> list[Path]:
        """Carry compiled rules over to the changed copy, but for those that can see the changed file.

        A compiled rule holds whatever it read of modules that its own module imports, directly or not.
        Return the folders made.
        """
        stale = {path.stem for path in importers(self.package, fault.file)}
        made = []
        for room, digest in self._digests().items():
            if digest == self.rooms[room]:
                continue
            source, target = (self._compiled() / each for each in (self.rooms[room], digest))
            made.append(target)
            for path in source.rglob("*.nb[ci]"):
                if path.name.partition(".")[0] not in stale:
                    place = target / path.relative_to(source)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    os.link(path, place)
        return made

    def _digests(self) -> dict[str, str]:
        """Return the names of the folders of compiled rules by room, as the copy itself has them."""
        path = self.package / "core" / "compiled.py"
        spec = importlib.util.spec_from_file_location("compiled_of_the_copy", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return {room: module.source_digest(room)[:32] for room in module._ROOMS}

    def _compiled(self) -> Path:
        """Return the folder where the copy keeps compiled rules."""
        folder = self.cache / "creditsim"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _run(self, name: str, tests: Sequence[str]) -> Judged:
        """Run tests on the copy as it is, up to the first that fails."""
        started = time.monotonic()
        options = ["-x", "-q", "-o", "addopts=", "-p", "no:cacheprovider", "--tb=no", "-rfE"]
        options += [f"--deselect={each}" for each in NO_JUDGES]
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, str(self.package), *options, *tests],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(self.package.parent),
                "CREDITSIM_CACHE_DIR": str(self.cache),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=LONGEST_SECONDS)
            verdict = {0: "survived", 1: "caught"}.get(process.returncode, "broken")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            said, _ = process.communicate()
            verdict = "endless"
        first = re.search(r"^(?:FAILED|ERROR) (\S+?::.+?|\S+)(?: - .*)?$", said, re.MULTILINE)
        if verdict == "caught" and (first is None or "::" not in first[1]):
            verdict = "broken"  # not one test ran into it: a file could not even be read
        by = first[1] if first else "" if verdict == "survived" else said[-300:]
        return Judged(name, verdict, by, round(time.monotonic() - started, 1))


def importers(package: Path, file: str) -> set[Path]:
    """Return the modules of a package that import a file, directly or through others, and the file itself."""
    of_name = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        of_name[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    imported_by: dict[Path, set[Path]] = {}
    for path in of_name.values():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
            for name in names:
                if name in of_name:
                    imported_by.setdefault(of_name[name], set()).add(path)
    found, waiting = set(), [package / file]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imported_by.get(path, ())
    return found


def main() -> None:
    """Judge all faults, or those named, and print what came of each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", default=(), help="Ids of faults; default: all.")
    parser.add_argument("--two-at-a-time", action="store_true")
    parser.add_argument("--work", type=Path, help="Folder of copies and compiled rules, kept.")
    parser.add_argument("--results", type=Path, help="JSON to write; faults that it has are not run again.")
    given = parser.parse_args()
    known = json.loads(given.results.read_text("utf-8")) if given.results and given.results.exists() else []
    done = {each["id"] for each in known}
    faults = [
        each for each in read_faults() if each.id not in done and (not given.only or each.id in given.only)
    ]

    def tell(judged: Judged) -> None:
        print(f"{judged.verdict:9} {judged.seconds:6.1f} s  {judged.id}  {judged.by}", flush=True)
        known.append(asdict(judged))
        if given.results:
            given.results.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")

    with tempfile.TemporaryDirectory() as folder:
        judge_faults(faults, given.work or Path(folder), tell, 2 if given.two_at_a_time else 1)
    caught = sum(each["verdict"] == "caught" for each in known)
    print(f"caught {caught} of {len(known)}")


if __name__ == "__main__":
    main()
