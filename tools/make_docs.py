"""Write the tables in docs/ that are made from the code and the data.

Run from the repository root: ``python tools/make_docs.py`` writes them, with ``--check`` it
only says which are out of date (exit code 1). A table stands between two comments, e.g.
``<!-- made: phases -->`` and ``<!-- end: phases -->``; what is between them is replaced.
"""

import ast
import functools
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
from creditsim.model.state import first_state
from creditsim.population import agents as agent_records
from creditsim.population.agents import AGENT, SETTING_OF_KIND
from creditsim.population.marginals import read_district
from creditsim.population.synthesis import build_population
from creditsim.population.targets import make_targets
from creditsim.spec.activities import activities
from creditsim.spec.assumptions import assumptions
from creditsim.spec.contests import check_fields, contests
from creditsim.spec.levers import levers
from creditsim.spec.measures import measures
from creditsim.spec.outcomes import outcomes
from creditsim.spec.patterns import patterns
from creditsim.spec.rows import rows
from creditsim.spec.vocabulary import KINDS, SETTINGS, SITE_KINDS

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "creditsim"
DISTRICT = "weihai-etdz"
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


def kinds_table():
    targets = make_targets(read_district(DISTRICT), 1.0)
    people = dict(zip(("teacher", "villager", "resident", "civil_servant"), targets.kinds, strict=True))
    numbers = {
        **people,
        "enterprise": targets.enterprises_by_size.sum(),
        "student": targets.pupils.sum(),
        "school": targets.schools.sum(),
        "agency": targets.agencies.sum(),
    }
    lines = []
    for code, kind in enumerate(KINDS):
        meets = sum(kind in each.kinds for each in activities())
        home, treated = PLACES[kind]
        lines.append([f"`{kind}`", STANDS_FOR[kind], f"{round(float(numbers[kind])):,}",
                      SETTINGS[SETTING_OF_KIND[code]], home, treated, meets])  # fmt: skip
    head = ["kind", "stands for", "at full size", "setting", "home", "treated at", "activities"]
    return table(head, lines)


STANDS_FOR = {
    "enterprise": "firms and sole traders (traits `firm`, `sole_trader`)",
    "teacher": "teachers of public, private and tutoring institutions; they live in communities",
    "villager": "adults of villages",
    "resident": "other adults",
    "student": "pupils of secondary schools, minors",
    "civil_servant": "all staff of the public bodies; they live in communities",
    "school": "kindergartens, schools, tutoring institutions",
    "agency": "public bodies: departments, towns, sub-districts",
}
PLACES = {
    "enterprise": ("its market", "itself"),
    "teacher": ("community", "school"),
    "villager": ("village", "village"),
    "resident": ("community", "community"),
    "student": ("village or community", "school"),
    "civil_servant": ("community", "agency"),
    "school": ("its school", "its school"),
    "agency": ("its agency", "its agency"),
}
"""Where a kind lives and where its rules come from."""


def sites_table():
    targets = make_targets(read_district(DISTRICT), 1.0)
    numbers = {
        "village": targets.villages,
        "community": targets.communities,
        "school": targets.schools,
        "agency": targets.agencies,
        "market": targets.markets,
    }
    lines = [[f"`{kind}`", int(numbers[kind].sum()), ROLLED_OUT[kind]] for kind in SITE_KINDS]
    return table(["kind of site", "at full size", "unit of rollout"], lines)


ROLLED_OUT = {
    "village": "yes",
    "community": "yes",
    "school": "yes, with its teachers and pupils",
    "agency": "yes, with its staff",
    "market": "no: each enterprise is a unit of its own",
}


def agent_table():
    said = comments_of(inspect.getsource(agent_records))
    lines = []
    for name in AGENT.names:
        kind, shape = AGENT[name].base, AGENT[name].shape
        lines.append([f"`{name}`", kind.name + (f" × {shape[0]}" if shape else ""), said[name]])
    return table(["column", "type", "meaning"], lines)


def comments_of(source):
    """Return what is said behind each column of a record's declaration; names must not repeat."""
    declaration = source[source.index("AGENT = np.dtype(") : source.index('"""One agent."""')]
    return dict(re.findall(r'^        \("(\w+)", .*\),  # (.*)$', declaration, re.MULTILINE))


def state_table():
    state = small_state()
    lines = part_lines("", state)
    for name, part in vars(state).items():
        if type(part).__module__.startswith("creditsim.model.parts."):
            lines += part_lines(f"{name}.", part)
    return table(["name", "type", "meaning"], lines)


@functools.cache
def small_state():
    """Return the state before the first month of a small population."""
    return first_state(build_population(DISTRICT, 0.01, 1, 0), 0, len(activities()))


def part_lines(prefix, part):
    """Return a line for each array that a part of the state holds, with what its docstring says."""
    said = attributes_of(type(part).__doc__)
    lines = []
    for name, value in vars(part).items():
        if name not in said:
            raise ValueError(f"{type(part).__name__}.{name} has no entry under Attributes")
        dtype, meaning = getattr(value, "dtype", None), said[name]
        if dtype is None:
            kind = type(value).__name__
            meaning = first_paragraphs(type(value).__doc__, 1) if meaning == kind else meaning
        elif dtype == AGENT:
            kind, meaning = "record", "The agents, columns as above."
        else:
            kind = "record of " + ", ".join(dtype.names) if dtype.names else dtype.name
        lines.append([f"`{prefix}{name}`", kind, meaning])
    return lines


def attributes_of(text):
    """Return {name: meaning} of the Attributes section of a docstring."""
    section = inspect.cleandoc(text).split("Attributes\n----------\n")[-1]
    section = re.split(r"\n\s*\n", section)[0]
    found = {}
    entry = re.compile(r"^(\w[\w, ]*?)(?: : (.*))?$((?:\n    .*)*)", re.MULTILINE)
    for names, kind, meaning in entry.findall(section):
        for name in names.split(", "):
            found[name] = meaning.strip() or kind
    return found


def phases_table():
    lines = []
    for number, phase in enumerate(PHASES, 1):
        module = importlib.import_module(phase.__module__)
        name = Path(module.__file__).name
        lines.append([number, f"[`{phase.__name__}`](../src/creditsim/model/phases/{name})",
                     first_paragraphs(phase.__doc__)])  # fmt: skip
    return table(["", "phase", "what it does"], lines)


def draws_table():
    used = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for name in drawn_names(ast.parse(path.read_text("utf-8"))):
            used.setdefault(name, []).append(path.relative_to(SOURCES).as_posix())
    lines = [[number, f"`{name}`", ", ".join(used.get(name, ())) or "not drawn in this version"]
            for name, number in decisions().items()]  # fmt: skip
    return table(["number", "decision", "drawn in"], lines)


def decisions():
    """Return the decisions of the draws by name, in the order of their numbers."""
    numbered = {name: value for name, value in vars(draws).items() if name.isupper() and type(value) is int}
    del numbered["WORD"], numbered["BLOCK_ROWS"]
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
    lines = []
    for name, each in levers().items():
        limits = ", ".join(each.options) or ("on, off" if each.low is None else span(each.low, each.high))
        judged = f"{signed(each.direct_outcome, each.expected_direct)}; {each.behavioural_outcome}"
        lines.append([f"`{name}`", each.row, each.title_en, each.unit.replace("_", " "), limits, each.off,
                      each.default, f"{judged}; {each.harm_outcome}", passport(each)])  # fmt: skip
    head = ["lever", "row", "what", "unit", "range", "off", "default",
            "outcomes: direct (sign); behavioural; harm", "default from"]  # fmt: skip
    return table(head, lines)


def signed(outcome, way):
    """Return an outcome with the sign that was declared for it."""
    return f"{outcome} ({'+' if way == 'higher' else '−'})"


def plan_rows_table():
    lines = []
    for name, each in rows().items():
        direct = [signed(outcome, way) for outcome, way in each.direct.items()]
        lines.append([f"`{name}`", each.title_en, each.mode, each.setting, len(each.levers()),
                      ", ".join(direct), ", ".join(each.behavioural), ", ".join(each.harm)])  # fmt: skip
    head = ["row", "what", "judged by being", "setting", "levers", "direct outcomes (declared sign)",
            "behavioural", "harms"]  # fmt: skip
    return table(head, lines)


def contests_table():
    lines = []
    for each in contests():
        slots = f"{each.slots_per_1000:g} ({each.slots_low:g} to {each.slots_high:g})"
        prize = f"{each.prize_yuan:,g} ({each.prize_low:,g} to {each.prize_high:,g})"
        who = ", ".join(each.kinds) + (f" ({', '.join(each.all_traits)})" if each.all_traits else "")
        months = "every" if len(each.months) == 12 else ", ".join(map(str, each.months))
        score = each.book + (", file" if each.needs_file else "")
        lines.append([f"`{each.id}`", each.title_en, who, each.where, months, slots, prize,
                      f"`{each.lever}`", score, each.field or "none", ", ".join(each.bar_grades) or "none",
                      passport(each)])  # fmt: skip
    head = ["contest", "what", "who (traits)", "pool", "months", "slots per 1,000 (range)",
            "prize, yuan (range)", "lever", "score of", "field", "stand behind", "from"]  # fmt: skip
    return table(head, lines)


def fields_table():
    fields = check_fields().items()
    lines = [[number, f"`{name}`", each.title_en] for number, (name, each) in enumerate(fields, 1)]
    return table(["taken up as", "field", "what"], lines)


def patterns_table():
    lines = []
    for name, each in patterns().items():
        low, high = ("" if side is None else f"{side:g}" for side in (each.low, each.high))
        band = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
        band = band if each.comparable else "not comparable"
        lines.append([f"`{name}`", each.title_en, each.role, band, f"{each.source} ({each.confidence})"])
    return table(["pattern", "measure", "role", "band", "source (confidence)"], lines)


def measures_table():
    lines = []
    for each in measures():
        trigger = ", ".join(each.trigger_grades) or f"event {each.trigger_event}"
        lines.append([f"`{each.id}`", each.title_en, ", ".join(each.rows), ", ".join(each.kinds),
                      f"{each.book}: {trigger}", f"{each.worth_yuan_month:,g}", f"{each.eligible_share:g}",
                      ", ".join(f"`{name}`" for name in each.requires) or "nothing",
                      passport(each)])  # fmt: skip
    head = ["measure", "what", "rows", "kinds", "book: grades, stars or event", "worth, yuan a month",
            "eligible share", "requires", "from"]  # fmt: skip
    return table(head, lines)


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
    "kinds": kinds_table,
    "sites": sites_table,
    "agent": agent_table,
    "state": state_table,
    "phases": phases_table,
    "draws": draws_table,
    "patterns": patterns_table,
    "plan-rows": plan_rows_table,
    "levers": levers_table,
    "activities": activities_table,
    "sanctions": sanctions_table,
    "contests": contests_table,
    "fields": fields_table,
    "measures": measures_table,
    "assumptions": assumptions_table,
    "outcomes": outcomes_table,
    "outcomes-not-computed": missing_outcomes_table,
}


def updated(text):
    """Return a document's text with its made tables as they should be."""
    return MADE.sub(lambda found: found[1] + made(found["name"]) + found[4], text)


@functools.cache
def made(name):
    """Return a table, made once."""
    return TABLES[name]()


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
