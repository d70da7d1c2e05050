"""Compare scenarios: paired differences to a baseline, their intervals, their verdicts.

Replications are paired because scenarios share their luck (common random numbers): the
difference within a replication carries the rules' effect and little of the luck.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.analysis.cost_effectiveness import CostPerBreach, cost_per_breach
from creditsim.analysis.grid import everybody, outcome_grid
from creditsim.analysis.intervals import mean_in_order, t_interval
from creditsim.analysis.pairing import PairingGains, pairing_gains
from creditsim.analysis.tables import plain_values
from creditsim.core.errors import Fault, InputError, unknown

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.analysis.sensitivity.listed import ListedAssumptions
    from creditsim.spec.scenario import Scenario

DIFFERENCE_COLUMNS = (
    "scenario",
    "outcome",
    "unit",
    "setting",
    "group",
    "baseline_mean",
    "scenario_mean",
    "difference",
    "low",
    "high",
    "smallest_relevant",
    "verdict",
)
"""Columns of a frame of differences, one row a scenario, outcome, setting and group."""

VERDICTS = ("lower", "higher", "negligible", "unclear", "not defined")
"""What a difference can be said to be."""


def paired_differences(
    outcomes: pd.DataFrame,
    baseline: str,
    level: float = 0.95,
    *,
    scenarios: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return each scenario's difference to the baseline with its interval and verdict.

    Per replication an outcome is averaged over the months in which it is defined; the
    difference is taken within the replication; the interval is Student's t over
    replications. It covers the luck of the simulation only, not doubt about the model.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Columns scenario, replication, month, setting, group, outcome, value (NaN = not
        defined), with the same replications and months for every scenario.
    baseline : str
        Label of the scenario that the others are held against.
    level : float
        Coverage of the intervals, between 0 and 1.
    scenarios : sequence of str, optional
        Order of the scenarios in the result; default: sorted.

    Returns
    -------
    pandas.DataFrame
        Columns `DIFFERENCE_COLUMNS`; numbers in the outcome's unit, NaN where the verdict
        is ``not defined`` and, with one replication, for the interval.

    Raises
    ------
    InputError
        If the baseline is unknown, a replication or row is missing or stands twice.
    """
    import pandas as pd

    if not 0.0 < level < 1.0:
        raise InputError(Fault(f"got {level}, expected a share above 0 and below 1", key="level"))
    catalogue = _catalogue()
    grid = outcome_grid(outcomes, catalogue)
    if baseline not in grid.scenarios:
        raise InputError(Fault(unknown(baseline, grid.scenarios, "scenario"), key="baseline"))
    order = [name for name in (scenarios or grid.scenarios) if name != baseline]
    strange = [name for name in order if name not in grid.scenarios]
    if strange:
        raise InputError([Fault(unknown(name, grid.scenarios, "scenario")) for name in strange])

    means = grid.replication_means()
    reference = means[:, grid.scenarios.index(baseline), :]
    names, settings, groups = zip(*grid.cells, strict=True)
    smallest = np.array([float(catalogue[name].smallest_relevant) for name in names])
    frames = []
    for label in order:
        treated = means[:, grid.scenarios.index(label), :]
        difference, low, high = t_interval(treated - reference, level)
        frame = pd.DataFrame(
            {
                "scenario": label,
                "outcome": names,
                "unit": [catalogue[name].unit for name in names],
                "setting": settings,
                "group": groups,
                "baseline_mean": np.where(np.isnan(difference), np.nan, mean_in_order(reference)),
                "scenario_mean": np.where(np.isnan(difference), np.nan, mean_in_order(treated)),
                "difference": difference,
                "low": low,
                "high": high,
                "smallest_relevant": smallest,
                "verdict": verdicts(difference, low, high, smallest),
            },
            columns=list(DIFFERENCE_COLUMNS),
        )
        frames.append(frame)
    if not frames:
        return pd.DataFrame(columns=list(DIFFERENCE_COLUMNS))
    return pd.concat(frames, ignore_index=True)


def verdicts(
    difference: np.ndarray, low: np.ndarray, high: np.ndarray, smallest_relevant: np.ndarray
) -> np.ndarray:
    """Return a verdict for each difference, in this order of precedence.

    ``not defined``: there is no difference. ``lower``, ``higher``: the interval leaves 0 out
    and the difference is at least the smallest relevant effect. ``negligible``: the whole
    interval lies within the smallest relevant effect (without an interval: exactly 0).
    Otherwise ``unclear``.
    """
    difference, low, high, smallest = np.broadcast_arrays(difference, low, high, smallest_relevant)
    relevant = np.abs(difference) >= smallest
    return np.select(
        [
            np.isnan(difference),
            relevant & (high < 0.0),
            relevant & (low > 0.0),
            (low >= -smallest) & (high <= smallest),
            np.isnan(low) & (difference == 0.0),
        ],
        ["not defined", "lower", "higher", "negligible", "negligible"],
        default="unclear",
    ).astype(object)


def effect_of(verdict: str, direction: str) -> str:
    """Return ``better``, ``worse``, or ``""`` where a verdict has no such side.

    Examples
    --------
    >>> effect_of("lower", "lower_better"), effect_of("lower", "higher_better")
    ('better', 'worse')
    """
    if verdict not in ("lower", "higher") or direction not in ("lower_better", "higher_better"):
        return ""
    return "better" if direction == f"{verdict}_better" else "worse"


@dataclass(frozen=True, eq=False, repr=False)
class ComparedScenarios:
    """Everything that a comparison found, and what it was made from.

    Attributes
    ----------
    outcomes : pandas.DataFrame
        Monthly outcomes of every scenario and replication.
    differences : pandas.DataFrame
        Result of `paired_differences`, scenarios in the order given.
    scenarios : mapping of str to Scenario
        By label, in the order given.
    baseline : str
        Label of the baseline.
    replications, months : int
    seed : int
    scale : float
        Size of the simulated population relative to the district.
    fingerprint : str
        Hash of the results.
    inputs : str
        Hash of what the results were made from.
    level : float
        Coverage of the intervals.
    versions : mapping of str to str
        Software that made the results.
    run_seconds : float
        Time spent inside the runs, summed over all workers; never printed with results.
    missing_runs : int
        Runs that were planned and are not in it: above 0 the comparison is partial, and says so.
    worlds : int
        Worlds that outcomes are averaged over.
    assumptions : ListedAssumptions
        Those that matter most, with the values at which verdicts would turn, where a study tells.
    """

    outcomes: pd.DataFrame
    differences: pd.DataFrame
    scenarios: Mapping[str, Scenario]
    baseline: str
    replications: int
    seed: int
    scale: float
    months: int
    fingerprint: str
    inputs: str
    level: float = 0.95
    versions: Mapping[str, str] = field(default_factory=dict)
    run_seconds: float = 0.0
    missing_runs: int = 0
    worlds: int = 1
    assumptions: ListedAssumptions | None = None

    @classmethod
    def from_outcomes(
        cls,
        outcomes: pd.DataFrame,
        scenarios: Sequence[Scenario],
        baseline: str,
        *,
        seed: int,
        scale: float,
        fingerprint: str | None = None,
        inputs: str | None = None,
        level: float = 0.95,
        versions: Mapping[str, str] | None = None,
        run_seconds: float = 0.0,
        missing_runs: int = 0,
        worlds: int = 1,
        assumptions: ListedAssumptions | None = None,
    ) -> ComparedScenarios:
        """Return the comparison of a frame of outcomes.

        Parameters
        ----------
        outcomes : pandas.DataFrame
            As for `paired_differences`, labelled as `creditsim.experiment.execute` does.
        scenarios : sequence of Scenario
            In the order to show them; the second of a name is labelled ``name (2)``.
        baseline : str
            Label of one of them.
        fingerprint, inputs : str, optional
            Hashes of results and inputs; default: computed from the frame and the scenarios.

        Raises
        ------
        InputError
            As for `paired_differences`, and if frame and scenarios do not match.
        """
        from creditsim.core.fingerprint import fingerprint_columns, fingerprint_json
        from creditsim.spec.comparable import distinct_names

        labelled = {scenario.name: scenario for scenario in distinct_names(scenarios)}
        if baseline not in labelled:
            raise InputError(Fault(unknown(baseline, labelled, "scenario"), key="baseline"))
        differences = paired_differences(outcomes, baseline, level, scenarios=tuple(labelled))
        unlisted = sorted(set(outcomes["scenario"].unique()) - set(labelled))
        if unlisted:
            raise InputError([Fault(unknown(name, labelled, "scenario"), "outcomes") for name in unlisted])
        replications = int(outcomes["replication"].nunique())
        if inputs is None:
            inputs = fingerprint_json(
                {
                    "scenarios": {label: scenario.inputs() for label, scenario in labelled.items()},
                    "replications": replications,
                    "seed": seed,
                    "scale": scale,
                }
            )
        return cls(
            outcomes=outcomes,
            differences=differences,
            scenarios=labelled,
            baseline=baseline,
            replications=replications,
            seed=seed,
            scale=scale,
            months=int(outcomes["month"].nunique()),
            fingerprint=fingerprint or fingerprint_columns({"outcomes": outcomes}),
            inputs=inputs,
            level=level,
            versions=dict(versions or {}),
            run_seconds=run_seconds,
            missing_runs=missing_runs,
            worlds=worlds,
            assumptions=assumptions,
        )

    @property
    def catalogue(self) -> Mapping[str, Any]:
        """Outcomes by name: titles, units, directions, kinds."""
        return _catalogue()

    @property
    def first_month(self) -> str:
        """First reported month, ``YYYY-MM``."""
        return str(min(self.outcomes["month"].unique()))

    @property
    def last_month(self) -> str:
        """Last reported month, ``YYYY-MM``."""
        return str(max(self.outcomes["month"].unique()))

    def outcome(self, name: str) -> Any:
        """Return the outcome of a full name or a nickname, e.g. ``breaches``.

        Raises
        ------
        InputError
            If there is none; names the nearest.
        """
        from creditsim.spec.outcomes import outcome_named

        return outcome_named(name)

    def headline(self) -> pd.DataFrame:
        """Return the differences of everybody: one row a scenario and outcome.

        An outcome without a row for all settings shows its settings instead.
        """
        return everybody(self.differences).reset_index(drop=True)

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of `headline` as plain values for JSON: null, never NaN."""
        return [plain_values(row) for row in self.headline().to_dict("records")]

    def cost_per_breach_averted(self) -> tuple[CostPerBreach, ...]:
        """Return what a breach averted costs the public in each scenario; see `cost_per_breach`."""
        others = [label for label in self.scenarios if label != self.baseline]
        return cost_per_breach(self.outcomes, self.baseline, others, self.level)

    @functools.cached_property
    def pairing_gains(self) -> PairingGains:
        """What shared draws gain in each outcome of everybody; see `creditsim.analysis.pairing`."""
        others = [label for label in self.scenarios if label != self.baseline]
        return pairing_gains(self.outcomes, self.baseline, others, self.level)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as one JSON object: what was compared, its rows, what pairing gained."""
        return {
            "baseline": self.baseline,
            "replications": self.replications,
            "fingerprint": self.fingerprint,
            "inputs": self.inputs,
            "rows": self.rows(),
            "cost_per_breach_averted": [vars(each) for each in self.cost_per_breach_averted()],
            "shared_draws": self.pairing_gains.to_dict(),
            "missing_runs": self.missing_runs,
            "worlds": self.worlds,
            "assumptions": None if self.assumptions is None else self.assumptions.to_dict(),
        }


def compare_outcomes(
    outcomes: pd.DataFrame, scenarios: Sequence[Scenario], baseline: str, **details: Any
) -> ComparedScenarios:
    """Return the comparison of a frame of outcomes; see `ComparedScenarios.from_outcomes`."""
    return ComparedScenarios.from_outcomes(outcomes, scenarios, baseline, **details)


def _catalogue() -> Mapping[str, Any]:
    """Return the shipped outcomes; here, because pydantic takes its time."""
    from creditsim.spec.outcomes import outcomes

    return outcomes()
