"""Read a scenario as facts: what its levers let be entered, treated, given and seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from creditsim.audit.incentives.facts import Breach, Double, Earner, Facts, Ladder, Unknown
from creditsim.audit.incentives.gather import (
    WEAK_EVIDENCE,
    WHO,
    book_entry,
    book_ladder,
    carried_grades,
    catch_alls,
    linked_entries,
)
from creditsim.model.books import (
    CITY_BOOK,
    DISTRICT_BOOK,
    VILLAGE_BOOK,
    district_book_name,
    entered_mp,
    step_hours,
)
from creditsim.model.entries import entry_items, is_allowed, is_document
from creditsim.model.ladders import (
    CITY,
    DISTRICT,
    VILLAGE,
    event_worth_fen,
    in_force,
    mean_worth_fen,
    treatments,
)
from creditsim.scoring.rulebook import Item, Rulebook
from creditsim.spec.activities import Activity, activities, inspection_weights
from creditsim.spec.contests import check_chance, contests
from creditsim.spec.incentives import Act, Entry, Prize, Reward, threshold
from creditsim.spec.levers import levers
from creditsim.spec.measures import measures
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.scenario import Scenario
from creditsim.spec.vocabulary import CHANNELS, KINDS

HEADS = 1000
"""Rewards are reckoned for so many of a kind."""

FUNDS = {
    "village.fund_yuan_per_head_year": "village.fund_villages_share",
    "fund.subdistrict_yuan_per_head_year": "",
}
"""Levers that set money aside for rewards, with the share of places that have it."""

TOLD_BY = (
    "publicity.spending_yuan_per_head_year",
    "publicity.role_models_count",
    "app.publicity_yuan_per_head_year",
    "app.help_desk_staff_hours_per_month",
    "village.public_ranking_on",
    "notice.before_record_days",
)
"""Levers by which persons may hear of scheme, score or entry."""

_FILES_OF = {"student": "files.student_coverage_share"}

Entered = list[tuple[Activity, dict[str, Item]]]


def scenario_facts(scenario: Scenario) -> Facts:
    """Return the facts of a scenario under the levers of its full start."""
    values = scenario.values
    book = load_rulebook(DISTRICT_BOOK)
    entered = [
        (each, _by_channel(entry_items(each, book, values)) if _has_file(each, values) else {})
        for each in activities()
    ]
    ladders = _ladders(entered, values) if values["score.city_on"] else ()
    place = scenario.file or scenario.name
    items_file = f"data/rulebooks/{book.meta['items']}"
    items = list({i.id: i for _, each in entered for i in each.values()}.values())
    return Facts(
        ladders=ladders,
        earners=tuple(_earners(entered, ladders, book, values)),
        breaches=tuple(_breaches(entered, ladders, values)),
        prizes=tuple(_prizes(values, place)),
        rewards=tuple(_rewards(values, place)),
        unknown=(*catch_alls(items, items_file), *_untold(entered, values, place)),
        doubles=tuple(_doubles(items, book, values, place)),
        files={
            "entries": items_file,
            "earners": "data/activities.yaml",
            "acts": "data/activities.yaml",
        },
    )


def _by_channel(items: list[Item | None]) -> dict[str, Item]:
    """Return the items by the channel through which they are entered."""
    return {channel: item for channel, item in zip(CHANNELS, items, strict=True) if item is not None}


def _has_file(activity: Activity, values: Mapping[str, Any]) -> bool:
    """Say whether a kind that needs a file for any entry has one, or needs none."""
    lever = _FILES_OF.get(activity.kinds[0])
    return not lever or bool(values[lever])


def _ladders(entered: Entered, values: Mapping[str, Any]) -> tuple[Ladder, ...]:
    """Return the ladders of the district's, the city's and, where there are files, the village's book."""
    chosen = [(DISTRICT, district_book_name(values)), (CITY, CITY_BOOK)]
    if values["files.villager_coverage_share"]:
        chosen.append((VILLAGE, VILLAGE_BOOK))
    found: dict[str, Ladder] = {}
    for place, name in chosen:
        book = load_rulebook(name)
        rungs = [f"star{grade}" for grade in book.grades] if place == VILLAGE else book.grades
        worth = {}
        for kind in KINDS:
            yuan = [mean_worth_fen(treatments(kind, place, rung, values), values) / 100 for rung in rungs]
            if any(yuan):
                worth[kind] = tuple(yuan)
        if name in found:
            worth = _added(found[name].worth, worth)
        entries = _entries(entered, book, place == VILLAGE, values)
        allowed = _allowed(book, values)
        found[name] = book_ladder(book, f"data/rulebooks/{name}.yaml", entries, worth, allowed)
    return tuple(found.values())


def _added(one: Mapping[str, tuple[float, ...]], other: Mapping[str, tuple[float, ...]]) -> dict:
    """Return the worth of two ladders with the same cutoffs, added up."""
    return {
        kind: tuple(map(sum, zip(*(each[kind] for each in (one, other) if kind in each), strict=True)))
        for kind in dict.fromkeys([*one, *other])
    }


def _allowed(book: Rulebook, values: Mapping[str, Any]) -> tuple[Entry, ...]:
    """Return all items of a book that the levers let be entered, whether an activity leads to them or not."""
    documents_only = values["evidence.effective_document_only_on"]
    return tuple(
        book_entry(item, book, WHO[item.list], entered_mp(item, book, values) / 1000)
        for item in book.items
        if item.list in book.meta["lists"]
        and is_allowed(item, values)
        and (item.direction == "bonus" or not documents_only or is_document(item))
    )


def _entries(
    entered: Entered, book: Rulebook, in_village: bool, values: Mapping[str, Any]
) -> tuple[Entry, ...]:
    """Return the items that can be entered in a book, with who can have them and their own fine or reward."""
    kinds: dict[str, list[str]] = {}
    money: dict[str, float] = {}
    by_id: dict[str, Item] = {}
    for activity, by_channel in entered:
        for item in by_channel.values():
            # An act is posted to one account: rural items to the village's, all others to the district's.
            if in_village != (item.list == "rural"):
                continue
            by_id[item.id] = item
            kinds.setdefault(item.id, []).extend(["villager"] if in_village else activity.kinds)
            own = _fine(activity, values) if activity.is_breach else activity.reward_yuan
            money[item.id] = max(money.get(item.id, 0.0), own)
    return tuple(
        book_entry(
            item, book, tuple(dict.fromkeys(kinds[name])), entered_mp(item, book, values) / 1000, money[name]
        )
        for name, item in by_id.items()
    )


def _fine(activity: Activity, values: Mapping[str, Any]) -> float:
    """Return the fine of a first case, or what stands in for it where the law sets none."""
    return (activity.fine_yuan or activity.fine_substitute_yuan) * values["enforcement.fine_level_share"]


def _seen(activity: Activity, values: Mapping[str, Any]) -> float:
    """Return the chance that any channel notices an act, visits included."""
    missed = math.prod(1 - chance for chance in activity.channels.values())
    if activity.seen_given_visit:
        missed *= 1 - min(1.0, _visit_rate(activity, values)) * activity.seen_given_visit
    return 1 - missed


def _visit_rate(activity: Activity, values: Mapping[str, Any]) -> float:
    """Return visits a month to one of those who meet an activity, as at the baseline but for the budget."""
    if activity.kinds == ("school",):
        return values["school.supervision_visits_per_month"] / threshold("institutions")
    weights = inspection_weights()
    traits = [trait for trait in (*activity.all_traits, *activity.any_traits) if trait in weights]
    lever = "inspection.visits_per_month"
    return max((weights[trait] for trait in traits), default=weights["other"]) * (
        values[lever] / levers()[lever].default
    )


def _breaches(entered: Entered, ladders: tuple[Ladder, ...], values: Mapping[str, Any]) -> list[Breach]:
    """Return the breaches with what fine and score take; the entry is that of the likeliest channel."""
    found = []
    for activity, by_channel in entered:
        if not activity.is_breach:
            continue
        chance = dict(activity.channels)
        if activity.seen_given_visit:
            visits = min(1.0, _visit_rate(activity, values)) * activity.seen_given_visit
            chance["inspection"] = chance.get("inspection", 0.0) + visits
        likely = sorted((c for c in by_channel if chance.get(c)), key=lambda c: -chance[c])
        item = by_channel[likely[0]].id if likely else ""
        losses = [
            sum(
                ladder.loss_yuan(kind, entry)
                for ladder in ladders
                for entry in ladder.entries
                if entry.id == item and kind in entry.kinds and kind in ladder.worth
            )
            for kind in activity.kinds
        ]
        act = Act(
            id=activity.id,
            gain_yuan=activity.stake_yuan,
            seen_share=round(_seen(activity, values), 9),
            fine_yuan=_fine(activity, values),
            entry=item,
            kind=activity.kinds[0],
        )
        found.append(Breach(act, max(losses) + (_bad_file_yuan(activity, values) if item else 0.0)))
    return found


def _bad_file_yuan(activity: Activity, values: Mapping[str, Any]) -> float:
    """Return what a pupil's bad file costs while it is held; nobody else's costs anything by itself."""
    if activity.kinds != ("student",) or not values["files.student_coverage_share"]:
        return 0.0
    return -event_worth_fen("student", "bad_file", values) / 100 * threshold("held_months")


def _earners(
    entered: Entered, ladders: tuple[Ladder, ...], book: Rulebook, values: Mapping[str, Any]
) -> list[tuple[Ladder, Earner]]:
    """Return merits as ways to earn, on each ladder for the kind to which its next grade is worth most."""
    found = []
    for activity, by_channel in entered:
        if activity.is_breach or not by_channel:
            continue
        item = next(iter(by_channel.values()))
        seen = _seen(activity, values)
        own_word = activity.channels.get("self_report", 0.0) >= threshold("own_word_share")
        weak = item.evidence if item.evidence in WEAK_EVIDENCE else "self_report" if own_word else ""
        for ladder in ladders:
            entry = next((each for each in ladder.entries if each.id == item.id), None)
            kinds = [each for each in activity.kinds if entry is not None and each in entry.kinds]
            if not kinds or not seen:
                continue
            above = min(ladder.grade(ladder.base) + 1, len(ladder.grades) - 1)
            kind = max(
                kinds,
                key=lambda kind, ladder=ladder, above=above: (
                    ladder.worth_of(kind, above) - ladder.worth_of(kind, above - 1)
                ),
            )
            steps = _acts_for(item, book, activity, values) if entry.steps else None
            most = max(steps, default=0.0) if steps is not None else entry.most_points_year
            earner = Earner(activity.id, kind, entry.points, most, weak, activity.stake_yuan / seen, steps)
            found.append((ladder, earner))
    return found


def _acts_for(
    item: Item, book: Rulebook, activity: Activity, values: Mapping[str, Any]
) -> dict[float, float]:
    """Return the noticed acts that each step of an item's group takes, by its points."""
    group = next(g for g in book.meta["step_groups"] if any(s["item"] == item.id for s in g["steps"]))
    if not activity.hours:
        return {}
    return {
        entered_mp(book[step["item"]], book, values) / 1000: math.ceil(
            (step_hours(book, step["item"]) or step["from"]) / activity.hours
        )
        for step in group["steps"]
        if item.list in step["lists"]
    }


def _prizes(values: Mapping[str, Any], place: str) -> list[tuple[str, Prize]]:
    """Return the contests in which the score has weight, and the fund that goes to the highest scores."""
    found = []
    for contest in contests():
        weight = values[contest.lever]
        checked = not contest.after_check or check_chance(contest.field, values) > 0
        if weight > 0 and checked:
            barred = contest.bar_grades if values["penalty.persons_on"] else ()
            prize = Prize(id=contest.id, score_weight=float(weight), barred_grades=barred)
            found.append(("data/contests.yaml", prize))
    fund = ("village.fund_yuan_per_head_year", "village.fund_villages_share", "village.fund_top_share")
    if all(values[lever] for lever in fund):
        found.append((place, Prize(id=fund[-1], score_weight=1.0)))
    return found


def _rewards(values: Mapping[str, Any], place: str) -> list[tuple[str, Reward]]:
    """Return the rewards by grade that cost public money, for 1,000 of a kind, by what pays them."""
    due = dict.fromkeys(FUNDS, 0.0)
    found = []
    for measure in measures():
        if measure.direction != "incentive" or measure.public_cost_yuan_month <= 0:
            continue
        if not in_force(measure, values):
            continue
        heads = HEADS * threshold("rewarded_share") * measure.eligible_share
        yearly = 12 * measure.public_cost_yuan_month
        fund = next((lever for lever in FUNDS if lever in measure.requires), "")
        if fund:
            due[fund] += heads * yearly
        elif measure.trigger_grades:
            reward = Reward(id=measure.id, heads=heads, of_heads=HEADS, yuan_year=yearly)
            found.append(("data/measures.yaml", reward))
    for fund, needed in due.items():
        if needed:
            share = values[FUNDS[fund]] if FUNDS[fund] else 1.0
            aside = HEADS * values[fund] * share
            reward = Reward(id=fund, heads=HEADS, yuan_year=needed / HEADS, funded_yuan_year=aside)
            found.append((place, reward))
    return found


def _untold(entered: Entered, values: Mapping[str, Any], place: str) -> list[Unknown]:
    """Return who is entered without anybody telling them: pupils always, all persons where no lever does."""
    found = []
    pupils = "files.student_coverage_share"
    if values["score.city_on"] and values[pupils]:
        en = "pupils have files, and nobody tells them of scheme, items or score"
        found.append(Unknown(place, pupils, {"en": en, "zh": "学生有档案，却无人告知其规则和分数"}))
    told = any(levers()[name].is_on(values[name]) for name in TOLD_BY)
    if not told and any(by_channel for _, by_channel in entered):
        en = f"none of {', '.join(TOLD_BY)} is on"
        found.append(Unknown(place, TOLD_BY[0], {"en": en, "zh": "没有任何告知渠道"}))
    return found


def _doubles(items: list[Item], book: Rulebook, values: Mapping[str, Any], place: str) -> list[Double]:
    """Return what one act enters more than once under a scenario's levers."""
    known = {item.id for item in items}
    found = linked_entries(book, known, f"data/rulebooks/{book.meta['items']}", household=False)
    if known and values["files.villager_coverage_share"] and values["village.compact_on"]:
        village = load_rulebook(VILLAGE_BOOK)
        found += carried_grades(village, f"data/rulebooks/{VILLAGE_BOOK}.yaml")
        entries = ("village score", "village-five-stars")
        points = book["village-five-stars"].points_mp / 1000
        found.append(Double(f"data/rulebooks/{DISTRICT_BOOK}.yaml", "star_month", entries, points, True))
        if values["village.household_liability_on"]:
            # Whatever takes points off a member in the village is entered on the head too.
            entries = ("entry on a member of the family", "entry on the household head")
            points = -float(values["village.compact_deduction_points"])
            found.append(Double(place, "village.household_liability_on", entries, points, True))
    return found
