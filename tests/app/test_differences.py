"""creditsim diff, with shipped scenarios and files of one's own."""

from __future__ import annotations

import json

import pytest

from creditsim.spec.costing import lead_of, yearly_cost
from creditsim.spec.levers import levers
from creditsim.spec.scenario import load_scenario, scenario_names
from creditsim.spec.vocabulary import LEADS

AMOUNTS = {"a_yuan", "b_yuan", "a_staff_hours", "b_staff_hours"}


@pytest.fixture
def differing(said):
    """Return the object that creditsim diff prints."""

    def run(first, second):
        code, out, err = said("diff", first, second, "--json")
        assert (code, err) == (0, [])
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))

    return run


def mine(folder, text, name="mine.yaml"):
    """Write a scenario file and return its path."""
    file = folder / name
    file.write_text(f"format: 1\ntitle: {{en: Mine, zh: 我的}}\nabout: {{en: x, zh: x}}\n{text}", "utf-8")
    return file


@pytest.mark.parametrize("second", scenario_names())
def test_changes_are_all_levers_whose_resolved_values_differ(differing, second):
    found = differing("five-entries-2020", second)
    a, b = load_scenario("five-entries-2020"), load_scenario(second)
    assert (found["a"], found["b"], found["fields"]) == (a.name, b.name, [])
    assert {each["lever"]: (each["old"], each["new"]) for each in found["changes"]} == {
        name: (a[name], b[name]) for name in levers() if a[name] != b[name]
    }
    for each in found["changes"]:
        assert set(each) == {"lever", "row", "unit", "old", "new"}
        assert (each["row"], each["unit"]) == (levers()[each["lever"]].row, levers()[each["lever"]].unit)


def test_costs_add_up_to_those_of_each_scenario(differing):
    found = differing("five-entries-2020", "same-money-without-scores")
    for side in ("a", "b"):
        cost = yearly_cost(load_scenario(found[side]))
        assert sum(line[f"{side}_yuan"] for line in found["costs"]) == pytest.approx(cost.yuan, abs=0.1)
        hours = sum(line[f"{side}_staff_hours"] for line in found["costs"])
        assert hours == pytest.approx(cost.staff_hours, abs=0.1)
    for line in found["costs"]:
        assert set(line) == {"line", "lead", *AMOUNTS}
        assert line["lead"] in LEADS
    leads = {line["line"]: line["lead"] for line in found["costs"]}
    assert leads["Collectors, village"] == lead_of("village.collector_staff_hours_per_month")


def test_turned_round_everything_is_turned_round(differing):
    there = differing("status-quo-2019", "guidance-2021")
    back = differing("guidance-2021", "status-quo-2019")
    assert [(each["old"], each["new"]) for each in there["changes"]] == [
        (each["new"], each["old"]) for each in back["changes"]
    ]
    assert [(line["a_yuan"], line["b_staff_hours"]) for line in there["costs"]] == [
        (line["b_yuan"], line["a_staff_hours"]) for line in back["costs"]
    ]


def test_a_scenario_does_not_differ_from_itself(said, differing):
    assert differing("guidance-2021", "guidance-2021")["changes"] == []
    code, out, _ = said("diff", "no-programme", "no-programme")
    assert code == 0
    assert out.splitlines()[0] == "no-programme → no-programme: levers that differ: 0"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_spent_is_said_and_a_new_line_keeps_its_name(lang):
    from creditsim.app.differences import difference_text

    free = {"line": "A line to come", "lead": "education", **dict.fromkeys(sorted(AMOUNTS), 0.0)}
    found = {"a": "x", "b": "y", "fields": [], "changes": [], "costs": [free]}
    assert len(difference_text(found, lang).splitlines()) == 3
    found["costs"] = [{**free, "b_yuan": 2.5e6}]
    line = next(line for line in difference_text(found, lang).splitlines() if "A line to come" in line)
    assert line.split()[-6:] == ["0", "2,500,000", "+2,500,000", "0", "0", "0"]


def test_a_file_shows_what_it_changes_and_nothing_else(said, differing, tmp_path):
    file = mine(tmp_path, "base: guidance-2021\nmonths: 24\npolicy:\n  inspection.visits_per_month: 500\n")
    found = differing("guidance-2021", file)
    assert found["b"] == "mine"
    assert found["fields"] == [{"field": "months", "old": 36, "new": 24}]
    assert [(each["lever"], each["old"], each["new"]) for each in found["changes"]] == [
        ("inspection.visits_per_month", 400, 500)
    ]
    moved = [line for line in found["costs"] if line["a_yuan"] != line["b_yuan"]]
    assert [(line["lead"], line["b_yuan"] - line["a_yuan"]) for line in moved] == [
        ("economic_development", 12 * 100 * 400)
    ]
    out = said("diff", "guidance-2021", file)[1]
    assert "months: 36 → 24" in out.splitlines()


def test_two_scenarios_of_one_name_are_told_apart(differing, tmp_path):
    file = mine(tmp_path, "base: no-programme\n", "no-programme.yaml")
    assert (differing("no-programme", file)["a"], differing("no-programme", file)["b"]) == (
        "no-programme", str(file),
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_tables_show_titles_departments_and_sums(said, lang):
    from creditsim.report.labels import name_of

    code, out, err = said("diff", "status-quo-2019", "five-entries-2020", "--lang", lang)
    assert (code, err) == (0, [])
    a, b = load_scenario("status-quo-2019"), load_scenario("five-entries-2020")
    for change in b.changes(a):
        lever = levers()[change.lever]
        line = next(line for line in out.splitlines() if line.endswith(f"  {lever.name}"))
        assert (lever.title_zh if lang == "zh" else lever.title_en) in line
    word = "合计" if lang == "zh" else "Sum"
    total = next(line for line in out.splitlines() if line.startswith(f"{word} ")).split()
    assert total[1:3] == [f"{yearly_cost(each).yuan:,.0f}" for each in (a, b)]
    assert total[4:6] == [f"{yearly_cost(each).staff_hours:,.0f}" for each in (a, b)]
    departments = {line.lead for line in yearly_cost(b).lines if line.yuan}
    assert all(f"\n{name_of('lead', lead, lang)}  " in out for lead in departments)


def test_a_department_is_the_sum_of_its_lines(said):
    out = said("diff", "status-quo-2019", "five-entries-2020")[1]
    rows = out.split("A, yuan")[1].splitlines()[2:]
    rows = rows[: next(k for k, line in enumerate(rows) if line.startswith("Sum"))]
    sums: list[list[int]] = []
    for row in rows:
        amounts = [int(cell.replace(",", "").replace("−", "-")) for cell in row.split()[-6:]]
        if row.startswith("  "):
            sums[-1] = [left - amount for left, amount in zip(sums[-1], amounts, strict=True)]
        else:
            sums.append(amounts)
    assert len(sums) >= 3
    assert all(abs(left) <= 3 for each in sums for left in each)  # each cell is rounded to the yuan


def test_unknown_scenarios_are_a_line_each_with_the_nearest_name(said):
    code, out, err = said("diff", "five-entry-2020", "guidance", "--lang", "en")
    assert (code, out) == (2, "")
    assert len(err) == 2
    assert err[0].endswith("nearest: five-entries-2020")
    assert err[1].endswith("nearest: guidance-2021")


def test_faults_of_a_file_come_with_their_lines(said, tmp_path):
    file = mine(tmp_path, "policy:\n  inspection.visits_per_month: -5\n")
    code, out, err = said("diff", "guidance-2021", file)
    assert (code, out, len(err)) == (2, "", 1)
    assert err[0].startswith(f"{file}:5: policy.inspection.visits_per_month: got -5")


def test_one_scenario_alone_cannot_be_compared(said):
    code, out, err = said("diff", "guidance-2021")
    assert (code, out, len(err)) == (2, "", 1)
    assert "'B'" in err[0]
