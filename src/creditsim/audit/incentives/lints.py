"""The ten lints. Each yields findings from `Facts`; none runs anything."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from creditsim.audit.findings import Finding
from creditsim.audit.incentives.facts import Double, Facts, Ladder
from creditsim.spec.incentives import Entry, lints, threshold

LONGEST_LOOP = 6
"""Entries of a loop at most: longer ones nobody would walk."""


def lint_findings(facts: Facts) -> Iterator[Finding]:
    """Yield what all lints find, lint by lint in the order of their numbers."""
    for lint in (
        loops,
        repairs,
        unreachable_grades,
        cliffs,
        weak_sanctions,
        contests,
        farmed_items,
        unfunded_rewards,
        double_counts,
        unknowable_rules,
    ):
        yield from lint(facts)


def loops(facts: Facts) -> Iterator[Finding]:
    """Yield loops of entries that can be walked again and again and net points."""
    for ladder in facts.ladders:
        for loop in _loops({each.id: each for each in ladder.entries}):
            turns, net = _best(loop, ladder)
            if net > 0:
                ids = [each.id for each in loop]
                around = " -> ".join([*ids, ids[0]])
                yield _finding("loop", facts.files["entries"], ids[0], entries=around, turns=turns, net=net)


def repairs(facts: Facts) -> Iterator[Finding]:
    """Yield entries whose repair leaves more points than there were before them."""
    for ladder in facts.ladders:
        for entry in ladder.entries:
            if entry.repair is None or entry.repair.leaves_points <= 0:
                continue
            penalty = -entry.points
            if entry.grade:
                lowest = ladder.grades[ladder.place(entry.grade)][1]
                penalty = ladder.base - max(lowest, 0.0)
            net = entry.repair.leaves_points
            numbers = {"entry": entry.id, "penalty": penalty, "reward": penalty + net, "net": net}
            yield _finding("repair", facts.files["entries"], entry.id, **numbers)


def unreachable_grades(facts: Facts) -> Iterator[Finding]:
    """Yield grades that no kind can reach, whatever it does or is entered with."""
    for ladder in facts.ladders:
        entries = ladder.allowed or ladder.entries
        if not entries:
            continue
        kinds = dict.fromkeys(kind for each in entries for kind in each.kinds)
        reach = [_reach(ladder, kind) for kind in kinds]
        low, high = min(each[0] for each in reach), max(each[1] for each in reach)
        for place, (grade, lowest) in enumerate(ladder.grades):
            above = place > ladder.grade(ladder.base)
            next_lowest = ladder.grades[place + 1][1] if place + 1 < len(ladder.grades) else math.inf
            if (above and high < lowest) or low >= next_lowest:
                numbers = {
                    "grade": grade,
                    "lowest": lowest if place else None,
                    "base": ladder.base,
                    "reached": high if above else low,
                }
                yield _finding("unreachable", ladder.file, grade, **numbers)


def cliffs(facts: Facts) -> Iterator[Finding]:
    """Yield cutoffs at which one point is worth more than any single entry of a kind."""
    months = threshold("held_months")
    entries = [each for ladder in facts.ladders for each in ladder.entries]
    for ladder in facts.ladders:
        for kind, worth in ladder.worth.items():
            own = [
                each.own_yuan
                for each in entries
                if each.own_yuan is not None and (kind in each.kinds or "all" in (kind, *each.kinds))
            ]
            for place in range(1, len(worth)):
                step = (worth[place] - worth[place - 1]) * months
                if own and step > max(own):
                    grade, lowest = ladder.grades[place]
                    numbers = {"lowest": lowest, "grade": grade, "kind": kind, "step": step}
                    numbers |= {"months": months, "largest": max(own)}
                    key = grade if kind == "all" else f"{grade}.{kind}"
                    yield _finding("cliff", ladder.file, key, **numbers)


def weak_sanctions(facts: Facts) -> Iterator[Finding]:
    """Yield breaches of which the expected sanction, score included, is below the gain."""
    for breach in facts.breaches:
        act = breach.act
        expected = act.seen_share * (act.fine_yuan + breach.score_yuan)
        if expected < act.gain_yuan:
            numbers = {
                "gain": act.gain_yuan,
                "seen": act.seen_share,
                "fine": act.fine_yuan,
                "score": breach.score_yuan,
                "expected": expected,
                "kind": act.kind,
            }
            yield _finding("sanction", facts.files["acts"], act.id, **numbers)


def contests(facts: Facts) -> Iterator[Finding]:
    """Yield contests in which the score has all the weight, or bars whoever has the merit."""
    for file, prize in facts.prizes:
        if prize.score_weight >= 1 or prize.barred_grades:
            barred = ", ".join(prize.barred_grades) or {"en": "nobody", "zh": "无"}
            numbers = {"weight": prize.score_weight, "merit": 1 - prize.score_weight, "barred": barred}
            yield _finding("contest", file, prize.id, **numbers)


def farmed_items(facts: Facts) -> Iterator[Finding]:
    """Yield bonuses that on weak evidence lift anyone over the next cutoff for less than it is worth."""
    months = threshold("held_months")
    for ladder, earner in facts.earners:
        if not earner.weak_evidence:
            continue
        place = ladder.grade(ladder.base) + 1
        if place >= len(ladder.grades):
            continue
        grade, lowest = ladder.grades[place]
        acts = earner.acts(lowest - ladder.base)
        if acts is None:
            continue
        cost = None if earner.yuan_per_act is None else acts * earner.yuan_per_act
        step = ladder.worth_of(earner.kind, place) - ladder.worth_of(earner.kind, place - 1)
        worth = step * months if ladder.worth else None
        if cost is not None and worth is not None and cost >= worth:
            continue
        numbers = {
            "evidence": earner.weak_evidence,
            "acts": acts,
            "cost": cost,
            "kind": earner.kind,
            "lowest": lowest,
            "grade": grade,
            "worth": worth,
            "months": months,
        }
        yield _finding("farming", facts.files["earners"], earner.key, **numbers)


def unfunded_rewards(facts: Facts) -> Iterator[Finding]:
    """Yield promises of money for which less is set aside than they need."""
    for file, reward in facts.rewards:
        needed = reward.heads * reward.yuan_year
        if needed > reward.funded_yuan_year:
            numbers = {
                "needed": needed,
                "heads": reward.heads,
                "of": _of(reward.of_heads),
                "funded": reward.funded_yuan_year,
            }
            yield _finding("unfunded", file, reward.id, **numbers)


def double_counts(facts: Facts) -> Iterator[Finding]:
    """Yield acts that enter more than once."""
    for each in facts.doubles:
        numbers = {
            "times": len(each.entries),
            "entries": ", ".join(each.entries),
            "points": each.points,
            "counted": _counted(each),
        }
        yield _finding("double", each.file, each.key, **numbers)


def unknowable_rules(facts: Facts) -> Iterator[Finding]:
    """Yield rules that name no act, or of which nobody tells those concerned."""
    for each in facts.unknown:
        yield _finding("unknowable", each.file, each.key, what=dict(each.what))


def _of(heads: float | None) -> dict[str, str]:
    """Return out of how many heads some are, in words; nothing if it is not said."""
    if heads is None:
        return {"en": "", "zh": ""}
    return {"en": f" of {heads:,.0f}", "zh": f"（共 {heads:,.0f} 人）"}


def _counted(double: Double) -> dict[str, str]:
    """Return what the entries of one act add up to, in words."""
    if not double.points:
        return {"en": "direct grades", "zh": "均为直接判级"}
    if double.in_addition:
        return {"en": f"{double.points:+g} points on top", "zh": f"另计 {double.points:+g} 分"}
    return {"en": f"together {double.points:+g} points", "zh": f"合计 {double.points:+g} 分"}


def _finding(lint: str, file: str, key: str, **numbers: Any) -> Finding:
    """Return a finding of a lint at a place."""
    rule = lints()[lint]
    return Finding(rule, file, key, {"en": rule.title_en, "zh": rule.title_zh}, numbers=numbers)


def _loops(entries: dict[str, Entry]) -> Iterator[list[Entry]]:
    """Yield the loops of entries that lead to each other, each once, from its first entry on."""
    order = {name: place for place, name in enumerate(entries)}

    def walk(path: list[str]) -> Iterator[list[Entry]]:
        for name in entries[path[-1]].leads_to:
            if name == path[0]:
                yield [entries[each] for each in path]
            elif order[name] > order[path[0]] and name not in path and len(path) < LONGEST_LOOP:
                yield from walk([*path, name])

    for name in entries:
        yield from walk([name])


def _best(loop: list[Entry], ladder: Ladder) -> tuple[int, float]:
    """Return the turns within a year that net most, and the points they net; caps and doubling counted."""
    nets = [
        sum(_points(each, turn, ladder.doubles) for each in loop)
        for turn in range(1, int(threshold("turns")) + 1)
    ]
    best = max(nets)
    return nets.index(best) + 1, best


def _points(entry: Entry, times: int, doubles: bool) -> float:
    """Return the points of an entry made some times in a year; each repeat of a deduction may double."""
    if entry.points < 0:
        return entry.points * (2**times - 1 if doubles else times)
    most = math.inf if entry.most_points_year is None else entry.most_points_year
    return min(entry.points * times, most)


def _reach(ladder: Ladder, kind: str) -> tuple[float, float]:
    """Return the lowest and highest score that a kind can come to."""
    low, high = ladder.base, ladder.base
    steps: dict[str, float] = {}
    for entry in ladder.allowed or ladder.entries:
        if kind not in entry.kinds and "all" not in entry.kinds:
            continue
        if entry.grade:
            low = min(low, max(ladder.grades[ladder.place(entry.grade)][1], -math.inf))
        elif entry.points < 0:
            low = -math.inf
        elif entry.steps:
            steps[entry.steps] = max(steps.get(entry.steps, 0.0), entry.points)
        else:
            high += math.inf if entry.most_points_year is None else entry.most_points_year
    return low, high + sum(steps.values())
