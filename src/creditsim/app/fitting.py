"""What `creditsim fit` does: run the rounds of a fit into a store, write the posterior, tell of it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditsim.app.commands import LANGUAGES, standard_output_kept
from creditsim.app.options import choice_faults
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.app.sweeping import progress_lines, terminated_as_stopped, workers_asked
from creditsim.app.words import word
from creditsim.core.errors import Fault, InputError

if TYPE_CHECKING:
    import os

    from creditsim.analysis.posterior.inference import Fitted
    from creditsim.analysis.posterior.sequential import Round
    from creditsim.experiment.sweep import Progress
    from creditsim.spec.fits import Fit


def fit(
    fit: Fit | str | os.PathLike[str],
    store: str | os.PathLike[str],
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    progress: bool | Callable[[Progress], None] | None = None,
    tell_round: Callable[[Round], None] = lambda round_: None,
) -> Fitted:
    """Fit factors of the world to the bands of patterns, or go on with it.

    Parameters
    ----------
    fit : Fit, str or path
        A fit, a shipped name, or the path of a YAML file.
    store : path
        A new folder, or one that was used before; finished runs in it are not run again.
    workers : int, optional
        Processes on this machine; by default all cores. Never changes a result.
    out : path, optional
        File for the posterior, from which experiments take their worlds; written anew.
    progress : bool or callable, optional
        Show a bar; by default on a terminal and in a notebook. A callable is told how far a round is.
    tell_round : callable, optional
        Called after each round.

    Raises
    ------
    InputError
        All faults at once; what is finished is kept.
    """
    from creditsim.analysis.posterior.file import posterior_text
    from creditsim.analysis.posterior.inference import check_fit, run_fit
    from creditsim.app.memory import hold_to_memory
    from creditsim.app.sweeps import places, shown
    from creditsim.core.threads import available_cores
    from creditsim.experiment.results.store import ResultStore
    from creditsim.spec.fits import load_fit
    from creditsim.spec.scenario import PLAN, load_scenario

    loaded = load_fit(fit)
    check_fit(loaded)
    kept = ResultStore.open(Path(store), create=True)
    number = workers or available_cores()
    hold_to_memory([load_scenario(PLAN)], loaded.scale, workers=number)
    with shown(progress) as tell, places(number, None) as where:
        found = run_fit(loaded, kept, where, tell, tell_round)
    if out is not None:
        Path(out).write_text(posterior_text(found), encoding="utf-8", newline="\n")
    return found


def fit_file(name: str, store: str, workers: str | None, out: str | None, lang: str, voice: Voice) -> int:
    """Fit and show what was found; return 0, or 1 if some runs came to nothing.

    Raises
    ------
    InputError
        All faults of the file and the options at once, before anything runs.
    KeyboardInterrupt
        With what to say, after Ctrl-C or a SIGTERM; what is finished was written.
    """
    from creditsim.spec.fits import load_fit

    faults: list[Fault] = choice_faults("--lang", lang, LANGUAGES)
    number = workers_asked({"workers": workers}, faults)
    if out is not None:
        faults += _out_faults(Path(out), out)
    try:
        loaded = load_fit(name)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    typed = [part for pair in (("--workers", workers), ("--out", out)) if pair[1] for part in pair]
    again = shlex.join(["creditsim", "fit", name, "--store", store, *typed])

    def tell_round(done: Round) -> None:
        voice.remark(
            f"round: {done.simulated:,} worlds, {done.accepted:,} of them kept, "
            f"farthest {done.tolerance:.3g} outside the bands"
        )

    with standard_output_kept(), terminated_as_stopped():
        try:
            found = fit(loaded, store, number, out, progress_lines(voice), tell_round)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"stopped; finished runs are kept; go on with: {again}") from None
    if voice.json:
        print_json({**found.to_dict(), "posterior": out})
    else:
        voice.result(fit_text(found, lang))
        if out is None:
            voice.remark("no posterior was written; name a file for it with --out FILE")
        else:
            voice.result(word("fit.written", lang, file=out))
    if found.failed:
        got = f"{found.failed} runs came to nothing and count as worlds that do not fit"
        print(f"{got}; their logs: creditsim status {store} -v", file=sys.stderr)
    return 1 if found.failed else 0


def fit_text(found: Fitted, lang: str) -> str:
    """Return what a fit found for people: parameters, patterns, and how near the worlds came."""
    from creditsim.report.credibility import credibility

    parameters = [
        [
            line["parameter"],
            f"{line['prior_low']:g} – {line['prior_high']:g}",
            f"{line['median']:.3g}",
            f"{line['low']:.3g} – {line['high']:.3g}",
            f"{100 * line['width_of_prior']:.0f}%",
        ]
        for line in found.parameters()
    ]
    patterns = [
        [
            line["pattern"],
            _number(line["observed"]),
            f"{_number(line['band_low'])} – {_number(line['band_high'])}",
            f"{line['median']:.3g}",
            f"{line['low']:.3g} – {line['high']:.3g}",
            f"{100 * line['within_band']:.0f}%",
        ]
        for line in found.patterns()
    ]
    heads = [
        [word(f"fit.{name}", lang) for name in names]
        for names in (
            ("parameter", "prior", "median", "interval", "width"),
            ("pattern", "observed", "band", "median", "interval", "within"),
        )
    ]
    told = word(
        "fit.tolerance" if found.tolerance > 0 else "fit.within_all",
        lang,
        worlds=f"{len(found.population.values):,}",
        effective=f"{found.population.effective:.0f}",
        runs=f"{found.simulated:,}",
        tolerance=f"{found.tolerance:.3g}",
    )
    tables = [table_text(head, rows, right=range(1, len(head)))
              for head, rows in zip(heads, (parameters, patterns), strict=True)]  # fmt: skip
    return "\n\n".join([*tables, told, credibility().line(lang)])


def _number(value: Any) -> str:
    """Return a number, a dash where there is none."""
    return "–" if value is None else f"{value:g}"


def _out_faults(path: Path, shown: str) -> list[Fault]:
    """Return the fault of a file that cannot be written, before hours were spent for it."""
    if path.is_dir() or not path.resolve().parent.is_dir():
        what = "a folder" if path.is_dir() else "a file in a folder that is not there"
        return [Fault(f"got {shown!r}, {what}, expected the name of a file to write", key="--out")]
    return []
