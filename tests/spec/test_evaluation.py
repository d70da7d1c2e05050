"""The evaluation file: complete, consistent with the books and levers, and closed to nonsense."""

from __future__ import annotations

import re

import pytest

from creditsim.core.errors import InputError
from creditsim.core.shipped import data_path
from creditsim.scoring.enterprise import CLASSES, DIMENSIONS
from creditsim.spec.catalogue import activities, levers
from creditsim.spec.evaluation import load_evaluation, weight_schemes
from creditsim.spec.files import read_document
from creditsim.spec.rulebooks import load_rulebook

BOOK = load_rulebook("wendeng-2020")
SHIPPED = data_path("evaluation.yaml").read_text("utf-8")
DATA = read_document(data_path("evaluation.yaml")).data
FIRM_ITEMS = [item for item in BOOK.items if item.list == "legal_person"]


def test_every_item_on_firms_falls_in_exactly_one_dimension():
    for item in FIRM_ITEMS:
        by_item = [name for name in DIMENSIONS if item.id in DATA["dimensions"][name]["items"]]
        by_category = [name for name in DIMENSIONS if item.category in DATA["dimensions"][name]["categories"]]
        places = by_item or by_category
        assert len(places) == 1, f"{item.id}: {places}"
        assert load_evaluation().dimension_of(item) == DIMENSIONS.index(places[0])


def test_each_dimension_holds_items_that_lower_it():
    found = {load_evaluation().dimension_of(item) for item in FIRM_ITEMS if item.direction != "bonus"}
    assert found == set(range(len(DIMENSIONS)))


def test_every_item_that_the_activities_of_firms_post_has_a_dimension():
    posted = {name for each in activities() if "enterprise" in each.kinds for name in each.items}
    left = [name for name in sorted(posted) if load_evaluation().dimension_of(BOOK[name]) < 0]
    assert not left, f"name them under `items` of a dimension in data/evaluation.yaml: {left}"


def test_items_of_persons_have_no_dimension_unless_named():
    named = {name for name in DIMENSIONS for name in DATA["dimensions"][name]["items"]}
    others = [item for item in BOOK.items if item.list != "legal_person" and item.id not in named]
    assert others
    assert all(load_evaluation().dimension_of(item) == -1 for item in others)


def test_the_weight_schemes_are_the_options_of_the_lever():
    assert ("none", *weight_schemes()) == levers()["evaluation.weights_choice"].options


@pytest.mark.parametrize("name", weight_schemes())
def test_weights_sum_to_a_thousand_and_are_those_of_the_file(name):
    weights = load_evaluation(name).weights
    assert sum(weights) == 1000
    shares = DATA["weights"][name]["shares"]
    assert weights == tuple(round(shares[dimension] * 1000) for dimension in DIMENSIONS)


def test_schemes_differ_in_their_weights_alone():
    default, other = load_evaluation(), load_evaluation("court_and_tax")
    differing = {name for name, value in vars(default).items() if vars(other)[name] != value}
    assert differing == {"name", "weights"}
    assert load_evaluation() is default


def test_court_and_tax_puts_courts_and_authorities_first():
    ranked = sorted(zip(load_evaluation("court_and_tax").weights, DIMENSIONS), reverse=True)
    assert {name for _, name in ranked[:2]} == {"government", "judicial"}


def test_direct_rules_are_never_milder_than_the_list_and_name_judgment_defaulters():
    evaluation = load_evaluation()
    assert [CLASSES[evaluation.direct_grade_class[letter]] for letter in "BCD"] == ["B", "C", "D"]
    for name, code in evaluation.item_class.items():
        assert code <= evaluation.direct_grade_class[BOOK[name].direct_grade]
    assert CLASSES[evaluation.item_class["firm-judgment-defaulter-list-direct-d"]] == "D"


def test_a_direct_grade_takes_off_what_it_takes_off_the_score():
    rules = BOOK.rule_record
    for letter, each in BOOK.meta["direct_grades"].items():
        fixed_mp = int(rules["direct_score_mp"][BOOK.grades.index(each["grade"])])
        assert load_evaluation().direct_mp[letter] == fixed_mp - BOOK.base_mp


def test_every_value_has_a_passport_and_titles_in_two_languages():
    rows = [
        row for name in ("dimensions", "weights", "classes", "direct_points") for row in DATA[name].values()
    ]
    for row in [*rows, *DATA["direct_classes"]]:
        assert row["source"].strip()
        assert row["confidence"] in "HML"
        if "title_zh" in row:
            assert row["title_en"].isascii()
            assert re.search(r"[\u4e00-\u9fff]", row["title_zh"])


def test_a_copy_with_other_values_is_read_from_its_path(tmp_path):
    path = tmp_path / "stricter.yaml"
    path.write_text(SHIPPED.replace("from_points: 70", "from_points: 75"), "utf-8")
    assert load_evaluation("equal", path).lowest_mp == (0, 40_000, 75_000, 90_000)
    assert weight_schemes(path) == weight_schemes()


def test_an_unknown_scheme_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"got 'defualt', .*nearest: default"):
        load_evaluation("defualt")
    with pytest.raises(InputError, match="weight scheme"):
        load_evaluation("none")


FAULTS = [
    (
        "social: 0.15}",
        "social: 0.20}",
        "weights.default.shares",
        "got shares that sum to 1.05, expected a sum of 1",
    ),
    ("social: 0.15}", "sozial: 0.15}", "weights.default.shares.sozial", "nearest: social"),
    (", social: 0.15}", "}", "weights.default.shares", "got no social, expected one share for each of"),
    ("social: 0.15}", "social: 0.1499}", "weights.default.shares", "more than three decimals"),
    ("social: 0.15}", "social: '0.15'}", "weights.default.shares.social", "got '0.15', expected a number"),
    (
        "categories: [court]",
        "categories: [court, tax]",
        "dimensions.judicial.categories.1",
        "already in government",
    ),
    ("categories: [court]", "categories: [cuort]", "dimensions.judicial.categories.0", "nearest: court"),
    ("categories: [court]", "categories: []", "dimensions", "got no dimension for firm-"),
    (
        "- firm-guarantee-default",
        "- firm-guarantee-defalt",
        "dimensions.financial.items.1",
        "nearest: firm-guarantee-",
    ),
    (
        "- firm-guarantee-default",
        "- firm-sham-charity-donation",
        "dimensions.social.items.0",
        "already in financial",
    ),
    ("from_points: 70", "from_points: 95", "classes.B.from_points", "expected a value from 60 to 80"),
    ("from_points: 90", "from_points: 70", "classes.A.from_points", "expected more than the 70 of class B"),
    ("full_points: 100", "full_points: 80", "classes.A.from_points", "expected at most full_points, 80"),
    (
        "    points: 400",
        "    points: 120",
        "direct_points.C.points",
        "expected at least the 150 of a direct B",
    ),
    ("  C:\n    points: 400", "  E:\n    points: 400", "direct_points.E", "got 'E', expected"),
    (
        "emptied_by_points: 100",
        "emptied_by_points: 0",
        "dimensions.government.emptied_by_points",
        "expected more than 0",
    ),
    ("gives: C", "gives: A", "direct_classes.1.gives", "got 'A', expected"),
    (
        "firm-industry-blacklist-direct-c]",
        "firm-blacklist]",
        "direct_classes.3.items.2",
        "expected an item in the book",
    ),
    ("direct_grades: [B]", "items: []", "direct_classes.0", "expected direct_grades or items"),
    ("low: 0.5\n", "low: 1.2\n", "weights.default.low", "expected a range from 0 or more that includes 1"),
    ("book: wendeng-2020", "book: wendeng-2021", "book", "nearest: wendeng-2020"),
    ("list: legal_person", "list: legal_persons", "list", "nearest: legal_person"),
    ("format: 1", "format: 2", "format", "expected 1"),
    ("full_points: 100", "full_points: 100\nextra: 1", "extra", "got an unknown key"),
]


@pytest.mark.parametrize(("old", "new", "key", "message"), FAULTS)
def test_a_fault_is_placed_and_said(tmp_path, old, new, key, message):
    assert old in SHIPPED
    path = tmp_path / "faulty.yaml"
    path.write_text(SHIPPED.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        load_evaluation(file=path)
    lines = str(caught.value).splitlines()
    assert any(f": {key}: " in line and message in line for line in lines), lines
    assert all(re.match(rf"{re.escape(str(path))}:\d+: ", line) for line in lines)


def test_all_faults_come_at_once_in_the_order_of_their_lines(tmp_path):
    path = tmp_path / "faulty.yaml"
    text = SHIPPED.replace("social: 0.15}", "social: 0.20}").replace("from_points: 70", "from_points: 95")
    path.write_text(text.replace("categories: [court]", "categories: [cuort]"), "utf-8")
    with pytest.raises(InputError) as caught:
        load_evaluation(file=path)
    keys = [fault.key for fault in caught.value.faults]
    assert keys[0] == "dimensions"
    assert {"dimensions.judicial.categories.0", "weights.default.shares", "classes.B.from_points"} <= set(
        keys
    )
    numbers = [fault.line for fault in caught.value.faults]
    assert numbers == sorted(numbers)
