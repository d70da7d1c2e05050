"""Figures say what they show: units on axes, every scenario, no missing glyph."""

from __future__ import annotations

import io
import warnings

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from synthetic_comparison import NAMES, invented_comparison

from creditsim.core.errors import InputError
from creditsim.report import fonts
from creditsim.report.figures import figure_style
from creditsim.report.scenarios import baseline_first
from creditsim.report.style import BASELINE, SERIES

matplotlib.use("Agg")

LANGUAGES = ["en", "zh"]
DRAW = {
    "paths": lambda comparison, ax, lang: comparison.plot("breaches", ax=ax, lang=lang),
    "group paths": lambda comparison, ax, lang: comparison.plot("active", group="offline", ax=ax, lang=lang),
    "forest": lambda comparison, ax, lang: comparison.plot_differences(ax=ax, lang=lang),
    "groups": lambda comparison, ax, lang: comparison.plot_differences("breaches", ax=ax, lang=lang),
    "areas": lambda comparison, ax, lang: comparison.plot_differences("breaches", "area", ax=ax, lang=lang),
    "departments": lambda comparison, ax, lang: comparison.plot_differences(
        "cost.public_yuan_month", by="lead", ax=ax, lang=lang
    ),
    "area paths": lambda comparison, ax, lang: comparison.plot(
        "breaches", group="area_qiaotou", ax=ax, lang=lang
    ),
    "settings": lambda comparison, ax, lang: comparison.plot_differences(
        "breaches", by="setting", ax=ax, lang=lang
    ),
}


@pytest.fixture(scope="module")
def comparison():
    return invented_comparison()


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5), layout="constrained").subplots()


def texts(ax):
    return [text.get_text() for text in ax.figure.findobj(matplotlib.text.Text) if text.get_text().strip()]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", DRAW)
def test_axes_come_back_labelled_and_every_glyph_is_there(comparison, ax, kind, lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = DRAW[kind](comparison, ax, lang)
        found.figure.savefig(io.BytesIO(), format="png")
    assert isinstance(found, Axes)
    assert found is ax
    assert found.get_xlabel()
    assert found.get_title(loc="left")
    shown = " ".join(texts(found))
    titles = baseline_first(comparison, fonts.figure_language(lang))
    for label, title in titles.items():
        assert title in shown or (label == NAMES[0] and "paths" not in kind)
    if "paths" in kind:
        assert found.get_ylabel()


def test_units_stand_on_the_axes(comparison):
    plots = [(comparison.plot(), "y"), (comparison.plot_differences("breaches"), "x")]
    for ax, axis in plots:
        label = ax.get_ylabel() if axis == "y" else ax.get_xlabel()
        assert "per 1,000 agents a month" in label
    assert comparison.plot("active").get_ylabel() == "%"
    assert "percentage points" in comparison.plot_differences("active").get_xlabel()
    matplotlib.pyplot.close("all")


def test_rows_of_a_split_are_that_split_only(comparison, ax):
    comparison.plot_differences("breaches", by="area", ax=ax, lang="en")
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert names == ["Everybody", "Huangguan", "Qiaotou", "nowhere known"]
    comparison.plot("breaches", group="area_qiaotou", ax=ax)
    assert ax.get_title(loc="left") == "Breaches, all activities (Qiaotou)"
    for wrong, message in (("wealth", "expected a known split"), ("lead", "is not split by lead")):
        with pytest.raises(InputError, match=message):
            comparison.plot_differences("breaches", by=wrong)


def test_the_line_is_the_mean_of_the_replications(comparison, ax):
    comparison.plot("breaches", ax=ax)
    frame = comparison.outcomes
    chosen = frame[
        (frame["outcome"] == "breach.all_per_1000_month")
        & (frame["setting"] == "all")
        & (frame["group"] == "all")
        & (frame["scenario"] == NAMES[0])
    ]
    expected = chosen.groupby("month")["value"].mean().to_numpy()
    drawn = next(line for line in ax.lines if line.get_label() == "Status quo of 2019")
    assert np.allclose(drawn.get_ydata(), expected)
    assert drawn.get_color() == BASELINE.colour


def test_starts_of_programmes_are_marked_once_where_scenarios_share_them(comparison, ax):
    comparison.plot("breaches", ax=ax)
    assert [text.get_text() for text in ax.texts] == ["pilots", "all sites"]


def test_an_outcome_that_is_never_defined_can_still_be_drawn(comparison, ax):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        comparison.plot("correction", ax=ax)
        ax.figure.savefig(io.BytesIO(), format="png")


def test_without_a_chinese_font_labels_are_english(comparison, ax, monkeypatch):
    monkeypatch.setattr(fonts, "chinese_font", lambda: None)
    assert comparison.plot("breaches", ax=ax, lang="zh").get_xlabel() == "month"
    with figure_style("zh") as shown:
        assert shown == "en"


def test_drawing_leaves_the_users_settings_alone(comparison, ax):
    before = dict(matplotlib.rcParams)
    comparison.plot("breaches", ax=ax, lang="zh")
    assert dict(matplotlib.rcParams) == before


def test_series_differ_without_colour():
    looks = [(str(series.line), series.marker) for series in (BASELINE, *SERIES)]
    assert len(set(looks)) == len(looks)
    assert len({series.marker for series in (BASELINE, *SERIES)}) == len(looks)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"outcome": "breeches"}, "nearest: breaches"),
        ({"outcome": "tutoring"}, "breach.tutoring_share was not computed"),
        ({"setting": "vilage"}, "nearest: village"),
        ({"group": "ofline"}, "nearest: offline"),
        ({"setting": "village", "group": "offline"}, "is not split by group within village"),
        ({"lang": "de"}, "expected a known language"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_line(comparison, arguments, message):
    with pytest.raises(InputError, match=message) as caught:
        comparison.plot(**arguments)
    assert len(caught.value.faults) == 1
    assert "\n" not in str(caught.value)
