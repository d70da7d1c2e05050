"""Read a sweep's results from its store: for the stopping rule, a comparison, or other programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from creditsim.analysis.grid import OUTCOME_COLUMNS
from creditsim.analysis.intervals import mean_where_defined
from creditsim.analysis.until import Clearness, clarity_of
from creditsim.core.errors import Fault, InputError, unknown
from creditsim.experiment.execute import stacked
from creditsim.spec.outcomes import OF_COMPARISONS, outcome_named, outcomes

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.experiment.recorded import Recorded
    from creditsim.experiment.results.store import ResultStore
    from creditsim.experiment.tasks import Layout


class StoppingRule:
    """Say how many replications an experiment shall have, from what its store holds.

    It looks at the same numbers of replications in the same order whatever else is in the
    store, so that a sweep stops at the same place however often it was interrupted.

    Parameters
    ----------
    recorded : Recorded
        An experiment with `until`.
    store : ResultStore

    Attributes
    ----------
    clearness : Clearness or None
        What was found when it was last asked.
    """

    def __init__(self, recorded: Recorded, store: ResultStore):
        self.recorded, self.store = recorded, store
        self.clearness: Clearness | None = None
        self._means: dict[str, np.ndarray] = {}

    def __call__(self, done: int) -> int:
        """Return how many replications there shall be in all; `done` if they are enough, or the most."""
        until = self.recorded.until
        self.clearness = self._clearness(done)
        return done if self.clearness.clear else min(done + until.step, until.at_most)

    def _clearness(self, done: int) -> Clearness:
        """Return how clear the differences are after some replications."""
        recorded, until = self.recorded, self.recorded.until
        keys = recorded.keys(done)
        new = [key for key in keys.values() if key in self.store and key not in self._means]
        self._read(new, list(until.outcomes))
        means = np.full((done, len(recorded.worlds), len(recorded.labels), len(until.outcomes)), np.nan)
        for run, key in keys.items():
            if key in self._means:  # a run that failed has none
                means[run.replication, run.world, recorded.labels.index(run.scenario)] = self._means[key]
        return clarity_of(
            {name: means[..., column] for column, name in enumerate(until.outcomes)},
            recorded.labels,
            recorded.baseline,
            until.outcomes,
            until.level,
            recorded.shared_draws,
        )

    def _read(self, keys: Sequence[str], names: list[str]) -> None:
        """Keep each run's mean over the months of the outcomes that matter, for the district."""
        self._means.update(_district_means(self.store, keys, names))


def wanted_replications(recorded: Recorded, store: ResultStore, rule: StoppingRule | None = None) -> int:
    """Return how many replications the experiment has, as far as its store tells: the stopping rule asked."""
    done = recorded.replications
    if recorded.until is None:
        return done
    rule = rule or StoppingRule(recorded, store)
    while all(key in store for key in recorded.keys(done).values()) and (more := rule(done)) > done:
        done = more
    return done


def whole_replications(recorded: Recorded, store: ResultStore, replications: int) -> list[int]:
    """Return the replications of which every run is there: pairs need both of their halves."""
    lacking = {run.replication for run, key in recorded.keys(replications).items() if key not in store}
    return [number for number in range(replications) if number not in lacking]


def paired_outcomes(
    recorded: Recorded, store: ResultStore, replications: Sequence[int], world: int | None = None
) -> pd.DataFrame:
    """Return the outcomes of whole replications as `creditsim.compare` has them, averaged over the worlds.

    Parameters
    ----------
    replications : sequence of int
        Each of their runs must be in the store.
    world : int, optional
        One world alone.

    Returns
    -------
    pandas.DataFrame
        Columns `creditsim.analysis.grid.OUTCOME_COLUMNS`.
    """
    worlds = tuple(range(len(recorded.worlds)) if world is None else (world,))
    wanted = set(replications)
    keys = {
        run: key
        for run, key in recorded.keys(max(wanted, default=-1) + 1).items()
        if run.replication in wanted and run.world in worlds
    }
    frames = [
        tidy(layout, values, scenario=scenario, replication=replication)
        for (scenario, replication), layout, values in _over_worlds(keys, store, worlds)
    ]
    return stacked(frames)[list(OUTCOME_COLUMNS)]


def world_means(
    recorded: Recorded, store: ResultStore, replications: Sequence[int], names: Sequence[str]
) -> np.ndarray:
    """Return each run's means over its months for the district, world by world.

    Parameters
    ----------
    replications : sequence of int
        Each of their runs must be in the store.
    names : sequence of str
        Full names of outcomes.

    Returns
    -------
    numpy.ndarray, shape (replications, worlds, scenarios, outcomes)
        In the outcomes' units; NaN where an outcome is not defined.

    Raises
    ------
    InputError
        If an outcome is not kept in the store for the district as a whole.
    """
    places = {number: place for place, number in enumerate(replications)}
    keys = {
        run: key
        for run, key in recorded.keys(max(places, default=-1) + 1).items()
        if run.replication in places
    }
    means = _district_means(store, dict.fromkeys(keys.values()), list(names))
    absent = [name for column, name in enumerate(names) if _never_kept(means, column)]
    if absent:
        raise InputError([Fault(f"got {name}, which the store does not keep", "outcome") for name in absent])
    shape = (len(places), len(recorded.worlds), len(recorded.labels), len(names))
    found = np.full(shape, np.nan)
    for run, key in keys.items():
        found[places[run.replication], run.world, recorded.labels.index(run.scenario)] = means[key]
    return found


def kept_outcomes(recorded: Recorded, texts: Sequence[str]) -> tuple[str, ...]:
    """Return outcomes named in full or by nickname; without any all that are kept and have a nickname.

    Raises
    ------
    InputError
        If one is unknown or not kept; all faults at once.
    """
    kept = recorded.record["case"]["outcomes"] or [name for name in outcomes() if name not in OF_COMPARISONS]
    if not texts:
        return tuple(name for name in outcomes() if name in kept and outcomes()[name].short) or tuple(kept)
    found, faults = [], []
    for text in texts:
        try:
            name = outcome_named(text).name
        except InputError as error:
            faults += [Fault(fault.message, key="--outcome") for fault in error.faults]
            continue
        if name not in kept:
            faults.append(Fault(unknown(name, kept, "outcome that the store keeps"), key="--outcome"))
        found.append(name)
    if faults:
        raise InputError(faults)
    return tuple(dict.fromkeys(found))


def tidy(layout: Layout, values: np.ndarray, **columns: object) -> pd.DataFrame:
    """Return a run's values (cells, months) as a tidy frame; further columns are the same in all rows."""
    import pandas as pd

    months, cells = len(layout.months), len(layout.cells)
    frame: dict[str, object] = {}
    for name, value in columns.items():
        one = pd.Categorical([value]) if isinstance(value, str) else np.array([value])
        frame[name] = one.repeat(months * cells)
    frame["month"] = pd.Categorical.from_codes(np.tile(np.arange(months), cells), list(layout.months))
    outcomes, settings, groups = zip(*layout.cells, strict=True)
    for name, texts in (("setting", settings), ("group", groups), ("outcome", outcomes)):
        frame[name] = pd.Categorical(texts).repeat(months)
    return pd.DataFrame({**frame, "value": values.reshape(-1)})


def _district_means(store: ResultStore, keys: Iterable[str], names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return by key the means over the months of outcomes, for the district."""
    wanted = {(name, "all", "all"): column for column, name in enumerate(names)}
    means = {}
    for key, layout, values in store.values(keys, wanted.__contains__):
        means[key] = np.full(len(names), np.nan)
        means[key][[wanted[cell] for cell in layout.cells]] = mean_where_defined(values.T)
    return means


def _never_kept(means: Mapping[str, np.ndarray], column: int) -> bool:
    """Return whether an outcome has no value in any run."""
    return all(np.isnan(each[column]) for each in means.values())


def _over_worlds(keys: dict, store: ResultStore, worlds: tuple[int, ...]) -> Iterator[tuple]:
    """Yield ((scenario, replication), layout, values), the values averaged over the worlds in their order.

    Runs come from the store in the order of its shards; a pair waits until all its worlds are there.
    """
    runs: dict[str, list] = {}
    for run, key in keys.items():  # a scenario that is named twice is one run under two labels
        runs.setdefault(key, []).append(run)
    waiting: dict[tuple, dict[int, np.ndarray]] = {}
    for key, layout, values in store.values(list(runs)):
        for run in runs[key]:
            found = waiting.setdefault((run.scenario, run.replication), {})
            found[run.world] = values
            if len(found) == len(worlds):
                del waiting[run.scenario, run.replication]
                several = [found[world] for world in worlds]
                yield (
                    (run.scenario, run.replication),
                    layout,
                    values if len(several) == 1 else mean_where_defined(several),
                )
