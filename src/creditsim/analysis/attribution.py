"""Share a bundle's effect out over its groups of levers, whatever the order they came in (Shapley).

Every coalition of groups is simulated with the same people and luck. A group's share is its
marginal effect averaged over all orders in which the groups could have been added (Shapley
1953); shares are reckoned in whole quanta, so that they add up to the effect to the last digit.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from creditsim.analysis.intervals import t_interval
from creditsim.analysis.shapley import exact_shares, rounded_to_sum
from creditsim.analysis.tables import FindingsTable, plain_values
from creditsim.core.errors import Fault, InputError, unknown
from creditsim.core.fingerprint import fingerprint_json
from creditsim.experiment.execute import over_replications
from creditsim.experiment.run import run_replication
from creditsim.spec.levers import levers
from creditsim.spec.outcomes import outcome_named, outcomes
from creditsim.spec.rows import rows
from creditsim.spec.scenario import Scenario

MOST_GROUPS = 8
"""Groups at most: every one doubles the coalitions to simulate."""

FRAME = "frame"
"""Group of the levers that belong to no setting: book, law, rollout, coordination, money."""

QUANTA_BITS = 40
"""An effect is told in steps of 2**-40 of the outcome's largest mean: far below any digit shown."""


@dataclass(frozen=True)
class LeverGroup:
    """Levers that are switched on together.

    Attributes
    ----------
    name : str
        A setting, `FRAME`, or a name of one's own.
    levers : tuple of str
        Those of the group in which the two scenarios differ.
    """

    name: str
    levers: tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """What one group of levers contributes to an effect, in the outcome's unit, with its interval."""

    group: str
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class AttributedEffect:
    """A bundle's effect on one outcome, and the shares that add up to it.

    Attributes
    ----------
    effect, low, high : float
        Mean paired difference and interval, NaN where the outcome is not defined.
    shares : tuple of Share
        One a group; empty where the effect is not defined. ``sum(share.share)`` is `effect` exactly.
    """

    outcome: str
    unit: str
    effect: float
    low: float
    high: float
    shares: tuple[Share, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the effect as plain values for JSON: null, never NaN."""
        plain = plain_values({name: getattr(self, name) for name in ("effect", "low", "high")})
        shares = [plain_values(vars(each)) for each in self.shares]
        return {"outcome": self.outcome, "unit": self.unit, **plain, "shares": shares}


class Attribution(FindingsTable, Sequence[AttributedEffect]):
    """Effects shared out, one an outcome; in notebooks a table with one line a share.

    Attributes
    ----------
    scenario, baseline : str
    groups : tuple of LeverGroup
    replications, months, seed, scale
        Of the runs; there are 2 to the number of groups a replication.
    """

    digits = 4

    def __init__(
        self,
        effects: Sequence[AttributedEffect],
        scenario: Scenario,
        baseline: Scenario,
        groups: Sequence[LeverGroup],
        *,
        replications: int,
        scale: float,
        seed: int,
    ):
        self._effects = tuple(effects)
        self.scenario, self.baseline, self.groups = scenario.name, baseline.name, tuple(groups)
        self.months, self.replications, self.scale, self.seed = scenario.months, replications, scale, seed

    def __getitem__(self, place: Any) -> Any:
        return self._effects[place]

    def __len__(self) -> int:
        return len(self._effects)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over groups and shares."""
        return fingerprint_json([[vars(group) for group in self.groups], [each.to_dict() for each in self]])

    def to_dict(self) -> dict[str, Any]:
        """Return what ``creditsim attribute --json`` prints."""
        about = ("scenario", "baseline", "replications", "months", "scale", "seed")
        return {
            **{name: getattr(self, name) for name in about},
            "coalitions": 2 ** len(self.groups),
            "groups": [{"name": each.name, "levers": list(each.levers)} for each in self.groups],
            "outcomes": [each.to_dict() for each in self],
            "fingerprint": self.fingerprint,
        }

    def lines(self) -> list[dict[str, Any]]:
        """Return one line a share, and after them the effect that they add up to."""
        found = []
        for each in self:
            head = {"outcome": each.outcome, "unit": each.unit}
            found += [{**head, **vars(share)} for share in each.shares]
            found.append({**head, "group": "all", "share": each.effect, "low": each.low, "high": each.high})
        return found


def lever_groups(
    baseline: Scenario, scenario: Scenario, own: Mapping[str, Sequence[str]] | None = None
) -> tuple[LeverGroup, ...]:
    """Return the groups of the levers in which two scenarios differ.

    Parameters
    ----------
    own : mapping of str to sequence of str, optional
        Rows or levers by group; what they leave over forms the group ``rest``. By default a
        group is the setting of its levers' rows, and `FRAME` the levers of no setting.

    Raises
    ------
    InputError
        If nothing differs, an own group names what does not exist or stands in another, or
        there are more than `MOST_GROUPS`.

    Examples
    --------
    >>> from creditsim.spec.scenario import load_scenario
    >>> pair = load_scenario("status-quo-2019"), load_scenario("five-entries-2020")
    >>> [group.name for group in lever_groups(*pair)]
    ['enterprise', 'school', 'government', 'village', 'community', 'frame']
    """
    changed = [change.lever for change in scenario.changes(baseline)]
    if not changed:
        raise InputError(
            Fault(f"got {scenario.name} and {baseline.name}, expected other lever values in one")
        )
    home = _own_homes(own) if own else {name: _setting(name) for name in changed}
    order = [*own, "rest"] if own else [*dict.fromkeys(row.setting for row in rows().values()), FRAME]
    groups = []
    for group in order:
        members = tuple(name for name in changed if home.get(name, "rest") == group)
        if members:
            groups.append(LeverGroup(group, members))
    if len(groups) > MOST_GROUPS:
        got = f"got {len(groups)} groups, expected at most {MOST_GROUPS}"
        raise InputError(Fault(f"{got}: each doubles the runs; put some together", key="groups"))
    return tuple(groups)


def coalition(
    baseline: Scenario, scenario: Scenario, groups: Sequence[LeverGroup], members: Sequence[int]
) -> Scenario:
    """Return the baseline with the levers of some groups as the scenario has them.

    A lever whose requirements are off in the coalition stays as in the baseline: what
    rests on another group counts for both, as an effect that neither has alone.
    """
    values = {name: scenario[name] for number in members for name in groups[number].levers}
    while True:
        together = {**baseline.values, **values}
        idle = [name for name in values if not _may_be_on(name, together)]
        if not idle:
            break
        for name in idle:
            del values[name]
    label = " + ".join([baseline.name, *(groups[number].name for number in members)])
    return baseline.with_levers(values, name=label)


def attribute_effect(
    baseline: Scenario,
    scenario: Scenario,
    names: Sequence[str],
    *,
    groups: Sequence[LeverGroup] | None = None,
    replications: int = 10,
    scale: float = 0.02,
    seed: int = 1,
    workers: int = 1,
    level: float = 0.95,
    progress: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Simulate every coalition of lever groups, and share each outcome's effect out over them.

    Parameters
    ----------
    names : sequence of str
        Outcomes, by full name or nickname; means over months, for the whole district.
    groups : sequence of LeverGroup, optional
        Default: `lever_groups`. The runs are 2 to their number, times `replications`.
    workers : int
        Processes; never changes a result.
    progress : callable, optional
        Called with (replications done, replications in all).

    Raises
    ------
    InputError
        If an outcome is unknown, or the scenarios differ in more than levers.
    """
    wanted = tuple(dict.fromkeys(outcome_named(name).name for name in names))
    _check_frames(baseline, scenario)
    groups = lever_groups(baseline, scenario) if groups is None else groups
    numbers = range(len(groups))
    coalitions = [
        members for size in range(len(groups) + 1) for members in itertools.combinations(numbers, size)
    ]
    cases = [coalition(baseline, scenario, groups, members) for members in coalitions]
    replicate = functools.partial(_means, cases, wanted, scale, seed)
    found = []
    for means in over_replications(replicate, range(replications), min(workers, replications)):
        found.append(means)
        if progress:
            progress(len(found), replications)
    values = np.array(found)  # (replications, coalitions, outcomes)
    effects = [
        _attributed(name, [group.name for group in groups], coalitions, values[:, :, place], level)
        for place, name in enumerate(wanted)
    ]
    return Attribution(effects, scenario, baseline, groups, replications=replications, scale=scale, seed=seed)


def _attributed(
    name: str,
    groups: Sequence[str],
    coalitions: Sequence[tuple[int, ...]],
    values: np.ndarray,
    level: float,
) -> AttributedEffect:
    """Return one outcome's effect and its shares, both in the same quanta."""
    unit = outcomes()[name].unit
    if np.isnan(values).any():
        return AttributedEffect(name, unit, math.nan, math.nan, math.nan, ())
    shares, effects = exact_shares(values, coalitions, len(groups))
    largest = float(np.abs(values).max())
    step = Fraction(2) ** (math.frexp(largest)[1] - QUANTA_BITS)
    means = [sum(column, Fraction(0)) / len(shares) for column in zip(*shares, strict=True)]
    quanta = rounded_to_sum(means, step)
    floats = np.array([[float(share) for share in row] for row in shares])
    _, lows, highs = t_interval(floats, level)
    _, low, high = t_interval(np.array([float(effect) for effect in effects]), level)
    told = tuple(
        Share(group, float(quantum * step), float(lows[index]), float(highs[index]))
        for index, (group, quantum) in enumerate(zip(groups, quanta, strict=True))
    )
    return AttributedEffect(name, unit, float(sum(quanta) * step), float(low), float(high), told)


def _means(
    cases: Sequence[Scenario], wanted: Sequence[str], scale: float, seed: int, replication: int
) -> np.ndarray:
    """Return the district's means in one replication, (coalitions, outcomes); NaN where not defined."""
    results = run_replication(cases, scale, seed, replication, threads=1, keep_tables=False)
    means = np.full((len(cases), len(wanted)), np.nan)
    for row, result in enumerate(results):
        found = result.means()
        for column, name in enumerate(wanted):
            value = found.get(name)
            means[row, column] = np.nan if value is None else value
    return means


def _check_frames(baseline: Scenario, scenario: Scenario) -> None:
    """Raise InputError unless two scenarios have one population, start and horizon."""
    fields = ("population", "start", "months", "burn_in_months")
    faults = [
        Fault(
            f"got {getattr(scenario, name)!r} in {scenario.name}, expected {getattr(baseline, name)!r} "
            f"as in {baseline.name}: only levers may differ",
            key=name,
        )
        for name in fields
        if getattr(scenario, name) != getattr(baseline, name)
    ]
    if faults:
        raise InputError(faults)


def _setting(lever: str) -> str:
    """Return the setting of a lever's row, or `FRAME`."""
    row = rows().get(levers()[lever].row)
    return FRAME if row is None or row.setting == "all" else row.setting


def _own_homes(own: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the group of each lever that own groups name, by row or by lever."""
    catalogue = levers()
    known = [*dict.fromkeys(lever.row for lever in catalogue.values()), *catalogue]
    home: dict[str, str] = {}
    faults = []
    for group, members in own.items():
        for member in members:
            if member not in known:
                faults.append(Fault(unknown(member, known, "row or lever"), key=group))
            for name, lever in catalogue.items():
                if member in (name, lever.row) and home.setdefault(name, group) != group:
                    faults.append(Fault(f"got {name}, which is in {home[name]} too", key=group))
    if faults:
        raise InputError(faults)
    return home


def _may_be_on(name: str, values: Mapping[str, Any]) -> bool:
    """Say whether a lever is off, or all that it requires is on."""
    catalogue = levers()
    lever = catalogue[name]
    return not lever.is_on(values[name]) or all(
        catalogue[needed].is_on(values[needed]) for needed in lever.requires
    )
