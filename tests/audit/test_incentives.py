"""Each lint has a rule table that trips it and one, a step away, that does not: incentives/<lint>/."""

import json
from pathlib import Path

import pytest

import creditsim as cs
from creditsim.core.shipped import data_path
from creditsim.spec.incentives import lints, threshold

TABLES = Path(__file__).with_name("incentives")
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "audit.md").read_text("utf-8")
DAY = "2021-12-31"


def found_in(rules):
    """Return what the lints find, by their word."""
    words = {rule.id: word for word, rule in lints().items()}
    found = {}
    for each in cs.audit_rules(rules, DAY).findings:
        if each.rule.id in words:
            found.setdefault(words[each.rule.id], []).append(each)
    return found


@pytest.fixture(scope="module")
def of_the_plan():
    return found_in("five-entries-2020")


def test_every_lint_of_the_file_has_its_two_tables():
    assert sorted(lints()) == sorted(path.name for path in TABLES.iterdir())
    assert all((TABLES / lint / f"{kind}.yaml").exists() for lint in lints() for kind in ("trips", "clean"))


@pytest.mark.parametrize("lint", list(lints()))
def test_the_table_that_trips_it_trips_it_alone_and_the_clean_one_trips_nothing(said, lint):
    code, out, _ = said("audit", str(TABLES / lint / "trips.yaml"), "--json")
    found = json.loads(out)["findings"]
    assert code == 0
    assert {each["rule"] for each in found} == {lints()[lint].id}
    assert all(each["severity"] == lints()[lint].severity for each in found)
    assert all(each["file"].endswith("trips.yaml") for each in found)
    assert json.loads(said("audit", str(TABLES / lint / "clean.yaml"), "--json")[1])["findings"] == []


@pytest.mark.parametrize("lint", list(lints()))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_why_is_filled_in_with_the_numbers(lint, lang):
    for each in found_in(str(TABLES / lint / "trips.yaml"))[lint]:
        why = each.to_dict(lang)["why"]
        assert "{" not in why
        assert set(each.to_dict(lang)["numbers"]) >= set(each.numbers)


def test_the_numbers_are_those_of_the_tables():
    numbers = {
        lint: found_in(str(TABLES / lint / "trips.yaml"))[lint][0].numbers
        for lint in ("loop", "sanction", "cliff", "farming", "unreachable")
    }
    assert numbers["loop"]["net"] == 2 * threshold("turns")
    assert numbers["sanction"]["expected"] == pytest.approx(124)
    assert numbers["sanction"]["score"] == 240
    assert (numbers["cliff"]["step"], numbers["cliff"]["largest"]) == (120, 100)
    assert (numbers["farming"]["acts"], numbers["farming"]["cost"], numbers["farming"]["worth"]) == (
        15,
        30,
        240,
    )
    assert (numbers["unreachable"]["reached"], numbers["unreachable"]["lowest"]) == (1025, 1030)


def test_a_cap_or_doubling_stops_a_loop(tmp_path):
    text = (TABLES / "loop" / "trips.yaml").read_text("utf-8")
    table = tmp_path / "own.yaml"
    table.write_text(text.replace("points: 5,", "points: 5, most_points_year: 5,"), "utf-8")
    assert found_in(str(table))["loop"][0].numbers["net"] == 2
    table.write_text(text.replace("points: 5,", "points: 5, most_points_year: 3,"), "utf-8")
    assert found_in(str(table)) == {}
    table.write_text(text + "repeat_doubling: true\n", "utf-8")
    assert found_in(str(table))["loop"][0].numbers["turns"] == 1


def test_a_table_with_faults_is_refused_line_by_line(said, tmp_path):
    table = tmp_path / "own.yaml"
    text = (TABLES / "loop" / "trips.yaml").read_text("utf-8")
    table.write_text(text.replace("leads_to: [tool-late]", "leads_to: [nothing]"), "utf-8")
    code, out, err = said("audit", str(table))
    assert (code, out) == (2, "")
    assert "nothing" in err[0]


def test_lints_hold_on_any_day():
    path = str(TABLES / "repair" / "trips.yaml")
    assert len(cs.audit_rules(path, "1990-01-01").findings) == 1


def test_errors_are_left_to_what_arithmetic_alone_shows():
    assert {word for word, lint in lints().items() if lint.severity == "error"} == {
        "loop",
        "repair",
        "unreachable",
    }


def test_the_plan_has_no_error_of_incentives_and_these_warnings(of_the_plan):
    keys = {lint: {each.key for each in found} for lint, found in of_the_plan.items()}
    assert not {"loop", "repair", "unreachable"} & set(keys)
    assert {"hiring", "title", "cadre", "village_honour", "party_admission"} <= keys["contest"]
    assert "village.fund_top_share" in keys["contest"]
    assert keys["farming"] == {"ent-paper-pledge"}
    assert "files.student_coverage_share" in keys["unknowable"]
    assert {"star_month", "village.household_liability_on"} <= keys["double"]
    assert "cliff" not in keys


def test_a_sanction_is_named_in_yuan_and_a_higher_fine_cures_it(of_the_plan):
    plan = cs.load_scenario("five-entries-2020")
    dearer = found_in(plan.with_levers({"enforcement.fine_level_share": 2.0}))["sanction"]
    before = {each.key: each.numbers for each in of_the_plan["sanction"]}
    assert {each.key for each in dearer} <= set(before)
    assert len(dearer) < len(before)
    assert all(each.numbers["fine"] == 2 * before[each.key]["fine"] for each in dearer)


def test_without_scores_only_the_fines_are_left_to_lint():
    found = found_in("no-programme")
    assert set(found) == {"sanction"}
    assert all(each.numbers["score"] == 0 for each in found["sanction"])


def test_a_book_of_ones_own_is_linted_through_its_items(tmp_path):
    for name in ("wendeng-2020.yaml", "wendeng-2020-items.csv"):
        (tmp_path / name).write_bytes(data_path("rulebooks", name).read_bytes())
    book = tmp_path / "wendeng-2020.yaml"
    text = book.read_text("utf-8")
    assert not {"repair", "unreachable"} & set(found_in(str(book)))
    text = text.replace("points: -80, months: 24", "points: 80, months: 24")
    book.with_name("own.yaml").write_text(text, "utf-8")
    found = found_in(str(book.with_name("own.yaml")))
    assert [each.key for each in found["repair"]] == ["firm-judgment-defaulter-list-direct-d"]


def test_grades_below_the_base_need_something_that_leads_there(tmp_path):
    table = tmp_path / "own.yaml"
    text = (TABLES / "unreachable" / "clean.yaml").read_text("utf-8")
    table.write_text(text.replace("  - {id: late-return, points: -10}\n", ""), "utf-8")
    assert [each.key for each in found_in(str(table))["unreachable"]] == ["B"]


def test_a_direct_grade_reaches_its_grade_and_none_below(tmp_path):
    table = tmp_path / "own.yaml"
    text = (TABLES / "unreachable" / "clean.yaml").read_text("utf-8").replace("{grade: B}", "{grade: C}")
    text = text.replace("  - {grade: A,", "  - {grade: B, from_points: 850}\n  - {grade: A,")
    table.write_text(text.replace("points: -10}", "grade: B}"), "utf-8")
    assert [each.key for each in found_in(str(table))["unreachable"]] == ["C"]


def test_a_bar_by_grade_is_found_whatever_the_weight(tmp_path):
    table = tmp_path / "own.yaml"
    text = (TABLES / "contest" / "clean.yaml").read_text("utf-8")
    table.write_text(text.replace("0.2}", "0.2, barred_grades: [B]}"), "utf-8")
    assert found_in(str(table))["contest"][0].numbers["barred"] == "B"


@pytest.mark.parametrize("name", ["five-entries-2020", "guidance-2021", "no-programme", "wendeng-2020"])
def test_the_counts_of_the_page_are_those_of_the_audit(name):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {name} |"))
    found = found_in(name)
    told = [cell.strip() for cell in row.split("|")[2:-1]]
    counts = [0 if cell == "–" else int(cell) for cell in told]
    assert counts == [len(found.get(lint, ())) for lint in lints()]


def test_the_table_of_the_page_is_read_and_linted(tmp_path):
    table = tmp_path / "our-street.yaml"
    table.write_text(PAGE.split("```yaml\n")[1].split("```")[0], "utf-8")
    assert set(found_in(str(table))) == {"sanction", "farming"}
