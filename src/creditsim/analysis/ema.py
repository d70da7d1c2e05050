"""Hand a sweep on in the form in which EMA Workbench has its results, for scenario discovery.

EMA Workbench (Kwakkel 2017, 10.1016/j.envsoft.2017.06.054) is not needed for it, nor installed with this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from creditsim.analysis.intervals import mean_in_order
from creditsim.analysis.sweeps import world_means
from creditsim.spec.levers import levers

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.experiment.recorded import Recorded
    from creditsim.experiment.results.store import ResultStore


def ema_form(
    recorded: Recorded, store: ResultStore, replications: Sequence[int], names: Sequence[str]
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return experiments and outcomes as EMA Workbench has its results.

    Returns
    -------
    experiments : pandas.DataFrame
        One row a policy and world: a column a factor, then ``scenario`` (the world's number), ``policy``
        (the scenario's label) and ``model``, as text categories.
    outcomes : dict of str to numpy.ndarray, shape (rows,)
        Means over months and replications; and under ``NAME difference`` those of the paired differences
        to the baseline.
    """
    import pandas as pd

    values = mean_in_order(world_means(recorded, store, replications, names))
    worlds, labels = len(recorded.worlds), recorded.labels
    base = labels.index(recorded.baseline)
    columns = [name for name in levers() if name in recorded.worlds[0]]
    factors = pd.DataFrame(list(recorded.worlds) * len(labels), columns=columns)
    for name in factors:
        if factors[name].dtype in (object, bool) or factors[name].dtype.name in ("str", "string"):
            factors[name] = factors[name].astype("category")
    experiments = factors.assign(
        scenario=pd.Categorical([str(world) for _ in labels for world in range(worlds)]),
        policy=pd.Categorical([label for label in labels for _ in range(worlds)]),
        model=pd.Categorical(["creditsim"] * worlds * len(labels)),
    )
    found = {}
    for column, name in enumerate(names):
        found[name] = values[:, :, column].T.reshape(-1)
    for column, name in enumerate(names):
        found[f"{name} difference"] = (values[:, :, column] - values[:, base, None, column]).T.reshape(-1)
    return experiments, found
