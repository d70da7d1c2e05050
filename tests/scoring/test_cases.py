"""Run the hand-worked cases in cases/*.yaml: data that a non-programmer can read and add to."""

from pathlib import Path

import pytest

from creditsim.core.months import month_index, month_text
from creditsim.scoring import ledger as kinds
from creditsim.scoring.ledger import ACCOUNTS, KINDS_OF_ENTRY, MONTH_OPEN, Ledger
from creditsim.scoring.links import (
    carried_mp,
    donation_points,
    household_entries,
    representative_entries,
    star_entries,
    volunteer_item,
)
from creditsim.scoring.score import explain, score_ledger
from creditsim.spec.files import read_document
from creditsim.spec.rulebooks import load_rulebook

FILES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))


def _all(section):
    for path in FILES:
        for case in read_document(path).data.get(section) or ():
            yield pytest.param(case, id=f"{path.stem}: {case['case']}")


def ledger_of(case, book):
    """Return the ledger that a case describes; its names become ids in posting order."""
    ledger, ids, acts = Ledger(), {}, []
    for line in case["entries"]:
        month = month_index(line["month"])
        posted = month_index(line.get("posted", line["month"]))
        if "item" not in line:
            kind = next(name for name in KINDS_OF_ENTRY if name in line)
            ledger.append(
                kind=KINDS_OF_ENTRY.index(kind), ref=ids[line[kind]], posted=posted, event=month, end=month
            )
            continue
        item = book[line["item"]]
        points_mp = (
            round(line["points"] * 1000) if "points" in line else item.points_mp * line.get("quantity", 1)
        )
        act = line.get("act")
        if act is not None and act not in acts:
            acts.append(act)
        ended = line.get("ended", line["month"])
        ids[line["id"]] = ledger.append(
            subject=1,
            item=item.index,
            points_mp=points_mp,
            posted=posted,
            event=month,
            end=MONTH_OPEN if ended == "open" else month_index(ended),
            act=None if act is None else acts.index(act),
            account=ACCOUNTS.index(line["account"]) if "account" in line else book.account,
        )
    return ledger


@pytest.mark.parametrize("case", list(_all("cases")))
def test_a_hand_worked_case(case):
    book = load_rulebook(case["book"], **case.get("switches", {}))
    ledger = ledger_of(case, book)
    carried = round(case.get("carried", 0) * 1000)
    for expected in case["expect"]:
        month = month_index(expected["month"])
        scored = score_ledger(book, ledger, month, subjects=[1], carried={1: carried})[0]
        reasons = explain(book, ledger, 1, month, carried_mp=carried)
        found = {"score": int(scored["score_mp"]) / 1000, "grade": book.grades[scored["grade"]]}
        found["star"] = found["grade"]
        wanted = {
            name: value if name == "score" else str(value)
            for name, value in expected.items()
            if name != "month"
        }
        assert {name: found[name] for name in wanted} == wanted, (
            f"{case['source']}, in {month_text(month)}\n{reasons}"
        )
        assert reasons.base_mp + sum(line.counted_mp for line in reasons) == scored["score_mp"]


def _follow(link, book):
    """Return what a link brings, in the words of the case files."""
    january = month_index("2021-01")
    ledger = Ledger()
    if "item" in link:
        item = book[link["item"]]
        people = list(dict.fromkeys([link.get("actor", "actor"), *link.get("members", ())]))
        ledger.append(subject=people.index(link.get("actor", "actor")), item=item.index, posted=january)
    if link["link"] == "representative":
        rows = representative_entries(book, ledger.entries[0], 99, january)
        return {"item": book.items[rows[0]["item"]].id if len(rows) else "none"}
    if link["link"] == "household":
        numbers = [people.index(name) for name in link["members"]]
        rows = household_entries(book, ledger.entries[0], numbers, people.index(link["head"]), january)
        return {"linked": [people[number] for number in rows["subject"]]}
    if link["link"] == "stars":
        rows = star_entries(book, [5], [link["stars"]], january)
        points = int(rows["points_mp"].sum()) / 1000
        return {"points": points, "month": rows[0]["posted"] % 12 + 1} if len(rows) else {"points": points}
    if link["link"] == "district_grade":
        code = book.grades.index(link["grade"])
        return {"points": int(carried_mp(book, load_rulebook("wendeng-village-stars"), [code])[0]) / 1000}
    if link["link"] == "donation":
        return {"points": donation_points(book, link["amount"], link["list"])[1] / 1000}
    step = volunteer_item(book, link["hours"], link["list"])
    return {"points": step.points_mp / 1000 if step else 0}


@pytest.mark.parametrize("link", list(_all("links")))
def test_a_hand_worked_link(link):
    found = _follow(link, load_rulebook(link.get("book", "wendeng-2020"), **link.get("switches", {})))
    assert {name: found.get(name) for name in link["expect"]} == link["expect"], link["source"]


def test_there_are_enough_cases_and_each_names_its_rule():
    cases = [param.values[0] for section in ("cases", "links") for param in _all(section)]
    assert len(cases) >= 80
    assert all(case["source"].strip() for case in cases)
    assert len({case["case"] for case in cases}) == len(cases)


def test_every_kind_of_entry_has_its_name():
    assert [getattr(kinds, name.upper()) for name in KINDS_OF_ENTRY] == list(range(len(KINDS_OF_ENTRY)))
