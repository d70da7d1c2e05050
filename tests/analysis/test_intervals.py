"""Student's intervals: those of SciPy, with one half-width for all who ask."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from creditsim.analysis.intervals import covariance, half_width, t_interval


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30),
    st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_t_interval_is_that_of_scipy(values, level):
    mean, low, high = t_interval(np.array(values), level)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(level) if np.ptp(values) else (mean, mean)
    scale = max(1.0, float(np.abs(values).max()))
    assert float(mean) == pytest.approx(np.mean(values), abs=1e-9 * scale)
    assert float(low) == pytest.approx(float(expected[0]), abs=1e-7 * scale)
    assert float(high) == pytest.approx(float(expected[1]), abs=1e-7 * scale)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30))
def test_the_half_width_of_a_variance_is_that_of_the_interval(values):
    values = np.array(values)
    _, low, high = t_interval(values)
    half = half_width(float(covariance(values, values)), len(values))
    assert half == pytest.approx(float(high - low) / 2.0, abs=1e-9)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=2, max_size=30))
def test_covariance_is_that_of_numpy(pairs):
    one, other = np.array(pairs).T
    assert float(covariance(one, other)) == pytest.approx(np.cov(one, other)[0, 1], abs=1e-6)


def test_one_value_has_no_variance():
    with pytest.raises(ValueError, match="got 1 values, expected at least 2"):
        covariance(np.array([1.0]), np.array([1.0]))
