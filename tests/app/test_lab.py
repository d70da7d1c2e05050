"""`creditsim lab`: a working copy that never overwrites one's work nor touches the installed notebooks."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from creditsim.app import lab


@pytest.fixture
def opened(monkeypatch):
    """Stand in for JupyterLab; return the commands that would have been run."""
    commands = []

    def run(command, **options):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(lab.subprocess, "run", run)
    return commands


def test_notebooks_are_copied_once_and_ones_own_work_stays(said, tmp_path, opened):
    mine = tmp_path / "mine"
    code, out, _ = said("lab", mine, "--copy-only", "--json")
    first = json.loads(out)
    names = [path.name for path in lab.shipped_notebooks()]
    assert (code, first["copied"], first["kept"], first["changed"]) == (0, names, [], [])
    (mine / names[0]).write_text("my own work")
    (mine / names[-1]).unlink()
    code, out, _ = said("lab", mine, "--copy-only", "--json")
    again = json.loads(out)
    assert (again["copied"], again["changed"]) == (names[-1:], names[:1])
    assert (mine / names[0]).read_text() == "my own work"
    assert opened == []


def test_jupyterlab_is_opened_on_the_copy_alone(said, tmp_path, opened):
    code, out, _ = said("lab", tmp_path / "mine", "--no-browser")
    (command,) = opened
    assert code == 0
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={(tmp_path / 'mine').resolve()}" in command
    assert "--no-browser" in command
    assert "copied:" in out


def test_the_installed_notebooks_are_refused(said, opened):
    code, out, faults = said("lab", lab.shipped_notebooks()[0].parent)
    assert (code, out, len(faults), opened) == (2, "", 1, [])
    assert "installed notebooks" in faults[0]


def test_what_cannot_be_a_folder_is_one_line(said, tmp_path, opened):
    (tmp_path / "file").write_text("x")
    code, out, faults = said("lab", tmp_path / "file")
    assert (code, out, len(faults)) == (2, "", 1)


def test_without_jupyterlab_one_learns_how_to_get_it(said, tmp_path, monkeypatch):
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    code, _, faults = said("lab", tmp_path / "mine")
    assert (code, len(faults)) == (2, 1)
    assert "creditsim[notebook]" in faults[0]
    assert not (tmp_path / "mine").exists()
