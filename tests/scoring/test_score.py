"""Explaining a score and keeping accounts up to date."""

import numpy as np
import pytest

from creditsim.core.months import month_index
from creditsim.scoring.ledger import CORRECTION, MONTH_OPEN, OBJECTION, OBJECTION_CLOSED, REPAIR, VOID, Ledger
from creditsim.scoring.score import Accounts, explain, score_ledger
from creditsim.spec.rulebooks import load_rulebook

BOOK = load_rulebook("wendeng-2020")
MARCH = month_index("2020-03")


def _post(ledger, name, month=MARCH, **more):
    item = BOOK[name]
    return ledger.append(subject=7, item=item.index, points_mp=item.points_mp, posted=month, **more)


def _line(ledger, entry, month):
    return next(line for line in explain(BOOK, ledger, 7, month) if line.entry == entry)


def test_each_reason_is_told_in_words():
    ledger = Ledger()
    counts = _post(ledger, "ind-tax-evasion")
    lighter = _post(ledger, "ind-traffic-fine-upto500", act=3)
    _post(ledger, "ind-twelve-demerit-points-at-once", act=3)
    void = _post(ledger, "ind-unlicensed-activity")
    step = _post(ledger, "ind-volunteering-20-hours")
    _post(ledger, "ind-volunteering-80-hours")
    repeated = _post(ledger, "ind-tax-evasion", MARCH + 1)
    ledger.append(kind=VOID, ref=void, posted=MARCH + 1)
    ledger.append(kind=OBJECTION, ref=counts, posted=MARCH + 2)
    assert _line(ledger, counts, "2020-04").why == "counts"
    assert _line(ledger, counts, "2020-05").why == "counts; objection open"
    assert _line(ledger, counts, "2020-05").valid_until == "2021-02"
    assert _line(ledger, lighter, "2020-05").why == "another item of the same act weighs more"
    assert _line(ledger, step, "2020-05").why == "a higher step was reached in the same year"
    assert (_line(ledger, repeated, "2020-05").counted_mp, _line(ledger, repeated, "2020-05").why) == (
        -60_000, "counts, repeated within validity: x 2"
    )  # fmt: skip
    assert _line(ledger, void, "2020-03").counted_mp == -50_000
    assert _line(ledger, void, "2020-04").why == "void, an objection was upheld"
    assert (_line(ledger, counts, "2021-03").why, _line(ledger, counts, "2021-03").valid_until) == (
        "no longer valid; objection open", ""
    )  # fmt: skip


def test_an_open_objection_is_flagged_or_suspends():
    ledger = Ledger()
    entry = _post(ledger, "ind-tax-evasion")
    ledger.append(kind=OBJECTION, ref=entry, posted=MARCH + 1)
    ledger.append(kind=OBJECTION_CLOSED, ref=entry, posted=MARCH + 3)
    suspends = BOOK.with_switches(open_objection="suspended")
    scored = [
        [int(score_ledger(book, ledger, month)["score_mp"][0]) for month in range(MARCH, MARCH + 5)]
        for book in (BOOK, suspends)
    ]
    assert scored == [[970_000] * 5, [970_000, 1_000_000, 1_000_000, 970_000, 970_000]]
    assert (
        explain(suspends, ledger, 7, MARCH + 1)[0].why
        == "suspended while an objection is open; objection open"
    )


def test_a_direct_grade_is_told_with_what_it_locks_and_leaves():
    ledger = Ledger()
    merit = _post(ledger, "ind-blood-donation")
    direct = _post(ledger, "ind-judgment-defaulter-list-direct-d", end=MONTH_OPEN)
    assert _line(ledger, direct, "2020-03").valid_until == "open"
    assert (_line(ledger, direct, "2020-03").counted_mp, _line(ledger, merit, "2020-03").counted_mp) == (
        -1_000_000,
        0,
    )
    ledger.append(kind=CORRECTION, ref=direct, posted=MARCH + 1)
    assert _line(ledger, direct, "2020-04").why == "direct grade in force, corrected"
    assert _line(ledger, merit, "2020-04").counted_mp == 10_000
    repair = ledger.append(kind=REPAIR, ref=direct, posted=MARCH + 2)
    left = _line(ledger, repair, "2020-05")
    assert (left.counted_mp, left.valid_until, left.item.id) == (
        -50_000,
        "2022-04",
        "ind-judgment-defaulter-list-direct-d",
    )
    assert explain(BOOK, ledger, 7, "2020-05").grade == "A"


def test_an_explanation_reads_as_text():
    ledger = Ledger()
    _post(ledger, "ind-tax-evasion")
    _post(ledger, "ind-donation-over10000")
    assert str(explain(BOOK, ledger, 7, "2020-06")) == (
        "Subject 7 in 2020-06: 971 points, A\n"
        "    1000  base\n"
        "     -30  Tax evasion [-30]: counts (until 2021-02)\n"
        "      +1  Donation band above 10000 CNY [+1]: counts (until 2021-02)"
    )
    assert explain(BOOK, ledger, 7, "2020-02") == [] and explain(BOOK, ledger, 8, MARCH).score_mp == 1_000_000


def test_what_the_district_grade_carries_into_the_village_is_a_line_of_its_own():
    village = load_rulebook("wendeng-village-stars")
    reasons = explain(village, Ledger(), 7, MARCH, carried_mp=-50_000)
    assert (reasons.score_mp, reasons.grade, [line.counted_mp for line in reasons]) == (
        950_000,
        "1",
        [-50_000],
    )


def test_accounts_fold_again_only_what_can_change():
    ledger = Ledger()
    for subject in range(50):
        ledger.append(subject=subject, item=BOOK["ind-tax-evasion"].index, points_mp=-30_000, posted=MARCH)
    accounts = Accounts(BOOK)
    accounts.post(ledger.entries)
    for month in range(MARCH, MARCH + 12):
        accounts.advance(month)
    assert accounts.folded == 50
    assert (accounts.advance(MARCH + 12)["score_mp"] == 1_000_000).all() and accounts.folded == 100
    with pytest.raises(ValueError, match="expected 2021-03 or later"):
        accounts.advance("2020-12")


def test_accounts_follow_what_is_carried():
    accounts = Accounts(load_rulebook("wendeng-village-stars"))
    accounts.carry(4, -80_000)
    assert accounts.advance(MARCH)["score_mp"].tolist() == [920_000]
    accounts.carry(4, 0)
    assert accounts.advance(MARCH)["score_mp"].tolist() == [1_000_000]


def test_accounts_are_kept_apart():
    ledger = Ledger()
    _post(ledger, "rural-open-burning", account=1)
    _post(ledger, "ind-tax-evasion")
    village = load_rulebook("wendeng-village-stars")
    assert score_ledger(BOOK, ledger, MARCH)["score_mp"].tolist() == [970_000]
    assert score_ledger(village, ledger, MARCH)["score_mp"].tolist() == [995_000]
    assert score_ledger(BOOK, ledger, MARCH, subjects=[9, 7])["subject"].tolist() == [7, 9]
    assert np.array_equal(score_ledger(BOOK, ledger, "2020-03"), score_ledger(BOOK, ledger.entries, MARCH))


def _scored(ledger, *months):
    return [int(score_ledger(BOOK, ledger, month)["score_mp"][0]) for month in months]


@pytest.mark.parametrize("copy", [0, 1])
def test_repairing_either_copy_of_a_record_repairs_it(copy):
    ledger = Ledger()
    copies = [_post(ledger, "ind-tax-evasion", act=1), _post(ledger, "ind-tax-evasion", act=1)]
    ledger.append(kind=REPAIR, ref=copies[copy], posted=MARCH + 1)
    assert _scored(ledger, MARCH, MARCH + 1) == [970_000, 1_000_000]


@pytest.mark.parametrize("copy", [0, 1])
def test_correcting_either_copy_of_a_direct_grade_unlocks_bonuses(copy):
    ledger = Ledger()
    _post(ledger, "ind-blood-donation")
    copies = [_post(ledger, "ind-drink-driving-direct-b", act=1) for _ in range(2)]
    ledger.append(kind=CORRECTION, ref=copies[copy], posted=MARCH + 1)
    assert _scored(ledger, MARCH, MARCH + 1) == [850_000, 860_000]


@pytest.mark.parametrize(
    ("deducted", "before", "after"),
    [(300, 600, 640), (350, 600, 600), (400, 600, 600), (500, 500, 500)],
)
def test_points_left_by_a_repair_push_no_score_below_where_the_direct_grade_held_it(deducted, before, after):
    ledger = Ledger()
    item = BOOK["ind-serious-tax-evasion"]
    ledger.append(subject=7, item=item.index, points_mp=-deducted * 1000, posted=MARCH)
    direct = _post(ledger, "ind-firm-defaulter-list-responsible-person-direct-c")
    repair = ledger.append(kind=REPAIR, ref=direct, posted=MARCH + 1)
    assert _scored(ledger, MARCH, MARCH + 1) == [before * 1000, after * 1000]
    assert _line(ledger, repair, MARCH + 1).counted_mp == after * 1000 - (1000 - deducted) * 1000


def test_an_objection_closed_in_its_own_month_suspends_nothing():
    ledger = Ledger()
    entry = _post(ledger, "ind-tax-evasion")
    ledger.append(kind=OBJECTION, ref=entry, posted=MARCH + 1)
    ledger.append(kind=OBJECTION_CLOSED, ref=entry, posted=MARCH + 1)
    book = BOOK.with_switches(open_objection="suspended")
    assert score_ledger(book, ledger, MARCH + 1)["score_mp"].tolist() == [970_000]


@pytest.mark.parametrize("repaired", [0, 1])
def test_of_two_equal_breaches_in_one_month_the_repaired_one_was_the_repeat(repaired):
    ledger = Ledger()
    pair = [_post(ledger, "ind-tax-evasion"), _post(ledger, "ind-tax-evasion")]
    ledger.append(kind=REPAIR, ref=pair[repaired], posted=MARCH + 1)
    assert _scored(ledger, MARCH, MARCH + 1) == [910_000, 970_000]


def test_points_left_by_a_late_repair_end_when_the_direct_grade_would_have_ended():
    ledger = Ledger()
    direct = _post(ledger, "ind-firm-defaulter-list-responsible-person-direct-c")
    ledger.append(kind=REPAIR, ref=direct, posted=MARCH + 34)
    assert _scored(ledger, MARCH + 33, MARCH + 34, MARCH + 35, MARCH + 36) == [
        600_000,
        940_000,
        940_000,
        1_000_000,
    ]
