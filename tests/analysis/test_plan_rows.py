"""Judging rows: which scenarios a row is judged by, and what is said of the result."""

import math

import pytest

from creditsim.analysis.rows import JudgedOutcome, _why, judge_rows, row_case
from creditsim.core.errors import InputError
from creditsim.spec.rows import rows
from creditsim.spec.scenario import load_scenario


def test_the_compact_stands_on_the_files_that_it_requires():
    case = row_case(rows()["V2"])
    assert "files.villager_coverage_share" in case.requires
    assert case.against["files.villager_coverage_share"] == 0.9
    assert case.against["village.compact_on"] is False
    assert case.treated["village.compact_on"] is True


def test_what_a_requirement_requires_comes_with_it():
    case = row_case(rows()["V3"])
    assert {"village.compact_on", "files.villager_coverage_share"} <= set(case.requires)


def test_entries_come_under_the_plans_book_and_its_restrictions_where_a_row_acts_through_them():
    book = ("scope.negative_topics_choice", "penalty.persons_on", "score.rulebook_choice")
    assert row_case(rows()["C3"]).requires == book
    assert row_case(rows()["E3"]).requires == ()


def test_an_added_row_changes_its_own_levers_only():
    for row in rows().values():
        case = row_case(row)
        changed = {change.lever for change in case.treated.changes(case.against)}
        assert changed == set(case.levers)
        assert changed <= {lever.name for lever in row.levers()}
        assert changed, row.name


def test_an_enabling_row_is_taken_out_of_the_plan():
    case = row_case(rows()["S3"])
    assert case.treated == load_scenario("five-entries-2020")
    assert case.against["app.publicity_yuan_per_head_year"] == 0.1
    assert case.requires == ()


def test_without_its_calendar_the_plan_never_starts():
    case = row_case(rows()["P1-3"])
    assert case.against["rollout.full_start_date"] == "never"
    assert case.against["rollout.pilot_start_date"] == "never"


def test_an_unknown_row_is_named_with_the_nearest():
    with pytest.raises(InputError, match="nearest: E4"):
        judge_rows(["E44"])


def line(verdict, difference):
    return {
        "unit": "share", "setting": "all", "smallest_relevant": 0.02, "verdict": verdict,
        "difference": difference, "low": difference, "high": difference,
    }  # fmt: skip


def test_a_direct_outcome_that_does_not_move_is_explained():
    moved = JudgedOutcome("record.coverage_share", "direct", "higher", line("higher", 0.4))
    still = JudgedOutcome("record.coverage_share", "direct", "higher", line("negligible", 0.001))
    assert moved.moved
    assert _why(rows()["E1"], [moved]) is None
    assert "0.001" in _why(rows()["E1"], [moved, still])


def test_what_is_not_defined_says_so_and_is_null_in_json():
    nothing = JudgedOutcome("record.coverage_share", "direct", "higher", line("not defined", math.nan))
    assert nothing.to_dict()["difference"] is None
    assert "not defined" in _why(rows()["E1"], [nothing])
