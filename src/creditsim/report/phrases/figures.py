"""Titles, axes and notes of figures."""

from __future__ import annotations

FIGURES: dict[str, tuple[str, str]] = {
    "figure.differences": (
        "Differences to the baseline, with {percent}% intervals",
        "与基准的差异及 {percent}% 区间",
    ),
    "figure.multiples": (
        "difference to the baseline, in smallest relevant effects (logarithmic beyond ±1)",
        "与基准的差异（以最小相关效应为单位，±1 以外为对数刻度）",
    ),
    "figure.difference_unit": ("difference to the baseline,\n{unit}", "与基准的差异，{unit}"),
    "figure.band": ("less than the smallest relevant effect", "小于最小相关效应"),
    "figure.paths": ("Month by month", "逐月变化"),
    "figure.paths_note": (
        "Line: mean of the replications. Band: lowest to highest replication. Dotted vertical "
        "line: start of a "
        "programme.",
        "线：各次重复的平均值。色带：各次重复的最低至最高值。竖点线：方案开始。",
    ),
    "figure.pilot": ("pilots", "试点"),
    "figure.start": ("all sites", "全面实施"),
    "figure.differences_note": (
        "Each outcome is measured in its own smallest relevant effect, so that all fit on "
        "one scale. Points in the "
        "grey band are too small to matter. Sides left and right are not good or bad in themselves.",
        "各结果以自身的最小相关效应为单位，便于同尺比较。灰带内的差异过小，可不计。左右方向本身不代表好坏。",
    ),
    "figure.groups": ("By group", "分群体"),
    "figure.groups_note": (
        "Difference to the baseline by group, with {percent}% intervals; grey: less than the smallest "
        "relevant effect.",
        "各群体与基准的差异及 {percent}% 区间；灰带：小于最小相关效应。",
    ),
    "figure.font_missing": (
        "No Chinese font was found, so figures are labelled in English; on Debian: apt install "
        "fonts-wqy-microhei.",
        "未找到中文字体，图中文字为英文；Debian 可安装：apt install fonts-wqy-microhei。",
    ),
    "figure.not_defined": ("not defined", "无定义"),
}
