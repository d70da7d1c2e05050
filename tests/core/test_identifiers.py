"""Identifiers are found in every disguise, and numbers of a simulation are not taken for one."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from made_identifiers import disguised, identifiers

from creditsim.core.errors import InputError
from creditsim.core.identifiers import KINDS, kinds_in, name_faults, screen_name, screen_text
from creditsim.core.names import column_kinds, heading_kind, looks_like_name, table_faults
from creditsim.core.shipped import data_path

NUMBER = 10_000


@pytest.fixture(scope="module")
def missed() -> tuple[Counter, Counter]:
    """Return how many of 10,000 identifiers in twelve disguises there are, and how many are not refused."""
    there, passed = Counter(), Counter()
    for kind, identifier in identifiers(NUMBER):
        for disguise, text in disguised(identifier).items():
            there[kind, disguise] += 1
            passed[kind, disguise] += not kinds_in(text)
    return there, passed


def test_there_are_ten_thousand_in_twelve_disguises(missed):
    there, _ = missed
    assert sum(there.values()) == 12 * NUMBER
    assert len({disguise for _, disguise in there}) == 12
    assert {kind for kind, _ in there} == set(KINDS) - {"person_name"}


def test_every_resident_id_and_phone_is_refused_in_every_disguise(missed):
    _, passed = missed
    assert {key: count for key, count in passed.items() if key[0] in ("resident_id", "phone") and count} == {}


def test_of_the_others_at_least_99_percent_are_refused_in_every_disguise(missed):
    there, passed = missed
    assert {key: count for key, count in passed.items() if count > there[key] / 100} == {}


def test_plain_ones_are_told_by_kind():
    told = Counter((kind, kind in kinds_in(identifier)) for kind, identifier in identifiers(2000))
    for kind in ("resident_id", "phone", "bank_card", "plate", "email"):
        assert told[kind, True] >= 0.99 * (told[kind, True] + told[kind, False]), kind


@pytest.mark.parametrize(
    "text",
    [
        "1.38001E+10", "3.71002E+17", "13,800,138,125", "+86-138-0013-8125", "(0631) 523 1234",
        "tel. 5231234", "13800138125.0", '"1380013812５"', "1 3 8 0 0 1 3 8 1 2 5", "一三八〇〇一三八一二五",
        "姓名：王秀英",
        "z h a n g 1 @ q q . c o m", "zhang(at)qq(dot)com", "鲁 K·D 1 2 3 4 5", "鲁K1234警",
    ],
)  # fmt: skip
def test_single_disguises(text):
    assert kinds_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "0.13800138125", "1.3800138125", "19.130634210125173", "2020-01-01 2021-12-31", "2020-03-01T10:00:00",
        "[12, 24, 36, 138, 1200]", "13,800 persons in 2020", "138000000 yuan", "1.2e-05", "status-quo-2019",
        "policy.inspection.visits_per_month", "五项条目，二〇二〇年", "Weihai ETDZ (371072, census 2020)",
    ],
)  # fmt: skip
def test_numbers_dates_and_words_are_none(text):
    assert kinds_in(text) == ()


def test_no_shipped_data_file_is_refused():
    found = {}
    for path in sorted(data_path().rglob("*")):
        if path.suffix in (".yaml", ".csv", ".json", ".md"):
            found[path.name] = [*screen_text(path.read_text("utf-8")), *screen_name(path.name)]
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                heading, *rows = csv.reader(file)
            found[f"{path.name} as a table"] = table_faults(path.name, heading, rows)
    assert len(found) > 40
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("between", [", ", "\n- ", "\n", ": 1\n"])
@pytest.mark.parametrize("form", ["{:.17g}", "{:.6f}", "{:.3g}", "{:.0f}"])
def test_lists_of_numbers_are_none(between, form):
    """Only whole numbers one below the other without a mark may be taken for one that is split."""
    numbers = (1000 * (place * 0.6180339887498949 % 1) for place in range(1, 20_001))
    found = screen_text(between.join(form.format(number) for number in numbers))
    assert found == [] or (between, form) in {("\n", "{:.0f}"), ("\n", "{:.3g}")}


def test_a_place_is_told_and_the_identifier_is_not():
    text = 'title: {en: "a"}\nabout: {en: "b", zh: "请致电 １３８ 0013 8125 张"}\n'
    (found,) = screen_text(text)
    assert (found.kind, found.line, found.column) == ("phone", 2, text.splitlines()[1].index("１") + 1)
    line = str(found.fault("a.yaml"))
    assert line.startswith("a.yaml:2: got what looks like a phone number (not shown) in column ")
    assert "8125" not in line


def test_the_name_of_a_file_is_neither_taken_nor_shown():
    (fault,) = name_faults("/data/mine/of-13800138125.yaml")
    assert "13800138125" not in str(InputError(fault))
    assert name_faults("/data/of-13800138125/five-entries.yaml") == [], "what the machine calls folders"
    assert name_faults("results-2020-01-01_12-30-00.csv") == []


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("姓名", "person_name"), ("身份证号", "resident_id"), ("Mobile Phone", "phone"), ("ＥＭＡＩＬ", "email"),
     ("统一社会信用代码", "social_credit_code"), ("value", None), ("name", None), ("age_band", None)],
)  # fmt: skip
def test_headings_that_ask_for_an_identifier(heading, kind):
    assert heading_kind(heading) == kind


@pytest.mark.parametrize(
    "cells",
    [
        ["王秀英", "李建国", "张伟"],
        ["王 伟", "李\u200b娜", "赵　静", "x"],
        ["Wang Xiuying", "LI Na", "Zhang Wei"],
    ],
)
def test_a_column_of_names_is_found_under_any_heading(cells):
    assert column_kinds("a", cells) == {"person_name": 1}


@pytest.mark.parametrize(
    "cells",
    [
        ["高中", "初中", "大学", "中专"], ["王家村", "李家庄", "于家夼", "林村"], ["金融业", "林业", "农业"],
        ["皇冠街道", "凤林街道", "泊于镇"], ["财政局", "经济发展局"],
        ["Wang Xiuying", "rural", "urban", "all", "m"],
    ],
)  # fmt: skip
def test_words_of_tables_are_no_names(cells):
    assert column_kinds("a", cells) == {}
    assert not all(map(looks_like_name, cells))
