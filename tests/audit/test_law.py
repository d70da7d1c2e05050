"""The legal screen finds what was reviewed by hand: cases/plan.csv and cases/wendeng.csv, as of two days."""

import csv
import datetime
import itertools
from pathlib import Path

import pandas as pd
import pytest

from creditsim.audit.law import audit_book, audit_scenario
from creditsim.core.shipped import data_path
from creditsim.spec.legal_screen import legal_checks, legal_rules
from creditsim.spec.scenario import load_scenario

PLAN_DAY, GUIDANCE_DAY = "2020-01-22", "2021-12-31"
CASES = Path(__file__).with_name("cases")
NO_LEVER = {
    ("二（三）2", "L11"): "no lever opens a personnel file to others",
    ("二（五）2", "L25"): "no lever makes volunteering a duty or the only path to repair",
    ("全文（未写明）", "L16"): "no item of the book is valid for longer than 60 months",
}
"""Conditions of the plan's reviewed list that the shipped scenario does not meet."""

TABLES = {
    "items.csv": "wendeng-2020-items.csv",
    "rules.csv": "wendeng-2020-rules.csv",
    "incentives.csv": "incentives.csv",
}


def rows_of(name):
    with (CASES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def table(name):
    frame = pd.read_csv(data_path("rulebooks", TABLES[name]), keep_default_na=False)
    if name == "items.csv":
        frame["pts"] = pd.to_numeric(frame["points"], errors="coerce").fillna(0)
        frame["validity_months"] = pd.to_numeric(frame["validity_months"])
    return frame


@pytest.fixture(scope="module")
def findings():
    """Return a function: the findings about a book or scenario as of a day, as a table."""
    kept = {}

    def of(name, day):
        if (name, day) not in kept:
            audit = audit_book if name == "wendeng-2020" else audit_scenario
            rules = name if name == "wendeng-2020" else load_scenario(name)
            kept[name, day] = audit(rules, datetime.date.fromisoformat(day)).to_frame()
        return kept[name, day]

    return of


def reviewed_of_the_book():
    for row in rows_of("wendeng.csv"):
        for part in row["as_of"].split(";"):
            if row["rule"] != "any":
                day = part.strip().split(" ")[0]
                yield pytest.param(row, day, id=f"{row['rule']}-{row['table']}-{day}-{row['expected']}")


@pytest.mark.parametrize(("row", "day"), list(reviewed_of_the_book()))
def test_the_book_trips_what_was_reviewed_and_nothing_else(findings, row, day):
    found = findings("wendeng-2020", day)
    tiers = {variant.strip()[0] for variant in row["variant"].split(",")}
    found = found[
        (found["rule"] == row["rule"])
        & found["file"].str.endswith(TABLES[row["table"]])
        & found["variant"].str[0].isin(tiers)
    ]
    rows = table(row["table"]).query(row["filter"], engine="python")
    expected = set(rows["id"] if "id" in rows else rows["rule"])
    assert len(expected) == int(row["expected"])
    if row["note"].startswith("subset"):
        assert expected <= set(found["key"])
    else:
        assert expected == set(found["key"])
        assert not found["key"].duplicated().any()


def test_as_many_distinct_items_have_an_error_as_were_counted_by_hand(findings):
    counted = [row for row in rows_of("wendeng.csv") if row["rule"] == "any" and "distinct" in row["note"]]
    assert [row["as_of"] for row in counted] == [PLAN_DAY, GUIDANCE_DAY]
    for row in counted:
        found = findings("wendeng-2020", row["as_of"])
        errors = found[
            (found["severity"] == "error") & (found["rule"] != "L20") & found["file"].str.contains("items")
        ]
        assert errors["key"].nunique() == int(row["expected"])


@pytest.mark.parametrize(
    ("day", "column"), [(PLAN_DAY, "severity_2020_01_22"), (GUIDANCE_DAY, "severity_2021_12_31")]
)
def test_the_plan_trips_what_was_reviewed_section_by_section(findings, day, column):
    found = findings("five-entries-2020", day)
    missing, too_grave = [], []
    for row in rows_of("plan.csv"):
        if row["rule"] == "none":
            continue
        section = row["section"].removesuffix("（未写明）")
        there = set(found[(found["rule"] == row["rule"]) & (found["section"] == section)]["severity"])
        place = (row["section"], row["rule"])
        if row[column] != "none" and row[column] not in there and place not in NO_LEVER:
            missing.append((place, row[column], there))
        if row[column] == "none" and row["condition"] == "as written" and there:
            too_grave.append((place, there))
    assert missing == []
    assert too_grave == []


def test_what_the_plan_may_do_is_not_found(findings):
    sections = {row["section"] for row in rows_of("plan.csv")}
    all_allowed = {
        section
        for section in sections
        if {row["rule"] for row in rows_of("plan.csv") if row["section"] == section} == {"none"}
    }
    assert all_allowed >= {"二（一）3", "二（二）1", "二（三）1", "二（三）3", "四（二）"}
    assert not set(findings("five-entries-2020", GUIDANCE_DAY)["section"]) & all_allowed


def test_the_plan_under_the_guidance_has_no_error_and_the_plan_itself_has(findings):
    assert "error" not in set(findings("guidance-2021", GUIDANCE_DAY)["severity"])
    assert (findings("five-entries-2020", GUIDANCE_DAY)["severity"] == "error").sum() > 50


def test_the_guidance_is_not_applied_before_its_day(findings):
    before, after = (
        audit_scenario(load_scenario("five-entries-2020"), datetime.date.fromisoformat(day))
        for day in ("2020-12-17", "2020-12-18")
    )
    assert "L2" not in {each.rule.id for each in before.findings}
    assert "L2" in {each.rule.id for each in after.findings}


def test_a_cured_lever_is_no_longer_found():
    plan = load_scenario("five-entries-2020")
    day = datetime.date.fromisoformat(GUIDANCE_DAY)
    keys = {each.key for each in audit_scenario(plan, day).findings}
    assert "village.household_liability_on" in keys
    cured = audit_scenario(plan.with_levers({"village.household_liability_on": False}), day)
    assert "village.household_liability_on" not in {each.key for each in cured.findings}


def test_a_book_of_ones_own_is_screened_by_its_items_and_keys(tmp_path):
    for name in ("wendeng-2020.yaml", "wendeng-2020-items.csv"):
        (tmp_path / name).write_bytes(data_path("rulebooks", name).read_bytes())
    audit = audit_book(str(tmp_path / "wendeng-2020.yaml"), datetime.date.fromisoformat(GUIDANCE_DAY))
    assert {"repeat_doubling", "household_items", "leader_links", "repairs"} <= {
        each.key for each in audit.findings
    }
    assert {each.rule.id for each in audit.findings} >= {"L1", "L2", "L3", "L26"}
    assert not any("incentives" in each.file for each in audit.findings)


def test_every_rule_but_those_without_a_lever_or_column_has_a_check():
    checks = legal_checks()
    rows = (checks.items, checks.printed_rules, checks.treatments, checks.measures)
    checked = {
        variant
        for group in (*rows, checks.book_keys, checks.levers)
        for check in group
        for variant in check.variants
    }
    # What these ask for has no lever and no column: hearings behind a penalty, forbidden kinds of
    # data, and how fast an annulled decision leaves the file.
    assert {name for name in legal_rules() if name not in checked} == {"L10b1", "L17a1", "L17a2", "L32a1"}


def test_phases_of_a_tier_never_overlap():
    by_tier = {}
    for rule in legal_rules().values():
        by_tier.setdefault((rule.id, rule.variant[0]), []).append(rule)
    for rules in by_tier.values():
        ordered = sorted(rules, key=lambda rule: rule.in_force_from)
        for first, second in itertools.pairwise(ordered):
            assert first.in_force_to is not None
            assert first.in_force_to < second.in_force_from
