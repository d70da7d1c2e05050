"""Kill, fault and flip at length, and write docs/chaos.md anew (about half an hour).

Run from the repository root: ``python tools/make_chaos.py``; ``make chaos`` does it.
"""

import argparse
import copy
import datetime
import os
import platform
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "experiment" / "results"))

from chaos import Toll, fault_every_operation, flip_bytes, kill_sweeps  # noqa: E402
from faulty_disk import WAYS  # noqa: E402

import creditsim  # noqa: E402

TARGET = ROOT / "docs" / "chaos.md"
NAMES = dict(zip(WAYS, ("kill", "EIO", "ENOSPC", "short write", "lying write"), strict=True))

PHASES = ("starting", "running", "writing", "written")

HEAD = """\
# Chaos: sweeps that are killed, and disks that fail

Made by `make chaos` with creditsim {version} on {date}:
{system}, Python {python}, {cores} cores, {minutes:.0f} minutes.

A sweep of 40 small runs (two scenarios, 20 replications) is disturbed, started again, and carried to
its end; its store is then held against that of an undisturbed sweep. Lost: runs that are missing.
Doubled: runs that stand in two rows. Different: stores whose canonical table (key, fingerprint, every
bit of the values) or final fingerprint is not the undisturbed one's. Damaged: stores with a finding of
`creditsim verify`.

A short form of all of this runs with the tests (`tests/experiment/results/test_chaos.py`).

"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--go-on", action="store_true", help="Add kills to those that the document has.")
    given = parser.parse_args()
    started = time.monotonic()
    before, others = earlier(given.out) if given.go_on else (Toll(), [])
    with tempfile.TemporaryDirectory() as folder:
        others = others or [faults_text(Path(folder)), flips_text(Path(folder), given)]

        def write(toll):
            minutes = (time.monotonic() - started) / 60
            toll = before + toll
            text = head_text(minutes) + "\n".join([kills_text(toll), *others])
            given.out.write_text(text, encoding="utf-8")
            say(f"{toll.kills.total()} kills")

        write(killed(Path(folder), given, before, write))
    print(f"wrote {given.out}")


def earlier(path):
    """Return the toll of kills that a document tells, and its other sections."""
    _, kills, *others = path.read_text("utf-8").split("\n## ")
    toll = Toll()
    for phase in PHASES:
        numbers = re.search(rf"^\| {phase} \| (\d+) \| (\d+) \|$", kills, re.MULTILINE)
        toll.kills["client", phase], toll.kills["worker", phase] = map(int, numbers.groups())
    said = re.search(r"^\d+ sweeps .*$", kills, re.MULTILINE)[0]
    numbers = map(int, re.findall(r"\d+", said))
    toll.sweeps, toll.lost, toll.duplicated, toll.different, toll.damaged = numbers
    return toll, [f"## {each}" for each in others]


def head_text(minutes):
    return HEAD.format(
        version=creditsim.__version__,
        date=datetime.date.today().isoformat(),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cores=os.cpu_count(),
        minutes=minutes,
    )


def killed(folder, given, before, write):
    """Kill sweeps, two at a time; return what came of all, and write it down as it comes."""
    tolls = [Toll(), Toll()]

    def half(number):
        def tell(toll):
            tolls[number] = copy.deepcopy(toll)
            write(tolls[0] + tolls[1])

        done = before.kills.total()
        left = max(given.kills - done, 0)
        place = made(folder / f"kills-{number}")
        return kill_sweeps(place, left // 2 + (number < left % 2), given.seed + number + done, tell)

    with ThreadPoolExecutor(2) as threads:
        return sum(threads.map(half, (0, 1)), Toll())


def kills_text(toll):
    """Return what came of killing clients and workers."""
    lines = [f"## {toll.kills.total()} times kill -9 of a client or a worker\n"]
    lines += ["| killed while | client | worker |", "|---|---|---|"]
    for phase in PHASES:
        lines.append(f"| {phase} | {toll.kills['client', phase]} | {toll.kills['worker', phase]} |")
    return "\n".join([*lines, "", verdict(toll), ""])


def faults_text(folder):
    """Let each file operation of a sweep fail; return what came of it."""
    lines = ["## A fault at every file operation of a sweep\n"]
    lines += ["| fault | operations | lost | doubled | different | damaged |", "|---|---|---|---|---|---|"]
    for way, name in NAMES.items():
        say(name)
        toll = fault_every_operation(made(folder / name), way)
        lines.append(f"| {name} | {toll.sweeps} | {counts(toll, ' | ')} |")
    return "\n".join([*lines, ""])


def flips_text(folder, given):
    """Flip bytes; return how many were found."""
    found = flip_bytes(made(folder / "flips"), given.flips, given.seed)
    text = f"`creditsim verify` found {found} of {given.flips} files with one changed byte."
    return f"## Changed bytes\n\n{text}\n"


def verdict(toll: Toll) -> str:
    """Return in a sentence what was lost, doubled, changed and damaged."""
    lost, doubled, different, damaged = counts(toll, ",").split(",")
    return (
        f"{toll.sweeps} sweeps carried to their end: {lost} runs lost, {doubled} doubled, {different} stores "
        f"different, {damaged} damaged."
    )


def counts(toll, between):
    return between.join(str(each) for each in (toll.lost, toll.duplicated, toll.different, toll.damaged))


def made(folder):
    folder.mkdir()
    return folder


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
