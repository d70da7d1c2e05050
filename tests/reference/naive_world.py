"""What several naive phases read: words of the vocabulary, regimes, files, the world's events (sections 2, 7.1)."""

from __future__ import annotations

from naive_draws import below, word

ENTERPRISE, TEACHER, VILLAGER, RESIDENT, STUDENT, CIVIL_SERVANT, SCHOOL, AGENCY = range(8)
KINDS = ("enterprise", "teacher", "villager", "resident", "student", "civil_servant", "school", "agency")
ADULTS = (TEACHER, VILLAGER, RESIDENT, CIVIL_SERVANT)
PERSONS = (*ADULTS, STUDENT)
STAFF = (TEACHER, CIVIL_SERVANT)
CHANNELS = ("inspection", "complaint", "neighbour_report", "automatic_record", "court", "self_report", "media")
SETTINGS = ("enterprise", "school", "government", "village", "community")
SETTING_OF_KIND = (0, 1, 3, 4, 1, 2, 1, 2)
GRADES = ("D", "C", "B", "A", "AA", "AAA")
TRAITS = (
    "active", "firm", "sole_trader", "food", "manufacturing", "construction", "retail", "catering", "services",
    "public_staff", "private_staff", "urban_household", "aged_18_60", "parent_nearby", "trusted_neighbour",
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
    return not levers["consent.opt_in_on"] or state.ranks.consent[row] < below(policy.assumed["consent.share"])


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
