"""Records: what was noticed goes through the desks into the agents' files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.ledger import Entry
from benchmarks.plain_mesa.rules import INSPECTION, NEIGHBOUR, VILLAGE
from creditsim.model.budgets import whole_part
from creditsim.model.phases.desk import counts_errors
from creditsim.population.agents import SETTING_OF_KIND
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import CHANNELS, SETTINGS

if TYPE_CHECKING:
    from benchmarks.plain_mesa.base import CreditAgent
    from benchmarks.plain_mesa.model import PlainCreditModel
    from benchmarks.plain_mesa.rules import Activity

GOVERNMENT, VILLAGES = SETTINGS.index("government"), SETTINGS.index("village")
_HUMAN = {CHANNELS.index(name) for name in ("complaint", "neighbour_report", "self_report", "media")}
_TRIES = 8


@dataclass(slots=True)
class Record:
    """A noticed act on its way to the file."""

    agent: CreditAgent
    activity: Activity
    channel: int
    item: int
    points_mp: int
    account: int
    event: int
    generation: int = 0
    wrong: bool = False
    due: bool = False
    for_want: bool = False
    fined: bool = False

    def __post_init__(self):
        self.generation = self.agent.generation

    @property
    def is_human(self) -> bool:
        """Whether it comes from people and has to be verified: all but documents."""
        agent, setting = self.agent, self.activity.setting
        if self.channel == INSPECTION:
            return agent.is_person and setting >= VILLAGES
        decided = setting == GOVERNMENT and self.points_mp < 0 and agent.kind == "civil_servant"
        return self.channel in _HUMAN and not decided

    def about(self, other: CreditAgent) -> Record:
        """Return the same record about somebody who did nothing."""
        return replace(self, agent=other, wrong=True, due=False, for_want=False, fined=False)


def carry_records(model: PlainCreditModel) -> None:
    """Post documents at once; let reports, false ones among them, wait for the desk of their setting."""
    if model.month % 12 == 0:
        for agent in model.agents:
            agent.hours_last_year, agent.hours = agent.hours, 0
    reports = [record for record in model.filed if record.is_human]
    documents = [record for record in model.filed if not record.is_human]
    draw, twice = model.random.random, model.numbers.delivered_twice
    arrived = []
    for report in reports:
        arrived.append((report, False))
        if draw() < twice:
            arrived.append((report, True))
    arrived += [(report, False) for report in _false_reports(model, reports)]
    for report, is_copy in arrived:
        model.lines[SETTING_OF_KIND[report.agent.code]].append((report, is_copy))
    for record in documents:
        _post(model, record)
    for setting, line in enumerate(model.lines):
        capacity = whole_part(desk_flow(model, setting, verifying_speed(model)), model.month)
        _verify(model, line, capacity)
    model.backlog = sum(map(len, model.lines))


def verifying_speed(model: PlainCreditModel) -> list[float]:
    """Return the records that the desks' staff hours of each regime can check a month."""
    care = assumed("assessment.error_care_time_share")
    return [
        regime.levers["desk.verify_staff_hours_per_month"]
        * model.numbers.records_per_hour
        / (1.0 + care * counts_errors(regime.levers))
        for regime in model.catalogue.regimes
    ]


def desk_flow(model: PlainCreditModel, setting: int, speeds: list[float]) -> int:
    """Return a setting's part of a desk's monthly flow, in thousandths of a case."""
    everyone = model.agents_by_setting[setting]
    share = model.active_by_setting[setting] / max(everyone, 1)
    flow = speeds[0] + (speeds[1] - speeds[0]) * share
    return int(flow * model.scale * 1000.0 * everyone / len(model.agents) + 0.5)


def _verify(model: PlainCreditModel, line, capacity: int) -> None:
    """Check the first records of a line and post those that pass."""
    numbers, draw, month = model.numbers, model.random.random, model.month
    care = assumed("assessment.error_care_share")
    while line:
        record, is_copy = line[0]
        agent = record.agent
        gone = not agent.present or agent.generation != record.generation
        if gone or month - record.event > numbers.longest_wait:
            line.popleft()
            continue
        if not capacity:
            return
        capacity -= 1
        line.popleft()
        if is_copy:
            continue
        passes = numbers.sensitivity
        if record.wrong:
            levers = agent.regime.levers
            passes = (1.0 - levers["desk.specificity_share"]) * (1.0 - care * counts_errors(levers))
        if draw() < passes:
            _post(model, record)


def _false_reports(model: PlainCreditModel, reports: list[Record]) -> list[Record]:
    """Return the false records that arise beside people's negative reports of this month."""
    numbers, draw, found = model.numbers, model.random.random, []
    for report in reports:
        if report.points_mp >= 0:
            continue
        agent = report.agent
        if draw() < numbers.false_share:
            found += _about_another(model, report, agent.home.inhabitants)
        answers = report.channel == NEIGHBOUR and report.account == VILLAGE
        if answers and draw() < numbers.made_up_share:
            found += _about_another(model, report, agent.ties)
    return found


def _about_another(model: PlainCreditModel, report: Record, others: list[CreditAgent]) -> list[Record]:
    """Return the report about the first of some others, from a lot on, who did nothing."""
    agent, size = report.agent, len(others)
    if not size:
        return []
    start = model.random.randrange(size)
    for step in range(min(_TRIES, size)):
        other = others[(start + step) % size]
        innocent = other.present and not other.breached and not other.not_able and other.code == agent.code
        needs_file = other.regime.postings[report.activity.number].needs_file
        if innocent and (other.on_file if needs_file else other.scored):
            return [report.about(other)]
    return []


def _post(model: PlainCreditModel, record: Record) -> None:
    """Enter a record in the file of its subject, and what is linked to it in those of others."""
    agent, catalogue, item = record.agent, model.catalogue, record.item
    if record.activity.hours_tenths and catalogue.is_step[item] and not _reaches_step(model, record):
        return
    item, points = record.item, record.points_mp
    entry = Entry(agent, item, points, record.account, record.event, model.month, record.wrong)
    entry.negative = points < 0 or catalogue.is_direct[item]
    enter(model, entry)
    cell = agent.cell
    cell.posted_false += record.wrong
    cell.delay_months += model.month - record.event
    if entry.negative:
        cell.posted_negative += 1
        agent.harshly_treated = agent.harshly_treated or (record.for_want and not record.fined)
    else:
        cell.posted_positive += 1
        cell.bonus_points_mp += points
        if record.activity.cheap:
            cell.cheap_points_mp += points
    person, linked = agent.representative, catalogue.representative_item[item]
    if not agent.is_person and person is not None and linked >= 0 and person.scored:
        _link(model, entry, person, linked, catalogue.points_mp[linked], record.account)
    head = agent.head
    liable = record.account == VILLAGE and points < 0 and agent.regime.household_liability_on
    if liable and head is not None and head is not agent and head.on_file:
        _link(model, entry, head, item, points, record.account, for_another=True)


def _link(
    model: PlainCreditModel, source: Entry, agent: CreditAgent, item: int, points: int, account: int,
    for_another: bool = False,
) -> None:  # fmt: skip
    """Enter on another what an entry means to it."""
    entry = Entry(agent, item, points, account, source.event, model.month, source.wrong)
    entry.negative = points < 0 or model.catalogue.is_direct[item]
    entry.for_another = for_another
    source.linked.append(entry)
    enter(model, entry)


def enter(model: PlainCreditModel, entry: Entry) -> None:
    """Put an entry in its subject's file."""
    agent = entry.agent
    (agent.village_entries if entry.account == VILLAGE else agent.entries).append(entry)
    agent.dirty = True
    if entry.negative:
        agent.open_negative.append(entry)
        model.posted_now.append(entry)
    if entry.wrong:
        agent.wronged = True
    if entry.wrong or entry.for_another:
        model.hurt.add(agent)


def _reaches_step(model: PlainCreditModel, record: Record) -> bool:
    """Add volunteer hours; say whether they reach a new step, and enter that step's item then."""
    agent, catalogue = record.agent, model.catalogue
    late = record.event // 12 < model.month // 12
    before = agent.hours_last_year if late else agent.hours
    after = before + record.activity.hours_tenths
    if late:
        agent.hours_last_year = after
    else:
        agent.hours = after
    reached = [step for step, tenths in enumerate(catalogue.step_tenths) if before < tenths <= after]
    if not reached:
        return False
    record.item = catalogue.step_items[reached[-1]]
    record.points_mp = agent.regime.step_points_mp[reached[-1]]
    return True
