"""Hold scenarios against each other over uncertain worlds: regret, shares of worlds, verdicts.

A world's value of a scenario is its mean over months and replications. Worlds count alike: a share
of worlds is no probability, since nobody knows how likely each world is.

Sources: Savage (1951), "The theory of statistical decision" (regret); Simon (1956) and
Lempert et al. (2006), "A general, analytic method for generating robust strategies" (satisficing).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.analysis.intervals import mean_in_order
from creditsim.analysis.sweeps import world_means
from creditsim.core.errors import Fault, InputError
from creditsim.spec.outcomes import outcome_named, outcomes

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.experiment.recorded import Recorded
    from creditsim.experiment.results.store import ResultStore

ONE_SIGN_SHARE = 0.9
"""Share of worlds that must agree for a verdict over worlds."""

DEPENDS = "depends on the world"

VERDICTS_OVER_WORLDS = ("lower", "higher", "negligible", DEPENDS, "not defined")

_EQUAL = 1e-12
"""Values nearer than this, relative to their size, are the same: best together."""


@dataclass(frozen=True)
class Need:
    """A bound that a scenario is to keep in a world.

    Attributes
    ----------
    outcome : str
        Full name.
    side : {'<=', '>='}
    bound : float
        In the outcome's unit.
    """

    outcome: str
    side: str
    bound: float

    def met(self, values: np.ndarray) -> np.ndarray:
        """Return which values keep the bound; one that is not defined does not."""
        return values <= self.bound if self.side == "<=" else values >= self.bound

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{self.outcome}{self.side}{self.bound:g}"


@dataclass(frozen=True)
class OverWorlds:
    """One outcome of one scenario over all worlds.

    Attributes
    ----------
    scenario, outcome, unit, direction : str
    mean, lowest, highest : float
        Of its values over the worlds.
    best_share : float or None
        Share of worlds in which no scenario is better; worlds with several best are split among them.
        None where the outcome has no good direction, as for all of regret.
    nearly_best_share : float or None
        Share of worlds in which it is behind the best by less than the smallest relevant difference.
    regret_mean, regret_90th, regret_max : float or None
        How far it is behind the best scenario of each world, in the outcome's unit.
    meets_share : float or None
        Share of worlds in which its needs for this outcome are met; without any: in which it is no worse
        than the baseline by more than the smallest relevant difference.
    lower_share, higher_share, negligible_share : float or None
        Shares of worlds by the difference to the baseline: below 0, above 0, and smaller than the smallest
        relevant one. None for the baseline.
    verdict : str or None
        ``negligible`` if that holds in at least 90% of worlds; else ``lower`` or ``higher`` if at least
        90% have that sign; else ``depends on the world``. ``not defined`` if it is so in a world.
    """

    scenario: str
    outcome: str
    unit: str
    direction: str
    mean: float
    lowest: float
    highest: float
    best_share: float | None
    nearly_best_share: float | None
    regret_mean: float | None
    regret_90th: float | None
    regret_max: float | None
    meets_share: float | None
    lower_share: float | None
    higher_share: float | None
    negligible_share: float | None
    verdict: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON: null, never NaN."""
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True, eq=False, repr=False)
class Worldwide:
    """Scenarios over uncertain worlds.

    Attributes
    ----------
    baseline : str
    labels : tuple of str
    worlds, replications : int
    needs : tuple of Need
    rows : tuple of OverWorlds
        By outcome, then scenario.
    meets_all_share : mapping of str to float
        By scenario: share of worlds in which all outcomes with a need meet it at once.
    values : numpy.ndarray, shape (worlds, scenarios, outcomes)
    names : tuple of str
        Outcomes of `values`.
    """

    baseline: str
    labels: tuple[str, ...]
    worlds: int
    replications: int
    needs: tuple[Need, ...]
    rows: tuple[OverWorlds, ...]
    meets_all_share: Mapping[str, float]
    values: np.ndarray
    names: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON, see docs/formats.md."""
        return {
            "baseline": self.baseline,
            "scenarios": list(self.labels),
            "worlds": self.worlds,
            "replications": self.replications,
            "needs": [asdict(need) for need in self.needs],
            "meets_all_share": dict(self.meets_all_share),
            "rows": [row.to_dict() for row in self.rows],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row a scenario and outcome."""
        import pandas as pd

        return pd.DataFrame([row.to_dict() for row in self.rows])

    def __repr__(self) -> str:
        """Return the table as text."""
        return self.to_frame().to_string(index=False, na_rep="", float_format="{:.3g}".format)

    def _repr_html_(self) -> str:
        """Return the table for notebooks."""
        return self.to_frame().to_html(index=False, na_rep="", float_format="{:.3g}".format)


def worldwide(
    recorded: Recorded,
    store: ResultStore,
    replications: Sequence[int],
    names: Sequence[str],
    needs: Sequence[Need] = (),
) -> Worldwide:
    """Return how scenarios do over the worlds of a sweep.

    Parameters
    ----------
    replications : sequence of int
        Each of their runs must be in the store.
    names : sequence of str
        Full names of outcomes; those of the needs are added.

    Raises
    ------
    InputError
        If an outcome is not kept.
    """
    names = tuple(dict.fromkeys([*names, *(need.outcome for need in needs)]))
    means = world_means(recorded, store, replications, names)
    base = recorded.labels.index(recorded.baseline)
    return over_worlds(mean_in_order(means), recorded.labels, base, names, needs, len(replications))


def over_worlds(
    values: np.ndarray,
    labels: Sequence[str],
    baseline: int,
    names: Sequence[str],
    needs: Sequence[Need] = (),
    replications: int = 1,
) -> Worldwide:
    """Return regret, shares of worlds and verdicts from values by world.

    Parameters
    ----------
    values : numpy.ndarray, shape (worlds, scenarios, outcomes)
    baseline : int
        Place of the baseline among the scenarios.
    """
    rows, kept = [], np.ones(values.shape[:2], bool)
    for column, name in enumerate(names):
        found, met = _rows_of(values[:, :, column], labels, baseline, name, needs)
        rows += found
        if met is not None and (not needs or any(need.outcome == name for need in needs)):
            kept &= met
    shares = {label: float(kept[:, place].mean()) for place, label in enumerate(labels)}
    return Worldwide(
        labels[baseline], tuple(labels), len(values), replications, tuple(needs), tuple(rows), shares,
        values, tuple(names),
    )  # fmt: skip


def regret(values: np.ndarray, direction: str) -> np.ndarray:
    """Return how far each scenario is behind the best one of its world, (worlds, scenarios); 0 or more.

    Examples
    --------
    >>> regret(np.array([[3.0, 1.0], [2.0, 2.0]]), "lower_better").tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """
    if direction == "lower_better":
        return values - values.min(axis=1, keepdims=True)
    return values.max(axis=1, keepdims=True) - values


def verdict_over_worlds(differences: np.ndarray, smallest_relevant: float) -> str:
    """Return the verdict on differences by world: at least 90% of them must agree.

    Examples
    --------
    >>> verdict_over_worlds(np.array([-2.0] * 9 + [1.0]), 0.5)
    'lower'
    >>> verdict_over_worlds(np.array([-2.0] * 8 + [1.0] * 2), 0.5)
    'depends on the world'
    """
    if np.isnan(differences).any():
        return "not defined"
    if (np.abs(differences) < smallest_relevant).mean() >= ONE_SIGN_SHARE:
        return "negligible"
    for verdict, sign in (("lower", -1.0), ("higher", 1.0)):
        if (np.sign(differences) == sign).mean() >= ONE_SIGN_SHARE:
            return verdict
    return DEPENDS


def read_needs(texts: Sequence[str]) -> tuple[Need, ...]:
    """Return the needs that were typed, e.g. ``breaches<=12.5``.

    Raises
    ------
    InputError
        All faults at once.

    Examples
    --------
    >>> read_needs(["breaches<=12.5"])
    (Need(outcome='breach.all_per_1000_month', side='<=', bound=12.5),)
    """
    needs, faults = [], []
    for text in texts:
        parts = re.fullmatch(r"\s*([\w.]+)\s*(<=|>=)\s*([-+\d.eE]+)\s*", text)
        try:
            bound = float(parts[3]) if parts else math.nan
        except ValueError:
            bound = math.nan
        if not math.isfinite(bound):
            got = f"got {text!r}, expected OUTCOME<=NUMBER or OUTCOME>=NUMBER, e.g. 'breaches<=12.5'"
            faults.append(Fault(got, key="--need"))
            continue
        try:
            needs.append(Need(outcome_named(parts[1]).name, parts[2], bound))
        except InputError as error:
            faults += [Fault(fault.message, key="--need") for fault in error.faults]
    if faults:
        raise InputError(faults)
    return tuple(needs)


def _rows_of(
    values: np.ndarray, labels: Sequence[str], baseline: int, name: str, needs: Sequence[Need]
) -> tuple[list[OverWorlds], np.ndarray | None]:
    """Return one outcome's rows, and in which worlds each scenario keeps what is asked of it."""
    outcome = outcomes()[name]
    smallest = float(outcome.smallest_relevant)
    directed = outcome.direction in ("lower_better", "higher_better")
    defined = not np.isnan(values).any()
    behind = regret(values, outcome.direction) if directed and defined else None
    best = None if behind is None else _best(behind, values)
    differences = values - values[:, [baseline]]
    mine = [need for need in needs if need.outcome == name]
    met = None
    if mine:
        met = np.all([need.met(values) for need in mine], axis=0)
    elif directed and defined:
        worse = differences if outcome.direction == "lower_better" else -differences
        met = worse <= smallest
    rows = []
    for place, label in enumerate(labels):
        each, difference = values[:, place], differences[:, place]
        compared = place != baseline
        rows.append(
            OverWorlds(
                label,
                name,
                outcome.unit,
                outcome.direction,
                float(each.mean()),
                float(each.min()),
                float(each.max()),
                None if best is None else float(best[:, place].mean()),
                None if behind is None else float((behind[:, place] < smallest).mean()),
                None if behind is None else float(behind[:, place].mean()),
                None if behind is None else float(np.quantile(behind[:, place], 0.9)),
                None if behind is None else float(behind[:, place].max()),
                None if met is None else float(met[:, place].mean()),
                float((difference < 0).mean()) if compared else None,
                float((difference > 0).mean()) if compared else None,
                float((np.abs(difference) < smallest).mean()) if compared else None,
                verdict_over_worlds(difference, smallest) if compared else None,
            )
        )
    return rows, met


def _best(behind: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return each scenario's part in being best in each world, (worlds, scenarios); rows add up to 1."""
    best = behind <= _EQUAL * np.abs(values).max(axis=1, keepdims=True)
    return best / best.sum(axis=1, keepdims=True)
