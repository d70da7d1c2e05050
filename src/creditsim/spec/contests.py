"""Contests: what is given to the best by merit and score, and the fields in which credit is checked first."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from creditsim.spec.levers import levers
from creditsim.spec.records import STRICT, Amount, Passport, Texts, read_entries
from creditsim.spec.vocabulary import GRADES, KINDS, SETTINGS, STARS, TRAITS

COVERAGE, FIELDS = "checkfirst.coverage_share", "checkfirst.fields_count"
"""Levers: share of decisions taken after a check, and the number of fields, in the catalogue's order."""

TENDER_LEVER, TENDER_FIELD, REVIEW_FIELD = (
    "contest.procurement.score_weight",
    "procurement",
    "qualification_review",
)
"""Lever and field of tenders, and the field of reviews: no contests of the catalogue."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CheckField(Passport):
    """One field in which public bodies may check credit before they decide."""

    id: str
    title_en: str
    title_zh: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Contest(Passport):
    """One contest: who is in its pools, how many win, what it is worth, how the score counts.

    Attributes
    ----------
    id, lever, plan_section : str
        Name; lever of the score's weight; section of the plan.
    field : str
        Field of credit checks, ``""`` if the decision lies in none of the six.
    kinds, all_traits : tuple of str
        Who is in a pool: kinds of agents that have all the traits.
    where : {'site', 'employer', 'district', 'vacancy'}
        What makes one pool: a site, an employer, the district, or a vacancy with its applicants.
    smallest_pool : int
        Pools with fewer agents hold no contest.
    months : tuple of int
        Calendar months (1 to 12) in which it is held.
    slots_per_1000, slots_low, slots_high : float
        Slots for 1,000 of the pool each time (of a vacancy: for 1,000 jobs), and the range.
    least_slots : int
        Slots of a pool at least.
    applicants_per_slot : int
        Of a vacancy: how many apply.
    prize_yuan, prize_low, prize_high : float
        What a slot is worth to the winner, once, and the range.
    paid_by : {'employer', 'public', 'esteem'}
        Who gives the prize. It is given in every scenario, so no cost of the programme.
    setting : str
        Setting in which its slots are counted.
    book : str
        Rulebook whose score and grade count; that of the village: the village account.
    needs_file : bool
        Whether only a local file counts; else a score does.
    bar_grades : tuple of str
        Grades or stars of the book that stand behind all others where ``penalty.persons_on``.
    once : bool
        Whether a winner stays out of later contests.
    """

    id: str
    lever: str
    title_en: str
    title_zh: str
    plan_section: str
    kinds: Annotated[Texts, Field(min_length=1)]
    where: Literal["site", "employer", "district", "vacancy"]
    months: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Field(strict=False, min_length=1)]
    slots_per_1000: Amount
    slots_low: Amount
    slots_high: Amount
    prize_yuan: Amount
    prize_low: Amount
    prize_high: Amount
    paid_by: Literal["employer", "public", "esteem"]
    setting: Literal[SETTINGS]
    book: Literal["weihai-city", "wendeng-2020", "wendeng-village-stars"]
    needs_file: bool
    field: str = ""
    all_traits: Texts = ()
    bar_grades: Texts = ()
    smallest_pool: Annotated[int, Field(ge=1)] = 1
    least_slots: Annotated[int, Field(ge=0)] = 0
    applicants_per_slot: Annotated[int, Field(ge=0)] = 0
    once: bool = False

    @model_validator(mode="after")
    def _agree(self) -> Contest:
        """Refuse words outside the vocabulary, numbers outside their range, a vacancy without applicants."""
        known = (
            (self.kinds, KINDS, "kind"),
            (self.all_traits, TRAITS, "trait"),
            (self.bar_grades, GRADES + tuple(f"star{star}" for star in STARS), "grade or star"),
            ((self.lever,), tuple(levers()), "lever"),
        )
        for words, options, what in known:
            strange = [word for word in words if word not in options]
            if strange:
                raise ValueError(f"got {strange[0]!r}, expected a known {what}")
        for name, value, low, high in (
            ("slots_per_1000", self.slots_per_1000, self.slots_low, self.slots_high),
            ("prize_yuan", self.prize_yuan, self.prize_low, self.prize_high),
        ):
            if not low <= value <= high:
                raise ValueError(f"got {name} {value:g}, expected one from {low:g} to {high:g}")
        if (self.where == "vacancy") != (self.applicants_per_slot > 0):
            raise ValueError("expected applicants_per_slot above 0 for a vacancy, and only there")
        return self

    @property
    def after_check(self) -> bool:
        """Say whether the score counts only in decisions that were taken after a credit check."""
        return COVERAGE in levers()[self.lever].requires


@functools.cache
def check_fields() -> dict[str, CheckField]:
    """Return the fields of credit checks by id, in the order in which they are taken up."""
    return read_entries("contests.yaml", "fields", CheckField, "id")


@functools.cache
def contests() -> tuple[Contest, ...]:
    """Return all contests, in the catalogue's order.

    Raises
    ------
    InputError
        All faults of the file at once.
    ValueError
        If a contest names a field that is none.
    """
    found = tuple(read_entries("contests.yaml", "contests", Contest, "id").values())
    for contest in found:
        if contest.field and contest.field not in check_fields():
            raise ValueError(f"data/contests.yaml: {contest.id} names {contest.field}, which is no field")
    return found


@functools.cache
def weight_levers() -> tuple[str, ...]:
    """Return the levers of score weights, tenders included."""
    return tuple(dict.fromkeys([*(contest.lever for contest in contests()), TENDER_LEVER]))


def check_chance(field: str, values: Mapping[str, Any]) -> float:
    """Return the chance that a decision in a field is taken after a credit check.

    Fields are taken up in the catalogue's order; the coverage holds in those taken up.
    """
    taken_up = list(check_fields()).index(field) < values[FIELDS]
    return float(values[COVERAGE]) if taken_up else 0.0


@functools.cache
def fields_of_lever(lever: str) -> tuple[str, ...]:
    """Return the fields in which a weight counts only after a check; none if it always counts."""
    if lever == TENDER_LEVER:
        return (TENDER_FIELD,)
    return tuple(contest.field for contest in contests() if contest.lever == lever and contest.after_check)
