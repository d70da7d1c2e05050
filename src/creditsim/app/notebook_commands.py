"""Commands for those who work in notebooks: lab."""

from __future__ import annotations

from typing import Annotated

import typer

from creditsim.app.arguments import Json, Quiet, Verbose, voice_of
from creditsim.app.help_texts import LAB_HELP

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("lab", help=LAB_HELP, short_help="Open JupyterLab on a working copy of the notebooks.")
def lab(
    context: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="Folder of the working copy.")
    ] = "creditsim-notebooks",
    copy_only: Annotated[bool, typer.Option("--copy-only", help="Copy, and open nothing.")] = False,
    no_browser: Annotated[
        bool,
        typer.Option("--no-browser", help="Start JupyterLab and open no browser; its address is printed."),
    ] = False,
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Open JupyterLab."""
    from creditsim.app.lab import show_lab

    return show_lab(folder, copy_only, not no_browser, voice_of(context, json, verbose, quiet))
