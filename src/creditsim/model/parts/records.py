"""What a run remembers of the files: the desks' shares, entries made up, entries on display."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.population.agents import SETTING_OF_KIND
from creditsim.population.synthesis import Population
from creditsim.spec.vocabulary import SETTINGS

QUANTITIES: tuple[str, ...] = (
    "files_filed",
    "files_duplicates",
    "files_refused",
    "files_lapsed",
    "files_waiting",
    "files_merged",
    "files_stopped",
    "files_cured",
    "files_posted",
    "files_over_reported",
    "files_delay_months",
    "files_objected",
    "files_decided",
    "files_overdue",
    "files_year_old",
    "files_year_old_repaired",
    "files_wrong_grade",
    "files_undeserved_mp",
)
"""What is counted, see creditsim.model.quantities.

Each month and setting: waiting before + filed = duplicates + refused + lapsed + merged (hours that reach no
new step) + stopped and cured within the notice + posted + waiting after.
"""

DISPLAY = np.dtype([("id", "i8"), ("row", "i4"), ("until", "i4"), ("generation", "u1")])
"""An entry open to the public: about whom, and the first month in which it is no more."""


@dataclass
class Files:
    """State of the files.

    Attributes
    ----------
    agents_by_setting : ndarray of int64
        Agents of each setting in the whole population: by them desks are shared, for good.
    heard : ndarray of int64
        Objections heard this month before an entry was posted, by setting.
    padded : ndarray of int64
        Ids of entries that were made up to fill a quota.
    docked : ndarray of int64
        Ids of entries on household heads for the act of another member.
    display : ndarray of DISPLAY
        Entries about persons that are open to the public.
    """

    agents_by_setting: np.ndarray
    heard: np.ndarray
    padded: np.ndarray
    docked: np.ndarray
    display: np.ndarray


def first_files(population: Population) -> Files:
    """Return the state before the first month."""
    return Files(
        agents_by_setting=by_setting(np.bincount(population.agents["kind"], minlength=len(SETTING_OF_KIND))),
        heard=np.zeros(len(SETTINGS), np.int64),
        padded=np.zeros(0, np.int64),
        docked=np.zeros(0, np.int64),
        display=np.zeros(0, DISPLAY),
    )


def by_setting(of_kind: np.ndarray) -> np.ndarray:
    """Return how many agents each setting has, as int64, given how many of each kind there are."""
    found = np.zeros(len(SETTINGS), np.int64)
    np.add.at(found, np.array(SETTING_OF_KIND), of_kind)
    return found
