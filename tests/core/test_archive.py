"""Archives: arrays of any form come back byte for byte, and nothing of memory gets into the file."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from creditsim.core import archive
from creditsim.core.archive import NoArchive, arrays_of, read_head, write_archive

GAPS = np.dtype([("a", "u1"), ("b", "f8")], align=True)


def through(path, *parts):
    """Write parts as one array and return what is read back."""
    shape = (sum(map(len, parts)), *parts[0].shape[1:])
    write_archive(path, {"format": 1}, [("x", shape, parts)])
    assert read_head(path) == {"format": 1}
    with arrays_of(path) as found:
        assert found.names == {"x"}
        return found.read("x")


@given(
    arrays.arrays(st.sampled_from(["u1", "<i2", "<i8", "<f4", "<f8", "?"]), arrays.array_shapes(min_side=0))
)
def test_arrays_come_back_byte_for_byte(tmp_path_factory, array):
    back = through(tmp_path_factory.mktemp("archive") / "a", array)
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())


def test_parts_are_one_array_and_blocks_change_nothing(tmp_path, monkeypatch):
    parts = [np.arange(7.0).reshape(7, 1), np.arange(5.0)[::-1].reshape(5, 1)]
    monkeypatch.setattr(archive, "_BLOCK", 24)
    assert np.array_equal(through(tmp_path / "a", *parts), np.concatenate(parts))


def test_what_lies_between_fields_is_not_told(tmp_path):
    secret = np.frombuffer(b"\xff" * 48, GAPS)
    back = through(tmp_path / "a", secret)
    assert back.dtype == GAPS
    assert back.tobytes() == (b"\xff" + bytes(7) + b"\xff" * 8) * 3


def test_the_same_content_gives_the_same_bytes_and_a_failed_write_leaves_the_old_file(tmp_path):
    for name in "ab":
        through(tmp_path / name, np.arange(9))
    before = (tmp_path / "a").read_bytes()
    assert before == (tmp_path / "b").read_bytes()
    with pytest.raises(ValueError):
        write_archive(tmp_path / "a", {"x": float("nan")}, [])
    assert (tmp_path / "a").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_every_flipped_bit_is_found(tmp_path):
    through(tmp_path / "a", np.zeros(3))
    content = (tmp_path / "a").read_bytes()
    for bit in range(8 * len(content)):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        (tmp_path / "b").write_bytes(flipped)
        with pytest.raises(NoArchive):
            read_head(tmp_path / "b")
