"""What several naive phases read: words of the vocabulary, regimes, files, events (sections 2, 7.1)."""

from __future__ import annotations

from naive_draws import below, word

ENTERPRISE, TEACHER, VILLAGER, RESIDENT, STUDENT, CIVIL_SERVANT, SCHOOL, AGENCY = range(8)
KINDS = ("enterprise", "teacher", "villager", "resident", "student", "civil_servant", "school", "agency")
ADULTS = (TEACHER, VILLAGER, RESIDENT, CIVIL_SERVANT)
PERSONS = (*ADULTS, STUDENT)
STAFF = (TEACHER, CIVIL_SERVANT)
CHANNELS = (
    "inspection",
    "complaint",
    "neighbour_report",
    "automatic_record",
    "court",
    "self_report",
    "media",
)
SETTINGS = ("enterprise", "school", "government", "village", "community")
SETTING_OF_KIND = (0, 1, 3, 4, 1, 2, 1, 2)
GRADES = ("D", "C", "B", "A", "AA", "AAA")
TRAITS = (
    "active", "firm", "sole_trader", "food", "manufacturing",
    "construction", "retail", "catering", "services", "public_staff",
    "private_staff", "urban_household", "aged_18_60", "parent_nearby", "trusted_neighbour",
    "rural", "secondary", "public_school", "private_school", "tutoring",
)  # fmt: skip
FIRST_BAND_OF_60 = 5
AWARE, REGISTERED, ACTIVE, KNOWS_SCORE, KNOWS_ITEMS = 1, 2, 4, 8, 16
FEBRUARY_2020, APRIL_2020, AUGUST_2021 = 24241, 24243, 24259


def has_trait(state, row: int, name: str) -> bool:
    """Say whether an agent has a trait."""
    return bool(state.agents.traits[row] >> TRAITS.index(name) & 1)


def levers_of(state, policy, row: int) -> dict:
    """Return the lever values under which an agent lives this month."""
    return policy.values[state.active[row]]


def in_shock(state, policy) -> bool:
    """Say whether the shock of early 2020 is on."""
    return FEBRUARY_2020 <= state.month <= APRIL_2020 and policy.world("income_shock_2020_share") < 0.0


def contact_factor(state, policy) -> float:
    """Return what is left of contacts this month."""
    return 1.0 - policy.assumed["shock.contacts_lost_share"] if in_shock(state, policy) else 1.0


def income_factor(state, policy) -> float:
    """Return what is left of incomes this month."""
    return 1.0 + policy.world("income_shock_2020_share") if in_shock(state, policy) else 1.0


def is_scored(state, policy, row: int) -> bool:
    """Say whether an agent has a score: one is in force, and persons consent where that is asked for."""
    levers, kind = levers_of(state, policy, row), state.agents.kind[row]
    if not levers["score.city_on"] or kind not in PERSONS:
        return levers["score.city_on"]
    if state.agents.withdrawn[row]:
        return False
    return not levers["consent.opt_in_on"] or state.ranks.consent[row] < below(
        policy.assumed["consent.share"]
    )


def is_filed(state, policy, row: int) -> bool:
    """Say whether a local file is open on an agent."""
    levers, kind = levers_of(state, policy, row), state.agents.kind[row]
    if kind not in PERSONS or not is_scored(state, policy, row):
        return False
    cover = levers[f"files.{KINDS[kind]}_coverage_share"]
    if state.agents.employer[row] >= 0:
        cover = max(cover, levers["files.employee_coverage_share"])
    from_outside = kind == RESIDENT and state.agents.registration[row] == 2
    if from_outside and state.ranks.migrant[row] >= below(levers["community.migrants_included_share"]):
        return False
    return state.ranks.file[row] < below(cover)


def sites_nearby(state, site: int) -> list[int]:
    """Return the other sites of a site's kind in its area."""
    sites = state.population.sites
    alike = zip(sites.kind, sites.area)
    here = sites.kind[site], sites.area[site]
    return [other for other, there in enumerate(alike) if there == here and other != site]


def whole_part_of_month(yearly: int, place: int, months: int) -> int:
    """Return month number `place` (from 0) of a whole amount spread over some months."""
    return yearly * (place + 1) // months - yearly * place // months


def lot(state, row: int, decision: str, index: int = 0) -> int:
    """Return this month's word of an agent for a decision."""
    return word(state, state.agents.slot[row], state.month, decision, index)


def mixed(policy, lever: str, share: float) -> float:
    """Return a lever's value for the district: both regimes mixed by a share under the programme."""
    outside, inside = (float(values[lever]) for values in policy.values)
    return outside + (inside - outside) * share


def whole_part_of_flow(thousandths: int, month: int) -> int:
    """Return the whole number that a flow in thousandths gives in a month."""
    return thousandths * (month + 1) // 1000 - thousandths * month // 1000


def class_weights(levers: dict) -> list[int]:
    """Return the visit weights of the classes D, C, B, A of enterprises in thousandths."""
    if not levers["evaluation.firm_five_dimension_on"]:
        return [1000] * 4
    bottom = max(1, round(levers["inspection.bottom_grade_visit_ratio_share"] * 1000))
    top = max(1, round(levers["inspection.top_grade_visit_ratio_share"] * 1000))
    return [bottom, bottom, 1000, top]


def sector_weight(state, policy, row: int) -> int:
    """Return the weight of an enterprise's sector for visits, in thousandths."""
    weights = policy.inspection_weights
    found = [weight for trait, weight in weights.items() if trait != "other" and has_trait(state, row, trait)]
    return round(max(found, default=weights["other"]) * 1000)


def smallest(rows: list[int], keys: dict[int, int], number: int) -> list[int]:
    """Return so many rows of the smallest keys, ties by row."""
    return sorted(rows, key=lambda row: (keys[row], row))[:number]
