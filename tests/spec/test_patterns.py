"""Patterns of the field: each has a band, a source, a role, and a measure that exists."""

import numpy as np
import pytest

from creditsim.analysis.patterns import MEASURES, _hold
from creditsim.app.field_patterns import patterns_text
from creditsim.spec.patterns import Pattern, patterns


def test_every_pattern_has_a_measure_and_every_measure_a_pattern():
    assert {pattern.measure for pattern in patterns().values()} == set(MEASURES)


def test_a_pattern_has_one_role_and_a_source():
    for pattern in patterns().values():
        assert pattern.role in ("input", "fit", "hold-out")
        assert len(pattern.source) > 20


def test_a_band_that_anything_meets_is_refused():
    shown = next(iter(patterns().values()))
    fields = {name: getattr(shown, name) for name in shown.__dataclass_fields__}
    with pytest.raises(ValueError, match="expected a band"):
        Pattern(**{**fields, "low": None, "high": None})
    with pytest.raises(ValueError, match="expected low below high"):
        Pattern(**{**fields, "low": 2.0, "high": 1.0})


def test_a_verdict_needs_an_interval():
    """One replication has none: it is neither met nor missed."""
    pattern = patterns()["records-below-truth"]
    held = _hold(pattern, np.array([0.5]))
    assert held.verdict == "unclear"
    assert held.to_dict()["low"] is None
    assert "nan" not in patterns_text([held], "en")
    assert _hold(pattern, np.array([0.5, 0.5])).verdict == "met"
    assert _hold(pattern, np.array([1.5, 1.5])).verdict == "not met"
