"""The ledger: only appending, and nothing that leads nowhere."""

import numpy as np
import pytest

from creditsim.scoring.ledger import ENDED, ENTRY, MONTH_OPEN, OBJECTION, REPAIR, VILLAGE, Ledger

JANUARY = 24240


@pytest.fixture
def ledger():
    ledger = Ledger()
    ledger.append(
        subject=3,
        item=5,
        points_mp=-20_000,
        posted=JANUARY,
        account=VILLAGE,
        end=MONTH_OPEN,
        event=JANUARY - 2,
    )
    return ledger


def test_entries_keep_their_order_and_get_ascending_ids(ledger):
    for month in range(40):
        assert ledger.append(subject=month % 3, item=1, posted=JANUARY + month) == month + 1
    assert ledger.entries["id"].tolist() == list(range(41))
    assert len(ledger) == 41 == len(ledger.of(0)) + len(ledger.of(1)) + len(ledger.of(2)) + len(ledger.of(3))


def test_what_is_left_out_is_filled_in(ledger):
    repair = ledger.append(kind=REPAIR, ref=0, posted=JANUARY + 4)
    row = ledger.entries[repair]
    assert (row["subject"], row["account"], row["event"], row["end"]) == (
        3,
        VILLAGE,
        JANUARY + 4,
        JANUARY + 4,
    )
    assert len(set(ledger.entries["act"].tolist())) == 2


def test_entries_cannot_be_changed(ledger):
    with pytest.raises(ValueError, match="read-only"):
        ledger.entries["points_mp"][0] = 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"subject": 1, "posted": JANUARY - 1}, "2019-12, expected 2020-01 or later"),
        ({"kind": REPAIR, "ref": 7, "posted": JANUARY}, "entry 7"),
        ({"kind": OBJECTION, "posted": JANUARY}, "objection needs the id"),
        ({"kind": ENDED, "ref": 0, "subject": 9, "posted": JANUARY}, "about subject 3"),
        ({"subject": 1, "ref": 5, "posted": JANUARY}, "entry 5"),
        ({"posted": JANUARY}, "needs a subject"),
        ({"subject": 1, "posted": JANUARY, "event": JANUARY + 1}, "posted before it"),
        ({"subject": 1, "posted": JANUARY, "end": JANUARY - 1}, "before it began"),
        ({"subject": 1, "posted": JANUARY, "act": -4}, "act -4"),
    ],
)
def test_a_wrong_entry_is_refused_and_leaves_no_trace(ledger, wrong, says):
    with pytest.raises(ValueError, match=says):
        ledger.append(**wrong)
    assert len(ledger) == 1


def test_an_exported_ledger_is_read_back_or_refused(ledger):
    ledger.append(kind=REPAIR, ref=0, posted=JANUARY + 1)
    rows = ledger.entries
    assert np.array_equal(Ledger.from_entries(rows).entries, rows)
    assert Ledger.from_entries(rows).append(subject=1, posted=JANUARY + 1) == 2
    for tampered, says in ((rows[1:], "refers to"), (rows[::-1], "ascend"), (_back_dated(rows), "go back")):
        with pytest.raises(ValueError, match=says):
            Ledger.from_entries(tampered)


def _back_dated(rows):
    changed = rows.copy()
    changed["posted"][1] = JANUARY - 5
    return changed


def test_linked_entries_are_found_by_their_source(ledger):
    ledger.append(subject=8, item=5, ref=0, posted=JANUARY)
    ledger.append(kind=REPAIR, ref=0, posted=JANUARY)
    assert ledger.linked_from(0)["subject"].tolist() == [8]


def test_it_says_what_it_holds(ledger):
    assert repr(Ledger()) == "Ledger(no entries)"
    assert repr(ledger) == "Ledger(1 entries about 1 subjects, posted 2020-01 to 2020-01)"
    assert ledger.entries.dtype == ENTRY
