"""Entries that follow from another subject's entry, from stars, gifts and hours."""

import numpy as np
import pytest

from creditsim.core.months import month_index
from creditsim.scoring.ledger import DISTRICT, REPAIR, VILLAGE, Ledger
from creditsim.scoring.links import (
    carried_mp,
    donation_points,
    household_entries,
    representative_entries,
    star_entries,
    volunteer_item,
)
from creditsim.scoring.score import score_ledger
from creditsim.spec.rulebooks import load_rulebook

DISTRICT_BOOK = load_rulebook("wendeng-2020")
VILLAGE_BOOK = load_rulebook("wendeng-village-stars")
MARCH = month_index("2020-03")
FIRM, BOSS = 100, 7


def _post(ledger, rows):
    """Append linked rows as they come."""
    for row in rows:
        ledger.append(
            **{
                name: row[name].item()
                for name in ("subject", "account", "item", "points_mp", "posted", "event", "end", "ref")
            }
        )


def test_a_defaulting_firm_takes_its_representative_to_direct_c_until_repaired():
    ledger = Ledger()
    item = DISTRICT_BOOK["firm-judgment-defaulter-list-direct-d"]
    source = ledger.append(subject=FIRM, item=item.index, posted=MARCH)
    _post(ledger, representative_entries(DISTRICT_BOOK, ledger.entries[source], BOSS, MARCH))
    scored = score_ledger(DISTRICT_BOOK, ledger, MARCH)
    assert dict(zip(scored["subject"].tolist(), scored["score_mp"].tolist(), strict=True)) == {
        BOSS: 600_000,
        FIRM: 0,
    }
    linked = ledger.linked_from(source)
    assert linked["subject"].tolist() == [BOSS]
    for entry in (source, *linked["id"].tolist()):
        ledger.append(kind=REPAIR, ref=entry, posted=MARCH + 6)
    scored = score_ledger(DISTRICT_BOOK, ledger, MARCH + 6)
    assert dict(zip(scored["subject"].tolist(), scored["score_mp"].tolist(), strict=True)) == {
        BOSS: 940_000,
        FIRM: 920_000,
    }


def test_an_ordinary_entry_of_a_firm_stays_with_the_firm():
    ledger = Ledger()
    ledger.append(
        subject=FIRM, item=DISTRICT_BOOK["firm-contract-breach"].index, points_mp=-20_000, posted=MARCH
    )
    assert len(representative_entries(DISTRICT_BOOK, ledger.entries[0], BOSS, MARCH)) == 0


@pytest.mark.parametrize(("liability", "docked"), [("head", [1]), ("every_member", [1, 3])])
def test_a_family_act_docks_the_head_or_everyone_beside_the_one_who_acted(liability, docked):
    book = VILLAGE_BOOK.with_switches(household_liability=liability)
    item = book["rural-oversized-tomb-not-removed"]
    ledger = Ledger()
    ledger.append(subject=2, item=item.index, points_mp=item.points_mp, posted=MARCH, account=VILLAGE, act=4)
    rows = household_entries(book, ledger.entries[0], members=[1, 2, 3], head=1, posted=MARCH)
    assert rows["subject"].tolist() == docked
    assert set(rows["points_mp"].tolist()) == {item.points_mp} and set(rows["account"].tolist()) == {VILLAGE}
    _post(ledger, rows)
    assert (score_ledger(book, ledger, MARCH)["score_mp"] == 1_000_000 + item.points_mp).all()


def test_other_acts_stay_with_the_one_who_acted_unless_said_to_be_the_familys():
    ledger = Ledger()
    ledger.append(
        subject=2,
        item=VILLAGE_BOOK["rural-open-burning"].index,
        points_mp=-5_000,
        posted=MARCH,
        account=VILLAGE,
    )
    args = (VILLAGE_BOOK, ledger.entries[0], [1, 2], 1, MARCH)
    assert len(household_entries(*args)) == 0
    assert household_entries(*args, family_act=True)["subject"].tolist() == [1]


def test_stars_of_december_bring_15_10_and_2_district_points_in_january():
    january = month_index("2021-01")
    rows = star_entries(DISTRICT_BOOK, np.arange(10, 16), np.arange(6), january)
    assert dict(zip(rows["subject"].tolist(), rows["points_mp"].tolist(), strict=True)) == {
        13: 2_000,
        14: 10_000,
        15: 15_000,
    }
    assert set(rows["account"].tolist()) == {DISTRICT}
    ledger = Ledger()
    _post(ledger, rows)
    _post(ledger, rows)  # delivered twice counts once
    expected = [1_002_000, 1_010_000, 1_015_000]
    assert score_ledger(DISTRICT_BOOK, ledger, january)["score_mp"].tolist() == expected
    assert score_ledger(DISTRICT_BOOK, ledger, january + 11)["score_mp"].tolist() == expected
    assert set(score_ledger(DISTRICT_BOOK, ledger, january + 12)["score_mp"].tolist()) == {1_000_000}
    with pytest.raises(ValueError, match="expected 1"):
        star_entries(DISTRICT_BOOK, [1], [5], january + 1)


def test_low_district_grades_lower_the_village_base():
    carried = carried_mp(DISTRICT_BOOK, VILLAGE_BOOK, np.arange(6))
    assert dict(zip(DISTRICT_BOOK.grades, carried.tolist(), strict=True)) == {
        "D": -100_000, "C": -80_000, "B": -50_000, "A": 0, "AA": 0, "AAA": 0
    }  # fmt: skip
    scored = score_ledger(
        VILLAGE_BOOK, Ledger(), MARCH, subjects=range(6), carried=dict(enumerate(carried.tolist()))
    )
    assert [VILLAGE_BOOK.grades[code] for code in scored["grade"]] == ["1", "1", "1", "2", "2", "2"]


@pytest.mark.parametrize(
    ("amount", "marginal", "whole"),
    [(99, 0, 0), (100, 1, 1), (999, 9, 9), (1000, 10, 10), (1001, 10, 2), (3000, 15, 7), (5000, 20, 10),
     (5500, 21, 10), (10_000, 30, 10), (10_999, 30, 10), (20_000, 40, 10), (90_000, 40, 10)],
)  # fmt: skip
def test_a_gift_earns_by_bands(amount, marginal, whole):
    assert donation_points(DISTRICT_BOOK, amount)[1] == marginal * 1000
    assert donation_points(DISTRICT_BOOK.with_switches(donation_bands="whole"), amount)[1] == whole * 1000


def test_a_firms_gift_earns_by_its_own_bands():
    item, points_mp = donation_points(DISTRICT_BOOK, 50_000, "legal_person")
    assert (item.id, points_mp) == ("firm-donation-10001to50000", 20_000)
    assert donation_points(DISTRICT_BOOK, 999, "legal_person") == (None, 0)


def test_hours_reach_steps():
    reached = [(hours, volunteer_item(DISTRICT_BOOK, hours)) for hours in (3, 9.5, 10, 55, 299, 300, 1000)]
    assert [(hours, item and item.points_mp) for hours, item in reached] == [
        (3, None), (9.5, None), (10, 2_000), (55, 10_000), (299, 40_000), (300, 50_000), (1000, 50_000)
    ]  # fmt: skip
    assert volunteer_item(VILLAGE_BOOK, 4, "rural").points_mp == 1_000
