"""Files are there all together under the folder's name, or not at all."""

import os

import pytest

from creditsim.app.folder import OutputFolder
from creditsim.core.errors import InputError


def everything_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def lines(faults):
    return [str(fault) for fault in faults]


@pytest.mark.parametrize("name", ["new", "a/b/new", "empty", "with blanks/and 中文"])
def test_a_new_or_empty_folder_is_filled(tmp_path, name):
    (tmp_path / "empty").mkdir()
    before = everything_in(tmp_path)
    folder = OutputFolder(str(tmp_path / name))
    assert folder.faults() == []
    assert everything_in(tmp_path) == before
    with folder.filling() as files:
        (files / "one.txt").write_text("1")
        (files / "two.txt").write_text("2")
        assert not (tmp_path / name / "one.txt").exists()
    assert everything_in(tmp_path / name) == ["one.txt", "two.txt"]
    assert not [path for path in everything_in(tmp_path) if path.split("/")[-1].startswith(".")]


@pytest.mark.parametrize("name", ["new", "a/b/new", "empty"])
@pytest.mark.parametrize("problem", [RuntimeError("a fault"), KeyboardInterrupt()])
def test_a_crash_leaves_nothing(tmp_path, name, problem):
    (tmp_path / "empty").mkdir()
    before = everything_in(tmp_path)
    with pytest.raises(type(problem)), OutputFolder(str(tmp_path / name)).filling() as files:
        (files / "one.txt").write_text("1")
        raise problem
    assert everything_in(tmp_path) == before


def test_a_full_disk_is_one_line(tmp_path):
    folder = OutputFolder(str(tmp_path / "new"))
    with pytest.raises(InputError) as caught, folder.filling():
        raise OSError(28, "No space left on device")
    assert "No space left on device" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert everything_in(tmp_path) == []


def test_a_folder_with_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    (fault,) = lines(OutputFolder(str(tmp_path)).faults())
    assert fault.startswith("--out: got ")
    assert "mine.txt" in fault
    assert everything_in(tmp_path) == ["mine.txt"]


def test_a_hidden_file_counts_too(tmp_path):
    (tmp_path / ".hidden").write_text("keep")
    assert len(OutputFolder(str(tmp_path)).faults()) == 1


def test_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("keep")
    (of_file,) = lines(OutputFolder(str(tmp_path / "file")).faults())
    (below,) = lines(OutputFolder(str(tmp_path / "file" / "new")).faults())
    assert "a file" in of_file
    assert "is a file" in below
    assert (tmp_path / "file").read_text() == "keep"


def test_no_path_is_refused():
    assert len(OutputFolder(" ").faults()) == 1


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder that nobody may write to")
def test_a_place_where_nothing_can_be_written_is_refused():
    (fault,) = lines(OutputFolder("/proc/self/results").faults())
    assert "nothing can be written" in fault
