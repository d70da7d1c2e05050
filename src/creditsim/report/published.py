"""Draw each published model: what our parts gave beside what its authors found.

Every function takes a tidy frame of `creditsim.published`, ``ax=None`` (a new figure) and ``lang``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditsim.report import style
from creditsim.report.figures import labelled_axes
from creditsim.report.labels import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SIZE = (7.0, 3.9)
"""Inches of a new figure."""


def plot_threshold(frame: pd.DataFrame, ax: Axes | None = None, *, lang: str = "en") -> Axes:
    """Draw the share in breach by the expected fine: a frame of `becker.hold_threshold` or `hold_logit`."""
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        line = frame.drop_duplicates("expected_fine_yuan").sort_values("expected_fine_yuan")
        label = say("published.closed_form", lang)
        _curve(ax, line["expected_fine_yuan"], 100 * line["published_share"], label)
        chances = frame["detection_share"].nunique()
        for position, (chance, mine) in enumerate(frame.groupby("detection_share"), start=1):
            look = style.series_style(position)
            # The same luck makes the marks coincide, so each lies open inside the one before.
            ax.plot(mine["expected_fine_yuan"], 100 * mine["simulated_share"], color=look.colour,
                    linestyle="none", marker=look.marker, markersize=4 + 4.5 * (chances - position),
                    fillstyle="none", clip_on=False,
                    label=say("published.detected", lang, percent=f"{100 * chance:g}"))  # fmt: skip
        _name(ax, lang, "becker", "expected_fine", "breach_share")
        ax.set_xlim(0)
        ax.set_ylim(0, 100)
    return ax


def plot_evaded_tax(frame: pd.DataFrame, ax: Axes | None = None, *, lang: str = "en") -> Axes:
    """Draw the evaded tax by the tax rate, a series a case: frames of `tax_evasion.hold_hidden_income`."""
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        for position, (case, mine) in enumerate(frame.groupby(["fine_on", "aversion"], sort=False)):
            look = style.series_style(position + 1)
            fine_on, aversion = (
                say(f"published.{kind}.{name}", lang)
                for kind, name in zip(("fine_on", "aversion"), case, strict=True)
            )
            rate, label = (
                100 * mine["tax_rate_share"],
                say("published.simulated_case", lang, fine_on=fine_on, aversion=aversion),
            )
            ax.plot(rate, 100 * mine["published_evaded_tax_share"], color=look.colour, linestyle=look.line)
            ax.plot(rate, 100 * mine["simulated_evaded_tax_share"], color=look.colour, marker=look.marker,
                    linestyle="none", label=label)  # fmt: skip
        _name(ax, lang, "evasion", "tax_rate", "evaded")
        _note(ax, say("published.lines_and_marks", lang))
        ax.set_ylim(0)
    return ax


def plot_leverage(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    without: pd.DataFrame | None = None,
    lang: str = "en",
) -> Axes:
    """Draw the share of firms in breach by the cost of complying: a frame of `leverage.hold_leverage`.

    Parameters
    ----------
    without : DataFrame, optional
        The frame of firms that count the fine alone.
    """
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        mixed = frame.loc[frame["published_share"].between(0, 1, inclusive="neither"), "published_share"]
        low, high = frame["low_ratio"].iloc[0], frame["high_ratio"].iloc[0]
        ends = frame["cost_ratio"].min(), frame["cost_ratio"].max()
        _curve(
            ax,
            [ends[0], low, low, high, high, ends[1]],
            [0, 0, *[100 * float(mixed.iloc[0])] * 2, 100, 100],
            say("published.closed_form", lang),
        )
        for position, mine, name in ((1, frame, "simulated"), (2, without, "simulated_short")):
            if mine is not None:
                look = style.series_style(position)
                ax.plot(mine["cost_ratio"], 100 * mine["simulated_share"], color=look.colour,
                        linestyle="none", marker=look.marker, fillstyle="none" if position > 1 else "full",
                        markersize=9 if position > 1 else 5,
                        label=say(f"published.{name}", lang))  # fmt: skip
        _mark(ax, 1.0, say("published.largest_fine", lang), at=0.08)
        _name(ax, lang, "leverage", "cost_ratio", "firms_in_breach")
        _log_axis(ax, [0.1, 0.2, 0.5, 1, 2], [f"{mark:g}" for mark in (0.1, 0.2, 0.5, 1, 2)])
        ax.set_ylim(-4, 104)
    return ax


def plot_rates(frame: pd.DataFrame, ax: Axes | None = None, *, lang: str = "en") -> Axes:
    """Draw rates of inspection and of breach by the fine: a frame of `inspection_game.hold_rates`."""
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        means = frame.groupby("fine_yuan").mean(numeric_only=True)
        for position, (name, column) in enumerate((("inspections", "inspection"), ("breaches", "breach"))):
            look, what = style.series_style(position + 1), say(f"published.{name}", lang)
            label = say("published.mixed_equilibrium", lang, what=what)
            ax.plot(means.index, 100 * means[f"published_{column}_share"], color=look.colour,
                    linestyle=look.line, label=label)  # fmt: skip
            ax.plot(means.index, 100 * means[f"simulated_{column}_share"], color=look.colour,
                    linestyle="none", marker=look.marker,
                    label=say("published.played", lang, what=what))  # fmt: skip
        _name(ax, lang, "inspection", "fine", "rate")
        ax.set_xlim(0)
        ax.set_ylim(0, 100)
    return ax


def plot_diffusion(
    frame: pd.DataFrame, ax: Axes | None = None, *, peak_year: float | None = None, lang: str = "en"
) -> Axes:
    """Draw who learns month by month, mean of the replications: a frame of `diffusion.hold_diffusion`."""
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        means = frame[frame["month"] > 0].groupby("month").mean(numeric_only=True)
        look = style.series_style(1)
        ax.plot(means["year"], 100 * means["simulated_new_share"], color=look.colour, linestyle="none",
                marker=look.marker, markersize=3, label=say("published.simulated", lang))  # fmt: skip
        _curve(ax, means["year"], 100 * means["published_new_share"], say("published.closed_form", lang))
        if peak_year is not None:
            _mark(ax, peak_year, say("published.peak", lang), at=0.15)
        _name(ax, lang, "diffusion", "year", "new_share")
        ax.set_xlim(0)
        ax.set_ylim(0)
    return ax


def plot_unrest(runs: pd.DataFrame, ax: Axes | None = None, *, lang: str = "en") -> Axes:
    """Draw the active citizens step by step, a line a run: frames of `civil_violence`."""
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        for position, (source, mine) in enumerate(runs.groupby("source", sort=False), start=1):
            look = style.series_style(position)
            for number, (_, run) in enumerate(mine.groupby("replication")):
                ax.plot(run["step"], 100 * run["active_share"], color=look.colour, linestyle=look.line,
                        linewidth=1.3,
                        label=say(f"published.source.{source}", lang) if number == 0 else None)  # fmt: skip
        _name(ax, lang, "unrest", "step", "active_share")
        ax.set_xlim(0)
        ax.set_ylim(0)
    return ax


def plot_unrest_distribution(
    summary: pd.DataFrame, ax: Axes | None = None, *, column: str = "mean_active_share", lang: str = "en"
) -> Axes:
    """Draw the distribution over runs of one share, a step line a source: of `civil_violence.summarise`."""
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        for position, (source, mine) in enumerate(summary.groupby("source", sort=False), start=1):
            look, values = style.series_style(position), np.sort(100 * mine[column].to_numpy())
            label = say("published.runs_of", lang, source=say(f"published.source.{source}", lang),
                        number=len(values))  # fmt: skip
            ax.step(np.append(values[0], values), 100 * np.arange(len(values) + 1) / len(values),
                    where="post", color=look.colour, linestyle=look.line, label=label)  # fmt: skip
        _name(ax, lang, "distribution", column, "runs")
        ax.set_xlim(0)
        ax.set_ylim(0, 103)
    return ax


def plot_collapse(runs: pd.DataFrame, ax: Axes | None = None, *, lang: str = "en") -> Axes:
    """Draw the share of runs in which the norm has collapsed, by generation and game.

    Parameters
    ----------
    runs : DataFrame
        Frames of `norms_game.play`, with a column game: ``norms``, ``metanorms``, ``cheap metanorms``.
    """
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        for position, (game, mine) in enumerate(runs.groupby("game", sort=False), start=1):
            look = style.series_style(position)
            collapsed = mine.assign(is_so=mine["state"] == "collapsed").groupby("generation")["is_so"].mean()
            collapsed = collapsed[collapsed.index > 0]
            ax.plot(collapsed.index, 100 * collapsed, color=look.colour, linestyle=look.line,
                    label=say(f"published.game.{game}", lang))  # fmt: skip
        _mark(ax, 100, say("published.axelrods_horizon", lang), at=0.5)
        _name(ax, lang, "norms", "generation", "collapsed_share")
        marks = [10**power for power in range(int(np.log10(runs["generation"].max())) + 1)]
        _log_axis(ax, marks, [f"{mark:,}" for mark in marks])
        ax.set_xlim(1, runs["generation"].max())
        ax.set_ylim(-4, 104)
    return ax


def plot_traits(runs: pd.DataFrame, ax: Axes | None = None, *, lang: str = "en") -> Axes:
    """Draw mean boldness and vengefulness of a frame of `norms_game.play`; bands hold half of the runs."""
    with labelled_axes(ax, SIZE, lang) as (ax, lang):
        for position, trait in enumerate(("boldness", "vengefulness"), start=1):
            look = style.series_style(position)
            wide = 100 * runs.pivot(index="generation", columns="replication", values=f"{trait}_share")
            wide = wide[wide.index > 0]
            low, high = (wide.quantile(share, axis=1) for share in (0.25, 0.75))
            ax.fill_between(wide.index, low, high, color=look.colour, alpha=0.15, linewidth=0)
            ax.plot(wide.index, wide.mean(axis=1), color=look.colour, linestyle=look.line,
                    label=say(f"published.{trait}", lang))  # fmt: skip
        _name(ax, lang, "traits", "generation", "trait_share")
        marks = [10**power for power in range(int(np.log10(runs["generation"].max())) + 1)]
        _log_axis(ax, marks, [f"{mark:,}" for mark in marks])
        ax.set_xlim(1, runs["generation"].max())
        ax.set_ylim(0, 100)
    return ax


def _curve(ax: Axes, x, y, label: str) -> None:
    """Draw a published curve: black and dashed, as a baseline is."""
    ax.plot(x, y, color=style.BASELINE.colour, linestyle=style.BASELINE.line, linewidth=1.3, label=label)


def _mark(ax: Axes, x: float, text: str, *, at: float) -> None:
    """Draw a dotted vertical line with its name, at a height of the axes."""
    ax.axvline(x, color="#555555", linestyle=":", linewidth=1.1, zorder=1)
    ax.annotate(text, (x, at), xycoords=("data", "axes fraction"), xytext=(3, 0), textcoords="offset points",
                rotation=90, va="bottom", ha="left", fontsize=8, color="#555555")  # fmt: skip


def _note(ax: Axes, text: str) -> None:
    """Write a note in the upper right corner."""
    ax.text(1.0, 0.99, text, transform=ax.transAxes, ha="right", va="top", fontsize=8, color="#555555")


def _name(ax: Axes, lang: str, title: str, x: str, y: str) -> None:
    """Write the title and the names of the axes."""
    ax.set_title(say(f"published.{title}", lang))
    ax.set_xlabel(say(f"published.{x}", lang))
    ax.set_ylabel(say(f"published.{y}", lang))
    ax.grid(axis="y")


def _log_axis(ax: Axes, marks: list[float], names: list[str]) -> None:
    """Make the axis across logarithmic, with these marks alone."""
    ax.set_xscale("log")
    ax.set_xticks(marks, names)
    ax.minorticks_off()
