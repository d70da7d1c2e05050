"""Sensitivity studies: what was varied, what came out, what each factor matters for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from creditsim.analysis.intervals import mean_in_order
from creditsim.analysis.sensitivity.indices import (
    FactorIndices,
    dummy_is_last,
    indices_of,
    rank_agreement,
)
from creditsim.analysis.sensitivity.switching import NOT_SCANNED, Switching, switching_values
from creditsim.analysis.sweeps import world_means
from creditsim.core.errors import Fault, InputError
from creditsim.experiment.screening import DUMMY, Screening
from creditsim.spec.levers import levers
from creditsim.spec.outcomes import outcomes

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.experiment.recorded import Recorded
    from creditsim.experiment.results.store import ResultStore

OF_DIFFERENCES, OF_LEVELS, OF_FUNCTIONS = "difference", "level", "function"
"""What a study's output is: a paired difference to the baseline, an outcome itself, a function's value."""

_ROUNDING = 1e-12
"""Differences below this share of the values are the rounding of sums: without it they would rank."""

CHOSEN = ("breaches", "wrongly_penalised", "trust", "public_cost")
"""Outcomes that are studied where none is named, if they are kept: behaviour, a harm, trust, cost."""


@dataclass(frozen=True, eq=False)
class Study:
    """What each factor matters for one output.

    Attributes
    ----------
    screening : Screening
    output : {'difference', 'level', 'function'}
    outcome : str
        Full name, or the name of a function.
    unit : str
    scenario, baseline : str or None
        Labels; without a baseline it is of the level under the scenario.
    replications, runs : int
        Runs, or points of a function, that it is from.
    indices : tuple of FactorIndices
        By rank, the dummy among them.
    switching : mapping of str to Switching
        Of differences, by factor.
    """

    screening: Screening
    output: str
    outcome: str
    unit: str
    scenario: str | None
    baseline: str | None
    replications: int
    runs: int
    indices: tuple[FactorIndices, ...]
    switching: Mapping[str, Switching] = field(default_factory=dict)

    @property
    def factors(self) -> tuple[FactorIndices, ...]:
        """The factors by rank, without the dummy."""
        return tuple(each for each in self.indices if each.name != DUMMY)

    @property
    def dummy(self) -> FactorIndices:
        """The factor that nothing depends on."""
        return next(each for each in self.indices if each.name == DUMMY)

    def to_dict(self) -> dict[str, Any]:
        """Return the study as plain values for JSON, see docs/formats.md."""
        return {
            "method": self.screening.method,
            "output": self.output,
            "outcome": self.outcome,
            "unit": self.unit,
            "scenario": self.scenario,
            "baseline": self.baseline,
            "samples": self.screening.samples,
            "seed": self.screening.seed,
            "replications": self.replications,
            "runs": self.runs,
            "steady_ranks_share": rank_agreement(self.indices),
            "factors": [self.factor_dict(each) for each in self.factors],
            "dummy": {**self.dummy.to_dict(), "last": dummy_is_last(self.indices)},
        }

    def factor_dict(self, each: FactorIndices) -> dict[str, Any]:
        """Return one factor as plain values: what it is, its indices, its switching value."""
        about = factor_words(each.name, self.screening)
        return {**about, **each.to_dict(), "switching": self.switching.get(each.name, NOT_SCANNED).to_dict()}

    def to_frame(self) -> pd.DataFrame:
        """Return one row a factor, the dummy last among equals, with indices and switching values."""
        import pandas as pd

        rows = []
        for each in self.indices:
            turned = self.switching.get(each.name, NOT_SCANNED)
            about = factor_words(each.name, self.screening)
            rows.append(
                {
                    "outcome": self.outcome,
                    "scenario": self.scenario,
                    **about,
                    **each.to_dict(),
                    "switching": turned.state,
                    "switching_value": turned.value,
                    "switching_low": turned.low,
                    "switching_high": turned.high,
                }
            )
        return pd.DataFrame(rows)


def study_function(
    function: Callable[[np.ndarray], np.ndarray], screening: Screening, name: str = "function"
) -> Study:
    """Return what each factor matters for a function of points (rows, factors)."""
    values = np.asarray(function(screening.points()), dtype=np.float64)
    indices = indices_of(screening, values)
    return Study(screening, OF_FUNCTIONS, name, "", None, None, 1, len(values), indices)


def study_sweep(
    recorded: Recorded, store: ResultStore, replications: Sequence[int], names: Sequence[str] = ()
) -> tuple[Study, ...]:
    """Return the studies of a sweep whose worlds are a sensitivity design.

    For each outcome there is one of every scenario's difference to the baseline, then one of each
    scenario's level, in the experiment's order.

    Parameters
    ----------
    replications : sequence of int
        Each of their runs must be in the store.
    names : sequence of str
        Full names of outcomes; none means `CHOSEN`, or what is kept.

    Raises
    ------
    InputError
        If the worlds are of no sensitivity design, or an outcome is not kept or not defined.
    """
    screening = recorded.screening
    if screening is None:
        got = f"got {recorded.name}, whose worlds are of no sensitivity study"
        raise InputError(Fault(f"{got}; make one: creditsim sensitivity EXPERIMENT --store DIR"))
    names = tuple(names) or studied_outcomes(recorded.record["case"]["outcomes"])
    means = world_means(recorded, store, replications, names)
    base = recorded.labels.index(recorded.baseline)
    runs = len(replications) * len(recorded.worlds) * len(recorded.labels)
    others = [place for place in range(len(recorded.labels)) if place != base]
    studies = []
    for column, name in enumerate(names):
        outcome = outcomes()[name]
        about = {"screening": screening, "outcome": name, "unit": outcome.unit}
        about |= {"replications": len(replications), "runs": runs}
        for place in others:
            differences = _differences(means[:, :, place, column], means[:, :, base, column])
            studies.append(
                Study(
                    output=OF_DIFFERENCES,
                    scenario=recorded.labels[place],
                    baseline=recorded.baseline,
                    indices=indices_of(screening, mean_in_order(differences)[screening.rows]),
                    switching=switching_values(screening, differences, outcome.smallest_relevant),
                    **about,
                )
            )
        for place in (base, *others):
            level = mean_in_order(means[:, :, place, column])
            indices = indices_of(screening, level[screening.rows])
            label = recorded.labels[place]
            studies.append(Study(output=OF_LEVELS, scenario=label, baseline=None, indices=indices, **about))
    return tuple(studies)


def studied_outcomes(kept: Sequence[str]) -> tuple[str, ...]:
    """Return the outcomes that are studied where none is named: `CHOSEN` ones that are kept, or all kept."""
    chosen = [each.name for short in CHOSEN for each in outcomes().values() if each.short == short]
    return tuple(name for name in chosen if not kept or name in kept) or tuple(kept)


def _differences(treated: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return paired differences without what is only the rounding of the two sums."""
    grain = _ROUNDING * max(float(np.nanmax(np.abs([treated, reference]), initial=0.0)), _ROUNDING)
    return np.round((treated - reference) / grain) * grain


def factor_words(name: str, screening: Screening) -> dict[str, Any]:
    """Return what a factor is: name, titles, unit, range and own value."""
    (factor,) = (each for each in screening.factors if each.lever == name) if name != DUMMY else (None,)
    lever = levers().get(name)
    titles = (lever.title_en, lever.title_zh) if lever else (name, "无关因素" if name == DUMMY else name)
    if name == DUMMY:
        titles = ("Dummy: nothing depends on it", "虚拟因素（无任何影响）")
    return {
        "name": name,
        "title_en": titles[0],
        "title_zh": titles[1],
        "unit": lever.unit if lever else "",
        "own": screening.own.get(name),
        "from": None if factor is None else _end(factor, 0),
        "to": None if factor is None else _end(factor, 1),
    }


def _end(factor: Any, side: int) -> Any:
    """Return an end of a factor's range, or its first or last value."""
    values = getattr(factor, "values", ())
    return (factor.low, factor.high)[side] if not values else values[-side]
