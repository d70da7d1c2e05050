"""Calendar: which agents live under the programme this month."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.regimes import NEVER, Rules
from creditsim.model.state import State, kind_rows
from creditsim.spec.vocabulary import KINDS, SITE_KINDS


def calendar(state: State, rules: Rules) -> None:
    """Set who is under the programme (regime 1), by site, or by firm for enterprises.

    Pilot units start at the pilot date, the others in an order drawn once, spread evenly
    over the phase-in months after the full start; at the end date all stop. A setting has
    the scenario's number of pilots at full size, in proportion at other sizes (at least
    one). An enterprise is a unit of its own: a market as a whole is never a pilot.
    """
    starts = start_months(state, rules)
    active = (starts <= state.month) & (state.month < rules.end)
    state.chains.dirty[active != state.active] = 1  # another regime's book
    state.active[:] = active


def start_months(state: State, rules: Rules) -> np.ndarray:
    """Return the calendar month in which each agent's unit starts; NEVER beyond the horizon."""
    population = state.population
    of_site = np.full(len(population.sites), NEVER, np.int64)
    for code in range(len(SITE_KINDS)):
        chosen = np.flatnonzero(population.sites["kind"] == code)
        order = draws.words(state.seed, state.replication, chosen, 0, draws.ROLLOUT, code)
        of_site[chosen] = _spread(order, rules, population.scale)
    starts = of_site[state.agents.site]
    firms = kind_rows(state, "enterprise")
    order = draws.words(state.seed, state.replication, state.agents.slot[firms], 0, draws.ROLLOUT, len(KINDS))
    starts[firms] = _spread(order, rules, population.scale)
    return starts


def _spread(order: np.ndarray, rules: Rules, scale: float) -> np.ndarray:
    """Return start months of units drawn in an order: pilots first, the rest over the phase-in."""
    values, size = rules.scenario.values, len(order)
    rank = np.empty(size, np.int64)
    rank[np.argsort(order, kind="stable")] = np.arange(size)
    starts = np.full(size, NEVER, np.int64)
    if rules.full_start < NEVER:
        starts = rules.full_start + rank * int(values["rollout.phase_in_months"]) // max(size, 1)
    wanted = values["rollout.pilot_sites_per_setting_count"]
    if rules.pilot_start < NEVER and wanted > 0:
        pilots = rank < max(1, int(wanted * scale + 0.5))
        starts[pilots] = np.minimum(starts[pilots], rules.pilot_start)
    return starts
