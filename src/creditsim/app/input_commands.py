"""Commands about what is put in: marginals."""

from __future__ import annotations

from typing import Annotated

import typer

from creditsim.app.arguments import Json, Lang, Quiet, Verbose, voice_of
from creditsim.app.help_texts import MARGINALS_HELP

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("marginals", help=MARGINALS_HELP, short_help="Check a table of counts before it is used.")
def marginals(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A .csv, .xlsx or .parquet file.")],
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write the table, small cells hidden, as CSV.")
    ] = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Check a table of marginals."""
    from creditsim.app.taking_in import take_marginals

    return take_marginals(file, out, lang, voice_of(context, json, verbose, quiet))
