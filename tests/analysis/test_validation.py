"""Validation: met only if the whole interval lies in the band, more replications where that is not clear."""

import numpy as np
import pytest

from creditsim.analysis import pattern_measures, validation
from creditsim.analysis.pattern_measures import MEASURES, measured, pattern_scenarios
from creditsim.analysis.validation import (
    ROUNDS,
    HeldPattern,
    Tally,
    inputs_of_validation,
    validate_patterns,
)
from creditsim.core.errors import InputError
from creditsim.experiment.run import run_replication
from creditsim.spec.patterns import patterns
from creditsim.spec.scenario import PLAN

BAND = patterns()["awareness-in-band"]
"""From 0.07 to 0.22."""


def held(low, high, pattern=BAND):
    return HeldPattern(pattern, (low + high) / 2, low, high, 10)


@pytest.fixture(scope="module")
def replication():
    """One small replication of all that measures read, and their numbers."""
    results = run_replication(pattern_scenarios(list(MEASURES)), 0.01, 1, 0, threads=1)
    return results, measured(results, list(MEASURES))


@pytest.fixture
def drawn(monkeypatch):
    """Let the awareness of a replication be a draw around a mean instead of a simulation; count them."""
    numbers = []

    def around(mean, spread):
        def once(names, scale, seed, number):
            numbers.append(number)
            return dict.fromkeys(names, mean + spread * (-1) ** number)

        monkeypatch.setattr(validation, "_measured_once", once)
        return numbers

    return around


@pytest.mark.parametrize(
    ("low", "high", "position", "status"),
    [
        (0.10, 0.20, "within", "met"),
        (0.07, 0.22, "within", "met"),
        (0.30, 0.40, "above", "not met"),
        (0.01, 0.02, "below", "not met"),
        (0.20, 0.24, "across", "not met"),
        (0.00, 0.50, "across", "not met"),
        (np.nan, np.nan, "undefined", "not comparable"),
    ],
)
def test_met_only_if_the_whole_interval_lies_in_the_band(low, high, position, status):
    each = held(low, high)
    assert (each.position, each.status) == (position, status)


def test_a_band_may_be_open_on_one_side():
    assert held(5.0, 900.0, patterns()["negative-records-first"]).status == "met"
    assert held(-900.0, 0.5, patterns()["rural-gain-less"]).status == "met"
    assert held(0.9, 1.1, patterns()["rural-gain-less"]).status == "not met"


def test_what_is_clear_gets_no_further_replications(drawn):
    numbers = drawn(0.15, 0.01)
    found = validate_patterns(replications=4, names=["awareness-in-band"])
    assert (found.found[0].status, numbers) == ("met", list(range(4)))


def test_what_gets_clear_with_more_replications_stops_there(drawn):
    numbers = drawn(0.15, 0.05)
    found = validate_patterns(replications=4, names=["awareness-in-band"]).found[0]
    assert found.status == "met"
    assert len(numbers) == found.replications == 8


def test_an_end_of_the_band_is_never_clear_and_stays_not_met(drawn):
    numbers = drawn(0.22, 0.01)
    found = validate_patterns(replications=4, names=["awareness-in-band"]).found[0]
    assert (found.position, found.status) == ("across", "not met")
    assert numbers == list(range(4 * ROUNDS))


def test_one_replication_and_an_unknown_pattern_are_refused_at_once():
    with pytest.raises(InputError) as refused:
        validate_patterns(replications=1, names=["awareness-in-bend"])
    assert [fault.key for fault in refused.value.faults] == ["PATTERN", "replications"]


def test_the_tally_counts_comparable_ones_only():
    other = patterns()["registered-outrun-active"]
    found = [held(0.1, 0.2), held(0.3, 0.4), held(np.nan, np.nan), held(3.0, 4.0, other)]
    roles = [each.pattern.role for each in found]
    assert Tally.of(found, roles) == Tally(comparable=3, met=2, hold_outs=2, hold_outs_met=1)


def test_all_measures_give_a_number_and_nothing_else_is_run(replication):
    results, numbers = replication
    assert {result.scenario for result in results} == {
        name for measure in MEASURES.values() for name in measure.scenarios
    }
    assert list(numbers) == list(MEASURES)
    assert all(np.isfinite(number) for number in numbers.values())


def test_measures_do_not_depend_on_what_else_was_asked_for(replication):
    _, numbers = replication
    names = ["registered_fifth_year", "negative_per_subject"]
    alone = measured(run_replication(pattern_scenarios(names), 0.01, 1, 0, threads=1), names)
    assert alone == {name: numbers[name] for name in names}


def test_measures_agree_with_the_same_numbers_taken_by_other_means(replication):
    """Measures against the same numbers taken from ledger and outcomes by other means."""
    results, numbers = replication
    plan = next(result for result in results if result.scenario == PLAN)
    frame = plan.outcomes.astype({"outcome": str, "setting": str, "group": str, "month": str})
    whole = frame[(frame["setting"] == "all") & (frame["group"] == "all")]
    negative = whole[whole["outcome"] == "record.negative_per_1000_month"].sort_values("month")["value"]
    assert numbers["negative_per_subject"] == pytest.approx(negative.iloc[:24].sum() / 1000)
    graded = plan.grades.astype({"month": str, "kind": str, "grade": str})
    last = graded[(graded["month"] == "2022-12") & ~graded["kind"].isin(["enterprise", "school", "agency"])]
    shares = last.groupby("grade")["agents"].sum().drop("none", errors="ignore")
    below = sum(shares.get(grade, 0) for grade in "BCD")
    assert numbers["default_grade_share"] == pytest.approx(1 - below / shares.sum())


def test_findings_are_stale_once_a_band_a_measure_or_the_model_is_another(monkeypatch, tmp_path):
    before = inputs_of_validation()
    assert inputs_of_validation() == before
    with monkeypatch.context() as changed:
        changed.setattr(validation, "versions_of_results", lambda: {"model": "f" * 64, "data": "0"})
        assert inputs_of_validation() != before
    with monkeypatch.context() as changed:
        fewer = {name: each for name, each in patterns().items() if name != "wrong-tier"}
        changed.setattr(validation, "patterns", lambda: fewer)
        assert inputs_of_validation() != before
    with monkeypatch.context() as changed:
        other = tmp_path / "measures.py"
        other.write_text("MEASURES = {}\n", "utf-8")
        changed.setattr(pattern_measures, "__file__", str(other))
        assert inputs_of_validation() != before
    assert inputs_of_validation() == before


def test_a_scenario_runs_as_long_as_its_longest_measure_needs():
    assert [each.months for each in pattern_scenarios(["awareness_at_end"])] == [36]
    assert [each.months for each in pattern_scenarios(["awareness_at_end", "registered_fifth_year"])] == [60]

    assert len(pattern_scenarios(["sorting_rise"])) == 2
