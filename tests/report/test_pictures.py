"""The picture of the README is made by a tool, and is small and wide enough to read."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import matplotlib
import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "images" / "differences.png"
matplotlib.use("Agg")


@pytest.fixture(scope="module")
def make_pictures():
    spec = importlib.util.spec_from_file_location("make_pictures", ROOT / "tools" / "make_pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def size_of(path):
    """Return width and height of a PNG file, in pixels."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def test_the_shipped_picture_is_small_and_sharp():
    assert PICTURE.stat().st_size < 150_000
    assert size_of(PICTURE)[0] >= 800


def test_the_tool_draws_the_same_picture_twice(make_pictures, tmp_path):
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    for path in (first, second):
        make_pictures.write_differences(path, replications=1, scale=0.01, months=1)
    assert first.read_bytes() == second.read_bytes()
    assert size_of(first)[0] == size_of(PICTURE)[0]
