"""Rows of the plan: all 21 are declared, with what must move and what is only looked at."""

import pytest

from creditsim.spec.levers import levers
from creditsim.spec.rows import rows

PLAN_ROWS = (
    *("E1", "E2", "E3", "E4", "C1", "C2", "C3", "G1", "G2", "G3", "G4"),
    *("V1", "V2", "V3", "R1", "R2", "R3", "P1-3", "S1", "S2", "S3"),
)


def test_all_21_rows_are_there_in_the_order_of_the_plan():
    assert tuple(rows()) == PLAN_ROWS


@pytest.mark.parametrize("name", PLAN_ROWS)
def test_a_row_has_levers_and_outcomes_of_all_three_roles(name):
    row = rows()[name]
    assert row.levers()
    assert {role for _, role, _ in row.outcomes()} == {"direct", "behavioural", "harm"}
    assert row.title_en and row.title_zh and row.plan_section


@pytest.mark.parametrize("name", PLAN_ROWS)
def test_only_direct_outcomes_carry_an_expectation(name):
    for _, role, expected in rows()[name].outcomes():
        assert (expected in ("lower", "higher")) == (role == "direct")


@pytest.mark.parametrize("name", PLAN_ROWS)
def test_what_the_levers_declare_is_reported_once(name):
    row = rows()[name]
    reported = [outcome for outcome, _, _ in row.outcomes()]
    assert len(reported) == len(set(reported))
    for lever in row.levers():
        assert lever.behavioural_outcome in reported
        assert lever.harm_outcome in reported


def test_every_lever_of_the_plan_belongs_to_a_row():
    assert {lever.row for lever in levers().values()} == {*PLAN_ROWS, "base", "world"}


def test_rows_that_enable_others_are_judged_by_removal():
    assert [row.name for row in rows().values() if row.mode == "removed"] == ["P1-3", "S1", "S2", "S3"]
