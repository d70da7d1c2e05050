"""Words of the catalogue commands in English and Chinese: heads, codes, values, units."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from creditsim.report.numbers import unit_text

LINE = 108
"""Columns after which a detail goes on in the next line."""

WORDS: dict[str, tuple[str, str]] = {
    # Heads of tables.
    "head.row": ("row", "条目"),
    "head.lever": ("lever", "措施参数"),
    "head.title": ("title", "名称"),
    "head.default": ("default", "默认值"),
    "head.range": ("range", "取值范围"),
    "head.unit": ("unit", "单位"),
    "head.activity": ("activity", "行为"),
    "head.direction": ("is a", "性质"),
    "head.met": ("met, %", "遇到 %"),
    "head.base_rate": ("act, %", "基准率 %"),
    "head.base_rate_range": ("range, %", "范围 %"),
    "head.stake": ("stake, yuan", "利害金额（元）"),
    "head.fine": ("fine, yuan", "罚款（元）"),
    "head.target": ("target, %", "目标 %"),
    "head.simulated": ("simulated, %", "模拟 %"),
    "head.difference": ("difference, points", "差异（百分点）"),
    "head.error": ("standard error", "标准误"),
    "head.met_count": ("opportunities", "机会数"),
    "head.work": ("lead department, line", "牵头部门、项目"),
    "head.yuan": ("{side}, yuan", "{side}（元）"),
    "head.hours": ("{side}, hours", "{side}（工时）"),
    "head.change": ("change", "变化"),
    "head.role": ("role", "角色"),
    "head.outcome": ("outcome", "结果"),
    "head.expected": ("declared", "预先声明"),
    "head.found": ("difference", "差异"),
    "head.verdict": ("verdict", "判断"),
    "to": ("to", "至"),
    # Sensitivity studies.
    "head.rank": ("rank", "排序"),
    "head.rank_range": ("stays in", "排序范围"),
    "head.assumption": ("assumption", "假设"),
    "head.index.morris": ("mu*", "mu*"),
    "head.index.sobol": ("ST", "ST"),
    "head.low": ("low", "下限"),
    "head.high": ("high", "上限"),
    "head.mu": ("mu", "mu"),
    "head.sigma": ("sigma", "sigma"),
    "head.S1": ("S1", "S1"),
    "head.switching": ("verdict turns at", "结论改变处"),
    "sensitivity.size": (
        "{method}, {samples} samples, {runs} runs",
        "{method}，样本 {samples}，运行 {runs} 次",
    ),
    "sensitivity.last": (
        "The dummy, on which nothing depends, ranks last within its interval.",
        "虚拟因素（无任何影响）在其区间内排在最后。",
    ),
    "sensitivity.not_last": (
        "The dummy does NOT rank last within its interval: do not trust this ranking.",
        "虚拟因素未排在最后：该排序不可信。",
    ),
    "sensitivity.error": ("Largest error against the closed form: {error}", "与解析解的最大误差：{error}"),
    # Uncertain worlds.
    "head.scenario": ("scenario", "方案"),
    "head.mean": ("mean", "平均"),
    "head.regret": ("mean regret", "平均遗憾值"),
    "head.regret_90th": ("90th percentile", "90 分位"),
    "head.regret_max": ("largest", "最大"),
    "head.best": ("best, % of worlds", "最优情形 %"),
    "head.nearly": ("nearly best, %", "接近最优 %"),
    "head.meets": ("meets needs, %", "达标情形 %"),
    "head.over_worlds": ("difference to the baseline", "与基准的差异"),
    "worlds.lower": ("lower", "降低"),
    "worlds.higher": ("higher", "升高"),
    "worlds.negligible": ("negligible", "可忽略"),
    "worlds.depends on the world": ("depends on the world", "取决于情形"),
    "worlds.not defined": ("not defined", "无定义"),
    "worlds.lead": (
        "Over {worlds} worlds, {replications} replications each; baseline {baseline}",
        "共 {worlds} 种情形，各重复 {replications} 次；基准 {baseline}",
    ),
    "worlds.no_worse": (
        "no outcome worse than in the baseline by more than its smallest relevant difference",
        "各结果较基准变差均不超过最小相关差异",
    ),
    "worlds.all": ("All needs met at once ({needs}): {shares}", "同时达标（{needs}）的情形：{shares}"),
    "worlds.note": (
        "Worlds count alike: a share of worlds is no probability.",
        "各情形等权：情形占比不是概率。",
    ),
    # Rows of the plan.
    "role.direct": ("direct", "直接"),
    "role.behavioural": ("behaviour", "行为"),
    "role.harm": ("harm", "损害"),
    "expected.lower": ("lower", "下降"),
    "expected.higher": ("higher", "上升"),
    "rows.added": ("added to {against}", "加入：{against}"),
    "rows.removed": ("the whole plan, against {against}", "完整计划，对照：{against}"),
    "rows.why": ("why: {why}", "原因：{why}"),
    # Attribution.
    "attribute.head": ("{title} ({unit}): {scenario} against {baseline}",
                       "{title}（{unit}）：{scenario} 对照 {baseline}"),
    "attribute.group": ("levers of", "参数组"),
    "attribute.count": ("levers", "参数数"),
    "attribute.share": ("share of the effect", "效应份额"),
    "attribute.low": ("from", "下限"),
    "attribute.high": ("to", "上限"),
    "attribute.frame": ("the frame: book, law, rollout, coordination", "总体框架：规则、法律、推广、统筹"),
    "attribute.rest": ("the rest", "其余"),
    "attribute.all": ("all together", "合计"),
    "attribute.undefined": ("{title}: not defined in every coalition, so it cannot be shared out",
                            "{title}：并非在每种组合中都有定义，无法分摊"),
    "attribute.note": ("{runs} runs: {coalitions} coalitions of {groups} groups, {replications} replications "
                       "of {months} months, scale {scale}, seed {seed}. Shares (Shapley) add up to the "
                       "effect; intervals (95%) show the luck of the simulation only.",
                       "共 {runs} 次运行：{groups} 个参数组的 {coalitions} 种组合，"
                       "各重复 {replications} 次、{months} 个月，规模 {scale}，种子 {seed}。"
                       "各份额（沙普利值）之和等于总效应；区间（95%）只反映模拟的随机性。"),
    # Audits.
    "severity.error": ("ERROR", "错误"),
    "severity.warning": ("WARNING", "警告"),
    "severity.note": ("NOTE", "提示"),
    "audit.head": ("{name} as of {day}: {error} errors, {warning} warnings, {note} notes",
                   "{name}，截至 {day}：错误 {error} 项，警告 {warning} 项，提示 {note} 项"),
    "audit.uncertain": ("(wording or reading uncertain)", "（条文或解读不确定）"),
    "audit.places": ("{count} in {file}: {shown}", "{file} 中 {count} 处：{shown}"),
    "audit.why": ("why: {text}", "原因：{text}"),
    "audit.cure": ("cure: {text}", "建议：{text}"),
    "audit.law": ("stands in: {instrument}, {article}", "依据：{instrument}，{article}"),
    # Values.
    "range": ("{low} to {high}", "{low} 至 {high}"),
    "or": ("{range}, or {other}", "{range}，或 {other}"),
    "one_of": ("one of {count}", "{count} 选一"),
    "direction.breach": ("breach", "失信"),
    "direction.merit": ("merit", "守信"),
    "and": (", ", "、"),
    "either": (" or ", "或"),
    "then": ("; ", "；"),
    "unit.share": ("share", "比例"),
    # Details.
    "plan": ("plan {section}", "计划 {section}"),
    "never": ("or never", "或 never"),
    "requires": ("requires {names}", "前提 {names}"),
    "options": ("options {names}", "可选 {names}"),
    "source": ("source: {source} ({kind}, confidence {confidence})",
               "来源：{source}（{kind}，可信度{confidence}）"),
    "who": ("for {kinds}", "主体：{kinds}"),
    "who_with": ("for {kinds} ({traits})", "主体：{kinds}（{traits}）"),
    "reward": ("cash at the baseline {yuan} yuan", "基准奖励 {yuan} 元"),
    "harm": ("harm to others {yuan} yuan", "对他人损害 {yuan} 元"),
    "benefit": ("benefit to others {yuan} yuan", "对他人效益 {yuan} 元"),
    "gaming": ("may be done for points alone", "可能只为积分"),
    "noticed": ("noticed by {channels}", "发现渠道：{channels}"),
    "visit": ("one visit", "单次检查"),
    "other_inspection": ("other inspectors", "其他部门检查"),
    "items": ("items {names}", "评分事项 {names}"),
    "confidence.H": ("high", "高"),
    "confidence.M": ("medium", "中"),
    "confidence.L": ("low", "低"),
    "source_kind.plan": ("plan", "计划"),
    "source_kind.law": ("law", "法规"),
    "source_kind.retrieved": ("retrieved", "查得资料"),
    "source_kind.proxy": ("proxy", "替代规则"),
    "source_kind.derived": ("derived", "推算"),
    "source_kind.assumption": ("assumption", "假设"),
    "source_kind.survey": ("survey", "调查"),
    "source_kind.official_statistics": ("official statistics", "官方统计"),
    "source_kind.paper": ("paper", "论文"),
    "source_kind.news": ("news", "新闻"),
    "source_kind.census": ("census", "普查"),
    # Codes of the vocabulary.
    "kind.enterprise": ("enterprise", "企业"),
    "kind.teacher": ("teacher", "教师"),
    "kind.villager": ("villager", "村民"),
    "kind.resident": ("resident", "居民"),
    "kind.student": ("student", "学生"),
    "kind.civil_servant": ("civil servant", "公职人员"),
    "kind.school": ("school", "学校"),
    "kind.agency": ("agency", "机关单位"),
    "channel.inspection": ("inspection", "检查"),
    "channel.complaint": ("complaint", "投诉"),
    "channel.neighbour_report": ("neighbours' reports", "邻里反映"),
    "channel.automatic_record": ("automatic record", "系统记录"),
    "channel.court": ("court", "法院"),
    "channel.self_report": ("self-report", "自行申报"),
    "channel.media": ("media", "媒体"),
    "trait.active": ("active", "正常经营"),
    "trait.firm": ("firm", "企业法人"),
    "trait.sole_trader": ("sole trader", "个体工商户"),
    "trait.food": ("food", "食品"),
    "trait.manufacturing": ("manufacturing", "制造"),
    "trait.construction": ("construction", "建筑"),
    "trait.retail": ("retail", "零售"),
    "trait.catering": ("catering", "餐饮"),
    "trait.services": ("services", "服务"),
    "trait.public_staff": ("public staff", "公办单位人员"),
    "trait.private_staff": ("private staff", "民办单位人员"),
    "trait.urban_household": ("household in town", "城镇家庭"),
    "trait.aged_18_60": ("aged 18 to 60", "18 至 60 岁"),
    "trait.parent_nearby": ("a parent nearby", "父母住在附近"),
    "trait.trusted_neighbour": ("trusted by neighbours", "受邻里信任"),
    "trait.rural": ("rural", "农村"),
    "trait.secondary": ("secondary school", "中学"),
    "trait.public_school": ("public school", "公办学校"),
    "trait.private_school": ("private school", "民办学校"),
    "trait.tutoring": ("tutoring institution", "校外培训机构"),
    "sum": ("Sum", "合计"),
    # Fields of a scenario beside its levers.
    "field.population": ("population", "人口"),
    "field.start": ("first month", "起始月份"),
    "field.months": ("months", "月数"),
    "field.burn_in_months": ("months of burn-in", "预热月数"),
    # Sentences.
    "levers.shown": (
        "{shown} of {all} levers. Values are written as a scenario file takes them; notes and declared "
        "outcomes are in --json.",
        "共 {all} 个措施参数，此处列出 {shown} 个。取值写法与方案文件相同；备注和预先声明的结果见 --json。",
    ),
    "activities.shown": (
        "{shown} of {all} activities. Met: chance a month to meet the opportunity. Act: share that then "
        "acts, in 2019.\n~ is the worth of the consequence where the law sets no fine. Chances of notice are "
        "per act; of one visit, per visit.",
        "共 {all} 项行为，此处列出 {shown} 项。遇到：每月遇到机会的概率；基准率：2019 年遇到后实施的比例。\n"
        "~ 表示法律未设罚款时后果的折算金额。发现概率按每次行为计；“单次检查”按每次检查计。",
    ),
    "activities.none": (
        "No activity of this kind of agents in this version: {kind}.",
        "本版没有该类主体的行为：{kind}。",
    ),
    "rates.clock": ("simulating the status quo of 2019", "正在模拟 2019 年现状"),
    "rates.shown": (
        "Simulated: {share} of the district, seed {seed}, replications: {replications}, the year before the "
        "first policy month.\n{near} of {measured} lie within {limit} standard errors of the target{others}.",
        "模拟规模为全区的 {share}，种子 {seed}，重复 {replications} 次，取政策首月之前的一年。\n"
        "{measured} 项中有 {near} 项与目标相差不超过 {limit} 个标准误{others}。",
    ),
    "rates.others": ("; beyond: {names}", "；超出的有：{names}"),
    "fit.parameter": ("parameter", "参数"),
    "fit.prior": ("before", "事先范围"),
    "fit.median": ("median", "中位数"),
    "fit.interval": ("90% interval", "90%区间"),
    "fit.width": ("of the width before", "占事先宽度"),
    "fit.pattern": ("pattern", "模式"),
    "fit.observed": ("observed", "实际报告"),
    "fit.band": ("band", "区间"),
    "fit.within": ("worlds in the band", "落入区间的情形"),
    "fit.within_all": (
        "{worlds} worlds of {runs} runs lie within all bands (effective number {effective}).",
        "{runs} 次模拟中有 {worlds} 个情形落入全部区间（有效数 {effective}）。",
    ),
    "fit.tolerance": (
        "NOT ALL WITHIN: of {runs} runs the {worlds} nearest worlds were kept (effective number "
        "{effective}); the farthest lies {tolerance} prior spreads outside the bands.",
        "未全部落入区间：{runs} 次模拟中保留最近的 {worlds} 个情形（有效数 {effective}），"
        "最远者距区间 {tolerance} 个事先离散度。",
    ),
    "fit.written": ("posterior written to {file}", "后验已写入 {file}"),
    "diff.changes": ("{a} → {b}: levers that differ: {count}", "{a} → {b}：不同的措施参数 {count} 个"),
    "diff.costs": (
        "Public cost of a year of full delivery, at full size, above ordinary enforcement\n"
        "A: {a}, B: {b}",
        "全面落实一年的公共成本（全区规模，常规执法以外）\nA：{a}，B：{b}",
    ),
    "diff.costs_note": (
        "Hours are those of public staff and paid collectors. Lines that are 0 in both are left out. Not "
        "counted: fines,\nfirms' own time, private discounts, visits moved by grade.",
        "工时指公职人员和有偿采集人员的工时。两个方案均为 0 的项目从略。\n"
        "未计入：罚款、企业自身用时、商家优惠、按等级调整的检查。",
    ),
    "diff.no_costs": (
        "Neither costs anything above ordinary enforcement.",
        "两个方案均无常规执法以外的成本。",
    ),
}  # fmt: skip
"""Words by key; braces are filled by the caller."""

COST_LINES: dict[str, str] = {
    "Coordination": "统筹协调",
    "Verification desk": "记录核实",
    "Objection desk": "异议处理",
    "Collectors, village": "信息采集（村）",
    "Collectors, community": "信息采集（社区）",
    "Errands desk, village": "代办服务（村）",
    "Errands desk, community": "代办服务（社区）",
    "Help with the app": "助老助网服务",
    "Visits above the ordinary ones": "常规以外的检查",
    "Consent and notice": "同意与告知",
    "Pledge forms": "承诺书",
    "Village credit funds": "村级信用基金",
    "Sub-district fund": "街道信用惠民资金",
    "Sorting rewards": "垃圾分类奖励",
    "Publicity and events": "宣传与活动",
    "App drive": "应用推广",
    "Platform and app, district part": "平台与应用（区级部分）",
    "Training of firms in credit sales": "企业信用管理培训",
    "Clearing arrears of public bodies": "清理政府部门拖欠",
    "Training of teachers": "教师诚信培训",
    "Lessons in integrity": "学生诚信课",
    "Training of civil servants": "公职人员诚信培训",
    "Courses of leading cadres": "领导干部课程",
    "Supervision of schools above the ordinary": "常规以外的教育机构检查",
    "Pledge forms, schools": "承诺书（教育机构）",
    "Role models": "诚信典型",
    "Data sharing for waived certificates": "免证明数据共享",
}
"""Chinese names of the lines of the yearly cost; in English they are their own names."""


def word(key: str, lang: str, **values: Any) -> str:
    """Return a word or sentence in a language, its braces filled.

    Examples
    --------
    >>> word("range", "en", low=0, high=1), word("kind.villager", "zh")
    ('0 to 1', '村民')
    """
    return WORDS[key][lang == "zh"].format(**values)


def words(family: str, codes: Iterable[str], lang: str, between: str = "and") -> str:
    """Return the words for some codes of the vocabulary in one line.

    Examples
    --------
    >>> words("kind", ("teacher", "resident"), "en")
    'teacher, resident'
    """
    return word(between, lang).join(word(f"{family}.{code}", lang) for code in codes)


def cost_line_in(line: str, lang: str) -> str:
    """Return the name of a line of the yearly cost."""
    return COST_LINES.get(line, line) if lang == "zh" else line


def unit_in(unit: str, lang: str) -> str:
    """Return the words for a lever's unit; blank where the values speak for themselves."""
    if unit in ("switch", "choice", "month"):
        return ""
    return word("unit.share", lang) if unit == "share" else unit_text(unit, lang)


def value_in(value: Any) -> str:
    """Return a lever's value as a scenario file takes it.

    Examples
    --------
    >>> value_in(True), value_in(0.4), value_in(550000.0), value_in("never")
    ('true', '0.4', '550000', 'never')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.10g}"


def range_in(lever: Any, lang: str) -> str:
    """Return the values that a lever may have; words it may have stand in its details."""
    if lever.form == "switch":
        return "true, false"
    if lever.form == "choice":
        return word("one_of", lang, count=len(lever.options))
    text = word("range", lang, low=value_in(lever.low), high=value_in(lever.high))
    beside = lever.form == "number" and not lever.low <= lever.off <= lever.high
    return word("or", lang, range=text, other=value_in(lever.off)) if beside else text


def source_in(entry: Any, lang: str) -> str:
    """Return an entry's passport in one line; sources are cited in English."""
    return word(
        "source",
        lang,
        source=entry.source,
        kind=word(f"source_kind.{entry.source_kind}", lang),
        confidence=word(f"confidence.{entry.confidence}", lang),
    )


def with_details(table: str, details: Iterable[Iterable[str]], indent: int) -> str:
    r"""Return a table with lines of details under each of its rows.

    Parameters
    ----------
    table : str
        Head, rule and one line a row.
    details : iterable
        Texts by row; a long one goes on in the next line, a blank one is left out.
    indent : int
        Columns that details stand to the right.

    Examples
    --------
    >>> print(with_details("name  n\n----  -\nfirst 1", [["what it is", ""]], 2))
    name  n
    ----  -
    first 1
      what it is
    """
    head, rule, *rows = table.splitlines()
    lines = [head, rule]
    for row, texts in zip(rows, details, strict=True):
        lines.append(row)
        for text in texts:
            lines += textwrap.wrap(
                text,
                LINE,
                initial_indent=" " * indent,
                subsequent_indent=" " * (indent + 2),
                break_long_words=False,
                break_on_hyphens=False,
            )
    return "\n".join(lines)
