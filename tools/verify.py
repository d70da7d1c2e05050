"""Run the long form of everything that shows that the code is right, and write docs/verification.md anew.

Run from the repository root: ``python tools/verify.py``; ``make verify`` does it. Four parts:

* relations: analytic limits and metamorphic relations, each with its control;
* reference: the second implementation on 200 random small scenarios;
* machines: one fingerprint over threads, executors, orders, hash seeds, locales, Pythons, processors;
* faults: seeded faults, each judged by the tests of its room and of the rooms above.

Two things go on side by side. What is finished is kept in the work folder: ``--go-on`` takes it up, as far
as it was found with the same package. A part that is not there is said to be missing.
"""

from __future__ import annotations

import argparse
import json
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERIFICATION, REFERENCE = ROOT / "tests" / "verification", ROOT / "tests" / "reference"
sys.path[:0] = [str(VERIFICATION), str(REFERENCE)]

from machines import Machine, long_list, pythons_here, run_matrix  # noqa: E402
from one_machine import Found  # noqa: E402
from seeded_faults import Copy, read_faults  # noqa: E402
from verification_page import PARTS, page  # noqa: E402

from creditsim.core.compiled import source_digest  # noqa: E402

TARGET = ROOT / "docs" / "verification.md"
WORK = ROOT / "build" / "verification"
AGREEMENTS = 200
"""Random small scenarios for the second implementation."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", choices=PARTS, help="A part; may stand several times.")
    parser.add_argument("--go-on", action="store_true", help="Keep what the work folder has.")
    parser.add_argument("--work", type=Path, default=WORK, help="Folder for what is finished.")
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--lanes", type=int, default=2, help="Things to do side by side.")
    parser.add_argument("--python", action="append", default=[], help="A further interpreter for `machines`.")
    parser.add_argument("--alone", choices=ALONE, help=argparse.SUPPRESS)
    given = parser.parse_args()
    kept = Kept(given.work)
    if given.alone:
        kept.write(given.alone, ALONE[given.alone](given))
        return
    if not given.go_on:
        kept.clear()
    failed = run_parts(given, kept)
    given.out.write_text(page(kept.read_all(), [asdict(fault) for fault in read_faults()]), encoding="utf-8")
    say(f"wrote {given.out}")
    sys.exit(1 if failed else 0)


def run_parts(given: argparse.Namespace, kept: Kept) -> list[str]:
    """Run what is missing of the parts asked for, some things side by side; return what failed."""
    wanted, jobs, failed = given.only or PARTS, queue.SimpleQueue(), []
    for part in ALONE:
        if part in wanted and "missing" in kept.read_all().get(part, {"missing": ""}):
            jobs.put((part, None))
    done = {each["id"] for each in kept.read_all().get("faults", {}).get("judged", ())}
    for fault in read_faults() if "faults" in wanted else ():
        if fault.id not in done:
            jobs.put(("faults", fault))

    def lane(number: int) -> None:
        copy = None
        while not jobs.empty():
            try:
                part, fault = jobs.get_nowait()
            except queue.Empty:
                return
            try:
                if fault is None:
                    run_alone(part, given)
                    continue
                if copy is None:
                    copy = controlled_copy(given.work / f"copy-{number}", kept)
                kept.add_fault(asdict(copy.judge(fault)))
            except Exception as error:
                failed.append(part)
                say(f"{part}: failed: {error}")
                if fault is not None and copy is None:
                    return

    lanes = [threading.Thread(target=lane, args=[number]) for number in range(given.lanes)]
    for each in lanes:
        each.start()
    for each in lanes:
        each.join()
    return failed


def run_alone(part: str, given: argparse.Namespace) -> None:
    """Run a part in a process of its own; raise RuntimeError if it fails."""
    say(f"{part}: begins")
    options = [option for python in given.python for option in ("--python", python)]
    command = [sys.executable, __file__, "--alone", part, "--work", str(given.work), *options]
    if code := subprocess.run(command, cwd=ROOT).returncode:
        raise RuntimeError(f"exit code {code}")
    say(f"{part}: done")


def controlled_copy(folder: Path, kept: Kept) -> Copy:
    """Return a copy of the package that passes its suite unchanged; this also compiles its rules."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = Copy(folder)
    control = copy.control(["core"])
    say(f"faults: the unchanged copy {control.verdict} in {control.seconds:.0f} s {control.by}")
    if control.verdict != "survived":
        raise RuntimeError(f"the unchanged copy fails: {control.by}")
    kept.add_control(asdict(control))
    return copy


# Parts that run in a process of their own


def relations(given: argparse.Namespace) -> dict:
    """Return what the limits and relations gave, or that there are none."""
    if not (VERIFICATION / "verification_suite.py").is_file():
        return {"missing": "tests/verification/verification_suite.py"}
    import verification_suite

    return verification_suite.long_form(counter("relations", len(verification_suite.CHECKS)))


def reference(given: argparse.Namespace) -> dict:
    """Return what the second implementation gave on random scenarios, or that there is none."""
    homes = [path for path in sorted(REFERENCE.glob("*.py")) if "\ndef agreement(" in path.read_text("utf-8")]
    if not homes:
        return {"missing": "a function `agreement` in tests/reference"}
    module = __import__(homes[0].stem)
    return {"asked": AGREEMENTS, "found": plain(module.agreement(AGREEMENTS))}


def machines(given: argparse.Namespace) -> dict:
    """Return what the matrix of machines gave."""
    chosen = long_list(pythons_here(given.python))
    told = counter("machines", len(chosen))

    def tell(machine: Machine, found: Found) -> None:
        told()

    # One at a time: what goes on beside it has the other core.
    matrix = run_matrix(chosen, tell)
    return {**asdict(matrix), "one_each": matrix.one_each}


ALONE: dict[str, Callable[[argparse.Namespace], dict]] = {
    "relations": relations,
    "reference": reference,
    "machines": machines,
}


class Kept:
    """What is finished, a JSON file a part; what another package gave is not looked at."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget what is finished; compiled rules stay."""
        for part in PARTS:
            self._path(part).unlink(missing_ok=True)

    def read_all(self) -> dict[str, dict]:
        """Return what is finished of each part."""
        found = {}
        for part in PARTS:
            if self._path(part).exists():
                record = json.loads(self._path(part).read_text("utf-8"))
                if record["package"] == source_digest():
                    found[part] = record
        return found

    def write(self, part: str, record: dict) -> None:
        """Keep a part's result; a file is there whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        spent = round(time.monotonic() - STARTED)
        record = {"package": source_digest(), "seconds": spent, "date": today(), **record}
        fresh = self._path(part).with_suffix(".new")
        fresh.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        shutil.move(fresh, self._path(part))

    def add_control(self, control: dict) -> None:
        """Keep that an unchanged copy passed."""
        with self._lock:
            found = self.read_all().get("faults", {})
            self.write(
                "faults", {"judged": found.get("judged", []), "controls": found.get("controls", 0) + 1}
            )

    def add_fault(self, judged: dict) -> None:
        """Keep the judgement of a fault."""
        with self._lock:
            found = self.read_all()["faults"]
            found["judged"].append(judged)
            caught = sum(each["verdict"] == "caught" for each in found["judged"])
            self.write("faults", {name: found[name] for name in ("judged", "controls")})
        say(
            f"faults: {judged['verdict']:8} {judged['id']} ({judged['seconds']:.0f} s), "
            f"{caught} of {len(found['judged'])} caught"
        )

    def _path(self, part: str) -> Path:
        return self.folder / f"{part}.json"


STARTED = time.monotonic()


def counter(part: str, number: int) -> Callable[[], None]:
    """Return what to call after each of some steps: it says how far a part is."""
    done = 0

    def step(*_) -> None:
        nonlocal done
        done += 1
        say(f"{part}: {done} of {number}")

    return step


def plain(value):
    """Return what a part gave as plain values for JSON."""
    return json.loads(
        json.dumps(value, default=lambda each: vars(each) if hasattr(each, "__dict__") else str(each))
    )


def today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def say(text: str) -> None:
    spent = int(time.monotonic() - STARTED)
    print(f"{spent // 60:3}:{spent % 60:02}  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
