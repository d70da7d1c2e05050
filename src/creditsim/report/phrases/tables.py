"""Columns, captions and notes of tables."""

from __future__ import annotations

TABLES: dict[str, tuple[str, str]] = {
    "column.outcome": ("Outcome", "结果"),
    "column.unit": ("Unit", "单位"),
    "column.baseline": ("Baseline", "基准"),
    "column.value": ("Scenario value", "方案值"),
    "column.difference": ("Difference", "差异"),
    "column.smallest": ("Smallest relevant effect", "最小相关效应"),
    "column.verdict": ("Verdict", "结论"),
    "column.lever": ("Lever", "措施参数"),
    "column.old": ("In the baseline", "基准取值"),
    "column.new": ("In the scenario", "方案取值"),
    "column.group": ("Group", "群体"),
    "column.neutral": ("moved (neutral)", "升降（中性）"),
    "column.question": ("Question", "问题"),
    "column.answer": ("Answer", "回答"),
    "column.what": ("What", "项目"),
    "column.which": ("Value", "值"),
    "caption.changes": (
        "{scenario}: levers that differ from the baseline",
        "{scenario}：与基准不同的措施参数",
    ),
    "changes.none": (
        "{scenario}: no lever differs from the baseline.",
        "{scenario}：没有与基准不同的措施参数。",
    ),
    "changes.length": (
        "Lever values hold where and when the rollout has reached a site; elsewhere the status "
        "quo of 2019 holds.",
        "措施参数只在已实施的单位和时间内生效；其余按 2019 年现状。",
    ),
    "note.percentage_points": (
        "Differences and smallest relevant effects of shares are in percentage points.",
        "占比类结果的差异和最小相关效应以百分点表示。",
    ),
    "note.not_in_baseline": ("– : not defined, or no interval.", "– ：无定义，或无区间。"),
    "note.totals": (
        "Totals (numbers, yuan, hours) stand for the whole district: the simulated {scale}, scaled up.",
        "总量（个数、元、小时）为全区数值，由所模拟的 {scale} 规模推算。",
    ),
    "note.totals_full": (
        "Totals (numbers, yuan, hours) are those of the whole district.",
        "总量（个数、元、小时）为全区数值。",
    ),
    "caption.setting": (
        "{scenario}: differences to the baseline by setting",
        "{scenario}：分领域与基准的差异",
    ),
    "caption.group": ("{scenario}: differences to the baseline by group", "{scenario}：分群体与基准的差异"),
    "matrix.cell": (
        "Each cell: difference, interval, verdict. Outcomes without a clear difference in "
        "any column are left out: "
        "{outcomes}.",
        "每格依次为差异、区间、结论。各列均无明确差异的结果从略：{outcomes}。",
    ),
    "matrix.cell_all": ("Each cell: difference, interval, verdict.", "每格依次为差异、区间、结论。"),
    "matrix.none": (
        "{scenario}: no clear difference in any column, among {count} outcomes.",
        "{scenario}：{count} 项结果在各列中均无明确差异。",
    ),
    "matrix.absent": (
        "The outcomes compared here are not broken down this way.",
        "本次比较的结果没有这种分组。",
    ),
    "caption.tally": ("Number of outcomes by group and verdict", "各群体按结论统计的结果数"),
    "tally.note": (
        "Behavioural outcomes, harms and direct outcomes are counted alike: these are counts, not weights, "
        "and they do not score anybody.",
        "行为、损害和直接结果同等计数：这只是计数，不是权重，也不是对任何人的评分。",
    ),
    "costs.horizon": ("Over {months} months", "{months} 个月合计"),
    "copy": ("Copy table", "复制表格"),
    "copied": ("Copied", "已复制"),
}
