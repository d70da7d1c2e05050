"""A comparison made of invented numbers, for tests of the report; nothing here was simulated.

Three scenarios, 10 replications, 36 months; outcomes of every kind; one that is never
defined, one in the programmes only, one that moves for some groups only. Noise comes from
the project's own draws.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from creditsim.core import draws
from creditsim.core.months import month_index, month_text
from creditsim.model.outcomes.counted import GROUPS
from creditsim.report.comparison import Comparison
from creditsim.spec.scenario import load_scenario

NAMES = ("status-quo-2019", "five-entries-2020", "guidance-2021")
AREAS = ("area_qiaotou", "area_huangguan", "area_nowhere_known")
LEADS = ("lead_joint_office", "lead_education", "lead_rural_economy")
SETTINGS = ("all", "enterprise", "school", "government", "village", "community")

# outcome: level in the baseline, noise, effect of the plan, effect of the guidance
INVENTED = {
    "breach.all_per_1000_month": (46.0, 0.8, -2.4, -1.1),
    "breach.enterprise_per_1000_month": (61.0, 1.0, -4.1, -2.2),
    "merit.participation_share": (0.11, 0.004, 0.031, 0.012),
    "merit.volunteer_hours_per_head_month": (0.31, 0.01, 0.09, 0.02),
    "aware.active_share": (0.012, 0.001, 0.041, 0.017),
    "trust.scheme_index": (0.52, 0.004, -0.03, 0.001),
    "aware.awareness_share": (0.18, 0.004, 0.3, 0.28),
    "record.false_per_1000_month": (0.21, 0.03, 0.4, 0.01),
    "harm.wrongly_penalised_per_1000": (0.0, 0.0, 1.7, 0.12),
    "privacy.published_person_months": (310.0, 22.0, 1900.0, 12.0),
    "appeal.correction_months": (np.nan, 0.0, 0.0, 0.0),
    "service.basic_denied_count": (0.0, 0.0, 14.0, 0.0),
    "aware.digital_gap_share": (0.03, 0.002, 0.05, 0.02),
    "breach.social_harm_yuan_month": (8_400_000.0, 90_000.0, -410_000.0, -150_000.0),
    "cost.public_yuan_month": (37_000.0, 900.0, 541_000.0, 519_000.0),
    "cost.staff_hours_month": (520.0, 14.0, 4_730.0, 3_900.0),
    "breach.after_warning_share": (0.3, 0.01, 0.02, 0.01),
}
ONLY_IN_PROGRAMMES = ("breach.after_warning_share",)
WITHIN_GROUPS = ("breach.all_per_1000_month", "harm.wrongly_penalised_per_1000", "aware.active_share",
                 "merit.participation_share", "trust.scheme_index")  # fmt: skip
WITHIN_AREAS = ("breach.all_per_1000_month", "harm.wrongly_penalised_per_1000")
WITHIN_LEADS = ("cost.public_yuan_month", "cost.staff_hours_month")
WITHIN_SETTINGS = ("breach.all_per_1000_month", "harm.wrongly_penalised_per_1000")


@functools.cache
def scenarios():
    """Return a baseline and two programmes, as shipped."""
    return tuple(load_scenario(name) for name in NAMES)


def noise(key: int, count: int) -> np.ndarray:
    """Return standard normal noise, always the same for a key."""
    words = draws.words(11, 0, np.arange(count), key, draws.ABILITY)
    return draws.normal_quantiles()[words >> 20]


@functools.cache
def invented_outcomes(replications: int = 10, months: int = 36) -> pd.DataFrame:
    """Return tidy outcomes of the invented scenarios."""
    start = month_index("2020-01")
    ramp = np.clip((np.arange(months) - 1) / 12.0, 0.0, 1.0)
    frames = []
    for number, (outcome, (level, spread, *effects)) in enumerate(INVENTED.items()):
        cells = [("all", "all")]
        cells += [("all", group) for group in GROUPS[1:] if outcome in WITHIN_GROUPS]
        cells += [(setting, "all") for setting in SETTINGS[1:] if outcome in WITHIN_SETTINGS]
        cells += [("all", area) for area in AREAS if outcome in WITHIN_AREAS]
        cells += [("all", lead) for lead in LEADS if outcome in WITHIN_LEADS]
        for place, (setting, group) in enumerate(cells):
            weight = 0.2 if group in ("age_60_plus", "offline") else 1.0 + 0.05 * place
            shared = noise(1000 * number + place, replications * months).reshape(replications, months)
            for position, scenario in enumerate(scenarios()):
                own = noise(1000 * number + place + 100 * (position + 1), replications * months)
                effect = 0.0 if position == 0 else weight * effects[position - 1]
                moved = 0.0 if position == 0 else 0.5
                own = own.reshape(shared.shape)
                value = level + effect * ramp + spread * (shared + moved * (own + own[:, :1]))
                if position == 0 and outcome in ONLY_IN_PROGRAMMES:
                    value = np.full(shared.shape, np.nan)
                frames.append(
                    pd.DataFrame(
                        {
                            "scenario": scenario.name,
                            "replication": np.repeat(np.arange(replications), months),
                            "month": [month_text(start + m) for m in range(months)] * replications,
                            "setting": setting,
                            "group": group,
                            "outcome": outcome,
                            "value": value.ravel(),
                        }
                    )
                )
    return pd.concat(frames, ignore_index=True)


def invented_comparison(replications: int = 10, **changes) -> Comparison:
    """Return the comparison of the invented scenarios."""
    details = {"seed": 1, "scale": 0.1, "versions": {"creditsim": "0.1.0"}, **changes}
    return Comparison.from_outcomes(invented_outcomes(replications), scenarios(), NAMES[0], **details)
