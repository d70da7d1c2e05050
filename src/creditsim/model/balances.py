"""What is conserved in every month, exactly: visits, funds, slots of contests, people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditsim.core.months import month_text
from creditsim.model.outcomes.counted import Track
from creditsim.model.quantities import QUANTITIES
from creditsim.spec.vocabulary import KINDS

if TYPE_CHECKING:
    import pandas as pd

FUNDS = ("village", "sub-district")
"""Names of the funds, by their number."""


def balances(track: Track) -> pd.DataFrame:
    """Return what came in, what went out and what is left over, by month.

    Visits made are those due; a fund's balance is the one before plus income less payments;
    slots won are slots offered; people present are those before plus newcomers less leavers.

    Parameters
    ----------
    track : Track
        What a run counted.

    Returns
    -------
    pandas.DataFrame
        Columns month, account, expected, actual, residual, all whole numbers; every
        residual is 0. Funds in fen; funds and people from the second month on, since the
        first has nothing before it.
    """
    import pandas as pd

    lines = []
    for name, expected, actual, first in _accounts(track):
        for place in range(first, len(track.months)):
            left = int(actual[place] - expected[place])
            lines.append(
                (month_text(track.months[place]), name, int(expected[place]), int(actual[place]), left)
            )
    return pd.DataFrame(lines, columns=["month", "account", "expected", "actual", "residual"])


def _accounts(track: Track):
    """Give (name, expected, actual, first month) of each account, as whole numbers by month."""

    def counted(name: str) -> np.ndarray:
        return track.counts[:, :, QUANTITIES.index(name)].sum(axis=1)

    def public(name: str) -> np.ndarray:
        return np.array([month.get(name, 0) for month in track.public], np.int64)

    def before(values: np.ndarray) -> np.ndarray:
        return np.concatenate((values[:1], values[:-1]))

    yield "visits to firms", public("visits_due"), counted("visits"), 0
    yield "visits to schools", public("supervision_due"), counted("school_visits"), 0
    yield "slots of contests", public("slots_offered"), counted("contest_slots"), 0
    for number, name in enumerate(FUNDS):
        balance = public(f"fund_{number}_balance_fen")
        moved = public(f"fund_{number}_income_fen") - public(f"fund_{number}_paid_fen")
        yield f"{name} fund, fen", before(balance) + moved, balance, 1
    moved = sum(public(f"turnover_came.{kind}") - public(f"turnover_left.{kind}") for kind in KINDS)
    yield "people and organisations", before(counted("agents")) + moved, counted("agents"), 1
