"""Compiled code: where its cache lies, and that no folder can stop a run."""

import os
import subprocess
import sys

from creditsim.core import compiled

ASK = "from creditsim.core.draws import philox; from creditsim.core.compiled import cache_folder; "
SHOW = ASK + "print(cache_folder()); print(philox(0, 0, 0, 0, 0, 0)[0])"


def ask(**environment):
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_the_cache_carries_the_digest_of_the_sources(tmp_path):
    folder, word = ask(CREDITSIM_CACHE_DIR=str(tmp_path))
    assert folder == str(tmp_path / "creditsim" / compiled.source_digest()[:32])
    assert int(word) == 0x6627E8D5
    assert any(tmp_path.rglob("*.nbi"))


def test_a_cache_folder_that_cannot_be_made_is_replaced(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    folder, word = ask(CREDITSIM_CACHE_DIR=str(blocked))
    assert not folder.startswith(str(blocked))
    assert int(word) == 0x6627E8D5


def test_a_changed_source_is_another_digest(monkeypatch, tmp_path):
    (tmp_path / "a.py").write_text("X = 1\n")
    monkeypatch.setattr(compiled, "_PACKAGE", tmp_path)
    compiled.source_digest.cache_clear()
    before = compiled.source_digest()
    (tmp_path / "a.py").write_text("X = 2\n")
    compiled.source_digest.cache_clear()
    assert compiled.source_digest() != before
    monkeypatch.undo()
    compiled.source_digest.cache_clear()


def test_a_room_keeps_its_cache_when_a_room_above_changes(monkeypatch, tmp_path):
    for room in ("core", "scoring", "spec", "population", "model", "report"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "a.py").write_text("X = 1\n")
    monkeypatch.setattr(compiled, "_PACKAGE", tmp_path)
    compiled.source_digest.cache_clear()
    before = {room: compiled.source_digest(room) for room in ("", "scoring", "model")}
    (tmp_path / "population" / "a.py").write_text("X = 2\n")
    compiled.source_digest.cache_clear()
    assert compiled.source_digest("scoring") == before["scoring"]
    assert compiled.source_digest("model") != before["model"]
    assert compiled.source_digest() != before[""]
    monkeypatch.undo()
    compiled.source_digest.cache_clear()
