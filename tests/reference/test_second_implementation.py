"""The second implementation, written from docs/odd.md alone, agrees with the package bit by bit.

Short form, for every change; the long form is ``python tests/reference/agreement.py --scenarios 200``, or
this file with ``CREDITSIM_REFERENCE_SCENARIOS=200``. Which phases are covered: docs/decisions/0018.
"""

from __future__ import annotations

import os
from types import SimpleNamespace

import harness
import naive_draws
import numpy as np
import pytest
from agreement import agreement
from plain_state import differences, plain_state
from random_scenarios import random_model

from creditsim.core import draws

SCENARIOS = int(os.environ.get("CREDITSIM_REFERENCE_SCENARIOS", "8"))

AGREEING = (
    "calendar", "awareness", "training", "pledging", "inspection", "supervision", "scoring",
    "errands", "naming", "spending", "turnover",
)  # fmt: skip
"""Phases to hold in the short form; appeals and learning are in work, and reported as such."""


@pytest.fixture(scope="module")
def found():
    return agreement(SCENARIOS)


@pytest.mark.parametrize("phase", AGREEING)
def test_a_phase_agrees_with_the_package_on_every_random_scenario(found, phase):
    told = {name: words for name, words in found["differences"].items() if name.endswith(f" {phase}")}
    assert found["phases"][phase] == found["scenarios"], told


def test_phases_that_are_missing_are_named_and_no_whole_run_is_claimed_without_them(found):
    assert [*found["phases"], *found["missing"]] != []
    assert sorted([*found["phases"], *found["missing"]]) == sorted(harness.NAMES)
    assert found["whole_runs"] == (not found["missing"])


def test_the_naive_philox_gives_the_words_of_the_package():
    key, slots = SimpleNamespace(seed=7, replication=2), np.array([0, 5, 2**24 + 3, 2**32 - 1])
    for decision, index in (("ACT", 0), ("MEANS", 9), ("TRADE", 4099)):
        words = draws.words(7, 2, slots, 24_241, naive_draws.DECISIONS[decision], index)
        naive = [naive_draws.word(key, slot, 24_241, decision, index) for slot in slots.tolist()]
        assert naive == words.tolist()


def test_the_naive_exponential_is_the_portable_one():
    for x in (-3.5, -0.01, 0.0, 0.015625, 1.3, 12.0):
        assert naive_draws.portable_exp(x) == draws.exp_portable(x)


def test_a_fault_in_a_phase_is_told_by_field_and_row(monkeypatch):
    """Negative control: a regime one month late, and a float off by its last bit, are both seen."""
    real = harness.naive_phases()["calendar"]

    def a_month_late(state, policy):
        real(SimpleNamespace(**{**state.__dict__, "month": state.month - 1}), policy)

    monkeypatch.setattr(harness, "naive_phases", lambda: {"calendar": a_month_late})
    model, months = random_model(0)
    told = harness.check_phases(model, months)["calendar"]
    assert told and "active[" in told[0]

    state = plain_state(model.state)
    other = plain_state(model.state)
    other.agents.trust[3] = float(np.nextafter(other.agents.trust[3], 2.0))
    assert len(differences(state, other)) == 1 and not differences(state, plain_state(model.state))
