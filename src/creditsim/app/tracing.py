"""Tell in sentences what made the difference for one synthetic agent between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from creditsim.analysis.trace import Trace, trace_folders
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
    lines += [_entry_sentence(row, zh) for row in found.entries.to_dict("records")]
    lines += [_end_sentence(run, found.end[run], zh) for run in ("a", "b")]
    if found.rules:
        lines.append(
            "两个方案不同的规则（A → B）：" if zh else "Rules that differ between the scenarios (A to B):"
        )
        lines += ["  " + _rule_text(each, lang) for each in found.rules[:_SHOWN]]
        left = len(found.rules) - _SHOWN
        if left > 0:
            lines.append(
                f"  另有 {left} 项，见 creditsim diff。" if zh else f"  and {left} more: see creditsim diff."
            )
    return "\n".join(lines)


def _entry_sentence(row: dict[str, Any], zh: bool) -> str:
    """Return one entry that only one run has."""
    book = load_rulebook(DISTRICT_BOOK)
    item = book[row["item"]]
    run, what, account = row["run"].upper(), _KINDS[row["kind"]][zh], _ACCOUNTS[row["account"]][zh]
    name = f"“{item.name_zh}”" if zh else f'"{item.name_en}"'
    worth, seen = "", ""
    if row["points_mp"]:
        worth = f"，{row['points_mp'] / 1000:+g} 分" if zh else f", {row['points_mp'] / 1000:+g} points"
    if row["channel"]:
        channel = word(f"channel.{row['channel']}", "zh" if zh else "en")
        seen = f"，来源：{channel}" if zh else f", source: {channel}"
    if zh:
        return f"{row['posted']}：仅在运行 {run} 中，{name}{what}（{account}{worth}{seen}）。"
    return f"{row['posted']}: only in run {run}, {name} was {what} ({account}{worth}{seen})."


def _end_sentence(run: str, end: dict[str, Any], zh: bool) -> str:
    """Return where the agent ended in one run."""
    score = f"{end['score_mp'] / 1000:g}"
    if zh:
        return f"运行 {run.upper()} 结束时：区级信用分 {score} 分，等级 {end['grade']}。"
    return f"At the end of run {run.upper()}: district score {score} points, grade {end['grade']}."


def _rule_text(change: Any, lang: str) -> str:
    """Return one lever that differs, old to new, with its unit."""
    lever = levers()[change.lever]
    values = f"{_value(change.old, lang)} → {_value(change.new, lang)} {unit_in(lever.unit, lang)}".rstrip()
    return f"{title_of(lever, lang)}{'：' if lang == 'zh' else ': '}{values}"


def _value(value: Any, lang: str) -> str:
    """Return a lever's value; a switch in words."""
    if isinstance(value, bool):
        return ("是" if value else "否") if lang == "zh" else ("on" if value else "off")
    return value_in(value)
