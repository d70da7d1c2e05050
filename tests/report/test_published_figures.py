"""Figures of published models: they draw the frame they are given, and name what they draw."""

from __future__ import annotations

import io
import warnings

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from creditsim.published import becker, civil_violence, diffusion, inspection_game, leverage, norms_game
from creditsim.published import tax_evasion as tax
from creditsim.report import published
from creditsim.report.labels import say

matplotlib.use("Agg")

UNREST = civil_violence.Unrest(width=20)


@pytest.fixture(scope="module")
def frames():
    """Return a small frame of every model by the name of its figure."""
    runs = civil_violence.run_unrest(UNREST, steps=20, replications=3)
    other = runs.assign(source=civil_violence.MESAS)  # names two sources; Mesa's own is run elsewhere
    norms = norms_game.play(generations=40, replications=3)
    return {
        "threshold": becker.hold_threshold((50.0, 100.0, 200.0), agents=500),
        "evaded_tax": tax.hold_hidden_income((0.2, 0.4), taxpayers=100),
        "leverage": leverage.hold_leverage((25.0, 150.0, 700.0), firms=100, months=60),
        "rates": inspection_game.hold_rates((200.0, 400.0), inspected=20, months=200),
        "diffusion": diffusion.hold_diffusion(adults=500, months=24),
        "unrest": pd.concat([runs, other]),
        "unrest_distribution": civil_violence.summarise(pd.concat([runs, other])),
        "collapse": norms.assign(game="norms"),
        "traits": norms,
    }


NAMES = [
    "threshold", "evaded_tax", "leverage", "rates", "diffusion", "unrest", "unrest_distribution", "collapse",
    "traits",
]  # fmt: skip
MARKS = [
    ("threshold", "simulated_share"), ("evaded_tax", "simulated_evaded_tax_share"),
    ("leverage", "simulated_share"), ("rates", "simulated_breach_share"),
    ("diffusion", "simulated_new_share"),
]  # fmt: skip


def drawn(name, frame, lang="en"):
    """Return the axes of a figure, drawn to the last glyph."""
    ax = Figure(figsize=published.SIZE, layout="constrained").subplots()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = getattr(published, f"plot_{name}")(frame, ax, lang=lang)
        found.figure.savefig(io.BytesIO(), format="png")
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_title_axes_and_legend_are_in_the_language_asked_for(frames, name, lang):
    ax = drawn(name, frames[name], lang)
    words = [ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()]
    legends = ax.figure.legends or [ax.get_legend()]
    words += [text.get_text() for text in legends[0].get_texts()]
    assert all(words)
    in_chinese = [any("\u4e00" <= sign <= "\u9fff" for sign in word) for word in words]
    assert all(in_chinese) if lang == "zh" else not any(in_chinese)


@pytest.mark.parametrize(("name", "column"), MARKS)
def test_marks_are_the_simulated_numbers(frames, name, column):
    frame = frames[name]
    frame = frame[frame["month"] > 0] if "month" in frame else frame

    def is_drawn(numbers):
        heights = np.concatenate([line.get_ydata() for line in drawn(name, frames[name]).lines])
        return all(np.isclose(heights, each, atol=1e-9).any() for each in 100 * numbers)

    assert is_drawn(frame[column])
    assert not is_drawn(frame[column] + 0.0317)


def test_a_norm_that_lies_collapsed_in_a_third_of_the_runs_is_drawn_at_33():
    runs = pd.DataFrame(
        {
            "game": "norms", "replication": [0, 0, 1, 1, 2, 2], "generation": [0, 1] * 3,
            "state": ["between", "collapsed", "between", "between", "between", "standing"],
        }
    )  # fmt: skip
    runs = pd.concat([runs, runs[runs["generation"] == 1].assign(generation=10)])
    ax = drawn("collapse", runs)
    line = next(line for line in ax.lines if line.get_label() == say("published.game.norms", "en"))
    assert line.get_ydata().tolist() == pytest.approx([100 / 3, 100 / 3])
