"""Faults: one line each, with place, key, and the nearest name; whole across processes."""

import pickle

from creditsim.core.errors import Fault, InputError, nearest, unknown


def test_a_fault_is_one_line_with_what_is_known_of_its_place():
    assert str(Fault("got 1", "a.yaml", 3, "b.c")) == "a.yaml:3: b.c: got 1"
    assert str(Fault("got 1", key="--scale")) == "--scale: got 1"


def test_an_input_error_prints_a_line_a_fault_and_survives_pickling():
    error = InputError([Fault("one", key="a"), Fault("two", "f.yaml", 2)])
    assert str(error).splitlines() == ["a: one", "f.yaml:2: two"]
    assert pickle.loads(pickle.dumps(error)).faults == error.faults


def test_unknown_names_come_with_the_nearest_one():
    assert nearest("guidance-2012", ["guidance-2021", "no-programme"]) == ", nearest: guidance-2021"
    assert nearest("xyz", ["guidance-2021"]) == ""
    assert unknown("b", ["a", "c"], "letter") == "got 'b', expected a known letter (a, c)"
