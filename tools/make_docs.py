"""Write the tables in docs/ that are made from the code and the data.

Run from the repository root: ``python tools/make_docs.py`` writes them, with ``--check`` it
only says which are out of date (exit code 1). A table stands between two comments, e.g.
``<!-- made: phases -->`` and ``<!-- end: phases -->``; what is between them is replaced.
"""

import ast
import importlib
import inspect
import math
import re
import sys
from pathlib import Path

from creditsim.core import draws
from creditsim.model.activities import (
    CALIBRATION_POINTS,
    activity_table,
    calibration_records,
    count_population,
    money_multipliers,
    stake_multipliers,
    visit_rate,
)
from creditsim.model.month import PHASES
from creditsim.model.outcomes.frame import outcome_names
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumptions
from creditsim.spec.levers import levers
from creditsim.spec.outcomes import outcomes

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "creditsim"
MADE = re.compile(r"(<!-- made: (?P<name>[a-z-]+) -->\n)(?P<table>.*?)(<!-- end: (?P=name) -->)", re.DOTALL)


def table(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell(each) for each in line) + " |\n" for line in lines)


def cell(value):
    """Return a value as the text of one cell."""
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:,.10g}" if isinstance(value, float) else str(value)
    return " ".join(text.split()).replace("|", "\\|")


def span(low, high):
    """Return a range as text."""
    return f"{cell(low)} to {cell(high)}"


def passport(entry):
    """Return kind of source and confidence in a few letters."""
    return f"{entry.source_kind.replace('_', ' ')}, {entry.confidence}"


def first_paragraphs(text, count=2):
    """Return the first line and the paragraph after it, without the numpydoc sections."""
    parts = re.split(r"\n\s*\n", inspect.cleandoc(text))
    kept = []
    for part in parts[:count]:
        if re.search(r"^-{3,}$", part, re.MULTILINE):
            break
        kept.append(part)
    return " ".join(kept)


def phases_table():
    rows = []
    for number, phase in enumerate(PHASES, 1):
        module = importlib.import_module(phase.__module__)
        name = Path(module.__file__).name
        rows.append([number, f"[`{phase.__name__}`](../src/creditsim/model/phases/{name})",
                     first_paragraphs(phase.__doc__)])  # fmt: skip
    return table(["", "phase", "what it does"], rows)


def draws_table():
    used = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for name in drawn_names(ast.parse(path.read_text("utf-8"))):
            used.setdefault(name, []).append(path.relative_to(SOURCES).as_posix())
    rows = [[number, f"`{name}`", ", ".join(used.get(name, ())) or "not drawn in this version"]
            for name, number in decisions().items()]  # fmt: skip
    return table(["number", "decision", "drawn in"], rows)


def decisions():
    """Return the decisions of the draws by name, in the order of their numbers."""
    numbered = {name: value for name, value in vars(draws).items() if name.isupper() and type(value) is int}
    numbered.pop("WORD")
    return dict(sorted(numbered.items(), key=lambda pair: pair[1]))


def drawn_names(tree):
    """Return the decisions that a source takes from the draws, each once."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "creditsim.core.draws":
            found |= dict.fromkeys(alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "draws":
            found[node.attr] = None
    return [name for name in decisions() if name in found]


def activities_table():
    rows = []
    for number, each in enumerate(activities()):
        noticed = [f"{name.replace('_', ' ')} {chance:g}" for name, chance in each.channels.items()]
        if each.seen_given_visit:
            noticed.append(f"visit x {each.seen_given_visit:g}")
        traits = " and ".join(filter(None, [", ".join(each.all_traits), " or ".join(each.any_traits)]))
        substitute = f"{each.fine_substitute_yuan:,g} (substitute)" if each.fine_substitute_yuan else "none"
        rows.append([
            number,
            f"`{each.id}`",
            each.title_en,
            each.direction,
            ", ".join(each.kinds) + (f" ({traits})" if traits else ""),
            f"{each.opportunity_rate:g}",
            f"{each.base_rate:g} ({each.base_rate_low:g} to {each.base_rate_high:g})",
            f"{each.stake_yuan:,g} (log sd {each.log_sd:g})",
            f"{each.fine_yuan:,g}" if each.fine_yuan else substitute,
            ", ".join(noticed) or "none",
            f"`{each.items[0]}`",
            passport(each),
        ])  # fmt: skip
    head = ["no.", "id", "what", "direction", "kinds (traits)", "opportunity a month", "base rate (range)",
            "stake, yuan", "sanction, yuan", "noticed by", "first item", "base rate from"]  # fmt: skip
    return table(head, rows)


def sanctions_table():
    table_of_all = activity_table(levers()["world.sanction_elasticity_share"].default)
    limits = {assumptions()[f"choice.tau_{name}"].value: f" ({name})" for name in ("floor", "cap")}
    rows = []
    for number, each in enumerate(activities()):
        if each.direction == "breach":
            tau = float(table_of_all[number].tau)
            noise = f"{tau:.2f}{limits.get(tau, '')}"
            found = sanction_elasticity(table_of_all, number)
            rows.append([f"`{each.id}`", f"{each.log_sd:g}", noise, f"{found:.2f}"])
    return table(["activity", "log sd of the stake", "τ", "elasticity"], rows)


def sanction_elasticity(records, number, rise=0.1):
    """Return the fall of a breach's log-odds for each relative rise of its sanction."""
    typical, trial = calibration_records(records, number)
    given = (stake_multipliers(), money_multipliers(), draws.logistic_quantiles())
    odds = []
    for factor in (1.0, 1.0 + rise):
        trial[0].sanction_yuan = records[number].sanction_yuan * factor
        acting = count_population(
            typical, trial, *given, visit_rate(activities()[number]), CALIBRATION_POINTS
        )
        odds.append(math.log(acting / (CALIBRATION_POINTS * 65536 - acting)))
    return (odds[0] - odds[1]) / rise


def assumptions_table():
    rows = []
    for key, each in assumptions().items():
        value = ", ".join(f"{name.replace('_', ' ')} {share:g}" for name, share in each.by_channel.items())
        limits = span(each.low, each.high) + (" (factor on all)" if each.by_channel else "")
        rows.append([f"`{key}`", each.title_en, each.unit, value or f"{each.value:.6g}", limits,
                     f"{each.source} ({each.confidence})"])  # fmt: skip
    return table(["name", "what", "unit", "value", "range", "source (confidence)"], rows)


def levers_table():
    rows = []
    for name, each in levers().items():
        if each.mechanism:
            limits = ", ".join(each.options) or ("on, off" if each.low is None else span(each.low, each.high))
            unit = each.unit.replace("_", " ")
            rows.append(
                [f"`{name}`", each.row, each.title_en, unit, limits, each.off, each.default, passport(each)]
            )
    head = ["lever", "row", "what", "unit", "range", "off", "default", "default from"]
    return table(head, rows)


def outcomes_table():
    rows = []
    for name, each in outcomes().items():
        if name in outcome_names():
            shown = f"`{name}`" + (f" (`{each.short}`)" if each.short else "")
            rows.append([shown, each.kind, each.unit, each.smallest_relevant, each.definition])
    return table(["outcome (nickname)", "kind", "unit", "smallest relevant", "definition"], rows)


def missing_outcomes_table():
    computed = outcome_names()
    rows = [[f"`{name}`", each.definition] for name, each in outcomes().items() if name not in computed]
    return table(["outcome", "definition"], rows)


TABLES = {
    "phases": phases_table,
    "draws": draws_table,
    "activities": activities_table,
    "assumptions": assumptions_table,
    "levers": levers_table,
    "sanctions": sanctions_table,
    "outcomes": outcomes_table,
    "outcomes-not-computed": missing_outcomes_table,
}


def updated(text):
    """Return a document's text with its made tables as they should be."""
    return MADE.sub(lambda found: found[1] + TABLES[found["name"]]() + found[4], text)


def documents():
    """Return the documents that hold made tables."""
    return [path for path in sorted((ROOT / "docs").rglob("*.md")) if MADE.search(path.read_text("utf-8"))]


def main(arguments):
    stale = []
    for path in documents():
        text = path.read_text("utf-8")
        new = updated(text)
        if new != text:
            stale.append(path.relative_to(ROOT).as_posix())
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8", newline="\n")
    for name in stale:
        print(f"{name}: {'out of date' if '--check' in arguments else 'written'}")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
