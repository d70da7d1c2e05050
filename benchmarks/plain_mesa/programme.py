"""The programme's own work: rollout, what agents hear and reckon with, training, pledges, visits."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.agents import CivilServant, Enterprise, School, Student, Teacher
from creditsim.model.activities import SUPERVISION
from creditsim.model.budgets import whole_part
from creditsim.model.regimes import NEVER
from creditsim.model.world import contact_factor, income_factor, shock_month
from creditsim.population.agents import SETTING_OF_KIND
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import SETTINGS, SITE_KINDS

if TYPE_CHECKING:
    from benchmarks.plain_mesa.model import PlainCreditModel

ALL_MONTHS = tuple(range(12))
SCHOOL_MONTHS = tuple(month for month in ALL_MONTHS if month not in (6, 7))


def draw_starts(model: PlainCreditModel) -> None:
    """Draw the month in which each site, and each enterprise, comes under the programme."""
    for code in range(len(SITE_KINDS)):
        _spread(model, [site for site in model.sites if site.kind == code])
    _spread(model, list(model.agents_by_type[Enterprise]))


def _spread(model: PlainCreditModel, units: list) -> None:
    """Set the start of some units: pilots first, the others evenly over the phase-in."""
    rules, values = model.rules, model.rules.scenario.values
    model.random.shuffle(units)
    wanted = values["rollout.pilot_sites_per_setting_count"]
    pilots = max(1, int(wanted * model.scale + 0.5)) if wanted > 0 else 0
    for rank, unit in enumerate(units):
        unit.start = NEVER
        if rules.full_start < NEVER:
            unit.start = rules.full_start + rank * int(values["rollout.phase_in_months"]) // len(units)
        if rank < pilots:
            unit.start = min(unit.start, rules.pilot_start)


def calendar(model: PlainCreditModel) -> None:
    """Set who is under the programme, and what the world's events change this month."""
    rules, month, regimes = model.rules, model.month, model.catalogue.regimes
    active = [0] * len(SETTINGS)
    for agent in model.agents:
        start = agent.start if agent.kind == "enterprise" else agent.site.start
        index = int(start <= month < rules.end)
        active[SETTING_OF_KIND[agent.code]] += index
        if index != agent.regime.index:
            agent.regime = regimes[index]
            agent.dirty = True
            agent.update_status()
    model.active_by_setting = active
    model.catalogue.begin_month(month)
    model.income_factor = income_factor(rules, month)
    model.shock_month = shock_month(rules, month)
    lost = -rules.world("income_shock_2020_share") * assumed("shock.stopped_income_share")
    model.stopped_share = lost if model.shock_month >= 0 else 0.0
    show_sites(model)


def show_sites(model: PlainCreditModel) -> None:
    """Let each site show last month's acts, mixed with those of the other sites of its kind and area."""
    numbers, activities = model.numbers, model.catalogue.activities
    prior, spill = numbers.norm_prior, numbers.norm_spill
    for group in model.site_groups:
        others = len(group) - 1
        done_in_all = [sum(column) for column in zip(*(site.done for site in group))]
        met_in_all = [sum(column) for column in zip(*(site.met for site in group))]
        for site in group:
            for activity in activities:
                k = activity.number
                done, met = site.done[k], site.met[k]
                if others:
                    done = (1.0 - spill) * done + spill * (done_in_all[k] - done) / others
                    met = (1.0 - spill) * met + spill * (met_in_all[k] - met) / others
                site.visible[k] = (done + prior * activity.base_share) / (met + prior)
    for site in model.sites:
        site.done, site.met = [0] * len(activities), [0] * len(activities)


def awareness(model: PlainCreditModel) -> None:
    """Let adults learn of the scheme at their home sites, then of app and items."""
    numbers, rules = model.numbers, model.rules
    imitation = rules.world("bass_imitation_share") * contact_factor(rules, model.month) / 12.0
    for group in model.site_groups:
        for site in group:
            adults = [agent for agent in site.inhabitants if agent.is_adult and agent.present]
            site.adults, site.aware = len(adults), sum(agent.aware for agent in adults)
        adults_in_all, aware_in_all = sum(site.adults for site in group), sum(site.aware for site in group)
        for site in group:
            informed, elsewhere = site.aware / max(site.adults, 1), adults_in_all - site.adults
            if elsewhere:
                others = (aware_in_all - site.aware) / elsewhere
                informed = (1.0 - numbers.contact_spill) * informed + numbers.contact_spill * others
            site.heard_of = imitation * informed + numbers.role_model_innovation * site.named_lately
    for adult in model.adults:
        adult.hear()


def monthly_chances(levers, scale: float, offline: int) -> tuple[float, float, float]:
    """Return the chances of a regime: innovation, registering online, and offline with help."""
    bought = levers["publicity.spending_yuan_per_head_year"] * assumed("awareness.innovation_per_yuan_share")
    drive = levers["app.publicity_yuan_per_head_year"] * assumed("awareness.registers_per_yuan_share")
    registering = assumed("awareness.registers_share") + drive
    places = levers["app.help_desk_staff_hours_per_month"] * scale
    helped = min(1.0, places * assumed("awareness.helped_registrations_per_hour") / max(offline, 1))
    if levers["app.offline_channel_on"]:
        helped += registering * assumed("awareness.offline_route_share")
    return (assumed("awareness.innovation_base_share") + bought) / 12.0, registering, helped


def training(model: PlainCreditModel) -> None:
    """Give staff and pupils the month's training; pupils gain through their teachers' example."""
    month = model.month
    lesson, minutes = assumed("training.lesson_minutes"), []
    for regime in model.catalogue.regimes:
        levers = regime.levers
        module = levers["training.party_school_module_on"] * assumed("training.party_school_hours") * 60
        minutes.append((
            _part_of_year(month, levers["training.teacher_hours_count"] * 60, SCHOOL_MONTHS),
            _part_of_year(month, levers["training.civil_servant_hours_count"] * 60, ALL_MONTHS),
            _part_of_year(month, module, ALL_MONTHS),
            _part_of_year(month, levers["training.pupil_lessons_count"] * lesson, SCHOOL_MONTHS),
        ))  # fmt: skip
    by_school: dict = defaultdict(list)
    for teacher in model.agents_by_type[Teacher]:
        teacher.be_trained(minutes[teacher.regime.index][0])
        if teacher.present:
            by_school[teacher.employer].append(teacher.motivation)
    for servant in model.agents_by_type[CivilServant]:
        hours = minutes[servant.regime.index]
        servant.be_trained(hours[1] + (hours[2] if servant.leads else 0))
    everyone = [each for school in by_school.values() for each in school]
    usual, overall = 0.5 * model.numbers.trust_start, sum(everyone) / max(len(everyone), 1)
    for pupil in model.agents_by_type[Student]:
        if pupil.present:
            teachers = by_school.get(pupil.employer)
            example = (sum(teachers) / len(teachers) if teachers else overall) / usual
            pupil.add_honesty(minutes[pupil.regime.index][3] / 60.0 * example)


def _part_of_year(month: int, yearly_minutes: float, months: tuple[int, ...]) -> int:
    """Return this month's whole minutes out of a year's, spread over some months."""
    if month % 12 not in months:
        return 0
    place, whole = months.index(month % 12), round(yearly_minutes)
    return whole * (place + 1) // len(months) - whole * place // len(months)


def pledging(model: PlainCreditModel) -> None:
    """Let enterprises, institutions and teachers who are invited and honest enough sign."""
    model.agents_by_type[Enterprise].do("pledge")
    least = model.numbers.pledge_honesty
    for kind in (Teacher, School):
        for agent in model.agents_by_type[kind]:
            invited = agent.present and agent.migrant_luck < agent.regime.school_pledge_invited
            agent.pledged = invited and agent.honesty >= least


def visiting(model: PlainCreditModel) -> None:
    """Spend the month's visits: inspectors at active enterprises, supervisors at institutions."""
    firms = [firm for firm in model.agents_by_type[Enterprise] if firm.works and firm.present]
    for agent in model.visited:
        agent.visited = False
    ratios = []
    outside, inside = (regime.levers for regime in model.catalogue.regimes)
    model.visited = []
    schools = list(model.agents_by_type[School])
    for agents, lever in ((firms, "inspection.visits_per_month"), (schools, SUPERVISION)):
        share = sum(agent.regime.index for agent in agents) / max(len(agents), 1)
        hours = outside[lever] + (inside[lever] - outside[lever]) * share
        visits = min(whole_part(round(hours * model.scale * 1000), model.month), len(agents))
        # The visits go to the smallest luck / weight: sequential Poisson sampling, with the number met.
        draw = model.random.random
        model.visited += sorted(agents, key=lambda agent: draw() / agent.visit_weight)[:visits]
        ratios.append(
            [levers[lever] / outside[lever] if outside[lever] else 1.0 for levers in (outside, inside)]
        )
    for agent in model.visited:
        agent.visited = True
        agent.last_visit = model.month
        agent.cell.visits += 1
    for regime, by_firms, by_schools in zip(model.catalogue.regimes, *ratios):
        regime.reckon_with(model.catalogue.activities, by_firms, by_schools)
