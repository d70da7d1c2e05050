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
    "column.old": ("old value", "原值"),
    "column.new": ("new value", "新值"),
    "column.group": ("Group", "群体"),
    "column.lead": ("Department", "部门"),
    "column.plan_rows": ("Rows of the plan it leads", "牵头的方案条目"),
    "column.neutral": ("moved (neutral)", "升降（中性）"),
    "column.question": ("Question", "问题"),
    "column.answer": ("Answer", "回答"),
    "column.what": ("What", "项目"),
    "column.which": ("Value", "值"),
    "caption.changes": (
        "Levers that differ from the baseline ({count}): old value, new value in each scenario",
        "与基准不同的措施参数（{count} 项）：原值，及各方案的新值",
    ),
    "caption.changes_rest": (
        "Levers that differ from the baseline ({count}), continued",
        "与基准不同的措施参数（{count} 项），续",
    ),
    "changes.fold": ("Show the other {count} levers", "展开其余 {count} 项措施参数"),
    "changes.same": ("unchanged", "不变"),
    "changes.count": ("{count} levers changed", "改变 {count} 项"),
    "costs.breach": (
        "{scenario}: each breach averted costs the public {yuan} yuan ({low} to {high}).",
        "{scenario}：每减少一次失信，公共成本为 {yuan} 元（{low} 至 {high}）。",
    ),
    "costs.no_breach": (
        "{scenario}: no cost per breach averted: none is averted beyond the luck of the simulation.",
        "{scenario}：每减少一次失信的成本无法给出：减少的失信未超出模拟随机误差。",
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
    "note.undefined": ("{outcomes}: {reason}.", "{outcomes}：{reason}。"),
    "note.no_number": ("– : not defined, or no interval.", "– ：无定义，或无区间。"),
    "note.leads": (
        "Each cost is charged to the department that leads its row of the plan (E enterprises, C schools, "
        "G government bodies, V villages, R communities). Inspection visits and errands desks are charged "
        "to the department of their setting, what else stands outside the rows to the Joint credit "
        "office. Departments are rounded one by one and need not add up to the last digit.",
        "各项成本记在方案相应条目的牵头部门名下（E 企业、C 学校、G 机关、V 村居、R 社区）。检查和代办服务"
        "记在所属领域的部门名下，其余条目以外的记在联席会议办公室名下。各部门分别取整，末位相加可能与合计略有出入。",
    ),
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
    "caption.area": ("{scenario}: differences to the baseline by area", "{scenario}：分镇街与基准的差异"),
    "caption.year": (
        "{scenario}: differences to the baseline year by year",
        "{scenario}：逐年与基准的差异",
    ),
    "caption.lead": (
        "{scenario}: cost and staff hours by lead department",
        "{scenario}：分牵头部门的成本与工时",
    ),
    "costs.leads": ("Cost and staff hours by lead department", "分牵头部门的成本与工时"),
    "years.note": (
        "Differences within each calendar year, averaged over its months. A programme that starts during a "
        "year shows only a part of its effect in that year; an effect that lasts is still there in the last.",
        "各日历年内按月平均的差异。年中开始的方案当年只显示部分效果；能持续的效果在最后一年仍然存在。",
    ),
    "areas.note": (
        "An area counts everybody who lives or trades there, firms included.",
        "各镇街包括在当地居住或经营的所有主体，含企业。",
    ),
    "groups.note": (
        "Groups of people only; firms are in none of them.",
        "仅指人群，不含企业。",
    ),
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
    "matrix.undefined": (
        "Not defined: nobody or nothing to divide by, in the baseline or in the scenario.",
        "无定义：基准或方案中没有可作分母的对象。",
    ),
    "matrix.one_year": (
        "The comparison covers one calendar year only.",
        "本次比较只涉及一个日历年。",
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
