"""Assumptions that matter: table, switching values, figures of sensitivity studies."""

from __future__ import annotations

ASSUMPTIONS: dict[str, tuple[str, str]] = {
    "section.assumptions": ("Assumptions that matter most", "最关键的假设"),
    "assumptions.note": (
        "Each assumption was moved over its range. What it matters is how far the difference to the "
        "baseline then moves (mean over many settings of the others, with a 95% interval over these). A "
        "verdict turns where that difference crosses 0, “negligible” where it reaches the smallest relevant "
        "effect, the other assumptions staying as they are.",
        "逐一在取值范围内改变各项假设。“差异变动”指与基准的差异随之变动多少"
        "（其余假设取多种组合的平均及 95% 区间）；"
        "差异过零处结论反转；“可忽略”则在差异达到最小相关效应处改变；其余假设保持不变。",
    ),
    "assumptions.none": (
        "No sensitivity study of these scenarios exists: nothing is known about which assumptions the "
        "verdicts hang on. Make one with: creditsim sensitivity EXPERIMENT --store DIR.",
        "尚无针对这些方案的敏感性研究：不知道结论取决于哪些假设。可用 "
        "creditsim sensitivity EXPERIMENT --store DIR 进行研究。",
    ),
    "assumptions.without": (
        "No sensitivity study exists for: {scenarios}.",
        "以下方案尚无敏感性研究：{scenarios}。",
    ),
    "assumptions.stale": (
        "STALE: another version of the model or its data made this study. Its figures may differ from those "
        "of today's model; make it anew.",
        "已过期：该研究由其他版本的模型或数据得出，数值可能与当前模型不同，请重新研究。",
    ),
    "assumptions.shipped": (
        "From the study that comes with creditsim ({date}; {command}): {method}, {samples} samples, "
        "{replications} replications of {months} months, scale {scale:g}, seed {seed}. It is not of this "
        "comparison's own runs.",
        "来自随附研究（{date}；{command}）：{method}，样本 {samples}，重复 {replications} 次，{months} 个月，"
        "规模 {scale:g}，种子 {seed}；并非本次比较自身的运行。",
    ),
    "assumptions.store": (
        "From the study in the store: {method}, {samples} samples, {replications} replications of {months} "
        "months, scale {scale:g}, seed {seed}.",
        "来自结果库中的研究：{method}，样本 {samples}，重复 {replications} 次，{months} 个月，"
        "规模 {scale:g}，种子 {seed}。",
    ),
    "assumptions.quiet": (
        "No assumption moves these differences by as much as a tenth of the smallest relevant effect: "
        "{outcomes}.",
        "没有任何假设能使以下差异变动达到最小相关效应的十分之一：{outcomes}。",
    ),
    "assumptions.caption": (
        "Most important assumptions by scenario and outcome",
        "各方案、各结果的最关键假设",
    ),
    "column.assumption": ("Assumption", "假设"),
    "column.assumed": ("Assumed (range)", "取值（范围）"),
    "column.matters.morris": ("Moves the difference by", "差异变动"),
    "column.matters.sobol": ("Share of the variance", "方差占比"),
    "column.switching": ("The verdict turns at", "结论改变处"),
    "assumptions.answer": ("See “{section}”.", "见“{section}”。"),
    "assumed": ("{own} ({low} to {high}){unit}", "{own}（{low} 至 {high}）{unit}"),
    "switch.within": (
        "{value} ({low} to {high}); {verdict} as assumed",
        "{value}（{low} 至 {high}）；现值下为{verdict}",
    ),
    "switch.end": ("an end of the range", "范围端点"),
    "switch.beyond": (
        "{verdict} over the whole range; on a straight line beyond it, at about {value}",
        "全部范围内均为{verdict}；按直线外推约在 {value}",
    ),
    "switch.none": ("none: {verdict} over the whole range", "无：全部范围内均为{verdict}"),
    "switch.doubtful": (
        "none within the range, but {verdict} is not sure at {value}",
        "范围内无，但在 {value} 处不能确定仍为{verdict}",
    ),
    "switch.no_verdict": ("no verdict to turn: {verdict} as assumed", "没有可改变的结论：现值下{verdict}"),
    "switch.not_scanned": ("not scanned", "未扫描"),
    "tornado.title": (
        "{title}: {scenario} against {baseline},\neach assumption alone from end to end of its range",
        "{title}：{scenario} 对 {baseline}，\n逐一改变各假设（取值范围两端）",
    ),
    "tornado.from": ("low end of the range, with 95% interval", "范围下端及 95% 区间"),
    "tornado.to": ("high end of the range, with 95% interval", "范围上端及 95% 区间"),
    "tornado.own": ("all assumptions as they are", "各假设取现值"),
    "heat.title": ("What each assumption matters for each difference", "各假设对各项差异的影响"),
    "heat.morris": ("mean absolute effect, % of the column's largest", "平均绝对效应（占本列最大值 %）"),
    "heat.sobol": (
        "total share of the variance, % of the column's largest",
        "总效应方差占比（占本列最大值 %）",
    ),
}
"""English and Chinese by key."""
