"""Numbers are rounded to what they can bear and never contradict their verdict."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.analysis.compare import verdicts
from creditsim.report.numbers import (
    UNITS,
    decimals_for,
    lever_text,
    number_text,
    rounded_number,
    show_difference,
    unit_text,
)
from creditsim.spec.levers import levers
from creditsim.spec.outcomes import outcomes


def row(difference, low, high, smallest, unit="ratio", base=10.0):
    return {
        "unit": unit,
        "baseline_mean": base,
        "scenario_mean": base + difference,
        "difference": difference,
        "low": low,
        "high": high,
        "smallest_relevant": smallest,
        "verdict": verdicts(difference, low, high, smallest).item(),
    }


def value_of(text):
    return float(text.replace("−", "-").replace(",", "").replace("+", ""))


def test_every_unit_of_the_catalogues_has_words_in_both_languages():
    used = {outcome.unit for outcome in outcomes().values()} | {lever.unit for lever in levers().values()}
    assert used <= set(UNITS)
    for unit in used:
        assert all("_" not in unit_text(unit, lang) and unit_text(unit, lang) for lang in ("en", "zh"))


@given(st.floats(1e-6, 1e6), st.floats(-1e7, 1e7))
def test_rounding_stays_far_below_the_smallest_relevant_effect(smallest, value):
    shown = value_of(number_text(value, decimals_for(smallest)))
    assert abs(shown - value) <= smallest / 20 * 1.01 + 1e-9 * abs(value)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.5678, 2, "1,234.57"),
        (-0.0, 2, "0"),
        (-0.0001, 2, "0.00"),
        (5e-324, 1, "0.0"),
        (-1999.6, 0, "−2,000"),
        (149_999.0, -3, "150,000"),
    ],
)
def test_number_text(value, decimals, text):
    assert number_text(value, decimals) == text


@given(st.floats(-10, 10), st.floats(0, 5), st.sampled_from([0.01, 0.1, 0.25, 0.5, 1.0, 2.0]))
def test_shown_numbers_bear_the_verdict_out(difference, half, smallest):
    one = row(difference, difference - half, difference + half, smallest)
    for end in (one["low"], one["high"], difference):
        # What lies within a thousandth of a border cannot be shown apart from it.
        if min(abs(end), abs(abs(end) - smallest)) < smallest / 900:
            return
    shown = show_difference(one, "en")
    low, high = (value_of(end) for end in shown.interval.split(" to "))
    assert verdicts(value_of(shown.difference), low, high, smallest).item() == one["verdict"]


def test_shares_are_shown_in_percent_and_percentage_points():
    shown = show_difference(row(0.0213, 0.0123, 0.0303, 0.01, "share", 0.11), "en")
    assert (shown.baseline, shown.scenario) == ("11.0", "13.1")
    assert (shown.difference, shown.size, shown.interval) == ("+2.1", "2.1", "1.2 to 3.0")
    assert shown.smallest_relevant == "1"
    assert unit_text("share", "zh", difference=True) == "个百分点"


def test_a_difference_that_is_not_defined_shows_no_number():
    shown = show_difference(row(math.nan, math.nan, math.nan, 0.25), "en")
    assert {shown.baseline, shown.scenario, shown.difference, shown.interval} == {"–"}
    assert shown.smallest_relevant == "0.25"


def test_rounded_numbers_are_plain():
    assert rounded_number(1_234_567.0, -3) == 1_235_000
    assert isinstance(rounded_number(1_234_567.0, -3), int)
    assert rounded_number(0.123456, 3) == 0.123
    assert rounded_number(math.nan, 2) is None


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (True, "switch", "on", "开"),
        (0.0, "switch", "off", "关"),
        (0.25, "share", "25", "25"),
        (1600.0, "staff_hours_per_month", "1,600", "1,600"),
        (0.4, "yuan_per_head_year", "0.4", "0.4"),
        (-50.0, "points", "−50", "−50"),
        ("never", "month", "never", "不实施"),
        ("2020-07", "month", "2020-07", "2020-07"),
        ("all_in_book", "choice", "all_in_book", "all_in_book"),
    ],
)
def test_lever_values_in_words(value, unit, en, zh):
    assert (lever_text(value, unit, "en"), lever_text(value, unit, "zh")) == (en, zh)
