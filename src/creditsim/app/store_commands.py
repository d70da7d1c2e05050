"""Commands about many runs and the store that keeps them: sweep, fit, status, verify, reproduce, export."""

from __future__ import annotations

from typing import Annotated

import typer

from creditsim.app.arguments import Json, Lang, Quiet, Verbose, WhichExperiment, voice_of
from creditsim.app.help_texts import (
    EXPORT_HELP,
    FIT_HELP,
    REPRODUCE_HELP,
    STATUS_HELP,
    SWEEP_HELP,
    VERIFY_HELP,
)

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Store = Annotated[str, typer.Argument(metavar="DIR", help="What `creditsim sweep --store DIR` wrote.")]


@app.command("sweep", help=SWEEP_HELP, short_help="Run an experiment of many runs into a store; resume it.")
def sweep(
    context: typer.Context,
    experiment: Annotated[
        str, typer.Argument(metavar="FILE", help="An experiment: a shipped name or the path of a YAML file.")
    ],
    store: Annotated[
        str, typer.Option("--store", metavar="DIR", help="Folder of the results: new, or one to go on with.")
    ],
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="N", help="Processes here, a thread each; default: all cores."),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option("--dask", metavar="ADDRESS", help="Run on a Dask cluster, e.g. tcp://head:8786."),
    ] = None,
    dask_scheduler_file: Annotated[
        str | None,
        typer.Option("--dask-scheduler-file", metavar="FILE", help="The same, by the scheduler's file."),
    ] = None,
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Run an experiment."""
    from creditsim.app.sweeping import sweep_file

    where = {"workers": workers, "dask": dask, "dask_scheduler_file": dask_scheduler_file}
    return sweep_file(experiment, store, where, voice_of(context, json, verbose, quiet))


@app.command("fit", help=FIT_HELP, short_help="Fit factors of the world to patterns; write the posterior.")
def fit(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="FILE", help="A fit: a shipped name or the path of a YAML file.")
    ],
    store: Annotated[
        str, typer.Option("--store", metavar="DIR", help="Folder of the runs: new, or one to go on with.")
    ],
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="N", help="Processes here, a thread each; default: all cores."),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="File for the posterior, *.yaml.")
    ] = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Fit the world to patterns."""
    from creditsim.app.fitting import fit_file

    return fit_file(name, store, workers, out, lang, voice_of(context, json, verbose, quiet))


@app.command("status", help=STATUS_HELP, short_help="Show what a store holds and what it lacks.")
def status(
    context: typer.Context, store: Store, json: Json = False, verbose: Verbose = False, quiet: Quiet = False
) -> int:
    """Show what a store holds."""
    from creditsim.app.stores import show_status

    return show_status(store, voice_of(context, json, verbose, quiet))


@app.command("verify", help=VERIFY_HELP, short_help="Check every byte of a store.")
def verify(
    context: typer.Context, store: Store, json: Json = False, verbose: Verbose = False, quiet: Quiet = False
) -> int:
    """Check a store."""
    from creditsim.app.stores import verify_bytes

    return verify_bytes(store, voice_of(context, json, verbose, quiet))


@app.command("reproduce", help=REPRODUCE_HELP, short_help="Run one of a store's runs again and compare.")
def reproduce(
    context: typer.Context,
    store: Store,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The run's key, or its first characters.")],
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Run a run again."""
    from creditsim.app.stores import reproduce_run

    return reproduce_run(store, key, voice_of(context, json, verbose, quiet))


@app.command("export", help=EXPORT_HELP, short_help="Write a store's results as CSV or for Excel.")
def export(
    context: typer.Context,
    store: Store,
    to: Annotated[str, typer.Option("--to", metavar="csv|xlsx", help="Kind of file.")],
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="File to write; default: DIR.csv or DIR.xlsx beside DIR."),
    ] = None,
    table: Annotated[
        str,
        typer.Option(
            "--table",
            metavar="means|months|runs",
            help="Of CSV: means over the months, every month, or one row a run.",
        ),
    ] = "means",
    experiment: WhichExperiment = None,
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Write a store's results for other programs."""
    from creditsim.app.stores import export_results

    options = {"to": to, "out": out, "table": table, "experiment": experiment}
    return export_results(store, options, voice_of(context, json, verbose, quiet))
