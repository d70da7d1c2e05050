"""What a run remembers of schools: what training left behind, how visits are announced, pupils' files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditsim.core import draws
from creditsim.population.agents import CIVIL_SERVANT, STUDENT, TEACHER
from creditsim.population.synthesis import Population
from creditsim.scoring.enterprise import CLASSES
from creditsim.spec.assumptions import assumed

QUANTITIES: tuple[str, ...] = (
    "school_bodies",
    "school_classified",
    "school_staff",
    "school_visits",
    "school_breaches",
    "school_pupils",
    "school_pupils_filed",
    "school_pupils_bad_file",
    "school_teachers",
    "school_teacher_motive_millionths",
    "school_pupil_motive_millionths",
    "training_heads",
    "training_minutes",
    "displaced_minutes",
)
"""What is counted, see creditsim.model.quantities."""

TRAINED = (TEACHER, STUDENT, CIVIL_SERVANT)
"""Kinds that integrity education reaches."""

_LOT_CADRE = 1


@dataclass
class Schools:
    """State of schools and of training.

    Attributes
    ----------
    rows : ndarray of int32
        Teachers, pupils, civil servants, in row order; the next three go with it.
    trained : ndarray of float64
        The part of each one's honesty that training has added and not yet forgotten.
    generation : ndarray of uint8
        Who held the slot when `trained` was last written.
    cadre : ndarray of bool
        Civil servants who lead: those in courses of the party school.
    visit_ratio : ndarray of float64, shape (2, classes)
        Supervision visits by (regime, class) against the baseline's, as announced.
    """

    rows: np.ndarray
    trained: np.ndarray
    generation: np.ndarray
    cadre: np.ndarray
    visit_ratio: np.ndarray


def first_schools(population: Population) -> Schools:
    """Return the state before the first month: nobody trained, visits as they were."""
    agents = population.agents
    rows = np.flatnonzero(np.isin(agents["kind"], TRAINED)).astype(np.int32)
    lots = draws.words(
        population.seed, population.replication, agents["slot"][rows], 0, draws.TRAINING, _LOT_CADRE
    )
    serves = agents["kind"][rows] == CIVIL_SERVANT
    return Schools(
        rows=rows,
        trained=np.zeros(len(rows)),
        generation=agents["generation"][rows].copy(),
        cadre=serves & (lots < draws.threshold(assumed("training.cadre_share"))),
        visit_ratio=np.ones((2, len(CLASSES))),
    )
