"""Rulebooks: cutoffs are data, readings are switches, and a book shows itself."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditsim.core.errors import InputError
from creditsim.core.shipped import data_path
from creditsim.scoring.fold import grade_code
from creditsim.spec.rulebooks import load_rulebook, rulebook_names

BOOKS = [load_rulebook(name) for name in rulebook_names()]


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_grade_begins_exactly_at_its_cutoff(book):
    for code, cutoff in enumerate(book.cutoffs_mp.tolist(), start=1):
        found = [grade_code(cutoff + step, book.rule_record) for step in (-1, 0, 1)]
        assert found == [code - 1, code, code]
        assert [book.grade_code(cutoff + step) for step in (-1, 0, 1)] == found


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
@given(scores=st.lists(st.integers(-3_000_000, 3_000_000), min_size=2, max_size=30))
def test_grades_never_fall_as_the_score_rises(book, scores):
    grades = [grade_code(score, book.rule_record) for score in sorted(scores)]
    assert grades == sorted(grades)


def test_the_same_score_is_a_different_grade_in_two_books():
    district, city, village = (
        load_rulebook(n) for n in ("wendeng-2020", "weihai-city", "wendeng-village-stars")
    )
    assert [book.grade_of(970) for book in (district, city, village)] == ["A", "B", "1"]
    assert [book.grade_of(1030) for book in (district, city, village)] == ["AA", "A", "3"]
    assert [village.grade_of(points) for points in (1060, 1060.001, 990, 990.5)] == ["4", "5", "1", "2"]


def test_the_books_hold_the_printed_items_and_share_their_numbers():
    with data_path("rulebooks", "wendeng-2020-items.csv").open(encoding="utf-8", newline="") as file:
        printed = list(csv.DictReader(file))
    assert len(printed) == 735
    for book in BOOKS:
        assert [item.id for item in book.items[:735]] == [row["id"] for row in printed]
        assert all(book.item_index[item.id] == item.index for item in book.items)
        assert {item.list for item in book.items[735:]} <= {"linked", "rural"}
    assert sum(BOOKS[0].counts().values()) == len(BOOKS[0])


def test_listed_validity_is_what_the_size_of_a_deduction_chooses():
    book = load_rulebook("wendeng-2020")
    deductions = [item for item in book.items if item.direction == "deduction"]
    wrong = [item.id for item in deductions if (item.validity_months == 24) != (item.points_mp < -40_000)]
    assert not wrong
    direct = {(item.direct_grade, item.validity_months) for item in book.items if item.direct_grade}
    assert direct == {("B", 24), ("C", 36), ("D", 60)}


def test_a_switch_changes_the_rules_and_not_the_book_it_came_from():
    book = load_rulebook("wendeng-2020")
    other = book.with_switches(third_repeat="stays_doubled", help_cap="shared")
    assert (book.rule_record["most_doublings"], other.rule_record["most_doublings"]) == (10, 1)
    pair = [
        book.item_index[name] for name in ("rural-helping-unrelated-needy", "rural-neighbour-mutual-help")
    ]
    assert len(np.unique(book.item_table["cap_group"][pair])) == 2
    assert len(np.unique(other.item_table["cap_group"][pair])) == 1
    assert "third_repeat: stays_doubled" in repr(other) and "third_repeat" not in repr(book)
    for wrong, says in (
        ({"third_repat": "x"}, "nearest: third_repeat"),
        ({"third_repeat": "x"}, "doubles_again"),
    ):
        with pytest.raises(ValueError, match=says):
            book.with_switches(**wrong)


def test_every_open_reading_says_what_its_options_mean():
    for book in BOOKS:
        for reading in book.open_readings:
            assert len(reading.options) >= 2 and reading.source and all(reading.options.values())
            assert book.switches[reading.name] == reading.default == next(iter(reading.options))


def test_items_are_found_by_name():
    book = load_rulebook("wendeng-2020")
    assert str(book["ind-tax-evasion"]) == "ind-tax-evasion (-30, Tax evasion)"
    assert book["ind-drink-driving-direct-b"].worth == "direct B" and "ind-tax-evasion" in book
    with pytest.raises(KeyError, match="nearest: ind-tax-evasion"):
        book["ind-tax-evazion"]


def test_a_book_shows_counts_and_cutoffs_the_same_way_each_time():
    book = load_rulebook("wendeng-village-stars")
    assert repr(book) == repr(book.with_switches()) and "above 1060" in repr(book)
    assert "<table>" in book._repr_html_() and "0x" not in book._repr_html_()


def _changed(tmp_path, old, new, items=True):
    """Return the path of a copy of the district book with a passage changed."""
    text = data_path("rulebooks", "wendeng-2020.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "book.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if items:
        source = data_path("rulebooks", "wendeng-2020-items.csv")
        (tmp_path / source.name).write_bytes(source.read_bytes())
    return path


def test_a_book_of_ones_own_is_read_from_its_path(tmp_path):
    book = load_rulebook(_changed(tmp_path, "{grade: A, from_points: 960}", "{grade: A, from_points: 980}"))
    assert (book.grade_of(970), load_rulebook("wendeng-2020").grade_of(970)) == ("B", "A")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("from_points: 850", "from_points: 8500", "expected more than 8500"),
        ("from_points: 850", "from_point: 850", "nearest: from_points"),
        ("base_points: 1000", "base_points: a thousand", "expected a number"),
        ("yearly: false", "", "yearly: got nothing"),
        ("B: {grade: B,", "B: {grade: E,", "grade of this book"),
        ("[ind-judgment-defaulter-list-direct-d]", "[ind-judgment-list]", "nearest: ind-judgment-defaulter"),
        ("items: wendeng-2020-items.csv", "items: other.csv", "expected a CSV file beside the book"),
        ("lists: [individual,", "base_book: wendeng-2021\nlists: [individual,", "nearest: wendeng-2020"),
        ("lists: [individual,", "base_book: wendeng-2020\nlists: [individual,", "based on this book"),
    ],
)  # fmt: skip
def test_a_fault_of_a_book_is_one_line_with_its_place(tmp_path, old, new, says):
    with pytest.raises(InputError) as caught:
        load_rulebook(_changed(tmp_path, old, new))
    assert says in str(caught.value)
    assert all("\n" not in str(fault) for fault in caught.value.faults)


def test_faults_of_items_come_all_at_once_with_their_lines(tmp_path):
    path = _changed(tmp_path, "format: 1", "format: 1")
    items = tmp_path / "wendeng-2020-items.csv"
    lines = items.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace(",-20,", ",20,")
    lines[2] = lines[2].replace(",24,", ",two years,")
    lines[3] = lines[1]
    items.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_rulebook(path)
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [
        (2, "points"), (3, "validity_months"), (4, "id"), (4, "points")
    ]  # fmt: skip


def test_unknown_books_and_readings_name_the_nearest():
    with pytest.raises(InputError, match="nearest: weihai-city"):
        load_rulebook("weihai-cty")
    with pytest.raises(InputError, match="nearest: cap_year"):
        load_rulebook("weihai-city", cap_years="running")
