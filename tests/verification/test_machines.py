"""One fingerprint whatever threads, order, hash seed, locale and processor: the short form."""

import sys

import pytest
from machines import SHORT, Matrix, long_list, run_matrix, short_list, without_effect
from one_machine import EXECUTORS, ORDERS, THREADS


@pytest.fixture(scope="module")
def matrix():
    return run_matrix(short_list(), **SHORT)


def test_every_run_has_one_fingerprint(matrix):
    assert matrix.combinations == len(short_list()) * len(THREADS) * len(ORDERS)
    assert len(matrix.fingerprints) == 10, "five golden scenarios, two replications"
    assert matrix.one_each, matrix


def test_every_setting_took_effect(matrix):
    assert matrix.without_effect == []
    plain, other = matrix.machines
    assert plain["hash"] != other["hash"]
    assert plain["encoding"] != other["encoding"]
    assert plain["numpy"] != other["numpy"] or "X86_V3" not in plain["numpy"]
    assert other["numba"].startswith("generic")


def test_a_setting_without_effect_is_found(matrix):
    asked = short_list()[1]
    assert without_effect(asked, matrix.machines[1]) == []
    found = " ".join(without_effect(asked, matrix.machines[0]))
    assert all(each in found for each in ("hash seed:", "Numba:"))


def test_a_second_fingerprint_is_found():
    matrix = Matrix()
    for text in ("aa", "aa", "ab"):
        assert matrix.one_each
        matrix.add_prints([(1, "serial", "as listed", {"run": text})])
    assert matrix.combinations == 3
    assert not matrix.one_each


def test_the_long_form_has_at_least_two_hundred_combinations():
    machines = long_list([sys.executable])
    assert len(set(machines)) == len(machines)
    assert len(machines) * len(THREADS) * len(EXECUTORS) * len(ORDERS) >= 200
