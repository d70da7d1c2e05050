"""Pilots against controls: breaches at units that started first and at those still to start.

Called by the turnover phase, before anybody leaves.
"""

from __future__ import annotations

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.model.activities import breach_bits
from creditsim.model.phases.calendar import start_months
from creditsim.model.regimes import Rules
from creditsim.model.state import State

_YEAR = 12
_MOST = 255


def count_pilots(state: State, rules: Rules) -> None:
    """Count breaches, earlier breaches and agents at pilot units, and at those not yet started.

    Before the first policy month the breaches of the last year are kept row by row; a unit's
    own past is what its present is compared with.
    """
    if rules.first_month - _YEAR <= state.month < rules.first_month:
        _remember(state, rules)
    piloted = rules.scenario.values["rollout.pilot_sites_per_setting_count"] > 0
    started = rules.pilot_start <= state.month < rules.end
    if not (piloted and started and state.turnover.months_before):
        return
    starts, present = start_months(state, rules), state.agents.present == 1
    bits = breach_bits(rules.activities)
    sets = {"pilot": present & (starts == rules.pilot_start), "control": present & (starts > state.month)}
    for name, chosen in sets.items():
        rows = np.flatnonzero(chosen)
        state.count(f"{name}_breaches", rows, _count_bits(state.memory.did[rows] & bits))
        state.count(f"{name}_before", rows, state.turnover.breaches_before[rows])
        state.count(f"{name}_agents", rows)
    state.public["months_before"] = state.turnover.months_before


def _remember(state: State, rules: Rules) -> None:
    """Add this month's breaches to those of each row."""
    total = state.turnover.breaches_before + _count_bits(state.memory.did & breach_bits(rules.activities))
    state.turnover.breaches_before = np.minimum(total, _MOST).astype(np.uint8)
    state.turnover.months_before += 1


@compiled
def _count_bits(words):
    """Return the number of set bits of each word."""
    found = np.zeros(words.shape[0], np.int64)
    for row in range(words.shape[0]):
        left = words[row]
        while left != np.uint64(0):
            left = left & (left - np.uint64(1))
            found[row] += 1
    return found
