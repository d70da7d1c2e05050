"""The month: its phases, in order. Reading this file is reading the month."""

from __future__ import annotations

import numpy as np

from creditsim.model.phases.acting import Decide, acting
from creditsim.model.phases.appeals import appeals
from creditsim.model.phases.awareness import awareness
from creditsim.model.phases.calendar import calendar
from creditsim.model.phases.collecting import collecting
from creditsim.model.phases.contests import contests
from creditsim.model.phases.errands import errands
from creditsim.model.phases.inspection import inspection
from creditsim.model.phases.learning import learning
from creditsim.model.phases.naming import naming
from creditsim.model.phases.pledging import pledging
from creditsim.model.phases.procurement import procurement
from creditsim.model.phases.promises import promises
from creditsim.model.phases.records import records
from creditsim.model.phases.scoring import scoring
from creditsim.model.phases.spending import spending
from creditsim.model.phases.supervision import supervision
from creditsim.model.phases.trading import trading
from creditsim.model.phases.training import training
from creditsim.model.phases.treatment import treatment
from creditsim.model.phases.turnover import turnover
from creditsim.model.regimes import Rules
from creditsim.model.state import State

PHASES = (
    calendar,
    awareness,
    training,
    pledging,
    inspection,
    supervision,
    acting,
    trading,
    records,
    appeals,
    scoring,
    treatment,
    contests,
    procurement,
    promises,
    errands,
    naming,
    spending,
    learning,
    turnover,
    collecting,
)
"""What happens in a month. Agents act on last month's public state, so their order never matters."""

THREADED = (awareness, trading, scoring, treatment, errands, learning, turnover, collecting)
"""Phases beside acting whose rows are shared out among threads: each writes its own rows alone."""


def simulate_month(state: State, rules: Rules, threads: int = 1, decide: Decide | None = None) -> np.ndarray:
    """Run one month's phases, move the state to the next month and return the month's counts.

    Returns
    -------
    ndarray of int64, shape (cells, quantities)
        See `creditsim.model.quantities.QUANTITIES`.
    """
    state.counts = np.zeros(state.counts.shape, np.int64)  # as yet untouched memory
    state.public = {}
    for phase in PHASES:
        if phase is acting:
            acting(state, rules, threads, decide)
        elif phase in THREADED:
            phase(state, rules, threads)
        else:
            phase(state, rules)
    state.month += 1
    return state.counts
