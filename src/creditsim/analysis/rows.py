"""Judge the rows of the plan one by one: what each does alone, or what the plan lacks without it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from creditsim.analysis.compare import paired_differences
from creditsim.analysis.tables import FindingsTable, plain_values
from creditsim.experiment.execute import run_scenarios
from creditsim.spec.levers import LeverValue, levers
from creditsim.spec.measures import measures
from creditsim.spec.outcomes import outcomes
from creditsim.spec.rows import Row, rows_named
from creditsim.spec.scenario import PLAN, STATUS_QUO, Scenario, load_scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RowCase:
    """The two scenarios that a row is judged by.

    Attributes
    ----------
    levers : tuple of str
        Levers of the row that the plan sets other than the baseline.
    requires : tuple of str
        Levers of other rows that both scenarios have at the plan's values.
    against, treated : Scenario
    """

    row: Row
    levers: tuple[str, ...]
    requires: tuple[str, ...]
    against: Scenario
    treated: Scenario


@dataclass(frozen=True)
class JudgedOutcome:
    """One outcome of a row: its role, what was declared, what was found.

    Attributes
    ----------
    expected : {'lower', 'higher'} or None
        The way it was declared to move; None where the sign is for the run to say.
    line : mapping
        Its line of differences, columns as `analysis.compare.DIFFERENCE_COLUMNS`.
    """

    outcome: str
    role: str
    expected: str | None
    line: Mapping[str, Any] = field(repr=False)

    @property
    def moved(self) -> bool:
        """Whether it moved as declared; true where nothing was declared."""
        return self.expected is None or self.line["verdict"] == self.expected

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values for JSON: null, never NaN."""
        return {
            "outcome": self.outcome,
            "role": self.role,
            "unit": self.line["unit"],
            "setting": self.line["setting"],
            "expected": self.expected,
            **plain_values({name: self.line[name] for name in ("difference", "low", "high")}),
            "verdict": self.line["verdict"],
        }


@dataclass(frozen=True)
class JudgedRow:
    """A row and what was found about it; `why` says why a direct outcome did not move as declared."""

    case: RowCase
    outcomes: tuple[JudgedOutcome, ...]
    why: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain values for JSON."""
        return {
            "row": self.case.row.name,
            "levers": list(self.case.levers),
            "requires": list(self.case.requires),
            "against": self.case.against.name,
            "why": self.why,
            "outcomes": [each.to_dict() for each in self.outcomes],
        }


class JudgedRows(FindingsTable, tuple[JudgedRow, ...]):
    """Rows of the plan as judged, in the order asked for; in notebooks a table."""

    __slots__ = ()

    digits = 4

    def lines(self) -> list[dict[str, Any]]:
        """Return one line a row and outcome, with unit, setting, expectation, interval and verdict."""
        return [{"row": each.case.row.name, **line.to_dict()} for each in self for line in each.outcomes]


def row_case(row: Row) -> RowCase:
    """Return the scenarios that judge a row.

    A row that is added stands on the status quo, in force everywhere from the first month,
    with what it requires (and what that requires) at the plan's values. A row that
    enables others is taken out of the plan: its levers go back to the status quo, or to what
    the catalogue gives under `without`.

    Examples
    --------
    >>> case = row_case(rows_named(["V2"])[0])
    >>> case.against["files.villager_coverage_share"], case.against["village.compact_on"]
    (0.9, False)
    """
    plan, baseline = load_scenario(PLAN), load_scenario(STATUS_QUO)
    catalogue = levers()
    if row.mode == "removed":
        back = {lever.name: baseline[lever.name] for lever in row.levers()} | dict(row.without)
        without = plan.with_levers(back, name=f"{PLAN} without {row.name}")
        changed = tuple(name for name in back if plan[name] != without[name])
        return RowCase(row, changed, (), without, plan)
    own = {lever.name: plan[lever.name] for lever in row.levers() if plan[lever.name] != baseline[lever.name]}
    needed = _required(row, own, plan, baseline)
    label = f"{STATUS_QUO} with {', '.join(needed)}" if needed else STATUS_QUO
    against = baseline.with_levers({name: plan[name] for name in needed}, name=label) if needed else baseline
    treated = against.with_levers(own, name=f"{label} and {row.name}")
    return RowCase(row, tuple(name for name in catalogue if name in own), needed, against, treated)


def judge_rows(
    names: Sequence[str] = (),
    seed: int = 1,
    replications: int = 6,
    scale: float = 0.1,
    months: int = 36,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> JudgedRows:
    """Simulate rows of the plan and hold what moved against what was declared.

    Parameters
    ----------
    names : sequence of str
        Rows, whatever their capitals; none means all 21.
    replications : int
        Paired: both scenarios of a row share people and luck.
    workers : int
        Processes; never changes a result.
    progress : callable, optional
        Called with (replications done, replications in all).

    Raises
    ------
    InputError
        All unknown rows at once.
    """
    cases = [row_case(row) for row in rows_named(names)]
    scenarios = {}
    for case in cases:
        for scenario in (case.against, case.treated):
            scenarios[scenario.name] = scenario.with_(months=months)
    found, _ = run_scenarios(
        list(scenarios.values()), replications, scale, seed, min(workers, replications), progress=progress
    )
    return JudgedRows(_judge(case, found) for case in cases)


def _required(row: Row, own: Mapping[str, LeverValue], plan: Scenario, baseline: Scenario) -> tuple[str, ...]:
    """Return the levers of other rows that a row stands on and that the baseline has not as the plan has.

    What the row declares, what law and enforcement the measures that its levers switch on
    require, and what levers require, as far as the baseline leaves that off.
    """
    catalogue = levers()
    declared = set(row.requires)
    for measure in measures():
        if not set(own).isdisjoint(measure.requires):
            declared.update(name for name in measure.requires if catalogue[name].row == "base")
    needed = {name for name in declared if plan[name] != baseline[name]}
    waiting = [*own, *needed]
    while waiting:
        for name in catalogue[waiting.pop()].requires:
            if name not in own and name not in needed and not catalogue[name].is_on(baseline[name]):
                needed.add(name)
                waiting.append(name)
    return tuple(name for name in catalogue if name in needed)


def _judge(case: RowCase, found: pd.DataFrame) -> JudgedRow:
    """Return a row's outcomes with their differences and verdicts."""
    wanted = [name for name, _, _ in case.row.outcomes()]
    chosen = found[
        found["scenario"].isin([case.against.name, case.treated.name])
        & found["outcome"].isin(wanted)
        & found["setting"].isin(["all", case.row.setting])
        & (found["group"] == "all")
    ]
    for column in ("scenario", "setting", "group", "outcome"):
        chosen = chosen.assign(**{column: chosen[column].cat.remove_unused_categories()})
    differences = paired_differences(chosen, case.against.name)
    judged = tuple(_judged(differences, case.row, name, role, way) for name, role, way in case.row.outcomes())
    return JudgedRow(case, judged, _why(case.row, judged))


def _judged(differences: pd.DataFrame, row: Row, name: str, role: str, expected: str | None) -> JudgedOutcome:
    """Return one outcome of a row: in the row's setting if it occurs there, else for the district."""
    lines = differences[differences["outcome"] == name]
    home = lines[(lines["setting"] == row.setting) & (lines["verdict"] != "not defined")]
    home = home[(home["baseline_mean"] != 0) | (home["scenario_mean"] != 0)]
    found = (home if len(home) else lines[lines["setting"] == "all"]).to_dict("records")
    return JudgedOutcome(name, role, expected, found[0] if found else _undefined(name))


def _undefined(name: str) -> dict[str, Any]:
    """Return the line of an outcome that neither scenario has."""
    nothing = dict.fromkeys(("baseline_mean", "scenario_mean", "difference", "low", "high"), math.nan)
    smallest, unit = outcomes()[name].smallest_relevant, outcomes()[name].unit
    return {"outcome": name, "unit": unit, "setting": "all", "group": "all", **nothing,
            "smallest_relevant": smallest, "verdict": "not defined"}  # fmt: skip


def _why(row: Row, judged: Sequence[JudgedOutcome]) -> str | None:
    """Return why direct outcomes did not move as declared, or None if all did."""
    still = [each for each in judged if not each.moved]
    if not still:
        return None
    parts = [row.if_still] if row.if_still else []
    for each in still:
        line = each.line
        if math.isnan(line["difference"]):
            parts.append(f"{each.outcome} is not defined in one of the two scenarios")
        else:
            parts.append(
                f"{each.outcome} moved by {line['difference']:.4g} {line['unit']} ({line['verdict']}); "
                f"{each.expected} by at least {line['smallest_relevant']:g} was declared"
            )
    return "; ".join(parts)
