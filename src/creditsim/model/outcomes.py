"""Outcomes: tidy monthly values from the counts, by setting and group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from creditsim.core.months import month_text
from creditsim.model.state import QUANTITIES
from creditsim.population.agents import CELLS_PER_AREA
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import LEADS, SETTINGS

GROUPS = (
    "all",
    "age_60_plus",
    "age_under_60",
    "offline",
    "online",
    "from_outside",
    "registered_here",
    "low_education",
    "other_education",
)
"""Groups in which outcomes are reported; persons only, except ``all``."""

AREA, LEAD = "area_", "lead_"
"""Prefixes of further groups: areas of the district; departments, in which only costs are reported."""

_BIT_OF_GROUP = {"age_60_plus": 8, "offline": 4, "from_outside": 2, "low_education": 1}
_REFERENCE = {
    "age_60_plus": "age_under_60",
    "offline": "online",
    "from_outside": "registered_here",
    "low_education": "other_education",
}


@dataclass(frozen=True)
class Track:
    """What a run counted: months, counts by month and cell, district-wide figures by month, areas by name."""

    months: tuple[int, ...]
    counts: np.ndarray
    public: tuple[Mapping[str, float], ...]
    scale: float
    areas: tuple[str, ...]


Sums = Mapping[str, np.ndarray]


def _ratio(over: Sums, above: str, below: str, factor: float = 1.0) -> np.ndarray:
    """Return factor * above / below by month, NaN where nothing stands below."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(over[below] > 0, factor * over[above] / over[below], np.nan)


def _shares(above: str, below: str, factor: float = 1.0) -> Callable[[Sums, float], np.ndarray]:
    """Return an outcome that is a ratio of two quantities."""
    return lambda sums, scale: _ratio(sums, above, below, factor)


def _amounts(quantity: str, factor: float = 1.0) -> Callable[[Sums, float], np.ndarray]:
    """Return an outcome that is an amount, brought to the full-size district."""
    return lambda sums, scale: sums[quantity] * factor / scale


BY_CELL: Mapping[str, Callable[[Sums, float], np.ndarray]] = {
    "breach.all_per_1000_month": _shares("breaches", "active_agents", 1000.0),
    "breach.local_order_per_1000_month": _shares("local_breaches", "adults", 1000.0),
    "breach.social_harm_yuan_month": _amounts("harm_fen", 0.01),
    "merit.participation_share": _shares("good_people", "adults"),
    "merit.volunteer_hours_per_head_month": _shares("hours_tenths", "adults", 0.1),
    "merit.sorting_share": _shares("sorted", "sorting_met"),
    "merit.social_benefit_yuan_month": _amounts("benefit_fen", 0.01),
    "merit.gaming_share": _shares("cheap_points_mp", "bonus_points_mp"),
    "record.coverage_share": _shares("filed", "adults"),
    "record.negative_per_1000_month": _shares("posted_negative", "agents", 1000.0),
    "record.positive_per_1000_month": _shares("posted_positive", "agents", 1000.0),
    "record.recorded_to_true_ratio": _shares("posted_negative", "breaches"),
    "record.false_per_1000_month": _shares("posted_false", "agents", 1000.0),
    "harm.wrongly_penalised_per_1000": _shares("wrongly_penalised", "agents", 1000.0),
    "score.stuck_low_share": _shares("stuck_low", "scored"),
    "privacy.entries_held_per_person": _shares("entries_held", "adults"),
    "privacy.published_person_months": _amounts("published"),
    "service.basic_denied_count": _amounts("denied_thousandths", 0.001),
    "appeal.correction_months": _shares("false_standing_months", "false_standing"),
    "trust.scheme_index": _shares("trust_millionths", "agents", 1e-6),
    "motive.crowding_out_index": _shares("crowding_millionths", "agents", 1e-6),
    "aware.awareness_share": _shares("aware", "adults"),
    "aware.registered_share": _shares("registered", "adults"),
    "aware.active_share": _shares("app_active", "adults"),
    "fund.paid_yuan_per_head_year": _shares("fund_paid_fen", "adults", 0.12),
    "fund.unpaid_claims_share": _shares("fund_lapsed_fen", "fund_claims_fen"),
}
"""Outcomes that exist in every setting and group."""

BY_SETTING: Mapping[str, tuple[str, Callable[[Sums, float], np.ndarray]]] = {
    "breach.enterprise_per_1000_month": ("enterprise", _shares("breaches", "active_agents", 1000.0)),
    "breach.pledgers_per_1000_month": ("enterprise", _shares("pledger_breaches", "pledgers", 1000.0)),
    "pledge.uptake_share": ("enterprise", _shares("pledgers", "active_agents")),
    "breach.tutoring_share": ("school", _shares("tutoring_year", "agents")),
    "warning.issued_per_1000_year": ("enterprise", _shares("warnings", "active_agents", 12_000.0)),
    "breach.after_warning_share": ("enterprise", _shares("warned_again", "warned_before")),
    "inspect.visits_per_compliant_firm_year": ("enterprise", _shares("visits_compliant", "compliant", 12.0)),
    "inspect.high_risk_seen_share": ("enterprise", _shares("risky_seen", "risky")),
    "inspect.missed_top_grade_share": ("enterprise", _shares("undetected_top", "undetected")),
    "inspect.detection_per_visit_share": ("enterprise", _shares("visits_seen", "visits")),
}
"""Outcomes of one setting, reported for it and for the district, in no group."""


def outcome_names() -> tuple[str, ...]:
    """Return the outcomes that a run computes, in reporting order."""
    return (*BY_CELL, *BY_SETTING, *DISTRICT)


def outcome_frame(track: Track, scenario: str, replication: int) -> pd.DataFrame:
    """Return tidy outcomes: scenario, replication, month, setting, group, outcome, value.

    Amounts (yuan, counts) are brought to the full-size district: divided by the scale.
    An outcome that is not defined in a month (nobody to divide by) is NaN.
    """
    blocks = []
    for setting in ("all", *SETTINGS):
        for group in (*GROUPS, *(AREA + area for area in track.areas if setting == "all")):
            # Which rows there are must not hang on luck: a small district may lack a group of a setting.
            if setting == "enterprise" and group != "all":
                continue
            sums = _sums(track, setting, group)
            values = {name: rule(sums, track.scale) for name, rule in BY_CELL.items()}
            if group == "all":
                values |= {
                    name: rule(sums, track.scale)
                    for name, (home, rule) in BY_SETTING.items()
                    if setting == home
                }
                values |= _gaps(track, setting)
            if setting == "all" and group == "all":
                values |= {
                    name: rule(_sums(track, home, "all"), track.scale)
                    for name, (home, rule) in BY_SETTING.items()
                }
                values |= {name: rule(track, sums) for name, rule in DISTRICT.items() if name not in values}
            blocks += [(setting, group, name, series) for name, series in values.items()]
    blocks += [
        ("all", LEAD + lead, name, series) for lead in LEADS for name, series in _led(track, lead).items()
    ]
    return _tidy(blocks, track.months, scenario, replication)


def _sums(track: Track, setting: str, group: str) -> dict[str, np.ndarray]:
    """Return each quantity summed over the cells of a setting and group, by month, as float64."""
    chosen = np.flatnonzero(_in_group(track, setting, group))
    total = track.counts[:, chosen, :].sum(axis=1)
    sums = {name: total[:, column].astype(np.float64) for column, name in enumerate(QUANTITIES)}
    sums["fund_claims_fen"] = sums["fund_paid_fen"] + sums["fund_lapsed_fen"]
    return sums


def _in_group(track: Track, setting: str, group: str) -> np.ndarray:
    """Say for each cell whether it belongs to a setting and a group."""
    area, cell = np.divmod(np.arange(track.counts.shape[1]), CELLS_PER_AREA)
    inside = np.ones(len(cell), np.bool_) if setting == "all" else cell // 16 == SETTINGS.index(setting)
    if group == "all":
        return inside
    if group.startswith(AREA):
        return inside & (area == track.areas.index(group.removeprefix(AREA)))
    inside = inside & (cell // 16 != SETTINGS.index("enterprise"))
    for vulnerable, reference in _REFERENCE.items():
        if group in (vulnerable, reference):
            has = (cell & _BIT_OF_GROUP[vulnerable]) > 0
            return inside & (has if group == vulnerable else ~has)
    raise KeyError(group)


def _gaps(track: Track, setting: str) -> dict[str, np.ndarray]:
    """Return what compares groups: the benefit gap, the record disparity, the digital gap.

    Where nobody of a reference group benefits there is no gap: 0.
    """
    if setting == "enterprise":
        return {}
    by_group = {group: _sums(track, setting, group) for group in GROUPS[1:]}
    benefit = {g: _ratio(s, "benefits_fen", "adults") for g, s in by_group.items()}
    recorded = {g: _ratio(s, "posted_negative", "breaches") for g, s in by_group.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = np.stack(
            [np.where(benefit[r] > 0, 1.0 - benefit[g] / benefit[r], 0.0) for g, r in _REFERENCE.items()]
        )
        ratios = np.stack(list(recorded.values()))
        largest, smallest = ratios.max(axis=0), ratios.min(axis=0)
        disparity = np.where(smallest > 0, largest / smallest, np.nan)
    young, old = (_ratio(by_group[g], "app_active", "adults") for g in ("age_under_60", "age_60_plus"))
    return {
        "equality.benefit_gap_share": gaps.max(axis=0),
        "record.disparity_ratio": disparity,
        "aware.digital_gap_share": young - old,
    }


def _led(track: Track, lead: str) -> dict[str, np.ndarray]:
    """Return what the programme costs a department, in money and working time."""
    return {
        "cost.public_yuan_month": _public(f"cost_fen.{lead}", 0.01)(track, {}),
        "cost.staff_hours_month": _public(f"staff_minutes.{lead}", 1 / 60)(track, {}),
    }


def _public(name: str, factor: float = 1.0) -> Callable[[Track, Sums], np.ndarray]:
    """Return a district-wide figure by month, brought to full size."""
    return lambda track, sums: (
        np.array([month[name] for month in track.public], np.float64) * factor / track.scale
    )


def _service_hours(track: Track, sums: Sums) -> np.ndarray:
    """Return hours saved at errands desks per head and year."""
    hours = np.array([month["service_hours_saved"] for month in track.public], np.float64)
    return 12.0 * hours / sums["adults"]


def _sites_active(track: Track, sums: Sums) -> np.ndarray:
    """Return the share of agents whose site or firm is under a programme that differs from the status quo."""
    return np.array([month["active_agents"] for month in track.public], np.float64) / sums["agents"]


def _burden(track: Track, sums: Sums) -> np.ndarray:
    """Return firms' time for visits and the fines they paid, yuan a month."""
    firms = _sums(track, "enterprise", "all")
    visits = firms["visits"] * assumed("inspection.firm_cost_yuan_per_visit")
    return (visits + firms["fines_fen"] / 100.0) / track.scale


def _net_benefit(track: Track, sums: Sums) -> np.ndarray:
    """Return benefit of merits less harm of breaches, public cost without transfers, and firms' time."""
    firms = _sums(track, "enterprise", "all")
    cost = (
        np.array([month["cost_fen"] - month["transfers_fen"] for month in track.public], np.float64) / 100.0
    )
    people = (sums["benefit_fen"] - sums["harm_fen"]) / 100.0
    visits = firms["visits"] * assumed("inspection.firm_cost_yuan_per_visit")
    return (people - cost - visits) / track.scale


DISTRICT: Mapping[str, Callable[[Track, Sums], np.ndarray]] = {
    "record.backlog_count": _public("backlog"),
    "equality.benefit_gap_share": lambda track, sums: _gaps(track, "all")["equality.benefit_gap_share"],
    "record.disparity_ratio": lambda track, sums: _gaps(track, "all")["record.disparity_ratio"],
    "aware.digital_gap_share": lambda track, sums: _gaps(track, "all")["aware.digital_gap_share"],
    "service.hours_saved_per_head_year": _service_hours,
    "rollout.sites_active_share": _sites_active,
    "cost.public_yuan_month": _public("cost_fen", 0.01),
    "cost.staff_hours_month": _public("staff_minutes", 1 / 60),
    "cost.firm_burden_yuan_month": _burden,
    "welfare.net_benefit_yuan_month": _net_benefit,
}
"""Outcomes of the district as a whole."""


def _tidy(blocks: list, months: tuple[int, ...], scenario: str, replication: int) -> pd.DataFrame:
    """Return the tidy frame of (setting, group, outcome, values by month)."""
    size = len(months)
    settings, groups, names, series = zip(*blocks, strict=True)
    repeat = lambda texts: pd.Categorical(np.repeat(np.array(texts, object), size))  # noqa: E731
    return pd.DataFrame(
        {
            "scenario": pd.Categorical([scenario] * (size * len(blocks))),
            "replication": np.full(size * len(blocks), replication, np.int32),
            "month": pd.Categorical([month_text(month) for month in months] * len(blocks)),
            "setting": repeat(settings),
            "group": repeat(groups),
            "outcome": repeat(names),
            "value": np.concatenate(series),
        }
    )
