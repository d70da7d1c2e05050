"""Activities: constants that reproduce the base rates, and what the flat record says."""

import numpy as np
import pytest

from creditsim.core.draws import logistic_quantiles
from creditsim.model import activities as room
from creditsim.spec.activities import activities
from creditsim.spec.calibration import corrections

TABLE = room.activity_table(0.3)
NUMBER = {activity.id: k for k, activity in enumerate(activities())}


@pytest.mark.parametrize("k", range(len(activities())), ids=[activity.id for activity in activities()])
def test_alpha_reproduces_the_base_rate_over_dispositions_and_stakes(k):
    """The lattice has 4,096 points of 65,536 noise values, so the share is met to one in 2**28."""
    typical, trial = room.calibration_records(TABLE, k)
    correction = corrections().get(activities()[k].id)
    trial[0].alpha -= correction.alpha if correction else 0.0
    points = 4096
    acting = room.count_population(
        typical, trial, room.stake_multipliers(), room.money_multipliers(), logistic_quantiles(),
        room.visit_rate(activities()[k]), points,
    )  # fmt: skip
    assert acting / (points * 65536) == pytest.approx(activities()[k].base_rate, abs=1e-6)


def test_every_kind_of_step_one_has_two_breaches_and_two_merits_at_least():
    for kind in ("enterprise", "teacher", "villager", "resident"):
        directions = [activity.direction for activity in activities() if kind in activity.kinds]
        assert directions.count("breach") >= 2, kind
        assert directions.count("merit") >= 2, kind


def test_tau_follows_the_sanction_elasticity_within_floor_and_cap():
    steady, weak = TABLE, room.activity_table(0.6)
    free = (steady.breach == 1) & (steady.tau > 0.1) & (steady.tau < 2.0) & (weak.tau > 0.1)
    assert free.sum() > 5
    assert np.allclose(weak.tau[free], steady.tau[free] / 2)
    assert steady.tau[steady.breach == 1].min() >= 0.1
    assert steady.tau.max() <= 2.0


def test_cheap_points_are_deeds_of_near_zero_benefit_that_can_be_gamed():
    cheap = {activity.id for k, activity in enumerate(activities()) if TABLE.cheap[k]}
    assert cheap == {
        "ent-paper-pledge", "vil-training-attendance", "res-signup-photo-leave",
        "stu-bought-hours", "cs-photo-volunteering", "ag-record-padding",
    }  # fmt: skip


def test_masks_select_kind_and_traits():
    food = TABLE[NUMBER["ent-food-quality-fail"]]
    assert food.kinds == 1
    assert bin(food.all_traits | food.any_traits).count("1") >= 2


@pytest.mark.parametrize(
    ("name", "chance"), [("sch-tutoring-misleading-fees", 0.03), ("sch-fee-irregularity", 0.06)]
)
def test_visits_to_schools_find_what_the_catalogue_reckons_with(name, chance):
    activity = activities()[NUMBER[name]]
    found = room.visit_rate(activity) * activity.seen_given_visit + activity.dedicated_inspection
    assert room.visit_rate(activity) == pytest.approx(6 / 154)
    assert found == pytest.approx(chance, abs=1e-4)


def test_inspection_sees_more_where_sectors_are_visited_more():
    catering, shop = (
        activities()[NUMBER[name]] for name in ("st-catering-hygiene", "st-overcharge-or-no-price")
    )
    assert room.visit_rate(catering) > room.visit_rate(shop) > 0
    assert room.visit_rate(activities()[NUMBER["res-volunteering"]]) == 0
