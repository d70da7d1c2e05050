"""The command line: list, levers, activities, diff, run, compare, rows, validate, replay, bench.

Those about what is put in are in `creditsim.app.input_commands`, those about rules alone in
`creditsim.app.rule_commands`, those about many runs and their store in `creditsim.app.store_commands`,
those about assumptions and worlds in `creditsim.app.sensitivity_commands`, those about what an effect is
made of in `creditsim.app.effect_commands`, those for work in notebooks in
`creditsim.app.notebook_commands`.

Nothing heavy is imported before a command needs it, so ``creditsim --help`` answers at once.
Exit codes: 0 all well, 1 a finding, 2 a fault in what was given, 130 stopped with Ctrl-C,
70 a fault of the program itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from creditsim import __version__
from creditsim.app.arguments import (
    AllowPartial,
    Checkpoint,
    CheckpointEvery,
    Engine,
    From,
    Json,
    Lang,
    Months,
    Only,
    Out,
    Quiet,
    RatesReplications,
    RatesScale,
    RatesSeed,
    Replications,
    Scale,
    Scenario,
    Scenarios,
    Seed,
    StoreFolder,
    Threads,
    Verbose,
    WhichExperiment,
    World,
    voice_of,
)
from creditsim.app.effect_commands import app as effect_app
from creditsim.app.help_texts import (
    ACTIVITIES_HELP,
    BENCH_HELP,
    COMPARE_HELP,
    DIFF_HELP,
    LEVERS_HELP,
    LIST_HELP,
    REPLAY_HELP,
    ROWS_HELP,
    RUN_HELP,
    VALIDATE_HELP,
)
from creditsim.app.input_commands import app as input_app
from creditsim.app.notebook_commands import app as notebook_app
from creditsim.app.options import typed_options
from creditsim.app.rule_commands import app as rule_app
from creditsim.app.sensitivity_commands import app as sensitivity_app
from creditsim.app.store_commands import app as store_app
from creditsim.app.taking_in import argument_faults
from creditsim.core.errors import InputError

FINDING = 1
BAD_INPUT = 2
PROGRAM_FAULT = 70
STOPPED = 130

UsageFault = typer.BadParameter.__mro__[2]
"""What typer raises for a command line it cannot read: the base class of its own faults."""

app = typer.Typer(
    name="creditsim",
    help="Compare the rules of a district's credit programme on a synthetic population, before rollout.",
    epilog="First steps: creditsim list, then creditsim compare --help",
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def main() -> None:
    """Run the command line of this process and exit with its code."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; print faults, one line each.

    Parameters
    ----------
    arguments : sequence of str
        As in ``sys.argv``, without the program's name.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Chinese must not stop a run
    try:
        # First of all: the fault of a file that is not there would show its name.
        if faults := argument_faults(arguments):
            raise InputError(faults)
        # Not the command's own main(): that one prints faults over several lines.
        command = typer.main.get_command(app)
        with command.make_context("creditsim", list(arguments)) as context:
            return command.invoke(context) or 0
    except typer.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, typer.Abort) as stop:
        print(f"creditsim: {str(stop) or 'stopped; nothing was written'}", file=sys.stderr)
        return STOPPED
    except InputError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except UsageFault as fault:
        message = " ".join(fault.format_message().split())
        name = fault.ctx.command_path if getattr(fault, "ctx", None) else "creditsim"
        print(f"{name}: {message} (see {name} --help)", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough
        return 0
    except Exception as error:
        if {"-v", "--verbose"} & set(arguments):
            raise
        print(
            f"creditsim: a fault of the program, not yours: {type(error).__name__}: {error}; "
            "please report it with what -v prints",
            file=sys.stderr,
        )
        return PROGRAM_FAULT


@app.callback(invoke_without_command=True)
def front(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Handle what stands before a command."""
    context.obj = {"verbose": verbose, "quiet": quiet}
    if version:
        print(f"creditsim {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit


@app.command("list", help=LIST_HELP, short_help="List scenarios, districts, rulebooks, outcomes, levers.")
def list_(
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="One of them; default: an overview.")
    ] = None,
    lang: Lang = "en",
    json: Json = False,
) -> int:
    """List what can be named."""
    from creditsim.app import listing
    from creditsim.app.options import choice_faults
    from creditsim.app.printing import print_json

    faults = choice_faults("--lang", lang, ("en", "zh"))
    if topic is not None:
        faults += choice_faults("TOPIC", topic, tuple(listing.TOPICS))
    if faults:
        raise InputError(faults)
    if json:
        print_json({name: listing.TOPICS[name]() for name in ([topic] if topic else listing.TOPICS)})
    else:
        print(listing.topic_text(topic, lang) if topic else listing.overview_text(lang))
    return 0


@app.command("levers", help=LEVERS_HELP, short_help="Show what a scenario may set, with ranges and sources.")
def levers(
    context: typer.Context,
    row: Annotated[
        str | None,
        typer.Option("--row", metavar="ROW", help="Only a row of the plan: E1 to S3, P1-3, base or world."),
    ] = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show the levers."""
    from creditsim.app.catalogues import show_levers

    return show_levers(row, lang, voice_of(context, json, verbose, quiet))


@app.command(
    "activities", help=ACTIVITIES_HELP, short_help="Show what agents may do, and whether base rates are met."
)
def activities(
    context: typer.Context,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help="Only what this kind of agents meets, e.g. villager."),
    ] = None,
    rates: Annotated[
        bool, typer.Option("--rates", help="Simulate the status quo and compare with the base rates.")
    ] = False,
    scale: RatesScale = None,
    seed: RatesSeed = None,
    replications: RatesReplications = None,
    threads: Threads = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show the activities."""
    from creditsim.app.catalogues import show_activities

    numbers = {"scale": scale, "seed": seed, "replications": replications, "threads": threads}
    return show_activities(kind, rates, numbers, lang, voice_of(context, json, verbose, quiet))


@app.command("diff", help=DIFF_HELP, short_help="Show what differs between two scenarios.")
def diff(
    context: typer.Context,
    first: Annotated[
        str, typer.Argument(metavar="A", help="The old one: a shipped name or the path of a YAML file.")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="The new one.")],
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show what differs between two scenarios."""
    from creditsim.app.differences import show_difference

    return show_difference(first, second, lang, voice_of(context, json, verbose, quiet))


@app.command("run", help=RUN_HELP, short_help="Run one scenario once.")
def run(
    context: typer.Context,
    scenario: Scenario,
    months: Months = None,
    scale: Scale = "0.1",
    seed: Seed = "1",
    replication: Annotated[
        str, typer.Option("--replication", metavar="N", help="Which luck of the seed's, from 0.")
    ] = "0",
    threads: Threads = None,
    engine: Engine = "compiled",
    only: Only = None,
    checkpoint: Checkpoint = None,
    checkpoint_every: CheckpointEvery = None,
    from_: From = None,
    out: Out = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Run one scenario."""
    from creditsim.app.checkpoints import Checkpoints
    from creditsim.app.commands import run_one

    return run_one(
        scenario,
        {"months": months, "scale": scale, "seed": seed, "replication": replication, "threads": threads},
        engine,
        only,
        out,
        lang,
        voice_of(context, json, verbose, quiet),
        Checkpoints(checkpoint, checkpoint_every, from_, typed_options(context)),
    )


@app.command("compare", help=COMPARE_HELP, short_help="Compare scenarios with a baseline; write a report.")
def compare(
    context: typer.Context,
    scenarios: Scenarios = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline", metavar="SCENARIO", help="What to compare with; default: status-quo-2019."
        ),
    ] = None,
    replications: Replications = "10",
    months: Months = None,
    scale: Scale = "0.1",
    seed: Seed = "1",
    threads: Threads = None,
    engine: Engine = "compiled",
    only: Only = None,
    store: StoreFolder = None,
    experiment: WhichExperiment = None,
    world: World = None,
    allow_partial: AllowPartial = False,
    out: Out = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Compare scenarios."""
    from creditsim.app import comparing

    comparing.check_source(typed_options(context))
    voice = voice_of(context, json, verbose, quiet)
    if store is not None:
        return comparing.compare_store(store, experiment, world, allow_partial, out, lang, voice)
    return comparing.compare_all(
        scenarios or [],
        baseline,
        {"months": months, "scale": scale, "seed": seed, "replications": replications, "threads": threads},
        engine,
        only,
        out,
        lang,
        voice,
    )


@app.command("rows", help=ROWS_HELP, short_help="Judge the rows of the plan one by one.")
def rows(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ROW]...", help="Rows of the plan, e.g. E4 or P1-3.")
    ] = None,
    seed: Seed = "1",
    replications: Replications = "6",
    scale: Scale = "0.1",
    months: Annotated[str, typer.Option("--months", metavar="N", help="Reported months.")] = "36",
    threads: Threads = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Judge the rows of the plan."""
    from creditsim.app.plan_rows import show_rows

    return show_rows(
        names or [],
        {"seed": seed, "replications": replications, "scale": scale, "months": months, "threads": threads},
        lang,
        voice_of(context, json, verbose, quiet),
    )


@app.command("validate", help=VALIDATE_HELP, short_help="Hold the simulation against the field's patterns.")
def validate(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATTERN]...", help="Names as in data/patterns.yaml; default: all."),
    ] = None,
    seed: Seed = "1",
    replications: Replications = "10",
    scale: Scale = "0.1",
    threads: Threads = None,
    out: Out = None,
    lang: Lang = "en",
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Hold the simulation against patterns of the field."""
    from creditsim.app.validating import show_validation

    return show_validation(
        names or [],
        {"seed": seed, "replications": replications, "scale": scale, "threads": threads},
        out,
        lang,
        voice_of(context, json, verbose, quiet),
    )


@app.command("replay", help=REPLAY_HELP, short_help="Check an exported ledger against the simulated scores.")
def replay(
    context: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="Folder that `creditsim run --out DIR` wrote.")
    ],
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Replay a run's ledger."""
    from creditsim.app.commands import replay_run

    return replay_run(folder, voice_of(context, json, verbose, quiet))


@app.command("bench", help=BENCH_HELP, short_help="Time a month against C, plain Mesa and NumPy.")
def bench(context: typer.Context, json: Json = False, verbose: Verbose = False, quiet: Quiet = False) -> int:
    """Time a month."""
    from creditsim.app.bench import show_bench

    return show_bench(voice_of(context, json, verbose, quiet))


app.add_typer(input_app)
app.add_typer(rule_app)
app.add_typer(store_app)
app.add_typer(sensitivity_app)
app.add_typer(effect_app)
app.add_typer(notebook_app)
