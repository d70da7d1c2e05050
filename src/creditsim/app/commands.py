"""What the commands do: check everything, run, write all files at once, say what was found."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from creditsim.app.checkpoints import NO_CHECKPOINTS, Checkpoints
from creditsim.app.folder import OutputFolder
from creditsim.app.memory import hold_to_memory
from creditsim.app.options import as_options, choice_faults, numbers_of
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.core.errors import Fault, InputError

LANGUAGES = ("en", "zh")
ENGINES = ("compiled", "objects")


def run_one(
    scenario: str,
    texts: Mapping[str, str | None],
    engine: str,
    only: str | None,
    out: str | None,
    lang: str,
    voice: Voice,
    kept: Checkpoints = NO_CHECKPOINTS,
) -> int:
    """Run one scenario; return the exit code.

    Parameters
    ----------
    scenario : str
        Name or path.
    texts : mapping
        Options that hold numbers, as they were typed.
    kept : Checkpoints
        From which checkpoint the run goes on, and into which it is saved.

    Raises
    ------
    InputError
        All faults of scenario, options and folder at once, before anything runs.
    """
    (loaded,), numbers, folder = checked([scenario], texts, engine, only, out, lang, kept.faults())
    numbers = kept.settled(numbers)
    from creditsim.app import api

    voice.detail(repr(loaded))
    hold_to_memory(
        [loaded], numbers["scale"], numbers["months"], engine=engine, written=bool(folder), voice=voice
    )
    with standard_output_kept():
        result = kept.run(api, loaded, {**numbers, "engine": engine, "progress": voice.progress})
    summary = run_summary(result)
    voice.detail(memory_text(summary["memory"]))
    if folder:
        from creditsim.experiment.store import write_run

        with folder.filling() as files:
            write_run(result, files)
    if voice.json:
        print_json(summary)
    else:
        voice.result(run_text(summary, lang))
        say_where(folder, "run.json", voice)
    return 0


def replay_run(folder: str, voice: Voice) -> int:
    """Fold a run's ledger again; return 1 if a score or the ledger is not as it was written."""
    from creditsim.experiment.replay import replay_folder

    with standard_output_kept():
        replay = replay_folder(folder)
    if voice.json:
        print_json({"entries": replay.entries, "agents": replay.agents, "mismatches": replay.mismatches})
    else:
        voice.result(
            f"{replay.entries:,} entries of {replay.agents:,} agents folded again: "
            f"{replay.mismatches or 'no'} score{'' if replay.mismatches == 1 else 's'} "
            f"differ{'s' if replay.mismatches == 1 else ''} from the simulated one"
        )
    for finding in replay.findings:
        print(finding, file=sys.stderr)
    return 1 if replay.mismatches or replay.findings else 0


def run_summary(result: Any) -> dict[str, Any]:
    """Return what ``creditsim run --json`` prints; outcomes are means over months, null if not defined."""
    return {
        "scenario": result.scenario,
        "inputs": result.inputs,
        "fingerprint": result.fingerprint,
        "agents": result.number_of_agents,
        "months": result.months,
        "seconds": round(result.seconds, 3),
        "residuals": result.residuals(),
        "memory": result.memory,
        "outcomes": result.means(),
    }


def memory_text(memory: Mapping[str, Any]) -> str:
    """Return what a run kept, on one line."""
    entry = memory["bytes_per_entry"]
    ledger = "" if entry is None else f", {entry:.1f} bytes an entry ({memory['entries']:,} entries)"
    largest = sorted(memory["bytes"].items(), key=lambda each: -each[1])[:3]
    parts = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in largest)
    return f"memory at the end: {memory['bytes_per_agent']:.1f} bytes an agent{ledger}; largest: {parts}"


def run_text(summary: Mapping[str, Any], lang: str) -> str:
    """Return a run's outcomes as a table for people."""
    from creditsim.report.credibility import credibility
    from creditsim.report.labels import outcome_title
    from creditsim.report.numbers import NOTHING, decimals_for, number_text, shown_factor, unit_text
    from creditsim.spec.outcomes import outcomes

    rows = []
    for name, value in summary["outcomes"].items():
        outcome = outcomes()[name]
        factor = shown_factor(outcome.unit)
        decimals = decimals_for(factor * outcome.smallest_relevant)
        shown = NOTHING if value is None else number_text(factor * value, decimals)
        rows.append([outcome_title(outcome, "all", lang), shown, unit_text(outcome.unit, lang)])
    head = ["结果", "月均值", "单位"] if lang == "zh" else ["outcome", "monthly mean", "unit"]
    return (
        f"{summary['scenario']}: {summary['agents']:,} agents, {summary['months']} months, "
        f"{summary['seconds']:.1f} s\n\n{table_text(head, rows, right=[1])}\n\n"
        f"{credibility().line(lang)}\nfingerprint {summary['fingerprint']}"
    )


def checked(
    names: Sequence[str],
    texts: Mapping[str, str | None],
    engine: str,
    only: str | None,
    out: str | None,
    lang: str,
    further: Sequence[Fault] = (),
) -> tuple[list[Any], dict[str, Any], OutputFolder | None]:
    """Return scenarios, numbers and folder; raise InputError with everything wrong, further faults too."""
    faults: list[Fault] = [*further]
    numbers = numbers_of(texts, faults)
    faults += choice_faults("--engine", engine, ENGINES)
    faults += choice_faults("--lang", lang, LANGUAGES)
    folder = None if out is None else OutputFolder(out)
    if folder:
        faults += folder.faults()
    loaded = loaded_scenarios(names, faults)
    numbers["only"] = tuple(only.split(",")) if only is not None else ()
    faults += range_faults(numbers)
    if faults:
        raise InputError(faults)
    return loaded, numbers, folder


def loaded_scenarios(names: Sequence[str], faults: list[Fault]) -> list[Any]:
    """Return the scenarios that can be loaded; add the faults of the others, of each file once."""
    from creditsim.spec.scenario import load_scenario

    loaded: dict[str, Any] = {}
    for name in dict.fromkeys(names):
        try:
            loaded[name] = load_scenario(name)
        except InputError as error:
            faults += error.faults
    return [loaded[name] for name in names if name in loaded]


def range_faults(numbers: Mapping[str, Any]) -> list[Fault]:
    """Return the faults of numbers outside their ranges; what was no number has its fault already."""
    from creditsim.experiment.run import LARGEST_KEY, check_run

    faults = []
    given = {name: value for name, value in numbers.items() if value is not None}
    replication = given.pop("replication", 0)
    if not 0 <= replication <= LARGEST_KEY:
        expected = f"a whole number from 0 to {LARGEST_KEY}"
        faults.append(Fault(f"got {replication}, expected {expected}", key="--replication"))
    fine = {"scale": 0.1, "seed": 1, "replications": 1, "months": None, "threads": 1}
    try:
        check_run(**{**fine, **given}, engine="compiled")
    except InputError as error:
        faults += as_options(error.faults, numbers)
    return faults


def say_where(folder: OutputFolder | None, first: str, voice: Voice) -> None:
    """Say where the files are, or how to get them."""
    if folder:
        voice.result(f"written to {folder.shown}: see {folder.path / first}")
    else:
        voice.remark("no files were written; name a folder for them with --out DIR")


@contextlib.contextmanager
def standard_output_kept() -> Any:
    """Send what a library prints to standard error: standard output holds the result alone."""
    with contextlib.redirect_stdout(sys.stderr):
        yield
