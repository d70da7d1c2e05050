"""One fingerprint on every machine: run the golden scenarios in many ways and compare every result.

Three settings change inside a process: the number of threads in a run, who executes the runs (this
process, processes of this machine, a Dask cluster), and the order of scenarios and replications. The
others hold for a process from its start: Python's version, the seed of its hashes, the locale, and
what the processor offers to NumPy, Numba and BLAS. So a few processes go through all of the first
kind each, and say by what they find that the second kind took effect.

    python tests/verification/machines.py [--short] [--python PATH ...]

The short form runs with the tests (test_machines.py), the long one with `make verify`.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import glob
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from one_machine import Found

ROOT = Path(__file__).resolve().parents[2]
PROCESSORS = {
    "as it is": {},
    "NumPy without X86_V3 and above": {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
    "Numba for a generic processor": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
    "BLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
}
PROCESSORS["all three"] = {name: text for each in PROCESSORS.values() for name, text in each.items()}
"""Environments; other spellings of NumPy's features would silently disable nothing."""

LOCALES = {
    "C, ASCII": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "de_DE.UTF-8": {"LC_ALL": "de_DE.UTF-8"},  # a comma in numbers
    "tr_TR.UTF-8": {"LC_ALL": "tr_TR.UTF-8"},  # another lower case of I
}

SOME_HASH_SEEDS = ("0", "1", "4242")

SHORT = {"executors": ("serial",)}
"""What the processes of the short form go through."""


@dataclass(frozen=True)
class Machine:
    """What holds for a process from its start."""

    python: str
    hash_seed: str
    locale: str
    processor: str

    def environment(self, locales: Path) -> dict[str, str]:
        """Return the environment variables of such a process."""
        path = os.pathsep.join([str(ROOT / "src"), str(Path(__file__).parent)])
        settings = {**LOCALES[self.locale], **PROCESSORS[self.processor]}
        return {
            **os.environ,
            "PYTHONPATH": path,
            "PYTHONHASHSEED": self.hash_seed,
            "LOCPATH": str(locales),
            **settings,
        }


@dataclass
class Matrix:
    """All combinations that were run.

    Attributes
    ----------
    combinations : int
        Machines times what changes inside a process, as far as run.
    fingerprints : dict of str to list of str
        By run: all different fingerprints found. One each if all is well.
    machines : list of dict
        Settings of each process and its evidence.
    without_effect : list of str
        Settings that did not do what they should.
    left_out : list of str
    seconds : float
    """

    combinations: int = 0
    fingerprints: dict[str, list[str]] = field(default_factory=dict)
    machines: list[dict] = field(default_factory=list)
    without_effect: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def one_each(self) -> bool:
        """Whether every run has one fingerprint, and every setting took effect."""
        return not self.without_effect and all(len(each) == 1 for each in self.fingerprints.values())

    def add(self, machine: Machine, found: Found) -> None:
        """Add what one process found."""
        self.add_prints(found.prints)
        self.machines.append({**asdict(machine), "python": found.evidence["python"], **found.evidence})
        self.without_effect += without_effect(machine, found.evidence)
        self.left_out += [each for each in found.left_out if each not in self.left_out]

    def add_prints(self, prints: Sequence[tuple]) -> None:
        """Add the fingerprints of some combinations."""
        self.combinations += len(prints)
        for *_, by_run in prints:
            for run, fingerprint in by_run.items():
                known = self.fingerprints.setdefault(run, [])
                if fingerprint not in known:
                    known.append(fingerprint)


def run_matrix(
    machines: Sequence[Machine],
    tell: Callable[[Machine, Found], None] = lambda machine, found: None,
    side_by_side: int = 1,
    **inside: Sequence,
) -> Matrix:
    """Run a process for each machine and compare all that they find.

    Parameters
    ----------
    machines : sequence of Machine
        Those of one interpreter and Numba target next to each other compile once.
    side_by_side : int
        Processes at a time.
    **inside
        `threads`, `executors`, `orders`: what each process goes through; default: all.
    """
    started, matrix = time.monotonic(), Matrix()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(side_by_side) as threads:
        there = made_locales(Path(folder))
        lacking = sorted({each.locale for each in machines} - set(there))
        matrix.left_out += [f"locale {name}: not on this system" for name in lacking]
        # What compiles anew goes beside what does not.
        lanes = [machines[number::side_by_side] for number in range(side_by_side)]
        if side_by_side == 2:
            other = [each for each in machines if _compiles(each)]
            lanes = [[each for each in machines if each not in other], other]

        def run(lane: Sequence[Machine]) -> None:
            for machine in lane:
                if machine.locale in there:
                    found = _run_process(machine, Path(folder), inside)
                    matrix.add(machine, found)
                    tell(machine, found)

        list(threads.map(run, lanes))
    matrix.seconds = time.monotonic() - started
    return matrix


def long_list(pythons: Sequence[str]) -> list[Machine]:
    """Return the processes of the long form: this Python in all locales and processors, others in two.

    Every locale comes with every hash seed; processors go round.
    """
    own, *others = pythons
    round_ = itertools.cycle(PROCESSORS)
    found = [Machine(own, *pair, next(round_)) for pair in itertools.product(SOME_HASH_SEEDS, LOCALES)]
    for python in others:
        found.append(Machine(python, "4242", "C, ASCII", "as it is"))
        found.append(Machine(python, "1", "de_DE.UTF-8", "NumPy without X86_V3 and above"))
    return found


def short_list() -> list[Machine]:
    """Return the processes of the short form."""
    return [
        Machine(sys.executable, "1", "C, ASCII", "as it is"),
        Machine(sys.executable, "4242", "C.UTF-8", "all three"),
    ]


def pythons_here(named: Sequence[str] = ()) -> list[str]:
    """Return this interpreter and others of supported versions that have what the package needs.

    Looked for: those named, environments ``.venv*`` of the repository, names on the PATH, and pyenv's.
    """
    places = [sys.executable, *named, *sorted(glob.glob(str(ROOT / ".venv*" / "bin" / "python")))]
    places += [place for name in ("3.11", "3.12", "3.13") if (place := shutil.which(f"python{name}"))]
    places += sorted(glob.glob(str(Path.home() / ".pyenv" / "versions" / "3.1[123].*" / "bin" / "python")))
    ask = "import sys, numba, mesa, pyarrow, pydantic, ruamel.yaml, scipy, loky, psutil, typer, networkx"
    found = {}
    for place in places:
        done = subprocess.run(
            [place, "-c", f"{ask}; print(*sys.version_info[:2], sep='.')"], capture_output=True, text=True
        )
        if done.returncode == 0 and done.stdout.strip() in ("3.11", "3.12", "3.13"):
            found.setdefault(done.stdout.strip(), place)
    return list(found.values())


def made_locales(folder: Path) -> list[str]:
    """Return which locales there are, after an attempt to make those that are not in a folder."""
    found = []
    for name, settings in LOCALES.items():
        text = settings["LC_ALL"]
        if not text.startswith("C"):
            with contextlib.suppress(OSError):
                subprocess.run(
                    ["localedef", "-i", text.partition(".")[0], "-f", "UTF-8", str(folder / text)],
                    capture_output=True,
                )
        test = "import locale; locale.setlocale(locale.LC_ALL, '')"
        done = subprocess.run(
            [sys.executable, "-c", test], env={**os.environ, "LC_ALL": text, "LOCPATH": str(folder)},
            capture_output=True,
        )  # fmt: skip
        if done.returncode == 0:
            found.append(name)
    return found


def without_effect(machine: Machine, found: dict[str, str]) -> list[str]:
    """Return the settings of a machine that its process does not show."""
    numba_generic = "NUMBA_CPU_NAME" in PROCESSORS[machine.processor]
    checks = [
        ("hash seed", found["hash_seed"] == machine.hash_seed and found["hash"] == _hash_of(machine)),
        ("ASCII", machine.locale != "C, ASCII" or "utf" not in found["encoding"].lower()),
        ("decimal comma", machine.locale != "de_DE.UTF-8" or found["decimal_point"] == ","),
        ("locale", found["locale"].startswith(LOCALES[machine.locale]["LC_ALL"].partition(".")[0])),
        ("NumPy", not set(found["numpy"].split())
            & set(PROCESSORS[machine.processor].get("NPY_DISABLE_CPU_FEATURES", "").split())),
        ("Numba", numba_generic == found["numba"].startswith("generic")),
        ("Numba's features", not numba_generic or "+avx" not in found["numba"]),
        ("BLAS", "OPENBLAS_CORETYPE" not in PROCESSORS[machine.processor]
            or found["blas"] in ("Haswell", "no OpenBLAS")),
    ]  # fmt: skip
    return [f"{name}: {machine} but {found}" for name, holds in checks if not holds]


def _hash_of(machine: Machine) -> str:
    """Return what a text hashes to under a machine's hash seed."""
    return _hash(machine.python, machine.hash_seed)


@functools.cache
def _hash(python: str, seed: str) -> str:
    """Return what a text hashes to in a process that has nothing but a hash seed."""
    done = subprocess.run(
        [python, "-c", "print(hash('creditsim'))"],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _compiles(machine: Machine) -> bool:
    """Say whether a machine needs compiled rules of its own."""
    return machine.python != sys.executable or "NUMBA_CPU_NAME" in PROCESSORS[machine.processor]


def _run_process(machine: Machine, locales: Path, inside: dict[str, Sequence]) -> Found:
    """Start the process of a machine and return what it found."""
    done = subprocess.run(
        [machine.python, str(Path(__file__).with_name("one_machine.py")), json.dumps(inside)],
        env=machine.environment(locales),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        raise RuntimeError(f"{machine}: {done.stderr[-2000:]}")
    return Found(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Run the matrix and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="The form that runs with the tests.")
    parser.add_argument("--python", nargs="*", default=(), help="Further interpreters.")
    parser.add_argument("--two-at-a-time", action="store_true")
    given = parser.parse_args()

    def tell(machine: Machine, found: Found) -> None:
        print(f"{len(found.prints):3} combinations on {found.evidence}", flush=True)

    machines, inside = (short_list(), SHORT) if given.short else (long_list(pythons_here(given.python)), {})
    matrix = run_matrix(machines, tell, 2 if given.two_at_a_time else 1, **inside)
    several = {run: prints for run, prints in matrix.fingerprints.items() if len(prints) > 1}
    print(f"{matrix.combinations} combinations in {len(machines)} processes, {matrix.seconds:.0f} s")
    print(f"one fingerprint each: {matrix.one_each} {several or ''}")
    for line in (*matrix.without_effect, *matrix.left_out):
        print(line)


if __name__ == "__main__":
    main()
