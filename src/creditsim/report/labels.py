"""Every phrase of the report, in English and Chinese.

A phrase is looked up by its key; braces are filled by the caller. What belongs to an
outcome, a lever or a scenario (its titles) stands in its own catalogue, not here.
"""

from __future__ import annotations

from typing import Any

LANGUAGES = ("en", "zh")

GROUP_PAIRS = (
    ("age_60_plus", "age_under_60"),
    ("offline", "online"),
    ("from_outside", "registered_here"),
    ("low_education", "other_education"),
)
"""Groups held side by side: the one that programmes tend to forget comes first."""

PHRASES: dict[str, tuple[str, str]] = {
    # Words.
    "setting.all": ("All settings", "全部领域"),
    "setting.enterprise": ("Enterprises", "企业"),
    "setting.school": ("Schools", "学校"),
    "setting.government": ("Government bodies", "机关"),
    "setting.village": ("Villages", "村居"),
    "setting.community": ("Communities", "社区"),
    "group.all": ("Everybody", "全体"),
    "group.age_60_plus": ("Aged 60 and over", "60 岁及以上"),
    "group.age_under_60": ("Under 60", "60 岁以下"),
    "group.offline": ("Offline", "不上网"),
    "group.online": ("Online", "上网"),
    "group.from_outside": ("Registered elsewhere", "户籍在区外"),
    "group.registered_here": ("Registered in the zone", "户籍在本区"),
    "group.low_education": ("Primary school or less", "小学及以下"),
    "group.other_education": ("More schooling", "初中及以上"),
    "verdict.lower": ("lower", "降低"),
    "verdict.higher": ("higher", "升高"),
    "verdict.negligible": ("negligible", "可忽略"),
    "verdict.unclear": ("unclear", "不明确"),
    "verdict.not defined": ("not defined", "无定义"),
    "effect.better": ("better", "向好"),
    "effect.worse": ("worse", "变差"),
    "verdict_with_effect": ("{verdict} ({effect})", "{verdict}（{effect}）"),
    "kind.behavioural": ("Behaviour", "行为"),
    "kind.harm": ("Harms", "损害"),
    "kind.cost": ("Cost and work", "成本与工时"),
    "kind.direct": ("Direct outcomes", "直接结果"),
    "kind.account": ("Accounts", "核算"),
    "list_separator": (", ", "、"),
    "quoted": ("“{text}”", "“{text}”"),
    "with_setting": ("{title} ({setting})", "{title}（{setting}）"),
    "baseline": ("baseline", "基准"),
    "month": ("month", "月份"),
    "interval": ("{percent}% interval", "{percent}% 区间"),
    # Sentences about one row.
    "sentence.under": ("Under “{scenario}”, {rest}", "在“{scenario}”下，{rest}"),
    "sentence.lower": (
        "{outcome} falls by {size}{unit}, from {old} to {new} ({interval}): {verdict}.",
        "{outcome}下降 {size}{unit}，由 {old} 变为 {new}（{interval}）：{verdict}。",
    ),
    "sentence.higher": (
        "{outcome} rises by {size}{unit}, from {old} to {new} ({interval}): {verdict}.",
        "{outcome}上升 {size}{unit}，由 {old} 变为 {new}（{interval}）：{verdict}。",
    ),
    "sentence.negligible": (
        "{outcome} changes by {difference}{unit}, from {old} to {new} ({interval}), less than the smallest "
        "relevant effect of {smallest}: {verdict}.",
        "{outcome}变化 {difference}{unit}，由 {old} 变为 {new}（{interval}），小于最小相关效应 "
        "{smallest}：{verdict}。",
    ),
    "sentence.unclear": (
        "{outcome} changes by {difference}{unit}, from {old} to {new} ({interval}): {verdict}.",
        "{outcome}变化 {difference}{unit}，由 {old} 变为 {new}（{interval}）：{verdict}。",
    ),
    "sentence.not defined": (
        "{outcome} has no value to compare: {verdict}.",
        "{outcome}没有可比较的数值：{verdict}。",
    ),
    "sentence.interval": ("{percent}% interval {interval}", "{percent}% 区间 {interval}"),
    "sentence.no_interval": ("no interval from a single replication", "只有一次重复，无法给出区间"),
    "sentence.others": ("{verdict} ({count}): {outcomes}", "{verdict}（{count} 项）：{outcomes}"),
    "sentence.none_clear": ("No clear difference.", "没有明确的差异。"),
    "sentence.none_at_all": ("No outcome of this kind was computed.", "没有计算这一类结果。"),
    # Head of the document.
    "title": ("Comparison of credit programmes", "信用方案比较"),
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
    "banner.population": (
        "The population is synthetic, built from published totals. It holds no real person or firm, and the "
        "model has not been validated against the district's own data.",
        "人口为依据公开汇总数据合成的虚拟人口，不含任何真实个人或企业；模型尚未用本区数据验证。",
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
    "section.changes": ("What differs between the scenarios", "方案之间有何不同"),
    "section.outcomes": ("All outcomes", "全部结果"),
    "section.settings": ("By setting", "分领域"),
    "section.groups": ("By group: who gains, who is hurt", "分群体：谁受益，谁受损"),
    "section.costs": ("Cost and staff hours", "成本与工时"),
    "section.questions": ("What readers ask first", "读者最先问的问题"),
    "section.reading": ("How to read this", "阅读说明"),
    "section.provenance": ("Where it comes from", "来源"),
    # Tables.
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
    # Figures.
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
    # Questions.
    "question.same_money": ("What would the same money do without scores?", "同样的钱不用于评分会怎样？"),
    "question.staff": ("Whose working hours does it eat?", "占用多少工作人员工时？"),
    "question.lasting": ("Does the effect last after the programme ends?", "方案结束后效果能否持续？"),
    "question.inflation": ("Do scores inflate?", "分数会不会膨胀？"),
    "question.phoenix": ("Do bad firms come back under a new name?", "失信企业会不会换壳重来？"),
    "question.privacy": (
        "How many people have how many records, published for how long?",
        "多少人有多少条记录，公示多久？",
    ),
    "question.tutoring": (
        "What happens when tutoring institutions close, as in 2021?",
        "若校外培训机构像 2021 年那样关停会怎样？",
    ),
    "question.worlds": ("Does it hold if the assumptions are wrong?", "假设若不成立，结论还成立吗？"),
    "question.measures": ("Which measure of the plan does it?", "是方案中哪条措施起作用？"),
    "question.pilots": ("Would two or three pilots show the effect?", "两三个试点能看出效果吗？"),
    "question.law": ("Is every measure lawful?", "各项措施是否合法？"),
    "answer.cannot": ("This version cannot answer it yet: {why}", "本版本尚不能回答：{why}"),
    "answer.see_tables": ("Compared here: see the rows of “{scenario}”.", "本次已比较：见“{scenario}”各行。"),
    "answer.not_by_department": (
        "This version does not split them by department.",
        "本版本未按部门拆分。",
    ),
    "answer.see_paths": (
        "Compared here: “{scenario}” ends within the horizon; see the monthly paths.",
        "本次已比较：“{scenario}”在模拟期内结束；见逐月曲线。",
    ),
    "why.not_compared": (
        "no scenario of this comparison does it; add same-money-without-scores.",
        "本次比较中没有这样的方案；请加入 same-money-without-scores。",
    ),
    "why.no_end": (
        "no scenario of this comparison ends its programme; set rollout.end_date to see.",
        "本次比较中没有方案中途结束；可设置 rollout.end_date。",
    ),
    "why.not_computed": ("{outcomes} is not computed.", "尚未计算{outcomes}。"),
    "why.worlds": (
        "each parameter had one value. A verdict here holds for that one world.",
        "每个参数只取了一个值，结论只对这一种情形成立。",
    ),
    "why.measures": (
        "scenarios were compared as wholes. Compare a scenario with and without one lever to see a part.",
        "方案是整体比较的。可比较含与不含某一参数的方案。",
    ),
    "why.pilots": ("it does not yet evaluate pilots statistically.", "尚不能对试点作统计评估。"),
    "why.law": ("it makes no legal check.", "未作合法性审查。"),
    "why.tutoring": ("this event is not part of the scenarios.", "方案中不含这一事件。"),
    "not_computed": (
        "Outcomes of the catalogue that this comparison does not compute ({count}): {outcomes}.",
        "目录中本次未计算的结果（{count} 项）：{outcomes}。",
    ),
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
    "reading.interval": (
        "Interval: Student's t over replications, {percent}%.",
        "区间：对各次重复的学生 t 区间，{percent}%。",
    ),
    "reading.verdict": (
        "Verdict: “lower” or “higher” when the interval leaves 0 out and the difference "
        "is at least the smallest "
        "relevant effect; “negligible” when the whole interval is smaller than that; “not "
        "defined” when there is "
        "nothing to compare; otherwise “unclear”. Unclear is not the same as no effect.",
        "结论：区间不含 0 且差异不小于最小相关效应时为“降低”或“升高”；整个区间小于最小相关效应时为“可忽略”；"
        "没有可比数值时为“无定义”；其余为“不明确”。不明确不等于没有效果。",
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
    "provenance.version": ("Version of {software}", "{software} 版本"),
}


def say(key: str, lang: str, **values: Any) -> str:
    """Return a phrase in a language, its braces filled.

    Examples
    --------
    >>> say("verdict.lower", "en")
    'lower'
    """
    return PHRASES[key][lang == "zh"].format(**values)


def name_of(family: str, code: str, lang: str) -> str:
    """Return the words for a setting, group, kind or verdict; an unknown code is its own name."""
    words = PHRASES.get(f"{family}.{code}")
    return code.replace("_", " ") if words is None else words[lang == "zh"]


def verdict_text(verdict: str, effect: str, lang: str) -> str:
    """Return a verdict in words, e.g. ``lower (better)``."""
    words = name_of("verdict", verdict, lang)
    if not effect:
        return words
    return say("verdict_with_effect", lang, verdict=words, effect=name_of("effect", effect, lang))


def title_of(thing: Any, lang: str) -> str:
    """Return the title of an outcome or lever of a catalogue; its name where there is none."""
    return (thing.title_zh if lang == "zh" else thing.title_en) or thing.title_en or thing.name


def outcome_title(outcome: Any, setting: str, lang: str) -> str:
    """Return an outcome's title, with the setting if it is only a part."""
    title = title_of(outcome, lang)
    if setting == "all":
        return title
    return say("with_setting", lang, title=title, setting=name_of("setting", setting, lang))
