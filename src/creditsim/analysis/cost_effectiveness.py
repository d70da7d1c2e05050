"""What a breach averted costs: a ratio of two paired differences, with Fieller's interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creditsim.analysis.intervals import covariance, t_quantile

if TYPE_CHECKING:
    import pandas as pd

COST, BREACHES = "cost.public_yuan_month", "breach.count_month"

OUTCOME = "cost.per_breach_averted_yuan"
"""Its name in the catalogue of outcomes: a run alone cannot have it."""


@dataclass(frozen=True)
class CostPerBreach:
    """Public cost above the baseline over true breaches averted, for one scenario.

    Attributes
    ----------
    scenario : str
    yuan, low, high : float or None
        None where no breach is averted beyond the luck of the simulation.
    """

    scenario: str
    yuan: float | None
    low: float | None
    high: float | None


def cost_per_breach(
    outcomes: pd.DataFrame, baseline: str, scenarios: Sequence[str], level: float = 0.95
) -> tuple[CostPerBreach, ...]:
    """Return what a breach averted costs in each scenario.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Tidy outcomes with the same replications for every scenario.
    scenarios : sequence of str
        Labels to hold against the baseline.

    Notes
    -----
    Nothing is returned for outcomes that hold no costs or no number of breaches. Blank unless
    the number averted is above 0 at the level given: a ratio to something that may be nothing
    has no bounded interval (Fieller 1954, Journal of the Royal Statistical Society B 16(2)).
    """
    means = _replication_means(outcomes)
    if (baseline, COST) not in means or (baseline, BREACHES) not in means:
        return ()
    return tuple(
        CostPerBreach(
            name,
            *fieller(
                means[name, COST] - means[baseline, COST],
                means[baseline, BREACHES] - means[name, BREACHES],
                level,
            ),
        )
        for name in scenarios
    )


def fieller(
    cost: np.ndarray, averted: np.ndarray, level: float = 0.95
) -> tuple[float | None, float | None, float | None]:
    """Return the ratio of two paired means with its interval; None where averted may be 0 or less.

    Examples
    --------
    >>> ratio, low, high = fieller(np.array([10.0, 11.0, 9.0]), np.array([2.0, 2.1, 1.9]))
    >>> round(ratio, 2), round(low, 2), round(high, 2)
    (5.0, 4.29, 5.55)
    >>> fieller(np.array([10.0, 11.0]), np.array([1.0, -1.0]))
    (None, None, None)
    """
    count = len(cost)
    if count < 2:
        return None, None, None
    mean_cost, mean_averted = float(np.mean(cost)), float(np.mean(averted))
    t = t_quantile(count - 1, level)

    def spread(one: np.ndarray, other: np.ndarray) -> float:
        """Return the squared half-width of a mean, or what two means share of it."""
        return t * t * float(covariance(one, other)) / count

    square = mean_averted * mean_averted - spread(averted, averted)
    if square <= 0.0 or mean_averted <= 0.0:
        return None, None, None
    middle = mean_averted * mean_cost - spread(cost, averted)
    rest = max(middle * middle - square * (mean_cost * mean_cost - spread(cost, cost)), 0.0)
    half = float(np.sqrt(rest))
    return mean_cost / mean_averted, (middle - half) / square, (middle + half) / square


def _replication_means(outcomes: pd.DataFrame) -> dict[tuple[str, str], np.ndarray]:
    """Return monthly means by replication of cost and breaches, for the district."""
    whole = outcomes[
        (outcomes["setting"] == "all")
        & (outcomes["group"] == "all")
        & outcomes["outcome"].isin([COST, BREACHES])
    ]
    means = whole.groupby(["scenario", "outcome", "replication"], observed=True, sort=True)["value"].mean()
    found: dict[tuple[str, str], np.ndarray] = {}
    for scenario, outcome in means.index.droplevel("replication").unique():
        found[str(scenario), str(outcome)] = means.loc[(scenario, outcome)].to_numpy()
    return found
