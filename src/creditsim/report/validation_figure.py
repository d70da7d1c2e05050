"""Draw the patterns of the field: the band of each, and the simulated interval beside it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from creditsim.analysis.validation import HeldPattern
from creditsim.report import style
from creditsim.report.figures import figure_style
from creditsim.report.labels import name_of, say, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOOKS = {"met": ("#0072B2", "o"), "not met": ("#D55E00", "X"), "not comparable": ("#555555", "_")}
"""Colour and marker of a status: told apart without colour too."""

EDGE = 2.6
"""Where the axis ends, in widths of a band; what lies beyond is drawn at the edge."""


def draw_validation(found: Sequence[HeldPattern], lang: str = "en", width: float = 12.0) -> Figure:
    """Return the figure of a validation, outside pyplot.

    Parameters
    ----------
    width : float
        In inches.
    """
    from matplotlib.figure import Figure

    with figure_style(lang):
        figure = Figure(figsize=(width, _height(found)), layout="constrained")
        plot_validation(found, figure.subplots(), lang)
    return figure


def plot_validation(found: Sequence[HeldPattern], ax: Axes | None = None, lang: str = "en") -> Axes:
    """Draw one row a pattern: its band in grey, the simulated interval, the status in shape and colour.

    Each row has its own scale, for patterns have different units. A band with two ends is one wide
    and lies in the middle; with one end, that end is where it would be, and a width is its distance
    from 0, or from the interval where it is 0. Beyond one width from the middle distances are
    drawn by their logarithm.
    """
    with figure_style(lang) as lang:
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.subplots(figsize=(12.0, _height(found)), layout="constrained")[1]
        named: set[str] = set()
        for row, held in enumerate(found):
            _draw_row(ax, row, held, named, lang)
        ax.set_yticks(range(len(found)), [_label(each, lang) for each in found])
        ax.set_ylim(len(found) - 0.4, -0.6)
        ax.set_xlim(-EDGE, EDGE)
        ax.set_xticks([])
        ax.tick_params(axis="y", length=0, labelsize=8)
        for row in range(1, len(found)):
            ax.axhline(row - 0.5, color=style.GRID, linewidth=0.5, zorder=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(say("validation.figure_axis", lang))
        ax.set_title(say("validation.figure_title", lang))
        ax.text(1.01, 1.0, say("validation.figure_column", lang), transform=ax.transAxes, fontsize=8,
                va="bottom", ha="left")  # fmt: skip
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.035), ncols=len(named))
    return ax


def _draw_row(ax: Axes, row: int, held: HeldPattern, named: set[str], lang: str) -> None:
    """Draw one pattern; `named` holds what the legend names already."""

    def once(label: str) -> str:
        """Return a label the first time, and what keeps it out of the legend afterwards."""
        new = label not in named
        named.add(label)
        return label if new else f"_{label}"

    colour, marker = LOOKS[held.status]
    word = once(say(f"validation.{held.status}", lang))
    if held.status == "not comparable":
        ax.plot([0], [row], color=colour, marker=marker, linestyle="none", markersize=9, label=word)
        ax.text(1.01, row, say("validation.not comparable", lang), fontsize=8, va="center", ha="left",
                color=colour, transform=ax.get_yaxis_transform())  # fmt: skip
        return
    pattern = held.pattern
    left = -EDGE if pattern.low is None else place(pattern.low, held)
    right = EDGE if pattern.high is None else place(pattern.high, held)
    ax.barh(row, right - left, left=left, height=0.62, color=style.BAND, alpha=0.32, linewidth=0, zorder=1,
            label=once(say("validation.figure_band", lang)))  # fmt: skip
    ends = [place(end, held) for end in (held.low, held.high)]
    ax.plot(ends, [row, row], color=colour, linewidth=2.2, linestyle="-", solid_capstyle="butt", zorder=3)
    ax.plot([place(held.value, held)], [row], color=colour, marker=marker, linestyle="none", markersize=7,
            markeredgecolor="white", markeredgewidth=0.6, zorder=4, label=word)  # fmt: skip
    if pattern.observed is not None:
        ax.plot([place(pattern.observed, held)], [row], color="black", marker="|", markersize=11,
                markeredgewidth=1.5, linestyle="none", zorder=2,
                label=once(say("validation.figure_observed", lang)))  # fmt: skip
    ax.text(1.01, row, _numbers(held, lang), fontsize=8, va="center", ha="left", color=colour,
            transform=ax.get_yaxis_transform())  # fmt: skip


def place(number: float, held: HeldPattern) -> float:
    """Return where a number lies on a pattern's row: the band's ends at -0.5 and 0.5.

    Monotone; linear within one width from the middle, logarithmic beyond, cut at the edge.
    """
    low, high = held.pattern.low, held.pattern.high
    if low is not None and high is not None:
        position = (number - (low + high) / 2) / ((high - low) or 1.0)
    else:
        end, shift = (low, -0.5) if low is not None else (high, 0.5)
        reach = max(abs(each - end) for each in (held.value, held.low, held.high))
        position = shift + (number - end) / (abs(end) or reach or 1.0)
    if abs(position) > 1.0:
        position = math.copysign(1.0 + math.log10(abs(position)), position)
    return max(-EDGE, min(EDGE, position))


def _label(held: HeldPattern, lang: str) -> str:
    """Return number, title and role of a pattern, over two or three lines."""
    number = held.pattern.p_number or ""
    role = name_of("pattern_role", held.pattern.role, lang)
    width = 34 if lang == "zh" else 64
    if lang == "zh":
        text = f"{number} {title_of(held.pattern, lang)}（{role}）".strip()
        return "\n".join(text[start : start + width] for start in range(0, len(text), width))
    return textwrap.fill(
        f"{number} {title_of(held.pattern, lang)} ({role})".strip(), width, break_on_hyphens=False
    )


def _numbers(held: HeldPattern, lang: str) -> str:
    """Return the simulated number, its interval and the band."""
    from creditsim.report.validation import band_text

    band = band_text(held.pattern.low, held.pattern.high, lang)
    to = "至" if lang == "zh" else "to"
    return f"{held.value:.3g} ({held.low:.3g} {to} {held.high:.3g})  |  {band}"


def _height(found: Sequence[HeldPattern]) -> float:
    """Return the height in inches that the rows need."""
    return 1.6 + 0.36 * len(found)
