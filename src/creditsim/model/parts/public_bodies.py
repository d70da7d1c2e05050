"""What a run remembers of public bodies: leaders, registers, claims against them, trust of suppliers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.core.fields import with_fields
from creditsim.core.months import NO_MONTH
from creditsim.model.activities import OBLIGATIONS
from creditsim.population.agents import AGENCY, ENTERPRISE, has_trait, rows_of_kind
from creditsim.population.synthesis import Population
from creditsim.spec.assumptions import assumed

QUANTITIES: tuple[str, ...] = (
    "body_bodies",
    "body_evaluated",
    "body_civil_servants",
    "body_civil_servant_breaches",
    "body_lapses_on_file",
    "body_contracts",
    "body_contracts_registered",
    "body_arrears_fen",
    "body_arrears_opened_fen",
    "body_arrears_cleared_fen",
    "body_dues_year_fen",
    "body_suppliers",
    "body_supplier_trust_millionths",
)
"""What is counted, see creditsim.model.quantities."""

DUTY = np.dtype([("registered", "u1"), ("factor", "f8"), ("loss_yuan", "f8"), ("shift", "f8")], align=True)
"""One body's obligation of one kind this month: whether it is registered, the factor on complaints and suits,
what breaking it loses in the evaluation, and what a new leader adds to the utility of breaking it."""

CLAIM = np.dtype([("body", "i2"), ("opened", "i2"), ("supplier", "i4"), ("left_fen", "i8")], align=True)
"""A payment more than 60 days late: the body's index, since when, the supplier's index, what is left."""

LOT_SUPPLIER = 3


class Duties(NamedTuple):
    """Row of the first agency, and the table of DUTY by agency and obligation."""

    first_row: int
    table: np.ndarray


@dataclass
class PublicBodies:
    """State of public bodies, by agency in row order.

    Attributes
    ----------
    first_row : int
        Row of the first agency.
    leader_since : ndarray of int16
        Month of the last change of leader, -1 if none since the run began.
    contracts, registered : ndarray of int64
        Contracts and promises in force, and how many of them stand in the register.
    failed, standing : ndarray of bool, of int8
        Found breaking an obligation this calendar year; result of the last evaluation (1, -1, 0 if none).
    duties : FieldArray of DUTY, shape (agencies, obligations)
    claims : ndarray of CLAIM
        Oldest first.
    suppliers : ndarray of int32
        Rows of the firms that sell to public bodies.
    trust : ndarray of float64
        Trust of each of them in public bodies.
    generation : ndarray of uint8
        Who held each supplier's slot.
    """

    first_row: int
    leader_since: np.ndarray
    contracts: np.ndarray
    registered: np.ndarray
    failed: np.ndarray
    standing: np.ndarray
    duties: np.ndarray
    suppliers: np.ndarray
    trust: np.ndarray
    generation: np.ndarray
    claims: np.ndarray = field(default_factory=lambda: np.zeros(0, CLAIM))

    def read_duties(self) -> Duties:
        """Return the duties as compiled rules read them."""
        return Duties(self.first_row, self.duties)


def first_public_bodies(population: Population) -> PublicBodies:
    """Return the state before the first month: nothing registered, owed or evaluated."""
    agents = population.agents
    rows = rows_of_kind(agents, AGENCY)
    number = rows.stop - rows.start
    suppliers = _choose_suppliers(population)
    duties = np.zeros((number, len(OBLIGATIONS)), DUTY)
    duties["factor"] = 1.0
    return PublicBodies(
        first_row=rows.start,
        leader_since=np.full(number, NO_MONTH, np.int16),
        contracts=np.full(number, round(assumed("promise.contracts_count")), np.int64),
        registered=np.zeros(number, np.int64),
        failed=np.zeros(number, np.bool_),
        standing=np.zeros(number, np.int8),
        duties=with_fields(duties),
        suppliers=suppliers,
        trust=np.full(len(suppliers), assumed("public_bodies.trust_start_share")),
        generation=agents["generation"][suppliers].copy(),
    )


@compiled
def duty_terms(activity, row, duties):
    """Return factor on complaints and suits, loss in yuan, added utility; 1, 0, 0 without a promise."""
    if activity.obligation < 0:
        return 1.0, 0.0, 0.0
    duty = duties.table[row - duties.first_row, activity.obligation]
    return duty.factor, duty.loss_yuan, duty.shift


def _choose_suppliers(population: Population) -> np.ndarray:
    """Return the rows of the firms that sell to public bodies, drawn once; at least one of any firms."""
    agents = population.agents
    rows = np.arange(len(agents))[rows_of_kind(agents, ENTERPRISE)]
    rows = rows[has_trait(agents[rows], "firm")]
    lots = draws.words(
        population.seed, population.replication, agents["slot"][rows], 0, draws.PUBLIC_BODY, LOT_SUPPLIER
    )
    chosen = lots < draws.threshold(assumed("public_bodies.supplier_share"))
    if len(rows) and not chosen.any():
        chosen[np.argmin(lots)] = True
    return rows[chosen].astype(np.int32)
