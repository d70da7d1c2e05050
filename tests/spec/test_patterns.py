"""Patterns of the field: each has a band, a source and a role, or says why there is no counterpart."""

import pytest

from creditsim.analysis.pattern_measures import MEASURES
from creditsim.spec.assumptions import assumptions
from creditsim.spec.levers import levers
from creditsim.spec.patterns import Pattern, last_validation, patterns

ALL = list(patterns().values())


def fields_of(pattern, **changed):
    """Return the fields of a pattern, some of them changed."""
    return {**{name: getattr(pattern, name) for name in pattern.__dataclass_fields__}, **changed}


def test_every_pattern_has_a_measure_and_every_measure_a_pattern():
    assert {pattern.measure for pattern in ALL if pattern.comparable} == set(MEASURES)


def test_every_number_of_the_fact_sheet_has_an_entry():
    assert {pattern.p_number for pattern in ALL} - {None} == {f"P{number}" for number in range(1, 20)}


def test_at_least_ten_are_comparable_and_the_others_say_why_not_in_both_languages():
    assert sum(pattern.comparable for pattern in ALL) >= 10
    for pattern in ALL:
        if not pattern.comparable:
            assert len(pattern.told("not_comparable", "en")) > 80
            assert pattern.told("not_comparable", "zh") != pattern.told("not_comparable", "en")


def test_a_pattern_has_a_source():
    assert all(len(pattern.source) > 20 for pattern in ALL)


def test_fit_patterns_name_what_moves_them_and_do_not_read_contrasts():
    fit = [pattern for pattern in ALL if pattern.role == "fit"]
    assert fit
    for pattern in fit:
        assert pattern.observed is not None
        assert set(pattern.moved_by) <= set(assumptions()) | set(levers())
        assert len(MEASURES[pattern.measure].scenarios) == 1


def test_the_role_of_the_first_thirteen_has_not_changed():
    """They were fixed before any run; new ones stand behind them."""
    inputs = {"registered-outrun-active", "fewer-visits"}
    first = ALL[:13]
    assert first[-1].name == "environment-modest"
    assert {pattern.name for pattern in first if pattern.role == "input"} == inputs
    assert all(pattern.role == "hold-out" for pattern in first if pattern.name not in inputs)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"low": None, "high": None}, "expected a band"),
        ({"low": 2.0, "high": 1.0}, "expected low below high"),
        ({"measure": None}, "neither measure nor not_comparable_en"),
        ({"not_comparable_en": "no counterpart"}, "both measure and not_comparable_en"),
        ({"role": "fit"}, "expected low, high and moved_by"),
    ],
)
def test_a_pattern_that_cannot_be_judged_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        Pattern(**fields_of(patterns()["negative-records-first"], **changed))


def test_the_last_validation_covers_every_pattern_and_each_unmet_one_is_explained():
    """If this fails after a change of the patterns: make validation."""
    _, findings = last_validation()
    assert list(findings) == list(patterns())
    for name, finding in findings.items():
        pattern = patterns()[name]
        assert finding.role == pattern.role
        assert pattern.comparable or finding.status == "not comparable"
        if finding.status == "not met":
            for lang in ("en", "zh"):
                assert getattr(pattern, f"doubt_{lang}"), name
                assert getattr(pattern, f"would_tell_{lang}"), name
