"""What a newcomer installs: the same names everywhere, all files inside, no private addresses."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import creditsim

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def names_and_ranges(requirements: list[str]) -> dict[str, str]:
    """Return {name: range} of lines such as ``mesa>=3.3.1,<4`` or ``mesa >=3.3.1,<4``."""
    found = {}
    for line in requirements:
        name, limits = re.fullmatch(r"([A-Za-z0-9._-]+?)\s*([<>=!~].*)?", line.strip()).groups()
        found[name] = (limits or "").replace(" ", "")
    return found


def conda_requirements() -> list[str]:
    """Return the conda lines of environment.yml, comments and pip's own part left out."""
    lines = (ROOT / "environment.yml").read_text("utf-8").split("dependencies:")[1].splitlines()
    return [line.strip()[2:] for line in lines if re.match(r"  - [^:]+$", line)]


def every_requirement() -> list[str]:
    extras = PROJECT["optional-dependencies"].values()
    return [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]


def test_environment_yml_asks_for_what_pyproject_asks_for():
    expected = names_and_ranges(every_requirement()) | {"python": PROJECT["requires-python"], "pip": ""}
    assert names_and_ranges(conda_requirements()) == expected


def test_environment_yml_installs_this_folder():
    text = (ROOT / "environment.yml").read_text("utf-8")
    assert text.rstrip().endswith("- pip:\n      - -e .")
    assert "conda-forge" in text


def test_a_package_has_one_range_in_every_extra():
    ranges: dict[str, set[str]] = {}
    for line in every_requirement():
        for name, limits in names_and_ranges([line]).items():
            ranges.setdefault(name, set()).add(limits)
    assert {name: limits for name, limits in ranges.items() if len(limits) > 1} == {}


def test_the_core_needs_no_notebook_software():
    core = names_and_ranges(PROJECT["dependencies"])
    assert not set(core) & {"jupyterlab", "notebook", "nbval", "ipykernel", "ipywidgets"}
    assert {"jupyterlab", "nbval"} <= set(names_and_ranges(PROJECT["optional-dependencies"]["notebook"]))


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_requirement_is_locked_with_hashes(python):
    text = (ROOT / "requirements" / f"py{python}.txt").read_text("utf-8")
    pins = re.findall(
        r"^([a-z0-9._-]+)==[^\n]*?((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$", text, re.MULTILINE
    )
    assert len(pins) == len(re.findall(r"^[a-z]", text, re.MULTILINE)) > 50
    assert [name for name, hashes in pins if not hashes] == []
    assert set(names_and_ranges(every_requirement())) <= {name for name, _ in pins} | {"ruamel.yaml"}
    assert re.search(r"^ruamel[.-]yaml==", text, re.MULTILINE)


def test_a_supported_python_is_declared_locked_and_no_other():
    declared = {line.split(" :: ")[-1] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)}
    locked = {path.stem.removeprefix("py") for path in (ROOT / "requirements").glob("py*.txt")}
    assert declared == locked == {"3.11", "3.12", "3.13"}
    assert PROJECT["requires-python"] == ">=3.11,<3.14"


def test_licence_is_the_whole_apache_text():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert "APPENDIX: How to apply the Apache License to your work." in text


def test_the_version_is_the_same_wherever_it_stands():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {PROJECT['version']}\n" in citation
    assert creditsim.__version__ == PROJECT["version"]
    assert f"\n## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_ci_runs_make_test():
    script = ROOT / ".ci" / "run"
    text = script.read_text("utf-8")
    assert "set -euo pipefail" in text
    assert re.search(r"^(exec )?make test( PYTEST_ARGS=.*)?$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """Build the wheel from a copy, with the build tool of this environment and no network."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", source / "src", ignore=leave_out)
    shutil.copytree(ROOT / "data", source / "data")
    shutil.copytree(ROOT / "benchmarks", source / "benchmarks", ignore=leave_out)
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=source,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_source_and_every_shipped_number(wheel):
    held = set(wheel.namelist())
    code = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    data = {
        "creditsim/_data/" + path.relative_to(ROOT / "data").as_posix()
        for path in (ROOT / "data").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert code <= held
    assert len(data) > 10
    assert data <= held
    assert "creditsim/py.typed" in held
    side = {
        "creditsim/_side/" + path.relative_to(ROOT).as_posix()
        for path in (ROOT / "benchmarks").rglob("*.[chp]*")
    }
    assert {path for path in side if not path.endswith(".pyc")} <= held


def test_the_wheel_offers_the_command_and_typed_metadata(wheel):
    held = {name.split("/")[-1]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert "creditsim = creditsim.app.cli:main" in wheel.read(held["entry_points.txt"]).decode()
    metadata = wheel.read(held["METADATA"]).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "Provides-Extra: notebook" in metadata
    assert "LICENSE" in held


# Spelled in pieces, so that this file does not hold what it looks for.
PRIVATE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/(?:"
            + "|".join(["ro" + "ot", "wo" + "rk", "ho" + "me", "Us" + "ers"])
            + r")/[A-Za-z.]",
            r"(?<![\w.])/opt/" + "py",
            r"[A-Z]:\\\\?Us" + "ers",
            "files" + r"\.python" + "hosted",
            "py" + r"pi\.(?:org|python)",
            "registry" + r"\.np" + "mjs",
            "conda" + r"\.ana" + "conda",
            r"\.py" + r"env/",
        ]
    )
)


def project_files() -> list[Path]:
    """Return the files that belong to the project, as git sees them."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    passed_over = {".venv", ".git", "__pycache__", "build", "dist", "demo"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not passed_over & set(path.parts)]


def test_no_file_names_a_machine_or_an_index():
    found = []
    for path in project_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if hit := PRIVATE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {hit[0]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "see /" + "root/x",
        "open('/" + "home/ann/data.csv')",
        "https://py" + "pi.org/simple",
        "C:\\Us" + "ers\\ann",
    ],
)
def test_a_private_address_is_found(line):
    assert PRIVATE.search(line)


def test_an_ordinary_path_is_let_pass():
    assert not PRIVATE.search("docs/rooms/work/ and https://creativecommons.org and ~/creditsim")
