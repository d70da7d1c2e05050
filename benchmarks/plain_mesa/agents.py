"""The eight kinds of agents, and what only one kind does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.plain_mesa.base import LONG_AGO, CreditAgent
from benchmarks.plain_mesa.rules import CITY, DISTRICT, VILLAGE
from creditsim.population.agents import TRAIT_BIT
from creditsim.population.marginals import SIZES
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import GRADES

if TYPE_CHECKING:
    import mesa

_C = GRADES.index("C")


class Person(CreditAgent):
    """A person: may take back consent, may die or move away."""

    def treat(self) -> int:
        """Return what the grades are worth this month, in fen."""
        if not self.scored:
            return 0
        worth = self.regime.worth_fen
        found = worth[DISTRICT][self.code][self.grade]
        return found + worth[CITY][self.code][self.model.catalogue.city_grade(self.score_mp)]

    def consent(self) -> None:
        """Withdraw from the score, or come back, where it rests on consent."""
        regime, numbers = self.regime, self.model.numbers
        if regime.consent >= 1.0 or not regime.score_on or self.consent_luck >= regime.consent:
            return
        if self.withdrawn:
            chance = numbers.consent_return * self.trust
        else:
            chance = numbers.withdrawal * (1.0 - self.trust)
            if self.grade <= _C:
                chance = min(chance * numbers.withdrawal_low, 1.0)
        if self.random.random() < chance:
            self.withdrawn = not self.withdrawn
            self.update_status()


class Adult(Person):
    """A person of 18 or over: learns of the scheme."""

    def hear(self) -> None:
        """Learn of the scheme from publicity and contacts, then of app and items."""
        regime = self.regime
        if not self.present or not regime.score_on:
            return
        model, draw = self.model, self.random.random
        if not self.aware:
            ceiling = model.numbers.ceiling_60 if self.aged else model.numbers.ceiling
            if self.aware_luck < ceiling and draw() < model.innovation[regime.index] + self.home.heard_of:
                self.aware = True
        else:
            if not self.registered:
                chance = model.registering[regime.index] if self.online else model.helped[regime.index]
                if draw() < chance:
                    self.registered = True
                    self.app_active = draw() < model.numbers.active_share
            elif self.app_active and not self.knows_score and draw() < model.numbers.looks_up:
                self.knows_score = True
            if not self.knows_items and draw() < model.numbers.learns_items:
                self.knows_items = True

    def leaving_chance(self) -> float:
        """Return the chance of dying or moving away this month."""
        death = self.model.death_chance[min(self.age_band, len(self.model.death_chance) - 1)]
        return death + (self.model.numbers.moves_away if self.registration else 0.0)


class Villager(Adult):
    """An adult who lives in a village, with a village account beside the district's."""

    kind = "villager"

    def file_cover(self) -> float:
        """Return the larger of the villages' and the employers' cover."""
        cover = self.regime.file_cover[self.code]
        return max(cover, self.regime.employee_cover) if self.employer else cover

    def hear(self) -> None:
        """Learn one's score also from a public ranking."""
        super().hear()
        if self.on_file and self.regime.public_ranking_on:
            self.knows_score = True

    def treat(self) -> int:
        """Return what grades and star are worth this month, in fen."""
        found = super().treat()
        return found + self.regime.worth_fen[VILLAGE][self.code][self.star] if self.on_file else found


class Resident(Adult):
    """Another adult, who lives in a community."""

    kind = "resident"

    def file_cover(self) -> float:
        """Return the cover, none for migrants who are left out."""
        if self.registration == 2 and self.migrant_luck >= self.regime.migrants_included:
            return 0.0
        cover = self.regime.file_cover[self.code]
        return max(cover, self.regime.employee_cover) if self.employer else cover


class Staff(Adult):
    """A teacher or civil servant: trained, and free to leave the post."""

    def be_trained(self, minutes: int) -> None:
        """Receive a month's training, if one attends."""
        if self.present:
            attends = minutes > 0 and self.random.random() < self.model.numbers.attendance
            self.add_honesty(minutes / 60.0 if attends else 0.0)

    def leaving_chance(self) -> float:
        """Return the chance of dying or leaving the post this month."""
        death = self.model.death_chance[min(self.age_band, len(self.model.death_chance) - 1)]
        return death + self.model.numbers.staff_leave


class Teacher(Staff):
    """A teacher of a public, private or tutoring institution."""

    kind = "teacher"


class CivilServant(Staff):
    """One of the staff of a public body."""

    kind = "civil_servant"

    def __init__(self, model: mesa.Model, record: dict):
        super().__init__(model, record)
        self.leads = model.random.random() < assumed("training.cadre_share")


class Student(Person):
    """A pupil of a secondary school, a minor."""

    kind = "student"
    is_adult = False

    def leaving_chance(self) -> float:
        """Return the chance of leaving school this month: in July, and at no other time."""
        return self.model.numbers.pupils_finish if self.model.month % 12 == 6 else 0.0


class Organisation(CreditAgent):
    """A firm, an institution or a public body."""

    is_person = is_adult = False
    treat = Person.treat

    def leaving_chance(self) -> float:
        """Return the chance of closing this month."""
        return 0.0


class Enterprise(Organisation):
    """A firm or a sole trader."""

    kind = "enterprise"

    def __init__(self, model: mesa.Model, record: dict):
        super().__init__(model, record)
        self.works = self.traits & TRAIT_BIT["active"] > 0
        self.trades_alone = self.traits & TRAIT_BIT["sole_trader"] > 0
        self.forget_fines()
        self.below_warning = False
        size = record["size"]
        form = "larger_firms" if size > SIZES.index("micro") else "micro_firms"
        form = "sole_traders" if self.trades_alone else form
        self.closing_chance = assumed(f"turnover.{form}_close_share_year") / 12.0
        self.visit_weight = record["visit_weight"]

    def forget_fines(self) -> None:
        """Start with a clean record of fines."""
        self.fines, self.last_fine = 0, LONG_AGO

    def fine_factor(self) -> float:
        """Return by what a fine is multiplied: up by a share for each earlier one in memory."""
        numbers = self.model.numbers
        if not self.fines or self.model.month - self.last_fine > numbers.fine_memory_months:
            return 1.0
        return 1.0 + self.regime.escalation * min(self.fines, numbers.fine_steps)

    def remember_fine(self) -> None:
        """Add a fine to those in memory; one after the memory's end is the first again."""
        if self.model.month - self.last_fine > self.model.numbers.fine_memory_months:
            self.fines = 0
        self.fines += 1
        self.last_fine = self.model.month

    def pledge(self) -> None:
        """Sign if invited and honest enough; signing sole traders may post the owner's score code."""
        regime = self.regime
        invited = self.present and self.works and self.migrant_luck < regime.pledge_invited
        self.pledged = invited and self.honesty >= self.model.numbers.pledge_honesty
        self.posts_code = bool(
            self.pledged and self.trades_alone and self.representative is not None
            and regime.score_on and self.aware_luck < regime.code_posted
        )  # fmt: skip

    def treat(self) -> int:
        """Return what grades and a posted code are worth this month, in fen."""
        found = super().treat()
        if self.posts_code:
            catalogue = self.model.catalogue
            found += catalogue.code_fen[catalogue.city_grade(self.representative.score_mp)]
        return found

    def be_warned(self) -> None:
        """Receive a warning when the representative's score has fallen below the threshold."""
        border, person = self.regime.warning_mp, self.representative
        below = bool(self.works and self.present and border > 0 and person and person.score_mp < border)
        if below and not self.below_warning:
            self.warned_in = self.model.month
            numbers = self.model.numbers
            self.beliefs[0] = min(self.beliefs[0] + numbers.warning_step, numbers.largest_belief)
            self.cell.warnings += 1
        self.below_warning = below

    def leaving_chance(self) -> float:
        """Return the chance of closing this month, higher in C or D."""
        low = self.grade <= _C and self.regime.score_on
        return self.closing_chance * (self.model.numbers.low_close if low else 1.0)


class School(Organisation):
    """A kindergarten, a school or a tutoring institution."""

    kind = "school"


class Agency(Organisation):
    """A public body: a department, the government of a town, the office of a sub-district."""

    kind = "agency"


CLASSES = (Enterprise, Teacher, Villager, Resident, Student, CivilServant, School, Agency)
"""The class of each kind, by its code."""
