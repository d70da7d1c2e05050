"""Commands about rules alone, before anything runs: audit."""

from __future__ import annotations

from typing import Annotated

import typer

from creditsim.app.arguments import Json, Lang, Quiet, Verbose, voice_of
from creditsim.app.help_texts import AUDIT_HELP

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("audit", help=AUDIT_HELP, short_help="Screen rules against dated law before any run.")
def audit(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A scenario or rulebook: a shipped name or the path of a YAML file."
        ),
    ],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Day whose law is applied, YYYY-MM-DD; default: today."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if there are errors.")] = False,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Screen rules."""
    from creditsim.app.auditing import show_audit

    return show_audit(name, as_of, strict, lang, voice_of(context, json, verbose, quiet))
