"""Becker (1968): who breaks a rule is who gains more than the expected fine.

Becker, G. S. (1968), "Crime and Punishment: An Economic Approach", Journal of Political Economy
76(2), 169-217. To those indifferent to risk only the product of chance and fine matters; with
lognormal gains (median m, log standard deviation s) the share that breaks the rule is
1 - Phi((ln pF - ln m) / s). With a logistic noise of width tau and one gain g for all it is
1 / (1 + exp((pF - g) / tau)): McFadden, D. (1974), "Conditional logit analysis of qualitative
choice behavior", in Zarembka (ed.), Frontiers in Econometrics.

Ours: perceived detection, the utility of a breach and the rule of choice (model/choice.py), agents'
records, lots for stakes and noise in the packing of the acting phase, the shipped tables of
quantiles. Added: nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import pandas as pd

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.choice import acts, breach_utility, perceived_detection
from creditsim.published.bare import bare_agents, bare_breach

DETECTION_SHARES = (0.05, 0.2, 0.8)
EXPECTED_FINES_YUAN = (20.0, 40.0, 60.0, 80.0, 100.0, 130.0, 160.0, 200.0, 250.0, 300.0, 400.0, 500.0, 600.0)


def hold_threshold(
    expected_fines_yuan: Sequence[float] = EXPECTED_FINES_YUAN,
    detection_shares: Sequence[float] = DETECTION_SHARES,
    *,
    median_gain_yuan: float = 100.0,
    log_sd: float = 1.0,
    agents: int = 20_000,
    seed: int = 1,
    honesty: float = 0.0,
) -> pd.DataFrame:
    """Hold the share that breaks a rule against Becker's threshold, for agents without noise.

    Every chance of detection is given the fine that makes the expected fine the same, and the same
    luck.

    Parameters
    ----------
    honesty : float
        Utility lost by a breach whatever it brings, in median gains; Becker's agents have none.

    Returns
    -------
    DataFrame
        Columns detection_share, fine_yuan, expected_fine_yuan, agents, simulated_share,
        published_share.
    """
    rows = []
    for detection in detection_shares:
        for expected in expected_fines_yuan:
            share = _share(
                agents, seed, detection, expected / detection, median_gain_yuan, log_sd, 0.0, honesty
            )
            z = (math.log(expected) - math.log(median_gain_yuan)) / log_sd
            rows.append((detection, expected / detection, expected, agents, share, 1.0 - NormalDist().cdf(z)))
    return _frame(rows)


def hold_logit(
    expected_fines_yuan: Sequence[float] = EXPECTED_FINES_YUAN,
    detection_share: float = 0.2,
    *,
    gain_yuan: float = 200.0,
    noise_yuan: float = 60.0,
    agents: int = 20_000,
    seed: int = 1,
) -> pd.DataFrame:
    """Hold the share that breaks a rule against the logit, where all gain the same but choose with noise.

    Returns
    -------
    DataFrame
        As that of `hold_threshold`.
    """
    rows = []
    for expected in expected_fines_yuan:
        fine = expected / detection_share
        share = _share(agents, seed, detection_share, fine, gain_yuan, 0.0, noise_yuan / gain_yuan, 0.0)
        published = 1.0 / (1.0 + math.exp((expected - gain_yuan) / noise_yuan))
        rows.append((detection_share, fine, expected, agents, share, published))
    return _frame(rows)


def _frame(rows: list[tuple]) -> pd.DataFrame:
    """Return rows of one frame."""
    columns = "detection_share fine_yuan expected_fine_yuan agents simulated_share published_share"
    return pd.DataFrame(rows, columns=columns.split())


def _share(number, seed, detection, fine, gain_yuan, log_sd, tau, honesty) -> float:
    """Return the share of agents who break the rule."""
    agents = bare_agents(number)
    agents.honesty[:] = honesty
    stakes = gain_yuan * draws.lognormal_multipliers(log_sd)
    quantiles = draws.logistic_quantiles()
    breach = bare_breach(stake_yuan=gain_yuan)
    return _count(agents, breach, detection, fine, stakes, quantiles, tau, seed) / number


@compiled
def _count(agents, breaches, visit_rate, fine, stakes, quantiles, tau, seed):
    """Return how many agents break the rule."""
    number = 0
    for row in range(agents.shape[0]):
        agent = agents[row]
        lot = draws.word(seed, 0, agent.slot, 0, draws.ACT, 0)
        detection = perceived_detection(agent, breaches[0], visit_rate, 1.0)
        utility = breach_utility(agent, breaches[0], stakes[(lot & 0xFFFF) >> 4], detection, fine)
        number += acts(utility, tau, quantiles[lot >> 16])
    return number
