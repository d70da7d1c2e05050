"""Commands about assumptions and worlds: sensitivity, worlds."""

from __future__ import annotations

from typing import Annotated

import typer

from creditsim.app.arguments import AllowPartial, Json, Lang, Quiet, Verbose, WhichExperiment, voice_of
from creditsim.app.help_texts import SENSITIVITY_HELP, WORLDS_HELP

app = typer.Typer(rich_markup_mode=None, add_completion=False)

OutcomeNames = Annotated[
    list[str] | None,
    typer.Option("--outcome", metavar="NAME", help="Outcome to look at; may be given several times."),
]


@app.command("sensitivity", help=SENSITIVITY_HELP, short_help="Find the assumptions that verdicts hang on.")
def sensitivity(
    context: typer.Context,
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT", help="A shipped name or the path of a YAML file; or a function: ishigami."
        ),
    ],
    method: Annotated[
        str, typer.Option("--method", metavar="morris|sobol", help="Screening, or shares of the variance.")
    ] = "morris",
    samples: Annotated[
        str | None,
        typer.Option("--samples", metavar="N", help="Trajectories (default 10), or base points (64)."),
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="N", help="Of the design; default: the experiment's.")
    ] = None,
    outcome: OutcomeNames = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="DIR", help="Keep the runs there, and go on; default: nowhere."),
    ] = None,
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="N", help="Processes here, a thread each; default: all cores."),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="New or empty folder for figures and sensitivity.json."),
    ] = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Screen assumptions."""
    from creditsim.app.assumptions import show_sensitivity

    options = {"method": method, "outcome": outcome or [], "store": store, "out": out}
    texts = {"samples": samples, "seed": seed, "workers": workers}
    return show_sensitivity(experiment, options, texts, lang, voice_of(context, json, verbose, quiet))


@app.command(
    "worlds", help=WORLDS_HELP, short_help="Hold a store's scenarios against each other over worlds."
)
def worlds(
    context: typer.Context,
    store: Annotated[str, typer.Argument(metavar="DIR", help="What `creditsim sweep --store DIR` wrote.")],
    outcome: OutcomeNames = None,
    need: Annotated[
        list[str] | None,
        typer.Option("--need", metavar="BOUND", help="E.g. 'breaches<=12.5'; may be given several times."),
    ] = None,
    experiment: WhichExperiment = None,
    allow_partial: AllowPartial = False,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show regret, shares of worlds and verdicts over worlds."""
    from creditsim.app.assumptions import show_worlds

    options = {"outcome": outcome or [], "needs": need or [], "allow_partial": allow_partial}
    return show_worlds(store, experiment, options, lang, voice_of(context, json, verbose, quiet))
