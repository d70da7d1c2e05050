"""What `creditsim sensitivity` and `creditsim worlds` do: study, then tell or draw what was found."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from creditsim.app.commands import LANGUAGES, say_where, standard_output_kept
from creditsim.app.folder import OutputFolder
from creditsim.app.options import choice_faults, whole_number
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.app.words import word
from creditsim.core.errors import Fault, InputError


def show_sensitivity(
    experiment: str,
    options: Mapping[str, Any],
    texts: Mapping[str, str | None],
    lang: str,
    voice: Voice,
) -> int:
    """Screen an experiment's assumptions, or a known function's factors; return the exit code.

    Parameters
    ----------
    options : mapping
        ``method``, ``outcome`` (names), ``store``, ``out``.
    texts : mapping
        ``samples``, ``seed``, ``workers``, as they were typed.

    Raises
    ------
    InputError
        All faults of the options at once, before anything runs.
    KeyboardInterrupt
        With what to say, after Ctrl-C; what is finished was written if there is a store.
    """
    from creditsim.app.sensitivity import sensitivity
    from creditsim.app.sweeping import MOST_WORKERS, progress_lines
    from creditsim.experiment.screening import METHODS

    faults = choice_faults("--lang", lang, LANGUAGES) + choice_faults("--method", options["method"], METHODS)
    numbers = {name: whole_number(f"--{name}", text, faults) for name, text in texts.items()}
    if numbers["workers"] is not None and not 1 <= numbers["workers"] <= MOST_WORKERS:
        expected = f"expected a whole number from 1 to {MOST_WORKERS}"
        faults.append(Fault(f"got {numbers['workers']}, {expected}", key="--workers"))
    folder = None if options["out"] is None else OutputFolder(options["out"])
    if folder:
        faults += folder.faults()
    if faults:
        raise InputError(faults)
    with standard_output_kept():
        try:
            found = sensitivity(
                experiment, options["method"], outcome=options["outcome"], store=options["store"],
                progress=progress_lines(voice), **numbers,
            )  # fmt: skip
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_stopped(experiment, options, texts)) from None
    if folder:
        with folder.filling() as files, standard_output_kept():
            found.save(files, lang)
    if voice.json:
        print_json(found.to_dict())
    else:
        voice.result(sensitivity_text(found, lang))
        say_where(folder, "sensitivity.json", voice)
    return 0


def show_worlds(
    store: str, experiment: str | None, options: Mapping[str, Any], lang: str, voice: Voice
) -> int:
    """Show how a store's scenarios do over its worlds; return the exit code.

    Parameters
    ----------
    options : mapping
        ``outcome`` (names), ``needs`` (bounds), ``allow_partial``.
    """
    from creditsim.app.sweeps import open_sweep

    faults = choice_faults("--lang", lang, LANGUAGES)
    if faults:
        raise InputError(faults)
    with standard_output_kept():
        swept = open_sweep(store, experiment)
        found = swept.over_worlds(**options)
    if voice.json:
        print_json({"experiment": swept.recorded.name, "fingerprint": swept.fingerprint, **found.to_dict()})
    else:
        voice.result(worlds_text(found, lang))
    return 0


def sensitivity_text(found: Any, lang: str) -> str:
    """Return a table for each study of a difference, or of a function, for people."""
    from creditsim.analysis.sensitivity.study import OF_LEVELS

    parts = [_study_text(study, lang) for study in found.studies if study.output != OF_LEVELS]
    exact = found.closed_form()
    if exact and exact["largest_error"] is not None:
        parts.append(word("sensitivity.error", lang, error=f"{exact['largest_error']:.4f}"))
    if found.fingerprint:
        parts.append(f"fingerprint {found.fingerprint}")
    return "\n\n".join(parts)


def worlds_text(found: Any, lang: str) -> str:
    """Return regret, shares and verdicts as a table for people, and what was asked of scenarios."""
    from creditsim.report.labels import title_of
    from creditsim.report.numbers import decimals_for, number_text, shown_factor, unit_text
    from creditsim.spec.outcomes import outcomes

    lines, before = [], None
    for row in found.rows:
        outcome = outcomes()[row.outcome]
        factor = shown_factor(row.unit)
        decimals = decimals_for(factor * outcome.smallest_relevant)
        cells = [
            "" if value is None or value != value else number_text(factor * value, decimals)
            for value in (row.mean, row.regret_mean, row.regret_90th, row.regret_max)
        ]
        shares = [
            "" if each is None else f"{100 * each:.0f}"
            for each in (row.best_share, row.nearly_best_share, row.meets_share)
        ]
        verdict = "" if row.verdict is None else word(f"worlds.{row.verdict}", lang)
        title = title_of(outcome, lang) if row.outcome != before else ""
        lines.append([title, row.scenario, *cells, unit_text(row.unit, lang), *shares, verdict])
        before = row.outcome
    names = (
        "outcome",
        "scenario",
        "mean",
        "regret",
        "regret_90th",
        "regret_max",
        "unit",
        "best",
        "nearly",
        "meets",
    )
    head = [word(f"head.{name}", lang) for name in (*names, "over_worlds")]
    needs = ", ".join(map(str, found.needs)) or word("worlds.no_worse", lang)
    shares = ", ".join(f"{name} {100 * share:.0f}%" for name, share in found.meets_all_share.items())
    size = {"worlds": found.worlds, "replications": found.replications, "baseline": found.baseline}
    return "\n\n".join(
        [
            word("worlds.lead", lang, **size),
            table_text(head, lines, [2, 3, 4, 5, 7, 8, 9]),
            word("worlds.all", lang, needs=needs, shares=shares) + "\n" + word("worlds.note", lang),
        ]
    )


def _study_text(study: Any, lang: str) -> str:
    """Return one study as a table for people."""
    from creditsim.report.labels import title_of
    from creditsim.report.numbers import unit_text
    from creditsim.report.sensitivity import switching_text
    from creditsim.spec.outcomes import outcomes

    plain = study.to_dict()
    function = study.baseline is None
    lines = []
    for each in (*plain["factors"], plain["dummy"]):
        about = each if "title_en" in each else {**each, "title_en": "dummy", "title_zh": "虚拟因素"}
        stays = f"{each['rank_low']}-{each['rank_high']}"
        line = [
            each["rank"],
            stays,
            about[f"title_{lang}"],
            *map(_short, (each["value"], each["low"], each["high"])),
        ]
        line += (
            [_short(each["mu"]), _short(each["sigma"])]
            if plain["method"] == "morris"
            else [_short(each["S1"])]
        )
        lines.append(line if function else [*line, switching_text(each, lang) if "switching" in each else ""])
    names = ["rank", "rank_range", "assumption", "index", "low", "high"]
    names += ["mu", "sigma"] if plain["method"] == "morris" else ["S1"]
    head = [
        word(f"head.{name}.{plain['method']}" if name == "index" else f"head.{name}", lang) for name in names
    ]
    head += [] if function else [word("head.switching", lang)]
    title = study.outcome if function else title_of(outcomes()[study.outcome], lang)
    against = "" if function else f" {study.scenario} - {study.baseline}"
    unit = "" if function or plain["method"] == "sobol" else f" ({unit_text(study.unit, lang)})"
    size = {"method": plain["method"], "samples": plain["samples"], "runs": f"{study.runs:,}"}
    dummy = word("sensitivity.last" if plain["dummy"]["last"] else "sensitivity.not_last", lang)
    first = f"{title}{unit}{against}: " + word("sensitivity.size", lang, **size)
    return f"{first}\n\n{table_text(head, lines, [0, *range(3, len(names))])}\n{dummy}"


def _short(value: float) -> str:
    """Return a number with three digits."""
    return f"{value:.3g}"


def _stopped(experiment: str, options: Mapping[str, Any], texts: Mapping[str, str | None]) -> str:
    """Return what to say when stopped: how to go on, if anything was kept."""
    if options["store"] is None:
        return "stopped; nothing was kept; with --store DIR finished runs are"
    parts = [
        "creditsim",
        "sensitivity",
        experiment,
        "--method",
        options["method"],
        "--store",
        options["store"],
    ]
    parts += [part for name in options["outcome"] for part in ("--outcome", name)]
    parts += [part for name, text in texts.items() if text is not None for part in (f"--{name}", text)]
    return f"stopped; finished runs are kept; go on with: {shlex.join(parts)}"
