"""Draw a comparison: one function a figure, from a tidy frame to Axes.

Every function takes ``ax=None`` (a new figure) and ``lang``; axes carry units. Nothing here
computes a result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.report import style
from creditsim.report.fonts import figure_language, font_families
from creditsim.report.labels import outcome_title, say
from creditsim.report.numbers import shown_factor, unit_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


LEGEND_INCHES = 3.3
"""Room that an entry of a legend needs across."""


@contextlib.contextmanager
def figure_style(lang: str) -> Iterator[str]:
    """Apply the house's style inside a block; yield the language that figures can be labelled in."""
    import matplotlib

    shown = figure_language(lang)
    with matplotlib.rc_context({**style.FIGURE, "font.family": font_families(shown)}):
        yield shown


@contextlib.contextmanager
def labelled_axes(
    ax: Axes | None, size: tuple[float, float], lang: str, *, legend: bool = True
) -> Iterator[tuple[Axes, str]]:
    """Give axes in the house's style and the language of labels; set fonts and legend when the block ends.

    Parameters
    ----------
    size : (float, float)
        Inches of a new figure, made if `ax` is None.
    """
    with figure_style(lang) as shown:
        ax = axes_for(ax, size)
        yield ax, shown
        set_fonts(ax, shown)
        if legend:
            shared_legend(ax.figure, [ax], shown)


def plot_paths(
    outcomes: pd.DataFrame,
    outcome: Any,
    titles: Mapping[str, str],
    *,
    setting: str = "all",
    group: str = "all",
    part: str = "",
    starts: Mapping[str, Mapping[str, str]] | None = None,
    ax: Axes | None = None,
    lang: str = "en",
    legend: bool = True,
) -> Axes:
    """Draw one outcome month by month: a line for the mean, a band over replications.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Tidy outcomes; the rows of `outcome`, `setting` and `group` are drawn.
    outcome : Outcome
    titles : mapping of str to str
        Scenario label to title; the first is the baseline, drawn black and dashed.
    part : str
        Title of the group, if it is not everybody.
    starts : mapping of str to mapping of str to str, optional
        Scenario label to marked months (name of the mark to ``YYYY-MM``).
    """
    with figure_style(lang) as lang:
        ax = axes_for(ax, (8.0, 4.2))
        chosen = outcomes[
            (outcomes["outcome"] == outcome.name)
            & (outcomes["setting"] == setting)
            & (outcomes["group"] == group)
        ]
        chosen = chosen.assign(month=chosen["month"].astype(str))
        months = sorted(chosen["month"].unique())
        factor = shown_factor(outcome.unit)
        for position, (label, title) in enumerate(titles.items()):
            mine = chosen[chosen["scenario"] == label]
            wide = mine.pivot(index="month", columns="replication", values="value").sort_index() * factor
            look = style.series_style(position)
            values = wide.to_numpy(dtype=float)
            known = ~np.isnan(values).all(axis=1)
            mean, low, high = (np.full(len(values), np.nan) for _ in range(3))
            mean[known] = np.nanmean(values[known], axis=1)
            low[known], high[known] = np.nanmin(values[known], axis=1), np.nanmax(values[known], axis=1)
            x = np.arange(len(values))
            if values.shape[1] > 1:
                ax.fill_between(x, low, high, color=look.colour, alpha=0.15, linewidth=0)
            ax.plot(x, mean, color=look.colour, linestyle=look.line, marker=look.marker,
                    markevery=(2 * position % 6, 6), label=title)  # fmt: skip
        _mark_starts(ax, starts or {}, titles, months, lang)
        step = max(1, -(-len(months) // 7))
        ax.set_xticks(range(0, len(months), step), months[::step])
        ax.set_xlim(-0.5, len(months) - 0.5)
        ax.set_xlabel(say("month", lang))
        ax.set_ylabel(unit_text(outcome.unit, lang))
        title = outcome_title(outcome, setting, lang)
        ax.set_title(say("with_setting", lang, title=title, setting=part) if part else title)
        ax.grid(axis="y")
        grouped_numbers(ax.yaxis)
        set_fonts(ax, lang)
        if legend:
            legend_below(ax.figure, ax)
    return ax


def plot_difference_forest(
    differences: pd.DataFrame,
    catalogue: Mapping[str, Any],
    titles: Mapping[str, str],
    *,
    level: float = 0.95,
    heading: str | None = None,
    reach: float | None = None,
    ax: Axes | None = None,
    lang: str = "en",
    legend: bool = True,
) -> Axes:
    """Draw differences of several outcomes on one scale: multiples of the smallest relevant effect.

    Parameters
    ----------
    differences : pandas.DataFrame
        One row an outcome, setting and scenario, in the order to draw.
    catalogue : mapping of str to Outcome
    titles : mapping of str to str
        Scenario label to title; the first is the baseline.
    reach : float, optional
        Multiples that the axis must reach; default: `multiples_reach`.
    """
    with figure_style(lang) as lang:
        places = list(dict.fromkeys(zip(differences["outcome"], differences["setting"], strict=True)))
        names = [outcome_title(catalogue[name], setting, lang) for name, setting in places]
        labels = [label for label in titles if label in set(differences["scenario"])]
        ax = axes_for(ax, (8.6, forest_height(len(places), len(labels))))
        rows = differences.to_dict("records")
        drawn = [
            (places.index((row["outcome"], row["setting"])), row, 1.0 / row["smallest_relevant"])
            for row in rows
        ]
        _forest(ax, drawn, labels, titles, lang)
        _name_rows(ax, names)
        ax.axvspan(-1, 1, color=style.BAND, alpha=0.3, linewidth=0, label=say("figure.band", lang))
        ax.set_xscale("symlog", linthresh=1.0, linscale=1.0)
        _multiples_axis(ax, multiples_reach(differences) if reach is None else reach)
        ax.set_xlabel(say("figure.multiples", lang))
        ax.set_title(heading or say("figure.differences", lang, percent=f"{100 * level:g}"))
        set_fonts(ax, lang)
        if legend:
            legend_below(ax.figure, ax)
    return ax


def plot_difference_parts(
    differences: pd.DataFrame,
    outcome: Any,
    titles: Mapping[str, str],
    parts: Mapping[str, str],
    *,
    by: str = "group",
    ax: Axes | None = None,
    lang: str = "en",
    legend: bool = True,
) -> Axes:
    """Draw one outcome's differences by the parts of a split, in the outcome's unit.

    Parameters
    ----------
    differences : pandas.DataFrame
        Rows of one outcome.
    parts : mapping of str to str
        Titles by part, in the order to draw.
    by : {"group", "setting"}
        Column that holds the parts.
    """
    with figure_style(lang) as lang:
        places = list(parts)
        labels = [label for label in titles if label in set(differences["scenario"])]
        ax = axes_for(ax, (7.0, forest_height(len(parts), len(labels))))
        factor = shown_factor(outcome.unit)
        smallest = factor * outcome.smallest_relevant
        drawn = [(places.index(row[by]), row, factor) for row in differences.to_dict("records")]
        _forest(ax, drawn, labels, titles, lang)
        _name_rows(ax, list(parts.values()))
        ax.axvspan(
            -smallest, smallest, color=style.BAND, alpha=0.3, linewidth=0, label=say("figure.band", lang)
        )
        unit = unit_text(outcome.unit, lang, difference=True) or unit_text(outcome.unit, lang)
        ax.set_xlabel(say("figure.difference_unit", lang, unit=unit))
        ax.set_title(outcome_title(outcome, "all", lang))
        ax.xaxis.set_major_locator(_few_ticks())
        grouped_numbers(ax.xaxis)
        set_fonts(ax, lang)
        if legend:
            legend_below(ax.figure, ax)
    return ax


def multiples_reach(differences: pd.DataFrame) -> float:
    """Return the largest difference or end of an interval, in smallest relevant effects; at least 2."""
    ends = differences[["difference", "low", "high"]].abs().div(differences["smallest_relevant"], axis=0)
    return max(2.0, float(np.nanmax(ends.to_numpy(dtype=float), initial=0.0)))


def forest_height(rows: int, scenarios: int) -> float:
    """Return the height in inches that a forest of so many rows needs, axis included."""
    return 1.3 + rows * max(0.3, 0.13 * scenarios + 0.09)


def shared_legend(figure: Figure, axes: Sequence[Axes], lang: str) -> None:
    """Draw one legend below all axes of a figure, each entry once."""
    with figure_style(lang):
        entries: dict[str, Any] = {}
        for ax in axes:
            for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
                entries.setdefault(label, handle)
        columns = min(len(entries), max(1, int(figure.get_figwidth() / LEGEND_INCHES)))
        figure.legend(entries.values(), entries.keys(), loc="outside lower center", ncols=columns)


def axes_for(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return `ax`, or the axes of a new figure that pyplot shows in a notebook."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size, layout="constrained")[1]


def set_fonts(ax: Axes, lang: str) -> None:
    """Set the fonts of the language on all texts: axes given by a caller were made without them."""
    from matplotlib.text import Text

    families = font_families(lang)
    for text in ax.findobj(Text):
        text.set_fontfamily(families)
    ax.tick_params(labelfontfamily=families)


def _forest(
    ax: Axes, drawn: list[tuple[int, dict, float]], labels: list[str], titles: Mapping[str, str], lang: str
) -> None:
    """Draw a point and an interval for each (row, difference, factor)."""
    order = list(titles)
    spread = np.linspace(-0.28, 0.28, len(labels)) if len(labels) > 1 else [0.0]
    for label, shift in zip(labels, spread, strict=True):
        look = style.series_style(order.index(label))
        mine = [(y, row, factor) for y, row, factor in drawn if row["scenario"] == label]
        known = [entry for entry in mine if entry[1]["verdict"] != "not defined"]
        for y, row, factor in known:
            if not np.isnan(row["low"]):
                ax.plot([row["low"] * factor, row["high"] * factor], [y + shift] * 2, color=look.colour,
                        linestyle="-", linewidth=1.5, solid_capstyle="butt")  # fmt: skip
        ax.plot([row["difference"] * factor for _, row, factor in known], [y + shift for y, _, _ in known],
                color=look.colour, linestyle="none", marker=look.marker, label=titles[label])  # fmt: skip
    ax.axvline(0, color="#333333", linewidth=0.9, zorder=1)
    _mark_undefined(ax, drawn, labels, dict(zip(labels, spread, strict=True)), order, lang)


def _mark_undefined(
    ax: Axes,
    drawn: list[tuple[int, dict, float]],
    labels: list[str],
    shifts: Mapping[str, float],
    order: list[str],
    lang: str,
) -> None:
    """Write "not defined" at the left edge, once where it holds for all scenarios."""
    undefined: dict[int, list[str]] = {}
    for y, row, _ in drawn:
        if row["verdict"] == "not defined":
            undefined.setdefault(y, []).append(row["scenario"])
    for y, found in undefined.items():
        if len(found) == len(labels):
            marks = [(y, "#555555")]
        else:
            marks = [(y + shifts[label], style.series_style(order.index(label)).colour) for label in found]
        for height, colour in marks:
            ax.text(0.01, height, say("figure.not_defined", lang), color=colour, fontsize=7.5, ha="left",
                    va="center", transform=ax.get_yaxis_transform())  # fmt: skip


def _name_rows(ax: Axes, names: list[str]) -> None:
    """Name the rows of a forest from the top down, with a hairline between rows."""
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    for edge in range(1, len(names)):
        ax.axhline(edge - 0.5, color=style.GRID, linewidth=0.6, zorder=0)


def _multiples_axis(ax: Axes, reach: float) -> None:
    """Put marks at 0, ±1, ±10, ... as far as the intervals reach."""
    sides = [10**power for power in range(int(np.ceil(np.log10(reach))) + 1)]
    marks = [-side for side in reversed(sides)] + [0] + sides
    ax.set_xticks(marks, [f"{mark:,}".replace("-", "−") for mark in marks])
    ax.minorticks_off()
    ax.set_xlim(-1.4 * reach, 1.4 * reach)


def _mark_starts(
    ax: Axes,
    starts: Mapping[str, Mapping[str, str]],
    titles: Mapping[str, str],
    months: list[str],
    lang: str,
) -> None:
    """Draw a dotted line where a programme starts within the horizon, one for all that share it."""
    marks: dict[tuple[str, str], list[str]] = {}
    for label in titles:
        for mark, month in starts.get(label, {}).items():
            if month in months[1:]:
                marks.setdefault((mark, month), []).append(label)
    order = list(titles)
    for (mark, month), labels in marks.items():
        shared = len(labels) > 1
        colour = "#555555" if shared else style.series_style(order.index(labels[0])).colour
        x = months.index(month)
        ax.axvline(x, color=colour, linestyle=":", linewidth=1.1, zorder=1)
        ax.annotate(say(f"figure.{mark}", lang), (x, 1.0), xycoords=("data", "axes fraction"), xytext=(2, -2),
                    textcoords="offset points", rotation=90, va="top", ha="left", fontsize=7.5,
                    color=colour)  # fmt: skip


def grouped_numbers(axis: Any) -> None:
    """Write the numbers of an axis with grouped thousands and a real minus sign."""
    from matplotlib.ticker import ScalarFormatter

    class Grouped(ScalarFormatter):
        """Numbers of one axis with the same decimals and grouped thousands."""

        def __call__(self, value: float, position: int | None = None) -> str:
            text = super().__call__(value, position)
            sign = "−" if text.startswith(("−", "-")) else ""
            whole, dot, rest = text.lstrip("−-").partition(".")
            return f"{sign}{int(whole):,}{dot}{rest}" if whole.isdigit() else text

    formatter = Grouped(useOffset=False)
    formatter.set_scientific(False)
    axis.set_major_formatter(formatter)


def _few_ticks() -> Any:
    """Return a locator of few round ticks, so that long numbers do not touch."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=5, steps=[1, 2, 5, 10])


def legend_below(figure: Figure, ax: Axes) -> None:
    """Put the legend below the axes, where it hides nothing."""
    handles, labels = ax.get_legend_handles_labels()
    if figure.get_layout_engine() is not None:
        figure.legend(handles, labels, loc="outside lower center", ncols=min(3, len(labels)))
    else:
        ax.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=min(3, len(labels)))
