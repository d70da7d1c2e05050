"""The inspection game: a higher fine lowers the rate of inspection, not that of breaches.

Tsebelis, G. (1989), "The Abuse of Probability in Political Analysis: The Robinson Crusoe Fallacy",
American Political Science Review 83(1), 77-91; Avenhaus, R., von Stengel, B., Zamir, S. (2002),
"Inspection games", in Aumann, Hart (eds.), Handbook of Game Theory 3, 1947-1987.

A breach brings g and costs the fine F if it is inspected; an inspection costs k and brings b if it
meets a breach. With g < F and k < b there is one equilibrium, in mixed strategies: the inspected are
indifferent at the inspection rate g / F, the inspector at the breach rate k / b. If those who choose
do so with a logistic noise of width tau (the purification of Harsanyi, J. C. (1973), International
Journal of Game Theory 2, 1-23), the breach rate stays k / b and the inspection rate becomes

    (g + tau ln((b - k) / k)) / F.

Both sides learn by fictitious play: each answers the other's mean rate so far. In two-by-two games
it converges (Miyasawa, K. (1961), "On the convergence of the learning process in a 2 x 2 non-zero-sum
two-person game", Princeton University). The rates compared are means over all months.

Ours: perceived detection by belief, utility of a breach, the rule of choice (model/choice.py), the
inspector's choice as that of a good deed with a cost; lots for the noise. Added: the step of beliefs
is one over the months seen, where the district's is constant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.choice import acts, breach_utility, merit_utility, perceived_detection
from creditsim.published.bare import VISITS, bare_agents, bare_breach

FINES_YUAN = (150.0, 200.0, 300.0, 400.0, 600.0, 800.0)


def hold_rates(
    fines_yuan: Sequence[float] = FINES_YUAN,
    *,
    gain_yuan: float = 100.0,
    inspection_cost_yuan: float = 30.0,
    finding_worth_yuan: float = 100.0,
    noise_yuan: float = 10.0,
    inspected: int = 200,
    months: int = 10_000,
    replications: int = 1,
    seed: int = 1,
    fixed_inspection_share: float | None = None,
) -> pd.DataFrame:
    """Hold mean rates of inspection and breach against the mixed equilibrium, fine by fine.

    Parameters
    ----------
    fixed_inspection_share : float, optional
        An inspector who inspects this share whatever others do: no game, and breaches fall with the fine.

    Returns
    -------
    DataFrame
        Columns replication, fine_yuan, inspected, months, simulated_inspection_share,
        published_inspection_share, simulated_breach_share, published_breach_share.
    """
    breach_share = inspection_cost_yuan / finding_worth_yuan
    fixed = -1.0 if fixed_inspection_share is None else fixed_inspection_share
    rows = []
    for replication in range(replications):
        for fine in fines_yuan:
            terms = np.array(
                [gain_yuan, fine, inspection_cost_yuan, finding_worth_yuan, noise_yuan / gain_yuan, fixed]
            )
            inspections, breaches = _play(
                bare_agents(inspected), bare_agents(1), bare_breach(stake_yuan=gain_yuan), terms,
                draws.logistic_quantiles(), months, seed, replication,
            )  # fmt: skip
            published = (gain_yuan + noise_yuan * math.log((1.0 - breach_share) / breach_share)) / fine
            rows.append(
                (replication, fine, inspected, months, inspections, published, breaches, breach_share)
            )
    columns = (
        "replication fine_yuan inspected months simulated_inspection_share published_inspection_share "
        "simulated_breach_share published_breach_share"
    )
    return pd.DataFrame(rows, columns=columns.split())


@compiled
def _play(agents, inspectors, breaches, terms, quantiles, months, seed, replication):
    """Return the mean rates of inspection and of breach.

    All of the inspected hold the same belief, for all see the same inspections.
    """
    gain, fine, cost, worth, tau, fixed = terms[0], terms[1], terms[2], terms[3], terms[4], terms[5]
    inspected, broken, number = 0.0, 0.0, agents.shape[0]
    for month in range(months):
        believed = inspected / month if month else 0.5
        breaking = 0
        for row in range(number):
            agent = agents[row]
            agent.belief[VISITS] = believed  # a multiple of the certain visit below
            detection = perceived_detection(agent, breaches[0], 1.0, 1.0)
            utility = breach_utility(agent, breaches[0], gain, detection, fine)
            lot = draws.word(seed, replication, agent.slot, month, draws.ACT, 0)
            breaking += acts(utility, tau, quantiles[lot >> 16])
        rate = broken / month if month else 0.5
        if fixed >= 0.0:
            inspected += fixed
        elif acts(merit_utility(inspectors[0], breaches[0], cost, rate * worth), 0.0, 0.0):
            inspected += 1.0
        broken += breaking / number
    return inspected / months, broken / months
