"""Outcomes of behaviour, records, awareness, inspection, funds and costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from creditsim.model.outcomes.counted import (
    GROUPS,
    REFERENCE,
    Sums,
    Track,
    amounts,
    public,
    ratio,
    shares,
    sums_of,
)
from creditsim.spec.assumptions import assumed


def _paid_per_head(sums: Sums, scale: float) -> np.ndarray:
    """Return cash and goods from funds and points shops per adult and year, in yuan."""
    paid = {"paid_fen": sums["fund_paid_fen"] + sums["rewards_fen"], "adults": sums["adults"]}
    return ratio(paid, "paid_fen", "adults", 0.12)


BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {
    "breach.all_per_1000_month": shares("breaches", "active_agents", 1000.0),
    "breach.count_month": amounts("breaches"),
    "breach.local_order_per_1000_month": shares("local_breaches", "adults", 1000.0),
    "breach.social_harm_yuan_month": amounts("harm_fen", 0.01),
    "merit.participation_share": shares("good_people", "adults"),
    "merit.volunteer_hours_per_head_month": shares("hours_tenths", "adults", 0.1),
    "merit.sorting_share": shares("sorted", "sorting_met"),
    "merit.social_benefit_yuan_month": amounts("benefit_fen", 0.01),
    "merit.gaming_share": shares("cheap_points_mp", "bonus_points_mp"),
    "record.coverage_share": shares("covered", "coverable"),
    "record.negative_per_1000_month": shares("posted_negative", "agents", 1000.0),
    "record.positive_per_1000_month": shares("posted_positive", "agents", 1000.0),
    "record.recorded_to_true_ratio": shares("posted_negative", "true_negative"),
    "record.false_per_1000_month": shares("posted_false", "agents", 1000.0),
    "harm.wrongly_penalised_per_1000": shares("wrongly_penalised", "agents", 1000.0),
    "score.stuck_low_share": shares("stuck_low", "scored"),
    "privacy.entries_held_per_person": shares("entries_held", "adults"),
    "privacy.published_person_months": amounts("published"),
    "service.basic_denied_count": amounts("denied_thousandths", 0.001),
    "treat.benefits_yuan_per_head_month": shares("benefits_fen", "agents", 0.01),
    "treat.penalties_yuan_per_head_month": shares("penalties_fen", "agents", 0.01),
    "appeal.correction_months": shares("false_standing_months", "false_standing"),
    "trust.scheme_index": shares("trust_millionths", "agents", 1e-6),
    "motive.crowding_out_index": shares("crowding_millionths", "agents", 1e-6),
    "aware.awareness_share": shares("aware", "adults"),
    "aware.registered_share": shares("registered", "adults"),
    "aware.active_share": shares("app_active", "adults"),
    "aware.knows_score_share": shares("knows_score", "adults"),
    "fund.paid_yuan_per_head_year": _paid_per_head,
    "fund.unpaid_claims_share": shares("fund_lapsed_fen", "fund_claims_fen"),
}
"""Outcomes that exist in every setting and group."""

BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {
    "breach.enterprise_per_1000_month": ("enterprise", shares("breaches", "active_agents", 1000.0)),
    "breach.pledgers_per_1000_month": ("enterprise", shares("pledger_breaches", "pledgers", 1000.0)),
    "pledge.uptake_share": ("enterprise", shares("pledgers", "active_agents")),
    "breach.tutoring_share": ("school", shares("tutoring_year", "teachers")),
    "warning.issued_per_1000_year": ("enterprise", shares("warnings", "active_agents", 12_000.0)),
    "breach.after_warning_share": ("enterprise", shares("warned_again", "warned_before")),
    "inspect.visits_per_compliant_firm_year": ("enterprise", shares("visits_compliant", "compliant", 12.0)),
    "inspect.high_risk_seen_share": ("enterprise", shares("risky_seen", "risky")),
    "inspect.missed_top_grade_share": ("enterprise", shares("undetected_top", "undetected")),
    "inspect.detection_per_visit_share": ("enterprise", shares("visits_seen", "visits")),
}
"""Outcomes of one setting, reported for it and for the district, in no group."""


def gaps(track: Track, setting: str) -> dict[str, np.ndarray]:
    """Return what compares groups: the benefit gap, the record disparity, the digital gap.

    Where nobody of a reference group benefits there is no gap: 0.
    """
    if setting == "enterprise":
        return {}
    by_group = {group: sums_of(track, setting, group) for group in GROUPS[1:]}
    benefit = {g: ratio(s, "benefits_fen", "adults") for g, s in by_group.items()}
    recorded = {g: ratio(s, "posted_negative", "true_negative") for g, s in by_group.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = np.stack(
            [np.where(benefit[r] > 0, 1.0 - benefit[g] / benefit[r], 0.0) for g, r in REFERENCE.items()]
        )
        ratios = np.stack(list(recorded.values()))
        largest, smallest = ratios.max(axis=0), ratios.min(axis=0)
        disparity = np.where(smallest > 0, largest / smallest, np.nan)
    young, old = (ratio(by_group[g], "app_active", "adults") for g in ("age_under_60", "age_60_plus"))
    return {
        "equality.benefit_gap_share": gaps.max(axis=0),
        "record.disparity_ratio": disparity,
        "aware.digital_gap_share": young - old,
    }


def _sites_active(track: Track, sums: Sums) -> np.ndarray:
    """Return the share of agents whose site or firm is under a programme that differs from the status quo."""
    return np.array([month["active_agents"] for month in track.public], np.float64) / sums["agents"]


def _burden(track: Track, sums: Sums) -> np.ndarray:
    """Return firms' time for visits, fines, checks of customers and reports bought to bid, yuan a month."""
    firms = sums_of(track, "enterprise", "all")
    visits = firms["visits"] * assumed("inspection.firm_cost_yuan_per_visit")
    paid = firms["fines_fen"] + firms["trade_check_cost_fen"] + firms["report_cost_fen"]
    return (visits + paid / 100.0) / track.scale


def _net_benefit(track: Track, sums: Sums) -> np.ndarray:
    """Return benefit less harm, public cost without transfers, and firms' time, checks and credit reports."""
    firms = sums_of(track, "enterprise", "all")
    cost = (
        np.array([month["cost_fen"] - month["transfers_fen"] for month in track.public], np.float64) / 100.0
    )
    people = (sums["benefit_fen"] - sums["harm_fen"]) / 100.0
    visits = firms["visits"] * assumed("inspection.firm_cost_yuan_per_visit")
    paid = (firms["trade_check_cost_fen"] + firms["report_cost_fen"]) / 100.0
    return (people - cost - visits - paid) / track.scale


def _discharges(track: Track, sums: Sums) -> np.ndarray:
    """Return discharges above limits per 1,000 active firms and traders."""
    found = np.array([month["discharges"] for month in track.public], np.float64)
    firms = sums_of(track, "enterprise", "all")["active_agents"]
    return np.where(firms > 0, 1000.0 * found / np.maximum(firms, 1.0), np.nan)


DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {
    "breach.environment_per_1000_month": _discharges,
    "record.backlog_count": public("backlog"),
    "equality.benefit_gap_share": lambda track, sums: gaps(track, "all")["equality.benefit_gap_share"],
    "record.disparity_ratio": lambda track, sums: gaps(track, "all")["record.disparity_ratio"],
    "aware.digital_gap_share": lambda track, sums: gaps(track, "all")["aware.digital_gap_share"],
    "rollout.sites_active_share": _sites_active,
    "cost.public_yuan_month": public("cost_fen", 0.01),
    "cost.staff_hours_month": public("staff_minutes", 1 / 60),
    "cost.firm_burden_yuan_month": _burden,
    "welfare.net_benefit_yuan_month": _net_benefit,
}
"""Outcomes of the district as a whole."""
