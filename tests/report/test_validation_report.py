"""The validation for readers: table, explanations, figure; and the level of credibility on every report."""

import math

import pytest
from matplotlib.text import Text

from creditsim.analysis.validation import HeldPattern
from creditsim.report import credibility as levels
from creditsim.report.credibility import credibility
from creditsim.report.labels import say, title_of
from creditsim.report.validation import Validation
from creditsim.report.validation_figure import LOOKS, draw_validation, place
from creditsim.spec.patterns import last_validation, patterns

MET = HeldPattern(patterns()["negative-records-first"], 4.0, 3.5, 4.5, 10)
UNMET = HeldPattern(patterns()["awareness-in-band"], 0.35, 0.34, 0.36, 10)
ACROSS = HeldPattern(patterns()["rural-gain-less"], 0.95, 0.85, 1.05, 40)
APART = HeldPattern(patterns()["who-approves"], math.nan, math.nan, math.nan, 0)


@pytest.fixture
def validation():
    return Validation((MET, UNMET, ACROSS, APART), 1, 10, 0.1, "0" * 64)


def test_only_what_is_not_met_is_explained_and_what_is_not_comparable_says_why(validation):
    met, unmet, across, apart = validation.lines()
    assert met["doubt"] is None
    assert "awareness.innovation_per_yuan_share" in unmet["doubt"]
    assert "A survey" in unmet["would_tell"]
    assert across["why"] == "the interval reaches over an end of the band, also after 40 replications"
    assert apart["why"].startswith("Approval is not modelled")
    assert [name.split()[0] for name, _ in validation.explanations()] == ["P9", "P12", "P10"]


def test_a_pattern_without_an_explanation_says_so(validation):
    bare = HeldPattern(patterns()["list-grows"], 0.5, 0.4, 0.6, 10)
    ((_, text),) = Validation((bare,), 1, 10, 0.1, "0" * 64).explanations()
    assert text.count("not explained yet") == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_words_of_one_language(validation, lang):
    assert validation.rows(lang)[0][1] == title_of(MET.pattern, lang)
    assert validation.rows(lang)[3][-1] == say("validation.not comparable", lang)
    assert validation.sentences(lang)[0] == say(
        "validation.tally", lang, met=1, comparable=3, not_met=2, hold_outs=3, hold_outs_met=1,
        percent="33%", not_comparable=1,
    )  # fmt: skip


def test_it_shows_itself_and_gives_a_frame(validation):
    frame = validation.to_frame()
    assert list(frame["status"]) == ["met", "not met", "not met", "not comparable"]
    assert frame["interval_low"].iloc[0] == 3.5
    assert "nan" not in repr(validation)
    assert "hold-outs: 1 of 3 met" in repr(validation)
    assert "<li>" in validation._repr_html_()


def test_each_band_has_its_ends_in_one_place_and_order_is_kept():
    low, high = UNMET.pattern.low, UNMET.pattern.high
    assert [place(end, UNMET) for end in (low, high)] == pytest.approx([-0.5, 0.5])
    assert place(MET.pattern.low, MET) == pytest.approx(-0.5)
    assert place(ACROSS.pattern.high, ACROSS) == pytest.approx(0.5)
    places = [place(number / 50, UNMET) for number in range(-100, 100)]
    assert places == sorted(places)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_statuses_differ_in_shape_and_colour_and_every_pattern_has_a_row(validation, lang):
    assert len({colour for colour, _ in LOOKS.values()}) == len({mark for _, mark in LOOKS.values()}) == 3
    figure = draw_validation(validation.found, lang)
    (ax,) = figure.axes
    assert len(ax.get_yticklabels()) == 4
    marks = {line.get_marker() for line in ax.lines}
    assert {mark for _, mark in LOOKS.values()} <= marks
    assert any("0.35" in text.get_text() for text in ax.findobj(Text))


def test_the_level_quotes_the_last_validation():
    run, findings = last_validation()
    said = credibility().to_dict()
    assert said["level"] == "synthetic, not validated against the district's data"
    assert said["met"] == sum(each.status == "met" for each in findings.values())
    assert said["comparable"] == sum(each.status != "not comparable" for each in findings.values())
    assert (said["date"], said["version"]) == (run.date, run.version)


@pytest.mark.parametrize("stale", [True, False])
def test_an_old_validation_is_said_to_be_stale(monkeypatch, stale):
    monkeypatch.setattr(levels, "validation_is_stale", lambda: stale)
    found = credibility.__wrapped__()
    assert any("STALE" in sentence for sentence in found.sentences("en")) == stale
    assert ("stale" in found.line("en")) == stale
    assert ("已过期" in found.line("zh")) == stale
    assert found.to_dict()["stale"] is stale
