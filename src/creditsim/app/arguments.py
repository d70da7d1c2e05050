"""What commands take: arguments and options that several of them share."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from creditsim.core.errors import Fault, InputError

Scenario = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A shipped name or the path of a YAML file.")
]
Scenarios = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SCENARIO]...", help="Shipped names or paths of YAML files; none with --store."),
]
Months = Annotated[
    str | None,
    typer.Option("--months", metavar="N", help="Reported months, 1 to 600; default: the scenario's own."),
]
Scale = Annotated[
    str,
    typer.Option("--scale", metavar="X", help="Size of the population, 0.01 to 40; 1 is the whole district."),
]
Seed = Annotated[str, typer.Option("--seed", metavar="N", help="Whole number that all luck comes from.")]
Replications = Annotated[
    str, typer.Option("--replications", metavar="N", help="How often, each time with other luck.")
]
Threads = Annotated[
    str | None,
    typer.Option("--threads", metavar="N", help="Cores to use; default: all. Results do not depend on it."),
]
# Options of `compare --store`.
StoreFolder = Annotated[
    str | None,
    typer.Option("--store", metavar="DIR", help="Compare what a sweep's store holds; nothing is run."),
]
AllowPartial = Annotated[
    bool, typer.Option("--allow-partial", help="With --store: compare although runs are missing.")
]
World = Annotated[
    str | None,
    typer.Option("--world", metavar="N", help="With --store: one world; default: averaged over all."),
]
WhichExperiment = Annotated[
    str | None,
    typer.Option(
        "--experiment",
        metavar="HASH",
        help="Which of a store's experiments, by name or first characters; needed only if there are several.",
    ),
]
# The options of `activities --rates`: their defaults are given there, so that an option without
# --rates can be told from none.
RatesScale = Annotated[
    str | None,
    typer.Option("--scale", metavar="X", help="With --rates: size of the population; default 0.1."),
]
RatesSeed = Annotated[
    str | None,
    typer.Option("--seed", metavar="N", help="With --rates: number that all luck comes from; default 1."),
]
RatesReplications = Annotated[
    str | None, typer.Option("--replications", metavar="N", help="With --rates: how often; default 1.")
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine", metavar="compiled|objects", help="How the month runs; the results are the same."
    ),
]
Only = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="NAMES",
        help="Settings or kinds that take part, e.g. village,enterprise; default: all.",
    ),
]
Checkpoint = Annotated[
    str | None,
    typer.Option(
        "--checkpoint", metavar="FILE", help="Save the run there as it goes, and with Ctrl-C; a new file."
    ),
]
CheckpointEvery = Annotated[
    str | None,
    typer.Option("--checkpoint-every", metavar="N", help="Reported months between two savings; default: 12."),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="FILE", help="Go on from a checkpoint; scale, seed and who takes part are its own."
    ),
]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="New or empty folder to write to; default: no files."),
]
Lang = Annotated[str, typer.Option("--lang", metavar="en|zh", help="Language of titles and of the report.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on standard error.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print faults and what --json asks for, nothing else.")
]


def voice_of(context: typer.Context, json: bool, verbose: bool, quiet: bool) -> Any:
    """Return how a command speaks, from the options before and after its name."""
    from creditsim.app.printing import Voice

    before = context.obj or {}
    voice = Voice(
        json=json, verbose=verbose or before.get("verbose", False), quiet=quiet or before.get("quiet", False)
    )
    if voice.verbose and voice.quiet:
        raise InputError(Fault("got both --verbose and --quiet, expected one of them"))
    return voice
