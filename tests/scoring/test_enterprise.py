"""The five-dimension evaluation: hand-worked cases, and what must hold for any firm."""

import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cases import ledger_of as ledger_of_case
from test_fold import LATER_KINDS, MONTHS, SPAN, START, item_records, ledger_of

from creditsim.core.months import month_index
from creditsim.scoring import counting, enterprise, fold, worktable
from creditsim.scoring.enterprise import (
    CLASSES,
    DIMENSIONS,
    EVALUATED,
    class_code,
    evaluate_account,
    evaluate_folded,
    evaluate_ledger,
    evaluation_table,
    explain_evaluation,
)
from creditsim.scoring.ledger import MONTH_OPEN, REPAIR, VOID, Ledger
from creditsim.spec.evaluation import load_evaluation, weight_schemes
from creditsim.spec.files import read_document
from creditsim.spec.rulebooks import load_rulebook

CASES = read_document(Path(__file__).with_name("evaluation_cases.yaml")).data["cases"]
BOOK = load_rulebook("wendeng-2020")
RESULTS = EVALUATED.names[1:]
POOL = (
    "firm-tax-evasion-or-arrears", "firm-tax-evasion-or-arrears-very-large", "firm-police-warning",
    "firm-bank-loan-overdue", "firm-contract-breach", "firm-contract-breach-with-court-judgment",
    "firm-wage-arrears-over6m", "firm-justified-customer-complaint-on-service",
    "firm-abnormal-operation-list-direct-b", "firm-industry-blacklist-direct-c",
    "firm-able-but-refusing-court-decision-direct-c", "firm-judgment-defaulter-list-direct-d",
    "firm-illegal-building-demolished-by-force-direct-d", "firm-donation-over100000",
    "firm-donation-1000to10000", "firm-district-award", "firm-city-quality-prize-or-brand",
    "firm-other-rewarded-conduct-max", "ind-tax-evasion",
)  # fmt: skip
MERITS = tuple(name for name in POOL if BOOK[name].direction == "bonus")
BREACHES = tuple(name for name in POOL if name not in MERITS)
examples = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def books(draw):
    book = load_rulebook(draw(st.sampled_from(("wendeng-2020", "weihai-city"))))
    return book.with_switches(
        **{each.name: draw(st.sampled_from(sorted(each.options))) for each in book.open_readings}
    )


evaluations = st.sampled_from(weight_schemes()).map(load_evaluation)


@st.composite
def histories(draw):
    """Records on firms in no order, and later records about them."""
    records = draw(st.lists(item_records(names=POOL), min_size=1, max_size=8))
    about = list(records)
    for _ in range(draw(st.integers(0, 5))):
        target = draw(st.sampled_from(about))
        posted = target["posted"] + draw(st.integers(0, 30))
        records.append({"kind": draw(st.sampled_from(LATER_KINDS)), "target": target, "posted": posted})
    return records


def evaluated(book, evaluation, records):
    """Return months x subjects x (five dimensions, total, class)."""
    entries = ledger_of(book, records)
    rows = [evaluate_ledger(book, evaluation, entries, month, subjects=[0, 1]) for month in MONTHS]
    return np.array([[[row[name] for name in RESULTS] for row in month] for month in rows], dtype=np.int64)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in CASES])
def test_a_hand_worked_evaluation(case):
    book = load_rulebook(case.get("book", "wendeng-2020"), **case.get("switches", {}))
    evaluation = load_evaluation(case.get("weights", "default"))
    ledger = ledger_of_case(case, book)
    for expected in case["expect"]:
        row = evaluate_ledger(book, evaluation, ledger, expected["month"], subjects=[1])[0]
        found = {name: int(row[f"{name}_mp"]) / 1000 for name in (*DIMENSIONS, "total")}
        found = {"month": expected["month"], **found, "class": CLASSES[row["class_code"]]}
        reasons = explain_evaluation(book, evaluation, ledger, 1, expected["month"])
        assert found == {**dict.fromkeys(DIMENSIONS, 100), **expected}, f"{case['source']}\n{reasons}"
        assert (reasons.total_mp, reasons.class_name) == (row["total_mp"], found["class"])


def test_there_are_enough_cases_and_each_names_its_rule():
    assert len(CASES) >= 10
    assert all(case["source"].strip() and case["working"].strip() for case in CASES)
    assert len({case["case"] for case in CASES}) == len(CASES)
    assert {case.get("weights", "default") for case in CASES} == set(weight_schemes())


@examples
@given(books(), evaluations, histories(), item_records(names=BREACHES, acts=(None,)))
def test_a_breach_never_raises_anything(book, evaluation, records, breach):
    before, after = evaluated(book, evaluation, records), evaluated(book, evaluation, [*records, breach])
    assert (after <= before).all()
    assert np.array_equal(after[:, 1 - breach["subject"]], before[:, 1 - breach["subject"]])


@examples
@given(books(), evaluations, histories(), item_records(names=MERITS, acts=(None,)))
def test_a_merit_never_lowers_anything_while_it_is_valid(book, evaluation, records, merit):
    # Under a running cap an early merit takes room from a later one and may expire before it.
    book = book.with_switches(cap_year="calendar")
    before, after = evaluated(book, evaluation, records), evaluated(book, evaluation, [*records, merit])
    until = MONTH_OPEN if merit["end"] == MONTH_OPEN else merit["end"] + book[merit["name"]].validity_months
    valid = np.array([merit["posted"] <= month < until for month in MONTHS])
    assert (after[valid] >= before[valid]).all()


@examples
@given(books(), evaluations, histories(), st.data())
def test_a_repair_never_lowers_anything(book, evaluation, records, data):
    target = data.draw(st.sampled_from([record for record in records if "name" in record]))
    repair = {"kind": REPAIR, "target": target, "posted": target["posted"] + data.draw(st.integers(0, 30))}
    assert (evaluated(book, evaluation, [*records, repair]) >= evaluated(book, evaluation, records)).all()


@examples
@given(books(), evaluations, histories(), item_records(names=POOL), st.integers(0, 20))
def test_a_void_entry_is_as_never_posted(book, evaluation, records, wrong, wait):
    void = {"kind": VOID, "target": wrong, "posted": wrong["posted"] + wait}
    upheld = np.array([month >= void["posted"] for month in MONTHS])
    without, voided = (evaluated(book, evaluation, each) for each in (records, [*records, wrong, void]))
    assert np.array_equal(voided[upheld], without[upheld])


@examples
@given(books(), evaluations, histories(), st.randoms(use_true_random=False))
def test_order_within_a_month_and_of_rows_is_irrelevant(book, evaluation, records, random):
    expected = evaluated(book, evaluation, records)
    assert np.array_equal(evaluated(book, evaluation, random.sample(records, len(records))), expected)
    entries = ledger_of(book, records).entries
    mixed = entries[random.sample(range(len(entries)), len(entries))]
    for month in MONTHS:
        in_order = evaluate_ledger(book, evaluation, entries, month)
        assert np.array_equal(evaluate_ledger(book, evaluation, mixed, month), in_order)


@examples
@given(books(), evaluations, histories())
def test_results_stay_in_range_and_the_total_is_the_weighted_mean(book, evaluation, records):
    found = evaluated(book, evaluation, records)
    dims, total = found[..., :5], found[..., 5]
    assert (dims >= 0).all()
    assert (dims <= evaluation.full_mp).all()
    assert np.array_equal(total, dims @ np.array(evaluation.weights) // 1000)


@examples
@given(books(), histories())
def test_equal_weights_give_the_mean_and_weights_change_no_dimension(book, records):
    equal, other = (evaluated(book, load_evaluation(name), records) for name in ("equal", "court_and_tax"))
    assert np.array_equal(equal[..., 5], equal[..., :5].sum(axis=-1) // 5)
    assert np.array_equal(equal[..., :5], other[..., :5])


@examples
@given(books(), evaluations, histories(), st.integers(0, SPAN + 40))
def test_nothing_changes_before_the_folds_month_of_next_change(book, evaluation, records, offset):
    entries = ledger_of(book, records).entries
    index = np.flatnonzero(entries["subject"] == 0)
    table, dims = evaluation_table(evaluation, book), np.zeros(5, np.int64)
    args = (book.item_table, book.rule_record)
    change = fold.fold_account(entries, index, len(index), START + offset, *args, 0)[-1]
    results = set()
    for month in range(START + offset, min(change, START + SPAN + 120)):
        found = evaluate_account(entries, index, len(index), month, *args, table.items, table.rules, dims)
        results.add((*found, *dims.tolist()))
    assert len(results) <= 1


def _plain_evaluate_account():
    """Return `evaluate_account` with every function it calls as plain Python, nothing compiled."""
    compiled = {**vars(worktable), **vars(counting), **vars(fold), **vars(enterprise)}
    space = {name: getattr(value, "py_func", value) for name, value in compiled.items()}
    for name, value in space.items():
        if isinstance(value, types.FunctionType):
            space[name] = types.FunctionType(value.__code__, space, name)
    return space["evaluate_account"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books(), evaluations, histories(), st.sampled_from(MONTHS))
def test_compiled_and_plain_python_agree_bit_by_bit(book, evaluation, records, month):
    entries = ledger_of(book, records).entries
    index = np.flatnonzero(entries["subject"] == 0)
    table, results = evaluation_table(evaluation, book), []
    for run in (evaluate_account, _plain_evaluate_account()):
        dims = np.zeros(5, np.int64)
        with np.errstate(over="raise"):
            found = run(
                entries,
                index,
                len(index),
                month,
                book.item_table,
                book.rule_record,
                table.items,
                table.rules,
                dims,
            )
        results.append([*map(int, found), *dims.tolist()])
    assert results[0] == results[1]


@examples
@given(books(), evaluations, histories(), st.sampled_from(MONTHS))
def test_a_work_table_folded_before_gives_the_same(book, evaluation, records, month):
    entries = ledger_of(book, records).entries
    index = np.flatnonzero(entries["subject"] == 1)
    n, table = len(index), evaluation_table(evaluation, book)
    work, order = np.zeros((n, worktable.COLUMNS), np.int64), np.zeros(n, np.int64)
    if n:
        fold.fold_into(entries, index, n, month, book.item_table, book.rule_record, -80_000, work, order)
    before, dims = work.copy(), np.zeros(5, np.int64)
    found = evaluate_folded(n, work, book.item_table, table.items, table.rules, dims)
    row = evaluate_ledger(book, evaluation, entries, month, subjects=[1])[0]
    assert [*dims.tolist(), *found] == [int(row[name]) for name in RESULTS]
    assert np.array_equal(work, before)


@examples
@given(books(), evaluations, histories(), st.sampled_from(MONTHS))
def test_the_explanation_adds_up(book, evaluation, records, month):
    ledger = ledger_of(book, records)
    for row in evaluate_ledger(book, evaluation, ledger, month, subjects=[0, 1]):
        reasons = explain_evaluation(book, evaluation, ledger, int(row["subject"]), month)
        for code, part in enumerate(reasons.dimensions):
            lost_mp = min(max(-sum(line.counted_mp for line in part.lines), 0), part.emptied_mp)
            assert part.dimension == DIMENSIONS[code]
            assert part.result_mp == row[f"{part.dimension}_mp"]
            assert part.result_mp == evaluation.full_mp - -(-lost_mp * evaluation.full_mp // part.emptied_mp)
            assert all(evaluation.dimension_of(line.item) == code for line in part.lines)
        assert reasons.total_mp == row["total_mp"]
        assert reasons.class_name == CLASSES[row["class_code"]]
        assert (reasons.class_name != reasons.class_by_total) <= bool(reasons.limiting)


@pytest.mark.parametrize("name", [item.id for item in BOOK.items if item.list == "legal_person"])
def test_an_item_of_firms_counts_while_valid_in_its_dimension_alone(name):
    evaluation, item, event = load_evaluation(), BOOK[name], START + 5
    loss = {
        "kind": 0,
        "quantity": 1,
        "event": event,
        "end": event,
        "posted": event,
        "act": None,
        "subject": 0,
    }
    records = [{**loss, "name": name}]
    dimension = DIMENSIONS[evaluation.dimension_of(item)]
    if item.direction == "bonus":  # only seen where there is something to give back
        breach = next(
            each.id
            for each in BOOK.items
            if each.list == "legal_person"
            and each.direction == "deduction"
            and evaluation.dimension_of(each) == evaluation.dimension_of(item)
        )
        records.append({**loss, "name": breach, "end": MONTH_OPEN})
    without = evaluate_ledger(BOOK, evaluation, ledger_of(BOOK, records[1:]), MONTHS[-1], subjects=[0])[0]
    last = event + item.validity_months - 1
    ledger = ledger_of(BOOK, records)
    in_force, after = (evaluate_ledger(BOOK, evaluation, ledger, month)[0] for month in (last, last + 1))
    assert after == without
    changed = [each for each in DIMENSIONS if in_force[f"{each}_mp"] != without[f"{each}_mp"]]
    assert changed == [dimension]
    assert (in_force["total_mp"] > without["total_mp"]) == (item.direction == "bonus")


@pytest.mark.parametrize("weights", weight_schemes())
def test_the_class_ascends_with_the_total_and_each_cutoff_is_included(weights):
    rules = evaluation_table(load_evaluation(weights), BOOK).rules
    codes = [class_code(total_mp, rules) for total_mp in range(0, 100_001, 50)]
    assert codes == sorted(codes)
    assert set(codes) == {0, 1, 2, 3}
    for code in (1, 2, 3):
        cutoff_mp = int(rules["lowest_mp"][code])
        found = [class_code(cutoff_mp + by_mp, rules) for by_mp in (-1, 0, 1)]
        assert found == [code - 1, code, code]


@pytest.mark.parametrize(("points_mp", "total_mp", "letter"), [
    (-50_005, 89_999, "B"), (-50_004, 89_999, "B"), (-50_000, 90_000, "A"), (-49_995, 90_001, "A"),
])  # fmt: skip
def test_a_ledger_one_milli_point_around_a_cutoff(points_mp, total_mp, letter):
    ledger = Ledger()
    item = BOOK["firm-tax-evasion-or-arrears-large"].index
    ledger.append(subject=3, item=item, points_mp=points_mp, posted=START)
    row = evaluate_ledger(BOOK, load_evaluation("equal"), ledger, START)[0]
    assert (int(row["total_mp"]), CLASSES[row["class_code"]]) == (total_mp, letter)


def test_a_scale_that_does_not_divide_rounds_down_to_whole_milli_points():
    evaluation = replace(load_evaluation("equal"), emptied_mp=(30_000,) * 5)
    ledger = Ledger()
    item = BOOK["firm-police-warning"]
    ledger.append(subject=3, item=item.index, points_mp=item.points_mp, posted=START)
    row = evaluate_ledger(BOOK, evaluation, ledger, START)[0]
    assert (row["government_mp"], row["total_mp"]) == (66_666, 93_333)


def test_hundreds_of_doubled_entries_empty_a_dimension_and_nothing_overflows():
    ledger, item = Ledger(), BOOK["firm-tax-evasion-or-arrears-very-large"]
    for _ in range(400):
        ledger.append(subject=3, item=item.index, points_mp=-(2**31 - 1), posted=START)
    row = evaluate_ledger(BOOK, load_evaluation(), ledger, START)[0]
    assert [int(row[name]) for name in RESULTS] == [0, *[100_000] * 4, 75_000, CLASSES.index("B")]


def test_a_firm_without_entries_and_an_empty_ledger():
    nobody = evaluate_ledger(BOOK, load_evaluation(), Ledger(), "2020-01")
    assert len(nobody) == 0
    row = evaluate_ledger(BOOK, load_evaluation(), Ledger(), "2020-01", subjects=[9])[0]
    assert [int(row[name]) for name in RESULTS] == [*[100_000] * 6, CLASSES.index("A")]


def test_the_village_account_of_a_subject_is_left_out():
    ledger, item = Ledger(), BOOK["firm-tax-evasion-or-arrears-very-large"]
    ledger.append(subject=3, item=item.index, points_mp=item.points_mp, posted=START, account=1)
    row = evaluate_ledger(BOOK, load_evaluation(), ledger, START, subjects=[3])[0]
    assert row["total_mp"] == 100_000


def test_an_explanation_says_what_limits_the_class():
    ledger, item = Ledger(), BOOK["firm-serious-violation-enterprise-list-direct-c"]
    ledger.append(subject=3, item=item.index, posted=month_index("2020-02"))
    reasons = explain_evaluation(BOOK, load_evaluation(), ledger, 3, "2020-02")
    assert [line.item.id for line in reasons.limiting] == [item.id]
    first = str(reasons).splitlines()[0]
    assert first.startswith("Firm 3 in 2020-02: 75 points, class D (by points B, limited by: ")
    assert repr(reasons) == str(reasons)
    assert item.name_en in reasons._repr_html_()
