"""Outcomes of a month, as a Mesa data collector reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.plain_mesa.model import PlainCreditModel

_STUCK_MONTHS = _YEAR = 12


def count_stocks(model: PlainCreditModel) -> None:
    """Count who knows, who is filed, who is stuck, how much trust is left, by cell."""
    month = model.month
    for agent in model.agents:
        if not agent.present:
            continue
        cell = agent.cell
        cell.agents += 1
        cell.working += agent.works
        cell.trust += agent.trust
        cell.crowding += agent.crowding
        if agent.scored:
            cell.scored += 1
            cell.stuck_low += agent.months_low >= _STUCK_MONTHS
        if agent.is_adult:
            cell.adults += 1
            cell.filed += agent.on_file
            cell.aware += agent.aware
            cell.registered += agent.registered
            cell.app_active += agent.app_active
            cell.knows_score += agent.knows_score
            cell.good_people += agent.did_good
            if agent.kind == "teacher":
                cell.teachers += 1
                cell.tutoring_year += month - agent.last_tutoring < _YEAR


def _total(model: PlainCreditModel, name: str) -> float:
    """Return a count summed over cells."""
    return sum(getattr(cell, name) for cell in model.cells)


def _ratio(above: str, below: str, times: float = 1.0):
    """Return a reporter of one count over another."""

    def report(model: PlainCreditModel) -> float:
        number = _total(model, below)
        return times * _total(model, above) / number if number else float("nan")

    return report


def _amount(name: str, times: float = 1.0):
    """Return a reporter of a count at full size."""
    return lambda model: times * _total(model, name) / model.scale


REPORTERS = {
    "breach.all_per_1000_month": _ratio("breaches", "working", 1000.0),
    "breach.social_harm_yuan_month": _amount("harm_fen", 0.01),
    "breach.tutoring_share": _ratio("tutoring_year", "teachers"),
    "merit.participation_share": _ratio("good_people", "adults"),
    "merit.volunteer_hours_per_head_month": _ratio("hours_tenths", "adults", 0.1),
    "merit.sorting_share": _ratio("sorted", "sorting_met"),
    "merit.gaming_share": _ratio("cheap_points_mp", "bonus_points_mp"),
    "merit.social_benefit_yuan_month": _amount("benefit_fen", 0.01),
    "record.coverage_share": _ratio("filed", "adults"),
    "record.negative_per_1000_month": _ratio("posted_negative", "agents", 1000.0),
    "record.positive_per_1000_month": _ratio("posted_positive", "agents", 1000.0),
    "record.false_per_1000_month": _ratio("posted_false", "agents", 1000.0),
    "record.backlog_count": lambda model: model.backlog / model.scale,
    "score.stuck_low_share": _ratio("stuck_low", "scored"),
    "motive.crowding_out_index": _ratio("crowding", "agents"),
    "trust.scheme_index": _ratio("trust", "agents"),
    "warning.issued_per_1000_month": _ratio("warnings", "agents", 1000.0),
    "contest.slots_changed_share": _ratio("slots_changed", "contest_slots"),
    "fund.paid_yuan_month": _amount("fund_paid_fen", 0.01),
    "treat.benefits_yuan_per_head_month": _ratio("benefits_fen", "agents", 0.01),
    "treat.penalties_yuan_per_head_month": _ratio("penalties_fen", "agents", 0.01),
    "harm.wrongly_penalised_per_1000": _ratio("wrongly_penalised", "agents", 1000.0),
    "aware.awareness_share": _ratio("aware", "adults"),
    "aware.registered_share": _ratio("registered", "adults"),
    "aware.active_share": _ratio("app_active", "adults"),
}
"""The main outcomes, under the names of the package's catalogue."""
