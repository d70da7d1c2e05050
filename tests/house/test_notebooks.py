"""Notebooks are documents: executed, small, the same everywhere, without code that belongs in the package."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
MOST_BYTES = 600_000

MAY_DEFINE_ONE_CLASS = {
    # Shows how to subclass an agent: that takes a subclass.
    "13_your_own_agents.ipynb",
}

MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|Users|root|tmp|work|var|opt|mnt|private)/[\w.-]|[A-Za-z]:\\\\?Users|site-packages"
)
"""Folders of somebody's machine. Not matched: web addresses, which have a host before the path."""

SHELL = re.compile(r"^\s*[!%]", re.MULTILINE)


def faults_of(name: str, text: str) -> list[str]:
    """Return all that is wrong with a notebook, one line a fault."""
    notebook = json.loads(text)
    cells = notebook["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    found = []
    if len(text.encode()) > MOST_BYTES:
        found.append(f"{len(text.encode()):,} bytes, expected at most {MOST_BYTES:,}")
    if [cell["execution_count"] for cell in code] != list(range(1, len(code) + 1)):
        found.append("not executed once from top to bottom")
    if any(output["output_type"] == "error" for cell in code for output in cell["outputs"]):
        found.append("an output is a traceback")
    if any(output.get("name") == "stderr" for cell in code for output in cell["outputs"]):
        found.append("an output is a warning or a log line")
    if any("execution" in cell["metadata"] for cell in cells):
        found.append("a cell says when it ran")
    if [cell.get("id") for cell in cells] != [f"cell-{number:02d}" for number in range(len(cells))]:
        found.append("cells are not numbered cell-00, cell-01, ...")
    if MACHINE_PATH.search(without_images(notebook)):
        found.append(f"a path of a machine: {MACHINE_PATH.search(without_images(notebook)).group()}")
    if not any("image/png" in output.get("data", {}) for cell in code for output in cell["outputs"]):
        found.append("no figure")
    if not any("assert " in "".join(cell["source"]) for cell in code):
        found.append("no assert on the numbers it tells")
    return found + defined(name, ["".join(cell["source"]) for cell in code])


def defined(name: str, sources: list[str]) -> list[str]:
    """Return the functions and classes that a notebook defines, and its shell commands, as faults."""
    if any(SHELL.search(source) for source in sources):
        return ["a shell command or magic, expected plain Python"]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    if name in MAY_DEFINE_ONE_CLASS and len(classes) == 1:
        inside = {id(node) for node in ast.walk(classes[0])}
        nodes, classes = [node for node in nodes if id(node) not in inside], []
    functions = [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [f"defines {node.name}: that belongs in the package" for node in [*functions, *classes]]


def without_images(notebook: dict) -> str:
    """Return the text of cells and outputs; pictures, in which any letters may stand together, left out."""
    texts = []
    for cell in notebook["cells"]:
        texts.append("".join(cell["source"]))
        for output in cell.get("outputs", ()):
            texts.append("".join(output.get("text", "")))
            texts += [
                "".join(value) for kind, value in output.get("data", {}).items() if kind.startswith("text")
            ]
    return "\n".join(texts)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_executed_small_and_without_code_of_its_own(path):
    assert faults_of(path.name, path.read_text("utf-8")) == []


def test_there_are_notebooks_and_no_two_have_one_number():
    numbers = [path.name[:2] for path in NOTEBOOKS]
    assert "01" in numbers and len(set(numbers)) == len(numbers)


def notebook_text(source: str = "assert True", **changes: object) -> str:
    """Return a sound notebook of one cell, with fields of that cell changed."""
    picture = {"output_type": "display_data", "data": {"image/png": "/ro" + "ot/x"}, "metadata": {}}
    cell = {
        "cell_type": "code", "id": "cell-00", "metadata": {}, "execution_count": 1, "source": [source],
        "outputs": [picture], **changes,
    }  # fmt: skip
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_sound_notebook_is_let_through():
    assert faults_of("x.ipynb", notebook_text()) == []
    assert faults_of("x.ipynb", notebook_text("assert 'https://example.org/home/page'")) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (notebook_text(execution_count=None), "not executed"),
        (notebook_text(outputs=[{"output_type": "error", "ename": "E", "traceback": []}]), "traceback"),
        (notebook_text(outputs=[{"output_type": "stream", "name": "stderr", "text": "w"}]), "warning"),
        (notebook_text(metadata={"execution": {"shell.execute_reply": "2026"}}), "when it ran"),
        (notebook_text("assert open('/ho" + "me/me/x.csv')"), "path of a machine: /ho" + "me/m"),
        (notebook_text(r"assert open('C:\\Us" + r"ers\\me')"), "path of a machine"),
        (notebook_text("assert open('/tmp/x')"), "path of a machine: /tmp/x"),
        (notebook_text("def f():\n    assert True"), "defines f"),
        (notebook_text("assert True\nclass Mine: pass"), "defines Mine"),
        (notebook_text("!ls\nassert True"), "shell"),
        (notebook_text("1 + 1"), "no assert"),
        (notebook_text(outputs=[]), "no figure"),
        (notebook_text(id="3f2a"), "not numbered"),
        (notebook_text("assert True  # " + "x" * MOST_BYTES), "bytes"),
    ],
)
def test_what_is_wrong_with_a_notebook_is_named(text, fault):
    assert any(fault in each for each in faults_of("x.ipynb", text))


def test_the_notebook_on_own_agents_may_define_one_class_and_no_more():
    one = "class Mine:\n    def decide(self):\n        assert True"
    assert faults_of("13_your_own_agents.ipynb", notebook_text(one)) == []
    two = faults_of("13_your_own_agents.ipynb", notebook_text(one + "\nclass Other: pass"))
    assert any("defines Other" in each for each in two)
    loose = faults_of("13_your_own_agents.ipynb", notebook_text(one + "\ndef f(): pass"))
    assert loose == ["defines f: that belongs in the package"]
