"""What readers ask first, and the answers."""

from __future__ import annotations

QUESTIONS: dict[str, tuple[str, str]] = {
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
    "answer.by_department": (
        "By department: see “{section}”.",
        "各部门情况：见“{section}”。",
    ),
    "answer.not_by_department": (
        "This comparison does not split them by department.",
        "本次比较未按部门拆分。",
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
}
