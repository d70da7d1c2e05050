"""The documents say what the program does: made tables, links, and the columns and keys of files."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "README.zh-CN.md", "CHANGELOG.md", "data/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
FORMATS = (ROOT / "docs" / "formats.md").read_text("utf-8")
MONTHS = 2


def load_tool(name: str):
    """Return a script of tools/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_docs, make_schemas = load_tool("make_docs"), load_tool("make_schemas")


# Made tables


def test_the_tables_that_are_made_from_code_are_up_to_date():
    stale = [path.name for path in make_docs.documents() if make_docs.updated(path.read_text("utf-8")) !=
             path.read_text("utf-8")]  # fmt: skip
    assert not stale, f"run: python tools/make_docs.py ({', '.join(stale)})"


def test_the_schemas_for_editors_are_up_to_date():
    for name, text in make_schemas.texts().items():
        stale = (make_schemas.FOLDER / name).read_text("utf-8") != text
        assert not stale, f"run: python tools/make_schemas.py ({name})"


def test_the_model_description_holds_every_made_table():
    text = (ROOT / "docs" / "odd.md").read_text("utf-8")
    assert {found["name"] for found in make_docs.MADE.finditer(text)} == set(make_docs.TABLES)


def test_a_stale_table_is_found():
    text = "<!-- made: draws -->\n| 1 | `OPPORTUNITY` | nowhere |\n<!-- end: draws -->\n"
    assert make_docs.updated(text) != text
    assert make_docs.updated(make_docs.updated(text)) == make_docs.updated(text)


def test_every_decision_of_the_draws_that_is_used_is_explained():
    text = (ROOT / "docs" / "odd.md").read_text("utf-8")
    section = text[text.index("<!-- end: draws -->") : text.index("**Heterogeneity.**")]
    unused = {line.split("`")[1] for line in make_docs.draws_table().splitlines() if "not drawn" in line}
    assert set(re.findall(r"`([A-Z_]+)`", section)) == set(make_docs.decisions()) - unused


# Entries


MODEL = (ROOT / "docs" / "odd.md").read_text("utf-8")


def names_with_an_entry() -> dict[str, list[str]]:
    """Return for each made table the names that must have a row in it, read from code and data."""
    from creditsim.model import month
    from creditsim.population.agents import AGENT
    from creditsim.spec import activities, assumptions, contests, levers, measures, outcomes, patterns, rows
    from creditsim.spec.vocabulary import KINDS, SITE_KINDS

    return {
        "kinds": list(KINDS),
        "sites": list(SITE_KINDS),
        "agent": list(AGENT.names),
        "phases": [phase.__name__ for phase in month.PHASES],
        "draws": list(make_docs.decisions()),
        "patterns": list(patterns.patterns()),
        "plan-rows": list(rows.rows()),
        "levers": list(levers.levers()),
        "activities": [each.id for each in activities.activities()],
        "contests": [each.id for each in contests.contests()],
        "fields": list(contests.check_fields()),
        "measures": [each.id for each in measures.measures()],
        "assumptions": list(assumptions.assumptions()),
        "outcomes": list(outcomes.outcomes()),
    }


def rows_of(text: str, table: str) -> set[str]:
    """Return the names in backticks that stand in the first two cells of a made table's rows."""
    made = text.split(f"<!-- made: {table} -->\n")[1].split("<!-- end: ")[0]
    cells = [" | ".join(line.strip("| ").split(" | ")[:2]) for line in made.splitlines()[2:]]
    return {name for each in cells for name in re.findall(r"`([^`]+)`", each)}


def without_entry(text: str) -> list[str]:
    """Return what has no row in its table of the model description, and phases without a section."""
    missing = []
    for table, names in names_with_an_entry().items():
        there = rows_of(text, table)
        if table == "outcomes":
            there |= rows_of(text, "outcomes-not-computed")
        missing += [f"{table}: {name}" for name in names if name not in there]
    described = re.findall(r"^### 7\.\d+ .*\n\nPhase `(\w+)`", text, re.MULTILINE)
    phases = names_with_an_entry()["phases"]
    return missing + [f"section 7: {name}" for name in phases if name not in described]


def test_everything_of_the_model_has_an_entry():
    assert without_entry(MODEL) == []


def test_the_sections_of_the_submodels_follow_the_month():
    described = re.findall(r"^### 7\.\d+ .*\n\nPhase `(\w+)`", MODEL, re.MULTILINE)
    assert described == names_with_an_entry()["phases"]


def test_a_phase_without_an_entry_is_found(monkeypatch):
    from creditsim.model import month

    def audit(state, rules):
        """Do nothing."""

    monkeypatch.setattr(month, "PHASES", (*month.PHASES, audit))
    assert without_entry(MODEL) == ["phases: audit", "section 7: audit"]


def test_a_row_taken_out_of_a_table_is_found():
    lines = [line for line in MODEL.splitlines() if not line.startswith("| `inspection.visits_per_month` ")]
    assert without_entry("\n".join(lines)) == ["levers: inspection.visits_per_month"]


# Links


def links_of(text: str) -> list[str]:
    """Return the targets of Markdown links and pictures that are no web addresses."""
    found = re.findall(r"\]\(([^()\s]+)(?:\s+\"[^\"]*\")?\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def headings_of(text: str) -> set[str]:
    """Return the anchors of a document's headings."""
    lines = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def dead_links(path: Path) -> list[str]:
    """Return the links of a document that lead to no file or no heading."""
    dead = []
    for target in links_of(path.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        wanted = anchor and file.suffix == ".md" and file.is_file()
        if not file.exists() or (wanted and anchor not in headings_of(file.read_text("utf-8"))):
            dead.append(target)
    return dead


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    assert dead_links(path) == []


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A title\n[a](page.md#a-title) [b](page.md#b) [c](no.md) [d](https://x.org)", "utf-8")
    assert dead_links(page) == ["page.md#b", "no.md"]


# Formats


def documented(marker: str) -> dict[str, str]:
    """Return {name: type} of the table behind a comment, e.g. ``columns: ledger.parquet``, in order."""
    lines = FORMATS.split(f"<!-- {marker} -->\n\n")[1].split("\n\n")[0].splitlines()[2:]
    rows = [[part.strip() for part in line.strip("| ").split(" | ")] for line in lines]
    return {name: row[1].strip("|") for row in rows for name in re.findall(r"`([^`]+)`", row[0])}


WORDS = {"string": "text", "large_string": "text", "double": "float64"}


def written_columns(path: Path) -> dict[str, str]:
    """Return {name: type} of a Parquet file, in order; a dictionary of text is text."""
    import pyarrow.parquet as pq

    found = {}
    for column in pq.read_schema(path):
        kind = column.type.value_type if hasattr(column.type, "value_type") else column.type
        found[column.name] = WORDS.get(str(kind), str(kind))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Run and compare a tiny case, and write all files as the command line does."""
    from creditsim.app.api import compare
    from creditsim.experiment.files import write_table
    from creditsim.experiment.run import run_replication
    from creditsim.experiment.store import write_run
    from creditsim.spec.scenario import load_scenario

    names = ("status-quo-2019", "five-entries-2020")
    usual, plan = (load_scenario(name).with_(months=MONTHS, burn_in_months=0) for name in names)
    at = tmp_path_factory.mktemp("formats")
    (at / "run").mkdir()
    write_run(run_replication([plan], scale=0.01)[0], at / "run")
    comparison = compare([usual, plan], replications=1, scale=0.01, threads=1, progress=False)
    comparison.save(at / "comparison")
    write_table(at / "comparison" / "outcomes.parquet", comparison.outcomes)
    return at


@pytest.mark.parametrize("name", ["outcomes", "ledger", "agents", "grades"])
def test_columns_of_a_run_are_those_documented(folder, name):
    written = written_columns(folder / "run" / f"{name}.parquet")
    assert list(written.items()) == list(documented(f"columns: {name}.parquet").items())


def test_columns_of_a_comparison_are_those_documented(folder):
    for name in ("comparison", "outcomes"):
        written = written_columns(folder / "comparison" / f"{name}.parquet")
        assert list(written.items()) == list(documented(f"columns: {name}.parquet").items())


def test_files_of_a_run_and_a_comparison_are_those_documented(folder):
    assert {path.name for path in (folder / "run").iterdir()} == {
        "outcomes.parquet", "ledger.parquet", "agents.parquet", "grades.parquet", "run.json"}  # fmt: skip
    assert {path.name for path in (folder / "comparison").iterdir()} == {
        "report.html", "comparison.parquet", "comparison.json", "outcomes.parquet"}  # fmt: skip


def test_words_in_the_tables_are_documented(folder):
    import pandas as pd

    ledger = pd.read_parquet(folder / "run" / "ledger.parquet")
    outcomes = pd.read_parquet(folder / "run" / "outcomes.parquet")
    assert len(outcomes["month"].unique()) == MONTHS
    section = FORMATS[FORMATS.index("### outcomes.parquet") : FORMATS.index("### agents.parquet")]
    words = {*ledger["kind"], *ledger["channel"], *ledger["account"], *outcomes["setting"]}
    assert [word for word in sorted(words) if word not in section] == []


def test_keys_of_json_files_are_those_documented(folder):
    record = json.loads((folder / "run" / "run.json").read_text("utf-8"))
    assert sorted(record) == sorted(documented("keys: run.json"))
    row = next(line for line in FORMATS.splitlines() if line.startswith("| `case` |"))
    assert sorted(record["case"]) == sorted({*re.findall(r"`([a-z]+)`", row)} - {"case", "levers"})
    comparison = json.loads((folder / "comparison" / "comparison.json").read_text("utf-8"))
    assert sorted(comparison) == sorted(documented("keys: comparison.json"))
    assert sorted(comparison["rows"][0]) == sorted(documented("keys: rows of comparison.json"))


def test_keys_and_members_of_a_checkpoint_are_those_documented(tmp_path):
    import zipfile

    from creditsim.core.archive import read_head
    from creditsim.model.credit_model import CreditModel
    from creditsim.spec.scenario import load_scenario

    plan = load_scenario("five-entries-2020").with_(months=2, burn_in_months=0)
    CreditModel(plan, scale=0.01).save(tmp_path / "a")
    assert sorted(read_head(tmp_path / "a")) == sorted(documented("keys: head.json of a checkpoint"))
    with zipfile.ZipFile(tmp_path / "a") as archive:
        names = set(archive.namelist())
    assert {"state.agents.npy", "state.trade.claims.npy"} <= names
    others = {name for name in names if not name.startswith("state.")}
    assert others == {"head.json", "counts.npy", "grade_flows.npy"}


@pytest.mark.parametrize("command", ["run", "replay", "list"])
def test_keys_of_what_commands_print_are_those_documented(folder, capsys, command):
    from creditsim.app.cli import run_command

    arguments = {
        "run": ["run", "status-quo-2019", "--scale", "0.01", "--months", "1", "--threads", "1"],
        "replay": ["replay", str(folder / "run")],
        "list": ["list"],
    }[command]
    assert run_command([*arguments, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert sorted(printed) == sorted(documented(f"keys: {command} --json"))
    if command == "list":
        for topic, keys in documented("keys: list --json").items():
            assert list(printed[topic][0]) == re.findall(r"(\w+)(?: \([^)]*\))?(?:, |$)", keys)


@pytest.mark.parametrize("command", ["levers", "activities"])
def test_keys_of_catalogues_that_commands_print_are_those_documented(capsys, command):
    from creditsim.app.cli import run_command

    assert run_command([command, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == [command]
    wanted = list(documented(f"keys: {command} --json"))
    assert [entry for entry in printed[command] if list(entry) != wanted] == []


def test_keys_of_simulated_base_rates_are_those_documented(capsys):
    from creditsim.app.cli import run_command

    case = ["--scale", "0.01", "--replications", "1", "--threads", "1"]
    assert run_command(["activities", "--kind", "teacher", "--rates", *case, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)["activities"]
    wanted = [*documented("keys: activities --json"), *documented("keys: activities --rates --json")]
    assert printed and [entry for entry in printed if list(entry) != wanted] == []


def test_keys_of_judged_rows_and_validated_patterns_are_those_documented():
    import math

    from creditsim.analysis.rows import JudgedOutcome, JudgedRow, row_case
    from creditsim.analysis.validation import HeldPattern
    from creditsim.report.validation import Validation
    from creditsim.spec.patterns import patterns
    from creditsim.spec.rows import rows

    line = dict.fromkeys(("difference", "low", "high"), math.nan)
    line |= {"unit": "share", "setting": "all", "verdict": "not defined"}
    outcome = JudgedOutcome("breach.all_per_1000_month", "harm", None, line)
    judged = JudgedRow(row_case(rows()["E4"]), (outcome,), None).to_dict()
    assert list(judged) == list(documented("keys: rows --json"))
    assert list(judged["outcomes"][0]) == list(documented("keys: outcomes of rows --json"))
    held = HeldPattern(next(iter(patterns().values())), 1.0, 1.0, 1.0, 2)
    validation = Validation((held,), 1, 2, 0.01, "0" * 64).to_dict()
    assert list(validation["patterns"][0]) == list(documented("keys: validate --json"))
    assert list(validation["credibility"]) == list(documented("keys: credibility of validate --json"))


def test_keys_of_a_difference_are_those_documented(tmp_path, capsys):
    from creditsim.app.cli import run_command

    other = tmp_path / "shorter.yaml"
    other.write_text("format: 1\nbase: five-entries-2020\nmonths: 12\n", "utf-8")
    assert run_command(["diff", "status-quo-2019", str(other), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == list(documented("keys: diff --json"))
    rows = FORMATS.split("<!-- keys: diff --json -->")[1].split("\n\n")[1].splitlines()
    for part in ("fields", "changes", "costs"):
        said = next(row for row in rows if row.startswith(f"| `{part}` |"))
        assert list(printed[part][0]) == re.findall(r"`(\w+)`", said)[1:]


def test_keys_of_a_scenario_file_are_those_documented():
    from creditsim.spec.scenario_file import ScenarioFile

    assert list(documented("keys: scenario file")) == list(ScenarioFile.model_fields)


def test_the_scenario_in_the_document_is_one(tmp_path):
    from creditsim.spec.scenario import load_scenario

    path = tmp_path / "more-visits.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", FORMATS, re.DOTALL)[1], "utf-8")
    scenario = load_scenario(path)
    assert scenario["inspection.visits_per_month"] == 500
    assert scenario["rollout.full_start_date"] == "2020-07"


def test_keys_of_a_rulebook_file_are_those_documented():
    from creditsim.spec.rulebooks import BookFile

    assert sorted(documented("keys: rulebook file")) == sorted(BookFile.model_fields)


def test_columns_of_the_items_file_are_those_documented():
    with (ROOT / "data" / "rulebooks" / "wendeng-2020-items.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == list(documented("columns: items file"))


# Glossary


def test_every_term_has_a_chinese_word_and_a_meaning():
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][1:]
    terms = [row[0] for row in rows]
    assert len(rows) > 50
    assert terms == sorted(terms, key=str.casefold)
    assert [row for row in rows if len(row) != 3 or not re.search(r"[\u4e00-\u9fff]", row[1])] == []
