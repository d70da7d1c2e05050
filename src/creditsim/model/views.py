"""Mesa agents: views on rows of the record array, for reading and for one's own rules."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from creditsim.model.choice import acts
from creditsim.model.means import fine_factor, fines_of
from creditsim.model.parts.public_bodies import duty_terms
from creditsim.model.state import POSTED
from creditsim.model.utility import (
    count_peers,
    has_shop,
    norm_of,
    own_utility,
    reckoned_visits,
    role_model_share,
    share_with_ties,
    visible_shares,
    worth_of_posting,
)
from creditsim.population.agents import AGENT
from creditsim.population.peers import build_peers
from creditsim.scoring.score import Explanation, explain
from creditsim.spec.activities import Activity, activities
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import GRADES, KINDS


class Opportunity:
    """An activity that an agent meets this month, with what is at stake.

    Attributes
    ----------
    activity : Activity
        From the catalogue; `number` is its index there.
    stake_yuan : float
        Gain of a breach or cost of a good deed, for this agent this month.
    noise : float
        Logistic noise of this choice.
    """

    __slots__ = ("activity", "noise", "number", "stake_yuan")

    def __init__(self, record: np.record):
        self.number = int(record.activity)
        self.activity: Activity = activities()[self.number]
        self.stake_yuan = float(record.stake_yuan)
        self.noise = float(record.noise)

    def __repr__(self) -> str:
        """Return activity and stake."""
        return f"Opportunity({self.activity.id}, stake {self.stake_yuan:.0f} yuan)"


class RowAgent(mesa.Agent):
    """One row of the model's agents.

    Reading an attribute of `AGENT` (``honesty``, ``score_mp``, ...) reads the row, and
    setting it writes the row. Subclass one of the kinds, override `decide`, and pass the
    class to `CreditModel(agent_classes=[...])`: only that kind then runs object by object.
    """

    kind = ""

    def __init__(self, model: mesa.Model, row: int):
        super().__init__(model)
        self.row = row

    def decide(self, opportunity: Opportunity) -> bool:
        """Say whether the agent acts on an opportunity; by default the compiled rule."""
        noise, tau = opportunity.noise, float(self.model.rules.activities[opportunity.number].tau)
        return bool(acts(self.utility(opportunity), tau, noise))

    def utility(self, opportunity: Opportunity) -> float:
        """Return the utility of acting, without its noise (no unit)."""
        state, rules, k = self.model.state, self.model.rules, opportunity.number
        regime, home = state.active[self.row], state.agents.home[self.row]
        activity, terms = rules.activities[k], self.model.choice_terms
        factor, loss, shift = duty_terms(activity, self.row, state.public_bodies.read_duties())
        if state.pledges[self.row] & POSTED:
            factor = assumed("pledge.complaint_factor")
        agent, levels = state.agents[self.row], rules.regimes[regime]
        worth = worth_of_posting(
            agent, activity, rules.postings[regime, k], levels, state.ranks[self.row], terms
        )
        own = own_utility(
            agent, activity, levels, opportunity.stake_yuan - loss, worth,
            reckoned_visits(state)[regime, state.firm_class[self.row], k], factor,
            fine_factor(fines_of(state), self.row, levels), has_shop(levels, state.site_ranks.bins[home]),
        )  # fmt: skip
        visible = share_with_ties(
            visible_shares(state, rules, terms)[home, k],
            *count_peers(self.row, k, state.memory, build_peers(state.population)),
            terms,
        )
        return shift + (own + norm_of(activity, visible, role_model_share(state)[home], terms))

    def explain(self, month: int | str | None = None) -> Explanation:
        """Return the entries behind the agent's district score as of a month, by default the last simulated.

        Examples
        --------
        >>> from creditsim.model.credit_model import CreditModel
        >>> model = CreditModel("status-quo-2019", scale=0.01, seed=1)
        >>> model.step()
        >>> explanation = model.agents[0].explain()
        >>> explanation.score_mp == model.agents[0].score_mp
        True
        """
        state = self.model.state
        book = self.model.rules.book.graded_by[state.active[self.row]]
        as_of = state.month - 1 if month is None else month
        chains = state.chains
        return explain(book, chains.of_row(self.row), int(chains.subjects(self.row)), as_of)

    @property
    def score(self) -> float:
        """Return the district score in points."""
        return self.score_mp / 1000

    @property
    def grade_name(self) -> str:
        """Return the district grade, D to AAA."""
        return GRADES[self.grade]

    def __repr__(self) -> str:
        """Return kind, row and score."""
        return f"{type(self).__name__}(row {self.row}, score {self.score:g})"


def _field(name: str) -> property:
    """Return a property that reads and writes one field of the row."""

    def read(agent: RowAgent) -> Any:
        value = agent.model.state.agents[name][agent.row]
        return value.copy() if isinstance(value, np.ndarray) else value.item()

    def write(agent: RowAgent, value: Any) -> None:
        agent.model.state.agents[name][agent.row] = value

    return property(read, write, doc=f"``AGENT.{name}`` of this row.")


for _name in AGENT.names:
    if _name != "kind":
        setattr(RowAgent, _name, _field(_name))


class Enterprise(RowAgent):
    """A firm or a sole trader."""

    kind = "enterprise"


class Teacher(RowAgent):
    """A teacher of a public, private or tutoring institution."""

    kind = "teacher"


class Villager(RowAgent):
    """An adult who lives in a village."""

    kind = "villager"


class Resident(RowAgent):
    """An adult who lives in a community."""

    kind = "resident"


class Student(RowAgent):
    """A pupil of a secondary school, a minor."""

    kind = "student"


class CivilServant(RowAgent):
    """One of the staff of a public body."""

    kind = "civil_servant"


class School(RowAgent):
    """A kindergarten, a school or a tutoring institution."""

    kind = "school"


class Agency(RowAgent):
    """A public body: a department, the government of a town, the office of a sub-district."""

    kind = "agency"


AGENT_CLASSES: dict[str, type[RowAgent]] = {
    cls.kind: cls for cls in (Enterprise, Teacher, Villager, Resident, Student, CivilServant, School, Agency)
}
"""The class of each kind, by default."""


def classes_by_kind(chosen: Any = ()) -> dict[int, type[RowAgent]]:
    """Return the class of each kind's code, with subclasses in place of the defaults.

    Raises
    ------
    TypeError
        If something is no subclass of one of the kinds.
    """
    by_kind = dict(AGENT_CLASSES)
    for cls in chosen:
        if not (isinstance(cls, type) and issubclass(cls, RowAgent) and cls.kind in by_kind):
            names = ", ".join(each.__name__ for each in AGENT_CLASSES.values())
            raise TypeError(f"got {cls!r}, expected a subclass of {names}")
        by_kind[cls.kind] = cls
    return {KINDS.index(kind): cls for kind, cls in by_kind.items()}
