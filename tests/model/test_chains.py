"""The run's ledger: packed to 16 bytes an entry, and read back as it was written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.model import packing
from creditsim.model.chains import VOIDED, WRONG, Chains, item_entries, note_entries
from creditsim.model.credit_model import CreditModel
from creditsim.model.packing import gather
from creditsim.model.phases import scoring
from creditsim.scoring.ledger import ENTRY, ITEM, MONTH_OPEN, OBJECTION, REPAIR, VOID
from creditsim.spec.scenario import load_scenario

JANUARY = 24240
SLOTS = np.array([7, 8, 4_000_000_000])
FOLD_READS = ["id", "act", "account", "kind", "item", "points_mp", "event", "end", "posted"]

entry = st.fixed_dictionaries(
    {
        "row": st.integers(0, len(SLOTS) - 1),
        "kind": st.sampled_from([ITEM, ITEM, ITEM, REPAIR, VOID, OBJECTION]),
        "account": st.integers(0, 1),
        "item": st.integers(-1, 900),
        "points_mp": st.integers(-(2**23), 2**23 - 1),
        "channel": st.integers(-1, 10),
        "delay": st.integers(0, 255),
        "duration": st.sampled_from([0, 0, 3, 32766, None]),
        "source": st.none() | st.integers(0, 10**6),
    }
)
batch = st.tuples(st.integers(0, 3), st.lists(entry, max_size=12))


def as_entries(drawn, month, before):
    """Return rows, entries to append and what should be read back, after the entries of `before`."""
    new, rows = np.zeros(len(drawn), ENTRY), np.zeros(len(drawn), np.int64)
    items = np.flatnonzero(before["kind"] == ITEM)
    for place, each in enumerate(drawn):
        is_note = each["kind"] != ITEM and len(items) > 0
        ref, rows[place] = -1, each["row"]
        if is_note:
            ref = items[(each["source"] or 0) % len(items)]
            rows[place] = np.flatnonzero(before["subject"][ref] == SLOTS)[0]
        elif each["source"] is not None and len(before):
            ref = each["source"] % len(before)
        event = month - each["delay"]
        end = MONTH_OPEN if each["duration"] is None else event + each["duration"]
        new[place] = (
            len(before) + place, SLOTS[rows[place]], each["account"], each["kind"] if is_note else ITEM,
            each["item"], each["points_mp"], len(before) + place, event, end, month, ref, each["channel"],
        )  # fmt: skip
    return rows, new


@given(st.lists(batch, max_size=6))
def test_what_was_written_is_read_back(batches):
    chains, month = Chains(SLOTS), JANUARY
    expected = np.zeros(0, ENTRY)
    for later, drawn in batches:
        month += later
        rows, new = as_entries(drawn, month, expected)
        expected = np.concatenate((expected, new))
        given_in = new.copy()
        given_in["id"], given_in["subject"], given_in["act"] = 0, 0, -1
        chains.extend(rows, given_in)
        assert (chains.rows_of(new["id"]) == rows).all()
        assert (chains.decode(chains.posted_in(month)) == expected[expected["posted"] == month]).all()
    assert (chains.written() == expected).all()
    for row, slot in enumerate(SLOTS):
        assert (chains.of_row(row) == expected[expected["subject"] == slot]).all()
    for source in range(0, len(expected), 5):
        linked = (expected["kind"] == ITEM) & (expected["ref"] == source)
        assert chains.linked_to(np.array([source])).tolist() == np.flatnonzero(linked).tolist()


@given(st.lists(batch, max_size=6), st.integers(0, 2), st.integers(0, 1))
def test_a_fold_gets_the_entries_of_one_account_oldest_first(batches, row, account):
    chains, month = Chains(SLOTS), JANUARY
    for later, drawn in batches:
        month += later
        chains.extend(*as_entries(drawn, month, chains.written()))
    own = chains.of_row(row)
    own = own[own["account"] == account]
    entries, index = np.zeros(100, ENTRY), np.zeros(100, np.int64)
    number = gather(chains.head, chains.packed, row, account, entries, index)
    assert number == len(own)
    found = entries[index[:number]]
    assert (found[FOLD_READS] == own[FOLD_READS]).all()
    notes = own["kind"] != ITEM
    assert (found["ref"] == np.where(notes, own["ref"], -1)).all()


def posted(chains, rows, month=JANUARY, points_mp=-20_000, wrong=0):
    """Post an item entry to each row; return the ids."""
    number = len(rows)
    new = item_entries(
        SLOTS[rows], np.full(number, 5), np.full(number, points_mp), np.zeros(number, np.int8),
        np.full(number, month - 1), month,
    )  # fmt: skip
    return chains.extend(np.array(rows), new, wrong)


def test_too_small_a_room_holds_the_newest():
    chains = Chains(SLOTS)
    posted(chains, [0, 1, 0, 0])
    entries, index = np.zeros(2, ENTRY), np.zeros(2, np.int64)
    assert gather(chains.head, chains.packed, 0, 0, entries, index) == 3
    assert entries["id"][index].tolist() == [2, 3]


def test_a_new_subject_starts_with_an_empty_account_and_the_old_entries_keep_theirs():
    chains = Chains(SLOTS)
    posted(chains, [0, 1, 2])
    chains.replace_subject(np.array([2, 1]))
    assert chains.subjects().tolist() == [7, 2**32 + 8, 2**32 + 4_000_000_000]
    assert len(chains.of_row(0)) == 1
    assert len(chains.of_row(1)) == len(chains.of_row(2)) == 0
    posted(chains, [2, 1], JANUARY + 1)
    chains.replace_subject(np.array([1]))
    chains.replace_subject(np.array([1]))
    posted(chains, [1, 0], JANUARY + 2)
    subjects = chains.written()["subject"].tolist()
    assert subjects == [7, 8, 4_000_000_000, 2**32 + 4_000_000_000, 2**32 + 8, 2**33 + 2**32 + 8, 7]
    assert chains.of_row(1)["id"].tolist() == [5]
    assert chains.of_row(0)["id"].tolist() == [0, 6]


def test_a_note_on_who_has_left_is_kept_but_in_nobodys_account():
    chains = Chains(SLOTS)
    ids = posted(chains, [0, 1], wrong=1)
    chains.replace_subject(np.array([1]))
    chains.extend(np.array([1]), note_entries(chains.entries, ids[1:], VOID, JANUARY + 3))
    note = chains.written()[-1]
    assert (note["kind"], note["ref"], note["subject"], note["posted"]) == (VOID, 1, 8, JANUARY + 3)
    assert len(chains.of_row(1)) == 0
    assert chains.dirty.tolist() == [1, 0, 0]


def test_false_entries_stand_until_voided_or_their_subject_leaves():
    chains = Chains(SLOTS)
    ids = posted(chains, [0, 1, 2], wrong=np.array([1, 1, 1]))
    posted(chains, [0])
    assert (chains.status == [WRONG, WRONG, WRONG, 0]).all()
    chains.mark(ids[:1], VOIDED)
    chains.replace_subject(np.array([1]))
    assert chains.standing_false().tolist() == [2]


def test_an_entry_takes_at_most_16_bytes_with_all_its_room():
    chains, rows = Chains(np.arange(5000)), np.arange(4000)
    for month in range(JANUARY, JANUARY + 30):
        new = item_entries(rows, rows % 300, (rows % 40 - 20) * 1000, rows % 2, month - rows % 12, month)
        ids = chains.extend(rows, new, wrong=rows % 50 == 0)
        linked = chains.decode(ids[:100])
        linked["ref"], linked["act"] = ids[:100], -1
        chains.extend(rows[:100] + 1, linked)
        assert chains.nbytes <= 16 * chains.number or chains.number < 10_000
    assert packing.PACKED.itemsize == 12


def test_too_many_distinct_entries_are_refused_in_words():
    chains = Chains(SLOTS)
    rows = np.zeros(2**16, np.int64)
    new = item_entries(rows, rows, np.arange(2**16), rows, np.full(2**16, JANUARY), JANUARY)
    chains.extend(rows, new)
    assert (chains.written() == new).all()
    with pytest.raises(ValueError, match="more than 65,536 distinct combinations"):
        posted(chains, [0])
    assert chains.number == 2**16


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("posted", JANUARY - 1, "must not go back"),
        ("event", JANUARY + 1, "within 0 to 255 months"),
        ("event", JANUARY - 256, "within 0 to 255 months"),
        ("act", 0, "an act of its own"),
        ("ref", 3, "not in the ledger before it"),
        ("item", 2**14, "item outside -1 to 16382"),
        ("points_mp", 2**23, "points_mp outside"),
        ("end", JANUARY - 2, "duration outside"),
        ("end", JANUARY + 32767, "32767 months or more"),
        ("kind", REPAIR, "not in the ledger before it"),
    ],
)
def test_what_could_not_be_read_back_is_refused(field, value, message):
    chains = Chains(SLOTS)
    posted(chains, [0, 1, 2])
    new = chains.decode(np.array([0]))
    new["act"], new["event"], new["end"] = -1, JANUARY, JANUARY
    new[field] = value
    if field == "posted":
        new["event"] = new["end"] = value
    with pytest.raises(ValueError, match=message):
        chains.extend(np.array([0]), new)
    assert chains.number == 3


def test_a_note_refers_to_an_item_entry_of_its_row():
    chains = Chains(SLOTS)
    ids = posted(chains, [0, 1])
    repair = chains.extend(np.array([0]), note_entries(chains.entries, ids[:1], REPAIR, JANUARY))
    for row, ref in ((1, ids[:1]), (0, repair)):
        with pytest.raises(ValueError, match="an item entry of the same row"):
            chains.extend(np.array([row]), note_entries(chains.entries, ref, VOID, JANUARY))


def test_accounts_longer_than_the_room_are_folded_all_the_same(monkeypatch):
    plan = load_scenario("five-entries-2020").with_(burn_in_months=2)
    scores = []
    for room in (scoring._ROOM, 1):
        monkeypatch.setattr(scoring, "_ROOM", room)
        model = CreditModel(plan, scale=0.01, seed=2)
        model.run(14)
        scores.append(model.state.agents[["score_mp", "grade", "village_score_mp", "star"]].tolist())
    chains = model.state.chains
    assert max(len(chains.of_row(row)) for row in np.flatnonzero(chains.head >= 0)) > 2
    assert scores[0] == scores[1]
