"""The simulation card: what every file that leaves the program says about itself."""

from __future__ import annotations

CARD: dict[str, tuple[str, str]] = {
    "card.caption": ("Simulation card", "仿真卡"),
    "card.head.purpose": ("Purpose", "用途"),
    "card.head.not_for": ("Not for", "不得用于"),
    "card.head.synthetic": ("Whose data", "数据对象"),
    "card.head.validation": ("Validation", "验证程度"),
    "card.head.assumptions": ("Unsourced assumptions", "无来源的假设"),
    "card.head.fingerprint": ("Fingerprint", "指纹"),
    "card.purpose": (
        "To compare rules of a district's credit programme on a synthetic population, before any rollout.",
        "在推行之前，用虚拟人口比较一个区的信用制度规则。",
    ),
    "card.not_for": (
        "Scoring, ranking, selecting or deciding about a real person or firm; forecasting; legal advice.",
        "对真实个人或企业评分、排名、筛选或作出决定；预测；法律意见。",
    ),
    "card.synthetic": (
        "All agents are synthetic, made from counts and shares. No row describes a real person or firm.",
        "所有主体均为虚拟，由总量和比例生成。任何一行都不描述真实的个人或企业。",
    ),
    "card.assumptions": (
        "{count} of {of} numbers of the model rest on no source but are assumptions: {mechanisms} of the "
        "mechanisms, {levers} levers, {activities} activities, {district} cells of the district. "
        "Each has a range.",
        "模型的 {of} 个数值中有 {count} 个没有来源，属于假设：机制 {mechanisms} 个，措施参数 {levers} 个，"
        "行为 {activities} 个，本区单元格 {district} 个。每个都给出了范围。",
    ),
}
"""English and Chinese by key."""
