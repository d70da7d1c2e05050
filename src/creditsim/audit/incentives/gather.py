"""Read a rule table or a rulebook as facts; a scenario is read in `scenario`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from creditsim.audit.incentives.facts import Breach, Double, Earner, Facts, Ladder, Unknown
from creditsim.scoring.rulebook import Item, Rulebook
from creditsim.spec.incentives import Entry, Repair, RuleTable, load_rule_table, lowest_points
from creditsim.spec.rulebooks import load_rulebook, rulebook_names

WEAK_EVIDENCE = ("self_report", "neighbour_report")
"""Evidence that nobody but the doer or a neighbour vouches for."""

WHO = {
    "individual": ("person", "villager", "resident"),
    "legal_person": ("enterprise",),
    "rural": ("villager",),
    "community": ("resident",),
    "linked": ("villager",),
}
"""Whom a list of a book is for."""

_PERIODS_A_YEAR = {"per month": 12, "per quarter": 4, "per 6 months": 2, "per year": 1}


def table_facts(path: str | Path) -> tuple[RuleTable, Facts]:
    """Return a rule table and its facts; raise InputError with all faults of the file."""
    table = load_rule_table(path)
    names = [each.grade for each in table.grades] or [""]
    bounds = [-math.inf, *(lowest_points(each) for each in table.grades[1:])]
    kinds = dict.fromkeys(each.kind for each in table.treatments)
    worth = {
        kind: tuple(
            sum(
                each.yuan_month
                for each in table.treatments
                if each.kind in (kind, "all") and grade in each.grades
            )
            for grade in names
        )
        for kind in kinds
    }
    ladder = Ladder(
        name=table.rule_table,
        file=str(path),
        base=table.base_points,
        grades=tuple(zip(names, bounds, strict=True)),
        doubles=table.repeat_doubling,
        entries=table.entries,
        worth=worth,
    )
    by_id = {each.id: each for each in table.entries}
    score = {
        each.id: ladder.loss_yuan(each.kind, by_id[each.entry]) if each.entry else 0.0 for each in table.acts
    }
    told = "nothing says how those concerned learn of it", "未说明当事人如何得知"
    return table, Facts(
        ladders=(ladder,),
        earners=tuple((ladder, earner) for earner in entry_earners(table.entries)),
        breaches=tuple(Breach(each, score[each.id]) for each in table.acts),
        prizes=tuple((str(path), each) for each in table.contests),
        rewards=tuple((str(path), each) for each in table.rewards),
        unknown=tuple(
            Unknown(str(path), each.id, {"en": told[0], "zh": told[1]})
            for each in table.entries
            if each.told_by == ()
        ),
        doubles=(*same_fact(table.entries, str(path)), *_with_others(table.entries, str(path))),
        files=dict.fromkeys(("entries", "acts", "earners"), str(path)),
    )


def book_facts(name_or_path: str | Path) -> Facts:
    """Return the facts of a rulebook: its items at their own caps, without treatments.

    Raises
    ------
    InputError
        If the book cannot be read.
    """
    book = load_rulebook(name_or_path)
    shipped = str(name_or_path) in rulebook_names()
    path = f"data/rulebooks/{book.name}.yaml" if shipped else str(name_or_path)
    items = Path(path).with_name(book.meta["items"]).as_posix()
    listed = [item for item in book.items if item.list in (*book.meta["lists"], "linked")]
    entries = tuple(book_entry(item, book, WHO.get(item.list, ("all",))) for item in listed)
    ladder = book_ladder(book, path, entries)
    return Facts(
        ladders=(ladder,),
        earners=tuple((ladder, earner) for earner in entry_earners(entries)),
        unknown=tuple(catch_alls(listed, items)),
        doubles=(
            *linked_entries(book, {item.id for item in listed}, items),
            *carried_grades(book, path),
            *same_fact(entries, items),
        ),
        files={"entries": items, "earners": items},
    )


def book_ladder(
    book: Rulebook,
    file: str,
    entries: tuple[Entry, ...],
    worth: Mapping[str, tuple[float, ...]] | None = None,
    allowed: tuple[Entry, ...] = (),
) -> Ladder:
    """Return the ladder of a book with some entries, and what its grades are worth."""
    lowest = (-math.inf, *(int(mp) / 1000 for mp in book.cutoffs_mp))
    return Ladder(
        name=book.name,
        file=file,
        base=book.base_mp / 1000,
        grades=tuple(zip(book.grades, lowest, strict=True)),
        doubles=bool(book.meta["repeat_doubling"]),
        entries=entries,
        worth=worth or {},
        allowed=allowed,
    )


def book_entry(
    item: Item,
    book: Rulebook,
    kinds: tuple[str, ...],
    points: float | None = None,
    own_yuan: float | None = None,
) -> Entry:
    """Return an item of a book as an entry; its points may be those that levers set."""
    worth = item.points_mp / 1000 if points is None else points
    return Entry(
        id=item.id,
        points=worth,
        grade=book.meta["direct_grades"][item.direct_grade]["grade"] if item.direct_grade else "",
        most_points_year=_cap(item, book, worth) if item.direction == "bonus" else None,
        evidence=item.evidence,
        steps=_steps_of(item, book),
        fact=item.name_zh,
        own_yuan=own_yuan,
        kinds=kinds,
        validity_months=item.validity_months,
        repair=_repair(item, book),
    )


def entry_earners(entries: Iterable[Entry]) -> list[Earner]:
    """Return the bonuses as ways to earn; steps reached by hours are left to what makes the hours."""
    return [
        Earner(
            key=each.id,
            kind=each.kinds[0],
            points=each.points,
            most_points=each.most_points_year,
            weak_evidence=each.evidence if each.evidence in WEAK_EVIDENCE else "",
            yuan_per_act=each.cost_yuan,
        )
        for each in entries
        if each.points > 0 and not each.steps
    ]


def catch_alls(items: Iterable[Item], file: str) -> list[Unknown]:
    """Return the items that name no act: "other conduct" of some field."""
    return [
        Unknown(
            file,
            item.id,
            {"en": f"{item.name_en!r} names no act ({item.worth})", "zh": f"“{item.name_zh}”未写明具体行为"},
        )
        for item in items
        if item.category == "other"
    ]


def linked_entries(book: Rulebook, known: set[str], file: str, household: bool = True) -> list[Double]:
    """Return what a book enters on somebody else beside the one who acted."""
    found = []
    for link in book.meta["leader_links"]:
        if link["item"] in known:
            points = sum(book[link[key]].points_mp for key in ("item", "leader_item")) / 1000
            found.append(Double(file, link["item"], (link["item"], link["leader_item"]), points))
    if household:
        for name in book.meta["household_items"]:
            if name in known:
                points = 2 * book[name].points_mp / 1000
                found.append(Double(file, name, (name, f"{name} (household head)"), points))
    return found


def carried_grades(book: Rulebook, file: str) -> list[Double]:
    """Return what a low grade of one account takes off the other."""
    if not book.meta["carried_points"]:
        return []
    entries = ("district grade", "base points of the village score")
    lowest = float(min(book.meta["carried_points"].values()))
    return [Double(file, "carried_points", entries, lowest, in_addition=True)]


def same_fact(entries: Iterable[Entry], file: str) -> list[Double]:
    """Return acts that stand under two entries that one subject can have."""
    by_fact: dict[tuple[str, bool], list[Entry]] = {}
    for each in entries:
        if each.fact:
            by_fact.setdefault((each.fact, each.points > 0), []).append(each)
    found = []
    for first, *others in by_fact.values():
        same = [
            each for each in others if _meet(each, first) and not (each.steps and each.steps == first.steps)
        ]
        if same:
            group = (first, *same)
            points = sum(each.points for each in group)
            found.append(Double(file, first.id, tuple(each.id for each in group), points))
    return found


def _meet(one: Entry, other: Entry) -> bool:
    """Say whether somebody can have both entries."""
    return "all" in (*one.kinds, *other.kinds) or not set(one.kinds).isdisjoint(other.kinds)


def _with_others(entries: tuple[Entry, ...], file: str) -> list[Double]:
    """Return the entries of a table that bring others with them."""
    points = {each.id: each.points for each in entries}
    return [
        Double(file, each.id, names, sum(points[name] for name in names))
        for each in entries
        if each.also_enters
        for names in [(each.id, *each.also_enters)]
    ]


def _cap(item: Item, book: Rulebook, points: float) -> float | None:
    """Return the points of a bonus that a year gives at most: its own cap, its group's, or its period's."""
    caps = [
        group["points"] * (12 if group["period"] == "month" else 1)
        for group in book.meta["cap_groups"]
        if item.id in group["items"]
        and all(book.switches.get(name) == option for name, option in group.get("only_if", {}).items())
    ]
    if item.cap_mp >= 0:
        caps.append(item.cap_mp / 1000 * (12 if item.cap_period == "month" else 1))
    if item.unit in _PERIODS_A_YEAR:
        caps.append(points * _PERIODS_A_YEAR[item.unit])
    return min(caps) * max(1, -(-item.validity_months // 12)) if caps else None


def _steps_of(item: Item, book: Rulebook) -> str:
    """Return the group of steps of which an item is one, or nothing."""
    groups = book.meta["step_groups"]
    return next((g["name"] for g in groups if any(s["item"] == item.id for s in g["steps"])), "")


def _repair(item: Item, book: Rulebook) -> Repair | None:
    """Return what the repair of an item leaves by the book, or None where it says nothing."""
    if item.direction == "bonus":
        return None
    for row in book.meta["repairs"]:
        if row["items"] == "all" or item.id in row["items"]:
            if row.get("points") is not None:
                return Repair(leaves_points=row["points"])
            lowest = dict(zip(book.grades[1:], book.cutoffs_mp, strict=True)).get(row["grade"], 0)
            return Repair(leaves_points=(int(lowest) - book.base_mp) / 1000)
    return None
