"""What a scenario costs the public in a year of full delivery, line by line."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from dataclasses import dataclass, field

from creditsim.spec.assumptions import assumed
from creditsim.spec.costs import district_heads, unit_costs
from creditsim.spec.levers import levers
from creditsim.spec.scenario import Scenario

VISITS = "inspection.visits_per_month"
CHECKS = "trade.check_coverage_share"
WAIVER = "service.certificate_waiver_share"
SUPERVISION = "school.supervision_visits_per_month"
MONTHS = 12

_LEAD_OF_ROW = {
    "E": "economic_development",
    "C": "education",
    "G": "organisation",
    "V": "rural_economy",
    "R": "social_affairs",
}
_LEAD_OF_DESK = {
    VISITS: "economic_development",
    "service.village_desk_staff_hours_per_month": "rural_economy",
    "service.community_desk_staff_hours_per_month": "social_affairs",
}


@functools.cache
def lead_of(lever: str) -> str:
    """Return the department that leads a lever: its row's in the plan, else the joint office.

    Source: the plan names a lead for each row of section two (E, C, G, V, R); section four
    gives coordination, funding and publicity to the joint office. Visits and errands desks
    stand outside the rows and go to the department of their setting (own reading).
    """
    return _LEAD_OF_DESK.get(lever) or _LEAD_OF_ROW.get(levers()[lever].row[0], "joint_office")


@dataclass(frozen=True)
class CostLine:
    """One line of the yearly cost.

    Attributes
    ----------
    line : str
        What it is.
    yuan, cash_yuan : float
        Yearly cost above the ordinary; the part that is money spent and not working time.
    staff_hours : float
        Yearly hours of public staff and paid collectors.
    transfer : bool
        Whether the money goes to agents: inside the public cost, outside net benefit.
    levers : tuple of str
        The levers it follows from.
    """

    line: str
    yuan: float
    cash_yuan: float
    staff_hours: float
    levers: tuple[str, ...] = field(repr=False)
    transfer: bool = field(default=False, repr=False)

    @property
    def lead(self) -> str:
        """Return the department that leads the plan's row of the line's first lever."""
        return lead_of(self.levers[0])


@dataclass(frozen=True, repr=False)
class CostTable:
    """The yearly cost of one scenario, line by line."""

    scenario: str
    lines: tuple[CostLine, ...]

    @property
    def yuan(self) -> float:
        """Return the sum, in yuan a year."""
        return _sum(line.yuan for line in self.lines)

    @property
    def cash_yuan(self) -> float:
        """Return the part that is money spent, in yuan a year."""
        return _sum(line.cash_yuan for line in self.lines)

    @property
    def staff_hours(self) -> float:
        """Return hours a year."""
        return _sum(line.staff_hours for line in self.lines)

    def __repr__(self) -> str:
        """Return the table as text, in yuan."""
        rows = [*((each.line, each.yuan, each.cash_yuan, each.staff_hours) for each in self.lines)]
        rows.append(("sum", self.yuan, self.cash_yuan, self.staff_hours))
        text = [f"Yearly public cost of {self.scenario}"]
        text.append(f"{'line':<44}{'yuan':>14}{'of it cash':>14}{'staff hours':>14}")
        return "\n".join(text + [f"{a:<44}{b:>14,.0f}{c:>14,.0f}{d:>14,.0f}" for a, b, c, d in rows])

    def _repr_html_(self) -> str:
        """Return the table for notebooks."""
        rows = [(each.line, each.yuan, each.cash_yuan, each.staff_hours) for each in self.lines]
        rows.append(("sum", self.yuan, self.cash_yuan, self.staff_hours))
        body = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{yuan:,.0f}</td><td>{cash:,.0f}</td><td>{hours:,.0f}</td></tr>"
            for name, yuan, cash, hours in rows
        )
        head = "<tr><th>line</th><th>yuan</th><th>of it cash</th><th>staff hours</th></tr>"
        caption = f"<caption>Yearly public cost of {html.escape(self.scenario)}</caption>"
        return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>"


def yearly_cost(
    scenario: Scenario, heads: Mapping[str, float] | None = None, costs: Mapping[str, float] | None = None
) -> CostTable:
    """Return the public cost of a year of full delivery, above ordinary enforcement.

    Parameters
    ----------
    scenario : Scenario
        Its policy counts, not its calendar.
    heads : mapping, optional
        People, adults, villagers, residents, urban_households, teachers, civil_servants,
        classes, institutions; the full-size district's where left out.
    costs : mapping, optional
        Unit costs by name; the central ones where left out.

    Notes
    -----
    Fines, firms' own time, private discounts and moving visits by grade are not in it.
    """
    people = {**district_heads(), **(heads or {})}
    unit = {**{name: each.value for name, each in unit_costs().items()}, **(costs or {})}
    lines = (
        _work("Coordination", scenario, unit["staff_hour_yuan"], "coordination.staff_hours_per_month"),
        _work("Verification desk", scenario, unit["staff_hour_yuan"], "desk.verify_staff_hours_per_month"),
        _work("Objection desk", scenario, unit["staff_hour_yuan"], "appeal.desk_staff_hours_per_month"),
        _work(
            "Collectors, village",
            scenario,
            unit["collector_hour_yuan"],
            "village.collector_staff_hours_per_month",
        ),
        _work(
            "Collectors, community",
            scenario,
            unit["collector_hour_yuan"],
            "community.collector_staff_hours_per_month",
        ),
        _work(
            "Errands desk, village",
            scenario,
            unit["collector_hour_yuan"],
            "service.village_desk_staff_hours_per_month",
        ),
        _work(
            "Errands desk, community",
            scenario,
            unit["collector_hour_yuan"],
            "service.community_desk_staff_hours_per_month",
        ),
        _work(
            "Help with the app", scenario, unit["collector_hour_yuan"], "app.help_desk_staff_hours_per_month"
        ),
        _visits(scenario, unit),
        _cash(
            "Consent and notice",
            scenario["consent.opt_in_on"] * people["adults"] * unit["consent_notice_yuan"],
            "consent.opt_in_on",
        ),
        _cash(
            "Pledge forms",
            scenario["pledge.firm_drive_coverage_share"]
            * (people["firms"] + people["sole_traders"])
            * unit["pledge_form_yuan"],
            "pledge.firm_drive_coverage_share",
        ),
        _work(
            "Clearing arrears of public bodies",
            scenario,
            unit["staff_hour_yuan"],
            "agency.arrears_staff_hours_per_month",
        ),
        *_training(scenario, people, unit),
        _supervision(scenario, unit),
        _cash(
            "Pledge forms, schools",
            scenario["pledge.school_coverage_share"]
            * (people["institutions"] + people["teachers"])
            * unit["pledge_form_yuan"],
            "pledge.school_coverage_share",
        ),
        _cash(
            "Training of firms in credit sales",
            (scenario[CHECKS] - levers()[CHECKS].default) * people["firms"] * unit["firm_training_yuan"],
            CHECKS,
        ),
        _cash(
            "Village credit funds",
            scenario["village.fund_yuan_per_head_year"]
            * scenario["village.fund_villages_share"]
            * people["villagers"],
            "village.fund_yuan_per_head_year",
            "village.fund_villages_share",
            transfer=True,
        ),
        _cash(
            "Sub-district fund",
            scenario["fund.subdistrict_yuan_per_head_year"] * people["residents"],
            "fund.subdistrict_yuan_per_head_year",
            transfer=True,
        ),
        _cash(
            "Sorting rewards",
            scenario["community.sorting_reward_yuan"]
            * scenario["community.sorting_sites_share"]
            * people["urban_households"]
            * unit["sorting_takeup_share"]
            * MONTHS,
            "community.sorting_reward_yuan",
            "community.sorting_sites_share",
            transfer=True,
        ),
        _cash(
            "Publicity and events",
            scenario["publicity.spending_yuan_per_head_year"] * people["people"],
            "publicity.spending_yuan_per_head_year",
        ),
        _cash(
            "Role models",
            scenario["publicity.role_models_count"] * unit["role_model_yuan"],
            "publicity.role_models_count",
        ),
        _cash(
            "Data sharing for waived certificates",
            (scenario[WAIVER] - levers()[WAIVER].off) * unit["data_sharing_yuan"],
            WAIVER,
        ),
        _cash(
            "App drive",
            scenario["app.publicity_yuan_per_head_year"] * people["people"],
            "app.publicity_yuan_per_head_year",
        ),
        _cash(
            "Platform and app, district part",
            scenario["budget.city_platform_yuan"],
            "budget.city_platform_yuan",
        ),
    )
    return CostTable(scenario.name, lines)


def solve_same_money(
    reference: Scenario,
    scenario: Scenario,
    heads: Mapping[str, float] | None = None,
    costs: Mapping[str, float] | None = None,
) -> int:
    """Return the visits a month at which a scenario costs what the reference costs.

    Raises
    ------
    ValueError
        If the scenario costs more than the reference even without extra visits.
    """
    unit = {**{name: each.value for name, each in unit_costs().items()}, **(costs or {})}
    ordinary = unit["ordinary_visits_per_month"]
    bare = scenario.with_levers({VISITS: ordinary})
    missing = yearly_cost(reference, heads, costs).yuan - yearly_cost(bare, heads, costs).yuan
    if missing < 0:
        raise ValueError(f"{scenario.name} costs {-missing:,.0f} yuan more than {reference.name} already")
    return round(ordinary + missing / (MONTHS * unit["visit_yuan"]))


def _work(line: str, scenario: Scenario, hour_yuan: float, *names: str) -> CostLine:
    """Return a line of working time: hours a month of the levers, at an hourly cost."""
    hours = MONTHS * _sum(scenario[name] for name in names)
    return CostLine(line, hours * hour_yuan, 0.0, hours, names)


def _cash(line: str, yuan: float, *names: str, transfer: bool = False) -> CostLine:
    """Return a line of money spent."""
    return CostLine(line, float(yuan), float(yuan), 0.0, names, transfer)


def _visits(scenario: Scenario, unit: Mapping[str, float]) -> CostLine:
    """Return the line of visits above the ordinary ones: working time and travel."""
    visits = MONTHS * (scenario[VISITS] - unit["ordinary_visits_per_month"])
    hours = visits * (unit["visit_yuan"] - unit["visit_travel_yuan"]) / unit["staff_hour_yuan"]
    name = "Visits above the ordinary ones"
    return CostLine(name, visits * unit["visit_yuan"], visits * unit["visit_travel_yuan"], hours, (VISITS,))


def _training(scenario: Scenario, people: Mapping[str, float], unit: Mapping[str, float]) -> list[CostLine]:
    """Return the lines of integrity education: time in training, and teaching time of lessons."""
    leaders = scenario["training.party_school_module_on"] * assumed("training.party_school_hours")
    lines = (
        ("Training of teachers", people["teachers"], "training.teacher_hours_count", 1.0),
        (
            "Lessons in integrity",
            people["classes"],
            "training.pupil_lessons_count",
            assumed("training.lesson_minutes") / 60.0,
        ),
        ("Training of civil servants", people["civil_servants"], "training.civil_servant_hours_count", 1.0),
    )
    found = []
    for line, heads, name, length in lines:
        found.append(_hours(line, scenario[name] * heads * length, unit["staff_hour_yuan"], name))
    module = leaders * people["civil_servants"] * assumed("training.cadre_share")
    name = "training.party_school_module_on"
    return [*found, _hours("Courses of leading cadres", module, unit["staff_hour_yuan"], name)]


def _hours(line: str, hours: float, hour_yuan: float, *names: str) -> CostLine:
    """Return a line of working time, from hours a year."""
    return CostLine(line, hours * hour_yuan, 0.0, hours, names)


def _supervision(scenario: Scenario, unit: Mapping[str, float]) -> CostLine:
    """Return the line of supervision visits above those of the status quo: working time and travel."""
    visits = MONTHS * (scenario[SUPERVISION] - levers()[SUPERVISION].default)
    hours = visits * (unit["visit_yuan"] - unit["visit_travel_yuan"]) / unit["staff_hour_yuan"]
    name = "Supervision of schools above the ordinary"
    return CostLine(
        name, visits * unit["visit_yuan"], visits * unit["visit_travel_yuan"], hours, (SUPERVISION,)
    )


def _sum(numbers: object) -> float:
    """Return a sum taken in the given order."""
    total = 0.0
    for number in numbers:
        total += number
    return total
