"""Names are those of the field, files are short, and randomness has one source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "creditsim"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# Left: a word that may stand in no name of ours. Right: what to say instead.
INSTEAD = {
    "tick": "month",
    "kpi": "outcome",
    "epoch": "month",
    "utils": "the job it does",
    "util": "the job it does",
    "helper": "the job it does",
    "helpers": "the job it does",
    "manager": "the job it does",
    "misc": "the job it does",
    "data2": "what it holds",
}

LONGEST_FILE = 450
"""Lines; what grows beyond has two jobs."""

REPRODUCIBLE_ROOMS = ("core", "scoring", "population", "model", "published")
"""Rooms whose results must be the same bits everywhere."""


def words_of(name: str) -> list[str]:
    """Split ``snake_case`` and ``CamelCase`` into lower-case words."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]


def defined_names(tree: ast.AST) -> set[str]:
    """Return the names that a source itself defines: functions, classes, arguments, variables."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def unwelcome(name: str) -> list[str]:
    return [f"{name}: instead of {word!r} name {INSTEAD[word]}" for word in words_of(name) if word in INSTEAD]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_names_are_those_of_the_field(path):
    names = defined_names(ast.parse(path.read_text("utf-8"))) | {path.stem, path.parent.name}
    if path.parent.name == "report":
        names = {name for name in names if "tick" not in words_of(name)}  # an axis does have ticks
    found = sorted(line for name in names for line in unwelcome(name))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_are_short(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{lines} lines: split it by job"


def forbidden_calls(source: str) -> list[str]:
    """Return what a source uses that differs between machines, runs or orders."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            )
            found += [f"{node.lineno}: import {name}" for name in names if name.split(".")[0] == "random"]
        elif isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            if re.match(r"(np|numpy)\.random\b", text) or text in {"time.time_ns", "self.random"}:
                found.append(f"{node.lineno}: {text}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hash":
            found.append(f"{node.lineno}: hash()")
    return found


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.relative_to(PACKAGE).parts[0] in REPRODUCIBLE_ROOMS],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_luck_comes_from_draws_only(path):
    found = forbidden_calls(path.read_text("utf-8"))
    assert not found, f"use creditsim.core.draws: {found}"


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "import numpy as np\nx = np.random.rand()",
        "x = hash('a')",
        "from random import random",
    ],
)
def test_other_luck_is_found(source):
    assert forbidden_calls(source)


def test_unwelcome_words_are_found_in_both_spellings():
    assert unwelcome("tick_count")
    assert unwelcome("RunManager")
    assert not unwelcome("sticky_ticket")


def test_test_files_have_names_of_their_own():
    # pytest puts them all on one path, so two files of one name would hide each other.
    names = [path.name for path in (PACKAGE.parents[1] / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
