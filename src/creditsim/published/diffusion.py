"""Bass (1969): who knows the scheme, by publicity and by word of mouth.

Bass, F. M. (1969), "A New Product Growth for Model Consumer Durables", Management Science 15(5),
215-227. With p the coefficient of innovation and q that of imitation, a year,

    share who adopted by t:    (1 - e**(-(p + q) t)) / (1 + (q / p) e**(-(p + q) t))
    most adopt in the year     ln(q / p) / (p + q)

and month by month, the form that the district's month has, a' = a + (1 - a)(p + q a) / 12. The
usual p = 0.03 and q = 0.38 are the means of 213 applications: Sultan, F., Farley, J. U., Lehmann, D. R.
(1990), "A Meta-Analysis of Applications of Diffusion Models", Journal of Marketing Research 27(1), 70-77.

Ours: the phase `awareness` of the month as it is (model/phases/awareness.py), with its lots, run on a
district of one site in which all can learn. Added: nothing. Around the recursion the simulated share
scatters with a variance that follows v' = v (1 + d)**2 + (1 - a) h (1 - h) / N, where h is the chance
of a month and d the slope of the recursion's step (linear noise).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pandas as pd

from creditsim.core import draws
from creditsim.core.fields import FieldArray, with_fields
from creditsim.model.phases.awareness import awareness
from creditsim.population.agents import SITE, VILLAGER
from creditsim.published.bare import bare_agents
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import AWARE

INNOVATION_SHARE, IMITATION_SHARE = 0.03, 0.38
"""Means over many products, a year."""


def hold_diffusion(
    *,
    innovation_share: float = INNOVATION_SHARE,
    imitation_share: float = IMITATION_SHARE,
    adults: int = 10_000,
    months: int = 240,
    replications: int = 1,
    seed: int = 1,
) -> pd.DataFrame:
    """Hold the share who know the scheme against Bass, month by month.

    Returns
    -------
    DataFrame
        One row a replication and month, from month 0: replication, month, year, adults, simulated_share,
        recursion_share, recursion_sd (of one replication around the recursion), published_share (the
        closed form), simulated_new_share and published_new_share (who learned within the month).
    """
    recursion, sd = expected_path(innovation_share, imitation_share, adults, months)
    month = np.arange(months + 1)
    published = closed_form(innovation_share, imitation_share, month / 12.0)
    frames = []
    for replication in range(replications):
        share = _learned(innovation_share, imitation_share, adults, months, seed, replication) / adults
        frames.append(
            pd.DataFrame(
                {
                    "replication": replication,
                    "month": month,
                    "year": month / 12.0,
                    "adults": adults,
                    "simulated_share": share,
                    "recursion_share": recursion,
                    "recursion_sd": sd,
                    "published_share": published,
                    "simulated_new_share": np.diff(share, prepend=0.0),
                    "published_new_share": np.diff(published, prepend=0.0),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def peak_year(innovation_share: float, imitation_share: float) -> float:
    """Return the year in which most learn, by the closed form.

    Examples
    --------
    >>> round(peak_year(0.03, 0.38), 2)
    6.19
    """
    return math.log(imitation_share / innovation_share) / (innovation_share + imitation_share)


def closed_form(innovation_share: float, imitation_share: float, years: Sequence[float]) -> np.ndarray:
    """Return the share who know by each year, by the closed form."""
    left = np.exp(-(innovation_share + imitation_share) * np.asarray(years))
    return (1.0 - left) / (1.0 + imitation_share / innovation_share * left)


def expected_path(p: float, q: float, adults: int, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the recursion's share after each month, and the standard deviation of a run around it."""
    share, variance = [0.0], [0.0]
    for _ in range(months):
        a = share[-1]
        chance = (p + q * a) / 12.0
        slope = 1.0 - chance + (1.0 - a) * q / 12.0
        share.append(a + (1.0 - a) * chance)
        variance.append(variance[-1] * slope * slope + (1.0 - a) * chance * (1.0 - chance) / adults)
    return np.array(share), np.sqrt(variance)


@dataclass(eq=False)
class _Village:
    """A population of one site, as far as awareness reads it."""

    agents: FieldArray
    sites: np.ndarray = field(default_factory=lambda: np.zeros(1, SITE))
    scale: float = 1.0


@dataclass(eq=False)
class _Month:
    """A state, as far as awareness reads and writes it."""

    agents: FieldArray
    population: _Village
    seed: int
    replication: int
    month: int = 0

    def __post_init__(self) -> None:
        number = len(self.agents)
        self.active = np.zeros(number, np.uint8)
        self.ranks = with_fields(np.zeros(number, [("aware", "<u4")]))  # below every ceiling
        self.service = SimpleNamespace(named_lately=np.zeros(1))

    def blocks(self, low: int, high: int, decision: int) -> np.ndarray:
        """Return this month's words of some rows for a decision."""
        return draws.blocks(self.seed, self.replication, self.agents.slot[low:high], self.month, decision)


def _learned(p: float, q: float, adults: int, months: int, seed: int, replication: int) -> np.ndarray:
    """Return how many know the scheme at the start and after each month."""
    agents = bare_agents(adults)
    agents.kind[:] = VILLAGER
    state = _Month(agents, _Village(agents), seed, replication)
    rules = _rules(p, q)
    known = [0]
    for state.month in range(months):
        awareness(state, rules)
        known.append(int((agents.awareness & AWARE != 0).sum()))
    return np.array(known)


def _rules(p: float, q: float) -> SimpleNamespace:
    """Return rules with the publicity that makes `p`, and a world with `q`; no shock, no app."""
    base, by_yuan = (assumed(f"awareness.innovation_{name}_share") for name in ("base", "per_yuan"))
    levers = {
        "publicity.spending_yuan_per_head_year": (p - base) / by_yuan,
        "app.publicity_yuan_per_head_year": 0.0,
        "app.help_desk_staff_hours_per_month": 0.0,
        "app.offline_channel_on": False,
    }
    world = {"bass_imitation_share": q, "income_shock_2020_share": 0.0, "digital_ceiling_60plus_share": 1.0}
    regimes = SimpleNamespace(score_on=np.ones(2, np.uint8), public_ranking_on=np.zeros(2, np.uint8))
    return SimpleNamespace(values=(levers, levers), regimes=regimes, world=world.__getitem__)
