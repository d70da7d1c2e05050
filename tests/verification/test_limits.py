"""Analytic limits: each holds in the short form, and its seeded fault is found."""

import pytest
from checks import SHORT
from verification_suite import LIMITS

NUMBERS = {check.name.split("-")[1] for check in LIMITS}
RUN = [check for check in LIMITS if check.run]


@pytest.mark.parametrize("check", RUN, ids=lambda check: check.name)
def test_a_limit_holds(check):
    found = check.run(SHORT)
    assert found.holds, (check.title, found)
    if check.kind == "statistical":
        assert found.power >= 0.99, "the computed size suffices"
        assert found.size > 1


@pytest.mark.parametrize("check", RUN, ids=lambda check: check.name)
def test_a_limit_finds_its_fault(check):
    found = check.control(SHORT)
    assert not found.holds, (check.fault, found)


def test_every_limit_of_the_list_is_there():
    assert {f"{number:02d}" for number in range(1, 15)} == NUMBERS
    assert [check.name for check in LIMITS if not check.run] == ["limit-13-gini-theil"]
