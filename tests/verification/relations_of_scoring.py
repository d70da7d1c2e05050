"""Relations of records, scores and grades."""

from __future__ import annotations

import dataclasses

import numpy as np
from checks import Check, Finding, Size
from small_parts import START, entries_of, scores, uniform

from creditsim.scoring.fold import grade_code
from creditsim.scoring.ledger import MONTH_OPEN, REPAIR
from creditsim.scoring.score import score_ledger
from creditsim.spec.rulebooks import load_rulebook

BOOKS = ("wendeng-2020", "weihai-city", "wendeng-village-stars")
BONUSES = ("ind-volunteering-20-hours", "ind-donation-over10000", "ind-national-award", "ind-blood-donation",
           "rural-neighbour-mutual-help")  # fmt: skip
BREACHES = (
    "ind-tax-evasion",
    "ind-traffic-fine-upto500",
    "ind-serious-tax-evasion",
    "ind-drink-driving-direct-b",
    "ind-judgment-defaulter-list-direct-d",
    "ind-unlicensed-activity",
)
SPAN = 40
SUBJECTS = 25


def _history(book, case: int):
    """Return a random ledger of items about subjects 0 to SUBJECTS - 1: subjects, items, months."""
    number = 6 * SUBJECTS
    names = BONUSES + BREACHES
    pick, who, when = (uniform(200, number, index, case) for index in range(3))
    items = np.array([book[name].index for name in names])[(pick * len(names)).astype(np.int64)]
    return (who * SUBJECTS).astype(np.int64), items, START + (when * SPAN).astype(np.int64)


def _books(size: Size):
    """Give the books in turn, with the number of the case; yearly caps by calendar year."""
    for case in range(max(6, size.cases // 4)):
        yield case, load_rulebook(BOOKS[case % len(BOOKS)])


def _table(book, entries) -> np.ndarray:
    """Return scores by month and subject."""
    return np.stack([scores(book, entries, month, SUBJECTS) for month in range(START, START + SPAN + 30, 5)])


def _found(wrong: int, size: int, note: str = "") -> Finding:
    return Finding(wrong == 0, size, wrong, note=note)


def names_are_labels(size: Size, sorted_names: bool = False) -> Finding:
    """Grades renamed: the same scores and codes. The fault sorts the renamed grades, cutoffs with them."""
    wrong = tried = 0
    for case, book in _books(size):
        entries = entries_of(book, *_history(book, case))
        names = tuple(f"{chr(ord('z') - place)}" for place in range(len(book.grades)))
        other = dataclasses.replace(book, name="other", title={}, grades=names)
        if sorted_names:
            rules = book.rule_record.copy()
            rules["lowest_mp"][1:] = rules["lowest_mp"][1:][np.argsort(names[1:])]
            other = dataclasses.replace(other, rule_record=rules)
        for month in (START + 20, START + 40):
            one, two = (score_ledger(each, entries, month) for each in (book, other))
            wrong += int((one != two).sum())
            tried += len(one)
    return _found(wrong, tried, "accounts that differ")


def grades_climb(size: Size, strict: bool = False) -> Finding:
    """Grades never fall as the score rises; each begins exactly at its cutoff: -1, 0 and +1 mp around it."""
    wrong = tried = 0
    for name in BOOKS:
        book = load_rulebook(name)
        rules = book.rule_record.copy()
        if strict:
            rules["lowest_mp"][1:] += 1  # > in place of >=
        values = np.sort((2_000_000 * uniform(201, size.cases * 5)).astype(np.int64))
        codes = [int(grade_code(value, rules)) for value in values]
        wrong += int((np.diff(codes) < 0).sum())
        for place, cutoff in enumerate(book.cutoffs_mp.tolist(), 1):
            around = [int(grade_code(cutoff + step, rules)) for step in (-1, 0, 1)]
            wrong += around != [place - 1, place, place]
            tried += 3
        tried += len(values)
    return _found(wrong, tried, "scores with a wrong grade")


def expires(size: Size, shift: int = 0) -> Finding:
    """An entry counts in its last month and not in the next one, for every item of two books.

    The months are those of the items file (of the village book, until 31 December).
    """
    wrong = tried = 0
    for name in BOOKS:
        book = load_rulebook(name)
        table = book.item_table.copy()
        table["validity_months"] += shift
        used = dataclasses.replace(book, item_table=table)
        rules = used.rule_record.copy()
        rules["yearly"] = 0 if shift and rules["yearly"] else rules["yearly"]
        used = dataclasses.replace(used, rule_record=rules)
        names = [item for item in book.items if book.item_table[item.index]["counts"]]
        names = [item for item in names if item.points_mp or item.direct_grade]
        event = START + 5
        entries = entries_of(book, np.arange(len(names)), np.array([item.index for item in names]),
                             np.full(len(names), event))  # fmt: skip
        last = [START + 11 if book.account else event + item.validity_months - 1 for item in names]
        for month in sorted({*last, *(each + 1 for each in last)}):
            base = scores(used, entries, month, len(names)) == book.base_mp
            due = np.array([month in (each, each + 1) for each in last])
            over = np.array([month == each + 1 for each in last])
            wrong += int((base != over)[due].sum())
            tried += int(due.sum())
    return _found(wrong, tried, "entries that count a month too long or too short")


def repairs(size: Size, adds: bool = False) -> Finding:
    """A repair never lowers a score, and twice is once. The fault posts the points once more instead."""
    wrong = tried = 0
    for case, book in _books(size):
        who, items, when = _history(book, case)
        number = len(who)
        target = (uniform(202, SUBJECTS, 0, case) * number).astype(np.int64)
        delay = (uniform(202, SUBJECTS, 1, case) * 20).astype(np.int64)
        tables = [_table(book, entries_of(book, who, items, when))]
        for times in (1, 2):
            refs = np.concatenate((np.full(number, -1), *[target] * times))
            kinds = np.concatenate((np.zeros(number, np.int64), *[np.full(SUBJECTS, REPAIR)] * times))
            points = None
            if adds:
                kinds[:], refs[:] = 0, -1
                listed = book.item_table["points_mp"][items]
                points = np.concatenate((listed, *[-listed[target]] * times))
            tables.append(
                _table(
                    book,
                    entries_of(
                        book,
                        np.concatenate((who, *[who[target]] * times)),
                        np.concatenate((items, *[items[target]] * times)),
                        np.concatenate((when, *[when[target] + delay] * times)),
                        kinds,
                        refs,
                        points,
                    ),
                )
            )
        wrong += int((tables[1] < tables[0]).sum() + (tables[1] != tables[2]).sum())
        tried += tables[0].size
    return _found(wrong, tried, "scores that fell by a repair or changed by the second one")


def _with_one_more(book, case: int, names, flip: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores without and with one more entry on each subject, and whether it is in force."""
    who, items, when = _history(book, case)
    pick, moment = uniform(203, SUBJECTS, 0, case), uniform(203, SUBJECTS, 1, case)
    names = [name for name in names if book.item_table[book[name].index]["counts"]]
    more = np.array([book[name].index for name in names])[(pick * len(names)).astype(np.int64)]
    posted = START + (moment * SPAN).astype(np.int64)
    before = entries_of(book, who, items, when)
    points = np.concatenate(
        (book.item_table["points_mp"][items], (-1 if flip else 1) * book.item_table["points_mp"][more])
    )
    after = entries_of(
        book, np.concatenate((who, np.arange(SUBJECTS))), np.concatenate((items, more)),
        np.concatenate((when, posted)), points_mp=points,
    )  # fmt: skip
    months = np.arange(START, START + SPAN + 30, 5)[:, None]
    until = posted // 12 * 12 + 12 if book.account else posted + book.item_table["validity_months"][more]
    return _table(book, before), _table(book, after), (months >= posted) & (months < until)


def merits(size: Size, flip: bool = False) -> Finding:
    wrong = tried = 0
    for case, book in _books(size):
        if not any(book.item_table[book[name].index]["counts"] for name in BONUSES):
            continue
        before, after, valid = _with_one_more(book, case, BONUSES, flip)
        wrong += int((after < before)[valid].sum())
        tried += int(valid.sum())
    return _found(wrong, tried, "scores lowered by a merit in force")


def breaches(size: Size, flip: bool = False) -> Finding:
    wrong = tried = 0
    for case, book in _books(size):
        before, after, _ = _with_one_more(book, case, BREACHES, flip)
        wrong += int((after > before).sum())
        tried += before.size
    return _found(wrong, tried, "scores raised by a breach")


def order_within_month(size: Size, clipped: bool = False) -> Finding:
    """Entries of a month in another order: the same scores. The fault clips after each entry."""
    wrong = tried = 0
    for case, book in _books(size):
        who, items, when = _history(book, case)
        when = START + (when - START) // 8 * 8
        mixed = np.argsort(uniform(204, len(who), 0, case), kind="stable")
        both = []
        for order in (np.arange(len(who)), mixed):
            entries = entries_of(book, who[order], items[order], when[order])
            both.append(_clipped_sums(entries) if clipped else _table(book, entries))
        wrong += int((both[0] != both[1]).sum())
        tried += both[0].size
    return _found(wrong, tried, "scores that hang on the order")


def _clipped_sums(entries) -> np.ndarray:
    """A seeded fault: add points up one after the other and clip at 980 to 1,020 each time."""
    found = np.full(SUBJECTS, 1_000_000)
    for entry in entries:
        found[entry["subject"]] = min(max(found[entry["subject"]] + entry["points_mp"], 980_000), 1_020_000)
    return found


def delivered_twice(size: Size, new_act: bool = False) -> Finding:
    """Each entry once more, later, with its act: the same scores."""
    wrong = tried = 0
    for case, book in _books(size):
        who, items, when = _history(book, case)
        once = entries_of(book, who, items, when)
        once["act"] = np.arange(len(once))
        again = once.copy()
        again["posted"] += (uniform(205, len(once), 0, case) * 9).astype(np.int32)
        again["id"] += len(once)
        if new_act:
            again["act"] += len(once)
        both = np.concatenate((once, again))
        both = both[np.argsort(both["posted"], kind="stable")]
        both["id"] = np.arange(len(both))
        one, two = _table(book, once), _table(book, both)
        wrong += int((one != two).sum())
        tried += one.size
    return _found(wrong, tried, "scores changed by a second delivery")


assert MONTH_OPEN > START

CHECKS = (
    Check(
        "relation-grade-names-are-labels",
        "Grade names are labels: another name changes no score and no grade",
        "exact",
        names_are_labels,
        lambda size: names_are_labels(size, sorted_names=True),
        "grades are taken in the order of their names",
    ),
    Check(
        "relation-grade-climbs",
        "Grades never fall as the score rises; cutoffs at -1, 0 and +1 milli-point",
        "monotone",
        grades_climb,
        lambda size: grades_climb(size, strict=True),
        "> in place of >= at the cutoff",
    ),
    Check(
        "relation-expired-entry",
        "An expired entry no longer counts, one month earlier it does",
        "exact",
        expires,
        lambda size: expires(size, 1),
        "validity is a month too long",
    ),
    Check(
        "relation-repair",
        "A repair never lowers a score, and twice is once",
        "monotone",
        repairs,
        lambda size: repairs(size, adds=True),
        "a repair adds the points again instead of cancelling the entry",
    ),
    Check(
        "relation-merit-never-lowers",
        "A merit in force never lowers a score",
        "monotone",
        merits,
        lambda size: merits(size, flip=True),
        "a merit is entered with the wrong sign",
        "scope differs",
        "while it is valid: under a yearly cap an early merit takes a later one's room and may expire first",
    ),
    Check(
        "relation-breach-never-raises",
        "A breach never raises a score",
        "monotone",
        breaches,
        lambda size: breaches(size, flip=True),
        "a breach is entered with the wrong sign",
    ),
    Check(
        "relation-order-within-a-month",
        "The order of entries within a month is irrelevant",
        "exact",
        order_within_month,
        lambda size: order_within_month(size, clipped=True),
        "points are clipped before they are summed",
    ),
    Check(
        "relation-delivered-twice",
        "One record delivered twice counts once",
        "exact",
        delivered_twice,
        lambda size: delivered_twice(size, new_act=True),
        "the second delivery is taken for another act",
    ),
)
