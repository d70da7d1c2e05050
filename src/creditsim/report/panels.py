"""Put figures of a comparison together for the document, several axes a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditsim.analysis.compare import ComparedScenarios
from creditsim.report.figures import (
    figure_style,
    forest_height,
    multiples_reach,
    plot_difference_forest,
    plot_difference_parts,
    plot_paths,
    shared_legend,
)
from creditsim.report.fonts import figure_language
from creditsim.report.labels import name_of
from creditsim.report.parts import part_names, part_rows
from creditsim.report.scenarios import baseline_first, programme_starts
from creditsim.report.tables import headline_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KEY_OUTCOMES = (
    "breach.all_per_1000_month",
    "harm.wrongly_penalised_per_1000",
    "merit.volunteer_hours_per_head_month",
    "cost.public_yuan_month",
)
"""Outcomes drawn month by month, where the comparison has them; else its first ones."""

GROUP_OUTCOMES = ("breach.all_per_1000_month", "harm.wrongly_penalised_per_1000", "aware.active_share")
"""Outcomes drawn by group, where the comparison has them; else its first ones."""


def draw_differences(comparison: ComparedScenarios, lang: str, width: float = 10.0) -> Figure | None:
    """Draw behaviour and harms, one above the other on one scale; None if there are none.

    Parameters
    ----------
    width : float
        Width of the figure in inches.
    """
    frames = {}
    for kind in ("behavioural", "harm"):
        names = [row["outcome"] for row in headline_rows(comparison, kind)]
        if names:
            frame = comparison.headline()
            frames[kind] = frame[frame["outcome"].isin(names)]
    if not frames:
        return None
    titles = baseline_first(comparison, figure_language(lang))
    rows = [len(frame[["outcome", "setting"]].drop_duplicates()) for frame in frames.values()]
    heights = [forest_height(count, len(titles) - 1) for count in rows]
    reach = max(multiples_reach(frame) for frame in frames.values())
    with figure_style(lang) as shown:
        figure = _figure(width, sum(heights) + 0.6)
        axes = figure.subplots(len(frames), 1, squeeze=False, height_ratios=heights)[:, 0]
        for ax, (kind, frame) in zip(axes, frames.items(), strict=True):
            plot_difference_forest(
                frame,
                comparison.catalogue,
                titles,
                level=comparison.level,
                heading=name_of("kind", kind, shown),
                reach=reach,
                ax=ax,
                lang=shown,
                legend=False,
            )
        shared_legend(figure, list(axes), shown)
    return figure


def draw_paths(comparison: ComparedScenarios, lang: str) -> Figure | None:
    """Draw the key outcomes month by month; None if there are none."""
    headline = comparison.headline()
    names = _first_of(KEY_OUTCOMES, headline.loc[headline["setting"] == "all", "outcome"], 4)
    if not names:
        return None
    starts = programme_starts(comparison)
    with figure_style(lang) as shown:
        lines = -(-len(names) // 2)
        figure = _figure(11.0, 3.3 * lines + 0.6)
        axes = figure.subplots(lines, 2, squeeze=False).ravel()
        for ax, name in zip(axes, names, strict=False):
            plot_paths(
                comparison.outcomes,
                comparison.catalogue[name],
                baseline_first(comparison, shown),
                starts=starts,
                ax=ax,
                lang=shown,
                legend=False,
            )
        for ax in axes[len(names) :]:
            ax.remove()
        shared_legend(figure, list(axes[: len(names)]), shown)
    return figure


def draw_groups(comparison: ComparedScenarios, lang: str) -> Figure | None:
    """Draw differences of a few outcomes by group; None if none is split by group."""
    rows, groups = part_rows(comparison, "group")
    names = _first_of(GROUP_OUTCOMES, [row["outcome"] for row in rows], 3)
    if not names:
        return None
    frame = comparison.differences
    frame = frame[(frame["setting"] == "all") & frame["group"].isin(groups)]
    with figure_style(lang) as shown:
        titles = baseline_first(comparison, shown)
        names_of_groups = part_names(comparison, "group", groups, shown)
        figure = _figure(11.0, forest_height(len(groups), len(titles) - 1) + 0.7)
        axes = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
        for ax, name in zip(axes, names, strict=True):
            plot_difference_parts(
                frame[frame["outcome"] == name],
                comparison.catalogue[name],
                titles,
                names_of_groups,
                ax=ax,
                lang=shown,
                legend=False,
            )
        shared_legend(figure, list(axes), shown)
    return figure


def _first_of(wanted: tuple[str, ...], found: Any, count: int) -> list[str]:
    """Return the wanted names that are found, or the first ones found if none is."""
    present = list(dict.fromkeys(found))
    return [name for name in wanted if name in present] or present[:count]


def _figure(width: float, height: float) -> Figure:
    """Return a figure outside pyplot, so that a report leaves no window behind."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.1, w_pad=0.1)
    return figure
