"""Calendar: which agents live under the programme this month."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.regimes import NEVER, Rules
from creditsim.model.state import State
from creditsim.population.agents import ENTERPRISE, rows_of_kind
from creditsim.population.fixed import once_per_population
from creditsim.population.synthesis import Population
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
    """Return the calendar month in which each agent's unit starts, as int32; NEVER beyond the horizon.

    The same in every month of a run, so it is kept with the population.
    """
    values = rules.scenario.values
    phase_in, pilots = (
        values[f"rollout.{name}"] for name in ("phase_in_months", "pilot_sites_per_setting_count")
    )
    return _start_months(state.population, rules.pilot_start, rules.full_start, int(phase_in), pilots)


@once_per_population
def _start_months(
    population: Population, pilot_start: int, full_start: int, phase_in_months: int, pilots: float
) -> np.ndarray:
    """Return the start of each agent's unit: of its site, or of an enterprise itself."""
    key = population.seed, population.replication
    spread = pilot_start, full_start, phase_in_months, pilots
    of_site = np.full(len(population.sites), NEVER, np.int64)
    for code in range(len(SITE_KINDS)):
        chosen = np.flatnonzero(population.sites["kind"] == code)
        order = draws.words(*key, chosen, 0, draws.ROLLOUT, code)
        of_site[chosen] = _spread(order, population.scale, *spread)
    starts = of_site[population.agents["site"]]
    firms = rows_of_kind(population.agents, ENTERPRISE)
    order = draws.words(*key, population.agents["slot"][firms], 0, draws.ROLLOUT, len(KINDS))
    starts[firms] = _spread(order, population.scale, *spread)
    return starts.astype(np.int32)


def _spread(
    order: np.ndarray, scale: float, pilot_start: int, full_start: int, phase_in_months: int, pilots: float
) -> np.ndarray:
    """Return start months of units drawn in an order: pilots first, the rest over the phase-in."""
    size = len(order)
    rank = np.empty(size, np.int64)
    rank[np.argsort(order, kind="stable")] = np.arange(size)
    starts = np.full(size, NEVER, np.int64)
    if full_start < NEVER:
        starts = full_start + rank * phase_in_months // max(size, 1)
    if pilot_start < NEVER and pilots > 0:
        first = rank < max(1, int(pilots * scale + 0.5))
        starts[first] = np.minimum(starts[first], pilot_start)
    return starts
