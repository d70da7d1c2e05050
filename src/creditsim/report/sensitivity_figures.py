"""Draw sensitivity studies: a tornado of the scan, a heat map of what matters for what.

Every function takes a tidy frame, ``ax=None`` (a new figure) and ``lang``. Nothing here computes a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from creditsim.analysis.sensitivity.study import OF_DIFFERENCES, Study, factor_words
from creditsim.experiment.screening import DUMMY
from creditsim.report import style
from creditsim.report.figures import axes_for, figure_style, grouped_numbers, legend_below, set_fonts
from creditsim.report.labels import outcome_title, say
from creditsim.report.numbers import shown_factor, unit_text
from creditsim.report.sensitivity import listed_value
from creditsim.spec.outcomes import outcomes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LOW_END, HIGH_END = style.SERIES[0], style.SERIES[1]
"""How the two ends of a range are drawn: blue squares and orange triangles, so colour is never needed."""


BAR = "#b9dcf2"
"""A light tint of the palette's sky blue, told from the grey band."""


def tornado_frame(study: Study, lang: str = "en") -> pd.DataFrame:
    """Return one row a factor: title, values at both ends of its range, differences there with intervals.

    Rows come by how far the two ends lie apart, the widest first.
    """
    import pandas as pd

    rows = []
    for name, turned in study.switching.items():
        if len(turned.points) < 2:
            continue
        about, own = factor_words(name, study.screening), study.screening.own[name]
        first, last = turned.points[0], turned.points[-1]
        at_own = next(point for point in turned.points if point.value == own)
        rows.append(
            {
                "name": name,
                "title": about["title_zh" if lang == "zh" else "title_en"],
                "unit": about["unit"],
                "own": own,
                "own_difference": at_own.difference,
                "from": first.value,
                "from_difference": first.difference,
                "from_low": first.low,
                "from_high": first.high,
                "to": last.value,
                "to_difference": last.difference,
                "to_low": last.low,
                "to_high": last.high,
            }
        )
    frame = pd.DataFrame(rows)
    width = (frame["to_difference"] - frame["from_difference"]).abs()
    return frame.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def plot_tornado(frame: pd.DataFrame, study: Study, *, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Draw one bar a factor from the difference at the low end of its range to that at the high end.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `tornado_frame` makes it.
    study : Study
        Of a difference.
    """
    with figure_style(lang) as lang:
        ax = axes_for(ax, (8.6, 1.6 + 0.42 * len(frame)))
        outcome = outcomes()[study.outcome]
        factor = shown_factor(outcome.unit)
        smallest = factor * outcome.smallest_relevant
        ax.axvspan(
            -smallest, smallest, color=style.BAND, alpha=0.3, linewidth=0, label=say("figure.band", lang)
        )
        ax.axvline(0, color="#333333", linewidth=0.9, zorder=1)
        for y, row in enumerate(frame.to_dict("records")):
            ends = [factor * row["from_difference"], factor * row["to_difference"]]
            ax.plot(ends, [y, y], color=BAR, linewidth=11, solid_capstyle="butt", zorder=1.5)
            for side, look, shift in (("from", LOW_END, -0.12), ("to", HIGH_END, 0.12)):
                spread = [factor * row[f"{side}_low"], factor * row[f"{side}_high"]]
                ax.plot(spread, [y + shift] * 2, color=look.colour, linewidth=1.2, zorder=2)
                label = say(f"tornado.{side}", lang) if y == 0 else None
                ax.plot(factor * row[f"{side}_difference"], y + shift, color=look.colour, marker=look.marker,
                        linestyle="none", label=label, zorder=3)  # fmt: skip
        if len(frame):
            own = factor * float(frame["own_difference"].iloc[0])
            ax.axvline(own, color="#333333", linestyle=":", linewidth=1.1, label=say("tornado.own", lang))
        _name_bars(ax, frame, lang)
        unit = unit_text(outcome.unit, lang, difference=True) or unit_text(outcome.unit, lang)
        ax.set_xlabel(say("figure.difference_unit", lang, unit=unit))
        title = outcome_title(outcome, "all", lang)
        names = {"title": title, "scenario": study.scenario, "baseline": study.baseline}
        ax.set_title(say("tornado.title", lang, **names))
        grouped_numbers(ax.xaxis)
        set_fonts(ax, lang)
        legend_below(ax.figure, ax)
    return ax


def heat_map_frame(studies: Sequence[Study], lang: str = "en") -> pd.DataFrame:
    """Return one row a factor and column: what it matters, and as a share of the column's largest.

    A column is an outcome and scenario's difference, or a function. Factors come by their mean share,
    the most important first; the dummy is last.
    """
    import pandas as pd

    chosen = [each for each in studies if each.output == OF_DIFFERENCES] or list(studies[:1])
    rows = []
    for place, study in enumerate(chosen):
        largest = max(each.value for each in study.indices) or 1.0
        for each in study.indices:
            about = factor_words(each.name, study.screening)
            rows.append(
                {
                    "column": place,
                    "heading": _heading(study, lang),
                    "name": each.name,
                    "title": about["title_zh" if lang == "zh" else "title_en"],
                    "value": each.value,
                    "share": each.value / largest,
                }
            )
    frame = pd.DataFrame(rows)
    order = frame.groupby("name")["share"].mean().drop(DUMMY).sort_values(ascending=False, kind="stable")
    ranked = {name: rank for rank, name in enumerate([*order.index, DUMMY])}
    frame = frame.assign(rank=frame["name"].map(ranked))
    return frame.sort_values(["column", "rank"], kind="stable", ignore_index=True)


def plot_heat_map(frame: pd.DataFrame, method: str, *, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Draw a table of factors and outcomes, darker where a factor matters more, with the shares in it.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `heat_map_frame` makes it.
    method : {'morris', 'sobol'}
    """
    with figure_style(lang) as lang:
        names = list(dict.fromkeys(frame["title"]))
        columns = list(dict.fromkeys(zip(frame["column"], frame["heading"], strict=True)))
        shares = 100.0 * frame["share"].to_numpy(float).reshape(len(columns), len(names)).T
        ax = axes_for(ax, (4.2 + 1.15 * len(columns), 1.8 + 0.34 * len(names)))
        image = ax.imshow(shares, cmap="cividis_r", vmin=0.0, vmax=100.0, aspect="auto")
        for y, x in np.ndindex(shares.shape):
            colour = "white" if shares[y, x] > 55 else "#1d1d1f"
            ax.text(x, y, f"{shares[y, x]:.0f}", ha="center", va="center", color=colour, fontsize=8.5)
        ax.set_yticks(range(len(names)), names)
        ax.set_xticks(range(len(columns)), [heading for _, heading in columns], fontsize=8)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        bar = ax.figure.colorbar(image, ax=ax, pad=0.02)
        bar.set_label(say(f"heat.{method}", lang))
        ax.set_title(say("heat.title", lang))
        set_fonts(ax, lang)
        set_fonts(bar.ax, lang)
    return ax


def _heading(study: Study, lang: str) -> str:
    """Return the heading of a column, over several lines."""
    import textwrap

    if study.output != OF_DIFFERENCES:
        return study.outcome
    title = outcome_title(outcomes()[study.outcome], "all", lang)
    lines = [*textwrap.wrap(title, 8 if lang == "zh" else 14), *textwrap.wrap(f"({study.scenario})", 14)]
    return "\n".join(lines)


def _name_bars(ax: Axes, frame: pd.DataFrame, lang: str) -> None:
    """Name the bars from the top down, with the values at both ends."""
    to = "至" if lang == "zh" else "to"
    names = [
        f"{row['title']}\n{listed_value(row['from'], row['unit'], lang)} {to} "
        f"{listed_value(row['to'], row['unit'], lang)}"
        for row in frame.to_dict("records")
    ]
    ax.set_yticks(range(len(names)), names, fontsize=8)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
