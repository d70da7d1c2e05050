"""Words and sentences about one row of differences."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
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
    "lead.economic_development": ("Economic Development Bureau", "经济发展局"),
    "lead.education": ("Education and Sports Office", "教育体育处"),
    "lead.organisation": ("Organisation Department", "组织部"),
    "lead.rural_economy": ("Agricultural Economy Bureau", "农业经济发展局"),
    "lead.social_affairs": ("Social Affairs Bureau", "社会事务管理局"),
    "lead.joint_office": ("Joint credit office", "区社会信用体系建设联席会议办公室"),
    "lead.all": ("All departments", "各部门合计"),
    "part_year": ("{year} ({months} months)", "{year} 年（{months} 个月）"),
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
    "sentence.no_behaviour": (
        "No behaviour moves by more than its smallest relevant effect.",
        "没有一项行为的变化超过其最小相关效应。",
    ),
    "sentence.no_clear_behaviour": (
        "No behaviour moves clearly: of {count} outcomes, {negligible} change by less than their smallest "
        "relevant effect; for {unclear} the runs cannot tell.",
        "没有一项行为有明确变化：{count} 项结果中，{negligible} 项的变化小于最小相关效应，"
        "{unclear} 项无法据本次模拟判断。",
    ),
    "undefined.baseline": (
        "not defined in the baseline (nobody or nothing to divide by)",
        "基准中无定义（没有可作分母的对象）",
    ),
    "undefined.scenario": (
        "not defined in the scenario (nobody or nothing to divide by)",
        "方案中无定义（没有可作分母的对象）",
    ),
    "undefined.both": (
        "not defined in the baseline, nor in the scenario (nobody or nothing to divide by)",
        "基准和方案中均无定义（没有可作分母的对象）",
    ),
    "undefined.some": (
        "not defined in some replications (nobody or nothing to divide by)",
        "部分重复中无定义（没有可作分母的对象）",
    ),
    "sentence.none_at_all": ("No outcome of this kind was computed.", "没有计算这一类结果。"),
}
