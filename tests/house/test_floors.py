"""Imports only go down, and every third-party package has a home."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "creditsim"

# From the ground floor up: a room may import rooms that stand before it in this list.
FLOORS = (
    "core", "scoring", "spec", "population", "model", "audit", "published",
    "experiment", "analysis", "report", "app",
)  # fmt: skip

# The rooms that may import a package; packages not named here may be imported nowhere.
HOMES = {
    "numpy": set(FLOORS),
    "numba": {"core", "scoring", "population", "model"},
    "pandas": {"population", "model", "audit", "published", "experiment", "analysis", "report", "app"},
    "scipy": {"experiment", "analysis"},
    "pydantic": {"spec"},
    "ruamel": {"spec"},
    "mesa": {"model", "published"},  # there only its own example, that ours is held against
    "pyarrow": {"experiment"},
    "SALib": {"analysis"},
    "joblib": {"experiment"},
    "loky": {"experiment"},
    "dask": {"experiment"},
    "distributed": {"experiment"},
    "tqdm": {"experiment", "app"},
    "matplotlib": {"report"},
    "openpyxl": {"report"},
    "typer": {"app"},
    "benchmarks": {"app"},  # ours, beside the package: see app/bench.py
}


def room_of(module: str) -> str | None:
    """Return the room of a dotted module of ours; None for the package's own front door."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def imports_of(source: str, module: str, is_package: bool) -> list[tuple[int, str]]:
    """Return (line, dotted name) of every import anywhere in a source, relative ones resolved.

    ``from creditsim import model`` names the room in what is imported, so for our own
    package the imported names count too.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                package = package[: len(package) - node.level + 1]
                base = ".".join([*package, *filter(None, [node.module])])
            if base == "creditsim":
                found += [(node.lineno, f"creditsim.{alias.name}") for alias in node.names]
            else:
                found.append((node.lineno, base))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {
            "import_module",
            "__import__",
        }:
            # A name computed at run time cannot be checked; only literal ones are let in.
            name = (
                node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else "(computed)"
            )
            found.append((node.lineno, str(name)))
    return found


def breaches_of(source: str, module: str, is_package: bool = False) -> list[str]:
    """Return one line for every import in a source that breaks the house rules."""
    room = room_of(module)
    if room is None:  # creditsim/__init__.py is the roof: it shows what all rooms offer
        return []
    breaches = []
    for line, name in imports_of(source, module, is_package):
        top = name.split(".")[0]
        if top == "creditsim":
            target = room_of(name)
            if target == "__version__":
                continue
            if target not in FLOORS:
                breaches.append(f"{module}:{line}: imports {name}, expected a room of the house")
            elif FLOORS.index(target) > FLOORS.index(room):
                breaches.append(f"{module}:{line}: {room} imports {name}, which stands above it")
        elif top not in sys.stdlib_module_names and room not in HOMES.get(top, set()):
            homes = ", ".join(sorted(HOMES.get(top, set()))) or "no room"
            breaches.append(f"{module}:{line}: {room} imports {name}, whose home is: {homes}")
    return breaches


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = ("creditsim", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_folder_of_the_package_is_a_room():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and list(path.rglob("*.py"))}
    assert rooms == set(FLOORS)


@pytest.mark.parametrize("room", FLOORS)
def test_imports_go_down_and_packages_stay_home(room):
    checked = [path for path in sources() if room_of(module_of(path)) == room]
    assert checked, f"no sources in {room}"
    breaches = [
        breach
        for path in checked
        for breach in breaches_of(path.read_text("utf-8"), module_of(path), path.name == "__init__.py")
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(
    "source",
    [
        "import creditsim.model.month",
        "def f():\n    from creditsim.report import comparison",
        "from creditsim import experiment",
        "from ..app import cli",
        "import mesa",
        "def f():\n    import pydantic.fields",
        "import importlib\nimportlib.import_module('creditsim.app')",
        "import importlib\nname = 'creditsim.' + 'app'\nimportlib.import_module(name)",
        "import yaml",
        "import creditsim",
    ],
)
def test_a_breach_is_found(source):
    assert len(breaches_of(source, "creditsim.scoring.fold")) == 1


@pytest.mark.parametrize(
    "source",
    ["import numpy as np", "from creditsim.core import draws", "from . import ledger", "import json"],
)
def test_a_lawful_import_passes(source):
    assert breaches_of(source, "creditsim.scoring.fold") == []
