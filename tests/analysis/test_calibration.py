"""Base rates: the simulated status quo meets them, and the corrections are those of today's catalogues."""

import numpy as np

from creditsim.analysis.calibration import calibration_inputs, measure_base_rates
from creditsim.spec.activities import activities
from creditsim.spec.calibration import calibrated_inputs, corrections


def test_the_corrections_were_made_for_these_catalogues():
    assert calibrated_inputs() == calibration_inputs(), "run make calibrate"


def test_corrections_name_activities_and_meet_their_base_rates():
    rates = {activity.id: activity.base_rate for activity in activities()}
    for name, found in corrections().items():
        assert found.target_share == rates[name]
        error = np.sqrt(found.target_share * (1 - found.target_share) / found.opportunities)
        assert abs(found.after_share - found.target_share) < 3 * error, name


def test_the_simulated_base_rates_are_within_simulation_error():
    """Discrepancy: any activity off by more than its error and the calibration's own.

    Another seed than the calibration's, scale 0.3. An activity is off beyond 4 standard
    errors by chance once in 16,000; over 46 activities a false alarm once in 340 seeds (the
    seed here is fixed). A shift of one standard error in utility units shows at once:
    volunteering meets 250,000 opportunities, so 0.4 percentage points are five errors.
    """
    found = measure_base_rates(scale=0.3, seed=77, replications=1)
    target = np.array([activity.base_rate for activity in activities()])
    errors = np.sqrt(found.errors() ** 2 + (0.002 * target) ** 2)
    off = np.abs(found.shares - target) / errors
    assert found.met.min() > 0
    assert off.max() < 4, activities()[int(off.argmax())].id
