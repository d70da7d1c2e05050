"""How far the model can be believed, and the table and figure of the patterns of the field."""

from __future__ import annotations

VALIDATION: dict[str, tuple[str, str]] = {
    # The level of credibility, one home for every report.
    "credibility.level": (
        "synthetic, not validated against the district's data",
        "虚拟人口，未用本区数据验证",
    ),
    "credibility.level_sentence": ("Level of credibility: {level}.", "可信等级：{level}。"),
    "credibility.shown": (
        "Patterns that the field reports: {met} of {comparable} comparable ones met; of the {hold_outs} "
        "hold-outs, which nothing was set from, {hold_outs_met} (validation of {date}, creditsim {version}). "
        "Some hold by sign alone. The others are explained and kept as not met (creditsim validate).",
        "实证模式：可比的 {comparable} 项中符合 {met} 项；其中未用于设定任何数值的留作检验模式 "
        "{hold_outs} 项，符合 {hold_outs_met} 项（{date} 验证，creditsim {version}）。有些仅方向相符。"
        "其余逐项说明，并保留为不符合（creditsim validate）。",
    ),
    "credibility.stale": (
        "STALE: model, data or patterns have changed since that validation; run creditsim validate.",
        "已过期：该次验证之后，模型、数据或模式已有改动；请运行 creditsim validate。",
    ),
    "credibility.verified": (
        "Checked of the code, in docs/verification.md: that it does what docs/odd.md says. "
        "This says nothing about the district.",
        "代码是否按 docs/odd.md 运行，见 docs/verification.md；这不说明模型符合本区实际。",
    ),
    "credibility.short": (
        "{level}; {met} of {comparable} patterns of the field met, {hold_outs_met} of {hold_outs} hold-outs",
        "{level}；实证模式符合 {met}/{comparable}，留作检验符合 {hold_outs_met}/{hold_outs}",
    ),
    "credibility.short_stale": (" (stale: model or data have changed since)", "（已过期：模型或数据已改动）"),
    # Statuses, roles, where an interval lies.
    "validation.met": ("met", "符合"),
    "validation.not met": ("not met", "不符合"),
    "validation.not comparable": ("not comparable", "不可比"),
    "pattern_role.input": ("input", "输入"),
    "pattern_role.fit": ("fit", "拟合"),
    "pattern_role.hold-out": ("hold-out", "留作检验"),
    "validation.why.within": ("the whole interval lies in the band", "区间全部落在参照范围内"),
    "validation.why.above": ("the whole interval lies above the band", "区间全部高于参照范围"),
    "validation.why.below": ("the whole interval lies below the band", "区间全部低于参照范围"),
    "validation.why.across": (
        "the interval reaches over an end of the band, also after {replications} replications",
        "重复 {replications} 次后区间仍跨越参照范围的端点",
    ),
    "validation.why.undefined": (
        "the simulated number is not defined in every replication: too few agents at this scale",
        "并非每次重复都有定义：此规模下主体太少",
    ),
    "validation.unexplained": ("not explained yet", "尚未说明"),
    # Table and figure.
    "validation.head.p_number": ("number", "编号"),
    "validation.head.title": ("pattern", "模式"),
    "validation.head.role": ("role", "角色"),
    "validation.head.observed": ("observed", "实证值"),
    "validation.head.band": ("band", "参照范围"),
    "validation.head.simulated": ("simulated", "模拟值"),
    "validation.head.interval": ("95% interval", "95%区间"),
    "validation.head.status": ("status", "判断"),
    "validation.doubt": ("doubtful", "存疑之处"),
    "validation.would_tell": ("would tell", "如何判明"),
    "validation.tally": (
        "{met} of {comparable} comparable patterns met, {not_met} not met; hold-outs: {hold_outs_met} of "
        "{hold_outs} met ({percent}); {not_comparable} not comparable",
        "可比模式 {comparable} 项：符合 {met} 项，不符合 {not_met} 项；留作检验 {hold_outs} 项："
        "符合 {hold_outs_met} 项（{percent}）；不可比 {not_comparable} 项",
    ),
    "validation.run": (
        "Seed {seed}, scale {scale:g}, {replications} replications, up to {most} where a status was not "
        "clear. Intervals (95%) show the luck of the simulation only. Met: the whole interval lies in the "
        "band.",
        "种子 {seed}，规模 {scale:g}，重复 {replications} 次，判断不明者至多 {most} 次。"
        "区间（95%）只反映模拟的随机波动。符合：区间全部落在参照范围内。",
    ),
    "validation.figure_title": (
        "What the field reports, and what the simulation shows",
        "实证模式与模拟结果",
    ),
    "validation.figure_axis": (
        "position against the band of each pattern (grey; one-sided bands run to the edge)",
        "相对各模式参照范围的位置（灰色；单侧范围延伸至边缘）",
    ),
    "validation.figure_band": ("band", "参照范围"),
    "validation.figure_observed": ("reported number", "报告数值"),
    "validation.figure_column": ("simulated (95% interval)  |  band", "模拟值（95%区间） |  参照范围"),
    "validation.number_is": ("no.", "无编号"),
}
