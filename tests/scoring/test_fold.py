"""What must hold for any ledger: properties of the fold, tried on generated histories."""

import types

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from creditsim.scoring import counting, fold, worktable
from creditsim.scoring.ledger import (
    CORRECTION,
    ENDED,
    ITEM,
    MONTH_OPEN,
    OBJECTION,
    OBJECTION_CLOSED,
    REPAIR,
    VOID,
    Ledger,
)
from creditsim.scoring.score import Accounts, explain, score_ledger
from creditsim.spec.rulebooks import load_rulebook

START, SPAN = 24240, 40
MONTHS = range(START, START + SPAN + 66, 3)
POOL = (
    "ind-traffic-fine-upto500", "ind-tax-evasion", "ind-serious-tax-evasion", "ind-bank-loan-overdue",
    "ind-credit-card-overdue", "ind-unlicensed-activity", "ind-judgment-defaulter-list-direct-d",
    "ind-firm-defaulter-list-responsible-person-direct-c", "ind-drink-driving-direct-b",
    "ind-illegal-building-demolished-by-force-direct-d", "ind-volunteering-20-hours",
    "ind-volunteering-80-hours", "ind-donation-over10000", "ind-donation-100to1000",
    "ind-integrity-culture-event-organiser", "rural-helping-unrelated-needy", "rural-neighbour-mutual-help",
    "ind-national-award", "ind-blood-donation",
)  # fmt: skip
BONUSES = tuple(name for name in POOL if load_rulebook("wendeng-2020")[name].direction == "bonus")
BREACHES = tuple(name for name in POOL if name not in BONUSES)
BOOKS = ("wendeng-2020", "weihai-city", "wendeng-village-stars")
LATER_KINDS = (REPAIR, VOID, OBJECTION, OBJECTION_CLOSED, CORRECTION, ENDED)


@st.composite
def books(draw):
    book = load_rulebook(draw(st.sampled_from(BOOKS)))
    return book.with_switches(
        **{each.name: draw(st.sampled_from(sorted(each.options))) for each in book.open_readings}
    )


@st.composite
def item_records(draw, names=POOL, acts=(None, None, 0, 1, 2)):
    event = START + draw(st.integers(0, SPAN))
    end = draw(st.one_of(st.integers(0, 4).map(lambda length: event + length), st.just(MONTH_OPEN)))
    return {
        "kind": ITEM,
        "name": draw(st.sampled_from(names)),
        "quantity": draw(st.sampled_from((1, 1, 2, 30))),
        "event": event,
        "end": end,
        "posted": event + draw(st.integers(0, 8)),
        "act": draw(st.sampled_from(acts)),
        "subject": draw(st.integers(0, 1)),
    }


@st.composite
def histories(draw):
    """Records in no order; a later record names the item record it is about."""
    records = draw(st.lists(item_records(), min_size=1, max_size=10))
    about = list(records)
    for _ in range(draw(st.integers(0, 6))):
        target = draw(st.sampled_from(about))
        posted = target["posted"] + draw(st.integers(0, 30))
        records.append({"kind": draw(st.sampled_from(LATER_KINDS)), "target": target, "posted": posted})
    return records


def ledger_of(book, records):
    """Return the ledger of records; within a month in the order given, items first."""
    ledger, ids = Ledger(), {}
    for record in sorted(records, key=lambda record: (record["posted"], record["kind"] != ITEM)):
        posted = record["posted"]
        if record["kind"] != ITEM:
            ledger.append(kind=record["kind"], ref=ids[id(record["target"])], posted=posted)
            continue
        item = book[record["name"]]
        ids[id(record)] = ledger.append(
            subject=record["subject"],
            item=item.index,
            points_mp=item.points_mp * record["quantity"],
            posted=posted,
            event=record["event"],
            end=record["end"],
            act=record["act"],
            account=book.account,
        )
    return ledger


def scores(book, records):
    """Return subjects x months of (score, grade)."""
    entries = ledger_of(book, records)
    rows = [score_ledger(book, entries, month, subjects=[0, 1]) for month in MONTHS]
    return np.array([[(row["score_mp"], row["grade"]) for row in month] for month in rows])


examples = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@examples
@given(books(), histories())
def test_month_by_month_is_the_whole_ledger(book, records):
    entries = ledger_of(book, records).entries
    accounts = Accounts(book)
    for month in range(START, START + SPAN + 40):
        accounts.post(entries[entries["posted"] == month])
        found = accounts.advance(month)
        assert np.array_equal(found, score_ledger(book, entries, month, subjects=found["subject"]))
    assert accounts.folded < 2 * (SPAN + 40)


@examples
@given(books(), histories(), st.integers(0, SPAN + 40))
def test_nothing_changes_before_the_month_of_next_change(book, records, offset):
    entries = ledger_of(book, records).entries
    index = np.flatnonzero(entries["subject"] == 0)
    args = (book.item_table, book.rule_record, 0)
    *result, change = fold.fold_account(entries, index, len(index), START + offset, *args)
    assert change > START + offset
    for month in range(START + offset, min(change, START + SPAN + 120)):
        assert list(fold.fold_account(entries, index, len(index), month, *args)[:3]) == result


@examples
@given(books(), histories(), st.randoms(use_true_random=False))
def test_order_within_a_month_is_irrelevant(book, records, random):
    shuffled = random.sample(records, len(records))
    assert np.array_equal(scores(book, records), scores(book, shuffled))


@examples
@given(books(), histories(), st.data())
def test_rows_in_any_order_and_rows_twice_change_nothing(book, records, data):
    entries = ledger_of(book, records).entries
    places = data.draw(st.permutations(range(len(entries))))
    again = data.draw(st.integers(0, len(entries) - 1))
    mixed = entries[[*places, again]]
    for month in MONTHS:
        assert np.array_equal(score_ledger(book, entries, month), score_ledger(book, mixed, month))


@examples
@given(books(), histories(), item_records(acts=(7,)), st.integers(0, 9))
def test_one_record_delivered_twice_counts_once(book, records, record, delay):
    again = {**record, "posted": record["posted"] + delay}
    assert np.array_equal(scores(book, [*records, record]), scores(book, [*records, record, again]))


@examples
@given(books(), histories(), item_records(names=BONUSES, acts=(None,)))
def test_a_merit_never_lowers_while_it_is_valid(book, records, merit):
    # Under a yearly cap an early merit takes room from a later one and may expire before it.
    book = book.with_switches(cap_year="calendar")
    before, after = scores(book, records), scores(book, [*records, merit])
    until = MONTH_OPEN if merit["end"] == MONTH_OPEN else merit["end"] + book[merit["name"]].validity_months
    if book.account and until != MONTH_OPEN:
        until = merit["end"] // 12 * 12 + 12
    valid = np.array([merit["posted"] <= month < until for month in MONTHS])
    assert (after[valid] >= before[valid]).all()
    assert np.array_equal(after[:, 1 - merit["subject"]], before[:, 1 - merit["subject"]])


@examples
@given(books(), histories(), item_records(names=BREACHES, acts=(None,)))
def test_a_breach_never_raises(book, records, breach):
    assert (scores(book, [*records, breach]) <= scores(book, records)).all()


@examples
@given(books(), histories(), st.data())
def test_a_repair_never_lowers_and_twice_is_once(book, records, data):
    target = data.draw(st.sampled_from([record for record in records if record["kind"] == ITEM]))
    leaves_points = book.item_table[book.item_index[target["name"]]]["repaired_mp"] != 0
    assume(not (leaves_points and book.switches["direct_grade_score"] == "adds"))
    repair = {"kind": REPAIR, "target": target, "posted": target["posted"] + data.draw(st.integers(0, 30))}
    later = {**repair, "posted": repair["posted"] + data.draw(st.integers(0, 10))}
    after = scores(book, [*records, repair])
    assert (after >= scores(book, records)).all()
    assert np.array_equal(after, scores(book, [*records, repair, later]))


@examples
@given(books(), histories(), item_records(), st.integers(0, 20))
def test_a_void_entry_is_as_never_posted_and_the_past_stays(book, records, wrong, wait):
    void = {"kind": VOID, "target": wrong, "posted": wrong["posted"] + wait}
    without, voided = scores(book, records), scores(book, [*records, wrong, void])
    standing = scores(book, [*records, wrong])
    upheld = np.array([month >= void["posted"] for month in MONTHS])
    assert np.array_equal(voided[upheld], without[upheld])
    assert np.array_equal(voided[~upheld], standing[~upheld])


@examples
@given(books(), histories(), item_records())
def test_what_is_posted_later_does_not_change_the_past(book, records, later):
    unposted = np.array([month < later["posted"] for month in MONTHS])
    assert np.array_equal(scores(book, records)[unposted], scores(book, [*records, later])[unposted])


@pytest.mark.parametrize("book_name", BOOKS)
@pytest.mark.parametrize("name", POOL)
def test_an_entry_counts_in_its_last_month_and_not_in_the_next(book_name, name):
    book = load_rulebook(book_name)
    event, item = START + 5, book[name]
    last = START + 11 if book.account else event + item.validity_months - 1
    ledger = ledger_of(
        book,
        [
            {
                "kind": ITEM,
                "name": name,
                "quantity": 1,
                "event": event,
                "end": event,
                "posted": event,
                "act": None,
                "subject": 0,
            }
        ],
    )
    scored = [
        int(score_ledger(book, ledger, month)["score_mp"][0]) for month in (event - 1, event, last, last + 1)
    ]
    assert scored[0] == scored[3] == book.base_mp
    assert scored[1] == scored[2] != book.base_mp


@examples
@given(books(), histories(), st.sampled_from(MONTHS))
def test_the_explanation_adds_up(book, records, month):
    ledger = ledger_of(book, records)
    for row in score_ledger(book, ledger, month, subjects=[0, 1]):
        reasons = explain(book, ledger, int(row["subject"]), month)
        assert (
            reasons.base_mp + sum(line.counted_mp for line in reasons) == reasons.score_mp == row["score_mp"]
        )
        assert reasons.grade == book.grades[row["grade"]]


def _plain_fold():
    """Return `fold_into` with every function it calls as plain Python, nothing compiled."""
    compiled = {**vars(worktable), **vars(counting), **vars(fold)}
    space = {name: getattr(value, "py_func", value) for name, value in compiled.items()}
    for name, value in space.items():
        if isinstance(value, types.FunctionType):
            space[name] = types.FunctionType(value.__code__, space, name)
    return space["fold_into"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books(), histories(), st.sampled_from(MONTHS), st.integers(-100_000, 0))
def test_compiled_and_plain_python_agree_bit_by_bit(book, records, month, carried_mp):
    entries = ledger_of(book, records).entries
    index = np.flatnonzero(entries["subject"] == 0)
    results, works = [], []
    for run in (fold.fold_into, _plain_fold()):
        work, order = np.zeros((len(index), worktable.COLUMNS), np.int64), np.zeros(len(index), np.int64)
        with np.errstate(over="raise"):
            found = run(
                entries, index, len(index), month, book.item_table, book.rule_record, carried_mp, work, order
            )
        results.append([int(each) for each in found])
        works.append(work)
    assert results[0] == results[1]
    assert np.array_equal(works[0], works[1])


def test_an_account_without_entries_has_the_base_and_what_is_carried():
    book = load_rulebook("wendeng-village-stars")
    nobody = np.zeros(0, dtype=np.int64)
    entries = Ledger().entries
    found = fold.fold_account(entries, nobody, 0, START, book.item_table, book.rule_record, -80_000)
    assert found == (920_000, book.grades.index("1"), -1, MONTH_OPEN)
