"""Commands about what an effect is made of: attribute, trace."""

from __future__ import annotations

from typing import Annotated

import typer

from creditsim.app.arguments import (
    Json,
    Lang,
    Months,
    Quiet,
    Replications,
    Scale,
    Scenario,
    Seed,
    Threads,
    Verbose,
    voice_of,
)
from creditsim.app.help_texts import ATTRIBUTE_HELP, TRACE_HELP

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("attribute", help=ATTRIBUTE_HELP, short_help="Share a scenario's effect out over its levers.")
def attribute(
    context: typer.Context,
    scenario: Scenario,
    baseline: Annotated[
        str, typer.Option("--baseline", metavar="SCENARIO", help="What the effect is held against.")
    ] = "status-quo-2019",
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", metavar="NAME", help="Outcome to share out; may be given several times."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            metavar="NAME=ROW,...",
            help="Rows or levers of a group of one's own; may be given several times. Default: the settings.",
        ),
    ] = None,
    seed: Seed = "1",
    replications: Replications = "8",
    scale: Scale = "0.02",
    months: Months = None,
    threads: Threads = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Share an effect out."""
    from creditsim.app.attributing import show_attribution

    return show_attribution(
        scenario,
        baseline,
        outcome or [],
        group or [],
        {"seed": seed, "replications": replications, "scale": scale, "months": months, "threads": threads},
        lang,
        voice_of(context, json, verbose, quiet),
    )


@app.command("trace", help=TRACE_HELP, short_help="Tell what two runs did to one synthetic agent.")
def trace(
    context: typer.Context,
    run_a: Annotated[
        str, typer.Argument(metavar="RUN_A", help="Folder that `creditsim run --out DIR` wrote.")
    ],
    run_b: Annotated[str, typer.Argument(metavar="RUN_B", help="Folder of the other run.")],
    agent: Annotated[str, typer.Option("--agent", metavar="N", help="Which agent, from 0.")],
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Tell what made the difference for one agent."""
    from creditsim.app.tracing import show_trace

    return show_trace(run_a, run_b, agent, lang, voice_of(context, json, verbose, quiet))
