"""What scenarios cost in a year, and the visits that make two of them cost the same."""

from __future__ import annotations

import pytest

from creditsim.spec.catalogue import district_heads, unit_costs
from creditsim.spec.costing import VISITS, solve_same_money, yearly_cost
from creditsim.spec.scenario import load_scenario


def line(table, name):
    """Return one line of a cost table."""
    return next(each for each in table.lines if each.line == name)


def test_no_programme_costs_nothing():
    assert yearly_cost(load_scenario("no-programme")).yuan == 0


def test_same_money_is_the_same_money():
    plan = yearly_cost(load_scenario("five-entries-2020")).yuan
    other = yearly_cost(load_scenario("same-money-without-scores")).yuan
    assert plan > 0
    assert abs(other / plan - 1) < 0.001


def test_the_shipped_visits_are_the_solved_ones():
    plan, other = load_scenario("five-entries-2020"), load_scenario("same-money-without-scores")
    assert other[VISITS] == solve_same_money(plan, other)


@pytest.mark.parametrize("bound", ["low", "high"])
def test_visits_can_be_solved_again_for_other_unit_costs(bound):
    costs = {name: getattr(each, bound) for name, each in unit_costs().items() if name.endswith("_hour_yuan")}
    plan, other = load_scenario("five-entries-2020"), load_scenario("same-money-without-scores")
    solved = other.with_levers({VISITS: solve_same_money(plan, other, costs=costs)})
    assert abs(yearly_cost(solved, costs=costs).yuan / yearly_cost(plan, costs=costs).yuan - 1) < 0.001


def test_a_dearer_scenario_cannot_be_filled_up():
    plan, nothing = load_scenario("five-entries-2020"), load_scenario("no-programme")
    with pytest.raises(ValueError, match=r"costs .* more than no-programme already"):
        solve_same_money(nothing, plan)


def test_lines_worked_by_hand():
    bare = load_scenario("no-programme")
    heads = {"people": 1000, "residents": 700, "villagers": 100, "urban_households": 300, "adults": 800}
    wide = {"score.city_on": True, "files.resident_coverage_share": 0.5, "files.villager_coverage_share": 0.5}
    scenario = bare.with_levers(
        wide
        | {
            "coordination.staff_hours_per_month": 10,
            "consent.opt_in_on": True,
            "inspection.visits_per_month": 410,
            "village.compact_on": True,
            "village.fund_villages_share": 0.5,
            "village.fund_yuan_per_head_year": 40,
            "fund.subdistrict_yuan_per_head_year": 2,
            "community.sorting_reward_yuan": 5,
            "community.sorting_sites_share": 0.25,
            "publicity.spending_yuan_per_head_year": 3,
            "village.collector_staff_hours_per_month": 5,
        }
    )
    table = yearly_cost(scenario, heads)
    assert line(table, "Coordination").yuan == 10 * 12 * 60
    assert line(table, "Coordination").staff_hours == 120
    assert line(table, "Collectors, village").yuan == 5 * 12 * 20
    assert line(table, "Consent and notice").yuan == 800
    assert line(table, "Visits above the ordinary ones").yuan == 10 * 12 * 400
    assert line(table, "Visits above the ordinary ones").cash_yuan == 10 * 12 * 48
    assert line(table, "Village credit funds").yuan == 40 * 0.5 * 100
    assert line(table, "Sub-district fund").yuan == 2 * 700
    assert line(table, "Sorting rewards").yuan == pytest.approx(5 * 0.25 * 300 * 0.4 * 12)
    assert line(table, "Publicity and events").yuan == 3 * 1000
    assert table.yuan == pytest.approx(sum(each.yuan for each in table.lines))


def test_cash_and_working_time_make_up_every_line():
    costs = unit_costs()
    for name in ("five-entries-2020", "guidance-2021", "same-money-without-scores", "status-quo-2019"):
        for each in yearly_cost(load_scenario(name)).lines:
            helpers = each.line.startswith(("Collectors", "Errands", "Help"))
            hour = costs["collector_hour_yuan" if helpers else "staff_hour_yuan"]
            assert each.yuan == pytest.approx(each.cash_yuan + each.staff_hours * hour.value), each.line


def test_transfers_are_the_funds_and_rewards():
    lines = yearly_cost(load_scenario("five-entries-2020")).lines
    assert [each.line for each in lines if each.transfer] == [
        "Village credit funds",
        "Sub-district fund",
        "Sorting rewards",
    ]


def test_moving_visits_by_grade_costs_nothing():
    scenario = load_scenario("status-quo-2019")
    moved = scenario.with_levers(
        {
            "evaluation.firm_five_dimension_on": True,
            "evaluation.weights_choice": "default",
            "inspection.top_grade_visit_ratio_share": 0.4,
            "inspection.random_floor_share": 0.2,
        }
    )
    assert yearly_cost(moved).yuan == yearly_cost(scenario).yuan


def test_cost_follows_heads():
    plan = load_scenario("five-entries-2020")
    double = {name: 2 * number for name, number in district_heads().items()}
    table, doubled = yearly_cost(plan), yearly_cost(plan, double)
    for name in ("Village credit funds", "Publicity and events", "App drive", "Sorting rewards"):
        assert line(doubled, name).yuan == pytest.approx(2 * line(table, name).yuan)
    assert line(doubled, "Coordination").yuan == line(table, "Coordination").yuan


def test_tables_show_every_line_and_the_sum():
    table = yearly_cost(load_scenario("five-entries-2020"))
    assert len(repr(table).splitlines()) == len(table.lines) + 3
    assert table._repr_html_().count("<tr>") == len(table.lines) + 2
