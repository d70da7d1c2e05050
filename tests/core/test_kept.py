"""What is kept in the cache folder: never stale, never a reason to stop."""

import pytest

from creditsim.core import kept as module
from creditsim.core.kept import kept

VALUE = {"name": "信用", "value": 0.1 + 0.2, "low": float("inf"), "many": [1, True, None]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the cache folder: the same for all rooms."""
    monkeypatch.setattr(module, "cache_folder", lambda room: tmp_path)
    return tmp_path


def make():
    return VALUE


def never():
    raise AssertionError("made anew")


def test_the_second_time_it_is_read(folder):
    assert kept("spec", b"content", make) == VALUE
    assert kept("spec", b"content", never) == VALUE
    assert len(list(folder.iterdir())) == 1


def test_other_content_is_made_anew(folder):
    kept("spec", b"content", make)
    assert kept("spec", b"other", lambda: 2) == 2


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", None])
def test_a_damaged_file_is_made_anew(folder, damage):
    kept("spec", b"content", make)
    (path,) = folder.iterdir()
    sound = path.read_bytes()
    path.write_bytes(sound.replace(b"0.3", b"0.4") if damage is None else damage)
    assert kept("spec", b"content", make) == VALUE
    assert path.read_bytes() == sound


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "cache_folder", lambda room: tmp_path / "missing")
    assert kept("spec", b"content", make) == VALUE
    assert kept("spec", b"content", make) == VALUE


def test_a_write_that_fails_leaves_nothing(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    assert kept("spec", b"content", make) == VALUE
    assert not list(folder.iterdir())


def test_a_fault_is_not_kept(folder):
    def faulty():
        raise KeyError("fault")

    with pytest.raises(KeyError):
        kept("spec", b"content", faulty)
    assert kept("spec", b"content", make) == VALUE
