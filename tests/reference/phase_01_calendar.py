"""Phase 1, from section 7.2 of docs/odd.md: who is under the programme this month."""

from __future__ import annotations

from naive_draws import word

VILLAGE, COMMUNITY, SCHOOL, AGENCY = range(4)
ENTERPRISE = 0
LOT_OF_ENTERPRISES = 8


def calendar(state, policy):
    agents, (start_of_site, start_of_firm, _, _) = state.agents, _plan(state, policy)
    for row, kind in enumerate(agents.kind):
        start = start_of_firm[row] if kind == ENTERPRISE else start_of_site[agents.site[row]]
        state.active[row] = int(start <= state.month < policy.end)


def pilot_units(state, policy):
    """Return the rows of agents at pilot units, and of those at units that wait for their start."""
    agents, (start_of_site, start_of_firm, pilot_sites, pilot_firms) = state.agents, _plan(state, policy)
    pilots, waits = set(), set()
    for row, kind in enumerate(agents.kind):
        unit = row if kind == ENTERPRISE else agents.site[row]
        start = (start_of_firm if kind == ENTERPRISE else start_of_site)[unit]
        if unit in (pilot_firms if kind == ENTERPRISE else pilot_sites):
            pilots.add(row)
        elif start > state.month:
            waits.add(row)
    return pilots, waits


def _plan(state, policy):
    """Return by site and by enterprise the month of the start, and which are pilots."""
    site_kinds, agents = state.population.sites.kind, state.agents
    start_of_site, pilot_sites = {}, set()
    for kind in (VILLAGE, COMMUNITY, SCHOOL, AGENCY):
        sites = [site for site, code in enumerate(site_kinds) if code == kind]
        lots = {site: word(state, site, 0, "ROLLOUT", kind) for site in sites}
        starts, pilots = _starts(sites, lots, state, policy)
        start_of_site.update(starts)
        pilot_sites |= pilots
    firms = [row for row, kind in enumerate(agents.kind) if kind == ENTERPRISE]
    lots = {row: word(state, agents.slot[row], 0, "ROLLOUT", LOT_OF_ENTERPRISES) for row in firms}
    start_of_firm, pilot_firms = _starts(firms, lots, state, policy)
    return start_of_site, start_of_firm, pilot_sites, pilot_firms


def _starts(units, lots, state, policy):
    """Return the month in which each unit of a setting starts, and which are pilots."""
    values, number = policy.values[1], len(units)
    pilots = max(1, int(values["rollout.pilot_sites_per_setting_count"] * state.population.scale + 0.5))
    starts, first = {}, set()
    for rank, unit in enumerate(sorted(units, key=lambda unit: (lots[unit], unit))):
        start = policy.full_start + int(rank * values["rollout.phase_in_months"]) // number
        starts[unit] = min(start, policy.pilot_start) if rank < pilots else start
        if rank < pilots:
            first.add(unit)
    return starts, first
