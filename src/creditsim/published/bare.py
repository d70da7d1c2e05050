"""Agents and an activity with nothing in them but what a published model has.

The published models know no honesty, trust or crowding-out. Rows made here have none, so what is
left of our rule of choice (model/choice.py) is gain against what a perceived sanction takes away.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.fields import FieldArray, with_fields
from creditsim.model.activities import ACTIVITY
from creditsim.population.agents import AGENT

VISITS = 0
"""Place of inspection among the channels."""


def bare_agents(number: int) -> FieldArray:
    """Return agents who weigh money at 1, believe the true chances and have no other motive.

    Slots count from zero: they are the key of all draws.

    Examples
    --------
    >>> agents = bare_agents(3)
    >>> agents.slot.tolist(), agents.money_weight.tolist(), float(agents.honesty.sum())
    ([0, 1, 2], [1.0, 1.0, 1.0], 0.0)
    """
    agents = with_fields(np.zeros(number, AGENT))
    agents.slot[:] = np.arange(number)
    agents.money_weight[:] = agents.trust[:] = agents.belief[:] = 1.0
    agents.present[:] = 1
    return agents


def bare_breach(alpha: float = 0.0, stake_yuan: float = 1.0, seen_given_visit: float = 1.0) -> FieldArray:
    """Return one breach, as an array of one row, that only a visit can detect.

    Parameters
    ----------
    alpha : float
        What else than money speaks for it, in units of utility.
    stake_yuan : float
        The amount by which money is divided: utility is counted in such amounts.
    seen_given_visit : float
        Chance that a visit sees it.
    """
    breach = with_fields(np.zeros(1, ACTIVITY))
    breach.breach[:] = 1
    breach.alpha[:], breach.stake_yuan[:], breach.seen_given_visit[:] = alpha, stake_yuan, seen_given_visit
    return breach
