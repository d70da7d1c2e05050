"""What `creditsim compare` does: run scenarios, or take what a sweep's store holds, and compare."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from creditsim.app.commands import LANGUAGES, checked, say_where, standard_output_kept
from creditsim.app.folder import OutputFolder
from creditsim.app.memory import hold_to_memory
from creditsim.app.options import choice_faults, whole_number
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.core.errors import Fault, InputError

MOVING = ("lower", "higher", "unclear")
"""Verdicts of differences that are there, or may be."""

TABLE_HEAD = {"en": ("outcome", "baseline"), "zh": ("结果", "基线")}
TABLE_TAIL = {"en": ("unit",), "zh": ("单位",)}

OF_STORES = ("experiment", "world", "allow_partial")
"""Options that need --store; --out, --lang and how to speak go with both."""

OF_RUNS = ("scenarios", "baseline", "replications", "months", "scale", "seed", "threads", "engine", "only")
"""What is the store's own with --store."""


def check_source(typed: Mapping[str, Any]) -> None:
    """Raise InputError unless runs are either to be made or taken from a store.

    Parameters
    ----------
    typed : mapping
        What was typed, by parameter.
    """
    if typed.get("store") is None:
        faults = [
            Fault("got it without --store, expected both", key=f"--{name.replace('_', '-')}")
            for name in OF_STORES
            if name in typed
        ]
        if not typed.get("scenarios"):
            faults.append(Fault("got none, expected scenarios, or --store DIR", key="SCENARIO"))
    else:
        faults = [
            Fault(
                "got it with --store, expected one of them: the store has its own",
                key="SCENARIO" if name == "scenarios" else f"--{name}",
            )
            for name in OF_RUNS
            if typed.get(name)
        ]
    if faults:
        raise InputError(faults)


def compare_all(
    scenarios: Sequence[str],
    baseline: str | None,
    texts: Mapping[str, str | None],
    engine: str,
    only: str | None,
    out: str | None,
    lang: str,
    voice: Voice,
) -> int:
    """Compare scenarios with a baseline; return the exit code.

    Raises
    ------
    InputError
        All faults of scenarios, options and folder at once, before anything runs.
    """
    # The baseline is loaded with the others, so that its faults come with theirs; a name that one
    # of the files bears is that file.
    wanted = [] if baseline is None or baseline in [*scenarios, *map(_file_name, scenarios)] else [baseline]
    loaded, numbers, folder = checked([*wanted, *scenarios], texts, engine, only, out, lang)
    named = [*wanted, *scenarios]
    reference = baseline if baseline is None or baseline not in named else loaded[named.index(baseline)].name
    from creditsim.app import api
    from creditsim.experiment.execute import workers_for

    for each in loaded:
        voice.detail(repr(each))
    shared = loaded if wanted or baseline else [*loaded[:1], *loaded]  # the status quo joins them
    months = numbers["months"]
    shared = [each if months is None else each.with_(months=months) for each in shared]
    workers = workers_for(shared, numbers["scale"], numbers["replications"], numbers["threads"])
    hold_to_memory(shared, numbers["scale"], None, workers, engine, voice=voice)
    started = time.perf_counter()
    with standard_output_kept():
        comparison = api.compare(
            loaded, baseline=reference, engine=engine, progress=voice.progress, **numbers
        )
    _write(comparison, folder, lang)
    seconds = time.perf_counter() - started
    share = comparison.run_seconds / (seconds * workers)
    voice.detail(
        f"took {seconds:.1f} s, report included; {workers} at work spent {share:.0%} of it inside runs"
    )
    _tell(comparison, folder, lang, voice)
    return 0


def compare_store(
    store: str,
    experiment: str | None,
    world: str | None,
    allow_partial: bool,
    out: str | None,
    lang: str,
    voice: Voice,
) -> int:
    """Compare the scenarios of an experiment from its store; return the exit code.

    Raises
    ------
    InputError
        All faults of the options at once; also if runs are missing and that was not allowed.
    """
    from creditsim.app.sweeps import open_sweep

    faults = choice_faults("--lang", lang, LANGUAGES)
    number = whole_number("--world", world, faults)
    folder = None if out is None else OutputFolder(out)
    if folder:
        faults += folder.faults()
    if faults:
        raise InputError(faults)
    with standard_output_kept():
        comparison = open_sweep(store, experiment).compare(number, allow_partial)
    _write(comparison, folder, lang)
    _tell(comparison, folder, lang, voice)
    return 0


def comparison_text(comparison: Any, lang: str) -> str:
    """Return a comparison's main differences as a table for people: a row an outcome.

    Shown are behaviour and harms that move, or may, in a scenario, and a few key
    outcomes in any case; intervals and all the rest are in the report.
    """
    from creditsim.analysis.compare import effect_of
    from creditsim.analysis.pairing import ALWAYS_MAIN, MAIN_KINDS
    from creditsim.report.credibility import credibility
    from creditsim.report.labels import outcome_title, verdict_text
    from creditsim.report.numbers import show_difference, unit_text
    from creditsim.report.sharing import shared_sentence

    others = [label for label in comparison.scenarios if label != comparison.baseline]
    by_outcome: dict[tuple[str, str], dict[str, dict]] = {}
    for row in comparison.headline().to_dict("records"):
        by_outcome.setdefault((row["outcome"], row["setting"]), {})[row["scenario"]] = row
    lines = []
    for (name, setting), rows in by_outcome.items():
        outcome = comparison.catalogue[name]
        moving = any(row["verdict"] in MOVING for row in rows.values()) and outcome.kind in MAIN_KINDS
        if not (moving or outcome.short in ALWAYS_MAIN):
            continue
        shown = {label: show_difference(rows[label], lang) for label in others}
        line = [outcome_title(outcome, setting, lang), shown[others[0]].baseline]
        for label in others:
            verdict = rows[label]["verdict"]
            line += [
                shown[label].difference,
                verdict_text(verdict, effect_of(verdict, outcome.direction), lang),
            ]
        lines.append([*line, unit_text(outcome.unit, lang, difference=outcome.unit == "share")])
    head = [*TABLE_HEAD[lang], *(part for label in others for part in (label, "")), *TABLE_TAIL[lang]]
    right = [1, *range(2, 2 + 2 * len(others), 2)]
    partial = f"PARTIAL: {comparison.missing_runs} planned runs are missing\n"
    worlds = f", averaged over {comparison.worlds} worlds" if comparison.worlds > 1 else ""
    return (
        f"{partial if comparison.missing_runs else ''}"
        f"Compared with {comparison.baseline}: {comparison.replications} replications of "
        f"{comparison.months} months, scale {comparison.scale:g}, seed {comparison.seed}{worlds}\n\n"
        f"{table_text(head, lines, right)}\n\n"
        f"Shown: {len(lines)} of {len(by_outcome)} outcomes; intervals and all outcomes are in the report "
        f"(--out) and with --json\n{shared_sentence(comparison, lang)}\n\n"
        f"{_assumptions_text(comparison, lang)}\n\n"
        f"{credibility().line(lang)}\nfingerprint {comparison.fingerprint}"
    )


def _assumptions_text(comparison: Any, lang: str) -> str:
    """Return the most important assumptions with the values at which verdicts turn, for people."""
    from creditsim.report.assumptions import assumption_lines, assumption_sentences
    from creditsim.report.labels import say

    head, rows = assumption_lines(comparison, lang)
    sentences = "\n".join(assumption_sentences(comparison, lang))
    if not rows:
        return sentences
    return f"{say('section.assumptions', lang)}\n\n{table_text(head, rows, [4])}\n\n{sentences}"


def _write(comparison: Any, folder: OutputFolder | None, lang: str) -> None:
    """Write a comparison's files, if a folder is named."""
    if folder:
        from creditsim.experiment.files import write_table

        with folder.filling() as files, standard_output_kept():
            comparison.save(files, lang)
            write_table(files / "outcomes.parquet", comparison.outcomes)


def _tell(comparison: Any, folder: OutputFolder | None, lang: str, voice: Voice) -> None:
    """Say what was found, and where the files are."""
    if voice.json:
        print_json(comparison.to_dict())
    else:
        voice.result(comparison_text(comparison, lang))
        say_where(folder, "report.html", voice)


def _file_name(scenario: str) -> str:
    """Return the name that a scenario file gives its scenario; a shipped name is its own."""
    return scenario if scenario.endswith(("/", ".")) else Path(scenario).stem
