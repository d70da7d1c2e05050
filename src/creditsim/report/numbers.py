"""Show numbers: one rounding for sentences, tables and figures, so that they never disagree.

A number is rounded to between a tenth and a hundredth of its outcome's smallest relevant
effect: finer digits would claim what the runs cannot tell. Shares are shown in percent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNITS: dict[str, tuple[str, str, str, str]] = {
    # unit: (English, English of a difference, Chinese, Chinese of a difference)
    "share": ("%", "percentage points", "%", "个百分点"),
    "count": ("number", "", "个", "个"),
    "count per 1000 agents per month": (
        "per 1,000 agents a month",
        "per 1,000 agents a month",
        "次/千主体·月",
        "次/千主体·月",
    ),
    "count per 1000 agents per year": (
        "per 1,000 agents a year",
        "per 1,000 agents a year",
        "次/千主体·年",
        "次/千主体·年",
    ),
    "count per 1000 agents": ("per 1,000 agents", "per 1,000 agents", "个/千主体", "个/千主体"),
    "count per 100 institutions per year": (
        "per 100 institutions a year",
        "per 100 institutions a year",
        "次/百家机构·年",
        "次/百家机构·年",
    ),
    "ratio": ("ratio", "in the ratio", "比值", "（比值）"),
    "index 0-1": ("index 0–1", "on the index of 0 to 1", "指数（0–1）", "（0–1 指数）"),
    "index": ("standard deviations", "standard deviations", "标准差", "个标准差"),
    "points per year": ("points a year", "points a year", "分/年", "分/年"),
    "person-months": ("person-months", "person-months", "人月", "人月"),
    "agent-months": ("agent-months", "agent-months", "主体月", "主体月"),
    "months": ("months", "months", "个月", "个月"),
    "hours per head per month": (
        "hours a head and month",
        "hours a head and month",
        "小时/人·月",
        "小时/人·月",
    ),
    "hours per head per year": ("hours a head and year", "hours a head and year", "小时/人·年", "小时/人·年"),
    "hours": ("hours", "hours", "小时", "小时"),
    "hours per month": ("hours a month", "hours a month", "小时/月", "小时/月"),
    "visits per firm per year": (
        "visits a firm and year",
        "visits a firm and year",
        "次/企业·年",
        "次/企业·年",
    ),
    "yuan": ("yuan", "yuan", "元", "元"),
    "yuan per month": ("yuan a month", "yuan a month", "元/月", "元/月"),
    "yuan per firm per month": ("yuan a firm and month", "yuan a firm and month", "元/企业·月", "元/企业·月"),
    "yuan per head per month": ("yuan a head and month", "yuan a head and month", "元/人·月", "元/人·月"),
    "yuan per head per year": ("yuan a head and year", "yuan a head and year", "元/人·年", "元/人·年"),
    # Units of levers.
    "staff_hours_per_month": ("staff hours a month", "staff hours a month", "工时/月", "工时/月"),
    "visits_per_month": ("visits a month", "visits a month", "次/月", "次/月"),
    "yuan_per_head_year": ("yuan a head and year", "yuan a head and year", "元/人·年", "元/人·年"),
    "days": ("days", "days", "天", "天"),
    "points": ("points", "points", "分", "分"),
    "switch": ("on or off", "", "开关", ""),
    "choice": ("choice", "", "选项", ""),
    "date": ("month", "", "月份", ""),
    "month": ("month", "", "月份", ""),
}
"""Words for the units of the catalogues; ratios of people are shown in percent."""


def unit_text(unit: str, lang: str, difference: bool = False) -> str:
    """Return the words for a unit, or for a difference in it.

    Examples
    --------
    >>> unit_text("share", "en"), unit_text("share", "en", difference=True)
    ('%', 'percentage points')
    """
    words = UNITS.get(unit)
    if words is None:
        return unit.replace("_", " ")
    return words[(2 if lang == "zh" else 0) + difference]


def shown_factor(unit: str) -> float:
    """Return what a value is multiplied with to be shown: 100 for shares."""
    return 100.0 if unit == "share" else 1.0


def decimals_for(smallest: float) -> int:
    """Return the decimals that go with a smallest relevant effect; negative: tens, hundreds.

    Examples
    --------
    >>> decimals_for(0.5), decimals_for(20000), decimals_for(2)
    (2, -3, 1)
    """
    return 2 if not smallest > 0 else 1 - math.floor(math.log10(smallest) + 1e-9)


def number_text(value: float, decimals: int) -> str:
    """Return a number with grouped thousands and a real minus sign.

    Examples
    --------
    >>> number_text(-1234567.0, -3), number_text(-0.001, 2), number_text(0.0, 2)
    ('−1,235,000', '0.00', '0')
    """
    if value == 0:
        return "0"
    rounded = round(value, decimals)
    text = f"{abs(rounded):,.{max(decimals, 0)}f}"
    return f"−{text}" if rounded < 0 else text


def rounded_number(value: float, decimals: int) -> float | int | None:
    """Return a number rounded as it is shown, in its own unit; None for NaN."""
    if math.isnan(value):
        return None
    return round(value, decimals) + 0.0 if decimals > 0 else int(round(value, decimals))


@dataclass(frozen=True)
class ShownDifference:
    """The texts of one row of differences; "–" where there is no number."""

    baseline: str
    scenario: str
    difference: str
    size: str
    interval: str
    smallest_relevant: str


NOTHING = "–"
"""Stands where there is no number."""


def show_difference(row: Mapping[str, Any], lang: str) -> ShownDifference:
    """Return the texts of one row of differences.

    Parameters
    ----------
    row : mapping
        Columns of a frame of differences.
    lang : {"en", "zh"}
    """
    factor = shown_factor(row["unit"])
    smallest = factor * row["smallest_relevant"]
    decimals = decimals_for(smallest)
    effect = _effect_text(smallest)
    if row["verdict"] == "not defined":
        return ShownDifference(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, effect)
    low, high, value = (factor * row[key] for key in ("low", "high", "difference"))
    finer = telling_decimals(row, factor)
    difference = number_text(value, finer)
    return ShownDifference(
        baseline=number_text(factor * row["baseline_mean"], decimals),
        scenario=number_text(factor * row["scenario_mean"], decimals),
        difference=f"+{difference}" if value > 0 and difference.strip("0.") else difference,
        size=difference.removeprefix("−"),
        interval=NOTHING if math.isnan(low) else interval_text(low, high, finer, lang),
        smallest_relevant=effect,
    )


def interval_text(low: float, high: float, decimals: int, lang: str) -> str:
    """Return an interval in words.

    Examples
    --------
    >>> interval_text(-1.912, -0.44, 2, "en")
    '−1.91 to −0.44'
    """
    return f"{number_text(low, decimals)} {'至' if lang == 'zh' else 'to'} {number_text(high, decimals)}"


def telling_decimals(row: Mapping[str, Any], factor: float = 1.0) -> int:
    """Return decimals at which a row's numbers, times `factor`, still bear out its verdict.

    Rounding must move neither an end nor the difference across the smallest relevant effect,
    and, unless the verdict is negligible anyway, no end onto or across 0.
    """
    smallest = factor * row["smallest_relevant"]

    def sides(value: float) -> tuple[bool, ...]:
        return abs(value) > smallest, abs(value) < smallest

    ends = [factor * row[end] for end in ("low", "high") if not math.isnan(row[end])]
    values = [*ends, factor * row["difference"]]
    decimals = decimals_for(smallest)
    for finer in range(decimals, decimals + 3):
        kept = all(sides(round(value, finer)) == sides(value) for value in values)
        if row["verdict"] != "negligible":
            kept = kept and all(_sign(round(end, finer)) == _sign(end) for end in ends)
        if kept:
            return finer
    return decimals


def _sign(value: float) -> int:
    """Return 1, 0 or -1."""
    return (value > 0) - (value < 0)


def _effect_text(smallest: float) -> str:
    """Return a smallest relevant effect without trailing zeros."""
    text = f"{smallest:,.6f}".rstrip("0").rstrip(".")
    return text or "0"


def lever_text(value: Any, unit: str, lang: str) -> str:
    """Return a lever's value in words: on and off, months, numbers; shares in percent.

    Examples
    --------
    >>> lever_text(True, "switch", "en"), lever_text(0.8, "share", "en"), lever_text("never", "date", "en")
    ('on', '80', 'never')
    """
    if unit == "switch" or isinstance(value, bool):
        return {True: ("on", "开"), False: ("off", "关")}[bool(value)][lang == "zh"]
    if isinstance(value, str):
        return {"never": ("never", "不实施"), "none": ("none", "无")}.get(value, (value, value))[lang == "zh"]
    return _effect_text(round(shown_factor(unit) * float(value), 6)).replace("-", "−")
