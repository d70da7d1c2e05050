"""Tell in sentences what made the difference for one synthetic agent between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from creditsim.analysis.trace import FORMER, Trace, trace_folders
from creditsim.app.commands import LANGUAGES
from creditsim.app.options import choice_faults
from creditsim.app.printing import Voice, print_json
from creditsim.app.words import unit_in, value_in, word
from creditsim.core.errors import Fault, InputError
from creditsim.model.books import DISTRICT_BOOK
from creditsim.report.labels import title_of
from creditsim.spec.levers import levers
from creditsim.spec.rulebooks import load_rulebook

_KINDS = {
    "item": ("entered", "记入"),
    "repair": ("repaired", "已修复"),
    "void": ("struck out after a check", "经核查撤销"),
    "objection": ("objected to", "提出异议"),
    "objection_closed": ("closed after an objection", "异议办结"),
    "correction": ("corrected", "已更正"),
    "ended": ("noted as ended", "行为终止"),
}
_AGENTS = {
    "enterprise": ("enterprise", "企业"),
    "teacher": ("teacher", "教师"),
    "villager": ("villager", "村民"),
    "resident": ("resident", "社区居民"),
    "student": ("student", "学生"),
    "civil_servant": ("civil servant", "公职人员"),
    "school": ("school", "学校"),
    "agency": ("public body", "公共机构"),
}
_ACCOUNTS = {"district": ("district score", "区级信用分"), "village": ("village score", "村级信用分")}

_WHY_ZH = (
    ("void, an objection was upheld", "异议成立，已撤销，不计分"),
    ("suspended while an objection is open", "异议处理期间暂停计分"),
    ("another item of the same act weighs more", "同一行为已按更重事项计分"),
    ("recorded already", "重复记录，不计分"),
    ("a higher step was reached in the same year", "同年已达到更高档次"),
    ("no longer valid", "有效期已过，不再计分"),
    ("locked until the direct grade is corrected", "直接定级未纠正前，加分锁定"),
    ("not counted in this book", "不在适用的评分规则内，不计分"),
    ("left by the repair of a direct grade", "直接定级修复后保留的分值"),
    ("lesser grade left by the repair of a direct grade", "直接定级修复后保留的较轻等级"),
    ("repaired", "已修复，不再计分"),
    ("direct grade in force, corrected", "直接定级有效，已纠正"),
    ("direct grade in force", "直接定级有效"),
    ("counts up to the cap", "受上限限制"),
    ("counts, repeated within validity: x ", "有效期内重复发生，加倍计分 ×"),
    ("counts", "计分"),
    ("; objection open", "；异议处理中"),
    (FORMER, "属于该位置先前的主体，与期末主体无关"),
)
"""Chinese for the reasons of the scoring core; a longer one stands before the one it begins with."""

_CHOICES = {
    "none": ("none", "无"),
    "city_2018": ("city rules 2018", "市级规则（2018）"),
    "all_in_book": ("all topics of the book", "规则全部事项"),
    "guidance_excluded": ("without what the guidance excludes", "剔除指导意见不许的事项"),
    "default": ("usual weights", "默认权重"),
    "equal": ("equal weights", "等权重"),
    "court_and_tax": ("courts and tax weigh more", "侧重司法和税务"),
    "wendeng_2020_proxy": ("Wendeng rulebook 2020 (proxy)", "文登区规则 2020（替代）"),
    "guidance_2021": ("guidance of 2021", "2021 年指导意见"),
    "record_count": ("number of records", "记录数量"),
    "error_and_effect": ("errors and effect", "差错与成效"),
}

_SHOWN = 10
"""Rules shown to people; --json has all."""


def trace(run_a: str | Path, run_b: str | Path, agent: int) -> Trace:
    """Return what made the difference for one agent between two folders of runs; see `trace_folders`."""
    return trace_folders(run_a, run_b, agent)


def show_trace(run_a: str, run_b: str, agent: str, lang: str, voice: Voice) -> int:
    """Print what made the difference for one agent; return the exit code.

    Raises
    ------
    InputError
        All faults of the options, or of the folders.
    """
    faults = choice_faults("--lang", lang, LANGUAGES)
    if not agent.lstrip("-").isascii() or not agent.lstrip("-").isdigit():
        faults.append(Fault(f"got {agent!r}, expected a whole number from 0", key="--agent"))
    if faults:
        raise InputError(faults)
    found = trace_folders(run_a, run_b, int(agent))
    if voice.json:
        print_json(trace_object(found))
    else:
        voice.result(trace_text(found, lang))
    return 0


def trace_object(found: Trace) -> dict[str, Any]:
    """Return what ``creditsim trace --json`` prints."""
    return {
        "agent": found.agent,
        "kind": found.kind,
        "same": found.same,
        "first_month": found.first_month,
        "entries": found.entries.to_dict("records"),
        "end": found.end,
        "rules": [{"lever": each.lever, "old": each.old, "new": each.new} for each in found.rules],
        "touching": [each.lever for each in found.touching],
    }


def trace_text(found: Trace, lang: str) -> str:
    """Return a trace as sentences, one a line."""
    zh = lang == "zh"
    kind = _AGENTS[found.kind][zh]
    if found.same:
        if zh:
            return f"模拟主体 {found.agent}（{kind}）在两次运行中的记录和最终结果完全相同。"
        return f"Synthetic agent {found.agent} ({kind}) has the same entries and the same end in both runs."
    lines = [f"模拟主体 {found.agent}（{kind}）" if zh else f"Synthetic agent {found.agent} ({kind})"]
    if found.first_month is None:
        lines.append("两次运行的记录相同。" if zh else "The entries are the same in both runs.")
    else:
        month = found.first_month
        lines.append(f"记录自 {month} 起出现差异。" if zh else f"The entries differ from {month} on.")
    lines += [_entry_sentence(row, zh) for row in _in_one(found.entries.to_dict("records"))]
    lines += [_end_sentence(run, found.end[run], found.kind, zh) for run in ("a", "b")]
    if found.touching:
        lines.append(
            "两个方案不同、且按名称涉及上述记录的规则（A → B）："
            if zh
            else "Rules that differ and are by name about these entries (A to B):"
        )
        lines += ["  " + _rule_text(each, lang) for each in found.touching[:_SHOWN]]
        if (more := len(found.touching) - _SHOWN) > 0:
            lines.append(
                f"  另有 {more} 项也涉及上述记录：见 --json。"
                if zh
                else f"  and {more} more such rules: see --json."
            )
    left = len(found.rules) - len(found.touching)
    if left > 0:
        lines.append(
            f"另有 {left} 项不同的规则，可能经他人或预期间接起作用，见 creditsim diff。"
            if zh
            else f"{left} more rules differ and may act through others or beliefs: see creditsim diff."
        )
    return "\n".join(lines)


def _in_one(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return entries with those that differ in their points alone as one, with a key ``other``."""
    same = ("posted", "account", "kind", "item", "channel", "event", "end")
    left, joined = [row for row in rows if row["run"] == "b"], []
    for row in rows:
        if row["run"] == "a":
            twin = next((b for b in left if all(b[n] == row[n] for n in same)), None)
            if twin is not None:
                left.remove(twin)
            joined.append({**row, "other": twin})
    joined += [{**row, "other": None} for row in left]
    return sorted(joined, key=lambda row: row["posted"])


def _effect(row: dict[str, Any], zh: bool) -> str:
    """Return what an entry does to the score at the end, and why; blank for what acts on another entry."""
    if not row["why"]:
        return ""
    why = row["why"]
    if zh:
        for english, chinese in _WHY_ZH:
            why = why.replace(english, chinese) if why.startswith(english) or english[0] == ";" else why
    counted = f"{row['counted_mp'] / 1000:+g}" if row["counted_mp"] else "0"
    return f"期末计 {counted} 分：{why}" if zh else f"counts {counted} points at the end: {why}"


def _entry_sentence(row: dict[str, Any], zh: bool) -> str:
    """Return one entry that only one run has."""
    book = load_rulebook(DISTRICT_BOOK)
    item = book[row["item"]]
    run, what, account = row["run"].upper(), _KINDS[row["kind"]][zh], _ACCOUNTS[row["account"]][zh]
    name = f"“{item.name_zh}”" if zh else f'"{item.name_en}"'
    worth, seen = "", ""
    twin, unit = row["other"], "分" if zh else "points"
    comma = "，" if zh else ", "
    if twin is not None:
        worth = f"{comma}A {row['points_mp'] / 1000:+g}, B {twin['points_mp'] / 1000:+g} {unit}"
    elif row["points_mp"]:
        worth = f"{comma}{row['points_mp'] / 1000:+g} {unit}"
    if row["channel"]:
        channel = word(f"channel.{row['channel']}", "zh" if zh else "en")
        seen = f"，来源：{channel}" if zh else f", source: {channel}"
    effects = [_effect(each, zh) for each in (row, twin) if each is not None]
    if twin is not None:
        effects = [f"{run} {effect}" for run, effect in zip("AB", effects, strict=True) if effect]
    tail = ("；" if zh else "; ").join(effect for effect in effects if effect)
    tail = f"{'；' if zh else '; '}{tail}" if tail else ""
    if zh:
        where = "两次运行均有" if twin is not None else f"仅在运行 {run} 中"
        return f"{row['posted']}：{where}，{name}{what}（{account}{worth}{seen}）{tail}。"
    where = "in both runs" if twin is not None else f"only in run {run}"
    return f"{row['posted']}: {where}, {name} was {what} ({account}{worth}{seen}){tail}."


def _end_sentence(run: str, end: dict[str, Any], kind: str, zh: bool) -> str:
    """Return where the agent ended in one run."""
    score, village, star = f"{end['score_mp'] / 1000:g}", f"{end['village_score_mp'] / 1000:g}", end["star"]
    title = load_rulebook(end["rulebook"]).meta["title"]["zh" if zh else "en"]
    if zh:
        also = f"，村级信用分 {village} 分，{star} 星" if kind == "villager" else ""
        return (
            f"运行 {run.upper()} 结束时：区级信用分 {score} 分，等级 {end['grade']}（按《{title}》）{also}。"
        )
    also = f", village score {village} points, {star} stars" if kind == "villager" else ""
    grade = f"grade {end['grade']} (by {title})"
    return f"At the end of run {run.upper()}: district score {score} points, {grade}{also}."


def _rule_text(change: Any, lang: str) -> str:
    """Return one lever that differs, old to new, with its unit."""
    lever = levers()[change.lever]
    values = f"{_value(change.old, lang)} → {_value(change.new, lang)} {unit_in(lever.unit, lang)}".rstrip()
    return f"{title_of(lever, lang)}{'：' if lang == 'zh' else ': '}{values}"


def _value(value: Any, lang: str) -> str:
    """Return a lever's value; a switch in words."""
    if isinstance(value, bool):
        return ("是" if value else "否") if lang == "zh" else ("on" if value else "off")
    if value in _CHOICES:
        return _CHOICES[value][lang == "zh"]
    if value == "never":
        return "不实施" if lang == "zh" else value
    return value_in(value)
