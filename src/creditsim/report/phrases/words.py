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
}
