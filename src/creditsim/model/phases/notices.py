"""Notices: subjects who are told before an entry object to it, or make a minor act good."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.model.budgets import whole_part
from creditsim.model.phases.desk import desk_flow, is_human, place_in_line, settings_of
from creditsim.model.regimes import Rules
from creditsim.model.state import OBJECTED, State
from creditsim.population.agents import is_aged, is_little_schooled
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import SETTINGS

_FILES, _DECISION = 1, 2
"""Words drawn under APPEAL beside the item: whether the subject objects, how it is decided."""


def give_notice(state: State, rules: Rules, accepted: np.ndarray) -> np.ndarray:
    """Return the records that are posted after subjects were told of negative ones.

    Everybody told knows of the entry. Who would appeal after posting objects now, as far
    as the days of notice suffice; the objection desk hears them first, and an upheld
    objection keeps the record out. A share of minor acts reported by people is made good
    within the notice, and not entered. Notice is shorter than a month, so that it moves
    no entry to a later month.
    """
    days = _days_of_notice(state, rules, accepted["row"])
    told = (days > 0) & rules.book.is_negative(accepted)
    if not told.any():
        return accepted
    reach = np.minimum(days / assumed("notice.enough_days"), 1.0)
    objects = told & _objects(state, accepted, reach)
    setting = settings_of(state, accepted["row"])
    capacity = whole_part(appeal_flow(state, rules), state.month) - state.files.heard
    objects[objects] = place_in_line(setting[objects]) < capacity[setting[objects]]
    state.files.heard += np.bincount(setting[objects], minlength=len(SETTINGS))
    state.count("files_objected", accepted["row"][objects])
    stopped = objects.copy()
    stopped[objects] = upheld(
        _words(state, accepted[objects], draws.APPEAL, _DECISION), accepted["wrong"][objects]
    )
    state.count("files_stopped", accepted["row"][stopped])
    cured = told & ~objects & _is_made_good(state, rules, accepted, reach)
    state.count("files_cured", accepted["row"][cured])
    accepted["flags"][objects] |= OBJECTED
    return accepted[~stopped & ~cured]


def objection_chance(state: State, rows: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Return the chance that a subject who knows of an entry objects to it."""
    chance = np.where(wrong, assumed("appeal.wronged_share"), assumed("appeal.rightful_share"))
    weak = is_aged(state.agents[rows]) | is_little_schooled(state.agents[rows])
    return np.where(weak, chance * assumed("appeal.disadvantaged_factor"), chance)


def upheld(words: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Say which objections are upheld."""
    shares = (assumed("appeal.upheld_rightful_share"), assumed("appeal.upheld_wronged_share"))
    return words < np.array([draws.threshold(share) for share in shares])[wrong.astype(np.int64)]


def appeal_flow(state: State, rules: Rules) -> np.ndarray:
    """Return the monthly flow of each setting's objection desk in thousandths of a case."""
    return desk_flow(state, rules, "appeal.desk_staff_hours_per_month", 1.0 / assumed("appeal.hours"))


def _days_of_notice(state: State, rules: Rules, rows: np.ndarray) -> np.ndarray:
    """Return the days of notice before an entry about each row."""
    days = np.array([levers["notice.before_record_days"] for levers in rules.values], np.float64)
    return days[state.active[rows]]


def is_told(state: State, rules: Rules, rows: np.ndarray) -> np.ndarray:
    """Say which rows are told of every negative entry before it is posted."""
    return _days_of_notice(state, rules, rows) > 0


def _objects(state: State, accepted: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Say who objects in time, with the luck with which they would appeal after posting."""
    chance = objection_chance(state, accepted["row"], accepted["wrong"] == 1)
    return _words(state, accepted, draws.APPEAL, _FILES) < reach * chance * draws.TWO_32


def _is_made_good(state: State, rules: Rules, accepted: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Say which minor acts, reported by people and rightly, are made good within the notice."""
    least_mp = -assumed("notice.minor_points") * 1000.0
    minor = (accepted["points_mp"] < 0) & (accepted["points_mp"] >= least_mp) & (accepted["wrong"] == 0)
    luck = _words(state, accepted, draws.NOTICE, 0) < reach * assumed("notice.cured_share") * draws.TWO_32
    return minor & is_human(state, rules, accepted) & luck


def _words(state: State, accepted: np.ndarray, decision: int, index: int) -> np.ndarray:
    """Return the words with which the appeals of next month would be filed and decided."""
    return draws.paired_words(
        state.seed, state.replication, state.agents.slot[accepted["row"]], state.month + 1, decision,
        accepted["item"] * 4 + index,
    )  # fmt: skip
