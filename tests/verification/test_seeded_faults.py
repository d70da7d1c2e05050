"""Seeded faults: all of them still apply, and the suite tells right code from wrong."""

import pytest
from seeded_faults import JUDGES, PACKAGE, ROOT, Copy, SeededFault, importers, judges_of, read_faults

FAULTS = {fault.id: fault for fault in read_faults()}


def test_there_are_enough_and_each_has_a_name_of_its_own():
    assert len(read_faults()) == len(FAULTS) >= 44
    assert sum("[listed]" in fault.stands_for for fault in FAULTS.values()) >= 19


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_still_applies(name):
    fault = FAULTS[name]
    text = (PACKAGE / fault.file).read_text("utf-8")
    assert fault.apply(text) != text
    assert fault.room in JUDGES


def test_a_text_that_stands_twice_or_not_at_all_is_no_fault():
    fault = SeededFault("twice", "", "model/month.py", "a = 1", "a = 2")
    for text in ("b = 1", "a = 1\na = 1"):
        with pytest.raises(ValueError, match="expected once"):
            fault.apply(text)


def test_judges_go_by_the_room_alone_and_never_by_fingerprints_or_documents():
    named = [test for tests in JUDGES.values() for test in tests]
    assert all((ROOT / test).is_file() for test in named)
    assert not [test for test in named if "same_bits" in test or "/house/" in test]
    assert judges_of("analysis") == list(JUDGES["analysis"])
    assert judges_of("core") == named


def test_what_sees_a_file_is_found_through_others():
    seen = {path.relative_to(PACKAGE).as_posix() for path in importers(PACKAGE, "model/phases/desk.py")}
    assert {"model/phases/desk.py", "model/phases/records.py", "model/month.py", "app/cli.py"} <= seen
    assert not {"model/phases/acting.py", "scoring/fold.py", "core/draws.py"} & seen


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("copy"))


BY_ROOM = {
    "analysis": ["tests/analysis/test_intervals.py", "tests/analysis/test_compare.py"],
    "scoring": ["tests/scoring/test_cases.py", "-k", "01-base"],
}


@pytest.mark.parametrize("room", BY_ROOM)
def test_the_unchanged_copy_passes(copy, room, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # the same rules in plain Python: nothing to compile
    assert copy.judge_unchanged(BY_ROOM[room]).verdict == "survived"


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("variance-over-n", "test_intervals.py"),
        ("pairs-mixed-up", "test_compare.py"),
        ("strict-cutoff", "test_cases.py"),
    ],
)
def test_a_seeded_fault_is_caught_and_taken_out_again(copy, name, by, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    fault = FAULTS[name]
    judged = copy.judge(fault, BY_ROOM[fault.room])
    assert (judged.verdict, by in judged.by) == ("caught", True), judged
    assert (copy.package / fault.file).read_bytes() == (PACKAGE / fault.file).read_bytes()
