"""Head of the document, headings of its sections, how to read it, where it comes from."""

from __future__ import annotations

SECTIONS: dict[str, tuple[str, str]] = {
    # Head of the document.
    "title": ("Comparison of credit programmes", "信用方案比较"),
    "partial": (
        "PARTIAL ({missing} planned runs are missing): ",
        "不完整（缺少 {missing} 次计划中的运行）：",
    ),
    "over_worlds": (" Averaged over {worlds} worlds.", "对 {worlds} 个情境取平均。"),
    "lead": (
        "{scenarios}, held against the baseline “{baseline}”: {months} months from {start}, "
        "{replications} paired "
        "replications, {scale} of the district's size.",
        "{scenarios}，与基准“{baseline}”相比：自 {start} 起 {months} 个月，配对重复 {replications} "
        "次，规模为全区的 {scale}。",
    ),
    "column.scenario": ("Scenario", "方案"),
    "column.name": ("Name", "名称"),
    "column.about": ("About", "说明"),
    "role": ("Role", "角色"),
    "role.baseline": ("baseline", "基准"),
    "role.compared": ("compared", "比较对象"),
    "caption.compared": ("What was compared", "比较了什么"),
    "banner.title": ("How far to trust this", "可信程度"),
    "banner.partial": (
        "PARTIAL: {missing} planned runs are missing. They may have failed for a reason that matters.",
        "不完整：缺少 {missing} 次计划中的运行。运行失败的原因可能影响结论。",
    ),
    "banner.population": (
        "The population is synthetic, built from published totals. It holds no real person or firm.",
        "人口为依据公开汇总数据合成的虚拟人口，不含任何真实个人或企业。",
    ),
    "banner.intervals": (
        "Intervals show the luck of the simulation only. They say nothing about whether the model is right.",
        "区间只反映模拟的随机波动，不代表模型本身是否正确。",
    ),
    "banner.assumptions": (
        "Most behavioural parameters are assumptions. Read directions and orders of magnitude, not digits.",
        "多数行为参数为假设值。请看方向和量级，不要看具体位数。",
    ),
    "banner.not_simulated": (
        "Not simulated: petitioning, belief, illness, family planning.",
        "未模拟：信访、信仰、疾病、计划生育。",
    ),
    # Sections.
    "section.verdicts": ("What the comparison says", "比较结论"),
    "section.verdicts.note": (
        "Benefits and harms stand side by side and have the same rank. “Better” and “worse” "
        "follow the direction "
        "that the outcome's definition calls desirable.",
        "效益与损害并列，同等重要。“向好”“变差”以结果定义中的期望方向为准。",
    ),
    "verdicts.under": (
        "Under “{scenario}”, compared with “{baseline}”",
        "在“{scenario}”下，与“{baseline}”相比",
    ),
    "section.changes": ("What the scenarios change", "各方案改变了什么"),
    "section.outcomes": ("All outcomes", "全部结果"),
    "section.years": ("Over the months: does it last?", "随时间变化：效果能否持续"),
    "section.settings": ("By setting", "分领域"),
    "section.groups": ("By group: who gains, who is hurt", "分群体：谁受益，谁受损"),
    "section.areas": ("By area", "分镇街"),
    "section.costs": ("Cost and staff hours", "成本与工时"),
    "section.questions": ("What readers ask first", "读者最先问的问题"),
    "section.reading": ("How to read this", "阅读说明"),
    "section.provenance": ("Where it comes from", "来源"),
    # How to read.
    "reading.difference": (
        "Difference: scenario less baseline, per replication, averaged over the months in "
        "which the outcome is "
        "defined, then over replications. Scenarios share their luck, so a scenario compared "
        "with itself differs by "
        "exactly 0.",
        "差异：每次重复中方案减基准，先对有定义的月份取平均，再对各次重复取平均。各方案共用同一组随机数，"
        "方案与自身比较差异恰为 0。",
    ),
    "reading.shared": (
        "Independent luck for each scenario would need that many times the replications for equally narrow "
        "intervals: the variances of both scenarios added, over that of their paired difference, from these "
        "runs. Where a scenario keeps an outcome constant, or has none of it, there is no luck to share and "
        "the factor is 1. Main outcomes: behaviour, harms and those with a short name.",
        "若各方案各用一组随机数，要得到同样窄的区间，就需要这么多倍的重复次数：两方案方差之和除以配对差异的方差，"
        "由本次模拟算得。某方案下某项结果恒定不变或不存在时，没有可共用的随机波动，倍数为 1。"
        "主要结果：行为、损害以及有简称的结果。",
    ),
    "reading.interval": (
        "Interval: Student's t over replications, {percent}%.",
        "区间：对各次重复的学生 t 区间，{percent}%。",
    ),
    "reading.verdict": (
        "Verdict: “lower” or “higher” when the interval leaves 0 out and the difference "
        "is at least the smallest "
        "relevant effect; “negligible” when the whole interval is smaller than that; “not "
        "defined” when there is "
        "nothing to compare, for there is nobody or nothing to divide by; otherwise “unclear”. "
        "Unclear is not the same as no effect.",
        "结论：区间不含 0 且差异不小于最小相关效应时为“降低”或“升高”；整个区间小于最小相关效应时为“可忽略”；"
        "没有可作分母的对象、无可比数值时为“无定义”；其余为“不明确”。不明确不等于没有效果。",
    ),
    "reading.many": (
        "Many outcomes are compared at once: of 20 that do not move at all, about one interval "
        "leaves 0 out by luck.",
        "同时比较的结果很多：即使全无变化，每 20 个中约有 1 个区间会碰巧不含 0。",
    ),
    "reading.rounding": (
        "Numbers are rounded to well below the smallest relevant effect, so a difference "
        "may differ in the last "
        "digit from the two values beside it.",
        "数字按远小于最小相关效应的精度取整，差异的末位可能与两侧数值之差略有出入。",
    ),
    "reading.direct": (
        "Direct outcomes move by construction (hours saved, records kept). They show that "
        "a lever works as set, "
        "not that behaviour changed.",
        "直接结果由设定决定（节省的时间、登记的记录），只说明措施按设定运行，不说明行为改变。",
    ),
    "reading.recorded": (
        "Breaches are what agents did, whether or not anybody noticed; records are what was noticed "
        "and posted.",
        "失信行为指主体实际所为，无论是否被发现；记录指被发现并入库的部分。",
    ),
    "reading.purpose": (
        "The simulation compares rules. It must not be used to score, rank or decide about a real "
        "person or firm.",
        "本模拟用于比较规则，不得用于对真实个人或企业评分、排名或作出决定。",
    ),
    # Provenance.
    "caption.provenance": ("Provenance", "来源信息"),
    "provenance.fingerprint": ("Fingerprint of the results", "结果指纹"),
    "provenance.inputs": ("Hash of the inputs", "输入哈希"),
    "provenance.replications": ("Replications", "重复次数"),
    "provenance.scale": ("Scale", "规模"),
    "provenance.seed": ("Seed", "随机种子"),
    "provenance.months": ("Months", "月数"),
    # What the same luck for all scenarios is worth.
    "shared.worth": (
        "The same luck for all scenarios is worth {gain} times as many replications (median over {count} "
        "differences of main outcomes).",
        "各方案共用同一组随机数，相当于 {gain} 倍的重复次数（主要结果 {count} 项差异的中位数）。",
    ),
    "shared.untold": (
        "What the same luck for all scenarios is worth cannot be told: no main outcome's difference varies.",
        "各方案共用同一组随机数的价值无法判断：主要结果的差异均无波动。",
    ),
    "shared.single": (
        "What the same luck for all scenarios is worth cannot be told from one replication.",
        "只有一次重复，无法判断各方案共用同一组随机数的价值。",
    ),
    "shared.over": ("over {number}", "超过 {number}"),
    "shared.caption": ("What the same luck for all scenarios is worth", "各方案共用同一组随机数的价值"),
    "shared.main": ("Main outcomes", "主要结果"),
    "shared.all": ("All outcomes", "全部结果"),
    "column.outcomes_of": ("Outcomes", "结果"),
    "column.gain": ("Times as many replications", "相当于重复次数的倍数"),
    "column.gain_interval": ("{percent}% interval of one", "单项的 {percent}% 区间"),
    "column.gain_count": ("Differences", "差异项数"),
    "column.gain_exact": ("Exact", "恒定"),
    "shared.note": (
        "Medians over scenarios and outcomes; the interval is that of a typical single difference. Exact: "
        "the outcome varies, its difference is the same in every replication; these are not in the medians.",
        "各方案各项结果的中位数；区间为典型单项差异的区间。恒定：结果有波动，而差异在每次重复中都相同；不计入中位数。",
    ),
    "provenance.version": ("Version of {software}", "{software} 版本"),
}
