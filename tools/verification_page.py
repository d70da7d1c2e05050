"""The text of docs/verification.md, from what `tools/verify.py` found."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence

import creditsim

PARTS = ("relations", "reference", "machines", "faults")

TITLES = {
    "relations": "Analytic limits and relations",
    "reference": "A second implementation",
    "machines": "One fingerprint on every machine",
    "faults": "Seeded faults",
}

HEAD = """\
# Verification: is the code right?

Made by `make verify` with creditsim {version}: {system}, Python {python}, {cores} cores. Parts that ran:
{parts}.

Right here means: the code does what [odd.md](odd.md) says. Whether the model is true of a district is
another question, and none of this answers it.

"""

FAULTS_ABOUT = """\
A wrong line at a time is put into a copy of the package (`tests/verification/faults.yaml`), and the tests of
the changed file's room and of all rooms above it are run on the copy until one fails. Which tests judge
follows from the room alone, never from the fault; golden fingerprints and tests of documents do not judge,
for they would notice any change; nor do a few slow or timing-dependent tests (`NO_JUDGES` in
`tests/verification/seeded_faults.py`). The unchanged copy passes the whole suite.

When the list was first run, 50 of its 64 faults were caught. For all but one of the others a test of the
domain was added to the tests of their room (beliefs, crowding-out, norms, stakes, groups, filing, repair,
funds, leavers, the village account, two sweeps at one store); none was taken off the list.

"""

MACHINES_ABOUT = """\
The five golden scenarios, two replications each, at 1% of the population over four months, run in every
combination of 1, 2 and 8 threads; in one process, in two processes and on a Dask cluster of two workers; and
with scenarios and replications as listed and backwards; in each of the processes below. Each process shows by
what it finds (the hash of a text, the decimal point, the encoding, NumPy's features, Numba's target, the
BLAS kernel) that its settings took effect.

"""

CHECK_HEAD = (
    "check", "kind", "holds", "control fails", "size", "discrepancy", "matters", "false alarm", "power",
)  # fmt: skip

NOT_CHECKED = """\
## What was not checked

- Processors of another family (ARM), other systems (macOS, Windows), other compilers: the settings above
  imitate older processors of the family that ran this, and no more.
- Full size: faults and fingerprints are looked for at 1 to 5% of the population.
- Seeded faults are what we thought of. The share caught says how the tests do on these, and does not
  estimate how many faults there are.
- Data: a wrong number in a rulebook or a table of assumptions is no fault of the code; only its form and
  source are checked.
- Reports, figures and the command line are tested by the usual tests, but no seeded fault lies there.

## How to repeat

```
make verify                                   # all of it, two things at a time
make verify VERIFY_ARGS="--go-on"             # keep what is finished of the same package
make verify VERIFY_ARGS="--only machines"     # one part: {parts}
```

Other versions of Python take part if there is an environment with the locked requirements, e.g. `.venv-3.12`
beside `.venv`, or one named with `--python`. Short forms with fixed seeds run with the tests.
"""


def page(found: Mapping[str, dict], faults: Sequence[Mapping[str, str]]) -> str:
    """Return the document; a part that was not found is said to be missing."""
    write = {
        "relations": relations_text,
        "reference": reference_text,
        "machines": machines_text,
        "faults": lambda record: faults_text(record, faults),
    }
    ran = [f"{TITLES[part].lower()} ({each['date']})" for part in PARTS if (each := found.get(part))]
    text = HEAD.format(
        version=creditsim.__version__,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        cores=os.cpu_count(),
        parts=", ".join(ran) or "none",
    )
    for part in PARTS:
        text += f"## {TITLES[part]}\n\n"
        if part not in found:
            text += f'Missing: not run. `make verify VERIFY_ARGS="--go-on --only {part}"` runs it.\n\n'
        elif "missing" in found[part]:
            text += f"Missing: looked for {found[part]['missing']} and found none.\n\n"
        else:
            text += write[part](found[part]) + "\n"
    return text + NOT_CHECKED.format(parts=", ".join(PARTS))


def relations_text(record: Mapping) -> str:
    """Return what limits and relations gave: a summary, what does not hold, and a table."""
    text = ""
    for name, title in (("limits", "Analytic limits"), ("relations", "Metamorphic relations")):
        checks = record[name]
        run = [each for each in checks if each["holds"] is not None]
        text += (
            f"{title}: {sum(each['holds'] for each in run)} of {len(run)} hold, "
            f"{sum(each['control_fails'] for each in run)} of {len(run)} controls (the same check on a part "
            f"with a seeded fault) fail as they must, {len(checks) - len(run)} are of parts that the package "
            "does not have.\n\n"
        )
        wrong = [each for each in run if not each["holds"] or not each["control_fails"]]
        for each in wrong:
            what = "does not hold" if not each["holds"] else "has a control that does not fail"
            text += f"- **{each['name']} {what}**: {each['title']} {each['note']}\n"
        text += "\n" if wrong else ""
        rows = [_check_row(each) for each in checks]
        text += f"### {title}\n\n{table(CHECK_HEAD, rows)}\n"
    return text


def reference_text(record: Mapping) -> str:
    """Return what the second implementation gave."""
    found = record["found"]
    text = (
        "A naive second implementation in plain Python, written from the model's description alone "
        f"(`tests/reference/`), was fed the same draws on {record['asked']} random small scenarios.\n\n"
    )
    if not isinstance(found, Mapping):
        return text + f"Result: {_short(found)}\n"
    if "phases" not in found:
        rows = [(name.replace("_", " "), _short(value)) for name, value in found.items()]
        return text + table(("figure", "found"), rows)
    unit = (
        "Whole runs"
        if found["whole_runs"]
        else "Phase by phase, each from the package's state before it, all state"
    )
    text += (
        f"{unit} compared to the bit in {found['months']} months: {found['agreed']} of {found['scenarios']} "
        "scenarios without any difference.\n\n"
    )
    if found["missing"]:
        text += f"**Not written in it, so not compared:** {', '.join(found['missing'])}.\n\n"
    text += "".join(
        f"- Differs: scenario {name}: {words[0]}\n" for name, words in found["differences"].items()
    )
    rows = [(name, f"{agreed} of {found['scenarios']}") for name, agreed in found["phases"].items()]
    text += "\n" * bool(found["differences"])
    return text + table(("phase", "scenarios in which it agrees"), rows)


def machines_text(record: Mapping) -> str:
    """Return what the matrix gave."""
    several = {run: prints for run, prints in record["fingerprints"].items() if len(prints) > 1}
    text = MACHINES_ABOUT
    text += f"{record['combinations']} combinations in {len(record['machines'])} processes: "
    if several:
        text += f"**{len(several)} of {len(record['fingerprints'])} runs have several fingerprints**.\n\n"
        text += "".join(
            f"- {run}: {', '.join(each[:12] for each in prints)}\n" for run, prints in several.items()
        )
    else:
        text += f"one fingerprint for each of {len(record['fingerprints'])} runs.\n\n"
    without = [f"- **Without effect: {each}**" for each in record["without_effect"]]
    left = [f"- Left out: {each}" for each in record["left_out"]]
    text += "".join(f"{line}\n" for line in (*without, *left)) + ("\n" if without or left else "")
    head = ("Python", "hash seed", "locale", "encoding", "processor", "Numba's target", "BLAS kernel")
    rows = [
        (each["python"], each["hash_seed"], each["locale"], each["encoding"], each["processor"],
         each["numba"].split()[0], each["blas"])
        for each in record["machines"]
    ]  # fmt: skip
    return text + table(head, rows)


def faults_text(record: Mapping, faults: Sequence[Mapping[str, str]]) -> str:
    """Return which faults were caught, by what, and which survived."""
    judged = {each["id"]: each for each in record["judged"]}
    caught = [name for name, each in judged.items() if each["verdict"] == "caught"]
    listed = [fault["id"] for fault in faults if "[listed]" in fault["stands_for"] and fault["id"] in judged]
    share = 100.0 * len(caught) / max(len(judged), 1)
    text = FAULTS_ABOUT
    text += (
        f"Caught: {len(caught)} of {len(judged)} ({share:.0f}%); of those that the design lists by name "
        f"{sum(name in caught for name in listed)} of {len(listed)}."
    )
    if waiting := [fault["id"] for fault in faults if fault["id"] not in judged]:
        text += f" Not run: {', '.join(waiting)}."
    text += "\n\n"
    about = {fault["id"]: fault for fault in faults}
    if len(caught) < len(judged):
        text += "Not caught:\n\n"
        for name, each in judged.items():
            if each["verdict"] != "caught":
                why = about[name].get("survives_because", "")
                text += (
                    f"- `{name}` ({each['verdict']}): {_plain(about[name]['stands_for'])}. {why}\n".replace(
                        ". \n", ".\n"
                    )
                )
        text += "\n"
    rows = [
        (name, _plain(about[name]["stands_for"]), each["verdict"], _test(each["by"]))
        for name, each in judged.items()
        if name in about
    ]
    return text + table(("fault", "stands for", "verdict", "first test that failed"), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )


def _check_row(each: Mapping) -> tuple[str, ...]:
    """Return the row of a limit or relation."""
    holds = (each["kind"], _yes(each["holds"]), _yes(each["control_fails"]))
    figures = (_number(each[key]) for key in ("discrepancy", "matters", "false_alarm", "power"))
    return (f"{each['title']}{_scope(each)}", *holds, f"{each['size']:,}", *figures)


def _test(by: str) -> str:
    """Return a test's name without its folder and its case."""
    file, _, name = by.partition("::")
    return f"{file.rpartition('/')[2]}: {name.partition('[')[0]}" if name else file[:60]


def _plain(text: str) -> str:
    return text.removeprefix("[listed] ")


def _scope(each: Mapping) -> str:
    said = f" ({each['scope']})" if each.get("scope") else ""
    return said if each["status"] == "holds" else f" [{each['status']}]{said}"


def _yes(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "**no**"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _short(value: object) -> str:
    """Return a value of a part on one short line."""
    text = str(value)
    if isinstance(value, list | tuple):
        text = f"{len(value)}: {', '.join(map(str, value[:5]))}" if value else "none"
    return text if len(text) < 300 else text[:300] + " ..."
