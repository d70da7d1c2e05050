"""Allingham and Sandmo (1972), Yitzhaki (1974): how much income a taxpayer hides.

Allingham, M. G., Sandmo, A. (1972), "Income tax evasion: a theoretical analysis", Journal of
Public Economics 1(3-4), 323-338; Yitzhaki, S. (1974), "A note on Income tax evasion: a theoretical
analysis", Journal of Public Economics 3(2), 201-202.

With income 1, tax rate t, hidden income E and chance of an audit p, who is not audited keeps
Y = 1 - t + tE and who is keeps Z = Y - fine. The fine is pi E in 1972 and F t E in 1974 (F above 1
holds the tax itself and the surcharge). E is worth hiding as long as (1 - p) t U'(Y) exceeds
p (fine' - t) U'(Z). For U' = 1 / w**g (constant relative risk aversion g; g = 1 is the logarithm)

    1974:  E = (1 - t)(k - 1) / (t (1 + k (F - 1))),    k = ((1 - p) / (p (F - 1)))**(1/g)
    1972:  E = (1 - t)(k - 1) / (t + k (pi - t)),       k = ((1 - p) t / (p (pi - t)))**(1/g)

and for U' = exp(-a w) in 1974: t E = ln((1 - p) / (p (F - 1))) / (a F), within 0 to 1. (Worked
from the first-order conditions of the papers.) Yitzhaki's sign: with the fine on the tax evaded, a
higher rate leaves a poorer taxpayer the same gamble, so under decreasing absolute risk aversion less
is hidden; in 1972 the sign is open.

Ours: utility of a breach, perceived detection and the rule of choice (model/choice.py), which
decides on each slice of income; lots for audits. Added: marginal utility as the price of a
yuan that is kept or taken. The rule's stake is t U'(Y), its sanction t U'(Y) + (fine' - t) U'(Z).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.choice import acts, breach_utility, perceived_detection
from creditsim.published.bare import bare_agents, bare_breach

TAX_RATES = (0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
SLICES = 2_000
"""Slices of income that are decided on one after the other."""

EVADED_TAX, HIDDEN_INCOME = "evaded tax", "hidden income"
"""What the fine is on: Yitzhaki's case, and that of Allingham and Sandmo."""

CONSTANT_ABSOLUTE = "constant absolute"
CURVATURES = {"relative 1": 1, "relative 2": 2, CONSTANT_ABSOLUTE: 0}
"""Risk aversion by name: the power g of 1 / w in marginal utility, or 0 for exp(-a w)."""


def hold_hidden_income(
    tax_rates: Sequence[float] = TAX_RATES,
    *,
    fine_on: str = EVADED_TAX,
    aversion: str = "relative 1",
    audit_share: float = 0.2,
    fine_factor: float = 3.0,
    absolute_aversion: float = 4.0,
    taxpayers: int = 4_000,
    seed: int = 1,
) -> pd.DataFrame:
    """Hold the income that a taxpayer hides, and what the office collects, against the closed form.

    Parameters
    ----------
    fine_on : {"evaded tax", "hidden income"}
    aversion : {"relative 1", "relative 2", "constant absolute"}
        The closed form for the last is that of 1974 only.
    fine_factor : float
        F in 1974; pi in 1972, above every tax rate.

    Returns
    -------
    DataFrame
        Columns fine_on, aversion, tax_rate_share, audit_share, taxpayers, simulated_hidden_share
        and published_hidden_share (of income), simulated_evaded_tax_share and
        published_evaded_tax_share (of income), simulated_receipts_share and
        published_receipts_share (tax and fines, of income; expected), receipts_sd (of one taxpayer).
    """
    rows = []
    audited = _audited(taxpayers, audit_share, seed)
    for rate in tax_rates:
        per_hidden = fine_factor * rate if fine_on == EVADED_TAX else fine_factor
        hidden = _hidden_slices(
            bare_agents(1), bare_breach(), audit_share, rate, per_hidden, CURVATURES[aversion],
            absolute_aversion, SLICES,
        ) / SLICES  # fmt: skip
        published = _closed_form(fine_on, aversion, rate, audit_share, fine_factor, absolute_aversion)
        paid = rate * (1.0 - hidden) + audited * per_hidden * hidden
        expected = rate * (1.0 - published) + audit_share * per_hidden * published
        sd = per_hidden * published * math.sqrt(audit_share * (1.0 - audit_share))
        rows.append(
            (fine_on, aversion, rate, audit_share, taxpayers, hidden, published, rate * hidden,
             rate * published, float(paid.mean()), expected, sd)
        )  # fmt: skip
    columns = (
        "fine_on aversion tax_rate_share audit_share taxpayers simulated_hidden_share "
        "published_hidden_share simulated_evaded_tax_share published_evaded_tax_share "
        "simulated_receipts_share published_receipts_share receipts_sd"
    )
    return pd.DataFrame(rows, columns=columns.split())


def _closed_form(fine_on, aversion, rate, audit, fine, absolute) -> float:
    """Return the hidden share of income by the formulas above, within 0 to 1."""
    if aversion == CONSTANT_ABSOLUTE:
        if fine_on != EVADED_TAX:
            raise ValueError(f"got a fine on {fine_on!r}, expected {EVADED_TAX!r} for {CONSTANT_ABSOLUTE!r}")
        hidden = math.log((1.0 - audit) / (audit * (fine - 1.0))) / (absolute * fine * rate)
    elif fine_on == EVADED_TAX:
        k = ((1.0 - audit) / (audit * (fine - 1.0))) ** (1.0 / CURVATURES[aversion])
        hidden = (1.0 - rate) * (k - 1.0) / (rate * (1.0 + k * (fine - 1.0)))
    else:
        k = ((1.0 - audit) * rate / (audit * (fine - rate))) ** (1.0 / CURVATURES[aversion])
        hidden = (1.0 - rate) * (k - 1.0) / (rate + k * (fine - rate))
    return min(max(hidden, 0.0), 1.0)


def _audited(taxpayers: int, audit_share: float, seed: int) -> np.ndarray:
    """Return by taxpayer whether the lot of an audit falls on it."""
    lots = draws.words(seed, 0, bare_agents(taxpayers).slot, 0, draws.VISIT)
    return lots < draws.threshold(audit_share)


@compiled
def _hidden_slices(agents, breaches, visit_rate, rate, per_hidden, curvature, absolute, slices):
    """Return how many slices of income are hidden: each is a choice, up to the first that is declared."""
    detection = perceived_detection(agents[0], breaches[0], visit_rate, 1.0)
    for hidden in range(slices):
        kept = 1.0 - rate + rate * (hidden + 0.5) / slices
        left = kept - per_hidden * (hidden + 0.5) / slices
        if curvature > 0 and left <= 0.0:
            return hidden  # nothing is worth a chance of ruin
        gain = rate * _worth_of_a_yuan(kept, curvature, absolute)
        fine = (per_hidden - rate) * _worth_of_a_yuan(left, curvature, absolute)
        utility = breach_utility(agents[0], breaches[0], gain, detection, gain + fine)
        if not acts(utility, 0.0, 0.0):
            return hidden
    return slices


@compiled
def _worth_of_a_yuan(wealth, curvature, absolute):
    """Return marginal utility: wealth to the power of minus `curvature`, or exp(-a w)."""
    if curvature == 0:
        return draws.exp_portable(-absolute * wealth)
    worth = 1.0
    for _ in range(curvature):
        worth = worth / wealth
    return worth
