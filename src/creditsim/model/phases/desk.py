"""Desks: each setting's own line of records, its capacity, and what verification lets through."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.budgets import whole_part
from creditsim.model.parts.records import by_setting
from creditsim.model.regimes import Rules
from creditsim.model.state import COPY, State, kind_rows
from creditsim.population.agents import CIVIL_SERVANT, NO_SEX, SETTING_OF_KIND
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import CHANNELS, KINDS, SETTINGS

_HUMAN = np.array([name in ("complaint", "neighbour_report", "self_report", "media") for name in CHANNELS])
_INSPECTION = CHANNELS.index("inspection")
_SETTING_OF_KIND = np.array(SETTING_OF_KIND, np.int64)


def verify(state: State, rules: Rules, arrived: np.ndarray) -> np.ndarray:
    """Put arrived records at the end of the lines, let the desks work, and return what passes.

    Each setting's lead department verifies its own field, first in first out. What
    waits too long lapses, and so does what is about somebody who has left. A report
    that the desk has seen already (same subject, activity, item and month) takes its
    time and is dropped.
    """
    line = np.concatenate((state.pending, arrived))
    over = _lapses(state, line)
    state.count("files_lapsed", line["row"][over])
    line = line[~over]
    setting = settings_of(state, line["row"])
    served = place_in_line(setting) < desk_capacity(state, rules)[setting]
    seen, state.pending = line[served], line[~served]
    state.count("files_waiting", state.pending["row"])
    known = seen["flags"] & COPY > 0
    state.count("files_duplicates", seen["row"][known])
    passes = _passes(rules, state, seen)
    state.count("files_refused", seen["row"][~known & ~passes])
    return seen[~known & passes]


def desk_capacity(state: State, rules: Rules) -> np.ndarray:
    """Return how many records the verification desk of each setting can check this month.

    Where errors are assessed a record takes longer.
    """
    care = assumed("assessment.error_care_time_share")
    slower = [1.0 + care * counts_errors(levers) for levers in rules.values]
    flow = desk_flow(
        state, rules, "desk.verify_staff_hours_per_month", assumed("desk.records_per_hour"), slower
    )
    return whole_part(flow, state.month)


def desk_flow(
    state: State, rules: Rules, lever: str, per_hour: float, slower: list[float] | None = None
) -> np.ndarray:
    """Return the monthly flow of each setting's desk in thousandths of a case.

    A desk's hours go to the settings by their agents in the whole population, those of
    the two regimes by the share of a setting's agents under the programme, so that no
    setting's desk depends on another setting.

    Parameters
    ----------
    slower : list of two floats, optional
        Factor on the time of a case, outside and inside.
    """
    outside, inside = (
        levers[lever] / factor for levers, factor in zip(rules.values, slower or [1.0, 1.0], strict=True)
    )
    everyone = state.files.agents_by_setting
    under = by_setting([np.count_nonzero(state.active[kind_rows(state, kind)]) for kind in KINDS])
    hours = outside + (inside - outside) * (under / np.maximum(everyone, 1))
    share = everyone / max(int(everyone.sum()), 1)
    thousandths = hours * per_hour * state.population.scale * 1000.0 * share
    return (thousandths + 0.5).astype(np.int64)


def settings_of(state: State, rows: np.ndarray) -> np.ndarray:
    """Return the setting of each row, in which its records are verified."""
    return _SETTING_OF_KIND[state.agents.kind[rows]]


def place_in_line(setting: np.ndarray) -> np.ndarray:
    """Return the place of each case among those of its own setting, from 0."""
    place = np.zeros(len(setting), np.int64)
    for number in range(len(SETTINGS)):
        mine = np.flatnonzero(setting == number)
        place[mine] = np.arange(len(mine))
    return place


def delivered(state: State, reports: np.ndarray) -> np.ndarray:
    """Return reports as they reach the desk: a share of them twice, the second right after the first."""
    luck = draws.paired_words(
        state.seed, state.replication, state.agents.slot[reports["row"]], state.month, draws.VERIFY,
        reports["activity"],
    )  # fmt: skip
    times = 1 + (luck < draws.threshold(assumed("desk.delivered_twice_share")))
    line = np.repeat(reports, times)
    first = np.zeros(len(line), np.bool_)
    first[np.cumsum(times) - times] = True
    line["flags"][~first] |= COPY
    return line


def is_human(state: State, rules: Rules, filed: np.ndarray) -> np.ndarray:
    """Say which records come from people: their channels, and collectors' inspections of persons.

    Collectors work in villages and communities; in schools and public bodies an
    inspection ends in a document. Whatever is noticed of a civil servant's lapse reaches
    the personnel file as a decision: a sanction or a judgment.
    """
    setting = rules.activities.setting[filed["activity"]]
    collected = (state.agents.sex[filed["row"]] < NO_SEX) & (setting >= SETTINGS.index("village"))
    decided = (setting == SETTINGS.index("government")) & (filed["points_mp"] < 0)
    decided &= state.agents.kind[filed["row"]] == CIVIL_SERVANT
    return (_HUMAN[filed["channel"]] & ~decided) | ((filed["channel"] == _INSPECTION) & collected)


def counts_errors(levers) -> bool:
    """Say whether a department is assessed by errors and effects."""
    return levers["assessment.metric_choice"] == "error_and_effect"


def _lapses(state: State, line: np.ndarray) -> np.ndarray:
    """Say which records have waited too long, or are about somebody who has left."""
    agents = state.agents
    gone = (agents.present[line["row"]] == 0) | (agents.generation[line["row"]] != line["generation"])
    return gone | (state.month - line["event"] > assumed("desk.longest_wait_months"))


def _passes(rules: Rules, state: State, verified: np.ndarray) -> np.ndarray:
    """Say which verified records the desk lets through; more care where errors are assessed."""
    true_passes = draws.threshold(assumed("desk.sensitivity_share"))
    care = assumed("assessment.error_care_share")
    outside, inside = (
        (1.0 - levers["desk.specificity_share"]) * (1.0 - care * counts_errors(levers))
        for levers in rules.values
    )
    let_through = np.where(state.active[verified["row"]] == 1, inside, outside)
    false_passes = (let_through * draws.TWO_32).astype(np.int64)
    return verified["check"] < np.where(verified["wrong"] == 1, false_passes, true_passes)
